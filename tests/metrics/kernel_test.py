import numpy as np
import pytest
from sklearn.metrics import pairwise

from kerasgan.metrics import kernel


def features(count, width=4, seed=0):
    return np.random.default_rng(seed).normal(size=(count, width))


def test_two_images_of_one_feature_by_hand():
    real, fake = np.array([[0.0], [1.0]]), np.array([[1.0], [2.0]])
    # Kernels (x y + 1)^3: real 0 1: 1; fake 1 2: 27; between 1, 1, 8, 27.
    expected = 1 + 27 - 2 * (1 + 1 + 8 + 27) / 4
    value = kernel.kernel_distance(real, fake, subset_size=None)
    assert value == pytest.approx(expected)


def estimate(real, fake, unbiased):
    def mean_kernel(first, second):
        width = first.shape[1]
        return pairwise.polynomial_kernel(first, second, 3, 1 / width, 1)

    total = -2 * mean_kernel(real, fake).mean()
    for rows in (real, fake):
        values = mean_kernel(rows, rows)
        if unbiased:
            values = values[~np.eye(len(rows), dtype="bool")]
        total += values.mean()
    return total


def test_agrees_with_the_kernels_of_scikit_learn():
    real, fake = features(40), features(30, seed=1) + 0.5
    value = kernel.kernel_distance(real, fake, subset_size=None)
    assert value == pytest.approx(estimate(real, fake, True), rel=1e-10)


def test_blocks_do_not_matter(monkeypatch):
    real, fake = features(40), features(30, seed=1)
    value = kernel.kernel_distance(real, fake, subset_size=None)
    monkeypatch.setattr(kernel.distances, "_BLOCK", 70)
    blocks = kernel.kernel_distance(real, fake, subset_size=None)
    assert blocks == pytest.approx(value, rel=1e-10)


def test_it_is_unbiased():
    # Two sets of one distribution, many times: the mean is 0 within three
    # standard errors. The estimate with each image's kernel with itself is
    # biased.
    pairs = np.random.default_rng(0).normal(size=(400, 2, 20, 4))
    values = [kernel.kernel_distance(*pair, subset_size=None) for pair in pairs]
    error = np.std(values) / np.sqrt(len(values))
    assert abs(np.mean(values)) < 3 * error
    assert min(values) < 0
    biased = np.mean([estimate(*pair, unbiased=False) for pair in pairs])
    assert biased > 20 * error


def test_a_subset_of_all_images_is_the_whole():
    real, fake = features(30), features(30, seed=1)
    value = kernel.kernel_distance(real, fake, subset_size=30, num_subsets=1)
    expected = kernel.kernel_distance(real, fake, subset_size=None)
    assert value == pytest.approx(expected, rel=1e-10)


def test_subsets_estimate_the_same_and_follow_the_seed():
    real, fake = features(200), features(150, seed=1) + 0.5
    whole = kernel.kernel_distance(real, fake, subset_size=None)

    def subsets(seed):
        return kernel.kernel_distance(real, fake, 50, 100, seed)

    values = [subsets(seed) for seed in range(4)]
    assert subsets(0) == values[0]
    assert len(set(values)) == 4
    # A subset of 50 has a standard deviation of some 30 %; 100 of them, 3 %.
    np.testing.assert_allclose(values, whole, rtol=0.12)


def test_a_subset_holds_no_image_twice(monkeypatch):
    sizes = []

    def spy(real, fake):
        sizes.append((len(np.unique(real)), len(np.unique(fake))))
        return 0.0

    monkeypatch.setattr(kernel, "_unbiased_estimate", spy)
    rows = np.arange(40.0)[:, None]
    kernel.kernel_distance(rows, rows[:30], subset_size=20, num_subsets=5)
    assert sizes == [(20, 20)] * 5


def test_it_grows_with_the_shift():
    real, fake = features(100), features(100, seed=1)
    values = [
        kernel.kernel_distance(real, fake + shift, subset_size=None)
        for shift in (0, 0.3, 0.6, 1)
    ]
    assert values == sorted(values)


def test_float32_features_are_computed_in_float64():
    # Kernels of some 1000, whose means differ by less than 1.
    real = features(100).astype("float32") + 3
    fake = features(100, seed=1).astype("float32") + 3
    value = kernel.kernel_distance(real, fake, subset_size=None)
    expected = kernel.kernel_distance(
        real.astype("float64"), fake.astype("float64"), subset_size=None
    )
    assert value == expected


@pytest.mark.parametrize(
    "options, message",
    [
        ({}, "`subset_size`.*at most 20.*subset_size=1000"),
        ({"subset_size": 1}, "at least 2"),
        ({"subset_size": 5, "num_subsets": 0}, "`num_subsets`"),
    ],
)
def test_subsets_that_cannot_be_drawn_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        kernel.kernel_distance(features(30), features(20), **options)


def test_features_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"\(9, 4\) and \(9, 3\)"):
        kernel.kernel_distance(features(9), features(9, 3), 5)
    with pytest.raises(ValueError, match="`real_features` must be finite"):
        kernel.kernel_distance(np.full((9, 4), np.nan), features(9), 5)
