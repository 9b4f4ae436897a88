"""The models of most recipes, compiled as there, and batches for them.

A recipe itself cannot be imported beside another, as both define flags. What
is here follows the defaults in `recipes/`, but for the economical LAPGAN, which
no recipe trains.
"""

import functools
import pathlib
import tempfile

import keras
import numpy as np
import PIL.Image
import tensorflow as tf

import kerasgan

_STEPS_PER_EPOCH = 400
_SEED = 0


def _goodfellow_sgd(learning_rate, decay=1.000004):
    return kerasgan.optimizers.goodfellow_sgd(
        learning_rate, _STEPS_PER_EPOCH, decay
    )


def _adam(learning_rate):
    # The number of steps does not matter to the time of one.
    return kerasgan.optimizers.cosine_adam(learning_rate, steps=10**6)


def _plain_adams(learning_rate):
    """One for each network."""
    return [keras.optimizers.Adam(learning_rate, beta_1=0.5) for _ in range(2)]


def gan_mnist():
    """`recipes/gan_mnist.py`."""
    model = kerasgan.models.GAN(
        "mnist", pixel_dropout_steps=130 * _STEPS_PER_EPOCH, ema=0.9999
    )
    model.compile(_goodfellow_sgd(0.1), _goodfellow_sgd(0.1))
    return model


def gan_cifar10():
    """`recipes/gan_cifar10.py`."""
    model = kerasgan.models.GAN(
        "cifar10", units=800, maxout_units=60, output_limit=0.005, ema=0.999
    )
    model.compile(*_plain_adams(4e-4), label_smoothing=0.1)
    return model


def gan_cifar10_paper():
    """`recipes/gan_cifar10_paper.py`."""
    model = kerasgan.models.GAN("cifar10", units=8000, maxout_units=1600)
    model.compile(_goodfellow_sgd(0.025), _goodfellow_sgd(0.025))
    return model


def gan_cifar10_conv():
    """`recipes/gan_cifar10_conv.py`."""
    model = kerasgan.models.GAN(
        "cifar10_conv", units=1800, filters=4, smooth_start=True, ema=0.999
    )
    model.compile(*_plain_adams(4e-4), label_smoothing=0.1)
    return model


def conditional_gan_mnist():
    """`recipes/conditional_gan_mnist.py`."""
    model = kerasgan.models.ConditionalGAN(
        "mnist", generator_dropout=0.0, ema=0.999
    )
    model.compile(_goodfellow_sgd(0.1, 1.00004), _goodfellow_sgd(0.1, 1.00004))
    return model


def dcgan_mnist():
    """`recipes/dcgan_mnist.py`."""
    model = kerasgan.models.DCGAN(
        "spectral",
        image_shape=(28, 28, 1),
        filters=32,
        num_classes=10,
        ema=0.999,
    )
    model.compile(_adam(2e-3), _adam(2e-3), loss="hinge")
    return model


def dcgan_cifar10():
    """`recipes/dcgan_cifar10.py`."""
    model = kerasgan.models.DCGAN(
        image_shape=(32, 32, 3), filters=64, ema=0.999
    )
    model.compile(*_plain_adams(2e-4), update="alternating")
    return model


def sngan_cifar10():
    """`recipes/sngan_cifar10.py`."""
    model = kerasgan.models.DCGAN(
        "spectral",
        image_shape=(32, 32, 3),
        filters=64,
        num_classes=10,
        ema=0.999,
    )
    model.compile(
        keras.optimizers.Adam(5e-4, beta_1=0.0, beta_2=0.9),
        keras.optimizers.Adam(5e-4, beta_1=0.0, beta_2=0.9),
        loss="hinge",
    )
    return model


def lapgan_economical(level, update="simultaneous"):
    """One level of a LAPGAN of economical networks, which no recipe has.

    Args:
        level: int, 0 is the 32x32 level and 2 the 8x8 level.
        update: `"simultaneous"` or `"alternating"`.

    Returns:
        A compiled level.
    """
    lapgan = kerasgan.models.LAPGAN(
        image_sizes=(32, 16, 8),
        networks="economical",
        filters=64,
        ema=0.999,
    )
    model = lapgan.levels[level]
    model.compile(
        keras.optimizers.Adam(2e-4, beta_1=0.0),
        keras.optimizers.Adam(2e-4, beta_1=0.0),
        loss="hinge",
        update=update,
    )
    return model


