"""What every recipe shares: devices, the run folder, the final report."""

import contextlib
import dataclasses
import functools
import pathlib
import shlex
import sys

import absl.app
import absl.flags
import absl.logging
import keras
import numpy as np
import tensorflow as tf

from kerasgan import callbacks
from kerasgan import console
from kerasgan import datasets
from kerasgan import devices
from kerasgan import figures
from kerasgan import files
from kerasgan import flags
from kerasgan import models
from kerasgan import reports
from kerasgan import run_config
from kerasgan import scoring
from kerasgan import session
from kerasgan import zoo


def start(argv, module):
    """Begins a recipe: checks the flags, sets seed, precision and devices.

    Args:
        argv: What `absl.app.run` passes to `main`.
        module: `__name__` of the recipe.

    Returns:
        A `Run`.

    Raises:
        absl.app.UsageError: If there are arguments beside flags.
        ValueError: If the run folder belongs to a run of other flags or of
            another recipe, or devices are asked for that are not there.
        OSError: If the run folder cannot be written to, or workers are missing.
    """
    if len(argv) > 1:
        raise absl.app.UsageError(
            f"Flags are written --name=value. Received: {argv[1:]}."
        )
    if not absl.flags.FLAGS["verbosity"].present:
        absl.logging.set_verbosity(absl.logging.ERROR)
    if absl.flags.FLAGS.precision == "auto":
        # So run folder and card have what it means on this machine.
        absl.flags.FLAGS.precision = devices.precision(
            absl.flags.FLAGS.logical_devices
        )
    values = flags.resolved(module)
    if values.pop("restart"):
        values["workdir"] = run_config.fresh(values["workdir"])
        console.say(
            f"Begins anew in {values['workdir']}; to go on there later, give "
            f"--workdir={values['workdir']}."
        )
    recipe = sys.modules[module]
    return Run(
        values,
        pathlib.Path(recipe.__file__).stem,
        description=recipe.__doc__,
        changed=flags.changed(module),
    )


@dataclasses.dataclass(frozen=True)
class Data:
    """A data set as a recipe names it, see `kerasgan.datasets.load`.

    Attributes:
        name: Of the data set.
        split: Such as `"train[:45000]"`.
        image_size: int or (height, width); None for the images' own.
        labels: bool, whether batches are pairs (images, labels).
        corner_crops: int or (height, width): each image stands for its four
            corners of that size.
        held_out: A split of images that are not trained on; their
            log-likelihood chooses the best state, see
            `kerasgan.scoring.Parzen`. None for the score of the data set.
    """

    name: str
    split: str = "train"
    image_size: object = None
    labels: bool = False
    corner_crops: object = None
    held_out: object = None

    @property
    def scored(self):
        """The `Data` that samples are compared with while a model trains."""
        return dataclasses.replace(self, split=self.held_out or self.split)


