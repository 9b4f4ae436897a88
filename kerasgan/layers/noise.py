"""Noise layers that continue where a stopped run left off.

Keras's own keep a generator whose state is in no file, and which draws the
same numbers on every replica. These draw from the training step (see
`kerasgan.random.training_step`); outside one they are Keras's own.
"""

import keras
import tensorflow as tf

from kerasgan import errors
from kerasgan import random


@keras.saving.register_keras_serializable(package="kerasgan")
class Dropout(keras.layers.Dropout):
    """Dropout whose mask is a function of (seed, step, call) only.

    Sets entries to 0 with probability `rate` and scales the others by
    `1 / (1 - rate)`, in training. Two calls in one step draw two masks, and
    replicas draw parts of one.

    Args:
        rate: In `[0, 1)`.
        steps: int, training steps after which nothing is dropped; outside one
            (see `kerasgan.random.training_step`) it does not count. None: no
            end.
        **kwargs: Keyword arguments of `keras.layers.Dropout`, but for
            `noise_shape`.

    Call arguments:
        inputs: Tensor whose first dimension is the batch.
        training: bool; nothing happens where it is False.

    Returns:
        Tensor of the shape of `inputs`.

    Raises:
        ValueError: If `rate` or `steps` is out of its range, or a
            `noise_shape` is given.
    """

    def __init__(self, rate, steps=None, **kwargs):
        super().__init__(errors.check_fraction("rate", rate), **kwargs)
        if steps is not None:
            errors.check_integer("steps", steps, minimum=0)
        self.steps = steps
        if self.noise_shape is not None:
            raise ValueError(
                "Every entry is dropped by itself. Received: noise_shape="
                f"{self.noise_shape}. Leave it out."
            )

    def call(self, inputs, training=False):
        key = random.layer_key()
        if not training or key is None or self.rate == 0:
            return super().call(inputs, training=training)
        rate = self.rate
        if self.steps is not None:
            rate = tf.where(random.step_of(key) < self.steps, rate, 0.0)
        uniform = random.draw_batch(tf.shape(inputs), key, "unit_interval")
        kept = tf.cast(uniform >= rate, inputs.dtype)
        return inputs * kept / tf.cast(1.0 - rate, inputs.dtype)

    def get_config(self):
        return {**super().get_config(), "steps": self.steps}


@keras.saving.register_keras_serializable(package="kerasgan")
class GaussianNoise(keras.layers.GaussianNoise):
    """Adds normal noise that is a function of (seed, step, call) only.

    Args:
        stddev: Standard deviation of the noise, in `[0, 1]`.
        **kwargs: Keyword arguments of `keras.layers.GaussianNoise`.

    Call arguments:
        inputs: Tensor whose first dimension is the batch.
        training: bool; nothing happens where it is False.

    Returns:
        Tensor of the shape of `inputs`.
    """

    def call(self, inputs, training=False):
        key = random.layer_key()
        if not training or key is None:
            return super().call(inputs, training=training)
        noise = random.draw_batch(tf.shape(inputs), key, "normal")
        return inputs + self.stddev * tf.cast(noise, inputs.dtype)
