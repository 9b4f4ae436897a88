import os
import pathlib
import resource
import subprocess
import sys

import pytest

import kerasgan
from kerasgan import zoo
from kerasgan.cli import main
from kerasgan.zoo import registry

# A fresh interpreter that runs a command and says what it has imported.
_CODE = """
import sys
from kerasgan.cli import main
try:
    main.run()
finally:
    heavy = ("tensorflow", "keras", "numpy", "urllib.request")
    print([name for name in heavy if name in sys.modules], file=sys.stderr)
"""


def process(zoo_folder, *arguments, code=None, **kwargs):
    """Runs `python -m kerasgan`, or code in its place, as users do."""
    environment = {**os.environ, registry.ENVIRONMENT: str(zoo_folder)}
    environment.pop("TF_CPP_MIN_LOG_LEVEL", None)
    program = ["-m", "kerasgan"] if code is None else ["-c", code]
    return subprocess.run(
        [sys.executable, *program, *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        **kwargs,
    )


def processor_seconds():
    """What finished child processes took; the machine may be busy with more."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def test_help_names_every_command(run):
    result = run("--help")
    assert result.code == 0
    for name in main.COMMANDS:
        assert f"\n    {name} " in result.out
        assert f"usage: kerasgan {name} " in run(name, "--help").out


def test_every_file_with_a_command_is_listed():
    folder = pathlib.Path(main.__file__).parent
    files = [
        p.stem for p in folder.glob("*.py") if "\ndef run(ar" in p.read_text()
    ]
    assert sorted(files) == sorted(main.COMMANDS)


def test_version(run):
    assert run("--version").out == f"kerasgan {kerasgan.__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("lsit",),
        ("list", "--jsn"),
        ("list", "--jso"),
        ("info",),
        ("generate", "dcgan", "--num=0"),
        ("generate", "dcgan", "--num=1.5"),
        ("generate", "dcgan", "--seed=-1"),
        ("generate", "dcgan", f"--seed={2**31}"),
        ("generate", "dcgan", "--labels=1,"),
        ("refine", "cclapgan"),
    ],
    ids=" ".join,
)
def test_usage_errors(run, arguments):
    code, out, err = run(*arguments)
    assert code == 2
    assert out == ""
    assert "usage: kerasgan" in err
    assert "error: " in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("generate", "dcgan", "--out=~/x"),
        ("refine", "dcgan", "--image=~/x"),
        ("refine", "dcgan", "--image=a", "--out=~/x"),
        ("figures", "dcgan", "--out=~/x"),
        ("figures", "dcgan", "--data_dir=~/x"),
        ("evaluate", "dcgan", "--out=~/x"),
        ("evaluate", "dcgan", "--data_dir=~/x"),
        ("compare", "dcgan", "dcgan", "--out=~/x"),
        ("export", "dcgan", "~/x"),
        ("turing", "--results=~/x"),
        ("turing", "--data_dir=~/x"),
        ("turing", "--consent=~/x"),
        ("turing", "report", "~/x"),
        ("turing", "report", "a", "--out=~/x"),
        ("turing", "simulate", "~/x", "--out=a"),
        ("turing", "simulate", "a", "--out=~/x"),
    ],
    ids=" ".join,
)
def test_a_tilde_is_the_home_folder(monkeypatch, arguments):
    # A shell leaves it as it is within `--out=~/x`.
    monkeypatch.setenv("HOME", "/home/ada")
    parsed = vars(main.parse(["kerasgan", *arguments])).values()
    assert "/home/ada/x" in parsed
    assert "~/x" not in parsed


@pytest.mark.parametrize(
    "error, code, err",
    [
        (ValueError("Must be 1."), 1, "kerasgan: error: Must be 1.\n"),
        (OSError("Disk full."), 1, "kerasgan: error: Disk full.\n"),
        (ValueError("\x1b[2J"), 1, "kerasgan: error: \ufffd[2J\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_exit_codes(run, monkeypatch, error, code, err):
    def fail(pattern):
        raise error

    monkeypatch.setattr(zoo, "names", fail)
    assert run("list") == (code, "", err)


def test_a_bug_shows_its_traceback(run, monkeypatch):
    monkeypatch.setattr(zoo, "names", lambda: None)
    with pytest.raises(TypeError):
        run("list")


def test_a_closed_pipe_is_no_error(zoo_folder):
    reader, writer = os.pipe()
    os.close(reader)
    environment = {**os.environ, registry.ENVIRONMENT: str(zoo_folder)}
    for arguments in (["list"], ["list", "--json"]):
        done = subprocess.run(
            [sys.executable, "-m", "kerasgan", *arguments],
            env=environment,
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert (done.returncode, done.stderr) == (1, "")
    os.close(writer)


@pytest.mark.parametrize(
    "arguments",
    [("list",), ("info", "dcgan"), ("--help",), ("generate", "--help")],
    ids=" ".join,
)
def test_quick_without_what_is_not_needed(zoo_folder, arguments):
    for _ in range(3):
        began = processor_seconds()
        done = process(zoo_folder, *arguments, code=_CODE)
        seconds = processor_seconds() - began
        assert done.returncode == 0
        assert done.stdout
        assert done.stderr == "[]\n"
        # 0.3 to 0.5 by machine; importing TensorFlow would be 3 more.
        if seconds < 1:
            return
    pytest.fail(f"three times too slow, at last {seconds:.1f} s")


def test_a_mistake_is_reported_without_tensorflow(zoo_folder, tmp_path):
    done = process(
        zoo_folder, "generate", "dcgan", "--labels=1", code=_CODE, cwd=tmp_path
    )
    assert done.returncode == 1
    assert done.stderr.startswith("kerasgan: error: --labels needs a class-")
    assert done.stderr.endswith("[]\n")


def test_tensorflow_is_quiet(zoo_folder, tmp_path):
    # Two commands in one process, as TensorFlow takes seconds to import.
    code = """
from absl import app
from kerasgan.cli import main
for line in ("generate dcgan --seed=3 --json --num=2", "export dcgan served"):
    try:
        app.run(main.main, ["kerasgan", *line.split()], flags_parser=main.parse)
    except SystemExit as stop:
        print(stop.code)
"""
    done = process(zoo_folder, code=code, cwd=tmp_path)
    assert done.stderr == ""
    generated = '{\n "num": 2,\n "out": "dcgan.png",\n "seed": 3\n}\n0\n'
    assert done.stdout.startswith(f"{generated}Wrote 'served/1'.\n")
    assert done.stdout.endswith("\n0\n")
    assert (tmp_path / "dcgan.png").stat().st_size > 0
