"""What matters in training a level of LAPGAN on CIFAR-10 for a minute or two.

    python -m benchmarks.level_study --level=0 --minutes=1 --data_dir=DIR

Trains the level of `recipes/cclapgan_cifar10.py`, then variants of it, for as
many minutes each, at a constant learning rate where the variant says nothing
else, and prints a table: the Frechet distance to training images, in the
features of classifier_cifar10, of the generator average and of the generator
itself. The finest level (0) refines real coarse images; what the coarsest (1)
generates is refined by the finest level of the released cclapgan_cifar10. There
are 25 variants of the finest level and 16 of the coarsest; each takes some 15
seconds beside its minutes.
"""

from absl import app
from absl import flags

from benchmarks import arguments

_LEVEL = flags.DEFINE_integer("level", 0, "0 is the finest.", 0, 1)
_MINUTES = flags.DEFINE_float("minutes", 1.0, "Of training, each.", 0.01)
_SEED = flags.DEFINE_integer("seed", 0, "Of weights, data and noise.", 0)
_ONLY = flags.DEFINE_list("only", None, "Names of variants; else all.")
_DATA_DIR = flags.DEFINE_string("data_dir", None, "Of the prepared CIFAR-10.")

_IMAGES = 5000
# Name -> what differs from the recipe.
_OF_BOTH = {
    "as the recipe": {},
    "half the learning rate": {"rate": 0.5},
    "twice the learning rate": {"rate": 2.0},
    "four times the learning rate": {"rate": 4.0},
    "learning rate to 0 with a cosine": {"cosine": True},
    "non-saturating loss": {"loss": "non_saturating"},
    "simultaneous update": {"update": "simultaneous"},
    "batches of 32": {"batch_size": 32},
    "batches of 128": {"batch_size": 128},
    "beta_1 = 0.5": {"beta_1": 0.5},
    "horizontal flips": {"flip": True},
    "float32": {"precision": "float32"},
    "economical networks": {"networks": "economical"},
    "the authors' networks and SGD": {"networks": "paper"},
}
_OF_THE_FINEST = {
    "16 filters": {"filters": 16},
    "32 filters": {"filters": 32},
    "64 filters": {"filters": 64},
    "96 filters": {"filters": 96},
    "5x5 kernels in the block": {"kernel_size": 5},
    "7x7 kernels in the block": {"kernel_size": 7},
    "no residual block": {"blocks": 0},
    "2 residual blocks": {"blocks": 2},
    "1 noise plane": {"noise_planes": 1},
    "8 noise planes": {"noise_planes": 8},
    "no coarse noise": {"coarse_noise": 0.0},
}
_OF_THE_COARSEST = {
    "48 filters": {"filters": 48},
    "96 filters": {"filters": 96},
}
VARIANTS = (_OF_BOTH | _OF_THE_FINEST, _OF_BOTH | _OF_THE_COARSEST)
_SIZES = (32, 16)


def _paper(level):
    import kerasgan

    lapgan = kerasgan.models.LAPGAN(
        image_sizes=_SIZES,
        networks="paper",
        num_classes=10,
        ema=0.999,
        seed=_SEED.value,
    )

    def sgd():
        return kerasgan.optimizers.MomentumRampSGD(
            0.02, 0.0, 0.7, ramp_steps=875 * 704, dampened=True
        )

    lapgan.compile(sgd(), sgd(), update="alternating")
    return lapgan.levels[level]


def _with_kernels(network, kernel_size):
    """A copy whose 3x3 convolutions have kernels of another size."""
    import keras

    def copied(layer):
        config = layer.get_config()
        if config.get("kernel_size") == (3, 3):
            config["kernel_size"] = (kernel_size, kernel_size)
        return type(layer).from_config(config)

    return keras.models.clone_model(network, clone_function=copied)


def _light_networks(kernel_size):
    """The finest level's, with kernels of another size in the generator."""
    import kerasgan

    choice = kerasgan.models.LAPGANLevel.NETWORKS["light"]
    shared = {"size": (_SIZES[0],) * 2, "num_classes": 10, "filters": 48}
    return {
        "networks": (
            _with_kernels(choice.build_generator(**shared), kernel_size),
            choice.build_discriminator(**shared),
        ),
        "latent_distribution": choice.latent_distribution,
        "pixel_space": choice.pixel_space,
    }


