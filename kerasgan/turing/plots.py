"""Pictures of what the answers of a study say."""

import textwrap
import typing

import numpy as np

from kerasgan.figures import canvas

_COLOURS = (
    canvas.BLUE,
    canvas.ORANGE,
    canvas.GREEN,
    canvas.RED,
    canvas.GREY,
    "black",
)
_MARKERS = "os^DvP"
_WIDTH, _HEIGHT = 800, 560
_LONGEST_NAME = 28


class Style(typing.NamedTuple):
    """What all pictures of a study have in common.

    Attributes:
        names: Sequence of strings, those of the sources.
        class_names: Sequence of strings, those of the labels; may be empty.
        simulated: bool; a mark across the picture says so.
    """

    names: list
    class_names: list
    simulated: bool

    def name(self, source, longest=_LONGEST_NAME):
        """The name of a source, fit to be drawn, of so many letters at most."""
        short = textwrap.shorten(self.names[source], longest, placeholder="...")
        # A long name without a space would be nothing but dots.
        if short == "...":
            short = self.names[source][:longest]
        # Matplotlib leaves out of a legend what begins with an underscore.
        return canvas.plain(f" {short}" if short.startswith("_") else short)

    def class_name(self, label):
        """The name of a class; its number where it has no name."""
        known = 0 <= label < len(self.class_names)
        return canvas.plain(self.class_names[label] if known else label)

    def picture(self, figure):
        """The pixels of a figure, with the mark where it is due."""
        if self.simulated:
            # Here, as importing Matplotlib takes a while.
            from matplotlib import patheffects

            width, height = figure.get_size_inches()
            figure.text(
                0.5,
                0.5,
                "SIMULATED",
                size=min(8 * width, 14 * height),
                color=canvas.RED,
                alpha=0.45,
                rotation=np.degrees(np.arctan2(height, 1.6 * width)),
                ha="center",
                va="center",
                weight="bold",
                zorder=100,
                # So that it is seen on pictures of any colour.
                path_effects=[
                    patheffects.withStroke(linewidth=5, foreground="white")
                ],
            )
        return canvas.picture(figure)


