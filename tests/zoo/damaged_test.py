"""Folders that were damaged, and manifests that lie: each is refused."""

import json
import os
import pickle

import numpy as np
import pytest
from hostile_cases import refused
from hostile_cases import write_manifest

from kerasgan import zoo
from kerasgan.zoo import manifests

FILES = (
    "README.md",
    "config.json",
    "discriminator.safetensors",
    "generator.safetensors",
    "manifest.json",
    "metrics.json",
    "samples.png",
)


# What any accident does: 7 files, each with 24 flipped bits and 6 truncations.


@pytest.mark.parametrize("name", FILES)
def test_every_flipped_bit_is_found(name, copy):
    path = copy()
    assert {each.name for each in path.iterdir()} == set(FILES)
    original = (path / name).read_bytes()
    for position in np.linspace(0, 8 * len(original) - 1, 24, dtype=int):
        content = bytearray(original)
        content[position // 8] ^= 1 << position % 8
        (path / name).write_bytes(content)
        # A flip in the manifest may look like one in the file that it names.
        assert name in refused(path) or name == "manifest.json", position
    (path / name).write_bytes(original)
    zoo.load(path)


@pytest.mark.parametrize("name", FILES)
def test_every_truncated_or_longer_file_is_found(name, copy):
    path = copy()
    original = (path / name).read_bytes()
    for length in np.linspace(0, len(original) - 1, 5, dtype=int):
        (path / name).write_bytes(original[:length])
        assert name in refused(path), length
    (path / name).write_bytes(original + b"\n")
    assert name in refused(path)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(name, copy):
    path = copy()
    (path / name).unlink()
    assert name in refused(path)


# What is no plain file, though its content be right.


@pytest.mark.parametrize("name", FILES)
def test_no_link_is_followed(name, copy):
    path = copy()
    elsewhere = path.parent / "elsewhere"
    (path / name).rename(elsewhere)
    (path / name).symlink_to(elsewhere)
    assert name in refused(path)


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
@pytest.mark.parametrize("name", ["config.json", "manifest.json"])
def test_what_is_no_file_is_refused_without_waiting(name, make, copy):
    path = copy()
    (path / name).unlink()
    make(path / name)
    assert name in refused(path)


# Manifests that lie.


def entry(content=b"x"):
    return {"size": len(content), "sha256": manifests.digest(content)}


MANIFEST_ENTRIES = {
    "a parent folder": {"../secret": entry()},
    "deep parents": {"a/../../secret": entry()},
    "an absolute path": {"/etc/hostname": entry()},
    "a subfolder": {"sub/config.json": entry()},
    "a hidden file": {".config.json": entry()},
    "a backslash": {"..\\secret": entry()},
    "a null": {"config.json\0": entry()},
    "a newline": {"config.json\n": entry()},
    "itself": {"manifest.json": entry()},
    "no name": {"": entry()},
    "a long name": {"a" * 300: entry()},
    "many files": {f"f{i}": entry() for i in range(40)},
    "a negative size": {"extra": {**entry(), "size": -1}},
    "a size that is a bool": {"extra": {**entry(), "size": True}},
    "a size that is a string": {"extra": {**entry(), "size": "1"}},
    "a size that is a fraction": {"extra": {**entry(), "size": 1.0}},
    "a short hash": {"extra": {**entry(), "sha256": "00"}},
    "a hash in capitals": {"extra": {**entry(), "sha256": "A" * 64}},
    "a hash that is a list": {"extra": {**entry(), "sha256": []}},
    "a further key": {"extra": {**entry(), "mode": 1}},
    "a list": {"extra": [1, "x"]},
}


@pytest.mark.parametrize("case", MANIFEST_ENTRIES)
def test_a_manifest_names_plain_files_with_size_and_hash(case, copy):
    path = copy()
    for parent in (path.parent, path):
        (parent / "secret").write_bytes(b"x")
    (path / "extra").write_bytes(b"x")
    entries = json.loads((path / "manifest.json").read_text())["files"]
    write_manifest(path, {**entries, **MANIFEST_ENTRIES[case]})
    assert "must be a manifest as kerasgan writes it" in refused(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"files": {}, "format_version": 1}',
        b'{"files": [], "format_version": 1}',
        b'{"files": {}, "format_version": NaN}',
        b"[" * 60000,
        b'{"a":' * 10000,
        b"\xff\xfe{}",
        b"9" * 5000,
        b" " * 70000,
        pickle.dumps({"files": {}}),
    ],
    ids=lambda content: repr(content[:12]),
)
def test_what_is_no_manifest_is_refused(content, copy):
    path = copy()
    (path / "manifest.json").write_bytes(content)
    assert "manifest.json" in refused(path)


def test_other_spellings_of_the_same_manifest_are_refused(copy):
    path = copy()
    manifest = json.loads((path / "manifest.json").read_text())
    doubled = (
        (path / "manifest.json")
        .read_text()
        .replace(
            '"format_version": 1', '"format_version": 1,\n "format_version": 1'
        )
    )
    for text in (
        json.dumps(manifest),
        json.dumps({**manifest, "more": 1}, indent=1, sort_keys=True) + "\n",
        json.dumps(manifest, indent=1, sort_keys=True),
        doubled,
    ):
        (path / "manifest.json").write_text(text)
        assert "must be a manifest as kerasgan writes it" in refused(path)


def test_a_newer_format_asks_for_a_newer_kerasgan(copy):
    path = copy()
    entries = json.loads((path / "manifest.json").read_text())["files"]
    write_manifest(path, entries, version=2)
    assert "format_version=2" in refused(path)
    assert "Install a newer kerasgan" in refused(path)


@pytest.mark.parametrize("size", [2**31, 2**43, 10**400])
def test_a_large_sparse_file_takes_no_memory(size, copy):
    path = copy()
    entries = json.loads((path / "manifest.json").read_text())["files"]
    entries["generator.safetensors"]["size"] = size
    write_manifest(path, entries)
    if size < 2**40:
        os.truncate(path / "generator.safetensors", size)
    message = refused(path)
    assert "manifest.json" in message
    with pytest.raises(ValueError, match="Received"):
        zoo.info(path)


def test_a_lying_size_sets_no_memory_aside(copy):
    path = copy()
    entries = json.loads((path / "manifest.json").read_text())["files"]
    entries["config.json"]["size"] = 2**50
    write_manifest(path, entries)
    assert "manifest.json" in refused(path)
