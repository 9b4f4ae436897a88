"""Matplotlib without its global state: a figure, and its pixels."""

import numpy as np

# Told apart, too, by those who see fewer colours.
BLUE, ORANGE, GREEN, RED = "#0072b2", "#e69f00", "#009e73", "#d55e00"
GREY = "#808080"
_DOTS_PER_INCH = 100


def figure(width, height, **kwargs):
    """A new figure of so many pixels.

    Args:
        width: int, in pixels.
        height: int, in pixels.
        **kwargs: Keyword arguments of `matplotlib.figure.Figure`.

    Returns:
        A `matplotlib.figure.Figure` of no window.
    """
    # Here, as importing it takes a while.
    from matplotlib import figure as matplotlib_figure

    size = (width / _DOTS_PER_INCH, height / _DOTS_PER_INCH)
    return matplotlib_figure.Figure(
        size, dpi=_DOTS_PER_INCH, **{"layout": "constrained", **kwargs}
    )


def picture(figure):
    """The pixels of a figure, uint8 `(height, width, 3)`."""
    from matplotlib.backends import backend_agg

    canvas = backend_agg.FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def plain(text):
    """A text for Matplotlib, in which a dollar sign begins no formula."""
    return str(text).replace("$", r"\$")
