"""The results of a report of a human test, each a list of lines of Markdown."""

import numpy as np

from kerasgan.turing import exports
from kerasgan.turing import power
from kerasgan.turing import sections
from kerasgan.turing import tables

# Percentage points, of the statement on power.
_POINTS = 5


def judged_real(study, shares, pairs):
    """Percentages judged real, by duration where there are any."""
    names = [source["name"] for source in study.sources]
    sources = sorted({share.source for share in shares})
    cells = {(share.duration_ms, share.source): share for share in shares}
    durations = sorted(
        {share.duration_ms for share in shares} - {None},
    )
    lines = [
        "## Judged real",
        "",
        "Percentage, 95 % interval, and in brackets the number of answers."
        + (
            " Of a pair: how often the generated picture was taken for the "
            "real one; 50 where they cannot be told apart."
            if pairs
            else ""
        ),
        "",
    ]
    rows = [
        [
            "all" if duration is None else f"{duration:g}",
            *(_share(cells.get((duration, source))) for source in sources),
        ]
        for duration in [None, *durations]
    ]
    lines += tables.markdown_table(
        ["shown for, ms", *(names[source] for source in sources)], rows
    )
    lines += [
        "",
        "Design effect, how many times the variance is that of independent "
        "answers: "
        + ", ".join(
            f"{tables.markdown_text(names[share.source])} "
            f"{_number(share.design_effect)}"
            for share in shares
            if share.duration_ms is None
        )
        + ".",
    ]
    if study.protocol.mode == "timed" and sections.is_cifar10(study):
        lines += ["", sections.TIMED_REFERENCE]
    return lines


def accuracy(study, shares):
    """Right answers."""
    what = "Real and generated pictures together"
    if study.protocol.mode == "pair":
        what = "Pairs whose real picture was found"
    lines = [
        "## Right answers",
        "",
        f"{what}; 50 is chance.",
        "",
        *tables.markdown_table(
            ["shown for, ms", "right, %"],
            [
                (
                    "all"
                    if share.duration_ms is None
                    else f"{share.duration_ms:g}",
                    _share(share),
                )
                for share in shares
            ],
        ),
    ]
    if study.protocol.mode == "untimed" and sections.is_cifar10(study):
        lines += ["", sections.UNTIMED_REFERENCE]
    return lines


def sensitivities(study, rows, pairs):
    """d' and c."""
    names = [source["name"] for source in study.sources]
    text = (
        "d' is 0 where a model's pictures are not told from real ones. Answers "
        "of all participants are taken together, which makes it smaller where "
        "they differ in what they prefer to say."
    )
    if not pairs:
        text += (
            " c is above 0 where 'generated' is preferred. Real pictures of "
            "the same duration are the other half of each."
        )
    columns = ["source", "shown for, ms", "d'", *([] if pairs else ["c"])]
    return [
        "## How well they are told apart",
        "",
        text,
        "",
        *tables.markdown_table(
            columns,
            [
                [
                    names[row.source],
                    "all"
                    if row.duration_ms is None
                    else f"{row.duration_ms:g}",
                    _interval(row.sensitivity, 1, 2),
                    *([] if pairs else [_interval(row.criterion, 1, 2)]),
                ]
                for row in rows
            ],
        ),
    ]


def differences(study, analysis):
    """Models against each other, and how many answers that takes."""
    names = [source["name"] for source in study.sources]
    lines = ["## Models against each other", ""]
    if analysis.differences:
        lines += tables.markdown_table(
            ["models", "difference in points judged real", "verdict"],
            [
                (
                    f"{names[each.source_a]} minus {names[each.source_b]}",
                    _interval(each.estimate, 100, 1),
                    _verdict(each, names),
                )
                for each in analysis.differences
            ],
        )
        lines.append("")
    if len(analysis.differences) > 1:
        lines += [
            "Each interval holds the truth with 95 %; all of them together "
            "with less.",
            "",
        ]
    return [*lines, _power(analysis)]


def _verdict(difference, names):
    if np.isnan(difference.estimate.value):
        return "one of them has no answers"
    if not difference.is_certain:
        return "not sure: the interval holds 0"
    a, b = names[difference.source_a], names[difference.source_b]
    if difference.estimate.value < 0:
        a, b = b, a
    return f"{a} is judged real more often than {b}"


def _power(analysis):
    models = [
        share
        for share in analysis.shares
        if share.duration_ms is None and share.source
    ]
    if not models:
        return "No generated picture has an answer that counts."
    effects = [each.design_effect for each in analysis.differences]
    effects += [share.design_effect for share in models] if not effects else []
    effects = [effect for effect in effects if np.isfinite(effect)]
    # An effect below 1 is luck, and would promise too much.
    effect = max(1.0, float(np.median(effects))) if effects else 1.0
    half = _POINTS / 200
    middle = np.mean([share.estimate.value for share in models])
    middle = float(np.clip(middle, half, 1 - half))
    needed = power.answers_needed(
        middle - half, middle + half, design_effect=effect
    )
    fewest = min(share.answers for share in models)
    smallest = power.smallest_difference(middle, fewest, design_effect=effect)
    return (
        f"With the observed spread (design effect {effect:.2f}), {needed} "
        f"answers a model tell {_POINTS} points apart, about "
        f"{100 * middle:.0f} %, with a power of 80 % at a level of 5 %. The "
        f"{fewest} answers of the model with the fewest tell "
        + (
            "no difference at all."
            if smallest is None
            else f"{100 * smallest:.1f} points apart."
        )
    )


def classes(study, shares):
    """Percentages judged real by class."""
    names = [source["name"] for source in study.sources]
    sources = sorted({share.source for share in shares})
    cells = {(share.label, share.source): share for share in shares}
    return [
        "## By class",
        "",
        "Judged real, as above.",
        "",
        *tables.markdown_table(
            ["class", *(names[source] for source in sources)],
            [
                [
                    exports.class_name(study, label),
                    *(_share(cells.get((label, source))) for source in sources),
                ]
                for label in sorted({share.label for share in shares})
            ],
        ),
    ]


def _share(share):
    if share is None:
        return "-"
    return f"{_interval(share.estimate, 100, 1)} ({share.answers})"


def _interval(estimate, scale, digits):
    value, low, high = (scale * number for number in estimate[:3])
    if np.isnan(value):
        return "-"
    # Where there is no spread, there is no interval.
    if np.isnan(low):
        return f"{value:.{digits}f}, no interval"
    # Adding 0 makes a 0 of a negative one.
    value, low, high = (round(n, digits) + 0 for n in (value, low, high))
    return f"{value:.{digits}f}, {low:.{digits}f} to {high:.{digits}f}"


def _number(value):
    return "unknown" if np.isnan(value) else f"{value:.2f}"
