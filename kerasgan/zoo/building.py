"""Builds a model from a config that anyone may have written.

Nothing in a config can run code: only the classes below are built, and only as
large as the weights that come with it.
"""

import contextlib

import keras
import tensorflow as tf

from kerasgan import errors
from kerasgan import layers
from kerasgan import models

_BASES = (models.AdversarialModel, models.GenerativeModel)
FAMILIES = {
    name: value
    for name, value in vars(models).items()
    if isinstance(value, type)
    and issubclass(value, (models.GenerativeModel, models.Classifier))
    and value not in _BASES
}
_OUR_CLASSES = {
    *FAMILIES,
    *(name for name, value in vars(layers).items() if isinstance(value, type)),
}
# What own networks may be made of; none of these reads a file, or calls what a
# config names.
_KERAS_CLASSES = {
    "keras": {"DTypePolicy", "Functional", "Sequential"},
    "keras.models": {"Functional", "Sequential"},
    "keras.src.models.functional": {"Functional"},
    "keras.initializers": {
        "Constant",
        "GlorotNormal",
        "GlorotUniform",
        "HeNormal",
        "HeUniform",
        "Identity",
        "LecunNormal",
        "LecunUniform",
        "Ones",
        "Orthogonal",
        "RandomNormal",
        "RandomUniform",
        "TruncatedNormal",
        "VarianceScaling",
        "Zeros",
    },
    "keras.constraints": {"MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm"},
    "keras.regularizers": {"L1", "L1L2", "L2", "OrthogonalRegularizer"},
    "keras.layers": {
        "Activation",
        "Add",
        "AlphaDropout",
        "Average",
        "AveragePooling2D",
        "BatchNormalization",
        "Concatenate",
        "Conv2D",
        "Conv2DTranspose",
        "Cropping2D",
        "Dense",
        "DepthwiseConv2D",
        "Dropout",
        "ELU",
        "Embedding",
        "Flatten",
        "GaussianDropout",
        "GaussianNoise",
        "GlobalAveragePooling2D",
        "GlobalMaxPooling2D",
        "GroupNormalization",
        "Identity",
        "InputLayer",
        "LayerNormalization",
        "LeakyReLU",
        "MaxPooling2D",
        "Maximum",
        "Minimum",
        "Multiply",
        "PReLU",
        "Permute",
        "ReLU",
        "RepeatVector",
        "Rescaling",
        "Reshape",
        "SeparableConv2D",
        "Softmax",
        "SpatialDropout2D",
        "SpectralNormalization",
        "Subtract",
        "UnitNormalization",
        "UpSampling2D",
        "ZeroPadding2D",
    },
}
# Beyond the model's own weights: the states of Keras's random layers.
_SPARE_NUMBERS = 1024
_MAX_PIXELS = 4096
_MAX_SEQUENCE = 4096
_MAX_LAYERS = 200


def parts(family, discriminator):
    """Names of the parts that a model is loaded from, see `saved_parts`.

    Args:
        family: See `build`.
        discriminator: See `build`.

    Returns:
        A tuple of strings.

    Raises:
        ValueError: If there is no such family.
    """
    errors.check_choice("family", family, FAMILIES)
    if FAMILIES[family] is models.Classifier:
        return ("classifier",)
    return ("generator", "discriminator")[: 1 + discriminator]


def build(family, config, num_weights, discriminator):
    """Builds a model.

    Args:
        family: Name of a class of `kerasgan.models`.
        config: What its `get_config` gave, as read from JSON.
        num_weights: int, how many numbers the weights to be loaded are.
        discriminator: bool, whether to build what judges, too.

    Returns:
        The model, with initial weights.

    Raises:
        ValueError: If the config names another class than those of kerasgan
            and plain ones of Keras, asks for more weights or for images
            larger than 4096 pixels a side, or cannot be built.
    """
    errors.check_choice("family", family, FAMILIES)
    check(config)
    policy = keras.config.dtype_policy()
    try:
        # Whatever else is trained in this process.
        keras.config.set_dtype_policy("float32")
        if parts(family, discriminator) == ("generator",):
            config = _changed(config, discriminator=False)
        with _limit(num_weights + _SPARE_NUMBERS):
            model = FAMILIES[family].from_config(config)
        _check_size(model)
    except Exception as error:
        # Whatever a hostile config makes Keras raise.
        raise ValueError(
            f"The config must be that of a {family}. Received one that cannot "
            f"be built: {str(error)[:500]} Get the model anew."
        ) from error
    finally:
        keras.config.set_dtype_policy(policy)
    return model


