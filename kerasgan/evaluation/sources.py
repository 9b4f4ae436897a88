"""What can be evaluated: models, pictures from elsewhere, real ones, noise."""

import numpy as np

from kerasgan import random
from kerasgan import zoo
from kerasgan.evaluation import loading
from kerasgan.zoo import folder as folders

_SPLIT, _FOLDER, NOISE = "split:", "folder:", "noise"


class Source:
    """Base: what gives images to be measured.

    Attributes:
        name: str.
        identity: dict of JSON values, what exactly it is, for the protocol.
        model: The model that generates, or None.
        conditional: bool, whether images are of given classes.
    """

    model = None
    conditional = False

    def images(self, num_images, labels, seed):
        """Returns `(num_images, height, width, channels)` in `[-1, 1]`.

        Args:
            num_images: int.
            labels: int `(num_images,)`, heeded where it is conditional.
            seed: int.
        """
        raise NotImplementedError


class _Model(Source):
    def __init__(self, name):
        info = zoo.info(name)
        self.name = info["name"]
        self.model = zoo.load(
            name,
            # For battles, which not every model can have.
            discriminator=folders.weights_file("discriminator")
            in info["sha256"],
        )
        self.conditional = bool(self.model.num_classes)
        self.identity = {
            "model": self.name,
            "family": info["family"],
            "sha256": {
                file: digest
                for file, digest in info["sha256"].items()
                if file.endswith(".safetensors")
            },
        }

    def images(self, num_images, labels, seed):
        labels = labels if self.conditional else None
        return self.model.generate(num_images, labels=labels, seed=seed)


class _Pictures(Source):
    def __init__(self, name, setting):
        self.name = name
        self.identity = {"pictures": name}
        self._place = {
            "split": "train",
            "image_size": setting.image_shape[:2],
        }
        info = loading.info(name, **self._place)
        loading.check_count(info, setting.num_images)
        if info.image_shape != setting.image_shape:
            raise ValueError(
                "Pictures are measured against images of their shape. "
                f"Received: '{name}' of {info.image_shape}, and "
                f"'{setting.data}' of {setting.image_shape}. Name data that "
                "are grey, or in colour, as the pictures are."
            )

    def images(self, num_images, labels, seed):
        return loading.load(self.name, num_images, seed=seed, **self._place)[0]


class _RealImages(Source):
    conditional = True

    def __init__(self, split, setting):
        self.name = f"{setting.data}, {split}"
        self.identity = {"real images": self.name}
        self._data = setting.data
        self._place = {"split": split, **setting.place}
        info = loading.info(self._data, **self._place)
        loading.check_count(info, setting.num_images)
        if info.class_names:
            self._check_classes(setting)

    def _check_classes(self, setting):
        """Refuses too few of a class, before anything is computed."""
        found = loading.load_labels(self._data, **self._place)
        wanted = loading.load_labels(
            setting.data,
            setting.num_images,
            split=setting.split,
            **setting.place,
        )
        for label, count in zip(
            *np.unique(wanted, return_counts=True), strict=True
        ):
            there = np.count_nonzero(found == label)
            if there < count:
                raise ValueError(
                    "There must be as many real images of each class as are "
                    f"compared. Received: {there} of class {label} in "
                    f"'{self.name}', where {count} are asked for. Ask for "
                    "fewer with --num."
                )

    def images(self, num_images, labels, seed):
        if labels is None:
            return loading.load(
                self._data, num_images, seed=seed, **self._place
            )[0]
        # As many of each class, as a class-conditional model gives.
        images, found = loading.load(
            self._data, labels=True, seed=seed, **self._place
        )
        rows = np.empty(num_images, int)
        for label in np.unique(labels):
            wanted = np.flatnonzero(labels == label)
            there = np.flatnonzero(found == label)
            rows[wanted] = there[: len(wanted)]
        return images[rows]


class _Noise(Source):
    name = NOISE
    identity = {"noise": "each number uniform in [-1, 1]"}

    def __init__(self, image_shape):
        self._image_shape = image_shape

    def images(self, num_images, labels, seed):
        key = random.stream(seed, 0, "evaluation/noise")
        shape = (num_images, *self._image_shape)
        return random.draw(shape, key, "uniform").numpy()


def open_source(name, setting):
    """Opens what is to be measured.

    Args:
        name: One of:
            - a model, see `kerasgan.zoo.find`;
            - `"folder:PATH"`, pictures made elsewhere;
            - `"split:train"`, real images of another split, the floor;
            - `"noise"`: what knows nothing of the data (the ceiling).
        setting: A `Setting`.

    Returns:
        A `Source`.

    Raises:
        ValueError: If there is no such thing, or there are not as many pictures
            as are compared, of each class where they have classes, or they
            are of another shape.
    """
    if name == NOISE:
        return _Noise(setting.image_shape)
    if name.startswith(_FOLDER):
        return _Pictures(name, setting)
    if name.startswith(_SPLIT):
        return _RealImages(name.removeprefix(_SPLIT), setting)
    return _Model(name)


def is_model(name):
    """Whether a name is that of a model, see `open_source`."""
    return name != NOISE and not name.startswith((_SPLIT, _FOLDER))
