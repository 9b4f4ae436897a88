import errno
import json
import os
import pathlib
import shutil
import threading

import keras
import model_cases
import numpy as np
import pytest
import safetensors.numpy

from kerasgan import files
from kerasgan import models
from kerasgan import zoo
from kerasgan.zoo import registry


def dcgan(**kwargs):
    return models.DCGAN(image_shape=(8, 8, 3), filters=2, **kwargs)


def images(model):
    return model_cases.sample(model)


# What is in a folder.


def test_a_folder_holds_what_is_said_of_it(tmp_path):
    picture = np.zeros((4, 4, 3), "uint8")
    metrics = [{"name": "score", "value": 1.5, "protocol": "by hand"}]
    path = zoo.save(
        dcgan(),
        tmp_path / "a" / "dcgan_test",
        about={"name": "dcgan_test", "data": "noise", "failures": "All."},
        metrics=metrics,
        pictures={"samples": picture},
    )
    assert path == tmp_path / "a" / "dcgan_test"
    assert sorted(os.listdir(path)) == [
        "README.md",
        "config.json",
        "discriminator.safetensors",
        "generator.safetensors",
        "manifest.json",
        "metrics.json",
        "samples.png",
    ]
    info = zoo.info(path)
    assert info["name"] == "dcgan_test"
    assert info["family"] == "DCGAN"
    assert info["image_shape"] == [8, 8, 3]
    assert info["num_classes"] is None
    assert info["storage"] == "float32"
    assert info["metrics"] == metrics
    assert info["about"]["data"] == "noise"
    # Dense 100 -> 4x4x2, batch norm of 2, a 5x5 kernel of 2 -> 3.
    generator = 100 * 32 + 4 * 2 + 25 * 2 * 3 + 3
    discriminator = 25 * 3 * 2 + 2 + 4 * 4 * 2 + 1
    assert info["parameters"] == {
        "generator": generator,
        "discriminator": discriminator,
    }
    sizes = [(path / name).stat().st_size for name in os.listdir(path)]
    manifest = (path / "manifest.json").stat().st_size
    assert info["num_bytes"] == sum(sizes) - manifest
    card = zoo.card(path)
    assert card == (path / "README.md").read_text()
    for text in ("# dcgan_test", "| score | 1.5 | by hand |", "All.", "noise"):
        assert text in card


def test_the_weights_can_be_read_without_kerasgan(tmp_path):
    model = dcgan()
    path = zoo.save(model, tmp_path / "model")
    arrays = safetensors.numpy.load_file(path / "generator.safetensors")
    assert sorted(arrays) == [
        "generator/000/kernel",
        "generator/001/gamma",
        "generator/002/beta",
        "generator/003/moving_mean",
        "generator/004/moving_variance",
        "generator/005/kernel",
        "generator/006/bias",
    ]
    weights = model.generator.get_weights()
    for (name, array), weight in zip(
        sorted(arrays.items()), weights, strict=True
    ):
        np.testing.assert_array_equal(array, weight, err_msg=name)


def test_the_same_model_gives_the_same_bytes(tmp_path):
    model = dcgan()
    folders = [zoo.save(model, tmp_path / name) for name in ("one", "two")]
    one, two = (
        {name: (path / name).read_bytes() for name in os.listdir(path)}
        for path in folders
    )
    assert one == two


def test_an_average_takes_the_place_of_the_generator(tmp_path):
    model = dcgan(ema=0.9)
    model_cases.compile(model, lambda: keras.optimizers.Adam(0.1))
    rng = np.random.default_rng(0)
    data = rng.uniform(-1, 1, (8, 8, 8, 3)).astype("float32")
    model.fit(data, batch_size=4, verbose=0)
    loaded = zoo.load(zoo.save(model, tmp_path / "model"))
    assert loaded.averaged_generator is None
    np.testing.assert_array_equal(images(loaded), images(model))
    differences = [
        np.abs(one - two).max()
        for one, two in zip(
            loaded.generator.get_weights(),
            model.generator.get_weights(),
            strict=True,
        )
    ]
    assert max(differences) > 1e-3


# Half the bytes.


