"""Which devices a run trains on, and what TF_CONFIG may be."""

import json
import pathlib

import pytest
import tensorflow as tf

from kerasgan import devices

WORKERS = ["host1:2222", "host2:2222"]


def tf_config(cluster, job="worker", index=0, **more):
    task = {"type": job, "index": index}
    return json.dumps({"cluster": cluster, "task": task, **more})


BAD = {
    "nothing": None,
    "an empty string": "",
    "not JSON": "host1:2222,host2:2222",
    "half of it": tf_config({"worker": WORKERS})[:-1],
    "a list": json.dumps(WORKERS),
    "a number": "3",
    "null": "null",
    "no cluster": json.dumps({"task": {"type": "worker", "index": 0}}),
    "no task": json.dumps({"cluster": {"worker": WORKERS}}),
    "a cluster that is a list": tf_config(WORKERS),
    "a task that is a string": json.dumps(
        {"cluster": {"worker": WORKERS}, "task": "worker"}
    ),
    "a task without an index": json.dumps(
        {"cluster": {"worker": WORKERS}, "task": {"type": "worker"}}
    ),
    "a task without a type": json.dumps(
        {"cluster": {"worker": WORKERS}, "task": {"index": 0}}
    ),
    "a parameter server": tf_config({"ps": ["host3:2222"], "worker": WORKERS}),
    "a task that is a parameter server": tf_config(
        {"ps": ["host3:2222"], "worker": WORKERS}, "ps"
    ),
    "an evaluator": tf_config({"worker": WORKERS}, "evaluator"),
    "a chief that is not in the cluster": tf_config(
        {"worker": WORKERS}, "chief"
    ),
    "an index past the last": tf_config({"worker": WORKERS}, index=2),
    "a negative index": tf_config({"worker": WORKERS}, index=-1),
    "an index that is a string": tf_config({"worker": WORKERS}, index="0"),
    "an index that is a fraction": tf_config({"worker": WORKERS}, index=0.5),
    "an index that is null": tf_config({"worker": WORKERS}, index=None),
    "two chiefs": tf_config({"chief": WORKERS, "worker": ["host3:2222"]}),
    "no chief in its list": tf_config({"chief": [], "worker": WORKERS}),
    "no worker in the list": tf_config({"worker": []}),
    "an address without a port": tf_config({"worker": ["host1", "host2"]}),
    "an address without a host": tf_config({"worker": [":2222", ":2223"]}),
    "a port that is no number": tf_config({"worker": ["host1:a", "host2:b"]}),
    "an address that is a number": tf_config({"worker": [2222, 2223]}),
    "an address in place of a list": tf_config({"worker": "host1:2222"}),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_tf_config_is_refused(name):
    with pytest.raises(ValueError) as error:
        devices.check_tf_config(BAD[name])
    text = str(error.value)
    assert text.startswith("Several workers need the environment variable TF_")
    assert f"Received: TF_CONFIG={BAD[name]!r}. Set it on every" in text
    assert "--strategy=none" in text


def test_a_cluster_of_workers():
    cluster = {"worker": WORKERS}
    for index in (0, 1):
        checked = devices.check_tf_config(tf_config(cluster, index=index))
        assert checked == (cluster, "worker", index)


def test_a_cluster_with_a_chief():
    cluster = {"chief": ["host0:2222"], "worker": WORKERS}
    assert devices.check_tf_config(tf_config(cluster, "chief")) == (
        cluster,
        "chief",
        0,
    )
    assert devices.check_tf_config(tf_config(cluster, index=1)) == (
        cluster,
        "worker",
        1,
    )


def test_addresses_are_names_or_numbers():
    addresses = ["10.0.0.1:1", "[fe80::1]:65535", "job-worker-1.ns.svc:2222"]
    cluster = {"worker": addresses}
    assert devices.check_tf_config(tf_config(cluster))[0] == cluster


def test_what_kubeflow_writes_beside_is_passed_over():
    cluster = {"worker": ["gan-worker-0.default.svc:2222"]}
    text = tf_config(cluster, environment="cloud")
    assert devices.check_tf_config(text) == (cluster, "worker", 0)


@pytest.fixture
def no_tf_config(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)


@pytest.mark.parametrize("name", ["auto", "none"])
def test_logical_devices_need_the_strategy_that_uses_them(name, no_tf_config):
    with pytest.raises(ValueError) as error:
        devices.choose(name, logical_devices=2)
    text = str(error.value)
    assert text.startswith("--logical_devices above 1 needs --strategy=mirr")
    assert f"--logical_devices=2 with --strategy={name}." in text


@pytest.mark.parametrize("name", ["auto", "none"])
def test_one_device_needs_no_strategy(name, no_tf_config, monkeypatch):
    # One GPU would be used without a strategy, too.
    monkeypatch.setattr(tf.config, "list_logical_devices", one_device)
    chosen = devices.choose(name)
    assert chosen.strategy is None
    assert chosen.is_chief
    assert chosen.num_replicas == 1


def one_device(kind):
    return [tf.config.LogicalDevice(f"/device:{kind}:0", kind)]


def two_devices(kind):
    return [
        tf.config.LogicalDevice(f"/device:{kind}:{i}", kind) for i in (0, 1)
    ]


class Made:
    """Stands for a strategy: what it was made with."""

    num_replicas_in_sync = 2

    def __init__(self, names=None, cross_device_ops=None):
        self.names = names
        self.cross_device_ops = cross_device_ops


def test_auto_takes_all_of_several_gpus(no_tf_config, monkeypatch):
    monkeypatch.setattr(tf.config, "list_logical_devices", two_devices)
    monkeypatch.setattr(tf.distribute, "MirroredStrategy", Made)
    chosen = devices.choose("auto")
    assert chosen.strategy.names == ["/device:GPU:0", "/device:GPU:1"]
    # TensorFlow's own choice, which for GPUs is NCCL.
    assert chosen.strategy.cross_device_ops is None
    assert chosen.num_replicas == 2
    assert devices.choose("none").strategy is None


def test_mirrored_on_cpus_does_not_take_the_default_reduction(
    no_tf_config, monkeypatch
):
    def cpus(kind):
        return two_devices(kind) if kind == "CPU" else []

    monkeypatch.setattr(tf.config, "list_logical_devices", cpus)
    monkeypatch.setattr(tf.distribute, "MirroredStrategy", Made)
    chosen = devices.choose("mirrored")
    assert chosen.strategy.names == ["/device:CPU:0", "/device:CPU:1"]
    assert isinstance(
        chosen.strategy.cross_device_ops, tf.distribute.ReductionToOneDevice
    )


def test_several_workers_need_a_tf_config(no_tf_config):
    with pytest.raises(ValueError, match="Received: TF_CONFIG=None"):
        devices.choose("multi_worker")


@pytest.mark.parametrize("name", ["auto", "multi_worker"])
def test_a_tf_config_that_is_set_is_read(name, monkeypatch):
    monkeypatch.setenv("TF_CONFIG", "{}")
    with pytest.raises(ValueError, match=r"TF_CONFIG='\{\}'"):
        devices.choose(name)


@pytest.mark.parametrize("name", ["none", "mirrored"])
def test_a_tf_config_may_be_passed_over(name, monkeypatch):
    monkeypatch.setenv("TF_CONFIG", "{}")
    monkeypatch.setattr(tf.distribute, "MirroredStrategy", Made)
    monkeypatch.setattr(tf.config, "list_logical_devices", one_device)
    assert devices.choose(name).is_chief


# Port 0 stands for any that is free.
ALONE = {"worker": ["host1:0", "host2:0"]}
LED = {"chief": ["host0:0"], **ALONE}


@pytest.mark.parametrize(
    ("cluster", "job", "index", "is_chief"),
    [
        (ALONE, "worker", 0, True),
        (ALONE, "worker", 1, False),
        (LED, "chief", 0, True),
        (LED, "worker", 0, False),
        (LED, "worker", 1, False),
    ],
)
def test_one_worker_is_the_chief(cluster, job, index, is_chief, monkeypatch):
    class MultiWorker(Made, tf.distribute.Strategy):
        def __init__(self):
            Made.__init__(self)

    monkeypatch.setenv("TF_CONFIG", tf_config(cluster, job, index))
    monkeypatch.setattr(
        tf.distribute, "MultiWorkerMirroredStrategy", MultiWorker
    )
    # All workers have come up.
    monkeypatch.setattr(devices, "_is_down", lambda address: False)
    chosen = devices.choose("auto")
    assert chosen.is_chief == is_chief
    assert chosen.num_replicas == 2


PROCESSORS = {
    "flags : fma avx2": "float32",
    "flags : avx512f avx512_bf16": "mixed_bfloat16",
    "flags : amx_bf16": "mixed_bfloat16",
    # Another system, which has no such file.
    None: "float32",
}


@pytest.mark.parametrize(("text", "expected"), PROCESSORS.items())
def test_bfloat16_is_for_processors_that_have_it(text, expected, monkeypatch):
    def read_text(path):
        if text is None:
            raise FileNotFoundError(path)
        return text

    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [])
    monkeypatch.setattr(pathlib.Path, "read_text", read_text)
    assert devices.precision() == expected


@pytest.mark.parametrize(
    ("capabilities", "expected"),
    [
        ([(8, 0), (9, 0)], "mixed_bfloat16"),
        ([(9, 0), (7, 5)], "float32"),
        ([None], "float32"),
    ],
)
def test_bfloat16_is_for_gpus_that_have_it(capabilities, expected, monkeypatch):
    def details(gpu):
        return {"compute_capability": gpu} if gpu else {}

    monkeypatch.setattr(
        tf.config, "list_physical_devices", lambda kind: capabilities
    )
    monkeypatch.setattr(tf.config.experimental, "get_device_details", details)
    assert devices.precision() == expected


def test_logical_devices_are_of_the_processor_also_beside_gpus(monkeypatch):
    monkeypatch.setattr(
        tf.config, "list_physical_devices", lambda kind: ["gpu"]
    )
    monkeypatch.setattr(
        tf.config.experimental,
        "get_device_details",
        lambda gpu: {"compute_capability": (9, 0)},
    )
    monkeypatch.setattr(pathlib.Path, "read_text", lambda path: "flags : avx2")
    assert devices.precision() == "mixed_bfloat16"
    assert devices.precision(logical_devices=2) == "float32"
