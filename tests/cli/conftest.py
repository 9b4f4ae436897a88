import typing

import model_cases
import numpy as np
import pytest
from absl import flags
from PIL import Image

from kerasgan import zoo
from kerasgan.cli import main
from kerasgan.zoo import registry

METRIC = {"name": "score", "value": 44.1234567, "protocol": "8 to 8 images"}


class Result(typing.NamedTuple):
    """What a command left: its exit code, standard output and error."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def zoo_folder(tmp_path_factory):
    """A folder of small models, of random weights."""
    folder = tmp_path_factory.mktemp("zoo")
    for name in ("cclapgan", "conditional_gan_mnist", "dcgan", "own_networks"):
        zoo.save(
            model_cases.build(name),
            folder / name,
            about={"name": name, "data": "noise", "recipe": name},
            metrics=[METRIC] if name == "dcgan" else [],
        )
    return folder


@pytest.fixture
def pixels():
    """Function that reads a picture, as integers."""

    def pixels(path):
        with Image.open(path) as image:
            return np.asarray(image).astype(int)

    return pixels


@pytest.fixture
def run(zoo_folder, tmp_path, monkeypatch, capsys):
    """Runs a command in this process, in an empty folder."""
    monkeypatch.setenv(registry.ENVIRONMENT, str(zoo_folder))
    # Whoever sets it gets what TensorFlow writes; nothing is set then.
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        try:
            parsed = main.parse(["kerasgan", *map(str, arguments)])
            code = main.main(parsed)
        except SystemExit as stop:
            code = stop.code
        return Result(code, *capsys.readouterr())

    verbosity = flags.FLAGS["verbosity"]
    before = (verbosity.value, verbosity.using_default_value)
    yield run
    flags.FLAGS.verbosity, verbosity.using_default_value = before
