"""A small image classifier, whose features and logits serve metrics."""

import keras
import numpy as np
import tensorflow as tf

from kerasgan import errors
from kerasgan import optimizers
from kerasgan import random
from kerasgan.models import checks
from kerasgan.models import networks
from kerasgan.models import own_networks
from kerasgan.models import replication


@keras.saving.register_keras_serializable(package="kerasgan")
class Classifier(keras.Model):
    """A convolutional network that tells classes of small images apart.

    A 3x3 convolution and three blocks, each

        conv 3x3 -> max-pool 2x2 -> norm, ReLU -> conv 3x3 -> norm, ReLU

    with a shortcut around its second convolution, of `filters`, `3 * filters`
    and `3 * filters` channels. The mean over the last map is the features, a
    dense layer of which gives the logits. In training, images are shifted and
    flipped at random.

    The recipe of fast CIFAR-10 networks in small: residual blocks behind
    pooled convolutions ([Jordan, 2024](https://arxiv.org/abs/2404.00498) tells
    of them), batch norm, label smoothing.

    Args:
        image_shape: `(height, width, channels)`, at least 8 pixels a side.
        num_classes: int, at least 2.
        filters: int, channels of the first block.
        max_shift: int, pixels by which training images are shifted at most.
        flips: bool, whether every other training image is mirrored.
        label_smoothing: float in `[0, 1)`.
        seed: int in `[0, 2**31 - 1]`, of shifts and flips.
        **kwargs: Base model keyword arguments, such as `name`.

    Call arguments:
        images: float32 `(n, *image_shape)` in `[-1, 1]`.

    Returns:
        A pair of float32 tensors: features `(n, 3 * filters)`, at least 0, and
        logits `(n, num_classes)`.

    Raises:
        ValueError: If an argument is out of its range.
    """

    def __init__(
        self,
        image_shape,
        num_classes,
        filters=64,
        max_shift=0,
        flips=False,
        label_smoothing=0.1,
        seed=0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.image_shape = tuple(
            errors.check_integer("image_shape", size, minimum)
            for size, minimum in zip(image_shape, (8, 8, 1), strict=True)
        )
        self.num_classes = errors.check_integer("num_classes", num_classes, 2)
        self.filters = errors.check_integer("filters", filters, 2)
        # Edges are mirrored, so a shift is less than a side.
        self.max_shift = errors.check_integer(
            "max_shift", max_shift, 0, min(self.image_shape[:2]) - 1
        )
        self.flips = flips
        self.label_smoothing = errors.check_fraction(
            "label_smoothing", label_smoothing
        )
        self.seed = random.check_seed(seed)
        self.network = _network(
            self.image_shape, self.num_classes, self.filters
        )
        self._loss = keras.metrics.Mean("loss")
        self._accuracy = keras.metrics.SparseCategoricalAccuracy("accuracy")
        self.built = True

    def call(self, images, training=False):
        return self.network(images, training=training)

    def classify(self, images, batch_size=500):
        """Returns the logits of images, NumPy float32 `(n, num_classes)`.

        Args:
            images: `(n, *image_shape)` in `[-1, 1]`.
            batch_size: int, how many are classified at a time.
        """
        return np.concatenate(
            [
                self.network.predict_on_batch(
                    images[start : start + batch_size]
                )[1]
                for start in range(0, len(images), batch_size)
            ]
        )

    def compile(self, optimizer, **kwargs):
        """Configures the model for training.

        Args:
            optimizer: A new `keras.optimizers.Optimizer`. Biases and the
                weights of batch norm are kept out of its weight decay.
            **kwargs: Arguments of `keras.Model.compile`, such as
                `jit_compile`, which is False unless given, see
                `AdversarialModel.compile`.

        Raises:
            ValueError: If the optimizer is none, does not take a step with each
                batch, or would not train several replicas as one device; or if
                the network computes in float16.
        """
        if not isinstance(optimizer, keras.optimizers.Optimizer):
            raise ValueError(
                "`optimizer` must be a keras.optimizers.Optimizer. Received: "
                f"optimizer={optimizer!r}. Give one, such as "
                "keras.optimizers.Adam(1e-3)."
            )
        optimizers.check_counts("optimizer", optimizer)
        own_networks.check_trained((self.network,))
        kwargs.setdefault("jit_compile", False)
        replication.check(
            (self.network,),
            (optimizer,),
            self.distribute_strategy.num_replicas_in_sync,
            kwargs["jit_compile"],
        )
        super().compile(optimizer=optimizer, **kwargs)
        self._compile_arguments = kwargs
        optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
        optimizer.build(self.trainable_variables)

    def get_compile_config(self):
        if not self.compiled:
            return {}
        return keras.saving.serialize_keras_object(
            {"optimizer": self.optimizer, **self._compile_arguments}
        )

    def compile_from_config(self, config):
        self.compile(**keras.saving.deserialize_keras_object(config))

    def fit(self, x=None, y=None, **kwargs):
        """Trains the model: `keras.Model.fit`, after a look at the first batch.

        Args:
            x: Images in `[-1, 1]`, an array or a `tf.data.Dataset` of batches
                of pairs (images, labels). With several replicas, of full
                batches only.
            y: Labels, where `x` is an array.
            **kwargs: Arguments of `keras.Model.fit`, but for weights, which
                have no meaning here.

        Returns:
            A `keras.callbacks.History`.

        Raises:
            ValueError: If images or labels have not the shape or range that the
                model takes, there are none, or weights are given.
            tf.errors.InvalidArgumentError: If a later batch has a label out of
                range; not with `jit_compile=True`, as XLA drops the check.
        """
        checks.check_arguments(
            "`fit` of a classifier", checks.NO_WEIGHTS, kwargs
        )
        if isinstance(x, tf.data.Dataset):
            # Keras would warn that it does not shuffle one.
            kwargs.setdefault("shuffle", False)
        images, labels = checks.peek(x, y)
        self.check_images(images)
        checks.check_labels(labels, len(images), self.num_classes)
        replication.check_batches(
            x,
            kwargs.get("batch_size"),
            self.distribute_strategy.num_replicas_in_sync,
        )
        return super().fit(x, y, **kwargs)

    @property
    def metrics(self):
        return [self._loss, self._accuracy]

    @property
    def steps_taken(self):
        """How many training steps this compiled model has taken, an int."""
        return int(self.optimizer.iterations.numpy())

    def train_step(self, data):
        images, labels, _ = keras.utils.unpack_x_y_sample_weight(data)
        checks.assert_labels(labels, self.num_classes)
        images = self._augmented(images)
        with tf.GradientTape() as tape:
            _, logits = self.network(images, training=True)
            loss = self._cross_entropy(labels, logits)
            # Gradients are summed over replicas.
            replicas = self.distribute_strategy.num_replicas_in_sync
            scaled_loss = loss / replicas
        variables = self.trainable_variables
        gradients = tape.gradient(scaled_loss, variables)
        self.optimizer.apply(gradients, variables)
        self._loss.update_state(loss)
        self._accuracy.update_state(labels, logits)
        return {metric.name: metric.result() for metric in self.metrics}

    def test_step(self, data):
        images, labels, _ = keras.utils.unpack_x_y_sample_weight(data)
        _, logits = self.network(images, training=False)
        self._loss.update_state(self._cross_entropy(labels, logits))
        self._accuracy.update_state(labels, logits)
        return {metric.name: metric.result() for metric in self.metrics}

    def _cross_entropy(self, labels, logits):
        one_hot = tf.one_hot(labels, self.num_classes)
        return tf.reduce_mean(
            keras.losses.categorical_crossentropy(
                one_hot,
                logits,
                from_logits=True,
                label_smoothing=self.label_smoothing,
            )
        )

    def _augmented(self, images):
        """Shifted and mirrored, anew in each step, as functions of the seed."""
        step = self.optimizer.iterations
        count = tf.shape(images)[0]

        def drawn(purpose):
            key = random.stream(self.seed, step, purpose)
            return random.draw_batch((count,), key, "unit_interval")

        if self.max_shift:
            images = _shifted(
                images, self.max_shift, drawn("shift/rows"), axis=1
            )
            images = _shifted(
                images, self.max_shift, drawn("shift/columns"), axis=2
            )
        if self.flips:
            mirrored = drawn("flips") < 0.5
            images = tf.where(
                mirrored[:, None, None, None], images[:, :, ::-1], images
            )
        return images

    def check_images(self, images):
        """Raises a ValueError unless `images` are what the model takes."""
        if tuple(images.shape[1:]) != self.image_shape:
            raise ValueError(
                f"'{self.name}' takes images of shape (n, "
                f"{', '.join(map(str, self.image_shape))}). Received: shape "
                f"{tuple(images.shape)}. Resize them, or build the model for "
                "their size."
            )
        checks.check_range(images)

    def adapt(self, data):
        """Does nothing: batch norm takes the images as they are."""

    def check_adapted(self):
        """Does nothing, as `adapt`."""

    def initialise_from(self, other):
        """Takes the weights of another classifier of the same networks."""
        self.network.set_weights(other.network.get_weights())

    def check_same_networks(self, other):
        """Raises a ValueError unless `initialise_from` can take its weights."""
        shapes = [
            [tuple(weight.shape) for weight in model.weights]
            for model in (self, other)
        ]
        if shapes[0] != shapes[1]:
            raise ValueError(
                "Weights can be taken from a classifier of the same networks. "
                f"Received: '{other.name}' for '{self.name}'. Give another."
            )

    def training_state(self):
        """What a checkpoint holds: a dict from a name to what has variables."""
        return {"network": self.network, "optimizer": self.optimizer}

    def saved_parts(self):
        """See `GenerativeModel.saved_parts`."""
        return {"classifier": {"network": self.network}}

    def get_config(self):
        return {
            "image_shape": self.image_shape,
            "num_classes": self.num_classes,
            "filters": self.filters,
            "max_shift": self.max_shift,
            "flips": self.flips,
            "label_smoothing": self.label_smoothing,
            "seed": self.seed,
            "name": self.name,
        }


def _network(image_shape, num_classes, filters):
    images = keras.Input(image_shape)
    x = networks.batch_norm_relu(_convolution(filters // 2)(images))
    for channels in (filters, 3 * filters, 3 * filters):
        x = _convolution(channels)(x)
        x = networks.batch_norm_relu(keras.layers.MaxPooling2D()(x))
        x = keras.layers.Add()(
            [x, networks.batch_norm_relu(_convolution(channels)(x))]
        )
    features = keras.layers.GlobalAveragePooling2D(dtype="float32")(x)
    # In float32 also under mixed precision.
    logits = keras.layers.Dense(num_classes, dtype="float32")(features)
    return keras.Model(images, [features, logits])


def _convolution(filters):
    return keras.layers.Conv2D(
        filters,
        3,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
    )


def _shifted(images, max_shift, uniform, axis):
    """Each image moved by up to `max_shift` pixels, edges mirrored."""
    size = images.shape[axis]
    padding = [[0, 0] for _ in images.shape]
    padding[axis] = [max_shift, max_shift]
    padded = tf.pad(images, padding, mode="REFLECT")
    starts = tf.cast(uniform * (2 * max_shift + 1), tf.int32)
    rows = starts[:, None] + tf.range(size)
    return tf.gather(padded, rows, axis=axis, batch_dims=1)
