"""The watches see planted failures, and nothing in a run that is well."""

import math
import types

import keras
import numpy as np
import pytest
import tensorflow as tf

from kerasgan import metrics
from kerasgan import models
from kerasgan import watch

STEPS = 60


def pictures(count=64, seed=0):
    """Discs of any place and grey value, `(count, 8, 8, 1)`."""
    rng = np.random.default_rng(seed)
    rows, columns, grey = rng.uniform(1, 6, (3, count, 1, 1))
    y, x = np.mgrid[:8, :8]
    inside = (y - rows) ** 2 + (x - columns) ** 2 < 5
    return np.where(inside, grey / 6, -1.0)[..., None].astype("float32")


def small_gan(generator_rate=1e-3, discriminator_rate=1e-3, latent_gain=1.0):
    keras.utils.set_random_seed(0)
    generator = keras.Sequential(
        [
            keras.Input((8,)),
            keras.layers.Rescaling(latent_gain),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(64, activation="tanh"),
            keras.layers.Reshape((8, 8, 1)),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(32, activation="leaky_relu"),
            keras.layers.Dense(1),
        ]
    )
    model = models.GAN((generator, discriminator))
    model.compile(
        keras.optimizers.Adam(generator_rate),
        keras.optimizers.Adam(discriminator_rate),
    )
    return model


class Diversity(keras.callbacks.Callback):
    """As a recipe's run logs it."""

    def on_epoch_end(self, epoch, logs=None):
        real = pictures(seed=1)
        fake = self.model.generate(len(real), seed=0)
        logs["diversity"] = metrics.relative_diversity(real, fake)


def fit(model, *watches, epochs=2):
    batches = tf.data.Dataset.from_tensor_slices(pictures()).repeat().batch(16)
    model.fit(
        batches,
        steps_per_epoch=STEPS,
        epochs=epochs,
        verbose=0,
        callbacks=[watch.NaNWatch(), Diversity(), *watches],
    )


def test_a_run_that_is_well_is_left_alone(capsys):
    collapse = watch.CollapseWatch("stop", min_steps=0)
    model = small_gan()
    fit(model, collapse)
    assert not collapse.found
    assert model.steps_taken == 2 * STEPS
    assert capsys.readouterr().out == ""


def test_a_generator_that_ignores_its_latents(capsys):
    # Judged from the first step on.
    collapse = watch.CollapseWatch("stop")
    model = small_gan(latent_gain=0.0)
    fit(model, collapse)
    assert model.steps_taken == STEPS
    (found,) = collapse.found
    assert "same image whatever its latents are" in found
    printed = capsys.readouterr().out
    assert f"gan, step {STEPS}:" in printed.replace(model.name, "gan")
    assert "What usually helps" in printed
    assert "Training stops here." in printed


def test_a_discriminator_with_a_100_times_too_large_learning_rate():
    collapse = watch.CollapseWatch("stop", min_steps=0)
    model = small_gan(discriminator_rate=0.1)
    fit(model, collapse)
    assert model.steps_taken == STEPS
    (found,) = collapse.found
    assert "The discriminator has won" in found
    # Plain SGD has no bound on a step, and overflows.
    model.compile(keras.optimizers.SGD(0.05), keras.optimizers.SGD(5.0))
    with pytest.raises(FloatingPointError, match=r"=(inf|nan|-inf)"):
        fit(model)


def test_a_learning_rate_that_diverges():
    model = small_gan(1e-3, 1e-3)
    model.compile(keras.optimizers.SGD(1e3), keras.optimizers.SGD(1e3))
    with pytest.raises(FloatingPointError) as error:
        fit(model)
    message = str(error.value)
    # The step of the message is the one after which it stopped.
    assert f" at step {model.steps_taken} of '{model.name}'" in message
    assert "nan" in message or "inf" in message
    assert "loss=" in message or "norm=" in message


def test_a_warning_lets_training_go_on(capsys):
    collapse = watch.CollapseWatch("warn")
    model = small_gan(latent_gain=0.0)
    fit(model, collapse)
    assert model.steps_taken == 2 * STEPS
    assert capsys.readouterr().out.count("Training goes on") == 2


def judged(loss="non_saturating", steps=5000, **logs):
    """What the watch finds in the logs of an epoch."""
    model = small_gan()
    model.compile(keras.optimizers.SGD(), keras.optimizers.SGD(), loss=loss)
    model.generator_optimizer.iterations.assign(steps)
    collapse = watch.CollapseWatch("warn")
    collapse.set_model(model)
    collapse.on_train_begin()
    collapse.on_epoch_end(
        0,
        {
            "diversity": 0.8,
            "discriminator_loss": 0.6,
            "real_logits": 1.0,
            "fake_logits": -1.0,
            **logs,
        },
    )
    return " ".join(collapse.found)


@pytest.mark.parametrize(
    ("logs", "expected"),
    [
        ({}, ""),
        ({"diversity": math.nan}, ""),  # an epoch without measurements
        ({"diversity": 0.09}, "look alike"),
        ({"diversity": 0.09, "steps": 1999}, ""),
        ({"diversity": 0.0, "steps": 1}, "whatever its latents"),
        # 1 % of log 2 is 0.0069.
        ({"discriminator_loss": 0.007}, ""),
        ({"discriminator_loss": 0.0069}, "has won"),
        ({"discriminator_loss": 0.0069, "steps": 1999}, ""),
        ({"discriminator_loss": 7.0}, "diverges"),
        ({"real_logits": 101.0}, "diverges"),
        ({"real_logits": 99.0}, ""),
        ({"fake_logits": -9.9}, ""),
        ({"fake_logits": -10.1}, "has won"),
        # The hinge loss of an undecided discriminator is 1.
        ({"loss": "hinge", "discriminator_loss": 0.0099}, "has won"),
        ({"loss": "hinge", "discriminator_loss": 0.0101}, ""),
        # Wasserstein's has no bound.
        ({"loss": "wasserstein", "discriminator_loss": -900.0}, ""),
        ({"loss": "wasserstein", "real_logits": 900.0}, ""),
        ({"loss": "wasserstein", "diversity": 0.05}, "look alike"),
    ],
)
def test_what_the_collapse_watch_says_of_an_epoch(logs, expected):
    found = judged(**logs)
    assert expected in found
    assert bool(found) == bool(expected)


def test_an_unknown_reaction_is_refused():
    with pytest.raises(ValueError, match="`on_collapse` must be one of"):
        watch.CollapseWatch("ignore")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_the_nan_watch_names_step_and_loss(value):
    nan_watch = watch.NaNWatch()
    nan_watch.set_model(types.SimpleNamespace(steps_taken=7, name="gan"))
    nan_watch.on_train_batch_end(0, {"generator_loss": 1.0})
    expected = f"Received: generator_loss={value} at step 7 of 'gan'"
    with pytest.raises(FloatingPointError, match=expected.replace("-", ".")):
        nan_watch.on_train_batch_end(
            0, {"generator_loss": value, "discriminator_loss": 1.0}
        )
