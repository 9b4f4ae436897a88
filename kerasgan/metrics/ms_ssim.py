"""Multi-scale structural similarity, and the diversity that it measures."""

import typing

import numpy as np
from scipy import ndimage

from kerasgan import errors

_WEIGHTS = np.array([0.0448, 0.2856, 0.3001, 0.2363, 0.1333])
_WINDOW = 11
_SIGMA = 1.5
_LUMINANCE = 0.01**2
_CONTRAST = 0.03**2
# Pixels of a block of pairs: some 100 MB in all.
_BLOCK = 2**20


class Similarity(typing.NamedTuple):
    """How similar images are to each other.

    Attributes:
        mean: float, of the pairs; 1 where all images are the same.
        standard_error: float, of the mean, over the pairs drawn.
    """

    mean: float
    standard_error: float


def multi_scale_ssim(first_images, second_images):
    """Multi-scale structural similarity of pairs of images.

    At each scale, the correlation of the two images' contrast under a Gaussian
    window of 11 pixels (deviation 1.5), averaged over the places; images are
    halved from scale to scale. The result is the product of the scales, each to
    the power of its weight; at the coarsest the brightness counts, too. It is
    computed for each channel, and averaged. Negative correlations count as 0.

    There are five scales where the images are at least 176 pixels wide and
    high. Of smaller ones, only the scales that hold a whole window, with the
    weights of these scaled to add up to 1: two for 32x32. So a value is for one
    size only, and cannot be compared with one of another rule for small images.

    References:
    - [Wang et al., 2003](https://doi.org/10.1109/ACSSC.2003.1292216).
    - [Wang et al., 2004](https://doi.org/10.1109/TIP.2003.819861), of the
      constants.

    Args:
        first_images: float `(n, height, width, channels)` in `[-1, 1]`, at
            least 11 pixels wide and high.
        second_images: The same shape, compared one by one.

    Returns:
        float64 `(n,)`, at most 1, which is for equal images; least 0.

    Raises:
        ValueError: If the shapes differ, or are none of images that large.
    """
    first, second = np.asarray(first_images), np.asarray(second_images)
    _check_images(first)
    if first.shape != second.shape:
        raise ValueError(
            "`first_images` and `second_images` must be pairs, of one shape. "
            f"Received: {first.shape} and {second.shape}. Take as many of "
            "each, of one size."
        )
    step = max(1, _BLOCK // first[0].size)
    return np.concatenate(
        [
            _block(first[start : start + step], second[start : start + step])
            for start in range(0, len(first), step)
        ]
    )


def ms_ssim_diversity(images, labels=None, num_pairs=1000, seed=0):
    """The mean similarity of random pairs of generated images.

    High where a model generates the same again and again; compare it with that
    of real images of the same classes. It sees mode collapse within a class,
    and says nothing about quality.

    Reference: [Odena et al., 2017](https://arxiv.org/abs/1610.09585),
    section 4.2.

    Args:
        images: float `(n, height, width, channels)` in `[-1, 1]`.
        labels: int `(n,)`, to compare images of one class only; or None.
        num_pairs: int, at least 2.
        seed: int, of the pairs.

    Returns:
        A `Similarity`.

    Raises:
        ValueError: If these are no images, or no two are of one class.
    """
    images = np.asarray(images)
    _check_images(images)
    num_pairs = errors.check_integer("num_pairs", num_pairs, 2)
    labels = np.zeros(len(images), int) if labels is None else labels
    first, second = _random_pairs(
        np.asarray(labels), len(images), num_pairs, seed
    )
    similarities = multi_scale_ssim(images[first], images[second])
    return Similarity(
        float(similarities.mean()),
        float(similarities.std(ddof=1) / np.sqrt(num_pairs)),
    )


def _random_pairs(labels, count, num_pairs, seed):
    if labels.shape != (count,):
        raise ValueError(
            f"`labels` must be {count} integers, one an image. Received: "
            f"labels.shape={labels.shape}. Give the labels of these images."
        )
    # Images of one class stand together: a partner is a step within them.
    order = np.argsort(labels, kind="stable")
    _, starts, sizes = np.unique(
        labels[order], return_index=True, return_counts=True
    )
    start, size = np.repeat(starts, sizes), np.repeat(sizes, sizes)
    candidates = np.flatnonzero(size > 1)
    if not len(candidates):
        raise ValueError(
            "There must be two images of one class to compare. Received: "
            f"{count} images of {len(sizes)} classes. Take more images."
        )
    rng = np.random.default_rng(seed)
    first = rng.choice(candidates, num_pairs)
    start, size = start[first], size[first]
    steps = rng.integers(1, size)
    second = start + (first - start + steps) % size
    return order[first], order[second]


def _check_images(images):
    if (
        images.ndim != 4
        or not np.issubdtype(images.dtype, np.floating)
        or not images.size
        or min(images.shape[1:3]) < _WINDOW
    ):
        raise ValueError(
            "Images must be floats (n, height, width, channels), at least "
            f"{_WINDOW} pixels wide and high. Received: shape {images.shape}, "
            f"dtype {images.dtype}. Convert 8-bit images by `images / 127.5 - "
            "1`, and compare smaller ones otherwise."
        )
    if not np.isfinite(images).all() or np.abs(images).max() > 1 + 1e-5:
        raise ValueError(
            "Images must be in [-1, 1]. Received: values from "
            f"{images.min()} to {images.max()}. Convert 8-bit images by "
            "`images / 127.5 - 1`."
        )


def _block(first, second):
    # The constants are for brightness that is 0 for black.
    first = (first.astype("float64") + 1) / 2
    second = (second.astype("float64") + 1) / 2
    scales = 1
    while scales < 5 and min(first.shape[1:3]) >= _WINDOW * 2**scales:
        scales += 1
    weights = _WEIGHTS[:scales] / _WEIGHTS[:scales].sum()
    result = np.ones((len(first), first.shape[-1]))
    for scale, weight in enumerate(weights):
        luminance, structure = _compare(first, second)
        if scale == scales - 1:
            structure = luminance * structure
        similarity = np.maximum(structure.mean(axis=(1, 2)), 0)
        result *= similarity**weight
        first, second = _halve(first), _halve(second)
    return result.mean(1)


def _compare(first, second):
    mean_first, mean_second = _window(first), _window(second)
    product = mean_first * mean_second
    squares = mean_first**2 + mean_second**2
    covariance = _window(first * second) - product
    variances = _window(first**2 + second**2) - squares
    luminance = (2 * product + _LUMINANCE) / (squares + _LUMINANCE)
    structure = (2 * covariance + _CONTRAST) / (variances + _CONTRAST)
    return luminance, structure


def _window(images):
    offsets = np.arange(_WINDOW) - _WINDOW // 2
    kernel = np.exp(-0.5 * (offsets / _SIGMA) ** 2)
    kernel /= kernel.sum()
    edge = _WINDOW // 2
    images = ndimage.correlate1d(images, kernel, axis=1, mode="constant")
    images = ndimage.correlate1d(
        images[:, edge:-edge], kernel, axis=2, mode="constant"
    )
    return images[:, :, edge:-edge]


def _halve(images):
    _, height, width, _ = images.shape
    padding = ((0, 0), (0, height % 2), (0, width % 2), (0, 0))
    images = np.pad(images, padding, mode="edge")
    count, height, width, channels = images.shape
    blocks = images.reshape(count, height // 2, 2, width // 2, 2, channels)
    return blocks.mean(axis=(2, 4))
