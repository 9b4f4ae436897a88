import json

import numpy as np
import pytest
from PIL import Image

import kerasgan
from kerasgan import figures
from kerasgan import zoo
from kerasgan.cli import interpolating

# Batches of two sizes may be rounded otherwise, as `generate` says.
CLOSE = {"atol": 1e-5}


def test_a_grid(run, tmp_path, pixels):
    code, out, err = run("generate", "dcgan", "--seed=3")
    assert (code, err) == (0, "")
    assert out == "Wrote 64 images of 'dcgan' to 'dcgan.png' (--seed=3).\n"
    images = zoo.load("dcgan").generate(64, seed=3)
    expected = tmp_path / "expected.png"
    figures.save(figures.grid(images), expected)
    difference = pixels("dcgan.png") - pixels(expected)
    assert np.abs(difference).max() <= 1


@pytest.mark.parametrize("count", [1, 70])
def test_arrays(run, count):
    code, out, _ = run(
        "generate",
        "dcgan",
        "--seed=3",
        f"--num={count}",
        "--out=a/b.npz",
        "--json",
    )
    assert code == 0
    assert json.loads(out) == {"num": count, "out": "a/b.npz", "seed": 3}
    with np.load("a/b.npz") as arrays:
        assert sorted(arrays) == ["images", "seed"]
        assert arrays["seed"] == 3
        assert arrays["images"].dtype == np.float32
        expected = zoo.load("dcgan").generate(count, seed=3)
        np.testing.assert_allclose(arrays["images"], expected, **CLOSE)


def test_labels_are_taken_in_turn(run):
    run(
        "generate",
        "cclapgan",
        "--labels=2,0",
        "--num=5",
        "--out=a.npz",
        "--seed=3",
    )
    with np.load("a.npz") as arrays:
        np.testing.assert_array_equal(arrays["labels"], [2, 0, 2, 0, 2])
        expected = zoo.load("cclapgan").generate(5, [2, 0, 2, 0, 2], seed=3)
        np.testing.assert_allclose(arrays["images"], expected, **CLOSE)


def test_drawn_labels_are_written(run):
    run("generate", "cclapgan", "--num=20", "--out=a.npz", "--seed=3")
    with np.load("a.npz") as arrays:
        assert set(arrays["labels"]) == {0, 1, 2}
        model = zoo.load("cclapgan")
        for labels in (None, arrays["labels"]):
            expected = model.generate(20, labels, seed=3)
            np.testing.assert_allclose(arrays["images"], expected, **CLOSE)


def test_a_folder_of_pictures(run, tmp_path, pixels):
    (tmp_path / "empty").mkdir()
    for out in ("new", "empty"):
        code, _, _ = run(
            "generate",
            "conditional_gan_mnist",
            f"--out={out}",
            "--num=3",
            "--seed=3",
        )
        assert code == 0
        names = sorted(path.name for path in (tmp_path / out).iterdir())
        assert names == ["0000.png", "0001.png", "0002.png"]
    images = zoo.load("conditional_gan_mnist").generate(3, seed=3)
    for i, image in enumerate(figures.to_uint8(images[..., 0]).astype(int)):
        difference = pixels(f"new/000{i}.png") - image
        assert np.abs(difference).max() <= 1


def test_a_fresh_seed_is_said_and_repeats_the_images(run):
    seeds = []
    for name in ("a.npz", "b.npz"):
        out = run("generate", "dcgan", f"--out={name}", "--num=2", "--json").out
        seeds.append(json.loads(out)["seed"])
    assert seeds[0] != seeds[1]
    run("generate", "dcgan", "--out=c.npz", "--num=2", f"--seed={seeds[0]}")
    a, b, c = (np.load(f"{name}.npz")["images"] for name in "abc")
    np.testing.assert_array_equal(a, c)
    assert not np.array_equal(a, b)


def test_an_animation_of_a_lapgan_grows(run):
    run("generate", "cclapgan", "--out=a.gif", "--num=4", "--seed=3")
    with Image.open("a.gif") as image:
        assert image.n_frames == 2  # A rung each.


