import shutil

import model_cases
import numpy as np
import pytest

from kerasgan import models
from kerasgan import zoo


def save(model, path):
    picture = np.arange(48, dtype="uint8").reshape((4, 4, 3))
    return zoo.save(model, path, pictures={"samples": picture})


@pytest.fixture(scope="session")
def saved(tmp_path_factory):
    """Three saved models. Not to be changed."""
    parent = tmp_path_factory.mktemp("saved")
    lapgan = models.LAPGAN((16, 8), filters=2, coarsest_options={"filters": 2})
    return {
        "dcgan": save(
            models.DCGAN(image_shape=(8, 8, 3), filters=2), parent / "dcgan"
        ),
        "lapgan": save(lapgan, parent / "lapgan"),
        "own": save(model_cases.build("own_networks"), parent / "own"),
    }


@pytest.fixture
def copy(saved, tmp_path):
    """Function of a name: a copy of that model, to be changed."""

    def copied(name="dcgan"):
        return shutil.copytree(saved[name], tmp_path / name)

    return copied
