"""Makes folders that do harm, and sees that they are refused."""

import time

import pytest

from kerasgan import files
from kerasgan import zoo
from kerasgan.zoo import folder as folders
from kerasgan.zoo import manifests


def refused(path, **kwargs):
    """The message of the error with which a folder is refused, at once."""
    began = time.perf_counter()
    with pytest.raises(ValueError) as error:
        zoo.load(path, **kwargs)
    assert time.perf_counter() - began < 10
    message = str(error.value)
    assert "Received" in message
    return message


def consistent(path, **changed):
    """Replaces files, with a manifest that says so."""
    contents = {**folders.Folder(path).read_all(), **changed}
    entries = {
        name: {"size": len(content), "sha256": manifests.digest(content)}
        for name, content in contents.items()
    }
    for name, content in contents.items():
        (path / name).write_bytes(content)
    write_manifest(path, entries)


def write_manifest(path, entries, version=manifests.FORMAT_VERSION):
    files.replace_json(
        path / "manifest.json", {"format_version": version, "files": entries}
    )
