import json
import re

import numpy as np
import PIL.Image
import pytest

from kerasgan import models
from kerasgan import reports
from kerasgan import zoo


@pytest.fixture
def run_folder(tmp_path):
    """What is left of a finished run, and its model."""
    model = models.DCGAN(image_shape=(8, 8, 3), filters=2)
    zoo.save(
        model,
        tmp_path / "run" / "model",
        about={
            "name": "dcgan_test",
            "recipe": "dcgan_test",
            "seed": 3,
            "command": "python x.py",
        },
        metrics=[{"name": "score", "value": 2.5, "protocol": "by hand"}],
    )
    best = {"sliced_wasserstein_distance": 2.5, "step": 70}
    (tmp_path / "run" / "best.json").write_text(json.dumps(best))
    return tmp_path / "run", model


def release(run, folder):
    return zoo.release(
        run, folder, commit="abc", hardware="a CPU", time="1 min", failures="A."
    )


def test_a_release_has_the_whole_card_and_its_samples(run_folder, tmp_path):
    run, model = run_folder
    path = release(run, tmp_path / "zoo" / "dcgan_test")
    info = zoo.info(path)
    assert info["storage"] == "float16"
    assert info["metrics"] == zoo.info(run)["metrics"]
    card = zoo.card(path)
    for text in ("abc", "a CPU", "1 min", "A.", "step 70", "python x.py"):
        assert text in card
    stored = zoo.load(path)
    difference = stored.generate(64, seed=0) - model.generate(64, seed=0)
    largest = np.abs(difference).max() / 2
    assert 0 < largest < 1 / 255
    found = re.search(
        r"\| weights \| float16; rounding changes a pixel of 64 images by at "
        r"most ([\d.]+)/255 \|",
        card,
    )
    bound = float(found.group(1))
    assert 255 * largest <= bound < 255 * largest + 0.02
    samples = np.asarray(PIL.Image.open(path / "samples.png"))
    drawn = reports.pictures(stored, 3)["samples"]
    np.testing.assert_array_equal(samples, drawn)


def test_what_float16_would_change_is_stored_in_float32(run_folder, tmp_path):
    run, model = run_folder
    # All activations are 30, and the two channels are nearly opposite: what is
    # left, 30 * 0.0003 a pixel of the 5x5 kernel, is lost in float16.
    _, gamma, beta, _, _, kernel, _ = model.generator.weights
    gamma.assign([0.0, 0.0])
    beta.assign([30.0, 30.0])
    signs = np.array([1.0003, -1.0], "float32")
    kernel.assign(np.broadcast_to(signs, kernel.shape))
    info = zoo.info(run)
    zoo.save(model, run / "model", about=info["about"], metrics=info["metrics"])
    path = release(run, tmp_path / "zoo" / "dcgan_test")
    assert zoo.info(path)["storage"] == "float32"
    assert "| weights | float32 |" in zoo.card(path)
    np.testing.assert_array_equal(
        zoo.load(path).generate(4, seed=0), model.generate(4, seed=0)
    )


def test_weights_beyond_float16_are_stored_in_float32(run_folder, tmp_path):
    run, model = run_folder
    info = zoo.info(run)
    # The moving variance.
    model.generator.weights[4].assign([1e5, 1e5])
    zoo.save(model, run / "model", about=info["about"], metrics=info["metrics"])
    path = release(run, tmp_path / "zoo" / "dcgan_test")
    assert zoo.info(path)["storage"] == "float32"


def test_a_run_that_has_not_finished_replaces_no_release(run_folder, tmp_path):
    run, model = run_folder
    path = release(run, tmp_path / "zoo" / "dcgan_test")
    before = zoo.card(path)
    zoo.save(model, run / "model")
    with pytest.raises(ValueError, match="released when it has finished"):
        release(run, path)
    assert zoo.card(path) == before


def test_a_classifier_is_released_with_the_pictures_of_its_run(tmp_path):
    classifier = models.Classifier((8, 8, 1), 3, filters=2)
    picture = np.arange(12, dtype="uint8").reshape(2, 2, 3)
    zoo.save(
        classifier,
        tmp_path / "run" / "model",
        about={"name": "judge", "recipe": "judge", "seed": 3},
        metrics=[{"name": "accuracy", "value": 0.5, "protocol": "by hand"}],
        pictures={"mistakes": picture},
    )
    path = release(tmp_path / "run", tmp_path / "zoo" / "judge")
    info = zoo.info(path)
    assert info["storage"] == "float16"
    assert "a probability of 64 images" in info["about"]["rounding"]
    written = np.asarray(PIL.Image.open(path / "mistakes.png"))
    np.testing.assert_array_equal(written, picture)
    images = np.zeros((1, 8, 8, 1), "float32")
    np.testing.assert_allclose(
        zoo.load(path)(images)[1], classifier(images)[1], atol=1e-2
    )


def report_of(tmp_path, sha256):
    number = {
        "name": "frechet_distance[x@1]",
        "value": 3.5,
        "low": 3.0,
        "high": 4.0,
        "protocol": "by hand",
    }
    protocol = {
        "of": {"sha256": {"generator.safetensors": sha256}},
        "generated images": 8,
        "reference": "the first 8 images of test",
        "seed": 0,
    }
    report = {"numbers": [number], "protocol": protocol}
    (tmp_path / "evaluation.json").write_text(json.dumps(report))
    return tmp_path


def test_a_release_may_have_the_numbers_of_an_evaluation(run_folder, tmp_path):
    run, _ = run_folder
    path = zoo.release(
        run,
        tmp_path / "zoo" / "dcgan_test",
        commit="abc",
        hardware="a CPU",
        time="1 min",
        failures="A.",
        evaluation=report_of(
            tmp_path, zoo.info(run)["sha256"]["generator.safetensors"]
        ),
    )
    info = zoo.info(path)
    (metric,) = info["metrics"]
    assert metric["name"] == "frechet_distance[x@1]"
    # A report of what was released fits as well.
    released = info["sha256"]["generator.safetensors"]
    assert released != zoo.info(run)["sha256"]["generator.safetensors"]
    zoo.release(
        run,
        tmp_path / "zoo" / "again",
        commit="abc",
        hardware="a CPU",
        time="1 min",
        failures="A.",
        evaluation=report_of(tmp_path, released),
    )
    assert metric["spread"] == [3.0, 4.0]
    assert "8 generated images against the first 8" in metric["protocol"]


def test_a_report_of_another_model_is_refused(run_folder, tmp_path):
    run, _ = run_folder
    with pytest.raises(ValueError, match="must be the report of the run"):
        zoo.release(
            run,
            tmp_path / "zoo" / "dcgan_test",
            commit="abc",
            hardware="a CPU",
            time="1 min",
            failures="A.",
            evaluation=report_of(tmp_path, "0" * 64),
        )
    assert not (tmp_path / "zoo" / "dcgan_test").exists()
