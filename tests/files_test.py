import collections
import errno
import json
import os
import shutil

import pytest
import tensorflow as tf

from kerasgan import files

_Usage = collections.namedtuple("_Usage", "total used free")


@pytest.fixture
def written(tmp_path):
    """A file with an old text, alone in its folder."""
    path = tmp_path / "notes.txt"
    files.replace_text(path, "old\n")
    return path


def fail(*args):
    raise OSError(28, "No space left on device")


def test_text_is_replaced_and_nothing_is_left_beside_it(written):
    files.replace_text(written, "neu: ä\n")
    assert written.read_bytes() == b"neu: \xc3\xa4\n"
    assert [*written.parent.iterdir()] == [written]


@pytest.mark.parametrize("function", ["fsync", "replace"])
def test_a_failure_in_between_leaves_the_old_text(
    function, written, monkeypatch
):
    # `fsync` stands for a full disk, `replace` for the very last moment.
    with monkeypatch.context() as patch:
        patch.setattr(os, function, fail)
        with pytest.raises(OSError, match="No space left"):
            files.replace_text(written, "new")
    assert written.read_text() == "old\n"
    # What it has left is no obstacle to the next.
    files.replace_text(written, "newer")
    assert written.read_text() == "newer"
    assert [*written.parent.iterdir()] == [written]


def test_the_new_text_is_on_the_disk_before_the_old_one_goes(
    written, monkeypatch
):
    # Else a power failure could leave an empty file in place of the old one.
    calls = []
    fsync, replace = os.fsync, os.replace

    def recorded_fsync(number):
        calls.append(("fsync", os.fstat(number).st_size))
        fsync(number)

    def recorded_replace(source, target):
        calls.append(("replace", written.read_text()))
        replace(source, target)

    monkeypatch.setattr(os, "fsync", recorded_fsync)
    monkeypatch.setattr(os, "replace", recorded_replace)
    files.replace_text(written, "new!")
    assert calls == [("fsync", 4), ("replace", "old\n")]


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        tf.errors.ResourceExhaustedError(
            None, None, "events.v2; No space left on device"
        ),
    ],
)
def test_a_full_disk_is_said_in_plain_words(error):
    with pytest.raises(OSError, match=r"space left for 'runs/a'.*Make room"):
        with files.errors_of_full_disk("runs/a"):
            raise error


@pytest.mark.parametrize(
    "error",
    [
        OSError("The checkpoint must be written: No space left on device."),
        ValueError("something else"),
        tf.errors.ResourceExhaustedError(None, None, "OOM"),
    ],
)
def test_other_errors_stay_as_they_are(error):
    with pytest.raises(type(error)) as caught:
        with files.errors_of_full_disk("runs/a"):
            raise error
    assert caught.value is error


def test_json_is_sorted_and_ends_in_a_newline(tmp_path):
    path = tmp_path / "config.json"
    files.replace_json(path, {"b": [1.5, None], "a": "ä"})
    text = path.read_text(encoding="utf-8")
    assert text.endswith("}\n")
    assert list(json.loads(text)) == ["a", "b"]
    assert json.loads(text) == {"a": "ä", "b": [1.5, None]}


def test_what_is_no_json_leaves_the_old_file(tmp_path):
    path = tmp_path / "config.json"
    files.replace_json(path, {"a": 1})
    with pytest.raises(TypeError):
        files.replace_json(path, {"a": object()})
    assert json.loads(path.read_text()) == {"a": 1}


def test_a_folder_that_is_not_there_yet_is_fine(tmp_path, monkeypatch):
    files.check_folder("--workdir", tmp_path)
    files.check_folder("--workdir", str(tmp_path / "a" / "b" / "c"))
    monkeypatch.chdir(tmp_path)
    files.check_folder("--workdir", "runs/recipe")
    # It is only looked at.
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("below", ["", "run", "run/further"])
def test_a_file_in_the_way_is_named(below, written):
    # Even one with all permissions.
    written.chmod(0o777)
    with pytest.raises(OSError) as error:
        files.check_folder("--workdir", written / below)
    assert str(error.value) == (
        "--workdir must be a folder that can be written to. Received: "
        f"--workdir={written / below}, where '{written}' is a file. Give "
        "another."
    )


@pytest.mark.parametrize("refused", [os.W_OK, os.X_OK])
def test_a_folder_without_permission_is_refused(refused, tmp_path, monkeypatch):
    # Faked, as root may do everything.
    asked = []

    def access(path, mode):
        asked.append(path)
        return not mode & refused

    monkeypatch.setattr(os, "access", access)
    with pytest.raises(OSError) as error:
        files.check_folder("--workdir", tmp_path / "new" / "run")
    assert asked == [tmp_path]
    assert str(error.value) == (
        "--workdir must be a folder that can be written to. Received: "
        f"--workdir={tmp_path / 'new' / 'run'}, where '{tmp_path}' may not be "
        "written to. Give another."
    )


def test_space_is_that_of_the_first_folder_that_exists(tmp_path, monkeypatch):
    asked = []

    def disk_usage(path):
        asked.append(path)
        return _Usage(total=2**30, used=2**30 - 2**20, free=2**20)

    monkeypatch.setattr(shutil, "disk_usage", disk_usage)
    files.check_space(tmp_path / "new" / "run", 2**20)
    assert asked == [tmp_path]
    with pytest.raises(OSError) as error:
        files.check_space(tmp_path / "new" / "run", 3 * 2**19 + 1)
    assert str(error.value) == (
        "Saving needs 1.5 MiB of disk space. Received: 1.0 MiB free for "
        f"'{tmp_path / 'new' / 'run'}'. Make room, or write to another disk; "
        "what is there already stays as it is."
    )
    with pytest.raises(OSError):
        files.check_space(tmp_path, 2**20 + 1)


def test_space_of_a_real_disk(tmp_path):
    files.check_space(tmp_path, 1)
    # An exbibyte, as no disk has.
    with pytest.raises(OSError, match=r"^Saving needs 1099511627776\.0 MiB"):
        files.check_space(tmp_path, 2**60)


def test_a_folder_has_one_process_at_a_time(tmp_path):
    folder = tmp_path / "run"
    with files.only_process("--workdir", folder):
        with (
            pytest.raises(OSError, match=f"--workdir={folder}, where one is"),
            files.only_process("--workdir", folder),
        ):
            pass
    # It has been let go.
    with files.only_process("--workdir", folder):
        pass


def test_a_new_name_on_a_full_disk(written, monkeypatch):
    monkeypatch.setattr(os, "link", fail)
    with pytest.raises(OSError, match="No space left"):
        files.rename_new(written, written.with_name("new.txt"))
    assert [*written.parent.iterdir()] == [written]


@pytest.mark.parametrize("has_links", [True, False])
def test_a_new_name(has_links, written, monkeypatch):
    if not has_links:

        def refuse(*args):
            raise PermissionError(errno.EPERM, "Operation not permitted")

        monkeypatch.setattr(os, "link", refuse)
    path = written.with_name("new.txt")
    files.rename_new(written, path)
    assert path.read_text() == "old\n"
    other = written.with_name("other.txt")
    other.write_text("other")
    with pytest.raises(FileExistsError):
        files.rename_new(other, path)
    assert path.read_text() == "old\n"
