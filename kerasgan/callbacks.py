"""What happens beside the training steps: progress, pictures, logs, saving."""

import csv
import io
import math
import pathlib
import time

import keras
import rich.console
import rich.progress
import tensorboard.compat.proto.event_pb2 as event_pb2
import tensorboard.summary.writer.event_file_writer as event_file_writer
import tensorflow as tf

from kerasgan import figures
from kerasgan import files


def summary_writer(folder, step):
    """Opens TensorBoard's files, to go on from a step.

    Args:
        folder: A `pathlib.Path`.
        step: int, of the checkpoint; what was written past it is forgotten.

    Returns:
        A `tf.summary.SummaryWriter`.
    """
    if folder.exists():
        # Makes TensorBoard forget what a killed session has written past the
        # checkpoint.
        log = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
        events = event_file_writer.EventFileWriter(str(folder))
        events.add_event(event_pb2.Event(step=step + 1, session_log=log))
        events.close()
    return tf.summary.create_file_writer(str(folder))


class _Every(keras.callbacks.Callback):
    """Base: acts after every n-th epoch and after the last."""

    def __init__(self, every):
        super().__init__()
        self.every = every

    def is_due(self, epoch):
        return (epoch + 1) % self.every == 0 or epoch + 1 == self.last_epoch

    @property
    def last_epoch(self):
        return self.params["epochs"]


class Pictures(_Every):
    """Draws samples from fixed latents every n epochs, and before the first.

    Args:
        draw: Function without arguments, returns a dict from a name to a
            picture, uint8 `(height, width, 3)`.
        folder: Where `<name>-<step>.png` goes.
        writer: A `tf.summary.SummaryWriter`.
        every: int, in epochs.
    """

    def __init__(self, draw, folder, writer, every):
        super().__init__(every)
        self.draw = draw
        self.folder = pathlib.Path(folder)
        self.writer = writer

    def on_train_begin(self, logs=None):
        if not any(self.folder.glob("*.png")):
            self._write()

    def on_epoch_end(self, epoch, logs=None):
        if self.is_due(epoch):
            self._write()

    def _write(self):
        step = self.model.steps_taken
        for name, picture in self.draw().items():
            figures.save(picture, self.folder / f"{name}-{step:08d}.png")
            with self.writer.as_default():
                tf.summary.image(name, picture[None], step=step)


def animate(folder):
    """Makes an animation of the pictures that `Pictures` has drawn.

    Args:
        folder: Theirs; `<name>.gif` is put beside them.
    """
    folder = pathlib.Path(folder)
    for name in {path.stem.rpartition("-")[0] for path in folder.glob("*.png")}:
        figures.animate_files(
            sorted(folder.glob(f"{name}-*.png")), folder / f"{name}.gif"
        )


class Measurements(_Every):
    """Measures the model every n epochs, and adds the numbers to the logs.

    Args:
        measure: Function without arguments, returns a dict from name to float.
        names: Of what it measures; nan in the logs of the other epochs.
        writer: A `tf.summary.SummaryWriter`.
        every: int, in epochs.
    """

    def __init__(self, measure, names, writer, every):
        super().__init__(every)
        self.measure = measure
        self.names = names
        self.writer = writer

    def on_epoch_end(self, epoch, logs=None):
        # Every line of the log has the same columns.
        logs.update(dict.fromkeys(self.names, math.nan))
        if not self.is_due(epoch):
            return
        logs.update(self.measure())
        with self.writer.as_default():
            for name in self.names:
                tf.summary.scalar(name, logs[name], self.model.steps_taken)


class BestModel(keras.callbacks.Callback):
    """Saves the model of the lowest score.

    Args:
        name: Of the score in the epoch's logs, where nan is no score.
        save: Function of the score, called when it is the lowest so far.
        best: The lowest score of the run before it was stopped.
    """

    def __init__(self, name, save, best=math.inf):
        super().__init__()
        self.name = name
        self.save = save
        self.best = best

    def on_epoch_end(self, epoch, logs=None):
        if self.name not in logs:
            raise ValueError(
                "`name` must be that of a number in the epoch's logs. "
                f"Received: name='{self.name}', with {sorted(logs)}. Put a "
                "callback before this one that logs it, such as "
                "`Measurements`."
            )
        if logs[self.name] < self.best:
            self.best = logs[self.name]
            self.save(self.best)


