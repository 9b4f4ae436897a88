import hashlib
import http.server
import threading

import inception_graph
import numpy as np
import pytest

from kerasgan import extractors
from kerasgan.extractors import inception
from kerasgan.extractors import weights_file


def written(tmp_path, graph):
    """Path and SHA-256 of a graph as a file."""
    content = graph.SerializeToString()
    path = tmp_path / "classify_image_graph_def.pb"
    path.write_bytes(content)
    return path, hashlib.sha256(content).hexdigest()


@pytest.fixture
def file(tmp_path):
    return written(tmp_path, inception_graph.graph_def())


@pytest.fixture
def published(file, monkeypatch):
    """The small graph in the place of the published one."""
    monkeypatch.setattr(inception, "_SHA256", file[1])
    return extractors.Inception(*file)


def pictures(count=5, height=8, width=8, channels=3):
    rng = np.random.default_rng(0)
    shape = (count, height, width, channels)
    return rng.integers(0, 256, shape).astype("float32")


def extracted(extractor, pixels, batch_size=64):
    return extractor.extract(pixels / 127.5 - 1, batch_size)


@pytest.mark.parametrize("size", [(8, 8), (5, 12), (16, 9)])
def test_as_the_whole_graph_of_tensorflow_1_image_by_image(file, size):
    pixels = pictures(5, *size)
    found = extracted(extractors.Inception(*file), pixels, batch_size=2)
    pools, logits = inception_graph.run_one_by_one(
        inception_graph.graph_def(), pixels
    )
    # float32, and convolutions of two batch sizes.
    np.testing.assert_allclose(found.features, pools, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found.logits, logits, rtol=1e-5, atol=1e-5)
    assert found.features.shape == (5, inception_graph.FEATURES)
    assert found.logits.shape == (5, inception_graph.CLASSES)


def test_features_and_logits_by_hand(file):
    # At the graph's own size nothing is resized.
    pixels = pictures()
    arrays = inception_graph.arrays()
    scaled = (pixels - 128) / 128
    hidden = scaled @ arrays["conv/conv2d_params"][0, 0]
    hidden -= arrays["conv/batchnorm/moving_mean"]
    hidden /= np.sqrt(arrays["conv/batchnorm/moving_variance"] + 0.001)
    hidden = np.maximum(hidden + arrays["conv/batchnorm/beta"], 0)
    joined = np.concatenate([hidden, scaled], -1)
    maxima = joined.reshape(5, 4, 2, 4, 2, 6).max((2, 4))
    features = maxima.mean((1, 2))
    found = extracted(extractors.Inception(*file), pixels)
    np.testing.assert_allclose(found.features, features, rtol=1e-5, atol=1e-6)
    # Without the biases, as published Inception scores are.
    logits = features @ arrays["softmax/weights"]
    np.testing.assert_allclose(found.logits, logits, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("batch_size", [1, 2, 3, 5])
def test_the_batch_size_changes_nothing(file, batch_size):
    extractor = extractors.Inception(*file)
    found = extracted(extractor, pictures(5, 6, 7), batch_size)
    expected = extracted(extractor, pictures(5, 6, 7), 4)
    np.testing.assert_allclose(found.features, expected.features, rtol=1e-5)
    np.testing.assert_allclose(found.logits, expected.logits, atol=1e-5)


def test_grayscale_is_repeated(file):
    gray = pictures(2, channels=1)
    extractor = extractors.Inception(*file)
    np.testing.assert_array_equal(
        extracted(extractor, gray).features,
        extracted(extractor, np.repeat(gray, 3, -1)).features,
    )


def test_only_the_published_graph_gives_fid_and_inception_score(published):
    assert published.is_published
    assert published.label("frechet_distance") == "fid"
    assert published.label("inception_score") == "inception_score"
    identity = f"inception_2015_12_05@{published.sha256[:8]}"
    assert published.identity == identity
    assert published.label("kernel_distance") == f"kernel_distance[{identity}]"


def test_another_graph_gives_neither(file):
    extractor = extractors.Inception(*file)
    identity = f"inception_graph@{file[1][:8]}"
    assert not extractor.is_published
    assert extractor.identity == identity
    label = extractor.label("frechet_distance")
    assert label == f"frechet_distance[{identity}]"
    assert extractor.label("inception_score") == f"classifier_score[{identity}]"


def test_another_file_is_refused_unless_its_hash_is_given(file):
    path, sha256 = file
    with pytest.raises(ValueError, match=f"009d6814.*Received: {sha256}"):
        extractors.Inception(path)
    with pytest.raises(ValueError, match="must have the SHA-256"):
        extractors.Inception(path, sha256="0" * 64)
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        extractors.Inception(path, sha256="009d6814")


def test_a_changed_byte_is_found(file):
    path, sha256 = file
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match="must have the SHA-256"):
        extractors.Inception(path, sha256)


