"""How long an evaluation takes, stage by stage, and how much memory.

    python -m benchmarks.evaluation --model=lapgan_cifar10 --data_dir=DIR

10,000 generated against 10,000 real images, all metrics; the features of the
real images are computed anew. With --parzen, Parzen-window log-likelihoods too.
Takes some two minutes on two cores.
"""

import itertools
import os
import resource
import tempfile
import time

from absl import app
from absl import flags

from benchmarks import arguments

_MODEL = flags.DEFINE_string("model", "lapgan_cifar10", "What is measured.")
_NUM = flags.DEFINE_integer("num", 10_000, "Images of each kind.", 100)
_DATA_DIR = flags.DEFINE_string("data_dir", None, "Of the prepared data sets.")
_PARZEN = flags.DEFINE_bool("parzen", False, "Also Parzen log-likelihoods.")


def main(argv):
    arguments.refuse(argv)
    data_dir = _DATA_DIR.value or os.environ.get("TFDS_DATA_DIR")
    # As it is now, for tfds looks it up in the home, too.
    data_dir = data_dir or os.path.expanduser("~/tensorflow_datasets")
    with tempfile.TemporaryDirectory() as home:
        # No features of an earlier evaluation.
        os.environ["HOME"] = home
        import kerasgan

        stages = [("start: TensorFlow, the model", time.perf_counter())]
        kerasgan.evaluation.evaluate(
            _MODEL.value,
            num_images=_NUM.value,
            data_dir=data_dir,
            parzen=_PARZEN.value,
            progress=lambda done, total, name: stages.append(
                (name, time.perf_counter())
            ),
        )
        stages.append(("end", time.perf_counter()))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"| stage, {_MODEL.value}, {_NUM.value} images | s |\n|---|---|")
    for (name, start), (_, stop) in itertools.pairwise(stages):
        print(f"| {name} | {stop - start:.1f} |")
    print(f"| all | {stages[-1][1] - stages[0][1]:.1f} |")
    print(f"| most memory, GiB | {memory:.2f} |")


if __name__ == "__main__":
    app.run(main)
