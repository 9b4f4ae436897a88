"""A small study, for all tests of the human test."""

import contextlib
import re
import subprocess
import sys
from unittest import mock

import numpy as np
import pytest

from kerasgan.turing import participants
from kerasgan.turing import protocol as protocols
from kerasgan.turing import schedule
from kerasgan.turing import study as studies

CLASS_NAMES = ("cat", "dog", "ship")


@pytest.fixture
def make_study():
    """Function that makes a study of random pictures, as it is asked to."""
    return _make_study


@pytest.fixture
def start():
    """Function of a study's file: its server, a process, and the address."""
    started = []

    def start(path, *arguments):
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "kerasgan",
                "turing",
                f"--results={path}",
                "--port=0",
                *arguments,
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found, "the server has not said its address"
        return process, found[0].rstrip("/")

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def _make_study(
    path,
    mode="timed",
    simulated=False,
    trials=12,
    models=("gan", "lapgan"),
    pictures=None,
    data="cifar10 test",
    seed=0,
    consent="You judge pictures.",
    key="a-key",
    **kwargs,
):
    """Writes a study; equal arguments give equal pictures and trials.

    Args:
        path: Of the file.
        mode: Of the protocol.
        simulated: bool.
        trials: int, of a participant.
        models: Names of the models.
        pictures: int, judged ones of each source; where left out, as few as
            will do.
        data: What the real pictures say of themselves.
        seed: int, of the pictures and the study.
        consent: Text that participants read.
        key: Of the study, which its trials depend on; None for a random one.
        **kwargs: Other arguments of `Protocol`; few trials of practice where
            left out.

    Returns:
        An open `Study`.
    """
    kwargs = {"practice": 2, "examples": 2, "fewest_valid": 4, **kwargs}
    protocol = protocols.Protocol(mode, trials, **kwargs)
    generator = np.random.default_rng(seed)

    def drawn(count):
        images = generator.integers(0, 256, (count, 8, 8, 3), "uint8")
        return images, np.arange(count) % len(CLASS_NAMES)

    sources = []
    for name in (studies.REAL, *models):
        real = name == studies.REAL
        roles = {}
        for role, count in (
            ("judged", trials),
            ("practice", protocol.practice),
        ):
            most = schedule.most_of_a_source(protocol, count, len(models))
            count = most[0 if real else 1]
            if role == "judged" and pictures is not None:
                count = pictures
            roles[role] = drawn(count)
        if real:
            roles["example"] = drawn(protocol.examples)
        identity = {"data": data} if real else {"model": name, "seed": 7}
        sources.append(studies.Source(name, identity, roles))
    patch = mock.patch.object(studies, "_new_key", lambda: key)
    with contextlib.nullcontext() if key is None else patch:
        return studies.create(
            path,
            protocol,
            sources,
            studies.Texts(consent, "someone@example.org"),
            CLASS_NAMES,
            seed,
            simulated,
        )


@pytest.fixture
def take_part():
    """Function by which someone goes through a study, or a part of it."""
    return _take_part


def _take_part(study, respond=lambda number: {}, most=None):
    """Answers the trials of a new participant, in turn with each answer.

    Args:
        study: A `Study`.
        respond: Function of the number of a judged trial; a dict of what is
            other in its answer, or None: it is not answered.
        most: int, judged trials after which they stop.
    """
    entrance = participants.Participants(study)
    secret = participants.new_secret()
    entrance.add(secret)
    while (trial := entrance.next_trial(secret)) is not None:
        if not trial["practice"] and trial["number"] == most:
            break
        entrance.picture(secret, trial["code"])
        others = {} if trial["practice"] else respond(trial["number"])
        if others is None:
            continue
        answers = study.protocol.answers
        value = {
            "code": trial["code"],
            "answer": answers[trial["number"] % 2],
            "response_ms": 700.0,
            "shown_ms": trial["duration"],
            "frame_ms": 16.0,
            "dropped_frames": 0,
            "magnification": 8.0,
            "flag": "",
        }
        # Times that depend on the duration are given as functions of it.
        for name, other in others.items():
            value[name] = other(trial["duration"]) if callable(other) else other
        entrance.answer(secret, participants.Answer.checked(value))
