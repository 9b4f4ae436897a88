"""The figures of a trained model as files, each whole or not at all."""

import itertools
import re
import typing

import numpy as np

from kerasgan import datasets
from kerasgan import figures
from kerasgan import zoo
from kerasgan.cli import interpolating
from kerasgan.cli import writing
from kerasgan.datasets import sources
from kerasgan.metrics import distances

_SAMPLES = 64
_CHAINS = 10
_STRIPS = 8
# From latents to the next, see `interpolating.interpolation`.
_STRIP_FRAMES = 11
# Of the strips, in pixels, about.
_WIDTH = 640
# As many classes, and images of each.
_CLASSES = 10
_WITH_NEIGHBOURS = 16
_NEIGHBOURS = 5
# Bytes of the training images that are compared at a time, as float32.
_BLOCK = 2**28
# No name of a tfds community, for which tfds would ask the network.
_NAME = re.compile(r"[\w/.]+|folder:.+")


class Data(typing.NamedTuple):
    """A model's training images.

    Attributes:
        name: Of the data set, see `kerasgan.datasets.load`.
        place: `split`, `data_dir`, `image_size` and `corner_crops`, see there.
        info: A `kerasgan.datasets.DatasetInfo`.
    """

    name: str
    place: dict
    info: object


def find_data(info, data_dir, must_be_found):
    """Finds the images that a model was trained on.

    Args:
        info: Of the model, see `kerasgan.zoo.info`.
        data_dir: Folder of the data sets, or None for that of tfds.
        must_be_found: bool.

    Returns:
        A `Data`; None where they are not found.

    Raises:
        ValueError: Where they are not found and must be.
    """
    try:
        name, split = _named_data(info)
        base = name.partition("/")[0]
        if base == "shapes" and not must_be_found:
            # Opening it would draw it.
            builder = sources.find_builder(name, data_dir)
            if not builder.is_prepared():
                return None
        place = {"split": split, "data_dir": data_dir, **zoo.place(info)}
        found = datasets.info(name, **place)
        if tuple(found.image_shape) != tuple(info["image_shape"]):
            raise ValueError(
                "The training images must be of the model's shape, "
                f"{tuple(info['image_shape'])}. Received: '{name}', of "
                f"{tuple(found.image_shape)}. Leave neighbours out."
            )
    except ValueError:
        if must_be_found:
            raise
        return None
    return Data(name, place, found)


def _named_data(info):
    data = str(info["about"].get("data"))
    name, _, split = data.rpartition(", ")
    if not _NAME.fullmatch(name):
        raise ValueError(
            "Neighbours need a model whose card says on what it was trained, "
            f"such as 'mnist, train'. Received: '{info['name']}', trained on "
            f"'{data}'. Leave neighbours out."
        )
    return name, split


