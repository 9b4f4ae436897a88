"""A small study, for all tests of the human test."""

import re
import subprocess
import sys

import pytest
import study_cases

from kerasgan.turing import participants


@pytest.fixture
def make_study():
    """Function that makes a study of random pictures, as it is asked to."""
    return study_cases.make


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
