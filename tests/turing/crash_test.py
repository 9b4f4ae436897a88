"""The server as a process: killed under load, and served again."""

import http.client
import json
import signal
import threading
import time
import urllib.error
import urllib.request

import pytest

from kerasgan.turing import participants
from kerasgan.turing import study as studies

PARTICIPANTS = 6


def ask(address, path, secret=None, body=None):
    headers = {"Content-Type": "application/json"} if body is not None else {}
    if secret:
        headers["Authorization"] = f"Bearer {secret}"
    request = urllib.request.Request(
        f"{address}/api/{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers=headers,
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        content = response.read()
        if response.headers["Content-Type"] == "application/json":
            return json.loads(content)
        return content


def join(address, **others):
    secret = participants.new_secret()
    body = {"consent": True, "secret": secret, **others}
    ask(address, "participants", body=body)
    return secret


def take_part(address, acknowledged):
    """Answers until the server is gone; notes what it has acknowledged."""
    try:
        secret = join(address)
        while (trial := ask(address, "next", secret)["trial"]) is not None:
            ask(address, f"pictures/{trial['code']}", secret)
            body = {
                "code": trial["code"],
                "answer": "real",
                "response_ms": 400,
                "shown_ms": trial["duration"],
                "frame_ms": 16.7,
                "dropped_frames": 0,
                "magnification": 8,
                "flag": "",
            }
            ask(address, "answers", secret, body)
            acknowledged.append(trial["code"])
    except (OSError, ValueError, http.client.HTTPException):
        pass  # Whatever was under way when it was killed.


@pytest.mark.parametrize("count", [20, 150])
def test_a_kill_loses_no_acknowledged_answer(
    make_study, start, tmp_path, count
):
    path = tmp_path / "study.db"
    make_study(path, trials=2000, practice=0, pictures=1000).close()
    process, address = start(path)
    acknowledged = []
    threads = [
        threading.Thread(target=take_part, args=(address, acknowledged))
        for _ in range(PARTICIPANTS)
    ]
    for thread in threads:
        thread.start()
    while len(acknowledged) < count and any(t.is_alive() for t in threads):
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    for thread in threads:
        thread.join()

    with studies.Study(path) as study:
        (state,) = study.connection.execute("PRAGMA integrity_check")
        stored = [
            code
            for (code,) in study.connection.execute(
                "SELECT code FROM answers JOIN trials USING (trial)"
            )
        ]
    assert tuple(state) == ("ok",)
    assert len(acknowledged) >= count
    assert set(acknowledged) <= set(stored)
    # At most what was under way is there beside; nothing twice.
    assert len(stored) == len(set(stored))
    assert len(stored) <= len(acknowledged) + PARTICIPANTS


def test_a_served_study_goes_on_where_it_was(make_study, start, tmp_path):
    path = tmp_path / "study.db"
    make_study(path, trials=4, practice=0).close()
    process, address = start(path)
    secret = join(address)
    trial = ask(address, "next", secret)["trial"]
    process.send_signal(signal.SIGKILL)
    process.wait()
    process, address = start(path)
    assert ask(address, "next", secret)["trial"] == trial


def test_another_address_takes_the_key(make_study, start, tmp_path):
    path = tmp_path / "study.db"
    make_study(path).close()
    _, address = start(path, "--host=0.0.0.0")
    address, _, key = address.partition("/#")
    with studies.Study(path) as study:
        assert key == study.key
    # The address that stands for all of them is that of this machine's name.
    address = f"http://127.0.0.1:{address.rpartition(':')[2]}"
    with pytest.raises(urllib.error.HTTPError, match="403"):
        join(address)
    assert join(address, key=key)


def test_only_the_page_is_served(make_study, start, tmp_path):
    make_study(tmp_path / "study.db").close()
    _, address = start(tmp_path / "study.db")
    for path in (
        "/../database.py",
        "/vendor/../../study.py",
        "/%2e%2e/study.py",
        "/..%2fstudy.py",
    ):
        # As it is: other clients tidy up a path before they send it.
        connection = http.client.HTTPConnection(address.removeprefix("http://"))
        connection.request("GET", path)
        assert connection.getresponse().status == 404, path
        connection.close()


def test_an_interrupt_ends_it_quietly(make_study, start, tmp_path):
    path = tmp_path / "study.db"
    make_study(path).close()
    process, address = start(path)
    ask(address, "study")
    process.send_signal(signal.SIGINT)
    assert process.wait(10) in (0, 130, -signal.SIGINT)
    # All is in the one file.
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
