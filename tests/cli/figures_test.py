import json

import numpy as np
import pytest
from PIL import Image

from kerasgan import datasets
from kerasgan import figures
from kerasgan import zoo
from kerasgan.cli import drawing

LOG = "epoch,generator_loss,discriminator_loss,score\n1,0.9,0.5,3\n"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def pictures(tmp_path):
    """A model of 16x16 grey pictures in a folder, whose card names it."""
    rng = np.random.default_rng(0)
    values = rng.integers(256, size=(7, 16, 16, 3), dtype="uint8")
    for i, picture in enumerate(values):
        path = tmp_path / "pictures" / f"{i}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(picture).save(path)
    return values / 127.5 - 1


@pytest.fixture
def run_folder(zoo_folder, tmp_path, pictures):
    """The folder of a finished run of one network."""
    folder = tmp_path / "runs" / "dcgan"
    zoo.save(
        zoo.load(zoo_folder / "dcgan", discriminator=True),
        folder / "model",
        about={"data": f"folder:{tmp_path / 'pictures'}, train"},
    )
    (folder / "log.csv").write_text(LOG)
    for i in range(3):
        figures.save(
            np.full((8, 8, 3), 100 * i, "uint8"),
            folder / "samples" / f"samples-{i:08}.png",
        )
    return folder


def test_all_figures_of_a_run(run, run_folder, tmp_path):
    code, out, err = run("figures", "runs/dcgan", "--seed=3")
    assert (code, err) == (0, "")
    assert out == (
        "Drew 'dcgan' (--seed=3): samples.png, interpolation.png, "
        "interpolation.gif, training.png, training.gif, neighbours.png in "
        "'dcgan_figures'.\n"
    )
    assert names(tmp_path / "dcgan_figures") == [
        "interpolation.gif",
        "interpolation.png",
        "neighbours.png",
        "samples.png",
        "training.gif",
        "training.png",
    ]
    with Image.open("dcgan_figures/training.gif") as image:
        assert image.n_frames == 3


def test_neighbours_are_sought_among_the_crops_of_the_training(
    run_folder, tmp_path
):
    info = zoo.info(run_folder)
    info["about"]["corner_crops"] = [12, 12]
    info["image_shape"] = [12, 12, 3]
    data = drawing.find_data(info, None, must_be_found=True)
    with Image.open(tmp_path / "pictures" / "3.png") as picture:
        corner = np.asarray(picture)[-12:, :12]
    images = corner[None] / 127.5 - 1
    _, distances = drawing.nearest_images(
        images, data, 1, lambda each, **_: each
    )
    np.testing.assert_allclose(distances, 0, atol=1e-5)


def test_figures_show_the_images_of_the_seed(run, run_folder, pixels):
    run("figures", "runs/dcgan", "--seed=3", "--only=samples,interpolation")
    images = zoo.load("runs/dcgan").generate(64, seed=3)
    shown = pixels("dcgan_figures/samples.png")
    # 8 rows and columns of 18 pixels and a gap, 4 times as large.
    expected = figures.grid(images).astype(int)
    assert np.abs(shown[::4, ::4] - expected).max() <= 1
    shown = pixels("dcgan_figures/interpolation.png")
    scale = shown.shape[1] // (11 * 18 + 2)
    shown = shown[::scale, ::scale]
    # The first eight images become the next eight.
    for column, first in ((0, 0), (10, 8)):
        expected = figures.to_uint8(images[first : first + 8]).astype(int)
        for row in range(8):
            top, left = 2 + 18 * row, 2 + 18 * column
            tile = shown[top : top + 16, left : left + 16]
            assert np.abs(tile - expected[row]).max() <= 1


def test_figures_of_a_conditional_lapgan(run, tmp_path, pixels):
    code, out, _ = run("figures", "cclapgan", "--out=a/b", "--seed=3")
    assert code == 0
    assert "Not drawn: neighbours, as the training images were not" in out
    assert names(tmp_path / "a" / "b") == [
        "growth.gif",
        "interpolation.gif",
        "interpolation.png",
        "pyramid.png",
        "samples.png",
    ]
    model = zoo.load("cclapgan")
    labels = np.repeat(np.arange(3), 10)
    images = model.generate(30, labels, seed=3)
    expected = figures.class_grid(images, labels).astype(int)
    assert np.abs(pixels("a/b/samples.png") - expected).max() <= 1


def test_only_what_is_asked_for(run, tmp_path):
    code, out, _ = run(
        "figures", "cclapgan", "--only=pyramid", "--seed=3", "--json"
    )
    assert code == 0
    files = ["cclapgan_figures/pyramid.png", "cclapgan_figures/growth.gif"]
    assert json.loads(out) == {"files": files, "seed": 3}
    assert names(tmp_path / "cclapgan_figures") == ["growth.gif", "pyramid.png"]


def test_each_level_of_a_run_has_its_training(run, zoo_folder, tmp_path):
    folder = tmp_path / "lapgan"
    zoo.save(zoo.load(zoo_folder / "cclapgan"), folder / "model")
    for level in ("level_0", "level_1"):
        (folder / level).mkdir()
        (folder / level / "log.csv").write_text(LOG)
    assert run("figures", "lapgan", "--only=training").code == 0
    assert names(tmp_path / "lapgan_figures") == [
        "training_level_0.png",
        "training_level_1.png",
    ]


