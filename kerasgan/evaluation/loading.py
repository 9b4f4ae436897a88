"""Real images as arrays."""

import dataclasses

import numpy as np

from kerasgan import datasets

# At a time: the conversion to floats needs memory three times.
_IMAGES = 2000
_CROPS = 4


def info(name, **place):
    """Describes what `load` gives; see `kerasgan.datasets.info`.

    Args:
        name: See `load`.
        **place: See `load`.

    Returns:
        A `kerasgan.datasets.DatasetInfo`. With `corner_crops`, it counts the
        pictures, not their crops.

    Raises:
        ValueError: As for `kerasgan.datasets.info`.
    """
    found = datasets.info(name, **place)
    if not place.get("corner_crops"):
        return found
    return dataclasses.replace(found, num_images=found.num_images // _CROPS)


def check_count(info, count):
    """Raises a ValueError unless a data set has so many images.

    Args:
        info: A `kerasgan.datasets.DatasetInfo`.
        count: int.
    """
    if info.num_images < count:
        raise ValueError(
            "There must be as many images as are compared. Received: "
            f"{info.num_images} in '{info.name}', where {count} are asked for. "
            "Add more, or ask for fewer."
        )


def load(name, count=None, labels=False, seed=None, most=None, **place):
    """Loads images of a data set, part by part.

    With `corner_crops`, each picture gives one crop, as four crops of one
    picture are no independent images: picture i its corner `i % 4`.

    Args:
        name: See `kerasgan.datasets.load`.
        count: int, how many; all where left out.
        labels: bool, whether to load labels too.
        seed: int, of the order of the images; None for that of the files.
        most: int, the most that are loaded where `count` is left out.
        **place: `split`, `image_size`, `corner_crops`, `data_dir`, as for
            `kerasgan.datasets.load`.

    Returns:
        A tuple of float32 `(count, height, width, channels)` in `[-1, 1]` and
        int32 `(count,)`, or None without labels.

    Raises:
        ValueError: As for `kerasgan.datasets.load`, or if there are not as many
            images.
    """
    found = info(name, **place)
    count = count or min(found.num_images, most or found.num_images)
    check_count(found, count)
    if place.get("corner_crops") and seed is not None:
        # Of all pictures, as an order of crops has some pictures twice.
        images, classes = load(name, labels=labels, **place)
        order = np.random.default_rng(seed).permutation(len(images))[:count]
        return images[order], classes[order] if labels else None
    images = np.empty((count, *found.image_shape), "float32")
    classes = np.empty(count, "int32") if labels else None
    for rows, batch in _parts(name, count, labels, seed, place):
        if labels:
            batch, classes[rows] = batch
        images[rows] = batch
    return images, classes


def load_labels(name, count=None, **place):
    """Returns int32 `(count,)`, the labels of the images that `load` gives."""
    count = count or info(name, **place).num_images
    classes = np.empty(count, "int32")
    for rows, (_, batch) in _parts(name, count, True, None, place):
        classes[rows] = batch
    return classes


def _parts(name, count, labels, seed, place):
    """Yields slices of rows, and the images (and labels) of these rows."""
    # A last batch that is not full would be left out.
    parts = next(
        n for n in range(-(-count // _IMAGES), count + 1) if count % n == 0
    )
    size = count // parts
    crops = _CROPS if place.get("corner_crops") else 1
    batches = datasets.load(
        name,
        batch_size=crops * size,
        labels=labels,
        shuffle=seed is not None,
        seed=seed or 0,
        # Of so many steps, the order depends on the seed alone.
        num_steps=parts,
        **place,
    )
    for part, batch in enumerate(batches):
        rows = slice(part * size, (part + 1) * size)
        if crops > 1:
            pictures = np.arange(size)
            wanted = crops * pictures + (rows.start + pictures) % crops
            if labels:
                batch = [each.numpy()[wanted] for each in batch]
            else:
                batch = batch.numpy()[wanted]
        yield rows, batch
