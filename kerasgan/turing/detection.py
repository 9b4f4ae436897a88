"""Detection theory: what is seen, apart from what is preferred to be said."""

import numpy as np
from scipy import stats


def sensitivity(hits, num_real, false_alarms, num_fake):
    """How well, and with which preference, real is told from generated.

        d' = z(H) - z(F)        c = -(z(H) + z(F)) / 2

    where H and F are the shares of real and of generated pictures that were
    judged real. To each count 0.5 is added and to each number 1, so that both
    are finite.

    References:
    - Macmillan & Creelman, Detection Theory, 2005, chapter 2.
    - [Hautus, 1995](https://doi.org/10.3758/BF03203619), log-linear correction.

    Args:
        hits: float, real pictures judged real; arrays will do as well.
        num_real: float, answers to real pictures.
        false_alarms: float, generated pictures judged real.
        num_fake: float, answers to generated pictures.

    Returns:
        A tuple (d', c); nan where there are no answers to one of the two.
    """
    hit, alarm = (
        corrected_z(hits, num_real),
        corrected_z(false_alarms, num_fake),
    )
    return hit - alarm, -(hit + alarm) / 2


def pair_sensitivity(right, num):
    """How well real is told from generated side by side, d' = sqrt(2) z(share).

    Corrected as in `sensitivity`, so that both values are of one scale.

    Reference: Macmillan & Creelman, Detection Theory, 2005, chapter 7.

    Args:
        right: float, pairs whose real one was found; arrays will do as well.
        num: float, pairs.

    Returns:
        d'; nan where there are no pairs.
    """
    return np.sqrt(2) * corrected_z(right, num)


def corrected_z(count, number):
    """`z((count + 0.5) / (number + 1))`, finite; nan of no answers.

    Args:
        count: float, hits; arrays will do as well.
        number: float, answers.
    """
    number = np.asarray(number, "float64")
    share = (np.asarray(count, "float64") + 0.5) / (number + 1)
    return np.where(number > 0, stats.norm.ppf(share), np.nan)
