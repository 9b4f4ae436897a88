"""One device and two replicas train the same model, for every family."""

import contextlib
import functools

import keras
import model_cases
import numpy as np
import pytest
import tensorflow as tf

from kerasgan import loop
from kerasgan import random
from kerasgan.models import updates

BATCH, STEPS = 4, 3
# The update rule of each, and the largest difference of a weight, which comes
# from sums of gradients in another order. Adam divides by the root of a mean
# square plus epsilon and so makes rounding errors larger.
TRIALS = {"sgd": ("simultaneous", 1e-6), "adam": ("alternating", 1e-5)}
# With Adam by the loop of the recipes, and of these with steps that are traced:
# dropout, batch norm, and levels with spectral norm and labels. The others go
# step by step, which for a few steps is quicker.
TRACED = ("gan_mnist", "dcgan", "cclapgan")


def scope(strategy):
    return strategy.scope() if strategy else contextlib.nullcontext()


def optimizer(name):
    if name == "sgd":
        return keras.optimizers.SGD(0.01)
    return keras.optimizers.Adam(1e-3, epsilon=1e-4)


def build(name, trial, **kwargs):
    """A compiled model whose gradients are large enough to be compared.

    The papers' initial weights are so small that some would hardly move in
    three steps, whatever the gradients.
    """
    model = model_cases.build(name, ema=0.9)
    rng = np.random.default_rng(1)
    for weight in model.trainable_variables:
        if len(weight.shape) > 1:
            fan_in = np.prod(weight.shape[:-1])
            weight.assign(rng.normal(0, fan_in**-0.5, weight.shape))
    for level in levels(model):
        level.averaged_generator.set_weights(level.generator.get_weights())
    return model_cases.compile(
        model,
        lambda: optimizer(trial),
        **{"update": TRIALS[trial][0], **kwargs},
    )


def levels(model):
    return getattr(model, "levels", [model])


def values(network):
    return [np.array(weight) for weight in network.trainable_variables]


def batches(model):
    images, labels = model_cases.data(model, BATCH * STEPS)
    data = images if labels is None else (images, labels)
    return tf.data.Dataset.from_tensor_slices(data).batch(
        BATCH, drop_remainder=True
    )


