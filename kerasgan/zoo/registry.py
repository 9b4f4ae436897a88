"""Which models there are, and what is said of them; without TensorFlow."""

import fnmatch
import importlib.resources
import math
import os
import pathlib
import re
import time

from kerasgan import errors
from kerasgan import files
from kerasgan.zoo import folder as folders
from kerasgan.zoo import manifests
from kerasgan.zoo import remote

# Folders of further models, as in PATH.
ENVIRONMENT = "KERASGAN_ZOO"
_NAME = re.compile(r"[a-z0-9_]+")
_ATTEMPTS = 20
_CONFIG_FACTS = (
    "family",
    "image_shape",
    "num_classes",
    "parameters",
    "storage",
    "kerasgan",
    "about",
)


def names(pattern="*"):
    """Lists the models that `load` finds by name.

    Those of kerasgan, and those in the folders that the environment variable
    `KERASGAN_ZOO` names, separated by ":" as in PATH.

    Args:
        pattern: With the wildcards `*`, `?` and `[...]`, such as `"lapgan*"`.

    Returns:
        A sorted list of strings.
    """
    return sorted(name for name in _all() if fnmatch.fnmatchcase(name, pattern))


def card(name_or_folder):
    """Returns what a model's `README.md` says, Markdown text.

    Args:
        name_or_folder: See `find`.

    Raises:
        ValueError: If there is no such model, or the file was changed.
    """
    _, contents = read(name_or_folder, [folders.CARD])
    return contents[folders.CARD].decode("utf-8", errors="replace")


def info(name_or_folder):
    """Returns the facts about a model.

    Args:
        name_or_folder: See `find`.

    Returns:
        A dict: `name`, `folder`, `family`, `image_shape` (height, width,
        channels), `num_classes` (None where there are none), `parameters`
        (of the generator and of the discriminator, or of the classifier),
        `num_bytes` of the files,
        `sha256` of each file, `storage` (dtype of the weights on disk),
        `kerasgan` (version that
        saved it), `metrics` (a list of dicts: `name`, `value`, `protocol`) and
        `about`: what its recipe says of it, such as `data` (a string),
        `corner_crops` (height and width, or None), `paper`, `licence`,
        `recipe`, `command`, `seed`.

    Raises:
        ValueError: If there is no such model, or a file was changed.
    """
    folder, contents = read(name_or_folder, [folders.CONFIG, folders.METRICS])
    config, metrics = (
        manifests.parse_json(content, folder.path / name)
        for name, content in contents.items()
    )
    return {
        "name": _name(os.fspath(name_or_folder)),
        "folder": str(folder.path.absolute()),
        "num_bytes": folder.num_bytes,
        "sha256": folder.hashes,
        **facts(config, metrics),
    }


def check_generates(info):
    """Raises a ValueError unless a model generates images by itself.

    Args:
        info: See `info`.
    """
    instead = {
        "Classifier": "tells images apart. Give a GAN.",
        "LAPGANLevel": "refines images. Give the whole LAPGAN.",
    }.get(info["family"])
    if instead:
        raise ValueError(
            "The model must generate images by itself. Received: "
            f"'{info['name']}', a {info['family']}, which {instead}"
        )


def place(info):
    """How real images are cut to those that a model was trained on.

    Args:
        info: See `info`.

    Returns:
        A dict of `image_size` and `corner_crops` for `kerasgan.datasets.load`.
    """
    crops = info["about"].get("corner_crops")
    return {
        "corner_crops": tuple(crops) if crops else None,
        "image_size": None if crops else tuple(info["image_shape"][:2]),
    }


def facts(config, metrics):
    """What `info` says of what `config.json` and `metrics.json` hold.

    Raises:
        ValueError: If it is of other kinds than `info` promises.
    """
    found = {
        "metrics": metrics.get("metrics"),
        **{key: config.get(key) for key in _CONFIG_FACTS},
    }
    if not _is_info(found):
        raise ValueError(
            f"{folders.CONFIG} and {folders.METRICS} must hold the facts that "
            f"`kerasgan.zoo.info` gives. Received: {str(found)[:500]}. Give "
            "each metric a name, a finite value, a protocol and, if any, a "
            "spread of two numbers; in `about`, `data` is a string and "
            "`corner_crops` two integers, or left out; get a model of others "
            "anew."
        )
    return found


def _is_info(found):
    """Whether all facts are of the kinds that `info` promises."""
    shape, parameters = found["image_shape"], found["parameters"]
    metrics = found["metrics"]
    return (
        all(
            isinstance(found[key], str)
            for key in ("family", "storage", "kerasgan")
        )
        and isinstance(shape, list | tuple)
        and len(shape) == 3
        and all(isinstance(size, int) for size in shape)
        and isinstance(found["num_classes"], int | None)
        and _is_about(found["about"])
        and isinstance(parameters, dict)
        and parameters
        and all(isinstance(number, int) for number in parameters.values())
        and isinstance(metrics, list)
        and all(map(_is_metric, metrics))
    )


