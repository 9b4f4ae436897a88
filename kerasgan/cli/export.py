"""Exports a trained model for other programs.

As a SavedModel for TensorFlow Serving, to FOLDER/<version>/, or as a LiteRT
(TensorFlow Lite) file for small machines, to FOLDER/NAME.tflite.
"""

import pathlib
import shlex

from kerasgan import files
from kerasgan import zoo
from kerasgan.cli import inputs
from kerasgan.cli import loading
from kerasgan.cli import output


def add_arguments(parser):
    """Adds the arguments of the command to a parser."""
    inputs.add_model(parser)
    parser.add_argument(
        "folder", type=inputs.path, metavar="FOLDER", help="where to"
    )
    parser.add_argument(
        "--version",
        type=inputs.integer(1),
        metavar="V",
        help="of the SavedModel; one above the highest that is there where "
        "left out",
    )
    parser.add_argument(
        "--format",
        choices=("saved_model", "litert"),
        default="saved_model",
        help="saved_model where left out",
    )
    inputs.add_json(parser)


def run(arguments):
    """Runs the command."""
    info = zoo.info(arguments.model)
    zoo.check_generates(info)
    is_litert = arguments.format == "litert"
    if is_litert and arguments.version:
        raise ValueError(
            "Only a SavedModel has versions. Received: --format=litert and "
            f"--version={arguments.version}. Leave one of them out."
        )
    folder = pathlib.Path(arguments.folder)
    files.check_folder("FOLDER", folder)
    if arguments.version and (folder / str(arguments.version)).exists():
        raise ValueError(
            "--version must be new, as a server may have loaded the one that "
            f"is there. Received: --version={arguments.version}, which is in "
            f"'{folder}'. Leave it out for the next one."
        )
    model = loading.load(arguments.model)
    from kerasgan.cli import exporting

    if is_litert:
        path, rows = exporting.litert(model, folder / f"{info['name']}.tflite")
    else:
        path, rows = exporting.saved_model(model, folder, arguments.version)
    if arguments.json:
        signatures = [name for name, *_ in rows]
        output.show_json({"out": str(path), "signatures": signatures})
        return
    print(output.printable(f"Wrote '{path}'.\n"))
    output.show_table(rows, ("signature", "inputs", "outputs"))
    if not is_litert:
        volume = shlex.quote(f"{folder.absolute()}:/models/{info['name']}")
        print(
            output.printable(
                f"\nServe it with\n  docker run -p 8501:8501 -v {volume} "
                f"-e MODEL_NAME={shlex.quote(info['name'])} tensorflow/serving"
            )
        )
