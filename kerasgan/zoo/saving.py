"""A model to a folder, and back."""

import io
import json
import os
import pathlib

import numpy as np
from PIL import Image

from kerasgan import errors
from kerasgan import files
from kerasgan.version import __version__
from kerasgan.zoo import building
from kerasgan.zoo import cards
from kerasgan.zoo import folder as folders
from kerasgan.zoo import manifests
from kerasgan.zoo import registry
from kerasgan.zoo import weights


def save(
    model,
    folder,
    about=None,
    metrics=(),
    pictures=None,
    storage="float32",
):
    """Saves a model for use: its averaged generator and its discriminator.

    What only training needs (optimizers, the generator beside its average) is
    left out; that is in the checkpoints. A saved model that is there already
    is replaced as a whole.

    Args:
        model: A model of `kerasgan.models`.
        folder: Where to; made, with its parents, where it is missing.
        about: dict of JSON values, what the card says of the model, see
            `kerasgan.zoo.info`.
        metrics: Sequence of dicts, `name`, `value` and `protocol`.
        pictures: dict from name to uint8 `(height, width, 3)`, such as
            `"samples"`; each is written as PNG.
        storage: dtype of the weights on disk, `"float32"` or `"float16"`.

    Returns:
        The folder, a `pathlib.Path`.

    Raises:
        ValueError: If the model is of no family of kerasgan's, a weight is not
            finite, the folder holds anything but a saved model, or `load` would
            refuse what is written.
        OSError: If the disk has not enough space.
    """
    errors.check_choice("storage", storage, weights.STORAGES)
    check_can_save(model, folder)
    model.check_adapted()
    parts = {
        name: weights.named(layers)
        for name, layers in model.saved_parts().items()
    }
    config = {
        "format_version": manifests.FORMAT_VERSION,
        "kerasgan": __version__,
        "family": type(model).__name__,
        "config": building.released(model.get_config()),
        "image_shape": model.image_shape,
        "num_classes": model.num_classes,
        "storage": storage,
        "parameters": {
            name: sum(
                int(np.prod(variable.shape)) for variable in variables.values()
            )
            for name, variables in parts.items()
        },
        "about": about or {},
    }
    contents = {
        folders.weights_file(name): weights.dumped(variables, storage)
        for name, variables in parts.items()
        if variables
    }
    pictures = {
        f"{name}.png": _png(picture)
        for name, picture in (pictures or {}).items()
    }
    measured = {"metrics": list(metrics)}
    registry.facts(config, measured)
    contents[folders.CONFIG] = files.json_text(config).encode()
    contents[folders.METRICS] = files.json_text(measured).encode()
    contents[folders.CARD] = cards.card(
        config, metrics, list(pictures)
    ).encode()
    return folders.write(folder, {**contents, **pictures})


def check_can_save(model, folder):
    """Raises a ValueError if `save` would, or `load` of what it writes.

    Long work asks before it begins. What only training shows, such as weights
    that are not finite, is not looked at.

    Args:
        model: See `save`.
        folder: See `save`.
    """
    family = errors.check_choice(
        "family", type(model).__name__, building.FAMILIES
    )
    if type(model) is not building.FAMILIES[family]:
        raise ValueError(
            "The model must be of a family of kerasgan.models. Received: "
            f"{type(model)!r}. Save your own with `model.save('x.keras')`."
        )
    # As it will be read.
    text = files.json_text(building.released(model.get_config()))
    building.check(json.loads(text))
    folders.check_replaceable(folder)
    folder = pathlib.Path(os.path.expanduser(folder))
    there = folder / folders.weights_file("discriminator")
    if there.exists() and not model.saved_parts().get("discriminator"):
        raise ValueError(
            "A model with a discriminator is not replaced by one without. "
            f"Received: '{model.name}' for '{folder}'. Load it with "
            "`discriminator=True`, or save into another folder."
        )


def _png(picture):
    file = io.BytesIO()
    Image.fromarray(picture).save(file, format="PNG", optimize=True)
    return file.getvalue()


def is_saved(folder):
    """Whether a model was saved in this folder, to the end."""
    try:
        registry.read(folder)
    except ValueError:
        return False
    return True


def load(name_or_folder, discriminator=False):
    """Loads a model.

    Every file is compared with the manifest before it is parsed, and nothing
    in a folder can run code. That shows that the files are as they were
    written; it does not show by whom.

    Args:
        name_or_folder: See `kerasgan.zoo.find`.
        discriminator: bool, whether to load the discriminator too, to train
            on.

    Returns:
        The model.

    Raises:
        ValueError: If there is no such model, a file was changed, or it cannot
            be built.
        OSError: If an address cannot be read.
    """
    folder, contents = registry.read(name_or_folder)
    path = folder.path
    folder.check_has(folders.CONFIG)
    config = manifests.parse_json(
        contents[folders.CONFIG], path / folders.CONFIG
    )
    names = [
        folders.weights_file(part)
        for part in building.parts(config.get("family"), discriminator)
    ]
    for name in names:
        folder.check_has(name)
    arrays = {
        name: weights.parsed(contents[name], path / name) for name in names
    }
    num_weights = sum(
        array.size for each in arrays.values() for array in each.values()
    )
    model = building.build(
        config.get("family"), config.get("config"), num_weights, discriminator
    )
    parts = model.saved_parts()
    for name, part in zip(names, parts.values(), strict=False):
        weights.assign(weights.named(part), arrays[name], path / name)
    return model
