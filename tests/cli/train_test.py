import ast
import os
import pathlib
import subprocess
import sys

import pytest

RECIPES = {
    path.stem: path
    for path in pathlib.Path(__file__)
    .parents[2]
    .joinpath("recipes")
    .glob("*.py")
    if path.stem != "__init__"
}


@pytest.mark.parametrize("arguments", [("train",), ("train", "--help")])
def test_the_recipes_are_listed(run, arguments):
    code, out, err = run(*arguments)
    assert (code, err) == (0, "")
    for name, path in RECIPES.items():
        first, *_ = ast.get_docstring(ast.parse(path.read_text())).splitlines()
        (line,) = [x for x in out.splitlines() if x.startswith(f"  {name} ")]
        assert line.split(maxsplit=1)[1] == first


def test_the_recipe_takes_the_place_of_the_process(run, monkeypatch):
    calls = []
    monkeypatch.setattr(os, "execv", lambda *call: calls.append(call))
    flags = ["--epochs=1,2", "--restart", "--help", "--seed", "4", "--json"]
    run("train", "lapgan_shapes", *flags)
    ((program, arguments),) = calls
    assert program == arguments[0] == sys.executable
    assert pathlib.Path(arguments[1]).samefile(RECIPES["lapgan_shapes"])
    assert arguments[2:] == flags


def test_an_unknown_recipe(run):
    code, out, err = run("train", "lapgan_shape")
    assert (code, out) == (1, "")
    assert "Did you mean 'lapgan_shapes'?" in err
    assert err.count("\n") == 1


def test_help_and_exit_code_are_those_of_the_recipe():
    command = [sys.executable, "-m", "kerasgan", "train", "lapgan_shapes"]
    done = subprocess.run([*command, "--help"], capture_output=True, text=True)
    assert "--checkpoint_minutes" in done.stdout
    alone = subprocess.run(
        [sys.executable, RECIPES["lapgan_shapes"], "--help"],
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.returncode) == (alone.stdout, alone.returncode)
    done = subprocess.run([*command, "--epochs=x"], capture_output=True)
    assert done.returncode == 1
