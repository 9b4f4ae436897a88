r"""Trains the class-conditional LAPGAN of its authors on CIFAR-10.

    python recipes/cclapgan_cifar10_paper.py --data_dir=DIR
    python recipes/cclapgan_cifar10_paper.py --data_dir=DIR \
        --image_sizes=28,14,8 --workdir=runs/cclapgan_cifar10_28

Paper: Denton et al., 2015, https://arxiv.org/abs/1506.05751; networks and SGD
(dampened, momentum from 0 to 0.7 by 0.0008 an epoch of 704 steps) of the
released code, facebook/eyescream: its step from 16 to 32 pixels, with an
8-pixel level below; the second command is the paper's own pyramid, on the four
28x28 corners of each image. The class is a plane beside the images, and joins
the vectors of the coarsest level.

Departures: biases start at 0; the generator's step has as many generated images
as the discriminator's (twice as many there) and reuses its coarse images; the
learning rate stays constant (divided by 1.00004 an epoch there), and the
momentum rises a little at each step, not once an epoch; an epoch shows each
image once (drawn with replacement there); the coarse image of the smallest
level is made of the next finer one, not of the full image; computed in
bfloat16, a third faster, where the processor has it; the number of epochs (the
released code is stopped by hand) and the choice of the best model are ours.

Measured on two CPU cores: without AVX-512, 24, 250 and 1270 ms a step, coarse
to fine, so 94 minutes (lapgan_cifar10_paper, with bfloat16: 24). What it gave:
the card of the released model, zoo/cclapgan_cifar10_paper/README.md.
"""

from absl import app
from absl import flags

import kerasgan
import kerasgan.flags

kerasgan.flags.define(
    "cclapgan_cifar10_paper",
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
        labels=True,
        corner_crops=size if corners else None,
    )

    def sgd():
        return kerasgan.optimizers.MomentumRampSGD(
            _LEARNING_RATE.value, 0.0, 0.7, ramp_steps=875 * 704, dampened=True
        )

    with run.scope():
        lapgan = kerasgan.models.LAPGAN(
            image_sizes=FLAGS.image_sizes,
            networks="paper",
            num_classes=10,
            filters=_FILTERS.value,
            seed=run.seed,
        )
        lapgan.compile(sgd(), sgd(), update="alternating")
    run.train_lapgan(lapgan, data, FLAGS.epochs, FLAGS.level)


if __name__ == "__main__":
    app.run(main)
