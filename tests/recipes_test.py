"""Every recipe, from its flags to its run folder, on a handful of images."""

import json
import pathlib
import subprocess
import sys

import numpy as np
import PIL.Image
import pytest
import run_cases
import tensorflow as tf

from kerasgan import datasets
from kerasgan import devices
from kerasgan import zoo

PYRAMID = ("--image_sizes=16,8", "--epochs=1,1", "--filters=2")

# Small enough for a test, otherwise the recipe as it is.
FLAGS = {
    "cclapgan_cifar10": (
        "--epochs=1,1",
        "--filters=2",
    ),
    "cclapgan_cifar10_paper": (
        "--image_sizes=32,16",
        "--epochs=1,1",
        "--filters=2",
    ),
    "conditional_gan_mnist": ("--epochs=1",),
    "dcgan_cifar10": ("--epochs=1", "--filters=2"),
    "dcgan_mnist": ("--epochs=1", "--filters=2"),
    "gan_cifar10": ("--epochs=1", "--units=8", "--maxout_units=4"),
    "gan_cifar10_paper": ("--epochs=1", "--units=8", "--maxout_units=4"),
    "gan_cifar10_conv": ("--epochs=1", "--units=200", "--filters=1"),
    "gan_mnist": ("--epochs=1",),
    "lapgan_cifar10": ("--epochs=1,1", "--filters=2"),
    "lapgan_cifar10_paper": (
        "--image_sizes=28,14,8",
        "--epochs=1,1,1",
        "--filters=2",
    ),
    "lapgan_shapes": PYRAMID,
    "sngan_cifar10": ("--epochs=1", "--filters=2"),
}
# The others take bfloat16 where the machine has it.
IN_FLOAT32 = (
    "conditional_gan_mnist",
    "gan_cifar10",
    "gan_mnist",
    "lapgan_shapes",
)
# Of each kind of optimizer and update. Two steps of the others take less time
# than their tracing, which the families' own tests see. lapgan_folder's steps,
# which are those of cclapgan_cifar10, are traced in a test of its own.
TRACED = (
    "cclapgan_cifar10_paper",
    "classifier_shapes",
    "dcgan_mnist",
    "gan_mnist",
)
CLASSIFIERS = ("classifier_cifar10", "classifier_mnist", "classifier_shapes")
# These have test files of their own.
ELSEWHERE = {"gan_gaussian1d", "gan_toy2d", "lapgan_folder"}
SHAPES = {"cifar10": (32, 32, 3), "mnist": (28, 28, 1), "shapes": (16, 16, 3)}


