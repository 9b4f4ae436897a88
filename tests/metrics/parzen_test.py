"""Parzen likelihoods, against closed forms and other implementations."""

import numpy as np
import pytest
import scipy.special
import scipy.stats
from sklearn import neighbors

from kerasgan.metrics import distances
from kerasgan.metrics import parzen


@pytest.fixture(scope="module")
def images():
    """Samples, validation and test vectors in [0, 1] of one kind."""
    rng = np.random.default_rng(0)
    basis = rng.normal(size=(5, 40))

    def draw(count):
        codes = rng.normal(size=(count, 5))
        return scipy.special.expit(codes @ basis).astype("float32")

    return draw(300), draw(120), draw(530)


def naive(samples, points, sigma):
    offsets = points[:, None].astype("float64") - samples[None]
    exponents = -0.5 * ((offsets / sigma) ** 2).sum(2)
    return (
        scipy.special.logsumexp(exponents, axis=1)
        - np.log(len(samples))
        - samples.shape[1] * np.log(sigma * np.sqrt(2 * np.pi))
    )


def test_one_centre_is_a_gaussian():
    rng = np.random.default_rng(0)
    centre, test = rng.normal(size=(1, 12)), rng.normal(size=(7, 12))
    result = parzen.parzen_log_likelihood(centre, test, test, [0.3])
    expected = scipy.stats.norm.logpdf(test, centre, 0.3).sum(1)
    np.testing.assert_allclose(result.log_likelihoods, expected, rtol=1e-12)
    assert result.log_likelihood == pytest.approx(expected.mean())
    assert result.standard_error == pytest.approx(np.std(expected) / np.sqrt(7))
    assert (result.sigma, result.sigma_at_edge) == (0.3, False)
    assert result.dimensions == 12


def test_two_centres_by_hand():
    # At the middle of -1 and 1 both Gaussians have the density of one at 1;
    # on one of them, half of its peak and half of the other at distance 2.
    test = np.array([[0.0], [1.0]])
    result = parzen.parzen_log_likelihood(
        np.array([[-1.0], [1.0]]), test, test, [1.0]
    )
    peak = 1 / np.sqrt(2 * np.pi)
    expected = [peak * np.exp(-0.5), peak * (1 + np.exp(-2)) / 2]
    np.testing.assert_allclose(np.exp(result.log_likelihoods), expected)


def test_it_agrees_with_a_plain_implementation(images):
    samples, validation, test = images
    result = parzen.parzen_log_likelihood(samples, validation, test)
    sigmas = np.logspace(-1, 0, 10)
    means = [naive(samples, validation, s).mean() for s in sigmas]
    assert result.sigma == sigmas[np.argmax(means)]
    expected = naive(samples, test, result.sigma)
    # Both are float64; what is left is the cancellation in |x|^2 - 2xy + |y|^2.
    np.testing.assert_allclose(
        result.log_likelihoods, expected, rtol=0, atol=1e-9
    )
    assert result.standard_error == pytest.approx(
        expected.std() / np.sqrt(len(test))
    )


def test_it_agrees_with_scikit_learn(images):
    samples, validation, test = images
    result = parzen.parzen_log_likelihood(samples, validation, test, [0.2])
    # One leaf: a tree of more bounds what it does not sum, to some 1e-5.
    oracle = neighbors.KernelDensity(bandwidth=0.2, leaf_size=1000)
    expected = oracle.fit(samples).score_samples(test)
    np.testing.assert_allclose(result.log_likelihoods, expected, rtol=1e-9)


def test_it_finds_the_width_of_a_gaussian():
    # One centre: the best width is the data's standard deviation.
    rng = np.random.default_rng(0)
    data = rng.normal(scale=0.36, size=(2000, 30))
    result = parzen.parzen_log_likelihood(np.zeros((1, 30)), data, data)
    # Of the ten widths 0.359 is the nearest, and the next are 29 % off.
    assert result.sigma == pytest.approx(0.3594, abs=1e-4)
    assert not result.sigma_at_edge


@pytest.mark.parametrize("scale, sigma", [(0.01, 0.1), (5.0, 1.0)])
def test_a_width_at_the_edge_is_told(scale, sigma):
    data = np.random.default_rng(0).normal(scale=scale, size=(50, 30))
    result = parzen.parzen_log_likelihood(np.zeros((1, 30)), data, data)
    assert (result.sigma, result.sigma_at_edge) == (sigma, True)