class Scalars(keras.callbacks.Callback):
    """Writes losses, learning rates and images/s for TensorBoard.

    Unlike Keras's callback it counts steps by the optimizer, so that a resumed
    run continues the curves, and it knows two learning rates.

    Args:
        writer: A `tf.summary.SummaryWriter`.
        batch_size: int, images a step, over all replicas.
        steps: int, between two points of a curve.
    """

    def __init__(self, writer, batch_size, steps=50):
        super().__init__()
        self.writer = writer
        self.batch_size = batch_size
        self.steps = steps

    def on_train_begin(self, logs=None):
        self._seconds, self._count = 0.0, 0

    def on_train_batch_begin(self, batch, logs=None):
        # Step by step: pictures and checkpoints are no training time.
        self._began = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self._seconds += time.perf_counter() - self._began
        self._count += 1
        step = self.model.steps_taken
        if step % self.steps:
            return
        images_per_second = self._count * self.batch_size / self._seconds
        with self.writer.as_default():
            for name, value in (logs or {}).items():
                tf.summary.scalar(name, value, step=step)
            tf.summary.scalar("images_per_second", images_per_second, step=step)
            for name, part in self.model.training_state().items():
                if isinstance(part, keras.optimizers.Optimizer):
                    tf.summary.scalar(
                        name.replace("optimizer", "learning_rate"),
                        part.learning_rate,
                        step=step,
                    )
        self.on_train_begin()


class Log(keras.callbacks.Callback):
    """Writes a line of metrics an epoch into a CSV file.

    Keras's CSVLogger has a second, empty column of each metric. A resumed run
    goes on below the line of its checkpoint.

    Args:
        path: Of the file.
        first_epoch: int, with which this session begins.
    """

    def __init__(self, path, first_epoch):
        super().__init__()
        self.path = pathlib.Path(path)
        self.first_epoch = first_epoch

    def on_train_begin(self, logs=None):
        lines = []
        if self.first_epoch and self.path.is_file():
            lines = self.path.read_text(encoding="utf-8").splitlines(True)
        files.replace_text(self.path, "".join(lines[: self.first_epoch + 1]))
        self._columns = lines[0].strip().split(",") if lines else []

    def on_epoch_end(self, epoch, logs=None):
        row = {"epoch": epoch + 1, **(logs or {})}
        new = [name for name in row if name not in self._columns]
        if new:
            # At the start; or a score that earlier epochs did not have.
            self._add_columns(new)
        with open(self.path, "a", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(
                file, self._columns, restval=math.nan, lineterminator="\n"
            )
            writer.writerow(row)

    def _add_columns(self, names):
        with open(self.path, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        self._columns += names
        text = io.StringIO()
        writer = csv.DictWriter(
            text, self._columns, restval=math.nan, lineterminator="\n"
        )
        writer.writeheader()
        writer.writerows(rows)
        files.replace_text(self.path, text.getvalue())


class Progress(keras.callbacks.Callback):
    """Shows how far training is, its losses and the time left.

    In a terminal a bar; elsewhere, as in a log file, a line an epoch.

    Args:
        title: What is being trained.
        start_step: int, where it begins.
        total_steps: int, where it ends.
        batch_size: int, for images/s.
    """

    def __init__(self, title, start_step, total_steps, batch_size):
        super().__init__()
        self.title = title
        self.step = self.start_step = start_step
        self.total_steps = total_steps
        self.batch_size = batch_size
        self.console = rich.console.Console()
        self._bar = None

    def on_train_begin(self, logs=None):
        self._began = self._shown = time.perf_counter()
        if not self.console.is_terminal:
            return
        self._bar = rich.progress.Progress(
            rich.progress.TextColumn("{task.description}", markup=False),
            rich.progress.BarColumn(),
            rich.progress.MofNCompleteColumn(),
            rich.progress.TimeRemainingColumn(),
            rich.progress.TextColumn("{task.fields[losses]}"),
            console=self.console,
        )
        self._task = self._bar.add_task(
            self.title,
            total=self.total_steps,
            completed=self.start_step,
            losses="",
        )
        self._bar.start()

    def on_train_batch_end(self, batch, logs=None):
        self.step += 1
        if self._bar and time.perf_counter() >= self._shown + 0.1:
            self._shown = time.perf_counter()
            self._bar.update(
                self._task, completed=self.step, losses=_losses(logs)
            )

    def on_epoch_end(self, epoch, logs=None):
        if self._bar:
            return
        seconds = time.perf_counter() - self._began
        done = self.step - self.start_step
        left = seconds / done * (self.total_steps - self.step)
        self.console.print(
            f"{self.title}: epoch {epoch + 1}/{self.params['epochs']}, step "
            f"{self.step}/{self.total_steps}, {_losses(logs)}, "
            f"{done * self.batch_size / seconds:.0f} images/s, "
            f"{left / 60:.1f} min left",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )

    def on_train_end(self, logs=None):
        self.close()

    def close(self):
        """Gives the terminal back, also after an interrupted training."""
        if self._bar:
            self._bar.update(self._task, completed=self.step)
            self._bar.stop()


def _losses(logs):
    shown = {
        "G": "generator_loss",
        "D": "discriminator_loss",
        "loss": "loss",
        "accuracy": "accuracy",
        "FD": "frechet_distance",
        "SWD": "sliced_wasserstein_distance",
        "-LL": "parzen_negative_log_likelihood",
    }
    parts = [
        f"{short} {logs[name]:.3f}"
        for short, name in shown.items()
        if not math.isnan(logs.get(name, math.nan))
    ]
    return " ".join(parts)
