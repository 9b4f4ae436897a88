import keras
import numpy as np
import pytest
import tensorflow as tf

from kerasgan import layers


def test_maxout_by_hand():
    inputs = np.float32([[1, 5, -2, -3], [0, -1, 7, 8]])
    # Neighbours make a unit: (1 5)(-2 -3) and (0 -1)(7 8).
    np.testing.assert_array_equal(layers.Maxout(2)(inputs), [[5, -2], [0, 8]])
    np.testing.assert_array_equal(layers.Maxout(4)(inputs), [[5], [8]])
    np.testing.assert_array_equal(layers.Maxout(1)(inputs), inputs)


def test_maxout_of_images_works_on_channels():
    inputs = np.random.default_rng(0).normal(size=(2, 3, 4, 10))
    inputs = inputs.astype("float32")
    outputs = layers.Maxout(5)(inputs)
    assert outputs.shape == (2, 3, 4, 2)
    np.testing.assert_array_equal(outputs[..., 0], inputs[..., :5].max(-1))
    np.testing.assert_array_equal(outputs[..., 1], inputs[..., 5:].max(-1))


def test_only_the_largest_piece_has_a_gradient():
    inputs = tf.Variable([[1.0, 5.0, -2.0, -3.0]])
    with tf.GradientTape() as tape:
        outputs = layers.Maxout(2)(inputs) * [[10.0, 20.0]]
    gradient = tape.gradient(outputs, inputs)
    np.testing.assert_array_equal(gradient, [[0, 10, 20, 0]])


def test_of_equal_pieces_the_first_has_the_gradient():
    inputs = tf.ones((1, 3))
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = layers.Maxout(3)(inputs)
    np.testing.assert_array_equal(tape.gradient(outputs, inputs), [[1, 0, 0]])


@pytest.mark.parametrize("shape", [(12,), (None, None, 12)])
def test_symbolic_shape_of_maxout(shape):
    outputs = layers.Maxout(4)(keras.Input(shape))
    assert outputs.shape == (None, *shape[:-1], 3)


def test_maxout_of_a_channel_number_that_it_does_not_divide():
    with pytest.raises(ValueError, match=r"pieces=3 .*\(2, 8\)"):
        layers.Maxout(3)(np.zeros((2, 8), "float32"))


@pytest.mark.parametrize("pieces", [0, -1, 2.0, None])
def test_pieces_must_be_a_positive_integer(pieces):
    with pytest.raises(ValueError, match="`pieces` must be an integer"):
        layers.Maxout(pieces)


def test_untied_bias_starts_at_zero_and_differs_from_pixel_to_pixel():
    inputs = np.random.default_rng(0).normal(size=(2, 3, 4, 5))
    inputs = inputs.astype("float32")
    layer = layers.UntiedBias()
    np.testing.assert_array_equal(layer(inputs), inputs)

    bias = np.arange(3 * 4 * 5, dtype="float32").reshape(3, 4, 5)
    layer.bias.assign(bias)
    np.testing.assert_array_equal(layer(inputs), inputs + bias)


def test_untied_bias_is_trained_over_the_batch():
    layer = layers.UntiedBias()
    with tf.GradientTape() as tape:
        outputs = layer(np.zeros((7, 3, 4, 5), "float32"))
    (gradient,) = tape.gradient(outputs, layer.trainable_variables)
    # Each entry is added to each of the 7 images once.
    np.testing.assert_array_equal(gradient, np.full((3, 4, 5), 7))


def test_saved_model_keeps_pieces_and_bias(tmp_path):
    model = keras.Sequential(
        [keras.Input((3, 4, 6)), layers.UntiedBias(), layers.Maxout(3)]
    )
    model.layers[0].bias.assign(np.random.normal(size=(3, 4, 6)))
    model.save(tmp_path / "model.keras")
    restored = keras.saving.load_model(tmp_path / "model.keras")
    inputs = np.ones((2, 3, 4, 6), "float32")
    np.testing.assert_array_equal(restored(inputs), model(inputs))
    assert restored(inputs).shape == (2, 3, 4, 2)
