r"""The demo: trains a small LAPGAN on pictures made by code, in minutes.

    python recipes/lapgan_shapes.py

Paper: Denton et al., 2015, https://arxiv.org/abs/1506.05751. The data set,
20,000 pictures of coloured shapes, is drawn on the first run and needs no
network. As lapgan_cifar10, with fewer filters, and in float32, which every
processor computes quickly.

Measured on two CPU cores: 7 minutes, drawing the data set included; without
AVX-512, 15. The coarsest level is then far from its end: the released model
had four times as many epochs of it, --epochs=16,120. What that gave: its card,
zoo/lapgan_shapes/README.md.
"""

from absl import app
from absl import flags

import kerasgan
import kerasgan.flags

kerasgan.flags.define("lapgan_shapes", None, 64, every=2, data="shapes")
kerasgan.flags.define_pyramid(image_sizes=(32, 16), epochs=(16, 30))
_FILTERS = flags.DEFINE_integer("filters", 32, "Of the finer level.", 1)
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
    data = kerasgan.training.Data("shapes", image_size=FLAGS.image_sizes[0])
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
            filters=_FILTERS.value,
            coarse_noise=_COARSE_NOISE.value,
            coarsest_options={"filters": 48},
            ema=_EMA.value,
            seed=run.seed,
        )
        lapgan.compile(adams(), adams(), loss="hinge")
    run.train_lapgan(lapgan, data, FLAGS.epochs, FLAGS.level)


if __name__ == "__main__":
    app.run(main)
