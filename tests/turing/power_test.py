"""How many answers tell two models apart."""

import numpy as np
import pytest
from scipy import stats

from kerasgan.turing import power


def test_known_numbers():
    # By hand, z = 1.959964 and 0.841621: (1.959964 sqrt(0.495) + 0.841621
    # sqrt(0.49))^2 / 0.01 = (1.378959 + 0.589135)^2 / 0.01 = 387.3.
    assert power.answers_needed(0.5, 0.6) == 388
    # The example of R's power.prop.test, whose answer is 76.7.
    assert power.answers_needed(0.5, 0.75, power=0.9) == 77


def test_the_power_is_what_was_wanted():
    needed = power.answers_needed(0.3, 0.4)
    generator = np.random.default_rng(0)
    a, b = generator.binomial(needed, [[0.3], [0.4]], (2, 20_000)) / needed
    mean = (a + b) / 2
    z = (a - b) / np.sqrt(2 * mean * (1 - mean) / needed)
    found = np.mean(np.abs(z) > stats.norm.ppf(0.975))
    # 20,000 draws have a standard error of 0.003; the rest is that answers are
    # whole numbers.
    assert found == pytest.approx(0.8, abs=0.015)


def test_the_design_effect_multiplies():
    assert power.answers_needed(0.5, 0.6, design_effect=2) == 775
    assert power.answers_needed(0.6, 0.5) == 388


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.8, 1.0])
def test_the_inverse(share):
    difference = power.smallest_difference(share, 500, design_effect=1.5)
    other = share + difference if share <= 0.5 else share - difference
    needed = power.answers_needed(share, other, design_effect=1.5)
    # Rounded up, and by the tolerance of the search.
    assert 500 <= needed <= 501


def test_too_few_answers_tell_nothing():
    assert power.smallest_difference(0.5, 3) is None
    assert power.smallest_difference(0.5, 388) == pytest.approx(0.1, abs=2e-4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"share_b": 0.5}, "`share_b` must be another one than share_a"),
        ({"share_b": 1.2}, r"`share_b` must be in \[0, 1\]. Received"),
        ({"power": 1.0}, r"`power` must be in \(0, 1\)"),
        ({"alpha": 0.0}, r"`alpha` must be in \(0, 1\)"),
        ({"design_effect": 0}, "`design_effect` must be above 0"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        power.answers_needed(**{"share_a": 0.5, "share_b": 0.6, **arguments})
