"""Densities that a generator learns: on a line and in the plane."""

import numpy as np

from kerasgan.figures import canvas

# Of the latents that are drawn as arrows.
_ARROWS = 20


def density_plot(
    points, real_density, fake_density, probabilities, latents, fake, title
):
    """A generator on a line, as Figure 1 of Goodfellow et al., 2014, shows it.

    Above, the density of the data (dashed), that of what is generated, and
    the discriminator's D(x), which is 1/2 where both are equal. Below, arrows
    from latents z to x = G(z).

    Reference: [Goodfellow et al., 2014](https://arxiv.org/abs/1406.2661).

    Args:
        points: float `(n,)`, ascending: where the three curves are known.
        real_density: `(n,)`, of the data.
        fake_density: `(n,)`, of what is generated.
        probabilities: `(n,)`, D(x) in `[0, 1]`.
        latents: `(m,)`, ascending.
        fake: `(m,)`, what is generated from them.
        title: Such as the step.

    Returns:
        uint8 `(height, width, 3)`, of the same size and axes for the same
        points, for `save_animation`.
    """
    figure = canvas.figure(560, 480)
    upper, lower = figure.subplots(
        2, sharex=False, gridspec_kw={"height_ratios": (3, 1)}
    )
    upper.plot(points, real_density, "--", color="black", label="data")
    upper.plot(points, fake_density, color=canvas.GREEN, label="generated")
    upper.plot(points, probabilities, color=canvas.BLUE, label="D(x)")
    upper.axhline(0.5, color=canvas.BLUE, alpha=0.3, linewidth=1)
    upper.set_xlim(points[0], points[-1])
    upper.set_ylim(0, 1.02)
    # Beside the title: the curves leave no corner free.
    figure.legend(loc="outside upper right", ncols=3)
    upper.set_title(canvas.plain(title), loc="left")
    _draw_arrows(lower, points, latents, fake)
    return canvas.picture(figure)


def _draw_arrows(axes, points, latents, fake):
    # The latents' line is as long as that of the data.
    span = (points[0], points[-1])
    starts = np.interp(latents, (latents[0], latents[-1]), span)
    shown = np.linspace(0, len(latents) - 1, _ARROWS).round().astype(int)
    for start, end in zip(starts[shown], fake[shown], strict=True):
        axes.annotate(
            "",
            (np.clip(end, *span), 1),
            (start, 0),
            arrowprops={"arrowstyle": "->", "color": canvas.GREY},
        )
    axes.hlines((0, 1), *span, color="black", linewidth=1)
    axes.set_xlim(span)
    axes.set_ylim(-0.1, 1.1)
    axes.set_yticks(
        (0, 1), (f"z, {latents[0]:.2g} to {latents[-1]:.2g}", "x = G(z)")
    )
    axes.set_xticks(())
    for side in axes.spines.values():
        side.set_visible(False)


def points_plot(real, fake, limit, title, probabilities=None):
    """Generated points of the plane over those of the data.

    Args:
        real: `(n, 2)`.
        fake: `(m, 2)`.
        limit: float: both axes run from `-limit` to `limit`.
        title: Such as the step.
        probabilities: `(k, k)`, D(x) in `[0, 1]` on an even grid from
            `-limit` to `limit`, rows upwards; drawn as shades where given.

    Returns:
        uint8 `(height, width, 3)`, of the same size and axes for the same
        limit, for `save_animation`.
    """
    figure = canvas.figure(560, 480)
    axes = figure.add_subplot(aspect="equal")
    if probabilities is not None:
        shades = axes.imshow(
            probabilities,
            cmap="gray",
            vmin=0,
            vmax=1,
            alpha=0.4,
            origin="lower",
            extent=(-limit, limit, -limit, limit),
            interpolation="bilinear",
        )
        figure.colorbar(shades, label="D(x)")
    axes.plot(*real.T, ".", color=canvas.BLUE, markersize=2, label="data")
    axes.plot(*fake.T, ".", color=canvas.RED, markersize=2, label="generated")
    axes.set_xlim(-limit, limit)
    axes.set_ylim(-limit, limit)
    figure.legend(loc="outside upper right", ncols=2, markerscale=4)
    axes.set_title(canvas.plain(title), loc="left")
    return canvas.picture(figure)
