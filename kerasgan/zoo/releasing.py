"""A finished run as a model for the zoo."""

import json
import math
import pathlib

import numpy as np

from kerasgan import reports
from kerasgan.zoo import registry
from kerasgan.zoo import saving

_COMPARED_IMAGES = 64


def release(run_folder, folder, commit, hardware, time, failures):
    """Saves the model of a finished run for others, with the whole card.

    Weights are stored in float16 where no pixel of 64 images changes by 1/255
    (of the range from black to white) or more, else in float32.

    Args:
        run_folder: The `--workdir` of a recipe that has finished.
        folder: Where to, such as `"zoo/lapgan_cifar10"`.
        commit: Of the code that has trained it, a string.
        hardware: On what it was trained, a string.
        time: How long that took, a string.
        failures: What is wrong with the samples, a string.

    Returns:
        The folder, a `pathlib.Path`.

    Raises:
        ValueError: If there is no such run, or the folder holds anything but
            a saved model.
        OSError: If the disk has not enough space.
    """
    info = registry.info(run_folder)
    model = saving.load(run_folder, discriminator=True)
    expected = model.generate(_COMPARED_IMAGES, seed=0)
    about = {
        **info["about"],
        "best": _best_steps(run_folder),
        "commit": commit,
        "failures": failures,
        "hardware": hardware,
        "time": time,
    }

    def save(released, storage, difference, pictures=None):
        bound = math.ceil(25500 * difference) / 100
        note = (
            f"{storage}; by that, no pixel of {_COMPARED_IMAGES} images "
            f"changes by more than {bound:.2f}/255"
        )
        return saving.save(
            released,
            folder,
            about={**about, "rounding": note},
            metrics=info["metrics"],
            pictures=pictures,
            storage=storage,
        )

    # Drawn from what is stored, the pictures show whether it loads.
    for storage in ("float16", "float32"):
        save(model, storage, 0)
        stored = saving.load(folder, discriminator=True)
        images = stored.generate(_COMPARED_IMAGES, seed=0)
        difference = float(np.abs(images - expected).max()) / 2
        if difference < 1 / 255:
            break
    pictures = reports.pictures(stored, info["about"]["seed"])
    return save(stored, storage, difference, pictures)


def _best_steps(run_folder):
    """At which step each level was best, a string."""
    steps = {
        path.parent.name: json.loads(path.read_text(encoding="utf-8"))["step"]
        for path in sorted(pathlib.Path(run_folder).rglob("best.json"))
    }
    if len(steps) == 1:
        return f"step {min(steps.values())}"
    return ", ".join(f"{name}: step {step}" for name, step in steps.items())
