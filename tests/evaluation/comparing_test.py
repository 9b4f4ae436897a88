import json

import pytest

from kerasgan import evaluation
from kerasgan import zoo


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


def test_models_of_as_many_classes_battle(place, settings):
    both = evaluation.compare(
        str(place / "plain"), str(place / "pyramid"), **settings
    )
    assert both.battle is not None
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


def test_the_comparison_is_written(place, settings, tmp_path):
    comparison = evaluation.compare(
        str(place / "plain"), str(place / "pyramid"), **settings
    )
    folder = comparison.write(tmp_path / "comparison")
    written = json.loads((folder / "comparison.json").read_text())
    assert written["verdict"] == comparison.verdict
    assert written["battle"]["winner"] == comparison.battle.winner
    text = (folder / "README.md").read_text()
    assert comparison.verdict in text
    assert (folder / "differences.png").is_file()
