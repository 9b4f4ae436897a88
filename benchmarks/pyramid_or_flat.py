r"""At equal compute on a processor, does a pyramid beat a flat GAN?

    python -m benchmarks.pyramid_or_flat --flat=runs/sngan_cifar10 \
        --data_dir=DIR --out=FOLDER

Times a step of the networks of `recipes/cclapgan_cifar10.py`, all three levels,
and of `recipes/sngan_cifar10.py` side by side; trains the pyramid, all levels
together, and scores it as a run does; takes the flat model's scores from the
log of a finished run of its recipe. Draws both over minutes: steps times the
time of a step, so that neither scoring nor what else the machine did counts.
"""

import csv
import pathlib

import numpy as np
from absl import app
from absl import flags

from benchmarks import timing

_FLAT = flags.DEFINE_string("flat", None, "Run folder.", required=True)
_EPOCHS = flags.DEFINE_integer("epochs", 20, "Of the pyramid.", 1)
_EVERY = flags.DEFINE_integer("every", 2, "Epochs between two scores.", 1)
_SEED = flags.DEFINE_integer("seed", 1, "Of weights, data and noise.", 0)
_ROUNDS = flags.DEFINE_integer("rounds", 10, "Of timing.", 1)
_DATA_DIR = flags.DEFINE_string("data_dir", None, "Of the prepared CIFAR-10.")
_OUT = flags.DEFINE_string("out", "pyramid_or_flat", "Folder.")

_BATCH_SIZE = 64
_SCORE = "frechet_distance"


def _pyramid():
    import kerasgan

    return _compiled(
        kerasgan.models.LAPGAN(
            networks="light",
            num_classes=10,
            filters=48,
            coarse_noise=0.1,
            coarsest_options={"filters": 64},
            ema=0.999,
            seed=_SEED.value,
        ),
        1e-3,
    )


def _flat():
    import kerasgan

    return _compiled(
        kerasgan.models.DCGAN(
            "spectral",
            image_shape=(32, 32, 3),
            filters=64,
            num_classes=10,
            ema=0.999,
            seed=_SEED.value,
        ),
        5e-4,
    )


def _compiled(model, learning_rate):
    import keras

    model.compile(
        *[
            keras.optimizers.Adam(learning_rate, beta_1=0.0, beta_2=0.9)
            for _ in range(2)
        ],
        loss="hinge",
    )
    return model


def _step(model):
    import tensorflow as tf

    return tf.function(model.train_step, autograph=False)


def _milliseconds(batches):
    """What a step of each takes, the median of turns side by side."""
    batch = next(iter(batches))
    contenders = {}
    for name, build in (("pyramid", _pyramid), ("flat", _flat)):
        model = build()
        model.adapt(batches.take(1))
        step = _step(model)
        contenders[name] = timing.repeated(
            lambda step=step: step(batch), seconds=2
        )
    times = timing.interleaved(contenders, _ROUNDS.value)
    return {name: 1e3 * np.median(turns) for name, turns in times.items()}


def _scored(batches, steps_per_epoch):
    """Trains the pyramid; yields (steps, score)."""
    from kerasgan import scoring
    from kerasgan.evaluation import loading

    scorer = scoring.scorer(
        "cifar10",
        lambda most: loading.load(
            "cifar10",
            most,
            labels=True,
            split="train",
            data_dir=_DATA_DIR.value,
        ),
    )
    model = _pyramid()
    model.adapt(batches.take(100))
    step = _step(model)
    for number, batch in enumerate(batches, 1):
        step(batch)
        if number % (_EVERY.value * steps_per_epoch) == 0:
            fake = model.generate(scorer.num_images, scorer.labels, seed=0)
            yield number, scorer(fake)[_SCORE]


def _logged(steps_per_epoch):
    """(steps, score) of the flat run."""
    from kerasgan import figures

    log = figures.read_log(pathlib.Path(_FLAT.value) / "log.csv")
    scored = np.isfinite(log[_SCORE])
    return zip(
        log["epoch"][scored] * steps_per_epoch, log[_SCORE][scored], strict=True
    )


def _draw(rows, milliseconds):
    from kerasgan.figures import canvas

    figure = canvas.figure(800, 500)
    axes = figure.add_subplot()
    styles = {
        "pyramid": ("o-", canvas.BLUE, "pyramid of light networks, 8-16-32"),
        "flat": ("s-", canvas.ORANGE, "flat, sngan_cifar10"),
    }
    for name, (style, color, label) in styles.items():
        points = [(minutes, fd) for who, _, minutes, fd in rows if who == name]
        label = f"{label}: {milliseconds[name]:.0f} ms a step"
        axes.plot(*zip(*points, strict=True), style, color=color, label=label)
    axes.set_xlabel("minutes of training on two cores")
    axes.set_ylabel("Frechet distance (classifier_cifar10)")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    axes.legend()
    return canvas.picture(figure)


def main(argv):
    del argv
    import keras

    import kerasgan

    keras.config.set_dtype_policy("mixed_bfloat16")
    keras.utils.set_random_seed(_SEED.value)
    steps_per_epoch = 50_000 // _BATCH_SIZE
    batches = kerasgan.datasets.load(
        "cifar10",
        batch_size=_BATCH_SIZE,
        labels=True,
        seed=_SEED.value,
        num_steps=_EPOCHS.value * steps_per_epoch,
        data_dir=_DATA_DIR.value,
    )
    milliseconds = _milliseconds(batches)
    print({name: round(value, 1) for name, value in milliseconds.items()})
    rows = []
    for name, scores in (
        ("flat", _logged(steps_per_epoch)),
        ("pyramid", _scored(batches, steps_per_epoch)),
    ):
        for steps, score in scores:
            minutes = steps * milliseconds[name] / 60e3
            rows.append((name, int(steps), round(minutes, 2), round(score, 3)))
            print(*rows[-1], flush=True)
    out = pathlib.Path(_OUT.value)
    out.mkdir(parents=True, exist_ok=True)
    with open(out / "pyramid_or_flat.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("model", "steps", "minutes", _SCORE))
        writer.writerows(rows)
    picture = _draw(rows, milliseconds)
    kerasgan.figures.save(picture, out / "pyramid_or_flat.png", scale=1)


if __name__ == "__main__":
    app.run(main)
