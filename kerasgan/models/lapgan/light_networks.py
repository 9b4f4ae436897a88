"""The light networks of LAPGAN's levels, which work at half resolution.

A generator halves its noise planes and its coarse image at once, refines them
in residual blocks and doubles the result at the end; a discriminator halves the
image at once, too. So a step takes less time than with the economical networks,
and a short training has more of them. Pixels are in `[-1, 1]`; the networks are
meant for the hinge loss and Adam with beta_1 = 0. The coarsest level has the
networks of `kerasgan.models.spectral_networks`, for about 16 pixels a side.
"""

import keras

from kerasgan import errors
from kerasgan.models import networks as named
from kerasgan.models import spectral_networks


def _check_even(size):
    if size[0] % 2 or size[1] % 2:
        raise ValueError(
            "The light networks halve the image, so `size` must be even. "
            f"Received: size={tuple(size)}. Give other `image_sizes`, "
            "or networks='economical'."
        )


def _check_coarsest(size):
    try:
        named.doublings((*size, 3))
    except ValueError as error:
        raise ValueError(
            "The light networks' coarsest level has a smaller side of at least "
            "8 and of 4 to 7 times a power of 2, and the other is a multiple "
            f"of that power. Received: size={tuple(size)}. Give another last "
            "number in `image_sizes`, or networks='economical'."
        ) from error


def _small():
    # A block starts as the identity, and the level as the coarse image.
    return keras.initializers.RandomNormal(0.0, 0.01)


def build_generator(
    size,
    channels=3,
    num_classes=None,
    filters=48,
    blocks=1,
    noise_planes=2,
):
    """A 4x4 convolution of stride 2, residual blocks, a transposed one.

    Args:
        size: (height, width) of the level, even; the network takes any even
            size.
        channels: Of the images.
        num_classes: Length of the one-hot label, or None.
        filters: Channels of the hidden layers.
        blocks: Residual blocks of two 3x3 convolutions.
        noise_planes: Of the latents.

    Returns:
        A model of `[latents (batch, height, width, noise_planes), coarse
        (batch, height, width, channels)]`, and one-hot labels if any, -> the
        residual, of the shape of `coarse`.

    Raises:
        ValueError: If the size is odd, or a number is out of its range.
    """
    _check_even(size)
    errors.check_integer("filters", filters, minimum=1)
    errors.check_integer("blocks", blocks, minimum=0)
    errors.check_integer("noise_planes", noise_planes, minimum=1)
    latents = keras.Input((None, None, noise_planes), name="latents")
    coarse = keras.Input((None, None, channels), name="coarse")
    inputs = [latents, coarse]
    labels = None
    if num_classes:
        labels = named.label_input(num_classes)
        inputs.append(labels)
    x = keras.layers.Concatenate()([latents, coarse])
    x = named.conv(filters, 4, strides=2)(x)
    x = _with_class(x, labels)
    for _ in range(blocks):
        y = named.conv(filters)(named.leaky_relu(x))
        y = named.leaky_relu(_with_class(y, labels))
        y = named.conv(filters, kernel_initializer=_small())(y)
        x = keras.layers.Add()([x, y])
    # The same as a 3x3 convolution whose channels become blocks of 2x2 pixels.
    residual = keras.layers.Conv2DTranspose(
        channels,
        6,
        strides=2,
        padding="same",
        use_bias=False,
        kernel_initializer=_small(),
    )(named.leaky_relu(x))
    return keras.Model(inputs, residual, name="generator")


def _with_class(x, labels):
    if labels is None:
        return x
    return named.add_class_plane(x, labels, x.shape[-1])


def build_discriminator(size, channels=3, num_classes=None, filters=48):
    """Adds residual and coarse image; three spectrally normalised convolutions.

    Args:
        size: (height, width) of the level.
        channels: Of the images.
        num_classes: Length of the one-hot label, or None.
        filters: Channels of the first two layers, at half resolution; the
            third, at a quarter, has twice as many.

    Returns:
        A model of `[residual, coarse]`, each `(batch, *size, channels)`, and
        one-hot labels if any, -> logits `(batch, 1)`.
    """
    _check_even(size)
    errors.check_integer("filters", filters, 1)
    inputs, x, labels = named.judged_inputs(size, channels, num_classes)
    x = named.leaky_relu(named.spectral_conv(filters, 4, strides=2)(x))
    x = named.leaky_relu(named.spectral_conv(filters)(x))
    x = named.leaky_relu(named.spectral_conv(filters * 2, 4, strides=2)(x))
    logits = named.projection_logits(x, labels)
    return keras.Model(inputs, logits, name="discriminator")


def build_coarsest_generator(
    size, channels=3, num_classes=None, filters=64, latent_dim=100
):
    """See `kerasgan.models.spectral_networks.build_generator`.

    Args:
        size: (height, width) of the level, as `image_shape` there.
        channels: Of the images.
        num_classes: Length of the one-hot label, or None.
        filters: See there.
        latent_dim: See there.

    Raises:
        ValueError: If it cannot make images of that size.
    """
    _check_coarsest(size)
    return spectral_networks.build_generator(
        (*size, channels), filters, latent_dim, num_classes
    )


def build_coarsest_discriminator(
    size, channels=3, num_classes=None, filters=64
):
    """See `kerasgan.models.spectral_networks.build_discriminator`.

    Args:
        size: (height, width) of the level, as `image_shape` there.
        channels: Of the images.
        num_classes: Length of the one-hot label, or None.
        filters: See there.

    Raises:
        ValueError: If the generator cannot make images of that size.
    """
    _check_coarsest(size)
    return spectral_networks.build_discriminator(
        (*size, channels), filters, num_classes
    )
