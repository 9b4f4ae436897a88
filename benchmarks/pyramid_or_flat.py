r"""At equal compute on a processor, does a pyramid beat a flat GAN?

    python -m benchmarks.pyramid_or_flat --pyramid=runs/cclapgan_cifar10 \
        --flat=runs/sngan_cifar10 --data_dir=DIR --out=FOLDER

Takes the scores of finished runs, of `recipes/cclapgan_cifar10.py` and
`recipes/sngan_cifar10.py` with the flags that they have by themselves, from
their logs, and times a step of each level and of the flat model side by side.
Draws the scores over minutes: steps times the time of a step, so that neither
scoring nor what else the machine did counts. The pyramid's first score comes
after its coarsest level has been trained. Of several seeds, name the run
folders with commas between.
"""

import csv
import json
import pathlib

import numpy as np
from absl import app
from absl import flags

from benchmarks import timing

_PYRAMID = flags.DEFINE_list("pyramid", None, "Run folders.", required=True)
_FLAT = flags.DEFINE_list("flat", None, "Run folders.", required=True)
_ROUNDS = flags.DEFINE_integer("rounds", 10, "Of timing.", 1)
_DATA_DIR = flags.DEFINE_string("data_dir", None, "Of the prepared CIFAR-10.")
_OUT = flags.DEFINE_string("out", "pyramid_or_flat", "Folder.")

_BATCH_SIZE = 64
_STEPS_PER_EPOCH = 50_000 // _BATCH_SIZE
_SCORE = "frechet_distance"


def _milliseconds():
    """What a step of each takes, the median of turns side by side."""
    import tensorflow as tf

    import kerasgan
    from benchmarks import recipe_models
    from kerasgan import devices

    devices.make_repeatable()
    batches = kerasgan.datasets.load(
        "cifar10",
        batch_size=_BATCH_SIZE,
        labels=True,
        seed=0,
        num_steps=1,
        data_dir=_DATA_DIR.value,
    )
    batch = next(iter(batches))
    contenders = {}
    for name in ("cclapgan_cifar10, level 0", "cclapgan_cifar10, level 1"):
        contenders[name] = recipe_models.MODELS[name][1]
    contenders["flat"] = recipe_models.sngan_cifar10
    for name, function in contenders.items():
        model = recipe_models.build(function, devices.precision())
        model.adapt(batches)
        step = tf.function(model.train_step, autograph=False)
        contenders[name] = timing.repeated(
            lambda step=step: step(batch), seconds=2
        )
    times = timing.interleaved(contenders, _ROUNDS.value)
    return {name: 1e3 * np.median(turns) for name, turns in times.items()}


def _config(folder):
    return json.loads((folder / "config.json").read_text())["flags"]


def _scores(folder):
    """(epochs, score) of a run of one model or level."""
    from kerasgan import figures

    log = figures.read_log(folder / "log.csv")
    scored = np.isfinite(log[_SCORE])
    return zip(log["epoch"][scored], log[_SCORE][scored], strict=True)


def _rows(milliseconds):
    """(model, seed, minutes, score)."""
    minutes = {
        name: _STEPS_PER_EPOCH * value / 60e3
        for name, value in milliseconds.items()
    }
    for folder in map(pathlib.Path, _PYRAMID.value):
        config = _config(folder)
        _, coarsest_epochs = config["epochs"]
        before = coarsest_epochs * minutes["cclapgan_cifar10, level 1"]
        for epochs, score in _scores(folder / "level_0"):
            spent = before + epochs * minutes["cclapgan_cifar10, level 0"]
            yield "pyramid", config["seed"], round(spent, 2), round(score, 3)
    for folder in map(pathlib.Path, _FLAT.value):
        seed = _config(folder)["seed"]
        for epochs, score in _scores(folder):
            spent = epochs * minutes["flat"]
            yield "flat", seed, round(spent, 2), round(score, 3)


def _draw(rows):
    from kerasgan.figures import canvas

    figure = canvas.figure(800, 500)
    axes = figure.add_subplot()
    styles = {
        "pyramid": ("o-", canvas.BLUE, "pyramid, cclapgan_cifar10"),
        "flat": ("s-", canvas.ORANGE, "flat, sngan_cifar10"),
    }
    for name, (style, color, label) in styles.items():
        seeds = sorted({row[1] for row in rows if row[0] == name})
        for seed in seeds:
            points = [row[2:] for row in rows if row[:2] == (name, seed)]
            axes.plot(
                *zip(*points, strict=True),
                style,
                color=color,
                # One entry for all seeds.
                label=label if seed == seeds[0] else None,
            )
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("minutes of training on two cores")
    axes.set_ylabel("Frechet distance (classifier_cifar10)")
    axes.grid(alpha=0.3)
    axes.legend()
    return canvas.picture(figure)


def main(argv):
    del argv
    import kerasgan

    milliseconds = _milliseconds()
    print({name: round(value, 1) for name, value in milliseconds.items()})
    rows = list(_rows(milliseconds))
    out = pathlib.Path(_OUT.value)
    out.mkdir(parents=True, exist_ok=True)
    with open(out / "pyramid_or_flat.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("model", "seed", "minutes", _SCORE))
        writer.writerows(rows)
    for row in rows:
        print(*row)
    kerasgan.figures.save(_draw(rows), out / "pyramid_or_flat.png", scale=1)


if __name__ == "__main__":
    app.run(main)
