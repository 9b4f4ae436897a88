"""The training step, number by number."""

import types

import keras
import model_cases
import numpy as np
import pytest
import tensorflow as tf

from kerasgan import models
from kerasgan import random


def linear_gan(regularizer=None, **kwargs):
    """Generator `w z`, discriminator `v x`, on images of one pixel."""

    def dense(value):
        return keras.layers.Dense(
            1,
            use_bias=False,
            kernel_initializer=keras.initializers.Constant(value),
            kernel_regularizer=regularizer,
        )

    generator = keras.Sequential(
        [
            keras.Input((1,)),
            dense(0.5),
            keras.layers.Reshape((1, 1, 1)),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((1, 1, 1)),
            keras.layers.Flatten(),
            dense(2.0),
        ]
    )
    return models.GAN((generator, discriminator), seed=3, **kwargs)


def latents(model, step, phase, count):
    key = random.stream(model.seed, step, f"train{phase}/latents")
    return random.draw((count, 1), key, "normal").numpy()[:, 0]


def sigmoid(logits):
    return 1 / (1 + np.exp(-logits))


# With w = 0.5, v = 2, logits are v x and v w z. The losses' derivatives:
# d/dv of (softplus(-v x) + softplus(v w z)) / 2, d/dw of softplus(-v w z).
def discriminator_gradient(v, w, x, z):
    real = np.mean(-sigmoid(-v * x) * x)
    return (real + np.mean(sigmoid(v * w * z) * w * z)) / 2


def generator_gradient(v, w, z):
    return np.mean(-sigmoid(-v * w * z) * v * z)


X = np.array([0.1, -0.4, 0.9, 0.3], "float32")
IMAGES = X.reshape(4, 1, 1, 1)


def take_step(model, images=IMAGES):
    """Takes a training step, sooner than it would be traced; its logs."""
    model.run_eagerly = True
    return model.fit(
        images, batch_size=len(images), shuffle=False, verbose=0
    ).history


def test_simultaneous_update_by_hand():
    model = model_cases.compile(linear_gan(), lambda: keras.optimizers.SGD(0.1))
    v, w = 2.0, 0.5
    for step in range(2):
        take_step(model)
        z = latents(model, step, "", 4)
        # Both gradients at the same parameters, on the same latents.
        v, w = (
            v - 0.1 * discriminator_gradient(v, w, X, z),
            w - 0.1 * generator_gradient(v, w, z),
        )
    np.testing.assert_allclose(model.discriminator.weights[0], v, rtol=1e-6)
    np.testing.assert_allclose(model.generator.weights[0], w, rtol=1e-6)


def test_alternating_update_by_hand():
    model = model_cases.compile(
        linear_gan(),
        lambda: keras.optimizers.SGD(0.1),
        update="alternating",
        discriminator_steps=2,
    )
    v, w = 2.0, 0.5
    take_step(model)
    for i, part in enumerate((X[::2], X[1::2])):
        z = latents(model, 0, f"_{i}", 2)
        v -= 0.1 * discriminator_gradient(v, w, part, z)
    w -= 0.1 * generator_gradient(v, w, latents(model, 0, "_generator", 2))
    np.testing.assert_allclose(model.discriminator.weights[0], v, rtol=1e-6)
    np.testing.assert_allclose(model.generator.weights[0], w, rtol=1e-6)


@pytest.mark.parametrize("update", ["simultaneous", "alternating"])
def test_metrics_are_those_of_the_batch(update):
    model = model_cases.compile(linear_gan(), update=update)
    history = take_step(model)
    assert set(history) == {
        "generator_loss",
        "discriminator_loss",
        "real_logits",
        "fake_logits",
        "generator_gradient_norm",
        "discriminator_gradient_norm",
    }
    # Before the step: v = 2, w = 0.5. The generator of the alternating update
    # has latents of its own, and a discriminator that has moved.
    alternating = update == "alternating"
    z = latents(model, 0, "_0" if alternating else "", 4)
    real, fake = 2 * X, 2 * 0.5 * z
    loss = (np.log1p(np.exp(-real)) + np.log1p(np.exp(fake))).mean() / 2
    gradient = discriminator_gradient(2, 0.5, X, z)
    v = 2 - 0.05 * gradient if alternating else 2
    z = latents(model, 0, "_generator", 4) if alternating else z
    expected = {
        "real_logits": real.mean(),
        "fake_logits": fake.mean(),
        "discriminator_loss": loss,
        "discriminator_gradient_norm": abs(gradient),
        "generator_loss": np.log1p(np.exp(-v * 0.5 * z)).mean(),
        "generator_gradient_norm": abs(generator_gradient(v, 0.5, z)),
    }
    for name, value in expected.items():
        np.testing.assert_allclose(history[name], value, rtol=1e-5)


