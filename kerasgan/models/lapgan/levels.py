"""The levels of a LAPGAN, each a model of its own.

Reference: [Denton et al., 2015](https://arxiv.org/abs/1506.05751), and the
released code, facebook/eyescream.
"""

import keras
import numpy as np
import tensorflow as tf

from kerasgan import errors
from kerasgan import random
from kerasgan.layers import pyramid
from kerasgan.models.adversarial import AdversarialModel
from kerasgan.models.base import function_of_rows
from kerasgan.models.checks import check_range
from kerasgan.models.lapgan import light_networks
from kerasgan.models.lapgan import networks as level_networks
from kerasgan.models.networks import Networks


def check_image_sizes(image_sizes):
    """Returns the sizes of a pyramid as pairs (height, width).

    Raises:
        ValueError: If there are under two, or they do not fall.
    """
    sizes = pyramid.check_sizes("image_sizes", image_sizes)
    if len(sizes) < 2:
        raise ValueError(
            "A pyramid has at least two sizes. Received: image_sizes="
            f"{tuple(image_sizes)}. Give, for example, (32, 16, 8)."
        )
    return sizes


class _Level(AdversarialModel):
    """What the levels share: each cuts its own rung from full-size images.

    Args:
        level: int, 0 is the finest.
        image_sizes: Of the whole pyramid, from fine to coarse.
        networks: Name or pair of networks.
        channels: Of the images.
        filter: Of the pyramid, see `kerasgan.layers.downsample`.
        **kwargs: See `AdversarialModel`.
    """

    def __init__(
        self,
        level,
        image_sizes,
        networks,
        channels=3,
        filter="box",
        name=None,
        **kwargs,
    ):
        self.image_sizes = check_image_sizes(image_sizes)
        self.level = level
        self.channels = errors.check_integer("channels", channels, minimum=1)
        self.filter = errors.check_choice("filter", filter, pyramid.FILTERS)
        self.size = self.image_sizes[level]
        if isinstance(networks, str):
            kwargs = {"size": self.size, "channels": self.channels, **kwargs}
        super().__init__(networks, name=name or f"level_{level}", **kwargs)
        self.image_shape = (*self.size, self.channels)

    @property
    def training_image_shape(self):
        return (*self.image_sizes[0], self.channels)

    def stream_name(self, purpose):
        return f"level_{self.level}/{super().stream_name(purpose)}"

    def rung(self, images):
        """The low-pass images of this level's size, of full-size images."""
        for size in self.image_sizes[1 : self.level + 1]:
            images = pyramid.downsample(images, size, self.filter)
        return images

    def get_config(self):
        config = super().get_config()
        config.pop("size", None)
        return {
            **config,
            "level": self.level,
            "image_sizes": self.image_sizes,
            "channels": self.channels,
            "filter": self.filter,
        }


@keras.saving.register_keras_serializable(package="kerasgan")
class LAPGANCoarsest(_Level):
    """The coarsest level of a LAPGAN: an ordinary (conditional) GAN.

    It takes full-size images and trains on their smallest low-pass image.

    Args:
        image_sizes: Of the whole pyramid, from fine to coarse.
        networks: `"light"`, `"economical"`, `"paper"`, or a pair of Keras
            models; see `kerasgan.models.lapgan.networks` and `light_networks`.
        **kwargs: `channels`, `filter`, and those of `AdversarialModel`.
    """

    NETWORKS = {
        "light": Networks(
            light_networks.build_coarsest_generator,
            light_networks.build_coarsest_discriminator,
            "normal",
            "signed",
        ),
        "economical": Networks(
            level_networks.build_economical_coarsest_generator,
            level_networks.build_economical_coarsest_discriminator,
            "normal",
            "signed",
        ),
        "paper": Networks(
            level_networks.build_paper_coarsest_generator,
            level_networks.build_paper_coarsest_discriminator,
            "uniform",
            "standardised",
        ),
    }

    def __init__(self, image_sizes, networks="light", **kwargs):
        kwargs.pop("level", None)
        level = len(check_image_sizes(image_sizes)) - 1
        super().__init__(level, image_sizes, networks, **kwargs)

    def examples(self, images, labels):
        real = self.rung(self.pixels(images))
        return real, self.label_conditioning(labels)

    def synthesise(self, latents, labels=None):
        """Generates low-pass images in the network's pixel space, unclipped."""
        return self.generated(latents, self.label_conditioning(labels))


