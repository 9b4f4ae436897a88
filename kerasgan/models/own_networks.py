"""Checks of networks that a person brings."""

import keras


def check_pair(networks, num_classes=None, discriminator=True, conditioning=()):
    """Returns a person's own networks as a pair (generator, discriminator).

    Args:
        networks: The pair.
        num_classes: int, of a class-conditional model; None otherwise.
        discriminator: bool; False replaces the second by None.
        conditioning: Names of what their model gives both networks between the
            first input and the labels.

    Raises:
        ValueError: If they are none, do not take what their model gives them,
            take labels where there are no classes, or do not end in logits.
    """
    valid = (
        isinstance(networks, (tuple, list))
        and len(networks) == 2
        and all(
            isinstance(network, keras.Model)
            and getattr(network, "inputs", None)
            for network in networks[: 1 + discriminator]
        )
    )
    if not valid:
        raise ValueError(
            "`networks` must be a name or a pair (generator, discriminator) of "
            "functional or sequential Keras models with known input shapes. "
            f"Received: networks={networks!r}. Build the models first."
        )
    _check_inputs(networks[0], num_classes, conditioning)
    if not discriminator:
        return networks[0], None
    generator, discriminator = networks
    logits_shape = tuple(discriminator.outputs[0].shape)
    if logits_shape[1:] != (1,):
        raise ValueError(
            "The discriminator must give logits of shape (batch, 1). "
            f"Received: a discriminator of output shape {logits_shape}. End it "
            "in a Dense(1) without activation."
        )
    made = tuple(generator.outputs[0].shape)
    shapes, judged = _input_shapes(generator), _input_shapes(discriminator)
    if len(shapes) != len(judged) or not all(
        map(_fit, (made, *shapes[1:]), judged)
    ):
        raise ValueError(
            "The discriminator must take what the generator gives, and the "
            f"same conditioning. Received: a generator of inputs {shapes} that "
            f"gives {made}, a discriminator of inputs {judged}. Build them for "
            "each other."
        )
    return generator, discriminator


def _input_shapes(network):
    return [tuple(each.shape) for each in network.inputs]


def _fit(one, two):
    # A fully convolutional network leaves its size open.
    return len(one) == len(two) and all(
        a == b or None in (a, b) for a, b in zip(one, two, strict=True)
    )


def _check_inputs(generator, num_classes, conditioning):
    shapes = _input_shapes(generator)
    if num_classes and shapes[1:][-1:] != [(None, num_classes)]:
        raise ValueError(
            "A class-conditional model needs networks that take one-hot labels "
            f"(batch, {num_classes}) as last input. Received: {num_classes=} "
            f"and a generator of inputs {shapes}. Add the input, or leave "
            "`num_classes` out."
        )
    # A coarse image has four dimensions.
    if not num_classes and any(len(shape) == 2 for shape in shapes[1:]):
        raise ValueError(
            "Networks that take labels make a class-conditional model. "
            f"Received: num_classes=None and a generator of inputs {shapes}. "
            f"Pass `num_classes={shapes[-1][-1]}`, or leave the input out."
        )
    given = ["latents", *conditioning, *(["labels"] if num_classes else [])]
    if len(shapes) != len(given):
        raise ValueError(
            f"The generator must take what its model gives it: {given}. "
            f"Received: a generator of inputs {shapes}. Build it for as many, "
            "or give it to a family that conditions on more, as `LAPGANLevel`."
        )


def check_trained(networks):
    """Raises a ValueError if a training step would not do a network justice.

    Args:
        networks: The networks that are going to be trained.
    """
    for network in networks:
        # With the layers inside wrappers and other layers.
        for layer in network._flatten_layers():
            if layer.compute_dtype == "float16":
                raise ValueError(
                    "Networks must not be trained in float16, as the training "
                    "steps do not scale the loss. Received: "
                    f"'{layer.name}', which computes in it. Build them in "
                    "float32 or mixed_bfloat16."
                )
            if layer.activity_regularizer is not None:
                raise ValueError(
                    "Networks must have no `activity_regularizer`, as the "
                    "discriminator is called twice a step. Received: "
                    f"'{layer.name}', which has one. Leave it out, or "
                    "regularise weights, such as by `kernel_regularizer`."
                )
