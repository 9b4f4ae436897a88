"""What a model is measured against: data, splits, extractor, sizes, seed."""

import dataclasses
import re

import numpy as np

from kerasgan import datasets
from kerasgan import errors
from kerasgan import extractors
from kerasgan import random
from kerasgan import zoo
from kerasgan.evaluation import loading
from kerasgan.evaluation import sources

_VALIDATION_IMAGES = 1000


@dataclasses.dataclass(frozen=True)
class Setting:
    """The protocol of an evaluation; the same for models to be compared.

    Attributes:
        data: Name of the data set, see `kerasgan.datasets.load`.
        train_split: What the model was trained on.
        split: Of the reference images, which it was not trained on.
        image_shape: `(height, width, channels)` of the images.
        num_images: int, generated and reference images.
        extractor: A `kerasgan.extractors.Extractor`.
        seed: int, of generation and of all that is drawn in metrics.
        data_dir: Folder of the prepared data sets, or None.
    """

    data: str
    train_split: str
    split: str
    image_shape: tuple
    num_images: int
    extractor: extractors.Extractor
    seed: int
    data_dir: str | None

    def reference(self):
        """Returns the reference images and their labels (None without).

        The first `num_images` of the split, in the order of its files.
        """
        return self._load(self.split, self.num_images)

    def training_images(self):
        """Returns all training images and their labels (None without)."""
        return self._load(self.train_split, None)

    def validation(self):
        """Returns 1,000 real images to choose a window's width on, or None.

        From what the training split has left of a tfds split; None where it
        has left nothing.

        Returns:
            A tuple (images, labels or None, split), or None.
        """
        left = re.fullmatch(r"(\w+)\[:(\d+)\]", self.train_split)
        if not left:
            return None
        split = f"{left[1]}[{left[2]}:]"
        return *self._load(split, _VALIDATION_IMAGES), split

    def class_names(self):
        """Returns a tuple of strings, empty where images have no classes."""
        return datasets.info(
            self.data, self.split, data_dir=self.data_dir
        ).class_names

    def _load(self, split, count):
        place = {
            "split": split,
            "image_size": self.image_shape[:2],
            "data_dir": self.data_dir,
        }
        info = datasets.info(self.data, **place)
        return loading.load(
            self.data,
            count and min(count, info.num_images),
            labels=bool(info.class_names),
            **place,
        )

    def protocol(self):
        """Returns what a number needs beside it, a dict of JSON values."""
        return {
            "data": self.data,
            "reference": f"the first {self.num_images} images of {self.data}, "
            f"{self.split}",
            "training images": self.train_split,
            "generated images": self.num_images,
            "image shape": list(self.image_shape),
            "extractor": self.extractor.identity,
            "extractor sha256": self.extractor.sha256,
            "resize": self.extractor.resize,
            "features": self.extractor.num_features,
            "seed": self.seed,
            "confidence": 0.95,
        }


def choose(
    name,
    data=None,
    split="test",
    num_images=10_000,
    extractor=None,
    seed=0,
    data_dir=None,
):
    """Decides how a model is measured, and checks that it can be.

    Args:
        name: See `kerasgan.evaluation.evaluate`.
        data: See `kerasgan.evaluation.evaluate`.
        split: See `kerasgan.evaluation.evaluate`.
        num_images: See `kerasgan.evaluation.evaluate`.
        extractor: See `kerasgan.evaluation.evaluate`.
        seed: See `kerasgan.evaluation.evaluate`.
        data_dir: See `kerasgan.evaluation.evaluate`.

    Returns:
        A `Setting`.

    Raises:
        ValueError: If an argument is out of its range, there is no such data,
            too few images, or no extractor for them.
    """
    errors.check_integer("num_images", num_images, minimum=100)
    seed = random.check_seed(seed)
    train_split, image_size = "train", None
    if sources.is_model(name):
        info = zoo.info(name)
        named = info["about"].get("data", "").rpartition(", ")
        image_size = tuple(info["image_shape"][:2])
        # Crops have no split of their own: their pictures stand for them.
        if data is None or named[0] == data:
            train_split = named[2] or train_split
        data = data or named[0]
    if not data:
        raise ValueError(
            "`data` must name the real images to compare with. Received: "
            f"data={data!r} for '{name}', which does not say what it was "
            "trained on. Give, for example, data='cifar10'."
        )
    place = {"data_dir": data_dir, "image_size": image_size}
    found = datasets.info(data, split, **place)
    datasets.info(data, train_split, **place)
    if found.num_images < num_images:
        raise ValueError(
            "There must be as many reference images as generated ones. "
            f"Received: num_images={num_images}, where '{data}' has "
            f"{found.num_images} in {split}. Ask for fewer, or name another "
            "split."
        )
    chosen = extractors.load(extractor or _usual_extractor(data))
    chosen.check(np.zeros((1, *found.image_shape), "float32"))
    if num_images <= chosen.num_features:
        raise ValueError(
            "There must be more images than the extractor has features, or the "
            f"Frechet distance means nothing. Received: {num_images=}, where "
            f"'{chosen.identity}' has {chosen.num_features}. Ask for more."
        )
    return Setting(
        data,
        train_split,
        split,
        found.image_shape,
        num_images,
        chosen,
        seed,
        data_dir,
    )


def _usual_extractor(data):
    name = f"classifier_{data.partition('/')[0]}"
    if name in zoo.names():
        return name
    raise ValueError(
        "`extractor` must be named for data without a classifier in the zoo. "
        f"Received: None for '{data}'. Give 'efficientnet_lite0' for "
        "photographs, 'inception:PATH' for FID, or a classifier, one of "
        f"{zoo.names('classifier_*')}."
    )
