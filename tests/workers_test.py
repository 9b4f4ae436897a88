"""Two workers train as one process does; killed, stopped, misled, alone.

The workers are processes of this machine, and this file is their program.
"""

import functools
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

import model_cases
import numpy as np
import pytest
import run_cases
import safetensors.numpy

from kerasgan import devices
from kerasgan import loop
from kerasgan import models
from kerasgan import training
from kerasgan import watch

EPOCHS, STEPS = 4, 12


# What a worker does.


def train(pictures, **kwargs):
    """Returns the weights at the end, the average's included."""
    run = run_cases.begin(**kwargs)
    with run.scope():
        # Synchronised batch norm, latents, an average.
        model = models.DCGAN(
            image_shape=(16, 16, 3), filters=2, ema=0.9, seed=run.seed
        )
        model_cases.compile(model)
    run.train(model, training.Data(f"folder:{pictures}"), EPOCHS)
    return [np.array(weight) for weight in model.weights]


def signal_itself(number, at_step):
    """Makes this process send itself a signal after a step."""

    class SignalAt(watch.NaNWatch):
        def on_train_batch_end(self, batch, logs=None):
            if self.model.steps_taken == at_step:
                os.kill(os.getpid(), number)

    watch.NaNWatch = SignalAt


def say_where_it_begins():
    def train(model, batches, steps, *args, original=loop.train, **kwargs):
        print(f"Begins at step {steps.start}.", flush=True)
        return original(model, batches, steps, *args, **kwargs)

    loop.train = train


def main(runs, weights=None, signalled=None):
    """Trains; after a `ValueError`, which is printed, another run."""
    # A process joins its cluster once.
    devices.choose = functools.cache(devices.choose)
    say_where_it_begins()
    if signalled:
        signal_itself(*signalled)
    for kwargs in runs:
        try:
            arrays = train(**kwargs)
        except ValueError as error:
            print("ValueError:", error, flush=True)
            continue
        np.savez(weights, *arrays)


# How the test starts them.


