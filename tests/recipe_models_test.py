"""The models that are benchmarked, against the recipes they are taken from."""

import pathlib
import runpy
import sys

import keras
import pytest
from absl import flags

from kerasgan import training

TOP = pathlib.Path(__file__).parents[1]
BENCHMARKS = runpy.run_path(str(TOP / "benchmarks" / "recipe_models.py"))
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
    models = []

    def end(run, model, *arguments):
        models.extend(getattr(model, "levels", [model]))
        sys.exit()

    monkeypatch.setattr(training.Run, "train", end)
    monkeypatch.setattr(training.Run, "train_lapgan", end)
    monkeypatch.setattr(training.Run, "steps_per_epoch", lambda *_: STEPS)
    monkeypatch.setattr(sys, "argv", [recipe, "--precision=float32"])
    monkeypatch.chdir(tmp_path)
    known = set(flags.FLAGS)
    flags.FLAGS.unparse_flags()
    keras.backend.clear_session()
    try:
        with pytest.raises(SystemExit):
            runpy.run_path(str(TOP / f"recipes/{recipe}.py"), None, "__main__")
        batch_size = flags.FLAGS.batch_size
    finally:
        for flag in set(flags.FLAGS) - known:
            delattr(flags.FLAGS, flag)
    for level, model in enumerate(models):
        name = f"{recipe}, level {level}" if len(models) > 1 else recipe
        keras.backend.clear_session()
        assert MODELS[name][0] == batch_size
        assert settings(BENCHMARKS["build"](MODELS[name][1])) == settings(model)
