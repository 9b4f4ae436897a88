r"""At equal compute on a processor, does a pyramid beat a flat GAN?

    python -m benchmarks.pyramid_or_flat --out=FOLDER
    python -m benchmarks.pyramid_or_flat --pyramid=runs/cclapgan_cifar10 \
        --flat=runs/sngan_cifar10 --out=FOLDER

Takes the scores of finished runs, of `recipes/cclapgan_cifar10.py` and
`recipes/sngan_cifar10.py` with the flags that they have by themselves, from
their logs, and times a step of each level and of the flat model side by side.
Draws the scores over minutes: steps times the time of a step, so that neither
scoring nor what else the machine did counts. The pyramid's first score comes
after its coarsest level has been trained. The first command takes the runs
whose logs are in docs/results/logs/; of several of one's own, name the folders
with commas between. Takes a minute or two.
"""

import csv
import json
import pathlib

import numpy as np
from absl import app
from absl import flags

from benchmarks import arguments

_PYRAMID, _FLAT = "cclapgan_cifar10", "sngan_cifar10"
_LOGS = pathlib.Path(__file__).parents[1] / "docs" / "results" / "logs"


def _kept(recipe):
    return sorted(map(str, _LOGS.glob(f"{recipe}_seed*")))


_PYRAMIDS = flags.DEFINE_list("pyramid", _kept(_PYRAMID), "Run folders.")
_FLATS = flags.DEFINE_list("flat", _kept(_FLAT), "Run folders.")
_ROUNDS = flags.DEFINE_integer("rounds", 10, "Of timing.", 1)
_OUT = flags.DEFINE_string("out", "pyramid_or_flat", "Folder.")

_FINEST, _COARSEST = f"{_PYRAMID}, level 0", f"{_PYRAMID}, level 1"
# Recipe -> what is timed: flags that the time of a step depends on.
_TIMED = {
    _PYRAMID: {"batch_size": 64, "filters": 48, "image_sizes": [32, 16]},
    _FLAT: {"batch_size": 64, "filters": 64},
}
_STEPS_PER_EPOCH = 50_000 // 64
_SCORE = "frechet_distance"


def _run(folder, recipe, scored):
    """The flags of a run, and [(epochs, score)] of the folder with its log."""
    from kerasgan import figures

    folder = pathlib.Path(folder)
    config = json.loads((folder / "config.json").read_text())
    wanted = {"recipe": recipe, **_TIMED[recipe]}
    given = {**config["flags"], "recipe": config["recipe"]}
    received = {name: given.get(name) for name in wanted}
    if received != wanted:
        raise ValueError(
            f"A run must be of what is timed, {wanted}. Received: {received} "
            f"in '{folder}'. Name another run folder."
        )
    log = figures.read_log(folder / scored / "log.csv")
    rows = np.isfinite(log[_SCORE])
    scores = zip(log["epoch"][rows], log[_SCORE][rows], strict=True)
    return config["flags"], list(scores)


def _milliseconds():
    """What a step of each takes, the median of turns side by side."""
    from benchmarks import recipe_models
    from benchmarks import timing
    from kerasgan import devices

    devices.make_repeatable()
    contenders = {}
    for name in (_FINEST, _COARSEST, _FLAT):
        batch_size, build = recipe_models.MODELS[name]
        model = recipe_models.build(build, devices.precision())
        batch = recipe_models.batch(model, batch_size)
        step = timing.bare_step(model, batch)
        contenders[name] = timing.repeated(step, seconds=2)
    times = timing.interleaved(contenders, _ROUNDS.value)
    return {name: 1e3 * np.median(turns) for name, turns in times.items()}


def _rows(pyramids, flats, milliseconds):
    """(model, seed, minutes, score)."""
    minutes = {
        name: _STEPS_PER_EPOCH * value / 60e3
        for name, value in milliseconds.items()
    }
    for config, scores in pyramids:
        _, coarsest_epochs = config["epochs"]
        before = coarsest_epochs * minutes[_COARSEST]
        for epochs, score in scores:
            spent = before + epochs * minutes[_FINEST]
            yield "pyramid", config["seed"], round(spent, 2), round(score, 3)
    for config, scores in flats:
        for epochs, score in scores:
            spent = epochs * minutes[_FLAT]
            yield "flat", config["seed"], round(spent, 2), round(score, 3)


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
    arguments.refuse(argv)
    import kerasgan

    pyramids = [_run(each, _PYRAMID, "level_0") for each in _PYRAMIDS.value]
    flats = [_run(each, _FLAT, ".") for each in _FLATS.value]
    milliseconds = _milliseconds()
    print({name: round(value, 1) for name, value in milliseconds.items()})
    rows = list(_rows(pyramids, flats, milliseconds))
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