def refused(tmp_path, graph):
    with pytest.raises(ValueError, match="must be a frozen Inception") as error:
        extractors.Inception(*written(tmp_path, graph))
    return str(error.value)


@pytest.mark.parametrize("operation", ["ReadFile", "PyFunc", "WriteFile"])
def test_operations_that_reach_out_are_refused(tmp_path, operation):
    graph = inception_graph.graph_def()
    (relu,) = (node for node in graph.node if node.name == "conv")
    relu.op = operation
    assert f"the operations ['{operation}']" in refused(tmp_path, graph)


def test_a_control_input_is_no_way_in(tmp_path):
    graph = inception_graph.graph_def()
    graph.node.add(name="written", op="WriteFile")
    (relu,) = (node for node in graph.node if node.name == "conv")
    relu.input.append("^written")
    assert "WriteFile" in refused(tmp_path, graph)


def test_what_leads_nowhere_is_not_run(tmp_path):
    graph = inception_graph.graph_def()
    graph.node.add(name="written", op="WriteFile", input=["pool_3"])
    extractor = extractors.Inception(*written(tmp_path, graph))
    names = {each.type for each in extractor._session.graph.get_operations()}
    assert not names & {"WriteFile", "DecodeJpeg", "Softmax"}


@pytest.mark.parametrize(
    "name", ["pool_3", "softmax/logits/MatMul", "softmax/weights", "conv"]
)
def test_a_graph_without_a_tensor_is_refused(tmp_path, name):
    graph = inception_graph.graph_def()
    (node,) = (node for node in graph.node if node.name == name)
    graph.node.remove(node)
    assert f"'{name}'" in refused(tmp_path, graph)


def test_a_graph_of_constants_is_refused(tmp_path):
    graph = inception_graph.graph_def()
    (node,) = (node for node in graph.node if node.name == "ResizeBilinear")
    node.input[0] = "Mul/y"
    assert "does not depend on 'ExpandDims'" in refused(tmp_path, graph)


def test_a_circle_is_refused(tmp_path):
    graph = inception_graph.graph_def()
    (node,) = (node for node in graph.node if node.name == "Sub")
    node.input[1] = "conv"
    refused(tmp_path, graph)


def test_what_is_no_graph_is_refused(tmp_path):
    path = tmp_path / "graph.pb"
    path.write_bytes(b"no graph")
    sha256 = hashlib.sha256(b"no graph").hexdigest()
    with pytest.raises(ValueError, match="must be a frozen Inception"):
        extractors.Inception(path, sha256)


def test_a_missing_file_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"missing\.pb"):
        extractors.Inception(tmp_path / "missing.pb")


# From an address.


@pytest.fixture
def served(file):
    """Address, SHA-256 and the requests so far."""
    path, sha256 = file
    requests = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            requests.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(path.read_bytes())

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/a.pb", sha256, requests
        server.shutdown()
        thread.join()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(weights_file, "_CACHE", tmp_path / "cache")
    return tmp_path / "cache"


def test_a_graph_is_fetched_once(served, cache):
    address, sha256, requests = served
    for _ in range(2):
        extractor = extractors.Inception(address, sha256)
    assert extractor.sha256 == sha256
    assert requests == ["/a.pb"]
    # What was damaged since is fetched anew.
    (kept,) = cache.iterdir()
    kept.write_bytes(b"")
    extractors.Inception(address, sha256)
    assert len(requests) == 2


def test_what_has_another_hash_is_not_kept(served, cache):
    address, _, _ = served
    with pytest.raises(ValueError, match="must have the SHA-256 009d6814"):
        extractors.Inception(address)
    assert not cache.exists()


def test_a_cache_that_cannot_be_written_costs_only_time(served, cache):
    address, sha256, requests = served
    cache.write_text("a file in its place")
    for _ in range(2):
        extractors.Inception(address, sha256)
    assert len(requests) == 2


@pytest.mark.parametrize(
    "address", ["file:///etc/hosts", "ftp://127.0.0.1/a", "http://example.org"]
)
def test_only_safe_kinds_of_addresses_are_read(address, cache):
    with pytest.raises(ValueError, match="fetched from https"):
        extractors.Inception(address)
