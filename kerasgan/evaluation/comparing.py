"""Two models against the same real images: which is better, and is it sure."""

import typing

import numpy as np

from kerasgan import figures
from kerasgan import files
from kerasgan import metrics
from kerasgan.evaluation import measuring
from kerasgan.evaluation import numbers
from kerasgan.evaluation import observing
from kerasgan.evaluation import reports
from kerasgan.evaluation import setting as settings
from kerasgan.evaluation import sources
from kerasgan.version import __version__

_HALVES = 20
_PIXEL_HALVES = 10


class Row(typing.NamedTuple):
    """One metric of two models.

    Attributes:
        name: str, see `Number`.
        first: float, of the first model.
        second: float, of the second.
        difference: float, the first minus the second.
        low: float, the lower end of the difference's interval at 95 %.
        high: float, the upper end.
        better: See `Number`.
        winner: Name of the better model; None where the interval holds 0, or
            neither is better for it.
    """

    name: str
    first: float
    second: float
    difference: float
    low: float
    high: float
    better: str
    winner: str | None

    @property
    def said(self):
        """The winner in words."""
        if self.better == numbers.NEITHER:
            return "no score"
        return self.winner or "not sure"


class Comparison(typing.NamedTuple):
    """What was measured of two models.

    Attributes:
        names: Pair of strings.
        protocol: dict of JSON values.
        rows: List of `Row`.
        battle: A `kerasgan.metrics.Battle`, or None unless both are models
            with a discriminator, of as many classes.
        pictures: dict from a name to uint8 `(height, width, 3)`.
    """

    names: tuple
    protocol: dict
    rows: list
    battle: metrics.Battle | None
    pictures: dict

    @property
    def verdict(self):
        """Which is better by the Frechet distance, and what the others say."""
        row = self.rows[0]
        first, second = self.names
        by = (
            f"by {row.name}: {first} minus {second} is "
            f"{reports.rounded(row.difference)} ({reports.interval(row)}), at "
            "95 %."
        )
        if row.winner is None:
            said = f"No difference is shown {by}"
        else:
            other = second if row.winner == first else first
            said = f"{row.winner} is better than {other} {by}"
        votes = [
            sum(each.winner == name for each in self.rows[1:])
            for name in self.names
        ]
        return (
            f"{said} Of the other scores, which are not independent, "
            f"{votes[0]} are for {first}, {votes[1]} for {second}."
        )

    def as_dict(self):
        """Returns the comparison as JSON values, without the pictures."""
        return {
            "kerasgan": __version__,
            "names": list(self.names),
            "verdict": self.verdict,
            "protocol": self.protocol,
            "rows": [row._asdict() for row in self.rows],
            "battle": self.battle and self.battle._asdict(),
        }

    def markdown(self):
        """Returns the comparison as Markdown."""
        first, second = self.names
        lines = [
            f"# {first} and {second}",
            "",
            self.verdict,
            "",
            "The intervals are about other images of these two models and of "
            "the data, not about another training.",
            "",
            f"| metric | {first} | {second} | difference | 95 % interval | "
            "winner |",
            "|---|---|---|---|---|---|",
        ]
        lines += [
            f"| {row.name} ({row.better} is better) | "
            f"{reports.rounded(row.first)} | {reports.rounded(row.second)} | "
            f"{reports.rounded(row.difference)} | {reports.interval(row)} | "
            f"{row.said} |"
            for row in self.rows
        ]
        if self.battle is not None:
            lines += ["", "## Generative adversarial metric", ""]
            lines += reports.protocol_table(self.battle._asdict())
        lines += ["", "## Protocol", ""]
        lines += reports.protocol_table(self.protocol)
        for name in self.pictures:
            lines += ["", f"## {name}", "", f"![{name}]({name}.png)"]
        return "\n".join(lines) + "\n"

    def write(self, folder):
        """Writes the comparison; see `Report.write`."""
        texts = {
            "comparison.json": files.json_text(self.as_dict()),
            "README.md": self.markdown(),
        }
        return reports.write(folder, texts, self.pictures)


