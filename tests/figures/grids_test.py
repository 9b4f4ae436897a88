import numpy as np
import pytest

from kerasgan import figures

_WHITE = 255


def constant(values, size):
    """One image a value, `(n, size, size, 1)`."""
    images = np.ones((len(values), size, size, 1), "float32")
    return images * np.float32(values)[:, None, None, None]


def test_to_uint8_by_hand():
    # (value + 1) * 127.5, rounded: 0 is 127.5, halves go to the even number.
    values = np.float32([-1, -0.5, 0, 0.5, 1])
    pixels = figures.to_uint8(values)
    assert pixels.dtype == np.uint8
    np.testing.assert_array_equal(pixels, [0, 64, 128, 191, 255])


def test_to_uint8_clips():
    pixels = figures.to_uint8(np.float32([-1.01, -300, 1.01, 300]))
    np.testing.assert_array_equal(pixels, [0, 0, 255, 255])


def test_to_uint8_undoes_the_reading_of_images():
    levels = np.arange(256)
    images = (levels / 127.5 - 1).astype("float32")
    np.testing.assert_array_equal(figures.to_uint8(images), levels)


def test_grid_by_hand():
    # Three images of one pixel, in rows of two: 2 pixels of white around each.
    picture = figures.grid(constant([-1, 0, -1], size=1), columns=2)
    expected = np.full((8, 8), _WHITE)
    expected[2, 2] = 0
    expected[2, 5] = 128
    expected[5, 2] = 0
    assert picture.dtype == np.uint8
    assert picture.shape == (8, 8, 3)
    for channel in range(3):
        np.testing.assert_array_equal(picture[..., channel], expected)


def test_grid_of_images_that_are_not_square():
    images = np.random.default_rng(0).uniform(-1, 1, (5, 3, 4, 3))
    picture = figures.grid(images, columns=3)
    # 2 rows of 3 and 3 columns of 4 pixels, and the gaps.
    assert picture.shape == (2 * 3 + 3 * 2, 3 * 4 + 4 * 2, 3)
    pixels = figures.to_uint8(images)
    np.testing.assert_array_equal(picture[2:5, 2:6], pixels[0])
    np.testing.assert_array_equal(picture[2:5, 14:18], pixels[2])
    np.testing.assert_array_equal(picture[7:10, 8:12], pixels[4])
    # The last place is empty.
    assert np.all(picture[7:10, 14:18] == _WHITE)


@pytest.mark.parametrize(
    "count, rows, columns", [(1, 1, 1), (4, 2, 2), (5, 2, 3), (10, 3, 4)]
)
def test_grid_is_about_square(count, rows, columns):
    picture = figures.grid(constant([0] * count, size=4))
    assert picture.shape == (rows * 6 + 2, columns * 6 + 2, 3)


def test_strips_by_hand():
    # Two images over three frames: a row an image, a column a frame.
    frames = [constant(values, 1) for values in ([-1, 1], [0, 0], [1, -1])]
    picture = figures.strips(frames)
    assert picture.shape == (8, 11, 3)
    np.testing.assert_array_equal(
        picture[2:-2:3, 2:-2:3, 0], [[0, 128, 255], [255, 128, 0]]
    )


def test_class_grid_has_a_row_for_each_class_there_is():
    # Of 64 pixels, so that nothing is enlarged: rows of 66, and a gap.
    values = np.float32([-1, -0.5, 0, 0.5, 0.9, -0.2])
    images = constant(values, size=64)
    picture = figures.class_grid(images, [5, 2, 5, 2, 2, 9])
    rows, columns = 3, 3
    assert picture.shape[0] == rows * 66 + 2
    left = picture.shape[1] - (columns * 66 + 2)
    pixels = figures.to_uint8(values)
    expected = [
        [pixels[1], pixels[3], pixels[4]],
        [pixels[0], pixels[2], _WHITE],
        [pixels[5], _WHITE, _WHITE],
    ]
    for row in range(rows):
        for column in range(columns):
            top = 2 + 66 * row
            begin = left + 2 + 66 * column
            tile = picture[top : top + 64, begin : begin + 64]
            assert np.all(tile == expected[row][column])


def test_class_grid_takes_names_in_an_array():
    images = constant(np.float32([-1, 1]), size=8)
    names = ["cat", "dog"]
    np.testing.assert_array_equal(
        figures.class_grid(images, [0, 1], np.array(names)),
        figures.class_grid(images, [0, 1], names),
    )


