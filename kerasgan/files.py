"""Files on disk: written whole or not at all, and checks before work starts."""

import contextlib
import errno
import json
import os
import pathlib
import shutil
import uuid

# What stands beside a folder while it is replaced.
_PARTIAL, _PREVIOUS, _OLD = "partial", "previous", "old"
# What file systems without hard links answer.
_NO_LINKS = (errno.EPERM, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)


def replace_bytes(path, content):
    """Writes a file; a reader sees the old content or the new one.

    Args:
        path: Of the file, a `pathlib.Path`.
        content: bytes.
    """
    # Not one name for all: levels may begin one run on several machines.
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}.partial")
    try:
        _write(partial, content)
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def replace_text(path, text):
    """Writes a text file, see `replace_bytes`."""
    replace_bytes(path, text.encode())


def _write(path, content):
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def rename_new(partial, path):
    """Renames a file, where none of the new name has come meanwhile.

    Args:
        partial: The file's path, a `pathlib.Path`; it may be there still
            afterwards.
        path: Its new one, in the same folder.

    Raises:
        FileExistsError: If there is one.
        OSError: If the disk has not enough space, or whatever else it says.
    """
    try:
        os.link(partial, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if path.exists():
            raise FileExistsError(
                errno.EEXIST, os.strerror(errno.EEXIST), str(path)
            ) from error
        os.rename(partial, path)


def json_text(value):
    """The one form in which JSON is written, a string."""
    return json.dumps(value, indent=1, sort_keys=True, allow_nan=False) + "\n"


def replace_json(path, value):
    """Writes a JSON file, see `replace_bytes`."""
    replace_text(path, json_text(value))


def replace_folder(path, contents):
    """Writes a folder in the place of the one that is there.

    A reader who asks `current_folder` sees the old folder or the new one.

    Args:
        path: Of the folder, a `pathlib.Path`; parents are made.
        contents: dict from file name to bytes.

    Raises:
        OSError: If the disk has not enough space.
    """
    partial, previous, old = (
        _beside(path, kind) for kind in (_PARTIAL, _PREVIOUS, _OLD)
    )
    # What a run that was killed has left.
    if previous.is_dir() and not path.exists():
        os.rename(previous, path)
    for leftover in (partial, previous, old):
        shutil.rmtree(leftover, ignore_errors=True)
    check_space(path, sum(map(len, contents.values())) + 2**20)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        partial.mkdir()
        for name, content in contents.items():
            _write(partial / name, content)
    except OSError:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    if path.exists():
        os.rename(path, previous)
    os.rename(partial, path)
    if previous.exists():
        # By its name, it would be read once `path` is deleted.
        os.rename(previous, old)
        shutil.rmtree(old, ignore_errors=True)


def current_folder(path):
    """Where a folder is that `replace_folder` may be replacing, or may have.

    Args:
        path: Of the folder, a `pathlib.Path`.

    Returns:
        The path; that of the old folder where there is neither the old nor the
        new one in its place.
    """
    if path.exists():
        return path
    previous = _beside(path, _PREVIOUS)
    return previous if previous.is_dir() else path


def is_being_replaced(path):
    """Whether `replace_folder` is at work, or was killed there.

    Args:
        path: Of the folder, a `pathlib.Path`.
    """
    return bool(path.name) and any(
        _beside(path, kind).exists() for kind in (_PARTIAL, _PREVIOUS, _OLD)
    )


def _beside(path, kind):
    return path.with_name(f".{path.name}.{kind}")


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


def check_report_folder(argument, path, names):
    """Raises a ValueError if a folder has files, but none of a report's own.

    A report's README.md and pictures would replace what is there.

    Args:
        argument: Name of the argument, for the message.
        path: Of the folder, which need not exist yet.
        names: Names of files, one of which a report of this kind has.
    """
    path = pathlib.Path(path)
    if not path.is_dir():
        return
    found = {each.name for each in path.iterdir()}
    if found and not found & set(names):
        raise ValueError(
            f"{argument} must be a new or empty folder, or that of an earlier "
            f"report. Received: {argument}={path}, with {sorted(found)[:3]}. "
            "Give another."
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


@contextlib.contextmanager
def only_process(argument, path):
    """Keeps other processes that ask for the same out of a folder.

    A process that is killed lets go of it.

    Args:
        argument: Name of the argument, for the message.
        path: Of the folder, a `pathlib.Path`; it is made where it is missing.

    Raises:
        OSError: If another process, or another run of this one, is there.
    """
    # Here, as commands that only read are quicker without it.
    import filelock

    path.mkdir(parents=True, exist_ok=True)
    try:
        lock = filelock.FileLock(path / ".lock", blocking=False).acquire()
    except filelock.Timeout as error:
        raise OSError(
            f"{argument} must be a folder in which no other process is at "
            f"work. Received: {argument}={path}, where one is. Wait for it, "
            "stop it, or give another."
        ) from error
    with lock:
        yield


@contextlib.contextmanager
def errors_of_full_disk(path):
    """Says in plain words that the disk is full, whoever has found out.

    Args:
        path: Of the folder that is written to.

    Raises:
        OSError: In the place of what Python or TensorFlow raises then.
    """
    try:
        yield
    except Exception as error:
        of_ours = isinstance(error, OSError) and error.errno is None
        if of_ours or os.strerror(errno.ENOSPC) not in str(error):
            raise
        raise OSError(
            f"The disk must have space left for '{path}'. Received: {error}. "
            "Make room, and the same command goes on from the newest "
            "checkpoint."
        ) from error


def _existing(path):
    path = path.absolute()
    while not path.exists():
        path = path.parent
    return path
