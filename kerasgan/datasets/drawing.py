"""Draws the pictures of the built-in data set `shapes`.

Every picture is a pure function of `(seed, split, index)`. Its content is laid
out in units of the picture, so that one index shows the same scene at every
size. What has edges is drawn four times too large and averaged down; what is
smooth (colour, light) is computed at the final size.
"""

import numpy as np
from PIL import Image
from PIL import ImageDraw
from PIL import ImageFilter

KINDS = (
    "circle",
    "square",
    "triangle",
    "star",
    "ring",
    "cross",
    "heart",
    "moon",
    "arrow",
    "flower",
)
# Hue, saturation and value. White is the one without a hue.
_HSV = {
    "red": (0.0, 0.85, 0.9),
    "orange": (0.075, 0.9, 1.0),
    "yellow": (0.15, 0.85, 1.0),
    "green": (0.36, 0.75, 0.75),
    "blue": (0.6, 0.8, 0.9),
    "purple": (0.76, 0.65, 0.8),
    "pink": (0.92, 0.45, 1.0),
    "white": (0.0, 0.0, 0.97),
}
COLORS = tuple(_HSV)
TEXTURES = (
    "plain",
    "striped",
    "checkered",
    "dotted",
    "rippled",
    "cloudy",
)
FINISHES = ("flat", "shaded", "glossy")
# Smallest and largest radius, in half widths of the picture.
_RADII = {"small": (0.4, 0.48), "medium": (0.56, 0.66), "large": (0.74, 0.86)}
SIZES = tuple(_RADII)
# A circle or a ring looks the same however it is turned.
_ROUND = ("circle", "ring")
_SUPERSAMPLING = 4


def attributes(seed, split, index):
    """Draws by lot what one picture shows.

    Args:
        seed: Integer, at least 0.
        split: `"train"` or `"test"`; the two share no picture.
        index: Integer, at least 0, the number of the picture. The kinds take
            turns, so that ten pictures in a row show ten kinds.

    Returns:
        A dict of the names `kind`, `color`, `background_color`, `texture`,
        `finish`, `size`, and the numbers `radius`, `x`, `y` (in half widths
        of the picture, from its centre, right and up) and `rotation` (in
        degrees, counter-clockwise; 0 for round kinds).
    """
    random = _generator(seed, split, index, part=0)
    kind = KINDS[index % len(KINDS)]
    color, background_color = _pick_two(COLORS, random)
    size = _pick(SIZES, random)
    radius = _between(*_RADII[size], random)
    room = max(0.0, 0.96 - radius)
    x, y = _between(-room, room, random), _between(-room, room, random)
    rotation = _pick((0, -1, 1), random) * _between(14.0, 28.0, random)
    return {
        "kind": kind,
        "color": color,
        "background_color": background_color,
        "texture": _pick(TEXTURES, random),
        "finish": _pick(FINISHES, random),
        "size": size,
        "radius": radius,
        "x": x,
        "y": y,
        "rotation": 0.0 if kind in _ROUND else rotation,
    }


def caption(scene):
    """Returns one English phrase that describes what `attributes` returned."""
    tilt = ""
    if scene["rotation"]:
        side = "left" if scene["rotation"] > 0 else "right"
        tilt = f", tilted to the {side},"
    return (
        f"a {scene['size']} {scene['finish']} {scene['color']} {scene['kind']}"
        f"{tilt} on a {scene['texture']} {scene['background_color']} background"
    )


def draw(seed, split, index, image_size):
    """Draws one picture.

    Args:
        seed: See `attributes`.
        split: See `attributes`.
        index: See `attributes`.
        image_size: Height and width of the picture, in pixels.

    Returns:
        An array `(image_size, image_size, 3)` of uint8.
    """
    scene = attributes(seed, split, index)
    random = _generator(seed, split, index, part=1)
    x, y = _coordinates(image_size)
    angle = _between(0.0, 2 * np.pi, random)

    # 1. The background, darker than the object so that this one stands out.
    strength = _between(0.3, 0.6, random)
    pattern = _pattern(scene["texture"], x, y, image_size, random)
    light = 1.0 + 0.15 * (np.cos(angle) * x + np.sin(angle) * y)
    shade = 0.76 * (1.0 - strength * pattern) * light
    picture = _color(scene["background_color"], random) * shade[..., None]

    # 2. Its shadow on the background.
    mask = _mask(scene, image_size)
    blurred = _blur(mask, image_size / 24)
    offset = max(1, round(image_size / 24))
    shadow = np.pad(blurred, ((offset, 0), (offset, 0)))[:-offset, :-offset]
    picture = picture * (1.0 - 0.55 * shadow[..., None])

    # 3. The object, lit from the upper left.
    surface = _color(scene["color"], random) * np.ones_like(picture)
    slope_y, slope_x = np.gradient(blurred)
    bevel = (slope_x + slope_y) * image_size / 16
    if scene["finish"] != "flat":
        along = (scene["x"] - x + y - scene["y"]) / scene["radius"]
        surface *= (0.82 + 0.22 * along)[..., None]
    if scene["finish"] == "glossy":
        surface *= (1.0 + 0.35 * bevel)[..., None]
        gleam = np.exp(-3.0 * ((along - 0.75) / 0.35) ** 2)
        surface += (0.75 * gleam)[..., None] * (1.0 - np.minimum(surface, 1.0))
    picture += mask[..., None] * (np.clip(surface, 0.0, 1.0) - picture)
    return np.round(np.clip(picture, 0.0, 1.0) * 255.0).astype("uint8")


def _generator(seed, split, index, part):
    # `random()` is the only method used: its stream is that of the bits.
    return np.random.default_rng(
        [seed, ("train", "test").index(split), index, part]
    )


