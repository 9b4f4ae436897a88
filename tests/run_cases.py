"""A small run, the pictures and models that it trains, what it leaves."""

import contextlib
import csv
import pathlib
import runpy
import sys

import keras
import model_cases
import numpy as np
import PIL.Image
import pytest
import tensorflow as tf
from absl import flags

from kerasgan import callbacks
from kerasgan import models
from kerasgan import training

RECIPES = pathlib.Path(__file__).parents[1] / "recipes"


def recipe(name, run_name="recipe"):
    """What a recipe defines, but for its flags."""
    known = set(flags.FLAGS)
    try:
        return runpy.run_path(str(RECIPES / f"{name}.py"), run_name=run_name)
    finally:
        # The next recipe defines the common flags again.
        for flag in set(flags.FLAGS) - known:
            delattr(flags.FLAGS, flag)


def run_recipe(name, *arguments):
    """Runs a recipe in this process, as absl would; returns its exit code."""
    flags.FLAGS.unparse_flags()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", [name, *arguments])
        with pytest.raises(SystemExit) as stop:
            recipe(name, run_name="__main__")
    return stop.value.code


def write_pictures(folder, classes=("",)):
    """Writes twelve colour pictures of 16x16; returns their `Data`."""
    rng = np.random.default_rng(0)
    for i in range(12):
        pixels = rng.integers(256, size=(16, 16, 3), dtype="uint8")
        path = folder / classes[i % len(classes)] / f"{i:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        PIL.Image.fromarray(pixels).save(path)
    return training.Data(f"folder:{folder}", labels=len(classes) > 1)


def begin(folder, **changes):
    """A run of four pictures a step, of other flags where given."""
    return training.Run(
        {
            "batch_size": 4,
            "checkpoint_minutes": 10.0,
            "every": 1,
            "logical_devices": 1,
            "on_collapse": "warn",
            "precision": "float32",
            "seed": 1,
            "strategy": "auto",
            "worker_timeout": 60.0,
            "workdir": str(folder),
            **changes,
        },
        "recipe",
    )


def dense_networks(*first, **options):
    """A generator that begins with some layers, and a discriminator."""
    generator = keras.Sequential(
        [
            keras.Input((4,)),
            *first,
            keras.layers.Dense(16 * 16 * 3, activation="tanh"),
            keras.layers.Reshape((16, 16, 3)),
        ]
    )
    discriminator = models.gan.build_maxout_discriminator(
        (16, 16, 3), 3, 2, **options
    )
    return generator, discriminator


def gan(run):
    """A small GAN of the run."""
    with run.scope():
        model = models.GAN(dense_networks(), ema=0.9, seed=run.seed)
        return model_cases.compile(model, lambda: keras.optimizers.Adam(1e-3))


@contextlib.contextmanager
def at_step(step, act, callback=callbacks.Log):
    """Within it, a callback acts after a step, and does nothing else."""

    def on_train_batch_end(self, batch, logs=None):
        if self.model.steps_taken == step:
            act()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(callback, "on_train_batch_end", on_train_batch_end)
        yield


def crash(*args, **kwargs):
    raise ZeroDivisionError


def log(folder):
    """The lines of the run's log, dicts of strings."""
    with open(folder / "log.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def latest(folder):
    """Name of the newest checkpoint."""
    path = tf.train.latest_checkpoint(str(folder / "checkpoints"))
    return pathlib.Path(path).name
