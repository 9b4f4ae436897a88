"""Measures two models against the same real images: which one is better.

Differences are paired, and have an interval at 95 %: where it holds 0, the
command says that it is not sure. The comparison, README.md, comparison.json and
a picture, goes into the folder of --out.
"""

from kerasgan.cli import inputs
from kerasgan.cli import loading
from kerasgan.cli import measuring
from kerasgan.cli import output


def add_arguments(parser):
    """Adds the arguments of the command to a parser."""
    for name in ("first", "second"):
        parser.add_argument(
            name,
            metavar=name.upper(),
            help="a model, or another SOURCE of `kerasgan evaluate`",
        )
    measuring.add_arguments(parser)
    inputs.add_json(parser)


def run(arguments):
    """Runs the command."""
    pair = f"{arguments.first}_{arguments.second}"
    out = measuring.checked_out(arguments, pair, "comparison")
    loading.quietly()
    from kerasgan import evaluation

    with output.progress() as progress:
        comparison = evaluation.compare(
            arguments.first,
            arguments.second,
            progress=measuring.stages(progress),
            **measuring.protocol(arguments),
        )
    comparison.write(out)
    if arguments.json:
        output.show_json({**comparison.as_dict(), "out": str(out)})
        return
    output.show_table(
        [
            (
                row.name,
                f"{row.first:.4g}",
                f"{row.second:.4g}",
                f"{row.difference:.4g}",
                measuring.interval(row),
                row.said,
            )
            for row in comparison.rows
        ],
        (
            "metric",
            *comparison.names,
            "difference",
            "95 % interval",
            "winner",
        ),
        (*comparison.names, "difference"),
    )
    if comparison.battle is not None:
        print(
            output.printable(
                f"\nGenerative adversarial metric: {comparison.battle.reason}"
            )
        )
    print(output.printable(f"\n{comparison.verdict}"))
    print(output.printable(f"Wrote the comparison to '{out}'."))
