"""A finished run as a model for the zoo."""

import io
import json
import math
import os
import pathlib
import tempfile

import numpy as np
import scipy.special
from PIL import Image

from kerasgan import random
from kerasgan import reports
from kerasgan.zoo import folder as folders
from kerasgan.zoo import manifests
from kerasgan.zoo import registry
from kerasgan.zoo import saving
from kerasgan.zoo import weights

_COMPARED_IMAGES = 64


def release(
    run_folder, folder, commit, hardware, time, failures, evaluation=None
):
    """Saves the model of a finished run for others, with the whole card.

    Weights are stored in float16 where no pixel of 64 images (of a classifier,
    no probability of a class) changes by 1/255 of its range or more, else in
    float32.

    Args:
        run_folder: The `--workdir` of a recipe that has finished.
        folder: Where to, such as `"zoo/lapgan_cifar10"`.
        commit: Of the code that has trained it, a string.
        hardware: On what it was trained, a string.
        time: How long that took, a string.
        failures: What is wrong with the samples, a string.
        evaluation: Folder of the report that `kerasgan evaluate` has written of
            this model; its numbers take the place of the run's own scores.

    Returns:
        The folder, a `pathlib.Path`.

    Raises:
        ValueError: If there is no such run, or it has not finished, the report
            is of another model, or the folder holds anything but a saved model.
        OSError: If the disk has not enough space.
    """
    run_folder = os.path.expanduser(run_folder)
    info = registry.info(run_folder)
    if "recipe" not in info["about"] or not info["metrics"]:
        raise ValueError(
            "A run is released when it has finished, with its card. Received: "
            f"'{run_folder}', whose model has none. Let the recipe end."
        )
    folders.check_replaceable(folder)
    storage, stored, difference = _stored(run_folder)
    metrics = info["metrics"]
    if evaluation is not None:
        metrics = _evaluated(evaluation, info["sha256"], stored, storage)
    about = {
        **info["about"],
        "best": _best_steps(run_folder),
        "commit": commit,
        "failures": failures,
        "hardware": hardware,
        "time": time,
        "rounding": _rounding(stored, storage, difference),
    }
    return saving.save(
        stored,
        folder,
        about=about,
        metrics=metrics,
        pictures=_pictures(run_folder, stored, info),
        storage=storage,
    )


def _stored(run_folder):
    """The dtype to store, the model of such weights, and what they change."""
    model = saving.load(run_folder, discriminator=True)
    expected = _outputs(model)
    with tempfile.TemporaryDirectory() as scratch:
        path = pathlib.Path(scratch, "model")
        try:
            saving.save(model, path, storage="float16")
        except ValueError:
            # Beyond its range.
            return "float32", model, 0.0
        stored = saving.load(path, discriminator=True)
    difference = float(np.abs(_outputs(stored) - expected).max())
    if difference < 1 / 255:
        return "float16", stored, difference
    return "float32", model, 0.0


def _evaluated(evaluation, run_hashes, stored, storage):
    """The numbers of a report, as `save` takes metrics."""
    path = pathlib.Path(os.path.expanduser(evaluation), "evaluation.json")
    report = json.loads(path.read_text(encoding="utf-8"))
    protocol = report["protocol"]
    name = folders.weights_file("generator")
    released = weights.dumped(weights.named(stored.generator_parts()), storage)
    # Of the run's own weights, or of those that are released.
    wanted = {run_hashes[name], manifests.digest(released)}
    found = protocol["of"].get("sha256", {}).get(name)
    if found not in wanted:
        raise ValueError(
            "`evaluation` must be the report of the run's model. Received: "
            f"'{path}', of a generator with the SHA-256 {found}. Evaluate the "
            "run folder."
        )
    common = (
        f"{protocol['generated images']} generated images against "
        f"{protocol['reference']}, seed {protocol['seed']}; the spread is the "
        "interval at 95 %"
    )
    return [
        {
            "name": number["name"],
            "value": number["value"],
            "spread": [number["low"], number["high"]],
            "protocol": f"{number['protocol']}; {common}",
        }
        for number in report["numbers"]
    ]


def _generates(model):
    return hasattr(model, "generate")


def _outputs(model):
    """What the rounding of weights changes, of range 1."""
    if _generates(model):
        return model.generate(_COMPARED_IMAGES, seed=0) / 2
    key = random.stream(0, 0, "release/noise")
    shape = (_COMPARED_IMAGES, *model.image_shape)
    _, logits = model(random.draw(shape, key, "uniform"))
    return scipy.special.softmax(logits.numpy(), axis=-1)


def _rounding(model, storage, difference):
    """What the card says of the weights, a string."""
    if storage == "float32":
        return storage
    compared = f"a pixel of {_COMPARED_IMAGES} images"
    if not _generates(model):
        compared = f"a probability of {_COMPARED_IMAGES} images of noise"
    bound = math.ceil(25500 * difference) / 100
    return f"{storage}; rounding changes {compared} by at most {bound:.2f}/255"


def _pictures(run_folder, stored, info):
    if _generates(stored):
        # Of what is stored, so that they show whether it loads.
        return reports.pictures(stored, info["about"]["seed"])
    folder, contents = registry.read(run_folder)
    return {
        name.removesuffix(".png"): np.asarray(
            Image.open(io.BytesIO(contents[name])).convert("RGB")
        )
        for name in folder.names
        if name.endswith(".png")
    }


def _best_steps(run_folder):
    """At which step each level was best, a string; None of a classifier."""
    steps = {
        path.parent.name: json.loads(path.read_text(encoding="utf-8"))["step"]
        for path in sorted(pathlib.Path(run_folder).rglob("best.json"))
    }
    if not steps:
        return None
    if len(steps) == 1:
        return f"step {min(steps.values())}"
    return ", ".join(f"{name}: step {step}" for name, step in steps.items())
