"""What would make several replicas train otherwise than one device."""

import keras
import tensorflow as tf

from kerasgan import layers

_PER_REPLICA = ("clipnorm", "clipvalue", "global_clipnorm")


def check(networks, optimizers, num_replicas, jit_compile=False):
    """Refuses what Keras does for each replica by itself.

    Args:
        networks: The networks that are going to be trained.
        optimizers: Theirs.
        num_replicas: int; nothing is refused for 1.
        jit_compile: What `compile` is given.

    Raises:
        ValueError: If a batch norm is not synchronised, a layer draws random
            numbers that are the same on every replica, an optimizer clips
            gradients, which it would do before they are summed, or XLA is
            asked for, in which replicas cannot add up their gradients.
    """
    if num_replicas == 1:
        return
    # Under a strategy, Keras's "auto" means no XLA.
    if jit_compile and jit_compile != "auto":
        _refuse(
            f"{jit_compile=}, in which they cannot add up their gradients",
            num_replicas,
            "Leave `jit_compile` out",
        )
    for optimizer in optimizers:
        for name in _PER_REPLICA:
            if getattr(optimizer, name, None):
                _refuse(
                    f"{name}={getattr(optimizer, name)} of {optimizer.name}, "
                    "which Keras applies to each replica's gradients",
                    num_replicas,
                    f"Leave `{name}` out",
                )
    for network in networks:
        # With the layers inside wrappers and other layers.
        for layer in network._flatten_layers():
            if isinstance(layer, keras.layers.BatchNormalization):
                if not layer.synchronized:
                    _refuse(
                        f"'{layer.name}', whose statistics are of each "
                        "replica's part of the batch",
                        num_replicas,
                        "Give it synchronized=True",
                    )
            elif layer._seed_generators and not isinstance(
                layer, (layers.Dropout, layers.GaussianNoise)
            ):
                _refuse(
                    f"'{layer.name}', which draws the same random numbers on "
                    "every replica",
                    num_replicas,
                    "Take `kerasgan.layers.Dropout` or "
                    "`kerasgan.layers.GaussianNoise`",
                )


def check_batches(x, batch_size, num_replicas):
    """Refuses batches that are not dealt out evenly, for `fit`.

    Args:
        x: An array or a `tf.data.Dataset` of batches; others are let pass.
        batch_size: int, of an array; None for Keras's 32.
        num_replicas: int; nothing is refused for 1.

    Raises:
        ValueError: If a batch, perhaps the last, may be no multiple of the
            replicas, or smaller than the others.
    """
    if num_replicas == 1:
        return
    if isinstance(x, tf.data.Dataset):
        size = tf.nest.flatten(x.element_spec)[0].shape[0]
        even = size is not None and size % num_replicas == 0
        received = f"batches of {size or 'several sizes'}"
        remedy = "Drop what is left over: `.batch(size, drop_remainder=True)`"
    elif hasattr(x, "shape"):
        size = batch_size or 32
        even = size % num_replicas == 0 and len(x) % size == 0
        received = f"{len(x)} images in batches of {size}"
        remedy = "Give a multiple of the batch size"
    else:
        return
    if not even:
        _refuse(received, num_replicas, f"{remedy}, of even shares")


def _refuse(received, num_replicas, remedy):
    raise ValueError(
        f"{num_replicas} replicas must train as one device would. Received: "
        f"{received}. {remedy}, or train on one device (--strategy=none)."
    )
