"""The convolutions are Keras's, gradients and all."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from kerasgan import layers


@pytest.mark.parametrize("name", ["Conv2D", "Conv2DTranspose"])
@pytest.mark.parametrize("use_bias", [True, False])
def test_values_and_gradients_are_those_of_keras(name, use_bias):
    rng = np.random.default_rng(0)
    images = tf.constant(rng.normal(size=(2, 6, 7, 3)), tf.float32)
    kwargs = {
        "filters": 4,
        "kernel_size": (3, 2),
        "strides": 2,
        "padding": "same",
        "activation": "tanh",
        "use_bias": use_bias,
        "bias_initializer": "random_normal",
    }
    ours, keras_own = (
        getattr(module, name)(**kwargs) for module in (layers, keras.layers)
    )
    results = []
    for layer in (ours, keras_own):
        layer.build(images.shape)
        layer.set_weights(ours.get_weights())
        with tf.GradientTape() as outer:
            with tf.GradientTape() as tape:
                tape.watch(images)
                outputs = layer(images)
                loss = tf.reduce_sum(outputs**2)
            # A gradient penalty goes through the gradient.
            penalty = tf.reduce_sum(tape.gradient(loss, images) ** 2)
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer(images) ** 2)
        results.append(
            [
                outputs,
                *tape.gradient(loss, layer.trainable_variables),
                *outer.gradient(penalty, layer.trainable_variables),
            ]
        )
    assert len(results[0]) == (5 if use_bias else 3)
    for one, two in zip(*results, strict=True):
        # float32, sums of some 50 numbers.
        np.testing.assert_allclose(one, two, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize(
    "name, options",
    [
        ("Conv2D", {}),
        ("Conv2DTranspose", {"strides": 2}),
        ("SpectralConv2D", {}),
    ],
)
def test_gradient_of_a_bias_in_bfloat16(name, options):
    layer = getattr(layers, name)(
        3, 3, padding="same", dtype="mixed_bfloat16", **options
    )
    images = tf.zeros((64, 32, 32, 3))
    layer.build(images.shape)
    with tf.GradientTape() as tape:
        outputs = layer(images)
        loss = tf.reduce_mean(tf.cast(outputs, tf.float32), [0, 1, 2])
    gradient = tape.gradient(loss, layer.bias)
    # A mean's gradient by what is added is 1, but for the rounding.
    np.testing.assert_allclose(gradient, np.ones(3), rtol=0.01)
