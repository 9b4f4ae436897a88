import numpy as np
import pytest
from scipy import stats

from kerasgan.metrics import frechet
from kerasgan.metrics import intervals
from kerasgan.metrics import nearest_neighbour


def share_that_contains(truth, interval_of, trials=200):
    """Of intervals of 50 values of N(0, 1) + truth, those that are right."""
    rng = np.random.default_rng(0)
    return np.mean(
        [
            interval_of(truth + rng.normal(size=50)).contains(truth)
            for _ in range(trials)
        ]
    )


@pytest.mark.parametrize(
    "interval_of",
    [
        lambda values: intervals.half_samples(np.mean, values),
        lambda values: intervals.bootstrap(np.mean, values, num=200),
        intervals.mean_interval,
    ],
    ids=["half_samples", "bootstrap", "mean_interval"],
)
def test_intervals_of_a_mean_are_right_as_often_as_they_say(interval_of):
    # 200 trials: 0.95 has a standard deviation of 0.015.
    assert 0.90 <= share_that_contains(3.0, interval_of) <= 0.99


def test_a_lower_level_is_right_less_often():
    def half(values):
        return intervals.half_samples(np.mean, values, level=0.5)

    # 200 trials: a standard deviation of 0.035.
    assert 0.4 < share_that_contains(3.0, half) < 0.6


def test_standard_error_of_two_samples():
    # Var = 1 / 400 + 4 / 100, each sample halved for itself.
    rng = np.random.default_rng(0)
    real, fake = rng.normal(size=400), 2 * rng.normal(size=100)
    interval = intervals.half_samples(
        lambda real, fake: fake.mean() - real.mean(), real, fake, num=500
    )
    error = (interval.high - interval.value) / stats.t.ppf(0.975, 499)
    expected = np.sqrt(real.var(ddof=1) / 400 + fake.var(ddof=1) / 100)
    # A standard deviation of 500 values is known to 3 %.
    assert error == pytest.approx(expected, rel=0.1)
    assert interval.value == fake.mean() - real.mean()
    assert interval[3:] == (0.95, "half samples")


def pair(rng, shift, width=4):
    return rng.normal(size=(200, width)), shift + rng.normal(size=(200, width))


def test_half_samples_are_right_for_the_frechet_distance():
    rng = np.random.default_rng(0)
    fresh = [frechet.frechet_distance(*pair(rng, 0.5)) for _ in range(200)]
    trials = [
        intervals.half_samples(
            frechet.frechet_distance, *pair(rng, 0.5), seed=seed
        )
        for seed in range(60)
    ]
    margins = [interval.high - interval.value for interval in trials]
    errors = np.array(margins) / stats.t.ppf(0.975, 19)
    # 200 values know their standard deviation to 5 %, 60 trials theirs to 3 %.
    ratio = np.sqrt(np.mean(errors**2)) / np.std(fresh)
    assert 0.8 < ratio < 1.3
    # The truth is the expectation at this number of images, bias included.
    right = [interval.contains(np.mean(fresh)) for interval in trials]
    assert np.mean(right) >= 0.85


def test_bootstrap_is_wrong_for_the_frechet_distance():
    # Repeated images add the bias of a sample once more: for two sets of one
    # kind, where bias is all there is, the interval leaves out even the value.
    real, fake = pair(np.random.default_rng(0), 0, width=10)
    wrong = intervals.bootstrap(frechet.frechet_distance, real, fake, num=200)
    assert wrong.low > wrong.value
    half = intervals.half_samples(frechet.frechet_distance, real, fake)
    assert half.contains(half.value)


def test_bootstrap_is_wrong_for_nearest_neighbours():
    # An image that is drawn twice is its own neighbour, and told rightly.
    def accuracy(real, fake):
        return nearest_neighbour.two_sample_accuracy(real, fake)["accuracy"]

    real, fake = pair(np.random.default_rng(0), 0)
    wrong = intervals.bootstrap(accuracy, real, fake, num=50)
    assert wrong.low > 0.6
    right = intervals.half_samples(accuracy, real, fake)
    assert right.contains(0.5)


def test_half_samples_and_bootstrap_draw_what_they_say():
    rows = np.arange(21)
    halves, draws = [], []

    def look(seen):
        return lambda values: seen.append(np.sort(values)) or values.mean()

    intervals.half_samples(look(halves), rows, num=5)
    intervals.bootstrap(look(draws), rows, num=5)
    # First the value of all.
    np.testing.assert_array_equal(halves[0], rows)
    np.testing.assert_array_equal(draws[0], rows)
    assert [len(np.unique(half)) for half in halves[1:]] == [10] * 5
    assert len({half.tobytes() for half in halves[1:]}) == 5
    assert [len(draw) for draw in draws[1:]] == [21] * 5
    assert all(len(np.unique(draw)) < 21 for draw in draws[1:])


@pytest.mark.parametrize(
    "function", [intervals.half_samples, intervals.bootstrap]
)
def test_rows_of_a_tuple_stay_together(function):
    features, labels = np.arange(20) / 10, list(range(20))

    def check(sample, other):
        np.testing.assert_array_equal(10 * sample[0], sample[1])
        return sample[0].mean() + other.mean()

    function(check, (features, labels), np.arange(8), num=5)


