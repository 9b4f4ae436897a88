r"""Kills a run again and again, and compares its end with that of a whole one.

    python -m benchmarks.kill_and_resume --kills=50

A small GAN with dropout, batch norm, an average and two optimizers trains with
a checkpoint after each step. One run is left alone. Others are killed with
SIGKILL, every other time while a checkpoint is being written, else at a random
moment from the start of Python on, and started again. At the end, all must
have the same bits in every variable, the same log, pictures and models; the
exit code is 1 otherwise.

Run it in the top folder of the checkout. 50 kills took 8 minutes on two CPU
cores. tests/kill_test.py does the same with four.
"""

import contextlib
import itertools
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import numpy as np
import PIL.Image
import rich.console
import rich.progress
import rich.table
from absl import app
from absl import flags
from absl import logging

_ROOT = pathlib.Path(__file__).resolve().parents[1]
_OUTPUT = "output.txt"
_VARIABLES = "variables.npz"
# What no two runs have in common, and what is in them anyway.
_OWN = ("checkpoints", "tensorboard", "config.json", _OUTPUT, _VARIABLES)
_NUM_IMAGES, _BATCH_SIZE = 40, 4
STEPS_PER_EPOCH = _NUM_IMAGES // _BATCH_SIZE


def make_pictures(folder):
    """Writes the training images: noise, 8x8 pixels."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    for i in range(_NUM_IMAGES):
        pixels = rng.integers(256, size=(8, 8, 3), dtype="uint8")
        PIL.Image.fromarray(pixels).save(folder / f"{i:02}.png")


def train(folder, epochs):
    """What is killed: trains, on from where it was, and writes all variables.

    Args:
        folder: Of the run; the pictures are beside it.
        epochs: int.
    """
    import keras  # Here and below: the one who kills needs no TensorFlow.

    from kerasgan import training

    run = training.Run(
        {
            "batch_size": _BATCH_SIZE,
            "checkpoint_minutes": 0.0,
            "every": 1,
            "logical_devices": 1,
            "on_collapse": "warn",
            "precision": "float32",
            "seed": 1,
            "strategy": "none",
            "worker_timeout": 60.0,
            "workdir": str(folder),
        },
        "kill_and_resume",
    )
    model = _build()
    pictures = training.Data(f"folder:{folder.parent / 'pictures'}")
    run.train(model, pictures, epochs)
    variables = {
        "network": model.variables,
        "metric": model.metrics_variables,
        "generator_optimizer": model.generator_optimizer.variables,
        "discriminator_optimizer": model.discriminator_optimizer.variables,
    }
    arrays = {
        f"{part} {i} {variable.path}": keras.ops.convert_to_numpy(variable)
        for part, of_part in variables.items()
        for i, variable in enumerate(of_part)
    }
    partial = folder / f".partial.{_VARIABLES}"
    np.savez(partial, **arrays)
    os.replace(partial, folder / _VARIABLES)


def _build():
    import keras

    from kerasgan import layers
    from kerasgan import models
    from kerasgan import optimizers

    generator = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(16),
            keras.layers.BatchNormalization(),
            keras.layers.ReLU(),
            layers.Dropout(0.3),
            keras.layers.Dense(8 * 8 * 3),
            keras.layers.Reshape((8, 8, 3)),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            keras.layers.Flatten(),
            keras.layers.Dense(16),
            keras.layers.BatchNormalization(),
            keras.layers.LeakyReLU(),
            layers.Dropout(0.3),
            keras.layers.Dense(1),
        ]
    )
    model = models.GAN(
        (generator, discriminator),
        pixel_space="standardised",
        ema=0.9,
        seed=1,
    )
    model.compile(
        keras.optimizers.Adam(1e-3),
        optimizers.MomentumRampSGD(0.01, 0.1, 0.9, ramp_steps=40),
        update="alternating",
    )
    return model


def start(folder, epochs):
    """Starts or continues a run in a process of its own.

    Returns:
        A `subprocess.Popen`.
    """
    folder.mkdir(exist_ok=True)
    with open(folder / _OUTPUT, "a") as output:
        return subprocess.Popen(
            [
                sys.executable,
                "-m",
                "benchmarks.kill_and_resume",
                f"--run_folder={folder}",
                f"--epochs={epochs}",
            ],
            cwd=_ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def finish(process, folder):
    """Waits for the end of a run.

    Raises:
        RuntimeError: If it fails; with the end of what it has printed.
    """
    if process.wait():
        raise RuntimeError(
            f"A run must not fail. Received: exit code {process.returncode}:\n"
            + (folder / _OUTPUT).read_text()[-3000:]
        )


def kill(process, folder, steps=0, seconds=0.0, in_writing=False):
    """Kills a run that has just been started.

    Args:
        process: See `start`.
        folder: Of the run.
        steps: int, so many checkpoints from now on are waited for.
        seconds: float, and then so long.
        in_writing: bool, and then for the first sign of a checkpoint that is
            being written.

    Returns:
        bool, whether a checkpoint was being written, going by what is left of
        it on disk; None where the run has ended before it could be killed.
    """
    left_before = unfinished(folder)
    goal = newest_step(folder) + steps
    while steps and newest_step(folder) < goal and process.poll() is None:
        time.sleep(0.001)
    time.sleep(seconds)
    # Writing takes some milliseconds. One who is asleep in between gets the
    # processor at once where others compete for it.
    while in_writing and not unfinished(folder) and process.poll() is None:
        time.sleep(0.0002)
    process.kill()
    if process.wait() != -signal.SIGKILL:
        return None
    return not unfinished(folder) <= left_before


def killed_run(folder, epochs, moments):
    """Kills a run at each of some moments; at last, it is left to end.

    Args:
        folder: Of the run.
        epochs: int.
        moments: Iterable of dicts, arguments of `kill`; not all are used if
            the run ends before.

    Yields:
        After each kill, a pair: whether a checkpoint was being written, and
        the step of the newest.

    Raises:
        RuntimeError: If the run fails.
    """
    process = start(folder, epochs)
    for moment in moments:
        hit = kill(process, folder, **moment)
        if hit is None:
            break
        yield hit, newest_step(folder)
        process = start(folder, epochs)
    finish(process, folder)


def newest_step(folder):
    """Step of the newest checkpoint, 0 where there is none."""
    return max((int(name[5:]) for name in _finished(_names(folder))), default=0)


def unfinished(folder):
    """What belongs to a checkpoint that is not whole.

    Returns:
        A set of pairs, name and time of the last change.
    """
    names = _names(folder)
    finished = _finished(names)
    found = set()
    for name in names:
        if name.partition(".")[0] not in finished:
            # It may just have been renamed.
            with contextlib.suppress(FileNotFoundError):
                status = os.stat(folder / "checkpoints" / name)
                found.add((name, status.st_mtime_ns))
    return found


def _names(folder):
    try:
        names = os.listdir(folder / "checkpoints")
    except FileNotFoundError:
        return []
    return [name for name in names if name.startswith("ckpt-")]


def _finished(names):
    return {
        name.removesuffix(".index") for name in names if name.endswith(".index")
    }


def fallbacks(folder):
    """How often a run has found its newest checkpoint damaged."""
    return (folder / _OUTPUT).read_text().count("cannot be read")


def differences(one, two):
    """Compares two runs that have ended, bit for bit.

    Returns:
        Names of variables and of files that differ, or that only one has.
    """
    found = []
    with np.load(one / _VARIABLES) as ones, np.load(two / _VARIABLES) as twos:
        found += sorted({*ones} ^ {*twos})
        found += [
            name
            for name in sorted({*ones} & {*twos})
            if ones[name].tobytes() != twos[name].tobytes()
        ]
    ones, twos = _files(one), _files(two)
    return found + sorted(
        str(path)
        for path in {*ones} | {*twos}
        if ones.get(path) != twos.get(path)
    )


def _files(folder):
    """Contents of the files, but for half-written ones, which are hidden."""
    paths = [path.relative_to(folder) for path in folder.rglob("*")]
    files = {
        path: (folder / path).read_bytes()
        for path in paths
        if path.parts[0] not in _OWN
        and not path.name.startswith(".")
        and (folder / path).is_file()
    }
    # Only their names: the same two are kept.
    return {**files, **dict.fromkeys(_names(folder))}


def experiment(folder, kills, epochs, seed, console):
    """Does all of it, and prints how it goes.

    Args:
        folder: Where to; a new one.
        kills: int.
        epochs: int, of each run.
        seed: int, of the moments.
        console: A `rich.console.Console`.

    Returns:
        bool, whether all runs have ended as the whole one.
    """
    make_pictures(folder / "pictures")
    whole = folder / "whole"
    began = time.perf_counter()
    finish(start(whole, epochs), whole)
    seconds = time.perf_counter() - began
    console.print(
        f"Left alone: {epochs * STEPS_PER_EPOCH} steps, {seconds:.0f} s.",
        highlight=False,
    )
    moments = _moments(seconds, seed)
    rows = []
    with _progress(console) as progress:
        task = progress.add_task("kills", total=kills)
        while not progress.finished:
            run = folder / f"killed_{len(rows) + 1}"
            hits = []
            of_run = itertools.islice(moments, kills - sum(n for n, *_ in rows))
            for hit, step in killed_run(run, epochs, of_run):
                hits.append(hit)
                progress.advance(task)
                _say(console, progress, f"run {len(rows) + 1}", step, hit)
            rows.append(
                (
                    len(hits),
                    sum(hits),
                    fallbacks(run),
                    differences(whole, run),
                )
            )
    _print_table(rows, console)
    return not any(differing for *_, differing in rows)


def _moments(seconds, seed):
    rng = random.Random(seed)
    while True:
        yield {"steps": rng.randint(1, 8), "in_writing": True}
        yield {"seconds": rng.uniform(0, seconds)}


def _progress(console):
    return rich.progress.Progress(
        rich.progress.TextColumn("{task.description}"),
        rich.progress.BarColumn(),
        rich.progress.MofNCompleteColumn(),
        rich.progress.TimeElapsedColumn(),
        rich.progress.TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )


def _say(console, progress, run, step, hit):
    # In a terminal, there is the bar.
    if console.is_terminal:
        return
    (task,) = progress.tasks
    left = task.elapsed / task.completed * task.remaining
    console.print(
        f"Kill {task.completed}/{task.total}: {run}, after step {step}"
        f"{', in writing' if hit else ''}; {left / 60:.1f} min left",
        highlight=False,
    )


def _print_table(rows, console):
    table = rich.table.Table()
    for column in ("run", "kills", "in writing", "fell back", "end"):
        table.add_column(column, justify="right")
    for i, (*counts, differing) in enumerate(rows):
        end = f"{len(differing)} differences" if differing else "bit-equal"
        table.add_row(str(i + 1), *map(str, counts), end)
        if differing:
            console.print(f"Run {i + 1} differs in: {', '.join(differing)}")
    table.add_section()
    *sums, _ = zip(*rows, strict=True)
    equal = sum(not differing for *_, differing in rows)
    table.add_row(
        "all",
        *(str(sum(counts)) for counts in sums),
        f"{equal} of {len(rows)} bit-equal",
    )
    console.print(table)


def main(argv):
    from benchmarks import arguments  # Here, as a test runs this file alone.

    arguments.refuse(argv)
    values = flags.FLAGS
    if values.run_folder:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        logging.set_verbosity(logging.ERROR)
        train(pathlib.Path(values.run_folder), values.epochs)
        return
    console = rich.console.Console()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kill_and_resume."))
    if not experiment(
        folder, values.kills, values.epochs, values.seed, console
    ):
        console.print(f"The runs are kept in {folder}.")
        sys.exit(1)
    shutil.rmtree(folder)


if __name__ == "__main__":
    # Here, as a test imports this file beside recipes that have a --seed too.
    flags.DEFINE_integer("kills", 50, "How often a run is killed.", 1)
    flags.DEFINE_integer("epochs", 12, f"Of {STEPS_PER_EPOCH} steps each.", 1)
    flags.DEFINE_integer("seed", 0, "Of the moments of the kills.", 0)
    flags.DEFINE_string(
        "run_folder", None, "Trains there; for the runs that are killed."
    )
    app.run(main)
