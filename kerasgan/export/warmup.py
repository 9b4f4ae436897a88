"""Requests that TF Serving sends to a model before it opens it to clients.

The first call of a signature is slow, as kernels and buffers are made then.
"""

import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2
from tensorflow_serving.apis import prediction_log_pb2

# Where TF Serving looks for it in the folder of a version.
PATH = "assets.extra/tf_serving_warmup_requests"


def write(functions, folder):
    """Writes a request of one row for each signature that takes rows.

    A server that batches requests refuses scalars, or more rows than its
    batches may have, and would then refuse the whole model.

    Args:
        functions: dict from the name of a signature to a concrete function,
            see `kerasgan.export.signatures.build`.
        folder: Of the SavedModel, a `pathlib.Path`.
    """
    path = folder / PATH
    path.parent.mkdir()
    with tf.io.TFRecordWriter(str(path)) as writer:
        for name, function in functions.items():
            specs = _specs(function)
            if all(spec.shape.rank > 0 for spec in specs):
                writer.write(_log(name, specs).SerializeToString())


def _specs(function):
    specs = tf.nest.flatten(function.structured_input_signature)
    # None stands for the labels of a model without classes.
    return [spec for spec in specs if spec is not None]


def _log(signature_name, specs):
    request = predict_pb2.PredictRequest()
    request.model_spec.signature_name = signature_name
    for spec in specs:
        # A valid seed, label, latent or pixel.
        zeros = np.zeros((1, *spec.shape[1:]), spec.dtype.as_numpy_dtype)
        request.inputs[spec.name].CopyFrom(tf.make_tensor_proto(zeros))
    log = prediction_log_pb2.PredictLog(request=request)
    return prediction_log_pb2.PredictionLog(predict_log=log)
