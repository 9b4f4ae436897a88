"""What an exported model can be asked for.

Random numbers come from seeds that the caller gives: a generator inside the
graph would repeat itself after every restart and on every server.
"""

import tensorflow as tf

from kerasgan import errors
from kerasgan.export import graphs
from kerasgan.models import LAPGAN

# Of `generate`, which takes no batch that a server could bound.
MAX_COUNT = 256


def build(model):
    """Traces the signatures of a model.

    All but `generate` take and give rows: the first dimension of every input
    and output is the same, and a row depends on its own inputs only.

    Args:
        model: A `kerasgan.models.GenerativeModel`.

    Returns:
        A dict from the name of a signature to a concrete function that takes
        tensors by name and returns a dict of tensors. docs/serving.md has the
        names, dtypes and shapes.
    """
    labels = graphs.label_specs(model)
    rows = {"seeds": tf.TensorSpec([None], tf.int64), **labels}
    scalar = tf.TensorSpec([], tf.int64)
    functions = {
        "serving_default": (_images(model), rows),
        "generate": (_generate(model), {"count": scalar, "seed": scalar}),
        "from_latents": (
            _from_latents(model),
            {**graphs.latent_specs(model), **labels},
        ),
    }
    # Other numbers of channels are no picture, or one with transparency.
    if model.image_shape[-1] in (1, 3):
        functions["png"] = (_png(model), rows)
    if isinstance(model, LAPGAN):
        finest = model.levels[0]
        shape = [None, *finest.low_pass_size, finest.channels]
        images = tf.TensorSpec(shape, tf.uint8)
        functions["pyramid"] = (_pyramid(model), rows)
        functions["refine"] = (_refine(model), {"images": images, **rows})
    return {
        name: graphs.trace(function, specs)
        for name, (function, specs) in functions.items()
    }


def _images(model):
    def images(seeds, labels=None):
        seeds, labels = _checked_rows(model, seeds, labels)
        images = model.sample(seeds, tf.zeros_like(seeds), labels)
        return {"images": _to_uint8(images)}

    return images


def _png(model):
    images = _images(model)

    def png(seeds, labels=None):
        pixels = images(seeds, labels)["images"]
        # The REST API gives in base64 what is called `_bytes`.
        return {"image_bytes": tf.io.encode_png(pixels)}

    return png


def _generate(model):
    def generate(count, seed):
        valid = (count >= 1) & (count <= MAX_COUNT)
        expected = f"an integer in [1, {MAX_COUNT}]"
        count = _checked("count", count, valid, expected)
        seed = _checked_seeds("seed", seed, "an integer")
        images = model.sample(tf.fill([count], seed), tf.range(count))
        return {"images": _to_uint8(images)}

    return generate


def _from_latents(model):
    def from_latents(labels=None, **latents):
        (name, first), *others = latents.items()
        first = _checked(name, first, tf.shape(first)[0] > 0, "of one at least")
        checked = {name: first}
        for other, rows in others:
            checked[other] = _checked_count(other, rows, name, first)
        labels = _checked_labels(model, labels)
        if labels is not None:
            labels = _checked_count("labels", labels, name, first)
        return graphs.images_from_latents(model, checked, labels)

    return from_latents


def _pyramid(model):
    def pyramid(seeds, labels=None):
        seeds, labels = _checked_rows(model, seeds, labels)
        chain = model.sample_pyramid(seeds, tf.zeros_like(seeds), labels)
        return {f"level_{i}": _to_uint8(rung) for i, rung in enumerate(chain)}

    return pyramid


def _refine(model):
    def refine(images, seeds, labels=None):
        seeds, labels = _checked_rows(model, seeds, labels)
        images = _checked_count("images", images, "seeds", seeds)
        low_pass = tf.cast(images, tf.float32) / 127.5 - 1.0
        refined = model.levels[0].sample_refined(
            seeds, tf.zeros_like(seeds), labels, low_pass
        )
        return {"images": _to_uint8(refined)}

    return refine


def _checked_rows(model, seeds, labels):
    seeds = _checked_seeds("seeds", seeds, "at least one integer, each")
    labels = _checked_labels(model, labels)
    if labels is not None:
        labels = _checked_count("labels", labels, "seeds", seeds)
    return seeds, labels


def _checked_seeds(name, seeds, what):
    in_range = (seeds >= 0) & (seeds <= errors.MAX_SEED)
    # None at all would reach kernels whose errors say little.
    valid = tf.reduce_all(in_range) & (tf.size(seeds) > 0)
    return _checked(name, seeds, valid, f"{what} in [0, {errors.MAX_SEED}]")


def _checked_labels(model, labels):
    if labels is None:
        return None
    valid = tf.reduce_all((labels >= 0) & (labels < model.num_classes))
    expected = f"integers in [0, {model.num_classes - 1}]"
    return _checked("labels", labels, valid, expected)


def _checked_count(name, rows, first_name, first):
    # One row alone would be taken for all.
    valid = tf.shape(rows)[0] == tf.shape(first)[0]
    return _checked(name, rows, valid, f"as many as `{first_name}`")


def _checked(name, values, valid, expected):
    """The values, once they are known valid; else an InvalidArgument error."""
    message = f"`{name}` must be {expected}. Received:"
    check = tf.debugging.Assert(valid, [message, values])
    with tf.control_dependencies([check]):
        return tf.identity(values)


def _to_uint8(images):
    """As `kerasgan.figures.to_uint8` does, of images in `[-1, 1]`."""
    return tf.cast(tf.round((images + 1.0) * 127.5), tf.uint8)
