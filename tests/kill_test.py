"""A run that is killed again and again ends as one that was not."""

import importlib.util
import pathlib
import random

import numpy as np
import pytest

PATH = pathlib.Path(__file__).parents[1] / "benchmarks" / "kill_and_resume.py"
EPOCHS = 6


@pytest.fixture(scope="module")
def killer():
    spec = importlib.util.spec_from_file_location("kill_and_resume", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_run_killed_four_times_ends_as_one_that_was_not(killer, tmp_path):
    rng = random.Random(0)
    # Each after some steps; then when a checkpoint is being written, or within
    # the time of a step.
    moments = [
        {
            "steps": rng.randint(3, 8),
            "seconds": 0.0 if in_writing else rng.uniform(0.0, 0.05),
            "in_writing": in_writing,
        }
        for in_writing in (True, False, True, False)
    ]
    killer.make_pictures(tmp_path / "pictures")
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    # Beside the other, to save time.
    undisturbed = killer.start(whole, EPOCHS)
    kills = list(killer.killed_run(killed, EPOCHS, moments))
    killer.finish(undisturbed, whole)

    hits, steps = zip(*kills, strict=True)
    assert len(kills) == 4
    # A race, which this side may lose; not twice in a row.
    assert hits[0] or hits[2]
    # All four on the way.
    assert 0 < steps[0] < steps[1] < steps[2] < steps[3]
    assert steps[3] < EPOCHS * killer.STEPS_PER_EPOCH
    assert killer.differences(whole, killed) == []
    # So much was compared.
    with np.load(whole / "variables.npz") as variables:
        names = " ".join(variables)
    for part in ("moving_mean", "std", "velocity", "iteration", "momentum"):
        assert part in names
    # Both networks, the average, the pixels, the seeds of Keras's dropout.
    assert names.count("network ") == 8 + 8 + 8 + 2 + 3
    lines = (whole / "log.csv").read_text().splitlines()
    assert len(lines) == 1 + EPOCHS
    pictures = {path.name for path in (whole / "samples").iterdir()}
    assert len(pictures) == 1 + EPOCHS + 1
