"""Parzen-window log-likelihoods of a model, in the papers' units."""

import itertools
import typing

import numpy as np

from kerasgan import errors
from kerasgan import metrics
from kerasgan import models
from kerasgan.evaluation import numbers

_VALIDATION_IMAGES = 1000
_TEST_IMAGES = 1000
_DRAWS = 100
_BLOCK = 20
_SIGMAS = np.logspace(-1.5, 1, 26)


def likelihoods(setting, source, train, real, fake):
    """Parzen log-likelihoods, a list of `Number`.

    Of generated images at full resolution; of a LAPGAN, whose sizes halve, over
    its pyramid too.

    MNIST is in the units of Goodfellow et al., `[0, 1]`. Other images are
    standardised by the mean and standard deviation of each channel of the
    training images; the released code of LAPGAN takes those of each pixel and
    channel, for which a low-pass image would not be that of the standardised
    image.

    Args:
        setting: A `kerasgan.evaluation.Setting`.
        source: See `sources.open_source`.
        train: `Observed` training images.
        real: `Observed` reference images.
        fake: `Observed` generated images.
    """
    units = _Units(setting.data, train.images)
    test, validation, chosen_on = _split(setting, real)
    found = metrics.parzen_log_likelihood(
        units.flat(fake.images),
        units.flat(validation.images),
        units.flat(test.images),
        sigmas=units.sigmas,
    )
    measured = [
        numbers.of_standard_error(
            "parzen_log_likelihood",
            found.log_likelihood,
            found.standard_error,
            numbers.HIGHER,
            f"nats, {units.name}; {len(fake.images)} samples, "
            f"{len(test.images)} images of {setting.split}; {_sigma(found)}, "
            f"chosen on {len(validation.images)} images of {chosen_on}; "
            f"standard error {found.standard_error:.1f}",
        )
    ]
    if isinstance(source.model, models.LAPGAN) and _halves(source.model):
        measured.append(
            _multiscale(setting, source.model, units, validation, test, fake)
        )
    return measured


class _Units:
    """The pixels in which densities are stated."""

    def __init__(self, data, train_images):
        if data == "mnist":
            self.name = "pixels in [0, 1]"
            self._mean, self._deviation = -1.0, 2.0
            # The grid of the released code.
            self.sigmas = None
        else:
            self.name = "pixels standardised by channel"
            self._mean = train_images.mean((0, 1, 2), dtype="float64")
            self._deviation = train_images.std((0, 1, 2), dtype="float64")
            self.sigmas = _SIGMAS

    def of(self, images):
        return ((images - self._mean) / self._deviation).astype("float32")

    def flat(self, images):
        return self.of(images).reshape(len(images), -1)


class _Labelled(typing.NamedTuple):
    images: np.ndarray
    labels: np.ndarray | None

    def part(self, rows):
        labels = None if self.labels is None else self.labels[rows]
        return _Labelled(self.images[rows], labels)


def _split(setting, real):
    """Test images, validation images, and where the latter are from."""
    test = _Labelled(real.images, real.labels)
    left = setting.validation()
    if left is not None:
        *validation, split = left
        return test, _Labelled(*validation), split
    count = min(_VALIDATION_IMAGES, len(test.images) // 10)
    return (
        test.part(slice(count, None)),
        test.part(slice(count)),
        f"{setting.split} (its first, left out of the test)",
    )


def _halves(lapgan):
    sizes = [tuple(size) for size in lapgan.image_sizes]
    return lapgan.filter == "box" and all(
        (2 * small[0], 2 * small[1]) == large
        for large, small in itertools.pairwise(sizes)
    )


def _multiscale(setting, lapgan, units, validation, test, fake):
    test = test.part(slice(_TEST_IMAGES))
    seeds = [(setting.seed + i) % errors.MAX_SEED for i in (1, 2)]
    parts = [
        metrics.conditional_parzen(
            _draws(level, validation, units, seeds[0]),
            _draws(level, test, units, seeds[1]),
            _SIGMAS,
        )
        for level in lapgan.levels[:-1]
    ]
    level = lapgan.levels[-1]
    samples = level.generate(
        len(fake.images), labels=fake.labels, seed=setting.seed
    )
    coarsest = metrics.parzen_log_likelihood(
        units.flat(samples),
        *(
            units.flat(np.asarray(level.rung(real.images)))
            for real in (validation, test)
        ),
        sigmas=_SIGMAS,
    )
    found = metrics.multiscale_parzen_log_likelihood(parts, coarsest)
    sigmas = ", ".join(map(_sigma, [*parts, coarsest]))
    return numbers.of_standard_error(
        "multiscale_parzen_log_likelihood",
        found.log_likelihood,
        found.standard_error,
        numbers.HIGHER,
        f"nats, {units.name}; not to be set beside a Parzen log-likelihood at "
        f"full resolution; {_DRAWS} draws a level given the true low-pass "
        f"image, {len(fake.images)} samples at the coarsest; "
        f"{len(test.images)} test and {len(validation.images)} validation "
        f"images; {sigmas}, finest level "
        f"first; standard deviation over the images {found.spread:.0f}",
    )


def _draws(level, real, units, seed):
    """Yields the true high-pass of some images, and drawn ones."""
    for start in range(0, len(real.images), _BLOCK):
        images, labels = real.part(slice(start, start + _BLOCK))
        block = np.asarray(level.rung(images))
        if level.num_classes:
            labels = np.repeat(labels, _DRAWS)
        drawn = level.refine(
            np.repeat(metrics.low_pass(block), _DRAWS, axis=0),
            labels=labels if level.num_classes else None,
            # Each block has noise of its own.
            seed=(seed + 2 * start) % errors.MAX_SEED,
            batch_size=_DRAWS,
        )
        drawn = metrics.high_pass(units.of(drawn))
        yield (
            metrics.high_pass(units.of(block)),
            drawn.reshape(len(block), _DRAWS, *drawn.shape[1:]),
        )


def _sigma(found):
    edge = " (at the edge of the grid)" if found.sigma_at_edge else ""
    return f"sigma {found.sigma:.3g}{edge}"
