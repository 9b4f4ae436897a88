import dataclasses
import functools
import json
import math

import keras
import numpy as np
import pytest
from PIL import Image

from kerasgan import datasets
from kerasgan import evaluation
from kerasgan import models
from kerasgan import zoo
from kerasgan.evaluation import measuring
from kerasgan.evaluation import numbers
from kerasgan.evaluation import observing
from kerasgan.evaluation import reports
from kerasgan.evaluation import setting
from kerasgan.evaluation import sources

# The reference images of these tests are the training images, so there is no
# memorisation but where a test says so.
COMMON = {
    "frechet_distance",
    "kernel_distance",
    "precision",
    "recall",
    "density",
    "coverage",
    "two_sample_accuracy",
    "sliced_wasserstein_distance",
    "relative_diversity",
    "classifier_score",
    "class_imbalance",
    "ms_ssim_similarity",
}
OF_CLASSES = {
    "label_accuracy",
    "nearest_neighbour_accuracy",
    "trained_on_generated_accuracy",
}


def plain_names(measured):
    return {number.name.partition("[")[0] for number in measured}


@pytest.fixture(scope="module")
def evaluated(place, common_settings):
    """A function from a model to its whole report and the stages told."""

    @functools.cache
    def evaluated(name):
        stages = []
        report = evaluation.evaluate(
            str(place / name),
            parzen=True,
            progress=lambda *stage: stages.append(stage),
            **common_settings,
        )
        return report, stages

    return evaluated


@pytest.mark.parametrize(
    "name, further",
    [
        ("plain", {"perceptual_path_length", "parzen_log_likelihood"}),
        (
            "classes",
            OF_CLASSES | {"perceptual_path_length", "parzen_log_likelihood"},
        ),
        (
            "pyramid",
            {
                "perceptual_path_length",
                "parzen_log_likelihood",
                "multiscale_parzen_log_likelihood",
            },
        ),
    ],
)
def test_a_model_gets_every_number_that_it_can_have(
    place, evaluated, name, further
):
    report, _ = evaluated(name)
    assert plain_names(report.numbers) == COMMON | further
    for number in report.numbers:
        assert math.isfinite(number.value), number
        assert number.low <= number.value <= number.high, number
    # The hash of the weights is part of the name.
    info = zoo.info(place / "judge")
    digest = info["sha256"]["classifier.safetensors"]
    assert f"frechet_distance[judge@{digest[:8]}]" in {
        number.name for number in report.numbers
    }
    assert report.protocol["extractor sha256"] == digest
    assert report.protocol["generated images"] == 120
    assert report.protocol["reference images among them"] == "100.00%"
    assert ("pyramid" in report.pictures) == (name == "pyramid")


def test_one_seed_gives_one_report(place, settings, evaluated):
    first, _ = evaluated("plain")
    name = str(place / "plain")
    again = evaluation.evaluate(name, parzen=True, **settings)
    other = evaluation.evaluate(name, seed=1, **settings)
    assert again.as_dict() == first.as_dict()
    assert other["frechet_distance"].value != first["frechet_distance"].value


def test_real_images_are_better_than_noise(place, settings):
    data = f"folder:{place / 'pictures'}"
    settings["num_images"] = 100
    floor = evaluation.evaluate("split:train", data=data, **settings)
    ceiling = evaluation.evaluate("noise", data=data, **settings)
    for name in ("frechet_distance", "kernel_distance"):
        assert floor[name].high < ceiling[name].low
    for name in ("precision", "coverage"):
        assert floor[name].low > ceiling[name].high
    # The extractor's network knows no classes, one trained for a moment does.
    assert floor["trained_on_generated_accuracy"].value > 0.9
    assert "label_accuracy" not in plain_names(ceiling.numbers)


def test_pictures_made_elsewhere_are_measured(
    place, settings, evaluated, tmp_path
):
    model = zoo.load(place / "plain")
    pixels = np.round((model.generate(120, seed=0) + 1) * 127.5)
    for i, image in enumerate(pixels.astype("uint8")):
        Image.fromarray(image).save(tmp_path / f"{i}.png")
    data = f"folder:{place / 'pictures'}"
    elsewhere = evaluation.evaluate(f"folder:{tmp_path}", data=data, **settings)
    ours, _ = evaluated("plain")
    # The same images, in another order.
    assert elsewhere["frechet_distance"].value == pytest.approx(
        ours["frechet_distance"].value, rel=1e-4
    )


def test_the_report_is_written(evaluated, tmp_path):
    report, _ = evaluated("classes")
    report.write(tmp_path / "report")
    written = json.loads((tmp_path / "report" / "evaluation.json").read_text())
    assert written == json.loads(json.dumps(report.as_dict()))
    text = (tmp_path / "report" / "README.md").read_text()
    for number in report.numbers:
        assert number.name in text
    for name in ("samples", "nearest_to_training"):
        picture = Image.open(tmp_path / "report" / f"{name}.png")
        assert np.array_equal(picture, report.pictures[name])


