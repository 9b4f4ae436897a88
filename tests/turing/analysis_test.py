"""What the answers say, against numbers that are known."""

import numpy as np
import pytest
from scipy import stats

from kerasgan.turing import analysis
from kerasgan.turing import bootstrap
from kerasgan.turing import detection
from kerasgan.turing import individuals
from kerasgan.turing import judgements


def answers(participant, source, picture, judged_real, **others):
    """`Judgements` that all count."""
    count = len(source)
    columns = {
        "label": np.full(count, -1),
        "other": np.full(count, -1),
        "duration_ms": np.full(count, np.nan),
        "response_ms": np.full(count, 500.0),
        "shown_ms": np.full(count, np.nan),
        "frame_ms": np.full(count, 16.0),
        "reason": np.full(count, "", "U8"),
        **others,
    }
    return judgements.Judgements(
        np.asarray(participant),
        np.asarray(source),
        np.asarray(picture),
        judged_real=np.asarray(judged_real, bool),
        **{name: np.asarray(column) for name, column in columns.items()},
    )


def estimate(participant, picture, hits, other=None):
    resamples = bootstrap.Resamples(
        participant, picture, np.zeros(len(hits), int), other, num=2000
    )
    hits, counts = resamples.counts(np.zeros(len(hits), int), hits, 1)
    values = hits / counts
    (found,) = resamples.estimates(values)
    return found, values


def test_sensitivity_by_hand():
    # z(0.75) = 0.67449, z(0.95) = 1.64485. Of 9 answers, 7 are (7 + 0.5) / 10.
    d, c = detection.sensitivity(7, 9, 2, 9)
    assert (d, c) == (pytest.approx(2 * 0.67449, abs=1e-5), pytest.approx(0))
    d, c = detection.sensitivity(9, 9, 7, 9)
    assert d == pytest.approx(1.64485 - 0.67449, abs=1e-5)
    assert c == pytest.approx(-(1.64485 + 0.67449) / 2, abs=1e-5)
    assert detection.pair_sensitivity(7, 9) == pytest.approx(
        1.41421 * 0.67449, abs=1e-4
    )
    assert np.isnan(detection.pair_sensitivity(0, 0))


def test_independent_answers_have_the_binomial_interval():
    count = 1000
    hits = np.random.default_rng(1).random(count) < 0.3
    found, values = estimate(np.arange(count), np.arange(count), hits)
    share = hits.mean()
    error = np.sqrt(share * (1 - share) / count)
    # 2000 draws find a standard error to 2 %, and the ends to 4 %.
    assert np.sqrt(found.variance) == pytest.approx(error, rel=0.06)
    assert found.low == pytest.approx(share - 1.96 * error, abs=0.1 * error)
    assert found.high == pytest.approx(share + 1.96 * error, abs=0.1 * error)
    # What the correction is for.
    assert values[1:2001].var() == pytest.approx(3 * error**2, rel=0.15)


@pytest.mark.parametrize("by_participant", [True, False])
def test_answers_that_go_together_count_as_one(by_participant):
    # 60 groups of 20 equal answers are 60 answers.
    group, single = np.divmod(np.arange(1200), 20)
    hits = np.random.default_rng(2).random(60)[group] < 0.5
    single = group * 20 + single
    groups = (group, single) if by_participant else (single, group)
    found, _ = estimate(*groups, hits)
    share = hits.mean()
    assert found.variance == pytest.approx(share * (1 - share) / 60, rel=0.15)


def test_both_kinds_of_groups_add_up():
    generator = np.random.default_rng(3)
    person, picture = np.divmod(np.arange(40 * 25), 25)
    evidence = generator.normal(size=40)[person]
    evidence = evidence + generator.normal(size=25)[picture]
    evidence = evidence + generator.normal(size=1000)
    both, _ = estimate(person, picture, evidence > 0)
    people, _ = estimate(person, np.arange(1000), evidence > 0)
    pictures, _ = estimate(np.arange(1000), picture, evidence > 0)
    single, _ = estimate(np.arange(1000), np.arange(1000), evidence > 0)
    expected = people.variance + pictures.variance - single.variance
    assert both.variance == pytest.approx(expected, rel=0.15)


def test_the_real_pictures_of_pairs_add_their_spread():
    generator = np.random.default_rng(4)
    person, picture = np.divmod(np.arange(40 * 25), 25)
    # Each person has each real picture once, too, beside others.
    other = (picture + person) % 25
    evidence = generator.normal(size=1000)
    for groups in (person, picture, other):
        evidence = evidence + generator.normal(size=groups.max() + 1)[groups]
    single = np.arange(1000)
    three, _ = estimate(person, picture, evidence > 0, other)
    of_each = [
        estimate(groups, single, evidence > 0)[0].variance
        for groups in (person, picture, other)
    ]
    of_answers = estimate(single, single, evidence > 0)[0].variance
    assert three.variance == pytest.approx(
        sum(of_each) - 2 * of_answers, rel=0.15
    )
    two, _ = estimate(person, picture, evidence > 0)
    assert three.variance > 1.2 * two.variance


