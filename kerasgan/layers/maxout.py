"""Maxout, and the bias of its convolutional networks."""

import functools

import keras
from keras import ops

from kerasgan import errors


@keras.saving.register_keras_serializable(package="kerasgan")
class Maxout(keras.layers.Layer):
    """The largest of every `pieces` neighbouring channels.

    Placed after a linear layer of `units * pieces` channels, it makes a maxout
    layer of `units` units. Of equal pieces the first takes the gradient.

    Reference: [Goodfellow et al., 2013](https://arxiv.org/abs/1302.4389).

    Args:
        pieces: int, how many channels make one unit.
        **kwargs: Base layer keyword arguments.

    Call arguments:
        inputs: `(batch, ..., units * pieces)`.

    Returns:
        `(batch, ..., units)`.

    Raises:
        ValueError: If `pieces` does not divide the number of channels, or that
            is not known.
    """

    def __init__(self, pieces, **kwargs):
        super().__init__(**kwargs)
        self.pieces = errors.check_integer("pieces", pieces, minimum=1)

    def build(self, input_shape):
        if input_shape[-1] is None or input_shape[-1] % self.pieces:
            raise ValueError(
                "The number of channels must be known, a multiple of `pieces`. "
                f"Received: pieces={self.pieces} and inputs of shape "
                f"{tuple(input_shape)}. Put a layer of units * pieces "
                "channels before."
            )

    def call(self, inputs):
        *rest, channels = ops.shape(inputs)
        grouped = (*rest, channels // self.pieces, self.pieces)
        # A maximum over an axis of `pieces` has a slower gradient.
        pieces = ops.unstack(ops.reshape(inputs, grouped), axis=-1)
        return functools.reduce(ops.maximum, pieces)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] // self.pieces)

    def get_config(self):
        return {**super().get_config(), "pieces": self.pieces}


@keras.saving.register_keras_serializable(package="kerasgan")
class UntiedBias(keras.layers.Layer):
    """Adds a bias of its own to every pixel and channel.

    Keras's convolutions share one bias among the pixels; the released
    Goodfellow et al. (2014) generator for CIFAR-10 does not.

    Args:
        **kwargs: Base layer keyword arguments.

    Call arguments:
        inputs: `(batch, height, width, channels)`.

    Returns:
        Tensor of the shape of `inputs`.

    Raises:
        ValueError: If the size of the inputs is not known.
    """

    def build(self, input_shape):
        if None in input_shape[1:]:
            raise ValueError(
                "A bias for each pixel needs inputs of a known size. Received: "
                f"inputs of shape {tuple(input_shape)}. Give the input a fixed "
                "size."
            )
        self.bias = self.add_weight(
            shape=tuple(input_shape[1:]), initializer="zeros", name="bias"
        )

    def call(self, inputs):
        return inputs + self.bias
