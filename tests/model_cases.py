"""The one table of small models that every generic check runs over."""

import typing

import keras
import numpy as np
import tensorflow as tf

from kerasgan import models


class Case(typing.NamedTuple):
    """A small model, and what its constructor must have made.

    Attributes:
        build: Function of keyword arguments `ema`, returns a new model.
        trainable: Number of trainable weights, counted by hand in the
            family's own test file.
    """

    build: object
    trainable: int


def _own_networks(**kwargs):
    generator = keras.Sequential(
        [
            keras.Input((5,)),
            keras.layers.Dense(8 * 8 * 2, activation="tanh"),
            keras.layers.Reshape((8, 8, 2)),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((8, 8, 2)),
            keras.layers.Flatten(),
            keras.layers.Dense(1),
        ]
    )
    return models.GAN((generator, discriminator), **kwargs)


_COARSEST = {
    "paper": {"units": 8, "discriminator_units": 8},
    "economical": {"filters": 4},
    "light": {"filters": 2, "latent_dim": 4},
}


def _lapgan(networks, num_classes=None, **kwargs):
    return models.LAPGAN(
        image_sizes=(16, 8),
        networks=networks,
        num_classes=num_classes,
        filters=2,
        coarsest_options=_COARSEST[networks],
        **kwargs,
    )


CASES = {
    "gan_mnist": Case(
        lambda **kwargs: models.GAN(
            "mnist",
            units=8,
            maxout_units=4,
            pieces=2,
            pixel_dropout_steps=1,
            **kwargs,
        ),
        # Generator: 100-8-8-784; discriminator: 784-8, 4-8, 4-1.
        (808 + 72 + 7056) + (6280 + 40 + 5),
    ),
    "gan_cifar10": Case(
        lambda **kwargs: models.GAN(
            "cifar10", units=8, maxout_units=4, pieces=2, **kwargs
        ),
        (808 + 72 + 27648) + (24584 + 40 + 5),
    ),
    "gan_cifar10_conv": Case(
        lambda **kwargs: models.GAN(
            "cifar10_conv", units=200, smooth_start=True, filters=1, **kwargs
        ),
        # Generator: 100-200-200, a 5x5 kernel of 2 -> 3, 32x32x3 biases.
        (20200 + 40200 + 150 + 3072)
        # Kernels of 8x8x3x2, 8x8x1x2, 5x5x1x12; 4x4x6 -> 2500; 500 -> 1.
        + (386 + 130 + 312 + 242500 + 501),
    ),
    "own_networks": Case(_own_networks, (6 * 128) + (128 + 1)),
    "conditional_gan_mnist": Case(
        lambda **kwargs: models.ConditionalGAN(
            "mnist",
            latent_units=4,
            label_units=4,
            # So many that some are active whatever the latents are.
            units=16,
            image_units=2,
            maxout_label_units=2,
            joint_units=2,
            **kwargs,
        ),
        # 100-4 and 10-4, 8-16, 16-784; 784-10 and 10-10, 4-8, 2-1.
        (404 + 44 + 144 + 13328) + (7850 + 110 + 40 + 3),
    ),
    "dcgan": Case(
        lambda **kwargs: models.DCGAN(
            image_shape=(16, 16, 3), filters=2, latent_dim=4, **kwargs
        ),
        # 4-64 without bias, batch norm of 4, 5x5x2x4, of 2, 5x5x3x2 + 3.
        (256 + 8 + 200 + 4 + 153)
        # 5x5x3x2 + 2, 5x5x2x4, batch norm of 4, 4x4x4 -> 1.
        + (152 + 200 + 8 + 65),
    ),
    "dcgan_conditional": Case(
        lambda **kwargs: models.DCGAN(
            image_shape=(14, 14, 1),
            filters=2,
            latent_dim=4,
            num_classes=3,
            **kwargs,
        ),
        # One block: 7-7x7x2 without bias, batch norm of 2, 5x5x1x2 + 1.
        (686 + 4 + 51)
        # 5x5x4x2 + 2, 7x7x2 -> 1.
        + (202 + 99),
    ),
    "dcgan_spectral": Case(
        lambda **kwargs: models.DCGAN(
            "spectral",
            image_shape=(16, 16, 3),
            filters=2,
            latent_dim=4,
            num_classes=3,
            **kwargs,
        ),
        # 7-64 without bias, batch norm of 4, 4x4 of 4-2, of 2, 6x6 of 2-3.
        (448 + 8 + 128 + 4 + 219)
        # 4x4 of 3-2, 3x3 of 2-2, 4x4 of 2-4, 4x4x4 -> 1, 3 labels to 4.
        + (98 + 38 + 132 + 65 + 12),
    ),
    "lapgan": Case(
        lambda **kwargs: _lapgan("economical", **kwargs),
        # Level 0: 3x3 kernels of 4-2, 2-2, 2-3; of 3-2, 4x4 of 2-2, 3x3 of
        # 2-4, and 4x4x4 -> 1.
        (74 + 38 + 57 + 56 + 66 + 76 + 65)
        # Coarsest: 100-128, batch norm of 8, 3x3 of 8-4, of 4, 3x3 of 4-3;
        # 3x3 of 3-2, 4x4 of 2-4, 3x3 of 4-8, and 4x4x8 -> 1.
        + (12800 + 16 + 288 + 8 + 111 + 56 + 132 + 296 + 129),
    ),
    "cclapgan": Case(
        lambda **kwargs: _lapgan(
            "light", num_classes=3, coarse_noise=0.1, **kwargs
        ),
        # Level 0: 4x4 kernels of 5-2, 3x3 of 2-2 twice, 6x6 of 2-3 without
        # bias; 4x4 of 3-2, 3x3 of 2-2, 4x4 of 2-4, and 4x4x4 -> 1; 3 labels
        # to 2 twice and to 4. Coarsest: 7-32 without bias, batch norm of 2,
        # 6x6 of 2-3; 4x4 of 3-2, 4x4x2 -> 1, 3 labels to 2.
        (162 + 38 + 38 + 216 + 98 + 38 + 132 + 65 + 6 + 6 + 12)
        + (224 + 4 + 219 + 98 + 33 + 6),
    ),
    "cclapgan_paper": Case(
        lambda **kwargs: _lapgan("paper", num_classes=3, **kwargs),
        # Level 0: 3-256 twice; 7x7 of 5-2, 2-2, 5x5 of 2-3; 5x5 of 4-2, 2-2,
        # and 4x4x2 -> 1.
        (1024 + 492 + 198 + 153 + 1024 + 202 + 102 + 33)
        # Coarsest: 103-8-8-192; 195-8-8-1.
        + (832 + 72 + 1728 + 1568 + 72 + 9),
    ),
}


