"""Pictures: arrays of images in `[-1, 1]` in, one uint8 picture out."""

import math
import os
import pathlib

import numpy as np
from PIL import Image

from kerasgan.layers import pyramid

_GAP = 2


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
    """
    count, height, width, _ = images.shape
    columns = columns or int(np.ceil(np.sqrt(count)))
    rows = -(-count // columns)
    picture = np.full(
        (
            rows * (height + _GAP) + _GAP,
            columns * (width + _GAP) + _GAP,
            3,
        ),
        255,
        "uint8",
    )
    for i, image in enumerate(to_uint8(images)):
        top = _GAP + i // columns * (height + _GAP)
        left = _GAP + i % columns * (width + _GAP)
        picture[top : top + height, left : left + width] = image
    return picture


def pyramid_chain(images, filter="box"):
    """Shows how each image of a LAPGAN grew: a row a sample, coarse to fine.

    Between the low-pass image of one rung and the next stands the residual
    that was generated, at half contrast, grey where it is 0. All are drawn at
    the size of the finest.

    Args:
        images: As `LAPGAN.generate(..., return_pyramid=True)` returns: a list
            of `(n, height, width, channels)` in `[-1, 1]`, finest first.
        filter: Of the pyramid.

    Returns:
        uint8 `(new_height, new_width, 3)`.
    """
    size = images[0].shape[1:3]
    columns = [_enlarged(images[-1], size)]
    for low_pass, fine in zip(images[:0:-1], images[-2::-1], strict=True):
        coarse = pyramid.upsample(low_pass, fine.shape[1:3], filter)
        columns += [
            _enlarged((fine - np.asarray(coarse)) / 2, size),
            _enlarged(fine, size),
        ]
    rows = np.stack(columns, axis=1).reshape((-1, *columns[0].shape[1:]))
    return grid(rows, columns=len(columns))


def growth(images):
    """Shows how the images of a LAPGAN grow: a grid a rung, coarse to fine.

    Args:
        images: See `pyramid_chain`.

    Returns:
        A list of uint8 `(new_height, new_width, 3)`, all of the size of the
        finest, for `save_animation`.
    """
    size = images[0].shape[1:3]
    return [grid(_enlarged(rung, size)) for rung in reversed(images)]


def interpolate(start, end, fraction, distribution):
    """Latents between others, on the way that keeps their distribution.

    With N(0, 1), whose vectors lie close to a sphere, a quarter of a circle:

        cos(fraction * pi / 2) * start + sin(fraction * pi / 2) * end

    which is N(0, 1) again. Otherwise the straight line.

    Args:
        start: `(n, ...)`, latents at fraction 0.
        end: Of the same shape, at fraction 1.
        fraction: In `[0, 1]`.
        distribution: See `kerasgan.random.check_distribution`.

    Returns:
        Latents, of the shape and dtype of `start`.
    """
    weights = (1 - fraction, fraction)
    if distribution == "normal":
        angle = fraction * math.pi / 2
        weights = (math.cos(angle), math.sin(angle))
    return weights[0] * start + weights[1] * end


def _enlarged(images, size):
    # Nearest neighbour, so that the pixels of a coarse image can be seen.
    rows = np.arange(size[0]) * images.shape[1] // size[0]
    columns = np.arange(size[1]) * images.shape[2] // size[1]
    return images[:, rows][:, :, columns]


def save(picture, path, scale=None):
    """Writes a picture as PNG, whole or not at all.

    Args:
        picture: uint8 `(height, width, 3)`.
        path: Of the file; parents are made.
        scale: int, how many pixels of the file a pixel takes; where left out,
            such that the file is some 600 pixels wide.

    Returns:
        The path, a `pathlib.Path`.
    """
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    scale = scale or max(1, 640 // picture.shape[1])
    _scaled(picture, scale).save(partial, format="PNG")
    os.replace(partial, path)
    return path


def save_animation(pictures, path, scale=2, seconds=0.3, last_seconds=2.0):
    """Writes pictures of one size as an animated GIF.

    Equal pictures that follow each other become one frame of their time.

    Args:
        pictures: Sequence of uint8 `(height, width, 3)`.
        path: Of the file; parents are made.
        scale: int, how many pixels of the file a pixel takes.
        seconds: For which each picture is shown.
        last_seconds: For which the last one is.

    Returns:
        The path, a `pathlib.Path`.
    """
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    first, *others = (_scaled(picture, scale) for picture in pictures)
    durations = [int(1000 * seconds)] * len(others)
    durations.append(int(1000 * last_seconds))
    partial = path.with_name(f".{path.name}.partial")
    first.save(
        partial,
        format="GIF",
        save_all=True,
        append_images=others,
        duration=durations,
        loop=0,
    )
    os.replace(partial, path)
    return path


def _scaled(picture, scale):
    image = Image.fromarray(picture)
    size = (image.width * scale, image.height * scale)
    return image.resize(size, Image.Resampling.NEAREST)
