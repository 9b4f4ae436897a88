"""The papers' networks: numbers of weights, initial weights, pixels."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from kerasgan import layers
from kerasgan import models


@pytest.fixture
def only_shapes():
    """Models are built of weights that have no values, and so no memory."""
    with keras.StatelessScope(initialize_variables=False):
        yield


@pytest.mark.usefixtures("only_shapes")
def test_number_of_weights_of_the_mnist_networks():
    model = models.GAN("mnist")
    # 100-1200-1200-784, and 784 and 240 to 240 units of 5 pieces, 240-1.
    assert model.generator.count_params() == 121200 + 1441200 + 941584
    assert model.discriminator.count_params() == 942000 + 289200 + 241


@pytest.mark.usefixtures("only_shapes")
def test_number_of_weights_of_the_cifar10_networks():
    model = models.GAN("cifar10")
    # 100-8000-8000-3072, the paper's 89 million.
    assert model.generator.count_params() == 808000 + 64008000 + 24579072
    # 3072 and 1600 to 1600 units of 5 pieces, 1600-1.
    assert model.discriminator.count_params() == 24584000 + 12808000 + 1601


@pytest.mark.usefixtures("only_shapes")
def test_number_of_weights_of_the_convolutional_cifar10_networks():
    model = models.GAN("cifar10_conv")
    # 100-8000-8000, a 5x5 kernel from 80 to 3 channels, a bias a pixel.
    expected = 808000 + 64008000 + 25 * 80 * 3 + 32 * 32 * 3
    assert model.generator.count_params() == expected
    # 8x8 of 3 to 64, 8x8 of 32 to 64, 5x5 of 32 to 384 channels, then 4x4x192
    # to 500 units of 5 pieces, 500-1.
    expected = 12352 + 131136 + 307584 + 7682500 + 501
    assert model.discriminator.count_params() == expected


@pytest.mark.usefixtures("only_shapes")
def test_number_of_weights_of_the_conditional_networks():
    model = models.ConditionalGAN("mnist")
    # 100-200 and 10-1000, 1200-1200, 1200-784.
    expected = 20200 + 11000 + 1441200 + 941584
    assert model.generator.count_params() == expected
    # 784-240x5, 10-50x5, 290-240x4, 240-1.
    expected = 942000 + 2750 + 279360 + 241
    assert model.discriminator.count_params() == expected


@pytest.mark.usefixtures("only_shapes")
def test_number_of_weights_of_the_dcgan_of_the_paper():
    model = models.DCGAN()
    counts = [
        int(np.prod(variable.shape))
        for variable in model.generator.trainable_variables
    ]
    # 100 -> 4x4x1024, 5x5 to 512, 256, 128 and 3; batch norms between.
    kernels = 100 * 16 * 1024 + 25 * (
        1024 * 512 + 512 * 256 + 256 * 128 + 128 * 3
    )
    norms = 2 * (1024 + 512 + 256 + 128)
    assert sum(counts) == kernels + norms + 3
    kernels = 25 * (3 * 128 + 128 * 256 + 256 * 512 + 512 * 1024)
    counts = [
        int(np.prod(variable.shape))
        for variable in model.discriminator.trainable_variables
    ]
    norms = 2 * (256 + 512 + 1024)
    assert sum(counts) == kernels + norms + 128 + 4 * 4 * 1024 + 1


def uniform(limit):
    # The largest of n draws is under 0.98 of the limit in 0.98 ** n of cases.
    return lambda weights: np.abs(weights).max() / limit


def normal(stddev):
    return lambda weights: weights.std() / stddev


@pytest.mark.parametrize(
    ("model", "network", "layer", "scale"),
    [
        (lambda: models.GAN("mnist"), "generator", 1, uniform(0.05)),
        (lambda: models.GAN("mnist"), "discriminator", 2, uniform(0.005)),
        (
            lambda: models.GAN("cifar10", units=500, maxout_units=50),
            "generator",
            2,
            uniform(0.5),
        ),
        (lambda: models.DCGAN(filters=16), "generator", 1, normal(0.02)),
        (lambda: models.DCGAN(filters=16), "discriminator", 3, normal(0.02)),
        (
            lambda: models.LAPGANCoarsest((28, 14, 8), "paper"),
            "generator",
            2,
            normal(0.05),
        ),
        (
            lambda: models.LAPGANCoarsest((28, 14, 8), "paper"),
            "discriminator",
            4,
            normal(0.005),
        ),
        (
            # Torch: uniform within 1 / sqrt(fan_in), here of 7x7x64.
            lambda: models.LAPGANLevel(1, (28, 14, 8), "paper"),
            "generator",
            4,
            uniform((7 * 7 * 64) ** -0.5),
        ),
    ],
)
def test_initial_weights(model, network, layer, scale):
    keras.utils.set_random_seed(0)
    kernel = getattr(model(), network).layers[layer].kernel.numpy()
    assert scale(kernel) == pytest.approx(1, rel=0.02)


# Of no paper, so their latents are a matter of taste.
OUR_OWN = ("economical", "light", "spectral")


def test_latents_of_the_named_networks():
    assert {
        family.__name__: {
            name: networks.latent_distribution
            for name, networks in family.NETWORKS.items()
            if name not in OUR_OWN
        }
        for family in (
            models.GAN,
            models.ConditionalGAN,
            models.DCGAN,
            models.LAPGANLevel,
            models.LAPGANCoarsest,
        )
    } == {
        "GAN": {
            "mnist": "unit_variance_uniform",
            "cifar10": "normal",
            "cifar10_conv": "normal",
        },
        "ConditionalGAN": {"mnist": "unit_variance_uniform"},
        "DCGAN": {"paper": "uniform"},
        "LAPGANLevel": {"paper": "uniform"},
        "LAPGANCoarsest": {"paper": "uniform"},
    }


@pytest.mark.parametrize("family", [models.GAN, models.ConditionalGAN])
def test_untrained_mnist_generator_starts_at_the_mean_image(family):
    model = family("mnist", units=8, ema=0.9)
    rng = np.random.default_rng(0)
    images = rng.uniform(-0.9, 0.9, (50, 28, 28, 1)).astype("float32")
    model.adapt(tf.data.Dataset.from_tensor_slices(images).batch(20))
    for network in (model.generator, model.averaged_generator):
        # With latents, and labels, of 0 only the last bias is left.
        inputs = [np.zeros((1, *each.shape[1:])) for each in network.inputs]
        pixels = network(inputs if len(inputs) > 1 else inputs[0])
        np.testing.assert_allclose(
            model.pixels.to_images(pixels)[0], images.mean(axis=0), atol=1e-5
        )


def test_generator_sees_standardised_pixels():
    model = models.GAN("cifar10", units=2, maxout_units=2)
    rng = np.random.default_rng(0)
    images = rng.uniform(-1, 1, (40, 32, 32, 3)).astype("float32")
    model.adapt(images)
    real, conditioning = model.examples(images, None)
    assert conditioning == []
    np.testing.assert_allclose(np.mean(real, axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(np.std(real, axis=0), 1, atol=1e-5)


def test_the_conditional_gan_is_told_the_class_and_no_more():
    model = models.ConditionalGAN("mnist", units=2)
    images = np.random.default_rng(0).uniform(-1, 1, (3, 28, 28, 1))
    _, conditioning = model.examples(images.astype("float32"), [2, 0, 9])
    (labels,) = conditioning
    np.testing.assert_array_equal(labels, np.eye(10)[[2, 0, 9]])


@pytest.mark.parametrize("steps", [None, 7])
def test_dropout_of_the_first_paper_keeps_more_of_the_pixels(steps):
    options = {} if steps is None else {"pixel_dropout_steps": steps}
    model = models.GAN("mnist", **options)
    assert [(0.2, steps), (0.5, None), (0.5, None)] == [
        (layer.rate, layer.steps)
        for layer in model.discriminator.layers
        if isinstance(layer, layers.Dropout)
    ]


@pytest.mark.parametrize("units", [400, 1600])
def test_a_smooth_start_has_variety_and_a_grey_mean(units):
    keras.utils.set_random_seed(0)
    latents = np.random.default_rng(0).normal(size=(200, 100))

    def start(**options):
        model = models.GAN("cifar10_conv", units=units, filters=1, **options)
        pixels = model.generator(latents.astype("float32")).numpy()
        return pixels.std(0).mean(), pixels.mean(0).std(), pixels

    # The released code: one pattern, which latents hardly change.
    variety, pattern, _ = start()
    assert variety < pattern / 3
    variety, pattern, pixels = start(smooth_start=True)
    assert 0.5 < variety < 0.9  # The data have 1.
    assert pattern < variety
    # Neighbours are alike: two independent pixels would differ by sqrt(2).
    difference = np.diff(pixels - pixels.mean(0), axis=2).std()
    assert difference < 0.8 * variety


def test_a_smooth_start_needs_pairs_of_channels():
    with pytest.raises(ValueError, match="`units` must be a multiple of 200"):
        models.GAN("cifar10_conv", units=300, smooth_start=True)


@pytest.mark.usefixtures("only_shapes")
@pytest.mark.parametrize(
    ("image_shape", "first_map"),
    [
        ((28, 28, 1), (7, 7, 256)),
        ((32, 32, 3), (4, 4, 512)),
        ((64, 64, 3), (4, 4, 1024)),
        ((48, 32, 3), (6, 4, 512)),
    ],
)
def test_dcgan_of_other_sizes(image_shape, first_map):
    model = models.DCGAN(image_shape=image_shape)
    reshaped = model.generator.layers[2].output.shape[1:]
    assert reshaped == first_map
    assert model.image_shape == image_shape


@pytest.mark.parametrize("networks", ["paper", "spectral"])
def test_images_of_a_dcgan_need_not_be_square(networks):
    model = models.DCGAN(networks, image_shape=(12, 16, 3), filters=2)
    assert model.generate(2, seed=0).shape == (2, 12, 16, 3)
    assert model.discriminator.input_shape == (None, 12, 16, 3)
