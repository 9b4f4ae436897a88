import keras
import numpy as np
import pytest
import tensorflow as tf

from kerasgan import layers
from kerasgan import random

_SHAPE = (8, 5, 3)


def draw(layer, seed=1, step=2, name="layers", calls=1):
    """Returns what each of some calls in one training step makes of ones."""
    with random.training_step(seed, step, name):
        results = [
            layer(np.ones(_SHAPE, "float32"), training=True)
            for _ in range(calls)
        ]
    return np.stack(results)


@pytest.fixture(params=[layers.Dropout(0.5), layers.GaussianNoise(0.5)])
def layer(request):
    return request.param


def test_noise_is_a_function_of_seed_step_and_name(layer):
    expected = draw(layer)
    np.testing.assert_array_equal(draw(layer), expected)
    twin = type(layer).from_config(layer.get_config())
    np.testing.assert_array_equal(draw(twin), expected)
    assert np.any(draw(layer, seed=2) != expected)
    assert np.any(draw(layer, step=3) != expected)
    assert np.any(draw(layer, name="level_0/layers") != expected)


def test_each_call_in_a_step_draws_its_own(layer):
    calls = draw(layer, calls=3)
    assert np.any(calls[0] != calls[1])
    assert np.any(calls[0] != calls[2])
    assert np.any(calls[1] != calls[2])
    # The same number of the call gives the same noise.
    np.testing.assert_array_equal(draw(layer, calls=2), calls[:2])


def test_examples_of_a_batch_differ(layer):
    (result,) = draw(layer)
    assert len(np.unique(result.reshape(len(result), -1), axis=0)) == 8


@pytest.mark.parametrize(
    "layer",
    [
        layers.Dropout(0.5),
        layers.Dropout(0.5, steps=3),
        layers.GaussianNoise(0.5),
    ],
)
def test_compiled_step_draws_anew_each_step(layer):
    step = tf.Variable(2, dtype=tf.int64)

    @tf.function(input_signature=[tf.TensorSpec((None, 5, 3))])
    def run(inputs):
        with random.training_step(1, step, "layers"):
            return layer(inputs, training=True), layer(inputs, training=True)

    for i in (2, 3, 2):
        step.assign(i)
        compiled = np.stack(run(np.ones(_SHAPE, "float32")))
        np.testing.assert_array_equal(compiled, draw(layer, step=i, calls=2))


def test_nothing_happens_in_inference(layer):
    inputs = np.ones(_SHAPE, "float32")
    with random.training_step(0, 0, "layers"):
        np.testing.assert_array_equal(layer(inputs, training=False), inputs)
        np.testing.assert_array_equal(layer(inputs), inputs)
    np.testing.assert_array_equal(layer(inputs), inputs)


def test_dropout_ends_with_its_steps():
    layer = layers.Dropout(0.5, steps=3)
    twin = layers.Dropout.from_config(layer.get_config())
    for each in (layer, twin):
        always = layers.Dropout(0.5)
        np.testing.assert_array_equal(draw(each), draw(always))
        np.testing.assert_array_equal(draw(each, step=3), np.ones((1, *_SHAPE)))
    with pytest.raises(ValueError, match="`steps` must be"):
        layers.Dropout(0.5, steps=-1)


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.8])
def test_rate_and_scale_of_dropout(rate):
    inputs = np.full((100, 1000), 3, "float32")
    with random.training_step(0, 0, "layers"):
        outputs = np.asarray(layers.Dropout(rate)(inputs, training=True))
    zeros = outputs == 0
    np.testing.assert_allclose(outputs[~zeros], 3 / (1 - rate), rtol=1e-6)
    # Of n draws the share has a standard deviation of sqrt(p (1 - p) / n).
    deviation = np.sqrt(rate * (1 - rate) / zeros.size)
    assert zeros.mean() == pytest.approx(rate, abs=4 * deviation)


def test_dropout_of_rate_zero():
    inputs = np.ones(_SHAPE, "float32")
    (outputs,) = draw(layers.Dropout(0.0))
    np.testing.assert_array_equal(outputs, inputs)


def test_dropped_entries_have_no_gradient():
    inputs = tf.Variable(tf.ones(_SHAPE))
    with random.training_step(0, 0, "layers"), tf.GradientTape() as tape:
        outputs = layers.Dropout(0.75)(inputs, training=True)
    # Of an input of 1 the gradient is the output: 0, or 1 / (1 - 3/4).
    gradient = tape.gradient(outputs, inputs)
    assert set(np.unique(gradient)) == {0.0, 4.0}
    np.testing.assert_array_equal(gradient, outputs)


def test_mean_and_deviation_of_gaussian_noise():
    inputs = np.full((100, 1000), 3, "float32")
    with random.training_step(0, 0, "layers"):
        outputs = layers.GaussianNoise(0.5)(inputs, training=True)
    # The standard deviation of the mean of n draws is 0.5 / sqrt(n), that of
    # their standard deviation 0.5 / sqrt(2 n); four of each.
    outputs = np.float64(outputs)
    assert outputs.mean() == pytest.approx(3, abs=4 * 0.5 / 316)
    assert outputs.std() == pytest.approx(0.5, abs=4 * 0.5 / 447)


@pytest.mark.parametrize(
    "ours, theirs",
    [
        (layers.Dropout, keras.layers.Dropout),
        (layers.GaussianNoise, keras.layers.GaussianNoise),
    ],
)
def test_outside_a_step_they_are_those_of_keras(ours, theirs):
    inputs = np.ones(_SHAPE, "float32")
    ours, theirs = ours(0.5, seed=3), theirs(0.5, seed=3)
    for _ in range(2):
        np.testing.assert_array_equal(
            ours(inputs, training=True), theirs(inputs, training=True)
        )
    # Also after a step, which draws nothing from the generator of Keras.
    draw(ours)
    np.testing.assert_array_equal(
        ours(inputs, training=True), theirs(inputs, training=True)
    )


def test_half_precision(layer):
    half = type(layer).from_config(
        {**layer.get_config(), "dtype": "mixed_bfloat16"}
    )
    inputs = np.ones(_SHAPE, "float32")
    with random.training_step(1, 2, "layers"):
        outputs = half(inputs, training=True)
    assert outputs.dtype == tf.bfloat16
    # Values under 4, where bfloat16 rounds noise, product and sum by 1/128.
    np.testing.assert_allclose(
        np.float32(outputs), draw(layer)[0], rtol=0, atol=3 / 128
    )


def test_config_round_trip():
    for layer in (layers.Dropout(0.3, seed=4), layers.GaussianNoise(0.3)):
        config = keras.saving.serialize_keras_object(layer)
        restored = keras.saving.deserialize_keras_object(config)
        assert type(restored) is type(layer)
        np.testing.assert_array_equal(draw(restored), draw(layer))


def test_two_replicas_draw_the_halves_of_one_draw(mirrored):
    with mirrored.scope():
        step = tf.Variable(5, dtype=tf.int64)
        dropout, noise = layers.Dropout(0.4), layers.GaussianNoise(0.5)

    def replica_step(images=4):
        inputs = tf.ones((images, 5, 3))
        with random.training_step(7, step, "layers"):
            return [
                layer(inputs, training=True)
                for layer in (dropout, dropout, noise)
            ]

    # The step is a variable and the call is compiled, as in `fit`.
    halves = tf.function(lambda: mirrored.run(replica_step))()
    for each, whole in zip(halves, replica_step(8), strict=True):
        first, second = mirrored.experimental_local_results(each)
        assert np.any(first != second)
        np.testing.assert_array_equal(np.concatenate((first, second)), whole)
