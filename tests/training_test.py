"""Runs: what is refused, the best model, levels one by one."""

import dataclasses
import json
import math
import shutil

import keras
import model_cases
import numpy as np
import pytest
import run_cases
import tensorflow as tf

from kerasgan import callbacks
from kerasgan import datasets
from kerasgan import files
from kerasgan import models
from kerasgan import run_config
from kerasgan import training
from kerasgan import zoo

pytestmark = pytest.mark.usefixtures("eagerly")


@pytest.fixture
def data(tmp_path):
    return run_cases.write_pictures(tmp_path / "pictures")


@pytest.fixture
def labelled(tmp_path):
    return run_cases.write_pictures(tmp_path / "labelled", "ab")


def test_a_run_stopped_after_its_last_step_is_completed(data, tmp_path):
    run = run_cases.begin(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(callbacks, "animate", run_cases.crash)
        with pytest.raises(ZeroDivisionError):
            run.train(run_cases.gan(run), data, epochs=2)
    run.train(run_cases.gan(run), data, epochs=2)
    zoo.load(tmp_path / "last")
    zoo.load(tmp_path / "model")


def test_a_run_does_not_go_back(data, tmp_path):
    run = run_cases.begin(tmp_path)
    run.train(run_cases.gan(run), data, epochs=2)
    before = (tmp_path / "config.json").read_bytes()
    run = run_cases.begin(tmp_path)
    with pytest.raises(ValueError, match=r"has taken 6\. Give as many epochs"):
        run.train(run_cases.gan(run), data, epochs=1)
    assert (tmp_path / "config.json").read_bytes() == before


def test_images_of_another_size_leave_no_folder(data, tmp_path):
    run = run_cases.begin(tmp_path / "run")
    wrong = dataclasses.replace(data, image_size=8)
    with pytest.raises(ValueError, match="takes float images of shape"):
        run.train(run_cases.gan(run), wrong, epochs=1)
    assert not (tmp_path / "run").exists()


def test_scores_of_refined_and_of_generated_images_do_not_mix(data, tmp_path):
    run = run_cases.begin(tmp_path)
    run.train_lapgan(small_lapgan(run), data, (1, 1), level=0)
    path = tmp_path / "level_0" / "best.json"
    assert json.loads(path.read_text())["refined_real_images"]
    run.train_lapgan(small_lapgan(run), data, (2, 1))
    best = json.loads(path.read_text())
    # Whatever the score: the first of its kind is the best so far.
    assert not best["refined_real_images"]
    assert best["step"] == 6


def test_a_finished_run_is_only_loaded(data, tmp_path):
    run = run_cases.begin(tmp_path)
    best = run.train(run_cases.gan(run), data, epochs=1)
    changed = (tmp_path / "log.csv").stat().st_mtime_ns
    again = run.train(run_cases.gan(run), data, epochs=1)
    assert (tmp_path / "log.csv").stat().st_mtime_ns == changed
    np.testing.assert_array_equal(
        best.generate(2, seed=0), again.generate(2, seed=0)
    )


def test_model_is_that_of_the_lowest_score(data, tmp_path):
    run = run_cases.begin(tmp_path)
    run.train(run_cases.gan(run), data, epochs=3)
    scores = [
        float(line["sliced_wasserstein_distance"])
        for line in run_cases.log(tmp_path)
    ]
    best = json.loads((tmp_path / "best.json").read_text())
    assert best["sliced_wasserstein_distance"] == pytest.approx(min(scores))
    assert best["step"] == 3 * (1 + scores.index(min(scores)))


def test_every_two_epochs_and_at_the_end(data, tmp_path):
    run = run_cases.begin(tmp_path, every=2)
    run.train(run_cases.gan(run), data, epochs=3)
    scored = [
        not math.isnan(float(line["sliced_wasserstein_distance"]))
        for line in run_cases.log(tmp_path)
    ]
    assert scored == [False, True, True]
    assert run_cases.latest(tmp_path) == "ckpt-9"


def test_a_loss_that_is_nan_stops_the_run(data, tmp_path):
    run = run_cases.begin(tmp_path)
    model = run_cases.gan(run)
    model.compile(
        keras.optimizers.Adam(1e-3),
        # From the fifth step on; an epoch has three.
        keras.optimizers.Adam(Exploding(4)),
    )
    with pytest.raises(FloatingPointError) as error:
        run.train(model, data, epochs=4)
    assert "discriminator_loss=nan" in str(error.value)
    assert "at step 6 of 'gan" in str(error.value)
    # Only those of whole numbers are kept, and can be gone on from.
    assert run_cases.latest(tmp_path) == "ckpt-3"
    assert np.isfinite(zoo.load(tmp_path / "model").generate(4, seed=0)).all()
    assert len(run_cases.log(tmp_path)) == 1


@keras.saving.register_keras_serializable(package="kerasgan_tests")
class Exploding(keras.optimizers.schedules.LearningRateSchedule):
    """0.001, and from a step on infinity."""

    def __init__(self, step):
        self.step = step

    def __call__(self, step):
        return tf.where(step < self.step, 0.001, np.inf)


def constant_gan(run):
    """A generator that ignores its latents."""
    with run.scope():
        networks = run_cases.dense_networks(keras.layers.Rescaling(0.0))
        return model_cases.compile(models.GAN(networks, seed=run.seed))


def test_a_collapse_stops_the_run_where_that_is_asked_for(
    data, tmp_path, capsys
):
    run = run_cases.begin(tmp_path, on_collapse="stop")
    with pytest.raises(RuntimeError, match="a stop at step 4 of 9"):
        run.train(constant_gan(run), data, epochs=3)
    assert "same image whatever its latents are" in capsys.readouterr().out
    assert run_cases.latest(tmp_path) == "ckpt-4"
    # Goes on with a warning.
    run = run_cases.begin(tmp_path)
    run.train(constant_gan(run), data, epochs=3)
    assert run_cases.latest(tmp_path) == "ckpt-9"
    assert capsys.readouterr().out.count("Training goes on") == 2


def test_a_collapse_in_the_last_epoch_is_one(data, tmp_path):
    run = run_cases.begin(tmp_path, on_collapse="stop", every=2)
    with pytest.raises(RuntimeError, match="a stop at step 6 of 6"):
        run.train(constant_gan(run), data, epochs=2)
    assert run_cases.latest(tmp_path) == "ckpt-6"
    assert not zoo.is_saved(tmp_path / "last")
    # There is nothing left to stop.
    run.train(constant_gan(run), data, epochs=2)
    assert zoo.is_saved(tmp_path / "last")


@pytest.mark.parametrize("classes", [None, 3])
def test_classes_that_the_model_does_not_have(classes, labelled, tmp_path):
    run = run_cases.begin(tmp_path / "run")
    model = model_cases.compile(
        models.DCGAN(
            image_shape=(16, 16, 3), filters=2, num_classes=classes, seed=1
        )
    )
    with pytest.raises(ValueError, match="2 classes for"):
        run.train(model, labelled, epochs=1)
    assert not run.folder.exists()


def held_out_pictures(data):
    """As `Data` whose two last pictures, less than a batch, are held out."""
    data = dataclasses.replace(data, split="train[:10]", held_out="train[10:]")
    pictures = datasets.load(data.name, batch_size=12, shuffle=False)
    return data, next(iter(pictures)).numpy()


def test_held_out_images_are_those_that_samples_are_judged_by(data, tmp_path):
    run = run_cases.begin(tmp_path)
    data, pictures = held_out_pictures(data)
    score = run.scorer(run_cases.gan(run), data)
    assert score.name == "parzen_negative_log_likelihood"
    assert score.num_images == 2
    assert score.score(pictures[10:]) < score.score(pictures[:2])


def test_a_level_alone_refines_held_out_images(data, tmp_path):
    run = run_cases.begin(tmp_path)
    data, pictures = held_out_pictures(data)
    lapgan = small_lapgan(run)
    sampler = run._sampler(lapgan, 0, data)
    np.testing.assert_allclose(
        sampler.low_pass, lapgan.levels[1].rung(pictures[10:]), atol=1e-6
    )


def test_changed_data_are_refused(data, tmp_path):
    run = run_cases.begin(tmp_path / "run")
    run.train(run_cases.gan(run), data, epochs=1)
    # In another folder, as images are read once per process.
    shutil.copytree(tmp_path / "pictures", tmp_path / "more")
    shutil.copy(tmp_path / "more" / "00.png", tmp_path / "more" / "12.png")
    run = run_cases.begin(tmp_path / "run")
    more = training.Data(f"folder:{tmp_path / 'more'}")
    with pytest.raises(ValueError, match=r"_images': 12}, .*_images': 13}"):
        run.train(run_cases.gan(run), more, epochs=2)


def test_a_folder_of_another_recipe_is_refused(data, tmp_path):
    run = run_cases.begin(tmp_path)
    run.train(run_cases.gan(run), data, epochs=1)
    with pytest.raises(ValueError, match=r"\(then, now\): 'recipe', 'other'"):
        training.Run(run.values, "other")


@pytest.mark.parametrize("text", ["{", "[]", '{"family": "GAN"}', "\0"])
def test_a_folder_whose_config_is_no_runs_is_refused(text, tmp_path):
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(ValueError, match="which is no run's"):
        run_cases.begin(tmp_path)


def test_a_folder_that_cannot_be_written_to_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="--workdir must be a folder"):
        run_cases.begin(tmp_path / "file" / "run")


