import numpy as np
import pytest

from kerasgan import metrics
from kerasgan.layers import pyramid


def scenes(count, size=32, seed=0):
    """Smooth images with edges, of some hundred different looks."""
    rng = np.random.default_rng(seed)
    coarse = rng.uniform(-0.6, 0.6, (count, 4, 4, 3)).astype("float32")
    images = np.array(pyramid.upsample(coarse, size))
    for image in images:
        top, left = rng.integers(0, size // 2, 2)
        image[top : top + size // 2, left : left + size // 2] += 0.3
    return images


def distance(real, fake, seed=0):
    return metrics.sliced_wasserstein_distance(real, fake, seed)


@pytest.fixture(scope="module")
def real():
    return scenes(128)


@pytest.fixture(scope="module")
def fresh():
    """Other images of the same kind: what a perfect generator would draw."""
    return scenes(128, seed=1)


def test_equal_sets_have_no_distance(real):
    assert distance(real, real.copy()) == 0


def test_the_order_of_images_hardly_matters(real, fresh):
    # Only the places of the patches come with an image's number, so this is
    # how far two samples of the patches of one set are apart.
    assert distance(real, real[::-1]) < distance(real, fresh)


def test_same_seed_same_value_other_seed_nearly(real, fresh):
    values = [distance(real, fresh, seed) for seed in range(5)]
    assert distance(real, fresh, seed=0) == values[0]
    assert len(set(values)) == 5
    # Other places and directions: a few hundredths of the value.
    np.testing.assert_allclose(values, np.mean(values), rtol=0.15)


def test_nearly_symmetric(real, fresh):
    # Only the normalisation tells the first set from the second, and two sets
    # of one kind have nearly the same mean and spread.
    there, back = distance(real, fresh), distance(fresh, real)
    assert there == pytest.approx(back, rel=0.05)


def test_each_channel_is_normalised(real, fresh):
    # So a channel's scale and offset, if both sets have them, cancel out.
    scale, offset = np.float32([0.1, 1, 5]), np.float32([0, -1, 2])
    value = distance(real * scale + offset, fresh * scale + offset)
    # float32, divided by deviations of some 0.01 on the finest rungs.
    assert value == pytest.approx(distance(real, fresh), rel=1e-3)


@pytest.mark.parametrize("offset", [0.1, -0.4])
def test_distance_of_a_shift_by_hand(offset):
    # 8x8 images of one rung: independent pixels of standard deviation s. Each
    # projection moves by offset / s times the sum of the 49 entries of a
    # random unit vector, which is nearly N(0, 1), so by sqrt(2 / pi) on
    # average, in absolute value.
    real = np.random.default_rng(0).normal(scale=0.3, size=(64, 8, 8, 1))
    real = real.astype("float32")
    value = distance(real, real + np.float32(offset))
    expected = 1000 * abs(offset) / real.std() * np.sqrt(2 / np.pi)
    # The mean over 128 directions has a standard deviation of 7 %.
    assert value == pytest.approx(expected, rel=0.2)
    # Proportional to the shift, in float32.
    doubled = distance(real, real + np.float32(2 * offset))
    assert doubled == pytest.approx(2 * value, rel=1e-4)


def blurred(images, size):
    small = pyramid.downsample(images, size)
    return np.asarray(pyramid.upsample(small, images.shape[1:3]))


def noisy(images, scale):
    noise = np.random.default_rng(3).normal(scale=scale, size=images.shape)
    return images + noise.astype("float32")


@pytest.mark.parametrize(
    "spoil, degrees",
    [
        (lambda images, offset: images + offset, (0.05, 0.1, 0.2, 0.4)),
        (blurred, (30, 24, 16, 8)),
        (noisy, (0.02, 0.05, 0.1, 0.2)),
    ],
    ids=["shift", "blur", "noise"],
)
def test_worse_images_are_further_away(real, fresh, spoil, degrees):
    values = [distance(real, fresh)]
    values += [distance(real, spoil(fresh, degree)) for degree in degrees]
    assert values == sorted(values)
    # The worst stands out from what two samples of one kind differ by.
    assert values[-1] > 2 * values[0]


def test_mode_collapse_is_worse_than_fresh_samples(real, fresh):
    few = np.tile(fresh[:8], (16, 1, 1, 1))
    one = np.tile(fresh[:1], (128, 1, 1, 1))
    assert distance(real, fresh) < distance(real, few) < distance(real, one)


def test_a_wrong_colour_counts(real):
    # The images without red and without blue have the same grey levels.
    tinted = real - np.float32([0.3, 0, 0])
    swapped = tinted[..., ::-1]
    assert distance(tinted, swapped) > 100 > distance(tinted, tinted)


@pytest.mark.parametrize("shape", [(4, 8, 8, 1), (4, 9, 20, 3), (1, 33, 17, 3)])
def test_odd_sizes_and_channel_numbers(shape):
    rng = np.random.default_rng(0)
    first, second = rng.uniform(-1, 1, (2, *shape)).astype("float32")
    assert distance(first, first) == 0
    assert np.isfinite(distance(first, second))
    assert distance(first, second) > 0


def test_empty_of_contrast_is_finite():
    black = np.full((4, 16, 16, 3), -1, "float32")
    assert distance(black, black) == 0


def test_the_images_are_left_as_they_are(real, fresh):
    before = real.copy(), fresh.copy()
    distance(real, fresh)
    np.testing.assert_array_equal(real, before[0])
    np.testing.assert_array_equal(fresh, before[1])


@pytest.mark.parametrize(
    "other", [(5, 16, 16, 3), (4, 16, 32, 3), (4, 16, 16, 1)]
)
def test_sets_of_two_shapes_are_refused(other):
    with pytest.raises(ValueError, match=r"one shape.*\(4, 16, 16, 3\)"):
        distance(np.zeros((4, 16, 16, 3)), np.zeros(other))


@pytest.mark.parametrize("shape", [(4, 7, 8, 3), (4, 4, 4, 1), (4, 1, 9, 3)])
def test_images_smaller_than_a_patch(shape):
    images = np.random.default_rng(0).uniform(-1, 1, shape).astype("float32")
    assert distance(images, images) == 0
    assert distance(images, 0.5 * images) > 1
