"""Generated images as files, each whole or not at all."""

import io
import pathlib
import tempfile

import numpy as np

from kerasgan import figures
from kerasgan import files
from kerasgan.cli import interpolating

_BATCH_SIZE = 64


def write_images(path, model, num_images, labels, seed, track):
    """Writes images as a picture, as arrays or as a folder of pictures.

    Args:
        path: Ends in `.png`, in `.npz` or, for a folder, in nothing.
        model: A `kerasgan.models.GenerativeModel`.
        num_images: int.
        labels: Sequence of `num_images` integers; drawn where None.
        seed: int.
        track: Shows how far an iterable is, see `rich.progress.track`.
    """
    batches = track(
        model.generate_batches(num_images, labels, seed, _BATCH_SIZE),
        total=-(-num_images // _BATCH_SIZE),
        description="Generating",
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix:
        images, labels = zip(*batches, strict=True)
        images = np.concatenate(images)
        if path.suffix.lower() == ".png":
            figures.save(figures.grid(images), path)
        else:
            _write_arrays(path, images, labels, seed)
    else:
        _write_folder(path, batches)


def _write_arrays(path, images, labels, seed):
    arrays = {"images": images, "seed": seed}
    if labels[0] is not None:
        arrays["labels"] = np.concatenate(labels)
    content = io.BytesIO()
    np.savez(content, **arrays)
    files.replace_bytes(path, content.getbuffer())


def _write_folder(path, batches):
    with tempfile.TemporaryDirectory(
        prefix=".partial.", dir=path.parent
    ) as scratch:
        partial = pathlib.Path(scratch, path.name)
        partial.mkdir()
        count = 0
        for images, _ in batches:
            for image in images:
                write_picture(image, partial / f"{count:04}.png")
                count += 1
        partial.rename(path)


def write_picture(image, path):
    """Writes one image in `[-1, 1]`, a pixel a pixel, as PNG."""
    pixels = figures.to_uint8(image)
    if pixels.shape[-1] == 1:
        pixels = pixels[..., 0]
    figures.save(pixels, path, scale=1)


def write_pyramid(path, lapgan, num_images, labels, seed):
    """Writes an animation of images that grow from coarse to fine."""
    chain = lapgan.generate(num_images, labels, seed, return_pyramid=True)
    pictures = figures.growth(chain)
    figures.save_animation(pictures, path, _scale(pictures), seconds=1.0)


def write_interpolation(path, model, num_images, labels, seed, track):
    """Writes an animation of images that change, see `write_images`."""
    frames = track(
        interpolating.interpolation(model, num_images, labels, seed),
        total=interpolating.NUM_FRAMES,
        description="Generating",
    )
    pictures = [figures.grid(images) for images in frames]
    figures.save_animation(
        pictures, path, _scale(pictures), seconds=0.1, last_seconds=0.1
    )


def _scale(pictures):
    return max(1, 480 // pictures[0].shape[1])
