"""The battle of two models, on error rates that are known."""

import numpy as np
import pytest

from kerasgan.metrics.generative_adversarial import (
    generative_adversarial_metric as battle,
)


def logits(wrong, total, real):
    """Logits of a discriminator that is wrong on the first images."""
    sign = np.where(np.arange(total) < wrong, -1.0, 1.0)
    return sign if real else -sign


def of_errors(test_1, test_2, sample_1, sample_2, total=1000, **kwargs):
    return battle(
        logits(test_1, total, real=True),
        logits(test_2, total, real=True),
        logits(sample_1, total, real=False),
        logits(sample_2, total, real=False),
        **kwargs,
    )


def test_ratios_by_hand():
    result = of_errors(200, 190, 100, 400)
    assert result.test_errors == (0.2, 0.19)
    assert result.sample_errors == (0.1, 0.4)
    # (errors + 1/2) / (images + 1), on as many images.
    assert result.test_ratio == pytest.approx(200.5 / 190.5)
    assert result.sample_ratio == pytest.approx(100.5 / 400.5)


def test_the_first_wins_where_its_samples_deceive_more():
    result = of_errors(200, 190, 100, 400)
    assert (result.winner, result.significant) == ("first", True)
    assert "first model's samples deceive the second" in result.reason
    result = of_errors(200, 190, 400, 100)
    assert (result.winner, result.significant) == ("second", True)
    assert "second model's samples deceive the first" in result.reason


def test_swapped_models_swap_the_outcome():
    there, back = of_errors(120, 125, 50, 80), of_errors(125, 120, 80, 50)
    assert (there.winner, back.winner) == ("first", "second")
    assert there.significant == back.significant
    assert there.test_ratio == pytest.approx(1 / back.test_ratio)
    assert there.sample_ratio == pytest.approx(1 / back.sample_ratio)
    for name in ("test_interval", "sample_interval"):
        low, high = getattr(there, name)
        assert getattr(back, name) == pytest.approx((1 / high, 1 / low))


def test_discriminators_of_different_skill_tie():
    result = of_errors(100, 200, 100, 400)
    assert result.winner == "tie"
    assert "first discriminator knows test images better" in result.reason
    assert "second disc" in of_errors(200, 100, 100, 400).reason
    # Unless the tolerance allows it, either way round.
    assert of_errors(100, 200, 100, 400, tolerance=1).winner == "first"
    assert of_errors(200, 100, 100, 400, tolerance=1).winner == "first"
    assert of_errors(200, 199, 1, 4, tolerance=0).winner == "tie"


def test_no_errors_leave_the_ratios_finite():
    result = of_errors(0, 0, 0, 0)
    assert (result.winner, result.significant) == ("tie", False)
    assert (result.test_ratio, result.sample_ratio) == (1, 1)
    assert "Not sure" in result.reason
    result = of_errors(0, 0, 0, 20)
    assert result.winner == "first"
    assert result.sample_ratio == pytest.approx(0.5 / 20.5)
    assert np.isfinite(result.sample_interval).all()
    result = of_errors(1000, 1000, 1000, 1000)
    assert (result.winner, result.sample_ratio) == ("tie", 1)


def test_a_small_difference_is_a_tie():
    result = of_errors(100, 100, 50, 55)
    assert (result.winner, result.significant) == ("tie", False)
    low, high = result.sample_interval
    assert low < result.sample_ratio < 1 < high
    assert result.reason == (
        f"Not sure: the sample ratio is 0.91 ({low:.3g} to {high:.3g}), and "
        "its interval holds 1."
    )


def test_equal_models_seldom_have_a_winner():
    # Error rates of 0.16 on samples; 1,000 images are far from exact.
    rng = np.random.default_rng(0)
    test = rng.normal(2, 1, 1000)
    winners = [
        battle(test, test, *rng.normal(-1, 1, (2, 1000))).winner
        for _ in range(400)
    ]
    # 5 % by chance, with a standard deviation of 1.1 %.
    assert np.mean(np.array(winners) != "tie") < 0.085


def test_the_same_discriminator_has_no_uncertain_test_ratio():
    # Both are wrong on the same images: there is nothing to be uncertain about.
    result = of_errors(100, 100, 50, 60)
    assert result.test_interval == pytest.approx((1, 1))
    # One that is wrong on others as often differs by chance.
    other = battle(
        logits(100, 1000, real=True),
        logits(100, 1000, real=True)[::-1],
        logits(50, 1000, real=False),
        logits(60, 1000, real=False),
    )
    assert other.test_ratio == 1
    assert other.test_interval[0] < 0.8


def test_95_of_100_intervals_hold_the_truth():
    # Errors of 0.2 and 0.1, half of the latter shared, on test images; of 0.3
    # and 0.15 on samples: both ratios are 2.
    rng = np.random.default_rng(0)
    held = []
    for _ in range(400):
        shared = rng.uniform(size=500)
        first = shared < 0.2
        second = (shared < 0.05) | ((shared > 0.5) & (shared < 0.55))
        result = battle(
            np.where(first, -1, 1),
            np.where(second, -1, 1),
            np.where(rng.uniform(size=500) < 0.3, 1, -1),
            np.where(rng.uniform(size=500) < 0.15, 1, -1),
        )
        held.append(
            [
                low <= 2 <= high
                for low, high in (result.test_interval, result.sample_interval)
            ]
        )
    # 400 trials: a standard deviation of 1.1 %.
    np.testing.assert_allclose(np.mean(held, axis=0), 0.95, atol=0.035)


def test_columns_are_the_same_as_rows():
    rng = np.random.default_rng(0)
    arrays = rng.normal(size=(4, 300))
    assert battle(*arrays) == battle(*arrays[..., None])


def test_logits_are_asked_for():
    good = np.ones(4)
    with pytest.raises(ValueError, match=r"`test_logits_1` and.*4 and 3.*same"):
        battle(good, good[:3], good, good)
    with pytest.raises(ValueError, match=r"`logits_1_of_2` and.*2 and 4.*many"):
        battle(good, good, good[:2], good)
    with pytest.raises(ValueError, match=r"`logits_2_of_1`.*\(4,\), 1 of them"):
        battle(good, good, good, np.array([0, 1, np.nan, 2]))
    with pytest.raises(ValueError, match=r"`test_logits_2`.*\(4, 2\)"):
        battle(good, np.ones((4, 2)), good, good)
    with pytest.raises(ValueError, match=r"`tolerance`.*tolerance=-1.*1\.1"):
        battle(good, good, good, good, tolerance=-1)
