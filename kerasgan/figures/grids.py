"""Images in rows: of samples, by class, beside their neighbours."""

import numpy as np
from PIL import Image
from PIL import ImageDraw
from PIL import ImageFont

_GAP = 2
_WHITE = 255
# Where there is text, images are enlarged to about so many pixels.
_SHOWN_HEIGHT = 64
_TEXT = 14
_CAPTION = _TEXT + 4


def to_uint8(images):
    """Images in `[-1, 1]` as uint8 in `[0, 255]`, of the same shape."""
    return np.round((np.clip(images, -1, 1) + 1) * 127.5).astype("uint8")


def grid(images, columns=None):
    """Lays images out in rows.

    Args:
        images: `(n, height, width, 1 or 3)` in `[-1, 1]`.
        columns: int; the next above the square root of n where left out.

    Returns:
        uint8 `(new_height, new_width, 3)`, white between the images.

    Raises:
        ValueError: If there is no image.
    """
    if not len(images):
        raise ValueError(
            "A grid needs at least one image. Received: images of shape "
            f"{images.shape}. Give some."
        )
    count, height, width, _ = images.shape
    columns = columns or int(np.ceil(np.sqrt(count)))
    rows = -(-count // columns)
    picture = _blank(
        rows * (height + _GAP) + _GAP, columns * (width + _GAP) + _GAP
    )
    for i, image in enumerate(to_uint8(images)):
        row, column = divmod(i, columns)
        _put(
            picture,
            image,
            _GAP + row * (height + _GAP),
            _GAP + column * (width + _GAP),
        )
    return picture


def strips(frames):
    """Shows how images change: a row an image, a column a frame.

    Args:
        frames: Sequence of `(n, height, width, 1 or 3)` in `[-1, 1]`, such as
            images of latents between others, see `interpolate`.

    Returns:
        uint8 `(new_height, new_width, 3)`, of n rows.
    """
    rows = np.stack(frames, axis=1)
    return grid(rows.reshape((-1, *rows.shape[2:])), columns=len(frames))


def class_grid(images, labels, names=None, columns=10):
    """Lays images out by class, a row a class, its name at the left.

    The images are drawn about 64 pixels high, so that the names can be read.

    Args:
        images: `(n, height, width, 1 or 3)` in `[-1, 1]`.
        labels: int `(n,)`. A class of which there is no image has no row.
        names: Sequence of strings, the label being the index; the labels
            themselves where left out.
        columns: int, the most images that a row has: the first of its class.

    Returns:
        uint8 `(new_height, new_width, 3)`.

    Raises:
        ValueError: If there are labels without an image or a name.
    """
    labels = np.asarray(labels)
    _check_labels(images, labels, names)
    shown = np.unique(labels)
    names = [str(label if names is None else names[label]) for label in shown]
    height = images.shape[1]
    columns = min(columns, max(np.sum(labels == label) for label in shown))
    ordered = np.ones((len(shown), columns, *images.shape[1:]), "float32")
    for row, label in zip(ordered, shown, strict=True):
        of_class = images[labels == label][:columns]
        row[: len(of_class)] = of_class
    scale = _scale(height)
    pixels = _repeated(
        grid(ordered.reshape((-1, *images.shape[1:])), columns), scale
    )
    left = _TEXT + int(max(_font().getlength(name) for name in names))
    picture = _blank(pixels.shape[0], left + pixels.shape[1])
    picture[:, left:] = pixels
    pitch = (height + _GAP) * scale
    middles = _GAP * scale + height * scale // 2 + pitch * np.arange(len(names))
    return _with_texts(
        picture,
        [
            (name, (left - _TEXT // 2, int(middle)), "rm")
            for name, middle in zip(names, middles, strict=True)
        ],
    )


def neighbours(images, nearest, distances=None, columns=1):
    """Shows images beside what is nearest to them, such as training images.

    Each row has an image, a gap and then its neighbours, nearest first, drawn
    about 64 pixels high. As in Figure 2 of
    [Goodfellow et al., 2014](https://arxiv.org/abs/1406.2661), it lets one see
    whether a model has memorised its training images.

    Args:
        images: `(n, height, width, 1 or 3)` in `[-1, 1]`.
        nearest: `(n, k, height, width, 1 or 3)`.
        distances: `(n, k)`, written below the neighbours where given.
        columns: int, how many images stand side by side, each with its own.

    Returns:
        uint8 `(new_height, new_width, 3)`.

    Raises:
        ValueError: If there are not as many neighbours for each image.
    """
    count, height, width, _ = images.shape
    _check_nearest(images, nearest, distances)
    scale = _scale(height)
    height, width = height * scale, width * scale
    row_height = height + _GAP + (0 if distances is None else _CAPTION)
    # The gap after an image, and that before the next image of the row.
    gap, wide_gap = width // 4, width
    group_width = width + gap + nearest.shape[1] * (width + _GAP) + wide_gap
    picture = _blank(
        _GAP + -(-count // columns) * row_height,
        _GAP + columns * group_width - wide_gap,
    )
    texts = []
    for i in range(count):
        row, column = divmod(i, columns)
        top, left = _GAP + row * row_height, _GAP + column * group_width
        _put(picture, _repeated(to_uint8(images[i]), scale), top, left)
        for j, neighbour in enumerate(to_uint8(nearest[i])):
            beside = left + width + gap + j * (width + _GAP)
            _put(picture, _repeated(neighbour, scale), top, beside)
            if distances is not None:
                middle = (beside + width // 2, top + height + _CAPTION // 2)
                texts.append((f"{distances[i][j]:.3g}", middle, "mm"))
    return _with_texts(picture, texts)


def _blank(height, width):
    return np.full((height, width, 3), _WHITE, "uint8")


def _put(picture, pixels, top, left):
    height, width, _ = pixels.shape
    picture[top : top + height, left : left + width] = pixels


def _scale(height):
    return max(1, round(_SHOWN_HEIGHT / height))


def _repeated(pixels, scale):
    return pixels.repeat(scale, axis=0).repeat(scale, axis=1)


def _font():
    return ImageFont.load_default(_TEXT)


def _with_texts(picture, texts):
    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image)
    for text, position, anchor in texts:
        draw.text(position, text, "black", _font(), anchor)
    return np.asarray(image)


def _check_labels(images, labels, names):
    if labels.shape != (len(images),):
        raise ValueError(
            "`labels` must have one entry an image. Received: shape "
            f"{labels.shape} for {len(images)} images. Give one label an image."
        )
    if names is not None and not 0 <= labels.min() <= labels.max() < len(names):
        raise ValueError(
            "`names` must have one entry a class. Received: "
            f"{len(names)} names for labels from {labels.min()} to "
            f"{labels.max()}. Give the names of all classes, or none."
        )


def _check_nearest(images, nearest, distances):
    shapes = [nearest.shape[:1], nearest.shape[2:4]]
    wanted = [images.shape[:1], images.shape[1:3]]
    if distances is not None:
        shapes.append(np.shape(distances))
        wanted.append(nearest.shape[:2])
    if shapes != wanted:
        raise ValueError(
            "`nearest` must hold k images for each image, of its size, and "
            "`distances` one number for each of them. Received: images of "
            f"shape {images.shape}, nearest of {nearest.shape}, distances of "
            f"{None if distances is None else np.shape(distances)}. Give "
            "`nearest` as (n, k, height, width, channels)."
        )
