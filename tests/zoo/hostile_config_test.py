"""Configs that would do harm, in folders that are consistent otherwise."""

import json
import os

import keras
import pytest
from hostile_cases import consistent
from hostile_cases import refused

from kerasgan import files
from kerasgan import zoo


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
    # A plain layer without weights, in the same place, is built.
    path = copy("own")
    plain = keras.saving.serialize_keras_object(keras.layers.ReLU())
    changed_config(path, with_layer(json.loads(json.dumps(plain))))
    assert len(zoo.load(path).generator.layers) == 3


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
        {"about": {"data": None}},
        {"about": {"data": 5}},
        {"about": {"corner_crops": 5}},
        {"about": {"corner_crops": [28]}},
        {"about": {"corner_crops": ["28", "28"]}},
        {"about": {"corner_crops": [True, True]}},
        {"image_shape": 3},
        {"image_shape": [1, 2]},
        {"image_shape": ["8", "8", "3"]},
        {"num_classes": "10"},
        {"parameters": {"generator": "1"}},
        {"parameters": {}},
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
