r"""Trains Goodfellow et al.'s fully connected GAN on CIFAR-10, at small width.

    python recipes/gan_cifar10.py --data_dir=DIR

Paper: Goodfellow et al., 2014, https://arxiv.org/abs/1406.2661; the layers of
the released code. Departures, without which the discriminator wins early
(docs/studies/gan_cifar10.md): a tenth of the generator's units and a 27th of
the discriminator's; an output layer that starts a hundred times smaller, near
the mean image; Adam of 4e-4, beta_1 0.5, one-sided label smoothing of 0.1, a
generator average. Images are standardised by the mean and standard deviation of
the training set, not global-contrast normalised, which could not be undone; the
number of epochs and the choice of the best model are ours. gan_cifar10_paper
has the authors' width and optimizer.

Measured on two CPU cores without AVX-512: 59 ms a step, so 16 minutes. What it
gave: the card of the released model, zoo/gan_cifar10/README.md.
"""

from absl import app
from absl import flags

import kerasgan
import kerasgan.flags

kerasgan.flags.define(
    "gan_cifar10", 40, batch_size=100, every=2, data="cifar10"
)
_UNITS = flags.DEFINE_integer("units", 800, "Of the generator's layers.", 1)
_MAXOUT_UNITS = flags.DEFINE_integer(
    "maxout_units", 60, "Of the discriminator's layers.", 1
)
_LEARNING_RATE = flags.DEFINE_float("learning_rate", 4e-4, "Of both Adams.", 0)
_EMA = flags.DEFINE_float("ema", 0.999, "Decay of the average.", 0, 0.999999)
FLAGS = flags.FLAGS


def main(argv):
    import keras  # Here, so that --help is quick.

    run = kerasgan.training.start(argv, __name__)
    data = kerasgan.training.Data("cifar10", split="train[:40000]")
    with run.scope():
        model = kerasgan.models.GAN(
            "cifar10",
            units=_UNITS.value,
            maxout_units=_MAXOUT_UNITS.value,
            output_limit=0.005,
            ema=_EMA.value,
            seed=run.seed,
        )
        model.compile(
            keras.optimizers.Adam(_LEARNING_RATE.value, beta_1=0.5),
            keras.optimizers.Adam(_LEARNING_RATE.value, beta_1=0.5),
            label_smoothing=0.1,
        )
    run.finish(run.train(model, data, FLAGS.epochs), data)


if __name__ == "__main__":
    app.run(main)
