"""Pictures of tfds data sets, opened without decoding and then decoded once."""

import difflib
import importlib
import random
import re

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds


class TFDSSource:
    """One split of an image data set of TensorFlow Datasets.

    Args:
        name: `"name"` or `"name/config"`.
        split: A split in the tfds slicing syntax.
        image_size: `(height, width)`, or None for that of the pictures.
        data_dir: Folder of the prepared data sets; None for that of tfds.

    Raises:
        ValueError: If there is no such data set on this machine, it has no
            such split, or its examples are not pictures of uint8.
    """

    def __init__(self, name, split, image_size, data_dir):
        self.name = name
        self._split = split
        if re.split("[/:]", name)[0] == "shapes":
            prepare(name, data_dir)
        self._builder = find_builder(name, data_dir)
        if not self._builder.is_prepared():
            raise ValueError(_not_prepared(name, self._builder, data_dir))
        features = dict(self._builder.info.features)
        image = features.get("image")
        if not (
            isinstance(image, tfds.features.Image)
            and image.np_dtype == np.uint8
            and image.shape[-1] is not None
        ):
            raise ValueError(
                "A data set of images has a feature `image` of uint8. "
                f"Received: name='{name}', whose features are {features}. "
                "Choose another data set, or export its pictures to a folder "
                "and load that as 'folder:PATH'."
            )
        self.num_images = count(self._builder.info.splits, split, name)
        self.image_shape = (*(image_size or image.shape[:2]), image.shape[2])
        label = features.get("label")
        self.class_names = ()
        if isinstance(label, tfds.features.ClassLabel):
            self.class_names = tuple(label.names)

    def decode(self):
        """Returns uint8 images and int32 labels, None where there are none."""
        features = {"image": True}
        if self.class_names:
            features["label"] = True
        examples = self._builder.as_dataset(
            split=self._split,
            shuffle_files=False,
            decoders=tfds.decode.PartialDecoding(features),
            # One file after the other; a cache would hold the data twice.
            read_config=tfds.ReadConfig(
                interleave_cycle_length=1, try_autocache=False
            ),
        )
        examples = examples.map(self._fit, num_parallel_calls=tf.data.AUTOTUNE)

        images = np.empty((self.num_images, *self.image_shape), "uint8")
        labels = np.empty(self.num_images, "int32")
        start = 0
        for batch in examples.batch(500).as_numpy_iterator():
            stop = start + len(batch["image"])
            images[start:stop] = batch["image"]
            labels[start:stop] = batch.get("label", -1)
            start = stop
        return images, labels if self.class_names else None

    def _fit(self, example):
        height, width, _ = self.image_shape
        if example["image"].shape[:2] != (height, width):
            example["image"] = crop_and_resize(example["image"], height, width)
        return example


def crop_and_resize(image, height, width):
    """Cuts out the middle of an image and resizes it.

    The largest rectangle of the wanted aspect ratio is cut out, then resized
    with a triangle filter that is as wide as needed to prevent aliasing.

    Args:
        image: `(any height, any width, channels)` of uint8.
        height: Wanted height.
        width: Wanted width.

    Returns:
        An image `(height, width, channels)` of uint8.
    """
    old_height, old_width = tf.shape(image)[0], tf.shape(image)[1]
    crop_height = tf.minimum(old_height, old_width * height // width)
    crop_width = tf.minimum(old_width, old_height * width // height)
    crop_height, crop_width = (
        tf.maximum(crop_height, 1),
        tf.maximum(crop_width, 1),
    )
    top = (old_height - crop_height) // 2
    left = (old_width - crop_width) // 2
    image = image[top : top + crop_height, left : left + crop_width]
    image = tf.image.resize(image, (height, width), antialias=True)
    return tf.cast(tf.round(image), "uint8")


def find_builder(name, data_dir):
    """Returns the tfds builder of that name, whether it is prepared or not.

    Args:
        name: `"name"` or `"name/config"`.
        data_dir: Folder of the prepared data sets; None for that of tfds.

    Returns:
        A `tfds.core.DatasetBuilder`.

    Raises:
        ValueError: If there is no such data set.
    """
    base = re.split("[/:]", name)[0]
    if not re.fullmatch(r"[A-Za-z]\w*(/.+)?(:[\d*].*)?", name):
        raise _no_such_name(name, base)
    if base == "shapes":
        # Only to register the builder.
        importlib.import_module("kerasgan.datasets.shapes")
    try:
        configs = list(tfds.builder_cls(base).builder_configs)
        return tfds.builder(name, data_dir=data_dir)
    except tfds.core.registered.DatasetNotFoundError as error:
        raise _no_such_name(name, base) from error
    # tfds raises an AssertionError for a version that it does not have.
    except (AssertionError, ValueError) as error:
        hint = f"Choose one of its configurations, {configs}. " * bool(configs)
        raise ValueError(
            f"`name` must be a variant of '{base}'. Received: name='{name}'. "
            f"{hint}tfds says: {error}"
        ) from error


def _no_such_name(name, base):
    names = tfds.list_builders(with_community_datasets=False)
    close = difflib.get_close_matches(base, ["shapes", *names], n=1)
    hint = f"Did you mean '{close[0]}'? " if close else ""
    return ValueError(
        "`name` must be 'shapes', a data set of TensorFlow Datasets or "
        f"'folder:PATH'. Received: name='{name}'. {hint}The names are those of "
        "`tensorflow_datasets.list_builders(with_community_datasets=False)`."
    )


def prepare(name, data_dir):
    """Downloads a data set, or draws `shapes`, unless it is there already.

    Args:
        name: `"name"` or `"name/config"`.
        data_dir: Folder of the prepared data sets; None for that of tfds.
    """
    builder = find_builder(name, data_dir)
    if builder.is_prepared():
        return
    is_drawn = builder.name == "shapes"
    # tfds draws the names of folders from the state that Keras's initial
    # weights come from: a first run would differ from all later ones.
    state = random.getstate()
    try:
        builder.download_and_prepare(
            download_config=tfds.download.DownloadConfig(
                # Without a network, looking there takes minutes to fail.
                try_download_gcs=not is_drawn
            )
        )
    except Exception:
        # Another process may have been a moment quicker.
        if not find_builder(name, data_dir).is_prepared():
            raise
    finally:
        random.setstate(state)


def count(splits, split, name):
    """Returns the number of images of a split, after checking the split.

    Args:
        splits: A `tfds.core.SplitDict`.
        split: A split in the tfds slicing syntax.
        name: Name of the data set, for the error message.

    Returns:
        An integer, at least 1.

    Raises:
        ValueError: If there is no such split or it is empty.
    """
    try:
        num_images = splits[split].num_examples
    except (AttributeError, KeyError, ValueError) as error:
        raise ValueError(
            f"`split` must be a split of '{name}', {sorted(splits)}, or a "
            f"slice of one, such as 'train[:90%]'. Received: split={split!r}. "
            f"tfds says: {error}"
        ) from error
    if num_images < 1:
        raise ValueError(
            f"`split` must hold at least one image. Received: split={split!r} "
            f"of '{name}', which is empty. Choose a larger slice."
        )
    return num_images


def _not_prepared(name, builder, data_dir):
    place = f", data_dir='{data_dir}'" if data_dir else ""
    return (
        "The data set must be on this machine already. Received: "
        f"name='{name}', which is not in '{builder.data_dir}'. With a network, "
        'run `python -c "import tensorflow_datasets as tfds; '
        f"tfds.load('{name}'{place})\"`, or pass `download=True`; or pass the "
        "folder that holds it as `data_dir`."
    )
