"""Small convolutional networks with a spectrally normalised discriminator.

They make a flat GAN, or a LAPGAN's coarsest level of about 16 pixels a side,
and are meant for the hinge loss and Adam with beta_1 = 0.

References: [Miyato et al., 2018](https://arxiv.org/abs/1802.05957), for the
normalisation; [Miyato & Koyama, 2018](https://arxiv.org/abs/1802.05637), for
the projection. Theirs are several times as large.
"""

import keras

from kerasgan import errors
from kerasgan import layers
from kerasgan.models import networks as named


def build_generator(
    image_shape=(32, 32, 3), filters=64, latent_dim=100, num_classes=None
):
    """Transposed convolutions of stride 2, batch norm and ReLU, then tanh.

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
        height * width * channels,
        use_bias=False,
        kernel_initializer="he_normal",
    )(x)
    x = keras.layers.Reshape((height, width, channels))(x)
    x = named.batch_norm_relu(x)
    for _ in range(blocks - 1):
        channels //= 2
        x = keras.layers.Conv2DTranspose(
            channels,
            4,
            strides=2,
            padding="same",
            use_bias=False,
            kernel_initializer="he_normal",
        )(x)
        x = named.batch_norm_relu(x)
    # Small at first: a tanh that starts saturated stays so.
    images = layers.Conv2DTranspose(
        image_shape[-1],
        6,
        strides=2,
        padding="same",
        activation="tanh",
        kernel_initializer=keras.initializers.RandomNormal(0.0, 0.02),
    )(x)
    return keras.Model(inputs, images, name="generator")


def build_discriminator(image_shape=(32, 32, 3), filters=64, num_classes=None):
    """4x4 convolutions of stride 2, a 3x3 one between each two of them.

    Args:
        image_shape: `(height, width, channels)`.
        filters: Channels of the first layer; each halving doubles them.
        num_classes: Length of the one-hot label, or None: told by projection.

    Returns:
        A model of `(batch, *image_shape)`, and one-hot labels if any, ->
        logits `(batch, 1)`.
    """
    errors.check_integer("filters", filters, minimum=1)
    _, _, blocks = named.doublings(image_shape)
    images = keras.Input(image_shape, name="images")
    inputs, labels = images, None
    if num_classes:
        labels = named.label_input(num_classes)
        inputs = [images, labels]
    x = images
    for block in range(blocks):
        channels = filters * 2**block
        if block:
            x = named.leaky_relu(named.spectral_conv(channels // 2)(x))
        x = named.leaky_relu(named.spectral_conv(channels, 4, strides=2)(x))
    logits = named.projection_logits(x, labels)
    return keras.Model(inputs, logits, name="discriminator")
