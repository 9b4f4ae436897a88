"""What the server answers, and whom it does not answer."""

import hashlib
import json

import numpy as np
import pytest
from sklearn import linear_model
from sklearn import model_selection
from starlette import testclient

from kerasgan.turing import participants
from kerasgan.turing import server

LOCAL = "http://127.0.0.1"


@pytest.fixture
def serve(make_study, tmp_path):
    """Function of the arguments of a study: a client, and the study."""
    clients = []

    def served(needs_key=False, **arguments):
        path = tmp_path / f"{len(clients)}.db"
        study = make_study(path, **{"trials": 4, "practice": 1, **arguments})
        client = testclient.TestClient(
            server.application(study, needs_key), base_url=LOCAL
        )
        client.__enter__()
        clients.append(client)
        return client, study

    yield served
    for client in clients:
        client.__exit__(None, None, None)


def begin(client, **value):
    secret = participants.new_secret()
    response = client.post(
        "/api/participants", json={"consent": True, "secret": secret, **value}
    )
    assert response.status_code == 201, response.text
    return {"Authorization": f"Bearer {secret}"}


def coming(client, who):
    return client.get("/api/next", headers=who).json()["trial"]


def valid(code, **others):
    return {
        "code": code,
        "answer": "fake",
        "response_ms": 512.5,
        "shown_ms": 50,
        "frame_ms": 16.7,
        "dropped_frames": 0,
        "magnification": 8,
        "flag": "",
        **others,
    }


def answer(client, who, body, **others):
    return client.post("/api/answers", json=body, headers=who, **others)


def test_a_person_takes_part(serve):
    client, study = serve(mode="timed")
    facts = client.get("/api/study").json()
    assert (facts["trials"], facts["answers"]) == (4, ["real", "fake"])
    who = begin(client)
    size = 3 * facts["height"] * facts["width"]
    examples = client.get("/api/examples", headers=who).content
    assert len(examples) == facts["examples"] * size
    count = 0
    while (trial := coming(client, who)) is not None:
        picture = client.get(f"/api/pictures/{trial['code']}", headers=who)
        assert len(picture.content) == size
        assert answer(client, who, valid(trial["code"])).json()["stored"]
        count += 1
    assert count == 5
    (stored,) = study.connection.execute("SELECT COUNT(*) FROM answers")
    assert tuple(stored) == (5,)


def test_a_pair_is_one_picture_after_the_other(serve):
    client, study = serve(mode="pair", practice=0)
    who = begin(client)
    code = coming(client, who)["code"]
    content = client.get(f"/api/pictures/{code}", headers=who).content
    row = study.connection.execute(
        "SELECT picture, other FROM trials WHERE code = ?", (code,)
    ).fetchone()
    assert content == study.pictures(list(row)).tobytes()


def test_nothing_but_the_pixels_tells_real_from_generated(serve):
    # A classifier sees all that comes with a picture, and is at chance.
    client, study = serve(mode="timed", trials=40, practice=0)
    rows, real = [], []
    for _ in range(10):
        who = begin(client)
        while (trial := coming(client, who)) is not None:
            response = client.get(f"/api/pictures/{trial['code']}", headers=who)
            rows.append(_all_but_the_pixels(trial, response))
            real.append(_is_real(study, trial["code"]))
    rows, real = np.array(rows, "float64"), np.array(real)
    assert len(set(rows[:, -1])) == 1  # One length.
    rows = (rows - rows.mean(0)) / np.maximum(rows.std(0), 1e-9)
    classifier = linear_model.LogisticRegression(C=0.1, max_iter=1000)
    accuracy = model_selection.cross_val_score(classifier, rows, real, cv=5)
    # Four standard deviations of 400 fair coins.
    assert abs(accuracy.mean() - 0.5) < 4 * 0.5 / 400**0.5


def _all_but_the_pixels(trial, response):
    """Numbers of what a participant's machine gets beside the pixels."""
    code = trial["code"].encode().ljust(24, b"\0")
    headers = json.dumps(sorted(response.headers.items()))
    return [
        *code,
        trial["number"],
        trial["duration"],
        len(code),
        len(headers),
        sum(headers.encode()),
        response.elapsed.total_seconds(),
        len(response.content),
    ]


