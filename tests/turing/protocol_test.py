"""What participants go through, and which picture comes when."""

import collections
import itertools

import numpy as np
import pytest

from kerasgan.turing import consent
from kerasgan.turing import protocol as protocols
from kerasgan.turing import schedule

PICTURES = [range(100), range(100, 160), range(160, 220)]


def source(picture):
    return next(i for i, keys in enumerate(PICTURES) if picture in keys)


def test_the_eleven_durations_are_those_of_the_paper_at_both_ends():
    durations = protocols.Protocol().durations
    assert (len(durations), min(durations), max(durations)) == (11, 50, 2000)
    assert protocols.Protocol(mode="untimed").durations == ()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mode": "time"}, "`mode` must be one of .* Did you mean 'timed'"),
        ({"trials": 0}, "`trials` must be an integer, at least 1"),
        ({"durations": ()}, "`durations` must hold one or more"),
        ({"durations": (10,)}, "`durations` must be an integer, at least 17"),
        ({"magnification": 0}, "`magnification`"),
        ({"most_alike": 1.5}, "`most_alike` must be a number"),
        ({"trials": 19}, "`trials` must be as many as make a participant"),
    ],
)
def test_what_is_out_of_range_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        protocols.Protocol(**arguments)


def test_a_stored_protocol_is_the_same_again():
    protocol = protocols.Protocol(trials=22, durations=[50, 100])
    assert protocols.Protocol(**protocol.as_dict()) == protocol


def test_half_of_the_pictures_are_real_and_durations_take_turns():
    protocol = protocols.Protocol(trials=88)
    plan = schedule.plan(protocol, PICTURES, 88, (0, 3))
    sources = collections.Counter(source(trial.picture) for trial in plan)
    assert sources == {0: 44, 1: 22, 2: 22}
    cells = collections.Counter(
        (source(trial.picture), trial.duration) for trial in plan
    )
    # 44 and 22 are multiples of eleven durations.
    assert {cells[0, d] for d in protocol.durations} == {4}
    assert {cells[s, d] for s in (1, 2) for d in protocol.durations} == {2}
    pictures = [trial.picture for trial in plan]
    assert len(set(pictures)) == len(pictures)


def test_what_does_not_divide_evenly_goes_to_all_in_the_long_run():
    protocol = protocols.Protocol(trials=3, fewest_valid=0)
    cells = collections.Counter(
        (source(trial.picture), trial.duration)
        for participant in range(3000)
        for trial in schedule.plan(protocol, PICTURES, 3, (0, participant))
    )
    # 4500 real pictures over eleven durations, 2250 of each model. Five
    # standard deviations of a Poisson number.
    for (kind, _), count in cells.items():
        expected = (4500 if kind == 0 else 2250) / 11
        assert abs(count - expected) < 5 * expected**0.5
    assert len(cells) == 33


def test_of_a_pair_one_is_real_as_often_on_either_side():
    protocol = protocols.Protocol(mode="pair", trials=40)
    plan = schedule.plan(protocol, PICTURES, 40, (0, 0))
    pairs = [(source(t.picture), source(t.other)) for t in plan]
    assert all((left == 0) != (right == 0) for left, right in pairs)
    assert sum(left == 0 for left, _ in pairs) == 20
    assert collections.Counter(left + right for left, right in pairs) == {
        1: 20,
        2: 20,
    }


def test_the_order_tells_nothing():
    # Real or generated, one after the other: as chance has it.
    protocol = protocols.Protocol(mode="untimed", trials=100)
    same = []
    for participant in range(200):
        plan = schedule.plan(protocol, PICTURES, 100, (7, participant))
        real = np.array([source(trial.picture) == 0 for trial in plan])
        same.append(np.mean(real[1:] == real[:-1]))
    # 50 of 100 are real: 49 of the 99 others are of the same kind.
    assert abs(np.mean(same) - 49 / 99) < 4 * 0.05 / 200**0.5


def test_the_plan_is_a_function_of_the_seed():
    protocol = protocols.Protocol()
    first, again, other, person = (
        schedule.plan(protocol, PICTURES, 60, seed)
        for seed in ((1, 0), (1, 0), (2, 0), (1, 1))
    )
    assert first == again
    assert first != other and first != person


@pytest.mark.parametrize(
    ("mode", "count", "num_models"),
    list(itertools.product(protocols.MODES, (1, 7, 50), (1, 2))),
)
def test_no_plan_wants_more_pictures_than_announced(mode, count, num_models):
    protocol = protocols.Protocol(mode=mode)
    real, fake = schedule.most_of_a_source(protocol, count, num_models)
    pictures = [range(real), *([range(1000, 1000 + fake)] * num_models)]
    for participant in range(20):
        schedule.plan(protocol, pictures, count, (0, participant))
    with pytest.raises(ValueError, match=r"larger sample|empty|positive"):
        for participant in range(20):
            schedule.plan(
                protocol,
                [range(real - 1), *pictures[1:]],
                count,
                (participant,),
            )


def test_the_consent_text_says_how_long_it_takes():
    assert "about 6 minutes" in consent.text(protocols.Protocol())
    short = protocols.Protocol(
        mode="pair", trials=2, practice=0, fewest_valid=0
    )
    assert "about 1 minute." in consent.text(short)


def test_the_consent_text_says_what_is_stored():
    timed = consent.text(protocols.Protocol())
    untimed = consent.text(protocols.Protocol(mode="untimed"))
    assert "how long each picture was on the screen" in timed
    assert "coloured noise" in timed
    assert "each picture was" not in untimed and "noise" not in untimed
