"""Single participants, and single pictures: counts without intervals."""

import typing

import numpy as np

from kerasgan.turing import detection


class Person(typing.NamedTuple):
    """A participant.

    Attributes:
        participant: int, their number.
        excluded: str, why they are left out, `""` where they are not.
        answers: int, all of them.
        valid: int, answers that count.
        real_judged_real: float, share; nan where there is none, and for pairs.
        fake_judged_real: float, share.
        sensitivity: float, d' of real and generated pictures.
        response_ms: float, median of the answers that count.
    """

    participant: int
    excluded: str
    answers: int
    valid: int
    real_judged_real: float
    fake_judged_real: float
    sensitivity: float
    response_ms: float


class Fooling(typing.NamedTuple):
    """A generated picture, and how often it was taken for a real one.

    Attributes:
        picture: int, its key.
        source: int, the model.
        label: int, -1 where it has none.
        answers: int, at least 1.
        hits: int, how many of them judged it real.
        rate: float, `(hits + share of all generated) / (answers + 1)`: as if
            one more person had judged it as people judge on average.
    """

    picture: int
    source: int
    label: int
    answers: int
    hits: int
    rate: float


def persons(reading, pairs=False):
    """Everyone who took part.

    Args:
        reading: A `Reading`.
        pairs: bool, whether pairs were judged.

    Returns:
        List of `Person`, by number.
    """
    judgements = reading.judgements
    result = []
    for number, why in reading.participants.items():
        theirs = judgements.take(judgements.participant == number)
        valid = theirs.valid()
        real, fake = (
            valid.judged_real[valid.source == 0],
            valid.judged_real[valid.source != 0],
        )
        if pairs:
            seen = detection.pair_sensitivity(np.sum(~fake), len(fake))
        else:
            seen, _ = detection.sensitivity(
                real.sum(), len(real), fake.sum(), len(fake)
            )
        result.append(
            Person(
                number,
                why,
                len(theirs.source),
                len(valid.source),
                _mean(real),
                _mean(fake),
                float(seen),
                float(np.median(valid.response_ms))
                if len(valid.source)
                else np.nan,
            )
        )
    return result


def _mean(values):
    return float(values.mean()) if len(values) else np.nan


def fooling(judgements):
    """Generated pictures, from what fooled people most to what did least.

    By the bare share, one lucky answer would be first; see `Fooling.rate`. Of
    equal ones, the picture that more people judged is nearer to its end.

    Args:
        judgements: `Judgements`, those that count.

    Returns:
        List of `Fooling`, one a picture with an answer.
    """
    generated = judgements.take(judgements.source != 0)
    if not len(generated.source):
        return []
    keys, first, which = np.unique(
        generated.picture, return_index=True, return_inverse=True
    )
    answers = np.bincount(which)
    hits = np.bincount(which, generated.judged_real).astype("int64")
    prior = generated.judged_real.mean()
    rates = (hits + prior) / (answers + 1)
    # Toward either end, more answers go first.
    certainty = np.where(rates >= prior, answers, -answers)
    order = np.lexsort((keys, -certainty, -rates))
    return [
        Fooling(
            int(keys[i]),
            int(generated.source[first[i]]),
            int(generated.label[first[i]]),
            int(answers[i]),
            int(hits[i]),
            float(rates[i]),
        )
        for i in order
    ]
