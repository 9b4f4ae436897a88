"""A small run, the pictures and the model that it trains, what it leaves."""

import csv
import pathlib

import keras
import model_cases
import numpy as np
import PIL.Image
import tensorflow as tf

from kerasgan import models
from kerasgan import training


def write_pictures(folder):
    """Writes twelve colour pictures of 16x16; returns their `Data`."""
    rng = np.random.default_rng(0)
    for i in range(12):
        pixels = rng.integers(256, size=(16, 16, 3), dtype="uint8")
        PIL.Image.fromarray(pixels).save(folder / f"{i:02}.png")
    return training.Data(f"folder:{folder}")


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


def dcgan(run):
    """A small DCGAN of the run."""
    with run.scope():
        model = models.DCGAN(
            image_shape=(16, 16, 3), filters=2, ema=0.9, seed=run.seed
        )
        return model_cases.compile(model, lambda: keras.optimizers.Adam(1e-3))


def log(folder):
    """The lines of the run's log, dicts of strings."""
    with open(folder / "log.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def latest(folder):
    """Name of the newest checkpoint."""
    path = tf.train.latest_checkpoint(str(folder / "checkpoints"))
    return pathlib.Path(path).name
