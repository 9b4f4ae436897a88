import json
import shutil

import pytest

from kerasgan import zoo
from kerasgan.zoo import registry


def names(out):
    """The first column of a table, without the header."""
    return [line.split()[0] for line in out.splitlines()[1:]]


def saved(zoo_folder):
    return {path.name for path in zoo_folder.iterdir()}


def test_the_table(run, zoo_folder):
    code, out, err = run("list", "*")
    assert (code, err) == (0, "")
    assert set(names(out)) >= saved(zoo_folder)
    (line,) = [line for line in out.splitlines() if line.startswith("dcgan ")]
    # See tests/model_cases.py: the generator's weights, and the averages of
    # batch norm, 2 x (4 + 2), beside them.
    cells = line.split()
    assert cells[:5] == ["dcgan", "DCGAN", "noise", "16x16x3", "633"]
    assert line.rstrip().endswith("score 44.12")


def test_a_pattern(run):
    found = names(run("list", "*conditional_gan_m*").out)
    assert found == ["conditional_gan_mnist"]
    code, out, err = run("list", "nothing_of_that_name*")
    assert (code, out) == (0, "")
    assert (
        err == "There is no model whose name is like 'nothing_of_that_name*'.\n"
    )


def test_json(run):
    models = json.loads(run("list", "--json").out)
    assert models == [zoo.info(name) for name in zoo.names()]
    assert run("list", "nothing_of_that_name*", "--json").out == "[]\n"


def test_no_line_is_cut(run, monkeypatch):
    wide = run("list").out
    monkeypatch.setenv("COLUMNS", "20")
    assert run("list").out == wide


def test_a_damaged_model_hides_no_other(run, zoo_folder, tmp_path, monkeypatch):
    shutil.copytree(zoo_folder, tmp_path / "zoo")
    (tmp_path / "zoo" / "dcgan" / "config.json").write_text("{}")
    monkeypatch.setenv(registry.ENVIRONMENT, str(tmp_path / "zoo"))
    code, out, err = run("list", "*")
    assert code == 0
    assert "dcgan" not in names(out)
    assert set(names(out)) >= saved(zoo_folder) - {"dcgan"}
    assert err.startswith("kerasgan: warning: ")
    assert "dcgan" in err


@pytest.mark.parametrize("arguments", [("list",), ("info", "steers")])
def test_no_control_character_reaches_the_terminal(
    run, zoo_folder, tmp_path, monkeypatch, arguments
):
    model = zoo.load(zoo_folder / "dcgan")
    about = {"data": "\x1b]0;title\x07[bold]"}
    zoo.save(model, tmp_path / "zoo" / "steers", about=about)
    monkeypatch.setenv(registry.ENVIRONMENT, str(tmp_path / "zoo"))
    out = run(*arguments).out
    assert "\ufffd]0;title\ufffd[bold]" in out
    assert "\x1b" not in out
