import numpy as np
import pytest
from matplotlib import pyplot

from kerasgan import figures


def spans(axes):
    """The ends of each interval that is drawn."""
    return [
        segment
        for collection in axes.collections
        for segment in collection.get_segments()
    ]


def test_intervals_of_models_from_top_to_bottom(drawn):
    figure = figures.intervals_plot(
        ["a$b", "c"], [2, 5], [1, 4.5], [2.5, 7], "distance, 95 %"
    )
    (axes,) = figure.axes
    ticks = [tick.get_text() for tick in axes.get_yticklabels()]
    assert ticks == [r"a\$b", "c"]
    # The first name is at the top.
    assert axes.get_ylim()[0] > axes.get_ylim()[1]
    np.testing.assert_array_equal(axes.get_yticks(), [0, 1])
    np.testing.assert_allclose(
        spans(axes), [[[1, 0], [2.5, 0]], [[4.5, 1], [7, 1]]]
    )
    assert [text.get_text() for text in axes.texts] == ["2", "5"]
    assert figure.get_suptitle() == "distance, 95 %"


def test_intervals_are_as_wide_as_their_bars():
    # The same in pixels: one bar is twice as wide as the other.
    picture = figures.intervals_plot(
        ["a", "b"], [5, 5], [0, 2.5], [10, 7.5], "score"
    )
    blue = np.all(np.abs(picture - [0, 114.0, 178]) < 30, axis=-1)
    rows = np.flatnonzero(blue.sum(1) > 50)
    widths = sorted({int(np.ptp(np.flatnonzero(blue[row]))) for row in rows})
    # A pixel at each end may be a mixture of colours.
    assert abs(widths[-1] - 2 * widths[0]) <= 3


@pytest.mark.parametrize(
    "names, values, lows, highs, message",
    [
        ([], [], [], [], "Received: 0 names"),
        (["a"], [1, 2], [0], [3], "Received: 1 names"),
        (["a"], [1], [2], [0], "must be within the interval"),
        (["a"], [float("nan")], [0], [2], "must be within the interval"),
    ],
)
def test_intervals_that_are_none_are_refused(
    names, values, lows, highs, message
):
    with pytest.raises(ValueError, match=message):
        figures.intervals_plot(names, values, lows, highs, "score")


MODELS = [
    {
        "name": "lapgan",
        "precision": 0.75,
        "recall": 0.5,
        "precision_interval": (0.5, 1),
        "density": 1.5,
        "coverage": 0.25,
    },
    {"name": "gan", "precision": 0.25, "recall": 0.125},
]


def test_precision_and_recall_of_models(drawn):
    (axes,) = figures.precision_recall_plot(MODELS).axes
    points = np.concatenate([line.get_xydata() for line in axes.lines])
    # The other lines are the ends of the interval.
    for point in ([0.75, 0.5], [0.25, 0.125]):
        assert point in points.tolist()
    # Only one score has an interval.
    np.testing.assert_allclose(spans(axes), [[[0.5, 0.5], [1, 0.5]]])
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert names == ["lapgan", "gan"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("precision", "recall")
    assert axes.get_xlim()[0] == axes.get_ylim()[0] == 0
    assert axes.get_xlim()[1] >= 1


def test_density_may_be_above_1(drawn):
    (axes,) = figures.precision_recall_plot(
        MODELS[:1], x="density", y="coverage"
    ).axes
    assert axes.get_xlim()[1] > 1.5
    assert axes.get_ylim()[1] >= 1


def test_a_score_outside_its_interval_is_refused():
    model = {**MODELS[1], "recall_interval": (0.5, 0.6)}
    with pytest.raises(ValueError, match="`recall` must be within"):
        figures.precision_recall_plot([model])
    with pytest.raises(ValueError, match="There must be a model"):
        figures.precision_recall_plot([])


def test_no_figure_stays_in_memory():
    figures.intervals_plot(["a"], [1], [0], [2], "score")
    assert pyplot.get_fignums() == []
