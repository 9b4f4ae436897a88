"""Images between latents, frame by frame, so that one sees how far it is."""

import numpy as np
import tensorflow as tf

from kerasgan import figures

# An interpolation passes so many latents, with so many steps to the next.
_STOPS = 3
_STEPS = 10
NUM_FRAMES = _STOPS * _STEPS


def interpolation(model, num_images, labels, seed):
    """Yields images that change from latents to latents and back to the first.

    Those that it begins with are those of `model.generate`. An image keeps its
    label.

    Args:
        model: A `kerasgan.models.GenerativeModel`.
        num_images: int.
        labels: Sequence of `num_images` integers; drawn where None.
        seed: int.

    Yields:
        `NUM_FRAMES` times float32 `(num_images, height, width, channels)` in
        `[-1, 1]`.
    """
    model.check_adapted()
    indices = tf.range(_STOPS * num_images, dtype=tf.int64)
    seeds = tf.fill([_STOPS * num_images], tf.constant(seed, tf.int64))
    if labels is not None:
        labels = tf.constant(labels, tf.int32)
    labels = model.given_or_drawn(
        labels, seeds[:num_images], indices[:num_images]
    )
    latents = tf.function(model.draw_latents, autograph=False)(seeds, indices)
    parts = [
        (np.split(part.numpy(), _STOPS), distribution)
        for part, distribution in zip(
            tf.nest.flatten(latents), model.latent_distributions, strict=True
        )
    ]
    generate = tf.function(model.images_from_latents, autograph=False)
    for frame in range(NUM_FRAMES):
        stop, step = divmod(frame, _STEPS)
        between = [
            tf.constant(
                figures.interpolate(
                    stops[stop],
                    stops[(stop + 1) % _STOPS],
                    step / _STEPS,
                    distribution,
                )
            )
            for stops, distribution in parts
        ]
        between = tf.nest.pack_sequence_as(latents, between)
        yield generate(between, labels).numpy()