def test_float16_halves_the_file_and_hardly_changes_an_image(tmp_path):
    model = dcgan()
    whole = zoo.save(model, tmp_path / "whole")
    half = zoo.save(model, tmp_path / "half", storage="float16")
    sizes = [
        (path / "generator.safetensors").stat().st_size
        for path in (whole, half)
    ]
    assert sizes[1] < 0.6 * sizes[0]
    assert zoo.info(half)["storage"] == "float16"
    loaded = zoo.load(half)
    assert {weight.dtype for weight in loaded.generator.weights} == {"float32"}
    differences = np.abs(images(loaded) - images(model))
    assert 0 < differences.max() < 2 / 255


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e6])
def test_what_float16_cannot_hold_is_refused(value, tmp_path):
    model = dcgan()
    bias = model.generator.weights[-1]
    bias.assign(bias + value)
    with pytest.raises(ValueError, match="generator/006/bias"):
        zoo.save(model, tmp_path / "model", storage="float16")
    assert not (tmp_path / "model").exists()


def test_an_unknown_storage_is_refused(tmp_path):
    with pytest.raises(ValueError, match="Did you mean 'float16'"):
        zoo.save(dcgan(), tmp_path / "model", storage="float-16")


# With and without the discriminator.


@pytest.mark.parametrize("name", model_cases.CASES)
def test_the_discriminator_is_loaded_where_it_is_asked_for(name, tmp_path):
    model = model_cases.build(name)
    path = zoo.save(model, tmp_path / "model")
    generating, whole = zoo.load(path), zoo.load(path, discriminator=True)
    assert generating.discriminator_parts() == {}
    np.testing.assert_array_equal(images(generating), images(model))
    expected, found = model.discriminator_parts(), whole.discriminator_parts()
    assert list(found) == list(expected)
    for part in expected:
        for one, two in zip(
            expected[part].get_weights(),
            found[part].get_weights(),
            strict=True,
        ):
            np.testing.assert_array_equal(one, two)
    model_cases.compile(whole, lambda: keras.optimizers.Adam(1e-3))
    with pytest.raises(ValueError, match="Load it with `discriminator=True`"):
        model_cases.compile(generating, lambda: keras.optimizers.Adam(1e-3))


@pytest.mark.parametrize("name", ["own_networks", "lapgan"])
def test_a_model_without_discriminator_can_be_saved(name, tmp_path):
    model = zoo.load(zoo.save(model_cases.build(name), tmp_path / "whole"))
    path = zoo.save(model, tmp_path / "generating")
    assert not (path / "discriminator.safetensors").exists()
    assert zoo.info(path)["parameters"]["discriminator"] == 0
    np.testing.assert_array_equal(images(zoo.load(path)), images(model))
    copy = type(model).from_config(model.get_config())
    assert copy.discriminator_parts() == {}


# What is there already.


def test_a_model_is_replaced_as_a_whole(tmp_path):
    picture = np.zeros((4, 4, 3), "uint8")
    path = tmp_path / "model"
    zoo.save(dcgan(), path, pictures={"samples": picture})
    other = dcgan(latent_dim=7)
    zoo.save(other, path)
    assert not (path / "samples.png").exists()
    np.testing.assert_array_equal(images(zoo.load(path)), images(other))
    assert os.listdir(tmp_path) == ["model"]


@pytest.mark.parametrize("name", ["notes.txt", ".git", "weights"])
def test_no_other_file_is_replaced(name, tmp_path):
    path = zoo.save(dcgan(), tmp_path / "model")
    (path / name).write_text("mine")
    before = {each: (path / each).read_bytes() for each in os.listdir(path)}
    with pytest.raises(ValueError, match=rf"which holds {name}\. Give a new"):
        zoo.save(dcgan(), path)
    assert before == {
        each: (path / each).read_bytes() for each in os.listdir(path)
    }


def test_an_empty_folder_may_be_written_to(tmp_path):
    (tmp_path / "model").mkdir()
    zoo.save(dcgan(), tmp_path / "model")
    assert zoo.is_saved(tmp_path / "model")


def test_a_file_in_the_place_of_the_folder_stays(tmp_path):
    (tmp_path / "model").write_text("mine")
    with pytest.raises(ValueError, match="in a folder of its own"):
        zoo.save(dcgan(), tmp_path / "model")
    assert (tmp_path / "model").read_text() == "mine"


class Killed(BaseException):
    """Stands for SIGKILL: nothing is cleaned up after it."""


