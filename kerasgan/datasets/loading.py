"""From the name of a data set to batches of images, in a reproducible order."""

import dataclasses
import functools
import math
import os

import tensorflow as tf

from kerasgan import errors
from kerasgan import random
from kerasgan.datasets import crops
from kerasgan.datasets import folder
from kerasgan.datasets import sources
from kerasgan.layers import pyramid

_MAX_BYTES = 8 * 2**30
_FOLDER = "folder:"


@dataclasses.dataclass(frozen=True)
class DatasetInfo:
    """What is known of a data set before its images are decoded.

    Args:
        name: The name that it was asked for by.
        num_images: Number of images in the split.
        image_shape: `(height, width, channels)`; the first two are None where
            the images differ in size and no `image_size` was given.
        class_names: A tuple of strings, the label being the index; empty if
            the images have no labels.
    """

    name: str
    num_images: int
    image_shape: tuple
    class_names: tuple


def info(
    name, split="train", data_dir=None, image_size=None, corner_crops=None
):
    """Describes a data set without decoding its images.

    Args:
        name: See `load`.
        split: See `load`.
        data_dir: See `load`.
        image_size: See `load`.
        corner_crops: See `load`.

    Returns:
        A `DatasetInfo`.

    Raises:
        ValueError: As for `load`.
    """
    place = _check_place(image_size, data_dir, corner_crops)
    source = _open(name, split, *place)
    return DatasetInfo(
        name, source.num_images, source.image_shape, source.class_names
    )


