"""The Laplacian pyramid of generative adversarial networks.

Reference: [Denton et al., 2015](https://arxiv.org/abs/1506.05751).
"""

import keras
import numpy as np
import tensorflow as tf

from kerasgan import errors
from kerasgan import random
from kerasgan.models import base
from kerasgan.models.lapgan.levels import LAPGANCoarsest
from kerasgan.models.lapgan.levels import LAPGANLevel
from kerasgan.models.lapgan.levels import check_image_sizes

# Where there are no `levels`.
_DEFAULTS = {
    "image_sizes": (32, 16),
    "networks": "light",
    "channels": 3,
    "filter": "box",
}
# Arguments of `keras.Model.compile` of the whole, too.
_OF_THE_WHOLE = ("jit_compile", "run_eagerly", "steps_per_execution")


@keras.saving.register_keras_serializable(package="kerasgan")
class LAPGAN(base.GenerativeModel):
    """Laplacian pyramid of generative adversarial networks.

    `levels[-1]` generates a small image; each level before it, coarse to fine,
    doubles the image (or whatever `image_sizes` says) and adds a generated
    residual. Each is a model of its own with its own pair of optimizers, and no
    gradient crosses levels. One can

    - train a level alone, `lapgan.levels[0].fit(images)`, on a machine of its
      own, and put the pyramid together later: `LAPGAN(levels=[...])`;
    - train them all at once, `lapgan.fit(images)`, each on its own rung of the
      same pyramid.

    Reference: [Denton et al., 2015](https://arxiv.org/abs/1506.05751); with
    `num_classes`, its class-conditional form.

    Args:
        image_sizes: Of the pyramid, from fine to coarse: ints or pairs (height,
            width); by default (32, 16), a step of the paper's released code.
            The paper's is (28, 14, 8).
        networks: `"light"`, the default, `"economical"` or `"paper"`, see
            `kerasgan.models.lapgan.networks` and `light_networks`.
        levels: Levels to put together, finest first, instead of new ones; then
            nothing else is given but `name`.
        num_classes: int, of the class-conditional form.
        channels: Of the images; by default 3.
        filter: Of the pyramid, see `kerasgan.layers.downsample`; by default
            `"box"`.
        coarsest_options: dict, options of the coarsest level's networks.
        name: Name of the model.
        **kwargs: `ema`, `pixel_space`, `seed` and `discriminator` of every
            level; `coarse_noise` and options of the networks, such as
            `filters`, of all but the coarsest.

    Raises:
        ValueError: If the sizes do not fall, or the levels do not fit together.

    Example:

    ```python
    lapgan = kerasgan.models.LAPGAN(image_sizes=(32, 16))
    images, low_pass = lapgan.generate(16, return_pyramid=True)
    ```
    """

    def __init__(
        self,
        image_sizes=None,
        networks=None,
        levels=None,
        num_classes=None,
        channels=None,
        filter=None,
        coarsest_options=None,
        name=None,
        **kwargs,
    ):
        shared = {
            "image_sizes": image_sizes,
            "networks": networks,
            "num_classes": num_classes,
            "channels": channels,
            "filter": filter,
        }
        shared = {k: v for k, v in shared.items() if v is not None}
        if levels is None:
            shared = {**_DEFAULTS, **shared}
            errors.check_choice(
                "networks", shared["networks"], LAPGANLevel.NETWORKS
            )
            shared["image_sizes"] = check_image_sizes(shared["image_sizes"])
            levels = [
                LAPGANLevel(level, **shared, **kwargs)
                for level in range(len(shared["image_sizes"]) - 1)
            ]
            model_options = {
                name: kwargs[name]
                for name in ("ema", "pixel_space", "seed", "discriminator")
                if name in kwargs
            }
            levels.append(
                LAPGANCoarsest(
                    **shared, **model_options, **(coarsest_options or {})
                )
            )
        elif shared or kwargs or coarsest_options:
            given = [*shared, *kwargs, *(coarsest_options or ())]
            raise ValueError(
                "Levels that are put together are built already. Received: "
                f"levels and {given}. Leave these out."
            )
        _check_levels(levels)
        super().__init__(
            num_classes=levels[-1].num_classes, seed=levels[-1].seed, name=name
        )
        self.levels = list(levels)
        self.image_sizes = tuple(level.size for level in self.levels)
        self.filter = self.levels[0].filter
        self.image_shape = self.levels[0].image_shape
        self.pixels = self.levels[0].pixels
        self._sample_pyramid = base.function_of_rows(self.sample_pyramid)
        self.built = True

    @property
    def training_image_shape(self):
        return self.levels[0].training_image_shape

    def rung(self, images):
        return self.levels[0].rung(images)

    def check_adapted(self):
        """Raises a ValueError unless all levels have the same statistics."""
        for level in self.levels:
            level.check_adapted()
        finest = self.levels[0].pixels
        for level in self.levels[1:]:
            if not level.pixels.agrees_with(finest):
                raise ValueError(
                    "All levels must be standardised by the same mean and "
                    f"standard deviation. Received: '{level.name}' with others "
                    "than the finest level's. Adapt all to the same images."
                )

    def draw_latents(self, seeds, indices):
        """The latents of each level, a list, finest first."""
        return [level.draw_latents(seeds, indices) for level in self.levels]

    def pyramid_from_latents(self, latents, labels=None):
        """Generates from given latents, coarse to fine.

        Args:
            latents: A list, of each level, finest first.
            labels: int `(n,)` for a class-conditional model, else None.

        Returns:
            A list, finest first, of float32 tensors in `[-1, 1]`: the image,
            and the low-pass images that it grew from.
        """
        images = self.levels[-1].synthesise(latents[-1], labels)
        chain = [images]
        for level, planes in zip(
            self.levels[-2::-1], latents[-2::-1], strict=True
        ):
            images = level.synthesise(planes, images, labels)
            chain.insert(0, images)
        return [
            tf.clip_by_value(self.pixels.to_images(images), -1.0, 1.0)
            for images in chain
        ]

    @property
    def latent_distributions(self):
        return [level.latent_distribution for level in self.levels]

    def images_from_latents(self, latents, labels=None):
        return self.pyramid_from_latents(latents, labels)[0]

    def call(self, latents, labels=None):
        return self.images_from_latents(latents, labels)

    def sample_pyramid(self, seeds, indices, labels=None):
        """As `sample`, the whole pyramid, finest first."""
        labels = self.given_or_drawn(labels, seeds, indices)
        return self.pyramid_from_latents(
            self.draw_latents(seeds, indices), labels
        )

    def generate(
        self,
        num_images,
        labels=None,
        seed=None,
        batch_size=64,
        return_pyramid=False,
    ):
        """Generates images; see `GenerativeModel.generate`.

        Args:
            num_images: int, at least 1.
            labels: For a class-conditional model: int `(num_images,)` or one.
            seed: int, or None for fresh images.
            batch_size: int, how many are generated at a time.
            return_pyramid: bool.

        Returns:
            NumPy float32 `(num_images, height, width, channels)` in `[-1, 1]`;
            with `return_pyramid` a list of such, finest first: the images and
            the low-pass images that they grew from.
        """
        sample = self._sample_pyramid if return_pyramid else self._sample
        return self._in_batches(sample, num_images, labels, seed, batch_size)

    def refine(self, images, labels=None, seed=None, batch_size=64):
        """Makes given images larger, with generated detail.

        Images of the size of a rung of the pyramid pass all levels above it;
        images of any other size pass the finest level.

        Args:
            images: `(n, height, width, channels)` in `[-1, 1]`.
            labels: See `generate`.
            seed: See `generate`.
            batch_size: See `generate`.

        Returns:
            NumPy float32 `(n, new_height, new_width, channels)` in `[-1, 1]`.

        Raises:
            ValueError: If the images are no such, or the finest generator is
                not fully convolutional and they are no rung.
        """
        images = self.levels[0].checked_low_pass(images)
        seed = random.check_seed(seed)
        if self.num_classes and labels is None:
            indices = np.arange(len(images))
            labels = self.draw_labels(np.full(len(images), seed), indices)
            labels = labels.numpy()
        size = images.shape[1:3]
        above = 1
        if size in self.image_sizes[1:]:
            above = self.image_sizes.index(size)
        for level in self.levels[above - 1 :: -1]:
            images = level.refine(images, labels, seed, batch_size)
        return images

    def judge(self, images, labels=None, batch_size=64):
        """What the finest level's discriminator thinks of images.

        It is shown their residual, with their own coarse image; see
        `AdversarialModel.judge`.
        """
        return self.levels[0].judge(images, labels, batch_size)

    def adapt(self, data):
        """See `GenerativeModel.adapt`; every level gets the same statistics."""
        self.pixels.adapt(self.checked_batches(data))
        for level in self.levels[1:]:
            level.pixels.set_weights(self.pixels.get_weights())

    def compile(self, generator_optimizer, discriminator_optimizer, **kwargs):
        """Configures every level for training, see `AdversarialModel.compile`.

        Args:
            generator_optimizer: An optimizer, whose configuration is copied for
                every level, or a list of one for each.
            discriminator_optimizer: The same.
            **kwargs: Further arguments of each level's `compile`, and
                `jit_compile`, `run_eagerly` and `steps_per_execution`, which
                hold for `fit` of the whole too.
        """
        pairs = zip(
            self._each("generator_optimizer", generator_optimizer),
            self._each("discriminator_optimizer", discriminator_optimizer),
            strict=True,
        )
        for level, (generator, discriminator) in zip(
            self.levels, pairs, strict=True
        ):
            level.compile(generator, discriminator, **kwargs)
        self._compile_whole(
            {name: kwargs[name] for name in _OF_THE_WHOLE if name in kwargs}
        )

    def _compile_whole(self, kwargs):
        kwargs.setdefault("jit_compile", False)
        super().compile(optimizer=None, **kwargs)
        self._compile_arguments = kwargs

    def _each(self, argument, optimizer):
        if isinstance(optimizer, (list, tuple)):
            if len(optimizer) != len(self.levels):
                raise ValueError(
                    f"`{argument}` must be one optimizer or one a level. "
                    f"Received: {len(optimizer)} for {len(self.levels)} "
                    "levels. Give as many as there are levels, finest first."
                )
            return optimizer
        if not isinstance(optimizer, keras.optimizers.Optimizer):
            return [optimizer] * len(self.levels)
        return [
            type(optimizer).from_config(optimizer.get_config())
            for _ in self.levels
        ]

    def get_compile_config(self):
        if not self.compiled:
            return {}
        levels = [each.get_compile_config() for each in self.levels]
        return {"levels": levels, **self._compile_arguments}

    def compile_from_config(self, config):
        for level, level_config in zip(
            self.levels, config["levels"], strict=True
        ):
            level.compile_from_config(level_config)
        self._compile_whole(
            {name: config[name] for name in _OF_THE_WHOLE if name in config}
        )

    @property
    def metrics(self):
        return [metric for level in self.levels for metric in level.metrics]

    @property
    def steps_taken(self):
        """How many training steps the finest level has taken, an int."""
        return self.levels[0].steps_taken

    def train_step(self, data):
        return {
            f"level_{level.level}/{name}": value
            for level in self.levels
            for name, value in level.train_step(data).items()
        }

    def get_config(self):
        return {
            "name": self.name,
            "levels": [
                keras.saving.serialize_keras_object(level)
                for level in self.levels
            ],
        }

    @classmethod
    def from_config(cls, config):
        levels = [
            keras.saving.deserialize_keras_object(level)
            for level in config["levels"]
        ]
        return cls(levels=levels, name=config["name"])

    def training_state(self):
        """What a checkpoint holds: a dict from a name to what has variables."""
        return self._parts_of_levels("training_state")

    def generator_parts(self):
        return self._parts_of_levels("generator_parts")

    def discriminator_parts(self):
        return self._parts_of_levels("discriminator_parts")

    def _parts_of_levels(self, method):
        return {
            f"level_{i}/{name}": part
            for i, level in enumerate(self.levels)
            for name, part in getattr(level, method)().items()
        }


def _check_levels(levels):
    expected = (
        "`levels` must be the levels of one pyramid, finest first, the last a "
        "`LAPGANCoarsest`."
    )
    remedy = "Build them with the same `image_sizes` and `num_classes`."
    kinds = [type(level).__name__ for level in levels]
    if (
        len(levels) < 2
        or not isinstance(levels[-1], LAPGANCoarsest)
        or not all(isinstance(level, LAPGANLevel) for level in levels[:-1])
    ):
        raise ValueError(f"{expected} Received: {kinds}. {remedy}")
    shared = {
        name: [getattr(level, name) for level in levels]
        for name in ("image_sizes", "num_classes", "channels", "filter")
    }
    shared["pixel space"] = [level.pixels.space for level in levels]
    for attribute, values in shared.items():
        if any(value != values[0] for value in values):
            raise ValueError(
                f"{expected} Received: {attribute} of {values}. {remedy}"
            )
    order = [level.level for level in levels]
    if order != sorted(order) or order != list(range(order[0], order[-1] + 1)):
        raise ValueError(f"{expected} Received: levels {order}. {remedy}")
