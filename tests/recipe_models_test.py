"""The models that are benchmarked, against the recipes they are taken from."""

import pathlib
import runpy
import sys

import keras
import pytest
import run_cases

from kerasgan import training

BENCHMARKS = runpy.run_path(
    str(pathlib.Path(__file__).parents[1] / "benchmarks" / "recipe_models.py")
)
MODELS, STEPS = BENCHMARKS["MODELS"], BENCHMARKS["_STEPS_PER_EPOCH"]
RECIPES = {name.partition(",")[0] for name in MODELS}
# One has no recipe, the other 89 million weights.
RECIPES -= {"LAPGAN", "gan_cifar10_paper"}


def settings(model):
    compiled = model.get_compile_config()
    for network in ("generator", "discriminator"):
        optimizer = compiled[f"{network}_optimizer"]["config"]
        del optimizer["name"]
        if isinstance(optimizer["learning_rate"], dict):
            # What is benchmarked has no last step.
            del optimizer["learning_rate"]["config"]["decay_steps"]
    return model.get_config(), compiled


@pytest.mark.parametrize("recipe", sorted(RECIPES))
def test_a_model_is_that_of_its_recipe(recipe, monkeypatch, tmp_path):
    built = []

    def end(run, model, *arguments):
        for each in getattr(model, "levels", [model]):
            built.append((each, run.batch_size))
        sys.exit()

    monkeypatch.setattr(training.Run, "train", end)
    monkeypatch.setattr(training.Run, "train_lapgan", end)
    monkeypatch.setattr(training.Run, "steps_per_epoch", lambda *_: STEPS)
    monkeypatch.chdir(tmp_path)
    # Names of layers count from 1 again.
    keras.backend.clear_session()
    assert not run_cases.run_recipe(recipe, "--precision=float32")
    assert built
    for level, (model, batch_size) in enumerate(built):
        keras.backend.clear_session()
        expected_size, function = MODELS[
            f"{recipe}, level {level}" if len(built) > 1 else recipe
        ]
        assert batch_size == expected_size
        assert settings(model) == settings(BENCHMARKS["build"](function))
