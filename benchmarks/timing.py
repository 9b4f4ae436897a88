"""Times contenders in turn, so that the machine's drift hits all alike."""

import time

import numpy as np
import tensorflow as tf


def bare_step(model, batch, **options):
    """A model's `train_step`, compiled, on one batch.

    Args:
        model: A compiled model.
        batch: What `train_step` takes.
        **options: Of `tf.function`.

    Returns:
        A function without arguments that returns when the step is done.
    """
    step = tf.function(model.train_step, **options)
    return lambda: step(batch)["generator_loss"].numpy()


def repeated(function, seconds=0.3):
    """Makes a contender of a function that does one step.

    Args:
        function: Without arguments; returns when its step is done.
        seconds: How long one turn lasts, at the least one step.

    Returns:
        A contender: a function without arguments that returns seconds a step.
    """
    function()  # Tracing and compiling.
    began = time.perf_counter()
    function()
    calls = max(1, round(seconds / (time.perf_counter() - began)))

    def contender():
        function()  # The others have emptied the caches.
        began = time.perf_counter()
        for _ in range(calls):
            function()
        return (time.perf_counter() - began) / calls

    return contender


def interleaved(contenders, rounds):
    """Gives each contender a turn, A B C, A B C, and so on.

    Args:
        contenders: dict from a name to a function without arguments that
            returns seconds a step.
        rounds: int, turns of each, after one that does not count.

    Returns:
        A dict from the name to seconds a step, float64 `(rounds,)`.
    """
    for contender in contenders.values():
        contender()
    turns = [
        {name: contender() for name, contender in contenders.items()}
        for _ in range(rounds)
    ]
    return {
        name: np.array([turn[name] for turn in turns]) for name in contenders
    }