def _build(
    level,
    networks=None,
    kernel_size=None,
    rate=1.0,
    beta_1=0.0,
    loss="hinge",
    update="alternating",
    **options,
):
    import keras

    import kerasgan

    if networks == "paper":
        return _paper(level)
    shared = {
        "image_sizes": _SIZES,
        "num_classes": 10,
        "ema": 0.999,
        "seed": _SEED.value,
    }
    if level == 0:
        chosen = {"networks": networks or "light", "filters": 48}
        if kernel_size:
            chosen = _light_networks(kernel_size)
        model = kerasgan.models.LAPGANLevel(
            0, **shared, **{**chosen, "coarse_noise": 0.1, **options}
        )
    else:
        model = kerasgan.models.LAPGANCoarsest(
            networks=networks or "light",
            **shared,
            **{"filters": 64, **options},
        )
    learning_rate = rate * (1e-3, 3e-3)[level]

    def adam():
        return keras.optimizers.Adam(learning_rate, beta_1=beta_1, beta_2=0.9)

    model.compile(adam(), adam(), loss=loss, update=update)
    return model


def _train(model, batch_size, flip, cosine):
    """Trains for the minutes asked for; returns the number of steps."""
    import tensorflow as tf

    import kerasgan
    from benchmarks import studies

    batches = kerasgan.datasets.load(
        "cifar10",
        batch_size=batch_size,
        labels=True,
        seed=_SEED.value,
        num_steps=10**6,
        data_dir=_DATA_DIR.value,
    )
    model.adapt(batches.take(100))
    if flip:
        batches = batches.map(
            lambda images, labels: (
                tf.image.random_flip_left_right(images),
                labels,
            )
        )
    return studies.train_for(model, batches, _MINUTES.value, cosine)


class _Measure:
    """Frechet distances of one level's images to the training images."""

    def __init__(self):
        import kerasgan
        from kerasgan.evaluation import loading

        self._extractor = kerasgan.extractors.load("classifier_cifar10")
        self._images, self._labels = loading.load(
            "cifar10",
            _IMAGES,
            labels=True,
            split="train",
            data_dir=_DATA_DIR.value,
        )
        self._real = self._gaussian(self._images)
        self._finest = kerasgan.zoo.load("cclapgan_cifar10").levels[0]

    def _gaussian(self, images):
        import kerasgan

        features = self._extractor.extract(images).features
        return kerasgan.metrics.gaussian(features)

    def __call__(self, model):
        import kerasgan

        if model.level == 0:
            low_pass = kerasgan.layers.downsample(
                self._images, model.low_pass_size
            )
            fake = model.refine(low_pass.numpy(), self._labels, seed=0)
        else:
            low_pass = model.generate(len(self._images), self._labels, seed=0)
            fake = self._finest.refine(low_pass, self._labels, seed=0)
        return kerasgan.metrics.frechet_distance_of(
            self._real, self._gaussian(fake)
        )


def main(argv):
    arguments.refuse(argv)
    import keras

    from kerasgan import devices
    from kerasgan import errors

    variants = VARIANTS[_LEVEL.value]
    for name in _ONLY.value or ():
        errors.check_choice("only", name, variants)
    measure = _Measure()
    print("| variant | steps | FD of the average | FD of the generator |")
    print("|---|---|---|---|", flush=True)
    for name in _ONLY.value or variants:
        options = dict(variants[name])
        batch_size = options.pop("batch_size", 64)
        flip = options.pop("flip", False)
        cosine = options.pop("cosine", False)
        keras.config.set_dtype_policy(
            options.pop("precision", devices.precision())
        )
        keras.utils.set_random_seed(_SEED.value)
        model = _build(_LEVEL.value, **options)
        steps = _train(model, batch_size, flip, cosine)
        averaged = measure(model)
        model.averaged_generator.set_weights(model.generator.get_weights())
        print(
            f"| {name} | {steps:,} | {averaged:.2f} | {measure(model):.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    app.run(main)
