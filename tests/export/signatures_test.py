"""Every signature, called where neither Keras nor kerasgan is."""

import io
import os
import pathlib
import pickle
import subprocess
import sys

import model_cases
import numpy as np
import PIL.Image
import pytest
import tensorflow as tf

from kerasgan import figures
from kerasgan import models

# The others of the table differ from these in nothing that an export sees.
CASES = sorted(
    set(model_cases.CASES)
    - {"gan_cifar10", "gan_cifar10_conv", "dcgan_conditional"}
)
SEEDS = np.array([5, 0, 2**31 - 1])
# The same three among others, and one of them twice.
OTHER_BATCH = np.array([2**31 - 1, 8, 5, 0, 5, 9, 10])
PLACES = [[2, 4], [3], [0]]
HERE = pathlib.Path(__file__).parent


def labels_of(model, seeds):
    """Labels as inputs; a seed always gets the same one."""
    if not model.num_classes:
        return {}
    return {"labels": (seeds % model.num_classes).astype("int32")}


def rows(model, seeds):
    return {"seeds": seeds, **labels_of(model, seeds)}


def latents_by_name(model):
    latents = model.draw_latents(SEEDS, np.zeros_like(SEEDS))
    if not isinstance(model, models.LAPGAN):
        return {"latents": latents.numpy()}
    return {f"latents_{i}": each.numpy() for i, each in enumerate(latents)}


def low_pass_images(model):
    finest = model.levels[0]
    shape = (len(SEEDS), *finest.low_pass_size, finest.channels)
    return np.random.default_rng(1).integers(256, size=shape, dtype="uint8")


def calls(model):
    """Pairs (signature, inputs), all signatures, each seed in two batches."""
    inputs = rows(model, SEEDS)
    yield "serving_default", inputs
    yield "serving_default", rows(model, OTHER_BATCH)
    yield "generate", {"count": 5, "seed": 7}
    yield "from_latents", {**latents_by_name(model), **labels_of(model, SEEDS)}
    if model.image_shape[-1] in (1, 3):
        yield "png", inputs
    if isinstance(model, models.LAPGAN):
        yield "pyramid", inputs
        yield "refine", {"images": low_pass_images(model), **inputs}


@pytest.fixture(scope="module")
def answers(exported, tmp_path_factory):
    """Of a fresh process: dict from folder to pairs (signature, outputs)."""
    requests = {}
    for name in CASES:
        model, path = exported(name)
        requests[str(path)] = list(calls(model))
    folder = tmp_path_factory.mktemp("calls")
    (folder / "requests").write_bytes(pickle.dumps(requests))
    done = subprocess.run(
        [sys.executable, HERE / "call_without_keras.py", "requests", "answers"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(HERE.parent)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return pickle.loads((folder / "answers").read_bytes())


@pytest.fixture(params=CASES)
def case(request, exported, answers):
    """A model and what it answered: dict from signature to list of outputs."""
    model, path = exported(request.param)
    outputs = {}
    for name, output in answers[str(path)]:
        outputs.setdefault(name, []).append(output)
    return model, outputs


def sampled(sample, model):
    """What a method of the model itself gives for the seeds."""
    labels = labels_of(model, SEEDS).get("labels")
    return sample(tf.constant(SEEDS), tf.zeros_like(SEEDS), labels)


def check_same(images, expected):
    """Equal, but for a value that rounding puts on the other side of a half."""
    assert images.dtype == np.uint8
    assert images.shape == expected.shape
    difference = np.abs(images.astype(int) - expected)
    assert difference.max() <= 1
    # None was counted where this was written; other machines add otherwise.
    assert np.count_nonzero(difference) <= difference.size / 1000


def test_serving_default_gives_the_image_of_each_seed(case):
    model, outputs = case
    expected = figures.to_uint8(sampled(model.sample, model))
    # Else any two models would agree.
    assert expected.std() > 20
    first, other = (output["images"] for output in outputs["serving_default"])
    check_same(first, expected)
    for i, places in enumerate(PLACES):
        for place in places:
            check_same(other[place], expected[i])
            check_same(other[place], first[i])


def test_generate_gives_the_images_of_one_seed(case):
    model, outputs = case
    (output,) = outputs["generate"]
    expected = figures.to_uint8(model.generate(5, seed=7))
    check_same(output["images"], expected)


def test_from_latents_gives_floats(case):
    model, outputs = case
    (output,) = outputs["from_latents"]
    assert output["images"].dtype == np.float32
    # 1e-6: a session adds in another order.
    np.testing.assert_allclose(
        output["images"], sampled(model.sample, model), atol=1e-6
    )


def test_png_holds_the_same_pixels(case):
    model, outputs = case
    if model.image_shape[-1] not in (1, 3):
        assert "png" not in outputs
        return
    (output,) = outputs["png"]
    images = outputs["serving_default"][0]["images"]
    for content, image in zip(output["image_bytes"], images, strict=True):
        picture = PIL.Image.open(io.BytesIO(content))
        assert picture.format == "PNG"
        assert picture.mode == ("L" if image.shape[-1] == 1 else "RGB")
        pixels = np.asarray(picture).reshape(image.shape)
        np.testing.assert_array_equal(pixels, image)


def test_pyramid_gives_every_level(case):
    model, outputs = case
    if not isinstance(model, models.LAPGAN):
        assert "pyramid" not in outputs
        return
    (output,) = outputs["pyramid"]
    assert set(output) == {f"level_{i}" for i in range(len(model.levels))}
    for i, expected in enumerate(sampled(model.sample_pyramid, model)):
        check_same(output[f"level_{i}"], figures.to_uint8(expected))


def test_refine_makes_given_images_larger(case):
    model, outputs = case
    if not isinstance(model, models.LAPGAN):
        assert "refine" not in outputs
        return
    (output,) = outputs["refine"]
    low_pass = low_pass_images(model) / 127.5 - 1
    for row, seed in enumerate(SEEDS):
        label = labels_of(model, SEEDS[row : row + 1]).get("labels")
        refined = model.refine(
            low_pass[row : row + 1], label, seed=int(seed), batch_size=1
        )
        check_same(output["images"][row], figures.to_uint8(refined)[0])


def test_another_process_gives_the_same_bits(exported, served, answers):
    model, path = exported("cclapgan")
    for (name, inputs), (_, outputs) in zip(
        calls(model), answers[str(path)], strict=True
    ):
        for key, value in served("cclapgan")(name, **inputs).items():
            np.testing.assert_array_equal(value, outputs[key])
