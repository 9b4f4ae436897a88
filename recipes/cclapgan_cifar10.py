r"""Trains a class-conditional LAPGAN with light networks on CIFAR-10.

    python recipes/cclapgan_cifar10.py --data_dir=DIR
    python recipes/cclapgan_cifar10.py --data_dir=DIR --level=1   # one level

Paper: Denton et al., 2015, https://arxiv.org/abs/1506.05751. Departures, for a
laptop's CPU: two levels, 32 and 16 (a third, of 8 pixels, costs more than it
saves: docs/studies/lapgan_levels.md), the coarsest convolutional, the finer one
at half resolution, spectral norm instead of dropout, the class as a learned
plane or beside the latent vector in the generators and by projection in the
discriminators, noise of up to 0.1 on the coarse images, so that a level meets
in training what it meets in sampling, pixels in [-1, 1], hinge loss, Adam with
a learning rate that falls to 0, a generator average, bfloat16 where the
processor has it.

Measured on two CPU cores: 24 and 49 ms a step, coarse to fine, so 23 minutes.
What it gave: the card of the released model, zoo/cclapgan_cifar10/README.md.
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
    precision="auto",
)
kerasgan.flags.define_pyramid(image_sizes=(32, 16), epochs=(12, 28))
_FILTERS = flags.DEFINE_integer("filters", 48, "Of the finer level.", 1)
_COARSE_NOISE = flags.DEFINE_float(
    "coarse_noise", 0.1, "Corruption of the coarse images.", 0, 0.999
)
_LEARNING_RATE = flags.DEFINE_float(
    "learning_rate", 1e-3, "Of the finer level at the start.", 0
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
        "cifar10", image_size=FLAGS.image_sizes[0], labels=True
    )
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
            num_classes=10,
            filters=_FILTERS.value,
            coarse_noise=_COARSE_NOISE.value,
            coarsest_options={"filters": 64},
            ema=_EMA.value,
            seed=run.seed,
        )
        lapgan.compile(adams(), adams(), loss="hinge", update="alternating")
    run.train_lapgan(lapgan, data, FLAGS.epochs, FLAGS.level)


if __name__ == "__main__":
    app.run(main)