def test_a_disk_without_space_is_refused_before_work(
    data, tmp_path, monkeypatch
):
    run = run_cases.begin(tmp_path / "run")
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(OSError, match=r"0\.0 MiB free"):
        run.train(run_cases.gan(run), data, epochs=1)
    assert not (tmp_path / "run").exists()


def test_workers_may_differ_in_their_places_only(tmp_path):
    flags = {"epochs": 3, "every": 1, "seed": 1, "data_dir": "/a"}
    first = run_config.RunConfig(tmp_path, "recipe", flags).flags_hash
    for name, value in {"epochs": 4, "seed": 2, "data_dir": "/b"}.items():
        other = run_config.RunConfig(tmp_path, "recipe", {**flags, name: value})
        assert (other.flags_hash == first) == (name == "data_dir")


@pytest.mark.parametrize("used", [[], ["run"], ["run", "run-2"]])
def test_a_fresh_folder_is_one_that_is_not_there(used, tmp_path):
    for name in used:
        (tmp_path / name).mkdir()
    expected = ["run", "run-2", "run-3"][len(used)]
    assert run_config.fresh(tmp_path / "run") == str(tmp_path / expected)
    assert sorted(path.name for path in tmp_path.iterdir()) == used


def test_changed_flags_are_refused(data, tmp_path):
    run = run_cases.begin(tmp_path)
    assert not (tmp_path / "config.json").exists()
    run.train(run_cases.gan(run), data, epochs=1)
    run_cases.begin(
        tmp_path, every=5, checkpoint_minutes=1.0, on_collapse="stop"
    )
    with pytest.raises(ValueError, match=r"'batch_size': \(4, 8\)"):
        run_cases.begin(tmp_path, batch_size=8)