def _between(low, high, random):
    return low + (high - low) * random.random()


def _pick(choices, random):
    return choices[int(random.random() * len(choices))]


def _pick_two(choices, random):
    first = _pick(choices, random)
    return first, _pick([c for c in choices if c != first], random)


def _color(name, random):
    hue, saturation, value = _HSV[name]
    hue = hue + _between(-0.02, 0.02, random)
    saturation = saturation * _between(0.85, 1.0, random)
    value = value * _between(0.9, 1.0, random)
    # https://en.wikipedia.org/wiki/HSL_and_HSV#HSV_to_RGB_alternative
    sector = (np.array([5.0, 3.0, 1.0]) + 6.0 * hue) % 6.0
    ramp = np.clip(np.minimum(sector, 4.0 - sector), 0.0, 1.0)
    return value * (1.0 - saturation * ramp)


def _coordinates(image_size):
    centres = (np.arange(image_size) + 0.5) * 2 / image_size - 1.0
    return np.meshgrid(centres, -centres)


def _pattern(texture, x, y, image_size, random):
    """Returns the texture in `[0, 1]`, with edges one pixel wide."""
    angle = _between(0.0, np.pi, random)
    period = _between(0.4, 0.7, random)
    centre_x, centre_y = _between(-1, 1, random), _between(-1, 1, random)
    noise = random.random((5, 5))
    if texture == "plain":
        return np.zeros_like(x)
    if texture == "cloudy":
        image = Image.fromarray(noise.astype("float32"))
        image = image.resize((image_size, image_size), Image.Resampling.BICUBIC)
        return np.clip(1.5 * np.asarray(image) - 0.25, 0.0, 1.0)

    x, y = x - centre_x, y - centre_y
    if texture == "rippled":
        return _square_wave(np.hypot(x, y), period, image_size) + 0.5
    along = np.cos(angle) * x + np.sin(angle) * y
    if texture == "striped":
        return _square_wave(along, period, image_size) + 0.5
    across = np.cos(angle) * y - np.sin(angle) * x
    if texture == "checkered":
        period *= 1.5
        wave = _square_wave(along, period, image_size)
        return 2.0 * wave * _square_wave(across, period, image_size) + 0.5
    # Dots: the distance to the nearest point of a square grid.
    to_grid = np.hypot(
        along - period * np.round(along / period),
        across - period * np.round(across / period),
    )
    return np.clip((0.3 * period - to_grid) * image_size / 2 + 0.5, 0.0, 1.0)


def _square_wave(distance, period, image_size):
    wave = np.sin(2 * np.pi * distance / period)
    pixels_in_period = period * image_size / 2
    return np.clip(wave * pixels_in_period / (2 * np.pi), -0.5, 0.5)


def _mask(scene, image_size):
    """Returns how much of each pixel the object covers, in `[0, 1]`."""
    size = image_size * _SUPERSAMPLING
    canvas = Image.new("L", (size, size))
    pen = ImageDraw.Draw(canvas)
    turn = np.exp(1j * np.deg2rad(scene["rotation"]))
    for fill, outline in _outlines(scene["kind"]):
        points = scene["radius"] * turn * outline + (
            scene["x"] + 1j * scene["y"]
        )
        pixels = np.stack([1 + points.real, 1 - points.imag], 1) * size / 2
        pen.polygon([tuple(p) for p in pixels.tolist()], fill=fill)
    return np.asarray(canvas.reduce(_SUPERSAMPLING), "float64") / 255.0


def _blur(mask, radius):
    image = Image.fromarray(np.round(mask * 255.0).astype("uint8"))
    image = image.filter(ImageFilter.GaussianBlur(radius))
    return np.asarray(image, "float64") / 255.0


def _outlines(kind):
    """Returns `(fill, outline)` pairs to paint one over the other.

    An outline is an array of complex numbers within the unit circle, the real
    axis pointing right and the imaginary axis up.
    """
    turns = np.linspace(0.0, 2 * np.pi, 72, endpoint=False)
    circle = np.exp(1j * turns)
    upright = 1j * np.exp(2j * np.pi * np.arange(10) / 10)
    if kind == "square":
        return [(255, np.array([1 + 1j, -1 + 1j, -1 - 1j, 1 - 1j]) * 0.72)]
    if kind == "triangle":
        corners = 1j * np.exp(2j * np.pi * np.arange(3) / 3)
        return [(255, corners * 1.05 - 0.15j)]
    if kind == "star":
        return [(255, upright * np.tile([1.0, 0.42], 5))]
    if kind == "ring":
        return [(255, circle * 0.92), (0, circle * 0.5)]
    if kind == "cross":
        arm = np.array([0.3 + 0.95j, -0.3 + 0.95j, -0.3 + 0.3j])
        return [(255, (arm * 1j ** np.arange(4)[:, None]).ravel())]
    if kind == "heart":
        # https://mathworld.wolfram.com/HeartCurve.html
        height = 13 * np.cos(turns) - 5 * np.cos(2 * turns)
        height = height - 2 * np.cos(3 * turns) - np.cos(4 * turns)
        width = 16 * np.sin(turns) ** 3
        return [(255, (width + 1j * height + 2.5j) / 17)]
    if kind == "moon":
        return [(255, circle * 0.95), (0, circle * 0.8 + 0.45 + 0.15j)]
    if kind == "arrow":
        right = np.array([1j, 0.75 + 0.1j, 0.28 + 0.1j, 0.28 - 0.9j])
        return [(255, np.concatenate([right, -right[:0:-1].conj()]))]
    if kind == "flower":
        return [(255, 1j * circle * (0.74 + 0.24 * np.cos(5 * turns)))]
    return [(255, circle * 0.88)]
