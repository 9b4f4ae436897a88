"""The report of a study: what it says, and what it never says."""

import csv
import io
import sqlite3

import numpy as np
import pytest

from kerasgan.figures import canvas
from kerasgan.turing import plots
from kerasgan.turing import report as reports
from kerasgan.turing import simulation

OBSERVERS = simulation.Observers((2.0, 1.0))


@pytest.fixture
def unpainted(monkeypatch):
    """Takes away the pixels, and the time that they take."""
    monkeypatch.setattr(
        canvas, "picture", lambda figure: np.zeros((1, 1, 3), "uint8")
    )


@pytest.fixture
def texts_drawn(unpainted, monkeypatch):
    """The texts across each figure that is drawn from now on."""
    drawn = []
    picture = canvas.picture

    def recorded(figure):
        drawn.append([text.get_text() for text in figure.texts])
        return picture(figure)

    monkeypatch.setattr(canvas, "picture", recorded)
    return drawn


def simulated(make_study, path, mode="timed", participants=3, **kwargs):
    """The path of a simulated study with answers."""
    with make_study(path, mode, True, **kwargs) as study:
        simulation.simulate(study, participants, OBSERVERS)
    return path


def judged(make_study, take_part, path, **kwargs):
    """The path of a study for people, with answers."""
    with make_study(path, **kwargs) as study:
        for _ in range(2):
            take_part(study)
    return path


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_all_of_a_simulated_study_says_so(make_study, tmp_path, texts_drawn):
    path = simulated(make_study, tmp_path / "s.db", trials=44)
    report = reports.report(path, num_resamples=100)
    words = "SIMULATED: no person judged anything here."
    lines = report.markdown().splitlines()
    assert lines[0].startswith(f"# {words}")
    assert lines[2].startswith(f"**{words}**")
    assert len(texts_drawn) == len(report.pictures) == 5
    assert all("SIMULATED" in texts for texts in texts_drawn)
    for text in report.tables.values():
        assert {row["simulated"] for row in rows(text)} == {"true"}
    folder = report.write(tmp_path / "report")
    names = sorted(each.name for each in folder.iterdir())
    assert names == [
        "README.md",
        "simulated_answers.csv",
        "simulated_classes.png",
        "simulated_fooled_least.png",
        "simulated_fooled_most.png",
        "simulated_judged_real.png",
        "simulated_participants.csv",
        "simulated_percentages.csv",
        "simulated_sensitivity.png",
    ]
    assert (folder / "README.md").read_text() == report.markdown()


def test_the_mark_is_large(make_study, take_part, tmp_path):
    # The mark is the only red in a figure of two models.
    simulation_path = simulated(make_study, tmp_path / "s.db", "untimed")
    people_path = judged(
        make_study, take_part, tmp_path / "p.db", mode="untimed"
    )
    marked, plain = (
        reports.report(path, num_resamples=100).pictures[name]
        for path, name in (
            (simulation_path, "simulated_judged_real.png"),
            (people_path, "judged_real.png"),
        )
    )

    def red(picture):
        red, green, blue = np.moveaxis(picture.astype(int), -1, 0)
        return np.mean((red > 180) & (green < 200) & (blue < red - 60))

    assert red(marked) > red(plain) + 0.02


def test_who_forges_the_study_is_found_out(make_study, tmp_path, texts_drawn):
    path = simulated(make_study, tmp_path / "s.db")
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("DROP TRIGGER study_stays")
    connection.execute(
        "UPDATE study SET value = 'false' WHERE name = 'simulated'"
    )
    connection.close()
    report = reports.report(path, num_resamples=100)
    assert report.markdown().startswith("# SIMULATED")
    assert all("SIMULATED" in texts for texts in texts_drawn)
    assert all(name.startswith("simulated_") for name in report.tables)