def _is_real(study, code):
    (source,) = study.connection.execute(
        "SELECT source FROM trials JOIN pictures USING (picture) "
        "WHERE code = ?",
        (code,),
    ).fetchone()
    return source == 0


def test_the_truth_is_in_no_answer_of_the_server(serve):
    client, study = serve(models=("a_secret_name", "another_secret"))
    who = begin(client)
    code = coming(client, who)["code"]
    client.get(f"/api/pictures/{code}", headers=who)
    said = [
        client.get("/api/study"),
        client.get("/api/next", headers=who),
        answer(client, who, valid(code)),
        client.get("/"),
        client.get("/api/pictures/unknown", headers=who),
        client.get("/api/nothing"),
    ]
    text = "".join(each.text + str(each.headers) for each in said)
    assert "secret_name" not in text and study.key not in text


# Who is refused.


def test_only_those_with_the_key_take_part_from_elsewhere(serve):
    client, study = serve(needs_key=True)
    for value in (
        {},
        {"key": "guessed"},
        {"key": None},
        {"key": study.key[1:]},
    ):
        response = client.post(
            "/api/participants", json={"consent": True, **value}
        )
        assert response.status_code == 403
    begin(client, key=study.key)


def test_no_one_takes_part_without_consent(serve):
    client, study = serve()
    for value in ({}, {"consent": "yes"}, [], "yes", {"consent": False}):
        response = client.post("/api/participants", json=value)
        assert response.status_code == 400
    (count,) = study.connection.execute("SELECT COUNT(*) FROM participants")
    assert tuple(count) == (0,)


@pytest.mark.parametrize(
    "path", ["/api/next", "/api/examples", "/api/pictures/a"]
)
def test_a_stranger_learns_nothing(serve, path):
    client, _ = serve()
    for headers in ({}, {"Authorization": "Bearer no"}, {"Authorization": "x"}):
        assert client.get(path, headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({"Origin": "https://elsewhere.example"}, b"{}", 403),
        ({"Origin": "null"}, b"{}", 403),
        ({"Origin": "http://["}, b"{}", 403),
        ({"Content-Type": "text/plain"}, b"{}", 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"a=1", 415),
        ({}, b" " * 5000, 413),
        ({}, b"{", 400),
        ({}, b"\xff", 400),
        ({}, b"[" * 4000, 400),
        ({}, b'"\\ud800"', 400),
    ],
)
def test_a_request_of_another_kind_is_refused(serve, headers, content, status):
    client, study = serve()
    who = begin(client)
    for path in ("/api/participants", "/api/answers", "/api/stop"):
        response = client.post(
            path,
            content=content,
            headers={**who, "Content-Type": "application/json", **headers},
        )
        assert response.status_code == status, path
        assert set(response.json()) == {"error"}
    (count,) = study.connection.execute("SELECT COUNT(*) FROM answers")
    assert tuple(count) == (0,)


def test_our_own_page_may_ask(serve):
    client, _ = serve()
    response = client.post(
        "/api/participants",
        json={"consent": True, "secret": participants.new_secret()},
        headers={"Origin": LOCAL},
    )
    assert response.status_code == 201


def test_a_name_that_only_leads_here_is_not_answered(serve):
    client, _ = serve()
    response = client.get("/api/study", headers={"Host": "rebound.example"})
    assert response.status_code == 400


@pytest.mark.parametrize(
    "path", ["/", "/main.js", "/api/study", "/api/next", "/nowhere"]
)
def test_every_answer_has_the_headers(serve, path):
    client, _ = serve()
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "set-cookie" not in headers


def test_what_is_vendored_is_what_was_published():
    folder = server.PAGE / "vendor"
    vendored = json.loads((folder / "vendored.json").read_text("utf-8"))
    assert {path.name for path in folder.glob("*.js")} == set(vendored)
    for name, said in vendored.items():
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        assert digest == said["sha256"]


def test_a_code_is_never_part_of_a_statement(serve):
    client, study = serve()
    who = begin(client)
    code = "x' OR '1'='1"
    assert answer(client, who, valid(code)).status_code == 409
    assert client.get(f"/api/pictures/{code}", headers=who).status_code == 409
    (count,) = study.connection.execute("SELECT COUNT(*) FROM answers")
    assert tuple(count) == (0,)
