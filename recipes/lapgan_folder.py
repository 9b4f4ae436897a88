r"""Trains a LAPGAN on a person's own pictures.

    python recipes/lapgan_folder.py --pictures=DIR
    python recipes/lapgan_folder.py --pictures=DIR --conditional \
        --image_sizes=64,32,16 --epochs=30,30,80

Pictures (JPEG, PNG, ...) lie in the folder itself or, by class, in sub-folders;
--conditional then trains the class-conditional form. They are cropped in the
middle and resized to the first of --image_sizes.

Paper: Denton et al., 2015, https://arxiv.org/abs/1506.05751. Networks, loss,
updates and optimizer as in cclapgan_cifar10, which says how long a step takes.
The sizes of the finer levels must be even, and the coarsest at least 8 and 4 to
7 times a power of two, best about 16.
"""

from absl import app
from absl import flags

import kerasgan
import kerasgan.flags

kerasgan.flags.define(
    "lapgan_folder", None, batch_size=64, every=1, precision="auto"
)
kerasgan.flags.define_light_pyramid(
    image_sizes=(32, 16), epochs=(30, 80), filters=48
)
_PICTURES = flags.DEFINE_string(
    "pictures", None, "Folder of the pictures.", required=True
)
_CONDITIONAL = flags.DEFINE_bool(
    "conditional", False, "Takes the sub-folders as classes."
)
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
        return kerasgan.optimizers.cosine_adams(
            FLAGS.learning_rate,
            FLAGS.coarsest_learning_rate,
            [epochs * steps_per_epoch for epochs in FLAGS.epochs],
        )

    with run.scope():
        lapgan = kerasgan.models.LAPGAN(
            image_sizes=FLAGS.image_sizes,
            networks="light",
            channels=info.image_shape[-1],
            num_classes=len(info.class_names) if _CONDITIONAL.value else None,
            filters=FLAGS.filters,
            coarse_noise=FLAGS.coarse_noise,
            ema=FLAGS.ema,
            seed=run.seed,
        )
        lapgan.compile(adams(), adams(), loss="hinge", update="alternating")
    run.train_lapgan(lapgan, data, FLAGS.epochs, FLAGS.level)


if __name__ == "__main__":
    app.run(main)
