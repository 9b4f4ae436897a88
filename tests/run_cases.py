"""A small run, and the pictures that it trains on."""

import numpy as np
import PIL.Image

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
