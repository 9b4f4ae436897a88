"""The generative adversarial network and its first networks.

Reference: [Goodfellow et al., 2014](https://arxiv.org/abs/1406.2661), and the
released code, goodfeli/adversarial. Weights start uniform in a given range and
biases at 0, as there.
"""

import keras
import numpy as np

from kerasgan import errors
from kerasgan import layers
from kerasgan.models import adversarial
from kerasgan.models import networks as named


def build_mnist_generator(units=1200, latent_dim=100):
    """Two ReLU layers, then 28x28 sigmoid pixels in `[0, 1]`.

    Args:
        units: Of each hidden layer.
        latent_dim: Length of the latent vector.

    Returns:
        A model `(batch, latent_dim)` -> `(batch, 28, 28, 1)`.
    """
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            named.dense(units, "relu"),
            named.dense(units, "relu"),
            named.dense(28 * 28, "sigmoid", name="pixels"),
            keras.layers.Reshape((28, 28, 1)),
        ],
        name="generator",
    )


def build_mnist_discriminator(
    maxout_units=240, pieces=5, pixel_dropout_steps=None
):
    """Two maxout layers with dropout; see `build_maxout_discriminator`."""
    return build_maxout_discriminator(
        (28, 28, 1), maxout_units, pieces, pixel_dropout_steps
    )


def build_maxout_discriminator(
    image_shape, maxout_units, pieces, pixel_dropout_steps=None
):
    """Two maxout layers; dropout keeps 0.8 of the pixels and 0.5 after.

    The dropout of pixels may end within training.

    Args:
        image_shape: `(height, width, channels)`.
        maxout_units: Units of each maxout layer.
        pieces: Linear pieces of each unit.
        pixel_dropout_steps: int, training steps after which all pixels are
            seen; None for never, as in the released code.

    Returns:
        A model `(batch, *image_shape)` -> logits `(batch, 1)`.
    """
    return keras.Sequential(
        [
            keras.Input(image_shape),
            keras.layers.Flatten(),
            layers.Dropout(0.2, steps=pixel_dropout_steps),
            named.dense(maxout_units * pieces, limit=0.005),
            layers.Maxout(pieces),
            layers.Dropout(0.5),
            named.dense(maxout_units * pieces, limit=0.005),
            layers.Maxout(pieces),
            layers.Dropout(0.5),
            named.dense(1, limit=0.005),
        ],
        name="discriminator",
    )


def build_cifar10_generator(units=8000, latent_dim=100, output_limit=0.5):
    """A ReLU and a sigmoid layer, then 32x32 linear colour pixels.

    Args:
        units: Of each hidden layer.
        latent_dim: Length of the latent vector.
        output_limit: The last layer's weights start uniform within it. The
            released code's 0.5 makes images of 13 standard deviations of the
            data at first, with 8,000 units; a small one starts near the mean
            image.

    Returns:
        A model `(batch, latent_dim)` -> `(batch, 32, 32, 3)`.
    """
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            named.dense(units, "relu"),
            named.dense(units, "sigmoid"),
            named.dense(32 * 32 * 3, limit=output_limit),
            keras.layers.Reshape((32, 32, 3)),
        ],
        name="generator",
    )


def build_cifar10_discriminator(maxout_units=1600, pieces=5):
    """Two maxout layers with dropout; see `build_maxout_discriminator`."""
    return build_maxout_discriminator((32, 32, 3), maxout_units, pieces)