def small_lapgan(run):
    with run.scope():
        return model_cases.compile(model_cases.build("lapgan"))


def test_a_level_trained_elsewhere_is_used(data, tmp_path):
    elsewhere = run_cases.begin(tmp_path / "elsewhere")
    assert (
        elsewhere.train_lapgan(small_lapgan(elsewhere), data, (1, 1), level=0)
        is None
    )
    here = run_cases.begin(tmp_path / "here")
    shutil.copytree(
        tmp_path / "elsewhere" / "level_0", tmp_path / "here" / "level_0"
    )
    lapgan = here.train_lapgan(small_lapgan(here), data, (1, 1))
    folder = tmp_path / "here" / "level_0" / "model"
    expected = zoo.load(folder, discriminator=True)
    for one, two in zip(
        lapgan.levels[0].weights, expected.weights, strict=True
    ):
        np.testing.assert_array_equal(np.array(one), np.array(two))
    np.testing.assert_array_equal(
        zoo.load(tmp_path / "here").generate(2, seed=0),
        lapgan.generate(2, seed=0),
    )


def test_a_batch_that_cannot_be_dealt_out(tmp_path):
    run_cases.begin(tmp_path, strategy="mirrored")
    with pytest.raises(ValueError, match="--batch_size=3 for 2 devices"):
        run_cases.begin(tmp_path, strategy="mirrored", batch_size=3)


