"""SIGTERM and Ctrl-C in the middle of a run."""

import os
import signal
import threading

import keras
import model_cases
import pytest
import run_cases

from kerasgan import loop

NUMBERS = {signal.SIGTERM: 143, signal.SIGINT: 130}
STEPS, EPOCHS = 3, 2


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Twelve colour pictures of 16x16, three batches."""
    folder = tmp_path_factory.mktemp("pictures")
    return run_cases.write_pictures(folder)


@pytest.fixture(scope="module")
def whole(data, tmp_path_factory):
    """Folder and model of a run without a signal."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    return folder, train(run_cases.begin(folder), data)


@pytest.fixture(autouse=True)
def same_handlers():
    """Each test must leave the handlers as they were."""
    before = [signal.getsignal(number) for number in NUMBERS]
    yield
    after = [signal.getsignal(number) for number in NUMBERS]
    for number, handler in zip(NUMBERS, before, strict=True):
        signal.signal(number, handler)
    assert after == before


def train(run, data, epochs=EPOCHS, weights=1):
    """Trains a new model, which is returned."""
    keras.utils.set_random_seed(weights)
    model = run_cases.gan(run)
    run.train(model, data, epochs)
    return model


def send(number):
    os.kill(os.getpid(), number)


def checkpoint_names(folder):
    return sorted(path.stem for path in folder.glob("checkpoints/*.index"))


def assert_same_end(folder, model, whole):
    """All variables have the same bits; the same log, pictures and models."""
    whole_folder, whole_model = whole
    model_cases.assert_same_state(model, whole_model)
    for path in ("log.csv", "best.json"):
        assert (folder / path).read_text() == (whole_folder / path).read_text()
    samples = [
        {path.name: path.read_bytes() for path in (each / "samples").iterdir()}
        for each in (folder, whole_folder)
    ]
    assert samples[0] == samples[1]
    for path in ("last", "model"):
        for part in ("generator", "discriminator"):
            name = f"{path}/{part}.safetensors"
            expected = (whole_folder / name).read_bytes()
            assert (folder / name).read_bytes() == expected


@pytest.mark.parametrize("number", NUMBERS)
def test_a_signal_saves_and_the_run_goes_on(
    number, whole, data, tmp_path, capsys
):
    run = run_cases.begin(tmp_path)
    # Step 4 is the first of an epoch; the step after it is the last.
    with run_cases.at_step(4, lambda: send(number)):
        with pytest.raises(SystemExit) as stop:
            train(run, data)
    assert stop.value.code == NUMBERS[number]
    assert capsys.readouterr().out.endswith(
        f"Stopped by {number.name} at step 5 of 6 and saved; the same command "
        "goes on.\n"
    )
    assert checkpoint_names(tmp_path) == ["ckpt-3", "ckpt-5"]
    assert not (tmp_path / "last").exists()
    # Nothing comes from the weights that the next model begins with.
    assert_same_end(tmp_path, train(run, data, weights=2), whole)


def test_a_signal_after_the_last_step(whole, data, tmp_path):
    run = run_cases.begin(tmp_path)
    with run_cases.at_step(STEPS * EPOCHS, lambda: send(signal.SIGTERM)):
        with pytest.raises(SystemExit) as stop:
            train(run, data)
    assert stop.value.code == 143
    assert checkpoint_names(tmp_path) == ["ckpt-3", "ckpt-6"]
    assert_same_end(tmp_path, train(run, data, weights=2), whole)


def test_a_signal_after_the_last_step_of_further_epochs(whole, data, tmp_path):
    run = run_cases.begin(tmp_path)
    train(run, data, epochs=EPOCHS - 1)
    with run_cases.at_step(STEPS * EPOCHS, lambda: send(signal.SIGTERM)):
        with pytest.raises(SystemExit):
            train(run, data)
    # `last/` must not stay that of the epochs before.
    assert_same_end(tmp_path, train(run, data, weights=2), whole)


def test_a_second_ctrl_c_ends_at_once(data, tmp_path):
    reached = []

    def act():
        send(signal.SIGINT)
        reached.append("after the first")
        send(signal.SIGINT)
        reached.append("after the second")

    with run_cases.at_step(4, act), pytest.raises(KeyboardInterrupt):
        train(run_cases.begin(tmp_path), data)
    assert reached == ["after the first"]
    assert checkpoint_names(tmp_path) == ["ckpt-3"]


def test_a_run_in_another_thread_has_no_handlers(whole, data, tmp_path):
    before = [signal.getsignal(number) for number in NUMBERS]
    seen, trained = [], []
    thread = threading.Thread(
        target=lambda: trained.append(train(run_cases.begin(tmp_path), data))
    )
    with run_cases.at_step(
        4, lambda: seen.append([signal.getsignal(each) for each in NUMBERS])
    ):
        thread.start()
        thread.join()
    assert seen == [before]
    assert_same_end(tmp_path, trained[0], whole)


@pytest.mark.parametrize("number", NUMBERS)
def test_handlers_of_other_libraries_get_the_second_signal(number):
    got = []
    old = signal.signal(number, lambda *args: got.append(args[0]))
    try:
        with loop.StopSignals() as signals:
            assert signals.received is None
            send(number)
            assert signals.received == number
            assert got == []
            send(number)
            assert got == [number]
        send(number)
        assert got == [number, number]
    finally:
        signal.signal(number, old)


def test_handlers_come_back_after_an_error():
    before = [signal.getsignal(number) for number in NUMBERS]
    with pytest.raises(ZeroDivisionError), loop.StopSignals():
        assert all(
            signal.getsignal(number) != handler
            for number, handler in zip(NUMBERS, before, strict=True)
        )
        raise ZeroDivisionError
    assert [signal.getsignal(number) for number in NUMBERS] == before


def test_signals_that_were_ignored_are_ignored_again():
    # As those of a process that a shell without job control has sent to the
    # background.
    old = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with loop.StopSignals() as signals:
            send(signal.SIGINT)
            assert signals.received == signal.SIGINT
            send(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, old)
