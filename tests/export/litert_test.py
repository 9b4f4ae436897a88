"""A model as a LiteRT file, run by the interpreter."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from kerasgan import export
from kerasgan import models

CASES = [
    "gan_mnist",
    "gan_cifar10_conv",
    "conditional_gan_mnist",
    "dcgan",
    "lapgan",
    "cclapgan_paper",
]
# TensorFlow still brings the interpreter that it says it will not.
pytestmark = pytest.mark.filterwarnings(
    r"ignore:\s*Warning. tf.lite.Interpreter is deprecated"
)


@pytest.mark.parametrize("name", CASES)
def test_litert_gives_the_images_of_the_model(contrasted, name, tmp_path):
    model = contrasted(name)
    path = export.export_litert(model, tmp_path / "new" / "model.tflite")
    interpreter = tf.lite.Interpreter(str(path))
    runner = interpreter.get_signature_runner("serving_default")
    for seed in (0, 1):
        seeds = tf.constant([seed], tf.int64)
        latents = model.draw_latents(seeds, tf.zeros_like(seeds))
        labels = tf.constant([1]) if model.num_classes else None
        expected = model.images_from_latents(latents, labels)
        inputs = {"latents": latents}
        if isinstance(model, models.LAPGAN):
            inputs = {f"latents_{i}": each for i, each in enumerate(latents)}
        if model.num_classes:
            inputs["labels"] = labels
        assert set(runner.get_input_details()) == set(inputs)
        images = runner(**inputs)["images"]
        # 1e-5: its kernels add in another order.
        np.testing.assert_allclose(images, expected, atol=1e-5)


def test_a_folder_is_no_file(contrasted, tmp_path, monkeypatch):
    monkeypatch.delattr(tf.lite, "TFLiteConverter")
    with pytest.raises(OSError, match="`path` must be that of a file"):
        export.export_litert(contrasted("dcgan"), tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_litert_lacks_is_refused(tmp_path):
    generator = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Lambda(tf.math.erfinv),
            keras.layers.Reshape((2, 2, 1)),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((2, 2, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(1),
        ]
    )
    path = tmp_path / "model.tflite"
    path.write_bytes(b"old")
    model = models.GAN((generator, discriminator))
    with pytest.raises(ValueError, match=r"one of LiteRT. Received: .*Erfinv"):
        export.export_litert(model, path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
