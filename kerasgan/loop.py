"""The training loop of a run: Keras's callbacks, on any number of machines.

`Model.fit` starts with a whole epoch and does not work on several machines in
Keras 3 (keras-team/keras#20585). This loop can start in the middle of an
epoch, stops where a signal asks for it, and is the same for one device and for
several machines.
"""

import signal
import threading
import time

import keras
import numpy as np
import tensorflow as tf


class StopSignals:
    """A context in which SIGTERM and Ctrl-C ask for a stop, once.

    A second one of the same kind ends the process as usual. In other threads
    than the main one, nothing is changed.

    Attributes:
        received: Number of the signal, None while there was none. `train` sets
            it to SIGTERM where another worker had one.
    """

    def __init__(self):
        self.received = None
        self._handlers = {}

    def __enter__(self):
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._handlers[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *error):
        for number, handler in self._handlers.items():
            signal.signal(number, handler or signal.SIG_DFL)

    def _note(self, number, frame):
        self.received = number
        signal.signal(number, self._handlers[number] or signal.SIG_DFL)


def train(
    model,
    batches,
    steps,
    steps_per_epoch,
    callbacks,
    save,
    save_every,
    save_seconds,
    signals,
):
    """Trains a compiled model, from any step to any step.

    Args:
        model: A compiled model.
        batches: tf.data.Dataset of global batches, from the first step on.
        steps: range of the steps to take.
        steps_per_epoch: int.
        callbacks: List of `keras.callbacks.Callback`.
        save: Function of the number of steps done, writes a checkpoint.
        save_every: int, epochs between checkpoints; there is always one after
            the last step.
        save_seconds: float, after which there is one within an epoch.
        signals: A `StopSignals`, asked after each step.

    Returns:
        The number of steps done: fewer than asked for, with a checkpoint, if
        there was a signal or a callback has set `model.stop_training`.
    """
    epochs = -(-steps.stop // steps_per_epoch)
    callbacks = keras.callbacks.CallbackList(
        callbacks, model=model, epochs=epochs, steps=steps_per_epoch
    )
    step_function = _step_function(model)
    iterator = iter(_dealt_out(batches, model.distribute_strategy))
    model.stop_training = False
    callbacks.on_train_begin()
    logs = {}
    saved = time.monotonic()
    for step in steps:
        epoch, batch = divmod(step, steps_per_epoch)
        if batch == 0:
            model.reset_metrics()
        if batch == 0 or step == steps.start:
            callbacks.on_epoch_begin(epoch)
        callbacks.on_train_batch_begin(batch)
        logs, (save_wanted, signalled, stop_wanted) = step_function(
            iterator,
            time.monotonic() - saved >= save_seconds,
            signals.received is not None,
            model.stop_training,
        )
        if signalled:
            # Perhaps another worker was.
            signals.received = signals.received or signal.SIGTERM
            stop_wanted = True
        callbacks.on_train_batch_end(batch, logs)
        if batch + 1 == steps_per_epoch:
            logs = dict(logs)
            callbacks.on_epoch_end(epoch, logs)
            save_wanted |= (epoch + 1) % save_every == 0
        if save_wanted or stop_wanted or step + 1 == steps.stop:
            save(step + 1)
            saved = time.monotonic()
        if stop_wanted:
            break
    callbacks.on_train_end(logs)
    return step + 1


def _step_function(model):
    strategy = model.distribute_strategy
    names = []

    def train_step(data, requests):
        logs = model.train_step(data)
        names[:] = logs
        return tf.concat([tf.stack([*logs.values()]), requests], 0)

    if model.jit_compile:
        train_step = tf.function(train_step, autograph=False, jit_compile=True)

    @tf.function(autograph=False)
    def on_all_replicas(iterator, requests):
        values = strategy.run(train_step, (next(iterator), requests))
        return strategy.reduce("MEAN", values, axis=None)

    def step(iterator, *requests):
        # The requests of each worker go the way of its metrics, so that all
        # workers save, and stop, after the same step.
        values = on_all_replicas(iterator, tf.constant(requests, tf.float32))
        values = np.asarray(values).tolist()
        logs = dict(zip(names, values, strict=False))
        return logs, [value > 0 for value in values[len(names) :]]

    return step


def _dealt_out(batches, strategy):
    """Each replica's part of each batch: contiguous, in their order."""
    replicas = strategy.num_replicas_in_sync
    if replicas == 1:
        return batches

    def pipeline(context):
        count = replicas // context.num_input_pipelines
        start = count * context.input_pipeline_id

        def parts(tensor):
            batch, *shape = tensor.shape
            split = tf.reshape(tensor, (replicas, batch // replicas, *shape))
            return split[start : start + count]

        def split(*batch):
            return tuple(map(parts, batch)) if batch[1:] else parts(*batch)

        return batches.map(split).unbatch().prefetch(2 * count)

    return strategy.distribute_datasets_from_function(pipeline)
