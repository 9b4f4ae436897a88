"""Weights in PyTorch's older file format, read without PyTorch.

Such a file is a row of pickles and then the numbers. A pickle is a program:
here it can name four classes, which stand for nothing but a record of names
and shapes.
"""

import collections
import io
import pickle
import struct
import typing

import numpy as np

_MAGIC = 0x1950A86A20F9469CFC6C
_VERSION = 1001


class _Storage(typing.NamedTuple):
    key: str
    dtype: str


class _Tensor(typing.NamedTuple):
    storage: _Storage
    offset: int
    shape: tuple
    strides: tuple


def _rebuild_tensor(storage, offset, shape, strides, *_):
    return _Tensor(storage, offset, shape, strides)


_ALLOWED = {
    ("collections", "OrderedDict"): collections.OrderedDict,
    ("torch", "FloatStorage"): "<f4",
    ("torch", "LongStorage"): "<i8",
    ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"the name {module}.{name}")
        return _ALLOWED[module, name]

    def persistent_load(self, record):
        _, dtype, key, _, _, _ = record
        return _Storage(key, dtype)


def parse(content):
    """Returns the tensors of a file.

    Args:
        content: bytes, as `torch.save` wrote a dict of tensors before
            PyTorch 1.6.

    Returns:
        A dict from name to array.

    Raises:
        ValueError: If it is no such file, or one that names other classes.
    """
    file = io.BytesIO(content)
    try:
        magic, version, _, tensors, keys = (
            _Unpickler(file).load() for _ in range(5)
        )
        if (magic, version) != (_MAGIC, _VERSION):
            raise ValueError(f"magic {magic!r}, version {version!r}")
        dtypes = {t.storage.key: t.storage.dtype for t in tensors.values()}
        storages = {key: _numbers(file, dtypes[key]) for key in keys}
        return {
            name: _array(tensor, storages) for name, tensor in tensors.items()
        }
    # Whatever a program of the pickle's few instructions can run into.
    except Exception as error:
        raise ValueError(
            "The file must hold tensors in PyTorch's format of before 1.6. "
            f"Received: {type(error).__name__}: {error}. Get the file anew."
        ) from error


def _numbers(file, dtype):
    (count,) = struct.unpack("<q", file.read(8))
    dtype = np.dtype(dtype)
    return np.frombuffer(file.read(count * dtype.itemsize), dtype, count)


def _array(tensor, storages):
    storage = storages[tensor.storage.key]
    # NumPy refuses what would reach beyond the storage.
    return np.ndarray(
        tensor.shape,
        storage.dtype,
        storage,
        offset=tensor.offset * storage.itemsize,
        strides=[stride * storage.itemsize for stride in tensor.strides],
    )