class Logs(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.steps = []

    def on_train_batch_end(self, batch, logs=None):
        self.steps.append(dict(logs))


def train(model, by_loop=False, traced=False):
    """Returns weights, logs, and how far each network went, as arrays."""
    model.run_eagerly = not traced
    logs = Logs()
    networks = {
        f"{i} {name}": getattr(level, name)
        for i, level in enumerate(levels(model))
        for name in ("generator", "discriminator")
    }
    initial = {name: values(each) for name, each in networks.items()}
    tf.config.run_functions_eagerly(not traced)
    try:
        if by_loop:
            loop.train(
                model,
                batches(model),
                range(STEPS),
                STEPS,
                [logs],
                save=lambda step: None,
                save_every=1,
                save_seconds=1e9,
                signals=loop.StopSignals(),
            )
        else:
            model.fit(batches(model), callbacks=[logs], verbose=0)
    finally:
        tf.config.run_functions_eagerly(False)
    results = {}
    for i, weight in enumerate(model.weights):
        results[f"weight/{i} {weight.name}"] = np.array(weight)
    for name, network in networks.items():
        results[f"moved/{name}"] = max(
            np.abs(new - old).max()
            for new, old in zip(values(network), initial[name], strict=True)
        )
    for metric in logs.steps[0]:
        results[f"log/{metric}"] = [step[metric] for step in logs.steps]
    return results


@functools.cache
def compare(name, trial, mirrored, **kwargs):
    """Trains on one device and on two."""
    results = []
    for strategy in (None, mirrored):
        with scope(strategy):
            model = build(name, trial, **kwargs)
        by_loop = trial == "adam" and strategy is not None
        results.append(train(model, by_loop, by_loop and name in TRACED))
    return results


def pairs(results, kind):
    """Yields (name, one device's, two replicas')."""
    one, two = results
    for key in one:
        if key.startswith(f"{kind}/"):
            yield key, one[key], two[key]


@pytest.mark.parametrize("trial", TRIALS)
@pytest.mark.parametrize("name", model_cases.CASES)
class TestTwoReplicas:
    def test_end_with_the_weights_of_one_device(self, name, trial, mirrored):
        results = compare(name, trial, mirrored)
        tolerance = TRIALS[trial][1]
        for weight, one, two in pairs(results, "weight"):
            np.testing.assert_allclose(
                one, two, rtol=0, atol=tolerance, err_msg=weight
            )
        # Networks that had not been trained would be equal, too.
        for network, *moved in pairs(results, "moved"):
            assert min(moved) > 100 * tolerance, network

    def test_log_what_one_device_logs(self, name, trial, mirrored):
        for metric, one, two in pairs(compare(name, trial, mirrored), "log"):
            if metric.endswith("gradient_norm"):
                # Of the replica's own part of the batch, whose mean is at
                # least the norm of the mean gradient.
                assert (np.array(two) >= np.array(one) * (1 - 1e-6)).all()
            else:
                # float32 has seven digits, and a step's sums of thousands are
                # added in another order.
                np.testing.assert_allclose(
                    one, two, rtol=1e-5, atol=1e-5, err_msg=metric
                )


def test_each_of_several_discriminator_steps_sees_the_same_images(mirrored):
    # Those of part k of the batch, whichever replica has them.
    results = compare(
        "own_networks",
        "sgd",
        mirrored,
        update="alternating",
        discriminator_steps=2,
    )
    for weight, one, two in pairs(results, "weight"):
        np.testing.assert_allclose(
            one, two, rtol=0, atol=TRIALS["sgd"][1], err_msg=weight
        )


@pytest.mark.parametrize("replicas", [1, 2])
def test_regularisers_count_once_whatever_the_replicas(replicas, mirrored):
    def step(regularizer):
        with scope(mirrored if replicas == 2 else None):
            model = build("own_networks", "sgd")
        before = kernels(model)
        for network in (model.generator, model.discriminator):
            network.trainable_variables[0].regularizer = regularizer
        model.run_eagerly = True
        tf.config.run_functions_eagerly(True)
        try:
            model.fit(batches(model).take(1), verbose=0)
        finally:
            tf.config.run_functions_eagerly(False)
        return before, kernels(model)

    def kernels(model):
        return [
            values(each)[0] for each in (model.generator, model.discriminator)
        ]

    before, plain = step(None)
    _, regularised = step(keras.regularizers.L2(5.0))
    for old, one, two in zip(before, plain, regularised, strict=True):
        # The learning rate times the derivative of 5 w ** 2.
        np.testing.assert_allclose(one - two, 0.01 * 10 * old, atol=1e-6)


# What could go wrong; each would be seen.


def undivided(model, patch):
    def gradients(model, tape, loss, network):
        return tape.gradient(loss, network.trainable_variables)

    patch.setattr(updates, "_gradients", gradients)


def the_same_noise(model, patch):
    patch.setattr(random, "draw_batch", random.draw)


def own_statistics(model, patch):
    for network in (model.generator, model.discriminator):
        for layer in network.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.synchronized = False


MISTAKES = {
    undivided.__name__: ("own_networks", undivided),
    the_same_noise.__name__: ("gan_mnist", the_same_noise),
    own_statistics.__name__: ("dcgan", own_statistics),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_would_be_seen(mistake, mirrored, monkeypatch):
    name, make = MISTAKES[mistake]
    one, _ = compare(name, "sgd", mirrored)
    with mirrored.scope():
        model = build(name, "sgd")
    make(model, monkeypatch)
    difference = max(
        np.abs(a - b).max() for _, a, b in pairs((one, train(model)), "weight")
    )
    assert difference > 100 * TRIALS["sgd"][1]


def noise(name, strategy, patch):
    """What each replica draws in one training step, latents and masks."""
    with scope(strategy):
        model = build(name, "sgd")
    (batch,) = batches(model).take(1)
    drawn = {0: [], 1: []}

    def draw_batch(*args, original=random.draw_batch):
        result = original(*args)
        context = tf.distribute.get_replica_context()
        drawn[int(context.replica_id_in_sync_group)].append(result.numpy())
        return result

    patch.setattr(random, "draw_batch", draw_batch)
    if strategy is None:
        model.train_step(batch)
    else:
        split = strategy.experimental_distribute_dataset(
            tf.data.Dataset.from_tensors(batch).unbatch().batch(BATCH)
        )
        strategy.run(model.train_step, (next(iter(split)),))
    patch.undo()
    return drawn


@pytest.mark.parametrize("name", ["gan_mnist", "cclapgan_paper"])
def test_noise_of_replicas_is_that_of_one_device_cut_in_two(
    name, mirrored, monkeypatch
):
    whole = noise(name, None, monkeypatch)[0]
    parts = noise(name, mirrored, monkeypatch)
    # Latents of both phases, and masks of a discriminator that is called on
    # the real and on the generated images, and once more for the generator.
    assert len(whole) >= 5
    for each, first, second in zip(whole, parts[0], parts[1], strict=True):
        assert (first != second).any()
        np.testing.assert_array_equal(each, np.concatenate((first, second)))
