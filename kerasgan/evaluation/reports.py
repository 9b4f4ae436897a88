"""The report of an evaluation: JSON, Markdown, pictures."""

import pathlib
import typing

from kerasgan import figures
from kerasgan import files
from kerasgan.version import __version__

_JSON, _MARKDOWN = "evaluation.json", "README.md"


class Report(typing.NamedTuple):
    """What was measured of one model.

    Attributes:
        name: str, of what was measured.
        protocol: dict of JSON values: what every number needs beside it.
        numbers: List of `Number`.
        pictures: dict from a name to uint8 `(height, width, 3)`.
    """

    name: str
    protocol: dict
    numbers: list
    pictures: dict

    def __getitem__(self, name):
        """The `Number` of a name; the extractor may be left out."""
        for number in self.numbers:
            if name in (number.name, number.name.partition("[")[0]):
                return number
        raise KeyError(
            f"no number '{name}', only {[each.name for each in self.numbers]}"
        )

    def as_dict(self):
        """Returns the report as JSON values, without the pictures."""
        return {
            "kerasgan": __version__,
            "name": self.name,
            "protocol": self.protocol,
            "numbers": [number._asdict() for number in self.numbers],
        }

    def markdown(self):
        """Returns the report as Markdown."""
        lines = [f"# Evaluation of {self.name}", ""]
        lines += number_table(self.numbers)
        lines += ["", "## Protocol", ""]
        lines += protocol_table(self.protocol)
        for name in self.pictures:
            lines += ["", f"## {name}", "", f"![{name}]({name}.png)"]
        return "\n".join(lines) + "\n"

    def write(self, folder):
        """Writes the report.

        Args:
            folder: Where `evaluation.json`, `README.md` and the pictures go;
                made where it is missing. Each file is replaced as a whole.

        Returns:
            The folder, a `pathlib.Path`.

        Raises:
            OSError: If it cannot be written.
            ValueError: If the folder has files, but no `evaluation.json`.
        """
        return write(
            folder,
            {
                _JSON: files.json_text(self.as_dict()),
                _MARKDOWN: self.markdown(),
            },
            self.pictures,
        )


def write(folder, texts, pictures):
    """Writes texts, a dict by file name, and pictures into a folder."""
    folder = pathlib.Path(folder)
    files.check_report_folder("folder", folder, {*texts} - {_MARKDOWN})
    folder.mkdir(parents=True, exist_ok=True)
    # The texts first: by them the folder is known as a report's, should the
    # rest be interrupted.
    for name, text in texts.items():
        files.replace_text(folder / name, text)
    for name, picture in pictures.items():
        figures.save(picture, folder / f"{name}.png", scale=1)
    return folder


def number_table(numbers):
    """Lines of a Markdown table of `Number`s."""
    lines = [
        "| metric | value | 95 % interval | better | what it is |",
        "|---|---|---|---|---|",
    ]
    for number in numbers:
        lines.append(
            f"| {number.name} | {rounded(number.value)} | {interval(number)} | "
            f"{number.better} | {number.protocol} |"
        )
    return lines


def protocol_table(protocol):
    """Lines of a Markdown table of a protocol."""
    lines = ["| | |", "|---|---|"]
    lines += [f"| {key} | {_text(value)} |" for key, value in protocol.items()]
    return lines


def _text(value):
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_text(each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    return rounded(value) if isinstance(value, float) else str(value)


def interval(number):
    """The interval of a `Number`, or of what has one, as text."""
    return f"{rounded(number.low)} to {rounded(number.high)}"


def rounded(value):
    """Four significant digits, as text."""
    return f"{value:.4g}" if abs(value) < 1000 else f"{value:.1f}"
