"""Says what a trained model is."""

import sys

import rich.console
import rich.filesize

from kerasgan import zoo
from kerasgan.cli import inputs
from kerasgan.cli import output
from kerasgan.zoo import cards

# The long texts of the model's recipe are for the card.
_ABOUT = ("data", "paper", "recipe", "command", "seed", "licence")


def add_arguments(parser):
    """Adds the arguments of the command to a parser."""
    inputs.add_model(parser)
    form = parser.add_mutually_exclusive_group()
    inputs.add_json(form)
    form.add_argument(
        "--card", action="store_true", help="print the model's card, Markdown"
    )


def run(arguments):
    """Runs the command."""
    if arguments.card:
        _show_card(output.printable(zoo.card(arguments.model)))
        return
    info = zoo.info(arguments.model)
    if arguments.json:
        output.show_json(info)
    else:
        output.show_table(_rows(info))


def _show_card(card):
    console = rich.console.Console()
    if console.is_terminal:
        # Here, as it takes as long to import as all the rest.
        from rich import markdown

        console.print(markdown.Markdown(card))
    else:
        sys.stdout.write(card)


def _rows(info):
    height, width, channels = info["image_shape"]
    parameters = info["parameters"]
    rows = [
        ("name", info["name"]),
        ("family", info["family"]),
        ("images", f"{height}x{width}, channels: {channels}"),
        ("classes", info["num_classes"] or "none"),
        *(
            ("parameters", f"{parameters[part]:,} of the {part}")
            for part in sorted(parameters, reverse=True)
        ),
        ("size", rich.filesize.decimal(info["num_bytes"])),
        ("weights", info["storage"]),
        ("saved by", f"kerasgan {info['kerasgan']}"),
        ("folder", info["folder"]),
    ]
    about = info["about"]
    rows += [(key, about[key]) for key in _ABOUT if key in about]
    return rows + _metrics(info["metrics"])


def _metrics(metrics):
    protocols, common = cards.split_protocols(metrics)
    rows = [("all metrics", common)] if common else []
    return rows + [
        (metric["name"], f"{metric['value']:.4g} ({protocol})")
        for metric, protocol in zip(metrics, protocols, strict=True)
    ]
