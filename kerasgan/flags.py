"""The flags that every recipe has; importing this imports no TensorFlow."""

import math

from absl import flags

from kerasgan import errors

# What is defined here counts as the recipe's.
flags.disclaim_key_flags()


def define(
    name,
    epochs,
    batch_size,
    every,
    data=None,
    precision="float32",
    adversarial=True,
):
    """Defines the common flags, with a recipe's own defaults.

    Args:
        name: Of the recipe; its run folder is `runs/<name>`.
        epochs: int, passes over the data; None where the recipe has flags of
            its own for that.
        batch_size: int, images a step, over all replicas.
        every: int, epochs between checkpoints, sample pictures and scores.
        data: Name of the data set, for the help text; None for recipes on
            a person's own pictures.
        precision: `"float32"`, `"mixed_bfloat16"`, or `"auto"`: see
            `kerasgan.devices.precision`.
        adversarial: bool, whether it trains a GAN, which may collapse.
    """
    flags.DEFINE_string(
        "workdir", f"runs/{name}", "Run folder; the same command resumes there."
    )
    flags.DEFINE_string(
        "init_from",
        None,
        "Starts from the weights of a trained model: a name of the zoo, or a "
        "folder.",
    )
    flags.DEFINE_bool(
        "restart",
        False,
        "Begins anew in a fresh folder beside --workdir; deletes nothing.",
    )
    if data is not None:
        flags.DEFINE_string(
            "data_dir",
            None,
            f"Folder of the prepared tfds data set '{data}'; by default "
            "~/tensorflow_datasets.",
        )
        flags.DEFINE_bool(
            "download", False, "Downloads the data set where it is missing."
        )
    if epochs is not None:
        flags.DEFINE_integer(
            "epochs", epochs, "Passes over the training images.", 1
        )
    flags.DEFINE_integer(
        "batch_size", batch_size, "Images a step, over all replicas.", 1
    )
    flags.DEFINE_integer(
        "every",
        every,
        "Epochs between checkpoints, sample pictures and scores.",
        1,
    )
    flags.DEFINE_float(
        "checkpoint_minutes", 10.0, "Minutes between further checkpoints.", 0
    )
    if adversarial:
        flags.DEFINE_enum(
            "on_collapse",
            "warn",
            ["warn", "stop"],
            "What to do when all samples look alike, or the discriminator wins "
            "or diverges.",
        )
    flags.DEFINE_integer(
        "seed",
        0,
        "Of initial weights, data order and noise.",
        0,
        errors.MAX_SEED,
    )
    flags.DEFINE_enum(
        "strategy",
        "auto",
        ["auto", "none", "mirrored", "multi_worker"],
        "Devices: one (none), all GPUs or --logical_devices (mirrored), the "
        "machines that TF_CONFIG names (multi_worker); auto: as there are.",
    )
    flags.DEFINE_integer(
        "logical_devices",
        1,
        "Cuts the CPU into so many devices, to try out --strategy=mirrored.",
        1,
    )
    flags.DEFINE_float(
        "worker_timeout",
        600.0,
        "Seconds to wait for the other workers to come up.",
        1,
    )
    flags.DEFINE_enum(
        "precision",
        precision,
        ["auto", "float32", "mixed_bfloat16"],
        "Of the computations; weights are float32. auto: mixed_bfloat16 where "
        "what is trained on has it, all GPUs or else the processor.",
    )


def define_pyramid(image_sizes, epochs):
    """Defines the flags of a LAPGAN recipe.

    Args:
        image_sizes: Of the pyramid, ints, finest first.
        epochs: Of each level, ints, finest first.
    """
    _define_integers(
        "image_sizes", image_sizes, "Sizes of the pyramid, finest first."
    )
    _define_integers(
        "epochs",
        epochs,
        "Passes over the training images for each level, finest first.",
    )
    flags.DEFINE_integer(
        "level", None, "Trains this level alone; 0 is the finest.", 0
    )
    flags.register_multi_flags_validator(
        ["image_sizes", "epochs", "level"],
        lambda values: (
            len(values["image_sizes"]) == len(values["epochs"])
            and (values["level"] or 0) < len(values["epochs"])
        ),
        "--image_sizes and --epochs must name as many levels, and --level one "
        "of them",
    )


def define_light_pyramid(image_sizes, epochs, filters):
    """Defines the flags of a recipe for a LAPGAN with light networks.

    Args:
        image_sizes: See `define_pyramid`.
        epochs: See `define_pyramid`.
        filters: int, of the finer levels.
    """
    define_pyramid(image_sizes, epochs)
    flags.DEFINE_integer("filters", filters, "Of the finer levels.", 1)
    flags.DEFINE_float(
        "coarse_noise", 0.1, "Corruption of the coarse images.", 0, 0.999
    )
    flags.DEFINE_float(
        "learning_rate", 1e-3, "Of the finer levels at the start.", 0
    )
    flags.DEFINE_float(
        "coarsest_learning_rate",
        3e-3,
        "Of the coarsest level at the start.",
        0,
    )
    flags.DEFINE_float("ema", 0.999, "Decay of the average.", 0, 0.999999)


class _IntegersParser(flags.ArgumentParser):
    syntactic_help = "integers of at least 1, separated by commas"

    def parse(self, argument):
        if not isinstance(argument, str):
            return list(argument)
        parts = argument.split(",")
        if not all(part.strip().isdigit() and int(part) > 0 for part in parts):
            raise ValueError(f"must be {self.syntactic_help}, such as 32,16,8")
        return [int(part) for part in parts]


def _define_integers(name, default, help):
    flags.DEFINE(
        _IntegersParser(),
        name,
        ",".join(map(str, default)),
        help,
        serializer=flags.CsvListSerializer(","),
    )


# What does not change the model that comes out.
_OF_PLACE = (
    "checkpoint_minutes",
    "data_dir",
    "download",
    "level",
    "on_collapse",
    "restart",
    "worker_timeout",
    "workdir",
)


def changed(module):
    """The flags with other values than a recipe's own, as in a command.

    Args:
        module: `__name__` of the recipe, see `resolved`.

    Returns:
        A sorted list such as `["--seed=1"]`, without folders and the like.
    """
    return sorted(
        flag.serialize()
        for flag in flags.FLAGS.get_key_flags_for_module(module)
        if flag.value != flag.default and flag.name not in _OF_PLACE
    )


def resolved(module):
    """The values of a recipe's flags, the common ones included.

    Args:
        module: `__name__` of the recipe.

    Returns:
        A dict from flag name to value.

    Raises:
        ValueError: If a number is not finite, which bounds of flags let pass.
    """
    values = {
        flag.name: flag.value
        for flag in flags.FLAGS.get_key_flags_for_module(module)
    }
    for name, value in values.items():
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(
                f"--{name} must be a finite number. Received: "
                f"--{name}={value}. Give a number, a large one for 'never'."
            )
    return values