def test_the_order_of_the_widths_does_not_matter(images):
    mixed = parzen.parzen_log_likelihood(*images, [0.5, 0.1, 1.0, 0.2])
    ordered = parzen.parzen_log_likelihood(*images, [0.1, 0.2, 0.5, 1.0])
    assert mixed.sigma == ordered.sigma
    assert mixed.sigma_at_edge == ordered.sigma_at_edge


def test_the_first_1000_validation_images_choose():
    rng = np.random.default_rng(0)
    first = rng.normal(scale=0.2, size=(1000, 5))
    rest = rng.normal(scale=1.0, size=(4000, 5))
    centre = np.zeros((1, 5))
    both = np.concatenate([first, rest])
    chosen = parzen.parzen_log_likelihood(centre, both, first)
    assert chosen.sigma < 0.3
    same = parzen.parzen_log_likelihood(centre, first, first)
    assert chosen[:5] == same[:5]


def test_units_shift_mnist_by_543_nats():
    rng = np.random.default_rng(0)
    samples, validation, test = rng.uniform(size=(3, 20, 784))
    sigmas = np.logspace(-1, 0, 10)
    unit = parzen.parzen_log_likelihood(samples, validation, test, sigmas)
    signed = parzen.parzen_log_likelihood(
        2 * samples - 1, 2 * validation - 1, 2 * test - 1, 2 * sigmas
    )
    shift = unit.log_likelihood - signed.log_likelihood
    assert shift == pytest.approx(784 * np.log(2))
    assert shift == pytest.approx(543.4, abs=0.05)


def test_blocks_and_precision_do_not_matter(images, monkeypatch):
    samples, validation, test = images
    whole = parzen.parzen_log_likelihood(samples, validation, test)
    wide = [array.astype("float64") for array in images]
    # The very same numbers: float32 is only a way to hold them.
    again = parzen.parzen_log_likelihood(*wide)
    np.testing.assert_array_equal(whole.log_likelihoods, again.log_likelihoods)
    monkeypatch.setattr(distances, "_BLOCK", 7 * len(samples))
    blocks = parzen.parzen_log_likelihood(samples, validation, test)
    np.testing.assert_allclose(
        whole.log_likelihoods, blocks.log_likelihoods, rtol=1e-10
    )


def test_far_points_have_finite_likelihoods():
    # exp(-5e7) is 0 in float64, its logarithm is not -inf here.
    far = np.full((3, 10), 100.0)
    result = parzen.parzen_log_likelihood(np.zeros((4, 10)), far, far, [0.01])
    expected = -0.5 * 10 * 1e8 - 10 * np.log(0.01 * np.sqrt(2 * np.pi))
    np.testing.assert_allclose(result.log_likelihoods, expected)


def test_memorising_the_training_set_is_best_where_the_test_set_is_in_it(
    images,
):
    samples, _, test = images
    copied = parzen.parzen_log_likelihood(test, test, test)
    honest = parzen.parzen_log_likelihood(samples, test, test)
    assert copied.log_likelihood > honest.log_likelihood
    assert copied.sigma_at_edge


def test_vectors_are_asked_for():
    good = np.zeros((2, 4))
    with pytest.raises(ValueError, match=r"`test`.*\(2, 2, 2, 1\).*Flatten"):
        parzen.parzen_log_likelihood(good, good, np.zeros((2, 2, 2, 1)))
    with pytest.raises(ValueError, match=r"`samples`.*Received: 0"):
        parzen.parzen_log_likelihood(good[:0], good, good)
    with pytest.raises(
        ValueError, match=r"`validation`.*\(2, 4\) and \(2, 5\)"
    ):
        parzen.parzen_log_likelihood(good, np.zeros((2, 5)), good)
    with pytest.raises(ValueError, match=r"`samples`.*finite.*1 row"):
        bad = np.array([[0, 0, np.nan, 0]])
        parzen.parzen_log_likelihood(bad, good, good)


@pytest.mark.parametrize("sigmas", [[], [0.1, 0], [-1], [np.nan], [np.inf]])
def test_widths_are_above_0(sigmas):
    good = np.zeros((2, 4))
    with pytest.raises(ValueError, match=r"`sigmas`.*above 0.*Received.*Give"):
        parzen.parzen_log_likelihood(good, good, good, sigmas)
