"""What both exports share: the model's check, its latents, its variables."""

import tensorflow as tf

from kerasgan.models import LAPGAN
from kerasgan.models import GenerativeModel
from kerasgan.models import LAPGANLevel


def check_model(model):
    """Raises a ValueError unless a model can be exported.

    It generates images by itself, and in float32: in a lower precision an
    image would depend on the others of its batch.
    """
    if not isinstance(model, GenerativeModel) or isinstance(model, LAPGANLevel):
        raise ValueError(
            "`model` must be a model of kerasgan.models that generates images "
            f"by itself. Received: model={model!r}. Of a pyramid, export the "
            "whole LAPGAN."
        )
    model.check_adapted()
    dtypes = {
        layer.compute_dtype
        for part in model.generator_parts().values()
        # With those inside networks and wrappers.
        for layer in part._flatten_layers()
    }
    if dtypes != {"float32"}:
        raise ValueError(
            "A model is exported in float32. Received: "
            f"'{model.name}', whose layers compute in {sorted(dtypes)}. Save "
            "it with `kerasgan.zoo.save` and export what `kerasgan.zoo.load` "
            "gives; build your own networks in float32."
        )


def latent_specs(model, batch=None):
    """What the latents of a model are called and what shapes they have.

    Args:
        model: A `kerasgan.models.GenerativeModel`.
        batch: int, how many; None leaves it open.

    Returns:
        A dict from names to `tf.TensorSpec`s: `latents`, or for a LAPGAN
        `latents_0` (of the finest level), `latents_1` and so on.
    """
    parts = {"latents": model}
    if isinstance(model, LAPGAN):
        parts = {f"latents_{i}": each for i, each in enumerate(model.levels)}
    return {
        name: tf.TensorSpec([batch, *part.latent_shape], tf.float32)
        for name, part in parts.items()
    }


def label_specs(model, batch=None):
    """As `latent_specs`, of the labels; empty for a model without classes."""
    if not model.num_classes:
        return {}
    return {"labels": tf.TensorSpec([batch], tf.int32)}


def images_from_latents(model, latents, labels=None):
    """Generates from latents by name.

    Args:
        model: A `kerasgan.models.GenerativeModel`.
        latents: dict from the names of `latent_specs` to tensors.
        labels: int `(n,)` for a class-conditional model, else None.

    Returns:
        `{"images": tensor}`, float32 in `[-1, 1]`.
    """
    parts = [latents[name] for name in latent_specs(model)]
    if not isinstance(model, LAPGAN):
        (parts,) = parts
    return {"images": model.images_from_latents(parts, labels)}


def trace(function, specs):
    """Traces a function that takes tensors by name.

    Args:
        function: Returns a dict from names to tensors.
        specs: dict from names to `tf.TensorSpec`s.

    Returns:
        A concrete function.
    """
    traced = tf.function(function, autograph=False)
    return traced.get_concrete_function(**specs)


def module_of(functions):
    """A `tf.Module` of the variables that the functions use, and no others.

    Args:
        functions: Sequence of concrete functions.

    Returns:
        A `tf.Module`, whose `weights` they are.
    """
    module = tf.Module()
    by_reference = {
        variable.ref(): variable
        for function in functions
        for variable in function.variables
    }
    module.weights = list(by_reference.values())
    return module
