import collections
import importlib
import random
import sys

import numpy as np
import pytest
import tensorflow_datasets as tfds

from kerasgan import datasets
from kerasgan.datasets import drawing
from kerasgan.datasets import sources

# Enough to prepare in a second, instead of all 22,000 pictures.
_FEW = tfds.download.DownloadConfig(
    max_examples_per_split=30, try_download_gcs=False
)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    shapes = importlib.import_module("kerasgan.datasets.shapes")
    folder = tmp_path_factory.mktemp("tfds")
    for config in ("32x32", "64x64"):
        builder = shapes.Shapes(config=config, data_dir=folder)
        builder.download_and_prepare(download_config=_FEW)
    return str(folder)


def test_drawing_it_changes_no_initial_weights(tmp_path, monkeypatch):
    monkeypatch.setattr(tfds.download, "DownloadConfig", lambda **kwargs: _FEW)
    random.seed(0)
    expected = random.random()
    random.seed(0)
    sources.prepare("shapes", tmp_path)
    assert sources.find_builder("shapes", tmp_path).is_prepared()
    assert random.random() == expected


def test_picture_is_a_pure_function_of_seed_split_and_index():
    picture = drawing.draw(0, "train", 7, 32)
    assert picture.shape == (32, 32, 3)
    assert picture.dtype == "uint8"
    np.testing.assert_array_equal(picture, drawing.draw(0, "train", 7, 32))
    for other in [(1, "train", 7), (0, "test", 7), (0, "train", 17)]:
        assert np.any(picture != drawing.draw(*other, 32)), other


@pytest.mark.parametrize("index", range(10))
def test_both_sizes_show_the_same_scene(index):
    small = drawing.draw(0, "train", index, 32).astype("float32")
    large = drawing.draw(0, "train", index, 64).astype("float32")
    halved = large.reshape(32, 2, 32, 2, 3).mean((1, 3))
    # Two scenes differ by some 60 levels; edges of one and the same by few.
    assert np.abs(small - halved).mean() < 8.0


def test_object_has_its_colour_and_lies_within_the_picture():
    # A flat disc shows its own colour at its centre.
    found = 0
    for index in range(0, 400, 10):
        scene = drawing.attributes(0, "train", index)
        assert scene["kind"] == "circle"
        assert abs(scene["x"]) + scene["radius"] <= 0.96 + 1e-9
        assert abs(scene["y"]) + scene["radius"] <= 0.96 + 1e-9
        if scene["finish"] == "flat" and scene["color"] in ("red", "green"):
            row = int((1 - scene["y"]) * 32)
            column = int((1 + scene["x"]) * 32)
            pixel = drawing.draw(0, "train", index, 64)[row, column]
            assert np.argmax(pixel) == ("red", "green").index(scene["color"])
            found += 1
    assert found > 0


def test_kinds_are_balanced_and_colours_differ_from_the_background():
    scenes = [drawing.attributes(0, "test", i) for i in range(500)]
    kinds = collections.Counter(scene["kind"] for scene in scenes)
    assert kinds == dict.fromkeys(drawing.KINDS, 50)
    for scene in scenes:
        assert scene["color"] != scene["background_color"]
    for name, choices in [
        ("color", drawing.COLORS),
        ("background_color", drawing.COLORS),
        ("texture", drawing.TEXTURES),
        ("finish", drawing.FINISHES),
        ("size", drawing.SIZES),
    ]:
        counts = collections.Counter(scene[name] for scene in scenes)
        expected = 500 / len(choices)
        # Within five standard deviations of the binomial distribution.
        for choice in choices:
            assert abs(counts[choice] - expected) < 5 * expected**0.5


def test_caption_says_what_the_attributes_say():
    scene = {
        "kind": "star",
        "size": "small",
        "finish": "glossy",
        "color": "red",
        "background_color": "blue",
        "texture": "striped",
        "rotation": 0.0,
    }
    assert (
        drawing.caption(scene)
        == "a small glossy red star on a striped blue background"
    )
    assert (
        drawing.caption({**scene, "rotation": 20.0})
        == "a small glossy red star, tilted to the left, on a striped blue "
        "background"
    )
    assert "to the right" in drawing.caption({**scene, "rotation": -20.0})


