"""The networks of LAPGAN's levels: the authors' and economical ones.

`"paper"` are those of the released code, facebook/eyescream, in standardised
pixels. `"economical"` are ours, chosen for a CPU, in `[-1, 1]`: 3x3 kernels
(which cost 5 times less in the generator of the 32x32 level), spectrally
normalised discriminators without batch norm or dropout, the class told to the
discriminator by projection. They are meant for the hinge loss and Adam with
beta_1 = 0. The levels' generators are fully convolutional.
"""

import keras

from kerasgan import layers
from kerasgan.models import networks as named


def _optional(*inputs):
    present = [tensor for tensor in inputs if tensor is not None]
    return present if len(present) > 1 else present[0]


# The authors' networks.


def _torch_initializer():
    # Torch's default: uniform within 1 / sqrt(fan_in). Its biases start so,
    # too; ours at 0.
    return keras.initializers.VarianceScaling(1 / 3, "fan_in", "uniform")


def _torch_conv(filters, kernel_size, **kwargs):
    return layers.Conv2D(
        filters, kernel_size, kernel_initializer=_torch_initializer(), **kwargs
    )


def _class_plane(labels, size):
    plane = keras.layers.Dense(
        size[0] * size[1], "relu", kernel_initializer=_torch_initializer()
    )(labels)
    return keras.layers.Reshape((*size, 1))(plane)


def build_paper_generator(size, channels=3, num_classes=None, filters=64):
    """Noise plane, class plane and coarse image; 7x7, 7x7 and 5x5 kernels.

    Args:
        size: (height, width) of the level.
        channels: Of the images.
        num_classes: Length of the one-hot label, or None.
        filters: Channels of the hidden layers.

    Returns:
        A model of `[latents (batch, *size, 1), coarse (batch, *size,
        channels)]`, and one-hot labels if any, -> the residual, of the shape of
        `coarse`. Without labels, of any size.
    """
    open_size = size if num_classes else (None, None)
    latents = keras.Input((*open_size, 1), name="latents")
    coarse = keras.Input((*open_size, channels), name="coarse")
    planes, inputs = [latents, coarse], [latents, coarse]
    if num_classes:
        labels = named.label_input(num_classes)
        planes.insert(1, _class_plane(labels, size))
        inputs.append(labels)
    x = keras.layers.Concatenate()(planes)
    x = _torch_conv(filters, 7, padding="same", activation="relu")(x)
    x = _torch_conv(filters, 7, padding="same", activation="relu")(x)
    residual = _torch_conv(channels, 5, padding="same")(x)
    return keras.Model(inputs, residual, name="generator")


def build_paper_discriminator(size, channels=3, num_classes=None, filters=64):
    """Adds residual and coarse image; two 5x5 convolutions, dropout, dense.

    Args:
        size: (height, width) of the level.
        channels: Of the images.
        num_classes: Length of the one-hot label, or None.
        filters: Channels of the hidden layers.

    Returns:
        A model of `[residual, coarse]`, each `(batch, *size, channels)`, and
        one-hot labels if any, -> logits `(batch, 1)`.

    Raises:
        ValueError: If a side is shorter than what the convolutions take away.
    """
    if min(size) < 9:
        raise ValueError(
            "The authors' networks need at least 9 pixels a side at every "
            f"level but the coarsest. Received: a level of {tuple(size)}. "
            "Leave the coarsest of `image_sizes` out, or pass "
            "`networks='light'`."
        )
    inputs, x, labels = named.judged_inputs(size, channels, num_classes)
    if num_classes:
        x = keras.layers.Concatenate()([x, _class_plane(labels, size)])
    x = _torch_conv(filters, 5, activation="relu")(x)
    x = _torch_conv(filters, 5, strides=2, activation="relu")(x)
    x = layers.Dropout(0.5)(keras.layers.Flatten()(x))
    logits = keras.layers.Dense(1, kernel_initializer=_torch_initializer())(x)
    return keras.Model(inputs, logits, name="discriminator")


def _coarsest_dense(stddev, num_classes):
    # The class-conditional code leaves the initial weights to Torch.
    def dense(units, activation=None):
        initializer = keras.initializers.RandomNormal(0.0, stddev)
        if num_classes:
            initializer = _torch_initializer()
        return keras.layers.Dense(
            units, activation, kernel_initializer=initializer
        )

    return dense


def build_paper_coarsest_generator(
    size, channels=3, num_classes=None, units=1200
):
    """Two hidden layers, ReLU and sigmoid, and linear pixels.

    With labels the second is a ReLU too, as in the class-conditional code.

    Args:
        size: (height, width) of the level.
        channels: Of the images.
        num_classes: Length of the one-hot label, or None.
        units: Of each hidden layer.

    Returns:
        A model of latents `(batch, 100)`, and one-hot labels if any, ->
        `(batch, *size, channels)`.
    """
    dense = _coarsest_dense(0.05, num_classes)
    inputs, x = named.latent_inputs(100, num_classes)
    x = dense(units, "relu")(x)
    x = dense(units, "relu" if num_classes else "sigmoid")(x)
    x = dense(size[0] * size[1] * channels)(x)
    images = keras.layers.Reshape((*size, channels))(x)
    return keras.Model(inputs, images, name="generator")


