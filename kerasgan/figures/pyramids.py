"""How images grow over a Laplacian pyramid."""

import numpy as np

from kerasgan.figures import grids


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
    # Here, as it needs TensorFlow, which other pictures do without.
    from kerasgan.layers import pyramid

    size = images[0].shape[1:3]
    columns = [_enlarged(images[-1], size)]
    for low_pass, fine in zip(images[:0:-1], images[-2::-1], strict=True):
        coarse = pyramid.upsample(low_pass, fine.shape[1:3], filter)
        columns += [
            _enlarged((fine - np.asarray(coarse)) / 2, size),
            _enlarged(fine, size),
        ]
    return grids.strips(columns)


def growth(images):
    """Shows how the images of a LAPGAN grow: a grid a rung, coarse to fine.

    Args:
        images: See `pyramid_chain`.

    Returns:
        A list of uint8 `(new_height, new_width, 3)`, all of the size of the
        finest, for `save_animation`.
    """
    size = images[0].shape[1:3]
    return [grids.grid(_enlarged(rung, size)) for rung in reversed(images)]


def _enlarged(images, size):
    # Nearest neighbour, so that the pixels of a coarse image can be seen.
    rows = np.arange(size[0]) * images.shape[1] // size[0]
    columns = np.arange(size[1]) * images.shape[2] // size[1]
    return images[:, rows][:, :, columns]
