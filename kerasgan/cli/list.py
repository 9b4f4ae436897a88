"""Lists the trained models that have a name."""

import sys

import rich.filesize

from kerasgan import zoo
from kerasgan.cli import inputs
from kerasgan.cli import output

_HEADER = (
    "name",
    "family",
    "data",
    "images",
    "classes",
    "parameters",
    "size",
    "metric",
)


def add_arguments(parser):
    """Adds the arguments of the command to a parser."""
    parser.add_argument(
        "pattern",
        nargs="?",
        default="*",
        metavar="PATTERN",
        help="of the names, with *, ? and [...], such as 'lapgan*'",
    )
    inputs.add_json(parser)


def run(arguments):
    """Runs the command."""
    models = []
    for name in zoo.names(arguments.pattern):
        try:
            models.append(zoo.info(name))
        except ValueError as error:
            # One that is damaged does not hide the others.
            output.complain("warning", error)
    if arguments.json:
        output.show_json(models)
    elif models:
        rows = [_row(info) for info in models]
        output.show_table(rows, _HEADER, ("classes", "parameters", "size"))
    else:
        print(
            f"There is no model whose name is like '{arguments.pattern}'.",
            file=sys.stderr,
        )


def _parameters(parameters):
    # A model is a classifier or has a generator.
    return parameters.get("generator", parameters.get("classifier", 0))


def _row(info):
    return (
        info["name"],
        info["family"],
        info["about"].get("data", ""),
        "x".join(map(str, info["image_shape"])),
        info["num_classes"] or "",
        f"{_parameters(info['parameters']):,}",
        rich.filesize.decimal(info["num_bytes"]),
        *(f"{m['name']} {m['value']:.4g}" for m in info["metrics"][:1] or ()),
    )
