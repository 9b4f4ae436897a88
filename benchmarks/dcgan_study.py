r"""What a DCGAN of MNIST gains in a minute of training, by loss and optimizer.

    python -m benchmarks.dcgan_study --minutes=1 --data_dir=DIR
    python -m benchmarks.dcgan_study --minutes=2.5 --rows=7 --labels --cosine \
        --data_dir=DIR

Trains variants of `recipes/dcgan_mnist.py` for as many minutes each, and prints
a table of the score that the recipe chooses its best state by. There are eight;
each takes some seconds beside its minutes.
"""

from absl import app
from absl import flags

from benchmarks import arguments

_FILTERS = 32
_MINUTES = flags.DEFINE_float("minutes", 1.0, "Of training, each.", 0.01)
_SEED = flags.DEFINE_integer("seed", 1, "Of weights, data and noise.", 0)
_DISCRIMINATOR_FILTERS = flags.DEFINE_integer(
    "discriminator_filters", _FILTERS, "Of its first layer.", 1
)
_LABELS = flags.DEFINE_bool("labels", False, "Whether both networks see them.")
_COSINE = flags.DEFINE_bool(
    "cosine", False, "Whether learning rates fall to 0 over the minutes."
)
_DATA_DIR = flags.DEFINE_string("data_dir", None, "Of the prepared MNIST.")

# Row -> networks, loss, learning rate, beta_1, beta_2.
VARIANTS = {
    "1": ("paper", "non_saturating", 2e-4, 0.5, 0.999),
    "2": ("paper", "non_saturating", 5e-4, 0.5, 0.999),
    "3": ("paper", "non_saturating", 1e-3, 0.5, 0.999),
    "4": ("paper", "non_saturating", 2e-3, 0.5, 0.999),
    "5": ("spectral", "hinge", 5e-4, 0.0, 0.9),
    "6": ("spectral", "hinge", 1e-3, 0.0, 0.9),
    "7": ("spectral", "hinge", 2e-3, 0.0, 0.9),
    "8": ("spectral", "hinge", 4e-3, 0.0, 0.9),
}
_ROWS = flags.DEFINE_list("rows", [*VARIANTS], "Of VARIANTS.")
flags.register_validator(
    "rows",
    lambda rows: set(rows) <= set(VARIANTS),
    "--rows has numbers from 1 to 8, with commas between",
)


def _model(networks, loss, learning_rate, beta_1, beta_2):
    import keras

    import kerasgan

    keras.utils.set_random_seed(_SEED.value)
    choice = kerasgan.models.DCGAN.NETWORKS[networks]
    shared = {
        "image_shape": (28, 28, 1),
        "num_classes": 10 if _LABELS.value else None,
    }
    model = kerasgan.models.DCGAN(
        (
            choice.build_generator(filters=_FILTERS, **shared),
            choice.build_discriminator(
                filters=_DISCRIMINATOR_FILTERS.value, **shared
            ),
        ),
        num_classes=shared["num_classes"],
        latent_distribution=choice.latent_distribution,
        pixel_space=choice.pixel_space,
        ema=0.999,
        seed=_SEED.value,
    )
    optimizers = [
        keras.optimizers.Adam(learning_rate, beta_1=beta_1, beta_2=beta_2)
        for _ in range(2)
    ]
    model.compile(*optimizers, loss=loss)
    return model


def _train(model):
    """Trains for the minutes asked for; returns the number of steps."""
    import kerasgan
    from benchmarks import studies

    batches = kerasgan.datasets.load(
        "mnist",
        split="train[:50000]",
        labels=_LABELS.value,
        batch_size=64,
        seed=_SEED.value,
        num_steps=10**6,
        data_dir=_DATA_DIR.value,
    )
    model.adapt(batches.take(50))
    return studies.train_for(model, batches, _MINUTES.value, _COSINE.value)


def main(argv):
    arguments.refuse(argv)
    import keras

    from kerasgan import devices
    from kerasgan import scoring
    from kerasgan.evaluation import loading

    devices.make_repeatable()
    keras.config.set_dtype_policy(devices.precision())
    scorer = scoring.scorer(
        "mnist",
        lambda most: loading.load(
            "mnist",
            most,
            labels=_LABELS.value,
            split="train",
            data_dir=_DATA_DIR.value,
        ),
    )
    print("| networks | loss | learning rate | beta_1 | beta_2 | steps | FD |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for row in _ROWS.value:
        variant = VARIANTS[row]
        model = _model(*variant)
        steps = _train(model)
        samples = model.generate(
            scorer.num_images, labels=scorer.labels, seed=0
        )
        score = scorer.score(samples)
        cells = [*map(str, variant), f"{steps:,}", f"{score:.2f}"]
        print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    app.run(main)
