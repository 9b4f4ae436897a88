"""What a person reads while it works."""

import rich.console


def say(text, style=None):
    """Prints a text as it is, in a terminal perhaps in colour."""
    rich.console.Console().print(
        text, style=style, highlight=False, markup=False, soft_wrap=True
    )
