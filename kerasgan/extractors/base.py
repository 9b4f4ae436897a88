"""What turns images into the features and logits that metrics compare."""

import typing

import numpy as np

from kerasgan import errors
from kerasgan import figures
from kerasgan.models import checks

_COMMON = "Images are rounded to 8 bits first."
_REPEATED = "Grayscale is repeated to three channels."


class Features(typing.NamedTuple):
    """What an extractor says of n images.

    Attributes:
        features: float32 `(n, num_features)`.
        logits: float32 `(n, num_classes)`, or None where it has no classes.
    """

    features: np.ndarray
    logits: np.ndarray | None


class Extractor:
    """A fixed network whose features and logits are compared.

    A distance between features is a number of this very network and of how
    images are made to fit it: so both are part of the number's name and
    protocol. A subclass defines `extract_batch`.

    Args:
        name: Of the network, such as `"classifier_cifar10"`.
        sha256: Of the file of its weights, 64 hexadecimal digits.
        resize: A sentence on what is done to images of another size.
        num_features: int.
        num_classes: int, or None where it gives no logits.
        channels: 3 or 1, of the images that it takes.

    Attributes:
        identity: The name and the first eight digits of the hash, such as
            `"classifier_cifar10@1a2b3c4d"`.
        sha256: As given.
        resize: The sentence, and what is done to all images before.
        num_features: int.
        num_classes: int or None.
        channels: 3 or 1.
        data: Name of the data set whose classes the logits are of, or None.
    """

    data = None

    def __init__(
        self, name, sha256, resize, num_features, num_classes=None, channels=3
    ):
        self.identity = f"{name}@{sha256[:8]}"
        self.sha256 = sha256
        repeated = [_REPEATED] if channels == 3 else []
        self.resize = " ".join([_COMMON, *repeated, resize])
        self.num_features = num_features
        self.num_classes = num_classes
        self.channels = channels

    def label(self, metric):
        """Name of a metric by this extractor, as it stands in reports.

        The Inception score is a score of Inception: of another classifier it
        is called `classifier_score`.

        Args:
            metric: Such as `"frechet_distance"` or `"inception_score"`.

        Returns:
            Such as `"frechet_distance[classifier_cifar10@1a2b3c4d]"`.
        """
        if metric == "inception_score":
            metric = "classifier_score"
        return f"{metric}[{self.identity}]"

    def extract(self, images, batch_size=64, progress=None, rounded=True):
        """Returns features and logits of images.

        All batches are of one size, the last one padded, and no image sees
        another: up to rounding, `batch_size` changes nothing.

        Args:
            images: `(n, height, width, channels)` in `[-1, 1]`.
            batch_size: int, how many are taken at a time.
            progress: Function of (images done, n), called after each batch.
            rounded: bool, whether images are rounded to 8 bits. All published
                distances are of such; the length of short paths is not.

        Returns:
            A `Features`.

        Raises:
            ValueError: If there are no images, or they are of another shape or
                range.
        """
        errors.check_integer("batch_size", batch_size, minimum=1)
        self.check(images)
        count = len(images)
        batch_size = min(batch_size, count)
        features = np.empty((count, self.num_features), "float32")
        logits = None
        if self.num_classes is not None:
            logits = np.empty((count, self.num_classes), "float32")
        for start in range(0, count, batch_size):
            stop = min(start + batch_size, count)
            # The last image stands in for those that are missing.
            rows = np.minimum(np.arange(start, start + batch_size), count - 1)
            pixels = self._pixels(np.asarray(images[rows]), rounded)
            batch = self.extract_batch(pixels)
            features[start:stop] = batch.features[: stop - start]
            if logits is not None:
                logits[start:stop] = batch.logits[: stop - start]
            if progress is not None:
                progress(stop, count)
        return Features(features, logits)

    def extract_batch(self, pixels):
        """Returns the `Features` of one batch; a subclass defines it.

        Args:
            pixels: float32 `(batch, height, width, channels)` in `[0, 255]`,
                of any size, and of the extractor's number of channels.
        """
        raise NotImplementedError

    def check(self, images):
        """Raises a ValueError unless it takes these images, see `extract`."""
        shape = tuple(getattr(images, "shape", ()))
        if len(shape) != 4 or 0 in shape or shape[3] not in (1, self.channels):
            channels = "1 or 3" if self.channels == 3 else "1"
            raise ValueError(
                f"'{self.identity}' takes images of shape (n, height, width, "
                f"{channels}), at least one. Received: shape {shape}. Give "
                "such an array, or choose another extractor."
            )
        checks.check_range(images)

    def _pixels(self, images, rounded):
        pixels = (np.clip(images, -1, 1).astype("float32") + 1) * 127.5
        if rounded:
            pixels = figures.to_uint8(images).astype("float32")
        return np.broadcast_to(pixels, (*pixels.shape[:3], self.channels))