class Run:
    """One run of a recipe, and its folder.

    The folder holds `config.json` (recipe, flags, data and versions) and what
    `train` and `finish` write. On a CPU, a step gives the same bits each time.

    Args:
        values: dict, the recipe's flags.
        recipe: Name of the recipe.
        description: The recipe's docstring, for the model's card.
        changed: List of the flags that are not as the recipe has them, as
            written in a command.

    Raises:
        ValueError: If the folder belongs to a run of other flags or of another
            recipe, the batch cannot be dealt out to the devices, there is no
            model `--init_from`, or `TF_CONFIG` is wrong.
        OSError: If the folder cannot be written to, or workers are missing.
    """

    def __init__(self, values, recipe, description="", changed=()):
        self.values = values
        self.recipe = recipe
        self.description = description
        self.command = shlex.join(["python", f"recipes/{recipe}.py", *changed])
        self.folder = pathlib.Path(values["workdir"])
        self.seed = values["seed"]
        self.batch_size = values["batch_size"]
        self.every = values["every"]
        files.check_folder("--workdir", self.folder)
        self.config = run_config.RunConfig(self.folder, recipe, values)
        self.init_from = values.get("init_from")
        if self.init_from and not self.config.exists:
            zoo.find(self.init_from)
        devices.make_repeatable()
        self.devices = devices.choose(
            values["strategy"],
            values["logical_devices"],
            values["worker_timeout"],
        )
        self.strategy = self.devices.strategy
        keras.utils.set_random_seed(self.seed)
        keras.config.set_dtype_policy(values["precision"])
        replicas = self.devices.num_replicas
        if self.batch_size % replicas:
            raise ValueError(
                "--batch_size must be a multiple of the number of devices. "
                f"Received: --batch_size={self.batch_size} for {replicas} "
                "devices. Change it, or give --strategy=none."
            )

    def scope(self):
        """Within it, models and optimizers are made for the run's devices."""
        if self.strategy is None:
            return contextlib.nullcontext()
        return self.strategy.scope()

    def info(self, data):
        """What `kerasgan.datasets.info` says of a `Data`."""
        return datasets.info(
            data.name,
            split=data.split,
            image_size=data.image_size,
            corner_crops=data.corner_crops,
            data_dir=self.values.get("data_dir"),
        )

    def steps_per_epoch(self, data):
        """How many batches one pass over a `Data` has."""
        return len(self.load(data))

    def load(self, data, **kwargs):
        """What `kerasgan.datasets.load` gives for a `Data`."""
        return datasets.load(
            data.name,
            split=data.split,
            image_size=data.image_size,
            labels=data.labels,
            corner_crops=data.corner_crops,
            data_dir=self.values.get("data_dir"),
            download=self.values.get("download", False),
            **{"batch_size": self.batch_size, "seed": self.seed, **kwargs},
        )

    def train(self, model, data, epochs, sampler=None, folder="."):
        """Trains a compiled model, on from the newest checkpoint if any.

        Writes into `folder`: `checkpoints/`, `tensorboard/`, `log.csv`,
        `samples/` (pictures of fixed latents through training), `model/` (the
        best) and `last/`. The best is that of the lowest score, see
        `kerasgan.scoring.scorer`, taken every `--every` epochs.

        Args:
            model: An adversarial model, compiled in `scope`.
            data: A `Data`.
            epochs: int, passes over the data.
            sampler: What generates the pictures, where it is not the model
                itself: a LAPGAN whose finest level is the model.
            folder: Of the run's folder.

        Returns:
            The best model, as `kerasgan.zoo.load` gives it.

        Raises:
            ValueError: If the images are not what the model takes, or other
                ones than the run began with.
            OSError: If nothing can be written, another process is at work in
                the folder, or no checkpoint can be read.
            FloatingPointError: If a loss, a gradient or a weight is no longer
                finite.
            RuntimeError: If training has collapsed, with --on_collapse=stop.
            SystemExit: After SIGTERM or Ctrl-C, when the state is saved.
        """
        folder = self.folder / folder
        with session.Session(self, model, data, epochs, folder) as work:
            work.train(
                lambda steps: work.adversarial_callbacks(
                    sampler or model, steps
                )
            )
            if self.devices.is_chief:
                # Also of a run that was stopped after its last step.
                callbacks.animate(folder / "samples")
                zoo.save(model, folder / "last", about=self._about(data))
                # Where no score was a number.
                if not zoo.is_saved(folder / "model"):
                    zoo.save(model, folder / "model")
                console.say(
                    f"{folder}: trained, {model.steps_taken} steps; model/ is "
                    "the best."
                )
        # The others load what the chief has saved.
        self.check_agreement(work.total_steps)
        return zoo.load(folder / "model", discriminator=True)

    def train_classifier(self, model, data, test, epochs):
        """Trains a classifier, on from the newest checkpoint, and finishes.

        Writes as `train` does, without samples; what is saved is the last
        state, as nothing is chosen by the test images.

        Args:
            model: A `kerasgan.models.Classifier`, compiled in `scope`.
            data: A `Data` with labels.
            test: The `Data` to measure it on.
            epochs: int, passes over the data.

        Returns:
            The trained model, as `kerasgan.zoo.load` gives it.

        Raises:
            See `train`.
        """
        with session.Session(self, model, data, epochs, self.folder) as work:
            work.train(work.common_callbacks)
            if self.devices.is_chief:
                self._finish_classifier(model, data, test)
        self.check_agreement(model.steps_taken)
        return zoo.load(self.folder / "model")

    def _finish_classifier(self, model, data, test):
        console.say("Measures the classifier on the test images ...")
        batch = self.info(test).num_images
        images, labels = next(
            iter(self.load(test, batch_size=batch, shuffle=False))
        )
        protocol = f"all {batch} images of {test.name}, {test.split}"
        # As it is saved, in float32.
        saved = zoo.load(zoo.save(model, self.folder / "model"))
        measured, drawn = reports.classification(
            saved, images, labels.numpy(), protocol
        )
        self._save_finished(saved, data, measured, drawn)

    def initial(self, model):
        """The trained model, or its level, that `--init_from` names.

        Args:
            model: What is to begin with its weights.

        Raises:
            ValueError: If it has other networks, or no such level.
        """
        trained = self._initial_model
        if isinstance(trained, models.LAPGAN):
            levels = {each.level: each for each in trained.levels}
            level = getattr(model, "level", None)
            if level not in levels:
                raise ValueError(
                    "--init_from must have a level for each that is trained. "
                    f"Received: --init_from={self.init_from}, with the levels "
                    f"{list(levels)}, for '{model.name}'. Give another model."
                )
            trained = levels[level]
        model.check_same_networks(trained)
        return trained

    @functools.cached_property
    def _initial_model(self):
        return zoo.load(self.init_from, discriminator=True)

    def gather(self, values):
        """Waits for all workers and returns what each replica gives.

        Args:
            values: List of ints or bools, as many on each.

        Returns:
            int64 `(replicas, values)`, a NumPy array.

        Raises:
            OSError: If another worker is gone.
        """
        mine = np.array([values], "int64")
        if self.devices.num_replicas == 1:
            return mine
        with devices.errors_of_workers(self.strategy):
            return self.strategy.gather(
                self.strategy.run(lambda: tf.constant(mine)), axis=0
            ).numpy()

    def check_agreement(self, step):
        """Raises a ValueError unless all workers do the same; waits for them.

        Args:
            step: int, how many steps are done.
        """
        mine = [step, self.config.flags_hash]
        everyones = self.gather(mine)
        if (everyones != mine).any():
            raise ValueError(
                "All workers must have the same flags and read the same "
                "checkpoints. Received (step, hash of the flags) of each "
                f"replica: {everyones.tolist()}. Give --workdir on a "
                "file system that all share, and the same command everywhere; "
                "where the machines differ, with --precision."
            )

    def scorer(self, model, data):
        """What measures a model while it trains, see `scoring.scorer`."""
        return scoring.scorer(
            data.name,
            lambda most: self._real_images(model, data.scored, most),
            held_out=data.held_out is not None,
        )

    def _real_images(self, model, data, most):
        count = min(most, self.info(data).num_images)
        batch = next(iter(self.load(data, batch_size=count, shuffle=False)))
        images, labels = batch if data.labels else (batch, None)
        labels = None if labels is None else np.asarray(labels)
        return np.asarray(model.rung(images)), labels

    def train_lapgan(self, lapgan, data, epochs, level=None):
        """Trains a LAPGAN level by level and finishes, or trains one level.

        It begins with the coarsest. Each level has its sub-folder, `level_0`
        and so on, and is drawn with the best of the coarser levels. A level
        that has been trained already, here or in a folder copied whole from
        elsewhere, is only loaded.

        Args:
            lapgan: A `kerasgan.models.LAPGAN`, compiled in `scope`.
            data: A `Data`.
            epochs: Passes over the data for each level, finest first.
            level: int to train that level alone. It is drawn with real
                low-pass images where the coarser ones have not been trained.

        Returns:
            The LAPGAN of the best levels; None where `level` is given.
        """
        if self.init_from and not self.config.exists:
            # Of all levels, before the first is trained.
            wanted = lapgan.levels if level is None else [lapgan.levels[level]]
            for model in wanted:
                self.initial(model)
        if level is not None:
            model = lapgan.levels[level]
            self.train(
                model,
                data,
                epochs[level],
                sampler=self._sampler(lapgan, level, data),
                folder=model.name,
            )
            return None
        best = []
        for model in reversed(lapgan.levels):
            sampler = models.LAPGAN(levels=[model, *best]) if best else model
            trained = self.train(
                model, data, epochs[model.level], sampler, model.name
            )
            best.insert(0, trained)
        best = models.LAPGAN(levels=best)
        last = models.LAPGAN(
            levels=[
                zoo.load(self.folder / level.name / "last")
                for level in best.levels
            ]
        )
        self._finish(best, last, data)
        return best

    def _sampler(self, lapgan, level, data):
        model = lapgan.levels[level]
        if level == len(lapgan.levels) - 1:
            return model
        coarser = [self.folder / each.name / "model" for each in lapgan.levels][
            level + 1 :
        ]
        if all(zoo.is_saved(folder) for folder in coarser):
            return models.LAPGAN(
                levels=[model, *(zoo.load(folder) for folder in coarser)]
            )
        return reports.Refinement(
            model,
            *self._real_images(
                lapgan.levels[level + 1],
                data.scored,
                scoring.Frechet.most_images,
            ),
        )

    def finish(self, model, data):
        """Draws, measures and saves a trained model; says where it all is.

        Args:
            model: As `train` returns it.
            data: The `Data` that it was trained on.
        """
        self._finish(model, zoo.load(self.folder / "last"), data)

    def _finish(self, model, last, data):
        if not self.devices.is_chief:
            return
        with files.only_process("--workdir", self.folder):
            self._measure_and_save(model, last, data)

    def _measure_and_save(self, model, last, data):
        console.say("Draws and measures the best model and the last one ...")
        measured = reports.measurements(
            {"best": model, "last": last},
            self.scorer(model, data),
            self.seed + 2,
            f"{data.name}, {data.scored.split}",
        )
        drawn = reports.pictures(model, self.seed)
        self._save_finished(model, data, measured, drawn)

    def _about(self, data):
        return reports.about(
            self.recipe, self.description, self.command, data, self.seed
        )

    def _save_finished(self, model, data, measured, drawn):
        zoo.save(
            model,
            self.folder / "model",
            about=self._about(data),
            metrics=measured,
            pictures=drawn,
        )
        for name, picture in drawn.items():
            figures.save(picture, self.folder / f"{name}.png")
        lines = [
            f"Trained. Everything is in {self.folder.resolve()}:",
            "  model/       for kerasgan.zoo.load(), with its card, README.md",
            *(f"  {name}.png" for name in drawn),
            f"Curves and pictures: tensorboard --logdir {self.folder}",
        ]
        console.say("\n".join(lines))
