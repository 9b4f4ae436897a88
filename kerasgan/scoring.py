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
    """Compares samples with training images; subclasses say by what.

    Attributes:
        name: str, of the score, of which lower is better.
        label: str, the name with the extractor, if any.
        protocol: str, what is compared.
        labels: int `(n,)`, of which classes samples are wanted; or None.
        num_images: int, how many samples are wanted.

    Args:
        real: `(n, height, width, channels)` in `[-1, 1]`, training images.
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
    """Minus the log-likelihood of images that are not trained on, in nats.

    That of Parzen windows around the samples, of pixels in `[0, 1]`, by which
    papers of 2014 choose the best state; nan of samples that are not finite.
    The width is chosen on a tenth of the images, the others are judged. See
    `kerasgan.metrics.parzen_log_likelihood`.
    """

    name = label = "parzen_negative_log_likelihood"
    most_images = _PARZEN_IMAGES

    def score(self, fake):
        """See `Scorer.score`."""
        if not np.isfinite(fake).all():
            return math.nan
        samples, held_out = (
            (images.reshape(len(images), -1) + 1) / 2
            for images in (fake, self._real)
        )
        validation, test = np.split(held_out, [-(-len(held_out) // 10)])
        return -metrics.parzen_log_likelihood(
            samples, validation, test
        ).log_likelihood


def scorer(data, read_images):
    """Chooses the score of a run, and reads what it compares with.

    The Frechet distance by the data's own classifier, where the zoo has one and
    there are two images; else the sliced Wasserstein distance.

    Args:
        data: Name of the data set.
        read_images: Function of the most images that are wanted, returns
            training images and their labels (or None).

    Returns:
        A `Scorer`.
    """
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
