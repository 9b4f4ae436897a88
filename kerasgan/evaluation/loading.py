"""Real images as arrays."""

import numpy as np

from kerasgan import datasets

# At a time: the conversion to floats needs memory three times.
_IMAGES = 2000


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
    info = datasets.info(name, **place)
    count = count or min(info.num_images, most or info.num_images)
    check_count(info, count)
    # A last batch that is not full would be left out.
    parts = next(
        n for n in range(-(-count // _IMAGES), count + 1) if count % n == 0
    )
    batches = datasets.load(
        name,
        batch_size=count // parts,
        labels=labels,
        shuffle=seed is not None,
        seed=seed or 0,
        # Of so many steps, the order depends on the seed alone.
        num_steps=parts,
        **place,
    )
    images = np.empty((count, *info.image_shape), "float32")
    found = np.empty(count, "int32") if labels else None
    for part, batch in enumerate(batches):
        rows = slice(part * count // parts, (part + 1) * count // parts)
        if labels:
            batch, found[rows] = batch
        images[rows] = batch
    return images, found
