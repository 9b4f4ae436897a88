"""Checks of what `fit` and `compile` are given: images, labels, arguments."""

import keras
import numpy as np
import tensorflow as tf

# Rows of an array that are looked at together.
_ROWS = 1000
MEASURE = (
    "Leave it out, and measure the model with `kerasgan.evaluation.evaluate`."
)
NO_WEIGHTS = dict.fromkeys(
    ("sample_weight", "class_weight"),
    "Leave it out: all images count the same.",
)


def check_arguments(method, refused, kwargs):
    """Raises a ValueError if a Keras argument is given that would do nothing.

    Args:
        method: Whose arguments they are, such as `"`fit` of a GAN"`.
        refused: dict from the names of such arguments to what to do.
        kwargs: dict, what is given.
    """
    for name, remedy in refused.items():
        value = kwargs.get(name)
        if value is not None:
            raise ValueError(
                f"{method} takes no `{name}`. Received: {name}="
                f"{value!r:.80}. {remedy}"
            )


def image_batches(data):
    """Yields the image batches of an array, of a data set or of pairs."""
    if hasattr(data, "shape"):
        for start in range(0, len(data), _ROWS):
            yield data[start : start + _ROWS]
        return
    for batch in data:
        yield batch[0] if isinstance(batch, (tuple, list)) else batch


def check_range(images):
    """Raises a ValueError unless there are values, all in `[-1, 1]`."""
    if not np.size(images):
        raise ValueError(
            "There must be an image at least. Received: shape "
            f"{np.shape(images)}. Give some."
        )
    low, high = float(np.min(images)), float(np.max(images))
    # Half an 8-bit grey value of slack for other people's rounding.
    if not (low >= -1.004 and high <= 1.004):
        raise ValueError(
            "Images must be in [-1, 1]. Received: values in "
            f"[{low:g}, {high:g}]. Scale them: 8-bit images by "
            "`images / 127.5 - 1`."
        )


def check_labels(labels, num_images, num_classes):
    """Returns labels, of which one stands for all, as int32 `(num_images,)`.

    Raises:
        ValueError: If they are no such labels.
    """
    array = np.asarray(labels)
    if array.ndim == 0:
        array = np.full(num_images, array)
    if (
        array.shape != (num_images,)
        or array.dtype.kind not in "iu"
        or array.min() < 0
        or array.max() >= num_classes
    ):
        raise ValueError(
            f"`labels` must be {num_images} integers (or one) in "
            f"[0, {num_classes - 1}]. Received: shape {array.shape}, "
            f"dtype {array.dtype}, values {_span(array)}. Give one label "
            "an image."
        )
    return array.astype("int32")


def assert_labels(labels, num_classes):
    """Ends a training step, also as a graph, whose labels are out of range.

    `check_labels` cannot see the later batches of a data set, and `tf.one_hot`
    gives zeros for what is no class. In a graph, some of the step may have been
    done. XLA drops the check, so with `jit_compile=True` this does nothing.

    Args:
        labels: int `(batch,)`.
        num_classes: int.

    Raises:
        tf.errors.InvalidArgumentError: If one is not in
            `[0, num_classes - 1]`.
    """
    tf.debugging.Assert(
        tf.reduce_all((labels >= 0) & (labels < num_classes)),
        [
            f"All labels must be in [0, {num_classes - 1}]. Received a batch "
            "with others:",
            labels,
        ],
        summarize=-1,
    )


def _span(array):
    if not array.size or array.dtype.kind not in "biuf":
        return "none"
    return f"{array.min()}..{array.max()}"


def peek(x, y):
    """The first batch of a data set, or whole arrays, as (images, labels).

    Raises:
        ValueError: If there is no image, or the batches have weights.
    """
    if isinstance(x, tf.data.Dataset):
        batch = next(iter(x.take(1)), None)
        if batch is None:
            _raise_empty("a tf.data.Dataset without a batch")
        x, y = _without_weights(batch)
    elif isinstance(x, keras.utils.PyDataset):
        x, y = _without_weights(x[0])
    if not hasattr(x, "shape"):
        raise ValueError(
            "`x` must be an array of images, a tf.data.Dataset or a "
            f"keras.utils.PyDataset. Received: {type(x).__name__}. Load data "
            "with `kerasgan.datasets.load`."
        )
    if not len(x):
        _raise_empty(f"an array of shape {tuple(x.shape)}")
    return np.asarray(x), None if y is None else np.asarray(y)


def _without_weights(batch):
    x, y, weights = keras.utils.unpack_x_y_sample_weight(batch)
    if weights is not None:
        raise ValueError(
            "Batches must be of images or of pairs (images, labels). Received: "
            "batches with weights as a third element. Leave them out: all "
            "images count the same."
        )
    return x, y


def _raise_empty(received):
    raise ValueError(
        f"There must be at least one batch of images. Received: {received}. "
        "Check the split, and that the batch size is not above the number of "
        "images."
    )
