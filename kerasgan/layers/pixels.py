"""The pixel space of a network: images in `[-1, 1]` to it and back."""

import keras
import numpy as np
from keras import ops

from kerasgan import errors
from kerasgan.layers import pyramid

PIXEL_SPACES = ("signed", "unit", "standardised")


@keras.saving.register_keras_serializable(package="kerasgan")
class PixelSpace(keras.layers.Layer):
    """An invertible map between images in `[-1, 1]` and a network's pixels.

    - `"signed"`: the images as they are, `[-1, 1]`.
    - `"unit"`: `[0, 1]`.
    - `"standardised"`: `(images - mean) / std`, of each pixel and channel over
      the training images, see `adapt`.

    Args:
        space: One of the names above.
        image_shape: `(height, width, channels)` of the statistics, for
            `"standardised"`.
        **kwargs: Base layer keyword arguments.

    Call arguments:
        images: `(batch, height, width, channels)`, in `[-1, 1]`. Where the
            size differs from that of the statistics, these are resized.

    Returns:
        The pixels that the network sees, of the same shape.

    Raises:
        ValueError: If there is no space of that name, or `image_shape` is
            missing or no such shape.
    """

    def __init__(self, space="signed", image_shape=None, **kwargs):
        # Pixels are float32 in any precision: the pyramid must be exact.
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.space = errors.check_choice("pixel_space", space, PIXEL_SPACES)
        self.image_shape = image_shape
        if space == "standardised":
            if not isinstance(image_shape, (tuple, list)) or (
                len(image_shape) != 3
            ):
                raise ValueError(
                    "Standardised pixels need the shape of their statistics, "
                    f"(height, width, channels). Received: {image_shape=}. "
                    "Give, for example, (32, 32, 3)."
                )
            shape = tuple(image_shape)
            # Not cast where a model of lower precision calls.
            options = {"trainable": False, "autocast": False}
            self.mean = self.add_weight(shape, "zeros", name="mean", **options)
            self.std = self.add_weight(shape, "zeros", name="std", **options)
        self.built = True

    @property
    def is_adapted(self):
        """Whether the statistics that it needs are there."""
        return self.space != "standardised" or bool(ops.any(self.std > 0))

    def agrees_with(self, other):
        """Whether another `PixelSpace` of this kind has the same statistics."""
        return self.space != "standardised" or all(
            np.allclose(mine, others, atol=1e-3)
            for mine, others in zip(self.weights, other.weights, strict=True)
        )

    def adapt(self, batches):
        """Takes the mean and standard deviation of the training images.

        Args:
            batches: Iterable of `(batch, height, width, channels)` in
                `[-1, 1]`: one pass over the training images.

        Raises:
            ValueError: If there are no images.
        """
        if self.space != "standardised":
            return
        count, total, squares = 0, 0.0, 0.0
        for images in batches:
            images = np.asarray(images, "float64")
            count += len(images)
            total += images.sum(axis=0)
            squares += np.square(images).sum(axis=0)
        if not count:
            raise ValueError(
                "`adapt` needs at least one batch of images. Received: none. "
                "Check the split and the batch size."
            )
        mean = total / count
        variance = np.maximum(squares / count - np.square(mean), 0)
        self.mean.assign(mean)
        # eps 1e-7, as in the authors' code; no pixel of a photograph needs it.
        self.std.assign(np.sqrt(variance) + 1e-7)

    def _statistics(self, images):
        def resized(statistic):
            size = tuple(images.shape[1:3])
            old = tuple(statistic.shape[:2])
            statistic = ops.expand_dims(statistic, 0)
            if size == old:
                return statistic
            smaller = (min(size[0], old[0]), min(size[1], old[1]))
            statistic = pyramid.downsample(statistic, smaller)
            return pyramid.upsample(statistic, size)

        return resized(self.mean), resized(self.std)

    def call(self, images):
        if self.space == "unit":
            return (images + 1.0) / 2.0
        if self.space == "standardised":
            mean, std = self._statistics(images)
            return (images - mean) / std
        return images

    def to_images(self, pixels):
        """Undoes `call`; clips nothing."""
        if self.space == "unit":
            return pixels * 2.0 - 1.0
        if self.space == "standardised":
            mean, std = self._statistics(pixels)
            return pixels * std + mean
        return pixels

    def get_config(self):
        config = {"space": self.space, "image_shape": self.image_shape}
        return {**super().get_config(), **config}
