"""The file of a study, and what participants may do."""

import dataclasses
import sqlite3
import threading

import numpy as np
import pytest

from kerasgan.turing import participants
from kerasgan.turing import protocol as protocols
from kerasgan.turing import study as studies


def answered(code, answer="real", **others):
    return participants.Answer(
        **{
            "code": code,
            "answer": answer,
            "response_ms": 640.0,
            "shown_ms": 100.0,
            "frame_ms": 16.7,
            "dropped_frames": 0,
            "magnification": 8.0,
            "flag": "",
            **others,
        }
    )


def join(people):
    secret = participants.new_secret()
    people.add(secret)
    return secret


@pytest.fixture
def people(make_study, tmp_path):
    study = make_study(tmp_path / "study.db", trials=6, practice=1)
    yield participants.Participants(study)
    study.close()


def see(people, secret):
    """Shows a participant what comes next; its code."""
    code = people.next_trial(secret)["code"]
    people.picture(secret, code)
    return code


def stored(people):
    rows = people._connection.execute("SELECT * FROM answers")
    return [dict(row) for row in rows]


# The file.


def test_a_study_is_the_same_when_it_is_opened_again(make_study, tmp_path):
    path = tmp_path / "study.db"
    with make_study(path, mode="pair", trials=5) as study:
        kept = study.protocol, study.key, study.sources, study.keys("judged")
        picture = study.pictures([3])
    with studies.Study(path) as study:
        assert kept == (
            study.protocol,
            study.key,
            study.sources,
            study.keys("judged"),
        )
        np.testing.assert_array_equal(study.pictures([3]), picture)


def test_a_study_that_is_there_is_not_written_over(make_study, tmp_path):
    path = tmp_path / "study.db"
    make_study(path).close()
    before = path.read_bytes()
    with pytest.raises(ValueError, match="a file that is not there"):
        make_study(path)
    assert path.read_bytes() == before


def test_a_study_is_written_whole_or_not_at_all(
    make_study, tmp_path, monkeypatch
):
    def fail(*_):
        raise OSError("No space left on device")

    for place, name in ((studies.os, "link"), (studies, "_fill")):
        with monkeypatch.context() as patch:
            patch.setattr(place, name, fail)
            with pytest.raises(OSError, match="No space"):
                make_study(tmp_path / "study.db")
        assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0"])
def test_what_is_no_study_is_refused(tmp_path, content):
    path = tmp_path / "study.db"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="of this version wrote"):
        studies.Study(path)
    assert path.read_bytes() == content
    with pytest.raises(ValueError, match="there is no file"):
        studies.Study(tmp_path / "other.db")


def test_another_database_is_left_as_it_is(tmp_path):
    path = tmp_path / "others.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE mine (number INTEGER)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(ValueError, match="other tables"):
        studies.Study(path)
    assert path.read_bytes() == before


def test_there_must_be_pictures_enough_and_of_one_size(make_study, tmp_path):
    pictures = {"judged": (np.zeros((9, 8, 8, 3), "uint8"), None)}
    small = {"judged": (np.zeros((9, 4, 4, 3), "uint8"), None)}
    protocol = protocols.Protocol(
        trials=4, practice=0, examples=0, fewest_valid=0
    )
    texts = studies.Texts("Do you?", "Ada")

    def create(*sources, protocol=protocol):
        named = [studies.Source(name, {}, each) for name, each in sources]
        studies.create(tmp_path / "study.db", protocol, named, texts)

    with pytest.raises(ValueError, match="real pictures and those of one"):
        create(("real", pictures))
    with pytest.raises(ValueError, match="Name each model once"):
        create(("real", pictures), ("gan", pictures), ("gan", pictures))
    with pytest.raises(ValueError, match="of one size, or it tells"):
        create(("real", pictures), ("gan", small))
    longer = dataclasses.replace(protocol, trials=20)
    with pytest.raises(ValueError, match="9 judged pictures of 'real'"):
        create(("real", pictures), ("gan", pictures), protocol=longer)
    with pytest.raises(ValueError, match="`contact` must be a text"):
        studies.Texts("Do you?", " ")
    assert not list(tmp_path.iterdir())


