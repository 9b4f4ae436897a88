"""Files on disk: written whole or not at all, and checks before work starts."""

import json
import os
import pathlib
import shutil


def replace_text(path, text):
    """Writes a text file; a reader sees the old text or the new one.

    Args:
        path: Of the file, a `pathlib.Path`.
        text: string.
    """
    partial = path.with_name(f".{path.name}.partial")
    with open(partial, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)


def replace_json(path, value):
    """Writes a JSON file, see `replace_text`."""
    replace_text(path, json.dumps(value, indent=1, sort_keys=True) + "\n")


def check_folder(argument, path):
    """Raises an OSError unless files can be written into a folder.

    Args:
        argument: Name of the argument, for the message.
        path: Of the folder; it, or its first parent that exists, must be a
            folder that may be written to.
    """
    path = pathlib.Path(path)
    existing = _existing(path)
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        what = "may not be written to" if existing.is_dir() else "is a file"
        raise OSError(
            f"{argument} must be a folder that can be written to. Received: "
            f"{argument}={path}, where '{existing}' {what}. Give another."
        )


def check_space(path, num_bytes):
    """Raises an OSError unless the disk of a folder has so much space left.

    Args:
        path: Of the folder, which need not exist yet.
        num_bytes: int.
    """
    free = shutil.disk_usage(_existing(pathlib.Path(path))).free
    if free < num_bytes:
        raise OSError(
            f"Saving needs {num_bytes / 2**20:.1f} MiB of disk space. "
            f"Received: {free / 2**20:.1f} MiB free for '{path}'. Make room, "
            "or write to another disk; what is there already stays as it is."
        )


def _existing(path):
    path = path.absolute()
    while not path.exists():
        path = path.parent
    return path
