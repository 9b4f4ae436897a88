r"""Measures whether the memory of a long training stays flat.

    python -m benchmarks.soak

Trains the 8x8 level of an economical LAPGAN on noise, in the recipes' loop with
their callbacks (but for those that save the best model, warn of a collapse and
show the progress), for 2,000 steps after 200 of warm-up, and prints the memory
(the resident set) every 200 steps. The exit code is 1 if it is ever more than
2 % off what it was after the warm-up. Run it in the top folder of the checkout;
it takes two minutes on two CPU cores, and needs Linux.
"""

import os
import pathlib
import sys
import tempfile

from absl import app
from absl import flags
from absl import logging

from benchmarks import arguments

# An epoch is as long as the time between two rows.
_STEPS_PER_EPOCH = 200
_STEPS = flags.DEFINE_integer("steps", 2000, "After the warm-up.", 200)
flags.register_validator(
    "steps",
    lambda steps: steps % _STEPS_PER_EPOCH == 0,
    f"--steps is a multiple of {_STEPS_PER_EPOCH}",
)
_BATCH_SIZE = 64
_NUM_SCORED = 1000
_TOLERANCE = 0.02


def resident_mebibytes():
    """The resident set of this process."""
    status = pathlib.Path("/proc/self/status").read_text(encoding="utf-8")
    (line,) = [each for each in status.splitlines() if "VmRSS" in each]
    return int(line.split()[1]) / 1024


def train(model, epochs, folder, on_epoch_end):
    """Trains a level as a recipe does.

    Args:
        model: A compiled `kerasgan.models.LAPGANCoarsest`.
        epochs: int, each of 200 steps.
        folder: For samples, logs and checkpoints.
        on_epoch_end: Function of (epoch, logs), called last.
    """
    import keras  # Here and below, so that --help is quick.
    import numpy as np
    import tensorflow as tf

    from benchmarks import recipe_models
    from kerasgan import callbacks
    from kerasgan import checkpoints
    from kerasgan import loop
    from kerasgan import metrics
    from kerasgan import reports
    from kerasgan import watch

    shape = model.training_image_shape
    num_steps = epochs * _STEPS_PER_EPOCH
    real = recipe_models.random_images((_NUM_SCORED, *shape))
    real = np.asarray(model.rung(real))

    def measure():
        fake = model.generate(_NUM_SCORED, seed=1)
        return {
            "score": metrics.sliced_wasserstein_distance(real, fake),
            "diversity": metrics.relative_diversity(real, fake),
        }

    writer = tf.summary.create_file_writer(str(folder / "tensorboard"))
    loop.train(
        model,
        recipe_models.pipeline(shape, _BATCH_SIZE, num_steps),
        steps=range(num_steps),
        steps_per_epoch=_STEPS_PER_EPOCH,
        callbacks=[
            watch.NaNWatch(),
            callbacks.Measurements(measure, ("score", "diversity"), writer, 1),
            callbacks.Pictures(
                lambda: reports.pictures(model, seed=0),
                folder / "samples",
                writer,
                every=1,
            ),
            callbacks.Scalars(writer, _BATCH_SIZE),
            callbacks.Log(folder / "log.csv", first_epoch=0),
            keras.callbacks.LambdaCallback(on_epoch_end=on_epoch_end),
        ],
        save=checkpoints.Checkpoints(model, folder / "checkpoints").save,
        save_every=1,
        save_seconds=600.0,
        signals=loop.StopSignals(),
    )
    writer.close()


def main(argv):
    arguments.refuse(argv)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    logging.set_verbosity(logging.ERROR)
    from benchmarks import recipe_models
    from kerasgan import devices

    devices.make_repeatable()
    memory = []

    def on_epoch_end(epoch, logs):
        memory.append(resident_mebibytes())
        deviation = memory[-1] / memory[0] - 1
        print(
            f"step {(epoch + 1) * _STEPS_PER_EPOCH:5d}: {memory[-1]:.1f} MiB, "
            f"{deviation:+.2%}",
            flush=True,
        )

    model = recipe_models.build(
        lambda: recipe_models.lapgan_economical(level=2)
    )
    epochs = 1 + _STEPS.value // _STEPS_PER_EPOCH
    with tempfile.TemporaryDirectory() as folder:
        train(model, epochs, pathlib.Path(folder), on_epoch_end)
    worst = max((each / memory[0] - 1 for each in memory), key=abs)
    print(f"Largest deviation: {worst:+.2%} (allowed: {_TOLERANCE:.0%}).")
    if abs(worst) > _TOLERANCE:
        sys.exit("The memory did not stay flat.")


if __name__ == "__main__":
    app.run(main)
