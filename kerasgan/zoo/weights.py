"""The weights of a model as safetensors: names and arrays, no code.

Unlike HDF5, the format has no links, no filters and no compression, and is
read from memory, the very bytes whose hash was checked.
"""

import numpy as np
import safetensors
import safetensors.numpy

STORAGES = ("float32", "float16")


def named(parts):
    """The variables of a model by name.

    Args:
        parts: dict from a name to a layer, see
            `GenerativeModel.generator_parts`.

    Returns:
        A dict from a name, such as `"generator/000/kernel"`, to a variable.
        The number is that in `layer.weights`: Keras's own names of layers
        count on within a process.
    """
    return {
        f"{name}/{i:03}/{variable.name}": variable
        for name, part in parts.items()
        for i, variable in enumerate(part.weights)
    }


def dumped(variables, storage):
    """Returns variables as the bytes of a safetensors file.

    Args:
        variables: dict from name to variable.
        storage: `"float32"` or `"float16"`.

    Raises:
        ValueError: If a value is not finite in that dtype.
    """
    arrays = {}
    for name, variable in variables.items():
        with np.errstate(over="ignore"):
            array = np.ascontiguousarray(variable.numpy(), dtype=storage)
        if not np.isfinite(array).all():
            raise ValueError(
                f"Weights must be finite in {storage} to be saved. Received: "
                f"'{name}' with NaN, infinity or beyond its range. Train "
                "anew, or save in float32."
            )
        arrays[name] = array
    return safetensors.numpy.save(arrays)


def parsed(content, path):
    """Returns the arrays of a safetensors file.

    Args:
        content: bytes.
        path: Of the file, for the message.

    Returns:
        A dict from name to a float array, all finite.

    Raises:
        ValueError: If it is no such file.
    """
    try:
        arrays = safetensors.numpy.load(content)
    except (safetensors.SafetensorError, ValueError, KeyError) as error:
        raise ValueError(
            f"'{path}' must be a safetensors file. Received: {error}. Get the "
            "model anew."
        ) from error
    for name, array in arrays.items():
        if str(array.dtype) not in STORAGES or not np.isfinite(array).all():
            raise ValueError(
                f"The weights in '{path}' must be finite numbers in one of "
                f"{STORAGES}. Received: {name[:80]!r} of {array.dtype}. Get "
                "the model anew."
            )
    return arrays


def assign(variables, arrays, path):
    """Gives variables the values of a file.

    Args:
        variables: dict from name to variable.
        arrays: dict from name to array, of the same names and shapes.
        path: Of the file, for the message.

    Raises:
        ValueError: If names or shapes are others; nothing is assigned then.
    """
    expected = {name: tuple(v.shape) for name, v in variables.items()}
    received = {name: array.shape for name, array in arrays.items()}
    for name in sorted({*expected, *received}):
        if expected.get(name) != received.get(name):
            raise ValueError(
                f"'{path}' must hold the weights that the config asks for. "
                f"Received: {name[:80]!r} of shape {received.get(name)}, where "
                f"{expected.get(name)} is asked for. Get the model anew."
            )
    for name, variable in variables.items():
        variable.assign(arrays[name])
