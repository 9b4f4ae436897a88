r"""Measures the training step of LAPGAN's 32x32 levels.

    python -m benchmarks.train_step --json=train_step.json
    python -m benchmarks.train_step --models   # and of most recipes' models

Run it in the top folder of the checkout, on an idle machine; it needs no data
set. With --rounds=7 the first takes 8 minutes on two CPU cores. Where PyTorch
is installed, it is a contender. README.md in this folder says what is measured
and how.
"""

import importlib.util
import os

from absl import app
from absl import flags
from absl import logging

from benchmarks import arguments

_BATCH_SIZE = flags.DEFINE_integer("batch_size", 64, "Images a step.", 2)
_ROUNDS = flags.DEFINE_integer("rounds", 15, "Turns of each contender.", 1)
_THREADS = flags.DEFINE_integer(
    "threads", os.cpu_count(), "How many cores to compute on.", 1
)
_REPEATABLE = flags.DEFINE_bool(
    "repeatable", True, "Computes as recipes do: the same bits each time."
)
_MODELS = flags.DEFINE_bool("models", False, "Times most recipes' models too.")
_JSON = flags.DEFINE_string("json", None, "File for all numbers.")


def main(argv):
    arguments.refuse(argv)
    # Here, so that --help is quick.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import tensorflow as tf

    from benchmarks import level_report
    from benchmarks import model_steps
    from benchmarks import report
    from kerasgan import devices

    # The same function is compiled for many models, which looks like a mistake.
    logging.set_verbosity(logging.ERROR)
    tf.config.threading.set_intra_op_parallelism_threads(_THREADS.value)
    tf.config.threading.set_inter_op_parallelism_threads(_THREADS.value)
    if _REPEATABLE.value:
        devices.make_repeatable()
    numbers = {
        "environment": {
            **report.environment(_THREADS.value),
            "repeatable": _REPEATABLE.value,
        },
        "levels": {},
    }
    with_torch = importlib.util.find_spec("torch") is not None
    if with_torch:
        from benchmarks import torch_level

        numbers["environment"]["torch"] = torch_level.prepare(_THREADS.value)
    report.say(", ".join(f"{k} {v}" for k, v in numbers["environment"].items()))
    for networks in ("paper", "economical"):
        numbers["levels"][networks] = level_report.measure(
            networks, _BATCH_SIZE.value, _ROUNDS.value, with_torch
        )
    if _MODELS.value:
        numbers["models"] = model_steps.measure(_ROUNDS.value)
    if _JSON.value:
        report.save(_JSON.value, numbers)


if __name__ == "__main__":
    app.run(main)
