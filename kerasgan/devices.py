"""The devices of a run: one, several of one machine, several machines."""

import contextlib
import dataclasses
import json
import os
import pathlib
import socket
import time

import tensorflow as tf

# The compute capability of NVIDIA's Ampere.
_FIRST_WITH_BFLOAT16 = (8, 0)


@dataclasses.dataclass(frozen=True)
class Devices:
    """Where a run trains.

    Attributes:
        strategy: A `tf.distribute.Strategy`, or None for one device.
        is_chief: bool, whether this process writes the files: always, but for
            the further workers of several.
    """

    strategy: object = None
    is_chief: bool = True

    @property
    def num_replicas(self):
        """Over how many devices a batch is dealt out."""
        return self.strategy.num_replicas_in_sync if self.strategy else 1


def choose(name="auto", logical_devices=1, worker_timeout=600):
    """Finds the devices to train on.

    Args:
        name: `"none"` (one device), `"mirrored"` (all GPUs of the machine, or
            its logical CPU devices), `"multi_worker"` (the machines that the
            environment variable `TF_CONFIG` names) or `"auto"`: the last where
            `TF_CONFIG` is set, else mirrored where there are several GPUs.
        logical_devices: int, into how many devices the CPU is cut.
        worker_timeout: float, seconds to wait for the other workers.

    Returns:
        A `Devices`.

    Raises:
        ValueError: If `TF_CONFIG` is missing or wrong, or logical devices are
            asked for that would not be used.
        OSError: If not all workers come up in time.
    """
    if logical_devices > 1 and name != "mirrored":
        raise ValueError(
            "--logical_devices above 1 needs --strategy=mirrored. "
            f"Received: --logical_devices={logical_devices} with "
            f"--strategy={name}. Give both, or leave it out."
        )
    config = os.environ.get("TF_CONFIG")
    if name == "multi_worker" or (name == "auto" and config):
        return _multi_worker(config, worker_timeout)
    if logical_devices > 1:
        tf.config.set_logical_device_configuration(
            tf.config.list_physical_devices("CPU")[0],
            [tf.config.LogicalDeviceConfiguration()] * logical_devices,
        )
    gpus = tf.config.list_logical_devices("GPU")
    if name == "none" or (name == "auto" and len(gpus) < 2):
        return Devices()
    if gpus and logical_devices == 1:
        return Devices(tf.distribute.MirroredStrategy([g.name for g in gpus]))
    # The default reduction crashes on CPU devices.
    return Devices(
        tf.distribute.MirroredStrategy(
            [device.name for device in tf.config.list_logical_devices("CPU")],
            cross_device_ops=tf.distribute.ReductionToOneDevice(),
        )
    )


def precision(logical_devices=1):
    """The dtype policy that convolutions are fastest in here.

    A processor without bfloat16 takes 11 to 20 times as long for a
    convolutional model's step in it as in float32 (`benchmarks/processor.py`).

    Args:
        logical_devices: int, into how many devices the CPU is cut; if several,
            they are trained on, not the GPUs.

    Returns:
        `"mixed_bfloat16"` where what is trained on computes in it, all GPUs or
        else the processor (of Linux, x86); else `"float32"`.
    """
    gpus = tf.config.list_physical_devices("GPU")
    if gpus and logical_devices == 1:
        native = all(
            _compute_capability(gpu) >= _FIRST_WITH_BFLOAT16 for gpu in gpus
        )
    else:
        native = bool({"avx512_bf16", "amx_bf16"} & _processor_flags())
    return "mixed_bfloat16" if native else "float32"


def _compute_capability(gpu):
    details = tf.config.experimental.get_device_details(gpu)
    return details.get("compute_capability", (0, 0))


def _processor_flags():
    try:
        return set(pathlib.Path("/proc/cpuinfo").read_text().split())
    except OSError:
        return set()


def make_repeatable():
    """Makes a step on a CPU give the same bits each time; on GPUs nothing.

    With oneDNN, what grappler makes of a step of DCGAN gave one of several
    results, 1e-7 apart; without grappler it gave one, at the same speed. On
    GPUs it is grappler that chooses the layout of images, so it stays.

    TensorFlow's op determinism is left alone: on a CPU it changed no bit of our
    models, with grappler it did not suffice, and Keras has no XLA with it.
    """
    if not tf.config.list_physical_devices("GPU"):
        tf.config.optimizer.set_experimental_options(
            {"disable_meta_optimizer": True}
        )


