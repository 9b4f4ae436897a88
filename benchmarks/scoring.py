r"""What a score during training costs, beside the training between two scores.

    python -m benchmarks.scoring --model=gan_mnist --data=mnist \
        '--held_out=train[50000:]' --training_seconds=100 --data_dir=DIR

`--training_seconds` is what the recipe takes from score to score: its `--every`
times the steps of an epoch times the step of benchmarks/README.md. `--held_out`
is what the recipe scores by, where it holds images out. Takes up to a minute on
two cores.
"""

import statistics
import time

from absl import app
from absl import flags

from benchmarks import arguments

_MODEL = flags.DEFINE_string("model", "gan_mnist", "What generates.")
_DATA = flags.DEFINE_string("data", "mnist", "What it was trained on.")
_DATA_DIR = flags.DEFINE_string("data_dir", None, "Of the prepared data sets.")
_HELD_OUT = flags.DEFINE_string(
    "held_out", None, "Split that the recipe has not trained on, if any."
)
_SECONDS = flags.DEFINE_float("training_seconds", 100, "From score to score.")
_ROUNDS = 5


def main(argv):
    arguments.refuse(argv)
    import kerasgan
    import kerasgan.scoring
    from kerasgan.evaluation import loading

    model = kerasgan.zoo.load(_MODEL.value)

    def read_images(most):
        images, labels = loading.load(
            _DATA.value,
            most=most,
            labels=True,
            split=_HELD_OUT.value or "train",
            data_dir=_DATA_DIR.value,
        )
        return images, labels if model.num_classes else None

    score = kerasgan.scoring.scorer(
        _DATA.value, read_images, held_out=_HELD_OUT.value is not None
    )
    seconds = []
    for seed in range(_ROUNDS + 1):
        began = time.perf_counter()
        score(model.generate(score.num_images, labels=score.labels, seed=seed))
        seconds.append(time.perf_counter() - began)
    # The first one is traced.
    median = statistics.median(seconds[1:])
    share = median / _SECONDS.value
    values = (_MODEL.value, f"{median:.2f}", f"{_SECONDS.value:.0f}")
    print(f"| {' | '.join(values)} | {share:.1%} |")


if __name__ == "__main__":
    app.run(main)
