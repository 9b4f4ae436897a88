"""The training step of the tutorials, for a pyramid level."""

import tensorflow as tf


def training_step(level, generator_loss, discriminator_loss):
    """Makes a bare step of two phases of a level's networks and optimizers.

    Two tapes, images generated for the discriminator and afresh for the
    generator, two optimizers; no metrics but the losses, no average.

    Args:
        level: A compiled `kerasgan.models.LAPGANLevel` without classes.
        generator_loss: Function of the logits of generated images.
        discriminator_loss: Function of real and of generated images' logits.

    Returns:
        A `tf.function` of images `(batch, height, width, channels)` that
        returns both losses.
    """
    generator, discriminator = level.generator, level.discriminator

    @tf.function
    def step(images):
        real, (coarse,) = level.examples(images, None)
        shape = (tf.shape(images)[0], *level.latent_shape)

        # 1. The discriminator.
        fake = generator([tf.random.uniform(shape, -1, 1), coarse])
        with tf.GradientTape() as tape:
            real_logits = discriminator([real, coarse], training=True)
            fake_logits = discriminator([fake, coarse], training=True)
            loss_of_discriminator = discriminator_loss(real_logits, fake_logits)
        variables = discriminator.trainable_variables
        level.discriminator_optimizer.apply(
            tape.gradient(loss_of_discriminator, variables), variables
        )

        # 2. The generator, on fresh latents.
        with tf.GradientTape() as tape:
            latents = tf.random.uniform(shape, -1, 1)
            fake = generator([latents, coarse], training=True)
            fake_logits = discriminator([fake, coarse], training=True)
            loss_of_generator = generator_loss(fake_logits)
        variables = generator.trainable_variables
        level.generator_optimizer.apply(
            tape.gradient(loss_of_generator, variables), variables
        )
        return loss_of_generator, loss_of_discriminator

    return step
