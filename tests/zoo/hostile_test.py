"""Folders that were damaged, or made to do harm: every one is refused."""

import io
import json
import os
import pickle
import shutil
import struct
import time
import zipfile

import h5py
import keras
import model_cases
import numpy as np
import pytest
import safetensors.numpy

from kerasgan import files
from kerasgan import models
from kerasgan import zoo
from kerasgan.zoo import folder as folders
from kerasgan.zoo import manifests

FILES = (
    "README.md",
    "config.json",
    "discriminator.safetensors",
    "generator.safetensors",
    "manifest.json",
    "metrics.json",
    "samples.png",
)


def save(model, path):
    picture = np.arange(48, dtype="uint8").reshape((4, 4, 3))
    return zoo.save(model, path, pictures={"samples": picture})


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Three saved models. Not to be changed."""
    parent = tmp_path_factory.mktemp("saved")
    lapgan = models.LAPGAN((16, 8), filters=2, coarsest_options={"filters": 2})
    return {
        "dcgan": save(
            models.DCGAN(image_shape=(8, 8, 3), filters=2), parent / "dcgan"
        ),
        "lapgan": save(lapgan, parent / "lapgan"),
        "own": save(model_cases.build("own_networks"), parent / "own"),
    }


@pytest.fixture
def copy(saved, tmp_path):
    """Function of a name: a copy of that model, to be changed."""

    def copied(name="dcgan"):
        return shutil.copytree(saved[name], tmp_path / name)

    return copied


def refused(path, **kwargs):
    """The message of the error with which a folder is refused, at once."""
    began = time.perf_counter()
    with pytest.raises(ValueError) as error:
        zoo.load(path, **kwargs)
    assert time.perf_counter() - began < 10
    message = str(error.value)
    assert "Received" in message
    return message


def consistent(path, **changed):
    """Replaces files, with a manifest that says so."""
    contents = {**folders.Folder(path).read_all(), **changed}
    entries = {
        name: {"size": len(content), "sha256": manifests.digest(content)}
        for name, content in contents.items()
    }
    for name, content in contents.items():
        (path / name).write_bytes(content)
    write_manifest(path, entries)


def write_manifest(path, entries, version=manifests.FORMAT_VERSION):
    files.replace_json(
        path / "manifest.json", {"format_version": version, "files": entries}
    )


# What any accident does: 7 files, each with 24 flipped bits and 6 truncations.


@pytest.mark.parametrize("name", FILES)
def test_every_flipped_bit_is_found(name, copy):
    path = copy()
    assert {each.name for each in path.iterdir()} == set(FILES)
    original = (path / name).read_bytes()
    for position in np.linspace(0, 8 * len(original) - 1, 24, dtype=int):
        content = bytearray(original)
        content[position // 8] ^= 1 << position % 8
        (path / name).write_bytes(content)
        # A flip in the manifest may look like one in the file that it names.
        assert name in refused(path) or name == "manifest.json", position
    (path / name).write_bytes(original)
    zoo.load(path)


@pytest.mark.parametrize("name", FILES)
def test_every_truncated_or_longer_file_is_found(name, copy):
    path = copy()
    original = (path / name).read_bytes()
    for length in np.linspace(0, len(original) - 1, 5, dtype=int):
        (path / name).write_bytes(original[:length])
        assert name in refused(path), length
    (path / name).write_bytes(original + b"\n")
    assert name in refused(path)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(name, copy):
    path = copy()
    (path / name).unlink()
    assert name in refused(path)


# What is no plain file, though its content be right.


@pytest.mark.parametrize("name", FILES)
def test_no_link_is_followed(name, copy):
    path = copy()
    elsewhere = path.parent / "elsewhere"
    (path / name).rename(elsewhere)
    (path / name).symlink_to(elsewhere)
    assert name in refused(path)


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
@pytest.mark.parametrize("name", ["config.json", "manifest.json"])
def test_what_is_no_file_is_refused_without_waiting(name, make, copy):
    path = copy()
    (path / name).unlink()
    make(path / name)
    assert name in refused(path)


# Manifests that lie.


def entry(content=b"x"):
    return {"size": len(content), "sha256": manifests.digest(content)}


MANIFEST_ENTRIES = {
    "a parent folder": {"../secret": entry()},
    "deep parents": {"a/../../secret": entry()},
    "an absolute path": {"/etc/hostname": entry()},
    "a subfolder": {"sub/config.json": entry()},
    "a hidden file": {".config.json": entry()},
    "a backslash": {"..\\secret": entry()},
    "a null": {"config.json\0": entry()},
    "a newline": {"config.json\n": entry()},
    "itself": {"manifest.json": entry()},
    "no name": {"": entry()},
    "a long name": {"a" * 300: entry()},
    "many files": {f"f{i}": entry() for i in range(40)},
    "a negative size": {"extra": {**entry(), "size": -1}},
    "a size that is a bool": {"extra": {**entry(), "size": True}},
    "a size that is a string": {"extra": {**entry(), "size": "1"}},
    "a size that is a fraction": {"extra": {**entry(), "size": 1.0}},
    "a short hash": {"extra": {**entry(), "sha256": "00"}},
    "a hash in capitals": {"extra": {**entry(), "sha256": "A" * 64}},
    "a hash that is a list": {"extra": {**entry(), "sha256": []}},
    "a further key": {"extra": {**entry(), "mode": 1}},
    "a list": {"extra": [1, "x"]},
}


@pytest.mark.parametrize("case", MANIFEST_ENTRIES)
def test_a_manifest_names_plain_files_with_size_and_hash(case, copy):
    path = copy()
    for parent in (path.parent, path):
        (parent / "secret").write_bytes(b"x")
    (path / "extra").write_bytes(b"x")
    entries = json.loads((path / "manifest.json").read_text())["files"]
    write_manifest(path, {**entries, **MANIFEST_ENTRIES[case]})
    assert "must be a manifest as kerasgan writes it" in refused(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"files": {}, "format_version": 1}',
        b'{"files": [], "format_version": 1}',
        b'{"files": {}, "format_version": NaN}',
        b"[" * 60000,
        b'{"a":' * 10000,
        b"\xff\xfe{}",
        b"9" * 5000,
        b" " * 70000,
        pickle.dumps({"files": {}}),
    ],
    ids=lambda content: repr(content[:12]),
)
def test_what_is_no_manifest_is_refused(content, copy):
    path = copy()
    (path / "manifest.json").write_bytes(content)
    assert "manifest.json" in refused(path)


def test_other_spellings_of_the_same_manifest_are_refused(copy):
    path = copy()
    manifest = json.loads((path / "manifest.json").read_text())
    doubled = (
        (path / "manifest.json")
        .read_text()
        .replace(
            '"format_version": 1', '"format_version": 1,\n "format_version": 1'
        )
    )
    for text in (
        json.dumps(manifest),
        json.dumps({**manifest, "more": 1}, indent=1, sort_keys=True) + "\n",
        json.dumps(manifest, indent=1, sort_keys=True),
        doubled,
    ):
        (path / "manifest.json").write_text(text)
        assert "must be a manifest as kerasgan writes it" in refused(path)


def test_a_newer_format_asks_for_a_newer_kerasgan(copy):
    path = copy()
    entries = json.loads((path / "manifest.json").read_text())["files"]
    write_manifest(path, entries, version=2)
    assert "format_version=2" in refused(path)
    assert "Install a newer kerasgan" in refused(path)


@pytest.mark.parametrize("size", [2**31, 2**43, 10**400])
def test_a_large_sparse_file_takes_no_memory(size, copy):
    path = copy()
    entries = json.loads((path / "manifest.json").read_text())["files"]
    entries["generator.safetensors"]["size"] = size
    write_manifest(path, entries)
    if size < 2**40:
        os.truncate(path / "generator.safetensors", size)
    message = refused(path)
    assert "manifest.json" in message
    with pytest.raises(ValueError, match="Received"):
        zoo.info(path)


def test_a_lying_size_sets_no_memory_aside(copy):
    path = copy()
    entries = json.loads((path / "manifest.json").read_text())["files"]
    entries["config.json"]["size"] = 2**50
    write_manifest(path, entries)
    assert "manifest.json" in refused(path)


# Configs that would do harm, in folders that are consistent otherwise.


def changed_config(path, change):
    config = json.loads((path / "config.json").read_text())
    result = change(config)
    config = config if result is None else result
    consistent(path, **{"config.json": json.dumps(config).encode()})


def layer(module, name, config=None, registered=None):
    return {
        "module": module,
        "class_name": name,
        "config": config or {},
        "registered_name": registered,
    }


def with_layer(new):
    """A change that puts a layer into the generator of own networks."""

    def change(config):
        layers = config["config"]["networks"][0]["config"]["layers"]
        layers.insert(1, new)

    return change


def a_lambda():
    dumped = keras.saving.serialize_keras_object(
        keras.layers.Lambda(lambda x: os.system("touch /harm"))
    )
    return json.loads(json.dumps(dumped))


FOREIGN = {
    "a lambda": a_lambda(),
    "a lambda of another module": {**a_lambda(), "module": "keras.src.layers"},
    "a lambda as an activation": layer(
        "keras.layers", "Dense", {"units": 1, "activation": a_lambda()}
    ),
    "a bare lambda": layer(
        "keras.layers",
        "Dense",
        {"units": 1, "activation": a_lambda()["config"]["function"]},
    ),
    "a function": layer("builtins", "function", {}, "function"),
    "os.system": layer("os", "system", {"command": "touch /harm"}),
    "subprocess": layer("subprocess", "Popen", {"args": ["touch", "/harm"]}),
    "a module of its own": layer("harmful", "Layer"),
    "a SavedModel": layer("keras.layers", "TFSMLayer", {"filepath": "/harm"}),
    "a PyTorch module": layer("keras.layers", "TorchModuleWrapper"),
    "a vocabulary file": layer(
        "keras.layers", "StringLookup", {"vocabulary": "/etc/passwd"}
    ),
    "a wrapper": layer("keras.layers", "TimeDistributed"),
    "a name that we registered, of another module": layer(
        "os", "LAPGANLevel", {}, "kerasgan>LAPGANLevel"
    ),
    "a registered name of others": layer(
        "kerasgan.models", "LAPGANLevel", {}, "other>LAPGANLevel"
    ),
    "a class of Keras by a registered name": layer(
        "keras.layers", "Dense", {"units": 1}, "other>Dense"
    ),
    "a tensor": layer("builtins", "__tensor__", {"value": 1}),
    "a list as a module": layer(["keras.layers"], "Dense"),
    "a dict as a class": layer("keras.layers", {"a": 1}),
    "an optimizer": layer("keras.optimizers", "Adam"),
    "a model loader": layer("keras.saving", "load_model", {"filepath": "x"}),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_no_foreign_class_is_built(case, copy):
    path = copy("own")
    changed_config(path, with_layer(FOREIGN[case]))
    assert "may name layers of kerasgan and plain ones" in refused(path)


def test_the_foreign_classes_would_be_refused_for_nothing_else(copy):
    # A plain layer in the same place is built; its weights are missing then.
    path = copy("own")
    plain = keras.saving.serialize_keras_object(keras.layers.ReLU())
    changed_config(path, with_layer(json.loads(json.dumps(plain))))
    zoo.load(path)


@pytest.mark.parametrize("count", [20, 200, 4000])
def test_keras_is_not_made_to_add_layers_for_ever(count, copy):
    path = copy("own")
    plain = [
        layer("keras.layers", "ReLU", {"name": f"extra_{i}"})
        for i in range(count)
    ]

    def change(config):
        config["config"]["networks"][0]["config"]["layers"][1:1] = plain

    changed_config(path, change)
    if count == 20:
        zoo.load(path)
    else:
        assert "more than 200" in refused(path)


def options(**values):
    return lambda config: config["config"].update(values)


def level_options(**values):
    def change(config):
        for level in config["config"]["levels"]:
            level["config"].update(values)

    return change


CONFIGS = {
    "many filters": ("dcgan", options(filters=10**6)),
    "too many filters for an int64": ("dcgan", options(filters=10**20)),
    "a negative number": ("dcgan", options(filters=-1)),
    "a text for a number": ("dcgan", options(filters="64")),
    "long latents": ("dcgan", options(latent_dim=10**9)),
    "large images": ("dcgan", options(image_shape=[7 << 20, 7 << 20, 3])),
    "larger images": ("dcgan", options(image_shape=[7 << 40, 7 << 40, 3])),
    "many channels": ("dcgan", options(image_shape=[8, 8, 10**9])),
    "many classes": ("dcgan", options(num_classes=10**9)),
    "no shape": ("dcgan", options(image_shape=[])),
    "an unknown option": ("dcgan", options(evil=1)),
    "an unknown network": ("dcgan", options(networks="os")),
    "networks of another kind": ("dcgan", options(networks={"a": 1})),
    "an average": ("dcgan", options(ema=0.9)),
    "a seed out of range": ("dcgan", options(seed=-1)),
    "a name with a path": ("dcgan", options(name="../x")),
    "a large pyramid": (
        "lapgan",
        level_options(image_sizes=[[1 << 30] * 2, [1 << 29] * 2]),
    ),
    "a large pyramid of standardised pixels": (
        "lapgan",
        level_options(
            image_sizes=[[8192] * 2, [8]], pixel_space="standardised"
        ),
    ),
    "a deep pyramid": (
        "lapgan",
        level_options(image_sizes=[[9999 - i] * 2 for i in range(9000)]),
    ),
    "many levels": (
        "lapgan",
        lambda c: c["config"]["levels"].extend(c["config"]["levels"] * 400),
    ),
    "no levels": ("lapgan", options(levels=[])),
    "levels that are none": ("lapgan", options(levels=[1, 2])),
    "levels without a config": ("lapgan", options(levels=[{}, {}])),
    "a level of a level": (
        "lapgan",
        lambda c: c["config"]["levels"][0].update(class_name="LAPGAN"),
    ),
    "an unknown family": ("dcgan", lambda c: c.update(family="System")),
    "a base class": ("dcgan", lambda c: c.update(family="AdversarialModel")),
    "a dunder": ("dcgan", lambda c: c.update(family="__builtins__")),
    "a family that is a list": ("dcgan", lambda c: c.update(family=["GAN"])),
    "another family": ("dcgan", lambda c: c.update(family="LAPGAN")),
    "no config": ("dcgan", lambda c: c.pop("config") and None),
    "a config that is a list": ("dcgan", lambda c: c.update(config=[1])),
    "a list of all": ("dcgan", lambda c: [c]),
    "nothing": ("dcgan", lambda c: {}),
}


@pytest.mark.parametrize("discriminator", [False, True])
@pytest.mark.parametrize("case", CONFIGS)
def test_a_config_that_cannot_be_right_is_refused(case, discriminator, copy):
    name, change = CONFIGS[case]
    path = copy(name)
    changed_config(path, change)
    refused(path, discriminator=discriminator)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b'{"family": NaN}',
        b"[" * 100000,
        b'{"a":' * 100 + b"1" + b"}" * 100,
        b'{"a": ' + b"9" * 5000 + b"}",
        b" " * (2**20 + 1),
        b"\xff\xfe{\0}\0",
    ],
    ids=lambda content: repr(content[:12]),
)
def test_a_config_that_is_no_json_object_is_refused(content, copy):
    path = copy()
    consistent(path, **{"config.json": content})
    assert "config.json' must be a JSON object" in refused(path)


@pytest.mark.parametrize(
    "values",
    [
        {"about": []},
        {"about": None},
        {"image_shape": 3},
        {"image_shape": [1, 2]},
        {"image_shape": ["8", "8", "3"]},
        {"num_classes": "10"},
        {"parameters": {"generator": 1}},
        {"parameters": [1, 2]},
        {"family": None},
        {"storage": 16},
    ],
    ids=str,
)
def test_facts_of_other_kinds_are_refused(values, copy):
    path = copy()
    changed_config(path, lambda config: config.update(values))
    with pytest.raises(
        ValueError, match=r"facts that `kerasgan\.zoo\.info` gives"
    ):
        zoo.info(path)


@pytest.mark.parametrize(
    "metrics",
    [None, {}, [1], [{}], [{"name": "a", "value": "1", "protocol": "b"}]],
    ids=str,
)
def test_metrics_of_another_form_are_refused(metrics, copy):
    path = copy()
    content = files.json_text({"metrics": metrics}).encode()
    consistent(path, **{"metrics.json": content})
    with pytest.raises(
        ValueError, match=r"facts that `kerasgan\.zoo\.info` gives"
    ):
        zoo.info(path)


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 400, "NaN"])
def test_numbers_beyond_all_bounds_are_refused(number, copy):
    path = copy()
    metric = '{"name": "a", "protocol": "b", "value": ' + number + "}"
    content = '{"metrics": [' + metric + "]}"
    consistent(path, **{"metrics.json": content.encode()})
    with pytest.raises(ValueError, match=r"metrics\.json' must be a JSON"):
        zoo.info(path)


# Weights.


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
