"""The deep convolutional GAN."""

import keras

from kerasgan.models import adversarial
from kerasgan.models import networks as named
from kerasgan.models import spectral_networks
from kerasgan.models.dcgan import networks as paper_networks


@keras.saving.register_keras_serializable(package="kerasgan")
class DCGAN(adversarial.AdversarialModel):
    """Deep convolutional GAN, of 28, 32, 48, 64 pixels a side and so on.

    The smaller side is at least 8 and 4 to 7 times a power of 2, the other a
    multiple of that power.

    The named networks have the options `image_shape`, `filters` and
    `latent_dim`:
    - `"paper"`: the number of layers follows from the size: four for 64x64, as
      in the paper, three for 32x32, two for 28x28. With `num_classes`, the
      label joins the latent vector, and the image as planes; the released code
      for MNIST shows it to every layer instead.
    - `"spectral"`: our own, with a spectrally normalised discriminator; see
      `kerasgan.models.spectral_networks`.

    Reference: [Radford et al., 2016](https://arxiv.org/abs/1511.06434).

    Args:
        networks: `"paper"`, `"spectral"`, or a pair of Keras models.
        **kwargs: See `AdversarialModel`.

    Example:

    ```python
    model = kerasgan.models.DCGAN(image_shape=(32, 32, 3), filters=64)
    images = model.generate(16, seed=0)
    ```
    """

    NETWORKS = {
        "paper": named.Networks(
            paper_networks.build_generator,
            paper_networks.build_discriminator,
            "uniform",
            "signed",
        ),
        "spectral": named.Networks(
            spectral_networks.build_generator,
            spectral_networks.build_discriminator,
            "normal",
            "signed",
        ),
    }

    def __init__(self, networks="paper", **kwargs):
        super().__init__(networks, **kwargs)
