r"""Trains a LAPGAN with economical networks on CIFAR-10, level by level.

    python recipes/lapgan_cifar10.py --data_dir=DIR
    python recipes/lapgan_cifar10.py --data_dir=DIR --level=2   # one level

Paper: Denton et al., 2015, https://arxiv.org/abs/1506.05751. Departures, for a
laptop's CPU: sizes 32, 16, 8 (as the released code), 3x3 kernels, a
convolutional coarsest level, spectral norm instead of dropout, pixels in
[-1, 1], hinge loss, Adam, a generator average, both networks updated from one
forward pass.

Measured on two CPU cores: 84, 45 and 146 ms a step, coarse to fine, so 33
minutes. What it gave: the card of the released model,
zoo/lapgan_cifar10/README.md.
"""

from absl import app
from absl import flags

import kerasgan
import kerasgan.flags

kerasgan.flags.define("lapgan_cifar10", None, 64, every=1, data="cifar10")
kerasgan.flags.define_pyramid(image_sizes=(32, 16, 8), epochs=(6, 6, 12))
_FILTERS = flags.DEFINE_integer("filters", 64, "Of the finer levels.", 1)
_LEARNING_RATE = flags.DEFINE_float("learning_rate", 2e-4, "Of both Adams.", 0)
_EMA = flags.DEFINE_float("ema", 0.999, "Decay of the average.", 0, 0.999999)
flags.adopt_module_key_flags(kerasgan.flags)
FLAGS = flags.FLAGS


def main(argv):
    import keras  # Here, so that --help is quick.

    run = kerasgan.training.start(argv, __name__)
    data = kerasgan.training.Data("cifar10", image_size=FLAGS.image_sizes[0])
    with run.scope():
        lapgan = kerasgan.models.LAPGAN(
            image_sizes=FLAGS.image_sizes,
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
