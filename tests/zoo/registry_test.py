import json
import subprocess
import sys

import pytest

from kerasgan import models
from kerasgan import zoo


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A folder of two saved models and of what is none."""
    parent = tmp_path_factory.mktemp("team")
    model = models.DCGAN(image_shape=(8, 8, 3), filters=2)
    for name in ("our_dcgan_8", "our_dcgan_16"):
        zoo.save(model, parent / name, about={"name": name})
    zoo.save(model, parent / "Not-a-Name")
    (parent / "notes").mkdir()
    (parent / "README.md").write_text("Ours.")
    zoo.save(model, parent / "runs" / "ours" / "model")
    return parent


@pytest.fixture
def team_zoo(saved, monkeypatch, tmp_path):
    monkeypatch.setenv("KERASGAN_ZOO", f"{tmp_path / 'missing'}:{saved}:")
    return saved


def test_names_take_wildcards(team_zoo):
    assert zoo.names("our*") == ["our_dcgan_16", "our_dcgan_8"]
    assert zoo.names("our_dcgan_?") == ["our_dcgan_8"]
    assert zoo.names("OUR*") == []
    assert set(zoo.names()) >= set(zoo.names("our*"))
    assert "Not-a-Name" not in zoo.names()


def test_a_teams_model_is_loaded_by_name(team_zoo):
    assert zoo.find("our_dcgan_8") == team_zoo / "our_dcgan_8"
    assert zoo.load("our_dcgan_8").generate(1, seed=0).shape == (1, 8, 8, 3)
    assert zoo.info("our_dcgan_8")["name"] == "our_dcgan_8"
    assert zoo.card("our_dcgan_8").startswith("# our_dcgan_8\n")


def test_the_first_of_two_folders_counts(team_zoo, tmp_path, monkeypatch):
    model = models.DCGAN(image_shape=(8, 8, 1), filters=2)
    zoo.save(model, tmp_path / "our_dcgan_8")
    monkeypatch.setenv("KERASGAN_ZOO", f"{tmp_path}:{team_zoo}")
    assert zoo.info("our_dcgan_8")["image_shape"] == [8, 8, 1]
    assert zoo.info("our_dcgan_16")["image_shape"] == [8, 8, 3]


def test_folders_are_taken_as_they_are(saved, monkeypatch):
    path = saved / "our_dcgan_8"
    assert zoo.find(path) == zoo.find(str(path)) == path
    assert zoo.find(saved / "Not-a-Name") == saved / "Not-a-Name"
    # A run folder, whose model is inside.
    run = saved / "runs" / "ours"
    assert zoo.find(run) == run / "model"
    assert zoo.info(run)["name"] == "ours"
    monkeypatch.chdir(saved / "runs")
    assert zoo.find("ours") == run / "model"


def test_a_tilde_is_the_home_folder(saved, tmp_path, monkeypatch):
    # As a shell leaves it in --models=a,~/b, and Python always.
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    path = zoo.save(zoo.load(saved / "our_dcgan_8"), "~/zoo/mine")
    assert path == tmp_path / "zoo" / "mine"
    assert zoo.find("~/zoo/mine") == path
    assert zoo.info("~/zoo/mine")["name"] == "mine"
    monkeypatch.setenv("KERASGAN_ZOO", "~/zoo")
    assert zoo.find("mine") == path
    zoo.export("mine", "~/served")
    with pytest.raises(ValueError, match="folder of its own"):
        zoo.save(zoo.load("mine"), "~/served")
    assert {each.name for each in tmp_path.iterdir()} == {"zoo", "served"}


def test_a_name_goes_before_a_folder_here(team_zoo, tmp_path, monkeypatch):
    model = models.DCGAN(image_shape=(8, 8, 1), filters=2)
    zoo.save(model, tmp_path / "our_dcgan_8")
    monkeypatch.chdir(tmp_path)
    assert zoo.find("our_dcgan_8") == team_zoo / "our_dcgan_8"
    assert zoo.find("./our_dcgan_8").resolve() == tmp_path / "our_dcgan_8"


def test_a_mistyped_name_gets_a_hint(team_zoo):
    with pytest.raises(ValueError, match="Did you mean 'our_dcgan_8'"):
        zoo.load("our_dcgan8")


@pytest.mark.parametrize("path", ["notes", "README.md", "nowhere/at/all"])
def test_what_is_no_model_is_refused(path, team_zoo):
    with pytest.raises(ValueError, match=r"no manifest\.json"):
        zoo.load(team_zoo / path)


@pytest.mark.parametrize("name", ["../secret", "runs/../../secret", "notes/."])
def test_no_name_leaves_the_zoo(name, team_zoo, saved, tmp_path, monkeypatch):
    # What is beside the zoo is a path, taken from the current folder.
    monkeypatch.setenv("KERASGAN_ZOO", str(saved / "runs"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="Received"):
        zoo.find(name)


def test_a_folder_named_model_in_a_zoo_has_that_name(tmp_path, monkeypatch):
    model = models.DCGAN(image_shape=(8, 8, 3), filters=2)
    zoo.save(model, tmp_path / "team" / "model")
    monkeypatch.setenv("KERASGAN_ZOO", str(tmp_path / "team"))
    assert zoo.info("model")["name"] == "model"
    monkeypatch.chdir(tmp_path / "team" / "model")
    assert zoo.info(".")["name"] == "model"


def test_listing_imports_no_tensorflow(team_zoo):
    code = (
        "import json, sys, kerasgan; "
        "facts = kerasgan.zoo.info('our_dcgan_8'); "
        "names = kerasgan.zoo.names('our*'); kerasgan.zoo.card(names[0]); "
        "print(json.dumps([names, facts['family'], "
        "'tensorflow' in sys.modules, 'keras' in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [
        ["our_dcgan_16", "our_dcgan_8"],
        "DCGAN",
        False,
        False,
    ]
