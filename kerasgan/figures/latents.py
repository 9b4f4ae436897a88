"""The way from latents to others."""

import numpy as np


def interpolate(start, end, fraction, distribution):
    """Latents between others, on the way that keeps their distribution.

    With N(0, 1), whose vectors lie close to a sphere, a quarter of a circle:

        cos(fraction * pi / 2) * start + sin(fraction * pi / 2) * end

    which is N(0, 1) again. Otherwise the straight line.

    Args:
        start: `(n, ...)`, latents at fraction 0.
        end: Of the same shape, at fraction 1.
        fraction: In `[0, 1]`; a number, or an array that broadcasts with
            `start`.
        distribution: See `kerasgan.random.check_distribution`.

    Returns:
        NumPy array, latents of the shape and dtype of `start`.
    """
    start, end = np.asarray(start), np.asarray(end)
    fraction = np.asarray(fraction)
    weights = (1 - fraction, fraction)
    if distribution == "normal":
        angle = fraction * np.pi / 2
        weights = (np.cos(angle), np.sin(angle))
    first, second = (weight.astype(start.dtype) for weight in weights)
    return first * start + second * end
