"""A classifier of the zoo as an extractor."""

import tensorflow as tf

from kerasgan import zoo
from kerasgan.extractors import base
from kerasgan.zoo import folder as folders


class Classifier(base.Extractor):
    """Features and logits of a trained `kerasgan.models.Classifier`.

    Args:
        name_or_folder: See `kerasgan.zoo.find`.

    Attributes:
        data: Name of the data set whose classes it knows; None where the model
            does not say.

    Raises:
        ValueError: If there is no such model, or it is no classifier.
    """

    def __init__(self, name_or_folder):
        info = zoo.info(name_or_folder)
        self.data = info["about"].get("data", "").rpartition(", ")[0] or None
        if info["family"] != "Classifier":
            raise ValueError(
                "The family of an extractor's model must be Classifier. "
                f"Received: '{info['name']}', a {info['family']}. Give one of "
                f"{zoo.names('classifier_*')}, or a folder of your own."
            )
        model = zoo.load(name_or_folder)
        self._call = tf.function(model.call, autograph=False)
        self._size = model.image_shape[:2]
        height, width = self._size
        super().__init__(
            info["name"],
            info["sha256"][folders.weights_file("classifier")],
            f"Then, if they are of another size than {height}x{width}, they "
            "are resized bilinearly, with antialiasing.",
            num_features=3 * model.filters,
            num_classes=model.num_classes,
            channels=model.image_shape[2],
        )

    def extract_batch(self, pixels):
        """See `Extractor.extract_batch`."""
        images = tf.constant(pixels) / 127.5 - 1
        if tuple(pixels.shape[1:3]) != self._size:
            images = tf.image.resize(images, self._size, antialias=True)
        features, logits = self._call(images)
        return base.Features(features.numpy(), logits.numpy())