@pytest.mark.parametrize("function", ["fsync", "rename", "mkdir"])
def test_killed_at_any_moment_the_old_or_the_new_model_is_there(
    function, tmp_path, monkeypatch
):
    old, new = dcgan(), dcgan(latent_dim=7)
    path = zoo.save(old, tmp_path / "model")
    owner = pathlib.Path if function == "mkdir" else os
    real = getattr(owner, function)
    moment, finished, seen = 0, False, set()
    while not finished:
        moment += 1
        calls = [0]

        def dying(*args, calls=calls, moment=moment, **kwargs):
            calls[0] += 1
            if calls[0] == moment:
                raise Killed
            return real(*args, **kwargs)

        with monkeypatch.context() as patch:
            patch.setattr(owner, function, dying)
            try:
                zoo.save(new, path)
                finished = True
            except Killed:
                pass
        found = images(zoo.load(path))
        is_old, is_new = (
            np.array_equal(found, images(model)) for model in (old, new)
        )
        assert is_new if finished else is_old or is_new
        seen.add(is_new)
    assert moment > 1
    assert seen == {False, True}
    assert os.listdir(tmp_path) == ["model"]


def test_a_full_disk_leaves_the_old_model(tmp_path, monkeypatch):
    old = dcgan()
    path = zoo.save(old, tmp_path / "model")

    def full(*args):
        raise OSError("Saving needs more.")

    with monkeypatch.context() as patch:
        patch.setattr(files, "check_space", full)
        with pytest.raises(OSError, match="Saving needs"):
            zoo.save(dcgan(), path)
    np.testing.assert_array_equal(images(zoo.load(path)), images(old))


def test_a_disk_that_fills_while_writing_leaves_nothing_behind(
    tmp_path, monkeypatch
):
    old = dcgan()
    path = zoo.save(old, tmp_path / "model")

    def fsync(number):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        with pytest.raises(OSError, match="No space left"):
            zoo.save(dcgan(latent_dim=7), path)
    assert os.listdir(tmp_path) == ["model"]
    np.testing.assert_array_equal(images(zoo.load(path)), images(old))


def test_a_deleted_model_stays_deleted(tmp_path, monkeypatch):
    path = zoo.save(dcgan(), tmp_path / "model")
    # As if killed while the old model was being removed.
    monkeypatch.setattr(shutil, "rmtree", lambda *args, **kwargs: None)
    zoo.save(dcgan(), path)
    monkeypatch.undo()
    shutil.rmtree(path)
    assert not zoo.is_saved(path)
    zoo.save(dcgan(), path)
    assert os.listdir(tmp_path) == ["model"]


