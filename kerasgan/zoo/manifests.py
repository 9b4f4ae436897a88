"""What the files of a saved model may be: names, sizes, JSON, the manifest.

`manifest.json` holds the size and the SHA-256 of every other file. That shows
any change by accident. It does not show who wrote the folder.
"""

import hashlib
import json
import math
import re

from kerasgan import files

NAME = "manifest.json"
FORMAT_VERSION = 1
MAX_MANIFEST_BYTES = 2**16
_MAX_FILES = 32
_MAX_BYTES = 2**31
_MAX_JSON_BYTES = 2**20
_MAX_JSON_DEPTH = 64
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


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


def manifest_of(contents):
    """Returns the manifest of files, bytes.

    Args:
        contents: dict from file name to bytes.

    Raises:
        ValueError: If they could be written, but not be read again.
    """
    _check_contents(contents)
    return _manifest_bytes(
        {
            name: {"size": len(content), "sha256": digest(content)}
            for name, content in contents.items()
        }
    )


def _manifest_bytes(entries):
    manifest = {"format_version": FORMAT_VERSION, "files": entries}
    return files.json_text(manifest).encode()


def _check_contents(contents):
    for name, content in contents.items():
        if not _FILE_NAME.fullmatch(name) or name == NAME:
            raise ValueError(
                "A file of a saved model has a name of up to 64 letters, "
                f"digits, '_' and '.'. Received: {name!r}. Give another name."
            )
        if name.endswith(".json"):
            parse_json(content, name)
    num_bytes = sum(map(len, contents.values()))
    if len(contents) > _MAX_FILES or num_bytes > _MAX_BYTES:
        raise ValueError(
            f"A saved model has up to {_MAX_FILES} files and {_MAX_BYTES} "
            f"bytes. Received: {len(contents)} files, {num_bytes} bytes. Save "
            "fewer pictures, or a smaller model."
        )


def parse_manifest(content, path):
    """Parses the bytes of a manifest, as `manifest_of` gives and no others.

    Args:
        content: bytes.
        path: Of its folder, for the message.

    Returns:
        A dict from file name to a pair (size, SHA-256).

    Raises:
        ValueError: If a byte is otherwise.
    """
    path = f"{path}/{NAME}"
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
        and NAME not in entries
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
    if num_bytes > _MAX_BYTES:
        raise ValueError(
            f"A saved model may have {_MAX_BYTES} bytes. Received: {num_bytes} "
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
