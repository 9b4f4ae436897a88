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

Measured on two CPU cores without AVX-512: 80 and 200 ms a step, coarse to
fine, so an hour.
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
kerasgan.flags.define_light_pyramid(
    image_sizes=(32, 16), epochs=(12, 28), filters=48
)
FLAGS = flags.FLAGS


def main(argv):
    run = kerasgan.training.start(argv, __name__)
    data = kerasgan.training.Data(
        "cifar10", image_size=FLAGS.image_sizes[0], labels=True
    )
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
            num_classes=10,
            filters=FLAGS.filters,
            coarse_noise=FLAGS.coarse_noise,
            ema=FLAGS.ema,
            seed=run.seed,
        )
        lapgan.compile(adams(), adams(), loss="hinge", update="alternating")
    run.train_lapgan(lapgan, data, FLAGS.epochs, FLAGS.level)


if __name__ == "__main__":
    app.run(main)
