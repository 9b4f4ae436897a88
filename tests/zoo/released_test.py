"""Every released model loads and makes the images of its card."""

import importlib.util
import os
import pathlib

import numpy as np
import PIL.Image
import pytest

from kerasgan import datasets
from kerasgan import reports
from kerasgan import zoo
from kerasgan.datasets import drawing
from kerasgan.datasets.shapes import _SEED as SEED
from kerasgan.zoo import registry

NAMES = sorted(
    path.name for path in registry._released().iterdir() if path.is_dir()
)
NAMES = [name for name in NAMES if not name.startswith("_")]
CLASSIFIERS = [name for name in NAMES if name.startswith("classifier_")]
GENERATORS = sorted({*NAMES} - {*CLASSIFIERS})


def test_every_folder_is_a_model():
    assert set(NAMES) <= set(zoo.names())


@pytest.mark.parametrize("name", GENERATORS)
def test_a_released_model_makes_the_images_of_its_card(name):
    path = registry._released() / name
    info = zoo.info(path)
    model = zoo.load(path, discriminator=True)
    drawn = reports.pictures(model, info["about"]["seed"])
    assert drawn
    for picture, pixels in drawn.items():
        expected = np.asarray(PIL.Image.open(path / f"{picture}.png"))
        difference = np.abs(pixels.astype(int) - expected)
        # A processor may round otherwise, and then a grey value tips over.
        assert difference.max() <= 1
        assert (difference > 0).mean() < 0.01
    for kind, parts in (
        ("generator", model.generator_parts()),
        ("discriminator", model.discriminator_parts()),
    ):
        count = sum(part.count_params() for part in parts.values())
        assert info["parameters"][kind] == count


def some_test_images(data):
    """Some test images of a data set, and their labels."""
    if data == "shapes":
        scenes = [drawing.attributes(SEED, "test", i) for i in range(300)]
        images = [drawing.draw(SEED, "test", i, 32) for i in range(300)]
        images = np.stack(images) / np.float32(127.5) - 1
        labels = [drawing.KINDS.index(scene["kind"]) for scene in scenes]
        return images, np.array(labels)
    folder = os.environ.get("TFDS_DATA_DIR")
    if folder is None:
        pytest.skip(f"TFDS_DATA_DIR does not say where {data} is.")
    images, labels = next(
        iter(
            datasets.load(
                data, "test", 300, data_dir=folder, labels=True, shuffle=False
            )
        )
    )
    return images.numpy(), labels.numpy()


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_released_classifier_is_as_good_as_its_card(name):
    images, labels = some_test_images(name.removeprefix("classifier_"))
    _, logits = zoo.load(name)(images)
    accuracy = np.mean(np.argmax(logits, 1) == labels)
    (measured,) = zoo.info(name)["metrics"]
    # Four standard deviations of so many draws, or three images.
    value, count = measured["value"], len(labels)
    margin = max(4 * np.sqrt(value * (1 - value) / count), 3 / count)
    assert abs(accuracy - value) < margin


@pytest.mark.parametrize("name", NAMES)
def test_a_card_says_what_a_user_asks(name):
    path = registry._released() / name
    about = zoo.info(path)["about"]
    assert about["name"] == name
    for key in (
        "commit",
        "command",
        "data",
        "data_licence",
        "description",
        "failures",
        "hardware",
        "licence",
        "time",
    ):
        assert about[key], key
        assert about[key] in zoo.card(path) or key == "licence"
    if name in GENERATORS:
        assert about["paper"].startswith("https://arxiv.org/abs/")
    assert zoo.info(path)["metrics"]
    size = sum(each.stat().st_size for each in path.iterdir())
    assert size < 10 * 2**20


@pytest.fixture(scope="module")
def results():
    path = pathlib.Path(__file__).parents[2] / "benchmarks" / "results.py"
    spec = importlib.util.spec_from_file_location("results", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_seeds_of_one_recipe_count_whatever_their_precision(results):
    def recipe(flags):
        return results._recipe({"about": {"command": f"python a.py{flags}"}})

    assert recipe(" --precision=float32 --seed=1") == recipe(" --seed=12")
    assert recipe(" --epochs=2 --seed=1") != recipe(" --seed=1")


def test_the_documents_say_what_the_cards_say(results):
    assert {row.name for row in results.ROWS} >= {*GENERATORS}
    for document in (results.README, results.REPRODUCE, results.EVALUATE):
        text = document.read_text(encoding="utf-8")
        assert text == results.as_of_now(document, text), (
            "Run python -m benchmarks.results --write."
        )
