r"""The demo: trains a small LAPGAN on pictures made by code, in minutes.

    python recipes/lapgan_shapes.py

Paper: Denton et al., 2015, https://arxiv.org/abs/1506.05751. The data set,
20,000 pictures of coloured shapes, is drawn on the first run and needs no
network. Networks as in lapgan_cifar10, with half the filters.

Measured on two CPU cores: 6 minutes, drawing the data set included. What it
gave: the card of the released model, zoo/lapgan_shapes/README.md.
"""

from absl import app
from absl import flags

import kerasgan
import kerasgan.flags

kerasgan.flags.define("lapgan_shapes", None, 64, every=2, data="shapes")
kerasgan.flags.define_pyramid(image_sizes=(32, 16, 8), epochs=(6, 8, 20))
_FILTERS = flags.DEFINE_integer("filters", 32, "Of the finer levels.", 1)
_LEARNING_RATE = flags.DEFINE_float("learning_rate", 2e-4, "Of both Adams.", 0)
_EMA = flags.DEFINE_float("ema", 0.995, "Decay of the average.", 0, 0.999999)
flags.adopt_module_key_flags(kerasgan.flags)
FLAGS = flags.FLAGS


def main(argv):
    import keras  # Here, so that --help is quick.

    run = kerasgan.training.start(argv, __name__)
    with run.scope():
        lapgan = kerasgan.models.LAPGAN(
            image_sizes=FLAGS.image_sizes,
            filters=_FILTERS.value,
            coarsest_options={"filters": 2 * _FILTERS.value},
            ema=_EMA.value,
            seed=run.seed,
        )
        lapgan.compile(
            keras.optimizers.Adam(_LEARNING_RATE.value, beta_1=0.0),
            keras.optimizers.Adam(_LEARNING_RATE.value, beta_1=0.0),
            loss="hinge",
        )
    data = kerasgan.training.Data("shapes", image_size=FLAGS.image_sizes[0])
    run.train_lapgan(lapgan, data, FLAGS.epochs, FLAGS.level)


if __name__ == "__main__":
    app.run(main)
