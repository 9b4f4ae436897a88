"""Times the training step of most recipes' models, with and without XLA."""

import keras
import numpy as np

from benchmarks import recipe_models
from benchmarks import report
from benchmarks import timing

# Column -> (precision, options of `tf.function`).
_VARIANTS = {
    "float32": ("float32", {}),
    "float32, XLA": ("float32", {"jit_compile": True}),
    "bfloat16": ("mixed_bfloat16", {}),
    "bfloat16, XLA": ("mixed_bfloat16", {"jit_compile": True}),
}


def measure(rounds):
    """Measures all models, prints a table and returns the numbers.

    Args:
        rounds: int, turns of each variant of each model.

    Returns:
        A dict from a model's name to a dict from a variant to seconds a step,
        one value a round.
    """
    numbers = {
        name: _variants(*case, rounds)
        for name, case in recipe_models.MODELS.items()
    }
    report.table(
        "train_step of most recipes' models, median ms",
        ("", "images", *_VARIANTS, "fastest", "spread"),
        [
            (name, recipe_models.MODELS[name][0], *_cells(seconds))
            for name, seconds in numbers.items()
        ],
    )
    return numbers


def _variants(batch_size, build, rounds):
    contenders = {}
    for variant, (precision, options) in _VARIANTS.items():
        model = recipe_models.build(build, precision)
        batch = recipe_models.batch(model, batch_size)
        step = timing.bare_step(model, batch, **options)
        contenders[variant] = timing.repeated(step)
    seconds = timing.interleaved(contenders, rounds)
    keras.backend.clear_session(free_memory=True)
    return seconds


def _cells(seconds):
    """The medians, the name of the least, and the widest quartiles."""
    medians = {name: np.median(values) for name, values in seconds.items()}
    spreads = [
        np.subtract(*np.quantile(values, (0.75, 0.25))) / medians[name]
        for name, values in seconds.items()
    ]
    return (
        *(f"{1e3 * median:.1f}" for median in medians.values()),
        min(medians, key=medians.get),
        f"{max(spreads):.0%}",
    )
