import json
import tracemalloc

import hypothesis
import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import strategies as st
from PIL import Image

from kerasgan import layers

_FILTERS = ("box", "binomial")
_TAPS = np.array([1, 4, 6, 4, 1]) / 16


def random_images(shape, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(-1, 1, shape).astype("float32")


def along_both_axes(function, images):
    """Applies a function of one row of pixels to the rows and the columns."""
    images = np.apply_along_axis(function, 1, np.float64(images))
    return np.apply_along_axis(function, 2, images)


def box_average(row, size):
    # `size` equal parts of each pixel are the finest grid that both pixels and
    # cells fit, so that every part lies in one cell as a whole.
    return np.repeat(row, size).reshape(size, len(row)).mean(axis=1)


def align_corners(row, size):
    places = np.arange(size) * (len(row) - 1) / max(size - 1, 1)
    return np.interp(places, np.arange(len(row)), row)


def burt_adelson_reduce(row):
    padded = np.pad(row, 2, mode="reflect")
    return np.convolve(padded, _TAPS, mode="valid")[::2]


def burt_adelson_expand(row):
    # Zeros between the pixels, and the kernel twice as heavy to make up for
    # them. The pixel beyond each end is the mirrored one, the edge not
    # repeated.
    padded = np.pad(row, 1, mode="reflect")
    spread = np.zeros(2 * len(padded))
    spread[::2] = padded
    return np.convolve(spread, 2 * _TAPS, mode="same")[2:-2]


@st.composite
def splits(draw):
    """An image shape, a size at most as large, and a filter."""
    size = draw(st.integers(1, 40)), draw(st.integers(1, 40))
    shape = tuple(draw(st.integers(side, 40)) for side in size)
    channels = draw(st.sampled_from((1, 3)))
    return (2, *shape, channels), size, draw(st.sampled_from(_FILTERS))


# Examples come in the same order each time, and no folder of them is kept.
_settings = hypothesis.settings(
    max_examples=30, deadline=None, derandomize=True, database=None
)


@_settings
@hypothesis.given(splits())
def test_one_step_loses_nothing(split):
    shape, size, filter = split
    images = random_images(shape)
    low_pass, residual = layers.LaplacianSplit(size, filter)(images)
    assert low_pass.shape == (2, *size, shape[-1])
    assert residual.shape == shape
    merged = layers.LaplacianMerge(filter)((low_pass, residual))
    # Values are under 2, where float32 rounds by at most 1.2e-7 a sum.
    np.testing.assert_allclose(merged, images, rtol=0, atol=1e-6)


def falling(length):
    sides = st.lists(
        st.integers(1, 50), min_size=length, max_size=length, unique=True
    )
    return sides.map(lambda values: sorted(values, reverse=True))


@_settings
@hypothesis.given(falling(4), falling(4), st.sampled_from(_FILTERS))
def test_whole_pyramid_loses_nothing(heights, widths, filter):
    first, *sizes = zip(heights, widths, strict=True)
    images = random_images((2, *first, 3))
    pyramid = layers.LaplacianPyramid(sizes, filter)(images)
    # A residual of each size but the last, which is the low-pass image's.
    assert [level.shape[1:3] for level in pyramid] == [first, *sizes]
    restored = layers.LaplacianReconstruction(filter)(pyramid)
    np.testing.assert_allclose(restored, images, rtol=0, atol=1e-6)


@pytest.mark.parametrize("filter", _FILTERS)
def test_pyramid_of_the_paper(filter):
    # The MNIST pyramid of Denton et al., 28 to 14 to 8: no power of two.
    images = random_images((3, 28, 28, 1))
    finest, middle, low_pass = layers.LaplacianPyramid((14, 8), filter)(images)
    assert finest.shape == (3, 28, 28, 1)
    assert middle.shape == (3, 14, 14, 1)
    assert low_pass.shape == (3, 8, 8, 1)

    halved = layers.downsample(images, 14, filter)
    np.testing.assert_array_equal(
        low_pass, layers.downsample(halved, 8, filter)
    )
    np.testing.assert_array_equal(
        finest, images - layers.upsample(halved, 28, filter)
    )
    np.testing.assert_array_equal(
        middle, halved - layers.upsample(low_pass, 14, filter)
    )
    restored = layers.LaplacianReconstruction(filter)(
        [finest, middle, low_pass]
    )
    np.testing.assert_allclose(restored, images, rtol=0, atol=1e-6)


@pytest.mark.parametrize("filter", _FILTERS)
def test_the_pyramid_is_exact_in_mixed_precision(filter):
    images = random_images((2, 28, 28, 3))
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        pyramid = layers.LaplacianPyramid((14, 8), filter)
        reconstruction = layers.LaplacianReconstruction(filter)
        split = layers.LaplacianSplit(14, filter)
        merge = layers.LaplacianMerge(filter)
        for restored in (reconstruction(pyramid(images)), merge(split(images))):
            np.testing.assert_allclose(restored, images, rtol=0, atol=1e-6)
    finally:
        keras.config.set_dtype_policy("float32")


@pytest.mark.parametrize("kind", ["LaplacianPyramid", "LaplacianSplit"])
def test_a_saved_dtype_loads_and_is_float32(kind):
    layer = getattr(layers, kind)
    arguments = (8,) if kind == "LaplacianSplit" else ((14, 8),)
    config = keras.saving.serialize_keras_object(layer(*arguments))
    for policy in ("mixed_bfloat16", keras.DTypePolicy("mixed_bfloat16")):
        config["config"]["dtype"] = keras.saving.serialize_keras_object(policy)
        loaded = keras.saving.deserialize_keras_object(config)
        assert loaded.dtype_policy.name == "float32"


@pytest.mark.parametrize("filter", _FILTERS)
def test_resizing_keeps_bfloat16_and_loses_no_more_than_rounding(filter):
    images = tf.cast(random_images((2, 28, 28, 3)), "bfloat16")
    low_pass = layers.downsample(images, 8, filter)
    assert low_pass.dtype == tf.bfloat16
    assert layers.upsample(low_pass, 28, filter).dtype == tf.bfloat16
    # Inputs, weights and two sums, of values under 1, rounded by 1/512 each.
    exact = layers.downsample(np.float32(images), 8, filter)
    np.testing.assert_allclose(np.float32(low_pass), exact, atol=4 / 512)


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("filter", _FILTERS)
def test_graph_with_unknown_batch_size_equals_eager(filter, jit_compile):
    pyramid = layers.LaplacianPyramid(((14, 9), (8, 5)), filter)
    reconstruction = layers.LaplacianReconstruction(filter)
    signature = [tf.TensorSpec((None, 28, 17, 3))]

    @tf.function(input_signature=signature, jit_compile=jit_compile)
    def there_and_back(images):
        levels = pyramid(images)
        return levels, reconstruction(levels)

    for batch_size in (1, 3):
        images = random_images((batch_size, 28, 17, 3), seed=batch_size)
        levels, restored = there_and_back(images)
        # XLA may sum in another order.
        for level, eager in zip(levels, pyramid(images), strict=True):
            np.testing.assert_allclose(level, eager, rtol=0, atol=1e-6)
        np.testing.assert_allclose(restored, images, rtol=0, atol=1e-6)


@pytest.mark.parametrize("factors", [(2, 2), (4, 4), (3, 5), (1, 7)])
def test_box_downsample_is_that_of_pillow(factors):
    size = (6, 4)
    image = random_images((size[0] * factors[0], size[1] * factors[1]))
    expected = Image.fromarray(image).reduce((factors[1], factors[0]))
    reduced = layers.downsample(image[None, ..., None], size)
    # Values under 1, summed in another order.
    np.testing.assert_allclose(
        reduced[0, ..., 0], np.asarray(expected), rtol=0, atol=1e-6
    )


@_settings
@hypothesis.given(splits())
def test_box_downsample_averages_fractions_of_pixels(split):
    shape, size, _ = split
    images = random_images(shape)
    expected = np.apply_along_axis(box_average, 1, images, size[0])
    expected = np.apply_along_axis(box_average, 2, expected, size[1])
    reduced = layers.downsample(images, size)
    np.testing.assert_allclose(reduced, expected, rtol=0, atol=1e-6)


def test_box_downsample_by_hand():
    # From 3 to 2 pixels each new one covers one and a half of the old.
    row = np.float32([3, 6, 9]).reshape(1, 1, 3, 1)
    reduced = layers.downsample(row, (1, 2))
    # (3 + 6 / 2) / 1.5 and (6 / 2 + 9) / 1.5.
    np.testing.assert_allclose(reduced[0, 0, :, 0], [4, 8], rtol=1e-6)


@_settings
@hypothesis.given(splits())
def test_box_upsample_is_bilinear_with_aligned_corners(split):
    (_, *size, channels), shape, _ = split
    images = random_images((2, *shape, channels))
    expected = np.apply_along_axis(align_corners, 1, images, size[0])
    expected = np.apply_along_axis(align_corners, 2, expected, size[1])
    enlarged = layers.upsample(images, size)
    np.testing.assert_allclose(enlarged, expected, rtol=0, atol=1e-6)


def test_box_upsample_keeps_the_corners():
    image = np.float32([[0, 1], [2, 5]]).reshape(1, 2, 2, 1)
    enlarged = np.asarray(layers.upsample(image, 3))[0, ..., 0]
    expected = [[0, 0.5, 1], [1, 2, 3], [2, 3.5, 5]]
    np.testing.assert_allclose(enlarged, expected, rtol=1e-6)


@pytest.mark.parametrize("shape", [(8, 8), (4, 6), (32, 10)])
def test_binomial_halving_is_the_reduction_of_burt_and_adelson(shape):
    images = random_images((2, *shape, 3))
    expected = along_both_axes(burt_adelson_reduce, images)
    size = shape[0] // 2, shape[1] // 2
    reduced = layers.downsample(images, size, "binomial")
    np.testing.assert_allclose(reduced, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("shape", [(4, 4), (3, 5), (16, 2)])
def test_binomial_doubling_is_the_expansion_of_burt_and_adelson(shape):
    images = random_images((2, *shape, 3))
    expected = along_both_axes(burt_adelson_expand, images)
    size = shape[0] * 2, shape[1] * 2
    enlarged = layers.upsample(images, size, "binomial")
    np.testing.assert_allclose(enlarged, expected, rtol=0, atol=1e-6)


def test_binomial_by_hand():
    # Rows are equal, so that only the columns matter. The border mirrors the
    # pixels 1 and 2 to -1 and -2.
    image = np.float32([[16, 32, 0, 64]] * 2)[None, ..., None]
    reduced = layers.downsample(image, (1, 2), "binomial")
    first = 1 * 0 + 4 * 2 + 6 * 1 + 4 * 2 + 1 * 0
    second = 1 * 1 + 4 * 2 + 6 * 0 + 4 * 4 + 1 * 0
    np.testing.assert_allclose(reduced[0, 0, :, 0], [first, second], rtol=1e-6)

    image = np.float32([[8, 16, 40]] * 2)[None, ..., None]
    enlarged = layers.upsample(image, (2, 6), "binomial")
    expected = [
        (16 + 6 * 8 + 16) / 8,  # Pixel 1 stands for -1.
        (8 + 16) / 2,
        (8 + 6 * 16 + 40) / 8,
        (16 + 40) / 2,
        (16 + 6 * 40 + 16) / 8,  # Pixel 1 stands for 3.
        (40 + 16) / 2,
    ]
    np.testing.assert_allclose(enlarged[0, 0, :, 0], expected, rtol=1e-6)


@_settings
@hypothesis.given(splits())
def test_constant_images_stay_constant(split):
    shape, size, filter = split
    images = np.full(shape, 0.7, "float32")
    reduced = layers.downsample(images, size, filter)
    enlarged = layers.upsample(reduced, shape[1:3], filter)
    np.testing.assert_allclose(reduced, 0.7, rtol=1e-6)
    np.testing.assert_allclose(enlarged, 0.7, rtol=1e-6)


@_settings
@hypothesis.given(splits())
def test_values_stay_in_range(split):
    # Black and white pixels only: the images that overshoot the most.
    shape, size, filter = split
    images = np.sign(random_images(shape))
    reduced = layers.downsample(images, size, filter)
    enlarged = layers.upsample(reduced, shape[1:3], filter)
    for result in (reduced, enlarged):
        assert np.abs(result).max() <= 1 + 1e-6


@pytest.mark.parametrize("resize", [layers.downsample, layers.upsample])
def test_a_channel_sees_no_other(resize):
    images = random_images((2, 12, 12, 3))
    size = 7 if resize is layers.downsample else 17
    together = resize(images, size, "binomial")
    for i in range(3):
        alone = resize(images[..., i : i + 1], size, "binomial")
        np.testing.assert_allclose(together[..., i : i + 1], alone, atol=1e-6)


def test_binomial_filter_of_a_single_pixel():
    pixel = np.full((1, 1, 1, 3), 0.5, "float32")
    enlarged = layers.upsample(pixel, 4, "binomial")
    np.testing.assert_allclose(enlarged, np.full((1, 4, 4, 3), 0.5))
    np.testing.assert_allclose(layers.downsample(pixel, 1, "binomial"), 0.5)


@pytest.mark.parametrize(
    "kind, arguments",
    [
        (layers.LaplacianSplit, {"size": (9, 8)}),
        (layers.LaplacianMerge, {}),
        (layers.LaplacianPyramid, {"sizes": ((14, 14), (9, 8))}),
        (layers.LaplacianReconstruction, {}),
    ],
)
def test_config_round_trip(kind, arguments):
    arguments = {**arguments, "filter": "binomial", "name": "pyramid"}
    # Through JSON, as a `.keras` file does, which makes tuples lists.
    config = keras.saving.serialize_keras_object(kind(**arguments))
    restored = keras.saving.deserialize_keras_object(
        json.loads(json.dumps(config))
    )
    assert type(restored) is kind
    for name, value in arguments.items():
        assert getattr(restored, name) == value


def test_an_integer_size_is_a_square():
    images = random_images((1, 8, 12, 1))
    np.testing.assert_array_equal(
        layers.downsample(images, 4), layers.downsample(images, (4, 4))
    )
    assert layers.LaplacianSplit(4).size == (4, 4)
    assert layers.LaplacianPyramid((6, (4, 3))).sizes == ((6, 6), (4, 3))


@pytest.mark.parametrize("size", [9, (4, 9), (9, 4)])
def test_downsampling_to_a_larger_size_is_refused(size):
    images = random_images((1, 8, 8, 3))
    with pytest.raises(ValueError, match=r"at most the size of the images"):
        layers.downsample(images, size)
    with pytest.raises(ValueError, match=r"at most the size of the images"):
        layers.LaplacianSplit(size)(images)


@pytest.mark.parametrize("size", [7, (16, 7), (7, 16)])
def test_upsampling_to_a_smaller_size_is_refused(size):
    images = random_images((1, 8, 8, 3))
    with pytest.raises(ValueError, match=r"at least the size of the images"):
        layers.upsample(images, size)


@pytest.mark.parametrize(
    "make",
    [
        lambda filter: layers.downsample(
            random_images((1, 8, 8, 3)), 4, filter
        ),
        lambda filter: layers.upsample(random_images((1, 4, 4, 3)), 8, filter),
        lambda filter: layers.LaplacianSplit(4, filter),
        lambda filter: layers.LaplacianMerge(filter),
        lambda filter: layers.LaplacianPyramid((4, 2), filter),
        lambda filter: layers.LaplacianReconstruction(filter),
    ],
)
def test_unknown_filter_names_the_closest(make):
    with pytest.raises(ValueError, match=r"Did you mean 'binomial'\?"):
        make("binomal")


@pytest.mark.parametrize("size", [0, -4, 4.0, (4, 0), (4, 4, 3), (4,), True])
def test_a_size_is_one_or_two_positive_integers(size):
    with pytest.raises(ValueError, match=r"`size` must be an integer"):
        layers.LaplacianSplit(size)


@pytest.mark.parametrize(
    "sizes", [(), (8, 8), (8, 14), ((14, 8), (8, 8)), ((14, 8), (14, 4))]
)
def test_sizes_of_a_pyramid_must_fall(sizes):
    with pytest.raises(ValueError, match="each smaller than the one before"):
        layers.LaplacianPyramid(sizes)


@pytest.mark.parametrize("shape", [(None, 8, 3), (8, None, 3)])
@pytest.mark.parametrize(
    "resize", [layers.downsample, layers.upsample], ids=["down", "up"]
)
def test_unknown_height_or_width_is_refused(resize, shape):
    images = keras.Input(shape)
    with pytest.raises(ValueError, match="height and width of `images`"):
        resize(images, 8)


@pytest.mark.parametrize(
    "resize, shape, size",
    [
        (layers.downsample, (1, 4097, 1, 1), (8, 1)),
        (layers.upsample, (1, 1, 8, 1), (1, 4097)),
    ],
    ids=["down", "up"],
)
def test_a_side_above_4096_pixels_is_refused(resize, shape, size):
    # The matrix of 4800 to 2400 pixels takes some 300 MB while it is made.
    with pytest.raises(ValueError, match="up to 4096 pixels a side"):
        resize(np.zeros(shape, "float32"), size)


def test_large_matrices_are_not_kept():
    images = np.zeros((1, 2000, 1, 1), "float32")
    layers.downsample(images, (2, 1))
    tracemalloc.start()
    layers.downsample(images, (1000, 1))
    kept, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # Of float32, it takes 8 MB.
    assert most > 8_000_000 > 2 * kept
