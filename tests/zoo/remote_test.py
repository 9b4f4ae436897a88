import functools
import http.client
import http.server
import json
import os
import socket
import threading
import urllib.request

import model_cases
import numpy as np
import pytest
import tensorflow as tf

from kerasgan import models
from kerasgan import zoo
from kerasgan.zoo import remote


class _Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        self.server.requests.append(self.path)


@pytest.fixture(scope="module")
def model():
    return models.DCGAN(image_shape=(8, 8, 3), filters=2)


@pytest.fixture
def served(model, tmp_path):
    """A saved model behind an address of this machine: address, folder."""
    path = zoo.save(model, tmp_path / "served" / "dcgan")
    handler = functools.partial(_Handler, directory=str(path.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.requests = []
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/dcgan", path, server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(remote, "_CACHE", tmp_path / "cache")
    return tmp_path / "cache"


def test_a_model_is_fetched_once(served, model, cache):
    address, path, server = served
    expected = model_cases.sample(model)
    np.testing.assert_array_equal(
        model_cases.sample(zoo.load(address)), expected
    )
    (kept,) = cache.iterdir()
    assert {each.name for each in kept.iterdir()} == set(os.listdir(path))
    server.requests.clear()
    again = zoo.load(f"{address}/", discriminator=True)
    np.testing.assert_array_equal(model_cases.sample(again), expected)
    # Only to see that it is still the same.
    assert server.requests == ["/dcgan/manifest.json"]


def test_a_new_version_is_fetched_anew(served, cache):
    address, path, _ = served
    zoo.load(address)
    other = models.DCGAN(image_shape=(8, 8, 3), filters=2, latent_dim=7)
    zoo.save(other, path)
    np.testing.assert_array_equal(
        model_cases.sample(zoo.load(address)), model_cases.sample(other)
    )
    assert len([*cache.iterdir()]) == 2


def test_a_file_that_is_not_as_the_manifest_says_is_refused(served, cache):
    address, path, _ = served
    original = (path / "generator.safetensors").read_bytes()
    (path / "generator.safetensors").write_bytes(original[:-1] + b"x")
    with pytest.raises(OSError, match=r"generator\.safetensors"):
        zoo.load(address)
    # What was fetched so far is no obstacle once it is right.
    (path / "generator.safetensors").write_bytes(original)
    zoo.load(address)


def test_a_file_that_is_changed_after_it_was_fetched_is_fetched_anew(
    served, model, cache
):
    address, _, _ = served
    zoo.load(address)
    (kept,) = cache.iterdir()
    with open(kept / "config.json", "ab") as file:
        file.write(b" ")
    np.testing.assert_array_equal(
        model_cases.sample(zoo.load(address)), model_cases.sample(model)
    )


def test_info_and_card_are_of_an_address_too(served):
    address, path, _ = served
    info = zoo.info(address)
    assert info["name"] == "dcgan"
    assert info["parameters"] == zoo.info(path)["parameters"]
    assert zoo.card(f"{address}/") == zoo.card(path)


def test_several_may_fetch_at_once(served, model):
    address, _, _ = served
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(zoo.find(address)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    (path,) = set(found)
    assert [*path.parent.iterdir()] == [path]
    np.testing.assert_array_equal(
        model_cases.sample(zoo.load(path)), model_cases.sample(model)
    )


def test_an_endless_file_is_not_read_to_its_end(served, cache, monkeypatch):
    address, _, _ = served
    sent = []

    def endless(handler, source, output):
        if handler.path.endswith(".md"):
            for _ in range(10_000):
                output.write(bytes(2**16))
                sent.append(2**16)
        else:
            output.write(source.read())

    monkeypatch.setattr(_Handler, "copyfile", endless)
    monkeypatch.setattr(_Handler, "send_header", _header_without_length)
    with pytest.raises(OSError, match=r"README\.md"):
        zoo.load(address)
    # What the system keeps for a connection, and no more.
    assert sum(sent) < 2**24
    assert not [*cache.iterdir()]


def _header_without_length(handler, name, value):
    if name != "Content-Length":
        http.server.SimpleHTTPRequestHandler.send_header(handler, name, value)


def test_a_server_that_says_nothing_is_left_in_time(monkeypatch):
    monkeypatch.setattr(remote, "_TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/dcgan"
        with pytest.raises(OSError, match="timed out"):
            zoo.load(address)


def test_nobody_is_led_to_an_unsafe_address(served, monkeypatch):
    address, _, _ = served
    asked = []

    def redirect(handler):
        asked.append(handler.headers["Host"])
        handler.send_response(302)
        # 127.0.0.2 is this machine, too, and not one of those let through.
        port = handler.server.server_port
        target = f"http://127.0.0.2:{port}{handler.path}"
        handler.send_header("Location", target)
        handler.end_headers()

    monkeypatch.setattr(_Handler, "do_GET", redirect)
    with pytest.raises(OSError, match=r"127\.0\.0\.2"):
        zoo.load(address)
    assert len(asked) == 1


def test_nobody_is_led_from_https_to_this_machine(served, monkeypatch):
    address, _, server = served

    def unencrypted(handler, request):
        # No server here has a certificate.
        return handler.do_open(http.client.HTTPConnection, request)

    def redirect(handler):
        handler.send_response(302)
        handler.send_header("Location", f"{address}/manifest.json")
        handler.end_headers()

    monkeypatch.setattr(urllib.request.HTTPSHandler, "https_open", unencrypted)
    secure = address.replace("http:", "https:")
    assert zoo.info(secure)["name"] == "dcgan"
    server.requests.clear()
    monkeypatch.setattr(_Handler, "do_GET", redirect)
    with pytest.raises(OSError, match="must lead to https"):
        zoo.info(secure)
    assert len(server.requests) == 1


def test_a_manifest_that_leaves_the_folder_fetches_nothing(served, cache):
    address, path, server = served
    manifest = json.loads((path / "manifest.json").read_text())
    manifest["files"]["../x"] = manifest["files"]["config.json"]
    (path / "manifest.json").write_text(
        json.dumps(manifest, indent=1, sort_keys=True) + "\n"
    )
    with pytest.raises(ValueError, match="must be a manifest"):
        zoo.load(address)
    assert server.requests == ["/dcgan/manifest.json"]
    assert not cache.exists()


def test_where_nothing_is_served(served):
    address, _, _ = served
    with pytest.raises(OSError, match="nothing/here/manifest"):
        zoo.load(f"{address}/nothing/here")


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/dcgan",
        "ftp://127.0.0.1/dcgan",
        "file:///etc",
        "http://127.0.0.1.example.org/dcgan",
        "https-://x/dcgan",
    ],
)
def test_only_safe_kinds_of_addresses_are_read(address):
    with pytest.raises(ValueError, match="fetched from https"):
        zoo.load(address)


def test_a_bucket_is_read_by_gfile(served, model, monkeypatch):
    # No bucket can be had here: TensorFlow's reader is led to the folder.
    _, path, _ = served
    opened = []

    def gfile(address, mode):
        opened.append(address)
        return open(path.parent / address.removeprefix("gs://bucket/"), mode)

    monkeypatch.setattr(tf.io.gfile, "GFile", gfile)
    loaded = zoo.load("gs://bucket/dcgan")
    np.testing.assert_array_equal(
        model_cases.sample(loaded), model_cases.sample(model)
    )
    assert opened[0] == "gs://bucket/dcgan/manifest.json"
    assert len(opened) == len(os.listdir(path))
