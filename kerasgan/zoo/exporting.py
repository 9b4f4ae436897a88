"""A model of the zoo as a SavedModel."""

import os

from kerasgan import export as exports
from kerasgan.zoo import saving


def export(name_or_model, folder, version=None):
    """Writes a model as a SavedModel for TensorFlow Serving.

    Args:
        name_or_model: What `kerasgan.zoo.load` takes, or a model.
        folder: Where to; `folder/<version>/` is written, whole or not at all.
        version: int, at least 1; one above the highest there if left out.

    Returns:
        The version's folder, a `pathlib.Path`.

    Raises:
        ValueError: If there is no such model, or that version is there.
        OSError: If nothing can be written.
    """
    model = name_or_model
    if isinstance(model, str | os.PathLike):
        model = saving.load(model)
    return exports.export(model, os.path.expanduser(folder), version)
