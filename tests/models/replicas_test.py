"""One device and two replicas train the same model."""

import pathlib
import subprocess
import sys

import numpy as np
import pytest

# Two logical CPU devices have to be made before TensorFlow is used.
SCRIPT = """
import contextlib
import sys

import model_cases
import numpy as np
import tensorflow as tf

name, update, path = sys.argv[1:]
tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0],
    [tf.config.LogicalDeviceConfiguration()] * 2,
)
mirrored = tf.distribute.MirroredStrategy(
    ["CPU:0", "CPU:1"],
    cross_device_ops=tf.distribute.ReductionToOneDevice(),
)
results = {}
for scope in (contextlib.nullcontext(), mirrored.scope()):
    with scope:
        model = model_cases.build(name, ema=0.9)
        model_cases.compile(model, update=update)
    images, labels = model_cases.data(model)
    data = images if labels is None else (images, labels)
    batches = tf.data.Dataset.from_tensor_slices(data).batch(4)
    model.fit(batches, epochs=2, verbose=0)
    for i, weight in enumerate(model.weights):
        results.setdefault(f"{i} {weight.name}", []).append(weight.numpy())
np.savez(path, **{name: np.stack(pair) for name, pair in results.items()})
"""


@pytest.mark.parametrize(
    ("name", "update"),
    [
        ("gan_mnist", "simultaneous"),  # dropout
        ("dcgan", "alternating"),  # batch norm
        ("cclapgan", "simultaneous"),  # spectral norm, labels, levels
    ],
)
def test_two_replicas_train_as_one_device(name, update, tmp_path):
    path = tmp_path / "weights.npz"
    tests = pathlib.Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, name, update, str(path)],
        cwd=tests,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    for weight, (one, two) in np.load(path).items():
        # 1e-6: sums of gradients in another order.
        np.testing.assert_allclose(one, two, atol=1e-6, err_msg=weight)
