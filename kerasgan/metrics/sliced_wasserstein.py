"""Sliced Wasserstein distance between image sets, over a Laplacian pyramid."""

import numpy as np

from kerasgan.layers import pyramid

_PATCH = 7
_PATCHES_PER_IMAGE = 16
_PROJECTIONS = 128


def sliced_wasserstein_distance(real_images, fake_images, seed=0):
    """Compares two sets of images by their patches, scale by scale.

    Both sets become Laplacian pyramids, halved as long as 8 pixels remain. On
    each rung, 7x7 patches (less where the rung is smaller) at random places are
    projected on 128 random directions; in each direction the distance of two
    sorted samples is exact. It needs no trained network, so it can choose among
    checkpoints of one run on any data; it is no measure for comparing papers.

    Reference: [Karras et al., 2018](https://arxiv.org/abs/1710.10196),
    section 5. Departure: patches are normalised by the mean and standard
    deviation of the real set's channels, for both sets; so a wrong colour
    counts.

    Args:
        real_images: float `(n, height, width, channels)`.
        fake_images: The same shape.
        seed: int, of the places and directions.

    Returns:
        float, the mean over the rungs, times 1000; 0 for equal sets.

    Raises:
        ValueError: If the shapes differ, or are none of images.
    """
    if real_images.ndim != 4 or not len(real_images):
        raise ValueError(
            "`real_images` must have the shape (n, height, width, channels). "
            f"Received: {real_images.shape}. Give at least one image."
        )
    if real_images.shape != fake_images.shape:
        raise ValueError(
            "`real_images` and `fake_images` must have one shape. Received: "
            f"{real_images.shape} and {fake_images.shape}. Take as many of "
            "each, of one size."
        )
    rng = np.random.default_rng(seed)
    distances = [
        _rung_distance(real, fake, rng)
        for real, fake in zip(
            _pyramid(real_images), _pyramid(fake_images), strict=True
        )
    ]
    return 1000.0 * float(np.mean(distances))


def _pyramid(images):
    rungs = []
    while min(images.shape[1:3]) >= 16:
        size = (images.shape[1] // 2, images.shape[2] // 2)
        low_pass = pyramid.downsample(images, size)
        coarse = pyramid.upsample(low_pass, images.shape[1:3])
        rungs.append(np.asarray(images - coarse))
        images = low_pass
    return [*rungs, np.asarray(images)]


def _patches(images, side, rows, columns):
    windows = np.lib.stride_tricks.sliding_window_view(
        images, (side, side), axis=(1, 2)
    )
    picked = windows[np.arange(len(images))[:, None], rows, columns]
    return picked.reshape(-1, images.shape[-1], side * side)


def _rung_distance(real, fake, rng):
    count, height, width, channels = real.shape
    side = min(_PATCH, height, width)
    shape = (count, _PATCHES_PER_IMAGE)
    rows = rng.integers(height - side + 1, size=shape)
    columns = rng.integers(width - side + 1, size=shape)
    real = _patches(real, side, rows, columns)
    fake = _patches(fake, side, rows, columns)
    mean = real.mean(axis=(0, 2), keepdims=True)
    std = real.std(axis=(0, 2), keepdims=True) + 1e-7
    directions = rng.normal(size=(channels * side**2, _PROJECTIONS))
    directions /= np.linalg.norm(directions, axis=0)

    def projected(patches):
        flat = ((patches - mean) / std).reshape(len(patches), -1)
        return np.sort(flat @ directions.astype("float32"), axis=0)

    return np.mean(np.abs(projected(real) - projected(fake)))
