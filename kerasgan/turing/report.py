"""The report of a human test: Markdown, tables, pictures."""

import pathlib
import typing

from kerasgan import errors
from kerasgan import files
from kerasgan.figures import writing
from kerasgan.turing import analysis as analyses
from kerasgan.turing import exports
from kerasgan.turing import individuals
from kerasgan.turing import judgements as readings
from kerasgan.turing import plots
from kerasgan.turing import results
from kerasgan.turing import sections
from kerasgan.turing import study as studies
from kerasgan.turing import tables
from kerasgan.version import __version__

_MARKDOWN = "README.md"
_SIMULATED = "simulated_"
_TABLES = ("percentages", "answers", "participants")
_WARNING = "SIMULATED: no person judged anything here."
# Of the pictures that fooled people most, and of those that did least.
_NUM_PICTURES = 18


class Report(typing.NamedTuple):
    """What a human test has found.

    Attributes:
        lines: List of lines, the Markdown.
        tables: dict from file name to the text of a CSV file.
        pictures: dict from file name to uint8 `(height, width, 3)`.
        simulated: bool.
    """

    lines: list
    tables: dict
    pictures: dict
    simulated: bool

    def markdown(self):
        """Returns the report as Markdown."""
        return "\n".join(self.lines) + "\n"

    def write(self, folder):
        """Writes the report.

        Args:
            folder: Where `README.md`, the tables and the pictures go; made
                where it is missing. Each file is replaced as a whole.

        Returns:
            The folder, a `pathlib.Path`.

        Raises:
            ValueError: If there is a report of the other kind, of people beside
                one of simulations; nothing is written then.
            OSError: If it cannot be written.
        """
        folder = pathlib.Path(folder)
        _check_folder(folder, self.simulated)
        folder.mkdir(parents=True, exist_ok=True)
        # First, as the folder of an interrupted report is known by them.
        for name, text in self.tables.items():
            files.replace_text(folder / name, text)
        for name, picture in self.pictures.items():
            writing.save(picture, folder / name, scale=1)
        files.replace_text(folder / _MARKDOWN, self.markdown())
        return folder


def report(path, seed=0, num_resamples=1000, folder=None):
    """Analyses a study and reports on it.

    Equal answers, seeds and numbers of draws give equal reports.

    Args:
        path: Of the file of the study. It may be in use meanwhile.
        seed: int, of the draws that the intervals come from.
        num_resamples: int, how many draws, at least 100.
        folder: Where it will be written; one that `Report.write` would refuse
            is refused before anything is drawn.

    Returns:
        A `Report`. Of a simulated study, it says so in its title, its first
        line, every table, every picture and every file name but `README.md`.

    Raises:
        ValueError: If it is no study, no answer of it counts, or there is a
            report of the other kind, or none at all among files, in `folder`.
    """
    errors.check_integer("seed", seed, 0, errors.MAX_SEED)
    errors.check_integer("num_resamples", num_resamples, 100)
    with studies.Study(path) as study:
        reading = readings.read(study)
        _check(path, reading)
        if folder is not None:
            _check_folder(pathlib.Path(folder), reading.simulated)
        return _Writer(study, reading, seed, num_resamples).report()


def _check(path, reading):
    if (reading.judgements.reason == "").any():
        return
    why = ", ".join(
        f"{reason}: {answers}"
        for reason, answers, _ in reading.excluded()
        if answers
    )
    raise ValueError(
        "A report needs an answer that counts. Received: "
        f"'{path}' with {len(reading.judgements.source)} answers of "
        f"{len(reading.participants)} participants"
        f"{f', all left out ({why})' if why else ''}. Let more people take "
        "part."
    )


def _table_names(simulated):
    prefix = _SIMULATED if simulated else ""
    return [f"{prefix}{name}.csv" for name in _TABLES]


def _check_folder(folder, simulated):
    for name in _table_names(not simulated):
        if (folder / name).exists():
            raise ValueError(
                "Reports of people and of simulations must not be in one "
                f"folder. Received: '{folder}', where '{name}' is. "
                "Give another folder."
            )
    files.check_folder("folder", folder)
    files.check_report_folder("folder", folder, _table_names(simulated))


