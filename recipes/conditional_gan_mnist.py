r"""Trains Mirza and Osindero's conditional GAN on MNIST.

    python recipes/conditional_gan_mnist.py --data_dir=DIR

Paper: Mirza & Osindero, 2014, https://arxiv.org/abs/1411.1784, section 4.1:
networks and optimizer. Departures: a generator average; no dropout in the
generator, which took its variety from that and not from the latents, and had
none without (docs/studies/conditional_gan_variety.md); the paper gives no
initial weights (here the generator starts at the mean image, and what latents
change of it is more than what the label does:
docs/studies/conditional_gan_start.md; the discriminator's are those of
Goodfellow et al.'s released code, as with Keras's it won within an epoch);
latents are uniform with variance 1, as in that code, not in [0, 1], with which
all images of a class came out alike; the paper stops at the best Parzen
log-likelihood of validation images, here the best model is chosen by the
Frechet distance to training images, in the features of classifier_mnist.

Measured on two CPU cores: 17 ms a step (AMD EPYC with AVX-512) to 37 ms (Intel
Xeon), so 11 to 25 minutes. What it gave: the card of the released model,
zoo/conditional_gan_mnist/README.md.
"""

from absl import app
from absl import flags

import kerasgan
import kerasgan.flags

kerasgan.flags.define(
    "conditional_gan_mnist", 80, batch_size=100, every=5, data="mnist"
)
_LEARNING_RATE = flags.DEFINE_float("learning_rate", 0.1, "At the start.", 0)
_DROPOUT = flags.DEFINE_float(
    "generator_dropout", 0.0, "0.5 is the paper's.", 0, 0.999
)
_EMA = flags.DEFINE_float("ema", 0.999, "Decay of the average.", 0, 0.999999)
FLAGS = flags.FLAGS


def main(argv):
    run = kerasgan.training.start(argv, __name__)
    data = kerasgan.training.Data("mnist", split="train[:50000]", labels=True)
    steps = run.steps_per_epoch(data)

    def sgd():
        return kerasgan.optimizers.goodfellow_sgd(
            _LEARNING_RATE.value, steps, decay=1.00004
        )

    with run.scope():
        model = kerasgan.models.ConditionalGAN(
            "mnist",
            generator_dropout=_DROPOUT.value,
            ema=_EMA.value,
            seed=run.seed,
        )
        model.compile(sgd(), sgd())
    run.finish(run.train(model, data, FLAGS.epochs), data)


if __name__ == "__main__":
    app.run(main)