# From trained weights.


def frozen(run, model):
    """Compiled so that training changes nothing."""
    with run.scope():
        return model_cases.compile(model, lambda: keras.optimizers.SGD(0.0))


def assert_same_networks(one, two, parts=("generator", "discriminator")):
    for part in parts:
        # Of trainable weights: the vectors of spectral norm and the statistics
        # of batch norm go on without any learning rate.
        mine, theirs = (
            model_cases.values(getattr(m, part)) for m in (one, two)
        )
        for weight, expected in zip(mine, theirs, strict=True):
            np.testing.assert_array_equal(weight, expected)


def standardised_gan(**kwargs):
    options = {"units": 4, "maxout_units": 2, "pieces": 2}
    return models.GAN("cifar10", **options, **kwargs)


def test_a_run_starts_from_a_trained_model(data, tmp_path):
    data = dataclasses.replace(data, image_size=32)
    trained = standardised_gan()
    trained.adapt(np.linspace(-1, 1, 2 * 32 * 32 * 3).reshape(2, 32, 32, 3))
    zoo.save(trained, tmp_path / "trained")
    run = run_cases.begin(tmp_path / "run", init_from=str(tmp_path / "trained"))
    model = frozen(run, standardised_gan(ema=0.5))
    best = run.train(model, data, epochs=1)
    assert_same_networks(best, trained)
    # The pixels are those of the new pictures.
    images = np.concatenate([*run.load(data, batch_size=12)])
    np.testing.assert_allclose(best.pixels.mean, images.mean(0), atol=1e-5)
    with pytest.raises(ValueError, match="'init_from'"):
        run_cases.begin(tmp_path / "run", init_from=None)


def test_levels_start_from_those_of_a_trained_pyramid(data, tmp_path):
    def lapgan():
        options = {"coarsest_options": {"filters": 2}, "filters": 2}
        return models.LAPGAN((16, 8), **options)

    trained = lapgan()
    zoo.save(trained, tmp_path / "trained")
    run = run_cases.begin(tmp_path / "run", init_from=str(tmp_path / "trained"))
    best = run.train_lapgan(frozen(run, lapgan()), data, epochs=[1, 1])
    for mine, theirs in zip(best.levels, trained.levels, strict=True):
        assert_same_networks(mine, theirs)


def train_classifier(data, folder, **kwargs):
    """A run that trains a small classifier without changing its weights."""
    run = run_cases.begin(folder, **kwargs)
    with run.scope():
        model = models.Classifier((16, 16, 3), 2, filters=2)
        model.compile(keras.optimizers.SGD(0.0))
    return run.train_classifier(model, data, data, epochs=1)


def test_a_classifier_starts_from_a_trained_one(labelled, tmp_path):
    trained = models.Classifier((16, 16, 3), 2, filters=2)
    first = str(zoo.save(trained, tmp_path / "trained"))
    model = train_classifier(labelled, tmp_path / "run", init_from=first)
    assert_same_networks(model, trained, ["network"])


def test_a_classifier_of_other_filters_is_refused_at_once(labelled, tmp_path):
    other = models.Classifier((16, 16, 3), 2, filters=4)
    first = str(zoo.save(other, tmp_path / "other"))
    with pytest.raises(ValueError, match="classifier of the same networks"):
        train_classifier(labelled, tmp_path / "run", init_from=first)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("kind", ["filters", "levels", "family"])
