"""Lets people judge pictures as real or generated, in a browser.

  kerasgan turing --models=A,B --data=cifar10 --contact='Ada, ada@example.org'

draws pictures of the models, and real ones, into the file of --results and
serves the page until Ctrl-C. With a file that is there, and without --models,
it goes on with that study.
"""

import contextlib
import pathlib
import threading

from kerasgan import errors
from kerasgan import files
from kerasgan.cli import inputs
from kerasgan.cli import judging
from kerasgan.cli import loading
from kerasgan.cli import measuring
from kerasgan.cli import output
from kerasgan.turing import consent
from kerasgan.turing import database
from kerasgan.turing import protocol as protocols

_EVERY_SECONDS = 1.0

# What decides on a study; it is fixed in its file.
_DECIDED = (
    "models",
    "data",
    "data_dir",
    "split",
    "mode",
    "trials",
    "num",
    "seed",
    "consent",
    "contact",
    "simulated",
)


def add_arguments(parser):
    """Adds the arguments of the command to a parser."""
    judging.add_commands(
        parser.add_subparsers(metavar="COMMAND", title="with the results")
    )
    parser.add_argument(
        "--results",
        type=inputs.path,
        default="turing.db",
        metavar="FILE",
        help="of the study: pictures and answers; turing.db where left out",
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="H",
        help="address to serve on; this machine only where left out. On "
        "another, the page asks for the key that is in the printed address",
    )
    parser.add_argument(
        "--port",
        type=inputs.integer(0, 65535),
        default=8000,
        metavar="P",
        help="8000 where left out",
    )
    new = parser.add_argument_group("a new study")
    new.add_argument(
        "--models",
        metavar="NAMES",
        help="names, separated by commas, of models that are judged",
    )
    new.add_argument("--data", metavar="NAME", help="data set of real pictures")
    new.add_argument(
        "--data_dir",
        type=inputs.path,
        metavar="DIR",
        help="folder of the prepared tfds data sets; ~/tensorflow_datasets "
        "where left out",
    )
    new.add_argument(
        "--split", metavar="S", help="of the real pictures; test if left out"
    )
    new.add_argument(
        "--mode",
        choices=protocols.MODES,
        help="timed: one picture, from 50 to 2000 ms, then noise (where left "
        "out); untimed: one picture; pair: which of two is real?",
    )
    new.add_argument(
        "--trials",
        type=inputs.integer(1),
        metavar="N",
        help="pictures, or pairs, a participant; 110 where left out",
    )
    new.add_argument(
        "--num",
        type=inputs.integer(1),
        metavar="N",
        help="pictures of each source, of which each participant sees others; "
        "500 where left out",
    )
    new.add_argument(
        "--seed",
        type=inputs.integer(0, errors.MAX_SEED),
        metavar="S",
        help="of all that is drawn; 0 where left out",
    )
    new.add_argument(
        "--consent",
        type=inputs.path,
        metavar="FILE",
        help="text that participants agree to; one that fits where left out",
    )
    new.add_argument(
        "--contact",
        metavar="TEXT",
        help="who answers for the study, and how to reach them",
    )
    new.add_argument(
        "--simulated",
        action="store_true",
        default=None,
        help="a rehearsal: nothing in this file ever counts as people's",
    )


def run(arguments):
    """Runs the command."""
    # Here, as the package that serves is an extra, and others need no NumPy.
    from kerasgan.turing import serving
    from kerasgan.turing import study

    path = pathlib.Path(arguments.results)
    _check(arguments, path)
    # Taken before the pictures are drawn, which takes longer.
    with serving.listen(arguments.host, arguments.port) as taken:
        opened = (
            study.Study(path) if path.exists() else _created(path, arguments)
        )
        port = taken.getsockname()[1]
        print(
            output.printable(
                f"'{path}' is served on "
                f"{serving.address(opened, arguments.host, port)}\n"
                f"Ctrl-C stops; `kerasgan turing --results={path}` goes on, "
                f"`kerasgan turing report {path}` reports."
            ),
            flush=True,
        )
        with _counted(path):
            serving.serve(opened, taken, arguments.host)


def _check(arguments, path):
    given = [n for n in _DECIDED if getattr(arguments, n) is not None]
    if path.exists():
        if given:
            raise ValueError(
                "What a study is does not change once it is there. Received: "
                f"--{' --'.join(given)} with --results={path}, which is there. "
                "Leave them out to go on with it, or name another file."
            )
        return
    needed = ["models", "data"]
    if not arguments.simulated:
        needed.append("contact")
    files.check_folder("--results", path.parent)
    missing = [name for name in needed if name not in given]
    if missing:
        raise ValueError(
            f"A new study needs --{', --'.join(needed)}. Received: "
            f"--results={path}, which is not there, without "
            f"--{', --'.join(missing)}. Give them, or the file of a study."
        )


def _created(path, arguments):
    from kerasgan.turing import study

    options = {"mode": arguments.mode, "trials": arguments.trials}
    protocol = protocols.Protocol(
        **{name: value for name, value in options.items() if value is not None}
    )
    texts = study.Texts(
        _consent(arguments, protocol), arguments.contact or "A rehearsal."
    )
    seed = arguments.seed or 0
    loading.quietly()
    from kerasgan.turing import drawing

    with output.progress() as progress:
        sources, class_names = drawing.draw(
            arguments.models.split(","),
            arguments.data,
            protocol,
            num_pictures=arguments.num or 500,
            split=arguments.split or "test",
            data_dir=arguments.data_dir,
            seed=seed,
            progress=measuring.stages(progress),
        )
    return study.create(
        path,
        protocol,
        sources,
        texts,
        class_names=class_names,
        seed=seed,
        simulated=bool(arguments.simulated),
    )


def _consent(arguments, protocol):
    if arguments.consent is None:
        return consent.text(protocol)
    try:
        return pathlib.Path(arguments.consent).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(
            "--consent must be a file of text in UTF-8. Received: "
            f"'{arguments.consent}' ({error}). Save it as such."
        ) from error


@contextlib.contextmanager
def _counted(path):
    """Shows in a terminal how many take part, and the number of answers."""
    over = threading.Event()

    def count(progress):
        connection = database.connect(path)
        task = progress.add_task("", total=None)
        while not over.wait(_EVERY_SECONDS):
            people, answers = database.counts(connection)
            progress.update(
                task, description=f"participants: {people}, answers: {answers}"
            )
        connection.close()

    with output.progress() as progress:
        if progress.disable:
            yield
            return
        thread = threading.Thread(target=count, args=(progress,))
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
