r"""Trains a class-conditional LAPGAN with light networks on CIFAR-10.

    python recipes/cclapgan_cifar10.py --data_dir=DIR
    python recipes/cclapgan_cifar10.py --data_dir=DIR --level=2   # one level

Paper: Denton et al., 2015, https://arxiv.org/abs/1506.05751. Departures, for a
laptop's CPU: sizes 32, 16, 8 (as the released code), networks that work at half
resolution, a convolutional coarsest level, spectral norm instead of dropout,
the class as a learned plane in the generator and by projection in the
discriminator, noise of up to 0.1 on the coarse images, so that a level meets in
training what it meets in sampling, pixels in [-1, 1], hinge loss, Adam, a
generator average, both networks updated from one forward pass.

Measured on two CPU cores: 20, 26 and 49 ms a step, coarse to fine, so 23
minutes. What it gave: the card of the released model,
zoo/cclapgan_cifar10/README.md.
"""

from absl import app
from absl import flags

import kerasgan
import kerasgan.flags

kerasgan.flags.define(
    "cclapgan_cifar10",
    None,
    batch_size=64,
    every=2,
    data="cifar10",
    precision="mixed_bfloat16",
)
kerasgan.flags.define_pyramid(image_sizes=(32, 16, 8), epochs=(18, 20, 20))
_FILTERS = flags.DEFINE_integer("filters", 48, "Of the finer levels.", 1)
_COARSE_NOISE = flags.DEFINE_float(
    "coarse_noise", 0.1, "Corruption of the coarse images.", 0, 0.999
)
_LEARNING_RATE = flags.DEFINE_float("learning_rate", 1e-3, "Of both Adams.", 0)
_EMA = flags.DEFINE_float("ema", 0.999, "Decay of the average.", 0, 0.999999)
flags.adopt_module_key_flags(kerasgan.flags)
FLAGS = flags.FLAGS


def main(argv):
    import keras  # Here, so that --help is quick.

    run = kerasgan.training.start(argv, __name__)
    data = kerasgan.training.Data(
        "cifar10", image_size=FLAGS.image_sizes[0], labels=True
    )

    def adam():
        return keras.optimizers.Adam(
            _LEARNING_RATE.value, beta_1=0.0, beta_2=0.9
        )

    with run.scope():
        lapgan = kerasgan.models.LAPGAN(
            image_sizes=FLAGS.image_sizes,
            networks="light",
            num_classes=10,
            filters=_FILTERS.value,
            coarse_noise=_COARSE_NOISE.value,
            coarsest_options={"filters": 64},
            ema=_EMA.value,
            seed=run.seed,
        )
        lapgan.compile(adam(), adam(), loss="hinge")
    run.train_lapgan(lapgan, data, FLAGS.epochs, FLAGS.level)


if __name__ == "__main__":
    app.run(main)
