import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from kerasgan import datasets
from kerasgan.datasets import loading
from kerasgan.datasets import sources

# A picture's grey level is its number, so that a test can follow each one.
_NUM_IMAGES = 40


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    for i in range(_NUM_IMAGES):
        path = folder / f"class_{i % 2}" / f"{i}.png"
        path.parent.mkdir(exist_ok=True)
        Image.new("L", (6, 4), i).save(path)
    return f"folder:{folder}"


@pytest.fixture(scope="module")
def tfds_dir():
    folder = os.environ.get("TFDS_DATA_DIR")
    if not folder:
        pytest.skip("TFDS_DATA_DIR does not name a folder with real data sets")
    return folder


def numbers(data):
    """Returns the numbers of the pictures, a row for each batch."""
    batches = [
        batch[0] if isinstance(batch, tuple) else batch for batch in data
    ]
    pixels = np.stack([batch[:, 0, 0, 0] for batch in batches])
    return np.round((pixels + 1.0) * 127.5).astype(int)


def test_values_shapes_and_labels(pictures):
    data = datasets.load(pictures, batch_size=8, labels=True)
    assert len(data) == 5
    images_spec, labels_spec = data.element_spec
    assert images_spec == tf.TensorSpec((8, 4, 6, 1), "float32")
    assert labels_spec == tf.TensorSpec((8,), "int32")
    for images, labels in data:
        level = np.round((images[:, 0, 0, 0] + 1.0) * 127.5)
        np.testing.assert_array_equal(labels, level % 2)
        np.testing.assert_array_equal(
            images[:, 0, 0, 0], np.float32(level) / np.float32(127.5) - 1
        )


def test_black_is_minus_one_and_white_is_one(tmp_path):
    Image.new("RGB", (2, 2), "black").save(tmp_path / "a.png")
    Image.new("RGB", (2, 2), "white").save(tmp_path / "b.png")
    (images,) = datasets.load(f"folder:{tmp_path}", batch_size=2)
    assert sorted(set(images.numpy().ravel())) == [-1.0, 1.0]


def test_each_epoch_is_another_permutation(pictures):
    data = datasets.load(pictures, batch_size=8, num_steps=10)
    first, second = numbers(data).reshape(2, _NUM_IMAGES)
    np.testing.assert_array_equal(np.sort(first), np.arange(_NUM_IMAGES))
    np.testing.assert_array_equal(np.sort(second), np.arange(_NUM_IMAGES))
    assert np.any(first != second)
    other = numbers(datasets.load(pictures, batch_size=8, num_steps=5, seed=1))
    assert np.any(other.ravel() != first)


@pytest.mark.parametrize("start_step", [1, 5, 7, 1000])
def test_resumed_stream_is_the_tail_of_the_full_one(pictures, start_step):
    def stream(**kwargs):
        return numbers(datasets.load(pictures, batch_size=7, **kwargs))

    full = stream(num_steps=start_step + 6)
    resumed = stream(num_steps=6, start_step=start_step)
    np.testing.assert_array_equal(resumed, full[start_step:])


def test_a_batch_that_is_not_full_is_left_out(pictures):
    data = datasets.load(pictures, batch_size=12)
    assert len(data) == 3
    assert len(np.unique(numbers(data))) == 36
    # In two epochs, different pictures are left out.
    data = datasets.load(pictures, batch_size=12, num_steps=6)
    first, second = numbers(data).reshape(2, 36)
    assert set(first) != set(second)


def test_one_pass_is_reshuffled_when_iterated_again(pictures):
    data = datasets.load(pictures, batch_size=8)
    passes = [numbers(data).ravel() for _ in range(3)]
    for order in passes:
        np.testing.assert_array_equal(np.sort(order), np.arange(_NUM_IMAGES))
    assert np.any(passes[0] != passes[1])
    assert np.any(passes[1] != passes[2])
    # Another run repeats the sequence of orders.
    again = datasets.load(pictures, batch_size=8)
    for order in passes:
        np.testing.assert_array_equal(numbers(again).ravel(), order)


def test_without_shuffling_every_epoch_is_the_same(pictures):
    data = datasets.load(pictures, batch_size=8, shuffle=False, num_steps=10)
    first, second = numbers(data).reshape(2, _NUM_IMAGES)
    np.testing.assert_array_equal(first, second)
    one_pass = datasets.load(pictures, batch_size=8, shuffle=False)
    np.testing.assert_array_equal(numbers(one_pass).ravel(), first)


