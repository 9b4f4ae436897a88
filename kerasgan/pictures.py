"""What Pillow leaves to do in a picture of one's own."""

import numpy as np
from PIL import Image


def of_8_bits(image):
    """Returns a picture of 16 bits a pixel as one of 8; others as they are.

    Args:
        image: A `PIL.Image.Image`.
    """
    # Pillow would make white of all but the darkest of 16 bits.
    if image.mode.startswith("I"):
        values = np.clip(np.asarray(image) // 256, 0, 255)
        return Image.fromarray(values.astype("uint8"))
    return image
