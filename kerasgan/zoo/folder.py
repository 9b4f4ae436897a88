"""The folder of a saved model, read and written as a whole."""

import os
import pathlib
import stat
import weakref

from kerasgan import files
from kerasgan.zoo import manifests

CONFIG = "config.json"
METRICS = "metrics.json"
CARD = "README.md"


def weights_file(part):
    """Name of the file of one part, such as `"generator"`."""
    return f"{part}.safetensors"


class Folder:
    """A saved model on disk; what is read from it is checked before.

    Args:
        path: Of the folder.

    Raises:
        ValueError: If it holds no manifest, or one that is not as `write`
            writes it.
    """

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self._descriptor = _open_folder(self.path)
        weakref.finalize(self, os.close, self._descriptor)
        manifest = self._read(manifests.NAME, manifests.MAX_MANIFEST_BYTES)
        self._entries = manifests.parse_manifest(manifest, self.path)

    @property
    def names(self):
        """Names of the files beside the manifest, sorted."""
        return sorted(self._entries)

    @property
    def hashes(self):
        """A dict from file name to SHA-256, as the manifest has it."""
        return {name: sha256 for name, (_, sha256) in self._entries.items()}

    @property
    def num_bytes(self):
        """Size of all files beside the manifest, int."""
        return sum(size for size, _ in self._entries.values())

    def check_has(self, name):
        """Raises a ValueError if the manifest does not list a file."""
        if name not in self._entries:
            raise ValueError(
                f"A saved model must hold '{name}'. Received: '{self.path}', "
                f"with {self.names}. Get another model, or this one anew."
            )

    def read(self, name):
        """Returns the bytes of a file, which are those of the manifest.

        Raises:
            ValueError: If they are not, or the file is missing or a link.
        """
        self.check_has(name)
        size, sha256 = self._entries[name]
        content = self._read(name, size)
        found = manifests.digest(content)
        if len(content) != size or found != sha256:
            raise ValueError(
                f"'{self.path / name}' must have the size and the SHA-256 that "
                f"{manifests.NAME} says. Received: {len(content)} bytes, "
                f"{found}. The file was changed; get the model anew."
            )
        return content

    def _read(self, name, max_bytes):
        """Up to one byte more than `max_bytes` of a file that is no link."""
        try:
            # Non-blocking, as opening a pipe would wait for its writer.
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            # Of this very folder, also where it has just been replaced.
            descriptor = os.open(name, flags, dir_fd=self._descriptor)
            with open(descriptor, "rb") as file:
                status = os.fstat(descriptor)
                if not stat.S_ISREG(status.st_mode):
                    raise OSError("no regular file")
                # Python sets aside as much memory as is asked for.
                return file.read(min(max_bytes, status.st_size) + 1)
        except OSError as error:
            _raise_missing(self.path, name, error)

    def read_all(self):
        """Returns a dict from the name of every file to its checked bytes."""
        return {name: self.read(name) for name in self.names}


def _open_folder(path):
    try:
        return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        _raise_missing(path, manifests.NAME, error)


def _raise_missing(path, name, error):
    raise ValueError(
        f"A saved model must hold the file '{name}'. Received: '{path}' "
        f"({error.strerror or error}). Give the folder of a model that "
        "`kerasgan.zoo.save` or a recipe wrote."
    ) from error


def write(path, contents):
    """Writes a saved model; one that is there is replaced as a whole.

    Args:
        path: Of the folder; made, with its parents, where it is missing.
        contents: dict from file name to bytes.

    Returns:
        The path, a `pathlib.Path`.

    Raises:
        ValueError: If there is something else than a saved model, or the files
            could not be read again.
        OSError: If the disk has not enough space.
    """
    # The folder itself, where this is a link to it.
    path = pathlib.Path(os.path.expanduser(path)).resolve()
    check_replaceable(path)
    manifest = manifests.manifest_of(contents)
    files.replace_folder(path, {**contents, manifests.NAME: manifest})
    return path


def check_replaceable(path):
    """Raises a ValueError if a folder holds anything but a saved model."""
    path = pathlib.Path(os.path.expanduser(path))
    if not path.exists() or (path.is_dir() and not any(path.iterdir())):
        return
    try:
        known = {manifests.NAME, *Folder(path).names}
        found = {each.name for each in path.iterdir()} - known
    except (ValueError, OSError):
        found = {"what is no saved model"}
    if found:
        raise ValueError(
            f"A model is saved in a folder of its own. Received: '{path}', "
            f"which holds {', '.join(sorted(found)[:5])}. Give a new folder, "
            "or one inside it."
        )
