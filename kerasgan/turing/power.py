"""How many answers tell two models apart, and what so many answers tell."""

import math

from scipy import optimize
from scipy import stats

from kerasgan import errors


def answers_needed(share_a, share_b, power=0.8, alpha=0.05, design_effect=1.0):
    """How many answers to each of two models tell their shares apart.

    A test of two shares a and b with m as their mean, each of n answers, finds
    their difference with the wanted power where

        n = (z(1 - alpha / 2) sqrt(2 m (1 - m))
             + z(power) sqrt(a (1 - a) + b (1 - b)))^2 / (a - b)^2

    That is for independent answers; of the same participants and pictures, it
    takes as many times more as the design effect says, the variance of the
    measured value over that of independent answers.

    For example, shares of 0.5 and 0.6 take 388 answers each.

    References:
    - Fleiss, Levin & Paik, Statistical Methods for Rates and Proportions, 2003,
      section 4.2, without the correction of continuity.
    - Kish, Survey Sampling, 1965, section 8.2, design effect.

    Args:
        share_a: float in `[0, 1]`, judged real of the first model.
        share_b: float in `[0, 1]`, another one.
        power: float, the probability to find the difference.
        alpha: float, the probability to find one where there is none, both
            sides together.
        design_effect: float above 0.

    Returns:
        int, answers that count, to each model.

    Raises:
        ValueError: If an argument is out of its range, or the shares are equal.
    """
    for name, share in (("share_a", share_a), ("share_b", share_b)):
        _check("in [0, 1]", name, share, 0 <= share <= 1)
    _check("another one than share_a", "share_b", share_b, share_a != share_b)
    return math.ceil(_needed(share_a, share_b, power, alpha, design_effect))


def smallest_difference(
    share, num_answers, power=0.8, alpha=0.05, design_effect=1.0
):
    """The smallest difference that so many answers to each model tell.

    The inverse of `answers_needed`. The other share is taken on the side of
    0.5, where the difference is harder to see.

    Args:
        share: float in `[0, 1]`, judged real of one model.
        num_answers: int, to each of the two models.
        power: See `answers_needed`.
        alpha: See `answers_needed`.
        design_effect: See `answers_needed`.

    Returns:
        float in `(0, 1]`, or None where they tell no difference at all.

    Raises:
        ValueError: If an argument is out of its range.
    """
    _check("in [0, 1]", "share", share, 0 <= share <= 1)
    num_answers = errors.check_integer("num_answers", num_answers, 1)
    sign = 1 if share <= 0.5 else -1
    largest = 1 - share if sign > 0 else share

    def excess(difference):
        other = share + sign * difference
        return _needed(share, other, power, alpha, design_effect) - num_answers

    if excess(largest) > 0:
        return None
    # So small a difference takes more answers than anyone gives.
    smallest = 1e-6
    if excess(smallest) <= 0:
        return smallest
    return float(optimize.brentq(excess, smallest, largest))


def _needed(a, b, power, alpha, design_effect):
    _check("in (0, 1)", "power", power, 0 < power < 1)
    _check("in (0, 1)", "alpha", alpha, 0 < alpha < 1)
    _check("above 0", "design_effect", design_effect, design_effect > 0)
    mean = (a + b) / 2
    no_difference = stats.norm.ppf(1 - alpha / 2) * math.sqrt(
        2 * mean * (1 - mean)
    )
    # At 0 and 1, rounding may fall below 0.
    difference = stats.norm.ppf(power) * math.sqrt(
        max(0, a * (1 - a)) + max(0, b * (1 - b))
    )
    return design_effect * ((no_difference + difference) / (a - b)) ** 2


def _check(expected, name, value, holds):
    if not holds:
        raise ValueError(
            f"`{name}` must be {expected}. Received: {name}={value!r}. Give "
            "such a number."
        )
