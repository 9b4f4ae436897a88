r"""Trains a LAPGAN on a person's own pictures, at any size.

    python recipes/lapgan_folder.py --pictures=DIR
    python recipes/lapgan_folder.py --pictures=DIR --conditional \
        --image_sizes=64,32,16,8 --epochs=20,20,40,80

Pictures (JPEG, PNG, ...) lie in the folder itself or, by class, in sub-folders;
--conditional then trains the class-conditional form. They are cropped in the
middle and resized to the first of --image_sizes.

Paper: Denton et al., 2015, https://arxiv.org/abs/1506.05751. Networks as in
lapgan_cifar10, which says how long they take.
"""

from absl import app
from absl import flags

import kerasgan
import kerasgan.flags

kerasgan.flags.define("lapgan_folder", None, batch_size=64, every=1)
kerasgan.flags.define_pyramid(image_sizes=(32, 16, 8), epochs=(20, 20, 40))
_PICTURES = flags.DEFINE_string(
    "pictures", None, "Folder of the pictures.", required=True
)
_CONDITIONAL = flags.DEFINE_bool(
    "conditional", False, "Takes the sub-folders as classes."
)
_FILTERS = flags.DEFINE_integer("filters", 64, "Of the finer levels.", 1)
_LEARNING_RATE = flags.DEFINE_float("learning_rate", 2e-4, "Of both Adams.", 0)
_EMA = flags.DEFINE_float("ema", 0.999, "Decay of the average.", 0, 0.999999)
flags.adopt_module_key_flags(kerasgan.flags)
FLAGS = flags.FLAGS


def main(argv):
    import keras  # Here, so that --help is quick.

    run = kerasgan.training.start(argv, __name__)
    data = kerasgan.training.Data(
        f"folder:{_PICTURES.value}",
        image_size=FLAGS.image_sizes[0],
        labels=_CONDITIONAL.value,
    )
    info = run.info(data)
    with run.scope():
        lapgan = kerasgan.models.LAPGAN(
            image_sizes=FLAGS.image_sizes,
            channels=info.image_shape[-1],
            num_classes=len(info.class_names) if _CONDITIONAL.value else None,
            filters=_FILTERS.value,
            ema=_EMA.value,
            seed=run.seed,
        )
        lapgan.compile(
            keras.optimizers.Adam(_LEARNING_RATE.value, beta_1=0.0),
            keras.optimizers.Adam(_LEARNING_RATE.value, beta_1=0.0),
            loss="hinge",
        )
    run.train_lapgan(lapgan, data, FLAGS.epochs, FLAGS.level)


if __name__ == "__main__":
    app.run(main)
