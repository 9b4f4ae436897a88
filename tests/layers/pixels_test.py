import keras
import numpy as np
import pytest
import tensorflow as tf

from kerasgan import layers


def random_images(shape, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(-1, 1, shape).astype("float32")


@pytest.fixture(scope="module")
def training_images():
    # Brighter from left to right, so that the pixels' statistics differ.
    images = random_images((50, 8, 6, 3))
    return images * np.linspace(0.2, 0.9, 6)[:, None].astype("float32") - 0.1


@pytest.fixture(scope="module")
def standardised(training_images):
    layer = layers.PixelSpace("standardised", (8, 6, 3))
    # 50 images in batches of 16, the last one of 2.
    layer.adapt(training_images[i : i + 16] for i in range(0, 50, 16))
    return layer


def test_values_of_each_space():
    images = np.float32([-1, -0.5, 0, 1]).reshape(1, 2, 2, 1)
    signed = layers.PixelSpace("signed")
    np.testing.assert_array_equal(signed(images), images)
    unit = layers.PixelSpace("unit")(images)
    np.testing.assert_array_equal(np.ravel(unit), [0, 0.25, 0.5, 1])

    layer = layers.PixelSpace("standardised", (2, 2, 1))
    layer.mean.assign(np.reshape([0, 0.5, 1, -1], (2, 2, 1)))
    layer.std.assign(np.reshape([1, 2, 0.5, 4], (2, 2, 1)))
    expected = [-1 / 1, -1 / 2, -1 / 0.5, 2 / 4]
    np.testing.assert_allclose(np.ravel(layer(images)), expected, rtol=1e-6)


@pytest.mark.parametrize("space", ["signed", "unit"])
def test_there_and_back(space):
    layer = layers.PixelSpace(space)
    # Values beyond [-1, 1] too, as nothing is clipped.
    images = 2 * random_images((4, 5, 7, 3))
    restored = layer.to_images(layer(images))
    np.testing.assert_allclose(restored, images, rtol=0, atol=1e-6)


@pytest.mark.parametrize("size", [(8, 6), (4, 3), (7, 6), (16, 12)])
def test_there_and_back_standardised(standardised, size):
    images = random_images((4, *size, 3), seed=1)
    restored = standardised.to_images(standardised(images))
    np.testing.assert_allclose(restored, images, rtol=0, atol=1e-6)


def test_adapt_takes_the_statistics_of_all_batches(
    standardised, training_images
):
    # The layer stores float32.
    pixels = np.float64(training_images)
    np.testing.assert_allclose(
        standardised.mean, pixels.mean(axis=0), rtol=1e-6, atol=1e-7
    )
    np.testing.assert_allclose(
        standardised.std, pixels.std(axis=0), rtol=1e-6, atol=2e-7
    )


def test_adapted_pixels_have_mean_zero_and_deviation_one(
    standardised, training_images
):
    pixels = np.float64(standardised(training_images))
    np.testing.assert_allclose(pixels.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(pixels.std(axis=0), 1, rtol=1e-5)


def test_adapting_again_forgets_the_first_time(training_images):
    layer = layers.PixelSpace("standardised", (8, 6, 3))
    layer.adapt([training_images + 5])
    layer.adapt([training_images])
    np.testing.assert_allclose(
        layer.mean, training_images.mean(axis=0), rtol=1e-5, atol=1e-6
    )


def test_adapt_takes_a_dataset(training_images, standardised):
    layer = layers.PixelSpace("standardised", (8, 6, 3))
    layer.adapt(tf.data.Dataset.from_tensor_slices(training_images).batch(8))
    np.testing.assert_allclose(layer.mean, standardised.mean, atol=1e-7)
    np.testing.assert_allclose(layer.std, standardised.std, atol=1e-7)


def test_a_pixel_that_never_changes_stays_finite():
    layer = layers.PixelSpace("standardised", (2, 2, 1))
    images = np.full((4, 2, 2, 1), 0.3, "float32")
    layer.adapt([images])
    # The rounding of the mean, 1e-8, over the 1e-7 of the standard deviation.
    assert np.abs(layer(images)).max() < 1
    np.testing.assert_allclose(layer.to_images(layer(images)), images)


def test_statistics_are_resized_for_smaller_images(standardised):
    images = random_images((2, 4, 3, 3), seed=2)

    def halved(statistic):
        blocks = np.reshape(statistic, (4, 2, 3, 2, 3))
        return blocks.mean(axis=(1, 3))

    expected = (images - halved(standardised.mean)) / halved(standardised.std)
    np.testing.assert_allclose(
        standardised(images), expected, rtol=1e-5, atol=1e-6
    )


def test_statistics_are_resized_for_larger_images(standardised):
    images = random_images((2, 15, 11, 3), seed=2)
    pixels = standardised(images)
    # Of every second pixel the statistics are those of the old ones.
    expected = standardised(images[:, ::2, ::2])
    np.testing.assert_allclose(
        pixels[:, ::2, ::2], expected, rtol=1e-4, atol=1e-5
    )


def test_only_standardised_pixels_need_adapting(training_images):
    assert layers.PixelSpace("signed").is_adapted
    assert layers.PixelSpace("unit").is_adapted
    layer = layers.PixelSpace("standardised", (8, 6, 3))
    assert not layer.is_adapted
    layer.adapt([training_images])
    assert layer.is_adapted


def test_adapting_the_other_spaces_changes_nothing(training_images):
    layer = layers.PixelSpace("unit")
    layer.adapt([training_images])
    assert layer.weights == []


def test_statistics_are_saved_and_not_trained(standardised, tmp_path):
    assert standardised.trainable_variables == []
    model = keras.Sequential([keras.Input((8, 6, 3)), standardised])
    model.save(tmp_path / "model.keras")
    restored = keras.saving.load_model(tmp_path / "model.keras")
    assert restored.layers[0].is_adapted
    images = random_images((4, 8, 6, 3))
    np.testing.assert_array_equal(restored(images), standardised(images))


@pytest.mark.parametrize("space", ["signed", "unit", "standardised"])
def test_config_round_trip(space):
    layer = layers.PixelSpace(space, (8, 6, 3), name="pixels")
    config = keras.saving.serialize_keras_object(layer)
    restored = keras.saving.deserialize_keras_object(config)
    assert restored.space == space
    assert tuple(restored.image_shape) == (8, 6, 3)
    assert [v.shape for v in restored.weights] == [
        v.shape for v in layer.weights
    ]


def test_unknown_space_names_the_closest():
    with pytest.raises(ValueError, match=r"Did you mean 'standardised'\?"):
        layers.PixelSpace("standardized", (8, 6, 3))