def time_plot(shares, style, references=()):
    """Shows how often each source is judged real, by presentation time.

    As [Denton et al., 2015](https://arxiv.org/abs/1506.05751), section 4.3.

    Args:
        shares: Sequence of `Share` with a source and a duration.
        style: `Style`.
        references: Sequence of pairs (percentage, text), drawn as lines.

    Returns:
        uint8 `(height, width, 3)`.
    """
    figure = canvas.figure(_WIDTH, _HEIGHT)
    axes = figure.add_subplot()
    _by_duration(axes, shares, lambda share: share.estimate, 100, style)
    for percentage, text in references:
        axes.axhline(percentage, color="black", lw=0.8, ls="--", zorder=1)
        axes.annotate(
            textwrap.fill(text, 24),
            (1, percentage),
            (6, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            va="center",
            size="small",
        )
    axes.set_ylim(-2, 102)
    axes.set_ylabel("judged real, %")
    axes.set_title("Judged real, with 95 % intervals", size="medium")
    figure.legend(loc="outside lower center", ncols=3)
    return style.picture(figure)


def sensitivity_plot(sensitivities, style):
    """Shows d' of each model by presentation time.

    Args:
        sensitivities: Sequence of `Sensitivity` with a duration.
        style: `Style`.

    Returns:
        uint8 `(height, width, 3)`.
    """
    figure = canvas.figure(_WIDTH, _HEIGHT)
    axes = figure.add_subplot()
    _by_duration(axes, sensitivities, lambda each: each.sensitivity, 1, style)
    axes.axhline(0, color="black", lw=0.8)
    axes.set_ylabel("d', 0 where it is not told from real pictures")
    axes.set_title(
        "How well it is told from real pictures, with 95 % intervals",
        size="medium",
    )
    figure.legend(loc="outside lower center", ncols=3)
    return style.picture(figure)


def _by_duration(axes, rows, estimate, scale, style):
    durations = sorted({row.duration_ms for row in rows})
    sources = sorted({row.source for row in rows})
    for place, source in enumerate(sources):
        own = [row for row in rows if row.source == source]
        # Beside each other, so that no interval hides another.
        beside = 1.015 ** (place - (len(sources) - 1) / 2)
        _intervals(
            axes,
            [row.duration_ms * beside for row in own],
            [estimate(row) for row in own],
            scale,
            source,
            style,
            linestyle="-",
        )
    axes.set_xscale("log")
    axes.set_xticks(durations, [f"{duration:g}" for duration in durations])
    axes.set_xticks([], minor=True)
    axes.set_xlabel("shown for, ms (logarithmic)")
    axes.grid(alpha=0.3)


def _intervals(axes, x, estimates, scale, source, style, **kwargs):
    value, low, high = (
        scale * np.array([estimate[i] for estimate in estimates])
        for i in range(3)
    )
    axes.errorbar(
        x,
        value,
        yerr=[value - low, high - value],
        color=_COLOURS[source % len(_COLOURS)],
        marker=_MARKERS[source % len(_MARKERS)],
        capsize=3,
        label=style.name(source),
        **kwargs,
    )


def source_plot(shares, style, title):
    """Shows how often each source is judged real, without durations.

    Args:
        shares: Sequence of `Share` with a source.
        style: `Style`.
        title: str.

    Returns:
        uint8 `(height, width, 3)`.
    """
    figure = canvas.figure(_WIDTH, 150 + 50 * len(shares))
    axes = figure.add_subplot()
    for place, share in enumerate(shares):
        estimate = share.estimate
        axes.errorbar(
            100 * estimate.value,
            place,
            xerr=100
            * np.array(
                [
                    [estimate.value - estimate.low],
                    [estimate.high - estimate.value],
                ]
            ),
            color=_COLOURS[share.source % len(_COLOURS)],
            marker=_MARKERS[share.source % len(_MARKERS)],
            capsize=4,
        )
        axes.annotate(
            f"{100 * estimate.value:.1f}",
            (100 * estimate.value, place),
            (0, 8),
            textcoords="offset points",
            ha="center",
        )
    axes.set_yticks(
        range(len(shares)), [style.name(share.source) for share in shares]
    )
    axes.set_ylim(len(shares) - 0.5, -0.7)
    axes.set_xlim(-2, 102)
    axes.set_xlabel("%, with 95 % intervals")
    axes.set_title(title, size="medium")
    axes.grid(axis="x", alpha=0.3)
    return style.picture(figure)


def class_plot(shares, style):
    """Shows how often each source is judged real, by class.

    Args:
        shares: Sequence of `Share` with a source and a label.
        style: `Style`.

    Returns:
        uint8 `(height, width, 3)`.
    """
    labels = sorted({share.label for share in shares})
    sources = sorted({share.source for share in shares})
    figure = canvas.figure(max(_WIDTH, 70 * len(labels)), _HEIGHT)
    axes = figure.add_subplot()
    for place, source in enumerate(sources):
        own = [share for share in shares if share.source == source]
        beside = 0.6 * ((place + 0.5) / len(sources) - 0.5)
        _intervals(
            axes,
            [labels.index(share.label) + beside for share in own],
            [share.estimate for share in own],
            100,
            source,
            style,
            linestyle="none",
        )
    axes.set_xticks(
        range(len(labels)),
        [textwrap.fill(style.class_name(label), 12) for label in labels],
    )
    axes.set_ylim(-2, 102)
    axes.set_ylabel("judged real, %")
    axes.set_title("Judged real by class, with 95 % intervals", size="medium")
    axes.grid(axis="y", alpha=0.3)
    figure.legend(loc="outside lower center", ncols=3)
    return style.picture(figure)


def pictures_plot(images, fooling, style, title, columns=6):
    """Shows generated pictures, with how many judged them real.

    Args:
        images: uint8 `(n, height, width, 3)`.
        fooling: Sequence of n `Fooling`.
        style: `Style`.
        title: str.
        columns: int, pictures in a row.

    Returns:
        uint8 `(new_height, new_width, 3)`.
    """
    rows = -(-len(images) // columns)
    figure = canvas.figure(_WIDTH, 50 + 180 * rows)
    figure.suptitle(title, fontsize="medium")
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in grid:
        axes.axis("off")
    for axes, image, each in zip(grid, images, fooling, strict=False):
        axes.imshow(image, interpolation="nearest")
        lines = [style.name(each.source, 18)]
        if each.label >= 0:
            lines.append(textwrap.shorten(style.class_name(each.label), 18))
        lines.append(f"real for {each.hits} of {each.answers}")
        axes.set_title("\n".join(lines), size="small")
    return style.picture(figure)
