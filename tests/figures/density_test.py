import numpy as np

from kerasgan import figures


def test_density_plot_shows_three_curves_and_arrows(drawn):
    points = np.linspace(-2, 2, 5)
    curves = np.random.default_rng(0).uniform(size=(3, 5))
    latents = np.linspace(-1, 1, 101)
    fake = latents**2
    figure = figures.density_plot(points, *curves, latents, fake, "step 10")
    upper, lower = figure.axes
    assert upper.get_title("left") == "step 10"
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["data", "generated", "D(x)"]
    for line, curve in zip(upper.lines, curves, strict=False):
        np.testing.assert_array_equal(line.get_xydata(), np.c_[points, curve])
    # D(x) = 1/2 is marked.
    np.testing.assert_array_equal(upper.lines[3].get_ydata(), [0.5, 0.5])
    # Arrows lead from z, stretched by 2 here, to x = z^2.
    arrows = [(text.xyann[0], text.xy[0]) for text in lower.texts]
    assert len(arrows) == 20
    starts, ends = np.transpose(arrows)
    np.testing.assert_allclose(ends, (starts / 2) ** 2)
    assert starts.min() == -2 and starts.max() == 2


def test_points_plot_shows_points_and_the_discriminator(drawn):
    rng = np.random.default_rng(0)
    real, fake = rng.normal(size=(2, 10, 2))
    probabilities = np.array([[0, 0.5], [0.25, 1]])
    figure = figures.points_plot(real, fake, 3, "step 5", probabilities)
    axes = figure.axes[0]
    for line, points in zip(axes.lines, (real, fake), strict=True):
        np.testing.assert_array_equal(line.get_xydata(), points)
    (shades,) = axes.images
    np.testing.assert_array_equal(shades.get_array(), probabilities)
    # The first row is at the bottom.
    assert shades.origin == "lower"
    assert (*axes.get_xlim(), *axes.get_ylim()) == (-3, 3, -3, 3)


def test_frames_of_an_animation_have_one_size():
    rng = np.random.default_rng(0)
    shapes = {
        figures.points_plot(*rng.normal(size=(2, 9, 2)), 3, title).shape
        for title in ("a", "a much longer title\nof two lines")
    }
    assert len(shapes) == 1
