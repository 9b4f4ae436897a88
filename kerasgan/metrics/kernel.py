"""Kernel distance (KID, where the features are Inception's)."""

import numpy as np

from kerasgan import errors
from kerasgan.metrics import distances


def kernel_distance(
    real_features, fake_features, subset_size=1000, num_subsets=100, seed=0
):
    """Kernel distance of two sets of images, by their features.

    The squared maximum mean discrepancy with the kernel `(x.y / width + 1)^3`,
    estimated without bias on random subsets; the mean over these. Unlike the
    Frechet distance, its expectation does not depend on the numbers of images,
    and few images will do. As it is unbiased, it may be slightly below 0 for
    two sets of one kind.

    With `subset_size=None` it is computed once, of all images: the same in
    expectation, of the least variance, without a seed, and for 10,000 images
    at the cost of 100 subsets of 1,000.

    Reference: [Binkowski et al., 2018](https://arxiv.org/abs/1801.01401),
    section 4.

    Args:
        real_features: `(n, width)`.
        fake_features: `(m, width)`.
        subset_size: int from 2 to the lesser of n and m, of both sets; or None
            for all images.
        num_subsets: int, how many subsets, each drawn without replacement.
        seed: int, of the subsets.

    Returns:
        float. Papers often print it times 100 or 1000; this is not scaled.

    Raises:
        ValueError: If the widths differ, a number is not finite, or there are
            fewer images than a subset has.
    """
    real = distances.check_vectors("real_features", real_features, 2)
    fake = distances.check_vectors("fake_features", fake_features, 2)
    distances.check_same_width("real_features", real, "fake_features", fake)
    if subset_size is None:
        return _unbiased_estimate(real, fake)
    subset_size = errors.check_integer(
        "subset_size", subset_size, 2, min(len(real), len(fake))
    )
    num_subsets = errors.check_integer("num_subsets", num_subsets, 1)
    rng = np.random.default_rng(seed)
    estimates = [
        _unbiased_estimate(
            rng.choice(real, subset_size, replace=False, shuffle=False),
            rng.choice(fake, subset_size, replace=False, shuffle=False),
        )
        for _ in range(num_subsets)
    ]
    return float(np.mean(estimates))


def _unbiased_estimate(real, fake):
    # The difference of numbers near each other: float32 would not do.
    real, fake = real.astype("float64"), fake.astype("float64")
    n, m = len(real), len(fake)
    between = _kernel_sum(real, fake) / (n * m)
    return float(_sum_of_others(real) + _sum_of_others(fake) - 2 * between)


def _sum_of_others(features):
    """The mean kernel of two different images of one set."""
    count, width = features.shape
    own = (np.einsum("ij,ij->i", features, features) / width + 1) ** 3
    return (_kernel_sum(features, features) - own.sum()) / (count * (count - 1))


def _kernel_sum(first, second):
    total = 0.0
    for rows in distances.row_blocks(len(first), len(second)):
        kernel = first[rows] @ second.T / first.shape[1] + 1
        total += (kernel * kernel * kernel).sum()
    return total
