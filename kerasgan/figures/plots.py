"""Plots of measurements: models side by side."""

import textwrap

import numpy as np

from kerasgan.figures import canvas


def intervals_plot(names, values, lows, highs, title):
    """Compares one metric of several models: a point and an interval each.

    Args:
        names: Sequence of strings, from top to bottom.
        values: Sequence of floats, one a name.
        lows: Sequence of floats, the lower ends of the intervals.
        highs: Sequence of floats, the upper ends.
        title: Metric, and what the interval is.

    Returns:
        uint8 `(height, width, 3)`.

    Raises:
        ValueError: If there are not as many of each, none at all, or a value is
            outside its interval.
    """
    values, lows, highs = (
        np.asarray(each, "float64") for each in (values, lows, highs)
    )
    shapes = {values.shape, lows.shape, highs.shape}
    if shapes != {(len(names),)} or not len(names):
        raise ValueError(
            "There must be a value, a lower and an upper end for each name. "
            f"Received: {len(names)} names and shapes {values.shape}, "
            f"{lows.shape}, {highs.shape}. Give one of each a model."
        )
    _check_inside("values", values, lows, highs)
    lines = textwrap.wrap(title, 80)
    figure = canvas.figure(640, 70 + 20 * len(lines) + 36 * len(names))
    figure.suptitle(canvas.plain("\n".join(lines)), fontsize="medium")
    axes = figure.add_subplot()
    places = np.arange(len(names))
    axes.errorbar(
        values,
        places,
        xerr=[values - lows, highs - values],
        fmt="o",
        color=canvas.BLUE,
        ecolor=canvas.BLUE,
        capsize=4,
    )
    for value, high, place in zip(values, highs, places, strict=True):
        axes.annotate(
            f"{value:.4g}",
            (high, place),
            (8, 0),
            textcoords="offset points",
            va="center",
        )
    axes.set_yticks(places, [canvas.plain(name) for name in names])
    axes.set_ylim(len(names) - 0.5, -0.5)
    # Room for the numbers at the right.
    axes.margins(x=0.15)
    axes.grid(axis="x", alpha=0.3)
    return canvas.picture(figure)


def precision_recall_plot(models, x="precision", y="recall"):
    """Shows two scores of several models: one to the right, one upwards.

    References:
    - [Kynkaanniemi et al., 2019](https://arxiv.org/abs/1904.06991), precision
      and recall.
    - [Naeem et al., 2020](https://arxiv.org/abs/2002.09797), density and
      coverage.

    Args:
        models: Sequence of dicts: `"name"`, the two scores by their names, and
            where known `"<score>_interval"`, a pair (lower, upper end).
        x: Name of the score to the right.
        y: Name of the score upwards; `x="density", y="coverage"` shows those.

    Returns:
        uint8 `(height, width, 3)`; both axes begin at 0 and reach at least 1.

    Raises:
        ValueError: If there are no models, or a score is outside its interval.
    """
    if not models:
        raise ValueError(
            "There must be a model to show. Received: models=[]. Give a dict "
            f"with 'name', '{x}' and '{y}' for each."
        )
    figure = canvas.figure(640, 560)
    axes = figure.add_subplot()
    for model in models:
        errors = {
            f"{axis}err": _error(model, score)
            for axis, score in (("x", x), ("y", y))
        }
        axes.errorbar(
            model[x],
            model[y],
            fmt="o",
            capsize=3,
            label=canvas.plain(model["name"]),
            **errors,
        )
    for limits, set_limits in (
        (axes.get_xlim(), axes.set_xlim),
        (axes.get_ylim(), axes.set_ylim),
    ):
        set_limits(0, max(1.02, limits[1]))
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(alpha=0.3)
    axes.legend()
    return canvas.picture(figure)


def _error(model, score):
    interval = model.get(f"{score}_interval")
    if interval is None:
        return None
    low, high = interval
    _check_inside(score, model[score], low, high)
    return [[model[score] - low], [high - model[score]]]


def _check_inside(name, value, low, high):
    if not np.all((low <= value) & (value <= high)):
        raise ValueError(
            f"`{name}` must be within the interval. Received: {name}={value}, "
            f"of the interval from {low} to {high}. Give the lower end first."
        )
