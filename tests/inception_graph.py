"""A small graph with the names, operations and habits of the Inception graph.

As in the published file, the batch has one image: the input is one JPEG, the
noted shapes say so and the last reshape is to one row.
"""

import numpy as np
import tensorflow as tf

SIZE, FEATURES, CLASSES = 8, 6, 5


def arrays(seed=0):
    """The weights by the names of their nodes."""
    rng = np.random.default_rng(seed)
    shapes = {
        "conv/conv2d_params": (1, 1, 3, 3),
        "conv/batchnorm/moving_mean": (3,),
        "conv/batchnorm/beta": (3,),
        "conv/batchnorm/gamma": (3,),
        "softmax/weights": (FEATURES, CLASSES),
        "softmax/biases": (CLASSES,),
    }
    weights = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    weights["conv/batchnorm/moving_variance"] = rng.uniform(0.5, 2, 3)
    return {name: np.float32(array) for name, array in weights.items()}


def graph_def():
    """A `GraphDef` of an early version, as the published one is."""
    graph = tf.compat.v1.GraphDef()
    graph.versions.producer = 8
    for name, array in {
        **arrays(),
        "ExpandDims/dim": np.int32(0),
        "ResizeBilinear/size": np.int32([SIZE, SIZE]),
        "Sub/y": np.float32(128),
        "Mul/y": np.float32(1 / 128),
        "mixed/join/concat_dim": np.int32(3),
        "pool_3/_reshape/shape": np.int32([1, FEATURES]),
    }.items():
        value = tf.make_tensor_proto(array)
        _add(graph, name, "Const", (), dtype=value.dtype, value=value)
    contents = tf.make_tensor_proto(b"no JPEG")
    _add(graph, "DecodeJpeg/contents", "Const", (), dtype=7, value=contents)
    jpeg = _add(graph, "DecodeJpeg", "DecodeJpeg", ["DecodeJpeg/contents"])
    jpeg.attr["channels"].i = 3
    cast = _add(graph, "Cast", "Cast", ["DecodeJpeg"], SrcT=4, DstT=1)
    cast.attr["_output_shapes"].list.shape.add(unknown_rank=True)
    _add(graph, "ExpandDims", "ExpandDims", ["Cast", "ExpandDims/dim"], T=1)
    resized = ["ExpandDims", "ResizeBilinear/size"]
    _add(graph, "ResizeBilinear", "ResizeBilinear", resized, T=1)
    _add(graph, "Sub", "Sub", ["ResizeBilinear", "Sub/y"], T=1)
    _add(graph, "Mul", "Mul", ["Sub", "Mul/y"], T=1)
    _convolution(graph)
    join = ["mixed/join/concat_dim", "conv", "Mul"]
    _add(graph, "mixed/join", "Concat", join, T=1).attr["N"].i = 2
    _pool(graph, "pool", "MaxPool", "mixed/join", 2)
    _pool(graph, "pool_3", "AvgPool", "pool", SIZE // 2)
    row = ["pool_3", "pool_3/_reshape/shape"]
    _add(graph, "pool_3/_reshape", "Reshape", row, T=1)
    product = ["pool_3/_reshape", "softmax/weights"]
    _add(graph, "softmax/logits/MatMul", "MatMul", product, T=1)
    biased = ["softmax/logits/MatMul", "softmax/biases"]
    _add(graph, "softmax/logits", "BiasAdd", biased, T=1)
    _add(graph, "softmax", "Softmax", ["softmax/logits"], T=1)
    return graph


def _add(graph, name, operation, inputs, value=None, **types):
    node = graph.node.add(name=name, op=operation, input=inputs)
    for key, number in types.items():
        node.attr[key].type = number
    if value is not None:
        node.attr["value"].tensor.CopyFrom(value)
    return node


def _convolution(graph):
    node = _add(
        graph, "conv/Conv2D", "Conv2D", ["Mul", "conv/conv2d_params"], T=1
    )
    node.attr["strides"].list.i.extend([1, 1, 1, 1])
    node.attr["padding"].s = b"SAME"
    shape = node.attr["_output_shapes"].list.shape.add()
    for size in (1, SIZE, SIZE, 3):
        shape.dim.add(size=size)
    node.attr["_class"].list.s.append(b"loc:@DecodeJpeg")
    names = ("moving_mean", "moving_variance", "beta", "gamma")
    inputs = ["conv/Conv2D", *(f"conv/batchnorm/{name}" for name in names)]
    operation = "BatchNormWithGlobalNormalization"
    node = _add(graph, "conv/batchnorm", operation, inputs, T=1)
    node.attr["variance_epsilon"].f = 0.001
    node.attr["scale_after_normalization"].b = False
    node = _add(
        graph, "conv/CheckNumerics", "CheckNumerics", ["conv/batchnorm"], T=1
    )
    node.attr["message"].s = b"conv"
    after = ["conv/batchnorm", "^conv/CheckNumerics"]
    _add(graph, "conv/control_dependency", "Identity", after, T=1)
    _add(graph, "conv", "Relu", ["conv/control_dependency"], T=1)


def _pool(graph, name, operation, tensor, side):
    node = _add(graph, name, operation, [tensor], T=1)
    node.attr["ksize"].list.i.extend([1, side, side, 1])
    node.attr["strides"].list.i.extend([1, side, side, 1])
    node.attr["padding"].s = b"VALID"


def run_one_by_one(graph, images):
    """Runs the whole graph as it is, an image at a time, in TensorFlow 1.

    Args:
        graph: A `GraphDef`.
        images: float `(n, height, width, 3)` in [0, 255].

    Returns:
        `pool_3:0` and `softmax/logits/MatMul:0`, a row an image.
    """
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        tf.graph_util.import_graph_def(graph, name="")
        names = ["pool_3:0", "softmax/logits/MatMul:0"]
        rows = [
            session.run(names, {"ExpandDims:0": image[None]})
            for image in images
        ]
    pools, logits = zip(*rows, strict=True)
    return np.reshape(pools, (len(images), -1)), np.concatenate(logits)