def test_positive_rotation_turns_to_the_left():
    scene = {"kind": "arrow", "radius": 0.9, "x": 0.0, "y": 0.0}
    upright = drawing._mask({**scene, "rotation": 0.0}, 32)
    left = drawing._mask({**scene, "rotation": 25.0}, 32)
    np.testing.assert_allclose(upright, upright[:, ::-1], atol=0.35)
    columns = np.arange(32)
    assert (left[:8] * columns).sum() / left[:8].sum() < 14


def test_examples_hold_what_was_drawn(data_dir):
    builder = tfds.builder("shapes", data_dir=data_dir)
    features = builder.info.features
    pictures = {drawing.draw(0, "train", i, 32).tobytes(): i for i in range(30)}
    examples = list(tfds.as_numpy(builder.as_dataset(split="train")))
    assert len(examples) == 30
    for example in examples:
        index = pictures.pop(example["image"].tobytes())
        scene = drawing.attributes(0, "train", index)
        assert example["caption"].decode() == drawing.caption(scene)
        kind = features["label"].int2str(example["label"])
        assert kind == scene.pop("kind")
        for name, value in scene.items():
            stored = example["attributes"][name]
            if isinstance(value, str):
                stored = features["attributes"][name].int2str(stored)
                assert stored == value
            else:
                np.testing.assert_allclose(stored, value, rtol=1e-6)


@pytest.mark.parametrize(
    "name, size", [("shapes", 32), ("shapes/32x32", 32), ("shapes/64x64", 64)]
)
def test_load_by_name(data_dir, name, size):
    images, labels = next(
        iter(datasets.load(name, batch_size=30, data_dir=data_dir, labels=True))
    )
    assert images.shape == (30, size, size, 3)
    np.testing.assert_array_equal(np.bincount(labels), np.full(10, 3))
    assert datasets.info(name, data_dir=data_dir).class_names == drawing.KINDS


def test_load_draws_them_on_first_use(tmp_path, monkeypatch):
    shapes = importlib.import_module("kerasgan.datasets.shapes")
    prepared = []

    def prepare(self, **kwargs):
        prepared.append(kwargs["download_config"].try_download_gcs)
        kwargs["download_config"] = _FEW
        tfds.core.GeneratorBasedBuilder.download_and_prepare(self, **kwargs)

    monkeypatch.setattr(
        shapes.Shapes, "download_and_prepare", prepare, raising=False
    )
    assert datasets.info("shapes", data_dir=tmp_path).num_images == 30
    assert datasets.info("shapes", "test", data_dir=tmp_path).num_images == 30
    # Once, and without asking the network.
    assert prepared == [False]


def test_two_processes_may_draw_them_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(tfds.download, "DownloadConfig", lambda **kwargs: _FEW)
    shapes = importlib.import_module("kerasgan.datasets.shapes")
    generators = shapes.Shapes._split_generators
    calls = []

    def beaten(self, dl_manager):
        calls.append(self)
        if len(calls) == 1:
            # The other begins after this one, and is ready before it.
            shapes.Shapes(data_dir=tmp_path).download_and_prepare(
                download_config=_FEW
            )
        return generators(self, dl_manager)

    monkeypatch.setattr(shapes.Shapes, "_split_generators", beaten)
    assert datasets.info("shapes", data_dir=tmp_path).num_images == 30
    assert len(calls) == 2
    (images,) = datasets.load("shapes", data_dir=tmp_path, batch_size=30)
    assert np.ptp(images) > 1


def test_drawing_that_fails_is_an_error(tmp_path, monkeypatch):
    shapes = importlib.import_module("kerasgan.datasets.shapes")

    def fail(self, dl_manager):
        raise OSError("no space")

    monkeypatch.setattr(shapes.Shapes, "_split_generators", fail)
    with pytest.raises(OSError, match="no space"):
        datasets.info("shapes", data_dir=tmp_path)


def test_unknown_variant_of_shapes(data_dir):
    with pytest.raises(ValueError, match=r"'32x32', '64x64'"):
        datasets.load("shapes/16x16", data_dir=data_dir)


def test_importing_again_does_not_register_twice(monkeypatch):
    name = "kerasgan.datasets.shapes"
    importlib.import_module(name)
    monkeypatch.delitem(sys.modules, name)
    again = importlib.import_module(name)
    importlib.reload(again)
    assert "shapes" in tfds.list_builders(with_community_datasets=False)
