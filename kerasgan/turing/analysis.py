"""What the answers of a study say, each number with its interval."""

import itertools
import typing

import numpy as np

from kerasgan import errors
from kerasgan.turing import bootstrap
from kerasgan.turing import detection

# With fewer groups, the bootstrap is known to find too little spread.
_FEW_PARTICIPANTS = 10


class Share(typing.NamedTuple):
    """How many of some answers were "real", or right.

    Attributes:
        source: int, or None: of all sources.
        duration_ms: float, or None: of all durations.
        label: int, or None: of all classes.
        answers: int.
        hits: int.
        estimate: `Estimate` of hits / answers.
        design_effect: float, its variance over that of independent answers; nan
            where all are hits, or none.
    """

    source: int | None
    duration_ms: float | None
    label: int | None
    answers: int
    hits: int
    estimate: bootstrap.Estimate
    design_effect: float

    @property
    def is_extreme(self):
        """Whether all answers are hits, or none is."""
        return self.hits in (0, self.answers)


class Sensitivity(typing.NamedTuple):
    """How well a model's pictures are told from real ones.

    Attributes:
        source: int, of the model.
        duration_ms: float, or None: of all durations.
        sensitivity: `Estimate` of d'; 0: not at all.
        criterion: `Estimate` of c; above 0: "generated" is preferred. None for
            pairs, where neither answer stands for it.
    """

    source: int
    duration_ms: float | None
    sensitivity: bootstrap.Estimate
    criterion: bootstrap.Estimate | None


class Difference(typing.NamedTuple):
    """How far two models are apart in what is judged real.

    Attributes:
        source_a: int.
        source_b: int.
        estimate: `Estimate`, share of the first minus that of the second.
        design_effect: float, see `Share`.
    """

    source_a: int
    source_b: int
    estimate: bootstrap.Estimate
    design_effect: float

    @property
    def is_certain(self):
        """Whether 0 is outside the interval."""
        return not (
            np.isnan(self.estimate.value) or self.estimate.contains(0.0)
        )


class Analysis(typing.NamedTuple):
    """All that is computed of a study's answers.

    Attributes:
        shares: List of `Share`, judged real by source, then by source and
            duration.
        accuracy: List of `Share`, right answers: all, then by duration.
        classes: List of `Share`, judged real by source and class.
        sensitivities: List of `Sensitivity`, by model, then by duration too.
        differences: List of `Difference` of each two models.
        warnings: List of sentences: why the intervals are not to be trusted.
    """

    shares: list
    accuracy: list
    classes: list
    sensitivities: list
    differences: list
    warnings: list


def analyse(judgements, num_sources, pairs=False, seed=0, num_resamples=1000):
    """Computes everything that has an interval.

    Args:
        judgements: `Judgements`, those that count; at least one.
        num_sources: int, of the study, the real one among them.
        pairs: bool, whether they are of pairs.
        seed: int, of the draws.
        num_resamples: int, draws of participants and pictures, at least 100.

    Returns:
        An `Analysis`.

    Raises:
        ValueError: If there are no answers, or an argument is out of range.
    """
    errors.check_integer("num_resamples", num_resamples, 100)
    if not len(judgements.source):
        raise ValueError(
            "There must be an answer that counts. Received: 0 answers. Let "
            "people take part, or see why what they answered is left out."
        )
    resamples = bootstrap.Resamples(
        judgements.participant,
        judgements.picture,
        judgements.source,
        judgements.other if pairs else None,
        num_resamples,
        seed,
    )
    durations = np.unique(
        judgements.duration_ms[~np.isnan(judgements.duration_ms)]
    )
    counts = _counts(judgements, resamples, num_sources, durations)
    hits, answers = counts
    shares = _shares(resamples, hits, answers, durations)
    return Analysis(
        shares,
        _accuracy(resamples, hits, answers, durations, pairs),
        _classes(judgements, resamples, num_sources, shares),
        _sensitivities(resamples, hits, answers, durations, pairs, shares),
        _differences(resamples, hits[:, 0], answers[:, 0], shares),
        _warnings(judgements),
    )


def _counts(judgements, resamples, num_sources, durations):
    """Hits and answers, `(rows, 1 + num_durations, num_sources)`.

    The first of the middle are those of all durations.
    """
    num_durations = max(1, len(durations))
    # What has no duration is of one kind.
    which = np.searchsorted(durations, judgements.duration_ms)
    which = np.where(np.isnan(judgements.duration_ms), 0, which)
    both = resamples.counts(
        which * num_sources + judgements.source,
        judgements.judged_real,
        num_durations * num_sources,
    )
    each = [array.reshape((-1, num_durations, num_sources)) for array in both]
    return tuple(
        np.concatenate([array.sum(1, keepdims=True), array], axis=1)
        for array in each
    )


def _shares(resamples, hits, answers, durations):
    overall = _shares_of(resamples, hits[:, 0], answers[:, 0])
    result = [
        share._replace(source=source) for source, share in enumerate(overall)
    ]
    for i, duration in enumerate(durations.tolist(), 1):
        of_duration = _shares_of(
            resamples,
            hits[:, i],
            answers[:, i],
            [share.design_effect for share in overall],
        )
        result += [
            share._replace(source=source, duration_ms=duration)
            for source, share in enumerate(of_duration)
        ]
    return [share for share in result if share.answers]


