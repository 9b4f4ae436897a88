"""What is said of a trained model: pictures, measurements, where it is from."""

import platform
import re

import keras
import numpy as np
import tensorflow as tf

from kerasgan import errors
from kerasgan import figures
from kerasgan import metrics
from kerasgan import models

_LICENCES = {
    "cifar10": "CIFAR-10 (Krizhevsky, 2009): no licence is stated; free to "
    "use with a citation, as its page asks.",
    "mnist": "MNIST (LeCun, Cortes and Burges): CC BY-SA 3.0.",
    "shapes": "Drawn by kerasgan: Apache-2.0.",
}
_REPEATS = 3


class Refinement:
    """Draws a level alone: refines real low-pass images of known classes.

    Args:
        level: A `kerasgan.models.LAPGANLevel`.
        low_pass: `(n, height, width, channels)` in `[-1, 1]`.
        labels: int `(n,)`, or None of a model without classes.
    """

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
        chain = model.generate(
            10, labels, seed, batch_size=10, return_pyramid=True
        )
        drawn["pyramid"] = figures.pyramid_chain(chain, model.filter)
    return drawn


def measurements(states, scorer, seed, real_name):
    """Measures states of a model by the score of its run, with three seeds.

    Args:
        states: dict from a name of the state, such as `"best"`, to what
            `generate`s.
        scorer: A `kerasgan.scoring.Scorer`.
        seed: int; that of the first of the three.
        real_name: What the real images are, for the protocol.

    Returns:
        A list of dicts, `name`, `value` (the mean), `spread` (least and
        largest) and `protocol`; without what is not a number.
    """
    seeds = [(seed + i) % (errors.MAX_SEED + 1) for i in range(_REPEATS)]
    measured = []
    for state, model in states.items():
        found = [
            scorer(
                model.generate(
                    scorer.num_images, labels=scorer.labels, seed=each
                )
            )
            for each in seeds
        ]
        for name in found[0]:
            values = [each[name] for each in found]
            # Of few images, some classes may have one or none.
            if not np.isfinite(values).all():
                continue
            measured.append(
                {
                    "name": scorer.label if name == scorer.name else name,
                    "value": float(np.mean(values)),
                    "spread": [float(min(values)), float(max(values))],
                    "protocol": f"the {state} state; "
                    f"{scorer.protocol(name, real_name)}; mean, least and "
                    f"largest of the seeds {seeds}; the best state was chosen "
                    "by such a score, with another seed",
                }
            )
    return measured


def _pair(size):
    return [size, size] if isinstance(size, int) else size and list(size)


def classification(model, images, labels, protocol):
    """Measures a classifier.

    Args:
        model: A `kerasgan.models.Classifier`.
        images: `(n, height, width, channels)` in `[-1, 1]`.
        labels: int `(n,)`.
        protocol: Which images these are.

    Returns:
        A pair: a list of one dict, the accuracy, see `measurements`, whose
        spread is Wilson's interval at 95 %; and the pictures, a dict with
        `"mistakes"`: up to 64 images that are classified wrongly.
    """
    logits = model.classify(images)
    found = metrics.accuracy(logits, labels)
    accuracy = {
        "name": "accuracy",
        "value": found.value,
        "spread": [found.low, found.high],
        "protocol": f"{protocol}; the last state; the spread is Wilson's "
        "interval at 95 %",
    }
    wrong = np.asarray(images)[logits.argmax(-1) != labels][:64]
    drawn = {"mistakes": figures.grid(wrong, columns=8)} if len(wrong) else {}
    return [accuracy], drawn


def about(recipe, description, command, data, seed):
    """What a model's card says of its training.

    Args:
        recipe: Name of the recipe.
        description: The recipe's docstring.
        command: The command that trains it again.
        data: A `kerasgan.training.Data`.
        seed: int.

    Returns:
        A dict of strings and ints.
    """
    paper = re.search(r"https://arxiv\.org/abs/[\d.]*\d", description)
    return {
        "name": recipe,
        "recipe": recipe,
        "description": description.strip(),
        "paper": paper.group() if paper else None,
        "command": command,
        "data": f"{data.name}, {data.split}",
        "corner_crops": _pair(data.corner_crops),
        "data_licence": _LICENCES.get(data.name),
        "licence": "Apache-2.0",
        "seed": seed,
        "versions": f"Python {platform.python_version()}, TensorFlow "
        f"{tf.__version__}, Keras {keras.__version__}, NumPy {np.__version__}",
    }
