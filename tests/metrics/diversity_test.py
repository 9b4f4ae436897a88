"""The relative diversity, by hand and on sets whose diversity is known."""

import math

import numpy as np
import pytest

from kerasgan import metrics


def points(*values):
    """Images of one pixel."""
    return np.array(values, "float32").reshape(-1, 1, 1, 1)


def test_a_value_computed_by_hand():
    # Nearest neighbours: 1, 1, 2 of the real ones (median 1), 3, 3, 4 (3).
    assert metrics.relative_diversity(
        points(0, 1, 3), points(0, 3, 7)
    ) == pytest.approx(3)


def test_equal_sets_have_1_and_one_image_again_and_again_0():
    rng = np.random.default_rng(0)
    real = rng.uniform(-1, 1, (20, 8, 8, 3)).astype("float32")
    assert metrics.relative_diversity(real, real) == 1
    assert metrics.relative_diversity(real, 0 * real + real[:1]) == 0
    # A few images again and again, though far from each other.
    assert metrics.relative_diversity(real, real[np.arange(20) % 3]) < 1e-6
    # A tenth of the contrast.
    assert metrics.relative_diversity(real, real / 10) == pytest.approx(0.1)


def test_classes_are_looked_at_one_by_one():
    real = points(0, 1, 10, 11)
    fake = points(0, 0, 10, 10)
    labels = np.array([0, 0, 1, 1])
    assert metrics.relative_diversity(real, fake, labels) == 0
    mixed = np.array([0, 1, 0, 1])
    # Within classes all are 10 apart.
    assert metrics.relative_diversity(real, fake, mixed) == pytest.approx(1)


def test_it_is_unknown_without_neighbours_or_real_diversity():
    one = points(0, 1)
    assert math.isnan(metrics.relative_diversity(one, one, np.array([0, 1])))
    assert math.isnan(metrics.relative_diversity(0 * one, one))
    assert math.isnan(metrics.relative_diversity(one, np.nan * one))
