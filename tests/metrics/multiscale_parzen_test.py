"""The multi-scale Parzen likelihood, on images whose density is known."""

import numpy as np
import pytest
import scipy.stats

from kerasgan.layers import pyramid
from kerasgan.metrics import multiscale_parzen
from kerasgan.metrics import parzen


def photos(count, size=8, channels=3, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, size, size, channels))


def flat(images):
    return images.reshape(len(images), -1)


def test_a_block_by_hand():
    block = np.array([[7.0, 1.0], [3.0, 5.0]]).reshape(1, 2, 2, 1)
    assert multiscale_parzen.low_pass(block).ravel() == [4.0]
    # (7 - 1 + 3 - 5) / 2, (7 + 1 - 3 - 5) / 2, (7 - 1 - 3 + 5) / 2.
    np.testing.assert_array_equal(
        multiscale_parzen.high_pass(block).ravel(), [2, 0, 4]
    )


@pytest.mark.parametrize("shape", [(5, 8, 8, 3), (2, 4, 6, 1), (1, 2, 2, 2)])
def test_nothing_is_lost(shape):
    images = np.random.default_rng(0).normal(size=shape)
    low = multiscale_parzen.low_pass(images)
    high = multiscale_parzen.high_pass(images)
    count, height, width, channels = shape
    assert low.shape == (count, height // 2, width // 2, channels)
    assert high.shape == (count, height // 2, width // 2, 3 * channels)
    np.testing.assert_allclose(
        multiscale_parzen.merge(low, high), images, atol=1e-14
    )


def test_the_transform_is_orthogonal_but_for_the_mean():
    # Of every unit vector: the squares of 2 m and of h add up to 1, and the
    # vectors stay at right angles.
    units = np.eye(2 * 4 * 3).reshape(-1, 2, 4, 3)
    low = flat(multiscale_parzen.low_pass(units))
    high = flat(multiscale_parzen.high_pass(units))
    matrix = np.concatenate([2 * low, high], axis=1)
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(24), atol=1e-15)
    # Into the mean itself, the volume shrinks by 2 for each of its 6 numbers.
    matrix = np.concatenate([low, high], axis=1)
    _, log_volume = np.linalg.slogdet(matrix)
    assert log_volume == pytest.approx(-6 * np.log(2))


def test_the_low_pass_of_a_pyramid_is_the_one_of_the_layers():
    images = photos(2).astype("float32")
    np.testing.assert_allclose(
        multiscale_parzen.low_pass(images),
        pyramid.downsample(images, 4),
        atol=1e-6,
    )


def pyramid_of(images, halvings):
    highs = []
    for _ in range(halvings):
        highs.append(multiscale_parzen.high_pass(images))
        images = multiscale_parzen.low_pass(images)
    return highs, images


@pytest.mark.parametrize("halvings", [1, 2, 3])
def test_levels_add_up_to_a_gaussian_of_the_whole_image(halvings):
    # One centre, and widths that are one width of the full image: the mean of
    # a block has half the standard deviation of a pixel.
    centre, images = photos(1), photos(6, seed=1)
    sigma = 0.7
    centre_highs, centre_low = pyramid_of(centre, halvings)
    highs, low = pyramid_of(images, halvings)
    levels = []
    for level, (true, drawn) in enumerate(
        zip(highs, centre_highs, strict=True)
    ):
        pairs = [(true, np.stack([drawn[0]] * 6)[:, None])]
        levels.append(
            multiscale_parzen.conditional_parzen(
                pairs, pairs, [sigma / 2**level]
            )
        )
    coarsest = parzen.parzen_log_likelihood(
        flat(centre_low), flat(low), flat(low), [sigma / 2**halvings]
    )
    result = multiscale_parzen.multiscale_parzen_log_likelihood(
        levels, coarsest
    )
    expected = scipy.stats.norm.logpdf(images, centre, sigma)
    expected = flat(expected).sum(1)
    np.testing.assert_allclose(result.log_likelihoods, expected, rtol=1e-12)
    assert result.log_likelihood == pytest.approx(expected.mean())
    assert result.spread == pytest.approx(expected.std())
    assert result.standard_error == pytest.approx(expected.std() / np.sqrt(6))
    assert len(result.levels) == halvings + 1
    assert sum(result.levels) == pytest.approx(expected.mean())


def test_an_exact_model_gets_the_density_of_the_data():
    # 2x2 images whose high-pass depends on the low-pass: h = m + noise, with
    # m ~ N(0, 0.5) and noise of 0.3. The density is then known:
    # p(image) = p(h | m) p(m) / 2.
    rng = np.random.default_rng(0)
    draws = 4000

    def block(count):
        mean = rng.normal(scale=0.5, size=(count, 1))
        return mean, mean + rng.normal(scale=0.3, size=(count, 3))

    def pairs(mean, true):
        for row, truth in zip(mean, true, strict=True):
            noise = rng.normal(scale=0.3, size=(1, draws, 3))
            yield truth[None], row + noise

    (val_mean, val_high), (mean, high) = block(200), block(400)
    level = multiscale_parzen.conditional_parzen(
        pairs(val_mean, val_high), pairs(mean, high)
    )
    coarsest = parzen.parzen_log_likelihood(
        rng.normal(scale=0.5, size=(draws, 1)),
        val_mean,
        mean,
        np.logspace(-2, 0, 21),
    )
    result = multiscale_parzen.multiscale_parzen_log_likelihood(
        [level], coarsest
    )
    normal = scipy.stats.norm.logpdf
    expected = normal(high, mean, 0.3).sum(1) + normal(mean, 0, 0.5)[:, 0]
    expected -= np.log(2)
    # Windows of some 0.1, around 4,000 draws each: some hundredths are lost,
    # a tenth of the log 2 of the block mean.
    assert result.log_likelihood == pytest.approx(expected.mean(), abs=0.07)
    assert result.log_likelihood < expected.mean()
    assert not level.sigma_at_edge
    # A model that ignores the condition does worse, by what m tells about h:
    # 1/2 log(1 + 3 * 0.25 / 0.09) = 1.1 nats or more.
    blind = [(high, rng.normal(scale=0.6, size=(400, draws, 3)))]
    blind = multiscale_parzen.conditional_parzen(blind, blind)
    assert blind.log_likelihood < level.log_likelihood - 1.1


def test_a_draw_without_condition_is_a_plain_parzen_window():
    rng = np.random.default_rng(0)
    true, centres = rng.normal(size=(30, 12)), rng.normal(size=(50, 12))
    pairs = [(true, np.stack([centres] * 30))]
    sigmas = [0.5, 1, 2]
    conditional = multiscale_parzen.conditional_parzen(pairs, pairs, sigmas)
    plain = parzen.parzen_log_likelihood(centres, true, true, sigmas)
    assert conditional[:5] == pytest.approx(plain[:5])
    np.testing.assert_allclose(
        conditional.log_likelihoods, plain.log_likelihoods
    )


def test_blocks_do_not_matter():
    rng = np.random.default_rng(0)
    true = rng.normal(size=(9, 2, 2, 3))
    draws = rng.normal(size=(9, 5, 2, 2, 3))
    whole = multiscale_parzen.conditional_parzen(
        [(true, draws)], [(true, draws)]
    )
    blocks = multiscale_parzen.conditional_parzen(
        ((true[i : i + 4], draws[i : i + 4]) for i in (0, 4, 8)),
        ((true[i : i + 1], draws[i : i + 1]) for i in range(9)),
    )
    np.testing.assert_array_equal(whole.log_likelihoods, blocks.log_likelihoods)
    assert whole.sigma == blocks.sigma
    assert whole.dimensions == 12


def test_one_width_serves_all_images_and_an_edge_is_told():
    true = np.zeros((4, 3))
    pairs = [(true, np.ones((4, 1, 3)))]
    result = multiscale_parzen.conditional_parzen(pairs, pairs)
    # The best Gaussian at distance 1 in each direction has sigma 1.
    assert result.sigma == pytest.approx(1)
    assert not result.sigma_at_edge
    narrow = multiscale_parzen.conditional_parzen(pairs, pairs, [0.1, 0.5])
    assert (narrow.sigma, narrow.sigma_at_edge) == (0.5, True)


@pytest.mark.parametrize(
    "images, message",
    [
        (np.zeros((2, 7, 8, 3)), r"even.*\(2, 7, 8, 3\).*32, 16, 8"),
        (np.zeros((2, 14, 9, 1)), r"even.*\(2, 14, 9, 1\)"),
        (np.zeros((8, 8, 3)), r"\(n, height, width, channels\).*\(8, 8, 3\)"),
        (np.zeros((2, 8, 8, 3), "uint8"), r"floats.*uint8.*127\.5"),
    ],
)
def test_only_even_float_images_are_split(images, message):
    for split in (multiscale_parzen.low_pass, multiscale_parzen.high_pass):
        with pytest.raises(ValueError, match=message):
            split(images)


def test_pairs_are_asked_for():
    true, draws = np.zeros((2, 3)), np.zeros((2, 5, 3))
    good = [(true, draws)]

    def conditional(validation, test=good, sigmas=None):
        multiscale_parzen.conditional_parzen(validation, test, sigmas)

    with pytest.raises(ValueError, match=r"`validation`.*\(2, 3\) and \(2, 3"):
        conditional([(true, true)])
    with pytest.raises(ValueError, match=r"`validation`.*\(1, 5, 3\).*every"):
        conditional([(true, draws[:1])])
    with pytest.raises(ValueError, match=r"at least one.*used up"):
        conditional([])
    with pytest.raises(ValueError, match=r"one shape.*\(4, 3\), \(5, 3\)"):
        conditional([*good, (true, draws[:, 1:])])
    with pytest.raises(ValueError, match="3 and 6 an image"):
        conditional(good, [(np.zeros((2, 6)), np.zeros((2, 5, 6)))])
    with pytest.raises(ValueError, match=r"finite.*1 images.*diverged"):
        conditional([*good, (true[:1], np.full((1, 5, 3), np.nan))])
    with pytest.raises(ValueError, match=r"`sigmas`.*above 0"):
        conditional(good, good, [0])


def level(dimensions, count=4):
    zeros = np.zeros(count)
    return parzen.ParzenLikelihood(0.0, 0.0, 1.0, False, dimensions, zeros)


def test_levels_must_halve_and_have_seen_the_same_images():
    add = multiscale_parzen.multiscale_parzen_log_likelihood
    # 32, 16, 8, in colour: 2304 + 576 + 192 = 3072.
    result = add([level(2304), level(576)], level(192))
    assert result.log_likelihood == pytest.approx(-(768 + 192) * np.log(2))
    with pytest.raises(ValueError, match=r"\[2304, 576, 192\].*\[576, 2304"):
        add([level(576), level(2304)], level(192))
    with pytest.raises(ValueError, match="halve"):
        # 28, 14, 8.
        add([level(1764), level(396)], level(192))
    with pytest.raises(ValueError, match="one or more levels"):
        add([], level(192))
    with pytest.raises(ValueError, match=r"same test images.*\[4, 5\]"):
        add([level(576)], level(192, count=5))
