"""Counts the multiply-adds of a training step from the networks' layers.

Counted are convolutions and dense layers, which are nearly all of the work. Of
each, one batch of images makes three products of equal cost: the output, the
gradient of the input and the gradient of the kernel.
"""

import dataclasses
import math

import keras
import tensorflow as tf

UPDATES = ("simultaneous", "two-phase")
PRODUCTS = ("forward", "input gradient", "kernel gradient")


@dataclasses.dataclass(frozen=True)
class LinearLayer:
    """A convolution or a dense layer, at the shapes that it has in training.

    Attributes:
        network: `"generator"` or `"discriminator"`.
        name: Of the layer.
        is_first: Whether no other linear layer comes before it.
        kernel_shape: `(height, width, in, out)`, or `(in, out)`.
        input_shape: With the batch size.
        output_shape: With the batch size.
        strides: int or pair; None of a dense layer.
        padding: `"SAME"` or `"VALID"`; None of a dense layer.
    """

    network: str
    name: str
    is_first: bool
    kernel_shape: tuple
    input_shape: tuple
    output_shape: tuple
    strides: object = None
    padding: object = None

    @property
    def is_convolution(self):
        return len(self.kernel_shape) == 4

    @property
    def macs(self):
        """Multiply-adds of one of the three products, for the whole batch."""
        positions = math.prod(self.output_shape[:-1])
        return math.prod(self.kernel_shape) * positions


def linear_layers(network, inputs):
    """Lists the linear layers of a network, first to last.

    Args:
        network: A functional Keras model whose linear layers form a chain.
        inputs: Tensors to call it on, of the shapes of training.

    Returns:
        A list of `LinearLayer`.
    """
    layers = [
        layer
        for layer in network.layers
        if isinstance(layer, keras.layers.Conv2D | keras.layers.Dense)
    ]
    # A fully convolutional network learns its sizes from its inputs.
    probe = keras.Model(
        network.inputs, [(layer.input, layer.output) for layer in layers]
    )
    found = []
    for layer, (before, after) in zip(layers, probe(inputs), strict=True):
        convolution = {}
        if isinstance(layer, keras.layers.Conv2D):
            convolution = {
                "strides": layer.strides,
                "padding": layer.padding.upper(),
            }
        found.append(
            LinearLayer(
                network=network.name,
                name=layer.name,
                is_first=not found,
                kernel_shape=tuple(layer.kernel.shape),
                input_shape=tuple(before.shape),
                output_shape=tuple(after.shape),
                **convolution,
            )
        )
    return found


def level_layers(level, images):
    """Lists the linear layers of both networks of a pyramid level.

    Args:
        level: A `kerasgan.models.LAPGANLevel` without classes.
        images: A batch as `train_step` takes.

    Returns:
        A list of `LinearLayer`, the generator's first.
    """
    real, conditioning = level.examples(images, None)
    latents = tf.zeros((len(images), *level.latent_shape))
    return [
        *linear_layers(level.generator, [latents, *conditioning]),
        *linear_layers(level.discriminator, [real, *conditioning]),
    ]


def passes(layer, update):
    """How often one step makes each of a layer's three products.

    A step has N real images, N generated ones for the discriminator and N for
    the generator. In the simultaneous update these are the same.

    - Both of the discriminator's halves need the kernel's gradient, and all
      layers but the first that of their input.
    - The generator's loss is sent back through the discriminator, all the way
      to the image and past the kernels; then through the generator, all layers
      but the first.

    Args:
        layer: A `LinearLayer`.
        update: `"simultaneous"`, or `"two-phase"`: images generated for the
            discriminator without a gradient, and afresh for the generator.

    Returns:
        A dict from each of `PRODUCTS` to an int.
    """
    fresh = update == "two-phase"
    behind_others = not layer.is_first
    if layer.network == "generator":
        counts = (1 + fresh, int(behind_others), 1)
    else:
        counts = (2 + fresh, 2 * behind_others + 1, 2)
    return dict(zip(PRODUCTS, counts, strict=True))


def step_flops(layers, update):
    """FLOPs of one step, two for each multiply-add."""
    return 2 * sum(
        layer.macs * sum(passes(layer, update).values()) for layer in layers
    )
