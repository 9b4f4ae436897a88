"""`kerasgan turing`: from models to a report."""

import numpy as np
import pytest
import study_cases

from kerasgan.cli import turing
from kerasgan.turing import database
from kerasgan.turing import serving
from kerasgan.turing import study as studies

CONTACT = "--contact=Ada, ada@example.org"


@pytest.fixture
def pictures(tmp_path):
    """A folder of pictures, as data set."""
    from PIL import Image

    generator = np.random.default_rng(0)
    folder = tmp_path / "pictures"
    for name in ("cat", "dog"):
        (folder / name).mkdir(parents=True)
        for i in range(40):
            pixels = generator.integers(0, 256, (16, 16, 3), "uint8")
            Image.fromarray(pixels).save(folder / name / f"{i}.png")
    return f"folder:{folder}"


@pytest.fixture
def serve(monkeypatch):
    """Serves nothing; what would have been served is in the list."""
    served = []

    def note(study, taken, host):
        taken.close()
        served.append((study.path.name, host))
        study.close()

    monkeypatch.setattr(serving, "serve", note)
    return served


@pytest.fixture
def study(run):
    """A study, in the file that is taken where none is named."""
    study_cases.make("turing.db", trials=24, models=("one", "other")).close()


def new(run, pictures, *arguments):
    return run(
        "turing",
        "--models=dcgan,cclapgan",
        f"--data={pictures}",
        "--split=train",
        "--num=24",
        "--trials=24",
        "--port=0",
        *arguments,
    )


def test_a_study_is_drawn_served_and_gone_on_with(run, serve, pictures):
    result = new(run, pictures, CONTACT, "--results=faces.db", "--seed=3")
    assert result.code == 0, result.err
    assert "http://127.0.0.1:" in result.out and "#" not in result.out
    with studies.Study("faces.db") as study:
        assert [source["name"] for source in study.sources] == [
            "real",
            "dcgan",
            "cclapgan",
        ]
        assert [len(keys) for keys in study.keys("judged")] == [24, 24, 24]
        assert study.image_shape == (16, 16, 3)
        assert (study.simulated, study.seed) == (False, 3)
        assert study.texts.contact == "Ada, ada@example.org"
        real = study.pictures(study.keys("judged")[0])
        examples = study.pictures(study.keys("example")[0])
    # No picture is looked at before and judged afterwards.
    assert not {p.tobytes() for p in real} & {p.tobytes() for p in examples}

    again = run("turing", "--results=faces.db", "--port=0", "--host=0.0.0.0")
    assert again.code == 0 and "/#" in again.out
    assert serve == [("faces.db", "127.0.0.1"), ("faces.db", "0.0.0.0")]


def test_the_same_seed_draws_the_same_pictures(run, serve, pictures):
    kept = []
    for name in ("first.db", "second.db"):
        assert not new(run, pictures, CONTACT, f"--results={name}").code
        with studies.Study(name) as study:
            keys = [key for keys in study.keys("judged") for key in keys]
            kept.append(study.pictures(keys))
    np.testing.assert_array_equal(*kept)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "A new study needs --models, --data, --contact"),
        (("--models=dcgan", "--data=x"), "without --contact"),
        (("--models=dcgan", "--simulated"), "without --data"),
        (
            ("--models=dcgan", "--data=x", CONTACT, "--consent=none.txt"),
            "No such file",
        ),
    ],
)
def test_what_is_missing_is_said(run, serve, arguments, message):
    result = run("turing", "--port=0", *arguments)
    assert result.code == 1 and message in result.err
    assert not serve


def test_models_that_cannot_be_compared_are_refused(run, serve, pictures):
    for models, message in (
        ("dcgan,conditional_gan_mnist", "must have images of one shape"),
        ("dcgan,dcgan", "must have names of their own"),
        ("dcgan,nothing", "must be one of"),
    ):
        result = run(
            "turing",
            f"--models={models}",
            f"--data={pictures}",
            "--split=train",
            CONTACT,
            "--port=0",
        )
        assert result.code == 1 and message in result.err
    result = new(run, pictures, CONTACT, "--num=500")
    assert result.code == 1 and "enough real pictures" in result.err
    result = new(run, pictures, CONTACT, "--num=11")
    assert result.code == 1 and "see a picture twice" in result.err
    assert not studies.pathlib.Path("turing.db").exists() and not serve


def test_a_study_that_is_there_is_not_changed(run, serve, study):
    result = new(run, "x", CONTACT)
    assert result.code == 1 and "does not change once it is there" in result.err


def test_a_port_that_is_taken_is_said_before_any_work(run, pictures):
    taken = serving.listen("127.0.0.1", 0)
    port = taken.getsockname()[1]
    result = new(run, pictures, CONTACT, f"--port={port}")
    taken.close()
    assert result.code == 1 and "Give another --port" in result.err
    assert not studies.pathlib.Path("turing.db").exists()


def test_simulations_are_reported_as_such(run, study):
    result = run("turing", "report", "turing.db")
    assert result.code == 1 and "needs an answer that counts" in result.err
    result = run(
        "turing",
        "simulate",
        "turing.db",
        "--out=simulated.db",
        "--participants=12",
        "--dprime=0.5,2",
    )
    assert result.code == 0, result.err
    connection = database.connect("simulated.db")
    assert database.counts(connection) == (12, 12 * (24 + 2))
    connection.close()
    result = run("turing", "report", "simulated.db")
    assert result.code == 0, result.err
    text = studies.pathlib.Path("simulated_report/README.md").read_text("utf-8")
    assert text.startswith("# SIMULATED")
    # Neither is written over.
    result = run("turing", "simulate", "turing.db", "--out=simulated.db")
    assert result.code == 1 and "a file that is not there" in result.err


def test_simulations_need_a_number_for_each_model(run, study):
    result = run(
        "turing", "simulate", "turing.db", "--out=s.db", "--dprime=1,2,3"
    )
    assert result.code == 1 and "one number for each model" in result.err
    assert not studies.pathlib.Path("s.db").exists()


def test_power(run):
    result = run("turing", "power", "50", "60")
    assert result.out.startswith(
        "388 answers to each model tell 50 % from 60 %"
    )
    result = run("turing", "power", "50", "60", "--design_effect=2")
    assert result.out.startswith("775")
    for wrong in (("50", "50"), ("50", "101"), ("50", "x")):
        assert run("turing", "power", *wrong).code


def test_all_that_decides_on_a_study_is_checked():
    import argparse

    parser = argparse.ArgumentParser()
    turing.add_arguments(parser)
    names = {action.dest for action in parser._actions}
    others = {"help", "results", "host", "port", argparse.SUPPRESS}
    assert set(turing._DECIDED) == names - others
