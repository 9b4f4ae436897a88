import numpy as np
import pytest

from kerasgan.metrics.inception_score import inception_score


def logits(count=60, num_classes=5, seed=0):
    return 2 * np.random.default_rng(seed).normal(size=(count, num_classes))


def score_of(probabilities):
    mean = probabilities.mean(0)
    divergences = (probabilities * np.log(probabilities / mean)).sum(1)
    return np.exp(divergences.mean())


def test_the_formula_with_probabilities():
    rows = logits()
    probabilities = np.exp(rows) / np.exp(rows).sum(1, keepdims=True)
    scores = [score_of(split) for split in np.split(probabilities, 3)]
    mean, deviation = inception_score(rows, num_splits=3)
    assert mean == pytest.approx(np.mean(scores), rel=1e-12)
    assert deviation == pytest.approx(np.std(scores), rel=1e-10)


def test_clear_images_of_all_classes_score_the_number_of_classes():
    # exp(-1000) is 0 in float64: the limit, without nan.
    clear = 1000.0 * np.tile(np.eye(7), (10, 1))
    assert inception_score(clear) == pytest.approx((7, 0))


def test_images_that_are_all_alike_score_1():
    assert inception_score(np.tile(logits(1), (50, 1))) == pytest.approx((1, 0))
    one_class = np.zeros((50, 4))
    one_class[:, 2] = 1e4
    assert inception_score(one_class) == pytest.approx((1, 0))


def test_two_images_by_hand():
    # p = (3/4, 1/4) and (1/4, 3/4), mean 1/2: KL = log 2 - H(1/4).
    rows = np.log([[3.0, 1.0], [1.0, 3.0]])
    entropy = -(0.75 * np.log(0.75) + 0.25 * np.log(0.25))
    mean, deviation = inception_score(rows, num_splits=1)
    assert mean == pytest.approx(2 * np.exp(-entropy))
    assert deviation == 0


def test_within_the_bounds_and_no_matter_of_order_or_offset():
    rows = logits()
    mean, _ = inception_score(rows, 1)
    assert 1 < mean < 5
    assert inception_score(rows[::-1], 1)[0] == pytest.approx(mean)
    # A softmax does not see a number that is added to all logits.
    offsets = np.arange(60)[:, None]
    assert inception_score(rows + offsets, 1)[0] == pytest.approx(mean)
    assert inception_score(rows.astype("float32"), 1)[0] == pytest.approx(mean)


def test_splits_are_contiguous():
    # So images that are sorted by class have one class a split.
    sorted_by_class = 100 * np.repeat(np.eye(4), 5, axis=0)
    assert inception_score(sorted_by_class, 4)[0] == pytest.approx(1)
    assert inception_score(sorted_by_class, 1)[0] == pytest.approx(4)


def test_splits_of_unequal_size_use_all_images():
    # 8 images in 3 splits: 2, 3 and 3.
    rows = logits(8)
    parts = (rows[:2], rows[2:5], rows[5:])
    scores = [inception_score(part, 1)[0] for part in parts]
    mean, _ = inception_score(rows, 3)
    assert mean == pytest.approx(np.mean(scores))


@pytest.mark.parametrize(
    "rows, num_splits, message",
    [
        (logits(9), 10, "`num_splits`.*at most 9.*num_splits=10"),
        (logits(9), 0, "at least 1"),
        (logits(9)[0], 1, r"`logits`.*\(5,\)"),
        (np.full((3, 2), -np.inf), 1, "`logits` must be finite"),
        (np.zeros((0, 2)), 1, "at least 1 rows"),
    ],
)
def test_what_does_not_fit_is_refused(rows, num_splits, message):
    with pytest.raises(ValueError, match=message):
        inception_score(rows, num_splits)
