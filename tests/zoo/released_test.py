"""Every released model loads and makes the images of its card."""

import numpy as np
import PIL.Image
import pytest

from kerasgan import reports
from kerasgan import zoo
from kerasgan.zoo import registry

NAMES = sorted(
    path.name for path in registry._released().iterdir() if path.is_dir()
)
NAMES = [name for name in NAMES if not name.startswith("_")]


def test_every_folder_is_a_model():
    assert set(NAMES) <= set(zoo.names())


@pytest.mark.parametrize("name", NAMES)
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
        "paper",
        "time",
    ):
        assert about[key], key
        assert about[key] in zoo.card(path) or key in ("paper", "licence")
    assert zoo.info(path)["metrics"]
    size = sum(each.stat().st_size for each in path.iterdir())
    assert size < 10 * 2**20
