"""What is done with the file of a study: reports, simulations, power."""

import argparse
import glob
import os
import pathlib

from kerasgan import errors
from kerasgan import files
from kerasgan.cli import inputs
from kerasgan.cli import output

# In bytes: more than pictures and tables take.
_SPACE = 2**24


def add_commands(commands):
    """Adds the commands.

    Args:
        commands: What `argparse.ArgumentParser.add_subparsers` returns.
    """
    for name, run, add_arguments in (
        ("report", _report, _add_report),
        ("simulate", _simulate, _add_simulate),
        ("power", _power, _add_power),
    ):
        text = run.__doc__.splitlines()[0]
        command = commands.add_parser(
            name, help=text, description=text, allow_abbrev=False
        )
        add_arguments(command)
        command.set_defaults(run=run)


def _add_report(parser):
    _add_results(parser)
    parser.add_argument(
        "--out",
        type=inputs.path,
        metavar="FOLDER",
        help="where the report goes; RESULTS_report where left out",
    )
    _add_seed(parser, "of the intervals")


def _report(arguments):
    """Says how often people took generated pictures for real ones."""
    path = pathlib.Path(arguments.results)
    out = pathlib.Path(arguments.out or f"{path.stem}_report")
    files.check_folder("--out", out)
    files.check_space(out, _SPACE)
    from kerasgan.turing import report

    report.report(path, seed=arguments.seed, folder=out).write(out)
    print(output.printable(f"Wrote the report to '{out}'."))


def _add_simulate(parser):
    _add_results(parser)
    parser.add_argument(
        "--out",
        type=inputs.path,
        required=True,
        metavar="FILE",
        help="of the simulated study, with the pictures of the other",
    )
    parser.add_argument(
        "--participants",
        type=inputs.integer(1, 10_000),
        default=30,
        metavar="N",
        help="30 where left out",
    )
    parser.add_argument(
        "--dprime",
        type=_numbers,
        metavar="D",
        help="how well they tell each model's pictures from real ones, "
        "separated by commas, from 0 (not at all) to 4 (nearly always); 1.5 "
        "of each where left out",
    )
    _add_seed(parser, "of what they answer")


def _simulate(arguments):
    """Lets simulated participants of known sensitivity (d') take part.

    Their report shows how sure one can be with so many people.
    """
    from kerasgan.turing import simulation
    from kerasgan.turing import study

    out = pathlib.Path(arguments.out)
    files.check_folder("--out", out.parent)
    if out.exists():
        raise ValueError(
            "--out must be a file that is not there. Received: "
            f"--out={out}, which is. Give another name."
        )
    # Of this process alone: one that was killed may have left its own.
    partial = out.with_name(f".{out.name}.{os.getpid()}.simulated")
    with study.Study(arguments.results) as people:
        num_models = len(people.sources) - 1
        observers = simulation.Observers(
            arguments.dprime or (1.5,) * num_models
        )
        simulation.check_observers(people, observers)
        simulated = study.copy_simulated(people, partial)
    try:
        with simulated:
            simulation.simulate(
                simulated, arguments.participants, observers, arguments.seed
            )
        files.rename_new(partial, out)
    finally:
        for leftover in out.parent.glob(f"{glob.escape(partial.name)}*"):
            leftover.unlink()
    print(
        output.printable(
            f"Wrote {arguments.participants} simulated participants to "
            f"'{arguments.out}'; `kerasgan turing report {arguments.out}` "
            "reports."
        )
    )


def _add_power(parser):
    for name in ("first", "second"):
        parser.add_argument(
            name,
            type=_percentage,
            metavar=name.upper(),
            help="percentage judged real of a model",
        )
    parser.add_argument(
        "--design_effect",
        type=_positive,
        default=1.0,
        metavar="E",
        help="how much answers of the same people, to the same pictures, "
        "repeat each other: a report says it; 1, for not at all, if left out",
    )


def _power(arguments):
    """Says how many answers tell two percentages apart."""
    from kerasgan.turing import power

    if arguments.first == arguments.second:
        raise ValueError(
            "FIRST and SECOND must differ, or nothing is to be told. Received: "
            f"{arguments.first:g} and {arguments.second:g}. Give two "
            "percentages."
        )
    needed = power.answers_needed(
        arguments.first / 100,
        arguments.second / 100,
        design_effect=arguments.design_effect,
    )
    print(
        f"{needed:,} answers to each model tell {arguments.first:g} % from "
        f"{arguments.second:g} % in 80 % of studies, at a level of 5 %."
    )


def _add_results(parser):
    parser.add_argument(
        "results",
        type=inputs.path,
        metavar="RESULTS",
        help="file of `kerasgan turing`",
    )


def _add_seed(parser, of_what):
    parser.add_argument(
        "--seed",
        type=inputs.integer(0, errors.MAX_SEED),
        default=0,
        metavar="S",
        help=f"{of_what}; 0 where left out",
    )


def _number(text, holds, expected):
    try:
        value = float(text)
    except ValueError:
        value = None
    if value is None or not holds(value):
        raise argparse.ArgumentTypeError(
            f"must be {expected}, not '{text}'"
        ) from None
    return value


def _percentage(text):
    return _number(text, lambda v: 0 <= v <= 100, "a percentage, 0 to 100")


def _positive(text):
    return _number(text, lambda v: 0 < v < 1e6, "a number above 0")


def _numbers(text):
    return tuple(
        _number(part, lambda v: 0 <= v <= 10, "numbers from 0 to 10")
        for part in text.split(",")
    )
