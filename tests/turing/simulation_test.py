"""Simulated participants: what is put in comes out."""

import sqlite3

import numpy as np
import pytest
from scipy import stats

from kerasgan.turing import analysis
from kerasgan.turing import judgements
from kerasgan.turing import simulation

EXACT = simulation.Observers(
    (2.0,), criterion_spread=0.0, picture_spread=0.0, lapse=0.0
)


def test_true_shares_by_hand():
    # Phi(1) = 0.8413; the criterion is in the middle.
    found = simulation.true_shares(EXACT)
    np.testing.assert_allclose(found, [0.8413, 0.1587], atol=1e-4)
    # 75 ms are 4 frames of 60 Hz; d' = 2 (1 - exp(-66.67 / 150)) = 0.7176.
    found = simulation.true_shares(EXACT, 75)
    np.testing.assert_allclose(
        found, stats.norm.cdf([0.3588, -0.3588]), atol=1e-4
    )
    # Side by side, the difference of two has the variance 2.
    found = simulation.true_shares(EXACT, pairs=True)
    assert found[1] == pytest.approx(1 - stats.norm.cdf(np.sqrt(2)))
    # The real ones are half the mean of 3 and 1 above the middle.
    several = simulation.Observers((3.0, 1.0))
    assert several.means(None).tolist() == [1.0, -2.0, 0.0]


def test_true_shares_of_a_population():
    observers = simulation.Observers(
        (2.5, 1.0), bias=0.4, criterion_spread=0.5, picture_spread=0.7
    )
    generator = np.random.default_rng(0)
    count = 200_000
    for duration in (50, None):
        mean = observers.means(duration)
        evidence = mean[:, None] + 0.7 * generator.normal(size=(3, count))
        evidence += generator.normal(size=(3, count))
        criterion = 0.4 + 0.5 * generator.normal(size=count)
        lapsed = generator.random(count) < 0.02
        coin = generator.random(count) < 0.5
        drawn = np.where(lapsed, coin, evidence > criterion).mean(1)
        # 200,000 draws have a standard error of 0.001.
        found = simulation.true_shares(observers, duration)
        np.testing.assert_allclose(found, drawn, atol=0.005)


def test_what_was_put_in_is_within_the_intervals(make_study, tmp_path):
    observers = simulation.Observers((2.5, 1.2), bias=-0.3)
    inside, differences = [], []
    for seed in range(4):
        with make_study(
            tmp_path / f"{seed}.db",
            simulated=True,
            trials=110,
            pictures=300,
            seed=seed,
        ) as study:
            simulation.simulate(study, 30, observers, seed)
            truth = {
                duration: simulation.true_shares(observers, duration)
                for duration in study.protocol.durations
            }
            valid = judgements.read(study).judgements.valid()
        found = analysis.analyse(valid, 3, num_resamples=300)
        for share in found.shares:
            if share.duration_ms is not None:
                true = truth[share.duration_ms][share.source]
                inside.append(share.estimate.contains(true))
        (difference,) = found.differences
        gan, lapgan = np.mean(list(truth.values()), axis=0)[1:]
        differences.append(difference.estimate.contains(gan - lapgan))
    assert len(inside) == 4 * 33
    # 95 % are meant to be; those of one study have its participants in common.
    assert np.mean(inside) >= 0.85
    assert sum(differences) >= 3


@pytest.mark.parametrize("mode", ["untimed", "pair"])
def test_the_other_modes(mode, make_study, tmp_path):
    observers = simulation.Observers((1.5, 0.5), bias=0.5)
    with make_study(
        tmp_path / "study.db", mode, True, trials=100, pictures=100
    ) as study:
        simulation.simulate(study, 20, observers)
        valid = judgements.read(study).judgements.valid()
    found = analysis.analyse(valid, 3, mode == "pair", num_resamples=100)
    truth = simulation.true_shares(observers, pairs=mode == "pair")
    assert len(found.shares) == (2 if mode == "pair" else 3)
    for share in found.shares:
        error = np.sqrt(share.estimate.variance)
        assert abs(share.estimate.value - truth[share.source]) < 3.5 * error


def test_frames_are_plausible_and_what_failed_does_not_count(
    make_study, tmp_path
):
    observers = simulation.Observers((2.0, 1.0), dropped=0.1)
    with make_study(tmp_path / "study.db", simulated=True, trials=110) as study:
        simulation.simulate(study, 3, observers)
        answers = judgements.read(study).judgements
    failed = answers.reason == "dropped"
    # 330 answers with a probability of 0.1.
    assert 15 < failed.sum() < 55
    assert set(answers.reason[~failed]) == {""}
    frames = answers.shown_ms * 60 / 1000
    np.testing.assert_allclose(frames, np.round(frames), atol=1e-9)
    assert (answers.response_ms > answers.shown_ms + 200).all()


def test_a_seed_gives_the_same_again(make_study, tmp_path):
    given = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        with make_study(tmp_path / f"{name}.db", simulated=True) as study:
            simulation.simulate(study, 2, simulation.Observers((1, 1)), seed)
            given.append(judgements.read(study).judgements.judged_real)
    assert (given[0] == given[1]).all()
    assert (given[0] != given[2]).any()


def test_a_study_for_people_is_left_alone(make_study, tmp_path):
    with make_study(tmp_path / "study.db") as study:
        with pytest.raises(ValueError, match="Received: a study for people"):
            simulation.simulate(study, 1, simulation.Observers((1.0, 1.0)))
        counts = study.connection.execute(
            "SELECT (SELECT COUNT(*) FROM participants), "
            "(SELECT COUNT(*) FROM trials)"
        ).fetchone()
        assert tuple(counts) == (0, 0)


def test_a_simulated_study_stays_one(make_study, tmp_path):
    with make_study(tmp_path / "study.db", simulated=True) as study:
        simulation.simulate(study, 1, simulation.Observers((1.0, 1.0)))
        for statement in (
            "UPDATE study SET value = 'false' WHERE name = 'simulated'",
            "DELETE FROM study WHERE name = 'simulated'",
            "UPDATE participants SET simulated = 0",
            "UPDATE answers SET answer = 'real'",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                study.connection.execute(statement)


def test_wrong_arguments(make_study, tmp_path):
    with make_study(tmp_path / "study.db", simulated=True) as study:
        with pytest.raises(ValueError, match="Received: 1 for 2 models"):
            simulation.simulate(study, 1, EXACT)
        with pytest.raises(ValueError, match="`num_participants` must be"):
            simulation.simulate(study, 0, simulation.Observers((1.0, 1.0)))
