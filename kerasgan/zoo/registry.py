"""Which models there are, and what is said of them; without TensorFlow."""

import fnmatch
import importlib.resources
import os
import pathlib
import re

from kerasgan import errors
from kerasgan import files
from kerasgan.zoo import folder as folders

# Folders of further models, as in PATH.
ENVIRONMENT = "KERASGAN_ZOO"
_NAME = re.compile(r"[a-z0-9_]+")
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
    folder = folders.Folder(find(name_or_folder))
    return folder.read(folders.CARD).decode("utf-8", errors="replace")


def info(name_or_folder):
    """Returns the facts about a model.

    Args:
        name_or_folder: See `find`.

    Returns:
        A dict: `name`, `folder`, `family`, `image_shape` (height, width,
        channels), `num_classes` (None where there are none), `parameters`
        (of the generator and of the discriminator), `num_bytes` of the files,
        `storage` (dtype of the weights on disk), `kerasgan` (version that
        saved it), `metrics` (a list of dicts: `name`, `value`, `protocol`) and
        `about`: what its recipe says of it, such as `data`, `paper`,
        `licence`, `recipe`, `command`, `seed`.

    Raises:
        ValueError: If there is no such model, or a file was changed.
    """
    path = find(name_or_folder).absolute()
    folder = folders.Folder(path)
    config = folder.read_json(folders.CONFIG)
    facts = {
        "name": path.parent.name if path.name == "model" else path.name,
        "folder": str(path),
        "num_bytes": folder.num_bytes,
        "metrics": folder.read_json(folders.METRICS).get("metrics"),
        **{key: config.get(key) for key in _CONFIG_FACTS},
    }
    if not _is_info(facts):
        raise ValueError(
            f"'{path / folders.CONFIG}' and '{folders.METRICS}' must be as "
            f"`kerasgan.zoo.save` writes them. Received: {facts}. Get the "
            "model anew."
        )
    return facts


def _is_info(facts):
    """Whether all facts are of the kinds that `info` promises."""
    shape, parameters = facts["image_shape"], facts["parameters"]
    metrics = facts["metrics"]
    return (
        all(
            isinstance(facts[key], str)
            for key in ("family", "storage", "kerasgan")
        )
        and isinstance(shape, list)
        and len(shape) == 3
        and all(isinstance(size, int) for size in shape)
        and isinstance(facts["num_classes"], int | None)
        and isinstance(facts["about"], dict)
        and isinstance(parameters, dict)
        and all(
            isinstance(parameters.get(key), int)
            for key in ("generator", "discriminator")
        )
        and isinstance(metrics, list)
        and all(
            isinstance(metric, dict)
            and isinstance(metric.get("name"), str)
            and isinstance(metric.get("value"), int | float)
            and isinstance(metric.get("protocol"), str)
            for metric in metrics
        )
    )


def find(name_or_folder):
    """Returns the folder of a model, a `pathlib.Path`.

    Args:
        name_or_folder: One of `names()`; or a path: of a folder that
            `kerasgan.zoo.save` wrote, or of a run folder, whose `model/` is
            meant. A word that is both, such as `dcgan`, is a name.

    Raises:
        ValueError: If there is no such model.
    """
    word = os.fspath(name_or_folder)
    found = _all() if _NAME.fullmatch(word) else {}
    if word in found:
        return found[word]
    path = pathlib.Path(word)
    for folder in (path, path / "model"):
        files.recover_folder(folder.absolute())
        if _is_model(folder):
            return folder
    if found and not path.exists():
        errors.check_choice("name_or_folder", word, sorted(found))
    raise ValueError(
        "A saved model is a folder that `kerasgan.zoo.save` wrote, or the "
        f"--workdir of a recipe that has finished. Received: '{word}', where "
        f"there is no {folders.MANIFEST}. Names are listed by "
        "`kerasgan.zoo.names()`."
    )


def _is_model(folder):
    return (folder / folders.MANIFEST).is_file()


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
    return [pathlib.Path(part) for part in value.split(os.pathsep) if part]


def _released():
    try:
        return pathlib.Path(importlib.resources.files("kerasgan._zoo"))
    except ModuleNotFoundError:
        # Run from a checkout that is not installed.
        return pathlib.Path(__file__).resolve().parents[2] / "zoo"
