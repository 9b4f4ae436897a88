"""Every metric of a report: what is compared, and with which interval."""

import hashlib

import numpy as np
import tensorflow as tf

from kerasgan import figures
from kerasgan import metrics
from kerasgan.evaluation import numbers

_HALVES = 20
_PIXEL_IMAGES = 2000
_PIXEL_HALVES = 10
_PATHS = 1000
_BATCH = 100
# Images that become 8-bit together.
_ROWS = 1000
_EPSILON = 1e-3
_HALF_SAMPLES = f"{_HALVES} random halves of both sets, without replacement"

# Name, which is better, and what the value is, beyond its name.
FEATURE_METRICS = {
    "frechet_distance": (numbers.LOWER, "covariances in float64"),
    "kernel_distance": (
        numbers.LOWER,
        "cubic kernel, unbiased, of all images at once",
    ),
    "precision": (numbers.HIGHER, "k = 3"),
    "recall": (numbers.HIGHER, "k = 3"),
    "density": (
        numbers.NEITHER,
        "k = 5; near 1 for the data itself, above for too little variety",
    ),
    "coverage": (numbers.HIGHER, "k = 5; near 0.97 for the data itself"),
    "two_sample_accuracy": (
        numbers.NEITHER,
        "leave-one-out, 1 neighbour; 0.5 where nobody can tell, 1 where all "
        "are told apart, below 0.5 for copies",
    ),
}
PIXEL_METRICS = {
    "sliced_wasserstein_distance": (
        numbers.LOWER,
        f"Laplacian pyramid, the first {_PIXEL_IMAGES} images of each at most",
    ),
    "relative_diversity": (
        numbers.NEITHER,
        "nearest neighbours in pixels, relative to real images' (1), the "
        f"first {_PIXEL_IMAGES} images of each at most",
    ),
}


def feature_statistic(real, fake):
    """All metrics of two sets of features, a dict of floats."""
    return {
        "frechet_distance": metrics.frechet_distance(
            real, fake, allow_few_images=True
        ),
        "kernel_distance": metrics.kernel_distance(
            real, fake, subset_size=None
        ),
        **metrics.manifold_metrics(real, fake, two_sample=True),
    }


def pixel_statistic(real, fake):
    """All metrics of two sets of images, a dict of floats."""
    return {
        "sliced_wasserstein_distance": metrics.sliced_wasserstein_distance(
            real, fake
        ),
        "relative_diversity": metrics.relative_diversity(real, fake),
    }


def pixel_samples(*observed):
    """The images that `pixel_statistic` is of."""
    return [each.images[:_PIXEL_IMAGES] for each in observed]


def distances(setting, real, fake):
    """Distances of generated to real images, a list of `Number`."""
    label = setting.extractor.label
    found = metrics.half_samples(
        feature_statistic,
        real.features,
        fake.features,
        num=_HALVES,
        seed=setting.seed,
    )
    measured = [
        numbers.of_interval(
            label(name), interval, FEATURE_METRICS[name][0], _told(name)
        )
        for name, interval in found.items()
    ]
    found = metrics.half_samples(
        pixel_statistic,
        *pixel_samples(real, fake),
        num=_PIXEL_HALVES,
        seed=setting.seed,
    )
    measured += [
        numbers.of_interval(name, interval, *PIXEL_METRICS[name])
        for name, interval in found.items()
    ]
    return measured


def _told(name):
    return f"{FEATURE_METRICS[name][1]}; {_HALF_SAMPLES}"


def scores(setting, real, fake):
    """What a classifier says of generated images, a list of `Number`."""
    if fake.logits is None:
        return []
    label = setting.extractor.label
    halves = {"num": _HALVES, "seed": setting.seed}
    told = f"{_HALVES} random halves, without replacement"
    # In random order: the reference images, and so labels, may be sorted.
    rng = np.random.default_rng(setting.seed)
    logits = fake.logits[rng.permutation(len(fake.logits))]
    real_logits = real.logits[rng.permutation(len(real.logits))]
    measured = [
        numbers.of_interval(
            label("inception_score"),
            metrics.half_samples(
                lambda logits: metrics.inception_score(logits)[0],
                logits,
                **halves,
            ),
            numbers.HIGHER,
            "10 splits; that of the real images is "
            f"{metrics.inception_score(real_logits)[0]:.3f}; {told}",
        ),
        numbers.of_interval(
            label("class_imbalance"),
            metrics.half_samples(
                _class_imbalance, real.logits, logits, **halves
            ),
            numbers.LOWER,
            "total variation of the classes, as classified, from those of the "
            f"real images; {told}",
        ),
    ]
    if fake.labels is not None and setting.extractor.data == setting.data:
        measured.append(
            numbers.of_interval(
                label("label_accuracy"),
                metrics.accuracy(fake.logits, fake.labels),
                numbers.HIGHER,
                "share of images classified as what they were generated for; "
                "that of the real images is "
                f"{metrics.accuracy(real.logits, real.labels).value:.4f}",
            )
        )
    return measured


def _class_imbalance(real_logits, fake_logits):
    shares = metrics.class_balance(real_logits).shares
    return metrics.class_balance(fake_logits, shares).total_variation


