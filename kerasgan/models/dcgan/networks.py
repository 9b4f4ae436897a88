"""The networks of the deep convolutional GAN.

Reference: [Radford et al., 2016](https://arxiv.org/abs/1511.06434), and the
released code, Newmu/dcgan_code.
"""

import keras

from kerasgan import errors
from kerasgan import layers
from kerasgan.models import networks as named


def _initial_weights():
    return {"kernel_initializer": keras.initializers.RandomNormal(0.0, 0.02)}


def _batch_norm():
    # Synchronised, so that replicas train as one device does. With Keras's
    # momentum of 0.99 the statistics would lag hundreds of steps behind.
    return keras.layers.BatchNormalization(
        momentum=0.9,
        gamma_initializer=keras.initializers.RandomNormal(1.0, 0.02),
        synchronized=True,
    )


def build_generator(
    image_shape=(64, 64, 3), filters=128, latent_dim=100, num_classes=None
):
    """Transposed 5x5 convolutions of stride 2, batch norm and ReLU, then tanh.

    Args:
        image_shape: `(height, width, channels)`, the smaller side at least 8
            and 4 to 7 times a power of 2, the other a multiple of that power.
        filters: Channels before the last layer; each layer before has twice as
            many.
        latent_dim: Length of the latent vector.
        num_classes: Length of the one-hot label, or None.

    Returns:
        A model of latents `(batch, latent_dim)`, and one-hot labels if any,
        -> `(batch, *image_shape)` in `[-1, 1]`.
    """
    errors.check_integer("filters", filters, minimum=1)
    height, width, blocks = named.doublings(image_shape)
    inputs, x = named.latent_inputs(latent_dim, num_classes)
    channels = filters * 2 ** (blocks - 1)
    x = keras.layers.Dense(
        height * width * channels, use_bias=False, **_initial_weights()
    )(x)
    x = keras.layers.Reshape((height, width, channels))(x)
    x = keras.layers.ReLU()(_batch_norm()(x))
    for _ in range(blocks - 1):
        channels //= 2
        x = keras.layers.Conv2DTranspose(
            channels,
            5,
            strides=2,
            padding="same",
            use_bias=False,
            **_initial_weights(),
        )(x)
        x = keras.layers.ReLU()(_batch_norm()(x))
    images = layers.Conv2DTranspose(
        image_shape[-1],
        5,
        strides=2,
        padding="same",
        activation="tanh",
        **_initial_weights(),
    )(x)
    return keras.Model(inputs, images, name="generator")


def build_discriminator(image_shape=(64, 64, 3), filters=128, num_classes=None):
    """5x5 convolutions of stride 2, leaky ReLU, batch norm but in the first.

    Labels are shown to it as planes of 1 beside the image's channels.

    Args:
        image_shape: `(height, width, channels)`.
        filters: Channels of the first layer; each next has twice as many.
        num_classes: Length of the one-hot label, or None.

    Returns:
        A model of `(batch, *image_shape)`, and one-hot labels if any, ->
        logits `(batch, 1)`.
    """
    errors.check_integer("filters", filters, minimum=1)
    _, _, blocks = named.doublings(image_shape)
    images = keras.Input(image_shape, name="images")
    inputs = images
    x = images
    if num_classes:
        labels = named.label_input(num_classes)
        inputs = [images, labels]
        planes = keras.layers.Reshape((1, 1, num_classes))(labels)
        planes = keras.layers.UpSampling2D(image_shape[:2])(planes)
        x = keras.layers.Concatenate()([images, planes])
    for block in range(blocks):
        x = layers.Conv2D(
            filters * 2**block,
            5,
            strides=2,
            padding="same",
            use_bias=block == 0,
            **_initial_weights(),
        )(x)
        if block:
            x = _batch_norm()(x)
        x = keras.layers.LeakyReLU(0.2)(x)
    x = keras.layers.Flatten()(x)
    logits = keras.layers.Dense(1, **_initial_weights())(x)
    return keras.Model(inputs, logits, name="discriminator")
