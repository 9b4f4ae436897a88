"""A saved model at an address, fetched once into a folder of one's own."""

import os
import pathlib
import tempfile
import urllib.parse

import keras
import tensorflow as tf

from kerasgan import files
from kerasgan.zoo import folder as folders

_CACHE = pathlib.Path("~/.cache/kerasgan")
_MAX_BYTES = 2**31


def is_address(name_or_folder):
    """Whether this is the address of a folder, not a path on this machine."""
    return "://" in os.fspath(name_or_folder)


def fetch(address):
    """Fetches the folder at an address, unless it was fetched before.

    Args:
        address: Of the folder: `https://...` or `gs://...`; `http://` of this
            machine only, to try it out.

    Returns:
        The folder on this machine, a `pathlib.Path`; one for each manifest.

    Raises:
        ValueError: If the address is of another kind, or what is there is no
            saved model.
        OSError: If it cannot be read, or the disk has not enough space.
    """
    address = _checked(address)
    with tempfile.TemporaryDirectory() as scratch:
        _copy(f"{address}/{folders.MANIFEST}", scratch, folders.MANIFEST)
        manifest = folders.read_manifest(pathlib.Path(scratch))
    entries = folders.parse_manifest(manifest, address)
    num_bytes = sum(size for size, _ in entries.values())
    if num_bytes > _MAX_BYTES:
        raise ValueError(
            f"A saved model may have {_MAX_BYTES} bytes. Received: {num_bytes} "
            f"bytes at '{address}'. Download it by hand, and load the folder."
        )
    path = _CACHE.expanduser() / folders.digest(manifest)[:32]
    if not (path / folders.MANIFEST).is_file():
        files.check_space(path, num_bytes)
        path.mkdir(parents=True, exist_ok=True)
        for name, (_, sha256) in entries.items():
            _copy(f"{address}/{name}", path, name, sha256)
        # Last, so that a folder with a manifest has all its files.
        files.replace_bytes(path / folders.MANIFEST, manifest)
    return path


def _checked(address):
    parts = urllib.parse.urlsplit(address)
    here = parts.hostname in ("localhost", "127.0.0.1")
    if parts.scheme not in ("https", "gs") and not (
        parts.scheme == "http" and here
    ):
        raise ValueError(
            "A model is fetched from https://... or gs://... (or, to try it "
            f"out, http://localhost). Received: '{address}'. Download other "
            "folders by hand, and load the folder."
        )
    return address.rstrip("/")


def _copy(origin, folder, name, sha256=None):
    try:
        if origin.startswith("gs:"):
            tf.io.gfile.copy(origin, os.path.join(folder, name), overwrite=True)
        else:
            keras.utils.get_file(
                name,
                origin,
                file_hash=sha256,
                hash_algorithm="sha256",
                cache_dir=str(folder),
                cache_subdir=".",
            )
    except Exception as error:
        # Keras raises nothing more special.
        raise OSError(
            f"'{origin}' must be readable, and as its manifest says. Received: "
            f"{error}. Check the address and the network."
        ) from error
