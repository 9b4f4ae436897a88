"""The Inception graph of 2015-12-05, by which FID and Inception score are.

Published values come from one file, `classify_image_graph_def.pb`, run as a
graph of TensorFlow 1: Keras's Inception has other weights, and a conversion
resizes otherwise.
"""

import tensorflow as tf
from google.protobuf import message

from kerasgan.extractors import base
from kerasgan.extractors import weights_file

# As public evaluation code states it of the file of 95,673,916 bytes.
_SHA256 = "009d6814d1bc560d4e7b236e170e9b2d5ca6f4b57bd8037f6db05776204415c6"
_INPUT, _POOL, _LAST = "ExpandDims", "pool_3", "softmax/logits/MatMul"
_PUBLISHED = {"frechet_distance": "fid", "inception_score": "inception_score"}
# Arithmetic only. A graph is a program: others read files or call Python.
_OPERATIONS = frozenset(
    {
        "Add",
        "AvgPool",
        "BatchNormWithGlobalNormalization",
        "BiasAdd",
        "CheckNumerics",
        "Concat",
        "Const",
        "Conv2D",
        "Identity",
        "MaxPool",
        "Mul",
        "Relu",
        "ResizeBilinear",
        "Sub",
    }
)


class Inception(base.Extractor):
    """Features `pool_3:0` and logits without bias, as published scores do.

    The graph takes pixels in `[0, 255]` of any size and resizes them itself.
    It is cut where the pixels enter, so what reads a JPEG is not run.

    References:
    - [Salimans et al., 2016](https://arxiv.org/abs/1606.03498), section 4.
    - [Heusel et al., 2017](https://arxiv.org/abs/1706.08500), section 3.

    Args:
        source: Path, or `https://` or `gs://` address, of
            `classify_image_graph_def.pb`, which is in the archive
            `inception-2015-12-05.tgz`.
        sha256: Of another graph with the same tensors, 64 hexadecimal digits.
            Left out, it is the published file's, and no other file is taken.
            What another graph measures is not called FID.

    Attributes:
        is_published: bool, whether it is the published graph.

    Raises:
        ValueError: If the file has another hash, is no such graph, or asks for
            other operations than those of Inception.
        OSError: If it cannot be read.
    """

    def __init__(self, source, sha256=_SHA256):
        content = weights_file.read(source, sha256)
        self.is_published = sha256 == _SHA256
        try:
            graph_def = tf.compat.v1.GraphDef.FromString(content)
            self._pixels_tensor, *self._outputs = _import(graph_def)
        except (message.DecodeError, ValueError, KeyError) as error:
            raise ValueError(
                f"'{source}' must be a frozen Inception graph of TensorFlow 1. "
                f"Received: {error}. Give `classify_image_graph_def.pb`."
            ) from error
        self._session = tf.compat.v1.Session(graph=self._pixels_tensor.graph)
        features, logits = self._outputs
        super().__init__(
            "inception_2015_12_05" if self.is_published else "inception_graph",
            sha256,
            "Then the graph resizes them by its own bilinear filter.",
            num_features=features.shape[1],
            num_classes=logits.shape[1],
        )

    def label(self, metric):
        """See `Extractor.label`; of the published graph, the plain names.

        Returns:
            `"fid"` and `"inception_score"` for `"frechet_distance"` and
            `"inception_score"` of the published graph.
        """
        if self.is_published and metric in _PUBLISHED:
            return _PUBLISHED[metric]
        return super().label(metric)

    def extract_batch(self, pixels):
        return base.Features(
            *self._session.run(self._outputs, {self._pixels_tensor: pixels})
        )


def _import(graph_def):
    """Returns the tensors of pixels, of features and of logits."""
    weights = _weights_name({node.name: node for node in graph_def.node})
    part = _needed(graph_def, (_POOL, weights))
    with tf.Graph().as_default():
        pixels = tf.compat.v1.placeholder(tf.float32, (None, None, None, 3))
        pool, kernel = tf.graph_util.import_graph_def(
            part,
            input_map={f"{_INPUT}:0": pixels},
            return_elements=[f"{_POOL}:0", f"{weights}:0"],
            name="",
        )
        if kernel.shape.rank != 2 or not kernel.shape.is_fully_defined():
            raise ValueError(f"weights of shape {kernel.shape} by '{_LAST}'")
        # The graph's own reshape is to one image: the batch is kept here.
        features = tf.reshape(pool, (tf.shape(pool)[0], kernel.shape[0]))
        return pixels, features, tf.matmul(features, kernel)


def _weights_name(nodes):
    if _LAST not in nodes or len(nodes[_LAST].input) < 2:
        raise ValueError(f"no matrix product '{_LAST}'")
    return _node_name(nodes[_LAST].input[1])


def _node_name(tensor):
    # "^name" is a control input, "name:1" the second output.
    return tensor.removeprefix("^").split(":")[0]


def _needed(graph_def, names):
    """What leads from the pixels to the nodes of these names."""
    nodes = {node.name: node for node in graph_def.node}
    kept, waiting = {}, list(names)
    while waiting:
        name = waiting.pop()
        if name in kept:
            continue
        if name not in nodes:
            raise ValueError(f"no node '{name}'")
        kept[name] = nodes[name]
        if name != _INPUT:
            waiting.extend(map(_node_name, nodes[name].input))
    if kept.pop(_INPUT, None) is None:
        raise ValueError(f"'{_POOL}' does not depend on '{_INPUT}'")
    refused = {node.op for node in kept.values()} - _OPERATIONS
    if refused:
        raise ValueError(f"the operations {sorted(refused)}")
    part = tf.compat.v1.GraphDef()
    # Its batch normalisation is of the first versions of graphs only.
    part.versions.producer = graph_def.versions.producer
    for node in kept.values():
        copied = part.node.add(name=node.name, op=node.op, input=node.input)
        for key, value in node.attr.items():
            # Those with an underscore note shapes of one image, and nodes
            # that share a device, which may be cut off.
            if not key.startswith("_"):
                copied.attr[key].CopyFrom(value)
    return part