def test_an_animation_of_another_changes(run):
    assert run("generate", "dcgan", "--out=a.gif", "--num=1").code == 0
    with Image.open("a.gif") as image:
        assert 1 < image.n_frames <= interpolating.NUM_FRAMES
        # Of 1 image of 16 pixels and two gaps of 2, 24 times as large.
        assert image.size == (480, 480)


@pytest.mark.parametrize("name", ["dcgan", "cclapgan"])
def test_an_interpolation_passes_images_of_its_seed(zoo_folder, name):
    model = zoo.load(zoo_folder / name)
    labels = [1, 2, 0] if model.num_classes else None
    frames = list(interpolating.interpolation(model, 3, labels, seed=3))
    assert len(frames) == interpolating.NUM_FRAMES
    images = model.generate(9, labels and 3 * labels, seed=3)
    for i in range(3):
        np.testing.assert_allclose(
            frames[10 * i], images[3 * i : 3 * i + 3], **CLOSE
        )
    # Between them it moves all the time, and comes back.
    for one, two in zip(frames, [*frames[1:], frames[0]], strict=True):
        assert 0 < np.abs(one - two).max() < 1


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("dcgan", "--out=a.jpg"), "--out must end in one of ('.png', '.npz'"),
        (("dcgan", "--labels=0"), "--labels needs a class-conditional model."),
        (("cclapgan", "--labels=3"), "--labels must be of the classes 0 to 2"),
        (
            ("cclapgan", "--labels=0,1,2", "--num=2"),
            "Received: --labels=0,1,2, images: 2.",
        ),
        (("own_networks",), "A picture has 1 channel or 3."),
        (("dcgan", "--animate=pyramid"), "--out that ends in .gif"),
        (("dcgan", "--animate=pyramid", "--out=a.gif"), "needs a LAPGAN"),
        (("dcgan", "--out=full"), "must be new, or empty"),
        (("dcgan", "--out=full/kept.txt/a.png"), "The folder of --out must be"),
        (("dcgan", "--out=full.png"), "--out must be a file"),
        (("dcgan", "--out=."), "--out must have a name"),
        (("dcgan", f"--num={10**15}"), "of disk space"),
    ],
)
def test_mistakes_are_found_before_the_model_is_loaded(
    run, tmp_path, monkeypatch, arguments, message
):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "kept.txt").write_text("mine")
    (tmp_path / "full.png").mkdir()
    monkeypatch.delattr("kerasgan.zoo.saving.load")
    code, out, err = run("generate", *arguments)
    assert (code, out) == (1, "")
    assert err.startswith("kerasgan: error: ")
    assert message in err
    assert (tmp_path / "full" / "kept.txt").read_text() == "mine"


@pytest.mark.parametrize("out", ["a.png", "a.npz", "a"])
def test_an_interrupted_command_leaves_what_was_there(
    run, tmp_path, monkeypatch, out
):
    if out != "a":
        (tmp_path / out).write_text("old")

    def stop(model, num_images, labels, seed, batch_size):
        yield np.zeros((1, 16, 16, 3), "float32"), None
        raise KeyboardInterrupt

    monkeypatch.setattr(kerasgan.models.DCGAN, "generate_batches", stop)
    assert run("generate", "dcgan", f"--out={out}").code == 130
    left = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert left == ({} if out == "a" else {out: "old"})


def test_own_networks_of_two_channels_give_arrays(run):
    assert run("generate", "own_networks", "--out=a.npz", "--num=2").code == 0
    assert np.load("a.npz")["images"].shape == (2, 8, 8, 2)


def test_a_level_of_a_pyramid_generates_nothing(run, zoo_folder, tmp_path):
    lapgan = zoo.load(zoo_folder / "cclapgan", discriminator=True)
    zoo.save(lapgan.levels[0], tmp_path / "level_0")
    code, out, err = run("generate", "./level_0")
    assert (code, out) == (1, "")
    assert "Give the whole LAPGAN" in err
