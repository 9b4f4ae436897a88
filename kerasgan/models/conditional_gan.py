"""The conditional GAN: both networks are told the class.

Reference: [Mirza & Osindero, 2014](https://arxiv.org/abs/1411.1784).
"""

import keras

from kerasgan import errors
from kerasgan import layers
from kerasgan.models import adversarial
from kerasgan.models import networks as named


def build_mnist_generator(
    num_classes=10,
    latent_units=200,
    label_units=1000,
    units=1200,
    generator_dropout=0.5,
):
    """ReLU layers of latents and of labels, joined, then sigmoid pixels.

    Initial weights let the latents say more than the label, so that images of a
    class differ from the first step on. (With 0.05 everywhere, as in Goodfellow
    et al.'s GAN, pixels differed by 1 % only; all images of a class became one,
    nearly all units of the label died, and with one seed of three the
    discriminator won for good.)

    Args:
        num_classes: Length of the one-hot label.
        latent_units: ReLU units that see the latent vector.
        label_units: ReLU units that see the label.
        units: ReLU units that see both.
        generator_dropout: Fraction of the units that is left out in training;
            0 for none. Images are generated without.

    Returns:
        A model `[(batch, 100), (batch, num_classes)]` -> `(batch, 28, 28, 1)`
        in `[0, 1]`.
    """
    latents = keras.Input((100,), name="latents")
    labels = keras.Input((num_classes,), name="labels")

    def relu(inputs, size, limit):
        x = named.dense(size, "relu", limit=limit)(inputs)
        return layers.Dropout(generator_dropout)(x)

    parts = [relu(latents, latent_units, 0.25), relu(labels, label_units, 0.05)]
    x = relu(keras.layers.Concatenate()(parts), units, 0.15)
    x = named.dense(28 * 28, "sigmoid", name="pixels")(x)
    images = keras.layers.Reshape((28, 28, 1))(x)
    return keras.Model([latents, labels], images, name="generator")


def build_mnist_discriminator(
    num_classes=10, image_units=240, maxout_label_units=50, joint_units=240
):
    """Maxout layers of the image and of the label, joined.

    Args:
        num_classes: Length of the one-hot label.
        image_units: Maxout units, of 5 pieces, that see the image.
        maxout_label_units: Maxout units, of 5 pieces, that see the label.
        joint_units: Maxout units, of 4 pieces, that see both.

    Returns:
        A model `[(batch, 28, 28, 1), (batch, num_classes)]` -> logits
        `(batch, 1)`.
    """

    def maxout(inputs, units, pieces):
        x = named.dense(units * pieces, limit=0.005)(inputs)
        return layers.Dropout(0.5)(layers.Maxout(pieces)(x))

    images = keras.Input((28, 28, 1), name="images")
    labels = keras.Input((num_classes,), name="labels")
    x = keras.layers.Concatenate()(
        [
            maxout(keras.layers.Flatten()(images), image_units, 5),
            maxout(labels, maxout_label_units, 5),
        ]
    )
    logits = named.dense(1, limit=0.005)(maxout(x, joint_units, 4))
    return keras.Model([images, labels], logits, name="discriminator")


@keras.saving.register_keras_serializable(package="kerasgan")
class ConditionalGAN(adversarial.AdversarialModel):
    """A GAN of which one can ask for a class.

    The named networks, `"mnist"`, are the paper's for 28x28x1; its options are
    `latent_units`, `label_units`, `units`, `generator_dropout`, `image_units`,
    `maxout_label_units`, `joint_units`. The paper gives no initial weights: the
    discriminator's are those of Goodfellow et al.'s released code (with Keras's
    it wins within an epoch), for the generator's see `build_mnist_generator`.
    Latents have the variance 1 of that code, too: with the paper's, uniform in
    [0, 1], all images of a class came out alike.

    Reference: [Mirza & Osindero, 2014](https://arxiv.org/abs/1411.1784),
    section 4.1.

    Args:
        networks: `"mnist"`, or a pair of Keras models whose second input is a
            one-hot label.
        num_classes: int.
        **kwargs: See `AdversarialModel`.

    Example:

    ```python
    model = kerasgan.models.ConditionalGAN("mnist", num_classes=10)
    sevens = model.generate(16, labels=7, seed=0)
    ```
    """

    NETWORKS = {
        "mnist": named.Networks(
            build_mnist_generator,
            build_mnist_discriminator,
            "unit_variance_uniform",
            "unit",
        ),
    }

    def __init__(self, networks="mnist", num_classes=10, **kwargs):
        errors.check_integer("num_classes", num_classes, minimum=1)
        super().__init__(networks, num_classes=num_classes, **kwargs)

    def adapt(self, data):
        """Takes from the training images what the model needs of them.

        Pixel statistics, see `GenerativeModel.adapt`; and the bias of the
        `"mnist"` generator's pixels, so that it starts at the mean image.
        """
        super().adapt(data)
        if self.networks == "mnist":
            named.start_at_mean_image(self, data)
