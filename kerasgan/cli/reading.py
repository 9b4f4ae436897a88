"""A person's picture, read with Pillow."""

import numpy as np
from PIL import Image
from PIL import ImageOps

from kerasgan import pictures

# Refining takes 1.1 kB of memory a pixel of the picture with the light networks
# and 48 filters, 2.7 kB with the economical ones and 64: 2.8 GB for that many.
MAX_PIXELS = 2**20
# A matrix that doubles a side takes memory for its square: 32 MB, and 192 MB
# while it is made.
MAX_SIDE = 2048
# Others may start programs, as EPS does.
_FORMATS = ("BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")


def read_picture(path, channels):
    """Reads a picture, upright, on white where it is transparent.

    Args:
        path: Of the file.
        channels: int, 1 for grey, 3 for colour.

    Returns:
        float32 `(height, width, channels)` in `[-1, 1]`.

    Raises:
        ValueError: If it is no picture, or too large.
    """
    try:
        with Image.open(path, formats=_FORMATS) as image:
            _check_size(path, image)
            image = ImageOps.exif_transpose(image)
            image = pictures.plain(image)
            image = image.convert("L" if channels == 1 else "RGB")
    except (FileNotFoundError, PermissionError):
        raise
    except (
        Image.DecompressionBombError,
        OSError,
        SyntaxError,
    ) as error:
        raise ValueError(
            f"--image must be a picture. Received: '{path}', of which Pillow "
            f"says: {error}. Save it as PNG or JPEG."
        ) from error
    pixels = np.asarray(image, "float32")
    return pixels.reshape(image.height, image.width, channels) / 127.5 - 1


def _check_size(path, image):
    is_long = max(image.width, image.height) > MAX_SIDE
    if is_long or image.width * image.height > MAX_PIXELS:
        raise ValueError(
            f"--image may have {MAX_PIXELS:,} pixels, such as 1024x1024, as "
            "refining takes some 3 kB of memory for each, and no side above "
            f"{MAX_SIDE} pixels. Received: '{path}', "
            f"{image.width}x{image.height}. Make it smaller, or cut it into "
            "parts."
        )
