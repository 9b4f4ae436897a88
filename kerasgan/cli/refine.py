"""Doubles a picture with the detail that a LAPGAN generates.

The finest level of the model makes the picture larger, mostly by two. One of
the size of a smaller rung of its pyramid passes all levels from there.
"""

import pathlib

from kerasgan import files
from kerasgan import zoo
from kerasgan.cli import inputs
from kerasgan.cli import loading
from kerasgan.cli import output


def add_arguments(parser):
    """Adds the arguments of the command to a parser."""
    inputs.add_model(parser)
    parser.add_argument(
        "--image",
        type=inputs.path,
        required=True,
        metavar="FILE",
        help="the picture",
    )
    parser.add_argument(
        "--out",
        type=inputs.path,
        metavar="FILE",
        help="where to, a .png; PICTURE_refined.png here where left out",
    )
    inputs.add_seed(parser)
    inputs.add_labels(parser)
    inputs.add_json(parser)


def run(arguments):
    """Runs the command."""
    from kerasgan.cli import reading

    info = zoo.info(arguments.model)
    if info["family"] != "LAPGAN":
        raise ValueError(
            "Only a LAPGAN refines pictures. Received: "
            f"'{info['name']}', a {info['family']}. `kerasgan list` shows the "
            "families."
        )
    image = pathlib.Path(arguments.image)
    out = pathlib.Path(arguments.out or f"{image.stem}_refined.png")
    _check_out(out, image)
    labels = inputs.labels(arguments.labels, 1, info)
    picture = reading.read_picture(image, info["image_shape"][-1])

    model = loading.load(arguments.model)
    from kerasgan.cli import writing

    refined = model.refine(picture[None], labels, arguments.seed, batch_size=1)[
        0
    ]
    writing.write_picture(refined, out)
    height, width, _ = refined.shape
    if arguments.json:
        output.show_json(
            {
                "out": str(out),
                "seed": arguments.seed,
                "height": height,
                "width": width,
            }
        )
        return
    print(
        output.printable(
            f"Wrote '{out}', {width}x{height} (--seed={arguments.seed})."
        )
    )


def _check_out(out, image):
    if out.suffix.lower() != ".png":
        raise ValueError(
            f"--out must end in .png. Received: --out={out}. Change its end."
        )
    if out.exists() and image.exists() and out.samefile(image):
        raise ValueError(
            "--out must be another file than --image. Received: "
            f"--out={out}. Give another name."
        )
    files.check_folder("The folder of --out", out.parent)
