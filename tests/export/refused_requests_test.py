"""What the graph itself refuses, and that it says why."""

import numpy as np
import pytest
import tensorflow as tf

from kerasgan import errors
from kerasgan.export import signatures


@pytest.fixture
def gan(served):
    return served("gan_mnist")


@pytest.fixture
def cclapgan(served):
    return served("cclapgan")


def refuses(message):
    return pytest.raises(tf.errors.InvalidArgumentError, match=message)


@pytest.mark.parametrize("seed", [-1, errors.MAX_SEED + 1, 2**40, -(2**63)])
def test_a_seed_out_of_range(gan, seed):
    for name in ("serving_default", "png"):
        with refuses(r"`seeds` must be .* in \[0, 2147483647\]. Received"):
            gan(name, seeds=[3, seed])
    with refuses(r"`seed` must be an integer in \[0, 2147483647\]. Received"):
        gan("generate", count=1, seed=seed)


def test_no_seed_at_all(gan):
    with refuses("`seeds` must be at least one integer"):
        gan("serving_default", seeds=np.zeros(0, "int64"))


@pytest.mark.parametrize("count", [0, -1, signatures.MAX_COUNT + 1, 2**40])
def test_a_count_out_of_range(gan, count):
    with refuses(r"`count` must be an integer in \[1, 256\]. Received"):
        gan("generate", count=count, seed=0)


def test_the_largest_count(gan):
    outputs = gan("generate", count=signatures.MAX_COUNT, seed=0)
    assert outputs["images"].shape == (256, 28, 28, 1)


def by_seeds(cclapgan):
    return {
        "serving_default": {},
        "png": {},
        "pyramid": {},
        "refine": {"images": np.zeros((2, 8, 8, 3), "uint8")},
    }


@pytest.mark.parametrize("label", [-1, 3, 2**31 - 1])
def test_a_label_that_is_no_class(cclapgan, label):
    for name, inputs in by_seeds(cclapgan).items():
        with refuses(r"`labels` must be integers in \[0, 2\]. Received"):
            cclapgan(name, seeds=[1, 2], labels=[0, label], **inputs)
    latents = {
        name: np.zeros([2, *shape])
        for name, shape in [("latents_0", (16, 16, 2)), ("latents_1", (4,))]
    }
    with refuses(r"`labels` must be integers in \[0, 2\]. Received"):
        cclapgan("from_latents", labels=[label, 0], **latents)


def test_as_many_rows_as_seeds(cclapgan):
    for name, inputs in by_seeds(cclapgan).items():
        with refuses("`labels` must be as many as `seeds`. Received"):
            cclapgan(name, seeds=[1, 2], labels=[0], **inputs)
    image = np.zeros((1, 8, 8, 3), "uint8")
    with refuses("`images` must be as many as `seeds`. Received"):
        cclapgan("refine", images=image, seeds=[1, 2], labels=[0, 1])


def test_a_refused_row_leaves_no_trace(cclapgan):
    inputs = {"seeds": [1, 2], "labels": [0, 1]}
    before = cclapgan("serving_default", **inputs)["images"]
    with refuses("`seeds` must be"):
        cclapgan("serving_default", seeds=[1, -2], labels=[0, 1])
    after = cclapgan("serving_default", **inputs)["images"]
    np.testing.assert_array_equal(after, before)


def test_as_many_rows_as_latents(cclapgan):
    def latents(finest, coarsest):
        return {
            "latents_0": np.zeros((finest, 16, 16, 2)),
            "latents_1": np.zeros((coarsest, 4)),
        }

    with refuses("`latents_1` must be as many as `latents_0`. Received"):
        cclapgan("from_latents", labels=[0, 1], **latents(2, 1))
    with refuses("`labels` must be as many as `latents_0`. Received"):
        cclapgan("from_latents", labels=[0], **latents(2, 2))
    with refuses("`latents_0` must be of one at least. Received"):
        cclapgan("from_latents", labels=np.zeros(0, "int32"), **latents(0, 0))
