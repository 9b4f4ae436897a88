"""The example client against TF Serving's own messages and stubs."""

import pathlib
import subprocess
import sys

import grpc_double
import numpy as np
import PIL.Image
import pytest

CLIENT = pathlib.Path(__file__).parents[2] / "examples" / "grpc_client.py"


@pytest.fixture(scope="module")
def address(served):
    with grpc_double.running({"cclapgan": served("cclapgan")}) as address:
        yield address


def start(address, folder, *flags):
    return subprocess.Popen(
        [
            sys.executable,
            CLIENT,
            f"--server={address}",
            "--model=cclapgan",
            f"--out_dir={folder}",
            *flags,
        ],
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_client_writes_pictures_or_says_why_not(address, served, tmp_path):
    folder, empty = tmp_path / "pictures", tmp_path / "empty"
    good = start(address, folder, "--seeds=7,8", "--labels=0,2")
    bad = start(address, empty, "--seeds=7,8", "--labels=0,3")

    _, errors = good.communicate()
    assert good.returncode == 0, errors
    images = served("cclapgan")("serving_default", seeds=[7, 8], labels=[0, 2])
    for seed, image in zip((7, 8), images["images"], strict=True):
        pixels = np.asarray(PIL.Image.open(folder / f"{seed}.png"))
        np.testing.assert_array_equal(pixels, image)

    _, errors = bad.communicate()
    assert bad.returncode == 1
    assert "`labels` must be integers in [0, 2]" in errors
    assert "Traceback" not in errors
    assert not empty.exists()
