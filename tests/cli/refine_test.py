import json

import numpy as np
import pytest
from PIL import Image

from kerasgan import figures
from kerasgan import zoo
from kerasgan.cli import reading


def noise(shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape).astype("uint8")


@pytest.mark.parametrize("height, width", [(10, 12), (8, 8), (7, 5)])
def test_a_picture_is_doubled(run, tmp_path, height, width):
    picture = noise((height, width, 3))
    Image.fromarray(picture).save("photo.bmp")
    code, out, err = run(
        "refine", "cclapgan", "--image=photo.bmp", "--seed=3", "--labels=1"
    )
    assert (code, err) == (0, "")
    assert out == (
        f"Wrote 'photo_refined.png', {2 * width}x{2 * height} (--seed=3).\n"
    )
    images = picture[np.newaxis].astype("float32") / 127.5 - 1
    expected = zoo.load("cclapgan").refine(images, [1], seed=3)
    with Image.open("photo_refined.png") as image:
        np.testing.assert_array_equal(
            np.asarray(image), figures.to_uint8(expected[0])
        )


def test_json_says_what_was_written(run):
    Image.fromarray(noise((8, 10, 3))).save("photo.png")
    arguments = ("--image=photo.png", "--seed=3", "--out=big.png", "--json")
    code, out, _ = run("refine", "cclapgan", *arguments)
    assert code == 0
    assert json.loads(out) == {
        "height": 16,
        "out": "big.png",
        "seed": 3,
        "width": 20,
    }


def test_no_program_is_started_for_a_picture(tmp_path):
    # Pillow would hand it to Ghostscript.
    path = tmp_path / "photo.png"
    path.write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n")
    with pytest.raises(ValueError, match="--image must be a picture"):
        reading.read_picture(path, 3)


def test_reading_upright(tmp_path):
    picture = noise((4, 6, 3))
    exif = Image.Exif()
    exif[0x0112] = 6  # To be turned clockwise by a quarter.
    Image.fromarray(picture).save(tmp_path / "a.png", exif=exif)
    image = reading.read_picture(tmp_path / "a.png", 3)
    np.testing.assert_array_equal(
        figures.to_uint8(image), np.rot90(picture, k=-1)
    )


def test_reading_what_is_transparent_as_white(tmp_path):
    picture = noise((2, 3, 4))
    picture[..., 3] = [[0, 255, 0], [255, 0, 255]]
    Image.fromarray(picture).save(tmp_path / "a.png")
    image = figures.to_uint8(reading.read_picture(tmp_path / "a.png", 3))
    opaque = picture[..., 3] == 255
    np.testing.assert_array_equal(image[opaque], picture[opaque][:, :3])
    assert (image[~opaque] == 255).all()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"])
@pytest.mark.parametrize("channels", [1, 3])
def test_reading_any_mode(tmp_path, mode, channels):
    # Grey, which all modes hold; black and white for the first.
    picture = np.where(noise((5, 7)) > 127, 255, 0).astype("uint8")
    image = Image.fromarray(picture).convert("RGB").convert(mode)
    path = tmp_path / ("a.jpg" if mode == "CMYK" else "a.png")
    image.save(path, quality=100)
    pixels = figures.to_uint8(reading.read_picture(path, channels)).astype(int)
    assert pixels.shape == (5, 7, channels)
    # JPEG is exact to some grey levels.
    np.testing.assert_allclose(pixels - picture[..., None], 0, atol=8)


def test_reading_16_bits(tmp_path):
    values = np.array([[0, 255, 256, 32768, 65535]], "uint16")
    Image.fromarray(values).save(tmp_path / "a.png")
    image = reading.read_picture(tmp_path / "a.png", 1)
    np.testing.assert_array_equal(
        figures.to_uint8(image)[0, :, 0], [0, 0, 1, 128, 255]
    )


@pytest.mark.parametrize(
    "name, arguments, message",
    [
        ("dcgan", ("--image=a.png",), "Only a LAPGAN refines pictures."),
        ("cclapgan", ("--image=b.png",), "No such file"),
        ("cclapgan", ("--image=text.png",), "--image must be a picture."),
        ("cclapgan", ("--image=cut.png",), "--image must be a picture."),
        ("cclapgan", ("--image=large.png",), "may have 1,048,576 pixels"),
        ("cclapgan", ("--image=long.png",), "no side above 2048 pixels"),
        ("cclapgan", ("--image=a.png", "--out=a.png"), "must be another file"),
        ("cclapgan", ("--image=a.png", "--out=a.jpg"), "must end in .png"),
        ("cclapgan", ("--image=a.png", "--labels=3"), "classes 0 to 2"),
        ("cclapgan", ("--image=a.png", "--labels=0,1"), "images: 1."),
        ("cclapgan", ("--image=a.png", "--out=a.png/b.png"), "of --out must"),
    ],
)
def test_mistakes_are_found_before_the_model_is_loaded(
    run, tmp_path, monkeypatch, name, arguments, message
):
    Image.fromarray(noise((40, 40, 3))).save("a.png")
    content = (tmp_path / "a.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(content[:200])
    (tmp_path / "text.png").write_text("no picture")
    Image.new("L", (2**10, 2**10 + 1)).save("large.png")
    Image.new("L", (1, 2**11 + 1)).save("long.png")
    monkeypatch.delattr("kerasgan.zoo.saving.load")
    code, out, err = run("refine", name, *arguments)
    assert (code, out) == (1, "")
    assert err.startswith("kerasgan: error: ")
    assert message in err
    assert (tmp_path / "a.png").read_bytes() == content