def test_of_people_nothing_says_simulated(
    make_study, take_part, tmp_path, texts_drawn
):
    path = judged(make_study, take_part, tmp_path / "p.db")
    report = reports.report(path, num_resamples=100)
    assert "simulated" not in report.markdown().lower()
    assert not any("SIMULATED" in texts for texts in texts_drawn)
    for text in report.tables.values():
        assert {row["simulated"] for row in rows(text)} == {"false"}
    assert set(report.tables) == {
        "percentages.csv",
        "answers.csv",
        "participants.csv",
    }


@pytest.mark.usefixtures("unpainted")
def test_both_kinds_are_not_in_one_folder(
    make_study, take_part, tmp_path, monkeypatch
):
    of_people = reports.report(
        judged(make_study, take_part, tmp_path / "p.db"), num_resamples=100
    )
    of_none = reports.report(
        simulated(make_study, tmp_path / "s.db"), num_resamples=100
    )
    folder = of_people.write(tmp_path / "report")
    before = {each.name: each.read_bytes() for each in folder.iterdir()}
    with pytest.raises(ValueError, match="must not be in one folder"):
        of_none.write(folder)
    assert before == {each.name: each.read_bytes() for each in folder.iterdir()}
    # Before the analysis, where the folder is known.
    monkeypatch.setattr(reports.analyses, "analyse", None)
    with pytest.raises(ValueError, match="must not be in one folder"):
        reports.report(tmp_path / "s.db", folder=folder)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "README.md").write_text("Something else.")
    with pytest.raises(ValueError, match="must be a new or empty folder"):
        reports.report(tmp_path / "s.db", folder=tmp_path / "other")
    # Of one kind, the new one takes the place of the old one.
    of_people.write(folder)


@pytest.mark.usefixtures("unpainted")
def test_a_report_that_was_interrupted_can_be_written_again(
    make_study, take_part, tmp_path, monkeypatch
):
    study = judged(make_study, take_part, tmp_path / "p.db")
    report = reports.report(study, num_resamples=100)
    save = reports.writing.save

    def interrupted(*args, **kwargs):
        save(*args, **kwargs)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(reports.writing, "save", interrupted)
        with pytest.raises(KeyboardInterrupt):
            report.write(tmp_path / "report")
    folder = report.write(tmp_path / "report")
    assert {each.name for each in folder.iterdir()} == {
        "README.md",
        *report.tables,
        *report.pictures,
    }


@pytest.mark.usefixtures("unpainted")
def test_the_tables_say_what_was_answered(make_study, take_part, tmp_path):
    with make_study(tmp_path / "study.db") as study:
        take_part(
            study, lambda number: {"flag": "hidden"} if number == 1 else {}
        )
        take_part(study, most=2)
        real = study.keys("judged")[0]
    report = reports.report(tmp_path / "study.db", num_resamples=100)
    answers = rows(report.tables["answers.csv"])
    assert len(answers) == 14
    assert answers[1]["excluded"] == "hidden"
    assert [row["excluded"] for row in answers].count("few") == 2
    # In turn, from "real" on.
    assert [row["judged_real"] for row in answers[:2]] == ["true", "false"]
    for row in answers:
        assert (row["source"] == "real") == (int(row["picture"]) in real)
        assert row["class"] in ("cat", "dog", "ship")
        assert row["shown_ms"] == row["duration_ms"]
    people = rows(report.tables["participants.csv"])
    assert [(row["valid"], row["excluded"]) for row in people] == [
        ("11", ""),
        ("0", "few"),
    ]
    percentages = rows(report.tables["percentages.csv"])
    valid = [row for row in answers if not row["excluded"]]
    for row in percentages[:3]:
        own = [each for each in valid if each["source"] == row["source"]]
        assert int(row["answers"]) == len(own)
        hits = sum(each["judged_real"] == "true" for each in own)
        assert float(row["percent"]) == pytest.approx(
            100 * hits / len(own), abs=1e-3
        )
        assert float(row["low"]) <= float(row["percent"]) <= float(row["high"])
    text = report.markdown()
    assert "Participants: 2, of whom 1 count." in text
    assert "Answers: 14, of which 11 count" in text
    assert "| the page was hidden | 1 | 0 |" in text
    assert "There is 1 participant" in text


