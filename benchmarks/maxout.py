"""The maxout layer against a maximum over an axis: forward and gradient.

    python -m benchmarks.maxout

Takes half a minute on two cores. The shapes are those of the discriminators of
Goodfellow et al., of real and generated images together; the convolutional one
has half of its filters.
"""

import tensorflow as tf
from absl import app
from absl import flags

from benchmarks import arguments
from benchmarks import report
from benchmarks import timing
from kerasgan import layers

_ROUNDS = flags.DEFINE_integer("rounds", 5, "Turns of each contender.", 1)

_CASES = (
    ("convolution, 33x33", (256, 33, 33, 32), 2),
    ("convolution, 8x8", (256, 8, 8, 192), 2),
    ("dense, 2500", (256, 2500), 5),
    ("dense, 1200", (200, 1200), 5),
)


def _over_an_axis(inputs, pieces):
    grouped = (*inputs.shape[:-1], inputs.shape[-1] // pieces, pieces)
    return tf.reduce_max(tf.reshape(inputs, grouped), axis=-1)


def _contender(function, inputs):
    gradient = tf.random.normal(function(inputs).shape)

    @tf.function(autograph=False)
    def forward_and_gradient():
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = function(inputs)
        return tape.gradient(outputs, inputs, output_gradients=gradient)

    return timing.repeated(lambda: forward_and_gradient().numpy())


def main(argv):
    arguments.refuse(argv)
    rows = []
    for name, shape, pieces in _CASES:
        inputs = tf.random.normal(shape)
        seconds = timing.interleaved(
            {
                "maximum": _contender(layers.Maxout(pieces), inputs),
                "axis": _contender(
                    lambda inputs, pieces=pieces: _over_an_axis(inputs, pieces),
                    inputs,
                ),
            },
            _ROUNDS.value,
        )
        rows.append(
            (
                name,
                *(report.spread(1e3 * times) for times in seconds.values()),
                report.spread(seconds["axis"] / seconds["maximum"]),
            )
        )
    report.table(
        "ms, median and quartiles", ("", "ours", "axis", "axis : ours"), rows
    )


if __name__ == "__main__":
    app.run(main)