def build_cifar10_conv_generator(
    units=8000, latent_dim=100, smooth_start=False
):
    """A ReLU and a sigmoid layer, then one transposed convolution.

    The sigmoid layer is seen as 10x10 pixels of `units / 100` channels, and
    the convolution, 5x5 of stride 3, makes 32x32 linear colour pixels of them,
    each with a bias of its own.

    Args:
        units: Of each hidden layer, a multiple of 100.
        latent_dim: Length of the latent vector.
        smooth_start: bool; the released code starts with one pattern of
            squares, whatever the latents. True starts with spots of colour
            that fade into each other, other ones for other latents; `units`
            is then a multiple of 200.

    Returns:
        A model `(batch, latent_dim)` -> `(batch, 32, 32, 3)`.

    Raises:
        ValueError: If `units` is no such multiple.
    """
    # Of a smooth start, channels come in pairs.
    multiple = 200 if smooth_start else 100
    if errors.check_integer("units", units, minimum=multiple) % multiple:
        raise ValueError(
            f"`units` must be a multiple of {multiple}, for a map of 10x10 "
            f"pixels. Received: units={units}. Give, for example, 8000."
        )
    generator = keras.Sequential(
        [
            keras.Input((latent_dim,)),
            named.dense(units, "relu"),
            named.dense(units, "sigmoid"),
            keras.layers.Reshape((10, 10, units // 100)),
            keras.layers.Conv2DTranspose(
                3,
                5,
                strides=3,
                use_bias=False,
                kernel_initializer=named.uniform(0.05),
            ),
            layers.UntiedBias(),
        ],
        name="generator",
    )
    if smooth_start:
        _start_smooth(generator)
    return generator


def _start_smooth(generator):
    """Makes a convolutional generator start with spots of colour.

    Each channel draws a spot of one colour, which fades linearly into that of
    the next place. Every other channel has the colour of the one before,
    negative, so that the mean image is grey. And the sigmoid units are spread
    between 0 and 1 by the latents, instead of all about one half.
    """
    _, sigmoid, _, convolution, _ = generator.layers
    units = sigmoid.units
    latent_dim = generator.input_shape[-1]
    # Standard deviations of about 2 before the sigmoid and 0.65 of the pixels,
    # where the data have 1; both kernels start within 0.05.
    scale = 3600 / (units * latent_dim) ** 0.5
    sigmoid.kernel.assign(sigmoid.kernel * scale)
    kernel = convolution.kernel.numpy()
    channels = np.arange(kernel.shape[-1])
    colours = kernel[2, 2][:, channels // 2 * 2] * (-1.0) ** channels
    colours *= 1430 / units**0.5
    fading = np.array([1, 2, 3, 2, 1]) / 3
    spot = np.outer(fading, fading)[..., None, None]
    convolution.kernel.assign(spot * colours)


def build_cifar10_conv_discriminator(filters=32):
    """Three convolutional maxout layers and a dense one, with dropout.

    The released code rounds the size of a pooled map up; this rounds it down.

    Args:
        filters: Maxout channels of the first two layers; the third has 6 times
            as many.

    Returns:
        A model `(batch, 32, 32, 3)` -> logits `(batch, 1)`.
    """

    def maxout_convolution(filters, kernel_size, padding, pool_size):
        return [
            keras.layers.ZeroPadding2D(padding),
            layers.Conv2D(
                filters * 2,
                kernel_size,
                kernel_initializer=named.uniform(0.005),
            ),
            layers.Maxout(2),
            keras.layers.MaxPooling2D(pool_size, 2),
            layers.Dropout(0.5),
        ]

    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Dropout(0.2),
            *maxout_convolution(filters, 8, 4, 4),
            *maxout_convolution(filters, 8, 3, 4),
            *maxout_convolution(filters * 6, 5, 3, 2),
            keras.layers.Flatten(),
            named.dense(500 * 5, limit=0.005),
            layers.Maxout(5),
            layers.Dropout(0.5),
            named.dense(1, limit=0.005),
        ],
        name="discriminator",
    )


@keras.saving.register_keras_serializable(package="kerasgan")
class GAN(adversarial.AdversarialModel):
    """Generative adversarial network: latent vectors in, images out.

    The named networks are those of the released code:
    - `"mnist"`: fully connected, 28x28x1, pixels in `[0, 1]`; options `units`,
      `latent_dim`, `maxout_units`, `pieces`, `pixel_dropout_steps`.
    - `"cifar10"`: fully connected, 32x32x3; options `units`, `latent_dim`,
      `output_limit`, `maxout_units`, `pieces`.
    - `"cifar10_conv"`: convolutional, 32x32x3; options `units`, `latent_dim`,
      `smooth_start`, `filters`.

    The code's images of CIFAR-10 are global-contrast normalised, which cannot
    be undone; here they are standardised by the training set's mean and
    standard deviation instead.

    Reference: [Goodfellow et al., 2014](https://arxiv.org/abs/1406.2661).

    Args:
        networks: One of the names above, or a pair of Keras models.
        **kwargs: See `AdversarialModel`.

    Example:

    ```python
    model = kerasgan.models.GAN("mnist", seed=1)
    model.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))
    model.fit(kerasgan.datasets.load("mnist"), epochs=1)
    images = model.generate(16, seed=0)
    ```
    """

    NETWORKS = {
        "mnist": named.Networks(
            build_mnist_generator,
            build_mnist_discriminator,
            "unit_variance_uniform",
            "unit",
        ),
        "cifar10": named.Networks(
            build_cifar10_generator,
            build_cifar10_discriminator,
            "normal",
            "standardised",
        ),
        "cifar10_conv": named.Networks(
            build_cifar10_conv_generator,
            build_cifar10_conv_discriminator,
            "normal",
            "standardised",
        ),
    }

    def adapt(self, data):
        """Takes from the training images what the model needs of them.

        Pixel statistics, see `GenerativeModel.adapt`; and the `"mnist"`
        generator's last bias, so that it starts at the mean image (the logit
        of the pixels' marginal probabilities, as in the released code).
        """
        super().adapt(data)
        if self.networks == "mnist":
            named.start_at_mean_image(self, data)
