import numpy as np
import pytest

from kerasgan import figures
from kerasgan.layers import pyramid


def columns_of_chain(picture, count, size):
    """Cuts a picture of one row apart again, grey level by pixel."""
    assert picture.shape == (size + 4, count * (size + 2) + 2, 3)
    starts = 2 + (size + 2) * np.arange(count)
    return [picture[2:-2, start : start + size, 0] for start in starts]


@pytest.mark.parametrize("filter", ["box", "binomial"])
def test_residual_of_zero_is_mid_grey(filter):
    rng = np.random.default_rng(0)
    low_pass = rng.uniform(-1, 1, (1, 2, 2, 1)).astype("float32")
    middle = np.asarray(pyramid.upsample(low_pass, 4, filter))
    fine = np.asarray(pyramid.upsample(middle, 8, filter))
    picture = figures.pyramid_chain([fine, middle, low_pass], filter)
    columns = columns_of_chain(picture, 5, 8)
    for residual in columns[1::2]:
        np.testing.assert_array_equal(residual, 128)
    # Coarse to fine, each pixel repeated.
    for column, images in zip(
        columns[::2], (low_pass, middle, fine), strict=True
    ):
        pixels = figures.to_uint8(images[0, ..., 0])
        times = 8 // len(pixels)
        np.testing.assert_array_equal(
            column, pixels.repeat(times, axis=0).repeat(times, axis=1)
        )


def test_residual_has_half_the_contrast():
    images = [np.full((1, 4, 4, 1), 0.5), np.full((1, 2, 2, 1), -0.2)]
    low_pass, residual, fine = columns_of_chain(
        figures.pyramid_chain(images), 3, 4
    )
    # From -0.2 to 0.5 it takes 0.7, of which half is drawn.
    np.testing.assert_array_equal(low_pass, round(0.8 * 127.5))
    np.testing.assert_array_equal(residual, round(1.35 * 127.5))
    np.testing.assert_array_equal(fine, round(1.5 * 127.5))


def test_chain_has_a_row_for_each_sample_and_takes_any_sizes():
    rng = np.random.default_rng(0)
    images = [
        rng.uniform(-1, 1, (3, *size, 3)).astype("float32")
        for size in ((28, 20), (14, 9), (8, 6))
    ]
    picture = figures.pyramid_chain(images)
    # Three images and two residuals a row.
    assert picture.shape == (3 * (28 + 2) + 2, 5 * (20 + 2) + 2, 3)
    for i in range(3):
        np.testing.assert_array_equal(
            picture[2 + 30 * i : 30 + 30 * i, -22:-2],
            figures.to_uint8(images[0][i]),
        )


def test_growth_by_hand():
    # A 4x4 image that grew from a 1x1 one, which is shown as large.
    fine = np.random.default_rng(0).uniform(-1, 1, (1, 4, 4, 1))
    pictures = figures.growth([fine, np.full((1, 1, 1, 1), -1.0)])
    assert [picture.shape for picture in pictures] == [(8, 8, 3)] * 2
    assert np.all(pictures[0][2:6, 2:6] == 0)
    np.testing.assert_array_equal(
        pictures[1][2:6, 2:6], np.repeat(figures.to_uint8(fine[0]), 3, axis=-1)
    )