def test_people_and_simulations_are_never_mixed(make_study, tmp_path):
    study = make_study(tmp_path / "study.db", simulated=True)
    secret = join(participants.Participants(study))
    assert secret
    for statement in (
        "UPDATE study SET value = 'false' WHERE name = 'simulated'",
        "INSERT OR REPLACE INTO study VALUES ('simulated', 'false')",
        "DELETE FROM study",
        "UPDATE participants SET simulated = 0",
        "INSERT INTO participants (secret, simulated, begun) "
        "VALUES (x'00', 0, 0)",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            study.connection.execute(statement)


# What participants may do.


def test_trials_come_one_after_the_other_practice_first(people):
    secret = join(people)
    seen = []
    while (trial := people.next_trial(secret)) is not None:
        assert trial == people.next_trial(secret)
        people.picture(secret, trial["code"])
        people.answer(secret, answered(trial["code"]))
        seen.append((trial["practice"], trial["number"]))
    assert seen == [(True, 0), *((False, number) for number in range(6))]
    assert len(stored(people)) == 7


def test_the_same_answer_again_changes_nothing(people):
    secret = join(people)
    code = see(people, secret)
    people.answer(secret, answered(code))
    before = stored(people)
    people.answer(secret, answered(code, response_ms=1.0))
    assert stored(people) == before
    with pytest.raises(participants.Refusal, match="has another answer"):
        people.answer(secret, answered(code, answer="fake"))
    for statement in (
        "UPDATE answers SET answer = 'fake'",
        "INSERT OR REPLACE INTO answers SELECT trial, 'fake', response_ms, "
        "shown_ms, frame_ms, dropped_frames, magnification, flag, received "
        "FROM answers",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="is not changed"):
            people._connection.execute(statement)
    assert stored(people) == before


def test_who_asks_to_take_part_twice_is_one_participant(people):
    secret = participants.new_secret()
    assert people.add(secret) == people.add(secret) == 1
    first = people.next_trial(secret)
    assert people.add(participants.new_secret()) == 2
    assert people.next_trial(secret) == first
    for wrong in ("", "short", None, 3, "a" * 65):
        with pytest.raises(participants.Refusal, match="a secret has"):
            people.add(wrong)


def test_the_seed_does_not_tell_what_comes(make_study, tmp_path):
    # The secret of the order is another in each study, and not the key, which
    # people are sent: so equal seeds are of other plans.
    plans = []
    for name in ("one.db", "two.db"):
        with make_study(
            tmp_path / name, trials=40, practice=0, key=None
        ) as study:
            assert study.order != study.key
            join(participants.Participants(study))
            rows = study.connection.execute(
                "SELECT picture FROM trials ORDER BY position"
            )
            plans.append([key for (key,) in rows])
    assert plans[0] != plans[1]


def test_a_number_is_never_given_again(people):
    join(people)
    people._connection.execute("DELETE FROM trials")
    people._connection.execute("DELETE FROM participants")
    assert people.add(participants.new_secret()) == 2


def test_an_answer_that_comes_late_is_kept(people):
    secret = join(people)
    first, second = see(people, secret), see(people, secret)
    people.answer(secret, answered(second))
    people.answer(secret, answered(first))
    assert len(stored(people)) == 2


def test_a_picture_is_seen_once_and_in_its_turn(people):
    secret = join(people)
    rows = people._connection.execute("SELECT code FROM trials ORDER BY trial")
    codes = [code for (code,) in rows]
    for code in (codes[1], codes[-1], "another"):
        with pytest.raises(participants.Refusal, match="not the turn"):
            people.picture(secret, code)
        with pytest.raises(participants.Refusal, match="no such trial"):
            people.answer(secret, answered(code))
    people.picture(secret, codes[0])
    with pytest.raises(participants.Refusal, match="not the turn"):
        people.picture(secret, codes[0])


def test_no_one_answers_for_another(people):
    mine, theirs = join(people), join(people)
    code = see(people, theirs)
    with pytest.raises(participants.Refusal, match="no such trial"):
        people.answer(mine, answered(code))
    with pytest.raises(participants.Refusal, match="not the turn"):
        people.picture(mine, people.next_trial(theirs)["code"])
    for secret in ("", "guessed", mine[:-1], mine + "a"):
        with pytest.raises(participants.Refusal, match="no such participant"):
            people.next_trial(secret)
    assert not stored(people)


def test_after_the_end_nothing_is_shown(people):
    secret = join(people)
    code = see(people, secret)
    coming = people.next_trial(secret)["code"]
    people.stop(secret)
    assert people.next_trial(secret) is None
    with pytest.raises(participants.Refusal, match="not the turn"):
        people.picture(secret, coming)
    # What was under way is not lost.
    people.answer(secret, answered(code))
    assert len(stored(people)) == 1


def test_an_answer_of_another_protocol_is_refused(people):
    secret = join(people)
    code = see(people, secret)
    for wrong in ({"answer": "left"}, {"shown_ms": None}):
        with pytest.raises(participants.Refusal, match="another protocol"):
            people.answer(secret, answered(code, **wrong))
    assert not stored(people)


def test_many_at_once_do_not_disturb_each_other(people):
    secrets = [join(people) for _ in range(8)]

    def take_part(secret):
        while (trial := people.next_trial(secret)) is not None:
            people.picture(secret, trial["code"])
            for _ in range(2):
                people.answer(secret, answered(trial["code"]))

    threads = [threading.Thread(target=take_part, args=(s,)) for s in secrets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stored(people)) == 8 * 7


def test_the_file_holds_no_secret(people, tmp_path):
    secret = join(people)
    people._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert secret.encode() not in (tmp_path / "study.db").read_bytes()


@pytest.mark.parametrize(
    "change",
    [
        {"code": 3},
        {"answer": "maybe"},
        {"answer": ["real"]},
        {"response_ms": -1},
        {"response_ms": float("nan")},
        {"response_ms": 10**400},
        {"response_ms": "1"},
        {"response_ms": True},
        {"shown_ms": 1e12},
        {"frame_ms": None},
        {"dropped_frames": 0.5},
        {"flag": "fine"},
        {"flag": ["dropped"]},
        {"more": 1},
    ],
)
def test_an_answer_is_checked(change):
    valid = answered("a")._asdict()
    assert participants.Answer.checked(valid) == answered("a")
    with pytest.raises(participants.Refusal):
        participants.Answer.checked({**valid, **change})


@pytest.mark.parametrize("value", [None, [], "answer", 3, {}])
def test_what_is_no_answer_is_refused(value):
    with pytest.raises(participants.Refusal, match="has the fields"):
        participants.Answer.checked(value)


def test_the_flags_are_those_of_the_page():
    page = studies.pathlib.Path(studies.__file__).parent / "page"
    text = (page / "frames.js").read_text(encoding="utf-8")
    text += (page / "judgement.js").read_text(encoding="utf-8")
    assert all(f'"{flag}"' in text for flag in participants.FLAGS)
