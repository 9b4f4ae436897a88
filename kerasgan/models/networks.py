"""A family's networks by name, and what ours are made of."""

import inspect
import typing

import keras
import numpy as np

from kerasgan import errors
from kerasgan import layers


class Networks(typing.NamedTuple):
    """The networks of one name, and what they were made for.

    Attributes:
        build_generator: Function that returns the generator.
        build_discriminator: Function that returns the discriminator.
        latent_distribution: See `kerasgan.random.check_distribution`.
        pixel_space: See `kerasgan.layers.PixelSpace`.
    """

    build_generator: object
    build_discriminator: object
    latent_distribution: str
    pixel_space: str


def _parameters(function):
    return set(inspect.signature(function).parameters)


def build(choice, options, num_classes, discriminator=True):
    """Builds the networks of one name.

    Args:
        choice: A `Networks`.
        options: dict, arguments of either function that builds one.
        num_classes: int or None.
        discriminator: bool, whether to build it.

    Returns:
        A pair (generator, discriminator) of Keras models; the second is None
        where it was not built.

    Raises:
        ValueError: If an option is unknown, or the networks take no labels.
    """
    _check_options(choice, options, num_classes)
    if num_classes is not None:
        options = {**options, "num_classes": num_classes}

    def built(function):
        known = _parameters(function)
        return function(**{k: v for k, v in options.items() if k in known})

    generator = built(choice.build_generator)
    if not discriminator:
        return generator, None
    return generator, built(choice.build_discriminator)


def _check_options(choice, options, num_classes):
    known = _parameters(choice.build_generator) | _parameters(
        choice.build_discriminator
    )
    for option in options:
        errors.check_choice("option of the networks", option, sorted(known))
    if num_classes is not None and "num_classes" not in known:
        raise ValueError(
            "These networks take no labels. Received: "
            f"num_classes={num_classes}. Leave `num_classes` out, or use a "
            "conditional family such as `ConditionalGAN`."
        )


def uniform(limit):
    """Initial weights of Goodfellow et al.: uniform in [-limit, limit]."""
    return keras.initializers.RandomUniform(-limit, limit)


def dense(units, activation=None, limit=0.05, **kwargs):
    """A dense layer of Goodfellow et al., see `uniform`."""
    return keras.layers.Dense(
        units, activation, kernel_initializer=uniform(limit), **kwargs
    )


def doublings(image_shape):
    """How often a map whose smaller side is 4 to 7 is doubled to make an image.

    Args:
        image_shape: `(height, width, channels)`.

    Returns:
        The map's height and width, and how often.

    Raises:
        ValueError: If the image is no such.
    """
    if len(image_shape) != 3:
        raise ValueError(
            "`image_shape` must be (height, width, channels). Received: "
            f"image_shape={tuple(image_shape)}. Use, for example, (32, 32, 3)."
        )
    height, width, _ = image_shape
    blocks = 0
    while height % 2 == 0 and width % 2 == 0 and min(height, width) > 7:
        height, width, blocks = height // 2, width // 2, blocks + 1
    if not blocks or min(height, width) > 7:
        raise ValueError(
            "The smaller side of `image_shape` must be at least 8 and 4 to 7 "
            "times a power of 2, and the other a multiple of that power. "
            f"Received: image_shape={tuple(image_shape)}. Use, for example, "
            "(28, 28, 1), (32, 32, 3) or (48, 64, 3)."
        )
    return height, width, blocks


def label_input(num_classes):
    """The input of one-hot labels."""
    return keras.Input((num_classes,), name="labels")


def latent_inputs(latent_dim, num_classes):
    """The inputs of a generator, and latents and one-hot labels as one vector.

    Args:
        latent_dim: Length of the latent vector.
        num_classes: Length of the one-hot label, or None.

    Returns:
        A pair: one input, or a list of two; and `(batch, latent_dim)`, or
        `(batch, latent_dim + num_classes)`.
    """
    latents = keras.Input((latent_dim,), name="latents")
    if not num_classes:
        return latents, latents
    inputs = [latents, label_input(num_classes)]
    return inputs, keras.layers.Concatenate()(inputs)


