"""A double of the REST API of TF Serving, for tests; it is not TF Serving.

It follows the rules that https://www.tensorflow.org/tfx/serving/api_rest gives
for predict and metadata, of models of one version, over the session of
`tf1_model`.
"""

import base64
import contextlib
import http.server
import json
import re
import threading

import numpy as np
import tensorflow as tf
from google.protobuf import json_format
from tensorflow_serving.apis import get_model_metadata_pb2

_PATH = re.compile(r"/v1/models/([^/:]+)(:predict|/metadata)")


class _Error(Exception):
    """An answer that is an error: HTTP status and text."""


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self._answer("/metadata", _metadata)

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        self._answer(":predict", lambda served: _predict(served, body))

    def _answer(self, verb, act):
        try:
            status, answer = 200, act(self._served(verb))
        except _Error as error:
            status, answer = error.args[0], {"error": error.args[1]}
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _served(self, verb):
        match = _PATH.fullmatch(self.path)
        if not match or match[2] != verb:
            raise _Error(400, f"Malformed request: {self.command} {self.path}")
        if match[1] not in self.server.models:
            raise _Error(404, f"Servable not found for request: {self.path}")
        return self.server.models[match[1]]

    def log_message(self, *args):
        pass


def _metadata(served):
    signatures = get_model_metadata_pb2.SignatureDefMap(
        signature_def=served.signatures
    )
    as_dict = json_format.MessageToDict(
        signatures, preserving_proto_field_name=True
    )
    return {"metadata": {"signature_def": as_dict}}


def _predict(served, body):
    try:
        request = json.loads(body)
    except ValueError as error:
        raise _Error(400, f"JSON Parse error: {error}") from error
    signature_name = request.get("signature_name", "serving_default")
    if signature_name not in served.signatures:
        raise _Error(
            400, f'Serving signature name: "{signature_name}" not found'
        )
    if ("instances" in request) == ("inputs" in request):
        raise _Error(400, "Give either 'instances' or 'inputs'")
    specs = served.signatures[signature_name].inputs
    in_rows = "instances" in request
    read = _columns_of_rows if in_rows else _columns
    columns = read(request["instances" if in_rows else "inputs"], specs)
    inputs = {
        key: _array(values, specs[key]) for key, values in columns.items()
    }
    try:
        outputs = served(signature_name, **inputs)
    except (ValueError, tf.errors.InvalidArgumentError) as error:
        raise _Error(400, str(error)) from error
    columns = {key: _json(key, array) for key, array in outputs.items()}
    if in_rows:
        return {"predictions": _rows_of_columns(columns)}
    return {"outputs": _without_a_lone_name(columns)}


def _columns(inputs, specs):
    # A lone input needs no name.
    if not isinstance(inputs, dict):
        inputs = {next(iter(specs)): inputs} if len(specs) == 1 else {}
    _check_names(inputs, specs)
    return inputs


def _columns_of_rows(rows, specs):
    if not isinstance(rows, list) or not rows:
        raise _Error(400, "'instances' must be a list that is not empty")
    rows = [_columns(row, specs) for row in rows]
    return {name: [row[name] for row in rows] for name in specs}


def _check_names(inputs, specs):
    if set(inputs) != set(specs):
        raise _Error(
            400, f"Expected inputs {sorted(specs)}, got {sorted(inputs)}"
        )


def _array(values, spec):
    dtype = tf.dtypes.as_dtype(spec.dtype).as_numpy_dtype
    try:
        if np.issubdtype(dtype, np.integer) and _kind(values) not in "iu":
            raise ValueError(f"{values} are no integers")
        return np.array(values, dtype)
    except (OverflowError, TypeError, ValueError) as error:
        raise _Error(400, f"JSON Value is not of that type: {error}") from error


def _kind(values):
    return np.asarray(values).dtype.kind


def _json(name, array):
    values = array.tolist()
    if array.dtype != object:
        return values
    assert name.endswith("_bytes")
    return [{"b64": base64.b64encode(each).decode()} for each in values]


def _rows_of_columns(columns):
    counts = {len(values) for values in columns.values()}
    if len(counts) > 1:
        raise _Error(400, "Outputs have inconsistent batch sizes")
    return [
        _without_a_lone_name(dict(zip(columns, row, strict=True)))
        for row in zip(*columns.values(), strict=True)
    ]


def _without_a_lone_name(values):
    return next(iter(values.values())) if len(values) == 1 else values


@contextlib.contextmanager
def running(models):
    """Serves models.

    Args:
        models: dict from name to `tf1_model.Served`.

    Yields:
        The address, such as `http://127.0.0.1:8501`.
    """
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.models = models
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