def test_class_grid_takes_the_first_of_each_class():
    images = constant([-1, -0.5, 0, 0.5], size=64)
    picture = figures.class_grid(images, [0, 0, 0, 1], columns=2)
    left = picture.shape[1] - (2 * 66 + 2)
    assert np.all(picture[2:66, left + 2 : left + 66] == 0)
    assert np.all(picture[2:66, left + 68 : left + 132] == 64)


def ink(picture):
    """Where a picture of white images is not white: its texts, by row."""
    return np.any(picture < 128, axis=(1, 2))


def test_names_stand_beside_the_middle_of_their_row():
    images = constant([1, 1], size=16)
    picture = figures.class_grid(images, [0, 1], names=["lm", "lm"])
    # 16 pixels are enlarged 4 times; a row takes 4 * 18, the gap is 8.
    written = np.flatnonzero(ink(picture))
    for middle in (8 + 32, 8 + 72 + 32):
        near = written[np.abs(written - middle) < 36]
        # A line of text reaches over what stands below it: 4 pixels or less.
        assert abs(near.mean() - middle) <= 4
    # The names are at the left of the images.
    assert not np.any(picture[:, -(18 * 4) :] < 255)


def test_a_long_name_makes_room_for_itself():
    images = constant([1], size=64)
    short = figures.class_grid(images, [0], names=["a"])
    long = figures.class_grid(images, [0], names=["a" * 40])
    assert long.shape[1] > short.shape[1] + 200
    # White at both sides of the name.
    for column in (0, long.shape[1] - 68):
        assert np.all(long[:, column] == _WHITE)


@pytest.mark.parametrize(
    "labels, names, message",
    [
        ([0, 1], None, "one label an image"),
        ([0, 1, 2], ["a", "b"], "Received: 2 names for labels from 0 to 2"),
        ([0, -1, 1], ["a", "b"], "labels from -1 to 1"),
    ],
)
def test_labels_without_image_or_name_are_refused(labels, names, message):
    with pytest.raises(ValueError, match=message):
        figures.class_grid(constant([0, 0, 0], size=4), labels, names)


def test_neighbours_stand_behind_a_gap():
    # One image of 64 pixels with two neighbours: gaps of 16 and of 2 pixels.
    nearest = constant([-0.5, 0.5], size=64)[None]
    picture = figures.neighbours(constant([-1], size=64), nearest)
    assert picture.shape == (2 + 66, 2 + 64 + 16 + 2 * 66, 3)
    row = picture[30, :, 0]
    assert np.all(row[2:66] == 0)
    assert np.all(row[66:82] == _WHITE)
    assert np.all(row[82:146] == 64)
    assert np.all(row[148:212] == 191)


def test_neighbours_side_by_side_and_enlarged():
    # Five images of 32 pixels, each with one neighbour, in rows of two.
    values = np.float32([-1, -0.5, 0, 0.5, 0.9])
    images = constant(values, size=32)
    picture = figures.neighbours(images, -images[:, None], columns=2)
    assert picture.shape[0] == 2 + 3 * 66
    group = 64 + 16 + 66 + 64
    for i, pixel in enumerate(figures.to_uint8(values)):
        top, left = 2 + 66 * (i // 2), 2 + group * (i % 2)
        assert np.all(picture[top : top + 64, left : left + 64] == pixel)
        beside = picture[top : top + 64, left + 80 : left + 144]
        assert np.all(beside == figures.to_uint8(-values[i]))


def test_distances_stand_below_the_neighbours():
    images = constant([1, 1], size=64)
    picture = figures.neighbours(
        images, np.stack([images, images]), [[1, 2], [3, 4]]
    )
    # Below each row of images, and nowhere else.
    inked = ink(picture)
    assert inked[66:84].any() and inked[66 + 84 : 84 + 84].any()
    assert not inked[:66].any() and not inked[86 : 66 + 84].any()
    # Nothing below the images themselves.
    assert np.all(picture[:, :82] == _WHITE)


@pytest.mark.parametrize(
    "shape, distances",
    [((2, 1, 4, 4, 1), None), ((3, 1, 4, 5, 1), None), ((3, 2, 4, 4, 1), (3,))],
)
def test_neighbours_of_other_images_are_refused(shape, distances):
    if distances is not None:
        distances = np.zeros(distances)
    with pytest.raises(ValueError, match=r"must hold k images for each image"):
        figures.neighbours(
            constant([0, 0, 0], size=4), np.zeros(shape), distances
        )