@pytest.fixture
def small():
    """Ten people, each with four pictures of three sources, at 50 or 100 ms."""
    person, trial = np.divmod(np.arange(120), 12)
    source, place = np.divmod(trial, 4)
    hits = place < np.array([3, 1, 2])[source]
    return answers(
        person,
        source,
        trial,
        hits,
        duration_ms=np.where(place % 2, 100.0, 50.0),
        label=np.where(source == 1, -1, place // 2),
    )


def test_shares_by_hand(small):
    found = analysis.analyse(small, 3, num_resamples=100)
    overall = found.shares[:3]
    assert [share.answers for share in overall] == [40, 40, 40]
    assert [share.estimate.value for share in overall] == [0.75, 0.25, 0.5]
    # Of four pictures, the first and the third are shown for 50 ms.
    by_duration = {
        (share.source, share.duration_ms): share.estimate.value
        for share in found.shares[3:]
    }
    assert by_duration == {
        (0, 50): 1.0,
        (0, 100): 0.5,
        (1, 50): 0.5,
        (1, 100): 0.0,
        (2, 50): 0.5,
        (2, 100): 0.5,
    }
    # 20 equal answers are worth fewer, as four pictures are behind all 40.
    effect = overall[0].design_effect
    assert effect > 3
    low, _ = bootstrap.of_equal_answers(True, 20 / effect)
    assert found.shares[3].estimate.low == pytest.approx(low)
    # Right are 30 of 40 real ones, 30 of 40 and 20 of 40 generated ones.
    assert found.accuracy[0].hits == 80
    assert found.accuracy[0].estimate.value == pytest.approx(80 / 120)
    assert [share.hits for share in found.accuracy[1:]] == [40, 40]
    assert {
        (share.source, share.label): share.estimate.value
        for share in found.classes
    } == {(0, 0): 1.0, (0, 1): 0.5, (2, 0): 1.0, (2, 1): 0.0}


def test_sensitivities_of_an_analysis(small):
    found = analysis.analyse(small, 3, num_resamples=100).sensitivities
    assert [(each.source, each.duration_ms) for each in found] == [
        (1, None),
        (2, None),
        (1, 50),
        (2, 50),
        (1, 100),
        (2, 100),
    ]
    hit, alarm = stats.norm.ppf([30.5 / 41, 10.5 / 41])
    assert found[0].sensitivity.value == pytest.approx(hit - alarm)
    assert found[0].criterion.value == pytest.approx(-(hit + alarm) / 2)
    hit, alarm = stats.norm.ppf([20.5 / 21, 10.5 / 21])
    assert found[3].sensitivity.value == pytest.approx(hit - alarm)


def test_the_difference_of_two_models(small):
    (found,) = analysis.analyse(small, 3, num_resamples=500).differences
    assert (found.source_a, found.source_b) == (1, 2)
    assert found.estimate.value == pytest.approx(-0.25)
    # One picture of four against two of four: anyone's guess.
    assert not found.is_certain
    person, trial = np.divmod(np.arange(2000), 50)
    source = 1 + trial % 2
    clear = answers(
        person, source, trial, np.where(source == 1, trial % 5 > 0, trial > 40)
    )
    (found,) = analysis.analyse(clear, 3, num_resamples=500).differences
    assert found.is_certain
    assert found.estimate.low > 0.3


def test_pairs():
    person, picture = np.divmod(np.arange(400), 20)
    found = analysis.analyse(
        answers(
            person,
            np.full(400, 1),
            picture,
            picture % 4 == 0,
            other=100 + (person + picture) % 20,
        ),
        2,
        pairs=True,
        num_resamples=100,
    )
    (share,) = found.shares
    assert (share.source, share.estimate.value) == (1, 0.25)
    assert found.accuracy[0].estimate.value == 0.75
    (each,) = found.sensitivities
    right = stats.norm.ppf(300.5 / 401)
    assert each.sensitivity.value == pytest.approx(np.sqrt(2) * right)
    assert each.criterion is None


def test_where_all_answers_are_alike_the_interval_is_wilsons():
    person, picture = np.divmod(np.arange(40), 4)
    found = analysis.analyse(
        answers(person, np.zeros(40, int), picture, np.ones(40)),
        2,
        num_resamples=100,
    )
    expected = stats.binomtest(40, 40).proportion_ci(method="wilson")
    assert found.shares[0].estimate[:3] == pytest.approx(
        (1, expected.low, 1), abs=1e-9
    )


def test_right_answers_at_a_duration_are_as_few_as_people_repeat_themselves():
    # All are right at 2000 ms, and at 50 ms all but the careless third.
    person, trial = np.divmod(np.arange(600), 20)
    source, duration = trial % 2, np.where(trial < 10, 2000.0, 50.0)
    right = (duration == 2000) | (person % 3 > 0)
    found = analysis.analyse(
        answers(
            person, source, trial, (source == 0) == right, duration_ms=duration
        ),
        2,
        num_resamples=100,
    )
    overall, _, seen_long = found.accuracy
    assert (seen_long.duration_ms, seen_long.hits) == (2000, 300)
    assert overall.design_effect > 3
    independent = 300 / overall.design_effect
    # Wilson's lower end where all of n are right.
    z = stats.norm.ppf(0.975)
    assert seen_long.estimate.low == pytest.approx(
        independent / (independent + z**2), abs=1e-3
    )


def test_one_answer_each_is_no_verdict():
    # Of one share of 1 and one of 0 of one answer each, Wilson's ends are 0.207
    # and 0.793, which Newcombe's method joins.
    found = analysis.analyse(
        answers([1, 1, 1], [0, 1, 2], [1, 2, 3], [1, 1, 0]),
        3,
        num_resamples=100,
    )
    (difference,) = found.differences
    assert difference.estimate[:3] == pytest.approx(
        (1, 1 - np.hypot(0.793, 0.793), 1), abs=1e-3
    )
    assert not difference.is_certain
    # Nor does one right answer each say that all is seen.
    (_, seen) = found.sensitivities
    assert seen.sensitivity.low < 0 < seen.sensitivity.value
    low, high = seen.criterion.low, seen.criterion.high
    assert low < -0.2 and high > 0.2


def test_pairs_that_are_all_right_are_not_all_that_will_be():
    found = analysis.analyse(
        answers(np.arange(20) // 2, np.ones(20, int), range(20), np.zeros(20)),
        2,
        pairs=True,
        num_resamples=100,
    )
    (seen,) = found.sensitivities
    highest = stats.binomtest(0, 20).proportion_ci(method="wilson").high
    assert seen.sensitivity.value == pytest.approx(
        np.sqrt(2) * stats.norm.ppf(20.5 / 21)
    )
    assert seen.sensitivity.low == pytest.approx(
        np.sqrt(2) * stats.norm.ppf((20 * (1 - highest) + 0.5) / 21)
    )
    assert seen.sensitivity.high == seen.sensitivity.value


@pytest.mark.parametrize(
    ("people", "words"),
    [(1, "draws of pictures only"), (9, "not to be trusted"), (10, None)],
)
def test_few_participants_are_said_to_be_few(people, words):
    person, picture = np.divmod(np.arange(people * 8), 8)
    found = analysis.analyse(
        answers(person, picture % 2, picture, picture % 3 == 0),
        2,
        num_resamples=200,
    )
    assert len(found.warnings) == (words is not None)
    assert all(words in text for text in found.warnings)
    # Also of one there is an interval, by the pictures.
    estimate = found.shares[0].estimate
    assert estimate.low < estimate.value < estimate.high


def test_a_seed_gives_the_same_again(small):
    first, again, other = (
        analysis.analyse(small, 3, seed=seed, num_resamples=100)
        for seed in (0, 0, 1)
    )
    # As text, in which nan is nan.
    assert str(first) == str(again)
    assert str(first.sensitivities) != str(other.sensitivities)


def test_wrong_arguments(small):
    with pytest.raises(ValueError, match="`num_resamples` must be an integer"):
        analysis.analyse(small, 3, num_resamples=10)
    with pytest.raises(ValueError, match=r"Received: 0 answers\. Let"):
        analysis.analyse(small.take([]), 3)


def test_one_lucky_answer_is_not_first():
    # Pictures 1 to 4 have 9 of 10, 1 of 1, 1 of 2 and 0 of 7.
    picture = np.repeat([1, 2, 3, 4], [10, 1, 2, 7])
    hits = np.concatenate([np.arange(10) < 9, [1], [1, 0], np.zeros(7)])
    found = individuals.fooling(
        answers(np.arange(20), np.ones(20, int), picture, hits)
    )
    assert [each.picture for each in found] == [1, 2, 3, 4]
    # 11 of all 20 answers were "real".
    assert [each.rate for each in found] == pytest.approx(
        [9.55 / 11, 1.55 / 2, 1.55 / 3, 0.55 / 8]
    )
    assert (found[0].hits, found[0].answers) == (9, 10)


def test_a_person_by_hand():
    # 3 of 4 real ones, 1 of 4 generated ones; another answer does not count.
    theirs = answers(
        np.ones(9),
        [0] * 4 + [1] * 5,
        range(9),
        [1, 1, 1, 0, 1, 0, 0, 0, 1],
        reason=np.array([""] * 8 + ["quick"]),
    )
    (person,) = individuals.persons(
        judgements.Reading(theirs, {1: ""}, 0, False)
    )
    assert person[:6] == (1, "", 9, 8, 0.75, 0.25)
    expected = stats.norm.ppf(0.7) - stats.norm.ppf(0.3)
    assert person.sensitivity == pytest.approx(expected)
    assert person.response_ms == 500
