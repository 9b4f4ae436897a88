"""The example client against TF Serving's own messages and stubs."""

import pathlib
import subprocess
import sys

import grpc_double
import numpy as np
import PIL.Image
import pytest
import run_cases

CLIENT = pathlib.Path(__file__).parents[2] / "examples" / "grpc_client.py"


@pytest.fixture(scope="module")
def address(served):
    with grpc_double.running({"cclapgan": served("cclapgan")}) as address:
        yield address


def arguments(address, folder, labels):
    return (
        f"--server={address}",
        "--model=cclapgan",
        "--seeds=7,7",
        f"--labels={labels}",
        f"--out_dir={folder}",
    )


def test_the_client_writes_pictures(address, served, tmp_path):
    command = [sys.executable, CLIENT, *arguments(address, tmp_path, "0,2")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    images = served("cclapgan")("serving_default", seeds=[7, 7], labels=[0, 2])
    for i, image in enumerate(images["images"]):
        pixels = np.asarray(PIL.Image.open(tmp_path / f"{i:02}_7.png"))
        np.testing.assert_array_equal(pixels, image)


def test_the_client_says_why_there_are_no_pictures(address, tmp_path):
    folder = tmp_path / "empty"
    # It has its flags as a recipe does.
    said = run_cases.run_recipe(
        CLIENT.with_suffix(""), *arguments(address, folder, "0,3")
    )
    assert "`labels` must be integers in [0, 2]" in said
    assert not folder.exists()
