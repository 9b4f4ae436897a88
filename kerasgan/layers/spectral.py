"""Layers with a spectrally normalised kernel.

`keras.layers.SpectralNormalization` overwrites the kernel with its normalised
value and passes no gradient through the norm. Here the kernel is a free
parameter, used as `kernel / sigma(kernel)`, and the gradient passes through
sigma, as in the paper (section 2.1, equation 12): a step along the kernel
itself then changes nothing.
"""

import keras
from keras import ops

from kerasgan.layers import convolution


def _normalise(vector):
    return vector / ops.maximum(ops.norm(vector), 1e-12)


class _SpectralNorm:
    """Holds `left`, an estimate of the kernel's first left singular vector.

    The kernel is taken as a matrix of (outputs, everything else), as the paper
    does. Each call in training improves the estimate by one power iteration.
    """

    def build(self, input_shape):
        super().build(input_shape)
        self.left = self.add_weight(
            shape=(self._kernel.shape[-1],),
            initializer=keras.initializers.RandomNormal(),
            trainable=False,
            name="left",
            dtype="float32",
            autocast=False,
            aggregation="only_first_replica",
        )

    def normalised(self, kernel, training):
        matrix = ops.cast(
            ops.reshape(kernel, (-1, kernel.shape[-1])), "float32"
        )
        constant = ops.stop_gradient(matrix)
        right = _normalise(ops.matmul(constant, self.left))
        left = _normalise(ops.matmul(right, constant))
        if training:
            self.left.assign(left)
        sigma = ops.sum(ops.matmul(right, matrix) * left)
        # A kernel of zeros stays one.
        return kernel / ops.cast(ops.maximum(sigma, 1e-12), kernel.dtype)

    # The base classes save kernel and bias only.

    def save_own_variables(self, store):
        keras.layers.Layer.save_own_variables(self, store)

    def load_own_variables(self, store):
        keras.layers.Layer.load_own_variables(self, store)


@keras.saving.register_keras_serializable(package="kerasgan")
class SpectralConv2D(
    _SpectralNorm, convolution.TrainedBias, keras.layers.Conv2D
):
    """A `Conv2D` whose kernel, as a matrix, has a largest singular value of 1.

        output = convolution(inputs, kernel / sigma(kernel)) + bias

    Sigma is estimated by power iteration, one a call in training.

    Reference: [Miyato et al., 2018](https://arxiv.org/abs/1802.05957),
    section 2.1 and algorithm 1.

    Args:
        *args: Arguments of `keras.layers.Conv2D`.
        **kwargs: Keyword arguments of `keras.layers.Conv2D`.

    Call arguments:
        inputs: `(batch, height, width, channels)`.
        training: bool; True improves the estimate of sigma.

    Returns:
        `(batch, new_height, new_width, filters)`.

    Raises:
        ValueError: If the channels are to come first.
    """

    def call(self, inputs, training=False):
        kernel = self.normalised(self.kernel, training)
        return self.activated(self.convolution_op(inputs, kernel))


@keras.saving.register_keras_serializable(package="kerasgan")
class SpectralDense(_SpectralNorm, keras.layers.Dense):
    """A `Dense` layer whose kernel has a largest singular value of 1.

    See `SpectralConv2D`.

    Args:
        *args: Arguments of `keras.layers.Dense`.
        **kwargs: Keyword arguments of `keras.layers.Dense`.

    Call arguments:
        inputs: `(batch, ..., channels)`.
        training: bool; True improves the estimate of sigma.

    Returns:
        `(batch, ..., units)`.
    """

    def call(self, inputs, training=False):
        kernel = self.normalised(self.kernel, training)
        outputs = ops.matmul(inputs, kernel)
        if self.use_bias:
            outputs = ops.add(outputs, self.bias)
        return self.activation(outputs)
