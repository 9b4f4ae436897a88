"""The order of the test files, two devices, and steps without tracing."""

import pathlib

import pytest
import xdist

HERE = pathlib.Path(__file__).parent
# Those that take longest, so that no core waits for them at the end.
FIRST = (
    "models/replicas_test.py",
    "models/conformance_test.py",
    "recipes_test.py",
    "workers_test.py",
    "evaluation/evaluating_test.py",
    "kill_test.py",
    "training_test.py",
    "turing/page_test.py",
    "export/signatures_test.py",
    "evaluation/comparing_test.py",
    "toy_recipes_test.py",
)


def pytest_collection_modifyitems(items):
    ranks = {HERE / name: rank for rank, name in enumerate(FIRST)}
    items.sort(key=lambda item: ranks.get(item.path, len(ranks)))


def pytest_sessionstart(session):
    """Cuts the CPU in two devices, before TensorFlow is used."""
    if not xdist.is_xdist_controller(session):
        import tensorflow as tf

        tf.config.set_logical_device_configuration(
            tf.config.list_physical_devices("CPU")[0],
            [tf.config.LogicalDeviceConfiguration()] * 2,
        )


@pytest.fixture(scope="session")
def mirrored():
    """A strategy of two replicas; without one, the first device is used."""
    import tensorflow as tf

    return tf.distribute.MirroredStrategy(
        ["CPU:0", "CPU:1"],
        cross_device_ops=tf.distribute.ReductionToOneDevice(),
    )


@pytest.fixture
def eagerly():
    """Runs steps as Python: up to ten take less time than their tracing."""
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)
