"""A person's own pictures, in a folder, decoded with Pillow."""

import concurrent.futures
import hashlib
import os
import pathlib

import numpy as np
import tensorflow_datasets as tfds
from PIL import Image
from PIL import ImageOps

from kerasgan import pictures
from kerasgan.datasets import sources

EXTENSIONS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")
_GREY_MODES = ("1", "L", "LA", "I", "I;16")
_ORIENTATION = 0x0112
_UNREADABLE = (
    Image.DecompressionBombError,
    OSError,
    SyntaxError,
    ValueError,
)


class FolderSource:
    """Pictures of a folder, or of its sub-folders, one for each class.

    The one split is `train`. Its order mixes the classes and stays the same
    as pictures are added: it is that of a hash of their paths in the folder.
    So `train[:90%]` and `train[90%:]` hold different pictures of all classes.

    Pictures are turned upright by their EXIF orientation, put on white where
    they are transparent, and are grey when all pictures of the folder are. Of
    a moving picture, the first frame is taken.

    Args:
        path: The folder. Names starting with a dot are passed over.
        split: `"train"` or a slice of it, in the tfds slicing syntax.
        image_size: `(height, width)`; None if all pictures are of one size.

    Raises:
        ValueError: If the folder has no pictures, has some both beside and in
            its sub-folders, or has one that cannot be read; or if there is
            no such split.
    """

    def __init__(self, path, split, image_size):
        self.name = f"folder:{path}"
        root = pathlib.Path(path).expanduser()
        paths, self.class_names = _list_pictures(root)
        paths.sort(key=lambda path: _hash(path.relative_to(root)))
        self.num_images, self._paths = _take(paths, split, self.name)
        self._labels = [
            self.class_names.index(path.parent.name) if self.class_names else -1
            for path in self._paths
        ]
        with concurrent.futures.ThreadPoolExecutor() as pool:
            headers = list(pool.map(_read_header, paths))
        is_grey = all(mode in _GREY_MODES for _, mode in headers)
        self._mode, channels = ("L", 1) if is_grey else ("RGB", 3)
        sizes = {size for size, _ in headers}
        if image_size is None:
            image_size = sizes.pop() if len(sizes) == 1 else (None, None)
        self.image_shape = (*image_size, channels)

    def decode(self):
        """Returns uint8 images and int32 labels, None where there are none."""
        images = np.empty((self.num_images, *self.image_shape), "uint8")
        with concurrent.futures.ThreadPoolExecutor() as pool:
            for i, image in enumerate(pool.map(self._read, self._paths)):
                images[i] = image
        labels = np.array(self._labels, "int32") if self.class_names else None
        return images, labels

    def _read(self, path):
        height, width, channels = self.image_shape
        try:
            with Image.open(path) as image:
                image = ImageOps.exif_transpose(image)
                image = pictures.plain(image).convert(self._mode)
        except _UNREADABLE as error:
            raise ValueError(_unreadable(path, error)) from error
        if image.size != (width, height):
            image = _crop_and_resize(image, height, width)
        return np.asarray(image).reshape(height, width, channels)


def _list_pictures(root):
    """Returns the pictures and the class names of a folder."""
    if not root.is_dir():
        raise ValueError(
            "'folder:PATH' must name a folder of pictures. Received: "
            f"PATH='{root}', which is not a folder. Correct the path."
        )
    paths = _pictures(root)
    folders = {
        folder.name: _pictures(folder)
        for folder in sorted(root.iterdir())
        if folder.is_dir() and not folder.name.startswith(".")
    }
    class_names = tuple(name for name, inside in folders.items() if inside)
    if bool(paths) == bool(class_names):
        found = "both" if paths else "neither"
        raise ValueError(
            "A folder of pictures holds either pictures or one sub-folder of "
            f"pictures for each class. Received: '{root}', which has {found}. "
            f"Arrange it so; pictures end in one of {EXTENSIONS}."
        )
    return paths or [
        p for name in class_names for p in folders[name]
    ], class_names


def _pictures(folder):
    return [
        path
        for path in folder.iterdir()
        if path.suffix.lower() in EXTENSIONS and not path.name.startswith(".")
    ]


def _hash(path):
    return hashlib.sha256(os.fsencode(path.as_posix())).digest()


def _take(paths, split, name):
    # tfds cuts the slices as if the pictures were one of its files.
    splits = tfds.core.SplitDict(
        [
            tfds.core.SplitInfo(
                name="train",
                shard_lengths=[len(paths)],
                num_bytes=0,
                # Never read, but tfds makes file names of it.
                filename_template=tfds.core.ShardedFileTemplate(
                    data_dir="",
                    dataset_name="folder",
                    split="train",
                    filetype_suffix="tfrecord",
                ),
            )
        ]
    )
    num_images = sources.count(splits, split, name)
    taken = []
    for file in splits[split].file_instructions:
        taken += paths[file.skip : file.skip + file.take]
    return num_images, taken


def _crop_and_resize(image, height, width):
    """Does what `sources.crop_and_resize` does, without TensorFlow."""
    old_width, old_height = image.size
    crop_height = max(1, min(old_height, old_width * height // width))
    crop_width = max(1, min(old_width, old_height * width // height))
    top = (old_height - crop_height) // 2
    left = (old_width - crop_width) // 2
    image = image.crop((left, top, left + crop_width, top + crop_height))
    return image.resize((width, height), Image.Resampling.BILINEAR)


def _read_header(path):
    """Returns `(height, width)` of a picture, turned upright, and its mode."""
    try:
        with Image.open(path) as image:
            width, height = image.size
            # Orientations 5 to 8 are those turned by a quarter.
            if image.getexif().get(_ORIENTATION) in (5, 6, 7, 8):
                width, height = height, width
            return (height, width), image.mode
    except _UNREADABLE as error:
        raise ValueError(_unreadable(path, error)) from error


def _unreadable(path, error):
    return (
        "Every picture of the folder must be readable. Received: "
        f"'{path}', of which Pillow says: {error}. Remove or repair it."
    )
