r"""Trains LAPGAN with its authors' networks and optimizer on CIFAR-10.

    python recipes/lapgan_cifar10_paper.py --data_dir=DIR
    python recipes/lapgan_cifar10_paper.py --data_dir=DIR \
        --image_sizes=28,14,8 --workdir=runs/lapgan_cifar10_28

Paper: Denton et al., 2015, https://arxiv.org/abs/1506.05751; networks and SGD
(dampened, momentum from 0.5 to 0.7 by 0.0008 an epoch of 704 steps) of the
released code, facebook/eyescream. The first command is the released code's
step from 16 to 32 pixels with an 8-pixel level below; the second is the
paper's own pyramid, on the four 28x28 corners of each image.

Departures: biases start at 0; the generator's step has as many generated images
as the discriminator's (twice as many there) and reuses its coarse images; the
coarsest level has the momentum and the batches of the others (from 0, and 50
real images, there); the learning rate stays constant (divided by 1.000004 an
epoch there), and the momentum rises a little at each step, not once an epoch;
an epoch shows each image once (drawn with replacement there); the coarse image
of the smallest level is made of the next finer one, not of the full image;
computed in bfloat16, a third faster, where the processor has it; the number of
epochs (the released code is stopped by hand) and the choice of the best model
are ours.

Measured on two CPU cores: 14, 62 and 242 ms a step, coarse to fine, so 24
minutes. What it gave: the card of the released model,
zoo/lapgan_cifar10_paper/README.md.
"""

from absl import app
from absl import flags

import kerasgan
import kerasgan.flags

kerasgan.flags.define(
    "lapgan_cifar10_paper",
    None,
    batch_size=64,
    every=1,
    data="cifar10",
    precision="auto",
)
kerasgan.flags.define_pyramid(image_sizes=(32, 16, 8), epochs=(4, 8, 40))
_FILTERS = flags.DEFINE_integer("filters", 64, "Of the finer levels.", 1)
_LEARNING_RATE = flags.DEFINE_float("learning_rate", 0.02, "Of both SGDs.", 0)
FLAGS = flags.FLAGS


def main(argv):
    run = kerasgan.training.start(argv, __name__)
    size = FLAGS.image_sizes[0]
    corners = size == 28
    data = kerasgan.training.Data(
        "cifar10",
        split="train[:45000]",
        image_size=None if corners else size,
        corner_crops=size if corners else None,
    )

    def sgd():
        return kerasgan.optimizers.MomentumRampSGD(
            _LEARNING_RATE.value, 0.5, 0.7, ramp_steps=250 * 704, dampened=True
        )

    with run.scope():
        lapgan = kerasgan.models.LAPGAN(
            image_sizes=FLAGS.image_sizes,
            networks="paper",
            filters=_FILTERS.value,
            seed=run.seed,
        )
        lapgan.compile(sgd(), sgd(), update="alternating")
    run.train_lapgan(lapgan, data, FLAGS.epochs, FLAGS.level)


if __name__ == "__main__":
    app.run(main)
