r"""Measures how soon a released model makes images, and how fast.

    python -m benchmarks.zoo --models=gan_mnist,lapgan_cifar10

Cold start: in fresh processes, in turns, importing TensorFlow and Keras alone,
and the same with loading a model and 64 images. Throughput: `generate` against
a loop of the bare call of the generator (of all generators of a pyramid) on
latents in memory, both into one array, in turns, in one process.

Run it in the top folder of the checkout, on an idle machine. It takes some two
minutes a model.
"""

import subprocess
import sys
import time

import numpy as np
from absl import app
from absl import flags

from benchmarks import arguments

_MODELS = flags.DEFINE_list(
    "models", ["gan_mnist", "lapgan_cifar10"], "Names or folders."
)
_ROUNDS = flags.DEFINE_integer("rounds", 7, "Turns of each contender.", 1)
_IMAGES = flags.DEFINE_integer("images", 1024, "For the throughput.", 64)
_BATCH_SIZE = flags.DEFINE_integer("batch_size", 64, "For the throughput.", 1)
_IMPORTS = "import tensorflow, keras"
_GENERATE = (
    _IMPORTS + "; import kerasgan; kerasgan.zoo.load({name!r}).generate(64)"
)


def _cold_start(name):
    """Seconds of each round: with the imports alone, and with images."""
    codes = (_IMPORTS, _GENERATE.format(name=name))
    seconds = []
    for turn in range(_ROUNDS.value + 1):
        of_turn = []
        for code in codes:
            began = time.perf_counter()
            subprocess.run(
                [sys.executable, "-c", code], check=True, capture_output=True
            )
            of_turn.append(time.perf_counter() - began)
        # The first reads from the disk what the others find in memory.
        if turn:
            seconds.append(of_turn)
    return np.array(seconds)


def _throughput(name):
    """Seconds of each round: of `generate`, and of the bare call."""
    import tensorflow as tf

    import kerasgan
    from benchmarks import timing

    model = kerasgan.zoo.load(name)
    count = _IMAGES.value // _BATCH_SIZE.value * _BATCH_SIZE.value
    latents = model.draw_latents(
        np.zeros(_BATCH_SIZE.value, "int64"), np.arange(_BATCH_SIZE.value)
    )
    labels = np.zeros(_BATCH_SIZE.value, "int32") if model.num_classes else None
    bare = tf.function(model.images_from_latents, autograph=False)

    def generate():
        model.generate(count, seed=0, batch_size=_BATCH_SIZE.value)

    def call():
        batches = range(count // _BATCH_SIZE.value)
        np.concatenate([bare(latents, labels).numpy() for _ in batches])

    contenders = {"generate": generate, "bare call": call}
    seconds = timing.interleaved(
        {name: timing.repeated(each) for name, each in contenders.items()},
        _ROUNDS.value,
    )
    return count, seconds


def main(argv):
    arguments.refuse(argv)
    import kerasgan
    from benchmarks import report

    for name in _MODELS.value:
        kerasgan.zoo.info(name)  # A wrong name is refused before the work.
    cold, fast = [], []
    for name in _MODELS.value:
        imports, images = _cold_start(name).T
        times = (imports, images, images - imports)
        cold.append((name, *map(report.spread, times)))
        count, seconds = _throughput(name)
        generate, bare = seconds["generate"], seconds["bare call"]
        fast.append(
            (
                name,
                report.spread(count / generate, ".0f"),
                report.spread(count / bare, ".0f"),
                report.spread(generate / bare),
            )
        )
    report.table(
        "Cold start, seconds: median (quartiles)",
        ("model", "import alone", "with 64 images", "difference"),
        cold,
    )
    report.table(
        f"Images a second, batches of {_BATCH_SIZE.value}: median (quartiles)",
        ("model", "generate", "bare call", "time, generate : bare"),
        fast,
    )


if __name__ == "__main__":
    app.run(main)