def _shares_of(resamples, hits, answers, design_effects=None):
    """A `Share` of each column of `(rows, k)`, also where it is empty."""
    estimates = resamples.estimates(_ratio(hits, answers))
    shares = []
    for i, estimate in enumerate(estimates):
        k, n = int(hits[0, i]), int(answers[0, i])
        effect = np.nan
        if 0 < k < n:
            independent = estimate.value * (1 - estimate.value) / n
            effect = estimate.variance / independent
        elif n:
            known = design_effects[i] if design_effects else np.nan
            low, high = bootstrap.of_equal_answers(
                k > 0, n / np.nanmax([1.0, known])
            )
            estimate = estimate._replace(low=low, high=high)
        shares.append(Share(None, None, None, n, k, estimate, float(effect)))
    return shares


def _ratio(hits, answers):
    empty = np.full(np.shape(hits), np.nan)
    return np.divide(hits, answers, out=empty, where=answers > 0)


def _accuracy(resamples, hits, answers, durations, pairs):
    right = answers - hits
    if not pairs:
        right[..., 0] = hits[..., 0]
    right, answers = right.sum(-1), answers.sum(-1)
    overall = _shares_of(resamples, right[:, :1], answers[:, :1])[0]
    effects = [overall.design_effect] * answers.shape[1]
    shares = _shares_of(resamples, right, answers, effects)
    if not len(durations):
        return shares[:1]
    return [
        share._replace(duration_ms=duration)
        for share, duration in zip(
            shares, [None, *durations.tolist()], strict=True
        )
        if share.answers
    ]


def _classes(judgements, resamples, num_sources, shares):
    labels = np.unique(judgements.label[judgements.label >= 0])
    if not len(labels):
        return []
    which = np.searchsorted(labels, judgements.label)
    cells = np.where(
        judgements.label < 0, -1, which * num_sources + judgements.source
    )
    hits, answers = resamples.counts(
        cells, judgements.judged_real, len(labels) * num_sources
    )
    known = {
        share.source: share.design_effect
        for share in shares
        if share.duration_ms is None
    }
    effects = [known.get(source, np.nan) for source in range(num_sources)]
    result = _shares_of(resamples, hits, answers, effects * len(labels))
    places = itertools.product(labels.tolist(), range(num_sources))
    return [
        share._replace(source=source, label=label)
        for share, (label, source) in zip(result, places, strict=True)
        if share.answers
    ]


def _sensitivities(resamples, hits, answers, durations, pairs, shares):
    known = {(share.source, share.duration_ms): share for share in shares}
    result = []
    for i, duration in enumerate([None, *durations.tolist()]):
        fake_hits, fakes = hits[:, i, 1:], answers[:, i, 1:]
        if pairs:
            d = detection.pair_sensitivity(fakes - fake_hits, fakes)
            c = d
        else:
            d, c = detection.sensitivity(
                hits[:, i, :1], answers[:, i, :1], fake_hits, fakes
            )
        found = zip(resamples.estimates(d), resamples.estimates(c), strict=True)
        for source, (value, criterion) in enumerate(found, 1):
            if np.isnan(value.value):
                continue
            fake, real = known[source, duration], known.get((0, duration))
            if fake.is_extreme or (real is not None and real.is_extreme):
                value, criterion = _of_extremes(real, fake)
            result.append(
                Sensitivity(
                    source, duration, value, None if pairs else criterion
                )
            )
    return result


def _of_extremes(real, fake):
    """d' and c from the intervals of the shares; of pairs, twice d'."""
    alarm = _z(fake)
    if real is None:
        return (alarm.scaled(-np.sqrt(2)),) * 2
    hit = _z(real)
    criterion = bootstrap.subtract(alarm.scaled(-1), hit).scaled(0.5)
    return bootstrap.subtract(hit, alarm), criterion


def _z(share):
    value, low, high = (
        float(detection.corrected_z(share.answers * end, share.answers))
        for end in share.estimate[:3]
    )
    return bootstrap.Estimate(value, low, high, np.nan)


def _differences(resamples, hits, answers, shares):
    known = {
        share.source: share for share in shares if share.duration_ms is None
    }
    pairs = list(itertools.combinations(range(1, hits.shape[1]), 2))
    if not pairs:
        return []
    values = _ratio(hits, answers)
    first, second = np.transpose(pairs)
    estimates = resamples.estimates(values[:, first] - values[:, second])
    result = []
    for (a, b), estimate in zip(pairs, estimates, strict=True):
        effect = np.nan
        if a in known and b in known:
            one, other = known[a], known[b]
            if one.is_extreme or other.is_extreme:
                estimate = bootstrap.subtract(one.estimate, other.estimate)
            else:
                effect = estimate.variance / (
                    _independent(one) + _independent(other)
                )
        result.append(Difference(a, b, estimate, float(effect)))
    return result


def _independent(share):
    """The variance of the share of as many independent answers."""
    value = share.estimate.value
    return value * (1 - value) / share.answers


def _warnings(judgements):
    count = len(np.unique(judgements.participant))
    if count == 1:
        return [
            "There is 1 participant: the intervals are from draws of pictures "
            "only, and say nothing of other people."
        ]
    if count < _FEW_PARTICIPANTS:
        return [
            f"There are {count} participants: with fewer than "
            f"{_FEW_PARTICIPANTS} the intervals are too narrow and not to be "
            "trusted."
        ]
    return []