@pytest.mark.parametrize("steps", [{}, {"num_steps": 7, "start_step": 3}])
def test_every_replica_gets_its_part_of_the_global_batch(
    steps, pictures, mirrored
):
    def load():
        return datasets.load(pictures, batch_size=8, labels=True, **steps)

    shared = mirrored.experimental_distribute_dataset(load())
    for (images, labels), replicas in zip(load(), shared, strict=True):
        for whole, parts in zip((images, labels), replicas, strict=True):
            parts = mirrored.experimental_local_results(parts)
            assert [len(part) for part in parts] == [4, 4]
            np.testing.assert_array_equal(whole, np.concatenate(parts))


_PRINT_ORDER = """
import sys

from kerasgan import datasets

data = datasets.load(sys.argv[1], batch_size=8, num_steps=7, start_step=3)
print("orders:", [int(images[0, 0, 0, 0] * 1000) for images in data])
"""


def test_another_process_draws_the_same_order(pictures):
    process = subprocess.run(
        [sys.executable, "-c", _PRINT_ORDER, pictures],
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    data = datasets.load(pictures, batch_size=8, num_steps=7, start_step=3)
    here = [int(images[0, 0, 0, 0] * 1000) for images in data]
    assert f"orders: {here}" in process.stdout


def test_slices_of_a_folder_are_disjoint_and_mix_the_classes(pictures):
    def one_batch(split, size):
        data = datasets.load(pictures, split, batch_size=size, labels=True)
        return numbers(data).ravel()

    train, held_out = one_batch("train[:75%]", 30), one_batch("train[75%:]", 10)
    both = np.concatenate([train, held_out])
    np.testing.assert_array_equal(np.sort(both), np.arange(_NUM_IMAGES))
    assert 1 <= np.sum(held_out % 2) <= 9
    info = datasets.info(pictures, "train[:75%]")
    assert info == datasets.DatasetInfo(
        pictures, 30, (4, 6, 1), ("class_0", "class_1")
    )


def test_folder_is_cropped_in_the_middle_and_resized(tmp_path):
    # Red, green and blue thirds: the middle third is what is kept.
    picture = np.zeros((10, 30, 3), "uint8")
    for channel in range(3):
        picture[:, 10 * channel : 10 * (channel + 1), channel] = 255
    Image.fromarray(picture).save(tmp_path / "wide.png")
    Image.fromarray(picture.transpose(1, 0, 2)).save(tmp_path / "tall.png")
    name = f"folder:{tmp_path}"
    assert datasets.info(name).image_shape == (None, None, 3)
    assert datasets.info(name).class_names == ()
    (images,) = datasets.load(name, batch_size=2, image_size=5)
    np.testing.assert_array_equal(
        images, np.broadcast_to([-1.0, 1.0, -1.0], (2, 5, 5, 3))
    )
    (images,) = datasets.load(name, batch_size=2, image_size=(3, 6))
    assert images.shape == (2, 3, 6, 3)


def test_folder_turns_pictures_upright(tmp_path):
    # Orientation 6: the camera was turned, so the left side goes on top.
    picture = Image.new("L", (8, 4))
    picture.paste(255, (0, 0, 4, 4))
    exif = picture.getexif()
    exif[0x0112] = 6
    picture.save(tmp_path / "phone.png", exif=exif)
    assert datasets.info(f"folder:{tmp_path}").image_shape == (8, 4, 1)
    (images,) = datasets.load(f"folder:{tmp_path}", batch_size=1)
    np.testing.assert_array_equal(images[0, :4], np.full((4, 4, 1), 1.0))
    np.testing.assert_array_equal(images[0, 4:], np.full((4, 4, 1), -1.0))


def test_an_orientation_that_is_none_turns_nothing(tmp_path):
    picture = Image.new("L", (8, 4))
    exif = picture.getexif()
    exif[0x0112] = 9
    picture.save(tmp_path / "phone.png", exif=exif)
    assert datasets.info(f"folder:{tmp_path}").image_shape == (4, 8, 1)


def test_a_name_that_is_no_text_is_a_picture_too(tmp_path):
    Image.new("L", (8, 4)).save(tmp_path / "a.png")
    (tmp_path / "a.png").rename(tmp_path / os.fsdecode(b"\xff.png"))
    assert datasets.info(f"folder:{tmp_path}").num_images == 1


def test_both_ways_of_resizing_agree(tmp_path):
    # tfds images are resized by TensorFlow, those of a folder by Pillow.
    image = np.random.default_rng(0).integers(0, 256, (41, 60, 3), "uint8")
    Image.fromarray(image).save(tmp_path / "a.png")
    for height, width in [(16, 16), (9, 30), (64, 64), (50, 20)]:
        ours = sources.crop_and_resize(tf.constant(image), height, width)
        (theirs,) = datasets.load(
            f"folder:{tmp_path}", batch_size=1, image_size=(height, width)
        )
        # Pillow works in integers: one level of 127.5.
        np.testing.assert_allclose(
            ours.numpy() / 127.5 - 1.0, theirs[0], atol=1.01 / 127.5
        )


def test_one_grey_picture_among_coloured_ones(tmp_path):
    Image.new("L", (2, 2), 255).save(tmp_path / "grey.png")
    Image.new("RGB", (2, 2), "red").save(tmp_path / "red.bmp")
    Image.new("P", (2, 2)).save(tmp_path / "palette.gif")
    Image.new("RGBA", (2, 2), (255, 255, 255, 0)).save(tmp_path / "clear.PNG")
    (tmp_path / "notes.txt").write_text("not a picture")
    assert datasets.info(f"folder:{tmp_path}").num_images == 4
    assert datasets.info(f"folder:{tmp_path}").image_shape == (2, 2, 3)
    (images,) = datasets.load(f"folder:{tmp_path}", batch_size=4)
    colours = sorted(tuple(image[0, 0].numpy()) for image in images)
    assert colours == [(-1, -1, -1), (1, -1, -1), (1, 1, 1), (1, 1, 1)]


def test_what_is_transparent_is_white(tmp_path):
    picture = Image.new("RGBA", (2, 1), (255, 0, 0, 255))
    # Black, which is not seen.
    picture.putpixel((1, 0), (0, 0, 0, 0))
    picture.save(tmp_path / "a.png")
    (images,) = datasets.load(f"folder:{tmp_path}", batch_size=1)
    np.testing.assert_array_equal(images[0, 0], [[1, -1, -1], [1, 1, 1]])


def test_a_grey_picture_of_16_bits(tmp_path):
    pixels = np.array([[0, 128 * 256], [255 * 256, 65535]], "uint16")
    Image.fromarray(pixels).save(tmp_path / "scan.png")
    (images,) = datasets.load(f"folder:{tmp_path}", batch_size=1)
    np.testing.assert_allclose(
        images.numpy()[0, ..., 0] * 127.5 + 127.5, [[0, 128], [255, 255]]
    )


def test_errors_of_a_folder(tmp_path, pictures):
    def error(path, **kwargs):
        with pytest.raises(ValueError) as caught:
            datasets.load(f"folder:{path}", **{"batch_size": 1, **kwargs})
        return str(caught.value)

    assert "which is not a folder" in error(tmp_path / "nowhere")
    assert "which has neither" in error(tmp_path)
    Image.new("L", (2, 2)).save(tmp_path / "a.png")
    assert "`labels=True` needs" in error(tmp_path, labels=True)
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture")
    assert "'" + str(broken) + "', of which Pillow says" in error(
        tmp_path, split="train[:1]"
    )
    broken.unlink()
    (tmp_path / "sub").mkdir()
    Image.new("L", (3, 2)).save(tmp_path / "sub" / "b.png")
    assert "which has both" in error(tmp_path, split="train[:2]")
    (tmp_path / "a.png").rename(tmp_path / "sub" / "a.png")
    message = error(tmp_path, split="train[0:]")
    assert "`image_size` is needed" in message
    assert "Pass, for instance, `image_size=64`" in message


def test_a_picture_that_ends_too_early(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64, 3), "uint8")
    Image.fromarray(pixels).save(tmp_path / "a.png")
    content = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match=r"Remove or repair it"):
        datasets.load(f"folder:{tmp_path}", batch_size=1)