def check(config):
    """Raises a ValueError if a config names what is not allowed, or too much.

    Args:
        config: dict, as read from JSON.
    """
    if not isinstance(config, dict):
        _raise_config(repr(config))
    num_layers = 0
    left = [config]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            if "class_name" in value or "module" in value:
                _check_class(value)
                # A level of a pyramid has two networks, of ten layers or so.
                is_family = value["class_name"] in FAMILIES
                num_layers += 20 if is_family else _is_layer(value)
            left += value.values()
        elif isinstance(value, list):
            left += value
            if len(value) > _MAX_SEQUENCE:
                _raise_config(f"a list of {len(value)} entries")
    # Keras takes longer and longer to add one.
    if num_layers > _MAX_LAYERS:
        _raise_config(f"{num_layers} layers, more than {_MAX_LAYERS}")


def _is_layer(config):
    return ".layers" in (config.get("module") or "")


def _check_class(config):
    keys = ("class_name", "module", "registered_name")
    name, module, registered = (config.get(key) for key in keys)
    if not all(isinstance(each, str | None) for each in (name, module)):
        _raise_config(f"{name=}, {module=}")
    if name == "__keras_tensor__" and module is None and registered is None:
        return
    ours = (
        name in _OUR_CLASSES
        and registered == f"kerasgan>{name}"
        and (module or "").startswith("kerasgan.")
    )
    of_keras = name in _KERAS_CLASSES.get(module, ()) and registered in (
        None,
        name,
    )
    if not ours and not of_keras:
        _raise_config(f"module={module!r}, class_name={name!r}, {registered=}")


def _raise_config(received):
    raise ValueError(
        "A config may name layers of kerasgan and plain ones of Keras only. "
        f"Received: {received[:300]}. Load what you trust by Keras itself."
    )


def released(config):
    """The config of the same model, without what only training needs."""
    if "levels" in config or "ema" in config:
        config = _changed(config, ema=None)
    return _without_compile_config(config)


def _without_compile_config(value):
    # Keras keeps the optimizer that a network was compiled with.
    if isinstance(value, dict):
        return {
            key: _without_compile_config(each)
            for key, each in value.items()
            if key != "compile_config"
        }
    if isinstance(value, list):
        return [_without_compile_config(each) for each in value]
    return value


def _changed(config, **changes):
    """The config with changes, or a LAPGAN's with changes in every level."""
    if "levels" in config:
        levels = [
            {
                "module": level["module"],
                "class_name": level["class_name"],
                "registered_name": level["registered_name"],
                "config": _changed(level["config"], **changes),
            }
            for level in config["levels"]
        ]
        return {**config, "levels": levels}
    return {**config, **changes}


@contextlib.contextmanager
def _limit(max_numbers):
    """Refuses variables beyond so many numbers, before they take memory."""
    created = 0
    graph = tf.Graph()

    def creator(next_creator, **kwargs):
        nonlocal created
        value = kwargs["initial_value"]
        if callable(value):
            # In a graph, an initializer gives its shape and computes nothing.
            with graph.as_default():
                value = value()
        created += value.shape.num_elements()
        if created > max_numbers:
            raise ValueError("It asks for more weights than come with it.")
        return next_creator(**kwargs)

    with tf.variable_creator_scope(creator):
        yield


def _check_size(model):
    height, width, channels = model.image_shape
    if max(height, width, channels) > _MAX_PIXELS:
        raise ValueError(f"It makes images of {model.image_shape}.")
