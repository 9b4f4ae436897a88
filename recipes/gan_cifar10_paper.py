r"""Trains Goodfellow et al.'s fully connected GAN on CIFAR-10, at full width.

    python recipes/gan_cifar10_paper.py --data_dir=DIR

Paper: Goodfellow et al., 2014, https://arxiv.org/abs/1406.2661; networks (89
million weights in the generator) and optimizer of the released code.
Departures: images are standardised by the mean and standard deviation of the
training set, not global-contrast normalised, which could not be undone;
computed in bfloat16, a fifth faster, where the processor has it; the number of
epochs and the choice of the best model are ours. gan_cifar10 has a width that
can be shared, and another start and optimizer.

Measured on two CPU cores: 0.38 s a step, so 23 minutes. By then the
discriminator has won and all images are the same noise: docs/reproduce.md.
"""

from absl import app
from absl import flags

import kerasgan
import kerasgan.flags

kerasgan.flags.define(
    "gan_cifar10_paper",
    9,
    batch_size=100,
    every=1,
    data="cifar10",
    precision="auto",
)
_UNITS = flags.DEFINE_integer("units", 8000, "Of the generator's layers.", 1)
_MAXOUT_UNITS = flags.DEFINE_integer(
    "maxout_units", 1600, "Of the discriminator's layers.", 1
)
_LEARNING_RATE = flags.DEFINE_float("learning_rate", 0.025, "At the start.", 0)
FLAGS = flags.FLAGS


def main(argv):
    run = kerasgan.training.start(argv, __name__)
    data = kerasgan.training.Data("cifar10", split="train[:40000]")
    steps = run.steps_per_epoch(data)
    sgd = kerasgan.optimizers.goodfellow_sgd
    with run.scope():
        model = kerasgan.models.GAN(
            "cifar10",
            units=_UNITS.value,
            maxout_units=_MAXOUT_UNITS.value,
            seed=run.seed,
        )
        model.compile(
            sgd(_LEARNING_RATE.value, steps),
            sgd(_LEARNING_RATE.value, steps),
        )
    run.finish(run.train(model, data, FLAGS.epochs), data)


if __name__ == "__main__":
    app.run(main)