@pytest.mark.parametrize(
    "kwargs, expected",
    [
        ({"batch_size": 0}, "`batch_size` must be an integer, at least 1"),
        ({"batch_size": 2.5}, "Received: batch_size=2.5"),
        ({"batch_size": 41}, "at most the number of images, 40"),
        ({"image_size": 0}, "`image_size` must be an integer, at least 1"),
        ({"image_size": (8, 8, 3)}, "Received: image_size=(8, 8, 3)"),
        ({"image_size": "8"}, "Received: image_size='8'"),
        ({"image_size": 20_000, "batch_size": 8}, "must take at most 8 GiB"),
        ({"num_steps": 0}, "`num_steps` must be an integer, at least 1"),
        ({"start_step": 3}, "`start_step` must be 0 when `num_steps` is None"),
        ({"start_step": -1, "num_steps": 1}, "Received: start_step=-1"),
        ({"seed": -1}, "Received: seed=-1"),
        ({"split": "test"}, "`split` must be a split of"),
        ({"split": "train["}, "Received: split='train['"),
        ({"split": "train[:0]"}, "which is empty"),
        ({"split": "train[100:]"}, "Received: split='train[100:]'"),
    ],
)
def test_errors_of_arguments(pictures, kwargs, expected):
    with pytest.raises(ValueError) as caught:
        datasets.load(pictures, **kwargs)
    assert expected in str(caught.value)


