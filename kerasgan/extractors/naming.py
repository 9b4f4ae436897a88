"""Extractors by name."""

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
    return classifier.Classifier(name)
