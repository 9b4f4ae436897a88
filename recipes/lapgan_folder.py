r"""Trains a LAPGAN on a person's own pictures.

    python recipes/lapgan_folder.py --pictures=DIR
    python recipes/lapgan_folder.py --pictures=DIR --conditional \
        --image_sizes=64,32,16 --epochs=30,30,80

Pictures (JPEG, PNG, ...) lie in the folder itself or, by class, in sub-folders;
--conditional then trains the class-conditional form. They are cropped in the
middle and resized to the first of --image_sizes.

Paper: Denton et al., 2015, https://arxiv.org/abs/1506.05751. Networks, loss and
optimizer as in lapgan_cifar10, which says how long a step takes. The sizes of
the finer levels must be even, and the coarsest at least 8 and 4 to 7 times a
power of two, best about 16.
"""

from absl import app
from absl import flags

import kerasgan
import kerasgan.flags

kerasgan.flags.define(
    "lapgan_folder", None, batch_size=64, every=1, precision="auto"
)
kerasgan.flags.define_pyramid(image_sizes=(32, 16), epochs=(30, 80))
_PICTURES = flags.DEFINE_string(
    "pictures", None, "Folder of the pictures.", required=True
)
_CONDITIONAL = flags.DEFINE_bool(
    "conditional", False, "Takes the sub-folders as classes."
)
_FILTERS = flags.DEFINE_integer("filters", 48, "Of the finer levels.", 1)
_COARSE_NOISE = flags.DEFINE_float(
    "coarse_noise", 0.1, "Corruption of the coarse images.", 0, 0.999
)
_LEARNING_RATE = flags.DEFINE_float(
    "learning_rate", 1e-3, "Of the finer levels at the start.", 0
)
_COARSEST_LEARNING_RATE = flags.DEFINE_float(
    "coarsest_learning_rate", 3e-3, "Of the coarsest level at the start.", 0
)
_EMA = flags.DEFINE_float("ema", 0.999, "Decay of the average.", 0, 0.999999)
flags.adopt_module_key_flags(kerasgan.flags)
FLAGS = flags.FLAGS


def main(argv):
    run = kerasgan.training.start(argv, __name__)
    data = kerasgan.training.Data(
        f"folder:{_PICTURES.value}",
        image_size=FLAGS.image_sizes[0],
        labels=_CONDITIONAL.value,
    )
    info = run.info(data)
    steps_per_epoch = run.steps_per_epoch(data)

    def adams():
        rates = [_LEARNING_RATE.value] * len(FLAGS.epochs)
        rates[-1] = _COARSEST_LEARNING_RATE.value
        return [
            kerasgan.optimizers.cosine_adam(rate, epochs * steps_per_epoch)
            for rate, epochs in zip(rates, FLAGS.epochs, strict=True)
        ]

    with run.scope():
        lapgan = kerasgan.models.LAPGAN(
            image_sizes=FLAGS.image_sizes,
            networks="light",
            channels=info.image_shape[-1],
            num_classes=len(info.class_names) if _CONDITIONAL.value else None,
            filters=_FILTERS.value,
            coarse_noise=_COARSE_NOISE.value,
            ema=_EMA.value,
            seed=run.seed,
        )
        lapgan.compile(adams(), adams(), loss="hinge")
    run.train_lapgan(lapgan, data, FLAGS.epochs, FLAGS.level)


if __name__ == "__main__":
    app.run(main)
