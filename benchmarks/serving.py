r"""Measures an exported model against the model that it was exported from.

    python -m benchmarks.serving --json=serving.json
    python -m benchmarks.serving --model=gan_mnist   # one of them only

The contenders are `model.generate`, which gives floats, and the signature
`serving_default`, which gives 8-bit images, once as TensorFlow 2 loads it and
once in a session of TF1, as TF Serving runs it; no server and no network is in
between. `generate` draws the latents of a batch at once, the signature, whose
seeds may be any, row by row. They take turns. The models are untrained, which
does not change their speed. Run it in the top folder of the checkout, on an
idle machine; it takes a minute on two CPU cores.
"""

import os
import pathlib
import tempfile
import time

from absl import app
from absl import flags
from absl import logging

from benchmarks import arguments

_MODEL = flags.DEFINE_multi_enum(
    "model", ["lapgan", "gan_mnist"], ["lapgan", "gan_mnist"], "What to export."
)
_ROUNDS = flags.DEFINE_integer("rounds", 15, "Turns of each contender.", 1)
_JSON = flags.DEFINE_string("json", None, "File for all numbers.")
_BATCH_SIZE = 64
# In one turn: of single images, for a percentile of all turns.
_SINGLE_CALLS = 20


def contenders(model, folder, batch_size):
    """Makes functions that generate a batch, one for each way.

    Args:
        model: A `kerasgan.models.GenerativeModel`.
        folder: Of its SavedModel, a string.
        batch_size: int.

    Returns:
        A dict from a name to a function without arguments.
    """
    import numpy as np
    import tensorflow as tf

    seeds = np.arange(batch_size)
    loaded = tf.saved_model.load(folder)
    session = tf.compat.v1.Session(graph=tf.Graph())
    with session.graph.as_default():
        graph = tf.compat.v1.saved_model.loader.load(session, ["serve"], folder)
    signature = graph.signature_def["serving_default"]
    images = signature.outputs["images"].name
    feed = {signature.inputs["seeds"].name: seeds}

    def in_tensorflow_2():
        # `loaded` is named, as its signatures work only while it is there.
        serve = loaded.signatures["serving_default"]
        return serve(seeds=tf.constant(seeds))["images"].numpy()

    return {
        "model.generate": lambda: model.generate(
            batch_size, seed=0, batch_size=batch_size
        ),
        "exported, TF2": in_tensorflow_2,
        "exported, TF1": lambda: session.run(images, feed),
    }


def seconds_a_call(functions, calls):
    """Calls each function in turn; returns a dict from name to `(calls,)`."""
    import numpy as np

    for function in functions.values():
        function()  # Tracing, and the caches that the others have emptied.
    seconds = {name: np.empty(calls * _ROUNDS.value) for name in functions}
    for turn in range(_ROUNDS.value):
        for name, function in functions.items():
            function()
            for i in range(calls):
                began = time.perf_counter()
                function()
                seconds[name][turn * calls + i] = time.perf_counter() - began
    return seconds


def measure(title, model):
    """Exports and measures a model, and prints a table.

    Args:
        title: string.
        model: A `kerasgan.models.GenerativeModel`.

    Returns:
        A dict from `"single"` and `"batch"` to a dict from a contender's name
        to the seconds of each call.
    """
    import numpy as np

    from benchmarks import report
    from kerasgan import export

    with tempfile.TemporaryDirectory() as folder:
        path = export.export(model, pathlib.Path(folder))
        single, batch = (
            seconds_a_call(contenders(model, str(path), size), calls)
            for size, calls in ((1, _SINGLE_CALLS), (_BATCH_SIZE, 1))
        )
    own_single = np.median(single["model.generate"])
    own_batch = np.median(batch["model.generate"])
    report.table(
        title,
        (
            "",
            "one image, ms",
            "99th percentile",
            "to generate's",
            f"images/s in {_BATCH_SIZE}s",
            "to generate's",
        ),
        [
            (
                name,
                f"{1000 * np.median(single[name]):.2f}",
                f"{1000 * np.quantile(single[name], 0.99):.2f}",
                f"{np.median(single[name]) / own_single:.2f}",
                f"{_BATCH_SIZE / np.median(batch[name]):.0f}",
                f"{own_batch / np.median(batch[name]):.2f}",
            )
            for name in single
        ],
    )
    return {"single": single, "batch": batch}


def main(argv):
    arguments.refuse(argv)
    # Here, so that --help is quick.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from benchmarks import report
    from kerasgan import models

    logging.set_verbosity(logging.ERROR)
    builders = {
        "lapgan": lambda: models.LAPGAN((32, 16, 8), "economical"),
        "gan_mnist": lambda: models.GAN("mnist"),
    }
    environment = report.environment(os.cpu_count())
    report.say(", ".join(f"{k} {v}" for k, v in environment.items()))
    numbers = {name: measure(name, builders[name]()) for name in _MODEL.value}
    if _JSON.value:
        report.save(_JSON.value, {"environment": environment, **numbers})


if __name__ == "__main__":
    app.run(main)
