"""What every recipe shares: devices, run folder, resume, the final report."""

import contextlib
import dataclasses
import json
import math
import os
import pathlib

import absl.app
import absl.flags
import absl.logging
import keras
import numpy as np
import rich.console
import tensorflow as tf

from kerasgan import callbacks
from kerasgan import datasets
from kerasgan import figures
from kerasgan import flags
from kerasgan import metrics
from kerasgan import models
from kerasgan import random
from kerasgan import zoo
from kerasgan.models import base
from kerasgan.version import __version__

# The flags that may change when a run is continued.
_FREE = (
    "data_dir",
    "download",
    "epochs",
    "every",
    "level",
    "logical_devices",
    "strategy",
    "workdir",
)
_SCORE = "sliced_wasserstein_distance"
_SCORED_IMAGES = 1000
_CHECKPOINTED = (
    "generator",
    "averaged_generator",
    "discriminator",
    "pixels",
    "generator_optimizer",
    "discriminator_optimizer",
)


def start(argv, module):
    """Begins a recipe: checks the flags, sets seed, precision and devices.

    Args:
        argv: What `absl.app.run` passes to `main`.
        module: `__name__` of the recipe.

    Returns:
        A `Run`.

    Raises:
        absl.app.UsageError: If there are arguments beside flags.
        ValueError: If the run folder belongs to a run of other flags.
    """
    if len(argv) > 1:
        raise absl.app.UsageError(
            f"Flags are written --name=value. Received: {argv[1:]}."
        )
    if not absl.flags.FLAGS["verbosity"].present:
        absl.logging.set_verbosity(absl.logging.ERROR)
    return Run(flags.resolved(module))


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
    """

    name: str
    split: str = "train"
    image_size: object = None
    labels: bool = False
    corner_crops: object = None


class Run:
    """One run of a recipe, and its folder.

    The folder holds `config.json` (flags and versions) and what `train` and
    `finish` write.

    Args:
        values: dict, the recipe's flags.

    Raises:
        ValueError: If the folder belongs to a run of other flags, or the batch
            cannot be dealt out to the devices.
    """

    def __init__(self, values):
        self.values = values
        self.folder = pathlib.Path(values["workdir"])
        self.seed = values["seed"]
        self.batch_size = values["batch_size"]
        self.every = values["every"]
        self._check_config()
        keras.utils.set_random_seed(self.seed)
        keras.config.set_dtype_policy(values["precision"])
        self.strategy = _strategy(values["strategy"], values["logical_devices"])
        replicas = self.strategy.num_replicas_in_sync if self.strategy else 1
        if self.batch_size % replicas:
            raise ValueError(
                "--batch_size must be a multiple of the number of devices. "
                f"Received: --batch_size={self.batch_size} for {replicas} "
                "devices. Change it, or give --strategy=none."
            )

    @property
    def _config_path(self):
        return self.folder / "config.json"

    def _check_config(self):
        if not self._config_path.is_file():
            return
        text = self._config_path.read_text(encoding="utf-8")
        old = json.loads(text)["flags"]
        changed = {
            name: (old.get(name), value)
            for name, value in self.values.items()
            if name not in _FREE and old.get(name) != value
        }
        if changed:
            raise ValueError(
                f"The run in '{self.folder}' can only be continued with the "
                f"flags that it began with. Received (then, now): {changed}. "
                "Repeat the old ones, or give another --workdir."
            )

    def _write_config(self):
        # Only once training begins: a mistake in the flags leaves no folder.
        self.folder.mkdir(parents=True, exist_ok=True)
        versions = {
            "keras": keras.__version__,
            "kerasgan": __version__,
            "numpy": np.__version__,
            "tensorflow": tf.__version__,
        }
        _write_json(
            self._config_path, {"flags": self.values, "versions": versions}
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
        best) and `last/`. The best is that of the lowest sliced Wasserstein
        distance between 1,000 training and 1,000 generated images, taken every
        `--every` epochs.

        Args:
            model: An adversarial model, compiled in `scope`.
            data: A `Data`.
            epochs: int, passes over the data.
            sampler: What generates the pictures, where it is not the model
                itself: a LAPGAN whose finest level is the model.
            folder: Of the run's folder.

        Returns:
            The best model, as `kerasgan.zoo.load` gives it.
        """
        folder = self.folder / folder
        one_pass = self.load(data)
        steps_per_epoch = len(one_pass)
        total_steps = steps_per_epoch * epochs
        # Before anything is written, as `fit` is going to.
        model.check_images(next(base.image_batches(one_pass)))
        self._write_config()
        checkpoint = tf.train.Checkpoint(
            **{
                name: getattr(model, name)
                for name in _CHECKPOINTED
                if getattr(model, name) is not None
            }
        )
        manager = tf.train.CheckpointManager(
            checkpoint, str(folder / "checkpoints"), max_to_keep=2
        )
        if manager.latest_checkpoint:
            status = checkpoint.restore(manager.latest_checkpoint)
            status.assert_existing_objects_matched()
        else:
            model.adapt(one_pass)
        step = int(model.generator_optimizer.iterations.numpy())
        if step < total_steps:
            batches = self.load(
                data, num_steps=total_steps - step, start_step=step
            )
            with self._callbacks(
                model,
                data,
                sampler or model,
                folder,
                manager,
                steps_per_epoch,
                epochs,
            ) as train_callbacks:
                model.fit(
                    batches,
                    initial_epoch=step // steps_per_epoch,
                    epochs=epochs,
                    steps_per_epoch=steps_per_epoch,
                    verbose=0,
                    callbacks=train_callbacks,
                )
            zoo.save(model, folder / "last")
        # A run may have been killed just before, or never had a score.
        for name in ("last", "model"):
            if not zoo.is_saved(folder / name):
                zoo.save(model, folder / name)
        _print(f"{folder}: trained, {total_steps} steps; model/ is the best.")
        return zoo.load(folder / "model")

    @contextlib.contextmanager
    def _callbacks(
        self, model, data, sampler, folder, manager, steps_per_epoch, epochs
    ):
        step = int(model.generator_optimizer.iterations.numpy())
        first_epoch = step // steps_per_epoch
        writer = tf.summary.create_file_writer(str(folder / "tensorboard"))
        progress = callbacks.Progress(
            self.folder.name if folder == self.folder else folder.name,
            step,
            steps_per_epoch * epochs,
            self.batch_size,
        )
        # Scores of refined and of generated images do not compare.
        refines = isinstance(sampler, _Refinement)
        best_path = folder / "best.json"
        best = math.inf
        if best_path.is_file():
            old = json.loads(best_path.read_text(encoding="utf-8"))
            if old["refined_real_images"] == refines:
                best = old[_SCORE]
        real, _ = self._real_images(model, data)
        seed = (self.seed + 1) % (random.MAX_SEED + 1)

        def score():
            fake = sampler.generate(len(real), seed=seed)
            return metrics.sliced_wasserstein_distance(real, fake)

        def save(value):
            zoo.save(model, folder / "model")
            _write_json(
                best_path,
                {
                    _SCORE: value,
                    "refined_real_images": refines,
                    "step": int(model.generator_optimizer.iterations.numpy()),
                },
            )

        try:
            yield [
                callbacks.BestModel(
                    _SCORE, score, save, writer, self.every, best
                ),
                callbacks.Pictures(
                    lambda: pictures(sampler, self.seed),
                    folder / "samples",
                    writer,
                    self.every,
                ),
                callbacks.Scalars(writer, self.batch_size),
                callbacks.Log(folder / "log.csv", first_epoch),
                callbacks.Checkpoints(manager, self.every),
                progress,
            ]
        finally:
            progress.close()
            writer.close()

    def _real_images(self, model, data):
        images = self.steps_per_epoch(data) * self.batch_size
        count = min(_SCORED_IMAGES, images)
        batch = next(iter(self.load(data, batch_size=count, shuffle=False)))
        images, labels = batch if data.labels else (batch, None)
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
        self.finish(best)
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
        return _Refinement(
            model, *self._real_images(lapgan.levels[level + 1], data)
        )

    def finish(self, model):
        """Saves a trained model, draws it, and says where everything is.

        Args:
            model: As `train` or `train_lapgan` returns it.
        """
        zoo.save(model, self.folder / "model")
        drawn = pictures(model, self.seed)
        for name, picture in drawn.items():
            figures.save(picture, self.folder / f"{name}.png")
        lines = [
            f"Trained. Everything is in {self.folder.resolve()}:",
            "  model/       kerasgan.zoo.load() of this folder reads it",
            *(f"  {name}.png" for name in drawn),
            f"Curves and pictures: tensorboard --logdir {self.folder}",
        ]
        _print("\n".join(lines))


