r"""Trains Goodfellow et al.'s GAN on MNIST.

    python recipes/gan_mnist.py --data_dir=DIR

Paper: Goodfellow et al., 2014, https://arxiv.org/abs/1406.2661; networks and
optimizer of the released code's mnist.yaml, which has no stopping rule.
Departures: the discriminator sees all pixels, where the code drops a fifth of
them, and a slow generator average; both are worth some 10 to 20 nats
(docs/studies/gan_mnist.md). The number of epochs is ours, and the best model is
chosen by the Frechet distance to training images, in the features of
classifier_mnist.

Measured on two CPU cores: 18 ms a step, so 27 minutes. What it gave: the card
of the released model, zoo/gan_mnist/README.md.
"""

from absl import app
from absl import flags

import kerasgan
import kerasgan.flags

kerasgan.flags.define("gan_mnist", 180, batch_size=100, every=10, data="mnist")
_LEARNING_RATE = flags.DEFINE_float("learning_rate", 0.1, "At the start.", 0)
_PIXEL_DROPOUT = flags.DEFINE_float(
    "pixel_dropout",
    0.0,
    "Of what the discriminator sees; the released code's is 0.2.",
    0,
    0.999,
)
_EMA = flags.DEFINE_float("ema", 0.9999, "Decay of the average.", 0, 0.999999)
FLAGS = flags.FLAGS


def main(argv):
    run = kerasgan.training.start(argv, __name__)
    data = kerasgan.training.Data("mnist", split="train[:50000]")
    steps = run.steps_per_epoch(data)
    sgd = kerasgan.optimizers.goodfellow_sgd
    with run.scope():
        model = kerasgan.models.GAN(
            "mnist",
            pixel_dropout=_PIXEL_DROPOUT.value,
            ema=_EMA.value,
            seed=run.seed,
        )
        model.compile(
            sgd(_LEARNING_RATE.value, steps),
            sgd(_LEARNING_RATE.value, steps),
        )
    run.finish(run.train(model, data, FLAGS.epochs), data)


if __name__ == "__main__":
    app.run(main)
