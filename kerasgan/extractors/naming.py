"""Extractors by name."""

import pathlib
import re

from kerasgan import errors
from kerasgan import zoo
from kerasgan.extractors import classifier
from kerasgan.extractors import efficientnet
from kerasgan.extractors import inception

_EFFICIENTNET, _INCEPTION = "efficientnet_lite0", "inception:"


def load(name):
    """Loads an extractor.

    Args:
        name: One of:
            - a classifier, see `kerasgan.zoo.find`, such as
              `"classifier_cifar10"`: for images like those that it was trained
              on;
            - `"efficientnet_lite0"`, for photographs; needs the extra `eval`;
            - `"inception:PATH"`, path or address of
              `classify_image_graph_def.pb`: the only one whose numbers are
              called FID and Inception score.

    Returns:
        An `Extractor`.

    Raises:
        ValueError: If there is no such extractor.
        OSError: If a file cannot be read.
        ImportError: If the package of EfficientNet-Lite0 is not installed.
    """
    if name == _EFFICIENTNET:
        return efficientnet.EfficientNetLite0()
    if name.startswith(_INCEPTION):
        return inception.Inception(name.removeprefix(_INCEPTION))
    _check_word(name)
    return classifier.Classifier(name)


def _check_word(name):
    """Refuses a plain word that is no model, and names the extractors."""
    is_word = re.fullmatch(r"[\w-]+", name)
    if not is_word or name in zoo.names() or pathlib.Path(name).exists():
        return
    known = [_EFFICIENTNET, *zoo.names("classifier_*")]
    try:
        errors.check_choice("extractor", name, known)
    except ValueError as error:
        raise ValueError(
            f"{error} 'inception:PATH' and the folder of a Classifier are "
            "extractors, too."
        ) from None