@pytest.mark.usefixtures("unpainted")
@pytest.mark.parametrize(
    ("mode", "data", "expected", "unexpected"),
    [
        ("timed", "cifar10 test", "not available as numbers", "78.7 %"),
        ("timed", "faces", "## Right answers", "Denton"),
        ("untimed", "cifar10 test", "78.7 %", "Denton"),
        ("pair", "cifar10 test", "taken for the real one; 50", "78.7 %"),
    ],
)
def test_published_values_stand_where_they_belong(
    mode, data, expected, unexpected, make_study, tmp_path
):
    path = simulated(make_study, tmp_path / "s.db", mode, data=data)
    text = reports.report(path, num_resamples=100).markdown()
    assert expected in text
    assert unexpected not in text
    assert "answers a model tell 5 points apart" in text
    assert "nan" not in text


@pytest.mark.usefixtures("unpainted")
def test_a_model_without_a_valid_answer_is_left_out(
    make_study, take_part, tmp_path
):
    # One model, one picture, one answer.
    with make_study(
        tmp_path / "one.db", trials=1, models=("gan",), fewest_valid=1
    ) as study:
        take_part(study)
        take_part(study, most=0)
    # Who says the same all the time is out, and one answer is the same.
    with pytest.raises(ValueError, match=r"all left out \(alike: 1\)"):
        reports.report(tmp_path / "one.db", num_resamples=100)
    with make_study(
        tmp_path / "few.db",
        trials=3,
        models=("a", "b", "c"),
        fewest_valid=1,
        key="1",
    ) as study:
        take_part(study)
    text = reports.report(tmp_path / "few.db", num_resamples=100).markdown()
    assert "one of them has no answers" in text
    # One answer each, and one of them "real".
    assert "not sure: the interval holds 0" in text
    assert "more often than" not in text
    assert "nan" not in text


def test_names_are_no_formulas_and_no_markup(make_study, take_part, tmp_path):
    path = tmp_path / "study.db"
    names = ("=1+1", "_a|b$c$")
    judged(make_study, take_part, path, models=names)
    report = reports.report(path, num_resamples=100)
    sources = {row["source"] for row in rows(report.tables["answers.csv"])}
    assert sources == {"real", "'=1+1", "_a|b$c$"}
    assert r"| \_a\|b$c$ |" in report.markdown()
    # Nor are they formulas of Matplotlib, or left out of a legend by it.
    style = plots.Style([*names, "a" * 50], ["$x"], False)
    assert style.name(1) == r" _a|b\$c\$"
    assert style.name(2) == "a" * 28
    assert (style.class_name(0), style.class_name(7)) == (r"\$x", "7")


@pytest.mark.usefixtures("unpainted")
def test_a_seed_gives_the_same_report_and_no_secret(make_study, tmp_path):
    path = simulated(make_study, tmp_path / "s.db")
    first, again, other = (
        reports.report(path, seed, num_resamples=100) for seed in (1, 1, 2)
    )
    assert first.markdown() == again.markdown()
    assert first.tables == again.tables
    assert first.markdown() != other.markdown()
    (key,) = (
        sqlite3.connect(path)
        .execute("SELECT value FROM study WHERE name = 'key'")
        .fetchone()
    )
    for text in (first.markdown(), *first.tables.values()):
        assert key.strip('"') not in text


def test_without_answers_there_is_no_report(make_study, take_part, tmp_path):
    with make_study(tmp_path / "study.db") as study:
        with pytest.raises(
            ValueError, match=r"with 0 answers of 0 part.*\. Let"
        ):
            reports.report(study.path)
        take_part(study, lambda number: {"response_ms": 1.0})
        with pytest.raises(ValueError, match=r"all left out \(quick: 12\)"):
            reports.report(study.path)
    with pytest.raises(ValueError, match="`num_resamples` must be"):
        reports.report(tmp_path / "study.db", num_resamples=1)
    with pytest.raises(ValueError, match="where there is no file"):
        reports.report(tmp_path / "none.db")
