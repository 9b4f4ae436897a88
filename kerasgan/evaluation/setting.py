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
# More would take more memory than the rest together.
_MOST_TRAINING_IMAGES = 50_000


@dataclasses.dataclass(frozen=True)
class Setting:
    """The protocol of an evaluation; the same for models to be compared.

    Attributes:
        data: Name of the data set, see `kerasgan.datasets.load`.
        train_split: What the model was trained on.
        is_trained_on_it: bool, whether the model says so; otherwise it is only
            the training split of these data.
        split: Of the reference images, which it was not trained on.
        image_shape: `(height, width, channels)` of the images.
        corner_crops: `(height, width)` where the source was trained on the
            four corners of images: it is measured against one of each, see
            `loading.load`. Else None.
        num_images: int, generated and reference images.
        extractor: A `kerasgan.extractors.Extractor`.
        seed: int, of generation and of what is drawn in metrics, but for the
            directions of the sliced Wasserstein distance.
        data_dir: Folder of the prepared data sets, or None.
    """

    data: str
    train_split: str
    is_trained_on_it: bool
    split: str
    image_shape: tuple
    corner_crops: tuple | None
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
        """Returns the training images and their labels (None without).

        Of more than 50,000, so many of the first.
        """
        return self._load(self.train_split)

    def validation(self):
        """Returns 1,000 real images to choose a window's width on, or None.

        From what the training split has left of a tfds split; None where it
        has left fewer, or the reference images come from there.

        Returns:
            A tuple (images, labels or None, split), or None.
        """
        left = re.fullmatch(r"(\w+)\[:(\d+)\]", self.train_split)
        if not left or self.split.partition("[")[0] == left[1]:
            return None
        every = loading.info(self.data, split=left[1], **self.place).num_images
        if every - int(left[2]) < _VALIDATION_IMAGES:
            return None
        split = f"{left[1]}[{left[2]}:]"
        return *self._load(split, _VALIDATION_IMAGES), split

    def class_names(self):
        """Returns a tuple of strings, empty where images have no classes."""
        return datasets.info(self.data, self.split, **self.place).class_names

    @property
    def trained_on(self):
        """Data and training split, as a report says them."""
        trained_on = f"{self.data}, {self.train_split}"
        if self.is_trained_on_it:
            return trained_on
        return f"{trained_on} (not known to be what the source comes from)"

    @property
    def place(self):
        """Arguments of `kerasgan.datasets.load` beside name and split."""
        return {
            # Crops are of images of their own size.
            "image_size": None if self.corner_crops else self.image_shape[:2],
            "corner_crops": self.corner_crops,
            "data_dir": self.data_dir,
        }

    def _load(self, split, count=None):
        return loading.load(
            self.data,
            count,
            labels=bool(self.class_names()),
            most=_MOST_TRAINING_IMAGES,
            split=split,
            **self.place,
        )

    def protocol(self):
        """Returns what a number needs beside it, a dict of JSON values."""
        height, width, _ = self.image_shape
        return {
            "data": self.data,
            "reference": f"the first {self.num_images} images of {self.data}, "
            f"{self.split}",
            "training images": self.trained_on,
            "real images": f"one {height}x{width} corner crop of each picture, "
            "crop i % 4 of picture i"
            if self.corner_crops
            else f"cut to the aspect ratio of {height}x{width}, and resized "
            "with antialiasing where they are of another size",
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
    measured_on = _real_images(name, data, split, num_images, data_dir)
    name_of_extractor = extractor or _usual_extractor(measured_on["data"])
    extractor = extractors.load(name_of_extractor)
    extractor.check(np.zeros((1, *measured_on["image_shape"]), "float32"))
    if num_images <= extractor.num_features:
        raise ValueError(
            "There must be more images than the extractor has features, or the "
            f"Frechet distance means nothing. Received: {num_images=}, where "
            f"'{extractor.identity}' has {extractor.num_features}. Ask for "
            "more."
        )
    return Setting(
        **measured_on,
        split=split,
        num_images=num_images,
        extractor=extractor,
        seed=seed,
        data_dir=data_dir,
    )


def beside(setting, first, name, data=None):
    """Decides how a source is measured that is compared with another one.

    Args:
        setting: A `Setting`, that of the other one.
        first: Name of the other one.
        name: See `kerasgan.evaluation.evaluate`.
        data: See `kerasgan.evaluation.evaluate`.

    Returns:
        A `Setting` that differs in what the source was trained on, at most.

    Raises:
        ValueError: As for `choose`, or if the two are of different images.
    """
    if not sources.is_model(name):
        # It is made in whichever way the other one is.
        return dataclasses.replace(setting, is_trained_on_it=False)
    other = dataclasses.replace(
        setting,
        **_real_images(
            name, data, setting.split, setting.num_images, setting.data_dir
        ),
    )
    images = [
        (each.data, each.image_shape, each.corner_crops)
        for each in (setting, other)
    ]
    if images[0] != images[1]:
        raise ValueError(
            "Models to be compared must be of the same data, image shape and "
            f"corner crops. Received: '{first}' of {images[0]}, and '{name}' "
            f"of {images[1]}. Compare models of the same images; where only "
            "the names of the data differ, give `data`."
        )
    return other


def _real_images(name, data, split, num_images, data_dir):
    """The attributes of a `Setting` that a source decides, a dict."""
    info = zoo.info(name) if sources.is_model(name) else None
    if info:
        zoo.check_generates(info)
    about = info["about"] if info else {}
    own_data, _, own_split = about.get("data", "").rpartition(", ")
    data = data or own_data
    if not data:
        raise ValueError(
            "`data` must name the real images to compare with. Received: "
            f"data={data!r} for '{name}', which does not say what it was "
            "trained on. Give, for example, data='cifar10'."
        )
    is_own = data == own_data
    train_split = own_split if is_own else "train"
    place = {"data_dir": data_dir, "corner_crops": None, "image_size": None}
    if is_own:
        place.update(zoo.place(info))
    elif info:
        place["image_size"] = tuple(info["image_shape"][:2])
    found = loading.info(data, split=split, **place)
    loading.info(data, split=train_split, **place)
    _check_data(found, split, num_images, info)
    return {
        "data": data,
        "train_split": train_split,
        "is_trained_on_it": is_own,
        "image_shape": found.image_shape,
        "corner_crops": place["corner_crops"],
    }


def _check_data(found, split, num_images, info):
    """Refuses data that a source cannot be compared with."""
    if None in found.image_shape:
        raise ValueError(
            "The real images must be of one size where the source does not "
            f"say which. Received: '{found.name}', of several. Give pictures "
            "of one size."
        )
    if info and tuple(info["image_shape"]) != tuple(found.image_shape):
        raise ValueError(
            "A model is measured against images of its own shape. Received: "
            f"'{info['name']}' of {tuple(info['image_shape'])}, and "
            f"'{found.name}' of {tuple(found.image_shape)}. Name the data that "
            "it was trained on."
        )
    if found.num_images < num_images:
        raise ValueError(
            "There must be as many reference images as generated ones. "
            f"Received: num_images={num_images}, where '{found.name}' has "
            f"{found.num_images} in {split}. Ask for fewer, or name another "
            "split."
        )
    num_classes = info and info["num_classes"]
    if num_classes and num_classes != len(found.class_names):
        raise ValueError(
            "A class-conditional model is measured against images of its "
            f"classes. Received: '{info['name']}' of {num_classes}, and "
            f"'{found.name}' of {len(found.class_names)} classes. Name the "
            "data that it was trained on."
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
