"""Runs a recipe, with its own flags.

`kerasgan train RECIPE --help` says more of a recipe and its flags.
"""

import argparse
import importlib.util
import os
import pathlib
import sys

from kerasgan import errors


def add_arguments(parser):
    """Adds the arguments of the command to a parser."""
    parser.add_argument("recipe", nargs="?", metavar="RECIPE", help="see below")
    parser.add_argument(
        "flags", nargs=argparse.REMAINDER, metavar="...", help="of the recipe"
    )
    parser.epilog = _listing()


def run(arguments):
    """Runs the command."""
    if arguments.recipe is None:
        print(_listing())
        return
    recipes = _recipes()
    errors.check_choice("recipe", arguments.recipe, recipes)
    path = recipes[arguments.recipe]
    # In the place of this process: flags, signals and exit code are its own.
    os.execv(sys.executable, [sys.executable, str(path), *arguments.flags])


def _listing():
    lines = ["recipes:"]
    recipes = _recipes()
    width = max(map(len, recipes), default=0)
    for name, path in recipes.items():
        first_line = path.read_text(encoding="utf-8").partition("\n")[0]
        summary = first_line.removeprefix("r").strip('"')
        lines.append(f"  {name:{width}}  {summary}")
    return "\n".join(lines)


def _recipes():
    """A dict from the name of each recipe to its file."""
    return {
        path.stem: path
        for path in sorted(_folder().glob("*.py"))
        if not path.stem.startswith("_")
    }


def _folder():
    spec = importlib.util.find_spec("kerasgan._recipes")
    if spec is not None:
        return pathlib.Path(spec.submodule_search_locations[0])
    # Run from a checkout that is not installed.
    return pathlib.Path(__file__).resolve().parents[2] / "recipes"