def test_a_model_of_other_networks_is_refused_at_once(kind, data, tmp_path):
    coarsest = {"filters": 2}
    other = {
        # The coarsest, which is trained first, would fit.
        "filters": lambda: models.LAPGAN(
            (16, 8), filters=3, coarsest_options=coarsest
        ),
        "levels": lambda: models.LAPGAN(
            (32, 16, 8), filters=2, coarsest_options=coarsest
        ),
        "family": lambda: models.DCGAN(image_shape=(16, 16, 3), filters=2),
    }[kind]()
    zoo.save(other, tmp_path / "other")
    run = run_cases.begin(tmp_path / "run", init_from=str(tmp_path / "other"))
    model = models.LAPGAN((16, 8), filters=2, coarsest_options=coarsest)
    with pytest.raises(ValueError, match="model of the same networks"):
        run.train_lapgan(frozen(run, model), data, epochs=[1, 1])
    assert not (tmp_path / "run").exists()


def test_a_pyramid_without_a_level_is_refused_at_once(data, tmp_path):
    options = {"coarsest_options": {"filters": 2}, "filters": 2}
    model = models.LAPGAN((16, 8, 4), "economical", **options)
    zoo.save(models.LAPGAN(levels=model.levels[1:]), tmp_path / "other")
    run = run_cases.begin(tmp_path / "run", init_from=str(tmp_path / "other"))
    with pytest.raises(ValueError, match=r"with the levels \[1, 2\]"):
        run.train_lapgan(frozen(run, model), data, epochs=[1, 1, 1])
    assert not (tmp_path / "run").exists()


def test_a_run_goes_on_without_the_model_that_it_began_from(data, tmp_path):
    zoo.save(run_cases.gan(run_cases.begin(tmp_path / "x")), tmp_path / "first")
    flags = {"init_from": str(tmp_path / "first")}
    run = run_cases.begin(tmp_path / "run", **flags)
    run.train(run_cases.gan(run), data, epochs=1)
    shutil.rmtree(tmp_path / "first")
    run = run_cases.begin(tmp_path / "run", **flags)
    model = run_cases.gan(run)
    run.train(model, data, epochs=2)
    assert model.steps_taken == 6


def test_what_cannot_be_saved_is_not_trained(data, tmp_path):
    (tmp_path / "run" / "model").mkdir(parents=True)
    (tmp_path / "run" / "model" / "notes.txt").write_text("mine")
    run = run_cases.begin(tmp_path / "run")
    with pytest.raises(ValueError, match=r"which holds .* Give a new"):
        run.train(run_cases.gan(run), data, epochs=1)
    assert [p.name for p in (tmp_path / "run").iterdir()] == ["model"]


def test_a_mistyped_trained_model_is_refused_before_any_work(tmp_path):
    with pytest.raises(ValueError, match="no/model"):
        run_cases.begin(tmp_path / "run", init_from="no/model")


def test_a_folder_in_which_another_run_is_at_work(data, tmp_path):
    run = run_cases.begin(tmp_path / "run")
    with files.only_process("--workdir", run.folder):
        with pytest.raises(OSError, match="no other process is at work"):
            run.train(run_cases.gan(run), data, epochs=1)
        assert [path.name for path in run.folder.iterdir()] == [".lock"]


def test_others_are_kept_out_until_all_is_saved(data, tmp_path, monkeypatch):
    saved = []

    def save(model, folder, *args, original=zoo.save, **kwargs):
        if folder.parent == tmp_path:
            saved.append(folder.name)
            with pytest.raises(OSError, match="no other process is at work"):
                with files.only_process("--workdir", tmp_path):
                    pass
        return original(model, folder, *args, **kwargs)

    monkeypatch.setattr(zoo, "save", save)
    run = run_cases.begin(tmp_path)
    run.finish(run.train(run_cases.gan(run), data, epochs=1), data)
    assert saved == ["model", "last", "model"]
