r"""Trains the classifier of CIFAR-10 whose features measure generators.

    python recipes/classifier_cifar10.py --data_dir=DIR

A small residual network (`kerasgan.models.Classifier`), not of one paper: SGD
with Nesterov's momentum, a cosine to zero after a warm-up, label smoothing,
images shifted by up to 4 pixels and mirrored, bfloat16 on a processor or GPU
that has it.

Measured on two CPU cores: 180 ms a step, so 35 minutes (65 with other work
beside it). What it gave: the card of the released model,
zoo/classifier_cifar10/README.md.
"""

from absl import app
from absl import flags

import kerasgan
import kerasgan.flags

kerasgan.flags.define(
    "classifier_cifar10",
    30,
    batch_size=128,
    every=1,
    data="cifar10",
    precision="auto",
    adversarial=False,
)
_LEARNING_RATE = flags.DEFINE_float("learning_rate", 0.1, "At its peak.", 0)
FLAGS = flags.FLAGS


def main(argv):
    run = kerasgan.training.start(argv, __name__)
    data = kerasgan.training.Data("cifar10", labels=True)
    steps = run.steps_per_epoch(data) * FLAGS.epochs
    with run.scope():
        model = kerasgan.models.Classifier(
            image_shape=run.info(data).image_shape,
            num_classes=10,
            filters=64,
            max_shift=4,
            flips=True,
            seed=run.seed,
        )
        model.compile(
            kerasgan.optimizers.warmed_up_sgd(_LEARNING_RATE.value, steps)
        )
    test = kerasgan.training.Data("cifar10", split="test", labels=True)
    run.train_classifier(model, data, test, FLAGS.epochs)


if __name__ == "__main__":
    app.run(main)
