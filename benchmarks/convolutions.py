"""The convolutions of a level, each by itself: what the machine can do."""

import tensorflow as tf

from benchmarks import flops


def products(layer):
    """Makes the three products of a convolution, on tensors in memory.

    Args:
        layer: A `flops.LinearLayer` that is a convolution.

    Returns:
        A dict from each of `flops.PRODUCTS` to a function without arguments.
    """
    inputs = tf.random.normal(layer.input_shape)
    kernel = tf.random.normal(layer.kernel_shape)
    gradient = tf.random.normal(layer.output_shape)
    options = {
        "strides": (1, *layer.strides, 1),
        "padding": layer.padding,
    }

    def forward(inputs, kernel):
        return tf.nn.conv2d(inputs, kernel, **options)

    def input_gradient(kernel, gradient):
        return tf.raw_ops.Conv2DBackpropInput(
            input_sizes=layer.input_shape,
            filter=kernel,
            out_backprop=gradient,
            **options,
        )

    def kernel_gradient(inputs, gradient):
        return tf.raw_ops.Conv2DBackpropFilter(
            input=inputs,
            filter_sizes=layer.kernel_shape,
            out_backprop=gradient,
            **options,
        )

    functions = (
        _bound(forward, inputs, kernel),
        _bound(input_gradient, kernel, gradient),
        _bound(kernel_gradient, inputs, gradient),
    )
    return dict(zip(flops.PRODUCTS, functions, strict=True))


def empty_call():
    """A function that computes nothing: what calling one costs by itself."""
    return _bound(tf.identity, tf.zeros(()))


def _bound(function, *tensors):
    compiled = tf.function(function)
    return lambda: compiled(*tensors)
