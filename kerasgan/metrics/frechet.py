"""Frechet distance between Gaussians fitted to features."""

import typing

import numpy as np

from kerasgan.metrics import distances


class Gaussian(typing.NamedTuple):
    """What the Frechet distance needs to know of a set of features.

    Keep that of the reference images: fitting it takes the longest.

    Args:
        mean: float64 `(width,)`.
        covariance: float64 `(width, width)`, divided by `num - 1`.
        num: int, of how many images.
    """

    mean: np.ndarray
    covariance: np.ndarray
    num: int


def gaussian(features):
    """Fits a Gaussian, in float64.

    Args:
        features: `(n, width)`, n at least 2.

    Returns:
        A `Gaussian`.

    Raises:
        ValueError: If the shape is another, or a number is not finite.
    """
    features = distances.check_vectors("features", features, 2)
    count, width = features.shape
    mean = features.mean(0, dtype="float64")
    covariance = np.zeros((width, width))
    for rows in distances.row_blocks(count, width):
        centred = features[rows] - mean
        covariance += centred.T @ centred
    return Gaussian(mean, covariance / (count - 1), count)


def frechet_distance(real_features, fake_features, allow_few_images=False):
    """Frechet distance of two sets of images, by their features.

    It fits a Gaussian to each set and takes the squared 2-Wasserstein distance
    between the two:

        |m1 - m2|^2 + tr(C1) + tr(C2) - 2 tr((C1 C2)^(1/2))

    It is biased: the fewer images, the larger it is, so it means nothing
    without both numbers of images. Only features of the Inception network of
    2015 make it "FID".

    References:
    - [Heusel et al., 2017](https://arxiv.org/abs/1706.08500), equation 6.
    - Dowson & Landau, 1982, https://doi.org/10.1016/0047-259X(82)90077-X.
    - [Chong & Forsyth, 2020](https://arxiv.org/abs/1911.07023), on the bias.

    Args:
        real_features: `(n, width)`.
        fake_features: `(m, width)`.
        allow_few_images: bool; whether n and m may be at most `width`. The
            covariances have no full rank then, and the bias is large; it is of
            use to compare values of the same n and m.

    Returns:
        float, at least 0.

    Raises:
        ValueError: If the widths differ, a number is not finite, or there are
            too few images.
    """
    real = distances.check_vectors("real_features", real_features, 2)
    fake = distances.check_vectors("fake_features", fake_features, 2)
    distances.check_same_width("real_features", real, "fake_features", fake)
    _check_enough(len(real), len(fake), real.shape[1], allow_few_images)
    if max(len(real), len(fake)) > real.shape[1]:
        return frechet_distance_of(
            gaussian(real), gaussian(fake), allow_few_images
        )

    # With few rows X = (features - mean) / sqrt(n - 1), the products of rows
    # are smaller than the covariances X^T X, and the trace of the root is
    # |X1 X2^T|, the sum of singular values.
    real_mean, fake_mean = real.mean(0, "float64"), fake.mean(0, "float64")
    real = (real - real_mean) / np.sqrt(len(real) - 1)
    fake = (fake - fake_mean) / np.sqrt(len(fake) - 1)
    root = np.linalg.svd(real @ fake.T, compute_uv=False).sum()
    return _distance(
        real_mean - fake_mean, (real**2).sum(), (fake**2).sum(), root
    )


def frechet_distance_of(real_gaussian, fake_gaussian, allow_few_images=False):
    """Frechet distance of two fitted Gaussians; see `frechet_distance`.

    Args:
        real_gaussian: A `Gaussian`.
        fake_gaussian: A `Gaussian`, of the same width.
        allow_few_images: See `frechet_distance`.

    Returns:
        float, at least 0.

    Raises:
        ValueError: If the widths differ, or there are too few images.
    """
    real, fake = real_gaussian, fake_gaussian
    if real.covariance.shape != fake.covariance.shape:
        raise ValueError(
            "`real_gaussian` and `fake_gaussian` must be of one width. "
            f"Received: covariances {real.covariance.shape} and "
            f"{fake.covariance.shape}. Take both from the same extractor."
        )
    _check_enough(real.num, fake.num, len(real.mean), allow_few_images)
    return _distance(
        real.mean - fake.mean,
        np.trace(real.covariance),
        np.trace(fake.covariance),
        _trace_of_root(real.covariance, fake.covariance),
    )


def _check_enough(num_real, num_fake, width, allow_few_images):
    if min(num_real, num_fake) <= width and not allow_few_images:
        raise ValueError(
            "The Frechet distance needs more images than features, as the "
            f"covariances have no full rank otherwise. Received: {num_real} "
            f"real and {num_fake} generated images of {width} features. Take "
            f"at least {width + 1} of each, or set `allow_few_images` to "
            "compare values of these numbers of images only."
        )


def _trace_of_root(first, second):
    """The trace of (C1 C2)^(1/2), of two covariances.

    C1 C2 is not symmetric and its root may come out complex. With C1 = R R^T,
    it has the eigenvalues of R^T C2 R, which is symmetric.
    """
    values, vectors = np.linalg.eigh(first)
    # Of singular covariances, some eigenvalues are rounded to below 0.
    root = vectors * np.sqrt(np.maximum(values, 0))
    values = np.linalg.eigvalsh(root.T @ second @ root)
    return np.sqrt(np.maximum(values, 0)).sum()


def _distance(difference, real_trace, fake_trace, root):
    squares = difference @ difference + real_trace + fake_trace - 2 * root
    # Equal sets are rounded to either side of 0.
    return max(float(squares), 0.0)
