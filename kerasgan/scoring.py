"""Scores of samples while a model trains: which state is the best."""

import functools
import math

import numpy as np

from kerasgan import extractors
from kerasgan import metrics
from kerasgan import zoo

DIVERSITY = "diversity"
_FEATURE_IMAGES = 2000
_PARZEN_IMAGES = 10_000
_PIXEL_IMAGES = 1000


class Scorer:
    """Compares samples with real images; subclasses say by what.

    Attributes:
        name: str, of the score, of which lower is better.
        label: str, the name with the extractor, if any.
        labels: int `(n,)`, of which classes samples are wanted; or None.
        num_images: int, how many samples are wanted.

    Args:
        real: `(n, height, width, channels)` in `[-1, 1]`, training images, or
            held-out ones.
        labels: int `(n,)`, or None.
    """

    name = None
    most_images = None

    def __init__(self, real, labels):
        self._real = real
        self.labels = labels
        self.num_images = len(real)

    def __call__(self, fake):
        """Returns a dict: the score, by its name, and the diversity."""
        few = slice(_PIXEL_IMAGES)
        return {
            self.name: self.score(fake),
            DIVERSITY: metrics.relative_diversity(
                self._real[few],
                fake[few],
                None if self.labels is None else self.labels[few],
            ),
        }

    def count(self, name):
        """Of how many samples a number is, that `__call__` gives by a name."""
        if name == DIVERSITY:
            return min(self.num_images, _PIXEL_IMAGES)
        return self.num_images

    def protocol(self, name, real_name):
        """Says what a number is of, that `__call__` gives by a name."""
        count = self.count(name)
        return f"{count} generated images against as many of {real_name}"

    def score(self, fake):
        """Returns the score of as many samples as there are real images."""
        raise NotImplementedError


class SlicedWasserstein(Scorer):
    """The sliced Wasserstein distance: needs no trained network."""

    name = "sliced_wasserstein_distance"
    label = name
    most_images = _PIXEL_IMAGES

    def score(self, fake):
        """See `Scorer.score`."""
        return metrics.sliced_wasserstein_distance(self._real, fake)


class Frechet(Scorer):
    """The Frechet distance of features, nan of samples that are not finite.

    Args:
        real: See `Scorer`.
        labels: See `Scorer`.
        extractor: A `kerasgan.extractors.Extractor`.
    """

    name = "frechet_distance"
    most_images = _FEATURE_IMAGES

    def __init__(self, real, labels, extractor):
        super().__init__(real, labels)
        self.label = extractor.label(self.name)
        self._extractor = extractor
        self._gaussian = metrics.gaussian(extractor.extract(real).features)

    def score(self, fake):
        """See `Scorer.score`."""
        if not np.isfinite(fake).all():
            return math.nan
        features = self._extractor.extract(fake).features
        return metrics.frechet_distance_of(
            self._gaussian, metrics.gaussian(features), allow_few_images=True
        )


class Parzen(Scorer):
    """Minus the log-likelihood of held-out images, in nats.

    That of Parzen windows around the samples, of pixels in `[0, 1]`, for all
    data (`kerasgan evaluate` standardises those of colour images); nan of
    samples that are not finite. The width is chosen on a tenth of the held-out
    images, the others are judged. See `kerasgan.metrics.parzen_log_likelihood`.

    Reference: [Mirza & Osindero, 2014](https://arxiv.org/abs/1411.1784),
    section 4.1, who stop at the best one.

    Raises:
        ValueError: If there are fewer than two images.
    """

    name = label = "parzen_negative_log_likelihood"
    most_images = _PARZEN_IMAGES

    def __init__(self, real, labels):
        if len(real) < 2:
            raise ValueError(
                "There must be at least two held-out images, to choose a width "
                f"and to judge. Received: {len(real)}. Hold out more."
            )
        super().__init__(real, labels)

    def score(self, fake):
        """See `Scorer.score`."""
        if not np.isfinite(fake).all():
            return math.nan
        samples, held_out = (
            (images.reshape(len(images), -1) + 1) / 2
            for images in (fake, self._real)
        )
        validation, test = np.split(held_out, [self._num_validation])
        return -metrics.parzen_log_likelihood(
            samples, validation, test
        ).log_likelihood

    @property
    def _num_validation(self):
        return math.ceil(self.num_images / 10)

    def protocol(self, name, real_name):
        """See `Scorer.protocol`."""
        if name != self.name:
            return super().protocol(name, real_name)
        judged = self.num_images - self._num_validation
        return (
            f"nats, pixels in [0, 1]; {self.num_images} generated images, "
            f"{judged} of {real_name}, {self._num_validation} others for the "
            "width"
        )


def scorer(data, read_images, held_out=False):
    """Chooses the score of a run, and reads what it compares with.

    Of held-out images, `Parzen`. Else the Frechet distance by the data's own
    classifier, where the zoo has one and there are two images; else the sliced
    Wasserstein distance.

    Args:
        data: Name of the data set.
        read_images: Function of the most images that are wanted, returns
            training or held-out images and their labels (or None).
        held_out: bool, whether the images are held out.

    Returns:
        A `Scorer`.
    """
    if held_out:
        return Parzen(*read_images(Parzen.most_images))
    extractor = _classifier(data)
    if extractor is not None:
        real, labels = read_images(Frechet.most_images)
        if len(real) > 1 and real.shape[-1] in (1, extractor.channels):
            return Frechet(real, labels, extractor)
    return SlicedWasserstein(*read_images(SlicedWasserstein.most_images))


@functools.cache
def _classifier(data):
    name = f"classifier_{data.partition('/')[0]}"
    return extractors.load(name) if name in zoo.names() else None