def test_a_link_to_a_folder_stays_one(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    for _ in range(2):
        model = dcgan()
        zoo.save(model, tmp_path / "link")
        np.testing.assert_array_equal(
            images(zoo.load(tmp_path / "real")), images(model)
        )
    assert (tmp_path / "link").is_symlink()


def test_a_reader_gets_one_model_or_the_other(tmp_path):
    path = tmp_path / "model"
    sizes = (5, 6)
    models_to_save = [dcgan(latent_dim=size) for size in sizes]
    zoo.save(models_to_save[0], path)
    done = threading.Event()

    def save():
        for i in range(60):
            zoo.save(models_to_save[i % 2], path)
        done.set()

    thread = threading.Thread(target=save)
    thread.start()
    seen = set()
    try:
        while not done.is_set():
            _, contents = registry.read(path)
            config = json.loads(contents["config.json"])
            seen.add(config["config"]["latent_dim"])
    finally:
        thread.join()
    assert seen == set(sizes)


# What could be written, but not be read again.


def own(generator_layers, compiled=False):
    """A GAN of a person's own networks."""
    generator = keras.Sequential([keras.Input((2,)), *generator_layers])
    generator.add(keras.layers.Dense(12))
    generator.add(keras.layers.Reshape((2, 2, 3)))
    if compiled:
        generator.compile(keras.optimizers.Adam(), "mse")
    discriminator = keras.Sequential(
        [
            keras.Input((2, 2, 3)),
            keras.layers.Flatten(),
            keras.layers.Dense(1),
        ]
    )
    return models.GAN((generator, discriminator))


@pytest.mark.parametrize(
    "make",
    [
        lambda: [keras.layers.Lambda(lambda x: x)],
        lambda: [keras.layers.Reshape((2, 1)), keras.layers.LSTM(2)],
        lambda: [keras.layers.ReLU() for _ in range(300)],
    ],
)
def test_networks_that_could_not_be_loaded_are_not_saved(make, tmp_path):
    with pytest.raises(ValueError, match="may name layers of kerasgan"):
        zoo.save(own(make()), tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_a_network_that_was_compiled_is_saved_without_its_optimizer(tmp_path):
    model = own([], compiled=True)
    loaded = zoo.load(zoo.save(model, tmp_path / "model"))
    np.testing.assert_array_equal(images(loaded), images(model))


@pytest.mark.parametrize(
    "name", ["../escaped", "epoch 1", "", ".hidden", "a/b", "x" * 80]
)
def test_a_picture_has_the_name_of_a_file(name, tmp_path):
    pictures = {name: np.zeros((4, 4, 3), "uint8")}
    with pytest.raises(ValueError, match="A file of a saved model has a name"):
        zoo.save(dcgan(), tmp_path / "a" / "model", pictures=pictures)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "metric",
    [
        {"name": "score", "value": 1.0},
        {"name": "score", "value": np.float32(1), "protocol": "x"},
        {"value": 1.0, "protocol": "x"},
        {"name": "score", "value": float("nan"), "protocol": "x"},
        {"name": "score", "value": 1.0, "protocol": "x", "spread": 1.0},
        {"name": "score", "value": 1.0, "protocol": "x", "spread": [0.0]},
    ],
    ids=str,
)
def test_a_metric_has_a_finite_value_and_a_protocol(metric, tmp_path):
    with pytest.raises(ValueError, match="a finite value, a protocol and"):
        zoo.save(dcgan(), tmp_path / "model", metrics=[metric])


@pytest.mark.parametrize(
    "about",
    [{"data": None}, {"corner_crops": 28}, {"corner_crops": (28.0, 28.0)}],
    ids=str,
)
def test_data_is_a_string_and_crops_are_two_integers(about, tmp_path):
    with pytest.raises(ValueError, match="`data` is a string and"):
        zoo.save(dcgan(), tmp_path / "model", about=about)
    about = {"data": "cifar10, train", "corner_crops": (28, 28)}
    path = zoo.save(dcgan(), tmp_path / "model", about=about)
    assert zoo.place(zoo.info(path))["corner_crops"] == (28, 28)


def test_a_card_has_a_bound(tmp_path):
    with pytest.raises(ValueError, match="longer than"):
        zoo.save(dcgan(), tmp_path / "model", about={"x": "x" * 2**20})
    assert not (tmp_path / "model").exists()


def test_classes_may_be_counted_by_numpy(tmp_path):
    # As from `labels.max() + 1`.
    three = np.int64(3)
    for model in (
        models.DCGAN(image_shape=(8, 8, 3), filters=2, num_classes=three),
        models.Classifier((8, 8, three), three, filters=2),
    ):
        loaded = zoo.load(zoo.save(model, tmp_path / model.name))
        assert loaded.num_classes == 3


def test_the_card_of_a_level_refines(tmp_path):
    lapgan = models.LAPGAN((16, 8), filters=2, coarsest_options={"filters": 2})
    for level, call in zip(
        lapgan.levels,
        ("model.refine(images, ", "model.generate(64, "),
        strict=True,
    ):
        folder = zoo.save(level, tmp_path / level.name)
        card = (folder / "README.md").read_text()
        assert 'load("PATH")' in card
        assert call in card


def test_a_discriminator_is_not_lost(tmp_path):
    path = zoo.save(dcgan(), tmp_path / "model")
    with pytest.raises(ValueError, match="Load it with `discriminator=True`"):
        zoo.save(zoo.load(path), path)
    zoo.save(zoo.load(path, discriminator=True), path)


def test_an_unadapted_model_is_not_saved(tmp_path):
    model = models.GAN("cifar10", units=2, maxout_units=2, pieces=2)
    with pytest.raises(ValueError, match=r"Call `model\.adapt"):
        zoo.save(model, tmp_path / "model")


def test_a_model_is_loaded_in_float32_whatever_is_trained_beside(tmp_path):
    model = dcgan()
    path = zoo.save(model, tmp_path / "model")
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        loaded = zoo.load(path)
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
    finally:
        keras.config.set_dtype_policy("float32")
    np.testing.assert_array_equal(images(loaded), images(model))
