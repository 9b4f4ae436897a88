"""LAPGAN's multi-scale Parzen log-likelihood.

The split of an image that it rests on is exact and orthonormal. For each 2x2
block `(a b; c d)` of a channel:

    low-pass   m  = (a + b + c + d) / 4
    high-pass  h1 = (a - b + c - d) / 2
               h2 = (a + b - c - d) / 2
               h3 = (a - b - c + d) / 2

`(2 m, h1, h2, h3)` is an orthogonal transform of `(a, b, c, d)`, so distances
and densities of images and of these coefficients are the same; and the density
of the block mean `m` is 2 times that of `2 m`.
"""

import typing

import numpy as np

from kerasgan.metrics import parzen


class MultiscaleLikelihood(typing.NamedTuple):
    """The log-likelihood of test images, added up over a pyramid.

    Attributes:
        log_likelihood: float, the mean over the test images, in nats.
        spread: float, the standard deviation over the test images.
        standard_error: float, of the mean: spread / sqrt(n).
        levels: Tuple of floats: the mean of each level, finest first, then of
            the coarsest, in the coefficients of the image; they add up to
            `log_likelihood`.
        log_likelihoods: float64 `(n,)`, of each test image.
    """

    log_likelihood: float
    spread: float
    standard_error: float
    levels: tuple
    log_likelihoods: np.ndarray


def low_pass(images):
    """The mean of each 2x2 block.

    Args:
        images: float `(n, height, width, channels)`, of even sizes.

    Returns:
        `(n, height / 2, width / 2, channels)`.

    Raises:
        ValueError: If these are no images, no floats, or a size is odd.
    """
    return _blocks(images).mean(axis=(2, 4))


def high_pass(images):
    """What the 2x2 means have lost, in an orthonormal basis.

    Args:
        images: float `(n, height, width, channels)`, of even sizes.

    Returns:
        `(n, height / 2, width / 2, 3 channels)`: the differences across, down
        and diagonal of every channel.

    Raises:
        ValueError: If these are no images, no floats, or a size is odd.
    """
    blocks = _blocks(images)
    a, b = blocks[:, :, 0, :, 0], blocks[:, :, 0, :, 1]
    c, d = blocks[:, :, 1, :, 0], blocks[:, :, 1, :, 1]
    across, down, diagonal = a - b + c - d, a + b - c - d, a - b - c + d
    return np.concatenate([across, down, diagonal], axis=-1) / 2


def merge(low_pass_images, high_pass_coefficients):
    """Puts images together again: undoes `low_pass` and `high_pass`.

    Args:
        low_pass_images: `(n, height, width, channels)`.
        high_pass_coefficients: `(n, height, width, 3 channels)`.

    Returns:
        `(n, 2 height, 2 width, channels)`.
    """
    across, down, diagonal = np.split(high_pass_coefficients / 2, 3, axis=-1)
    top = [across + down + diagonal, -across + down - diagonal]
    bottom = [across - down - diagonal, -across - down + diagonal]
    rows = [np.stack(row, axis=3) for row in (top, bottom)]
    blocks = np.stack(rows, axis=2) + low_pass_images[:, :, None, :, None]
    count, height, _, width, _, channels = blocks.shape
    return blocks.reshape(count, 2 * height, 2 * width, channels)


def conditional_parzen(validation, test, sigmas=None):
    """Log-likelihood of true detail under draws for each image.

    Every image has Gaussian windows of its own: around the high-pass
    coefficients that the level draws given the true low-pass image. One width
    serves all, the best on the validation images.

    Args:
        validation: An iterable of pairs `(true, draws)`, each a block of some
            images: `true` float `(b, ...)`, the true high-pass coefficients,
            `draws` float `(b, number of draws, ...)`. A generator keeps memory
            small: only distances are held.
        test: The same, of the test images.
        sigmas: Widths to choose from; by default 31, evenly spaced in the
            logarithm from 0.01 to 10, as high-pass coefficients are smaller
            than pixels and standardised pixels larger.

    Returns:
        A `kerasgan.metrics.ParzenLikelihood`.

    Raises:
        ValueError: If there are no images, the shapes do not fit together or
            differ between blocks, or something is not finite.
    """
    sigmas = np.logspace(-2, 1, 31) if sigmas is None else sigmas
    sigmas = parzen.check_sigmas(sigmas)
    tried, dimensions = _squared_distances("validation", validation)
    distances, length = _squared_distances("test", test)
    if length != dimensions:
        raise ValueError(
            "`validation` and `test` must hold coefficients of one number. "
            f"Received: {dimensions} and {length} an image. Take both from "
            "the same level."
        )
    return parzen.choose_sigma(
        sigmas,
        parzen.window_log_likelihoods(tried, sigmas, dimensions),
        lambda sigma: parzen.window_log_likelihoods(
            distances, np.array([sigma]), dimensions
        )[0],
        dimensions,
    )


