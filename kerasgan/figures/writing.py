"""Pictures as files, whole or not at all."""

import io
import pathlib

import numpy as np
from PIL import Image

from kerasgan import files

# For animations of files, of which a long training may have drawn many.
_MOST_FRAMES = 60


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
    scale = scale or max(1, 640 // picture.shape[1])
    content = io.BytesIO()
    _scaled(picture, scale).save(content, format="PNG")
    return _write(path, content)


def save_animation(pictures, path, scale=2, seconds=0.3, last_seconds=2.0):
    """Writes pictures of one size as an animated GIF, whole or not at all.

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
    first, *others = (_scaled(picture, scale) for picture in pictures)
    durations = [int(1000 * seconds)] * len(others)
    durations.append(int(1000 * last_seconds))
    content = io.BytesIO()
    first.save(
        content,
        format="GIF",
        save_all=True,
        append_images=others,
        duration=durations,
        loop=0,
    )
    return _write(path, content)


def animate_files(sources, path):
    """Writes an animation of picture files, such as a training's samples.

    Args:
        sources: Sequence of paths of pictures of one size. Of many, some sixty
            are shown, the last among them.
        path: Of the animation, see `save_animation`.

    Returns:
        The path, a `pathlib.Path`.
    """
    shown = sources[:: -(-len(sources) // _MOST_FRAMES)]
    if shown[-1] != sources[-1]:
        shown = [*shown, sources[-1]]
    pictures = []
    for source in shown:
        with Image.open(source) as image:
            pictures.append(np.asarray(image.convert("RGB")))
    return save_animation(pictures, path, scale=1)


def _write(path, content):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    files.replace_bytes(path, content.getvalue())
    return path


def _scaled(picture, scale):
    image = Image.fromarray(picture)
    size = (image.width * scale, image.height * scale)
    return image.resize(size, Image.Resampling.NEAREST)