@pytest.mark.parametrize(
    "function", [intervals.half_samples, intervals.bootstrap]
)
def test_a_dict_of_metrics_gives_a_dict_of_intervals(function):
    values = np.random.default_rng(0).normal(size=50)
    both = function(
        lambda values: {"mean": values.mean(), "max": values.max()},
        values,
        num=10,
    )
    assert both == {
        "mean": function(np.mean, values, num=10),
        "max": function(np.max, values, num=10),
    }
    # Another seed, other halves.
    assert both["mean"] != function(np.mean, values, num=10, seed=1)


def test_bootstrap_agrees_with_scipy():
    values = np.random.default_rng(0).exponential(size=100)
    interval = intervals.bootstrap(np.mean, values, num=2000)
    expected = stats.bootstrap(
        (values,), np.mean, n_resamples=2000, method="percentile", rng=0
    ).confidence_interval
    # Ends of 2000 draws: some 3 % of the width.
    tolerance = 0.1 * (expected.high - expected.low)
    assert interval.low == pytest.approx(expected.low, abs=tolerance)
    assert interval.high == pytest.approx(expected.high, abs=tolerance)


def test_what_real_images_do_to_both_models_cancels_out():
    def statistic(real, fake):
        return real.mean() - fake.mean()

    real = np.random.default_rng(0).normal(size=100)
    one, two = np.full(80, 1.0), np.full(60, 2.0)
    interval = intervals.difference(statistic, real, one, two)
    assert interval[:3] == pytest.approx((1, 1, 1))
    assert not interval.contains(0)
    # Alone, each has the spread of the real images.
    alone = intervals.half_samples(statistic, real, one)
    assert alone.high - alone.low > 0.1


def test_difference_of_models():
    rng = np.random.default_rng(0)
    real, good = pair(rng, 0.3)
    _, equal = pair(rng, 0.3)
    _, bad = pair(rng, 0.8)

    def metric(real, fake):
        return {"frechet": frechet.frechet_distance(real, fake)}

    same = intervals.difference(metric, real, good, equal)["frechet"]
    assert same.contains(0)
    worse = intervals.difference(metric, real, good, bad)["frechet"]
    assert worse.high < 0
    expected = metric(real, good)["frechet"] - metric(real, bad)["frechet"]
    assert worse.value == expected


def test_the_difference_of_equal_models_is_rarely_called_real():
    rng = np.random.default_rng(0)
    wrong = []
    for seed in range(60):
        real, fake_a = pair(rng, 0.5)
        _, fake_b = pair(rng, 0.5)
        interval = intervals.difference(
            frechet.frechet_distance, real, fake_a, fake_b, seed=seed
        )
        wrong.append(not interval.contains(0))
    # 5 % of 60 are 3, with a standard deviation of 1.7.
    assert sum(wrong) <= 8


def test_student_by_scipy():
    values = [3.1, 2.9, 3.4, 3.0]
    low, high = stats.ttest_1samp(values, 0).confidence_interval(0.9)
    interval = intervals.mean_interval(values, level=0.9)
    assert interval[:4] == pytest.approx((3.1, low, high, 0.9))


def test_share_near_its_end():
    # Of n hits and no miss: n / (n + z^2) to 1.
    interval = intervals.share_interval(np.ones(50, "bool"))
    assert interval[:3] == pytest.approx((1, 50 / (50 + 1.959964**2), 1))
    assert intervals.share_interval([0, 1, 1, 0]).value == 0.5


def test_ends_are_plain_numbers():
    for interval in (
        intervals.half_samples(np.mean, np.float32([1, 2, 3, 4])),
        intervals.share_interval([0, 1]),
        intervals.mean_interval([0, 1]),
    ):
        assert [type(each) for each in interval] == [float] * 4 + [str]


VALUES = np.arange(10.0)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda f: intervals.half_samples(f), "none"),
        (lambda f: intervals.half_samples(f, VALUES[:3]), r"at least 4.*\[3\]"),
        (lambda f: intervals.bootstrap(f, VALUES[:1]), r"at least 2.*\[1\]"),
        (
            lambda f: intervals.half_samples(f, (VALUES, VALUES[:9])),
            r"arrays of \[10, 9\] rows",
        ),
        (lambda f: intervals.half_samples(f, VALUES, num=1), "num=1"),
        (lambda f: intervals.half_samples(f, VALUES, level=0), "level=0"),
        (lambda f: intervals.bootstrap(f, VALUES, level=95), "level=95"),
    ],
)
def test_what_does_not_fit_is_refused_before_work(call, message):
    def never(*samples):
        raise AssertionError("It was called.")

    with pytest.raises(ValueError, match=message):
        call(never)


def test_values_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"At least 2 values.*\(1,\)"):
        intervals.mean_interval([1.0])
    with pytest.raises(ValueError, match="finite"):
        intervals.mean_interval([1.0, np.nan])
    with pytest.raises(ValueError, match=r"0 or 1.*from 0 to 2"):
        intervals.share_interval([0, 1, 2])
