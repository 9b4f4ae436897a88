"""Intervals of answers that participants and pictures have in common."""

import math
import typing
import warnings

import numpy as np
from scipy import stats

_LEVEL = 0.95
# Weights that are in memory at a time.
_MOST_WEIGHTS = 4_000_000


class Estimate(typing.NamedTuple):
    """A value and its 95 % interval; all nan where there is no answer.

    Attributes:
        value: float.
        low: float.
        high: float.
        variance: float, of the value.
    """

    value: float
    low: float
    high: float
    variance: float

    def contains(self, number):
        """Whether a number lies in the interval, its ends included."""
        return bool(self.low <= number <= self.high)

    def scaled(self, factor):
        """Returns the estimate of so many times the value."""
        ends = sorted((factor * self.low, factor * self.high))
        return Estimate(factor * self.value, *ends, factor**2 * self.variance)


def of_equal_answers(are_hits, num):
    """Wilson's interval where all answers are hits, or none is.

    All draws are alike there, and the bootstrap would see no spread.

    Reference: Wilson, 1927, https://doi.org/10.1080/01621459.1927.10502953.

    Args:
        are_hits: bool.
        num: float, independent answers that they are worth.

    Returns:
        A tuple (lower, upper end).
    """
    square = stats.norm.ppf((1 + _LEVEL) / 2) ** 2
    far = square / (num + square)
    return (1 - far, 1.0) if are_hits else (0.0, far)


def subtract(a, b):
    """The difference of two independent values, from their own intervals.

    For where the bootstrap sees no spread of one of them.

    Reference: Newcombe, Interval estimation for the difference between
    independent proportions, Statistics in Medicine 17, 1998, method 10.

    Args:
        a: `Estimate`.
        b: `Estimate`.

    Returns:
        An `Estimate`.
    """
    value = a.value - b.value
    return Estimate(
        value,
        value - float(np.hypot(a.value - a.low, b.high - b.value)),
        value + float(np.hypot(a.high - a.value, b.value - b.low)),
        a.variance + b.variance,
    )


