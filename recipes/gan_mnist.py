r"""Trains Goodfellow et al.'s GAN on MNIST.

    python recipes/gan_mnist.py --data_dir=DIR

Paper: Goodfellow et al., 2014, https://arxiv.org/abs/1406.2661; networks and
optimizer of the released code's mnist.yaml, which has no stopping rule.
Departures (docs/studies/gan_mnist.md): for the last 50 epochs the discriminator
sees all pixels, where the code always drops a fifth of them; a generator
average, of about the last ninth of the steps; the number of epochs; and that
the best state is chosen, by the Parzen log-likelihood of 10,000 held-out
images.

Measured on two CPU cores: 20 ms a step, so 30 minutes. What it gave: the card
of the released model, zoo/gan_mnist/README.md.
"""

from absl import app
from absl import flags

import kerasgan
import kerasgan.flags

kerasgan.flags.define("gan_mnist", 180, batch_size=100, every=10, data="mnist")
_LEARNING_RATE = flags.DEFINE_float("learning_rate", 0.1, "At the start.", 0)
_PIXEL_DROPOUT_EPOCHS = flags.DEFINE_integer(
    "pixel_dropout_epochs",
    130,
    "After which the discriminator sees all pixels; with fewer --epochs, give "
    "fewer here.",
    0,
)
_EMA = flags.DEFINE_float("ema", 0.9999, "Decay of the average.", 0, 0.999999)
FLAGS = flags.FLAGS


def main(argv):
    run = kerasgan.training.start(argv, __name__)
    data = kerasgan.training.Data(
        "mnist", split="train[:50000]", held_out="train[50000:]"
    )
    steps = run.steps_per_epoch(data)
    sgd = kerasgan.optimizers.goodfellow_sgd
    with run.scope():
        model = kerasgan.models.GAN(
            "mnist",
            pixel_dropout_steps=_PIXEL_DROPOUT_EPOCHS.value * steps,
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
