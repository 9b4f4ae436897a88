"""One device and two replicas train the same model, for every family."""

import contextlib
import os
import pathlib
import subprocess
import sys

import keras
import model_cases
import numpy as np
import pytest
import tensorflow as tf

from kerasgan import devices
from kerasgan import loop
from kerasgan import random
from kerasgan.models import adversarial

BATCH, STEPS = 4, 3
# How each is tried: the update rule, and the largest difference of a weight,
# which comes from sums of gradients in another order. Adam divides by the root
# of a mean square plus epsilon and so makes rounding errors larger.
TRIALS = {"sgd": ("simultaneous", 1e-6), "adam": ("alternating", 1e-5)}


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


def train(model, with_fit=True):
    """Returns weights, logs, and how far each network went, as arrays."""
    logs = Logs()
    networks = {
        f"{i} {name}": getattr(level, name)
        for i, level in enumerate(levels(model))
        for name in ("generator", "discriminator")
    }
    initial = {name: values(each) for name, each in networks.items()}
    if with_fit:
        model.fit(batches(model), callbacks=[logs], verbose=0)
    else:
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


def compare(name, trial, mirrored, **kwargs):
    """Trains on one device and on two."""
    results = []
    for strategy in (None, mirrored):
        with scope(strategy):
            model = build(name, trial, **kwargs)
        # The reference goes step by step, which for a few steps is quicker.
        model.run_eagerly = strategy is None
        # The other by `fit`, or by the loop of the recipes.
        with_fit = strategy is None or trial == "sgd"
        results.append(train(model, with_fit))
    return results


def noise(name, strategy):
    """What each replica draws in one training step, latents and masks."""
    with scope(strategy):
        model = build(name, "sgd")
    (batch,) = batches(model).take(1)
    drawn = {}

    def draw_batch(*args, original=random.draw_batch):
        result = original(*args)
        context = tf.distribute.get_replica_context()
        replica = int(context.replica_id_in_sync_group)
        drawn.setdefault(replica, []).append(result.numpy())
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(random, "draw_batch", draw_batch)
        if strategy is None:
            model.train_step(batch)
        else:
            split = strategy.experimental_distribute_dataset(
                tf.data.Dataset.from_tensors(batch).unbatch().batch(BATCH)
            )
            strategy.run(model.train_step, (next(iter(split)),))
    return {
        f"{replica}/{i}": each
        for replica, draws in drawn.items()
        for i, each in enumerate(draws)
    }


# What could go wrong; each would be seen.


def undivided(model, patch):
    def gradients(self, tape, loss, network):
        return tape.gradient(loss, network.trainable_variables)

    patch.setattr(adversarial.AdversarialModel, "_gradients", gradients)


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


def scope(strategy):
    return strategy.scope() if strategy else contextlib.nullcontext()


def main(trial, path):
    """Trains all of the table on one device and on two, in this process."""
    tf.config.set_logical_device_configuration(
        tf.config.list_physical_devices("CPU")[0],
        [tf.config.LogicalDeviceConfiguration()] * 2,
    )
    devices.make_repeatable()
    mirrored = tf.distribute.MirroredStrategy(
        ["CPU:0", "CPU:1"],
        cross_device_ops=tf.distribute.ReductionToOneDevice(),
    )
    results = {}
    for name in model_cases.CASES:
        one, two = compare(name, trial, mirrored)
        results[f"{name}/one"], results[f"{name}/two"] = one, two
    if trial == "sgd":
        for mistake, (name, make) in MISTAKES.items():
            with mirrored.scope():
                model = build(name, trial)
            with pytest.MonkeyPatch.context() as patch:
                make(model, patch)
                results[f"{mistake}/two"] = train(model)
        one, two = compare(
            "own_networks",
            trial,
            mirrored,
            update="alternating",
            discriminator_steps=2,
        )
        results["steps/one"], results["steps/two"] = one, two
        for name in ("gan_mnist", "cclapgan_paper"):
            results[f"{name}/noise of one"] = noise(name, None)
            results[f"{name}/noise of two"] = noise(name, mirrored)
    flat = {
        f"{group}/{name}": array
        for group, arrays in results.items()
        for name, array in arrays.items()
    }
    np.savez(path, **flat)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """What `main` has saved, of both trials; they run side by side."""
    # Two logical CPU devices have to be made before TensorFlow is used.
    folder = tmp_path_factory.mktemp("replicas")
    tests = pathlib.Path(__file__).parents[1]
    paths = os.pathsep.join([str(tests), *filter(None, sys.path)])
    processes = {
        trial: subprocess.Popen(
            [sys.executable, __file__, trial, str(folder / f"{trial}.npz")],
            env={**os.environ, "PYTHONPATH": paths},
            stderr=subprocess.PIPE,
            text=True,
        )
        for trial in TRIALS
    }
    errors = {
        trial: process.communicate()[1] for trial, process in processes.items()
    }
    for trial, process in processes.items():
        assert process.returncode == 0, errors[trial]
    return {trial: np.load(folder / f"{trial}.npz") for trial in TRIALS}