def cclapgan_cifar10(level):
    """One level of `recipes/cclapgan_cifar10.py`.

    Args:
        level: int, 0 is the 32x32 level and 1 the 16x16 level.

    Returns:
        A compiled level.
    """
    lapgan = kerasgan.models.LAPGAN(
        image_sizes=(32, 16),
        networks="light",
        num_classes=10,
        filters=48,
        coarse_noise=0.1,
        ema=0.999,
    )
    model = lapgan.levels[level]
    rate = (1e-3, 3e-3)[level]
    model.compile(_adam(rate), _adam(rate), loss="hinge", update="alternating")
    return model


def lapgan_cifar10_paper(level, update="alternating"):
    """One level of `recipes/lapgan_cifar10_paper.py`.

    Args:
        level: int, 0 is the 32x32 level and 2 the 8x8 level.
        update: `"alternating"`, as in the recipe, or `"simultaneous"`.

    Returns:
        A compiled level.
    """
    lapgan = kerasgan.models.LAPGAN(
        image_sizes=(32, 16, 8), networks="paper", filters=64
    )

    def sgd():
        return kerasgan.optimizers.MomentumRampSGD(
            0.02, 0.5, 0.7, ramp_steps=250 * 704, dampened=True
        )

    model = lapgan.levels[level]
    model.compile(sgd(), sgd(), update=update)
    return model


# Name -> (images a step, function that builds the compiled model).
MODELS = {
    "gan_mnist": (100, gan_mnist),
    "gan_cifar10": (100, gan_cifar10),
    "gan_cifar10_paper": (100, gan_cifar10_paper),
    "gan_cifar10_conv": (128, gan_cifar10_conv),
    "conditional_gan_mnist": (100, conditional_gan_mnist),
    "dcgan_mnist": (64, dcgan_mnist),
    "dcgan_cifar10": (128, dcgan_cifar10),
    "sngan_cifar10": (64, sngan_cifar10),
}
for _name, _build, _levels in (
    ("LAPGAN, economical", lapgan_economical, 3),
    ("lapgan_cifar10_paper", lapgan_cifar10_paper, 3),
    ("cclapgan_cifar10", cclapgan_cifar10, 2),
):
    for _level in range(_levels):
        MODELS[f"{_name}, level {_level}"] = (
            64,
            functools.partial(_build, _level),
        )


def build(function, precision="float32"):
    """Builds a model, always with the same initial weights.

    Args:
        function: One of those above.
        precision: Name of a Keras dtype policy.

    Returns:
        A compiled model.
    """
    keras.utils.set_random_seed(_SEED)
    keras.config.set_dtype_policy(precision)
    try:
        return function()
    finally:
        keras.config.set_dtype_policy("float32")


def _random_pixels(shape):
    values = np.random.default_rng(_SEED).integers(0, 256, shape)
    return values.astype("uint8")


def random_images(shape):
    """Noise in `[-1, 1]`, a float32 tensor of that shape."""
    return tf.constant(_random_pixels(shape) / 127.5 - 1.0, tf.float32)


def batch(model, batch_size):
    """Makes a batch of noise, and adapts the model to it.

    Args:
        model: A compiled model.
        batch_size: int.

    Returns:
        What `train_step` takes: images `(batch_size, height, width, channels)`
        in `[-1, 1]`, for a class-conditional model with int32 labels.
    """
    images = random_images((batch_size, *model.training_image_shape))
    model.adapt([images])
    if not model.num_classes:
        return images
    return images, tf.range(batch_size) % model.num_classes


def pipeline(image_shape, batch_size, num_steps, num_images=2048):
    """Batches of noise from the input pipeline that the recipes have.

    Args:
        image_shape: `(height, width, channels)`.
        batch_size: int.
        num_steps: int, length of the data set.
        num_images: int, how many different ones there are.

    Returns:
        What `kerasgan.datasets.load` returns.
    """
    # The images are decoded once, so the folder is not needed for long.
    with tempfile.TemporaryDirectory() as folder:
        for i, pixels in enumerate(_random_pixels((num_images, *image_shape))):
            path = pathlib.Path(folder) / f"{i}.png"
            PIL.Image.fromarray(pixels).save(path)
        return kerasgan.datasets.load(
            f"folder:{folder}", batch_size=batch_size, num_steps=num_steps
        )
