r"""Asks a TF Serving server for images over gRPC and writes them as PNG files.

    python examples/grpc_client.py --model=lapgan_cifar10 --seeds=1,2,3 \
        --out_dir=pictures

It needs `tensorflow-serving-api` and, for its messages, `tensorflow`; kerasgan
is not needed.
"""

import pathlib
import sys

import grpc
import tensorflow as tf
from absl import app
from absl import flags
from tensorflow_serving.apis import predict_pb2
from tensorflow_serving.apis import prediction_service_pb2_grpc

_SERVER = flags.DEFINE_string("server", "localhost:8500", "Host and port.")
_MODEL = flags.DEFINE_string(
    "model", None, "Name of the model on the server.", required=True
)
_SEEDS = flags.DEFINE_list("seeds", None, "One for each image.", required=True)
_LABELS = flags.DEFINE_list(
    "labels", [], "One for each image, of a class-conditional model."
)
_OUT_DIR = flags.DEFINE_string("out_dir", ".", "Where the pictures go.")
_TIMEOUT_SECONDS = 60
for _name in ("seeds", "labels"):
    flags.register_validator(
        _name,
        lambda values: all(map(str.isdecimal, values or ())),
        f"--{_name} has integers of at least 0, with commas between",
    )


def main(argv):
    if len(argv) > 1:
        raise app.UsageError(f"Unexpected arguments: {argv[1:]}")
    seeds = [int(seed) for seed in _SEEDS.value]
    labels = [int(label) for label in _LABELS.value]

    request = predict_pb2.PredictRequest()
    request.model_spec.name = _MODEL.value
    request.model_spec.signature_name = "png"
    request.inputs["seeds"].CopyFrom(tf.make_tensor_proto(seeds, tf.int64))
    if labels:
        request.inputs["labels"].CopyFrom(
            tf.make_tensor_proto(labels, tf.int32)
        )

    with grpc.insecure_channel(_SERVER.value) as channel:
        service = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        try:
            response = service.Predict(request, timeout=_TIMEOUT_SECONDS)
        except grpc.RpcError as error:
            sys.exit(f"{error.code().name}: {error.details()}")

    folder = pathlib.Path(_OUT_DIR.value)
    folder.mkdir(parents=True, exist_ok=True)
    pictures = response.outputs["image_bytes"].string_val
    for i, (seed, picture) in enumerate(zip(seeds, pictures, strict=True)):
        path = folder / f"{i:02}_{seed}.png"
        path.write_bytes(picture)
        print(path)


if __name__ == "__main__":
    app.run(main)
