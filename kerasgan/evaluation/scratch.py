"""A classifier trained on generated images, tested on real ones."""

import keras
import numpy as np

from kerasgan import metrics
from kerasgan import models
from kerasgan import optimizers
from kerasgan.evaluation import numbers

_EPOCHS = 8
# Of few images, so many that an epoch has 16 steps.
_MAX_BATCH_SIZE = 128
_FILTERS = 16
_LEAST_IMAGES = 100


def trained_on_generated(setting, train, real, fake):
    """Accuracy on real images of a classifier trained on generated ones.

    Where it is near that of the same network trained on as many real images,
    generated images are as good as real ones for this purpose: classes are
    right, and varied. It is a small network, trained briefly: the two numbers
    are for each other.

    Reference: [Ravuri & Vinyals, 2019](https://arxiv.org/abs/1905.10887), the
    classification accuracy score, with a far smaller network.

    Args:
        setting: A `kerasgan.evaluation.Setting`.
        train: `Observed` training images.
        real: `Observed` reference images.
        fake: `Observed` generated images.

    Returns:
        A list of one `Number`; empty where the images have no labels, are of
        one class, or fewer than 100.
    """
    if fake.labels is None or real.labels.max() == 0:
        return []
    count = min(len(train.images), len(fake.images))
    if count < _LEAST_IMAGES:
        return []
    rng = np.random.default_rng(setting.seed)
    rows = rng.permutation(len(train.images))[:count]
    fake_rows = rng.permutation(len(fake.images))[:count]
    on_real, on_fake = (
        _accuracy(setting, images, labels, real)
        for images, labels in (
            (train.images[rows], train.labels[rows]),
            (fake.images[fake_rows], fake.labels[fake_rows]),
        )
    )
    return [
        numbers.of_interval(
            "trained_on_generated_accuracy",
            on_fake,
            numbers.HIGHER,
            f"{_EPOCHS} epochs of a Classifier of {_FILTERS} filters on "
            f"{count} images, tested on the reference images; trained on as "
            "many training images: "
            f"{on_real.value:.4f}. The interval is for other test images",
        )
    ]


def _accuracy(setting, images, labels, real):
    keras.utils.set_random_seed(setting.seed)
    classifier = models.Classifier(
        setting.image_shape,
        num_classes=int(max(labels.max(), real.labels.max())) + 1,
        filters=_FILTERS,
        max_shift=2,
        seed=setting.seed,
    )
    batch_size = min(_MAX_BATCH_SIZE, len(images) // 16)
    steps = _EPOCHS * (len(images) // batch_size)
    classifier.compile(optimizers.warmed_up_sgd(0.1, steps))
    rng = np.random.default_rng(setting.seed)
    for _ in range(_EPOCHS):
        order = rng.permutation(len(images))
        for start in range(0, len(order) - batch_size + 1, batch_size):
            rows = order[start : start + batch_size]
            classifier.train_on_batch(images[rows], labels[rows])
    return metrics.accuracy(classifier.classify(real.images), real.labels)