def compare(
    first,
    second,
    data=None,
    split="test",
    num_images=10_000,
    extractor=None,
    seed=0,
    data_dir=None,
    progress=None,
):
    """Measures two models against the same real images.

    Where only one of the two is a model, the real images are cut as for it.

    Differences are paired: in each random half of the images, both models meet
    the same real ones. So a difference may be sure where the intervals of the
    two values overlap.

    Args:
        first: See the `name` of `kerasgan.evaluation.evaluate`.
        second: The same.
        data: See `kerasgan.evaluation.evaluate`.
        split: See `kerasgan.evaluation.evaluate`.
        num_images: See `kerasgan.evaluation.evaluate`.
        extractor: See `kerasgan.evaluation.evaluate`.
        seed: See `kerasgan.evaluation.evaluate`.
        data_dir: See `kerasgan.evaluation.evaluate`.
        progress: See `kerasgan.evaluation.evaluate`.

    Returns:
        A `Comparison`.

    Raises:
        ValueError: As for `evaluate`, or if the two are of different images.
        OSError: If a file cannot be read.
    """
    pair = (first, second)
    # What is no model is made as the other one, where that is a model.
    leading = max(pair, key=sources.is_model)
    setting = settings.choose(
        leading, data, split, num_images, extractor, seed, data_dir
    )
    settings_of_both = [
        setting
        if name == leading
        else settings.beside(setting, leading, name, data)
        for name in pair
    ]
    opened = [sources.open_source(name, setting) for name in pair]
    names = _distinct(opened[0].name, opened[1].name)
    stages = ("reference images", *names, "distances", "battle")

    def stage(i):
        if progress is not None:
            progress(i, len(stages), stages[i])

    stage(0)
    real = observing.real(setting)
    stage(1)
    fakes = [observing.generated(setting, opened[0], real.labels)]
    stage(2)
    fakes.append(observing.generated(setting, opened[1], real.labels))
    stage(3)
    rows = _rows(setting, names, real, fakes)
    stage(4)
    battle = _battle(opened, real, fakes)
    protocol = {
        "of": dict(zip(names, [each.identity for each in opened], strict=True)),
        **setting.protocol(),
        "training images": {
            name: each.trained_on
            for name, each in zip(names, settings_of_both, strict=True)
        },
    }
    if battle is not None:
        protocol["battle"] = (
            "a logit above 0 is called real, as minimax, non-saturating and "
            "hinge losses have it; of a LAPGAN, the finest level's "
            "discriminator judges"
        )
    return Comparison(names, protocol, rows, battle, _pictures(names, rows))


def _distinct(first, second):
    if first != second:
        return first, second
    return f"{first} (first)", f"{second} (second)"


def _rows(setting, names, real, fakes):
    rows = []
    for statistic, samples, num, known, label in (
        (
            measuring.feature_statistic,
            [each.features for each in (real, *fakes)],
            _HALVES,
            measuring.FEATURE_METRICS,
            setting.extractor.label,
        ),
        (
            measuring.pixel_statistic,
            measuring.pixel_samples(real, *fakes),
            _PIXEL_HALVES,
            measuring.PIXEL_METRICS,
            str,
        ),
    ):
        values, found = _difference(
            statistic, samples, num=num, seed=setting.seed
        )
        for name, interval in found.items():
            # Of many equal images, diversity is nan, perhaps in some halves.
            if not np.isfinite(
                [interval.value, interval.low, interval.high]
            ).all():
                continue
            better = known[name][0]
            rows.append(
                Row(
                    label(name),
                    values[0][name],
                    values[1][name],
                    interval.value,
                    interval.low,
                    interval.high,
                    better,
                    _winner(names, interval, better),
                )
            )
    return rows


def _difference(statistic, samples, **options):
    """The metrics of two models, and the intervals of their differences."""
    measured = []

    def kept(real, fake):
        measured.append(statistic(real, fake))
        return measured[-1]

    found = metrics.difference(kept, *samples, **options)
    # It begins with all images of the first model, then of the second.
    return measured[:2], found


def _winner(names, interval, better):
    if interval.contains(0) or better == numbers.NEITHER:
        return None
    first_is_higher = interval.value > 0
    return names[first_is_higher == (better == numbers.LOWER)]


def _battle(opened, real, fakes):
    """The generative adversarial metric, of the two models' discriminators."""
    first, second = (source.model for source in opened)
    if None in (first, second) or first.num_classes != second.num_classes:
        return None
    # A part of a pyramid is compared in its own size, and judges full-size
    # images only.
    if any(
        each.training_image_shape != each.image_shape
        for each in (first, second)
    ):
        return None
    if not (first.discriminator_parts() and second.discriminator_parts()):
        return None
    labels = real.labels if first.num_classes else None
    return metrics.generative_adversarial_metric(
        first.judge(real.images, labels),
        second.judge(real.images, labels),
        first.judge(fakes[1].images, labels),
        second.judge(fakes[0].images, labels),
    )


def _scale(row):
    return max(abs(row.first), abs(row.second)) or 1


def _pictures(names, rows):
    """The relative differences, and precision and recall."""
    shown = [row for row in rows if row.better != numbers.NEITHER]
    values = {row.name.partition("[")[0]: row for row in rows}
    both = [
        {
            "name": name,
            "precision": getattr(values["precision"], place),
            "recall": getattr(values["recall"], place),
        }
        for name, place in zip(names, ("first", "second"), strict=True)
    ]
    return {
        "precision_recall": figures.precision_recall_plot(both),
        "differences": figures.intervals_plot(
            [row.name.partition("[")[0] for row in shown],
            *(
                [getattr(row, name) / _scale(row) for row in shown]
                for name in ("difference", "low", "high")
            ),
            f"{names[0]} minus {names[1]}, relative to the larger of the two",
        ),
    }
