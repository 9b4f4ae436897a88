import numpy as np
import PIL.Image
import pytest

from kerasgan import datasets


@pytest.fixture
def pictures(tmp_path):
    """Three pictures of 6x5 in two classes, every pixel another value."""
    rng = np.random.default_rng(0)
    for i, name in enumerate(("a/0", "a/1", "b/2")):
        pixels = np.arange(6 * 5 * 3).reshape(6, 5, 3) + 50 * i
        path = tmp_path / f"{name}.png"
        path.parent.mkdir(exist_ok=True)
        PIL.Image.fromarray(rng.permuted(pixels, axis=0).astype("uint8")).save(
            path
        )
    return f"folder:{tmp_path}"


def test_every_picture_stands_for_its_four_corners(pictures):
    options = {"labels": True, "shuffle": False}
    ((whole, labels),) = datasets.load(pictures, batch_size=3, **options)
    ((crops, crop_labels),) = datasets.load(
        pictures, batch_size=12, corner_crops=(4, 3), **options
    )
    whole, crops = np.asarray(whole), np.asarray(crops)
    assert crops.shape == (12, 4, 3, 3)
    for i in range(3):
        np.testing.assert_array_equal(crops[4 * i], whole[i, :4, :3])
        np.testing.assert_array_equal(crops[4 * i + 1], whole[i, :4, 2:])
        np.testing.assert_array_equal(crops[4 * i + 2], whole[i, 2:, :3])
        np.testing.assert_array_equal(crops[4 * i + 3], whole[i, 2:, 2:])
    np.testing.assert_array_equal(crop_labels, np.repeat(labels, 4))


def test_info_counts_the_crops(pictures):
    info = datasets.info(pictures, corner_crops=4)
    assert info.num_images == 12
    assert info.image_shape == (4, 4, 3)
    assert info.class_names == ("a", "b")


@pytest.mark.parametrize("size", [6, (7, 5), (6, 6)])
def test_crops_larger_than_the_pictures_are_refused(pictures, size):
    with pytest.raises(ValueError, match=r"at most the size.*\(6, 5, 3\)"):
        datasets.info(pictures, corner_crops=size)
