"""The Laplacian pyramid, exact for any sizes.

Every filter is linear and separable, so one step along one axis is a small
constant matrix. That holds for any pair of sizes, odd and fractional ones too,
and is a plain matrix product on any device and under XLA. The layers compute in
float32 in any precision, as rounded residuals would not be exact; the functions
keep the dtype of their images.
"""

import functools
import itertools

import keras
import numpy as np
from keras import ops

from kerasgan import errors

FILTERS = ("box", "binomial")
# Of a side, before or after. The matrix of two such sides takes 64 MB, and six
# times as much while it is made.
_MAX_SIZE = 4096
# Of a matrix that is kept for the next call: 4 MB.
_MAX_KEPT_ENTRIES = 2**20


def _box_down(fine, coarse):
    # Entry (i, j) is the share of cell i, `fine / coarse` pixels wide, that
    # pixel j covers.
    edges = np.arange(coarse + 1) * fine / coarse
    pixels = np.arange(fine)
    covered = np.minimum(edges[1:, None], pixels + 1) - np.maximum(
        edges[:-1, None], pixels
    )
    return np.maximum(covered, 0) * coarse / fine


def _align_corners_up(coarse, fine):
    positions = np.linspace(0, coarse - 1, fine) if coarse > 1 else [0] * fine
    distances = np.abs(np.reshape(positions, (-1, 1)) - np.arange(coarse))
    return np.maximum(1 - distances, 0)


def _binomial(rows, centre, count):
    # Row i holds the 5-tap kernel (1 4 6 4 1), linear between its taps, at the
    # places `rows[i]` (in taps from the kernel's middle) of `count` pixels.
    # Pixels beyond the border are the mirrored ones, the edge not repeated.
    taps = np.array([0, 1, 4, 6, 4, 1, 0]) / 16
    matrix = np.zeros((len(centre), count))
    period = max(2 * (count - 1), 1)
    for i, places in enumerate(rows):
        offsets = np.arange(len(places)) + centre[i]
        mirrored = np.abs((offsets + count - 1) % period - (count - 1))
        weights = np.interp(places, np.arange(-3, 4), taps)
        np.add.at(matrix[i], mirrored, weights)
    return matrix / matrix.sum(axis=1, keepdims=True)


def _binomial_down(fine, coarse):
    step = fine / coarse
    positions = np.arange(coarse) * step
    reach = int(np.ceil(1.5 * step))
    first = np.floor(positions).astype(int) - reach
    pixels = first[:, None] + np.arange(2 * reach + 2)
    return _binomial((pixels - positions[:, None]) * 2 / step, first, fine)


def _binomial_up(coarse, fine):
    step = fine / coarse
    positions = np.arange(fine) / step
    first = np.floor(positions).astype(int) - 2
    pixels = first[:, None] + np.arange(6)
    return _binomial((pixels - positions[:, None]) * 2, first, coarse)


_DOWN = {"box": _box_down, "binomial": _binomial_down}
_UP = {"box": _align_corners_up, "binomial": _binomial_up}


def _matrix(make, old_size, new_size):
    if max(old_size, new_size) > _MAX_SIZE:
        raise ValueError(
            f"Images are resized up to {_MAX_SIZE} pixels a side, as that "
            "takes memory for the product of the old and the new size. "
            f"Received: {old_size} to {new_size} pixels. Take smaller images, "
            "or cut them into parts."
        )
    if old_size * new_size > _MAX_KEPT_ENTRIES:
        return _new_matrix(make, old_size, new_size)
    return _kept_matrix(make, old_size, new_size)


def _new_matrix(make, old_size, new_size):
    return make(old_size, new_size).astype("float32")


_kept_matrix = functools.lru_cache(maxsize=64)(_new_matrix)


def _known_size(images):
    dtype = keras.backend.standardize_dtype(images.dtype)
    if "float" not in dtype:
        raise ValueError(
            f"`images` must be floats. Received: dtype {dtype}. Convert them: "
            "8-bit images by `images / 127.5 - 1`."
        )
    if len(images.shape) != 4:
        raise ValueError(
            "`images` must be (batch, height, width, channels). Received: "
            f"images.shape={tuple(images.shape)}. Put one image into a batch "
            "by `images[None]`."
        )
    _, height, width, _ = images.shape
    if height is None or width is None:
        raise ValueError(
            "The height and width of `images` must be known. Received: "
            f"images.shape={tuple(images.shape)}. Give the input a fixed size."
        )
    return height, width