def few_images(
    name,
    batch_size=64,
    labels=False,
    num_steps=None,
    corner_crops=None,
    **kwargs,
):
    """Stands for `kerasgan.datasets.load`: eight images of noise."""
    shape = SHAPES[name]
    if corner_crops:
        shape = (corner_crops, corner_crops, shape[-1])
    images = np.random.default_rng(0).uniform(-1, 1, (8, *shape))
    elements = images.astype("float32")
    if labels:
        elements = (elements, np.arange(8, dtype="int32"))
    batches = tf.data.Dataset.from_tensor_slices(elements).repeat()
    batches = batches.batch(batch_size, drop_remainder=True)
    return batches.take(num_steps or 8 // batch_size)


def few_images_info(name, **kwargs):
    return datasets.DatasetInfo(name, 8, SHAPES[name], tuple("0123456789"))


@pytest.fixture(autouse=True)
def empty_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def fake_data(monkeypatch):
    monkeypatch.setattr(datasets, "load", few_images)
    monkeypatch.setattr(datasets, "info", few_images_info)


def test_every_recipe_is_run():
    names = {path.stem for path in run_cases.RECIPES.glob("[!_]*.py")}
    assert names == {*FLAGS, *CLASSIFIERS} | ELSEWHERE


@pytest.mark.usefixtures("fake_data")
@pytest.mark.parametrize("name", FLAGS)
def test_recipe_leaves_a_model_and_pictures(name, request):
    if name not in TRACED:
        request.getfixturevalue("eagerly")
    assert not run_cases.run_recipe(name, "--batch_size=4", *FLAGS[name])
    folder = pathlib.Path("runs") / name
    config = json.loads((folder / "config.json").read_text())
    assert config["flags"]["batch_size"] == 4
    model = zoo.load(folder)
    images = model.generate(2, seed=0)
    assert np.isfinite(images).all()
    if name == "gan_mnist":  # Of two steps an epoch.
        assert model.get_config()["pixel_dropout_steps"] == 130 * 2
    with PIL.Image.open(folder / "samples.png") as picture:
        assert picture.mode == "RGB"
    assert (folder / "pyramid.png").is_file() == ("lapgan" in name)
    # The card says how to do it again.
    info = zoo.info(folder)
    about = info["about"]
    assert about["name"] == name
    assert about["paper"].startswith("https://arxiv.org/abs/1")
    assert about["description"].splitlines()[0].endswith(".")
    command = about["command"].split()
    assert command[:2] == ["python", f"recipes/{name}.py"]
    expected = {"--batch_size=4", *FLAGS[name]}
    if name not in IN_FLOAT32:
        expected.add(f"--precision={devices.precision()}")
    assert set(command[2:]) == expected
    assert config["flags"]["precision"] in ("float32", "mixed_bfloat16")
    for measured, state in zip(
        (each for each in info["metrics"] if each["name"] != "diversity"),
        ("best", "last"),
        strict=True,
    ):
        # By the classifier of the data.
        (data,) = (data for data in SHAPES if data in name)
        expected = f"frechet_distance[classifier_{data}@"
        if name == "gan_mnist":
            expected = "parzen_negative_log_likelihood"
            assert "7 of mnist, train[50000:], 1 others" in measured["protocol"]
        assert measured["name"].startswith(expected)
        assert measured["protocol"].startswith(f"the {state} state")
        low, high = measured["spread"]
        # The mean of equal numbers may be rounded.
        assert low - 1e-9 <= measured["value"] <= high + 1e-9
    card = zoo.card(folder)
    assert about["command"] in card
    assert "![samples.png](samples.png)" in card


@pytest.mark.parametrize("flag", ["learning_rate", "checkpoint_minutes"])
def test_a_number_that_is_not_finite_is_refused(flag, tmp_path):
    with pytest.raises(ValueError, match=f"--{flag} must be a finite number"):
        run_cases.run_recipe("lapgan_shapes", f"--{flag}=inf")
    assert not (tmp_path / "runs").exists()


@pytest.mark.usefixtures("fake_data", "eagerly")
def test_restart_begins_in_a_fresh_folder(tmp_path, capsys):
    old = tmp_path / "runs" / "lapgan_shapes" / "config.json"
    old.parent.mkdir(parents=True)
    old.write_text("mine")
    flags = ["--batch_size=4", *PYRAMID, "--level=1", "--restart"]
    assert not run_cases.run_recipe("lapgan_shapes", *flags)
    assert [*old.parent.iterdir()] == [old] and old.read_text() == "mine"
    fresh = pathlib.Path("runs/lapgan_shapes-2")
    config = json.loads((fresh / "config.json").read_text())
    assert config["flags"]["workdir"] == str(fresh)
    assert zoo.is_saved(fresh / "level_1" / "model")
    said = capsys.readouterr().out
    assert said.startswith(f"Begins anew in {fresh}; to go on there later, ")


@pytest.mark.usefixtures("fake_data")
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_classifiers_are_measured_on_the_test_images(name, request):
    if name not in TRACED:
        request.getfixturevalue("eagerly")
    flags = ["--batch_size=4", "--epochs=2", "--precision=float32"]
    assert not run_cases.run_recipe(name, *flags)
    folder = pathlib.Path("runs") / name
    info = zoo.info(folder)
    (measured,) = info["metrics"]
    data = name.removeprefix("classifier_")
    assert measured["name"] == "accuracy"
    assert measured["protocol"].startswith(f"all 8 images of {data}, test")
    low, high = measured["spread"]
    assert low <= measured["value"] <= high
    assert info["about"]["data"] == f"{data}, train"
    assert (folder / "mistakes.png").is_file()
    images, labels = next(iter(few_images(data, batch_size=8, labels=True)))
    _, logits = zoo.load(folder)(images)
    accuracy = np.mean(np.argmax(logits, 1) == labels)
    assert accuracy == pytest.approx(measured["value"])


@pytest.fixture
def pictures(tmp_path):
    """Sixteen grey pictures of 20x16 in two class folders."""
    rng = np.random.default_rng(0)
    for i in range(16):
        path = tmp_path / "pictures" / "ab"[i % 2] / f"{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        PIL.Image.fromarray(
            rng.integers(256, size=(20, 16), dtype="uint8")
        ).save(path)
    return tmp_path / "pictures"


