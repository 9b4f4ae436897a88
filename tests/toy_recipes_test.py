"""The recipes on points, not images: what they measure, and a short run."""

import json
import math
import subprocess
import sys

import numpy as np
import pytest
import run_cases
import tensorflow as tf
from PIL import Image

TINY = ("--steps=2", "--batch_size=4", "--units=4", "--frames=2")


@pytest.mark.parametrize(
    "data, count", [("8gaussians", 8), ("25gaussians", 25)]
)
def test_the_data_have_all_modes(data, count):
    toy = run_cases.recipe("gan_toy2d")
    centres = toy["modes"](data)
    assert len(np.unique(centres.round(6), axis=0)) == count
    points = toy["draw_points"](data, 20_000, np.random.default_rng(0))
    found = toy["found_modes"](points, centres)
    assert found["modes_found"] == found["modes"] == count
    # In the plane, exp(-9 / 2) of a Gaussian is beyond 3 deviations. Of 20,000
    # points, the share is known to within 0.003 (4 standard errors).
    expected = 1 - math.exp(-4.5)
    assert found["share_of_good_points"] == pytest.approx(expected, abs=0.003)


def test_one_mode_and_points_between_modes():
    toy = run_cases.recipe("gan_toy2d")
    centres = toy["modes"]("8gaussians")
    found = toy["found_modes"](np.repeat(centres[:1], 100, axis=0), centres)
    assert (found["modes_found"], found["share_of_good_points"]) == (1, 1)
    found = toy["found_modes"](np.zeros((100, 2)), centres)
    assert (found["modes_found"], found["share_of_good_points"]) == (0, 0)


def test_a_mode_is_found_with_a_quarter_of_its_points():
    toy = run_cases.recipe("gan_toy2d")
    centres = toy["modes"]("8gaussians")
    # Of 800 points, a mode should have 100: 25 are enough, 24 are not.
    counts = [25, 24, 0, 0, 0, 0, 0, 751]
    found = toy["found_modes"](np.repeat(centres, counts, axis=0), centres)
    assert found["modes_found"] == 2


def test_distance_of_a_shifted_cloud():
    toy = run_cases.recipe("gan_toy2d")
    points = np.random.default_rng(0).normal(size=(50, 2))
    distance = toy["sliced_wasserstein"](points, points + np.array([3, 0]))
    # The mean of |cos| is 2 / pi; 64 directions come within a thousandth.
    assert distance == pytest.approx(3 * 2 / math.pi, rel=1e-3)
    assert toy["sliced_wasserstein"](points, points[::-1]) == 0


def test_the_roll_is_within_its_radius():
    toy = run_cases.recipe("gan_toy2d")
    rng = np.random.default_rng(0)
    points = toy["draw_points"]("swiss_roll", 2000, rng)
    radii = np.linalg.norm(points, axis=1)
    # From 4/3 to 4, and noise of 0.05: six deviations.
    assert radii.min() > 4 / 3 - 0.3 and radii.max() < 4.3


class Perfect:
    """A model at the equilibrium of the Gaussian: D(x) is 1/2."""

    def __init__(self, shift=0.0, logit=0.0):
        self.shift = shift
        self.logit = logit

    def generate(self, count, seed):
        rng = np.random.default_rng(seed)
        points = rng.normal(1 + self.shift, 1, (count, 1, 1, 1))
        return points / 8

    def discriminator(self, images):
        return tf.fill((len(images), 1), self.logit)


def test_measures_at_and_off_the_equilibrium():
    measure = run_cases.recipe("gan_gaussian1d")["measure"]
    at = measure(Perfect(), seed=1)
    # Of 10,000 points, above this once in a thousand: 1.95 / sqrt(10,000).
    assert at["kolmogorov_smirnov_distance"] < 0.0195
    assert at["mean_distance_of_d_from_half"] == 0
    off = measure(Perfect(shift=1.0, logit=math.log(3)), seed=1)
    # The largest difference of the two functions is erf(1 / sqrt 8).
    assert off["kolmogorov_smirnov_distance"] == pytest.approx(
        math.erf(8**-0.5), abs=0.02
    )
    # The sigmoid of log 3 is 3/4.
    assert off["mean_distance_of_d_from_half"] == pytest.approx(0.25, abs=1e-6)


@pytest.mark.usefixtures("eagerly")
def test_a_run_on_the_line(tmp_path):
    flags = [f"--workdir={tmp_path}", "--seed=3", *TINY]
    assert not run_cases.run_recipe("gan_gaussian1d", *flags)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["equilibrium.png", "result.json", "training.gif"]
    result = json.loads((tmp_path / "result.json").read_text())
    assert result["seed"] == 4
    assert result["flags"]["steps"] == 2
    assert 0 < result["kolmogorov_smirnov_distance"] <= 1
    with Image.open(tmp_path / "training.gif") as image:
        # Before training, after the first step and after the last.
        assert image.n_frames == 3


@pytest.mark.usefixtures("eagerly")
def test_a_run_in_the_plane(tmp_path):
    flags = [f"--workdir={tmp_path}", "--data=swiss_roll", *TINY]
    assert not run_cases.run_recipe("gan_toy2d", *flags)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [f"swiss_roll.{end}" for end in ("gif", "json", "png")]
    result = json.loads((tmp_path / "swiss_roll.json").read_text())
    # Untrained, it is farther from the data than these from themselves.
    distance = result["sliced_wasserstein_distance"]
    assert distance > 10 * result["of_the_data_to_itself"]


@pytest.mark.parametrize("name", ["gan_gaussian1d", "gan_toy2d"])
def test_mistakes_are_found_before_any_work(name, tmp_path):
    (tmp_path / "file").write_text("mine")
    for argument, message in (
        ("--steps=0", "0 is not a positive integer"),
        (f"--workdir={tmp_path / 'file'}", "--workdir must be a folder"),
    ):
        done = subprocess.run(
            [sys.executable, str(run_cases.RECIPES / f"{name}.py"), argument],
            capture_output=True,
            text=True,
        )
        assert done.returncode != 0
        assert message in done.stderr.replace("\n", " ")
        # Long before TensorFlow would speak.
        assert "oneDNN" not in done.stderr
