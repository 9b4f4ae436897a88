"""Perceptual path length: how smoothly images follow their latents."""

import typing

import numpy as np

from kerasgan.metrics import distances


class PathLength(typing.NamedTuple):
    """The length of short paths in feature space, squared, per squared step.

    Attributes:
        mean: float, at least 0.
        standard_error: float, of that mean.
    """

    mean: float
    standard_error: float


def perceptual_path_length(start_features, end_features, epsilon):
    """The mean squared distance of images a short step of latents apart.

        mean |f(G(slerp(t + epsilon))) - f(G(slerp(t)))|^2 / epsilon^2

    over pairs of latents and t uniform in `[0, 1]`, where slerp interpolates
    the pair on a sphere. As in the released code (NVlabs/stylegan), the lowest
    and highest hundredth of the distances are left out. Long paths mean that
    images change abruptly. Departure: the distance is Euclidean in the features
    that one gives, where the paper's is of a network tuned to human judgement;
    values of two extractors cannot be compared.

    With features in float32 a step of the paper's 1e-4 may drown in rounding:
    take the largest that gives the same value as half of it does. Images must
    not be rounded to 8 bits.

    Reference: [Karras et al., 2019](https://arxiv.org/abs/1812.04948),
    section 4.1, equation 2.

    Args:
        start_features: float `(n, width)`, of the images at t.
        end_features: float `(n, width)`, of the images at t + epsilon, in the
            same order.
        epsilon: float above 0, the step; the paper's is 1e-4.

    Returns:
        A `PathLength`. The standard error is of the pairs that are left, and a
        little too small where a few make up most of the length.

    Raises:
        ValueError: If the features do not fit together, or the step is not
            above 0.
    """
    if not 0 < epsilon < np.inf:
        raise ValueError(
            f"`epsilon` must be above 0. Received: epsilon={epsilon!r}. Give "
            "the step between the two images' positions, such as 1e-4."
        )
    start = distances.check_vectors("start_features", start_features)
    end = distances.check_vectors("end_features", end_features)
    if start.shape != end.shape:
        raise ValueError(
            "`start_features` and `end_features` must be pairs, of one shape. "
            f"Received: {start.shape} and {end.shape}. Give the features of "
            "both ends of every path."
        )
    offsets = end.astype("float64") - start
    lengths = np.einsum("nd,nd->n", offsets, offsets) / epsilon**2
    low = np.percentile(lengths, 1, method="lower")
    high = np.percentile(lengths, 99, method="higher")
    kept = lengths[(lengths >= low) & (lengths <= high)]
    return PathLength(
        float(kept.mean()), float(kept.std() / np.sqrt(len(kept)))
    )
