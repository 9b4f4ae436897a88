"""The perceptual path length, of paths whose length is known."""

import numpy as np
import pytest

from kerasgan.metrics import path_length


def test_a_linear_generator_by_hand():
    # f(G(t)) = t (3, 4): 5 long for each unit of t, squared 25.
    t = np.random.default_rng(0).uniform(size=(50, 1))
    direction = np.array([[3.0, 4.0]])
    result = path_length.perceptual_path_length(
        t * direction, (t + 0.01) * direction, 0.01
    )
    assert result == pytest.approx((25, 0), abs=1e-9)


def test_no_movement_is_0():
    features = np.ones((4, 3), "float32")
    result = path_length.perceptual_path_length(features, features, 1e-4)
    assert result == (0, 0)


def test_the_step_does_not_matter_for_a_smooth_generator():
    # A circle of radius 2 at speed 1 per unit of t.
    t = np.linspace(0, 1, 200)

    def features(t):
        return 2 * np.stack([np.cos(t / 2), np.sin(t / 2)], axis=1)

    for step in (1e-4, 1e-2):
        result = path_length.perceptual_path_length(
            features(t), features(t + step), step
        )
        # A chord of 1e-2 / 2 radians is shorter than its arc by 1e-6.
        assert result.mean == pytest.approx(1, rel=1e-5)


def test_the_lowest_and_highest_hundredth_are_left_out():
    # Squared lengths of 0, 1, 4, ... 199^2; the ranks 1 % and 99 % of 199,
    # 1.99 and 197.01, are rounded outwards: 1 to 198 stay.
    ends = np.arange(200.0)[:, None]
    result = path_length.perceptual_path_length(0 * ends, ends, 1.0)
    kept = np.arange(1, 199.0) ** 2
    assert result.mean == pytest.approx(kept.mean())
    assert result.standard_error == pytest.approx(
        kept.std() / np.sqrt(len(kept))
    )
    # A single jump counts for nothing.
    ends[-1] = 1e9
    again = path_length.perceptual_path_length(0 * ends, ends, 1.0)
    assert again.mean == result.mean


def test_one_pair_is_enough():
    result = path_length.perceptual_path_length([[0.0]], [[0.5]], 0.5)
    assert result == (1, 0)


@pytest.mark.parametrize("epsilon", [0, -1e-4, np.nan, np.inf])
def test_the_step_is_above_0(epsilon):
    with pytest.raises(ValueError, match=r"`epsilon`.*Received.*1e-4"):
        path_length.perceptual_path_length([[0.0]], [[1.0]], epsilon)


def test_pairs_are_asked_for():
    with pytest.raises(ValueError, match=r"pairs.*\(2, 3\) and \(1, 3\).*both"):
        path_length.perceptual_path_length(
            np.zeros((2, 3)), np.zeros((1, 3)), 1
        )
    with pytest.raises(ValueError, match=r"`end_features`.*finite"):
        path_length.perceptual_path_length([[0.0]], [[np.nan]], 1)
