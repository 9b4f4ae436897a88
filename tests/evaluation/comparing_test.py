import json

import numpy as np
import pytest

from kerasgan import evaluation
from kerasgan import extractors
from kerasgan import models
from kerasgan import zoo
from kerasgan.evaluation import comparing
from kerasgan.evaluation import measuring
from kerasgan.evaluation import observing
from kerasgan.evaluation import sources


@pytest.fixture(scope="module", autouse=True)
def few_halves():
    """Enough to tell real images from noise."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparing, "_HALVES", 5)
        patch.setattr(comparing, "_PIXEL_HALVES", 2)
        yield


@pytest.fixture(scope="module")
def of_two(place, common_settings):
    """The comparison of two models that battle. Not to be changed."""
    return evaluation.compare(
        str(place / "plain"), str(place / "pyramid"), **common_settings
    )


def test_real_images_win_against_noise(place, settings):
    data = f"folder:{place / 'pictures'}"
    comparison = evaluation.compare(
        "noise", "split:train", data=data, **settings
    )
    row = comparison.rows[0]
    assert row.name.startswith("frechet_distance[judge@")
    assert row.winner == comparison.names[1]
    assert row.difference == pytest.approx(row.first - row.second)
    assert 0 < row.low < row.difference < row.high
    assert comparison.names[1] in comparison.verdict.split(" is better")[0]
    assert comparison.battle is None


def test_the_order_does_not_matter(place, settings):
    data = f"folder:{place / 'pictures'}"
    names = ["split:train", str(place / "plain")]
    rows, turned = (
        evaluation.compare(*pair, data=data, **settings).rows
        for pair in (names, names[::-1])
    )
    for row, other in zip(rows, turned, strict=True):
        assert row.winner == other.winner
        assert row.difference == pytest.approx(-other.difference, abs=1e-9)


def test_a_model_is_not_better_than_itself(place, settings):
    comparison = evaluation.compare(
        str(place / "plain"), str(place / "plain"), **settings
    )
    assert comparison.names == ("plain (first)", "plain (second)")
    assert comparison.rows[0].difference == 0
    assert comparison.verdict.startswith("No difference is shown")
    assert comparison.battle.winner == "tie"
    assert comparison.battle.sample_ratio == 1


def test_models_of_as_many_classes_battle(place, settings, of_two):
    assert of_two.battle is not None
    mixed = evaluation.compare(
        str(place / "plain"), str(place / "classes"), **settings
    )
    assert mixed.battle is None
    zoo.save(zoo.load(place / "plain"), place / "bare")
    bare = evaluation.compare(
        str(place / "plain"),
        str(place / "bare"),
        data=f"folder:{place / 'pictures'}",
        **settings,
    )
    assert bare.battle is None


def test_coarsest_levels_do_not_battle(place, settings):
    # Their discriminators judge full-size images, not those compared.
    coarsest = zoo.load(place / "pyramid", discriminator=True).levels[1]
    path = zoo.save(
        coarsest,
        place / "coarsest",
        {"data": f"folder:{place / 'pictures'}, train"},
    )
    assert evaluation.compare(str(path), str(path), **settings).battle is None


def test_the_comparison_is_written(of_two, tmp_path):
    folder = of_two.write(tmp_path / "comparison")
    written = json.loads((folder / "comparison.json").read_text())
    assert written["verdict"] == of_two.verdict
    assert written["battle"]["winner"] == of_two.battle.winner
    text = (folder / "README.md").read_text()
    assert of_two.verdict in text
    assert (folder / "differences.png").is_file()


def test_models_of_other_images_are_refused_before_any_work(
    place, settings, tmp_path, monkeypatch
):
    (tmp_path / "others").symlink_to(place / "pictures")
    about = {"data": f"folder:{tmp_path / 'others'}, train"}
    other = zoo.save(zoo.load(place / "plain"), tmp_path / "other", about)
    monkeypatch.setattr(sources, "open_source", None)
    with pytest.raises(ValueError, match="Models to be compared must be of"):
        evaluation.compare(str(place / "plain"), str(other), **settings)


@pytest.mark.parametrize("turned", [False, True])
def test_a_model_sets_the_size_for_both(place, settings, turned):
    small = models.DCGAN(image_shape=(8, 8, 3), filters=4)
    about = {"data": f"folder:{place / 'pictures'}, train[:150]"}
    path = zoo.save(small, place / "small", about)
    pair = [str(path), "noise"]
    comparison = evaluation.compare(*pair[:: -1 if turned else 1], **settings)
    assert comparison.protocol["image shape"] == [8, 8, 3]
    trained_on = comparison.protocol["training images"]
    assert trained_on["small"].endswith("train[:150]")
    assert "not known" in trained_on["noise"]


def test_the_extractor_is_loaded_once(place, settings, monkeypatch):
    loaded = []
    load = extractors.load

    def counted(name):
        loaded.append(name)
        return load(name)

    monkeypatch.setattr(extractors, "load", counted)
    evaluation.compare(str(place / "plain"), str(place / "pyramid"), **settings)
    assert loaded == [settings["extractor"]]


def test_each_metric_is_computed_once(place, settings, monkeypatch):
    setting = evaluation.setting.choose(str(place / "plain"), **settings)
    real = observing.real(setting)
    statistic, seen = measuring.feature_statistic, []

    def counted(*samples):
        seen.append(tuple(map(len, samples)))
        return statistic(*samples)

    monkeypatch.setattr(measuring, "feature_statistic", counted)
    fakes = real, real._replace(features=2 * real.features)
    rows = comparing._rows(setting, ("a", "b"), real, fakes)
    # Of all images once, then of five halves, each of two models.
    assert seen == 2 * [(120, 120)] + 10 * [(60, 60)]
    first, second = (statistic(real.features, each.features) for each in fakes)
    for row, name in zip(rows, first, strict=False):
        assert row.name.startswith(name)
        assert (row.first, row.second) == (first[name], second[name])


def test_a_number_that_is_nan_in_some_halves_is_left_out(
    place, settings, monkeypatch
):
    monkeypatch.setattr(comparing, "_PIXEL_HALVES", 20)
    setting = evaluation.setting.choose(str(place / "plain"), **settings)
    fake = observing.real(setting)
    # Where more than half of those drawn are equal, diversity is nan.
    equal = np.arange(len(fake.images)) < 0.49 * len(fake.images)
    images = np.where(equal[:, None, None, None], fake.images[0], fake.images)
    real = fake._replace(images=images)
    rows = comparing._rows(setting, ("a", "b"), real, (fake, fake))
    assert rows
    assert "relative_diversity" not in {row.name for row in rows}
