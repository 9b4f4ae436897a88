import resource

import numpy as np
import pytest
from PIL import Image

from kerasgan import figures

_WHITE = 255


def random_picture(shape=(5, 7, 3), seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape).astype("uint8")


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


@pytest.fixture
def no_space():
    """Lets no file grow past 50 bytes, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (50, hard))

    yield limit
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("save", [figures.save, figures.save_animation])
def test_a_failed_write_keeps_the_old_picture_and_leaves_nothing(
    tmp_path, no_space, save
):
    old, new = random_picture(), random_picture(seed=1)
    path = tmp_path / "picture"
    many = save is figures.save_animation
    save([old] if many else old, path)
    before = path.read_bytes()
    no_space()
    with pytest.raises(OSError, match="File too large"):
        save([new] if many else new, path)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["picture"]


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


def test_animation_of_one_picture(tmp_path):
    path = figures.save_animation(
        [random_picture()], tmp_path / "one.gif", scale=2
    )
    with Image.open(path) as image:
        assert image.n_frames == 1
        assert image.size == (14, 10)


def drawn(folder, count):
    """Files of black pictures with one white row each, in order."""
    paths = []
    for i in range(count):
        picture = np.zeros((count, 4, 3), "uint8")
        picture[i] = _WHITE
        paths.append(figures.save(picture, folder / f"{i:03}.png", scale=1))
    return paths


def test_an_animation_of_files_shows_them_in_order(tmp_path):
    path = figures.animate_files(drawn(tmp_path, 3), tmp_path / "all.gif")
    with Image.open(path) as image:
        assert (image.n_frames, image.size) == (3, (4, 3))
        for i in range(3):
            image.seek(i)
            white = np.asarray(image.convert("L"))[:, 0] == _WHITE
            assert np.flatnonzero(white).tolist() == [i]


def test_an_animation_of_many_files_is_thinned_and_has_the_last(tmp_path):
    path = figures.animate_files(drawn(tmp_path, 130), tmp_path / "all.gif")
    with Image.open(path) as image:
        # Every third of 130, which are 44, the last being number 129.
        assert image.n_frames == 44
        image.seek(43)
        white = np.asarray(image.convert("L"))[:, 0] == _WHITE
        assert np.flatnonzero(white).tolist() == [129]
