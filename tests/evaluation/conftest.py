import functools

import keras
import numpy as np
import pytest
from PIL import Image

from kerasgan import extractors
from kerasgan import models
from kerasgan import zoo
from kerasgan.evaluation import likelihoods
from kerasgan.evaluation import measuring
from kerasgan.evaluation import scratch


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    """Small data, models and an extractor, as a person's own."""
    folder = tmp_path_factory.mktemp("evaluation")
    rng = np.random.default_rng(0)
    for name, colour in (("blue", (40, 60, 200)), ("red", (200, 60, 40))):
        pictures = folder / "pictures" / name
        pictures.mkdir(parents=True)
        for i in range(80):
            pixels = rng.normal(colour, 30, (16, 16, 3)).clip(0, 255)
            pixels[4:12, 4 : 5 + i % 8] = 255 - np.array(colour)
            Image.fromarray(pixels.astype("uint8")).save(
                pictures / f"{i:03}.png"
            )
    keras.utils.set_random_seed(0)
    about = {"data": f"folder:{folder / 'pictures'}, train"}
    zoo.save(
        models.Classifier((16, 16, 3), 2, filters=4), folder / "judge", about
    )
    zoo.save(
        models.DCGAN(image_shape=(16, 16, 3), filters=4, seed=1),
        folder / "plain",
        about,
    )
    zoo.save(
        models.DCGAN(image_shape=(16, 16, 3), filters=4, num_classes=2, seed=2),
        folder / "classes",
        about,
    )
    zoo.save(
        models.LAPGAN(
            image_sizes=(16, 8), filters=2, coarsest_options={"filters": 4}
        ),
        folder / "pyramid",
        about,
    )
    return folder


@pytest.fixture(scope="session")
def common_settings(place):
    """What `evaluate` and `compare` need for this data. Not to be changed."""
    return {
        "split": "train",
        "num_images": 120,
        "extractor": str(place / "judge"),
    }


@pytest.fixture
def settings(common_settings):
    """The same, to be changed."""
    return dict(common_settings)


@pytest.fixture(scope="module", autouse=True)
def less_work():
    """All is done as by a person, but less of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(extractors, "load", functools.cache(extractors.load))
        patch.setattr(likelihoods, "_DRAWS", 10)
        patch.setattr(measuring, "_PATHS", 200)
        patch.setattr(measuring, "_PIXEL_HALVES", 2)
        patch.setattr(scratch, "_EPOCHS", 2)
        yield
