"""How quickly `kerasgan turing` answers many participants at once.

    python -m benchmarks.turing_load

Starts the server with a study of random pictures, as a process of its own, and
sends what so many browsers would: each asks for a trial, fetches its picture
and answers, one answer every two seconds. Prints how long answers took, and the
errors. Takes the 30 seconds of load and a few more.
"""

import http.client
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time

import numpy as np
from absl import app
from absl import flags

from benchmarks import arguments
from kerasgan.turing import participants

_PARTICIPANTS = flags.DEFINE_integer("participants", 200, "At once.", 1)
_SECONDS = flags.DEFINE_float("seconds", 30.0, "Of load.", 1.0)
_PAUSE = flags.DEFINE_float("pause", 2.0, "Seconds between answers.", 0.0)

_PICTURES = 500


def _study(path):
    from kerasgan.turing import protocol
    from kerasgan.turing import study

    generator = np.random.default_rng(0)

    def source(name, **counts):
        return study.Source(
            name,
            {},
            {
                role: (
                    generator.integers(0, 256, (count, 32, 32, 3), "uint8"),
                    None,
                )
                for role, count in counts.items()
            },
        )

    study.create(
        path,
        protocol.Protocol(),
        [
            source(study.REAL, judged=_PICTURES, practice=8, example=24),
            source("gan", judged=_PICTURES, practice=8),
        ],
        study.Texts("A test of load.", "Nobody."),
        simulated=True,
    ).close()


def _participant(address, number, end, latencies, errors):
    # As people come: not all in one moment.
    time.sleep(_PAUSE.value * number / _PARTICIPANTS.value)
    browser = _Browser(address)
    try:
        browser.begin()
    except (OSError, ValueError, http.client.HTTPException) as error:
        errors.append(repr(error))
        return
    while time.perf_counter() < end:
        began = time.perf_counter()
        try:
            latency = browser.judge()
        except (OSError, ValueError, http.client.HTTPException) as error:
            errors.append(repr(error))
        else:
            if latency is None:
                return
            latencies.append(latency)
        time.sleep(max(0, began + _PAUSE.value - time.perf_counter()))


class _Browser:
    """What the page asks for, over one connection as a browser does."""

    def __init__(self, address):
        self._connection = http.client.HTTPConnection(address, timeout=30)
        self._headers = {"Content-Type": "application/json"}

    def begin(self):
        secret = participants.new_secret()
        body = {"consent": True, "secret": secret}
        self._ask("POST", "participants", body)
        self._headers["Authorization"] = f"Bearer {secret}"

    def judge(self):
        """Sees and answers; returns the seconds that the answer took.

        None where all trials are answered.
        """
        trial = self._ask("GET", "next")["trial"]
        if trial is None:
            return None
        self._ask("GET", f"pictures/{trial['code']}")
        answer = {
            "code": trial["code"],
            "answer": "real",
            "response_ms": 500,
            "shown_ms": trial["duration"],
            "frame_ms": 16.7,
            "dropped_frames": 0,
            "magnification": 8,
            "flag": "",
        }
        asked = time.perf_counter()
        self._ask("POST", "answers", answer)
        return time.perf_counter() - asked

    def _ask(self, method, path, body=None):
        self._connection.request(
            method,
            f"/api/{path}",
            None if body is None else json.dumps(body),
            self._headers,
        )
        response = self._connection.getresponse()
        content = response.read()
        if response.status >= 400:
            raise ValueError(f"{path}: {response.status} {content}")
        is_json = response.headers["Content-Type"] == "application/json"
        return json.loads(content) if is_json else content


def _load(address):
    latencies, errors = [], []
    end = time.perf_counter() + _SECONDS.value
    threads = [
        threading.Thread(
            target=_participant,
            args=(address, number, end, latencies, errors),
        )
        for number in range(_PARTICIPANTS.value)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return np.array(latencies), errors


def main(argv):
    arguments.refuse(argv)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "study.db"
        _study(path)
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "kerasgan", "turing"),
                *(f"--results={path}", "--port=0"),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            found = re.search(r"http://([^/]+)", server.stdout.readline())
            if not found:
                sys.exit("The server did not start.")
            latencies, errors = _load(found[1])
        finally:
            server.terminate()
            server.communicate()
    for error in sorted(set(errors)):
        print(error)
    if not len(latencies):
        sys.exit("Nobody got an answer.")
    milliseconds = 1e3 * np.percentile(latencies, [50, 95, 99, 100])
    print(
        f"{_PARTICIPANTS.value} participants, {len(latencies)} answers in "
        f"{_SECONDS.value:.0f} s, {len(errors)} errors; an answer took "
        + ", ".join(
            f"{name} {value:.1f} ms"
            for name, value in zip(
                ("p50", "p95", "p99", "at most"), milliseconds, strict=True
            )
        )
    )


if __name__ == "__main__":
    app.run(main)