def load(
    name,
    split="train",
    batch_size=64,
    image_size=None,
    corner_crops=None,
    data_dir=None,
    seed=0,
    labels=False,
    shuffle=True,
    num_steps=None,
    start_step=0,
    download=False,
):
    """Returns batches of images of a data set.

    All images of the split are decoded once per process and kept in memory,
    as uint8. Decoding needs three times that memory for a moment, and a
    distribution strategy keeps a second copy. Later changes on disk are not
    seen.

    The images of a batch are a pure function of `seed` and the number of the
    step: each epoch is a permutation of its own of all images, cut into
    batches, and a last batch that would not be full is left out. So a run
    that was stopped before step 1,000 goes on with `start_step=1000` and sees
    what it would have seen.

    Without `num_steps`, the dataset is one pass over the images. Iterating
    over it again, as `fit` does in each epoch, gives another order. The
    sequence of orders is the same in every process; it depends on `seed` and
    on TensorFlow's global seed.

    Args:
        name: One of:
            - An image data set of TensorFlow Datasets, such as `"mnist"` or
              `"imagenet_resized/32x32"`.
            - `"shapes"`, or `"shapes/64x64"`: our own, drawn into `data_dir`
              when first used.
            - `"folder:PATH"`, a person's own pictures. See
              `kerasgan.datasets.folder.FolderSource`.
        split: A split or slice in the tfds syntax, such as `"train[:90%]"`.
        batch_size: Number of images in a batch, over all replicas.
        image_size: An integer or `(height, width)`. The largest centred
            rectangle of that aspect ratio is cut out and resized, without
            aliasing. None keeps the images, which must be of one size.
        corner_crops: An integer or `(height, width)`: after that, each image
            stands for its four corners of that size; None for the images.
        data_dir: Folder of the prepared data sets; None for that of tfds.
        seed: Of the order of the images; an integer in `[0, 2**31 - 1]`.
        labels: Whether to return labels too.
        shuffle: If False, each epoch is in the order of the files.
        num_steps: Number of batches, from `start_step` on and over as many
            epochs as that takes; None for one pass over the images.
        start_step: The step of the first batch. Needs `num_steps`.
        download: Whether to download a data set that is not there yet.

    Returns:
        A `tf.data.Dataset` of known length whose elements are `images`, or
        `(images, labels)`:
        - `images`: `(batch_size, height, width, channels)`, float32 in
          `[-1, 1]`.
        - `labels`: `(batch_size,)`, int32.

    Raises:
        ValueError: If an argument is out of its range, the data set is
            unknown or not on this machine, or it would take more than 8 GiB.

    Example:

    ```python
    images = kerasgan.datasets.load("shapes", batch_size=32)
    for batch in images:
        print(batch.shape)  # (32, 32, 32, 3)
    ```
    """
    place = _check_place(image_size, data_dir, corner_crops)
    seed = random.check_seed(seed)
    batch_size = errors.check_integer("batch_size", batch_size, 1)
    start_step = errors.check_integer("start_step", start_step, 0)
    if num_steps is not None:
        num_steps = errors.check_integer("num_steps", num_steps, 1)
    elif start_step:
        raise ValueError(
            "`start_step` must be 0 when `num_steps` is None, as one pass "
            f"always starts at its beginning. Received: {start_step=}. Pass "
            "`num_steps`, the number of steps that are left."
        )
    if download and not name.startswith(_FOLDER):
        sources.prepare(name, place[1])
    source = _open(name, split, *place)
    _check_source(source, split, batch_size, labels)

    steps_per_epoch = source.num_images // batch_size
    if num_steps is None:
        # A new random number stands for the epoch in each iteration.
        epochs = tf.data.Dataset.random(seed, rerandomize_each_iteration=True)
        steps = epochs.take(1).flat_map(
            lambda epoch: tf.data.Dataset.range(steps_per_epoch).map(
                lambda step: (epoch, step)
            )
        )
        steps = steps.apply(
            tf.data.experimental.assert_cardinality(steps_per_epoch)
        )
    else:
        steps = tf.data.Dataset.range(start_step, start_step + num_steps).map(
            lambda step: (step // steps_per_epoch, step % steps_per_epoch)
        )

    all_images, all_labels = _decode(name, split, *place)

    def batch(epoch, step):
        indices = step * batch_size + tf.range(batch_size, dtype="int64")
        if shuffle:
            indices = random.shuffled(indices, seed, epoch, source.num_images)
            indices = tf.ensure_shape(indices, [batch_size])
        # Cast after batching: six times faster than image by image.
        images = tf.cast(tf.gather(all_images, indices), "float32")
        images = images / 127.5 - 1.0
        return (images, tf.gather(all_labels, indices)) if labels else images

    batches = steps.map(batch, num_parallel_calls=tf.data.AUTOTUNE)
    options = tf.data.Options()
    # Rewriting this small graph gains nothing and copies the images.
    options.experimental_optimization.apply_default_optimizations = False
    # There are no files that several workers could share out.
    options.experimental_distribute.auto_shard_policy = (
        tf.data.experimental.AutoShardPolicy.DATA
    )
    return batches.with_options(options).prefetch(tf.data.AUTOTUNE)


@functools.cache
def _open(name, split, image_size, data_dir, corner_crops):
    if name.startswith(_FOLDER):
        path = name.removeprefix(_FOLDER)
        source = folder.FolderSource(path, split, image_size)
    else:
        source = sources.TFDSSource(name, split, image_size, data_dir)
    return crops.CornerCrops(source, corner_crops) if corner_crops else source


@functools.cache
def _decode(*place):
    images, labels = _open(*place).decode()
    # On a GPU, the images would fill its memory.
    with tf.device("CPU:0"):
        images = tf.convert_to_tensor(images)
        return images, None if labels is None else tf.convert_to_tensor(labels)


def _check_place(image_size, data_dir, corner_crops):
    """Returns all in the one form that they are remembered by."""
    if image_size is not None:
        image_size = pyramid.check_size("image_size", image_size)
    if corner_crops is not None:
        corner_crops = pyramid.check_size("corner_crops", corner_crops)
    if data_dir is not None:
        data_dir = os.path.expanduser(os.fspath(data_dir))
    return image_size, data_dir, corner_crops


def _check_source(source, split, batch_size, labels):
    """Refuses what `load` cannot do with this data set."""
    if None in source.image_shape:
        raise ValueError(
            "`image_size` is needed, as the images differ in size. Received: "
            f"name='{source.name}', image_size=None. Pass, for instance, "
            "`image_size=64`."
        )
    if batch_size > source.num_images:
        raise ValueError(
            "`batch_size` must be at most the number of images, "
            f"{source.num_images}. Received: batch_size={batch_size}, "
            f"name='{source.name}', split='{split}'. Pass a smaller batch "
            "size or a larger split."
        )
    if labels and not source.class_names:
        raise ValueError(
            "`labels=True` needs a data set with class labels. Received: "
            f"name='{source.name}', which has none. Pass `labels=False`, or "
            "put the pictures into one sub-folder for each class."
        )
    num_bytes = source.num_images * math.prod(source.image_shape)
    if num_bytes > _MAX_BYTES:
        raise ValueError(
            "The images, which are kept in memory, must take at most "
            f"{_MAX_BYTES / 2**30:.0f} GiB. Received: name='{source.name}', "
            f"split='{split}', which takes {num_bytes / 2**30:.1f} GiB at "
            f"{source.image_shape}. Pass a smaller `image_size`, or a slice "
            "as split='train[:50000]'."
        )
