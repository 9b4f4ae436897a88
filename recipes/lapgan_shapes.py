r"""The demo: trains a small LAPGAN on pictures made by code, in minutes.

    python recipes/lapgan_shapes.py

Paper: Denton et al., 2015, https://arxiv.org/abs/1506.05751. The data set,
20,000 pictures of coloured shapes, is drawn on the first run and needs no
network. As lapgan_cifar10, but with fewer filters, both networks updated from
one forward pass, and in float32, which every processor computes quickly.

Measured on two CPU cores: 7 minutes, drawing the data set included; without
AVX-512, 16. The coarsest level is then far from its end: the released model
had four times as many epochs of it, --epochs=16,120. What that gave: its card,
zoo/lapgan_shapes/README.md.
"""

from absl import app
from absl import flags

import kerasgan
import kerasgan.flags

kerasgan.flags.define("lapgan_shapes", None, 64, every=2, data="shapes")
kerasgan.flags.define_light_pyramid(
    image_sizes=(32, 16), epochs=(16, 30), filters=32
)
FLAGS = flags.FLAGS


def main(argv):
    run = kerasgan.training.start(argv, __name__)
    data = kerasgan.training.Data("shapes", image_size=FLAGS.image_sizes[0])
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
            filters=FLAGS.filters,
            coarse_noise=FLAGS.coarse_noise,
            coarsest_options={"filters": 48},
            ema=FLAGS.ema,
            seed=run.seed,
        )
        lapgan.compile(adams(), adams(), loss="hinge")
    run.train_lapgan(lapgan, data, FLAGS.epochs, FLAGS.level)


if __name__ == "__main__":
    app.run(main)
