import numpy as np
import ot
import pytest

from kerasgan.metrics import frechet


def features(count, width=5, seed=0):
    """Correlated, of a mean that is not 0."""
    rng = np.random.default_rng(seed)
    mixing = rng.normal(size=(width, width))
    return rng.normal(size=(count, width)) @ mixing + rng.normal(size=width)


def test_agrees_with_pot():
    real, fake = features(80), features(60, seed=1)
    expected = ot.gaussian.bures_wasserstein_distance(
        real.mean(0), fake.mean(0), np.cov(real.T), np.cov(fake.T)
    )
    # POT gives the distance, FID is its square.
    assert frechet.frechet_distance(real, fake) == pytest.approx(
        expected**2, rel=1e-8
    )


def test_one_feature_by_hand():
    real, fake = features(30, 1), 3 * features(20, 1, seed=1)
    expected = (real.mean() - fake.mean()) ** 2
    expected += (real.std(ddof=1) - fake.std(ddof=1)) ** 2
    assert frechet.frechet_distance(real, fake) == pytest.approx(expected)


def test_diagonal_covariances_by_hand():
    real = frechet.Gaussian(np.array([0.0, 1, 2]), np.diag([1.0, 4, 9]), 10)
    fake = frechet.Gaussian(np.array([0.0, 3, 2]), np.diag([4.0, 4, 25]), 10)
    # (0 + 4 + 0) of the means, (1 + 0 + 4) of the standard deviations.
    assert frechet.frechet_distance_of(real, fake) == pytest.approx(9)


def test_of_scaled_and_shifted_features():
    # |m|^2 and the trace of C, times (1 - 3)^2; a shift adds its square.
    real = features(50)
    fitted = frechet.gaussian(real)
    spread = fitted.mean @ fitted.mean + np.trace(fitted.covariance)
    assert frechet.frechet_distance(real, 3 * real) == pytest.approx(4 * spread)
    assert frechet.frechet_distance(real, real + 2) == pytest.approx(5 * 2**2)


def test_gaussian_is_what_numpy_fits():
    rows = features(300)
    mean, covariance, num = frechet.gaussian(rows.astype("float32"))
    assert (mean.dtype, covariance.dtype, num) == ("float64", "float64", 300)
    np.testing.assert_allclose(mean, rows.mean(0), atol=1e-6)
    np.testing.assert_allclose(covariance, np.cov(rows.T), atol=1e-5)


def test_blocks_do_not_matter(monkeypatch):
    rows = features(101)
    whole = frechet.gaussian(rows)
    monkeypatch.setattr(frechet.distances, "_BLOCK", 30)
    blocks = frechet.gaussian(rows)
    np.testing.assert_allclose(blocks.covariance, whole.covariance, rtol=1e-12)


@pytest.mark.parametrize("count", [40, 4])
def test_equal_sets_have_no_distance(count):
    for seed in range(8):
        rows = features(count, seed=seed)
        value = frechet.frechet_distance(rows, rows.copy(), True)
        # Rounded to either side of 0, relative to a trace of about 25.
        assert 0 <= value < 1e-6


def test_order_rotation_and_exchange_do_not_matter():
    real, fake = features(50), features(40, seed=1)
    value = frechet.frechet_distance(real, fake)
    rotation, _ = np.linalg.qr(features(5, seed=2))
    for first, second in [
        (real[::-1], fake),
        (real @ rotation, fake @ rotation),
        (fake, real),
    ]:
        assert frechet.frechet_distance(first, second) == pytest.approx(value)


def test_few_images_need_no_covariance():
    # 20 and 30 images of 50 features: the sum of singular values equals the
    # trace of the root of the singular covariances.
    real, fake = features(20, 50), features(30, 50, seed=1)
    value = frechet.frechet_distance(real, fake, allow_few_images=True)
    expected = frechet.frechet_distance_of(
        frechet.gaussian(real), frechet.gaussian(fake), allow_few_images=True
    )
    assert value == pytest.approx(expected, rel=1e-7)
    # One set of few images and one of many.
    many = features(60, 50, seed=2)
    value = frechet.frechet_distance(real, many, allow_few_images=True)
    swapped = frechet.frechet_distance(many, real, allow_few_images=True)
    assert value == pytest.approx(swapped, rel=1e-7)


def test_features_without_variance_and_repeated_ones():
    # The covariances are singular though there are images enough; the usual
    # matrix root gives nan or complex numbers here.
    real, fake = features(50), features(40, seed=1)
    value = frechet.frechet_distance(real, fake)
    dead = [np.pad(rows, ((0, 0), (0, 3))) for rows in (real, fake)]
    assert frechet.frechet_distance(*dead) == pytest.approx(value, rel=1e-7)
    # [X, X] is a rotation of [sqrt(2) X, 0].
    twice = [np.tile(rows, 2) for rows in (real, fake)]
    value = frechet.frechet_distance(*twice)
    assert value == pytest.approx(frechet.frechet_distance(*dead) * 2, rel=1e-6)


def test_one_image_again_and_again():
    # No covariance is left of it: the distance of the means, and tr(C).
    real = features(50)
    fake = np.tile(real[:1], (50, 1))
    fitted = frechet.gaussian(real)
    difference = fitted.mean - real[0]
    expected = difference @ difference + np.trace(fitted.covariance)
    assert frechet.frechet_distance(real, fake) == pytest.approx(expected)


def test_nothing_is_lost_far_from_the_origin():
    real = features(500).astype("float32")
    fake = features(400, seed=1).astype("float32")
    value = frechet.frechet_distance(real, fake)
    far = frechet.frechet_distance(real + 1000, fake + 1000)
    # Adding 1000 rounds a float32 by up to 3e-5.
    assert far == pytest.approx(value, rel=1e-5)


def test_it_is_biased_by_the_number_of_images():
    # Two sets of N(0, I), so nothing but the bias is left. To first order, the
    # means add width * 2 / n, and the covariances a quarter of the squared
    # norm of their difference, width (width + 1) / 4 * 2 / n.
    rng = np.random.default_rng(0)
    for count in (50, 200):
        pairs = rng.normal(size=(200, 2, count, 4))
        mean = np.mean([frechet.frechet_distance(*pair) for pair in pairs])
        # The mean of 200 is known to 3 %.
        assert mean == pytest.approx((4 + 5) * 2 / count, rel=0.1)


def test_fewer_images_than_features_are_refused_unless_allowed():
    real, fake = features(6), features(5, seed=1)
    with pytest.raises(ValueError, match=r"6 real and 5 gen.*at least 6 of"):
        frechet.frechet_distance(real, fake)
    cached = frechet.gaussian(fake)
    with pytest.raises(ValueError, match="6 real and 5 generated"):
        frechet.frechet_distance_of(frechet.gaussian(real), cached)
    assert frechet.frechet_distance(real, fake, allow_few_images=True) > 0


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"\(9, 5\) and \(9, 4\)"):
        frechet.frechet_distance(features(9), features(9, 4))
    with pytest.raises(ValueError, match=r"one width.*\(5, 5\) and \(4, 4\)"):
        frechet.frechet_distance_of(
            frechet.gaussian(features(9)), frechet.gaussian(features(9, 4))
        )
    with pytest.raises(ValueError, match="`fake_features` must be finite"):
        frechet.frechet_distance(features(9), np.full((9, 5), np.inf))
    with pytest.raises(ValueError, match=r"`real_features`.*\(9, 1, 1, 5\)"):
        frechet.frechet_distance(features(9)[:, None, None], features(9))
    with pytest.raises(ValueError, match="at least 2 rows"):
        frechet.gaussian(features(1))
