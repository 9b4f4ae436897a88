"""The pictures of a study: real ones of a data set, and those of models."""

import numpy as np

from kerasgan import datasets
from kerasgan import zoo
from kerasgan.evaluation import loading
from kerasgan.figures import grids
from kerasgan.turing import schedule
from kerasgan.turing import study


def draw(
    models,
    data,
    protocol,
    num_pictures=500,
    split="test",
    data_dir=None,
    seed=0,
    progress=None,
):
    """Draws the pictures of a study.

    Real ones are of a random order of the split, generated ones those of the
    seed, not chosen by anyone. A class-conditional model makes as many of each
    class. Grey pictures are stored as colours.

    Args:
        models: Sequence of names, see `kerasgan.zoo.find`.
        data: Name of the data set, see `kerasgan.datasets.load`.
        protocol: A `Protocol`.
        num_pictures: int, judged pictures of each source.
        split: Of the real pictures; the models should not have seen it.
        data_dir: Folder of the prepared data sets, or None.
        seed: int.
        progress: Function of (int done, int total, str what), or None.

    Returns:
        A tuple (list of `Source`, the real pictures first; class names).

    Raises:
        ValueError: If there is no such model or data set, they are of other
            sizes, or there are too few real pictures.
    """
    _check_counts(protocol, num_pictures, len(models))
    infos = [zoo.info(name) for name in models]
    place = _place(infos, data_dir)
    found = datasets.info(data, split, **place)
    _check(infos, found)
    counts = _counts(protocol, num_pictures, len(models))
    total = sum(counts[study.REAL].values())
    if found.num_images < total:
        raise ValueError(
            "There must be enough real pictures. Received: "
            f"{found.num_images} in '{data}', {split}, where {total} are "
            "needed. Ask for fewer, or name another split."
        )
    show = progress or (lambda *_: None)
    show(0, len(models) + 1, study.REAL)
    sources = [_real(data, split, found, counts[study.REAL], seed, place)]
    for number, (name, info) in enumerate(zip(models, infos, strict=True), 1):
        show(number, len(models) + 1, info["name"])
        sources.append(_generated(name, info, counts["fake"], seed))
    return sources, found.class_names


def _check_counts(protocol, num_pictures, num_models):
    needed = max(
        schedule.most_of_a_source(protocol, protocol.trials, num_models)
    )
    if num_pictures < needed:
        raise ValueError(
            "No one is to see a picture twice. Received: num_pictures="
            f"{num_pictures}, where a participant sees up to {needed} of a "
            "source. Give more pictures, or fewer trials."
        )


def _counts(protocol, num_pictures, num_models):
    """For real and for generated pictures, how many of each role."""
    real, fake = schedule.most_of_a_source(
        protocol, protocol.practice, num_models
    )
    return {
        study.REAL: {
            "judged": num_pictures,
            "practice": real,
            "example": protocol.examples,
        },
        "fake": {"judged": num_pictures, "practice": fake},
    }


def _place(infos, data_dir):
    """Where the real pictures are, and cut as the models know them."""
    places = [zoo.place(info) for info in infos]
    cropped = [place for place in places if place["corner_crops"]]
    return {"data_dir": data_dir, **(cropped or places)[0]}


def _check(infos, found):
    names = [study.REAL, *(info["name"] for info in infos)]
    if len(set(names)) < len(names):
        raise ValueError(
            "Models must have names of their own, by which the report calls "
            f"them. Received: {names[1:]}; '{study.REAL}' is taken. Rename a "
            "folder."
        )
    for info in infos:
        zoo.check_generates(info)
        if tuple(info["image_shape"]) != tuple(found.image_shape):
            raise ValueError(
                "Models and data must have images of one shape, or it tells "
                f"them apart. Received: {info['image_shape']} of "
                f"'{info['name']}', {list(found.image_shape)} of "
                f"'{found.name}'. Compare models of one size."
            )


def _real(data, split, found, counts, seed, place):
    has_labels = bool(found.class_names)
    images, labels = loading.load(
        data,
        sum(counts.values()),
        labels=has_labels,
        seed=seed,
        split=split,
        **place,
    )
    return study.Source(
        study.REAL,
        {"data": data, "split": split, "seed": seed},
        _shared_out(images, labels, counts),
    )


def _generated(name, info, counts, seed):
    model = zoo.load(name)
    count = sum(counts.values())
    labels = None
    if info["num_classes"]:
        labels = np.arange(count, dtype="int32") % info["num_classes"]
    return study.Source(
        info["name"],
        {
            "model": info["name"],
            "sha256": {
                file: digest
                for file, digest in info["sha256"].items()
                if file.endswith(".safetensors")
            },
            "seed": seed,
        },
        _shared_out(
            model.generate(count, labels=labels, seed=seed), labels, counts
        ),
    )


def _shared_out(images, labels, counts):
    pixels = grids.to_uint8(images)
    pixels = np.broadcast_to(pixels, (*pixels.shape[:3], 3))
    shares, first = {}, 0
    for role, count in counts.items():
        rows = slice(first, first + count)
        shares[role] = (pixels[rows], None if labels is None else labels[rows])
        first += count
    return shares