def test_stages_are_told(evaluated):
    _, told = evaluated("plain")
    # What may fail comes before what takes long.
    names = [name for _, _, name in told]
    assert names.index("generation") < names.index("training images")
    assert [done for done, _, _ in told] == list(range(len(told)))
    assert {total for _, total, _ in told} == {len(told)}


def test_a_number_that_is_not_there_is_named(evaluated):
    report, _ = evaluated("plain")
    with pytest.raises(KeyError, match="no number 'fid'"):
        report["fid"]


@pytest.fixture(scope="module")
def grey_pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("grey")
    rng = np.random.default_rng(0)
    for i in range(120):
        pixels = rng.integers(256, size=(16, 16), dtype="uint8")
        Image.fromarray(pixels).save(folder / f"{i}.png")
    return folder


@pytest.mark.parametrize(
    "name, changes, message",
    [
        ("plain", {"num_images": 99}, "`num_images` must be an integer"),
        ("plain", {"num_images": 161}, "There must be as many reference"),
        ("plain", {"seed": -1}, "`seed` must be an integer"),
        ("plain", {"split": "test"}, "`split` must be a split of"),
        ("plain", {"extractor": None}, "`extractor` must be named"),
        ("plain", {"extractor": "plain"}, "must be Classifier. .* a DCGAN"),
        ("plain", {"data": "folder:/nowhere"}, "'folder:PATH' must name"),
        ("judge", {"data": "pictures"}, "The model must generate images"),
        ("nothing", {}, "A saved model is a folder"),
        ("folder:/nowhere", {"data": "pictures"}, "'folder:PATH' must name"),
        ("split:nonsense", {"data": "pictures"}, "`split` must be a split of"),
        (
            "split:train[:100]",
            {"data": "pictures"},
            "There must be as many images as are compared. Received: 100 in",
        ),
        ("split:train[40:]", {"data": "pictures"}, r"\d of class \d in "),
        ("plain", {"data": "grey"}, r"of its own shape.*\(16, 16, 3\).*, 1\)"),
        ("folder:grey", {"data": "pictures"}, r"of their shape.*, 1\).*, 3\)"),
        ("noise", {}, "`data` must name"),
    ],
)
def test_wrong_arguments_are_told(
    place, grey_pictures, settings, name, changes, message, monkeypatch
):
    paths = {
        "plain": str(place / "plain"),
        "pictures": f"folder:{place / 'pictures'}",
        "grey": f"folder:{grey_pictures}",
        "folder:grey": f"folder:{grey_pictures}",
    }
    settings.update((key, paths.get(to, to)) for key, to in changes.items())
    is_model = name != "noise" and ":" not in name
    source = str(place / name) if is_model else paths.get(name, name)
    # Before any work.
    monkeypatch.setattr(observing, "real", None)
    with pytest.raises(ValueError, match=message):
        evaluation.evaluate(source, **settings)


def test_copies_are_found_where_reference_images_are_new(place, settings):
    about = {"data": f"folder:{place / 'pictures'}, train[:50]"}
    path = zoo.save(zoo.load(place / "plain"), place / "of_fifty", about)
    settings.update(split="train[60:]", num_images=100)
    report = evaluation.evaluate(str(path), **settings)
    assert report.protocol["training images compared"] == 50
    assert report.protocol["reference images among them"] == "0.00%"
    shares = {"memorised_share", "duplicate_share"}
    assert shares < plain_names(report.numbers)
    setting = evaluation.setting.choose(str(path), **settings)
    train, real = observing.training(setting), observing.real(setting)
    # Each training image twice.
    fake = real._replace(
        images=np.resize(train.images, real.images.shape),
        features=np.resize(train.features, real.features.shape),
    )
    copied, _ = measuring.memorisation(setting, train, real, fake)
    honest, _ = measuring.memorisation(setting, train, real, real)
    assert plain_names(copied) == shares
    for one, other in zip(copied, honest, strict=True):
        assert one.value == 1, one
        assert other.value < 0.1, other


def test_classes_of_other_data_are_no_labels(place, settings):
    zoo.save(zoo.load(place / "judge"), place / "stranger")
    for name, expected in (("judge", {"label_accuracy"}), ("stranger", set())):
        settings["extractor"] = str(place / name)
        setting = evaluation.setting.choose(str(place / "classes"), **settings)
        real = observing.real(setting)
        measured = [
            *measuring.scores(setting, real, real),
            *measuring.neighbours(setting, real, real),
        ]
        assert OF_CLASSES & plain_names(measured) == {
            "nearest_neighbour_accuracy",
            *expected,
        }