def judged_inputs(size, channels, num_classes):
    """The inputs of a discriminator of LAPGAN's levels, and their image.

    Args:
        size: (height, width) of the level.
        channels: Of the images.
        num_classes: Length of the one-hot label, or None.

    Returns:
        A triple: the list of inputs, `[residual, coarse]` and one-hot labels if
        any; the sum of the first two; the labels, or None.
    """
    residual = keras.Input((*size, channels), name="residual")
    coarse = keras.Input((*size, channels), name="coarse")
    labels = label_input(num_classes) if num_classes else None
    inputs = (
        [residual, coarse] if labels is None else [residual, coarse, labels]
    )
    return inputs, keras.layers.Add()([residual, coarse]), labels


def conv(filters, kernel_size=3, kernel_initializer="he_normal", **kwargs):
    """A convolution that pads."""
    return layers.Conv2D(
        filters,
        kernel_size,
        padding="same",
        kernel_initializer=kernel_initializer,
        **kwargs,
    )


def add_class_plane(x, labels, filters):
    """Adds a learned constant plane a channel, whatever the image's size."""
    shift = keras.layers.Dense(filters, use_bias=False)(labels)
    return keras.layers.Add()([x, keras.layers.Reshape((1, 1, filters))(shift)])


def leaky_relu(x):
    """Leaky ReLU of slope 0.2."""
    return keras.layers.LeakyReLU(0.2)(x)


def batch_norm_relu(x):
    """Batch norm, synchronised, so that replicas train as one device; ReLU."""
    # With Keras's momentum of 0.99 the statistics would lag hundreds of steps.
    x = keras.layers.BatchNormalization(momentum=0.9, synchronized=True)(x)
    return keras.layers.ReLU()(x)


def spectral_conv(filters, kernel_size=3, strides=1):
    """A spectrally normalised convolution that pads."""
    return layers.SpectralConv2D(
        filters, kernel_size, strides=strides, padding="same"
    )


def projection_logits(x, labels):
    """Logits from the features, plus their sum's product with the class.

    Reference: [Miyato & Koyama, 2018](https://arxiv.org/abs/1802.05637),
    equation 8.

    Args:
        x: Features `(batch, height, width, channels)`.
        labels: One-hot labels `(batch, num_classes)`, or None.

    Returns:
        `(batch, 1)`, spectrally normalised.
    """
    logits = layers.SpectralDense(1)(keras.layers.Flatten()(x))
    if labels is None:
        return logits
    # Summed, not averaged, over the pixels: normalised layers would leave an
    # average too small to count.
    features = keras.layers.GlobalAveragePooling2D()(x)
    features = keras.layers.Rescaling(x.shape[1] * x.shape[2])(features)
    embedding = layers.SpectralDense(x.shape[-1], use_bias=False)(labels)
    product = keras.layers.Dot(axes=1)([features, embedding])
    return keras.layers.Add()([logits, product])


def start_at_mean_image(model, data):
    """Makes sigmoid pixels start at the mean of the training images.

    As in Goodfellow et al.'s released code, the bias of the generator's layer
    `pixels` becomes the logit of the pixels' marginal probabilities.

    Args:
        model: A model with such a generator.
        data: See `GenerativeModel.adapt`.
    """
    total, count = 0.0, 0
    for images in model.checked_batches(data):
        total += np.sum(model.pixels(images), axis=0, dtype="float64")
        count += len(images)
    if not count:
        raise ValueError(
            "`adapt` needs at least one image. Received: none. Check the split "
            "and the batch size."
        )
    marginals = np.clip(total / count, 1e-3, 1 - 1e-3)
    bias = np.log(marginals / (1 - marginals)).reshape(-1)
    for generator in (model.generator, model.averaged_generator):
        if generator is not None:
            generator.get_layer("pixels").bias.assign(bias)
