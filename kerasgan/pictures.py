"""What Pillow leaves to do in a picture of one's own."""

import numpy as np
from PIL import Image


def plain(image):
    """Returns a picture with 8 bits a channel, on white where transparent.

    Args:
        image: A `PIL.Image.Image`.
    """
    # Pillow would make white of all but the darkest of 16 bits.
    if image.mode.startswith("I"):
        values = np.clip(np.asarray(image) // 256, 0, 255)
        return Image.fromarray(values.astype("uint8"))
    # And show the colours that nobody has seen.
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image)
    return image
