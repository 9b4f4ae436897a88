"""Models on disk: a folder of a config and the weights."""

import json
import os
import pathlib
import tempfile

from kerasgan import errors
from kerasgan import models
from kerasgan.version import __version__

FORMAT_VERSION = 1

_CONFIG = "config.json"
_WEIGHTS = "model.weights.h5"
_FAMILIES = {
    name: value
    for name, value in vars(models).items()
    if isinstance(value, type) and issubclass(value, models.GenerativeModel)
}


def save(model, folder):
    """Saves a model for use: its averaged generator and its discriminator.

    What only training needs (optimizers, the generator beside its average) is
    left out; that is in the checkpoints. The folder appears whole or not at
    all; one that is there already is replaced.

    Args:
        model: A model of `kerasgan.models`.
        folder: Where to; parents are made.

    Returns:
        The folder, a `pathlib.Path`.
    """
    folder = pathlib.Path(folder)
    errors.check_choice("type(model)", type(model).__name__, _FAMILIES)
    folder.parent.mkdir(parents=True, exist_ok=True)
    released = model.without_training_state()
    config = {
        "format_version": FORMAT_VERSION,
        "kerasgan": __version__,
        "family": type(model).__name__,
        "config": released.get_config(),
    }
    with tempfile.TemporaryDirectory(
        prefix=f".{folder.name}-", dir=folder.parent
    ) as scratch:
        new = pathlib.Path(scratch) / "new"
        new.mkdir()
        released.save_weights(new / _WEIGHTS)
        text = json.dumps(config, indent=1, sort_keys=True) + "\n"
        (new / _CONFIG).write_text(text, encoding="utf-8")
        if folder.exists():
            os.replace(folder, pathlib.Path(scratch) / "old")
        os.replace(new, folder)
    return folder


def load(folder):
    """Loads a model that `save` wrote, or the `model/` of a run folder.

    Args:
        folder: Path of the folder.

    Returns:
        The model.

    Raises:
        ValueError: If there is no such model, or it is of a newer format.
    """
    folder = pathlib.Path(folder)
    if not (folder / _WEIGHTS).is_file() and (folder / "model").is_dir():
        folder = folder / "model"
    if not (folder / _WEIGHTS).is_file() or not (folder / _CONFIG).is_file():
        raise ValueError(
            f"A saved model is a folder that holds {_CONFIG} and {_WEIGHTS}. "
            f"Received: folder='{folder}'. Save one with `kerasgan.zoo.save`, "
            "or give the --workdir of a recipe that has finished."
        )
    config = json.loads((folder / _CONFIG).read_text(encoding="utf-8"))
    if config["format_version"] != FORMAT_VERSION:
        raise ValueError(
            f"This version reads models of format {FORMAT_VERSION}. Received: "
            f"format_version={config['format_version']} in '{folder}'. Install "
            "a newer kerasgan."
        )
    family = _FAMILIES[
        errors.check_choice("family", config["family"], _FAMILIES)
    ]
    model = family.from_config(config["config"])
    model.load_weights(folder / _WEIGHTS)
    return model