class _Refinement:
    """Draws a level alone: refines real low-pass images of known classes."""

    num_classes = None

    def __init__(self, level, low_pass, labels):
        self.level = level
        self.low_pass = low_pass
        self.labels = labels

    def generate(self, num_images, labels=None, seed=None):
        picked = np.arange(num_images) % len(self.low_pass)
        if self.labels is not None:
            labels = np.asarray(self.labels)[picked]
        return self.level.refine(self.low_pass[picked], labels, seed)


def pictures(model, seed):
    """The sample pictures of a model, from fixed latents.

    Args:
        model: What `generate`s.
        seed: int.

    Returns:
        A dict: `"samples"`, a grid of 64 images, or of 10 of each class; and
        for a LAPGAN `"pyramid"`, ten chains from coarse to fine. Pictures are
        uint8 `(height, width, 3)`.
    """
    classes = model.num_classes
    count = 10 * min(classes, 10) if classes else 64
    labels = np.arange(count) // 10 if classes else None
    drawn = {
        "samples": figures.grid(
            model.generate(count, labels=labels, seed=seed),
            columns=10 if classes else 8,
        )
    }
    if isinstance(model, models.LAPGAN):
        labels = np.arange(10) % classes if classes else None
        chain = model.generate(10, labels, seed, return_pyramid=True)
        drawn["pyramid"] = figures.pyramid_chain(chain, model.filter)
    return drawn


def _strategy(name, logical_devices):
    if logical_devices > 1:
        tf.config.set_logical_device_configuration(
            tf.config.list_physical_devices("CPU")[0],
            [tf.config.LogicalDeviceConfiguration()] * logical_devices,
        )
    gpus = tf.config.list_logical_devices("GPU")
    if name == "none" or (name == "auto" and len(gpus) < 2):
        return None
    if gpus:
        return tf.distribute.MirroredStrategy([gpu.name for gpu in gpus])
    # The default reduction crashes on CPU devices.
    return tf.distribute.MirroredStrategy(
        [device.name for device in tf.config.list_logical_devices("CPU")],
        cross_device_ops=tf.distribute.ReductionToOneDevice(),
    )


def _print(text):
    rich.console.Console().print(
        text, highlight=False, markup=False, soft_wrap=True
    )


def _write_json(path, value):
    partial = path.with_name(f".{path.name}.partial")
    text = json.dumps(value, indent=1, sort_keys=True) + "\n"
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, path)