def pairs(file, name, kind, two=None):
    """Yields (name, one device's, two replicas')."""
    prefix = f"{name}/one/{kind}/"
    for key in file.files:
        if key.startswith(prefix):
            each = key.removeprefix(prefix)
            yield each, file[key], file[f"{two or name}/two/{kind}/{each}"]


@pytest.mark.parametrize("trial", TRIALS)
@pytest.mark.parametrize("name", model_cases.CASES)
class TestTwoReplicas:
    def test_end_with_the_weights_of_one_device(self, name, trial, results):
        tolerance = TRIALS[trial][1]
        for weight, one, two in pairs(results[trial], name, "weight"):
            np.testing.assert_allclose(
                one, two, rtol=0, atol=tolerance, err_msg=weight
            )
        # Networks that had not been trained would be equal, too.
        for network, *moved in pairs(results[trial], name, "moved"):
            assert min(moved) > 100 * tolerance, network

    def test_log_what_one_device_logs(self, name, trial, results):
        for metric, one, two in pairs(results[trial], name, "log"):
            if metric.endswith("gradient_norm"):
                # Of the replica's own part of the batch, whose mean is at
                # least the norm of the mean gradient.
                assert (two >= one * (1 - 1e-6)).all(), metric
            else:
                # float32 has seven digits, and a step's sums of thousands are
                # added in another order.
                np.testing.assert_allclose(
                    one, two, rtol=1e-5, atol=1e-5, err_msg=metric
                )


def test_each_of_several_discriminator_steps_sees_the_same_images(results):
    # Those of part k of the batch, whichever replica has them.
    for weight, one, two in pairs(results["sgd"], "steps", "weight"):
        np.testing.assert_allclose(
            one, two, rtol=0, atol=TRIALS["sgd"][1], err_msg=weight
        )


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_would_be_seen(mistake, results):
    name, _ = MISTAKES[mistake]
    difference = max(
        np.abs(one - two).max()
        for _, one, two in pairs(results["sgd"], name, "weight", two=mistake)
    )
    assert difference > 100 * TRIALS["sgd"][1]


@pytest.mark.parametrize("name", ["gan_mnist", "cclapgan_paper"])
def test_noise_of_replicas_is_that_of_one_device_cut_in_two(name, results):
    def draws(replicas, replica):
        prefix = f"{name}/noise of {replicas}/{replica}/"
        file = results["sgd"]
        return [file[key] for key in file.files if key.startswith(prefix)]

    one = draws("one", 0)
    first, second = draws("two", 0), draws("two", 1)
    # Latents of both phases, and masks of a discriminator that is called on
    # the real and on the generated images, and once more for the generator.
    assert len(one) >= 5
    for whole, *parts in zip(one, first, second, strict=True):
        assert (parts[0] != parts[1]).any()
        np.testing.assert_array_equal(whole, np.concatenate(parts))


if __name__ == "__main__":
    main(*sys.argv[1:])
