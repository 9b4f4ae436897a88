"""Convolutions whose bias is quick to train, and right in bfloat16."""

import keras
import tensorflow as tf


@tf.custom_gradient
def add_bias(inputs, bias):
    """Adds a bias to each channel; its gradient is a sum of its own.

    TensorFlow fuses the gradients of a bias and of a kernel on a processor, and
    oneDNN computes both up to five times as slowly as one after the other;
    benchmarks/README.md has what it changes of a step. In bfloat16,
    TensorFlow's own gradient of a bias also loses most of a large map's sum.

    Args:
        inputs: `(batch, height, width, channels)`.
        bias: `(channels,)`, of the same dtype.

    Returns:
        Tensor of the shape of `inputs`.
    """

    def gradient(upstream):
        return upstream, tf.reduce_sum(upstream, [0, 1, 2])

    return tf.nn.bias_add(inputs, bias), gradient


class TrainedBias:
    """What a convolution has beside Keras's: channels last, and `add_bias`.

    Raises:
        ValueError: If the channels are to come first.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.data_format != "channels_last":
            raise ValueError(
                "`data_format` must be 'channels_last'. Received: "
                f"data_format='{self.data_format}'. Leave it out, and see "
                "`keras.config.image_data_format`."
            )

    def activated(self, outputs):
        """The output of the layer, of what the kernel gives."""
        if self.use_bias:
            outputs = add_bias(outputs, tf.convert_to_tensor(self.bias))
        return self.activation(outputs)


@keras.saving.register_keras_serializable(package="kerasgan")
class Conv2D(TrainedBias, keras.layers.Conv2D):
    """Keras's `Conv2D`, quicker to train on a processor; see `add_bias`.

    Args:
        *args: Arguments of `keras.layers.Conv2D`.
        **kwargs: Keyword arguments of `keras.layers.Conv2D`.

    Call arguments:
        inputs: `(batch, height, width, channels)`.

    Returns:
        `(batch, new_height, new_width, filters)`.

    Raises:
        ValueError: If the channels are to come first.
    """

    def call(self, inputs):
        return self.activated(self.convolution_op(inputs, self.kernel))


@keras.saving.register_keras_serializable(package="kerasgan")
class Conv2DTranspose(TrainedBias, keras.layers.Conv2DTranspose):
    """Keras's `Conv2DTranspose`, whose bias is trained as `Conv2D`'s.

    Args:
        *args: Arguments of `keras.layers.Conv2DTranspose`.
        **kwargs: Keyword arguments of `keras.layers.Conv2DTranspose`.

    Call arguments:
        inputs: `(batch, height, width, channels)`.

    Returns:
        `(batch, new_height, new_width, filters)`.

    Raises:
        ValueError: If the channels are to come first.
    """

    def call(self, inputs):
        outputs = keras.ops.conv_transpose(
            inputs,
            self.kernel,
            strides=self.strides,
            padding=self.padding,
            output_padding=self.output_padding,
            data_format=self.data_format,
            dilation_rate=self.dilation_rate,
        )
        return self.activated(outputs)
