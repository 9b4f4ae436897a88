"""The training of one model of a run: its resume, callbacks and loop."""

import contextlib
import json
import math
import signal
import sys

from kerasgan import callbacks
from kerasgan import checkpoints
from kerasgan import console
from kerasgan import devices
from kerasgan import errors
from kerasgan import files
from kerasgan import loop
from kerasgan import reports
from kerasgan import scoring
from kerasgan import watch
from kerasgan import zoo
from kerasgan.models import checks


class Session:
    """A context, in which no other process trains in the model's folder.

    Args:
        run: A `kerasgan.training.Run`.
        model: A model with a `training_state`, compiled in the run's scope.
        data: A `kerasgan.training.Data`.
        epochs: int, passes over the data.
        folder: Of the model, a `pathlib.Path`.
    """

    def __init__(self, run, model, data, epochs, folder):
        self.run = run
        self.model = model
        self.data = data
        self.folder = folder
        self._one_pass = run.load(data)
        self.steps_per_epoch = len(self._one_pass)
        self.total_steps = self.steps_per_epoch * epochs
        self._alone = contextlib.ExitStack()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._alone.close()

    def train(self, make_callbacks):
        """Trains on from the newest checkpoint, if any, to the last step.

        Args:
            make_callbacks: Function of the range of steps, a context of a list
                of callbacks; called by the chief if there are steps to take.

        Raises:
            See `kerasgan.training.Run.train`.
        """
        run, model = self.run, self.model
        info = run.info(self.data)
        # Before anything is written, as `fit` is going to.
        model.check_images(next(checks.image_batches(self._one_pass)))
        self._check_classes(info)
        is_new = not (self.folder / "checkpoints").is_dir()
        if not is_new:
            self._keep_others_out()
        state = checkpoints.Checkpoints(
            model, self.folder / "checkpoints", run.devices.is_chief
        )
        restored = state.restore()
        step = model.steps_taken
        if step > self.total_steps:
            raise ValueError(
                "A run cannot go back. Received: --epochs for "
                f"{self.total_steps} steps, where '{self.folder}' has taken "
                f"{step}. Give as many epochs as it had, or more, or --restart."
            )
        if run.devices.is_chief:
            for kind in ("model", "last"):
                zoo.check_can_save(model, self.folder / kind)
        if step < self.total_steps and not restored:
            # Three checkpoints at a time, two models, pictures.
            files.check_space(self.folder, 5 * state.num_bytes)
        run.check_agreement(step)
        run.config.check_data(info)
        if not restored:
            model.adapt(self._one_pass)
            if run.init_from:
                model.initialise_from(run.initial(model))
        if run.devices.is_chief:
            # Only now: a mistake in the flags leaves no folder.
            if is_new:
                self._keep_others_out()
            run.config.write(info)
        if step < self.total_steps:
            self._run_loop(state, step, make_callbacks)

    def _keep_others_out(self):
        if self.run.devices.is_chief:
            self._alone.enter_context(
                files.only_process("--workdir", self.folder)
            )

    def _check_classes(self, info):
        wanted = self.model.num_classes or 0
        given = len(info.class_names) if self.data.labels else 0
        if given != wanted:
            raise ValueError(
                "`data` must have the classes of the model. Received: "
                f"{given} classes for '{self.model.name}' with num_classes="
                f"{self.model.num_classes}. Change `labels` of the data, or "
                "`num_classes` of the model."
            )

    def _run_loop(self, state, step, make_callbacks):
        run = self.run
        steps = range(step, self.total_steps)
        batches = run.load(self.data, num_steps=len(steps), start_step=step)
        with contextlib.ExitStack() as stack:
            stack.enter_context(files.errors_of_full_disk(self.folder))
            signals = stack.enter_context(loop.StopSignals())
            train_callbacks = [watch.NaNWatch()]
            if run.devices.is_chief:
                train_callbacks += stack.enter_context(make_callbacks(steps))
            stack.enter_context(devices.errors_of_workers(run.strategy))
            done = loop.train(
                self.model,
                batches,
                steps,
                self.steps_per_epoch,
                train_callbacks,
                save=state.save,
                save_every=run.every,
                save_seconds=60 * run.values["checkpoint_minutes"],
                signals=signals,
            )
        # After the last step, the others do not know yet.
        stops = [signals.received or 0, self.model.stop_training]
        received, collapsed = run.gather(stops).max(axis=0)
        if received:
            received = signal.Signals(signals.received or received)
            console.say(
                f"Stopped by {received.name} at step {done} of {steps.stop} "
                "and saved; the same command goes on."
            )
            sys.exit(128 + received)
        if collapsed:
            raise RuntimeError(
                "Training must not collapse with --on_collapse=stop. Received: "
                f"a stop at step {done} of {steps.stop}, for what is said "
                "above (by the chief, of several workers). The state is saved: "
                "go on with --on_collapse=warn, or begin anew with --restart."
            )

    @contextlib.contextmanager
    def common_callbacks(self, steps, first=lambda writer: ()):
        """Curves, log and progress, behind what `first` makes.

        Args:
            steps: range of the steps to take.
            first: Function of the `tf.summary.SummaryWriter`, of callbacks.
        """
        run, folder = self.run, self.folder
        writer = callbacks.summary_writer(folder / "tensorboard", steps.start)
        progress = callbacks.Progress(
            folder.name, steps.start, steps.stop, run.batch_size
        )
        first_epoch = steps.start // self.steps_per_epoch
        try:
            yield [
                *first(writer),
                callbacks.Scalars(writer, run.batch_size),
                callbacks.Log(folder / "log.csv", first_epoch),
                progress,
            ]
        finally:
            progress.close()
            writer.close()

    def adversarial_callbacks(self, sampler, steps):
        """The common ones, behind scores, best model, collapse and pictures.

        Args:
            sampler: What generates the pictures and the images to be scored.
            steps: range of the steps to take.
        """
        run, folder = self.run, self.folder
        score = run.scorer(self.model, self.data)
        # Scores of refined and of generated images do not compare.
        refines = isinstance(sampler, reports.Refinement)
        best_path = folder / "best.json"
        best = math.inf
        if best_path.is_file():
            old = json.loads(best_path.read_text(encoding="utf-8"))
            if old["refined_real_images"] == refines:
                best = old.get(score.name, best)
        seed = (run.seed + 1) % (errors.MAX_SEED + 1)

        def measure():
            return score(
                sampler.generate(
                    score.num_images, labels=score.labels, seed=seed
                )
            )

        def save(value):
            zoo.save(self.model, folder / "model")
            files.replace_json(
                best_path,
                {
                    score.name: value,
                    "refined_real_images": refines,
                    "step": self.model.steps_taken,
                },
            )

        def first(writer):
            return [
                callbacks.Measurements(
                    measure,
                    (score.name, scoring.DIVERSITY),
                    writer,
                    run.every,
                ),
                callbacks.BestModel(score.name, save, best),
                watch.CollapseWatch(run.values["on_collapse"]),
                callbacks.Pictures(
                    lambda: reports.pictures(sampler, run.seed),
                    folder / "samples",
                    writer,
                    run.every,
                ),
            ]

        return self.common_callbacks(steps, first)
