"""Confidence intervals of metrics, and of the difference of two models.

They say how much a value would change with other images of the same model and
data. They do not say how much it would change with another training.
"""

import typing

import numpy as np
from scipy import stats

from kerasgan import errors


class Interval(typing.NamedTuple):
    """A value and its confidence interval.

    It is not cut to the range of the metric: where a share's standard error is
    large, an end may lie below 0 or above 1.

    Attributes:
        value: float, of all images.
        low: float, the lower end.
        high: float, the upper end.
        level: float, the confidence level, such as 0.95.
        method: str, how it was found.
    """

    value: float
    low: float
    high: float
    level: float
    method: str

    def contains(self, number):
        """Whether a number lies in the interval, its ends included."""
        return bool(self.low <= number <= self.high)


def half_samples(statistic, *samples, num=20, seed=0, level=0.95):
    """Interval of any metric, from random halves of the samples.

    The metric is computed `num` times, each time of a random half of every
    sample, drawn without replacement. The standard deviation of these values
    estimates the standard error of the value of all images (half as many
    images double the variance, and two halves of one sample share half of
    their images, which halves it again). The interval is

        value -+ t(num - 1) * standard error

    It holds for metrics whose variance falls as 1 / n. A metric with a bias
    that depends on n, such as the Frechet distance, has another expectation at
    half the images: only the spread of the halves is used. The interval is
    about the expectation at this number of images, bias included. Where two
    samples are of one distribution, the spread of distances falls faster than
    that, and the interval is too wide: for the Frechet and the kernel distance
    of 300 images of 10 features, 1.8 times. Of nearest-neighbour metrics it was
    1.05 to 1.4 times as wide as it should be, for sets near and apart.

    `bootstrap` would be wrong for such metrics: it repeats images. A repeated
    image has itself as nearest neighbour, and the repetitions take away the
    spread that the Frechet distance compares.

    Reference: the delete-d jackknife of
    [Shao & Wu, 1989](https://doi.org/10.1214/aos/1176347263), with d = n / 2.

    Args:
        statistic: Function that takes the samples and returns a float, or a
            dict of floats.
        *samples: Each an array `(n, ...)`, or a tuple of arrays of the same n
            whose rows belong together. Their rows are independent, and each
            sample is halved for itself. n is at least 4.
        num: int, how many halves, at least 2.
        seed: int, of the halves.
        level: float under 1, the confidence level.

    Returns:
        An `Interval`, or a dict of them.

    Raises:
        ValueError: If an argument is out of bounds.
    """
    _check_samples(samples, 4)
    num = errors.check_integer("num", num, 2)
    level = _check_level(level)
    value = statistic(*samples)
    rng = np.random.default_rng(seed)
    halves = []
    for _ in range(num):
        half = [
            _take(
                sample, rng.permutation(_length(sample))[: _length(sample) // 2]
            )
            for sample in samples
        ]
        halves.append(statistic(*half))

    def interval(value, halves):
        margin = stats.t.ppf((1 + level) / 2, num - 1) * np.std(halves, ddof=1)
        return _interval(
            value, value - margin, value + margin, level, "half samples"
        )

    return _of_each(interval, value, halves)


def difference(statistic, real, fake_a, fake_b, num=20, seed=0, level=0.95):
    """Interval of how far two models are apart in a metric.

    The metric of the first model minus that of the second, of the same real
    images, also within each half: what the choice of real images does to both
    cancels out. The difference is real, at this level, where the interval does
    not contain 0.

    Args:
        statistic: Function that takes (real, fake) and returns a float, or a
            dict of floats.
        real: A sample, see `half_samples`.
        fake_a: A sample of the first model.
        fake_b: A sample of the second model, as many as of the first where the
            metric depends on their number.
        num: See `half_samples`.
        seed: See `half_samples`.
        level: See `half_samples`.

    Returns:
        An `Interval`, or a dict of them.

    Raises:
        ValueError: If an argument is out of bounds.
    """

    def subtract(real, fake_a, fake_b):
        a, b = statistic(real, fake_a), statistic(real, fake_b)
        if isinstance(a, dict):
            return {name: a[name] - b[name] for name in a}
        return a - b

    return half_samples(
        subtract, real, fake_a, fake_b, num=num, seed=seed, level=level
    )


def bootstrap(statistic, *samples, num=1000, seed=0, level=0.95):
    """Interval of a metric that repeated images do not falsify.

    That is an accuracy, a mean or a quantile; not a Frechet distance, what
    looks at nearest neighbours, or the Inception score, which repetition moves,
    see `half_samples`. The metric is computed `num` times of as many rows,
    drawn with replacement; the interval has the quantiles of these as ends.

    Reference: Efron & Tibshirani, An Introduction to the Bootstrap, 1993,
    chapter 13.

    Args:
        statistic: See `half_samples`.
        *samples: See `half_samples`; n is at least 2.
        num: int, how many draws, at least 2.
        seed: int, of the draws.
        level: See `half_samples`.

    Returns:
        An `Interval`, or a dict of them.

    Raises:
        ValueError: If an argument is out of bounds.
    """
    _check_samples(samples, 2)
    num = errors.check_integer("num", num, 2)
    level = _check_level(level)
    value = statistic(*samples)
    rng = np.random.default_rng(seed)
    draws = []
    for _ in range(num):
        drawn = [
            _take(sample, rng.integers(_length(sample), size=_length(sample)))
            for sample in samples
        ]
        draws.append(statistic(*drawn))

    def interval(value, draws):
        ends = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
        return _interval(value, *ends, level, "bootstrap")

    return _of_each(interval, value, draws)


def mean_interval(values, level=0.95):
    """Student's interval of a mean of independent values.

    For example of one value a training or a seed of generation.

    Args:
        values: float `(n,)`, n at least 2.
        level: float under 1, the confidence level.

    Returns:
        An `Interval`.

    Raises:
        ValueError: If there are fewer than two values, or one is not finite.
    """
    values = _check_values(values, 2)
    level = _check_level(level)
    error = np.std(values, ddof=1) / np.sqrt(len(values))
    margin = stats.t.ppf((1 + level) / 2, len(values) - 1) * error
    mean = values.mean()
    return _interval(mean, mean - margin, mean + margin, level, "Student's t")


def share_interval(hits, level=0.95):
    """Wilson's interval of a share, such as an accuracy.

    Unlike the others it is right near 0 and 1, and where all are hits.

    Reference: Wilson, 1927, https://doi.org/10.1080/01621459.1927.10502953.

    Args:
        hits: bool `(n,)`, or 0 and 1.
        level: float under 1, the confidence level.

    Returns:
        An `Interval`.

    Raises:
        ValueError: If there are no values, or others than 0 and 1.
    """
    hits = _check_values(hits, 1)
    level = _check_level(level)
    if not np.isin(hits, (0, 1)).all():
        raise ValueError(
            "`hits` must be 0 or 1 each. Received: values from "
            f"{hits.min():.6g} to {hits.max():.6g}. Use `mean_interval` for "
            "other values."
        )
    ends = stats.binomtest(int(hits.sum()), len(hits)).proportion_ci(
        level, method="wilson"
    )
    return _interval(hits.mean(), ends.low, ends.high, level, "Wilson")


def _interval(value, low, high, level, method):
    return Interval(float(value), float(low), float(high), level, method)


def _of_each(interval, value, values):
    """An interval, or one of each name where the statistic gives a dict."""
    if isinstance(value, dict):
        return {
            name: interval(value[name], [each[name] for each in values])
            for name in value
        }
    return interval(value, values)


def _length(sample):
    return len(sample[0] if isinstance(sample, tuple) else sample)


def _take(sample, rows):
    if isinstance(sample, tuple):
        return tuple(np.asarray(array)[rows] for array in sample)
    return np.asarray(sample)[rows]


def _check_samples(samples, minimum):
    if not samples:
        raise ValueError(
            "At least one sample is wanted. Received: none. Give the arrays "
            "that the statistic takes."
        )
    for sample in samples:
        arrays = sample if isinstance(sample, tuple) else (sample,)
        lengths = [len(array) for array in arrays]
        if len(set(lengths)) != 1 or lengths[0] < minimum:
            raise ValueError(
                f"A sample must have at least {minimum} rows, and as many in "
                f"each array of a tuple. Received: arrays of {lengths} rows. "
                "Take more images, and one row of each array for one image."
            )


def _check_level(level):
    if errors.check_fraction("level", level) == 0:
        raise ValueError(
            "`level` must be above 0. Received: level=0. Use 0.95."
        )
    return float(level)


def _check_values(values, minimum):
    values = np.asarray(values, "float64")
    if values.ndim != 1 or len(values) < minimum:
        raise ValueError(
            f"At least {minimum} values in one dimension are wanted. "
            f"Received: shape {values.shape}. Give one value a run or image."
        )
    if not np.isfinite(values).all():
        raise ValueError(
            f"The values must be finite. Received: {values[:8]}. Find out "
            "what failed in those runs; leaving them out would flatter."
        )
    return values
