"""Multi-scale SSIM, against TensorFlow's and its own identities."""

import numpy as np
import pytest
import tensorflow as tf

from kerasgan.layers import pyramid
from kerasgan.metrics import ms_ssim


def scenes(count, size, channels=3, seed=0):
    """Smooth images of independent content."""
    rng = np.random.default_rng(seed)
    coarse = rng.uniform(-1, 1, (count, 6, 6, channels)).astype("float32")
    return np.array(pyramid.upsample(coarse, size))


def noisy(images, scale, seed=1):
    rng = np.random.default_rng(seed)
    noise = rng.normal(scale=scale, size=images.shape)
    return np.clip(images + noise, -1, 1).astype("float32")


def oracle(first, second, weights):
    return tf.image.ssim_multiscale(
        (first + 1) / 2, (second + 1) / 2, 1.0, power_factors=weights
    ).numpy()


@pytest.mark.parametrize("size", [(176, 176), (181, 190)])
def test_it_agrees_with_tensorflow(size):
    images = scenes(2, size)
    others = noisy(0.7 * images, 0.1)
    expected = oracle(images, others, ms_ssim._WEIGHTS)
    result = ms_ssim.multi_scale_ssim(images, others)
    # TensorFlow's is float32, whose variances are differences of squares.
    np.testing.assert_allclose(result, expected, atol=2e-4)
    assert (0.2 < result).all() and (result < 0.9).all()


@pytest.mark.parametrize(
    "size, scales",
    [(32, 2), (28, 2), (21, 1), (22, 2), (23, 2), (45, 3), (88, 4)],
)
def test_small_images_have_as_many_scales_as_hold_a_window(size, scales):
    images = scenes(3, size)
    others = noisy(images, 0.1)
    weights = ms_ssim._WEIGHTS[:scales] / ms_ssim._WEIGHTS[:scales].sum()
    np.testing.assert_allclose(
        ms_ssim.multi_scale_ssim(images, others),
        oracle(images, others, weights),
        atol=2e-4,
    )


def test_constant_images_by_hand():
    # No contrast: only the brightness, 0.25 and 0.5 of [0, 1], counts, at the
    # coarsest of two scales, to the power of its weight.
    dark, light = (np.full((1, 32, 32, 1), v) for v in (-0.5, 0.0))
    luminance = (2 * 0.25 * 0.5 + 1e-4) / (0.25**2 + 0.5**2 + 1e-4)
    expected = luminance ** (0.2856 / (0.0448 + 0.2856))
    assert ms_ssim.multi_scale_ssim(dark, light) == pytest.approx(expected)


def test_halving_repeats_the_last_of_an_odd_number():
    # Of 1 2 4: the mean of 1 and 2, and of 4 and 4. In a whole value it hardly
    # shows, as the window's edge weighs a thousandth.
    image = np.array([1.0, 2, 4]).reshape(1, 1, 3, 1)
    np.testing.assert_array_equal(ms_ssim._halve(image).ravel(), [1.5, 4])


def test_equal_images_are_1_and_the_order_does_not_matter():
    images, others = scenes(4, 32), scenes(4, 32, seed=1)
    np.testing.assert_allclose(ms_ssim.multi_scale_ssim(images, images), 1)
    there = ms_ssim.multi_scale_ssim(images, others)
    back = ms_ssim.multi_scale_ssim(others, images)
    np.testing.assert_allclose(there, back, rtol=1e-12)
    assert (there >= 0).all() and (there < 0.5).all()


def test_more_noise_is_less_similar():
    images = scenes(8, 32)
    values = [
        ms_ssim.multi_scale_ssim(images, noisy(images, scale)).mean()
        for scale in (0.01, 0.05, 0.2, 0.8)
    ]
    assert values == sorted(values, reverse=True)


def test_negatives_are_0():
    images = scenes(2, 32)
    assert (ms_ssim.multi_scale_ssim(images, -images) == 0).all()


