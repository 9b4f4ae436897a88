"""What a run folder says of its run: only the same one goes on there."""

import json
import pathlib
import zlib

import keras
import numpy as np
import tensorflow as tf

from kerasgan import files
from kerasgan.version import __version__

# Flags that may differ between the workers of a run: what is where.
_PLACES = ("data_dir", "download", "pictures", "workdir")
# The flags that may change when a run is continued.
_FREE = (
    *_PLACES,
    "checkpoint_minutes",
    "epochs",
    "every",
    "level",
    "logical_devices",
    "on_collapse",
    "strategy",
    "worker_timeout",
)


def fresh(folder):
    """Returns a folder that is not there yet: this one, or with -2, -3, ..."""
    folder = pathlib.Path(folder)
    number = 2
    free = folder
    while free.exists():
        free = folder.with_name(f"{folder.name}-{number}")
        number += 1
    return str(free)


class RunConfig:
    """The file `config.json` of a run folder: recipe, flags, data, versions.

    Args:
        folder: The run folder, a `pathlib.Path`.
        recipe: Name of the recipe.
        values: dict, its flags.

    Raises:
        ValueError: If the folder belongs to a run of another recipe or of other
            flags, or its file is no run's.
    """

    def __init__(self, folder, recipe, values):
        self.folder = folder
        self.recipe = recipe
        self.values = values
        old = self._read()
        if old is not None:
            self._check_recipe(old["recipe"])
            self._check_flags(old["flags"])

    @property
    def exists(self):
        """Whether the run has begun before."""
        return self._path.is_file()

    @property
    def flags_hash(self):
        """int, equal for workers with the same flags, but for their places."""
        shared = {k: v for k, v in self.values.items() if k not in _PLACES}
        return zlib.crc32(json.dumps(shared, sort_keys=True).encode())

    def check_data(self, info):
        """Raises a ValueError if the run began with other data.

        Args:
            info: A `kerasgan.datasets.DatasetInfo`.
        """
        old = self._read()
        if old is not None and old["data"] != _described(info):
            raise ValueError(
                f"The run in '{self.folder}' can only be continued with the "
                f"data that it began with. Received (then, now): {old['data']}"
                f", {_described(info)}. Restore the data, or give --restart."
            )

    def write(self, info):
        """Writes the file, and makes the folder where it is missing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        config = {
            "data": _described(info),
            "flags": self.values,
            "recipe": self.recipe,
            "versions": {
                "keras": keras.__version__,
                "kerasgan": __version__,
                "numpy": np.__version__,
                "tensorflow": tf.__version__,
            },
        }
        files.replace_json(self._path, config)

    @property
    def _path(self):
        return self.folder / "config.json"

    def _read(self):
        if not self._path.is_file():
            return None
        try:
            config = json.loads(self._path.read_text(encoding="utf-8"))
            return {name: config[name] for name in ("recipe", "flags", "data")}
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(
                "--workdir must be new, or the folder of a run. Received: "
                f"'{self._path}', which is no run's ({error!r}). Give another "
                "--workdir, or --restart."
            ) from error

    def _check_recipe(self, old):
        if old != self.recipe:
            raise ValueError(
                f"The run in '{self.folder}' can only be continued with its "
                f"recipe. Received (then, now): {old!r}, {self.recipe!r}. Give "
                "another --workdir."
            )

    def _check_flags(self, old):
        changed = {
            name: (old.get(name), self.values.get(name))
            for name in sorted({*old, *self.values} - {*_FREE})
            if old.get(name) != self.values.get(name)
        }
        if changed:
            raise ValueError(
                f"The run in '{self.folder}' can only be continued with the "
                f"flags that it began with. Received (then, now): {changed}. "
                "Repeat the old ones, give another --workdir, or --restart."
            )


def _described(info):
    return {
        "class_names": list(info.class_names),
        "image_shape": list(info.image_shape),
        "num_images": info.num_images,
    }
