import numpy as np
import pytest
from sklearn import model_selection
from sklearn import neighbors

from kerasgan.metrics import nearest_neighbour


def images(count, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, 3, 3, 1)).astype("float32")


def classes(count, seed=0):
    return np.random.default_rng(seed).integers(4, size=count)


def accuracy(*args):
    return nearest_neighbour.nearest_neighbour_accuracy(*args)


def two_sample(real, fake):
    return nearest_neighbour.two_sample_accuracy(real, fake)


def test_classifies_as_scikit_learn_does():
    fake, fake_labels = images(80), classes(80)
    real = images(60, seed=1)
    labels = (real.sum((1, 2, 3)) > 0).astype("int64")
    classifier = neighbors.KNeighborsClassifier(1)
    classifier.fit(fake.reshape(80, -1), fake_labels)
    expected = classifier.score(real.reshape(60, -1), labels)
    distance, _ = classifier.kneighbors(real.reshape(60, -1))
    assert 0 < expected < 1
    result = accuracy(fake, fake_labels, real, labels)
    assert result == pytest.approx(
        {"accuracy": expected, "distance": distance.mean()}, rel=1e-6
    )


def test_right_classes_wrong_classes_and_one_class():
    real = images(40)
    labels = np.arange(40) % 4
    near = real + np.float32(0.001)
    result = accuracy(near, labels, real, labels)
    # 9 pixels, each off by 0.001.
    assert result == pytest.approx({"accuracy": 1, "distance": 0.003}, rel=1e-3)
    assert accuracy(near, (labels + 1) % 4, real, labels)["accuracy"] == 0
    one = accuracy(near, 0 * labels, real, labels)
    assert one["accuracy"] == 0.25


def test_two_samples_as_scikit_learn_tells_them_apart():
    real, fake = images(60), 1.3 * images(60, seed=1) + np.float32(0.2)
    both = np.concatenate([real, fake]).reshape(120, -1)
    labels = np.repeat([0, 1], 60)
    right = model_selection.cross_val_score(
        neighbors.KNeighborsClassifier(1),
        both,
        labels,
        cv=model_selection.LeaveOneOut(),
    )
    assert two_sample(real, fake) == pytest.approx(
        {
            "accuracy": right.mean(),
            "real_accuracy": right[:60].mean(),
            "fake_accuracy": right[60:].mean(),
        }
    )


def test_sets_of_one_kind_cannot_be_told_apart():
    result = two_sample(images(1000), images(1000, seed=1))
    # 2000 votes have a standard deviation of 0.011, and neighbours vote alike.
    assert result["accuracy"] == pytest.approx(0.5, abs=0.05)


def test_sets_apart_are_told_apart_and_memorised_ones_never():
    real = images(50)
    apart = two_sample(real, real[::-1] + 100)
    assert set(apart.values()) == {1}
    memorised = two_sample(real, real[::-1] + np.float32(0.001))
    assert set(memorised.values()) == {0}
    copies = two_sample(real, real.copy())
    assert set(copies.values()) == {0}


def test_generated_images_near_the_middle_of_the_data():
    # In many dimensions two real images are some sqrt(2) apart, a real and a
    # generated one sqrt(1 + 1 / 4), two generated ones sqrt(1 / 2), times the
    # root of the width: the two parts tell, their mean does not.
    real, fake = np.random.default_rng(0).normal(size=(2, 200, 100))
    fake = fake / 2
    result = two_sample(real, fake)
    assert result["fake_accuracy"] > 0.95
    assert result["real_accuracy"] < 0.05
    assert result["accuracy"] == pytest.approx(0.5, abs=0.05)


def test_equally_near_counts_half():
    real = np.array([[0.0], [1.0], [10.0]])
    fake = np.array([[1.0], [1.0], [20.0]])
    # Real: 0 has both at 1 (half), 1 is copied (wrong), 10 has both at 9
    # (half). Generated: the two 1 have each other and the real 1 (half,
    # half), 20 has the real 10 (wrong).
    result = two_sample(real, fake)
    assert result["real_accuracy"] == pytest.approx((0.5 + 0 + 0.5) / 3)
    assert result["fake_accuracy"] == pytest.approx((0.5 + 0.5 + 0) / 3)


def test_the_order_does_not_matter():
    real, fake = images(50), 1.3 * images(50, seed=1)
    assert two_sample(real[::-1], fake) == two_sample(real, fake)
    swapped = two_sample(fake, real)
    assert swapped["real_accuracy"] == two_sample(real, fake)["fake_accuracy"]


@pytest.mark.parametrize(
    "train_labels, labels, message",
    [
        (classes(8), classes(5), r"`train_labels`.*\(9,\).*\(8,\)"),
        (classes(9), np.eye(5, 4), r"`labels`.*\(5,\).*\(5, 4\)"),
        (classes(9), np.zeros(5), "`labels`.*float64"),
    ],
)
def test_labels_that_do_not_fit_are_refused(train_labels, labels, message):
    with pytest.raises(ValueError, match=message):
        accuracy(images(9), train_labels, images(5), labels)


def test_images_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"\(9, 9\) and \(9, 6\)"):
        accuracy(images(9), classes(9), images(9)[:, :2], classes(9))
    with pytest.raises(ValueError, match=r"one shape.*\(9, 9\) and \(8, 9\)"):
        two_sample(images(9), images(8))
    with pytest.raises(ValueError, match="`fake` must be finite"):
        two_sample(images(9), np.full((9, 3, 3, 1), np.nan))
    with pytest.raises(ValueError, match=r"`real`.*at least 2 rows"):
        two_sample(images(1), images(1))