class Drawer:
    """Draws the figures of one model into one folder.

    Args:
        folder: Where the files go, a `pathlib.Path`.
        model: A `kerasgan.models.GenerativeModel`.
        seed: int, of all images.

    Attributes:
        written: List of the files, each a `pathlib.Path`.
    """

    def __init__(self, folder, model, seed):
        self.folder = folder
        self.model = model
        self.seed = seed
        self.written = []

    def draw_samples(self, data, track):
        """Draws `samples.png`, by class where the model has classes.

        Args:
            data: A `Data`, for the names of the classes, or None.
            track: Shows how far an iterable is, see `rich.progress.track`.
        """
        path = self._path("samples.png")
        classes = self.model.num_classes
        if not classes:
            writing.write_images(
                path, self.model, _SAMPLES, None, self.seed, track
            )
            return
        labels = np.repeat(np.arange(min(classes, _CLASSES)), _CLASSES)
        images = self.model.generate(len(labels), labels, self.seed)
        names = data.info.class_names if data else ()
        if len(names) != classes:
            names = None
        figures.save(figures.class_grid(images, labels, names), path)

    def draw_pyramid(self):
        """Draws `pyramid.png` and `growth.gif` of a LAPGAN."""
        chain = self.model.generate(
            _CHAINS, seed=self.seed, return_pyramid=True
        )
        figures.save(
            figures.pyramid_chain(chain, self.model.filter),
            self._path("pyramid.png"),
        )
        writing.write_pyramid(
            self._path("growth.gif"),
            self.model,
            _WITH_NEIGHBOURS,
            None,
            self.seed,
        )

    def draw_interpolation(self, track):
        """Draws `interpolation.png` and `interpolation.gif`."""
        frames = interpolating.interpolation(
            self.model, _STRIPS, None, self.seed
        )
        strips = figures.strips([*itertools.islice(frames, _STRIP_FRAMES)])
        scale = max(1, round(_WIDTH / strips.shape[1]))
        figures.save(strips, self._path("interpolation.png"), scale)
        writing.write_interpolation(
            self._path("interpolation.gif"),
            self.model,
            _WITH_NEIGHBOURS,
            None,
            self.seed,
            track,
        )

    def draw_training(self, logs):
        """Draws what a run has logged, and its samples through training.

        Args:
            logs: dict from the name of a level, "" for the whole, to the path
                of its `log.csv`.
        """
        for part, log in logs.items():
            name = f"training_{part}" if part else "training"
            plot = figures.training_plot(figures.read_log(log))
            figures.save(plot, self._path(f"{name}.png"), scale=1)
            samples = sorted((log.parent / "samples").glob("samples-*.png"))
            if samples:
                figures.animate_files(samples, self._path(f"{name}.gif"))

    def draw_neighbours(self, data, track):
        """Draws `neighbours.png`: samples and the nearest training images.

        Args:
            data: A `Data`.
            track: Shows how far an iterable is, see `rich.progress.track`.
        """
        images = self.model.generate(_WITH_NEIGHBOURS, seed=self.seed)
        found = nearest_images(images, data, _NEIGHBOURS, track)
        figures.save(
            figures.neighbours(images, *found, columns=2),
            self._path("neighbours.png"),
            scale=1,
        )

    def _path(self, name):
        self.written.append(self.folder / name)
        return self.written[-1]


def nearest_images(images, data, k, track):
    """Finds the images of a data set that are nearest to others, by pixels.

    Args:
        images: `(n, height, width, channels)` in `[-1, 1]`.
        data: A `Data` of images of that shape.
        k: int, the most neighbours.
        track: Shows how far an iterable is, see `rich.progress.track`.

    Returns:
        A tuple `(nearest, distances)`, nearest first:
        - `nearest`: float32 `(n, k, height, width, channels)`.
        - `distances`: float64 `(n, k)`, Euclidean, of pixels in `[-1, 1]`.
    """
    queries = images.reshape(len(images), -1)
    batch_size, count = _batches(data.info)
    batches = datasets.load(
        data.name, batch_size=batch_size, shuffle=False, **data.place
    )
    k = min(k, data.info.num_images)
    every = np.arange(len(images))[:, None]
    best = np.full((len(images), k), np.inf)
    nearest = np.zeros((len(images), k, *images.shape[1:]), "float32")
    for batch in track(batches, total=count, description="Comparing"):
        batch = batch.numpy()
        among, indices = distances.nearest(
            queries, batch.reshape(len(batch), -1), min(k, batch_size)
        )
        both = np.concatenate([best, among], axis=1)
        pixels = np.concatenate([nearest, batch[indices]], axis=1)
        order = np.argsort(both, axis=1, kind="stable")[:, :k]
        best, nearest = both[every, order], pixels[every, order]
    return nearest, best


def _batches(info):
    """A batch size, and a number of batches: all images, or but for a few.

    A last batch that is not full is left out by `kerasgan.datasets.load`, so
    the images are cut into even parts, if one of the numbers of parts can.
    """
    num_images = info.num_images
    num_bytes = 4 * num_images * int(np.prod(info.image_shape))
    least = -(-num_bytes // _BLOCK)
    count = next(
        (n for n in range(least, 4 * least) if num_images % n == 0), least
    )
    return num_images // count, count
