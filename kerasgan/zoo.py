"""Models on disk: a folder of a config and the weights."""

import json
import os
import pathlib

from kerasgan import errors
from kerasgan import files
from kerasgan import models
from kerasgan.version import __version__

FORMAT_VERSION = 1

_CONFIG = "config.json"
_WEIGHTS = "model.weights.h5"
_BASES = (models.AdversarialModel, models.GenerativeModel)
_FAMILIES = {
    name: value
    for name, value in vars(models).items()
    if isinstance(value, type)
    and issubclass(value, models.GenerativeModel)
    and value not in _BASES
}


def save(model, folder):
    """Saves a model for use: its averaged generator and its discriminator.

    What only training needs (optimizers, the generator beside its average) is
    left out; that is in the checkpoints. A model that is there already is
    replaced, file by file, each whole or not at all.

    Args:
        model: A model of `kerasgan.models`.
        folder: Where to; made, with its parents, where it is missing.

    Returns:
        The folder, a `pathlib.Path`.

    Raises:
        ValueError: If the model is of no family of kerasgan's, or the folder
            holds another `config.json`, as a run folder does.
        OSError: If the disk has not enough space.
    """
    folder = pathlib.Path(folder)
    family = errors.check_choice("family", type(model).__name__, _FAMILIES)
    if type(model) is not _FAMILIES[family]:
        raise ValueError(
            "The model must be of a family of kerasgan.models. Received: "
            f"{type(model)!r}. Save your own with `model.save('x.keras')`."
        )
    if (folder / _CONFIG).is_file() and "family" not in _read_config(folder):
        raise ValueError(
            f"A model is saved in a folder of its own. Received: '{folder}', "
            f"whose {_CONFIG} is none of a model. Give a folder inside it."
        )
    released = model.without_training_state()
    config = {
        "format_version": FORMAT_VERSION,
        "kerasgan": __version__,
        "family": family,
        "config": released.get_config(),
    }
    # The HDF5 library ends the process where it finds the disk full.
    files.check_space(folder, 8 * released.count_params() + 2**20)
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".partial.{_WEIGHTS}"
    released.save_weights(partial)
    os.replace(partial, folder / _WEIGHTS)
    files.replace_json(folder / _CONFIG, config)
    return folder


def is_saved(folder):
    """Whether a model was saved in this folder, to the end."""
    # The config is written last.
    return (pathlib.Path(folder) / _CONFIG).is_file()


def _read_config(folder):
    return json.loads((folder / _CONFIG).read_text(encoding="utf-8"))


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
    config = _read_config(folder)
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
