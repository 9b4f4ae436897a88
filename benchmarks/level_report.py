"""Measures one pyramid level and prints what was found."""

import numpy as np

from benchmarks import convolutions
from benchmarks import flops
from benchmarks import level_steps
from benchmarks import op_profile
from benchmarks import recipe_models
from benchmarks import report
from benchmarks import timing

# How much faster the simultaneous update is to be than the two-phase loop.
_WANTED_SPEEDUP = {"paper": 1.20, "economical": 1.12}
_EMPTY = "empty call"
_PRINTED_OPERATIONS = 20


def measure(networks, batch_size, rounds, with_torch):
    """Measures one level, prints the tables and returns the numbers.

    Args:
        networks: `"paper"` or `"economical"`.
        batch_size: int.
        rounds: int, turns of each contender.
        with_torch: bool, whether PyTorch is a contender.

    Returns:
        A dict that can be written as JSON. Times are in seconds; an array has
        one value a round.
    """
    images = recipe_models.random_images((batch_size, 32, 32, 3))
    level = level_steps.build(networks, images)
    layers = flops.level_layers(level, images)
    contenders = level_steps.contenders(networks, images, with_torch)
    alone = {
        (layer, product): timing.repeated(function, seconds=0.1)
        for layer in layers
        if layer.is_convolution
        for product, function in convolutions.products(layer).items()
    }
    empty = timing.repeated(convolutions.empty_call(), seconds=0.1)
    seconds = timing.interleaved({**contenders, **alone, _EMPTY: empty}, rounds)
    steps = {name: seconds[name] for name in contenders}
    call = np.median(seconds[_EMPTY])
    alone = {key: float(np.median(seconds[key]) - call) for key in alone}

    report.say(
        f"\n{networks} networks, 16 to 32 pixels, {batch_size} images a step"
    )
    _report_steps(steps, batch_size)
    return {
        "steps": steps,
        "comparisons": _report_comparisons(networks, steps, layers),
        "convolutions": _report_convolutions(layers, alone),
        "rate": _report_rate(steps, layers, alone),
        "profile": _report_profile(level, images),
    }


def _report_steps(steps, batch_size):
    ours = np.median(steps[level_steps.OURS])
    report.table(
        "Training steps",
        ("", "ms (quartiles)", "images/s", "of ours"),
        [
            (
                name,
                report.spread(1e3 * seconds),
                f"{batch_size / np.median(seconds):.0f}",
                f"{np.median(seconds) / ours:.2f}",
            )
            for name, seconds in steps.items()
        ],
    )


def _report_comparisons(networks, steps, layers):
    """Step against step, round by round, so that drift falls out."""
    limit = flops.step_flops(layers, "two-phase") / flops.step_flops(
        layers, "simultaneous"
    )
    wanted = f"at least {_WANTED_SPEEDUP[networks]:.2f}"
    # The slower one, the faster one, limit by FLOPs, what is wanted.
    pairs = [
        (level_steps.TWO_PHASE, level_steps.OURS, f"{limit:.3f}", wanted),
        (level_steps.ALTERNATING, level_steps.OURS, f"{limit:.3f}", ""),
    ]
    for loop in level_steps.LOOPS:
        pairs.append((loop, level_steps.OURS, "", "under 1.05"))
    if level_steps.TORCH in steps:
        pairs += [
            (level_steps.TORCH, level_steps.OURS, "", "at least 1"),
            (level_steps.TORCH_TWO_PHASE, level_steps.ALTERNATING, "", ""),
        ]
    ratios = {
        f"{slow} : {fast}": steps[slow] / steps[fast]
        for slow, fast, _, _ in pairs
    }
    report.table(
        "Step against step: by how much the second is faster",
        ("", "ratio (quartiles)", "by FLOPs", "wanted"),
        [
            (name, report.spread(ratio), *rest)
            for (name, ratio), (_, _, *rest) in zip(
                ratios.items(), pairs, strict=True
            )
        ],
    )
    return {"limit_by_flops": limit, **ratios}


def _report_convolutions(layers, alone):
    report.table(
        "The convolutions, each alone",
        ("", "", "ms", "GFLOP/s", "a step"),
        [
            (
                f"{layer.network} {'x'.join(map(str, layer.kernel_shape))}",
                product,
                f"{seconds * 1e3:.2f}",
                f"{2 * layer.macs / seconds / 1e9:.0f}",
                flops.passes(layer, "simultaneous")[product],
            )
            for (layer, product), seconds in alone.items()
        ],
    )
    return [
        {
            "network": layer.network,
            "kernel_shape": layer.kernel_shape,
            "product": product,
            "flops": 2 * layer.macs,
            "seconds": seconds,
        }
        for (layer, product), seconds in alone.items()
    ]


def _report_rate(steps, layers, alone):
    """How much of the machine's rate of convolutions the step reaches."""
    step = float(np.median(steps[level_steps.OURS]))
    work = flops.step_flops(layers, "simultaneous")
    rate = sum(2 * layer.macs for layer, _ in alone) / sum(alone.values())
    in_step = sum(
        seconds * flops.passes(layer, "simultaneous")[product]
        for (layer, product), seconds in alone.items()
    )
    report.say(
        f"The simultaneous step: {work / 1e9:.1f} GFLOP, "
        f"{work / step / 1e9:.0f} GFLOP/s.\n"
        f"Its convolutions alone, all their products once: {rate / 1e9:.0f} "
        f"GFLOP/s; the step reaches {work / step / rate:.1%} of it (wanted: "
        "at least 50 %).\n"
        f"As often as in the step: {in_step * 1e3:.1f} ms alone, "
        f"{in_step / step:.1%} of the step's time."
    )
    return {
        "step_flops": work,
        "step_flops_per_second": work / step,
        "convolution_flops_per_second": rate,
        "share_of_rate": work / step / rate,
        "share_of_time": in_step / step,
    }


def _report_profile(level, images):
    operations = op_profile.profile(
        timing.bare_step(level, images),
        (level.generator_optimizer.name, level.discriminator_optimizer.name),
    )
    step = sum(seconds for _, _, seconds in operations)
    shown = operations[:_PRINTED_OPERATIONS]
    hidden = operations[_PRINTED_OPERATIONS:]
    rest = (
        "(others)",
        sum(n for _, n, _ in hidden),
        sum(t for *_, t in hidden),
    )
    report.table(
        "Operations of the simultaneous step",
        ("", "a step", "ms", "of the step"),
        [
            (
                kind,
                f"{count:.0f}",
                f"{seconds * 1e3:.2f}",
                f"{seconds / step:.1%}",
            )
            for kind, count, seconds in (*shown, rest)
        ],
    )
    return [
        {"kind": kind, "count": count, "seconds": seconds}
        for kind, count, seconds in operations
    ]
