r"""Trains a class-conditional GAN with spectral norm on CIFAR-10.

    python recipes/sngan_cifar10.py --data_dir=DIR

The flat peer of cclapgan_cifar10: the same kinds of layers, conditioning, loss
and average, without a pyramid, and with a constant learning rate.

Paper: Miyato & Koyama, 2018, https://arxiv.org/abs/1802.05637: spectral norm,
projection, hinge loss, Adam with beta_1 0 and beta_2 0.9. Departures, for a
laptop's CPU: small convolutional networks instead of residual ones, the label
beside the latent vector instead of conditional batch norm, one discriminator
step instead of five, both networks updated from one forward pass, a learning
rate of our own, a generator average.

Measured on two CPU cores: 0.11 s a step, so 46 minutes; without AVX-512 0.35 s,
so nearly two and a half hours. What it gave: the card of the released model,
zoo/sngan_cifar10/README.md.
"""

from absl import app
from absl import flags

import kerasgan
import kerasgan.flags

kerasgan.flags.define(
    "sngan_cifar10",
    32,
    batch_size=64,
    every=2,
    data="cifar10",
    precision="auto",
)
_FILTERS = flags.DEFINE_integer("filters", 64, "Of the outermost layers.", 1)
_LEARNING_RATE = flags.DEFINE_float("learning_rate", 5e-4, "Of both Adams.", 0)
_EMA = flags.DEFINE_float("ema", 0.999, "Decay of the average.", 0, 0.999999)
FLAGS = flags.FLAGS


def main(argv):
    import keras  # Here, so that --help is quick.

    run = kerasgan.training.start(argv, __name__)
    data = kerasgan.training.Data("cifar10", labels=True)

    def adam():
        return keras.optimizers.Adam(
            _LEARNING_RATE.value, beta_1=0.0, beta_2=0.9
        )

    with run.scope():
        model = kerasgan.models.DCGAN(
            "spectral",
            image_shape=(32, 32, 3),
            filters=_FILTERS.value,
            num_classes=10,
            ema=_EMA.value,
            seed=run.seed,
        )
        model.compile(adam(), adam(), loss="hinge")
    run.finish(run.train(model, data, FLAGS.epochs), data)


if __name__ == "__main__":
    app.run(main)
