"""One training step of two networks: both at once, or in turn."""

import tensorflow as tf


def simultaneous(model, real, conditioning, step):
    """Updates both networks from one forward pass.

    Reference: the released code of [Goodfellow et al.,
    2014](https://arxiv.org/abs/1406.2661).

    Args:
        model: A compiled `AdversarialModel`.
        real: float32 `(batch, height, width, channels)`, real images in the
            network's pixel space.
        conditioning: List of what the networks are given beside latents and
            images.
        step: int, the training step, which random numbers are drawn for.
    """
    # The discriminator sees the real and the generated half apart, so that
    # neither's batch statistics touch the other's.
    with tf.GradientTape(persistent=True) as tape:
        fake = model.make_fakes(real, conditioning, step)
        real_logits = model.discriminate(real, conditioning)
        fake_logits = model.discriminate(fake, conditioning)
        discriminator_loss = model.discriminator_loss(real_logits, fake_logits)
        generator_loss = model.generator_loss(fake_logits)
        discriminator_target = _regularised(
            discriminator_loss, model.discriminator
        )
        generator_target = _regularised(generator_loss, model.generator)
    # Both gradients at the same parameters, then both steps.
    discriminator_gradients = _gradients(
        model, tape, discriminator_target, model.discriminator
    )
    generator_gradients = _gradients(
        model, tape, generator_target, model.generator
    )
    _step_discriminator(model, discriminator_gradients, discriminator_loss)
    _step_generator(model, generator_gradients, generator_loss)
    model.track(real_logits=real_logits, fake_logits=fake_logits)


def alternating(model, real, conditioning, step):
    """Updates the discriminator, then the generator on fresh latents.

    The discriminator takes `model.discriminator_steps` steps, each on its own
    part of the batch.

    Reference: [Goodfellow et al., 2014](https://arxiv.org/abs/1406.2661),
    algorithm 1.

    Args:
        model: See `simultaneous`.
        real: See `simultaneous`.
        conditioning: See `simultaneous`.
        step: See `simultaneous`.

    Raises:
        ValueError: If the batch cannot be cut into as many parts.
    """
    parts = _parts([real, *conditioning], model.discriminator_steps)
    for i, (part, *part_conditioning) in enumerate(parts):
        fake = model.make_fakes(part, part_conditioning, step, f"_{i}")
        with tf.GradientTape() as tape:
            real_logits = model.discriminate(part, part_conditioning)
            fake_logits = model.discriminate(fake, part_conditioning)
            loss = model.discriminator_loss(real_logits, fake_logits)
            target = _regularised(loss, model.discriminator)
        gradients = _gradients(model, tape, target, model.discriminator)
        _step_discriminator(model, gradients, loss)
        model.track(real_logits=real_logits, fake_logits=fake_logits)

    part, *part_conditioning = parts[-1]
    with tf.GradientTape() as tape:
        fake = model.make_fakes(part, part_conditioning, step, "_generator")
        fake_logits = model.discriminate(fake, part_conditioning)
        loss = model.generator_loss(fake_logits)
        target = _regularised(loss, model.generator)
    gradients = _gradients(model, tape, target, model.generator)
    _step_generator(model, gradients, loss)


UPDATES = {"simultaneous": simultaneous, "alternating": alternating}


def _parts(tensors, count):
    batch = tensors[0].shape[0]
    message = (
        "The batch must be a multiple of `discriminator_steps`, as each step "
        f"takes its own part. Received: {batch or 'other'} images (on each "
        f"replica) and discriminator_steps={count}. Change one."
    )
    if batch is None:
        # Of an array, whose last batch may be smaller.
        rest = tf.shape(tensors[0])[0] % count
        with tf.control_dependencies(
            [tf.debugging.assert_equal(rest, 0, message)]
        ):
            tensors = [tf.identity(each) for each in tensors]
    elif batch % count:
        raise ValueError(message)
    # Every count-th image, not slices: so the parts of all replicas make up
    # those of one device.
    return [tuple(t[i::count] for t in tensors) for i in range(count)]


def _regularised(loss, network):
    # What gradients are taken of; the loss alone is tracked and watched.
    for penalty in network.losses:
        loss += tf.cast(penalty, tf.float32)
    return loss


def _gradients(model, tape, loss, network):
    # Keras sums gradients over the replicas: each brings its share of the mean
    # over the global batch.
    replicas = model.distribute_strategy.num_replicas_in_sync
    return tape.gradient(
        loss,
        network.trainable_variables,
        output_gradients=tf.ones_like(loss) / replicas,
    )


def _step_discriminator(model, gradients, loss):
    model.discriminator_optimizer.apply(
        gradients, model.discriminator.trainable_variables
    )
    model.track(
        discriminator_loss=loss,
        discriminator_gradient_norm=_norm(model, gradients),
    )


def _step_generator(model, gradients, loss):
    model.generator_optimizer.apply(
        gradients, model.generator.trainable_variables
    )
    model.track(
        generator_loss=loss, generator_gradient_norm=_norm(model, gradients)
    )


def _norm(model, gradients):
    # Of this replica's part of the batch, as if it were the whole.
    replicas = model.distribute_strategy.num_replicas_in_sync
    return tf.linalg.global_norm(gradients) * replicas