def free_addresses(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return [f"127.0.0.1:{port}" for port in ports]


def configuration(addresses, index):
    """What TF_CONFIG is for one of the workers."""
    task = {"type": "worker", "index": index}
    return json.dumps({"cluster": {"worker": addresses}, "task": task})


class Worker:
    """One process.

    Attributes:
        code: How it ended, the number of a signal being negative.
        ended: When, on the clock of `time.monotonic`.
        output: What it has said.
        pid: Its process id.
    """

    def __init__(self, addresses, index, folder, **kwargs):
        tests = pathlib.Path(__file__).parent
        paths = os.pathsep.join([str(tests), *filter(None, sys.path)])
        self._path = folder / f"{time.monotonic_ns()}.txt"
        self.code = None
        with open(self._path, "w", encoding="utf-8") as file:
            self._process = subprocess.Popen(
                [sys.executable, __file__, json.dumps(kwargs)],
                env={
                    **os.environ,
                    "PYTHONPATH": paths,
                    "TF_CONFIG": configuration(addresses, index),
                },
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        self.pid = self._process.pid

    def has_ended(self):
        if self.code is None and self._process.poll() is not None:
            self.code, self.ended = self._process.returncode, time.monotonic()
        return self.code is not None

    @property
    def output(self):
        return self._path.read_text(encoding="utf-8")

    def kill(self):
        self._process.kill()
        self._process.wait()


def wait(workers, seconds=120):
    """Waits until all have ended by themselves."""
    deadline = time.monotonic() + seconds
    try:
        while not all([worker.has_ended() for worker in workers]):
            if time.monotonic() > deadline:
                said = "\n".join(worker.output for worker in workers)
                pytest.fail(f"A worker goes on after {seconds} s:\n{said}")
            time.sleep(0.05)
    finally:
        for worker in workers:
            worker.kill()
    return workers


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    run_cases.write_pictures(folder)
    return str(folder)


@pytest.fixture(scope="module")
def one(pictures, tmp_path_factory):
    """The folder of a run on one device, and its weights."""
    folder = tmp_path_factory.mktemp("one") / "run"
    return folder, train(pictures, folder=folder)


class Sessions:
    """A run on two workers: killed, stopped, stopped at its end, finished."""

    def __init__(self, pictures, folder):
        self.folder = folder / "run"
        self.weights = [folder / f"{i}.npz" for i in range(2)]
        self.chiefs = []
        run = {"pictures": pictures, "folder": str(self.folder)}
        # With two seeds; then without a shared folder, where the chief finds
        # the finished run and the other nothing.
        disagreeing = [
            [
                {**run, "folder": str(folder / "seeds"), "seed": 1 + i},
                {**run, "folder": str(place)},
            ]
            for i, place in enumerate((self.folder, folder / "another"))
        ]

        # A whole run, without a stop.
        self.whole = folder / "whole"
        whole = {**run, "folder": str(self.whole)}

        def session(*signalled, runs=([run], [run])):
            addresses = free_addresses(2)
            workers = wait(
                [
                    Worker(
                        addresses,
                        i,
                        folder,
                        runs=runs[i],
                        weights=str(self.weights[i]),
                        signalled=signalled[i],
                    )
                    for i in range(2)
                ]
            )
            self.chiefs.append(workers[0].pid)
            return workers, self.checkpoints()

        # In the second of four epochs, whose first has a checkpoint.
        self.killed = session((signal.SIGKILL, 5), None)
        self.stopped = session(None, (signal.SIGTERM, 7))
        self.stopped_at_its_end = session(None, (signal.SIGTERM, STEPS))
        self.finished = session(
            None, None, runs=[[whole, run, *each] for each in disagreeing]
        )

    def checkpoints(self):
        return sorted(
            int(path.stem.partition("-")[2])
            for path in (self.folder / "checkpoints").glob("*.index")
        )


@pytest.fixture(scope="module")
def sessions(pictures, tmp_path_factory):
    return Sessions(pictures, tmp_path_factory.mktemp("two"))


def test_where_a_worker_is_killed_the_other_ends_with_an_error(sessions):
    (chief, worker), checkpoints = sessions.killed
    assert chief.code == -signal.SIGKILL
    assert worker.code == 1
    assert "OSError: All workers must stay up. Received: " in worker.output
    # Within seconds; 16 if it is not the chief that was killed, as TensorFlow
    # then waits for heartbeats.
    assert worker.ended - chief.ended < 60
    assert checkpoints == [3]


def test_a_signal_to_one_worker_makes_both_save_and_stop(sessions):
    (chief, worker), checkpoints = sessions.stopped
    for each in (chief, worker):
        assert "Begins at step 3." in each.output
    # The wish goes the way of the next step's metrics.
    assert checkpoints == [6, 8]
    for each in (chief, worker):
        assert each.code == 128 + signal.SIGTERM
        assert "Stopped by SIGTERM at step 8 of 12 and saved" in each.output


def test_a_signal_to_one_worker_after_the_last_step_stops_both(sessions):
    workers, checkpoints = sessions.stopped_at_its_end
    assert checkpoints == [9, STEPS]
    for each in workers:
        assert "Begins at step 8." in each.output
        assert each.code == 128 + signal.SIGTERM
        assert "Stopped by SIGTERM at step 12 of 12 and saved" in each.output


def test_two_workers_end_as_one_process_that_was_not_stopped(sessions, one):
    workers, checkpoints = sessions.finished
    for worker in workers:
        assert worker.code == 0, worker.output
        # The whole run; the other has no step left to take.
        assert worker.output.count("Begins at step") == 1
        assert "Begins at step 0." in worker.output
    whole, stopped = (
        safetensors.numpy.load_file(folder / "last" / "generator.safetensors")
        for folder in (sessions.whole, sessions.folder)
    )
    for name, expected in stopped.items():
        np.testing.assert_allclose(whole[name], expected, rtol=0, atol=1e-6)
    assert checkpoints == [9, STEPS]
    saved = [np.load(path) for path in sessions.weights]
    for name, expected in zip(saved[0].files, one[1], strict=True):
        np.testing.assert_array_equal(saved[0][name], saved[1][name])
        # Sums of gradients in another order.
        np.testing.assert_allclose(saved[0][name], expected, rtol=0, atol=1e-6)


def test_the_log_is_that_of_one_process(sessions, one):
    lines = run_cases.log(sessions.folder)
    assert [line["epoch"] for line in lines] == ["1", "2", "3", "4"]
    for line, expected in zip(lines, run_cases.log(one[0]), strict=True):
        for name, value in expected.items():
            # A norm is that of the part of the batch of each replica.
            if not name.endswith("gradient_norm"):
                # Rounding, in logits of 0.01 as in scores of 800.
                assert float(line[name]) == pytest.approx(
                    float(value), rel=1e-5, abs=1e-6
                ), name


def test_only_the_chief_writes(sessions, one):
    def names(folder):
        return sorted(
            str(path.relative_to(folder))
            for path in folder.rglob("*")
            if path.parent.name != "tensorboard"
        )

    assert names(sessions.folder) == names(one[0])
    # Event files bear the ids of their processes.
    writers = {
        int(path.name.partition(f".{socket.gethostname()}.")[2].split(".")[0])
        for path in (sessions.folder / "tensorboard").iterdir()
    }
    # The last one had no step to take.
    assert writers == set(sessions.chiefs[:-1])


def test_workers_that_do_not_agree_are_told_so(sessions):
    workers, _ = sessions.finished
    for worker in workers:
        seeds, folders = [
            line
            for line in worker.output.splitlines()
            if line.startswith("ValueError: All workers must have the same ")
        ]
        steps_and_hashes = [
            json.loads(
                line.partition("each replica: ")[2].partition(". Give --work")[
                    0
                ]
            )
            for line in (seeds, folders)
        ]
        (step, first), (other_step, second) = steps_and_hashes[0]
        assert step == other_step == 0
        assert first != second
        assert steps_and_hashes[1] == [[STEPS, first], [0, first]]


@pytest.mark.parametrize("index", [0, 1])
def test_a_worker_that_is_alone_gives_up_in_time(index, tmp_path, monkeypatch):
    addresses = free_addresses(2)
    monkeypatch.setenv("TF_CONFIG", configuration(addresses, index))
    began = time.monotonic()
    with pytest.raises(OSError) as error:
        run_cases.begin(tmp_path / "run", worker_timeout=0.5)
    assert time.monotonic() - began < 10
    assert "All workers must come up within 0.5 seconds" in str(error.value)
    assert f"no answer from ['{addresses[1 - index]}']" in str(error.value)
    assert not (tmp_path / "run").exists()


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
