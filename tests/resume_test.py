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
    """Twelve colour pictures of 16x16."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    return run_cases.write_pictures(folder)


def small_gan(run):
    """Dropout, standardised pixels, momentum of a ramp, two updates."""
    with run.scope():
        generator = keras.Sequential(
            [
                keras.Input((4,)),
                keras.layers.Dense(16 * 16 * 3),
                keras.layers.Reshape((16, 16, 3)),
            ]
        )
        # The dropout of pixels ends after the stop.
        discriminator = models.gan.build_maxout_discriminator(
            (16, 16, 3), 3, 2, pixel_dropout_steps=8
        )
        model = models.GAN(
            (generator, discriminator),
            pixel_space="standardised",
            seed=run.seed,
        )
        return model_cases.compile(
            model,
            lambda: optimizers.MomentumRampSGD(0.01, 0.1, 0.9, ramp_steps=9),
            update="alternating",
        )


@pytest.mark.parametrize("build", [run_cases.dcgan, small_gan])
def test_a_stopped_run_ends_as_one_that_was_not(build, data, tmp_path):
    run = run_cases.begin(tmp_path / "whole")
    whole = build(run)
    run.train(whole, data, epochs=4)

    # Stopped in the middle of the third epoch, as by a crash.
    run = run_cases.begin(tmp_path / "stopped")
    stopped = build(run)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(callbacks.Scalars, "on_train_batch_end", crash_at(7))
        with pytest.raises(ZeroDivisionError):
            run.train(stopped, data, epochs=4)
    assert not (tmp_path / "stopped" / "last").exists()
    run = run_cases.begin(tmp_path / "stopped")
    resumed = build(run)
    run.train(resumed, data, epochs=4)

    for network in (
        "generator",
        "averaged_generator",
        "discriminator",
        "pixels",
        "generator_optimizer",
        "discriminator_optimizer",
    ):
        if getattr(whole, network) is None:
            continue
        for one, two in zip(
            getattr(whole, network).variables,
            getattr(resumed, network).variables,
            strict=True,
        ):
            np.testing.assert_array_equal(np.array(one), np.array(two))
    logs = [run_cases.log(tmp_path / name) for name in ("whole", "stopped")]
    assert [line["epoch"] for line in logs[1]] == ["1", "2", "3", "4"]
    for one, two in zip(*logs, strict=True):
        assert one == two
    assert [
        (path.name, (tmp_path / "stopped" / "samples" / path.name).is_file())
        for path in sorted((tmp_path / "whole" / "samples").iterdir())
    ] == [
        *[(f"samples-{step:08d}.png", True) for step in (0, 3, 6, 9, 12)],
        ("samples.gif", True),
    ]


def crash_at(step):
    def on_train_batch_end(self, batch, logs=None):
        if self.model.steps_taken == step:
            raise ZeroDivisionError

    return on_train_batch_end


def test_a_checkpoint_within_an_epoch(data, tmp_path):
    run = run_cases.begin(tmp_path, checkpoint_minutes=0.0, every=4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(callbacks.Log, "on_train_batch_end", crash_at(5))
        with pytest.raises(ZeroDivisionError):
            run.train(run_cases.dcgan(run), data, epochs=2)
    # Step 5 is the second of the second epoch; it crashed before its own.
    assert run_cases.latest(tmp_path) == "ckpt-4"


def test_tensorboard_has_the_curves_and_pictures(data, tmp_path):
    run = run_cases.begin(tmp_path, every=17)
    # Curves have a point every 50 steps, and an epoch has 3.
    run.train(run_cases.dcgan(run), data, epochs=17)
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
    with pytest.MonkeyPatch.context() as patch:
        # After the second point of the curves, without a checkpoint.
        patch.setattr(callbacks.Progress, "on_train_batch_end", crash_at(100))
        with pytest.raises(ZeroDivisionError):
            run.train(run_cases.dcgan(run), data, epochs=10)
    run = run_cases.begin(tmp_path, batch_size=1, every=99)
    run.train(run_cases.dcgan(run), data, epochs=10)
    curves = event_accumulator.EventAccumulator(
        str(tmp_path / "tensorboard"), {"tensors": 0}
    ).Reload()
    steps = [event.step for event in curves.Tensors("generator_loss")]
    assert steps == [50, 100]