def check_tf_config(text):
    """Reads the environment variable `TF_CONFIG`.

    Args:
        text: Its value, or None.

    Returns:
        A tuple (cluster, job, index): a dict from job to a list of addresses,
        and which of them this process is.

    Raises:
        ValueError: If it is missing, no JSON, or does not name this process.
    """
    try:
        config = json.loads(text)
        cluster, task = config["cluster"], config["task"]
        job, index = task["type"], task["index"]
        addresses = cluster[job]
        valid = (
            set(cluster) <= {"chief", "worker"}
            and len(cluster.get("chief", "1")) == 1
            and all(map(_is_address, _all(cluster)))
            and type(index) is int  # not a bool
            and 0 <= index < len(addresses)
        )
    except (TypeError, ValueError, KeyError, AttributeError):
        valid = False
    if not valid:
        raise ValueError(
            "Several workers need the environment variable TF_CONFIG, JSON "
            'such as {"cluster": {"worker": ["host1:2222", "host2:2222"]}, '
            '"task": {"type": "worker", "index": 0}}, where the task is one '
            "of the cluster (of workers, and one chief if you like). Received: "
            f"TF_CONFIG={text!r}. Set it on every machine, each with its own "
            "index, or give --strategy=none."
        )
    return cluster, job, index


def _all(cluster):
    return [address for addresses in cluster.values() for address in addresses]


def _is_address(address):
    host, _, port = address.rpartition(":")
    return bool(host) and port.isdigit()


def _multi_worker(text, timeout):
    cluster, job, index = check_tf_config(text)
    _wait_for_all(cluster, cluster[job][index], timeout)
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    first = "chief" if "chief" in cluster else "worker"
    return Devices(strategy, is_chief=(job, index) == (first, 0))


def _wait_for_all(cluster, own, timeout):
    """Waits until each of the other workers has answered at its address.

    TensorFlow waits for an hour, in a call that holds the interpreter's lock,
    so that neither Ctrl-C nor another thread gets through. It is only asked
    once all are there. Until then a plain socket answers the others; after
    that TensorFlow's server does, at the same port.
    """
    missing = {address for address in _all(cluster) if address != own}
    deadline = time.monotonic() + timeout
    with _listen(own):
        while missing:
            missing = {address for address in missing if _is_down(address)}
            if missing and time.monotonic() >= deadline:
                raise OSError(
                    f"All workers must come up within {timeout:g} seconds. "
                    f"Received: no answer from {sorted(missing)}. Start the "
                    "same command on every machine of TF_CONFIG, check "
                    "addresses and firewalls, or give a longer "
                    "--worker_timeout."
                )
            time.sleep(0.1)


def _listen(own):
    port = int(own.rpartition(":")[2])
    dual = socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if dual else socket.AF_INET
    try:
        return socket.create_server(
            ("", port), family=family, dualstack_ipv6=dual
        )
    except OSError as error:
        raise OSError(
            "The port of a worker must be free on its machine. Received: "
            f"{own}, this worker's address in TF_CONFIG: {error}. End what "
            "listens there, perhaps a worker of an earlier session, or give "
            "another port on every machine."
        ) from error


@contextlib.contextmanager
def errors_of_workers(strategy):
    """A context that says in plain words that another worker is gone.

    Args:
        strategy: A `tf.distribute.Strategy` or None.

    Raises:
        OSError: Instead of TensorFlow's errors, where there are workers.
    """
    try:
        yield
    except (
        tf.errors.AbortedError,
        tf.errors.CancelledError,
        tf.errors.DeadlineExceededError,
        tf.errors.InternalError,
        tf.errors.UnavailableError,
    ) as error:
        if not isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
            raise
        message = error.message.splitlines()[0]
        raise OSError(
            f"All workers must stay up. Received: {message} Start the same "
            "command on every machine again: they go on from the newest "
            "checkpoint."
        ) from error


def _is_down(address):
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=2).close()
    except OSError:
        return True
    return False