def diversity(setting, real, fake):
    """How alike generated images are, a list of `Number`."""

    def similarity(images):
        return metrics.ms_ssim_diversity(
            images, labels=fake.labels, seed=setting.seed
        )

    if min(setting.image_shape[:2]) < 11:
        return []
    found = similarity(fake.images)
    of_real = similarity(real.images)
    return [
        numbers.of_standard_error(
            "ms_ssim_similarity",
            found.mean,
            found.standard_error,
            numbers.NEITHER,
            "1,000 random pairs"
            + (" of one class" if fake.labels is not None else "")
            + f"; that of the real images is {of_real.mean:.4f}",
        )
    ]


def neighbours(setting, real, fake):
    """1-NN of real images among labelled generated ones."""
    if fake.labels is None:
        return []
    rows = [each.reshape(len(each), -1) for each in (fake.images, real.images)]
    hits = metrics.nearest_neighbour_accuracy(
        rows[0], fake.labels, rows[1], real.labels
    )
    count = len(real.labels)
    correct = np.arange(count) < round(hits["accuracy"] * count)
    return [
        numbers.of_interval(
            "nearest_neighbour_accuracy",
            metrics.share_interval(correct),
            numbers.HIGHER,
            "real images classified by the label of the nearest generated "
            "image, in pixels; the interval is for other real images",
        )
    ]


def memorisation(setting, train, real, fake):
    """Whether training images were copied.

    Returns:
        A tuple: a list of `Number`, and the `Memorisation` in pixels.
    """
    pixels = [
        each.reshape(len(each), -1)
        for each in (
            train.images,
            real.images[:_PIXEL_IMAGES],
            fake.images[:_PIXEL_IMAGES],
        )
    ]
    in_pixels = metrics.detect_memorisation(*pixels)
    in_features = metrics.detect_memorisation(
        train.features, real.features, fake.features
    )
    duplicates = metrics.find_duplicates(real.features, fake.features)
    label = setting.extractor.label
    measured = [
        numbers.of_interval(
            name,
            found.memorised_share,
            numbers.LOWER,
            f"{sets} images as near to a training image as "
            f"{found.held_out_share:.2%} of the reference images are; a "
            "generated image is nearer than a reference image with probability "
            f"{found.closer_probability:.3f} (0.5 for an honest model), z = "
            f"{found.z_score:.1f}",
        )
        for name, found, sets in (
            ("memorised_share[pixels]", in_pixels, f"first {_PIXEL_IMAGES}"),
            (label("memorised_share"), in_features, "all"),
        )
    ]
    measured.append(
        numbers.of_interval(
            label("duplicate_share"),
            duplicates.duplicate_share,
            numbers.LOWER,
            "images as near to another one as "
            f"{duplicates.real_share:.2%} of the reference images are; equal "
            f"in 8 bits: {metrics.exact_duplicate_share(fake.images):.2%}",
        )
    )
    return measured, in_pixels


def overlap(train, real):
    """The share of reference images that are training images, too."""
    known = set(_fingerprints(train.images))
    found = [each in known for each in _fingerprints(real.images)]
    return float(np.mean(found))


def _fingerprints(images):
    for start in range(0, len(images), _ROWS):
        for image in figures.to_uint8(images[start : start + _ROWS]):
            yield hashlib.sha256(image.tobytes()).digest()


def path_length(setting, model, labels):
    """Perceptual path length of a model, a list of `Number`."""
    labels = None if labels is None else np.resize(labels, _PATHS)
    rng = np.random.default_rng(setting.seed)
    fractions = rng.uniform(0, 1 - _EPSILON, _PATHS)
    seeds = np.full(2 * _PATHS, setting.seed, "int64")
    latents = model.draw_latents(seeds, np.arange(2 * _PATHS))
    features = []
    for positions in (fractions, fractions + _EPSILON):
        images = _images_between(model, latents, positions, labels)
        found = setting.extractor.extract(images, rounded=False)
        features.append(found.features)
    found = metrics.perceptual_path_length(*features, _EPSILON)
    return [
        numbers.of_standard_error(
            setting.extractor.label("perceptual_path_length"),
            found.mean,
            found.standard_error,
            numbers.NEITHER,
            f"{_PATHS} paths between latents, step {_EPSILON}, pixels not "
            "rounded; lower is smoother",
        )
    ]


def _images_between(model, latents, positions, labels):
    """Images at positions between the first half of latents and the second."""
    generate = tf.function(model.images_from_latents, autograph=False)
    ends = [
        (*np.split(part.numpy(), 2), distribution)
        for part, distribution in zip(
            tf.nest.flatten(latents), model.latent_distributions, strict=True
        )
    ]
    images = []
    for start in range(0, _PATHS, _BATCH):
        rows = slice(start, start + _BATCH)
        between = []
        for first, second, distribution in ends:
            position = positions[rows].reshape(-1, *[1] * (first.ndim - 1))
            between.append(
                figures.interpolate(
                    first[rows], second[rows], position, distribution
                )
            )
        between = tf.nest.pack_sequence_as(latents, between)
        images.append(
            generate(between, None if labels is None else labels[rows]).numpy()
        )
    return np.concatenate(images)