def build_paper_coarsest_discriminator(
    size, channels=3, num_classes=None, discriminator_units=600
):
    """Two hidden ReLU layers with dropout.

    Args:
        size: (height, width) of the level.
        channels: Of the images.
        num_classes: Length of the one-hot label, or None.
        discriminator_units: Of each hidden layer.

    Returns:
        A model of `(batch, *size, channels)`, and one-hot labels if any, ->
        logits `(batch, 1)`.
    """
    dense = _coarsest_dense(0.005, num_classes)
    images = keras.Input((*size, channels), name="images")
    labels = named.label_input(num_classes) if num_classes else None
    x = keras.layers.Flatten()(images)
    if num_classes:
        x = keras.layers.Concatenate()([x, labels])
    for _ in range(2):
        x = layers.Dropout(0.5)(dense(discriminator_units, "relu")(x))
    return keras.Model(
        _optional(images, labels), dense(1)(x), name="discriminator"
    )


# Economical networks.


def build_economical_generator(size, channels=3, num_classes=None, filters=64):
    """Noise plane and coarse image; three 3x3 convolutions.

    Args:
        size: Not used: the network takes any size.
        channels: Of the images.
        num_classes: Length of the one-hot label, or None.
        filters: Channels of the hidden layers.

    Returns:
        A model of `[latents (batch, height, width, 1), coarse (batch, height,
        width, channels)]`, and one-hot labels if any, -> the residual, of the
        shape of `coarse`.
    """
    del size
    latents = keras.Input((None, None, 1), name="latents")
    coarse = keras.Input((None, None, channels), name="coarse")
    inputs = [latents, coarse]
    x = named.conv(filters)(keras.layers.Concatenate()(inputs))
    if num_classes:
        labels = named.label_input(num_classes)
        inputs.append(labels)
        x = named.add_class_plane(x, labels, filters)
    x = named.leaky_relu(x)
    x = named.leaky_relu(named.conv(filters)(x))
    residual = named.conv(channels)(x)
    return keras.Model(inputs, residual, name="generator")


def build_economical_discriminator(
    size, channels=3, num_classes=None, filters=64
):
    """Adds residual and coarse image; three spectrally normalised convolutions.

    Args:
        size: (height, width) of the level.
        channels: Of the images.
        num_classes: Length of the one-hot label, or None.
        filters: Channels of the first two layers; the third has twice as many.

    Returns:
        A model of `[residual, coarse]`, each `(batch, *size, channels)`, and
        one-hot labels if any, -> logits `(batch, 1)`.
    """
    inputs, x, labels = named.judged_inputs(size, channels, num_classes)
    x = named.leaky_relu(named.spectral_conv(filters)(x))
    x = named.leaky_relu(named.spectral_conv(filters, 4, strides=2)(x))
    x = named.leaky_relu(named.spectral_conv(filters * 2, strides=2)(x))
    logits = named.projection_logits(x, labels)
    return keras.Model(inputs, logits, name="discriminator")


def build_economical_coarsest_generator(
    size, channels=3, num_classes=None, filters=128, latent_dim=100
):
    """A dense layer of small feature maps, two 3x3 convolutions, tanh.

    Args:
        size: (height, width) of the level.
        channels: Of the images.
        num_classes: Length of the one-hot label, or None.
        filters: Channels of the hidden convolution; the maps before it, of half
            the size, have twice as many.
        latent_dim: Length of the latent vector.

    Returns:
        A model of latents `(batch, latent_dim)`, and one-hot labels if any, ->
        `(batch, *size, channels)` in `[-1, 1]`.
    """
    inputs, x = named.latent_inputs(latent_dim, num_classes)
    half = (-(-size[0] // 2), -(-size[1] // 2))
    x = keras.layers.Dense(
        half[0] * half[1] * filters * 2,
        use_bias=False,
        kernel_initializer="he_normal",
    )(x)
    x = named.batch_norm_relu(keras.layers.Reshape((*half, filters * 2))(x))
    x = keras.layers.UpSampling2D()(x)
    x = keras.layers.Cropping2D(
        ((0, 2 * half[0] - size[0]), (0, 2 * half[1] - size[1]))
    )(x)
    x = named.batch_norm_relu(named.conv(filters, use_bias=False)(x))
    # Small at first: a tanh that starts saturated stays so.
    images = layers.Conv2D(
        channels,
        3,
        padding="same",
        activation="tanh",
        kernel_initializer=keras.initializers.RandomNormal(0.0, 0.02),
    )(x)
    return keras.Model(inputs, images, name="generator")


def build_economical_coarsest_discriminator(
    size, channels=3, num_classes=None, filters=128
):
    """Three spectrally normalised convolutions.

    Args:
        size: (height, width) of the level.
        channels: Of the images.
        num_classes: Length of the one-hot label, or None.
        filters: Channels of the second layer; the first has half as many and
            the third twice as many.

    Returns:
        A model of `(batch, *size, channels)`, and one-hot labels if any, ->
        logits `(batch, 1)`.
    """
    images = keras.Input((*size, channels), name="images")
    labels = named.label_input(num_classes) if num_classes else None
    x = named.leaky_relu(named.spectral_conv(filters // 2)(images))
    x = named.leaky_relu(named.spectral_conv(filters, 4, strides=2)(x))
    x = named.leaky_relu(named.spectral_conv(filters * 2)(x))
    return keras.Model(
        _optional(images, labels),
        named.projection_logits(x, labels),
        name="discriminator",
    )
