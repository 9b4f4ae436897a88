"""What all generative models share: sampling, seeds, pixel space, saving."""

import keras
import numpy as np
import tensorflow as tf

from kerasgan import errors
from kerasgan import random
from kerasgan.models import checks
from kerasgan.models import replication

_NOT_OF_FIT = {
    **dict.fromkeys(("validation_data", "validation_split"), checks.MEASURE),
    **checks.NO_WEIGHTS,
}


class GenerativeModel(keras.Model):
    """Base class: a model that generates images from latents.

    A subclass sets `image_shape` (of the images that it generates), `pixels`
    (see `kerasgan.layers.PixelSpace`) and gives `draw_latents` and
    `images_from_latents`; it gets `generate`.

    Args:
        num_classes: int, of a class-conditional model; None otherwise.
        seed: int in `[0, 2**31 - 1]`, of all random numbers in training.
        **kwargs: Base model keyword arguments, such as `name`.

    Raises:
        ValueError: If an argument is out of its range.
    """

    def __init__(self, num_classes=None, seed=0, **kwargs):
        # Images are float32 in any precision; the networks cast for themselves.
        super().__init__(autocast=False, **kwargs)
        if num_classes is not None:
            num_classes = errors.check_integer("num_classes", num_classes, 1)
        self.num_classes = num_classes
        self.seed = random.check_seed(seed)
        self._sample = function_of_rows(self.sample)
        self._sample_with_labels = function_of_rows(self._labelled)

    def draw_latents(self, seeds, indices):
        """Draws the latents of image `indices[i]` of seed `seeds[i]`.

        Args:
            seeds: int64 `(n,)`, each in `[0, 2**31 - 1]`.
            indices: int64 `(n,)`.

        Returns:
            float32 `(n, ...)`, or a list of such, each row a function of its
            own seed and index only.
        """
        raise NotImplementedError

    def images_from_latents(self, latents, labels=None):
        """Generates images from given latents.

        Args:
            latents: As `draw_latents` returns.
            labels: int `(n,)` for a class-conditional model, else None.

        Returns:
            float32 tensor `(n, height, width, channels)` in `[-1, 1]`.
        """
        raise NotImplementedError

    def draw_labels(self, seeds, indices):
        """Draws labels uniformly, int32 `(n,)`; see `draw_latents`."""
        keys = random.stream(seeds, indices, "generate/labels")
        uniform = random.draw_rows((), keys, "unit_interval")
        return tf.cast(uniform * self.num_classes, tf.int32)

    @property
    def latent_distributions(self):
        """Names of the distributions of what `draw_latents` returns, a list."""
        return [self.latent_distribution]

    def given_or_drawn(self, labels, seeds, indices):
        """The labels; drawn where a class-conditional model is given none."""
        if self.num_classes and labels is None:
            return self.draw_labels(seeds, indices)
        return labels

    def sample(self, seeds, indices, labels=None):
        """Generates image `indices[i]` of seed `seeds[i]`, as a tensor.

        What `generate` calls batch by batch; made of TensorFlow operations
        only, each row independent of the others.

        Args:
            seeds: int64 `(n,)`, each in `[0, 2**31 - 1]`.
            indices: int64 `(n,)`.
            labels: int `(n,)`; drawn where a class-conditional model is given
                none.

        Returns:
            float32 `(n, height, width, channels)` in `[-1, 1]`.
        """
        labels = self.given_or_drawn(labels, seeds, indices)
        return self.images_from_latents(
            self.draw_latents(seeds, indices), labels
        )

    def generate(self, num_images, labels=None, seed=None, batch_size=64):
        """Generates images.

        Image i of a seed is the same in every call, whatever `num_images` and
        `batch_size` (up to rounding, 1e-5), and two seeds share none.

        Args:
            num_images: int, at least 1.
            labels: For a class-conditional model: int `(num_images,)` or one
                int for all; drawn uniformly from the seed where left out.
            seed: int in `[0, 2**31 - 1]`; None gives fresh images.
            batch_size: int, how many are generated at a time.

        Returns:
            NumPy float32 `(num_images, height, width, channels)` in `[-1, 1]`.

        Raises:
            ValueError: If an argument is out of its range, or labels are given
                to a model that has no classes.
        """
        return self._in_batches(
            self._sample, num_images, labels, seed, batch_size
        )

    def generate_batches(
        self, num_images, labels=None, seed=None, batch_size=64
    ):
        """Yields what `generate` returns, batch by batch, with the labels.

        Of any number of images no more than a batch is in memory.

        Args:
            num_images: See `generate`.
            labels: See `generate`.
            seed: See `generate`.
            batch_size: See `generate`.

        Yields:
            Pairs of images, float32 `(n, height, width, channels)` in
            `[-1, 1]`, and their labels, int32 `(n,)`, or None of a model
            without classes.

        Raises:
            ValueError: As for `generate`, when the first batch is asked for.
        """
        yield from self._batches(
            self._sample_with_labels, num_images, labels, seed, batch_size
        )

    def _labelled(self, seeds, indices, labels):
        labels = self.given_or_drawn(labels, seeds, indices)
        return self.sample(seeds, indices, labels), labels

    def _in_batches(self, sample, num_images, *arguments):
        # What `_batches` yields, in arrays that hold all of it.
        arrays, start = [], 0
        for batch in self._batches(sample, num_images, *arguments):
            parts = tf.nest.flatten(batch)
            arrays = arrays or [
                np.empty((num_images, *part.shape[1:]), part.dtype)
                for part in parts
            ]
            stop = start + len(parts[0])
            # Copied at once, so that TensorFlow's memory serves the next batch.
            for array, part in zip(arrays, parts, strict=True):
                array[start:stop] = part
            start = stop
        return tf.nest.pack_sequence_as(batch, arrays)

    def _batches(self, sample, num_images, labels, seed, batch_size, *rows):
        # Runs `sample(seeds, indices, labels, *rows)` batch by batch.
        self.check_adapted()
        errors.check_integer("num_images", num_images, minimum=1)
        errors.check_integer("batch_size", batch_size, minimum=1)
        labels = self.check_labels(labels, num_images)
        indices = np.arange(num_images)
        seeds = np.full(num_images, random.check_seed(seed), "int64")
        for start in range(0, num_images, batch_size):
            result = sample(
                *(
                    None
                    if each is None
                    else tf.constant(each[start : start + batch_size])
                    for each in (seeds, indices, labels, *rows)
                )
            )
            yield tf.nest.map_structure(
                lambda part: None if part is None else part.numpy(), result
            )

    def check_labels(self, labels, num_images):
        """Returns `labels` as int32 `(num_images,)`, or None.

        Raises:
            ValueError: If they are no such labels, or the model takes none.
        """
        if labels is None:
            return None
        if not self.num_classes:
            raise ValueError(
                "`labels` needs a class-conditional model. Received: "
                f"labels={labels!r} for '{self.name}', which has no classes. "
                "Leave `labels` out, or build the model with `num_classes`."
            )
        return checks.check_labels(labels, num_images, self.num_classes)

    def adapt(self, data):
        """Takes from the training images what the model needs of them.

        For a model of standardised pixels the mean and the standard deviation,
        to be done once before training. Does nothing for others.

        Args:
            data: Images `(n, height, width, channels)` in `[-1, 1]`, or an
                iterable (such as a `tf.data.Dataset`) of batches of images or
                of pairs (images, labels).

        Raises:
            ValueError: If it needs them and these are no training images of
                this model, or none.
        """
        self.pixels.adapt(self.checked_batches(data))

    def checked_batches(self, data):
        """Yields the image batches of what `adapt` takes, each checked."""
        for images in checks.image_batches(data):
            self.check_images(images)
            yield images

    def fit(self, x=None, y=None, **kwargs):
        """Trains the model: `keras.Model.fit`, after a look at the first batch.

        Args:
            x: Images in `[-1, 1]`, an array or a `tf.data.Dataset` of batches
                of images or of pairs (images, labels). With several replicas,
                of full batches only.
            y: Labels, where `x` is an array.
            **kwargs: Arguments of `keras.Model.fit`, but for validation data
                and weights, which have no meaning here.

        Returns:
            A `keras.callbacks.History`.

        Raises:
            ValueError: If images or labels have not the shape, dtype or range
                that the model takes, if there are none, if an argument is none
                of a GAN's, or if `adapt` has to be called first.
            tf.errors.InvalidArgumentError: If a later batch has a label out of
                range; not with `jit_compile=True`, as XLA drops the check.
        """
        checks.check_arguments("`fit` of a GAN", _NOT_OF_FIT, kwargs)
        self.check_adapted()
        if isinstance(x, tf.data.Dataset):
            # Keras would warn that it does not shuffle one.
            kwargs.setdefault("shuffle", False)
        images, labels = checks.peek(x, y)
        self.check_images(images)
        self.check_labels_present(labels)
        if self.num_classes and labels is not None:
            self.check_labels(labels, len(images))
        replication.check_batches(
            x,
            kwargs.get("batch_size"),
            self.distribute_strategy.num_replicas_in_sync,
        )
        return super().fit(x, y, **kwargs)

    def check_images(self, images):
        """Raises a ValueError unless `images` are training images."""
        self.check_image_shape(images)
        checks.check_range(images)

    def check_adapted(self):
        """Raises a ValueError if `adapt` has to be called first."""
        if not self.pixels.is_adapted:
            raise ValueError(
                f"'{self.name}' works on standardised pixels and must know "
                "their mean and standard deviation. Received: a model without. "
                "Call `model.adapt(images)` first."
            )

    def check_image_shape(self, images):
        """Raises a ValueError unless shape and dtype are of training images."""
        expected = tuple(self.training_image_shape)
        dtype = keras.backend.standardize_dtype(images.dtype)
        if tuple(images.shape[1:]) != expected or "float" not in dtype:
            raise ValueError(
                f"'{self.name}' takes float images of shape (batch, "
                f"{', '.join(map(str, expected))}). Received: shape "
                f"{tuple(images.shape)}, dtype {dtype}. Load them with "
                "`kerasgan.datasets.load(..., image_size=...)`, or build the "
                "model for their size."
            )

    def check_labels_present(self, labels):
        """Raises a ValueError if a class-conditional model gets no labels."""
        if self.num_classes and labels is None:
            raise ValueError(
                f"'{self.name}' is class-conditional and takes pairs (images, "
                "labels). Received: images only. Load the data with "
                "`labels=True`."
            )

    def rung(self, images):
        """What this model generates of training images: here all of it."""
        return images

    @property
    def training_image_shape(self):
        """Shape `(height, width, channels)` of the images that `fit` takes."""
        return self.image_shape

    def generator_parts(self):
        """What generates: a dict from a name to a layer that holds weights.

        With a generator average, that one.
        """
        raise NotImplementedError

    def discriminator_parts(self):
        """As `generator_parts`, of what judges; empty where nothing does."""
        raise NotImplementedError

    def saved_parts(self):
        """What a saved model holds, by file: dicts as `generator_parts`."""
        return {
            "generator": self.generator_parts(),
            "discriminator": self.discriminator_parts(),
        }

    def get_config(self):
        return {
            "num_classes": self.num_classes,
            "seed": self.seed,
            "name": self.name,
        }


def function_of_rows(function):
    """Compiles a function of tensors that is traced once for any batch size.

    Args:
        function: Takes tensors of as many rows each, or None in the place of
            one.

    Returns:
        A function of the same arguments and results.
    """
    # Autograph has nothing to convert here, and takes its time for that.
    compiled = tf.function(function, autograph=False)
    traced = set()

    def call(*arguments):
        rows = tuple(map(_of_any_rows, arguments))
        if rows not in traced and not tf.config.functions_run_eagerly():
            # The call then takes this trace, and makes none for its own number
            # of rows.
            compiled.get_concrete_function(*rows)
            traced.add(rows)
        return compiled(*arguments)

    return call


def _of_any_rows(tensor):
    if tensor is None:
        return None
    return tf.TensorSpec((None, *tensor.shape[1:]), tensor.dtype)
