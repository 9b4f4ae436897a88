r"""Trains Goodfellow et al.'s GAN on MNIST.

    python recipes/gan_mnist.py --data_dir=DIR

Paper: Goodfellow et al., 2014, https://arxiv.org/abs/1406.2661; networks of the
released code's mnist.yaml. Departures: Adam of 1e-3 and beta_1 0.5, with a
cosine that falls to 0 over --epochs, in the place of its SGD, which needs three
times the steps; a generator average; the number of epochs is ours (the code has
no stopping rule), and the best model is chosen by the Frechet distance to
training images, in the features of classifier_mnist.

Measured on two CPU cores: 21 ms a step, so 18 minutes. What it gave: the card
of the released model, zoo/gan_mnist/README.md.
"""

from absl import app
from absl import flags

import kerasgan
import kerasgan.flags

kerasgan.flags.define("gan_mnist", 100, batch_size=100, every=10, data="mnist")
_LEARNING_RATE = flags.DEFINE_float("learning_rate", 1e-3, "At the start.", 0)
_EMA = flags.DEFINE_float("ema", 0.999, "Decay of the average.", 0, 0.999999)
flags.adopt_module_key_flags(kerasgan.flags)
FLAGS = flags.FLAGS


def main(argv):
    import keras  # Here, so that --help is quick.

    run = kerasgan.training.start(argv, __name__)
    data = kerasgan.training.Data("mnist", split="train[:50000]")
    total_steps = run.steps_per_epoch(data) * FLAGS.epochs

    def adam():
        learning_rate = keras.optimizers.schedules.CosineDecay(
            _LEARNING_RATE.value, total_steps
        )
        return keras.optimizers.Adam(learning_rate, beta_1=0.5)

    with run.scope():
        model = kerasgan.models.GAN("mnist", ema=_EMA.value, seed=run.seed)
        model.compile(adam(), adam())
    run.finish(run.train(model, data, FLAGS.epochs), data)


if __name__ == "__main__":
    app.run(main)