def multiscale_parzen_log_likelihood(levels, coarsest):
    """Adds the log-likelihoods of a pyramid's levels up to that of the images.

    With `h_k` the high-pass coefficients of level k, `m_k` its 2x2 means of n_k
    numbers and the last of these, `m_K`, generated from nothing:

        log p(image) = sum_k [log p(h_k | m_k) - n_k log 2] + log p(m_K)

    where `log 2` is of the step from `2 m` to `m`, see the module. At each
    level the condition is the true low-pass image, not a generated one.

    The paper's appendix was not at hand: true low-pass images as conditions, an
    orthonormal high-pass and widths chosen by validation are as reported; the
    number of draws, the widths on offer and the treatment of `log 2` are ours.
    Densities depend on the units of the pixels: state them with the number.

    Reference: [Denton et al., 2015](https://arxiv.org/abs/1506.05751).

    Args:
        levels: A list of `ParzenLikelihood`, of `conditional_parzen`, finest
            first.
        coarsest: A `ParzenLikelihood`, of `parzen_log_likelihood` on the
            flattened coarsest images: 2x2 means of 2x2 means, in pixels.

    Returns:
        A `MultiscaleLikelihood`.

    Raises:
        ValueError: If the levels are none that halve each other, or of
            different numbers of images.
    """
    parts = [*levels, coarsest]
    _check_parts(parts)
    # Each high-pass has three coefficients for every number of the low-pass.
    terms = [
        level.log_likelihoods - level.dimensions // 3 * np.log(2)
        for level in levels
    ]
    terms.append(coarsest.log_likelihoods)
    total = np.sum(terms, axis=0)
    spread = float(total.std())
    return MultiscaleLikelihood(
        float(total.mean()),
        spread,
        float(spread / np.sqrt(len(total))),
        tuple(float(term.mean()) for term in terms),
        total,
    )


def _blocks(images):
    images = np.asarray(images)
    if images.ndim != 4 or not np.issubdtype(images.dtype, np.floating):
        raise ValueError(
            "`images` must be floats (n, height, width, channels). Received: "
            f"images.shape={images.shape}, dtype {images.dtype}. Convert "
            "8-bit images by `images / 127.5 - 1`."
        )
    count, height, width, channels = images.shape
    if not height or not width or height % 2 or width % 2:
        raise ValueError(
            "The multi-scale likelihood halves images, so height and width "
            f"must be even. Received: images.shape={images.shape}. Take a "
            "pyramid whose sizes halve, such as 32, 16, 8."
        )
    return images.reshape(count, height // 2, 2, width // 2, 2, channels)


def _squared_distances(argument, blocks):
    """Distances `(n, draws)` of each truth to its draws, and the length."""
    rows, shapes = [], set()
    for true, draws in blocks:
        true, draws = np.asarray(true), np.asarray(draws)
        fits = draws.ndim == true.ndim + 1 and len(draws) == len(true)
        if not fits or draws.shape[2:] != true.shape[1:] or not draws.size:
            raise ValueError(
                f"`{argument}` must hold pairs (true, draws) of the shapes (b, "
                f"...) and (b, number of draws, ...). Received: {true.shape} "
                f"and {draws.shape}. Give as many draws for every image."
            )
        shapes.add(draws.shape[1:])
        for truth, drawn in zip(true, draws, strict=True):
            offsets = drawn.astype("float64") - truth
            offsets = offsets.reshape(len(drawn), -1)
            rows.append(np.einsum("kd,kd->k", offsets, offsets))
    if len(shapes) != 1:
        raise ValueError(
            f"`{argument}` must hold blocks of one shape, at least one. "
            f"Received: draws of {sorted(shapes)} an image. Take one level and "
            "one number of draws; a generator is used up by one call."
        )
    distances = np.array(rows)
    if not np.isfinite(distances).all():
        raise ValueError(
            f"`{argument}` must be finite. Received: numbers that are not in "
            f"{np.sum(~np.isfinite(distances).all(1))} images. Look at where "
            "they come from: a diverged model generates nan."
        )
    return distances, int(np.prod(shapes.pop()[1:]))


def _check_parts(parts):
    counts = [len(part.log_likelihoods) for part in parts]
    if len(set(counts)) > 1:
        raise ValueError(
            "The levels must have seen the same test images. Received: "
            f"{counts} images, finest level first. Take the same number."
        )
    # From the coarsest up: a high-pass has three numbers for each of the image
    # below it, and the two together are the next image.
    dimensions = [part.dimensions for part in parts]
    size = dimensions[-1]
    expected = [size]
    for _ in dimensions[1:]:
        expected.insert(0, 3 * size)
        size *= 4
    if len(parts) < 2 or dimensions != expected:
        raise ValueError(
            "`levels` must be one or more levels that halve the image, finest "
            f"first: {expected} numbers with this coarsest one. Received: "
            f"{dimensions}. Take a pyramid whose sizes halve, such as 32, 16, "
            "8."
        )