class Resamples:
    """Draws of participants and of pictures, the same ones for each statistic.

    Answers of one participant resemble each other, and so do answers to one
    picture. In a draw, participants are drawn with replacement, and so are the
    pictures of each source; an answer counts as often as its participant was
    drawn times as often as its picture was, and, of a pair, as often as its
    real picture was. This is the pigeonhole bootstrap.

    Its spread is too large: what is of the single answer, as the coin that is
    tossed at the end, is in it three times, and so is a picture that one person
    has judged. The variance is therefore taken from plain bootstraps, of the
    participants, of the pictures, of the real pictures of pairs, and of the
    answers, which are in each of the others:

        variance = participants + pictures - answers
        variance = participants + pictures + real pictures - 2 * answers

    and is at least that of each of the groups. The interval is that of the
    pigeonhole draws, drawn together about the value until they have this
    variance.

    References:
    - [Owen, 2007](https://doi.org/10.1214/07-AOAS122), the pigeonhole
      bootstrap.
    - [Cameron, Gelbach & Miller, 2011](https://doi.org/10.1198/jbes.2010.07136),
      the variance of several ways of grouping.

    Args:
        participant: int `(n,)`, of each answer. Of a single one, only the
            pictures are drawn.
        picture: int `(n,)`.
        source: int `(n,)`, of the picture.
        other: int `(n,)`, the real picture of each pair; None: no pairs.
        num: int, draws of each kind.
        seed: int, of the draws.
    """

    def __init__(
        self, participant, picture, source, other=None, num=1000, seed=0
    ):
        self.num = num
        generator = np.random.default_rng(seed)
        people, person = np.unique(participant, return_inverse=True)
        of_people = np.ones((num, len(people)))
        if len(people) > 1:
            of_people = _drawn(generator, len(people), num)
        # Of each way of grouping: how often a group is drawn, `(num, groups)`,
        # and the group of each answer.
        self._groupings = [
            (of_people, person),
            _of_pictures(generator, picture, source, num),
        ]
        if other is not None:
            self._groupings.append(
                _of_pictures(generator, other, np.zeros(len(other)), num)
            )
        self._answers_seed = generator.integers(2**63)

    def counts(self, cells, hits, num_cells):
        """Counts answers, all of them and those of each draw.

        Args:
            cells: int `(n,)`, what an answer is counted to, such as its source
                and duration; -1: to nothing.
            hits: bool `(n,)`.
            num_cells: int.

        Returns:
            A tuple of float `(1 + k num, num_cells)`: hits, and answers. The
            first row is what was measured, then come the draws of all ways of
            grouping, of each of them, and of the answers.
        """
        cells, hits = np.asarray(cells), np.asarray(hits)
        columns = np.zeros((len(cells), 2 * num_cells))
        rows = np.flatnonzero(cells >= 0)
        columns[rows, cells[rows]] = hits[rows]
        columns[rows, num_cells + cells[rows]] = 1
        of_all = np.empty((self.num, 2 * num_cells))
        step = max(1, _MOST_WEIGHTS // len(columns))
        for start in range(0, self.num, step):
            some = slice(start, start + step)
            weights = math.prod(
                drawn[some][:, group] for drawn, group in self._groupings
            )
            of_all[some] = weights @ columns
        counts = np.concatenate(
            [
                columns.sum(0)[None],
                of_all,
                *(
                    drawn @ _summed(columns, group)
                    for drawn, group in self._groupings
                ),
                self._of_answers(columns, num_cells),
            ]
        )
        return counts[:, :num_cells], counts[:, num_cells:]

    def _of_answers(self, columns, num_cells):
        """Counts where the single answers are drawn, `(num, 2 num_cells)`."""
        hits, answers = np.split(columns.sum(0), [num_cells])
        kinds = np.concatenate([hits, answers - hits])
        shares = np.append(kinds, len(columns) - kinds.sum()) / len(columns)
        # The same ones at each call.
        generator = np.random.default_rng(self._answers_seed)
        drawn = generator.multinomial(len(columns), shares, self.num)
        hits, others = drawn[:, :num_cells], drawn[:, num_cells:-1]
        return np.concatenate([hits, hits + others], axis=1)

    def estimates(self, values):
        """Estimates of statistics.

        Args:
            values: float `(rows, m)`, the statistics of the rows that
                `counts` gives. nan: that row has no answer.

        Returns:
            List of m `Estimate`.
        """
        value = values[0]
        draws = values[1:].reshape((-1, self.num, values.shape[1]))
        with warnings.catch_warnings():
            # Of what has no answer, all is nan.
            warnings.simplefilter("ignore", RuntimeWarning)
            of_all, *of_each, answers = np.nanvar(draws, axis=1)
            variance = sum(of_each) - (len(of_each) - 1) * answers
            variance = np.maximum(variance, np.max(of_each, axis=0))
            shrink = np.sqrt(np.minimum(1, variance / of_all))
            tail = (1 - _LEVEL) / 2
            low, high = np.nanquantile(draws[0], [tail, 1 - tail], axis=0)
        # Without spread, there is nothing to draw together.
        shrink = np.where(of_all > 0, shrink, 0)
        low = np.minimum(value, value + shrink * (low - value))
        high = np.maximum(value, value + shrink * (high - value))
        return [
            Estimate(*map(float, each))
            for each in zip(value, low, high, variance, strict=True)
        ]


def _of_pictures(generator, picture, source, num):
    """Draws of the pictures of each source, and the place of each answer's."""
    keys, first, place = np.unique(
        picture, return_index=True, return_inverse=True
    )
    drawn = np.empty((num, len(keys)))
    sources = np.asarray(source)[first]
    for each in np.unique(sources):
        columns = np.flatnonzero(sources == each)
        drawn[:, columns] = _drawn(generator, len(columns), num)
    return drawn, place


def _drawn(generator, count, num):
    """How often each of `count` is drawn, float `(num, count)`."""
    shares = np.full(count, 1 / count)
    return generator.multinomial(count, shares, num).astype("float64")


def _summed(columns, groups):
    sums = np.zeros((groups.max() + 1, columns.shape[1]))
    np.add.at(sums, groups, columns)
    return sums
