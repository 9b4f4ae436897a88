"""The contenders of one pyramid level: ours, two phases, PyTorch."""

import math
import tempfile
import time

import keras
import tensorflow as tf

from benchmarks import recipe_models
from benchmarks import timing
from benchmarks import two_phase
from kerasgan import callbacks
from kerasgan import loop
from kerasgan import losses
from kerasgan import watch

OURS = "ours, simultaneous"
ALTERNATING = "ours, alternating"
BFLOAT16 = "ours, simultaneous, bfloat16"
XLA = "ours, simultaneous, XLA"
TWO_PHASE = "bare two-phase loop"
TORCH = "PyTorch, simultaneous"
TORCH_TWO_PHASE = "PyTorch, two-phase"

_BUILDERS = {
    "paper": recipe_models.lapgan_cifar10_paper,
    "economical": recipe_models.lapgan_economical,
}
_LOSSES = {"paper": "non_saturating", "economical": "hinge"}
# A turn of a loop, and seconds of a turn of any other contender.
_STEPS, _TURN = 20, 1.0


def build(networks, images, update="simultaneous", precision="float32"):
    """Builds a 32x32 level of `recipe_models`, ready to train on a batch.

    Args:
        networks: `"paper"` or `"economical"`.
        images: The batch, `(batch, 32, 32, 3)` in `[-1, 1]`.
        update: See `AdversarialModel.compile`.
        precision: Name of a Keras dtype policy.

    Returns:
        A compiled `kerasgan.models.LAPGANLevel`.
    """
    level = recipe_models.build(
        lambda: _BUILDERS[networks](level=0, update=update), precision
    )
    level.adapt([images])
    return level


class _Clock(keras.callbacks.Callback):
    """Times from the end of the first step to the end of the last."""

    def on_train_batch_end(self, batch, logs=None):
        if batch == 0:
            self.began = time.perf_counter()
        else:
            self.seconds = (time.perf_counter() - self.began) / batch


def _fit(networks, images):
    """Our `train_step` in Keras's loop, fed by the recipes' pipeline."""
    level = build(networks, images)
    batch_size, *shape = images.shape
    batches = recipe_models.pipeline(shape, batch_size, _STEPS)
    clock = _Clock()

    def contender():
        level.fit(batches, verbose=0, callbacks=[clock])
        return clock.seconds

    return contender


def _recipe_loop(networks, images):
    """Our `train_step` in the recipes' loop, with what they do at each step."""
    level = build(networks, images)
    batch_size, *shape = images.shape
    batches = recipe_models.pipeline(shape, batch_size, _STEPS)

    def contender():
        clock = _Clock()
        with tempfile.TemporaryDirectory() as folder:
            writer = tf.summary.create_file_writer(folder)
            loop.train(
                level,
                batches,
                steps=range(_STEPS),
                steps_per_epoch=_STEPS,
                callbacks=[
                    watch.NaNWatch(),
                    callbacks.Scalars(writer, batch_size),
                    clock,
                ],
                save=lambda step: None,
                save_every=1,
                save_seconds=math.inf,
                signals=loop.StopSignals(),
            )
            writer.close()
        return clock.seconds

    return contender


# Name -> function of (networks, images) that makes a contender: loops around
# the simultaneous `train_step`, whose overhead over the bare step is reported.
LOOPS = {
    "ours, simultaneous, in fit": _fit,
    "ours, simultaneous, in a recipe": _recipe_loop,
}


def _two_phase_step(networks, images):
    level = build(networks, images)
    step = two_phase.training_step(level, *losses.get(_LOSSES[networks]))
    return lambda: step(images)[0].numpy()


def contenders(networks, images, with_torch):
    """Makes the contenders of one level; each has networks of its own.

    Args:
        networks: `"paper"` or `"economical"`.
        images: The batch, `(batch, 32, 32, 3)` in `[-1, 1]`.
        with_torch: bool, whether PyTorch is one.

    Returns:
        A dict from a name to a contender, see `timing.interleaved`.
    """
    alternating = build(networks, images, update="alternating")
    bfloat16 = build(networks, images, precision="mixed_bfloat16")
    steps = {
        OURS: timing.bare_step(build(networks, images), images),
        ALTERNATING: timing.bare_step(alternating, images),
        BFLOAT16: timing.bare_step(bfloat16, images),
        XLA: timing.bare_step(
            build(networks, images), images, jit_compile=True
        ),
        TWO_PHASE: _two_phase_step(networks, images),
    }
    if with_torch:
        from benchmarks import torch_level

        theirs = torch_level.TorchLevel(networks, images.numpy())
        steps[TORCH] = theirs.simultaneous_step
        steps[TORCH_TWO_PHASE] = theirs.two_phase_step
    return {
        **{name: timing.repeated(step, _TURN) for name, step in steps.items()},
        **{name: make(networks, images) for name, make in LOOPS.items()},
    }
