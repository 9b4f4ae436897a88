"""Parzen-window log-likelihood, by the protocol of the first GAN paper."""

import typing

import numpy as np

from kerasgan.metrics import distances

_VALIDATION_VECTORS = 1000


class ParzenLikelihood(typing.NamedTuple):
    """The log-likelihood of test vectors under a Parzen window.

    Attributes:
        log_likelihood: float, the mean over the test vectors, in nats.
        standard_error: float, of that mean: standard deviation / sqrt(n).
        sigma: float, the width chosen on the validation vectors.
        sigma_at_edge: bool, whether that is the least or the largest on offer:
            a likelihood that a wider choice would raise.
        dimensions: int, length of a vector.
        log_likelihoods: float64 `(n,)`, of each test vector.
    """

    log_likelihood: float
    standard_error: float
    sigma: float
    sigma_at_edge: bool
    dimensions: int
    log_likelihoods: np.ndarray


def parzen_log_likelihood(samples, validation, test, sigmas=None):
    """Log-likelihood of test images under Gaussians around generated ones.

    The density is the mean of one Gaussian around each sample:

        log p(x) = log mean_j exp(-|x - sample_j|^2 / (2 sigma^2))
                   - dimensions log(sigma sqrt(2 pi))

    where the width sigma is the one of `sigmas` with the best mean on the first
    1,000 validation images. The papers take 10,000 samples.

    A density depends on the units of the pixels: the papers' MNIST numbers are
    for `[0, 1]`; in `[-1, 1]` each is lower by 784 log 2 = 543 nats. State the
    units with the number. It is a poor judge of samples; take it to compare
    with papers that report it.

    References:
    - [Goodfellow et al., 2014](https://arxiv.org/abs/1406.2661), section 5, and
      the released code, goodfeli/adversarial, file parzen_ll.py.
    - [Theis et al., 2016](https://arxiv.org/abs/1511.01844), on its faults.

    Args:
        samples: float `(m, dimensions)`, generated images, flattened.
        validation: float `(k, dimensions)`, of which the first 1,000 count.
        test: float `(n, dimensions)`.
        sigmas: Widths to choose from; by default the released code's ten,
            evenly spaced in the logarithm from 0.1 to 1.

    Returns:
        A `ParzenLikelihood`, computed in float64, in blocks: beside the
        arguments it takes 8 bytes for each number of `samples`, and some 150
        MB.

    Raises:
        ValueError: If the vectors are no such, of different lengths or not
            finite, or a width is not above 0.
    """
    sigmas = check_sigmas(np.logspace(-1, 0, 10) if sigmas is None else sigmas)
    samples = distances.check_vectors("samples", samples)
    validation = distances.check_vectors("validation", validation)
    test = distances.check_vectors("test", test)
    distances.check_same_width("samples", samples, "validation", validation)
    distances.check_same_width("samples", samples, "test", test)
    samples = samples.astype("float64")
    tried = _log_densities(samples, validation[:_VALIDATION_VECTORS], sigmas)
    return choose_sigma(
        sigmas,
        tried,
        lambda sigma: _log_densities(samples, test, np.array([sigma]))[0],
        samples.shape[1],
    )


def check_sigmas(sigmas):
    """Returns widths as float64 `(s,)`, ascending.

    Raises:
        ValueError: If there are none, or one is not a finite number above 0.
    """
    widths = np.sort(np.atleast_1d(np.asarray(sigmas, "float64")), axis=None)
    if widths.size and np.isfinite(widths).all() and (widths > 0).all():
        return widths
    raise ValueError(
        "`sigmas` must be widths above 0. Received: "
        f"sigmas={sigmas!r}. Give, for example, numpy.logspace(-1, 0, 10)."
    )


def choose_sigma(sigmas, validation, test_at, dimensions):
    """Takes the width that suits the validation vectors best.

    Args:
        sigmas: float `(s,)`, ascending.
        validation: float `(s, k)`, log-likelihoods at each width.
        test_at: A function of a width that returns the test vectors'
            log-likelihoods, `(n,)`.
        dimensions: int, length of a vector.

    Returns:
        A `ParzenLikelihood`.
    """
    best = int(np.argmax(validation.mean(1)))
    log_likelihoods = test_at(sigmas[best])
    count = len(log_likelihoods)
    return ParzenLikelihood(
        float(log_likelihoods.mean()),
        float(log_likelihoods.std() / np.sqrt(count)),
        float(sigmas[best]),
        len(sigmas) > 1 and best in (0, len(sigmas) - 1),
        dimensions,
        log_likelihoods,
    )


def window_log_likelihoods(squared_distances, sigmas, dimensions):
    """Log-densities of points from their squared distances to the centres.

    Args:
        squared_distances: float `(n, m)`, of each point to each centre.
        sigmas: float `(s,)`.
        dimensions: int, length of a vector.

    Returns:
        float64 `(s, n)`, in nats.
    """
    # Relative to the nearest centre, no sum of exponentials can vanish.
    nearest = squared_distances.min(1, keepdims=True)
    further = squared_distances - nearest
    result = np.empty((len(sigmas), len(squared_distances)))
    for row, sigma in zip(result, sigmas, strict=True):
        precision = 0.5 / sigma**2
        row[:] = np.log(np.exp(-precision * further).mean(1))
        row -= precision * nearest[:, 0]
        row -= dimensions * np.log(sigma * np.sqrt(2 * np.pi))
    return result


def _log_densities(samples, points, sigmas):
    result = np.empty((len(sigmas), len(points)))
    for rows in distances.row_blocks(len(points), len(samples)):
        block = points[rows].astype("float64")
        result[:, rows] = window_log_likelihoods(
            distances.squared_distances(block, samples),
            sigmas,
            samples.shape[1],
        )
    return result
