"""The commands `evaluate` and `compare`."""

import json

import keras
import numpy as np
import pytest
from PIL import Image

from kerasgan import evaluation
from kerasgan import models
from kerasgan import zoo
from kerasgan.evaluation import comparing
from kerasgan.evaluation import measuring


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """Pictures of 16x16, and a classifier for such images."""
    folder = tmp_path_factory.mktemp("judged")
    (folder / "pictures").mkdir()
    rng = np.random.default_rng(0)
    for i in range(100):
        pixels = rng.integers(256, size=(16, 16, 3), dtype="uint8")
        Image.fromarray(pixels).save(folder / "pictures" / f"{i}.png")
    keras.utils.set_random_seed(0)
    zoo.save(models.Classifier((16, 16, 3), 3, filters=2), folder / "judge")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparing, "_PIXEL_HALVES", 2)
        patch.setattr(measuring, "_PIXEL_HALVES", 2)
        patch.setattr(measuring, "_PATHS", 200)
        yield (
            f"--data=folder:{folder / 'pictures'}",
            "--split=train",
            "--num=100",
            f"--extractor={folder / 'judge'}",
        )


def test_a_report_is_written_and_shown(run, judged, tmp_path):
    code, out, err = run("evaluate", "dcgan", *judged)
    assert (code, err) == (0, "")
    written = json.loads(
        (tmp_path / "dcgan_evaluation" / "evaluation.json").read_text()
    )
    assert written["name"] == "dcgan"
    shown = {line.split()[0] for line in out.splitlines() if line}
    assert {number["name"] for number in written["numbers"]} <= shown
    assert out.endswith("Wrote the report to 'dcgan_evaluation'.\n")
    names = {path.name for path in (tmp_path / "dcgan_evaluation").iterdir()}
    assert names == {
        "README.md",
        "evaluation.json",
        "nearest_to_training.png",
        "precision_recall.png",
        "samples.png",
    }


def test_a_report_as_json(run, judged, tmp_path):
    code, out, _ = run("evaluate", "noise", *judged, "--json", "--out=there")
    assert code == 0
    told = json.loads(out)
    assert told.pop("out") == "there"
    written = (tmp_path / "there" / "evaluation.json").read_text()
    assert told == json.loads(written)


def test_two_are_compared(run, judged, tmp_path, monkeypatch):
    compared = []

    def compare_once(*names, compare=evaluation.compare, **kwargs):
        if not compared:
            compared.append(compare(*names, **kwargs))
        return compared[0]

    monkeypatch.setattr(evaluation, "compare", compare_once)
    code, out, err = run("compare", "noise", "dcgan", *judged)
    assert (code, err) == (0, "")
    written = json.loads(
        (tmp_path / "noise_dcgan_comparison" / "comparison.json").read_text()
    )
    # The pictures are noise, and the network has not learned anything.
    assert written["verdict"].startswith("noise is better than dcgan")
    assert written["verdict"] in out
    assert "winner" in out.splitlines()[0]
    told = json.loads(run("compare", "noise", "dcgan", *judged, "--json").out)
    told.pop("out")
    assert told == written


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("evaluate", "dcgann"), "Did you mean 'dcgan'"),
        (("evaluate", "dcgan", "--data=nothing"), "nothing"),
        (("evaluate", "dcgan", "--extractor=dcgan"), "family"),
        (("compare", "dcgan", "noise", "--extractor=nowhere"), "nowhere"),
    ],
)
def test_mistakes_are_told_and_leave_nothing(
    run, judged, tmp_path, arguments, message
):
    given = {each.partition("=")[0] for each in arguments}
    others = [each for each in judged if each.partition("=")[0] not in given]
    code, out, err = run(*arguments, *others)
    assert (code, out) == (1, "")
    assert err.startswith("kerasgan: error: ") and message in err
    assert not any(tmp_path.iterdir())


def test_an_out_that_is_a_file_is_refused(run, judged, tmp_path):
    (tmp_path / "taken").write_text("mine")
    code, _, err = run("evaluate", "dcgan", *judged, "--out=taken")
    assert code == 1
    assert "--out" in err
    assert (tmp_path / "taken").read_text() == "mine"
