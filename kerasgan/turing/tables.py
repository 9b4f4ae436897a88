"""Tables as text: Markdown, and CSV that no spreadsheet takes for formulas."""

import csv
import io
import math

# What a spreadsheet may run as a formula begins with one of these.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def csv_text(columns, rows):
    """A table as CSV.

    A text that a spreadsheet could take for a formula gets an apostrophe
    before it: names come from files that others made. Numbers stay as they are,
    also negative ones.

    Reference: OWASP, CSV injection,
    https://owasp.org/www-community/attacks/CSV_Injection.

    Args:
        columns: Sequence of strings.
        rows: Sequence of sequences of as many values. None and nan become an
            empty cell, bools `true` and `false`.

    Returns:
        str, lines that end as RFC 4180 wants it, with CR and LF.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    for row in (columns, *rows):
        writer.writerow([_cell(value) for value in row])
    return text.getvalue()


def _cell(value):
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.startswith(_DANGEROUS):
        return f"'{value}"
    if isinstance(value, float):
        return f"{value:.6g}"
    return value


def markdown_table(columns, rows):
    """A table as Markdown.

    Args:
        columns: Sequence of strings.
        rows: Sequence of sequences of as many texts or ints.

    Returns:
        List of lines.
    """
    lines = [columns, ["---"] * len(columns), *rows]
    return [
        "| " + " | ".join(markdown_text(value) for value in line) + " |"
        for line in lines
    ]


def markdown_text(value):
    """A value as text that is no markup, and stays within a cell."""
    text = " ".join(str(value).split())
    for character in "\\|`*_<>[]":
        text = text.replace(character, f"\\{character}")
    return text
