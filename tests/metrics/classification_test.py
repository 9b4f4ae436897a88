"""Accuracy, confusion and class balance, by hand and by scikit-learn."""

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from kerasgan.metrics import classification


def logits_of(predictions, num_classes=3):
    return np.eye(num_classes, dtype="float32")[predictions] * 4 - 1


def test_accuracy_by_hand():
    logits = logits_of([0, 1, 2, 2])
    labels = np.array([0, 1, 2, 0])
    result = classification.accuracy(logits, labels)
    assert result.value == 0.75
    # Wilson: (p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n).
    z, n = 1.959964, 4
    middle = 0.75 + z**2 / (2 * n)
    half = z * np.sqrt(0.75 * 0.25 / n + z**2 / (4 * n**2))
    expected = [
        (middle - half) / (1 + z**2 / n),
        (middle + half) / (1 + z**2 / n),
    ]
    assert result[1:3] == pytest.approx(expected, rel=1e-6)


def test_confusion_agrees_with_scikit_learn():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(500, 7))
    labels = rng.integers(7, size=500)
    result = classification.confusion(logits, labels)
    expected = sklearn_metrics.confusion_matrix(labels, logits.argmax(1))
    np.testing.assert_array_equal(result, expected)
    share = classification.accuracy(logits, labels)
    assert np.trace(result) / 500 == share.value


def test_confusion_knows_classes_that_do_not_occur():
    result = classification.confusion(logits_of([0, 0, 1]), np.array([0, 1, 1]))
    np.testing.assert_array_equal(result, [[1, 0, 0], [1, 1, 0], [0, 0, 0]])


def test_balance_of_equal_classes_and_of_one():
    equal = classification.class_balance(logits_of([0, 1, 2, 0, 1, 2]))
    np.testing.assert_allclose(equal.shares, [1 / 3] * 3)
    assert equal[1:] == pytest.approx((3, 1, 0))
    one = classification.class_balance(logits_of([1, 1]))
    np.testing.assert_array_equal(one.shares, [0, 1, 0])
    assert one[1:] == pytest.approx((1, 0, 2 / 3))


def test_balance_against_the_shares_of_the_data():
    predictions = [0, 0, 0, 1, 1, 2, 2, 2, 2, 2]
    result = classification.class_balance(
        logits_of(predictions), np.float32([0.3, 0.2, 0.5])
    )
    assert result.total_variation == pytest.approx(0, abs=1e-7)
    assert result.entropy_ratio < 1
    # A fifth of the images would have to change: 0.1 and 0.1 of 2 and 0 to 1.
    result = classification.class_balance(
        logits_of(predictions), [0.2, 0.4, 0.4]
    )
    assert result.total_variation == pytest.approx(0.2)


def test_total_variation_of_honest_samples():
    rng = np.random.default_rng(0)
    values = [
        classification.class_balance(
            logits_of(rng.integers(10, size=1000), 10)
        ).total_variation
        for _ in range(200)
    ]
    # The docstring's formula is for normal counts, to a percent here; the mean
    # of 200 has a standard error of 2 %.
    expected = np.sqrt(9 / (2 * np.pi * 1000))
    assert np.mean(values) == pytest.approx(expected, rel=0.06)


def test_logits_and_labels_are_asked_for():
    good = logits_of([0, 1])
    with pytest.raises(ValueError, match=r"`logits`.*\(2, 1\).*logit a class"):
        classification.accuracy(np.zeros((2, 1)), np.zeros(2, int))
    with pytest.raises(ValueError, match=r"`logits`.*finite"):
        classification.class_balance(good * np.nan)
    with pytest.raises(ValueError, match=r"2 integers.*\(3,\).*argmax"):
        classification.accuracy(good, np.zeros(3, int))
    with pytest.raises(ValueError, match=r"2 integers.*float64"):
        classification.confusion(good, np.zeros(2))
    for labels in ([0, 3], [-1, 0]):
        with pytest.raises(ValueError, match=r"0 to 2.*Received.*Count from"):
            classification.confusion(good, np.array(labels))
    for shares in ([0.5, 0.5], [0.5, 0.6, 0.1], [1.5, -0.5, 0]):
        with pytest.raises(ValueError, match=r"3 shares.*add up.*Divide"):
            classification.class_balance(good, shares)
