r"""Trains Goodfellow et al.'s convolutional GAN on CIFAR-10, at small width.

    python recipes/gan_cifar10_conv.py --data_dir=DIR

Paper: Goodfellow et al., 2014, https://arxiv.org/abs/1406.2661; the layers of
the released code, whose width is --units=8000 --filters=32. Departures
(docs/studies/gan_cifar10.md): 1,800 units in the generator and an eighth
of the discriminator's filters; a generator that starts with spots of colour
instead of one pattern of squares, from which it never learned to draw more than
one image; Adam of 4e-4, beta_1 0.5, not SGD of 0.004; one-sided label smoothing
of 0.1 and a generator average. Images are standardised by the mean and standard
deviation of the training set, not global-contrast normalised, which could not
be undone; a pooled map's size is rounded down, not up; computed in bfloat16
where the processor has it; the number of epochs and the choice of the best
model are ours.

Measured on two CPU cores: 0.1 s a step, so 10 minutes. What it gave: the card
of the released model, zoo/gan_cifar10_conv/README.md.
"""

from absl import app
from absl import flags

import kerasgan
import kerasgan.flags

kerasgan.flags.define(
    "gan_cifar10_conv",
    20,
    batch_size=128,
    every=1,
    data="cifar10",
    precision="auto",
)
_UNITS = flags.DEFINE_integer(
    "units", 1800, "Of the generator's layers, a multiple of 200.", 1
)
_FILTERS = flags.DEFINE_integer("filters", 4, "Of the discriminator.", 1)
_LEARNING_RATE = flags.DEFINE_float("learning_rate", 4e-4, "Of both Adams.", 0)
_EMA = flags.DEFINE_float("ema", 0.999, "Decay of the average.", 0, 0.999999)
FLAGS = flags.FLAGS


def main(argv):
    import keras  # Here, so that --help is quick.

    run = kerasgan.training.start(argv, __name__)
    data = kerasgan.training.Data("cifar10", split="train[:40000]")
    with run.scope():
        model = kerasgan.models.GAN(
            "cifar10_conv",
            units=_UNITS.value,
            filters=_FILTERS.value,
            smooth_start=True,
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
