"""Random numbers as pure functions of (seed, index, name).

Keras's own generators keep their state outside every file and repeat it on
every replica. Here nothing has a state: a number depends on the run's seed, on
the training step (or on the index of a generated image) and on the name of
what it is for. So a resumed run continues as if it had never stopped, and one
device and several replicas see the same numbers.

XLA draws other numbers from a key than TensorFlow's own kernels do; so a run
with `jit_compile=True` repeats itself, but not the run without.
"""

import contextlib
import math
import secrets
import threading
import zlib

import tensorflow as tf

from kerasgan import errors

# Each entry: what `tf.random.stateless_uniform` (with these bounds) or
# `stateless_normal` (None) draws.
_DISTRIBUTIONS = {
    "normal": None,
    "uniform": (-1.0, 1.0),
    "unit_interval": (0.0, 1.0),
    "unit_variance_uniform": (-(3.0**0.5), 3.0**0.5),
}
# Of the cipher that orders images.
_ROUNDS = 16


def check_seed(seed):
    """Returns `seed`, or a fresh one for None.

    Raises:
        ValueError: If `seed` is not an integer in `[0, 2**31 - 1]`.
    """
    if seed is None:
        return secrets.randbelow(errors.MAX_SEED)
    return errors.check_integer("seed", seed, 0, errors.MAX_SEED)


def check_distribution(name):
    """Returns `name` if it is one of the latent distributions.

    `"normal"` is N(0, 1), `"uniform"` U(-1, 1), `"unit_interval"` U(0, 1),
    `"unit_variance_uniform"` U(-sqrt 3, sqrt 3).

    Raises:
        ValueError: If there is no distribution of that name.
    """
    return errors.check_choice("latent_distribution", name, _DISTRIBUTIONS)


def stream(seed, index, name):
    """The key of one stream of random numbers.

    Args:
        seed: int scalar, of the run; or `(n,)`, of each image. In
            `[0, 2**31 - 1]`.
        index: int, of the shape of `seed`: the training step, or each image's
            index.
        name: What the numbers are for, such as `"latents"`. Two names share no
            numbers.

    Returns:
        int64 `(2,)` or `(n, 2)`, for `tf.random.stateless_*`. Distinct for
        distinct seeds, indices and hashes (CRC-32) of the name.
    """
    # A seed has 31 bits, so the 32 bits of the name's hash go above it.
    salt = tf.constant(zlib.crc32(name.encode()) << 31, tf.int64)
    key = tf.bitwise.bitwise_xor(tf.cast(seed, tf.int64), salt)
    return tf.stack([key, tf.cast(index, tf.int64)], axis=-1)


def draw(shape, key, distribution):
    """Draws float32 numbers of a named distribution from one key."""
    bounds = _DISTRIBUTIONS[distribution]
    if bounds is None:
        return tf.random.stateless_normal(shape, key, alg="philox")
    return tf.random.stateless_uniform(shape, key, *bounds, alg="philox")


def draw_rows(shape, keys, distribution):
    """Draws one row for each key, independent of the other rows.

    The numbers of a seed and a name are one long Philox sequence, of which the
    row of index i is the i-th part. So the images of one seed are drawn at
    once, which is faster than row by row and gives the same bits.

    Args:
        shape: Of one row, known ints.
        keys: int64 `(n, 2)`, n at least 1, see `stream`.
        distribution: See `check_distribution`.

    Returns:
        float32 `(n, *shape)`.
    """
    size = math.prod(shape)
    # Philox counts in steps of four numbers.
    steps = -(-size // 4)
    bounds = _DISTRIBUTIONS[distribution]
    operation = (
        tf.raw_ops.StatelessRandomNormalV2
        if bounds is None
        else tf.raw_ops.StatelessRandomUniformV2
    )

    def rows_from(key, count):
        counter = tf.stack([key[1] * steps, 0])
        return operation(
            shape=[count, 4 * steps],
            key=tf.cast(key[:1], tf.uint64),
            counter=tf.cast(counter, tf.uint64),
            alg=tf.random.Algorithm.PHILOX.value,
        )

    count = tf.shape(keys)[0]
    ahead = tf.range(tf.cast(count, tf.int64))
    following = keys[0] + tf.stack([tf.zeros_like(ahead), ahead], axis=1)
    rows = tf.cond(
        tf.reduce_all(keys == following),
        lambda: rows_from(keys[0], count),
        lambda: tf.map_fn(
            lambda key: rows_from(key, 1)[0],
            keys,
            fn_output_signature=tf.float32,
        ),
    )
    if bounds is not None:
        low, high = bounds
        rows = rows * (high - low) + low
    return tf.reshape(rows[:, :size], (-1, *shape))


def draw_batch(shape, key, distribution):
    """Draws this replica's part of one draw for the global batch.

    With R replicas, the numbers of the whole batch are those that one device
    would draw; replica r takes the r-th of R equal parts, as
    `tf.distribute` deals out the images.

    Args:
        shape: Of this replica's part, a sequence or a tensor; the first entry
            is its batch size.
        key: int64 `(2,)`, see `stream`.
        distribution: See `check_distribution`.

    Returns:
        float32 of that shape.
    """
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return draw(shape, key, distribution)
    batch, *rest = tf.unstack(shape) if tf.is_tensor(shape) else shape
    everything = draw(
        (batch * context.num_replicas_in_sync, *rest), key, distribution
    )
    start = context.replica_id_in_sync_group * batch
    return everything[start : start + batch]


def shuffled(indices, seed, epoch, count):
    """Where a random order of `range(count)` has these indices.

    A step's images are found without the whole order being drawn. Each pair of
    seed and epoch has an order of its own. (By the 4 rounds of
    `tf.random.experimental.index_shuffle`, those of two are much alike.)

    Args:
        indices: int64 `(n,)`, in `[0, count - 1]`.
        seed: int scalar in `[0, 2**31 - 1]`, of the run.
        epoch: int scalar, not negative.
        count: int, of images.

    Returns:
        int64 `(n,)`, in `[0, count - 1]`.
    """
    return tf.raw_ops.RandomIndexShuffle(
        index=indices,
        seed=tf.pad(stream(seed, epoch, "order"), [[0, 1]]),
        max_index=tf.constant(count - 1, tf.int64),
        rounds=_ROUNDS,
    )


class _Step(threading.local):
    """What the noise layers of a running training step draw from.

    Thread-local, as `tf.distribute` traces each replica in its own thread.
    """

    seed = None
    index = None
    name = None
    calls = 0


_step = _Step()


@contextlib.contextmanager
def training_step(seed, index, name):
    """Makes the noise layers called inside draw from (seed, index, name).

    Args:
        seed: int, of the run.
        index: int scalar tensor, the training step.
        name: Of the stream; two models that train in one step have two.
    """
    outer = dict(vars(_step))
    _step.seed, _step.index, _step.name, _step.calls = seed, index, name, 0
    try:
        yield
    finally:
        vars(_step).clear()
        vars(_step).update(outer)


def layer_key():
    """The key of one call of a noise layer, or None outside a training step.

    Each call inside one step, in program order, has a stream of its own.
    """
    if _step.index is None:
        return None
    _step.calls += 1
    return stream(_step.seed, _step.index, f"{_step.name}/{_step.calls}")


def step_of(key):
    """The training step of a key that `layer_key` has given, int64 scalar."""
    return key[1]