def test_data_without_the_classes_of_a_model_are_refused(
    place, settings, tmp_path
):
    rng = np.random.default_rng(0)
    for i in range(130):
        pixels = rng.integers(256, size=(16, 16, 3), dtype="uint8")
        Image.fromarray(pixels).save(tmp_path / f"{i}.png")
    with pytest.raises(ValueError, match=r"of 2, and .* of 0 classes"):
        evaluation.evaluate(
            str(place / "classes"), data=f"folder:{tmp_path}", **settings
        )


@pytest.fixture
def of_crops(place, settings):
    """The setting of a model that was trained on corner crops."""
    model = models.DCGAN(image_shape=(8, 8, 3), filters=4)
    data = f"folder:{place / 'pictures'}, train"
    about = {"data": data, "corner_crops": [8, 8]}
    path = zoo.save(model, place / "crops", about)
    return evaluation.setting.choose(str(path), **settings)


def corner(pictures, i):
    """The corner of picture i that is compared."""
    top, left = divmod(i % 4, 2)
    return pictures[i, 8 * top : 8 * top + 8, 8 * left : 8 * left + 8]


@pytest.fixture
def pictures(of_crops):
    batches = datasets.load(of_crops.data, batch_size=160, shuffle=False)
    return next(iter(batches)).numpy()


def test_every_picture_gives_one_corner_crop(of_crops, pictures, monkeypatch):
    expected = np.stack([corner(pictures, i) for i in range(160)])
    images, labels = of_crops.reference()
    np.testing.assert_array_equal(images, expected[:120])
    assert labels.shape == (120,)
    images, _ = of_crops.training_images()
    np.testing.assert_array_equal(images, expected)
    told = of_crops.protocol()["real images"]
    assert told.startswith("one 8x8 corner crop of each picture")

    # As if a split of the name "test" were there.
    monkeypatch.setattr(setting, "_VALIDATION_IMAGES", 100)
    monkeypatch.setattr(setting.Setting, "class_names", lambda self: ())
    rest = dataclasses.replace(of_crops, train_split="train[:60]", split="test")
    images, _, split = rest.validation()
    assert split == "train[60:]"
    np.testing.assert_array_equal(images, expected[60:])
    # Of 99 pictures there are 396 crops.
    rest = dataclasses.replace(rest, train_split="train[:61]")
    assert rest.validation() is None


def test_crops_in_another_order_are_of_as_many_pictures(of_crops, pictures):
    every = {corner(pictures, i).tobytes() for i in range(160)}
    source = sources.open_source("split:train", of_crops)
    _, labels = of_crops.reference()
    for asked in (None, labels):
        images = source.images(120, asked, seed=1)
        found = {image.tobytes() for image in images}
        assert len(found) == 120
        assert found < every


def test_four_crops_do_not_stand_for_four_pictures(place, settings, of_crops):
    settings["num_images"] = 161
    with pytest.raises(ValueError, match=r"num_images=161, .* 160 in train"):
        evaluation.evaluate(str(place / "crops"), **settings)


def test_validation_images_are_none_of_the_reference_images():
    chosen = setting.Setting(
        data="mnist",
        train_split="train[:50000]",
        is_trained_on_it=True,
        split="train[50000:]",
        image_shape=(28, 28, 1),
        corner_crops=None,
        num_images=1000,
        extractor=None,
        seed=0,
        data_dir=None,
    )
    assert chosen.validation() is None


def test_numbers_that_are_none_are_left_out():
    def number(name, *values):
        return numbers.Number(name, *values, "", numbers.LOWER, "")

    nan = float("nan")
    measured = [
        number("good", 1.0, 0.5, 1.5),
        number("undefined", nan, nan, nan),
        number("without an end", 1.0, 0.5, float("inf")),
    ]
    assert numbers.finite(measured) == measured[:1]


def test_a_report_that_was_interrupted_is_written_again(tmp_path, monkeypatch):
    report = reports.Report(
        "it", {}, [], {"samples": np.zeros((4, 4, 3), "uint8")}
    )
    with monkeypatch.context() as patch:
        patch.setattr(reports.figures, "save", None)
        with pytest.raises(TypeError):
            report.write(tmp_path / "report")
    report.write(tmp_path / "report")
    assert (tmp_path / "report" / "samples.png").exists()


def test_an_order_depends_on_the_seed_alone(place):
    orders = []
    for seed in (0, 1):
        keras.utils.set_random_seed(seed)
        images, _ = evaluation.loading.load(
            f"folder:{place / 'pictures'}", 50, seed=3, split="train"
        )
        orders.append(images)
    np.testing.assert_array_equal(*orders)
