"""The training state on disk, in a form that survives whatever happens."""

import contextlib
import pathlib
import shutil
import tempfile

import tensorflow as tf

from kerasgan import console
from kerasgan import files

_LIST = "checkpoint"  # the manager's file


class Checkpoints:
    """The last two checkpoints of a model in training.

    Each holds the model's training state (weights, averages, optimizers) and
    the running means of its metrics. Files are checksummed, and a checkpoint
    counts once its last file is written.

    Args:
        model: A compiled model with a `training_state`, such as a
            `kerasgan.models.AdversarialModel`.
        folder: Where they are.
        is_chief: False for a worker that only takes part in saving, as some
            variables are summed over all workers: what it writes is deleted.
    """

    def __init__(self, model, folder, is_chief=True):
        self.model = model
        self.folder = pathlib.Path(folder)
        self.is_chief = is_chief
        parts = model.training_state()
        metrics = [
            variable.value
            for metric in model.metrics
            for variable in metric.variables
        ]
        self._checkpoint = tf.train.Checkpoint(metrics=metrics, **parts)
        self.num_bytes = sum(
            variable.shape.num_elements() * variable.dtype.size
            for variable in tf.nest.flatten(
                [metrics, *(_tf_variables(part) for part in parts.values())]
            )
        )

    def restore(self):
        """Restores the newest checkpoint that can be read.

        Returns:
            bool, whether there was one.

        Raises:
            OSError: If there are some and none can be read.
            ValueError: If they are of another model.
        """
        if self.is_chief:
            self._remove_unfinished()
        names = self._names()
        damaged = []
        for name in names:
            path = str(self.folder / name)
            if not _is_whole(path):
                console.say(
                    f"{path} cannot be read; trying the one before.",
                    style="yellow",
                )
                damaged.append(name)
                continue
            try:
                self._checkpoint.restore(path).assert_consumed()
            except (AssertionError, ValueError) as error:
                raise ValueError(
                    "A checkpoint must be of the model that is trained on. "
                    f"Received: '{path}', of another. Give --restart, or "
                    "another --workdir."
                ) from error
            if damaged and self.is_chief:
                self._remove(damaged)
                # It lists them, and would be rid of a good one first.
                (self.folder / _LIST).unlink(missing_ok=True)
            return True
        if names:
            raise OSError(
                f"One of the checkpoints in '{self.folder}' must be readable. "
                f"Received: {names}, all damaged. Begin anew with --restart, "
                "which deletes nothing."
            )
        return False

    def save(self, step):
        """Writes a checkpoint, then deletes all but the last two.

        Args:
            step: int, training steps done.

        Raises:
            FloatingPointError: If a weight is not finite.
            OSError: If it cannot be written; the one before stays.
        """
        self._check_finite(step)
        with contextlib.ExitStack() as stack:
            folder = self.folder
            if not self.is_chief:
                folder = stack.enter_context(tempfile.TemporaryDirectory())
            try:
                if self.is_chief:
                    folder.mkdir(parents=True, exist_ok=True)
                    files.check_space(folder, self.num_bytes)
                manager = self._manager(folder)
                manager.save(checkpoint_number=step)
                if self.is_chief:
                    self._remove_others(manager)
            except (tf.errors.OpError, OSError) as error:
                raise OSError(
                    f"The checkpoint of step {step} must be written to "
                    f"'{folder}'. Received: {error}. The one before is kept: "
                    "make room, and the same command goes on from there."
                ) from error

    def _names(self):
        # Not from the file `checkpoint`, which may be damaged, too.
        names = [path.stem for path in self.folder.glob("ckpt-*.index")]
        return sorted(names, key=_number, reverse=True)

    def _manager(self, folder):
        try:
            return tf.train.CheckpointManager(
                self._checkpoint, str(folder), max_to_keep=2
            )
        except ValueError:
            # Its list of checkpoints is damaged, and only a list.
            (folder / _LIST).unlink()
            return self._manager(folder)

    def _remove_others(self, manager):
        # Those that a lost list had named.
        known = {pathlib.Path(path).name for path in manager.checkpoints}
        if len(known) > 1:
            self._remove({*self._names()} - known)

    def _remove(self, names):
        for name in names:
            # The index first: without it, the rest is no checkpoint.
            for path in sorted(self.folder.glob(f"{name}.*"), reverse=True):
                path.unlink()

    def _remove_unfinished(self):
        # What a killed process has left: a checkpoint without its index.
        finished = set(self._names())
        for path in self.folder.glob("ckpt-*"):
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name.partition(".")[0] not in finished:
                path.unlink()

    def _check_finite(self, step):
        for name, part in self.model.training_state().items():
            for weight in getattr(part, "weights", ()):
                # A counter, say, is always finite.
                if not weight.value.dtype.is_floating:
                    continue
                if not tf.reduce_all(tf.math.is_finite(weight.value)):
                    raise FloatingPointError(
                        "All weights must be finite. Received: nan or inf in "
                        f"'{weight.path}' of the {name} after step {step}. The "
                        "checkpoint before is kept. Lower the learning rates "
                        "and begin anew with --restart."
                    )


def _tf_variables(part):
    return [variable.value for variable in part.variables]


def _is_whole(path):
    # Reads all of it, which compares the checksums.
    try:
        reader = tf.train.load_checkpoint(path)
        for name in reader.get_variable_to_shape_map():
            reader.get_tensor(name)
    except Exception:
        # The reader raises whatever comes: a file is no argument.
        return False
    return True


def _number(name):
    digits = name.partition("-")[2]
    return int(digits) if digits.isdigit() else -1
