"""Generates images with a trained model.

What --out ends in says what is written:
  .png     one picture of all images
  .npz     arrays: images in [-1, 1], seed, and labels if the model has classes
  .gif     an animation, see --animate
  nothing  a folder of PNG files, 0000.png and so on; new, or empty
A file that is there is replaced, once the new one is complete.
"""

import math
import pathlib

from kerasgan import files
from kerasgan import zoo
from kerasgan.cli import inputs
from kerasgan.cli import loading
from kerasgan.cli import output

_SUFFIXES = (".png", ".npz", ".gif")


def add_arguments(parser):
    """Adds the arguments of the command to a parser."""
    inputs.add_model(parser)
    parser.add_argument(
        "--num",
        type=inputs.integer(1),
        metavar="N",
        help="how many images; 64, or 16 in an animation",
    )
    inputs.add_seed(parser)
    inputs.add_labels(parser)
    parser.add_argument(
        "--out",
        type=inputs.path,
        metavar="PATH",
        help="where to; NAME.png where left out",
    )
    parser.add_argument(
        "--animate",
        choices=("interpolation", "pyramid"),
        help="what a .gif shows: images that change into others, or, of a "
        "LAPGAN and its default, images that grow from coarse to fine",
    )
    inputs.add_json(parser)


def run(arguments):
    """Runs the command."""
    info = zoo.info(arguments.model)
    zoo.check_generates(info)
    out = pathlib.Path(arguments.out or f"{info['name']}.png")
    suffix = out.suffix.lower()
    num_images = arguments.num or (16 if suffix == ".gif" else 64)
    _check_out(out, info, num_images)
    animate = _checked_animation(arguments.animate, suffix, info)
    labels = inputs.labels(arguments.labels, num_images, info)

    model = loading.load(arguments.model)
    request = (model, num_images, labels, arguments.seed)
    from kerasgan.cli import writing

    with output.progress() as progress:
        if animate == "pyramid":
            writing.write_pyramid(out, *request)
        elif animate == "interpolation":
            writing.write_interpolation(out, *request, progress.track)
        else:
            writing.write_images(out, *request, progress.track)
    if arguments.json:
        output.show_json(
            {"out": str(out), "seed": arguments.seed, "num": num_images}
        )
    else:
        print(
            output.printable(
                f"Wrote {num_images} images of '{info['name']}' to '{out}' "
                f"(--seed={arguments.seed})."
            )
        )


def _check_out(out, info, num_images):
    suffix = out.suffix.lower()
    if suffix and suffix not in _SUFFIXES:
        raise ValueError(
            f"--out must end in one of {_SUFFIXES}, or in none for a folder. "
            f"Received: --out={out}. Change its end."
        )
    if suffix != ".npz" and info["image_shape"][-1] not in (1, 3):
        raise ValueError(
            "A picture has 1 channel or 3. Received: "
            f"'{info['name']}', whose images have {info['image_shape'][-1]}. "
            "Write arrays: --out=NAME.npz."
        )
    if suffix and out.is_dir():
        raise ValueError(
            f"--out must be a file. Received: --out={out}, which is a folder. "
            "Give another name."
        )
    if not out.name:
        raise ValueError(
            "--out must have a name. Received: "
            f"--out={out}. Give a file, or a folder that is new or empty."
        )
    if not suffix and out.exists() and (out.is_file() or any(out.iterdir())):
        raise ValueError(
            "A folder of images must be new, or empty. Received: "
            f"--out={out}, which holds something. Give another name."
        )
    files.check_folder("The folder of --out", out.parent)
    num_bytes = num_images * math.prod(info["image_shape"])
    files.check_space(out.parent, num_bytes * (4 if suffix == ".npz" else 1))


def _checked_animation(animate, suffix, info):
    if suffix != ".gif":
        if animate:
            raise ValueError(
                "--animate needs an --out that ends in .gif. Received: "
                f"--animate={animate}, and an --out that ends in '{suffix}'. "
                "Change one of them."
            )
        return None
    grows = info["family"] == "LAPGAN"
    if animate == "pyramid" and not grows:
        raise ValueError(
            "--animate=pyramid needs a LAPGAN. Received: "
            f"'{info['name']}', a {info['family']}. Give "
            "--animate=interpolation."
        )
    return animate or ("pyramid" if grows else "interpolation")
