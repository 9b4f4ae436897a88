r"""Trains the classifier of MNIST whose features measure generators.

    python recipes/classifier_mnist.py --data_dir=DIR

The network and the training of classifier_cifar10 with half the channels, and
digits shifted by up to 2 pixels, not mirrored.

Measured on two CPU cores: see the card of the released model,
zoo/classifier_mnist/README.md.
"""

from absl import app
from absl import flags

import kerasgan
import kerasgan.flags

kerasgan.flags.define(
    "classifier_mnist",
    12,
    batch_size=128,
    every=1,
    data="mnist",
    precision="auto",
    adversarial=False,
)
_LEARNING_RATE = flags.DEFINE_float("learning_rate", 0.1, "At its peak.", 0)
FLAGS = flags.FLAGS


def main(argv):
    run = kerasgan.training.start(argv, __name__)
    data = kerasgan.training.Data("mnist", labels=True)
    steps = run.steps_per_epoch(data) * FLAGS.epochs
    with run.scope():
        model = kerasgan.models.Classifier(
            image_shape=run.info(data).image_shape,
            num_classes=10,
            filters=32,
            max_shift=2,
            seed=run.seed,
        )
        model.compile(
            kerasgan.optimizers.warmed_up_sgd(_LEARNING_RATE.value, steps)
        )
    test = kerasgan.training.Data("mnist", split="test", labels=True)
    run.train_classifier(model, data, test, FLAGS.epochs)


if __name__ == "__main__":
    app.run(main)
