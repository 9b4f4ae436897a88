"""Measures a model against real images: every metric, one report.

Beside a model, SOURCE may be
  folder:PATH  pictures made elsewhere
  split:train  real images of another split: the floor of distances
  noise        the other end
Each number has its interval at 95 %, for other images of the same model. The
report, README.md, evaluation.json and pictures, goes into the folder of --out.
"""

from kerasgan.cli import inputs
from kerasgan.cli import loading
from kerasgan.cli import measuring
from kerasgan.cli import output


def add_arguments(parser):
    """Adds the arguments of the command to a parser."""
    parser.add_argument(
        "source", metavar="SOURCE", help="what is measured: a model, or below"
    )
    measuring.add_arguments(parser)
    parser.add_argument(
        "--parzen",
        action="store_true",
        help="also Parzen-window log-likelihoods, as papers before 2016 have "
        "them; minutes more",
    )
    inputs.add_json(parser)


def run(arguments):
    """Runs the command."""
    out = measuring.checked_out(arguments, arguments.source, "evaluation")
    loading.quietly()
    from kerasgan import evaluation

    with output.progress() as progress:
        report = evaluation.evaluate(
            arguments.source,
            parzen=arguments.parzen,
            progress=measuring.stages(progress),
            **measuring.protocol(arguments),
        )
    report.write(out)
    if arguments.json:
        output.show_json({**report.as_dict(), "out": str(out)})
        return
    output.show_table(
        [
            (
                number.name,
                f"{number.value:.4g}",
                measuring.interval(number),
                number.better,
            )
            for number in report.numbers
        ],
        ("metric", "value", "95 % interval", "better"),
        ("value",),
    )
    print(output.printable(f"\nWrote the report to '{out}'."))
