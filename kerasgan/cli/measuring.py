"""What `evaluate` and `compare` share: the protocol's arguments, the stages."""

import pathlib
import re

from kerasgan import errors
from kerasgan import files
from kerasgan.cli import inputs

# In bytes: more than pictures and texts take.
_SPACE = 2**24


def add_arguments(parser):
    """Adds the arguments of the protocol to a parser."""
    parser.add_argument(
        "--data",
        metavar="NAME",
        help="data set of the real images; the model's own where left out",
    )
    parser.add_argument(
        "--data_dir",
        type=inputs.path,
        metavar="DIR",
        help="folder of the prepared tfds data sets; ~/tensorflow_datasets "
        "where left out",
    )
    parser.add_argument(
        "--split",
        default="test",
        metavar="SPLIT",
        help="of the reference images; test where left out",
    )
    parser.add_argument(
        "--num",
        type=inputs.integer(100),
        default=10_000,
        metavar="N",
        help="how many generated and how many reference images; 10000 where "
        "left out",
    )
    parser.add_argument(
        "--extractor",
        metavar="E",
        help="a classifier of the zoo (that of the data where left out), "
        "efficientnet_lite0, or inception:PATH of the graph of 2015 for FID",
    )
    parser.add_argument(
        "--seed",
        type=inputs.integer(0, errors.MAX_SEED),
        default=0,
        metavar="S",
        help="of generation and of what metrics draw; 0 where left out",
    )
    parser.add_argument(
        "--out",
        type=inputs.path,
        metavar="FOLDER",
        help="where the report goes; NAME_evaluation or NAME_NAME_comparison "
        "where left out",
    )


def protocol(arguments):
    """The protocol's arguments, as `kerasgan.evaluation` takes them."""
    return {
        "data": arguments.data,
        "split": arguments.split,
        "num_images": arguments.num,
        "extractor": arguments.extractor,
        "seed": arguments.seed,
        "data_dir": arguments.data_dir,
    }


def checked_out(arguments, name, kind):
    """The folder of `--out`, after a look whether it can be written to."""
    plain = re.sub("[^A-Za-z0-9_.-]+", "_", name).strip("_.")
    out = pathlib.Path(arguments.out or f"{plain}_{kind}")
    files.check_folder("--out", out)
    files.check_report_folder("--out", out, [f"{kind}.json"])
    files.check_space(out, _SPACE)
    return out


def stages(progress):
    """A function that shows the stages of an evaluation.

    Args:
        progress: A `rich.progress.Progress`.
    """
    task = progress.add_task("Starting", total=None)

    def show(done, total, name):
        progress.update(task, description=name, completed=done, total=total)

    return show


def interval(row):
    """The interval of a number as text."""
    return f"{row.low:.4g} to {row.high:.4g}"
