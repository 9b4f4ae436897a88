"""What oneDNN and bfloat16 change on this processor: ms a training step.

    python -m benchmarks.processor

Takes about 10 minutes on two cores without bfloat16. oneDNN is chosen when
TensorFlow is imported, so processes with and without take turns, and ratios are
taken round by round.
"""

import json
import os
import subprocess
import sys

import numpy as np
from absl import app
from absl import flags

from benchmarks import arguments

_ROUNDS = flags.DEFINE_integer("rounds", 3, "Turns of each process.", 1)
_PRECISIONS = flags.DEFINE_list(
    "precisions", None, "Times these in this process, and prints JSON."
)

_MODELS = (
    "gan_mnist",
    "conditional_gan_mnist",
    "dcgan_mnist",
    "cclapgan_cifar10, level 0",
    "cclapgan_cifar10, level 1",
    "sngan_cifar10",
)
_WITHOUT = "float32 without oneDNN"
_FLOAT32 = "float32"
_BFLOAT16 = "bfloat16"


def _timed(precisions):
    """Model -> precision -> seconds a step, in this process."""
    from benchmarks import recipe_models
    from benchmarks import timing
    from kerasgan import devices

    devices.make_repeatable()
    seconds = {}
    for name in _MODELS:
        batch_size, build = recipe_models.MODELS[name]
        contenders = {}
        for precision in precisions:
            model = recipe_models.build(build, precision)
            batch = recipe_models.batch(model, batch_size)
            step = timing.bare_step(model, batch)
            contenders[precision] = timing.repeated(step, seconds=1)
        turns = timing.interleaved(contenders, rounds=1)
        seconds[name] = {key: value[0] for key, value in turns.items()}
    return seconds


def _of_a_process(onednn, *precisions):
    environment = {
        **os.environ,
        "TF_ENABLE_ONEDNN_OPTS": onednn,
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    done = subprocess.run(
        [
            *(sys.executable, "-m", "benchmarks.processor"),
            f"--precisions={','.join(precisions)}",
        ],
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout)


def main(argv):
    arguments.refuse(argv)
    if _PRECISIONS.value:
        print(json.dumps(_timed(_PRECISIONS.value)))
        return
    from benchmarks import report

    rounds = []
    for _ in range(_ROUNDS.value):
        without = _of_a_process("0", "float32")
        with_onednn = _of_a_process("1", "float32", "mixed_bfloat16")
        rounds.append(
            {
                name: {
                    _WITHOUT: without[name]["float32"],
                    _FLOAT32: with_onednn[name]["float32"],
                    _BFLOAT16: with_onednn[name]["mixed_bfloat16"],
                }
                for name in _MODELS
            }
        )
    rows = []
    for name in _MODELS:
        each = {
            key: np.array([turn[name][key] for turn in rounds])
            for key in (_WITHOUT, _FLOAT32, _BFLOAT16)
        }
        rows.append(
            (
                name,
                *(f"{1e3 * np.median(times):.1f}" for times in each.values()),
                report.spread(each[_WITHOUT] / each[_FLOAT32]),
                report.spread(each[_BFLOAT16] / each[_FLOAT32]),
            )
        )
    report.table(
        "train_step of the recipes' models, median ms",
        ("", *each, "without : with oneDNN", "bfloat16 : float32"),
        rows,
    )


if __name__ == "__main__":
    app.run(main)