@pytest.mark.parametrize("block", [2**28, 4 * 3 * 16 * 16 * 3])
def test_nearest_images_are_found_among_all(
    run_folder, pictures, monkeypatch, block
):
    # In one batch, and in as few as it takes to have even ones: one by one.
    monkeypatch.setattr(drawing, "_BLOCK", block)
    info = zoo.info(run_folder)
    data = drawing.find_data(info, None, True)
    assert data.info.num_images == 7
    rng = np.random.default_rng(1)
    images = (pictures[[3, 0]] + rng.normal(0, 0.01, (2, 16, 16, 3))).astype(
        "float32"
    )
    nearest, distances = drawing.nearest_images(
        images, data, 2, lambda batches, **kwargs: batches
    )
    # Their files are read in the order of their names.
    seen = np.concatenate(
        [
            batch.numpy()
            for batch in datasets.load(data.name, batch_size=1, shuffle=False)
        ]
    )
    all_distances = np.sqrt(
        ((images[:, None] - seen).astype("float64") ** 2).sum((2, 3, 4))
    )
    order = np.argsort(all_distances)[:, :2]
    np.testing.assert_allclose(
        distances, np.take_along_axis(all_distances, order, 1), rtol=1e-5
    )
    np.testing.assert_array_equal(nearest, seen[order])


@pytest.mark.parametrize(
    "num_images, expected",
    [
        # 614 MB of images take 3 parts of 2**28 bytes; 4 of 12,500 are even.
        (50000, (12500, 4)),
        # Small sets are one part.
        (7, (7, 1)),
        # A prime number is not cut evenly: 2 images are left out.
        (49999, (16666, 3)),
    ],
)
def test_hardly_an_image_is_left_out(num_images, expected):
    info = datasets.DatasetInfo("cifar10", num_images, (32, 32, 3), ())
    assert drawing._batches(info) == expected


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("own_networks",), "A picture has 1 channel or 3."),
        (("dcgan", "--only=pyramid"), "needs a LAPGAN. Received: 'dcgan', a "),
        (("dcgan", "--only=training"), "--only=training needs a run folder"),
        (("dcgan", "--out=full"), "--out must be a folder"),
    ],
)
def test_mistakes_are_found_before_the_model_is_loaded(
    run, tmp_path, monkeypatch, arguments, message
):
    (tmp_path / "full").write_text("mine")
    monkeypatch.delattr("kerasgan.zoo.saving.load")
    code, out, err = run("figures", *arguments)
    assert (code, out) == (1, "")
    assert message in err
    assert names(tmp_path) == ["full"]


def test_an_unknown_figure_is_named(run):
    code, _, err = run("figures", "dcgan", "--only=samples,smples")
    assert code == 2
    assert "must be of samples, pyramid," in err and "not 'smples'" in err


@pytest.mark.parametrize(
    "family, message",
    [
        ("Classifier", "which tells images apart. Give a GAN."),
        ("LAPGANLevel", "Give the whole LAPGAN."),
    ],
)
def test_what_generates_nothing_is_refused(run, monkeypatch, family, message):
    info = {**zoo.info("gan_mnist"), "family": family}
    monkeypatch.setattr(zoo, "info", lambda name: info)
    code, _, err = run("figures", "gan_mnist")
    assert code == 1
    assert message in err


@pytest.mark.parametrize(
    "about, message",
    [
        ({}, "trained on 'None'"),
        ({"data": "community:cifar10, train"}, "trained on 'community:cifar10"),
        ({"data": "folder:missing, train"}, "missing"),
        ({"data": "mnst, train"}, "Did you mean 'mnist'?"),
    ],
)
def test_training_images_that_are_not_there(about, message):
    info = {"name": "a", "about": about, "image_shape": [16, 16, 3]}
    assert drawing.find_data(info, None, False) is None
    with pytest.raises(ValueError, match=message.replace("?", r"\?")):
        drawing.find_data(info, None, True)


def test_shapes_are_not_drawn_unless_asked_for(tmp_path):
    about = {"data": "shapes, train"}
    info = {"name": "a", "about": about, "image_shape": [32, 32, 3]}
    assert drawing.find_data(info, str(tmp_path), False) is None
    assert not any(tmp_path.iterdir())


def test_training_images_of_another_shape(run_folder):
    info = {**zoo.info(run_folder), "image_shape": [16, 16, 1]}
    with pytest.raises(ValueError, match="must be of the model's shape"):
        drawing.find_data(info, None, True)


def test_an_interrupted_command_leaves_what_was_there(
    run, tmp_path, monkeypatch
):
    def stop(*args, **kwargs):
        raise KeyboardInterrupt

    assert run("figures", "dcgan", "--only=samples").code == 0
    before = (tmp_path / "dcgan_figures" / "samples.png").read_bytes()
    monkeypatch.setattr(figures, "grid", stop)
    assert run("figures", "dcgan", "--only=samples").code == 130
    assert (tmp_path / "dcgan_figures" / "samples.png").read_bytes() == before
    assert names(tmp_path / "dcgan_figures") == ["samples.png"]
