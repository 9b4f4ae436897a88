"""What the nearest neighbour of an image tells of generated images."""

import numpy as np

from kerasgan.metrics import distances


def nearest_neighbour_accuracy(train_images, train_labels, images, labels):
    """Classifies images by their nearest labelled neighbour.

    With generated images to train on and real ones to classify, it measures a
    class-conditional model without any trained network: are the classes right,
    and is every real image near a generated one?

    Reference: the code of [Radford et al., 2016]
    (https://arxiv.org/abs/1511.06434), which takes up to 100,000 generated
    images and pixels as features.

    Args:
        train_images: `(n, ...)`, images or features.
        train_labels: int `(n,)`.
        images: `(m, ...)`, of the same shape otherwise.
        labels: int `(m,)`.

    Returns:
        dict of float:
        - `accuracy`: the share of `images` whose nearest neighbour has their
          label, from 0 to 1.
        - `distance`: the mean Euclidean distance to that neighbour.

    Raises:
        ValueError: If the shapes do not fit, or a number is not finite.
    """
    train_images = _flat("train_images", train_images)
    images = _flat("images", images)
    distances.check_same_width("train_images", train_images, "images", images)
    train_labels = _check_labels("train_labels", train_labels, train_images)
    labels = _check_labels("labels", labels, images)
    far, neighbours = distances.nearest(images, train_images)
    return {
        "accuracy": float((train_labels[neighbours[:, 0]] == labels).mean()),
        "distance": float(far.mean()),
    }


def two_sample_accuracy(real, fake):
    """Tells generated from real images by their nearest neighbour.

    Each image, left out in turn, is called what its nearest neighbour among
    all the others is, real or generated. Where both are equally near, it
    counts half.

    - 0.5: the sets cannot be told apart;
    - 1: they are told apart, every one;
    - below 0.5: images are nearer to one of the other set than to those of
      their own: memorised, if `real` is what the model was trained on.

    Look at both parts. Generated images of too little variety, near the middle
    of the data, are near each other and near the real ones: `fake_accuracy` is
    high, `real_accuracy` low, and the mean may look well.

    References:
    - [Lopez-Paz & Oquab, 2017](https://arxiv.org/abs/1610.06545).
    - [Xu et al., 2018](https://arxiv.org/abs/1806.07755), section 2.

    Args:
        real: `(n, ...)`, images or features.
        fake: The same shape: with unequal numbers, chance would not be 0.5.

    Returns:
        dict of float from 0 to 1: `accuracy`, the mean of `real_accuracy` and
        `fake_accuracy`.

    Raises:
        ValueError: If the shapes differ, or a number is not finite.
    """
    real = _flat("real", real, 2)
    fake = _flat("fake", fake, 2)
    if real.shape != fake.shape:
        raise ValueError(
            "`real` and `fake` must have one shape. Received, flattened: "
            f"{real.shape} and {fake.shape}. Take as many of each, of one size."
        )
    real_accuracy = _own_set_is_nearer(real, fake)
    fake_accuracy = _own_set_is_nearer(fake, real)
    return {
        "accuracy": (real_accuracy + fake_accuracy) / 2,
        "real_accuracy": real_accuracy,
        "fake_accuracy": fake_accuracy,
    }


def _own_set_is_nearer(images, others):
    own, _ = distances.nearest(images, images, exclude_self=True)
    other, _ = distances.nearest(images, others)
    return share_nearer(own, other)


def share_nearer(own, other):
    """The share of images that are nearer to their own set than to the other.

    Args:
        own: float `(n,)`, distances to the nearest other one of their set.
        other: float `(n,)`, to the nearest one of the other set; where it is as
            far, the image counts half.
    """
    return float(np.where(own == other, 0.5, own < other).mean())


def _flat(argument, images, minimum=1):
    images = np.asarray(images)
    if images.ndim > 2:
        images = images.reshape(len(images), -1)
    return distances.check_vectors(argument, images, minimum)


def _check_labels(argument, labels, images):
    labels = np.asarray(labels)
    if labels.shape != images.shape[:1] or labels.dtype.kind not in "iu":
        raise ValueError(
            f"`{argument}` must be integers, one an image: shape "
            f"{images.shape[:1]}. Received: shape {labels.shape}, dtype "
            f"{labels.dtype}. Give each image its class."
        )
    return labels
