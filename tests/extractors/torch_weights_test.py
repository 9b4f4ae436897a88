import io
import os
import pickle
import struct
import sys
import types

import numpy as np
import pytest

from kerasgan.extractors import torch_weights


class FloatStorage:
    def __init__(self, key, numbers):
        self.key = key
        self.numbers = np.float32(numbers)


def _rebuild_tensor_v2():
    """Only its name is written."""


class Tensor:
    def __init__(self, *state):
        self.state = state

    def __reduce__(self):
        return _rebuild_tensor_v2, self.state


class _Pickler(pickle.Pickler):
    def persistent_id(self, value):
        if isinstance(value, FloatStorage):
            size = len(value.numbers)
            return "storage", FloatStorage, value.key, "cpu", size, None
        return None


@pytest.fixture
def write(monkeypatch):
    """Writes a file as `torch.save` did; its classes are stand-ins."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    torch.FloatStorage, utils._rebuild_tensor_v2 = (
        FloatStorage,
        _rebuild_tensor_v2,
    )
    monkeypatch.setattr(FloatStorage, "__module__", "torch")
    monkeypatch.setattr(_rebuild_tensor_v2, "__module__", "torch._utils")
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)

    def written(tensors, storages, magic=0x1950A86A20F9469CFC6C):
        file = io.BytesIO()
        keys = [storage.key for storage in storages]
        for part in (magic, 1001, {"little_endian": True}, tensors, keys):
            _Pickler(file, protocol=2).dump(part)
        for storage in storages:
            file.write(struct.pack("<q", len(storage.numbers)))
            file.write(storage.numbers.tobytes())
        return file.getvalue()

    return written


def test_tensors_by_hand(write):
    first = FloatStorage("7", np.arange(6))
    second = FloatStorage("3", [5, 4, 3])
    content = write(
        {
            "rows": Tensor(first, 0, (2, 3), (3, 1), False, {}),
            # The same numbers, read down the columns.
            "columns": Tensor(first, 0, (3, 2), (1, 3), False, {}),
            "tail": Tensor(second, 1, (2,), (1,), False, {}),
            "scalar": Tensor(second, 0, (), (), False, {}),
        },
        [second, first],
    )
    arrays = torch_weights.parse(content)
    assert [*arrays] == ["rows", "columns", "tail", "scalar"]
    np.testing.assert_array_equal(arrays["rows"], [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(arrays["columns"], [[0, 3], [1, 4], [2, 5]])
    np.testing.assert_array_equal(arrays["tail"], [4, 3])
    assert arrays["scalar"] == 5
    assert arrays["rows"].dtype == np.float32


@pytest.mark.parametrize(
    "view",
    [
        (0, (7,), (1,)),
        (1, (6,), (1,)),
        (0, (2, 2), (100, 1)),
        (-1, (2,), (1,)),
        (0, (2,), (-1,)),
    ],
)
def test_no_tensor_reaches_beyond_its_storage(write, view):
    storage = FloatStorage("0", np.arange(6))
    content = write({"x": Tensor(storage, *view, False, {})}, [storage])
    with pytest.raises(ValueError, match="PyTorch's format"):
        torch_weights.parse(content)


class _Hostile:
    def __init__(self, *call):
        self.call = call

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("part", ["a pickle", "a tensor"])
def test_a_pickle_cannot_call_anything(write, tmp_path, part):
    marker = tmp_path / "called"
    hostile = _Hostile(os.mkdir, (str(marker),))
    if part == "a pickle":
        content = pickle.dumps(hostile)
    else:
        content = write({"x": hostile}, [])
    with pytest.raises(ValueError, match=r"the name \w+\.mkdir"):
        torch_weights.parse(content)
    assert not marker.exists()


def test_a_file_that_ends_early_is_refused(write):
    storage = FloatStorage("0", np.arange(6))
    content = write({"x": Tensor(storage, 0, (6,), (1,), False, {})}, [storage])
    assert torch_weights.parse(content)["x"][5] == 5
    for length in range(0, len(content), 7):
        with pytest.raises(ValueError, match="Received"):
            torch_weights.parse(content[:length])


def test_another_format_is_refused(write):
    with pytest.raises(ValueError, match="magic 5, version 1001"):
        torch_weights.parse(write({}, [], magic=5))
    with pytest.raises(ValueError, match="Received"):
        torch_weights.parse(b"PK\x03\x04" + bytes(100))
