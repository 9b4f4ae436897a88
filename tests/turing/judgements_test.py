"""Which answers count, and what they say."""

import numpy as np
import pytest

from kerasgan.turing import judgements
from kerasgan.turing import participants
from kerasgan.turing import study as studies


@pytest.fixture
def study(make_study, tmp_path):
    with make_study(tmp_path / "study.db") as study:
        yield study


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({}, ""),
        ({"flag": "hidden"}, "hidden"),
        ({"flag": "dropped"}, "dropped"),
        ({"flag": "duration"}, "duration"),
        # What the page did not flag, and should have.
        ({"dropped_frames": 1}, "dropped"),
        ({"shown_ms": lambda duration: duration + 16.5}, "duration"),
        ({"shown_ms": lambda duration: duration - 16.5}, "duration"),
        # One frame is not more than one frame.
        ({"shown_ms": lambda duration: duration + 16.0}, ""),
        ({"response_ms": 149.9}, "quick"),
        ({"response_ms": 150.0}, ""),
    ],
)
def test_an_answer_is_left_out_by_its_numbers(study, take_part, other, reason):
    take_part(study, lambda number: other if number == 3 else {})
    reading = judgements.read(study)
    expected = [""] * 12
    expected[3] = reason
    assert reading.judgements.reason.tolist() == expected
    assert len(reading.judgements.valid().source) == expected.count("")
    excluded = {
        why: answers for why, answers, _ in reading.excluded() if answers
    }
    assert excluded == ({reason: 1} if reason else {})


def test_without_durations_frames_do_not_matter(
    make_study, take_part, tmp_path
):
    with make_study(tmp_path / "untimed.db", "untimed") as study:
        take_part(study, lambda number: {"dropped_frames": 9})
        answers = judgements.read(study).judgements
    assert set(answers.reason) == {""}
    assert np.isnan(answers.duration_ms).all()
    assert np.isnan(answers.shown_ms).all()


def test_a_participant_with_few_answers_that_count_is_left_out(
    study, take_part
):
    take_part(study)
    take_part(study, most=3)
    # Four answers, of which one does not count.
    take_part(
        study, lambda number: {"flag": "hidden"} if number == 0 else {}, most=4
    )
    take_part(study, most=4)
    reading = judgements.read(study)
    assert reading.participants == {1: "", 2: "few", 3: "few", 4: ""}
    answers = reading.judgements
    # What was left out for its own sake keeps its reason.
    assert answers.reason[answers.participant == 3].tolist() == [
        "hidden",
        "few",
        "few",
        "few",
    ]
    assert reading.excluded()[0] == ("hidden", 1, 0)
    assert ("few", 6, 2) in reading.excluded()


def test_a_participant_who_always_says_the_same_is_left_out(
    make_study, take_part, tmp_path
):
    with make_study(tmp_path / "alike.db", trials=20) as study:
        for count in (20, 19, 0, 1):
            take_part(
                study,
                lambda number, count=count: {
                    "answer": "real" if number < count else "fake"
                },
            )
        # 19 of 20 are 0.95, which is not more.
        assert judgements.read(study).participants == {
            1: "alike",
            2: "",
            3: "alike",
            4: "",
        }


def test_a_participant_who_skips_pictures_is_left_out(
    make_study, take_part, tmp_path
):
    with make_study(tmp_path / "skipped.db", trials=20) as study:
        for count in (4, 5):
            take_part(
                study,
                lambda number, count=count: None if number < count else {},
            )
        # 4 of 20 are 0.2, which is not more.
        reading = judgements.read(study)
    assert reading.participants == {1: "", 2: "skipped"}
    assert (reading.judgements.reason == "").sum() == 16
    assert reading.unanswered == 9


def test_practice_is_no_answer_and_what_was_seen_is_counted(study, take_part):
    take_part(study, lambda number: None if number in (2, 5) else {})
    take_part(study, most=0)
    # Of this one, a picture of practice was seen, and not answered.
    entrance = participants.Participants(study)
    secret = participants.new_secret()
    entrance.add(secret)
    entrance.picture(secret, entrance.next_trial(secret)["code"])
    reading = judgements.read(study)
    assert len(reading.judgements.source) == 10
    assert reading.unanswered == 2
    assert reading.participants == {1: "", 2: "few", 3: "few"}


def test_the_arrays_say_what_the_file_says(study, take_part):
    take_part(study)
    by_study = judgements.read(study)
    answers = by_study.judgements
    keys = study.keys("judged")
    for source, picture in zip(answers.source, answers.picture, strict=True):
        assert picture in keys[source]
    assert set(answers.source) == {0, 1, 2}
    assert (np.bincount(answers.source) == [6, 3, 3]).all()
    # In turn, from "real" on.
    assert answers.judged_real.tolist() == [True, False] * 6
    labels = {
        key: place % 3 for group in keys for place, key in enumerate(group)
    }
    assert answers.label.tolist() == [labels[key] for key in answers.picture]
    np.testing.assert_array_equal(answers.duration_ms, answers.shown_ms)
    by_path = judgements.read(study.path)
    for a, b in zip(by_path.judgements, answers, strict=True):
        np.testing.assert_array_equal(a, b)


def test_of_a_pair_the_generated_one_is_meant(make_study, take_part, tmp_path):
    with make_study(tmp_path / "pair.db", "pair") as study:
        take_part(
            study, lambda number: {"answer": ("left", "right")[number % 2]}
        )
        answers = judgements.read(study).judgements
        sides = [
            "left" if row["picture"] in study.keys("judged")[0] else "right"
            for row in study.connection.execute(
                "SELECT picture FROM trials WHERE practice = 0 "
                "ORDER BY position"
            )
        ]
        real, *others = study.keys("judged")
        generated = {key for keys in others for key in keys}
    assert set(answers.picture) <= generated
    assert set(answers.other) <= set(real)
    assert set(answers.source) == {1, 2}
    # The real one is at `sides`; another answer takes the generated one for it.
    given = ["left", "right"] * 6
    assert answers.judged_real.tolist() == [
        side != answer for side, answer in zip(sides, given, strict=True)
    ]


def test_a_study_without_participants_is_empty(study):
    reading = judgements.read(study)
    assert len(reading.judgements.source) == 0
    assert reading.participants == {}


def test_reading_does_not_stop_a_study_in_use(study, take_part):
    take_part(study)
    with studies.Study(study.path) as other:
        other.connection.execute("PRAGMA busy_timeout = 0")
        study.connection.execute("BEGIN IMMEDIATE")
        # Someone is about to write.
        assert len(judgements.read(other).judgements.source) == 12
        study.connection.execute("ROLLBACK")
