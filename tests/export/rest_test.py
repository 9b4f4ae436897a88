"""A model behind the JSON rules of TF Serving, over HTTP."""

import base64
import io
import json
import urllib.error
import urllib.request

import numpy as np
import PIL.Image
import pytest
import rest_double

from kerasgan import figures


@pytest.fixture(scope="module")
def address(served):
    models = {name: served(name) for name in ("gan_mnist", "cclapgan")}
    with rest_double.running(models) as address:
        yield f"{address}/v1/models"


def fetch(url, request=None):
    data = None if request is None else json.dumps(request).encode()
    with urllib.request.urlopen(url, data) as response:
        return json.load(response)


def error(url, request=None):
    """The status and the text of the error that a request gets."""
    with pytest.raises(urllib.error.HTTPError) as info:
        fetch(url, request)
    with info.value as response:
        return response.code, json.load(response)["error"]


def test_rows_and_columns_give_the_same_images(address, exported):
    model, _ = exported("gan_mnist")
    url = f"{address}/gan_mnist:predict"
    rows = fetch(url, {"instances": [{"seeds": 4}, {"seeds": 5}]})
    bare = fetch(url, {"instances": [4, 5]})
    columns = fetch(url, {"inputs": {"seeds": [4, 5]}})
    assert rows == bare
    assert rows["predictions"] == columns["outputs"]
    expected = figures.to_uint8(
        np.concatenate([model.generate(1, seed=seed) for seed in (4, 5)])
    )
    difference = np.abs(np.array(columns["outputs"]) - expected)
    # 1: a value that rounding puts on the other side of a half.
    assert difference.max() <= 1


def test_a_png_comes_as_base64(address):
    url = f"{address}/cclapgan:predict"
    rows = [{"seeds": 4, "labels": 0}, {"seeds": 5, "labels": 2}]
    encoded = fetch(url, {"signature_name": "png", "instances": rows})
    images = fetch(url, {"instances": rows})
    for each, image in zip(
        encoded["predictions"], images["predictions"], strict=True
    ):
        content = base64.b64decode(each["b64"])
        pixels = np.asarray(PIL.Image.open(io.BytesIO(content)))
        np.testing.assert_array_equal(pixels, image)


def test_a_coarse_image_is_refined(address):
    url = f"{address}/cclapgan:predict"
    rows = [{"seeds": 4, "labels": 1}]
    (levels,) = fetch(url, {"signature_name": "pyramid", "instances": rows})[
        "predictions"
    ]
    rows[0]["images"] = levels["level_1"]
    refined = fetch(url, {"signature_name": "refine", "instances": rows})
    # The low-pass image lost less than a grey value on the way, so what grows
    # from it differs little.
    difference = np.subtract(refined["predictions"][0], levels["level_0"])
    assert np.abs(difference).mean() < 2


def test_generate_takes_columns_only(address):
    url = f"{address}/gan_mnist:predict"
    inputs = {"count": 3, "seed": 1}
    request = {"signature_name": "generate", "inputs": inputs}
    assert np.shape(fetch(url, request)["outputs"]) == (3, 28, 28, 1)
    code, _ = error(url, {"signature_name": "generate", "instances": [inputs]})
    assert code == 400


def test_errors_say_why(address):
    url = f"{address}/cclapgan:predict"
    bad_label = {"instances": [{"seeds": 1, "labels": 3}]}
    code, text = error(url, bad_label)
    assert code == 400
    assert "`labels` must be integers in [0, 2]. Received:] [3]" in text
    for request in (
        {},
        {"instances": [{"seeds": 1}]},
        {"instances": [{"seeds": 1.5, "labels": 0}]},
        {"signature_name": "sing", "instances": [{"seeds": 1, "labels": 0}]},
    ):
        assert error(url, request)[0] == 400


def test_metadata_says_what_is_asked_for(address):
    metadata = fetch(f"{address}/gan_mnist/metadata")["metadata"]
    signatures = metadata["signature_def"]["signature_def"]
    assert set(signatures) == {
        "serving_default",
        "generate",
        "from_latents",
        "png",
    }
    seeds = signatures["serving_default"]["inputs"]["seeds"]
    assert seeds["dtype"] == "DT_INT64"
    assert seeds["tensor_shape"]["dim"] == [{"size": "-1"}]
