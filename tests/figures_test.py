import numpy as np
import pytest
from PIL import Image

from kerasgan import figures
from kerasgan.layers import pyramid

_WHITE = 255


def constant(values, size):
    """One image a value, `(n, size, size, 1)`."""
    images = np.ones((len(values), size, size, 1), "float32")
    return images * np.float32(values)[:, None, None, None]


def random_picture(shape=(5, 7, 3), seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape).astype("uint8")


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
    images = [constant([0.5], size=4), constant([-0.3], size=2)]
    low_pass, residual, fine = columns_of_chain(
        figures.pyramid_chain(images), 3, 4
    )
    # From -0.3 to 0.5 it takes 0.8, of which half is drawn.
    np.testing.assert_array_equal(low_pass, round(0.7 * 127.5))
    np.testing.assert_array_equal(residual, round(1.4 * 127.5))
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


def test_saved_picture_has_the_very_pixels(tmp_path):
    picture = random_picture()
    path = figures.save(picture, tmp_path / "a" / "b" / "grid.png", scale=1)
    assert path == tmp_path / "a" / "b" / "grid.png"
    with Image.open(path) as image:
        assert image.format == "PNG"
        np.testing.assert_array_equal(np.asarray(image), picture)


def test_scale_repeats_pixels(tmp_path):
    picture = random_picture()
    path = figures.save(picture, str(tmp_path / "grid.png"), scale=3)
    with Image.open(path) as image:
        np.testing.assert_array_equal(
            np.asarray(image), picture.repeat(3, axis=0).repeat(3, axis=1)
        )


@pytest.mark.parametrize("width", [7, 100, 320, 321, 640, 700])
def test_scale_left_out(tmp_path, width):
    path = figures.save(random_picture((3, width, 3)), tmp_path / "grid.png")
    with Image.open(path) as image:
        scale = image.width // width
        assert image.size == (scale * width, scale * 3)
        # As wide as a whole number of times lets it be, up to 640.
        assert scale == 1 or image.width <= 640
        assert image.width + width > 640


def test_no_file_is_left_beside_the_picture(tmp_path):
    figures.save(random_picture(), tmp_path / "grid.png")
    pictures = [random_picture(seed=i) for i in range(2)]
    figures.save_animation(pictures, tmp_path / "growth.gif")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["grid.png", "growth.gif"]


@pytest.mark.parametrize("save", [figures.save, figures.save_animation])
def test_interrupted_save_keeps_the_old_picture(tmp_path, monkeypatch, save):
    old, new = random_picture(), random_picture(seed=1)
    path = tmp_path / "picture"
    many = save is figures.save_animation
    save([old] if many else old, path)
    before = path.read_bytes()

    def fail(image, file, **kwargs):
        with open(file, "wb") as stream:
            stream.write(b"half a pic")
        raise OSError("No space left on device")

    monkeypatch.setattr(Image.Image, "save", fail)
    with pytest.raises(OSError, match="No space left"):
        save([new] if many else new, path)
    assert path.read_bytes() == before


def test_animation_shows_each_picture_and_the_last_one_longer(tmp_path):
    # Black and white, which a GIF's palette of 256 colours holds exactly.
    pictures = [np.zeros((4, 6, 3), "uint8") for _ in range(4)]
    for i, picture in enumerate(pictures):
        picture[i] = _WHITE
    path = figures.save_animation(
        pictures, tmp_path / "runs" / "growth.gif", scale=2, seconds=0.5
    )
    assert path == tmp_path / "runs" / "growth.gif"
    with Image.open(path) as image:
        assert image.format == "GIF"
        assert image.n_frames == 4
        assert image.info["loop"] == 0  # For ever.
        for i, picture in enumerate(pictures):
            image.seek(i)
            assert image.info["duration"] == (2000 if i == 3 else 500)
            np.testing.assert_array_equal(
                np.asarray(image.convert("RGB")),
                picture.repeat(2, axis=0).repeat(2, axis=1),
            )


def test_animation_whose_last_picture_is_as_short_as_the_others(tmp_path):
    pictures = [np.full((4, 4, 3), value, "uint8") for value in (0, 255)]
    path = figures.save_animation(
        pictures, tmp_path / "loop.gif", seconds=0.5, last_seconds=0.5
    )
    with Image.open(path) as image:
        for i in range(2):
            image.seek(i)
            assert image.info["duration"] == 500


def test_growth_by_hand():
    # A 4x4 image that grew from a 1x1 one, which is shown as large.
    fine = np.random.default_rng(0).uniform(-1, 1, (1, 4, 4, 1))
    pictures = figures.growth([fine, constant([-1], size=1)])
    assert [picture.shape for picture in pictures] == [(8, 8, 3)] * 2
    assert np.all(pictures[0][2:6, 2:6] == 0)
    np.testing.assert_array_equal(
        pictures[1][2:6, 2:6], np.repeat(figures.to_uint8(fine[0]), 3, axis=-1)
    )


def test_interpolate_by_hand():
    start, end = np.float32([[3, 0]]), np.float32([[0, 4]])
    halfway = figures.interpolate(start, end, 0.5, "uniform")
    np.testing.assert_allclose(halfway, [[1.5, 2]])
    # A third of the quarter circle: cos 30 and sin 30 degrees.
    third = figures.interpolate(start, end, 1 / 3, "normal")
    np.testing.assert_allclose(third, [[3 * 3**0.5 / 2, 2]], rtol=1e-6)
    assert halfway.dtype == third.dtype == np.float32


@pytest.mark.parametrize("distribution", ["normal", "uniform"])
def test_interpolate_ends_where_it_should(distribution):
    start, end = np.random.default_rng(0).normal(size=(2, 3, 5))
    for fraction, expected in ((0, start), (1, end)):
        np.testing.assert_allclose(
            figures.interpolate(start, end, fraction, distribution),
            expected,
            atol=1e-12,
        )


def test_interpolate_keeps_the_variance_of_normal_latents():
    start, end = np.random.default_rng(0).normal(size=(2, 100, 1000))
    halfway = figures.interpolate(start, end, 0.5, "normal")
    # 100,000 numbers: the variance is known to within 1 %.
    np.testing.assert_allclose(halfway.var(), 1, atol=0.02)


def test_animation_of_one_picture(tmp_path):
    path = figures.save_animation(
        [random_picture()], tmp_path / "one.gif", scale=2
    )
    with Image.open(path) as image:
        assert image.n_frames == 1
        assert image.size == (14, 10)