class _Writer:
    """Puts a report together."""

    def __init__(self, study, reading, seed, num_resamples):
        self.study = study
        self.reading = reading
        self.seed = seed
        self.num_resamples = num_resamples
        self.pairs = study.protocol.mode == "pair"
        self.valid = reading.judgements.valid()
        self.analysis = analyses.analyse(
            self.valid, len(study.sources), self.pairs, seed, num_resamples
        )
        self.fooling = individuals.fooling(self.valid)
        self.names = [source["name"] for source in study.sources]
        self.style = plots.Style(
            self.names, study.class_names, reading.simulated
        )
        self.prefix = _SIMULATED if reading.simulated else ""
        self.pictures = {}

    def report(self):
        study, analysis = self.study, self.analysis
        lines = self.title()
        lines += sections.overview(study, self.reading, analysis.warnings)
        lines += ["", *results.judged_real(study, analysis.shares, self.pairs)]
        lines += self.figure("judged_real", self.judged_real_plot())
        lines += ["", *results.accuracy(study, analysis.accuracy)]
        lines += [
            "",
            *results.sensitivities(study, analysis.sensitivities, self.pairs),
        ]
        timed = _with_durations(analysis.sensitivities)
        if timed:
            lines += self.figure(
                "sensitivity", plots.sensitivity_plot(timed, self.style)
            )
        lines += ["", *results.differences(study, analysis)]
        if analysis.classes:
            lines += [
                "",
                *results.classes(study, analysis.classes),
            ]
            lines += self.figure(
                "classes", plots.class_plot(analysis.classes, self.style)
            )
        lines += self.pictures_section()
        lines += [
            "",
            *sections.method(self.seed, self.num_resamples),
        ]
        lines += self.files_section()
        return Report(
            lines, self.tables(), self.pictures, self.reading.simulated
        )

    def title(self):
        name = tables.markdown_text(self.study.path.name)
        if self.reading.simulated:
            return [
                f"# {_WARNING} ({name})",
                "",
                f"**{_WARNING}** The answers come from a computer, or from "
                "trials of the page. They say nothing about the models.",
                "",
            ]
        return [f"# Real or generated, judged by people: {name}", ""]

    def figure(self, name, picture):
        """Keeps a picture, and gives the lines that show it."""
        name = f"{self.prefix}{name}.png"
        self.pictures[name] = picture
        return ["", f"![{name}]({name})"]

    def judged_real_plot(self):
        timed = _with_durations(self.analysis.shares)
        if timed:
            references = ()
            if sections.is_cifar10(self.study):
                references = sections.LAPGAN_REFERENCES
            return plots.time_plot(timed, self.style, references)
        title = "Taken for the real one" if self.pairs else "Judged real"
        return plots.source_plot(self.analysis.shares, self.style, title)

    def pictures_section(self):
        # No picture is among both.
        count = min(_NUM_PICTURES, len(self.fooling) // 2)
        if not count:
            return []
        lines = [
            "",
            "## Generated pictures that fooled people",
            "",
            "By (judged real + share of all) / (answers + 1), so that one "
            "lucky answer is not first. Chance decides much here.",
        ]
        for name, title, chosen in (
            ("most", "Judged real most often", self.fooling[:count]),
            (
                "least",
                "Judged real least often",
                self.fooling[: -count - 1 : -1],
            ),
        ):
            images = self.study.pictures([each.picture for each in chosen])
            lines += self.figure(
                f"fooled_{name}",
                plots.pictures_plot(images, chosen, self.style, title),
            )
        return lines

    def files_section(self):
        return [
            "",
            "## Files",
            "",
            f"`{self.prefix}percentages.csv`: all percentages. "
            f"`{self.prefix}answers.csv`: every answer, those that are left "
            "out, too. "
            f"`{self.prefix}participants.csv`: every participant, by number; "
            "who they are is stored nowhere.",
            "",
            f"Written by kerasgan {__version__}.",
        ]

    def tables(self):
        contents = (
            exports.percentages(self.study, self.analysis),
            exports.answers(self.study, self.reading.judgements),
            exports.participants(individuals.persons(self.reading, self.pairs)),
        )
        names = _table_names(self.reading.simulated)
        return {
            name: tables.csv_text(
                ["simulated", *columns],
                [(self.reading.simulated, *row) for row in rows],
            )
            for name, (columns, rows) in zip(names, contents, strict=True)
        }


def _with_durations(rows):
    return [row for row in rows if row.duration_ms is not None]