@keras.saving.register_keras_serializable(package="kerasgan")
class LAPGANLevel(_Level):
    """One level of a LAPGAN: generates the residual, given the coarse image.

    It takes full-size images and trains on its own rung of their pyramid. With
    `low_pass` of the next coarser size:

        coarse = upsample(low_pass)
        image  = coarse + generator(latents, coarse)

    The discriminator is shown residuals, real or generated, with `coarse`.

    Reference: [Denton et al., 2015](https://arxiv.org/abs/1506.05751),
    equation 3.

    Args:
        level: int, 0 is the finest.
        image_sizes: Of the whole pyramid, from fine to coarse.
        networks: `"light"`, `"economical"`, `"paper"`, or a pair of Keras
            models; see `kerasgan.models.lapgan.networks` and `light_networks`.
        coarse_noise: In `[0, 1)`, in units of the network's pixels. In training
            the low-pass images get normal noise, of a standard deviation that
            is drawn for each image between 0 and this. So a level learns to
            mend what a coarser level may give it when sampling.
        **kwargs: `channels`, `filter`, and those of `AdversarialModel`.

    Call arguments:
        latents: A pair: latents `(batch, height, width, planes)`, of 2 planes
            for light networks and 1 for the others, and low-pass images
            `(batch, *coarser size, channels)` in `[-1, 1]`.
        labels: int `(batch,)` for a class-conditional model, else None.

    Returns:
        Images `(batch, height, width, channels)` in `[-1, 1]`.
    """

    NETWORKS = {
        "light": Networks(
            light_networks.build_generator,
            light_networks.build_discriminator,
            "uniform",
            "signed",
        ),
        "economical": Networks(
            level_networks.build_economical_generator,
            level_networks.build_economical_discriminator,
            "uniform",
            "signed",
        ),
        "paper": Networks(
            level_networks.build_paper_generator,
            level_networks.build_paper_discriminator,
            "uniform",
            "standardised",
        ),
    }
    CONDITIONING = ("coarse",)

    def __init__(
        self,
        level,
        image_sizes,
        networks="light",
        coarse_noise=0.0,
        **kwargs,
    ):
        most = len(check_image_sizes(image_sizes)) - 2
        errors.check_integer("level", level, 0, most)
        self.coarse_noise = errors.check_fraction("coarse_noise", coarse_noise)
        super().__init__(level, image_sizes, networks, **kwargs)
        self.low_pass_size = self.image_sizes[level + 1]
        # A fully convolutional generator leaves its size open.
        self.latent_shape = (*self.size, self.latent_shape[-1])
        self._sample_refined = function_of_rows(self.sample_refined)

    def examples(self, images, labels):
        fine = self.rung(self.pixels(images))
        low_pass = self._corrupted(
            pyramid.downsample(fine, self.low_pass_size, self.filter)
        )
        coarse = pyramid.upsample(low_pass, self.size, self.filter)
        return fine - coarse, [coarse, *self.label_conditioning(labels)]

    def _corrupted(self, low_pass):
        key = random.layer_key() if self.coarse_noise else None
        if key is None:
            return low_pass
        shape = tf.shape(low_pass)
        noise = random.draw_batch(shape, key, "normal")
        strength = random.draw_batch(
            (shape[0], 1, 1, 1), random.layer_key(), "unit_interval"
        )
        return low_pass + self.coarse_noise * strength * noise

    def synthesise(self, latents, low_pass, labels=None):
        """Refines low-pass images, in the network's pixel space, unclipped.

        Args:
            latents: `(batch, height, width, channels)`; their size is that of
                the result.
            low_pass: `(batch, lower height, lower width, channels)`.
            labels: int `(batch,)` or None.

        Returns:
            float32 `(batch, height, width, channels)`.
        """
        coarse = pyramid.upsample(low_pass, latents.shape[1:3], self.filter)
        conditioning = [coarse, *self.label_conditioning(labels)]
        return coarse + self.generated(latents, conditioning)

    def get_config(self):
        return {**super().get_config(), "coarse_noise": self.coarse_noise}

    def images_from_latents(self, latents, labels=None):
        latents, low_pass = latents
        images = self.pixels.to_images(
            self.synthesise(latents, self.pixels(low_pass), labels)
        )
        return tf.clip_by_value(images, -1.0, 1.0)

    def generate(self, *args, **kwargs):
        """Not of a level alone: it needs a coarse image, see `refine`.

        Raises:
            ValueError: Always.
        """
        raise ValueError(
            "A level above the coarsest refines a given image. Received: a "
            "call of `generate`. Call `refine(images)`, or `generate` of the "
            "whole LAPGAN."
        )

    def generate_batches(self, *args, **kwargs):
        """Not of a level alone, see `generate`."""
        self.generate()

    def refine(self, images, labels=None, seed=None, batch_size=64):
        """Refines low-pass images of any size by this level's factor.

        Args:
            images: `(n, height, width, channels)` in `[-1, 1]`. The result is
                as many times larger as this level is than the next coarser.
            labels: See `generate`.
            seed: See `generate`.
            batch_size: See `generate`.

        Returns:
            NumPy float32 `(n, new_height, new_width, channels)` in `[-1, 1]`.

        Raises:
            ValueError: If the images are no such, or the generator is made for
                another size.
        """
        images = self.checked_low_pass(images)
        size = self._refined_size(images)
        expected = self.generator.inputs[0].shape[1:3]
        if None not in expected and size != tuple(expected):
            raise ValueError(
                "This level's generator is made for images of "
                f"{self.low_pass_size}. Received: images of {images.shape[1:3]}"
                ". Resize them, or use a fully convolutional generator (the "
                "light or the economical one)."
            )
        if self.networks == "light" and any(side % 2 for side in size):
            raise ValueError(
                "The light networks make images of an even height and width. "
                f"Received: images of {images.shape[1:3]}, which would become "
                f"{size}. Cut or resize them."
            )
        return self._in_batches(
            self._sample_refined,
            len(images),
            labels,
            seed,
            batch_size,
            images.astype("float32"),
        )

    def checked_low_pass(self, images):
        """Returns images to refine as an array.

        Raises:
            ValueError: If they are no images of these channels in `[-1, 1]`.
        """
        images = np.asarray(images)
        if (
            images.ndim != 4
            or images.shape[-1] != self.channels
            or not images.size
        ):
            raise ValueError(
                f"`images` must have the shape (n, height, width, "
                f"{self.channels}). Received: shape {images.shape}. Give a "
                "batch of images of as many channels."
            )
        check_range(images)
        return images

    def _refined_size(self, images):
        return tuple(
            round(old * fine / low)
            for old, fine, low in zip(
                images.shape[1:3], self.size, self.low_pass_size, strict=True
            )
        )

    def sample_refined(self, seeds, indices, labels, low_pass):
        """Refines image i by the noise of `seeds[i]`, `indices[i]`; a tensor.

        What `refine` calls batch by batch, see `GenerativeModel.sample`.
        """
        labels = self.given_or_drawn(labels, seeds, indices)
        size = self._refined_size(low_pass)
        latents = self.draw_latents(seeds, indices, size)
        return self.images_from_latents((latents, low_pass), labels)

    def draw_latents(self, seeds, indices, size=None):
        """Draws noise planes, of another size if given one."""
        keys = random.stream(seeds, indices, self.stream_name("generate"))
        shape = (*(size or self.size), self.latent_shape[-1])
        return random.draw_rows(shape, keys, self.latent_distribution)