def test_blocks_do_not_matter(monkeypatch):
    images, others = scenes(7, 32), scenes(7, 32, seed=1)
    whole = ms_ssim.multi_scale_ssim(images, others)
    monkeypatch.setattr(ms_ssim, "_BLOCK", 2 * images[0].size)
    blocks = ms_ssim.multi_scale_ssim(images, others)
    np.testing.assert_array_equal(whole, blocks)


def test_the_diversity_of_one_image_again_and_again_is_1():
    images = np.repeat(scenes(1, 16), 10, axis=0)
    result = ms_ssim.ms_ssim_diversity(images, num_pairs=20)
    assert result == pytest.approx((1, 0))


def test_the_diversity_is_the_mean_over_pairs():
    images = scenes(40, 16)
    result = ms_ssim.ms_ssim_diversity(images, num_pairs=500)
    rows, columns = np.triu_indices(40, 1)
    every = ms_ssim.multi_scale_ssim(images[rows], images[columns])
    # 500 of 780 pairs, with replacement.
    assert abs(result.mean - every.mean()) < 4 * result.standard_error
    assert result.standard_error == pytest.approx(
        every.std() / np.sqrt(500), rel=0.2
    )
    # Fewer kinds of images are more alike.
    few = ms_ssim.ms_ssim_diversity(images[np.arange(40) % 4], num_pairs=500)
    assert few.mean > result.mean + 0.1


def test_the_seed_draws_the_pairs():
    images = scenes(20, 16)
    values = [
        ms_ssim.ms_ssim_diversity(images, num_pairs=20, seed=seed).mean
        for seed in (0, 0, 1)
    ]
    assert values[0] == values[1] != values[2]


def test_pairs_are_of_one_class_and_never_an_image_with_itself():
    labels = np.array([2, 0, 1, 2, 0, 2, 7, 0])
    first, second = ms_ssim._random_pairs(labels, 8, 3000, seed=0)
    np.testing.assert_array_equal(labels[first], labels[second])
    assert (first != second).all()
    # Labels 1 and 7 have one image; of the others there are all 6 + 6 pairs.
    pairs = set(zip(first.tolist(), second.tolist(), strict=True))
    assert len(pairs) == 12
    _, counts = np.unique(first, return_counts=True)
    # Six images, 500 pairs each, with a standard deviation of 20.
    np.testing.assert_allclose(counts, 500, atol=90)


def test_the_diversity_within_classes():
    # Every class is one image: collapsed within the classes, not over them.
    labels = np.arange(30) % 3
    images = scenes(3, 16)[labels]
    within = ms_ssim.ms_ssim_diversity(images, labels, num_pairs=50)
    assert within.mean == pytest.approx(1)
    assert ms_ssim.ms_ssim_diversity(images, num_pairs=50).mean < 0.8


def test_images_are_asked_for():
    good = scenes(3, 16)
    for bad in (good[0], good[:, :10], good[:0], good.astype("uint8")):
        with pytest.raises(ValueError, match=r"at least 11 pix.*Received.*127"):
            ms_ssim.multi_scale_ssim(bad, bad)
    for bad in (good * 127, good * np.nan):
        with pytest.raises(ValueError, match=r"in \[-1, 1\].*values from"):
            ms_ssim.ms_ssim_diversity(bad)
    with pytest.raises(ValueError, match=r"pairs.*\(3, 16, 16, 3\) and \(2"):
        ms_ssim.multi_scale_ssim(good, good[:2])
    with pytest.raises(ValueError, match=r"`labels`.*3 integers.*\(2,\)"):
        ms_ssim.ms_ssim_diversity(good, np.zeros(2, int))
    with pytest.raises(ValueError, match=r"two images of one class.*3 classes"):
        ms_ssim.ms_ssim_diversity(good, np.arange(3))
    with pytest.raises(ValueError, match=r"`num_pairs`.*at least 2"):
        ms_ssim.ms_ssim_diversity(good, num_pairs=1)
