"""Runs that stop and go on: the same weights, curves and pictures."""

import keras
import model_cases
import numpy as np
import pytest
import run_cases
import tensorflow as tf
from tensorboard.backend.event_processing import event_accumulator

from kerasgan import callbacks
from kerasgan import models
from kerasgan import optimizers


@pytest.fixture
def data(tmp_path):
    return run_cases.write_pictures(tmp_path / "pictures")


def train_gan(run, data):
    """Dropout, standardised pixels, momentum of a ramp, two updates."""
    with run.scope():
        model = models.GAN(
            # The dropout of pixels ends after the stop.
            run_cases.dense_networks(pixel_dropout_steps=8),
            pixel_space="standardised",
            seed=run.seed,
        )
        model_cases.compile(
            model,
            lambda: optimizers.MomentumRampSGD(0.01, 0.1, 0.9, ramp_steps=9),
            update="alternating",
        )
    run.train(model, data, epochs=3)
    return model


def train_level(run, data):
    """Noise of the coarse images, labels, spectral norm, an average."""
    with run.scope():
        lapgan = model_cases.CASES["cclapgan"].build(ema=0.9, seed=run.seed)
        model_cases.compile(lapgan, lambda: keras.optimizers.Adam(1e-3))
    level = lapgan.levels[0]
    run.train(level, data, epochs=3, sampler=lapgan)
    return level


def train_classifier(run, data):
    """Shifts, flips, batch norm."""
    with run.scope():
        model = models.Classifier(
            (16, 16, 3), 3, filters=2, max_shift=2, flips=True, seed=run.seed
        )
        model.compile(keras.optimizers.SGD(0.05, 0.9))
    run.train_classifier(model, data, data, epochs=3)
    return model


@pytest.mark.usefixtures("eagerly")
@pytest.mark.parametrize(
    "train, classes, pictures",
    [
        (train_gan, [""], ["samples"]),
        (train_level, "abc", ["pyramid", "samples"]),
        (train_classifier, "abc", []),
    ],
)
def test_a_stopped_run_ends_as_one_that_was_not(
    train, classes, pictures, tmp_path
):
    data = run_cases.write_pictures(tmp_path / "pictures", classes)
    folders = tmp_path / "whole", tmp_path / "stopped"
    whole = train(run_cases.begin(folders[0]), data)

    # Stopped in the middle of the last epoch, as by a crash.
    with run_cases.at_step(7, run_cases.crash, callbacks.Scalars):
        with pytest.raises(ZeroDivisionError):
            train(run_cases.begin(folders[1]), data)
    assert run_cases.latest(folders[1]) == "ckpt-6"
    assert not (folders[1] / "last").exists()
    resumed = train(run_cases.begin(folders[1]), data)

    model_cases.assert_same_state(resumed, whole)
    logs = [run_cases.log(folder) for folder in folders]
    assert [line["epoch"] for line in logs[1]] == ["1", "2", "3"]
    assert logs[0] == logs[1]
    for folder in folders:
        assert {path.name for path in folder.glob("samples/*")} == {
            f"{name}{end}"
            for name in pictures
            for end in (
                ".gif",
                *(f"-{step:08d}.png" for step in (0, 3, 6, 9)),
            )
        }


def test_a_checkpoint_within_an_epoch(data, tmp_path):
    run = run_cases.begin(tmp_path, checkpoint_minutes=0.0, every=4)
    with run_cases.at_step(5, run_cases.crash):
        with pytest.raises(ZeroDivisionError):
            run.train(run_cases.gan(run), data, epochs=2)
    # Step 5 is the second of the second epoch; it crashed before its own.
    assert run_cases.latest(tmp_path) == "ckpt-4"


def test_tensorboard_has_the_curves_and_pictures(data, tmp_path):
    run = run_cases.begin(tmp_path, every=17)
    # Curves have a point every 50 steps, and an epoch has 3.
    run.train(run_cases.gan(run), data, epochs=17)
    steps = {}
    for path in (tmp_path / "tensorboard").iterdir():
        for event in tf.compat.v1.train.summary_iterator(str(path)):
            for value in event.summary.value:
                steps.setdefault(value.tag, []).append(event.step)
    assert steps["generator_loss"] == [50]
    assert steps["samples"] == [0, 51]
    assert set(steps) == {
        "samples",
        "sliced_wasserstein_distance",
        "diversity",
        "images_per_second",
        "generator_learning_rate",
        "discriminator_learning_rate",
        "generator_loss",
        "discriminator_loss",
        "generator_gradient_norm",
        "discriminator_gradient_norm",
        "real_logits",
        "fake_logits",
    }


def test_after_a_crash_curves_have_no_point_twice(data, tmp_path):
    run = run_cases.begin(tmp_path, batch_size=1, every=99)
    # After the second point of the curves, without a checkpoint.
    with run_cases.at_step(100, run_cases.crash, callbacks.Progress):
        with pytest.raises(ZeroDivisionError):
            run.train(run_cases.gan(run), data, epochs=10)
    run = run_cases.begin(tmp_path, batch_size=1, every=99)
    run.train(run_cases.gan(run), data, epochs=10)
    curves = event_accumulator.EventAccumulator(
        str(tmp_path / "tensorboard"), {"tensors": 0}
    ).Reload()
    steps = [event.step for event in curves.Tensors("generator_loss")]
    assert steps == [50, 100]


def test_a_run_compiled_by_xla_trains_as_one_that_is_not(data, tmp_path):
    def trained(jit_compile):
        run = run_cases.begin(tmp_path / str(jit_compile))
        # Without noise, of which XLA draws other numbers.
        generator, _ = run_cases.dense_networks(keras.layers.Rescaling(0.0))
        discriminator = keras.Sequential(
            [
                keras.Input((16, 16, 3)),
                keras.layers.Flatten(),
                keras.layers.Dense(1),
            ]
        )
        model = models.GAN((generator, discriminator))
        model_cases.compile(model, jit_compile=jit_compile)
        before = model_cases.values(model)
        run.train(model, data, epochs=1)
        return before, model_cases.values(model)

    (before, expected), (_, compiled) = map(trained, (False, True))
    moved = []
    for old, new, other in zip(before, expected, compiled, strict=True):
        # 1e-6: XLA may add in another order.
        np.testing.assert_allclose(other, new, atol=1e-6)
        moved.append(np.abs(other - old).max() > 1e-3)
    # The first weights are those of the latents.
    assert moved == [False, True, True, True]