def _resize(images, size, make):
    rows = _matrix(make, images.shape[1], size[0])
    columns = _matrix(make, images.shape[2], size[1])
    dtype = keras.backend.standardize_dtype(images.dtype)
    rows, columns = ops.cast(rows, dtype), ops.cast(columns, dtype)
    images = ops.einsum("ph,bhwc->bpwc", rows, images)
    return ops.einsum("qw,bpwc->bpqc", columns, images)


def check_size(argument, size):
    """Returns `size`, an int or a pair (height, width), as a pair.

    Raises:
        ValueError: If it is neither, or under 1.
    """
    pair = (size, size) if np.ndim(size) == 0 else tuple(size)
    if len(pair) != 2:
        raise ValueError(
            f"`{argument}` must be an integer or a pair (height, width). "
            f"Received: {argument}={size!r}. Give, for example, 32."
        )
    return tuple(errors.check_integer(argument, n, minimum=1) for n in pair)


def downsample(images, size, filter="box"):
    """Makes images smaller: the `d` of the Laplacian pyramid.

    Args:
        images: `(batch, height, width, channels)`; height and width are known.
        size: int or (height, width) of the result, at most that of `images`.
        filter: `"box"` averages the area under each new pixel, fractions of
            pixels included (for a half size the 2x2 mean), as Torch's
            `image.scale` does. `"binomial"` is the 5-tap kernel of Burt and
            Adelson at every second pixel, stretched where the ratio is not 2.

    Returns:
        `(batch, *size, channels)`, of the dtype of `images`, no value outside
        their range.

    Raises:
        ValueError: If `size` is larger than the images, `filter` unknown, or
            the images no floats of known size.
    """
    size = check_size("size", size)
    make = _DOWN[errors.check_choice("filter", filter, FILTERS)]
    height, width = _known_size(images)
    if size[0] > height or size[1] > width:
        raise ValueError(
            "`size` must be at most the size of the images. Received: "
            f"size={size}, images.shape={tuple(images.shape)}. Use `upsample` "
            "to enlarge."
        )
    return _resize(images, size, make)


def upsample(images, size, filter="box"):
    """Makes images larger: the `u` of the Laplacian pyramid.

    Args:
        images: `(batch, height, width, channels)`; height and width are known.
        size: int or (height, width) of the result, at least that of `images`.
        filter: `"box"` is bilinear with the corners aligned, as Torch's
            `image.scale` enlarges. `"binomial"` is the expansion of Burt and
            Adelson.

    Returns:
        `(batch, *size, channels)`, of the dtype of `images`, no value outside
        their range.

    Raises:
        ValueError: If `size` is smaller than the images, `filter` unknown, or
            the images no floats of known size.
    """
    size = check_size("size", size)
    make = _UP[errors.check_choice("filter", filter, FILTERS)]
    height, width = _known_size(images)
    if size[0] < height or size[1] < width:
        raise ValueError(
            "`size` must be at least the size of the images. Received: "
            f"size={size}, images.shape={tuple(images.shape)}. Use "
            "`downsample` to shrink."
        )
    return _resize(images, size, make)


class _Float32Layer(keras.layers.Layer):
    # Whatever the policy, or the dtype of a saved configuration.
    def __init__(self, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})


@keras.saving.register_keras_serializable(package="kerasgan")
class LaplacianSplit(_Float32Layer):
    """Splits images into a low-pass image and a residual (band-pass) image.

    One step down a Laplacian pyramid. The residual is what the low-pass image
    has lost, so splitting loses nothing, whatever the filter:

        low_pass = downsample(image)
        residual = image - upsample(low_pass)

    References:
    - [Burt & Adelson, 1983](https://doi.org/10.1109/TCOM.1983.1095851).
    - [Denton et al., 2015](https://arxiv.org/abs/1506.05751), equation 1.

    Args:
        size: int or (height, width) of the low-pass image.
        filter: `"box"` or `"binomial"`, see `downsample` and `upsample`.
        **kwargs: Base layer keyword arguments; `dtype` is float32 always.

    Call arguments:
        images: `(batch, height, width, channels)`, in `[-1, 1]`.

    Returns:
        A tuple `(low_pass, residual)`:
        - `low_pass`: `(batch, *size, channels)`, in `[-1, 1]`.
        - `residual`: of the shape of `images`, in `[-2, 2]`.

    Raises:
        ValueError: If `size` is larger than the images, or `filter` unknown.
    """

    def __init__(self, size, filter="box", **kwargs):
        super().__init__(**kwargs)
        self.size = check_size("size", size)
        self.filter = errors.check_choice("filter", filter, FILTERS)

    def call(self, images):
        low_pass = downsample(images, self.size, self.filter)
        coarse = upsample(low_pass, images.shape[1:3], self.filter)
        return low_pass, images - coarse

    def get_config(self):
        config = {"size": self.size, "filter": self.filter}
        return {**super().get_config(), **config}


