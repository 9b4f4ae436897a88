"""How different generated images are from each other."""

import numpy as np

from kerasgan.metrics import distances


def relative_diversity(real_images, fake_images, labels=None):
    """The distance of generated images to each other, relative to real ones'.

    For each image, the Euclidean distance to its nearest neighbour in the same
    set (and of the same class); of these the median. The result is that of the
    generated images divided by that of the real ones: about 1 for a model that
    is as diverse as its data, 0 where it generates one image, or a few, again
    and again. Noise and patterns count as diversity, too.

    Args:
        real_images: float `(n, height, width, channels)`.
        fake_images: The same shape.
        labels: int `(n,)`, of both, to look within classes; or None.

    Returns:
        float, at least 0; nan where no image has another of its class, most
        real ones are equal to another, or a pixel is no number.

    Raises:
        ValueError: If the images are not of one shape, or there are not as many
            labels.
    """
    if labels is None:
        labels = np.zeros(len(real_images), "int32")
    labels = np.asarray(labels)
    shapes = np.shape(real_images), np.shape(fake_images)
    if shapes[0] != shapes[1] or labels.shape != shapes[0][:1]:
        raise ValueError(
            "There must be as many generated as real images, of one shape, and "
            f"a label for each. Received: shapes {shapes[0]}, {shapes[1]} and "
            f"{labels.shape}. Take as many of each."
        )
    real = _median_distance(real_images, labels)
    fake = _median_distance(fake_images, labels)
    return float(fake / real) if real else float("nan")


def _median_distance(images, labels):
    nearest = []
    for label in np.unique(labels):
        rows = np.asarray(images)[labels == label].astype("float64")
        rows = rows.reshape(len(rows), -1)
        if len(rows) < 2:
            continue
        if not np.isfinite(rows).all():
            return np.nan
        # Nothing is lost to cancellation where the images are almost equal.
        rows -= rows.mean(0)
        found, _ = distances.nearest(rows, rows, exclude_self=True)
        nearest.extend(found[:, 0])
    return np.median(nearest) if nearest else np.nan
