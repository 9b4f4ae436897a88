"""Weights that are none, or other ones: each is refused."""

import io
import json
import pickle
import struct
import zipfile

import h5py
import numpy as np
import pytest
import safetensors.numpy
from hostile_cases import consistent
from hostile_cases import refused

from kerasgan import zoo
from kerasgan.zoo import folder as folders


def zip_bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("weights.npy", bytes(2**24))
    return file.getvalue()


def hdf5_with_an_external_link():
    file = io.BytesIO()
    with h5py.File(file, "w") as weights:
        weights["layers"] = h5py.ExternalLink("/etc/passwd", "/")
    return file.getvalue()


def npz_with_a_pickle():
    file = io.BytesIO()
    np.savez(file, np.array([object], dtype=object), allow_pickle=True)
    return file.getvalue()


def safetensors_file(header, data=b"", length=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", length or len(text)) + text + data


def tensor(dtype="F32", shape=(1,), offsets=(0, 4)):
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


NO_SAFETENSORS = {
    "empty": b"",
    "short": b"\0\0\0",
    "a zip bomb": zip_bomb(),
    "an external link": hdf5_with_an_external_link(),
    "a pickle": pickle.dumps({"w": 1}),
    "an npz with a pickle": npz_with_a_pickle(),
    "a long header": safetensors_file({}, length=2**63),
    "a header beyond the end": safetensors_file({}, length=10**6),
    "a header of no length": safetensors_file({})[8:],
    "no JSON": safetensors_file(b"evil"),
    "a list": safetensors_file([]),
    "deep JSON": safetensors_file(b"[" * 100000),
    "offsets beyond the end": safetensors_file(
        {"w": tensor(offsets=(0, 4))}, b"12"
    ),
    "offsets backwards": safetensors_file(
        {"w": tensor(offsets=(4, 0))}, b"1234"
    ),
    "overlapping tensors": safetensors_file(
        {"a": tensor(), "b": tensor()}, b"1234"
    ),
    "a huge shape": safetensors_file(
        {"w": tensor(shape=(2**40, 2**40))}, b"1234"
    ),
    "an overflowing shape": safetensors_file(
        {"w": tensor(shape=(2**33, 2**33), offsets=(0, 4))}, b"1234"
    ),
    "a shape without its data": safetensors_file(
        {"w": tensor(shape=(2,))}, b"1234"
    ),
    "data without a tensor": safetensors_file({"w": tensor()}, b"12345678"),
    "a dtype of no one": safetensors_file({"w": tensor(dtype="OBJ")}, b"1234"),
}


@pytest.mark.parametrize("case", NO_SAFETENSORS)
def test_what_are_no_safetensors_is_refused(case, copy):
    path = copy()
    consistent(path, **{"generator.safetensors": NO_SAFETENSORS[case]})
    message = refused(path)
    assert "generator.safetensors' must be a safetensors file" in message


def one(arrays, new):
    name = max(arrays, key=lambda name: arrays[name].size)
    return {**arrays, name: new(arrays[name])}


WEIGHTS = {
    "not a number": lambda a: one(a, lambda w: w * np.nan),
    "infinity": lambda a: one(a, lambda w: w + np.inf),
    "float64": lambda a: one(a, lambda w: w.astype("float64")),
    "integers": lambda a: one(a, lambda w: w.astype("int32")),
    "booleans": lambda a: one(a, lambda w: w > 0),
    "complex": lambda a: one(a, lambda w: w.astype("complex64")),
    "another shape": lambda a: one(a, lambda w: w.reshape(-1)),
    "a larger shape": lambda a: one(a, lambda w: np.stack([w, w])),
    "a scalar": lambda a: one(a, lambda w: np.float32(1)),
    "nothing": lambda a: {},
    "one missing": lambda a: dict([*a.items()][1:]),
    "one more": lambda a: {**a, "more": np.zeros(3, "float32")},
    "another name": lambda a: {f"x{name}": w for name, w in a.items()},
    "a path for a name": lambda a: {f"../{name}": w for name, w in a.items()},
    "many more": lambda a: {
        **a,
        **{str(i): np.zeros(1, "float32") for i in range(5000)},
    },
}


@pytest.mark.parametrize("case", WEIGHTS)
def test_weights_are_those_that_the_config_asks_for(case, copy):
    path = copy()
    for name, kwargs in (
        ("generator.safetensors", {}),
        ("discriminator.safetensors", {"discriminator": True}),
    ):
        original = (path / name).read_bytes()
        arrays = WEIGHTS[case](safetensors.numpy.load(original))
        arrays = {each: np.ascontiguousarray(w) for each, w in arrays.items()}
        consistent(path, **{name: safetensors.numpy.save(arrays)})
        assert "weights" in refused(path, **kwargs)
        consistent(path, **{name: original})


def test_the_discriminator_of_a_model_without_one(copy):
    path = copy()
    contents = folders.Folder(path).read_all()
    del contents["discriminator.safetensors"]
    folders.write(path, contents)
    zoo.load(path)
    message = refused(path, discriminator=True)
    assert "must hold 'discriminator.safetensors'" in message
