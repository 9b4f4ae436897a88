"""What `kerasgan` runs: finds the command, and says what went wrong."""

import argparse
import importlib
import os
import sqlite3
import sys

from absl import app
from absl import flags
from absl.flags import argparse_flags

from kerasgan.cli import output
from kerasgan.version import __version__

# Each is a module of this package. Its docstring is the help, `add_arguments`
# adds to the parser, `run` does the work with what was parsed.
COMMANDS = (
    "list",
    "info",
    "generate",
    "refine",
    "figures",
    "evaluate",
    "compare",
    "export",
    "train",
    "turing",
)


def run():
    """Runs the command of `sys.argv` and ends the process."""
    app.run(main, flags_parser=parse)


def parse(argv):
    """Parses a command line.

    Args:
        argv: Sequence of strings; the first is the program.

    Returns:
        An `argparse.Namespace`, with the command's function as `run`.
    """
    parser = argparse_flags.ArgumentParser(
        prog="kerasgan",
        description="Trained GANs: use, draw, measure, export, train.",
        epilog="`kerasgan COMMAND --help` says more of a command.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--version", action="version", version=f"kerasgan {__version__}"
    )
    # Plain parsers: the flags of absl come before the command only.
    commands = parser.add_subparsers(
        metavar="COMMAND", required=True, parser_class=argparse.ArgumentParser
    )
    for name in COMMANDS:
        module = importlib.import_module(f"kerasgan.cli.{name}")
        command = commands.add_parser(
            name,
            help=module.__doc__.splitlines()[0],
            description=module.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    arguments = parser.parse_args(argv[1:])
    if flags.FLAGS["verbosity"].using_default_value:
        # Warnings; absl's own choice would pass on what TensorFlow writes.
        flags.FLAGS.verbosity = -1
    return arguments


def main(arguments):
    """Runs a command.

    Args:
        arguments: As `parse` returns.

    Returns:
        The exit code, int.
    """
    try:
        arguments.run(arguments)
        # At exit, it would be too late to hear of a broken pipe.
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still in the buffer is flushed at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    except (ImportError, OSError, ValueError, sqlite3.Error) as error:
        output.complain("error", error)
        return 1
    return 0
