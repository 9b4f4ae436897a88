"""The built-in data set `shapes`, a tfds builder that needs no download."""

import dataclasses

import numpy as np
import tensorflow_datasets as tfds

from kerasgan.datasets import drawing

# tfds refuses a second class of one name, which a reload would define.
_REGISTERED = "shapes" in tfds.list_builders(with_community_datasets=False)
_SEED = 0


@dataclasses.dataclass
class ShapesConfig(tfds.core.BuilderConfig):
    """Says how large the pictures of one variant are.

    Args:
        image_size: Height and width, in pixels.
        **kwargs: Base arguments, such as `name`.
    """

    image_size: int = 32


class Shapes(tfds.core.GeneratorBasedBuilder, skip_registration=_REGISTERED):
    """Colour pictures of ten kinds of objects on textured backgrounds.

    Every kind has the same number of pictures, 2,000 of the 20,000 in `train`
    and 200 of the 2,000 in `test`. Colours, size, position, rotation, finish
    and background are drawn by lot, whatever the kind. The variants `32x32`
    and `64x64` show the same scenes.

    An example has the features:
    - `image`: `(image_size, image_size, 3)` of uint8.
    - `label`: The kind, one of `drawing.KINDS`.
    - `caption`: English, such as "a small flat red star, tilted to the left,
      on a striped blue background".
    - `attributes`: What `drawing.attributes` returns, without the kind.

    Once this module is imported, `tfds.load("shapes/64x64")` works as for any
    other data set.

    Args:
        config: `"32x32"`, the default, or `"64x64"`.
        data_dir: Folder of the prepared data sets; None for that of tfds.
        **kwargs: Base builder keyword arguments.
    """

    VERSION = tfds.core.Version("1.0.0")
    BUILDER_CONFIGS = (
        ShapesConfig(name="32x32", image_size=32),
        ShapesConfig(name="64x64", image_size=64),
    )

    def _info(self):
        size = self.builder_config.image_size
        choices = {
            "color": drawing.COLORS,
            "background_color": drawing.COLORS,
            "texture": drawing.TEXTURES,
            "finish": drawing.FINISHES,
            "size": drawing.SIZES,
        }
        attributes = {
            name: tfds.features.ClassLabel(names=names)
            for name, names in choices.items()
        }
        for name in ("radius", "x", "y", "rotation"):
            attributes[name] = tfds.features.Scalar(np.float32)
        return tfds.core.DatasetInfo(
            builder=self,
            description="Ten kinds of objects on textured backgrounds.",
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(shape=(size, size, 3)),
                    "label": tfds.features.ClassLabel(names=drawing.KINDS),
                    "caption": tfds.features.Text(),
                    "attributes": attributes,
                }
            ),
            supervised_keys=("image", "label"),
        )

    def _split_generators(self, dl_manager):
        return {
            "train": self._generate_examples("train", 20_000),
            "test": self._generate_examples("test", 2_000),
        }

    def _generate_examples(self, split, num_images):
        size = self.builder_config.image_size
        for index in range(num_images):
            scene = drawing.attributes(_SEED, split, index)
            yield (
                index,
                {
                    "image": drawing.draw(_SEED, split, index, size),
                    "caption": drawing.caption(scene),
                    "label": scene.pop("kind"),
                    "attributes": scene,
                },
            )
