"""Whether a model copies its training images, or itself."""

import collections
import typing

import numpy as np

from kerasgan.metrics import distances
from kerasgan.metrics import intervals

# Rows that halves can be taken of.
_LEAST = 4


class Memorisation(typing.NamedTuple):
    """How near generated images are to the training set.

    Attributes:
        memorised_share: `Interval` of the share of generated images that are
            as near to a training image as few held-out ones are; by halves of
            both, as the threshold is estimated, too (Wilson's where these all
            agree).
        held_out_share: float, the same of the held-out images themselves: what
            an honest model would have, the percentile or a little more.
        closer_probability: float, the probability that a generated image is
            nearer to the training set than a held-out one, equal distances
            counting half; 0.5 for an honest model.
        z_score: float, of the Mann-Whitney test of that; below -3 is a sign of
            copying, above 3 of images unlike any of the data.
        threshold: float, the distance below which an image counts.
        distances: float64 `(n,)`, of each generated image to its nearest
            training image.
        nearest: int `(n,)`, which training image that is.
    """

    memorised_share: intervals.Interval
    held_out_share: float
    closer_probability: float
    z_score: float
    threshold: float
    distances: np.ndarray
    nearest: np.ndarray


class Duplicates(typing.NamedTuple):
    """How many generated images are nearly the same as another.

    Attributes:
        duplicate_share: `Interval` of the share of generated images that are
            as near to another of them as few real images are to each other; by
            halves of the distances.
        real_share: float, the same of the real images themselves, the
            percentile or a little more.
        threshold: float, the distance below which an image counts.
        distances: float64 `(n,)`, of each generated image to its nearest other.
        nearest: int `(n,)`, which that is.
    """

    duplicate_share: intervals.Interval
    real_share: float
    threshold: float
    distances: np.ndarray
    nearest: np.ndarray


def detect_memorisation(
    train_features, real_features, fake_features, percentile=1.0
):
    """Compares generated with held-out images by their distance to training.

    A model that has learned the distribution generates images that are, by
    their distance to the nearest training image, like real images that it has
    not seen. One that copies a few of its training images has a large
    `memorised_share`; one that is a little too near everywhere has a
    `closer_probability` above a half. Images that lack detail are near to
    everything in pixels: look at the neighbours, and at features, too. With
    many images the `z_score` is far from 0 for differences too small to matter.

    Reference: [Meehan et al., 2020](https://arxiv.org/abs/2004.05675), whose
    test statistic the `z_score` is, over the whole space instead of a mean over
    its cells.

    Args:
        train_features: float `(m, width)`, of the images that the model was
            trained on: features, or pixels of flattened images.
        real_features: float `(k, width)`, of held-out real images, at least 4.
        fake_features: float `(n, width)`, of generated images, at least 4.
        percentile: float, above 0 and under 100: the threshold is this
            percentile of the held-out images' distances.

    Returns:
        A `Memorisation`.

    Raises:
        ValueError: If the features do not fit together, or the percentile is
            none.
    """
    percentile = _check_percentile(percentile)
    train = distances.check_vectors("train_features", train_features)
    real = distances.check_vectors("real_features", real_features, _LEAST)
    fake = distances.check_vectors("fake_features", fake_features, _LEAST)
    distances.check_same_width("train_features", train, "real_features", real)
    distances.check_same_width("train_features", train, "fake_features", fake)
    real_distances = distances.nearest(real, train)[0][:, 0]
    found, nearest = distances.nearest(fake, train)
    fake_distances = found[:, 0]
    threshold = np.percentile(real_distances, percentile)
    probability = _probability_of_less(fake_distances, real_distances)
    pairs = len(real) * len(fake)
    deviation = np.sqrt((len(real) + len(fake) + 1) / (12 * pairs))
    return Memorisation(
        _share_within(real_distances, fake_distances, percentile),
        float(np.mean(real_distances <= threshold)),
        probability,
        float((0.5 - probability) / deviation),
        float(threshold),
        fake_distances,
        nearest[:, 0],
    )


def find_duplicates(real_features, fake_features, percentile=0.1):
    """Counts generated images that are nearly the same as another one.

    Args:
        real_features: float `(n, width)`, features or pixels, n at least 4.
        fake_features: float `(n, width)`, as many, since images of a larger set
            are nearer to each other.
        percentile: float, above 0 and under 100: the threshold is this
            percentile of the real images' distances to their nearest others.

    Returns:
        A `Duplicates`.

    Raises:
        ValueError: If the features do not fit together, or the percentile is
            none.
    """
    percentile = _check_percentile(percentile)
    real = distances.check_vectors("real_features", real_features, _LEAST)
    fake = distances.check_vectors("fake_features", fake_features, _LEAST)
    if real.shape != fake.shape:
        raise ValueError(
            "`real_features` and `fake_features` must have one shape. "
            f"Received: {real.shape} and {fake.shape}. Take as many of each, "
            "from the same extractor."
        )
    real_distances = distances.nearest(real, real, exclude_self=True)[0][:, 0]
    found, nearest = distances.nearest(fake, fake, exclude_self=True)
    threshold = np.percentile(real_distances, percentile)
    return Duplicates(
        _share_within(real_distances, found[:, 0], percentile),
        float(np.mean(real_distances <= threshold)),
        float(threshold),
        found[:, 0],
        nearest[:, 0],
    )


def exact_duplicate_share(fake_images):
    """The share of images that are, in 8 bits, equal to another one.

    Args:
        fake_images: float `(n, height, width, channels)` in `[-1, 1]`.

    Returns:
        float, from 0 to 1.

    Raises:
        ValueError: If these are no images.
    """
    images = np.asarray(fake_images)
    if images.ndim != 4 or not len(images) or images.dtype.kind != "f":
        raise ValueError(
            "`fake_images` must be floats (n, height, width, channels) in "
            f"[-1, 1]. Received: shape {images.shape}, dtype {images.dtype}. "
            "Convert 8-bit images by `images / 127.5 - 1`."
        )
    steps = np.round((np.clip(images, -1, 1) + 1) * 127.5).astype("uint8")
    counts = collections.Counter(image.tobytes() for image in steps)
    equal = sum(count for count in counts.values() if count > 1)
    return equal / len(images)


def _share_within(real_distances, fake_distances, percentile):
    """Interval of the share of distances within a percentile of real ones."""
    found = intervals.half_samples(
        # Not "less than": copies in both sets are at distance 0.
        lambda real, fake: np.mean(fake <= np.percentile(real, percentile)),
        real_distances,
        fake_distances,
    )
    if found.low < found.high:
        return found
    # All or none, in every half: that has no spread.
    threshold = np.percentile(real_distances, percentile)
    return intervals.share_interval(fake_distances <= threshold)


def _check_percentile(percentile):
    if 0 < percentile < 100:
        return percentile
    raise ValueError(
        "`percentile` must be above 0 and under 100. Received: "
        f"percentile={percentile!r}. Give, for example, 1."
    )


def _probability_of_less(fake, real):
    """The share of pairs whose first is less, equal ones counting half."""
    real = np.sort(real)
    more = len(real) - np.searchsorted(real, fake, "right")
    at_least = len(real) - np.searchsorted(real, fake, "left")
    return float((more + at_least).mean() / (2 * len(real)))
