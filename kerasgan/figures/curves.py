"""Losses and metrics over the epochs of a run."""

import csv
import math
import pathlib

import numpy as np

from kerasgan.figures import canvas

# What belongs into one plot; each other column has its own.
_TOGETHER = {
    "losses": ("generator_loss", "discriminator_loss"),
    "logits of the discriminator": ("real_logits", "fake_logits"),
    "gradient norms": (
        "generator_gradient_norm",
        "discriminator_gradient_norm",
    ),
}
# Of these the highest value is the best; of the others, the lowest.
_HIGHEST_IS_BEST = (
    "accuracy",
    "classifier_score",
    "coverage",
    "inception_score",
    "label_accuracy",
    "log_likelihood",
    "precision",
    "recall",
)
# About 1 is good: neither is the best.
_NEITHER_IS_BEST = ("density", "diversity", "relative_diversity")
_COLUMNS = 2


def read_log(path):
    """Reads the `log.csv` of a run.

    Args:
        path: Of the file.

    Returns:
        A dict from the name of a column to float64 `(epochs,)`, nan where an
        epoch was not measured; `"epoch"` is among them.

    Raises:
        ValueError: If it is no such file, or has no epoch yet.
    """
    path = pathlib.Path(path)
    with open(path, encoding="utf-8", newline="") as file:
        # Of a line that is being written, only a part is there.
        rows = [row for row in csv.DictReader(file) if None not in row.values()]
    try:
        log = {
            name: np.array([row[name] for row in rows], "float64")
            for name in (rows[0] if rows else ())
        }
    except (TypeError, ValueError) as error:
        raise ValueError(_no_log(path, error)) from error
    # What is beyond the columns, csv files under None.
    if "epoch" not in log or None in log:
        raise ValueError(_no_log(path, "no line of an epoch, or longer ones"))
    return log


def _no_log(path, why):
    return (
        "The log of a run is a table of numbers with a column `epoch` and a "
        f"line an epoch. Received: '{path}' ({why}). Give the log.csv of a run "
        "that has finished an epoch."
    )


def training_plot(log, best=None):
    """Plots the losses and each metric over the epochs.

    The final value of a metric and its best are marked, and said.

    Args:
        log: See `read_log`.
        best: dict from the name of a metric to `"lowest"`, `"highest"` or None
            for one that has no best. Where it is not named, it is the lowest,
            but of precision and the like the highest.

    Returns:
        uint8 `(height, width, 3)`.
    """
    panels = {
        title: [name for name in names if name in log]
        for title, names in _TOGETHER.items()
    }
    panels = {title: names for title, names in panels.items() if names}
    together = {"epoch"}.union(*panels.values())
    metrics = [name for name in log if name not in together]
    best = {**{name: _usual_best(name) for name in metrics}, **(best or {})}
    count = len(panels) + len(metrics)
    rows = -(-count // _COLUMNS)
    figure = canvas.figure(900, 280 * rows)
    places = iter(range(1, count + 1))
    for title, names in panels.items():
        axes = _axes(figure, rows, next(places), title)
        for name, color in zip(
            names, (canvas.BLUE, canvas.ORANGE), strict=False
        ):
            axes.plot(
                log["epoch"],
                log[name],
                color=color,
                label=name.replace("_", " "),
                # A line of one point is not seen.
                marker="." if len(log["epoch"]) == 1 else None,
            )
        axes.legend(fontsize="small")
    for name in metrics:
        axes = _axes(figure, rows, next(places), name)
        _plot_metric(axes, log, name, best[name])
    return canvas.picture(figure)


def _usual_best(name):
    # `frechet_distance[classifier_mnist@0f3a]` says what it was measured with.
    metric = name.partition("[")[0]
    if metric in _NEITHER_IS_BEST:
        return None
    return "highest" if metric in _HIGHEST_IS_BEST else "lowest"


def _axes(figure, rows, place, title):
    axes = figure.add_subplot(rows, _COLUMNS, place)
    axes.set_title(canvas.plain(title), fontsize="medium")
    axes.set_xlabel("epoch", fontsize="small")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.grid(alpha=0.3)
    return axes


def _plot_metric(axes, log, name, best):
    measured = np.isfinite(log[name])
    epochs, values = log["epoch"][measured], log[name][measured]
    if not len(values):
        axes.text(0.5, 0.5, "not measured", ha="center", va="center")
        return
    axes.plot(epochs, values, ".-", color=canvas.BLUE)
    marks = [("final", len(values) - 1, "o", canvas.ORANGE)]
    if best is not None:
        index = np.argmin(values) if best == "lowest" else np.argmax(values)
        marks.append((f"best ({best})", index, "*", canvas.RED))
    for label, index, marker, color in marks:
        axes.plot(
            epochs[index],
            values[index],
            marker,
            color=color,
            markersize=12 if marker == "*" else 7,
            label=f"{label}: {_number(values[index])}, epoch "
            f"{epochs[index]:.0f}",
        )
    axes.legend(fontsize="small")


def _number(value):
    # Four digits, and no exponent where there is no need for one.
    if value and not 1e-3 <= abs(value) < 1e5:
        return f"{value:.3e}"
    digits = 3 - math.floor(math.log10(abs(value))) if value else 3
    return f"{value:.{max(0, digits)}f}"
