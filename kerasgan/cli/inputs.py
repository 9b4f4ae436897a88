"""The arguments that several commands share."""

import argparse
import os
import secrets

from kerasgan import errors


def add_model(parser):
    """Adds the positional argument `model`."""
    parser.add_argument(
        "model",
        metavar="NAME",
        help="a name of `kerasgan list`, or the folder of a saved model or of "
        "a finished run",
    )


def add_seed(parser):
    """Adds `--seed`, fresh where it is left out."""
    parser.add_argument(
        "--seed",
        type=integer(0, errors.MAX_SEED),
        default=secrets.randbelow(errors.MAX_SEED),
        metavar="S",
        help="the same seed gives the same images; a fresh one is chosen, and "
        "said, where it is left out",
    )


def add_labels(parser):
    """Adds `--labels`; see `labels`."""
    parser.add_argument(
        "--labels",
        type=_integers,
        metavar="L",
        help="classes from 0, of a class-conditional model: one, or several "
        "separated by commas, taken in turn; drawn where left out",
    )


def add_json(parser):
    """Adds `--json`."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def path(text):
    """The type of an argument that is a path: `~` is the home folder.

    A shell leaves it as it is within `--out=~/x`.
    """
    return os.path.expanduser(text)


def integer(minimum, maximum=None):
    """Returns the type of an argument: an integer within bounds, inclusive."""

    def parsed(text):
        value = int(text) if text.isdecimal() else -1
        if value < minimum or (maximum is not None and value > maximum):
            bounds = f"at least {minimum}"
            if maximum is not None:
                bounds += f" and at most {maximum}"
            raise argparse.ArgumentTypeError(
                f"must be an integer, {bounds}, not '{text}'"
            )
        return value

    return parsed


def _integers(text):
    parts = text.split(",")
    if not all(part.isdecimal() for part in parts):
        raise argparse.ArgumentTypeError(
            f"must be integers separated by commas, such as 0,1,2, not '{text}'"
        )
    return [int(part) for part in parts]


def labels(given, num_images, info):
    """Returns a label for each image.

    Args:
        given: The value of `--labels`.
        num_images: int.
        info: See `kerasgan.zoo.info`.

    Returns:
        A list of `num_images` integers, `given` repeated as often as it takes;
        or None.

    Raises:
        ValueError: If the model has no such classes, or there are more labels
            than images.
    """
    if given is None:
        return None
    num_classes = info["num_classes"]
    if not num_classes:
        raise ValueError(
            "--labels needs a class-conditional model. Received: "
            f"--labels={_joined(given)} for '{info['name']}', which has no "
            "classes. Leave --labels out."
        )
    if max(given) >= num_classes or len(given) > num_images:
        raise ValueError(
            f"--labels must be of the classes 0 to {num_classes - 1}, at most "
            f"one an image. Received: --labels={_joined(given)}, images: "
            f"{num_images}. Leave out those that are too high or too many."
        )
    return [given[i % len(given)] for i in range(num_images)]


def _joined(labels):
    return ",".join(map(str, labels))
