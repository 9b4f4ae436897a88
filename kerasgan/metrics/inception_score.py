"""Inception score, of the logits of any classifier."""

import numpy as np
from scipy import special

from kerasgan import errors
from kerasgan.metrics import distances


def inception_score(logits, num_splits=10):
    """Inception score: are images clear, and are all classes among them?

        exp(mean over images of KL(p(class | image) || p(class)))

    where `p(class)` is the mean over the images of a split. It looks at no
    real image. Only the logits of the Inception network of 2015 make it the
    published score.

    The splits are contiguous, as in the authors' code: the images must be in
    random order, and not sorted by class. The score depends on the number of
    images in a split; state both numbers.

    Reference: [Salimans et al., 2016](https://arxiv.org/abs/1606.03498),
    section 4.

    Args:
        logits: `(n, num_classes)`, before the softmax.
        num_splits: int from 1 to n.

    Returns:
        A tuple `(mean, deviation)` over the splits:
        - `mean`: float from 1 to `num_classes`.
        - `deviation`: float, the standard deviation over the splits (divided
          by their number, as in the authors' code); 0 for one split. It is no
          standard error of the mean.

    Raises:
        ValueError: If the shape is another, a number is not finite, or there
            are fewer images than splits.
    """
    logits = distances.check_vectors("logits", logits)
    count = len(logits)
    num_splits = errors.check_integer("num_splits", num_splits, 1, count)
    # Logarithms throughout: a probability may round to 0.
    log_p = special.log_softmax(logits.astype("float64"), axis=1)
    scores = []
    for i in range(num_splits):
        split = log_p[i * count // num_splits : (i + 1) * count // num_splits]
        log_mean = special.logsumexp(split, axis=0) - np.log(len(split))
        divergences = (np.exp(split) * (split - log_mean)).sum(1)
        scores.append(np.exp(divergences.mean()))
    return float(np.mean(scores)), float(np.std(scores))
