"""What commands print: tables, JSON, complaints, how far the work is."""

import sys

import rich.console
import rich.progress
import rich.table
import rich.text

from kerasgan import files

# In characters: a terminal wraps long lines better than rich narrow columns.
_WIDTH = 10_000


def printable(text):
    """A text without control characters, which could steer the terminal."""
    return "".join(
        character if character.isprintable() or character == "\n" else "\ufffd"
        for character in str(text)
    )


def show_table(rows, header=None, right=()):
    """Prints a table, a line a row, however long.

    Args:
        rows: Sequence of sequences of values.
        header: Sequence of strings.
        right: Those of the header whose column is set to the right.
    """
    table = rich.table.Table(
        box=None,
        padding=(0, 2, 0, 0),
        show_header=header is not None,
        header_style="",
    )
    for name in header or ():
        table.add_column(name, justify="right" if name in right else "left")
    for row in rows:
        table.add_row(*(rich.text.Text(printable(value)) for value in row))
    console = rich.console.Console(width=_WIDTH)
    with console.capture() as capture:
        console.print(table)
    for line in capture.get().splitlines():
        print(line.rstrip())


def show_json(value):
    """Prints a value as JSON."""
    sys.stdout.write(files.json_text(value))


def complain(kind, error):
    """Prints an error or a warning to the standard error."""
    print(f"kerasgan: {kind}: {printable(error)}", file=sys.stderr)


def progress():
    """A `rich.progress.Progress`, to be seen in a terminal only."""
    console = rich.console.Console(stderr=True)
    return rich.progress.Progress(
        console=console, transient=True, disable=not console.is_terminal
    )
