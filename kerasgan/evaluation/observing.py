"""The images that are compared, and what an extractor says of them."""

import typing

import numpy as np

from kerasgan import extractors


class Observed(typing.NamedTuple):
    """Images and what an extractor says of them.

    Attributes:
        images: float32 `(n, height, width, channels)` in `[-1, 1]`.
        labels: int `(n,)`, or None.
        features: float32 `(n, num_features)`.
        logits: float32 `(n, num_classes)`, or None.
    """

    images: np.ndarray
    labels: np.ndarray | None
    features: np.ndarray
    logits: np.ndarray | None


def real(setting):
    """Observes the reference images, with their features from the cache."""
    return _of_data(setting, *setting.reference())


def training(setting):
    """Observes all training images, with their features from the cache."""
    return _of_data(setting, *setting.training_images())


def _of_data(setting, images, labels):
    found = extractors.reference(setting.extractor, images)
    return Observed(images, labels, found.features, found.logits)


def generated(setting, source, labels):
    """Observes images of a source.

    Args:
        setting: A `kerasgan.evaluation.Setting`.
        source: See `sources.open_source`.
        labels: int `(num_images,)`, of the reference images: a
            class-conditional source gives images of the same classes.

    Returns:
        An `Observed`, its labels None where the source is not conditional.

    Raises:
        ValueError: If the images are of another shape than the real ones, or
            not finite.
    """
    images = source.images(setting.num_images, labels, setting.seed)
    expected = (setting.num_images, *setting.image_shape)
    if images.shape != expected or not np.isfinite(images).all():
        raise ValueError(
            f"Images to be compared must be finite, of shape {expected}. "
            f"Received: '{source.name}', whose images are {images.shape}, "
            f"{np.mean(~np.isfinite(images)):.0%} not finite. Name the data "
            "that it was trained on."
        )
    found = setting.extractor.extract(images)
    return Observed(
        images,
        labels if source.conditional else None,
        found.features,
        found.logits,
    )
