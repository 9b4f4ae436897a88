"""A model as a LiteRT (TensorFlow Lite) file, for phones and small machines."""

import pathlib

import tensorflow as tf

from kerasgan import files
from kerasgan.export import graphs


def export_litert(model, path):
    """Writes what turns latents into an image as a `.tflite` file.

    That is the generator, of a LAPGAN the whole chain of them, in float32, for
    one image a call, as the signature `serving_default`:

    - `latents`, float32 `(1, ...)`; of a LAPGAN `latents_0`, of the finest
      level, `latents_1` and so on;
    - `labels`, int32 `(1,)`, of a class-conditional model; not checked;
    - gives `images`, float32 `(1, height, width, channels)` in `[-1, 1]`.

    LiteRT cannot draw our random numbers, so the caller draws the latents, from
    `model.latent_distribution` (a LAPGAN's levels have one each).

    Args:
        model: A model of `kerasgan.models`.
        path: Of the file; parents are made, and one that is there is replaced.

    Returns:
        The path, a `pathlib.Path`.

    Raises:
        ValueError: If LiteRT lacks one of the model's operations, or the model
            cannot generate images by itself or computes in another precision
            than float32.
        OSError: If the file cannot be written.
    """
    graphs.check_model(model)
    path = pathlib.Path(path)
    files.check_folder("path", path.parent)
    if path.is_dir():
        raise OSError(
            f"`path` must be that of a file. Received: path={path}, which is "
            "a folder. Give a name in it, such as "
            f"{path / f'{model.name}.tflite'}."
        )
    content = _convert(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    files.replace_bytes(path, content)
    return path


def _convert(model):
    # With the number of images left open, LiteRT refuses to run a LAPGAN: it
    # cannot tell the sizes of the products that enlarge images.
    specs = {**graphs.latent_specs(model, 1), **graphs.label_specs(model, 1)}

    def images(labels=None, **latents):
        return graphs.images_from_latents(model, latents, labels)

    function = graphs.trace(images, specs)
    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [function], graphs.module_of([function])
    )
    try:
        return converter.convert()
    except Exception as error:
        # The converter's class of errors is not public.
        raise ValueError(
            "Every operation of the model must be one of LiteRT. Received: "
            f"'{model.name}', of which the converter says: {error}\n"
            "Build the generator of other layers, or export a SavedModel."
        ) from error