@pytest.mark.parametrize("update", ["simultaneous", "alternating"])
def test_regularisers_count_in_the_step_of_their_own_network(update):
    def trained(regularizer):
        model = linear_gan(regularizer)
        model_cases.compile(
            model, lambda: keras.optimizers.SGD(0.1), update=update
        )
        history = take_step(model)
        return *np.ravel(model.trainable_variables), history

    w, v, history = trained(None)
    regularised_w, regularised_v, regularised = trained(
        keras.regularizers.L2(0.3)
    )
    # The derivative of 0.3 v ** 2, at v = 2, times the learning rate.
    assert v - regularised_v == pytest.approx(0.1 * 2 * 0.3 * 2, rel=1e-5)
    if update == "alternating":
        # By a discriminator that has moved otherwise.
        z = latents(linear_gan(), 0, "_generator", 4)
        w += 0.1 * generator_gradient(v, 0.5, z)
        w -= 0.1 * generator_gradient(regularised_v, 0.5, z)
    assert w - regularised_w == pytest.approx(0.1 * 2 * 0.3 * 0.5, rel=1e-5)
    assert regularised["discriminator_loss"] == history["discriminator_loss"]
    if update == "simultaneous":
        assert regularised["generator_loss"] == history["generator_loss"]


def test_alternating_moves_the_networks_one_after_the_other():
    model = model_cases.build("dcgan")
    images, _ = model_cases.data(model)
    model.compile(
        keras.optimizers.SGD(0.0),
        keras.optimizers.SGD(0.05),
        update="alternating",
    )
    before = model_cases.values(model.generator)
    take_step(model, images)
    for new, old in zip(
        model_cases.values(model.generator), before, strict=True
    ):
        np.testing.assert_array_equal(new, old)


def test_generator_average_follows_by_the_rule():
    # DCGAN has batch norm, whose statistics are averaged too.
    model = model_cases.build("dcgan", ema=0.9)
    images, _ = model_cases.data(model, count=4)
    model_cases.compile(model)
    expected = [np.array(weight) for weight in model.generator.weights]
    for step in range(1, 4):
        take_step(model, images)
        decay = min(0.9, (1 + step) / (10 + step))
        expected = [
            decay * old + (1 - decay) * np.array(new)
            for old, new in zip(expected, model.generator.weights, strict=True)
        ]
    for average, value in zip(
        model.averaged_generator.weights, expected, strict=True
    ):
        np.testing.assert_allclose(np.array(average), value, atol=1e-6)
    assert model.sampling_generator is model.averaged_generator


def test_xla_trains_by_noise_that_repeats():
    # Not the noise of the uncompiled step: XLA draws others from a key.
    results = []
    for _ in range(2):
        model = model_cases.compile(linear_gan(), jit_compile=True)
        model.fit(IMAGES, batch_size=4, epochs=3, shuffle=False, verbose=0)
        results.append(model.get_weights())
    for one, two, untrained in zip(
        *results, linear_gan().get_weights(), strict=True
    ):
        np.testing.assert_allclose(one, two, atol=1e-6)
        assert np.abs(one - untrained).max() > 1e-3


@pytest.mark.parametrize("given", [None, True])
@pytest.mark.parametrize("name", ["dcgan", "lapgan", "classifier"])
def test_xla_is_used_only_where_it_is_asked_for(name, given, monkeypatch):
    options = {} if given is None else {"jit_compile": given}
    if name == "classifier":
        model = models.Classifier((8, 8, 1), 2, filters=2)
        arguments = (keras.optimizers.SGD(0.1),)
    else:
        model = model_cases.build(name)
        arguments = (keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))
    # With one GPU, where Keras would use it.
    gpu = types.SimpleNamespace(device_type="GPU")
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda: [gpu])
    model.compile(*arguments, **options)
    for each in (model, *getattr(model, "levels", ())):
        assert each.jit_compile == bool(given)
        assert each.get_compile_config()["jit_compile"] == bool(given)


class Batches(keras.utils.PyDataset):
    """The images in two batches."""

    def __len__(self):
        return 2

    def __getitem__(self, index):
        return IMAGES[2 * index : 2 * index + 2]


def test_a_pydataset_trains_as_an_array():
    array, batches = (
        model_cases.compile(linear_gan(), run_eagerly=True) for _ in range(2)
    )
    array.fit(IMAGES, batch_size=2, shuffle=False, verbose=0)
    batches.fit(Batches(), shuffle=False, verbose=0)
    assert batches.steps_taken == 2
    model_cases.assert_same_state(batches, array)


@pytest.mark.parametrize(
    "loss", ["minimax", "least_squares", "hinge", "wasserstein"]
)
def test_every_loss_trains(loss):
    model = model_cases.compile(linear_gan(), loss=loss)
    take_step(model)
    assert np.array(model.generator.weights[0]) != 0.5


def test_own_losses():
    def generator_loss(fake_logits):
        return tf.reduce_mean(fake_logits)

    def discriminator_loss(real_logits, fake_logits):
        return tf.reduce_mean(real_logits - fake_logits)

    model = model_cases.compile(
        linear_gan(), loss=(generator_loss, discriminator_loss)
    )
    take_step(model)
    z = latents(model, 0, "", 4)
    np.testing.assert_allclose(
        model.generator.weights[0], 0.5 - 0.05 * 2 * z.mean(), rtol=1e-5
    )


def test_judging_by_hand_in_any_batches_traced_once(monkeypatch):
    model = linear_gan()
    shapes = []

    def examples(images, labels, given=model.examples):
        shapes.append(tuple(images.shape))
        return given(images, labels)

    monkeypatch.setattr(model, "examples", examples)
    for batch_size in (64, 3, 1):
        logits = model.judge(IMAGES, batch_size=batch_size)
        np.testing.assert_allclose(logits, 2.0 * X, rtol=1e-6)
    assert shapes == [(None, 1, 1, 1)]
