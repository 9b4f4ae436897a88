"""Copies are found, honest samples are not accused."""

import numpy as np
import pytest
import scipy.stats

from kerasgan.metrics import memorisation


def draw(count, seed, scale=1.0):
    return np.random.default_rng(seed).normal(scale=scale, size=(count, 8))


@pytest.fixture(scope="module")
def train():
    return draw(2000, 0)


@pytest.fixture(scope="module")
def real():
    return draw(1000, 1)


def test_distances_by_hand():
    train = np.array([[0.0], [10.0]])
    real = np.array([[1.0], [12.0], [13.0], [6.0]])
    fake = np.array([[10.5], [-1.0], [4.5], [20.0]])
    result = memorisation.detect_memorisation(train, real, fake, percentile=50)
    np.testing.assert_array_equal(result.nearest, [1, 0, 0, 1])
    np.testing.assert_allclose(result.distances, [0.5, 1, 4.5, 10])
    # Held-out distances are 1, 2, 3, 4.
    assert result.threshold == 2.5
    assert result.memorised_share.value == 0.5
    assert result.held_out_share == 0.5
    # Of the 16 pairs, 0.5 is less than 4, 1 than 3 and equal to one.
    assert result.closer_probability == 7.5 / 16
    assert result.z_score == pytest.approx((8 - 7.5) / np.sqrt(16 * 9 / 12))


def test_honest_samples_are_not_accused(train, real):
    result = memorisation.detect_memorisation(train, real, draw(1000, 2))
    assert result.held_out_share == 0.01
    # The threshold is the 10th of 1,000 distances, so the expected 10 of 1,000
    # have a deviation of sqrt(20).
    assert result.memorised_share.value == pytest.approx(0.01, abs=0.014)
    assert result.memorised_share.low < 0.01 < result.memorised_share.high
    assert result.closer_probability == pytest.approx(0.5, abs=0.04)
    assert abs(result.z_score) < 3


def test_the_z_score_of_honest_samples_is_standard_normal():
    # Fresh training sets, too: the score is conditional on none.
    scores = []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        sets = [rng.normal(size=(n, 2)) for n in (300, 60, 80)]
        scores.append(memorisation.detect_memorisation(*sets).z_score)
    # 150 scores: standard errors of 0.08 and 0.06.
    assert np.mean(scores) == pytest.approx(0, abs=0.3)
    assert np.std(scores) == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize("noise", [0, 0.01])
@pytest.mark.parametrize("copies", [50, 1000])
def test_copies_are_found(train, real, noise, copies):
    fake = draw(1000, 2)
    fake[:copies] = train[:copies] + noise * draw(copies, 3)
    result = memorisation.detect_memorisation(train, real, fake)
    expected = copies / 1000
    # Besides the copies, the honest hundredth.
    assert result.memorised_share.value == pytest.approx(expected, abs=0.015)
    assert result.memorised_share.low > 0.03
    np.testing.assert_array_equal(result.nearest[:copies], np.arange(copies))
    if copies == 1000:
        assert result.closer_probability > 0.99
        assert result.z_score < -30


def test_copies_are_found_where_the_held_out_set_has_some(train, real):
    # As in data sets with duplicates: the threshold is then 0.
    real = real.copy()
    real[:20] = train[:20]
    result = memorisation.detect_memorisation(train, real, train[:500])
    assert result.threshold == 0
    assert result.held_out_share == 0.02
    assert result.memorised_share.value == 1
    # Not from 1 to 1: there are only so many.
    assert 0.9 < result.memorised_share.low < 1


def test_images_far_from_all_data_have_a_high_score(train, real):
    result = memorisation.detect_memorisation(
        train, real, draw(1000, 2, scale=3)
    )
    assert result.memorised_share.value == 0
    assert result.closer_probability < 0.1
    assert result.z_score > 30


def test_the_score_is_scipys_mann_whitney(train, real):
    fake = draw(700, 4, scale=1.05)
    result = memorisation.detect_memorisation(train, real, fake)
    near = [
        np.sqrt(((each[:, None] - train) ** 2).sum(2)).min(1)
        for each in (real, fake)
    ]
    test = scipy.stats.mannwhitneyu(
        near[1],
        near[0],
        alternative="less",
        method="asymptotic",
        use_continuity=False,
    )
    assert result.closer_probability == pytest.approx(
        1 - test.statistic / (700 * 1000)
    )
    assert scipy.stats.norm.cdf(result.z_score) == pytest.approx(test.pvalue)


def test_honest_samples_have_about_as_many_duplicates_as_real_ones(real):
    result = memorisation.find_duplicates(real, draw(1000, 2), percentile=1)
    # Neighbours are mutual, so the deviation is up to twice sqrt(20) of 1,000.
    assert result.duplicate_share.value == pytest.approx(0.01, abs=0.025)
    assert result.real_share == 0.01


def test_duplicates_are_found(real):
    fake = draw(1000, 2)
    fake[500:600] = fake[:100] + 1e-3
    result = memorisation.find_duplicates(real, fake)
    # Both of each pair count.
    assert result.duplicate_share.value == pytest.approx(0.2, abs=0.01)
    np.testing.assert_array_equal(result.nearest[:100], np.arange(500, 600))
    np.testing.assert_allclose(result.distances[:100], 1e-3 * np.sqrt(8))
    assert result.real_share <= 0.002
    one = memorisation.find_duplicates(real, 0 * fake)
    assert one.duplicate_share.value == 1


def test_exact_duplicates_are_counted_in_8_bits():
    rng = np.random.default_rng(0)
    images = rng.uniform(-1, 1, (10, 4, 4, 3)).astype("float32")
    assert memorisation.exact_duplicate_share(images) == 0
    # The middles of steps: what is less than half a step apart rounds alike.
    images = (np.round((images + 1) * 127.5) / 127.5 - 1).astype("float32")
    images[3:5] = images[0] + 1e-3
    assert memorisation.exact_duplicate_share(images) == 0.3
    images[3:5] = images[0] + 1e-2
    assert memorisation.exact_duplicate_share(images) == 0.2


def test_features_are_asked_for(train, real):
    with pytest.raises(ValueError, match=r"`real_features`.*finite"):
        memorisation.detect_memorisation(train, real * np.nan, real)
    with pytest.raises(ValueError, match=r"`fake_features`.*one length"):
        memorisation.detect_memorisation(train, real, real[:, :3])
    with pytest.raises(
        ValueError, match=r"one shape.*\(1000, 8\) and \(9, 8\)"
    ):
        memorisation.find_duplicates(real, real[:9])
    with pytest.raises(ValueError, match=r"`fake_images`.*uint8.*127\.5"):
        memorisation.exact_duplicate_share(np.zeros((2, 4, 4, 1), "uint8"))
    with pytest.raises(ValueError, match=r"`real_features`.*at least 4 rows"):
        memorisation.detect_memorisation(train, real[:3], real)
    with pytest.raises(ValueError, match=r"`fake_features`.*at least 4 rows"):
        memorisation.find_duplicates(real, real[:3])
    for percentile in (0, 100, -1, np.nan):
        with pytest.raises(ValueError, match=r"`percentile`.*Received"):
            memorisation.detect_memorisation(train, real, real, percentile)
        with pytest.raises(ValueError, match=r"`percentile`.*Received"):
            memorisation.find_duplicates(real, real, percentile)