def test_unknown_names():
    with pytest.raises(ValueError, match=r"Did you mean 'cifar10'\?"):
        datasets.load("cifar_10")
    with pytest.raises(ValueError, match=r"Did you mean 'shapes'\?"):
        datasets.info("shape")
    for name in ("", "My-Data", "two words", "folder", "mnist/", "no:9"):
        with pytest.raises(ValueError, match="`name` must be"):
            datasets.info(name)
    with pytest.raises(ValueError, match=r"'mnist:9.9.9'\. tfds says"):
        datasets.info("mnist:9.9.9")


def test_a_data_set_that_is_not_there(tmp_path):
    with pytest.raises(ValueError) as caught:
        datasets.load("cifar10", data_dir=tmp_path)
    message = str(caught.value)
    assert f"tfds.load('cifar10', data_dir='{tmp_path}')" in message
    assert "`download=True`" in message
    assert list(pathlib.Path(tmp_path).iterdir()) == []


def test_download_asks_tfds_once(tmp_path, monkeypatch):
    calls = []
    builder = sources.find_builder("cifar10", str(tmp_path))
    monkeypatch.setattr(
        type(builder),
        "download_and_prepare",
        lambda self, **kwargs: calls.append(self.name),
    )
    with pytest.raises(ValueError, match="must be on this machine already"):
        datasets.load("cifar10", data_dir=tmp_path, download=True)
    assert calls == ["cifar10"]


def test_a_data_set_without_images(tmp_path, monkeypatch):
    builder = sources.find_builder("imdb_reviews", str(tmp_path))
    monkeypatch.setattr(type(builder), "is_prepared", lambda self: True)
    with pytest.raises(ValueError, match="has a feature `image` of uint8"):
        datasets.info("imdb_reviews", data_dir=tmp_path)


def test_mnist(tfds_dir):
    data = datasets.load(
        "mnist", "test", 10_000, data_dir=tfds_dir, labels=True, shuffle=False
    )
    ((images, labels),) = data
    assert images.shape == (10_000, 28, 28, 1)
    assert (np.min(images), np.max(images)) == (-1.0, 1.0)
    # The counts of the digits, as published with the test set.
    np.testing.assert_array_equal(
        np.bincount(labels),
        [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
    )


def test_cifar10_slices_sizes_and_one_decoding(tfds_dir, monkeypatch):
    def load(**kwargs):
        return datasets.load(
            "cifar10", "test[:1000]", 100, data_dir=tfds_dir, **kwargs
        )

    images = np.concatenate(list(load(shuffle=False)))
    assert images.shape == (1000, 32, 32, 3)
    # Decoded once: the second call does not read the files again.
    monkeypatch.setattr(sources.TFDSSource, "decode", None)
    np.testing.assert_array_equal(
        np.concatenate(list(load(shuffle=False))), images
    )
    monkeypatch.undo()
    small = np.concatenate(list(load(shuffle=False, image_size=8)))
    assert small.shape == (1000, 8, 8, 3)
    # The filter is close to an average of blocks of 4x4 pixels.
    blocks = images.reshape(1000, 8, 4, 8, 4, 3).mean((2, 4))
    assert np.abs(small - blocks).mean() < 0.05
    middle = np.concatenate(list(load(shuffle=False, image_size=(16, 32))))
    np.testing.assert_array_equal(middle, images[:, 8:24])


def test_too_large_is_refused_before_decoding(tfds_dir, monkeypatch):
    monkeypatch.setattr(loading, "_MAX_BYTES", 2**20)
    monkeypatch.setattr(sources.TFDSSource, "decode", None)
    with pytest.raises(ValueError, match=r"slice as split='train\[:50000\]'"):
        datasets.load("cifar10", "test[1000:2000]", data_dir=tfds_dir)
