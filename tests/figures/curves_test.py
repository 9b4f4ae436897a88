import numpy as np
import pytest

from kerasgan import figures

LOG = """epoch,generator_loss,discriminator_loss,distance,diversity
1,0.9,0.5,nan,nan
2,0.8,0.6,30.5,0.4
3,0.7,0.65,20.25,0.7
4,0.75,0.7,25.0,1.2
"""


@pytest.fixture
def log(tmp_path):
    (tmp_path / "log.csv").write_text(LOG)
    return figures.read_log(tmp_path / "log.csv")


def legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def by_title(figure):
    return {axes.get_title(): axes for axes in figure.axes}


def test_a_log_is_read_by_column(log):
    assert list(log) == [
        "epoch",
        "generator_loss",
        "discriminator_loss",
        "distance",
        "diversity",
    ]
    np.testing.assert_array_equal(log["epoch"], [1, 2, 3, 4])
    np.testing.assert_array_equal(log["distance"], [np.nan, 30.5, 20.25, 25])


def test_a_line_that_is_being_written_is_left_out(tmp_path):
    (tmp_path / "log.csv").write_text(LOG + "5,0.8,0.")
    log = figures.read_log(tmp_path / "log.csv")
    np.testing.assert_array_equal(log["epoch"], [1, 2, 3, 4])


@pytest.mark.parametrize(
    "text, why",
    [
        ("", "no line of an epoch"),
        ("epoch,loss\n", "no line of an epoch"),
        ("a,b\n1,2\n", "no line of an epoch"),
        ("epoch,loss\n1,large\n", "could not convert string to float"),
        ("epoch,loss\n1,2,3\n", "longer ones"),
    ],
)
def test_what_is_no_log_is_refused(tmp_path, text, why):
    (tmp_path / "log.csv").write_text(text)
    with pytest.raises(ValueError, match=why) as error:
        figures.read_log(tmp_path / "log.csv")
    assert "Give the log.csv of a run" in str(error.value)


def test_losses_share_a_plot_and_each_metric_has_one(log, drawn):
    panels = by_title(figures.training_plot(log))
    assert list(panels) == ["losses", "distance", "diversity"]
    assert legend(panels["losses"]) == ["generator loss", "discriminator loss"]
    for line, name in zip(
        panels["losses"].lines,
        ("generator_loss", "discriminator_loss"),
        strict=True,
    ):
        np.testing.assert_array_equal(line.get_ydata(), log[name])


def test_best_and_final_are_marked_and_said(log, drawn):
    axes = by_title(figures.training_plot(log))["distance"]
    assert legend(axes) == [
        "final: 25.00, epoch 4",
        "best (lowest): 20.25, epoch 3",
    ]
    curve, final, best = axes.lines
    # The epoch that was not measured is no point.
    np.testing.assert_array_equal(curve.get_xdata(), [2, 3, 4])
    np.testing.assert_array_equal(final.get_xydata(), [[4, 25]])
    np.testing.assert_array_equal(best.get_xydata(), [[3, 20.25]])


def test_a_metric_may_have_its_best_at_the_top_or_none(log, drawn):
    axes = by_title(figures.training_plot(log))["diversity"]
    assert legend(axes) == ["final: 1.200, epoch 4"]
    log["recall[classifier@0f]"] = log["density"] = log["distance"]
    best = {"diversity": "highest", "distance": None}
    panels = by_title(figures.training_plot(log, best))
    assert legend(panels["diversity"])[1] == "best (highest): 1.200, epoch 4"
    assert legend(panels["distance"]) == ["final: 25.00, epoch 4"]
    assert legend(panels["density"]) == ["final: 25.00, epoch 4"]
    recall = legend(panels["recall[classifier@0f]"])
    assert recall[1] == "best (highest): 30.50, epoch 2"


@pytest.mark.parametrize(
    "value, said",
    [
        (0, "0.000"),
        (-1.23456, "-1.235"),
        (1234.56, "1235"),
        (0.00123456, "0.001235"),
        (1.5e-7, "1.500e-07"),
        (2.5e9, "2.500e+09"),
    ],
)
def test_numbers_have_four_digits(drawn, value, said):
    log = {"epoch": np.array([1.0]), "distance": np.array([value], "float64")}
    axes = by_title(figures.training_plot(log))["distance"]
    assert legend(axes)[0] == f"final: {said}, epoch 1"


def test_a_metric_that_was_never_measured_is_said_to_be(drawn):
    log = {"epoch": np.arange(2.0), "distance": np.full(2, np.nan)}
    axes = by_title(figures.training_plot(log))["distance"]
    assert [text.get_text() for text in axes.texts] == ["not measured"]


def test_a_plot_is_a_picture(log):
    picture = figures.training_plot(log)
    # Three plots in rows of two.
    assert picture.shape == (2 * 280, 900, 3)
    assert picture.dtype == np.uint8
    assert picture.std() > 10
