"""An exported model: what is written, and what it can be asked for."""

import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from kerasgan import export
from kerasgan import zoo
from kerasgan.export import graphs


def saved_model(model, folder, version):
    """Exports a SavedModel, see `kerasgan.zoo.export`.

    Returns:
        The path, and a row for each signature: its name, inputs and outputs.
    """
    path = zoo.export(model, folder, version)
    proto = saved_model_pb2.SavedModel.FromString(
        (path / "saved_model.pb").read_bytes()
    )
    rows = [
        (name, _described(signature.inputs), _described(signature.outputs))
        for name, signature in sorted(
            proto.meta_graphs[0].signature_def.items()
        )
        if not name.startswith("__")
    ]
    return path, rows


def litert(model, path):
    """Exports a LiteRT file, see `kerasgan.export.export_litert`.

    Returns:
        As `saved_model` does.
    """
    path = export.export_litert(model, path)
    specs = {**graphs.latent_specs(model, 1), **graphs.label_specs(model, 1)}
    outputs = {"images": tf.TensorSpec([1, *model.image_shape], tf.float32)}
    return path, [("serving_default", _listed(specs), _listed(outputs))]


def _described(infos):
    return _listed(
        {
            name: tf.TensorSpec(tf.TensorShape(info.tensor_shape), info.dtype)
            for name, info in infos.items()
        }
    )


def _listed(specs):
    parts = []
    for name, spec in sorted(specs.items()):
        sizes = ("n" if size is None else str(size) for size in spec.shape)
        parts.append(f"{name}: {spec.dtype.name} ({', '.join(sizes)})")
    return "\n".join(parts)