def _is_about(about):
    if not isinstance(about, dict):
        return False
    crops = about.get("corner_crops")
    return isinstance(about.get("data", ""), str) and (
        crops is None
        or (
            isinstance(crops, list | tuple)
            and len(crops) == 2
            and all(type(size) is int for size in crops)
        )
    )


def _is_metric(metric):
    if not isinstance(metric, dict):
        return False
    spread = metric.get("spread", (0.0, 0.0))
    return (
        isinstance(metric.get("name"), str)
        and isinstance(metric.get("protocol"), str)
        and isinstance(spread, list | tuple)
        and len(spread) == 2
        and all(
            isinstance(value, int | float) and math.isfinite(value)
            for value in (metric.get("value"), *spread)
        )
    )


def _name(word):
    """How a person calls the model that is found by a word."""
    if _is_address(word) or _NAME.fullmatch(word):
        return word.rstrip("/").rpartition("/")[2]
    return pathlib.Path(os.path.expanduser(word)).absolute().name


def read(name_or_folder, names=None):
    """Reads checked files of a model, all of the same version.

    Args:
        name_or_folder: See `find`.
        names: Of the files, or None for all.

    Returns:
        A `Folder`, and a dict from file name to bytes.

    Raises:
        ValueError: If there is no such model, or a file was changed.
    """
    while True:
        path = find(name_or_folder)
        state = _state(path)
        try:
            folder = folders.Folder(path)
            wanted = folder.names if names is None else names
            return folder, {name: folder.read(name) for name in wanted}
        except ValueError:
            # Perhaps it has just been replaced, as a recipe does.
            path = find(name_or_folder)
            if _state(path) == state:
                raise


def _state(path):
    """What is another once a folder has been replaced."""
    try:
        status = path.stat()
    except FileNotFoundError:
        # It is being replaced right now.
        return time.monotonic_ns()
    return path, status.st_ino, status.st_ctime_ns


def find(name_or_folder):
    """Returns the folder of a model, a `pathlib.Path`.

    Args:
        name_or_folder: One of `names()`; a path: of a folder that
            `kerasgan.zoo.save` wrote, or of a run folder, whose `model/` is
            meant; or the address of such a folder, `https://` or `gs://`, which
            is fetched once, into `~/.cache/kerasgan`. A word that is both, such
            as `dcgan`, is a name.

    Raises:
        ValueError: If there is no such model.
        OSError: If an address cannot be read.
    """
    word = os.fspath(name_or_folder)
    if _is_address(word):
        return remote.fetch(word)
    found = _all() if _NAME.fullmatch(word) else {}
    if word in found:
        return found[word]
    path = pathlib.Path(os.path.expanduser(word))
    for folder in (path, path / "model"):
        current = _current(folder.absolute())
        if current is not None:
            return current
    if found and not path.exists():
        errors.check_choice("name_or_folder", word, sorted(found))
    raise ValueError(
        "A saved model is a folder that `kerasgan.zoo.save` wrote, or the "
        f"--workdir of a recipe that has finished. Received: '{word}', where "
        f"there is no {manifests.NAME}. Names are listed by "
        "`kerasgan.zoo.names()`."
    )


def _current(folder):
    """Where a saved model is right now, or None."""
    for _ in range(_ATTEMPTS):
        being_replaced = files.is_being_replaced(folder)
        current = files.current_folder(folder)
        if _is_model(current):
            return current
        if not being_replaced:
            break
        time.sleep(0.01)
    return None


def _is_address(word):
    return "://" in word


def _is_model(folder):
    return (folder / manifests.NAME).is_file()


def _all():
    """A dict from name to folder; the first of a name counts, as in PATH."""
    found = {}
    for parent in (*_environment(), _released()):
        if not parent.is_dir():
            continue
        for folder in parent.iterdir():
            if _NAME.fullmatch(folder.name) and _is_model(folder):
                found.setdefault(folder.name, folder)
    return found


def _environment():
    value = os.environ.get(ENVIRONMENT, "")
    return [
        pathlib.Path(os.path.expanduser(part))
        for part in value.split(os.pathsep)
        if part
    ]


def _released():
    try:
        return pathlib.Path(importlib.resources.files("kerasgan._zoo"))
    except ModuleNotFoundError:
        # Run from a checkout that is not installed.
        return pathlib.Path(__file__).resolve().parents[2] / "zoo"
