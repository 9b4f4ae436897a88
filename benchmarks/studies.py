"""How the studies train: for some minutes."""

import itertools
import math
import time

import tensorflow as tf


def train_for(model, batches, minutes, cosine):
    """Trains by the clock, which starts after the first step, that is traced.

    Args:
        model: A compiled `kerasgan.models.AdversarialModel`.
        batches: An endless dataset of batches.
        minutes: float.
        cosine: bool, whether learning rates fall to 0 over the minutes.

    Returns:
        int, the number of steps.
    """
    step = tf.function(model.train_step, autograph=False)
    optimizers = (model.generator_optimizer, model.discriminator_optimizer)
    rates = [float(each.learning_rate) for each in optimizers]
    batches = iter(batches)
    step(next(batches))
    began = time.perf_counter()
    for steps in itertools.count():
        done = (time.perf_counter() - began) / (60 * minutes)
        if done >= 1:
            return steps
        if cosine:
            for optimizer, rate in zip(optimizers, rates, strict=True):
                factor = (1 + math.cos(math.pi * done)) / 2
                optimizer.learning_rate = rate * factor
        step(next(batches))
