import math

import keras
import numpy as np
import pytest

from kerasgan import extractors
from kerasgan import metrics
from kerasgan import models
from kerasgan import scoring
from kerasgan import zoo


@pytest.fixture(scope="module")
def extractor(tmp_path_factory):
    keras.utils.set_random_seed(0)
    folder = tmp_path_factory.mktemp("zoo") / "judge"
    zoo.save(models.Classifier((16, 16, 3), 2, filters=4), folder)
    return extractors.load(str(folder))


def images(count, seed, size=16):
    rng = np.random.default_rng(seed)
    return rng.uniform(-1, 1, (count, size, size, 3)).astype("float32")


def test_the_frechet_score_is_that_of_the_metric(extractor):
    real, fake = images(60, 0), images(60, 1)
    score = scoring.Frechet(real, None, extractor)
    found = score(fake)
    expected = metrics.frechet_distance(
        *(extractor.extract(each).features for each in (real, fake))
    )
    assert found["frechet_distance"] == pytest.approx(expected)
    assert found["diversity"] == pytest.approx(1, abs=0.05)
    assert score.label == f"frechet_distance[{extractor.identity}]"
    assert score(real)["frechet_distance"] == pytest.approx(0, abs=1e-9)


def test_a_number_says_of_how_many_images_it_is(extractor):
    score = scoring.Frechet(images(1200, 0), None, extractor)
    assert score.count("frechet_distance") == 1200
    assert score.count("diversity") == 1000
    assert (
        scoring.SlicedWasserstein(images(60, 0), None).count("diversity") == 60
    )


def test_samples_that_are_no_numbers_have_no_score(extractor):
    score = scoring.Frechet(images(30, 0), None, extractor)
    broken = images(30, 1)
    broken[3] = np.nan
    assert math.isnan(score(broken)["frechet_distance"])


def test_small_images_are_enlarged(extractor):
    score = scoring.Frechet(images(30, 0, size=8), None, extractor)
    assert score(images(30, 1, size=8))["frechet_distance"] > 0


def test_data_with_a_classifier_are_scored_by_it(extractor, monkeypatch):
    monkeypatch.setattr(scoring, "_classifier", {"mine": extractor}.get)
    asked = []

    def read(most):
        asked.append(most)
        return images(20, 0), None

    assert scoring.scorer("mine", read).name == "frechet_distance"
    other = scoring.scorer("other", read)
    assert other.name == other.label == "sliced_wasserstein_distance"
    assert asked == [2000, 1000]
    assert other(images(20, 1))[other.name] > 0


def test_the_parzen_score_is_minus_that_of_the_metric():
    held_out, fake = images(30, 0), images(30, 1)
    score = scoring.Parzen(held_out, None)
    pixels = [(each.reshape(-1, 768) + 1) / 2 for each in (fake, held_out)]
    expected = metrics.parzen_log_likelihood(
        pixels[0], pixels[1][:3], pixels[1][3:]
    )
    found = score(fake)["parzen_negative_log_likelihood"]
    assert found == pytest.approx(-expected.log_likelihood)
    # Samples near what is left out are better.
    near = np.clip(held_out + 0.1 * fake, -1, 1)
    assert score(near)["parzen_negative_log_likelihood"] < found
    fake[3] = np.nan
    assert math.isnan(score.score(fake))
    protocol = score.protocol(score.name, "mine, train[9:]")
    assert "30 generated images, 27 of mine, train[9:], 3 others" in protocol
    assert score.protocol("diversity", "mine") == (
        "30 generated images against as many of mine"
    )


def test_one_held_out_image_cannot_choose_a_width_and_be_judged():
    with pytest.raises(ValueError, match=r"at least two.*Received: 1"):
        scoring.Parzen(images(1, 0), None)


def test_the_zoo_is_asked_by_the_name_of_the_data():
    assert scoring._classifier("nothing_of_that_name") is None
    found = scoring._classifier("shapes/32x32")
    assert found.identity.startswith("classifier_shapes@")