@keras.saving.register_keras_serializable(package="kerasgan")
class LaplacianMerge(_Float32Layer):
    """Puts a low-pass image and a residual image back: undoes `LaplacianSplit`.

        image = upsample(low_pass) + residual

    Reference: [Denton et al., 2015](https://arxiv.org/abs/1506.05751),
    equation 2.

    Args:
        filter: The filter of the split.
        **kwargs: Base layer keyword arguments; `dtype` is float32 always.

    Call arguments:
        inputs: A tuple `(low_pass, residual)`, as `LaplacianSplit` returns.

    Returns:
        Images of the shape of `residual`.
    """

    def __init__(self, filter="box", **kwargs):
        super().__init__(**kwargs)
        self.filter = errors.check_choice("filter", filter, FILTERS)

    def call(self, inputs):
        low_pass, residual = inputs
        return upsample(low_pass, residual.shape[1:3], self.filter) + residual

    def get_config(self):
        return {**super().get_config(), "filter": self.filter}


@keras.saving.register_keras_serializable(package="kerasgan")
class LaplacianPyramid(_Float32Layer):
    """Takes images apart into a whole pyramid: `LaplacianSplit` repeated.

    With `sizes=(16, 8)`, images of 32x32 become residuals of 32x32 and 16x16
    and a low-pass image of 8x8.

    Reference: [Denton et al., 2015](https://arxiv.org/abs/1506.05751),
    equation 1.

    Args:
        sizes: Of the low-pass images, from fine to coarse: ints or pairs
            (height, width).
        filter: `"box"` or `"binomial"`.
        **kwargs: Base layer keyword arguments; `dtype` is float32 always.

    Call arguments:
        images: `(batch, height, width, channels)`.

    Returns:
        A list, finest first: the residual of each level, then the last
        low-pass image.

    Raises:
        ValueError: If there are no sizes, or they do not decrease.
    """

    def __init__(self, sizes, filter="box", **kwargs):
        super().__init__(**kwargs)
        self.sizes = check_sizes("sizes", sizes)
        self.filter = errors.check_choice("filter", filter, FILTERS)
        self.splits = [LaplacianSplit(size, filter) for size in self.sizes]

    def call(self, images):
        residuals = []
        for split in self.splits:
            images, residual = split(images)
            residuals.append(residual)
        return [*residuals, images]

    def get_config(self):
        config = {"sizes": self.sizes, "filter": self.filter}
        return {**super().get_config(), **config}


@keras.saving.register_keras_serializable(package="kerasgan")
class LaplacianReconstruction(_Float32Layer):
    """Puts a pyramid together again: undoes `LaplacianPyramid`.

    Reference: [Denton et al., 2015](https://arxiv.org/abs/1506.05751),
    equation 2.

    Args:
        filter: The filter of the pyramid.
        **kwargs: Base layer keyword arguments; `dtype` is float32 always.

    Call arguments:
        pyramid: A list, as `LaplacianPyramid` returns.

    Returns:
        Images of the shape of `pyramid[0]`.
    """

    def __init__(self, filter="box", **kwargs):
        super().__init__(**kwargs)
        self.filter = errors.check_choice("filter", filter, FILTERS)
        self.merge = LaplacianMerge(filter)

    def call(self, pyramid):
        *residuals, images = pyramid
        for residual in reversed(residuals):
            images = self.merge((images, residual))
        return images

    def get_config(self):
        return {**super().get_config(), "filter": self.filter}


def check_sizes(argument, sizes):
    """Returns pyramid sizes as pairs (height, width).

    Raises:
        ValueError: If there are none, or one is not smaller than the one
            before.
    """
    if not hasattr(sizes, "__iter__"):
        raise ValueError(
            f"`{argument}` must hold sizes from fine to coarse. Received: "
            f"{argument}={sizes!r}. Give, for example, (32, 16)."
        )
    pairs = tuple(check_size(argument, size) for size in sizes)
    falling = all(
        after[0] < before[0] and after[1] < before[1]
        for before, after in itertools.pairwise(pairs)
    )
    if not pairs or not falling:
        raise ValueError(
            f"`{argument}` must hold sizes from fine to coarse, each smaller "
            f"than the one before. Received: {argument}={tuple(sizes)}. Give, "
            "for example, (32, 16, 8)."
        )
    return pairs
