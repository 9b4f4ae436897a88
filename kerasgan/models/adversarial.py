"""Two networks, two optimizers, and the training step of the papers."""

import keras
import numpy as np
import tensorflow as tf

from kerasgan import errors
from kerasgan import layers
from kerasgan import losses
from kerasgan import optimizers
from kerasgan import random
from kerasgan.models import base
from kerasgan.models import checks
from kerasgan.models import networks as named_networks
from kerasgan.models import own_networks
from kerasgan.models import replication
from kerasgan.models import updates

_NOT_OF_COMPILE = {
    **dict.fromkeys(
        ("metrics", "weighted_metrics", "loss_weights"), checks.MEASURE
    ),
    "optimizer": "Give one for each network, as the first two arguments.",
}


class AdversarialModel(base.GenerativeModel):
    """Base class: a generator and a discriminator trained against each other.

    A family lists its networks by name in `NETWORKS`. A conditional family
    says in `examples` what its networks are conditioned on, and names in
    `CONDITIONING` what that is beside labels; a family whose algorithm differs
    overrides `train_step`.

    Args:
        networks: A name in `NETWORKS`, or a pair `(generator, discriminator)`
            of functional or sequential Keras models. The generator takes
            latents, the discriminator images; both take the conditioning as
            further inputs. The discriminator ends in `(batch, 1)` logits.
        num_classes: int, of a class-conditional model; None otherwise.
        latent_distribution: See `kerasgan.random.check_distribution`; that of
            the named networks, or `"normal"`.
        pixel_space: See `kerasgan.layers.PixelSpace`; that of the named
            networks, or `"signed"`.
        ema: Decay of the generator average, such as 0.999, or None; less in
            the first steps, (1 + step) / (10 + step), so that the average is
            of about the last ninth of them. Where there is an average,
            `generate` uses it.
        seed: int in `[0, 2**31 - 1]`, of all random numbers in training.
            Initial weights come from `keras.utils.set_random_seed`.
        discriminator: bool; False leaves it out, as `kerasgan.zoo.load` does:
            the model generates and cannot be trained.
        name: Name of the model.
        **options: Arguments of the functions that build the named networks,
            such as `filters`.

    Call arguments:
        latents: `(batch, *latent_shape)`.
        labels: int `(batch,)` for a class-conditional model, else None.

    Returns:
        Generated images, `(batch, height, width, channels)` in `[-1, 1]`.

    Raises:
        ValueError: If a name or an option is unknown, or a value out of its
            range.
    """

    NETWORKS = {}
    CONDITIONING = ()

    def __init__(
        self,
        networks,
        num_classes=None,
        latent_distribution=None,
        pixel_space=None,
        ema=None,
        seed=0,
        discriminator=True,
        name=None,
        **options,
    ):
        super().__init__(num_classes=num_classes, seed=seed, name=name)
        if ema is not None:
            ema = errors.check_fraction("ema", ema)
        self.ema = ema
        self.networks = networks
        self.options = options
        if isinstance(networks, str):
            choice = self.NETWORKS[
                errors.check_choice("networks", networks, self.NETWORKS)
            ]
            pair = named_networks.build(
                choice, options, num_classes, discriminator
            )
            latent_distribution = (
                latent_distribution or choice.latent_distribution
            )
            pixel_space = pixel_space or choice.pixel_space
        else:
            if options:
                raise ValueError(
                    "Own networks have no options. Received: networks and "
                    f"{sorted(options)}. Build the networks with them, and "
                    "leave these out."
                )
            pair = own_networks.check_pair(
                networks, num_classes, discriminator, self.CONDITIONING
            )
        self.generator, self.discriminator = pair
        self.latent_distribution = random.check_distribution(
            latent_distribution or "normal"
        )
        self.averaged_generator = None
        if ema is not None:
            self.averaged_generator = keras.models.clone_model(self.generator)
            self.averaged_generator.set_weights(self.generator.get_weights())
            self.averaged_generator.trainable = False
        self.latent_shape = tuple(self.generator.inputs[0].shape[1:])
        self.image_shape = tuple(self.generator.outputs[0].shape[1:])
        self.pixels = layers.PixelSpace(
            pixel_space or "signed", self.training_image_shape
        )
        self._judge = base.function_of_rows(self._judged)
        self.built = True

    # Sampling.

    def draw_latents(self, seeds, indices):
        keys = random.stream(seeds, indices, self.stream_name("generate"))
        return random.draw_rows(
            self.latent_shape, keys, self.latent_distribution
        )

    def images_from_latents(self, latents, labels=None):
        generated = self.generated(latents, self.label_conditioning(labels))
        images = self.pixels.to_images(generated)
        return tf.clip_by_value(images, -1.0, 1.0)

    def generated(self, latents, conditioning):
        """What the generator gives when sampling, float32, unclipped."""
        outputs = self.sampling_generator(
            _inputs(latents, conditioning), training=False
        )
        return tf.cast(outputs, tf.float32)

    def call(self, latents, labels=None):
        return self.images_from_latents(latents, labels)

    @property
    def sampling_generator(self):
        """The generator average where there is one, else the generator."""
        return self.averaged_generator or self.generator

    def judge(self, images, labels=None, batch_size=64):
        """What the discriminator thinks of images, as in inference.

        Args:
            images: `(n, height, width, channels)` in `[-1, 1]`.
            labels: int `(n,)` for a class-conditional model, else None.
            batch_size: int, how many are judged at a time.

        Returns:
            NumPy float32 `(n,)`, logits: above 0 for what it takes as real.

        Raises:
            ValueError: If images or labels are not what the model takes, or it
                was loaded without its discriminator.
        """
        self._check_discriminator("Judging")
        self.check_adapted()
        errors.check_integer("batch_size", batch_size, minimum=1)
        images = np.asarray(images)
        self.check_images(images)
        self.check_labels_present(labels)
        labels = self.check_labels(labels, len(images))
        logits = []
        for start in range(0, len(images), batch_size):
            rows = slice(start, start + batch_size)
            part = self._judge(
                tf.constant(images[rows]),
                None if labels is None else tf.constant(labels[rows]),
            )
            logits.append(part.numpy())
        return np.concatenate(logits)

    def _judged(self, images, labels):
        real, conditioning = self.examples(images, labels)
        logits = self.discriminator(_inputs(real, conditioning), training=False)
        return tf.cast(logits, tf.float32)[:, 0]

    def stream_name(self, purpose):
        """Name of a stream of latents; a pyramid level prefixes its own."""
        return f"{purpose}/latents"

    # What a family may say differently.

    def examples(self, images, labels):
        """What the discriminator is shown as real, and the conditioning.

        Args:
            images: `(batch, height, width, channels)` in `[-1, 1]`.
            labels: int `(batch,)` or None.

        Returns:
            A pair: the real images in the network's pixel space, and the list
            of the conditioning tensors that both networks take.
        """
        return self.pixels(images), self.label_conditioning(labels)

    def label_conditioning(self, labels):
        """The labels as a list of network inputs: one one-hot, or none."""
        if not self.num_classes:
            return []
        if labels is None:
            raise ValueError(
                f"'{self.name}' is class-conditional and needs `labels`. "
                "Received: none. Give one integer an image."
            )
        return [tf.one_hot(labels, self.num_classes)]

    # Training.

    def compile(
        self,
        generator_optimizer,
        discriminator_optimizer,
        loss="non_saturating",
        label_smoothing=0.0,
        update="simultaneous",
        discriminator_steps=1,
        **kwargs,
    ):
        """Configures the model for training, which begins at step 0 again.

        So a second `compile` brings the same noise once more.

        Args:
            generator_optimizer: A `keras.optimizers.Optimizer`, new.
            discriminator_optimizer: Another one, new.
            loss: See `kerasgan.losses.get`.
            label_smoothing: In `[0, 1)`: how far the target of real images is
                under 1.
            update: `"simultaneous"`: both networks are updated from one
                forward pass of one batch of generated images, as in
                Goodfellow et al.'s released code. `"alternating"`: first the
                discriminator, then the generator on fresh latents, as in
                algorithm 1 of the paper.
            discriminator_steps: For `"alternating"`: how many discriminator
                steps go before each generator step. The batch is cut into as
                many parts, so each sees other real images.
            **kwargs: Keyword arguments of `keras.Model.compile`, such as
                `jit_compile`; not metrics of Keras, which have no meaning
                here. Without `jit_compile` no XLA is used: Keras's "auto" would
                use it on one GPU and not on several, with other noise.

        Raises:
            ValueError: If an argument is out of its range, or none of a GAN's,
                an optimizer has been used before, or a network computes in
                float16 or has an `activity_regularizer`.
        """
        self._check_discriminator("Training")
        checks.check_arguments("`compile` of a GAN", _NOT_OF_COMPILE, kwargs)
        errors.check_choice("update", update, updates.UPDATES)
        errors.check_integer("discriminator_steps", discriminator_steps, 1)
        if update == "simultaneous" and discriminator_steps > 1:
            raise ValueError(
                "`discriminator_steps` above 1 needs update='alternating'. "
                f"Received: discriminator_steps={discriminator_steps} with "
                "update='simultaneous', which takes one step of each. Set "
                "`update`."
            )
        self.generator_loss, self.discriminator_loss = losses.get(
            loss, label_smoothing
        )
        optimizers.check_pair(generator_optimizer, discriminator_optimizer)
        own_networks.check_trained((self.generator, self.discriminator))
        kwargs.setdefault("jit_compile", False)
        replication.check(
            (self.generator, self.discriminator),
            (generator_optimizer, discriminator_optimizer),
            self.distribute_strategy.num_replicas_in_sync,
            kwargs["jit_compile"],
        )
        super().compile(optimizer=None, **kwargs)
        self.update = update
        self.discriminator_steps = discriminator_steps
        self.generator_optimizer = generator_optimizer
        self.discriminator_optimizer = discriminator_optimizer
        # An optimizer that is not built restores nothing, and only warns.
        generator_optimizer.build(self.generator.trainable_variables)
        discriminator_optimizer.build(self.discriminator.trainable_variables)
        self._trackers = {
            name: keras.metrics.Mean(name=name) for name in _METRICS
        }
        self._compile_arguments = {
            "loss": loss,
            "label_smoothing": label_smoothing,
            "update": update,
            "discriminator_steps": discriminator_steps,
            **kwargs,
        }

    def _check_discriminator(self, what):
        if self.discriminator is None:
            raise ValueError(
                f"{what} needs a discriminator. Received: '{self.name}', "
                "which has none. Load it with `discriminator=True`."
            )

    def initialise_from(self, other):
        """Takes over the weights of a trained model, to train on from them.

        Both networks' weights; the statistics of the pixels stay those of the
        new training images.

        Args:
            other: A model with networks of the same shapes.

        Raises:
            ValueError: If it has other networks.
        """
        self.check_same_networks(other)
        self.generator.set_weights(other.sampling_generator.get_weights())
        self.discriminator.set_weights(other.discriminator.get_weights())
        if self.averaged_generator is not None:
            self.averaged_generator.set_weights(self.generator.get_weights())

    def check_same_networks(self, other):
        """Raises a ValueError if a model has networks of other shapes."""
        for network in ("generator", "discriminator"):
            expected, received = (
                [tuple(weight.shape) for weight in _weights(model, network)]
                for model in (self, other)
            )
            if expected != received:
                raise ValueError(
                    "Training can start from a model of the same networks. "
                    f"Received: '{other.name}', whose {network} has weights of "
                    f"the shapes {received}, where {expected} are wanted. Give "
                    "the sizes and the classes that it was trained with."
                )

    def get_compile_config(self):
        if not self.compiled:
            return {}
        return keras.saving.serialize_keras_object(
            {
                "generator_optimizer": self.generator_optimizer,
                "discriminator_optimizer": self.discriminator_optimizer,
                **self._compile_arguments,
            }
        )

    def compile_from_config(self, config):
        self.compile(**keras.saving.deserialize_keras_object(config))

    @property
    def metrics(self):
        return list(self._trackers.values()) if self.compiled else []

    @property
    def steps_taken(self):
        """How many training steps this compiled model has taken, an int."""
        return int(self.generator_optimizer.iterations.numpy())

    def train_step(self, data):
        images, labels, _ = keras.utils.unpack_x_y_sample_weight(data)
        self.check_image_shape(images)
        self.check_labels_present(labels)
        if self.num_classes:
            checks.assert_labels(labels, self.num_classes)
        step = self.generator_optimizer.iterations
        with random.training_step(self.seed, step, self.stream_name("layers")):
            real, conditioning = self.examples(images, labels)
            updates.UPDATES[self.update](self, real, conditioning, step)
        if self.ema is not None:
            self._update_average()
        return {name: each.result() for name, each in self._trackers.items()}

    def make_fakes(self, real, conditioning, step, phase=""):
        """Generates as many images as there are real ones, to train on.

        Args:
            real: float32 `(batch, height, width, channels)`.
            conditioning: List of what the networks are given beside latents
                and images.
            step: int, the training step, which the latents are drawn for.
            phase: Of the step, where it draws more than once.

        Returns:
            float32, of the shape of `real`, in the network's pixel space.
        """
        key = random.stream(self.seed, step, self.stream_name(f"train{phase}"))
        shape = (tf.shape(real)[0], *self.latent_shape)
        latents = random.draw_batch(shape, key, self.latent_distribution)
        fake = self.generator(_inputs(latents, conditioning), training=True)
        return tf.cast(fake, tf.float32)

    def discriminate(self, images, conditioning):
        """The discriminator's logits, float32 `(batch, 1)`, in training.

        Args:
            images: float32 `(batch, height, width, channels)`, in the network's
                pixel space.
            conditioning: See `make_fakes`.
        """
        logits = self.discriminator(
            _inputs(images, conditioning), training=True
        )
        return tf.cast(logits, tf.float32)

    def track(self, **values):
        """Adds values of a step to the means of the metrics of these names."""
        for name, value in values.items():
            self._trackers[name].update_state(value)

    def _update_average(self):
        # The first steps are averaged over fewer (as in
        # tf.train.ExponentialMovingAverage), or the initial weights would
        # linger. Batch norm's statistics are averaged along with the weights.
        step = tf.cast(self.generator_optimizer.iterations, tf.float32)
        decay = tf.minimum(self.ema, (1.0 + step) / (10.0 + step))
        for average, weight in zip(
            self.averaged_generator.weights,
            self.generator.weights,
            strict=True,
        ):
            average.assign(average + (1.0 - decay) * (weight - average))

    # Saving.

    def get_config(self):
        networks = self.networks
        if not isinstance(networks, str):
            networks = [self.generator, self.discriminator]
            networks = keras.saving.serialize_keras_object(networks)
        config = {
            **super().get_config(),
            "networks": networks,
            "latent_distribution": self.latent_distribution,
            "pixel_space": self.pixels.space,
            "ema": self.ema,
            **self.options,
        }
        if self.discriminator is None:
            config["discriminator"] = False
        return config

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        networks = config.get("networks")
        if networks is not None and not isinstance(networks, str):
            if not config.get("discriminator", True):
                networks = [networks[0], None]
            config["networks"] = keras.saving.deserialize_keras_object(networks)
        return cls(**config)

    def generator_parts(self):
        return {"generator": self.sampling_generator, "pixels": self.pixels}

    def discriminator_parts(self):
        if self.discriminator is None:
            return {}
        return {"discriminator": self.discriminator}

    def training_state(self):
        """What a checkpoint holds: a dict from a name to what has variables."""
        parts = {name: getattr(self, name) for name in _TRAINING_STATE}
        return {name: part for name, part in parts.items() if part is not None}


_TRAINING_STATE = (
    "generator",
    "averaged_generator",
    "discriminator",
    "pixels",
    "generator_optimizer",
    "discriminator_optimizer",
)
_METRICS = (
    "generator_loss",
    "discriminator_loss",
    "real_logits",
    "fake_logits",
    "generator_gradient_norm",
    "discriminator_gradient_norm",
)


def _weights(model, network):
    return getattr(getattr(model, network, None), "weights", [])


def _inputs(first, conditioning):
    return [first, *conditioning] if conditioning else first
