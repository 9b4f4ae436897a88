"""The folder of a saved model: what is in it, and that it is as written.

`manifest.json` holds the size and the SHA-256 of every other file. That shows
any change by accident. It does not show who wrote the folder.
"""

import hashlib
import json
import math
import os
import pathlib
import re
import stat
import weakref

from kerasgan import files

MANIFEST = "manifest.json"
CONFIG = "config.json"
METRICS = "metrics.json"
CARD = "README.md"
GENERATOR = "generator.safetensors"
DISCRIMINATOR = "discriminator.safetensors"

FORMAT_VERSION = 1
_MAX_FILES = 32
MAX_BYTES = 2**31
MAX_MANIFEST_BYTES = 2**16
_MAX_JSON_BYTES = 2**20
_MAX_JSON_DEPTH = 64
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


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
        manifest = self._read(MANIFEST, MAX_MANIFEST_BYTES)
        self._entries = parse_manifest(manifest, self.path)

    @property
    def names(self):
        """Names of the files beside the manifest, sorted."""
        return sorted(self._entries)

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
        if len(content) != size or digest(content) != sha256:
            raise ValueError(
                f"'{self.path / name}' must have the size and the SHA-256 that "
                f"{MANIFEST} says. Received: {len(content)} bytes, "
                f"{digest(content)}. The file was changed; get the model anew."
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

    def read_json(self, name):
        """Returns what a JSON file holds, a dict.

        Raises:
            ValueError: See `read`; or if it is too long, or no such JSON.
        """
        return parse_json(self.read(name), self.path / name)


def digest(content):
    """SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def parse_json(content, path):
    """Parses the bytes of a JSON file as a dict.

    Raises:
        ValueError: If it is too long, nested too deeply, or no JSON object of
            finite numbers.
    """
    try:
        if len(content) > _MAX_JSON_BYTES:
            raise ValueError(f"longer than {_MAX_JSON_BYTES} bytes")
        value = json.loads(
            content.decode("utf-8"),
            parse_constant=_refuse,
            parse_float=_finite,
            parse_int=_int64,
        )
        if not isinstance(value, dict):
            raise ValueError(f"a {type(value).__name__}")
        _check_depth(value)
        return value
    except (ValueError, RecursionError) as error:
        raise ValueError(
            f"'{path}' must be a JSON object. Received: {error}. Get the model "
            "anew."
        ) from error


def _refuse(constant):
    raise ValueError(f"the constant {constant}")


def _finite(text):
    value = float(text)
    return value if math.isfinite(value) else _refuse(text[:20])


def _int64(text):
    value = int(text)
    return value if -(2**63) <= value < 2**63 else _refuse(text[:20])


def _check_depth(value, depth=0):
    if depth > _MAX_JSON_DEPTH:
        raise ValueError(f"more than {_MAX_JSON_DEPTH} levels")
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return
    for each in value:
        _check_depth(each, depth + 1)


def parse_manifest(content, path):
    """Parses the bytes of a manifest, which must be exactly as `write` writes.

    Args:
        content: bytes.
        path: Of its folder, for the message.

    Returns:
        A dict from file name to a pair (size, SHA-256).

    Raises:
        ValueError: If a byte is otherwise.
    """
    path = f"{path}/{MANIFEST}"
    manifest = parse_json(content, path)
    version = manifest.get("format_version")
    if isinstance(version, int) and version > FORMAT_VERSION:
        raise ValueError(
            f"This version reads models up to format {FORMAT_VERSION}. "
            f"Received: format_version={version} in '{path}'. Install a newer "
            "kerasgan."
        )
    entries = manifest.get("files")
    valid = (
        isinstance(entries, dict)
        and 0 < len(entries) <= _MAX_FILES
        and MANIFEST not in entries
        and all(map(_FILE_NAME.fullmatch, entries))
        and all(map(_is_entry, entries.values()))
        and content == _manifest_bytes(entries)
    )
    if not valid:
        raise ValueError(
            f"'{path}' must be a manifest as kerasgan writes it. Received: "
            f"{content[:80]!r}... The file was changed; get the model anew."
        )
    num_bytes = sum(entry["size"] for entry in entries.values())
    if num_bytes > MAX_BYTES:
        raise ValueError(
            f"A saved model may have {MAX_BYTES} bytes. Received: {num_bytes} "
            f"bytes by '{path}'. Take a smaller model."
        )
    return {
        name: (entry["size"], entry["sha256"])
        for name, entry in entries.items()
    }


def _is_entry(entry):
    return (
        isinstance(entry, dict)
        and set(entry) == {"size", "sha256"}
        and type(entry["size"]) is int
        and entry["size"] >= 0
        and isinstance(entry["sha256"], str)
        and _SHA256.fullmatch(entry["sha256"]) is not None
    )


def _manifest_bytes(entries):
    manifest = {"format_version": FORMAT_VERSION, "files": entries}
    return files.json_text(manifest).encode()


def _open_folder(path):
    try:
        return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        _raise_missing(path, MANIFEST, error)


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
    path = pathlib.Path(path).resolve()
    check_replaceable(path)
    check_contents(contents)
    entries = {
        name: {"size": len(content), "sha256": digest(content)}
        for name, content in contents.items()
    }
    files.replace_folder(path, {**contents, MANIFEST: _manifest_bytes(entries)})
    return path


def check_contents(contents):
    """Raises a ValueError if files could be written, but not be read again.

    Args:
        contents: dict from file name to bytes.
    """
    for name, content in contents.items():
        if not _FILE_NAME.fullmatch(name) or name == MANIFEST:
            raise ValueError(
                "A file of a saved model has a name of up to 64 letters, "
                f"digits, '_' and '.'. Received: {name!r}. Give another name."
            )
        if name.endswith(".json"):
            parse_json(content, name)
    num_bytes = sum(map(len, contents.values()))
    if len(contents) > _MAX_FILES or num_bytes > MAX_BYTES:
        raise ValueError(
            f"A saved model has up to {_MAX_FILES} files and {MAX_BYTES} "
            f"bytes. Received: {len(contents)} files, {num_bytes} bytes. Save "
            "fewer pictures, or a smaller model."
        )


def check_replaceable(path):
    """Raises a ValueError if a folder holds anything but a saved model."""
    path = pathlib.Path(path)
    if not path.exists() or (path.is_dir() and not any(path.iterdir())):
        return
    try:
        known = {MANIFEST, *Folder(path).names}
        found = {each.name for each in path.iterdir()} - known
    except (ValueError, OSError):
        found = {"what is no saved model"}
    if found:
        raise ValueError(
            f"A model is saved in a folder of its own. Received: '{path}', "
            f"which holds {', '.join(sorted(found)[:5])}. Give a new folder, "
            "or one inside it."
        )
