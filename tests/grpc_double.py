"""A double of TF Serving's gRPC service, for tests; it is not TF Serving.

The messages and stubs are TF Serving's own.
"""

import concurrent.futures
import contextlib

import grpc
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2
from tensorflow_serving.apis import prediction_service_pb2_grpc


def inputs_of(request):
    """The arrays of a `PredictRequest`, by name."""
    return {
        name: tf.make_ndarray(proto) for name, proto in request.inputs.items()
    }


class _Service(prediction_service_pb2_grpc.PredictionServiceServicer):
    def __init__(self, models):
        self._models = models

    def Predict(self, request, context):
        name = request.model_spec.name
        if name not in self._models:
            context.abort(
                grpc.StatusCode.NOT_FOUND, f"Servable not found: {name}"
            )
        signature_name = request.model_spec.signature_name or "serving_default"
        try:
            outputs = self._models[name](signature_name, **inputs_of(request))
        except tf.errors.InvalidArgumentError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, error.message)
        response = predict_pb2.PredictResponse()
        for key, value in outputs.items():
            response.outputs[key].CopyFrom(tf.make_tensor_proto(value))
        return response


@contextlib.contextmanager
def running(models):
    """Serves models.

    Args:
        models: dict from name to `tf1_model.Served`.

    Yields:
        The address, such as `127.0.0.1:8500`.
    """
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(2))
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
        _Service(models), server
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait()
