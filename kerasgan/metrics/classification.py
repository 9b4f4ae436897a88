"""What a classifier says about images: accuracy, confusion, class balance."""

import typing

import numpy as np
from scipy import stats

from kerasgan.metrics import distances
from kerasgan.metrics import intervals


class ClassBalance(typing.NamedTuple):
    """How images spread over the classes.

    Attributes:
        shares: float64 `(num_classes,)`, of each class among the images.
        classes_hit: int, how many classes have an image.
        entropy_ratio: float, entropy of the shares / log(num_classes): 1 where
            all classes are equally frequent, 0 where there is one only.
        total_variation: float, half the sum of the absolute differences to the
            reference shares: the share of images in the wrong class, 0 to 1.
    """

    shares: np.ndarray
    classes_hit: int
    entropy_ratio: float
    total_variation: float


def accuracy(logits, labels):
    """The share of images whose largest logit is that of their label.

    Of generated images and the labels that they were generated for, under a
    classifier trained on real ones, it says whether a model heeds its labels.

    Args:
        logits: float `(n, num_classes)`.
        labels: int `(n,)`.

    Returns:
        An `Interval` (Wilson's), for other images; not of the classifier.

    Raises:
        ValueError: If the logits are not finite, or a label is no class.
    """
    logits = _check_logits(logits)
    labels = _check_labels(labels, *logits.shape)
    return intervals.share_interval(logits.argmax(1) == labels)


def confusion(logits, labels):
    """Counts how often images of one class are taken for another.

    Args:
        logits: float `(n, num_classes)`.
        labels: int `(n,)`.

    Returns:
        int `(num_classes, num_classes)`, a row a label, a column a prediction;
        the sum is n.

    Raises:
        ValueError: If the logits are not finite, or a label is no class.
    """
    logits = _check_logits(logits)
    num_classes = logits.shape[1]
    labels = _check_labels(labels, *logits.shape)
    cells = labels * num_classes + logits.argmax(1)
    counts = np.bincount(cells, minlength=num_classes**2)
    return counts.reshape(num_classes, num_classes)


def class_balance(logits, reference_shares=None):
    """Compares the classes of unconditional samples with those of the data.

    A model that has dropped modes leaves classes out, or nearly. Even n honest
    samples of equally frequent classes have a total variation of about
    sqrt((num_classes - 1) / (2 pi n)): 0.04 for 1,000 samples of ten classes.

    Args:
        logits: float `(n, num_classes)`, of the samples.
        reference_shares: float `(num_classes,)`, of the classes among the
            training images, adding up to 1; equal ones if left out.

    Returns:
        A `ClassBalance`.

    Raises:
        ValueError: If the logits are not finite, or these are no shares.
    """
    logits = _check_logits(logits)
    num_classes = logits.shape[1]
    reference = np.full(num_classes, 1 / num_classes)
    if reference_shares is not None:
        reference = np.asarray(reference_shares, "float64")
        fits = reference.shape == (num_classes,) and (reference >= 0).all()
        # Shares that were computed in float32 are welcome.
        if not fits or abs(reference.sum() - 1) > 1e-4:
            raise ValueError(
                f"`reference_shares` must be {num_classes} shares that add up "
                f"to 1. Received: {reference}. Divide the number of images of "
                "each class by that of all."
            )
    counts = np.bincount(logits.argmax(1), minlength=num_classes)
    shares = counts / counts.sum()
    return ClassBalance(
        shares,
        int(np.count_nonzero(counts)),
        float(stats.entropy(shares) / np.log(num_classes)),
        float(0.5 * np.abs(shares - reference).sum()),
    )


def _check_logits(logits):
    logits = distances.check_vectors("logits", logits)
    if logits.shape[1] < 2:
        raise ValueError(
            "`logits` must be of two classes or more, (n, num_classes). "
            f"Received: logits.shape={logits.shape}. Give a logit a class."
        )
    return logits


def _check_labels(labels, count, num_classes):
    labels = np.asarray(labels)
    if labels.shape != (count,) or labels.dtype.kind not in "iu":
        raise ValueError(
            f"`labels` must be {count} integers, one an image. Received: "
            f"labels.shape={labels.shape}, dtype {labels.dtype}. Turn one-hot "
            "labels into integers by `labels.argmax(1)`."
        )
    if labels.min() < 0 or labels.max() >= num_classes:
        raise ValueError(
            f"`labels` must be classes, 0 to {num_classes - 1}. Received: "
            f"labels from {labels.min()} to {labels.max()}. Count from 0, and "
            "take the classifier of this data."
        )
    return labels.astype("int64")
