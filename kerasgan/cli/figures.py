"""Draws the figures of a trained model.

What is drawn, into the folder of --out:
  samples        samples.png; by class, of a class-conditional model
  pyramid        pyramid.png, growth.gif: of a LAPGAN, from coarse to fine
  interpolation  interpolation.png and .gif: images that change into others
  training       training.png: losses and metrics; training.gif: samples of
                 fixed latents; of a run folder, a level each
  neighbours     neighbours.png: the nearest training images beside samples,
                 and their distances; where the training images are found
A file that is there is replaced, once the new one is complete.
"""

import argparse
import pathlib

from kerasgan import files
from kerasgan import zoo
from kerasgan.cli import inputs
from kerasgan.cli import loading
from kerasgan.cli import output

FIGURES = ("samples", "pyramid", "interpolation", "training", "neighbours")
# In bytes: far more than the pictures take.
_SPACE = 2**25


def add_arguments(parser):
    """Adds the arguments of the command to a parser."""
    inputs.add_model(parser)
    parser.add_argument(
        "--out",
        type=inputs.path,
        metavar="FOLDER",
        help="where to; NAME_figures where left out",
    )
    parser.add_argument(
        "--only",
        type=_names,
        metavar="F",
        help="figures of the list above, separated by commas; all that the "
        "model can have where left out",
    )
    parser.add_argument(
        "--data_dir",
        type=inputs.path,
        metavar="DIR",
        help="folder of the prepared tfds data set of the training images, "
        "for neighbours; looked for in ~/tensorflow_datasets where left out",
    )
    inputs.add_seed(parser)
    inputs.add_json(parser)


def run(arguments):
    """Runs the command."""
    info = zoo.info(arguments.model)
    zoo.check_generates(info)
    _check_channels(info)
    logs = _logs(pathlib.Path(info["folder"]))
    chosen = _chosen(arguments, info, logs)
    out = pathlib.Path(arguments.out or f"{info['name']}_figures")
    files.check_folder("--out", out)
    files.check_space(out, _SPACE)

    model = loading.load(arguments.model)
    from kerasgan.cli import drawing

    must_be_found = bool(
        arguments.data_dir or "neighbours" in (arguments.only or ())
    )
    data = None
    # Also for the names of the classes.
    if must_be_found or "neighbours" in chosen or info["num_classes"]:
        data = drawing.find_data(info, arguments.data_dir, must_be_found)
    if data is None:
        chosen.discard("neighbours")
    drawer = drawing.Drawer(out, model, arguments.seed)
    with output.progress() as progress:
        if "samples" in chosen:
            drawer.draw_samples(data, progress.track)
        if "pyramid" in chosen:
            drawer.draw_pyramid()
        if "interpolation" in chosen:
            drawer.draw_interpolation(progress.track)
        if "training" in chosen:
            drawer.draw_training(logs)
        if "neighbours" in chosen:
            drawer.draw_neighbours(data, progress.track)
    _report(arguments, info, out, drawer.written, data)


def _report(arguments, info, out, written, data):
    if arguments.json:
        shown = [str(path) for path in written]
        output.show_json({"files": shown, "seed": arguments.seed})
        return
    print(
        output.printable(
            f"Drew '{info['name']}' (--seed={arguments.seed}): "
            f"{', '.join(path.name for path in written)} in '{out}'."
        )
    )
    if data is None and arguments.only is None:
        print(
            "Not drawn: neighbours, as the training images were not found. "
            "Give --data_dir."
        )


def _names(text):
    names = text.split(",")
    for name in names:
        if name not in FIGURES:
            raise argparse.ArgumentTypeError(
                f"must be of {', '.join(FIGURES)}, not '{name}'"
            )
    return names


def _check_channels(info):
    if info["image_shape"][-1] not in (1, 3):
        raise ValueError(
            "A picture has 1 channel or 3. Received: "
            f"'{info['name']}', whose images have {info['image_shape'][-1]}. "
            "Generate arrays: kerasgan generate --out=NAME.npz."
        )


def _logs(folder):
    """Maps a run's parts (its levels, or "" for all of it) to their logs."""
    if folder.name != "model":
        return {}
    paths = [folder.parent, *sorted(folder.parent.glob("level_*"))]
    return {
        "" if path == folder.parent else path.name: path / "log.csv"
        for path in paths
        if (path / "log.csv").is_file()
    }


def _chosen(arguments, info, logs):
    """The set of the figures to draw."""
    missing = {}
    if info["family"] != "LAPGAN":
        missing["pyramid"] = f"'{info['name']}', a {info['family']}"
    if not logs:
        missing["training"] = f"'{arguments.model}', no run folder with a log"
    for name in arguments.only or ():
        if name in missing:
            needed = {"pyramid": "a LAPGAN", "training": "a run folder"}[name]
            raise ValueError(
                f"--only={name} needs {needed}. Received: {missing[name]}. "
                f"Leave {name} out."
            )
    return set(arguments.only or FIGURES) - set(missing)
