"""A model as a SavedModel, for TF Serving and other programs."""

import os
import pathlib
import tempfile

import tensorflow as tf

from kerasgan import errors
from kerasgan import files
from kerasgan.export import graphs
from kerasgan.export import signatures
from kerasgan.export import warmup


def export(model, folder, version=None):
    """Writes a model as the next version of what TF Serving serves.

    The SavedModel holds the signatures of docs/serving.md, the weights that
    they use (those of the generator average where there is one) and warm-up
    requests. It is written under another name and moved into place, so a server
    that watches the folder sees it whole or not at all.

    Args:
        model: A model of `kerasgan.models`.
        folder: Of all versions of this model; made where it is missing.
        version: int, at least 1; where left out, one above the highest that is
            there.

    Returns:
        The folder of the new version, a `pathlib.Path`.

    Raises:
        ValueError: If the version is there already, or the model cannot
            generate images by itself or computes in another precision than
            float32.
        OSError: If the folder cannot be written to, or the disk has not enough
            space.
    """
    graphs.check_model(model)
    folder = pathlib.Path(folder)
    files.check_folder("folder", folder)
    number = _check_version(folder, version)
    functions = signatures.build(model)
    module = graphs.module_of(functions.values())
    # And 16 MiB for the graph.
    files.check_space(folder, _num_bytes(module.weights) + 2**24)
    folder.mkdir(parents=True, exist_ok=True)
    # A server takes no notice of it, as its name is no number.
    with tempfile.TemporaryDirectory(prefix=".partial.", dir=folder) as parent:
        partial = pathlib.Path(parent, str(number))
        tf.saved_model.save(module, str(partial), functions)
        warmup.write(functions, partial)
        _flush(partial)
        try:
            return partial.rename(folder / str(number))
        except OSError:
            if not (folder / str(number)).exists():
                raise
            # Another export was quicker.
            number = _check_version(folder, version)
            return partial.rename(folder / str(number))


def _check_version(folder, version):
    children = folder.iterdir() if folder.exists() else ()
    # As a server reads them: 007 is version 7.
    taken = {int(each.name) for each in children if each.name.isdecimal()}
    if version is None:
        return max(taken, default=0) + 1
    version = errors.check_integer("version", version, minimum=1)
    if version in taken:
        raise ValueError(
            "`version` must be new, as a server may have loaded the one that "
            f"is there. Received: version={version}, with {sorted(taken)} in "
            f"'{folder}'. Leave it out to write version {max(taken) + 1}."
        )
    return version


def _num_bytes(variables):
    return sum(
        each.shape.num_elements() * each.dtype.size for each in variables
    )


def _flush(folder):
    # Or a machine that loses power may keep the name and not the content.
    for path in [*folder.rglob("*"), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