def build(name, **kwargs):
    """A new model of the table, with weights from one seed, adapted."""
    keras.utils.set_random_seed(0)
    model = CASES[name].build(**kwargs)
    model.adapt(data(model)[0])
    return model


def data(model, count=8):
    """Images that the model takes, and labels or None."""
    rng = np.random.default_rng(0)
    shape = (count, *model.training_image_shape)
    images = rng.uniform(-1, 1, shape).astype("float32")
    labels = None
    if model.num_classes:
        labels = (np.arange(count) % model.num_classes).astype("int32")
    return images, labels


def sample(model, count=3):
    """The images of seed 0, without tracing `generate` for them."""
    seeds = tf.zeros(count, tf.int64)
    return model.sample(seeds, tf.range(count, dtype=tf.int64)).numpy()


def values(network):
    """Copies of the trainable weights, a list of NumPy arrays."""
    return [np.array(variable) for variable in network.trainable_variables]


def state(model):
    """Weights of a compiled model, variables of its optimizers, a list."""
    names = ("optimizer", "generator_optimizer", "discriminator_optimizer")
    optimizers = [getattr(model, name, None) for name in names]
    return [
        *model.weights,
        *(v for each in filter(None, optimizers) for v in each.variables),
    ]


def assert_same_state(model, expected):
    """All variables have the same bits, those of the optimizers too."""
    for one, two in zip(state(model), state(expected), strict=True):
        np.testing.assert_array_equal(np.array(one), np.array(two))


def compile(model, optimizer=None, **kwargs):
    """Compiles a model with two new SGDs, or others."""
    optimizer = optimizer or (lambda: keras.optimizers.SGD(0.05))
    model.compile(optimizer(), optimizer(), **kwargs)
    return model