def test_own_pictures_on_two_devices(pictures, tmp_path):
    arguments = [
        sys.executable,
        str(run_cases.RECIPES / "lapgan_folder.py"),
        f"--pictures={pictures}",
        f"--workdir={tmp_path / 'run'}",
        "--conditional",
        "--batch_size=8",
        "--strategy=mirrored",
        "--logical_devices=2",
        *PYRAMID,
    ]
    done = subprocess.run(arguments, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "level_0: epoch 1/1, step 2/2" in done.stdout
    assert f"Everything is in {tmp_path / 'run'}" in done.stdout
    model = zoo.load(tmp_path / "run")
    assert model.num_classes == 2
    assert model.generate(1, labels=1, seed=0).shape == (1, 16, 16, 1)
    level = tmp_path / "run" / "level_0"
    assert {path.name for path in level.iterdir()} == {
        ".lock",
        "best.json",
        "checkpoints",
        "last",
        "log.csv",
        "model",
        "samples",
        "tensorboard",
    }
    drawn = {path.name for path in (level / "samples").iterdir()}
    assert drawn == {
        "pyramid-00000000.png",
        "pyramid-00000002.png",
        "pyramid.gif",
        "samples-00000000.png",
        "samples-00000002.png",
        "samples.gif",
    }


# Runs the recipes of the command line, and prints what each says, as JSON.
HELP = """
import contextlib, io, json, runpy, sys
from absl import app, flags

app.define_help_flags()
known, texts = set(flags.FLAGS), {}
for path in sys.argv[1:]:
    sys.argv = [path, "--help"]
    flags.FLAGS.unparse_flags()
    said = io.StringIO()
    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(said):
        runpy.run_path(path, run_name="__main__")
    texts[path] = said.getvalue()
    for flag in set(flags.FLAGS) - known:
        delattr(flags.FLAGS, flag)
print(json.dumps(texts))
"""


def test_help_needs_no_tensorflow(tmp_path):
    (tmp_path / "tensorflow.py").write_text("raise ImportError('imported')")
    paths = [str(path) for path in run_cases.RECIPES.glob("[!_]*.py")]
    done = subprocess.run(
        [sys.executable, "-c", HELP, *paths], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    texts = json.loads(done.stdout)
    assert list(texts) == paths
    for path, text in texts.items():
        assert "--workdir: Run folder" in text, path
        assert "Paper: " in text or pathlib.Path(path).stem in CLASSIFIERS


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--batch_size=0"], "0 is not a positive integer"),
        (["--learning_rate=-1"], "-1.0 is not a non-negative number"),
        (
            ["--strategy=both"],
            "value should be one of <auto|none|mirrored|multi_worker>",
        ),
        (["--epochs=3"], "must name as many levels"),
        (["--image_sizes=32,0,8"], "integers of at least 1"),
        (["--image_sizes=32,x,8"], "integers of at least 1"),
        (["--level=2"], "--level one of them"),
        (["--sed=1"], "Did you mean: seed"),
        (["--seed=-1"], "seed=-1"),
        (["seed=1"], "written --name=value. Received: ['seed=1']"),
    ],
)
def test_wrong_flags_are_refused_before_any_work(
    arguments, message, tmp_path, capsys
):
    assert run_cases.run_recipe("lapgan_shapes", *arguments) == 1
    error = capsys.readouterr().err
    assert message in error.replace("\n", " ")
    assert not (tmp_path / "runs").exists()
