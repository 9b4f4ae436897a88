import threading
import zlib

import hypothesis
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import strategies as st

from kerasgan import errors
from kerasgan import random

_DISTRIBUTIONS = (
    "normal",
    "uniform",
    "unit_interval",
    "unit_variance_uniform",
)

_seeds = st.integers(0, errors.MAX_SEED)
_indices = st.integers(0, 2**40)
_names = st.text(max_size=12)

# Examples come in the same order each time, and no folder of them is kept.
_settings = hypothesis.settings(
    max_examples=30, deadline=None, derandomize=True, database=None
)


@_settings
@hypothesis.given(
    st.lists(
        st.tuples(_seeds, _indices, _names),
        min_size=2,
        max_size=8,
        unique=True,
    )
)
def test_keys_are_distinct(streams):
    keys = {tuple(random.stream(*each).numpy()) for each in streams}
    assert len(keys) == len(streams)


@pytest.mark.parametrize(
    "streams",
    [
        [(seed, 0, "a") for seed in (0, 1, 2, errors.MAX_SEED)],
        [(0, index, "a") for index in (0, 1, 2, 2**31, 2**40)],
        [(0, 0, name) for name in ("", "a", "b", "aa", "a/1", "a/2", "1/a")],
        # Neither of the two may make up for the other.
        [(0, 1, "a"), (1, 0, "a"), (1, 1, "a"), (0, 0, "b"), (1, 0, "b")],
    ],
)
def test_keys_of_neighbours_are_distinct(streams):
    keys = {tuple(random.stream(*each).numpy()) for each in streams}
    assert len(keys) == len(streams)


@_settings
@hypothesis.given(_seeds, _indices, _names)
def test_key_can_be_taken_apart_again(seed, index, name):
    # So no two sets of arguments share a key, as long as the hashes of their
    # names differ.
    first, second = (int(half) for half in random.stream(seed, index, name))
    assert first % 2**31 == seed
    assert first // 2**31 == zlib.crc32(name.encode())
    assert second == index


def test_key_is_a_function_of_its_arguments():
    key = random.stream(3, 5, "latents")
    assert key.shape == (2,)
    assert key.dtype == tf.int64
    np.testing.assert_array_equal(random.stream(3, 5, "latents"), key)
    compiled = tf.function(random.stream)(
        tf.constant(3), tf.constant(5), "latents"
    )
    np.testing.assert_array_equal(compiled, key)


def test_keys_of_many_images():
    seeds, indices = np.array([1, 1, 2]), np.array([0, 7, 0])
    keys = random.stream(seeds, indices, "latents")
    assert keys.shape == (3, 2)
    for key, seed, index in zip(keys, seeds, indices, strict=True):
        np.testing.assert_array_equal(
            key, random.stream(seed, index, "latents")
        )


def test_two_keys_share_no_numbers():
    first = random.draw((1000,), random.stream(0, 0, "a"), "normal")
    for seed, index, name in [(1, 0, "a"), (0, 1, "a"), (0, 0, "b")]:
        other = random.draw((1000,), random.stream(seed, index, name), "normal")
        # The correlation of n independent pairs has a standard deviation of
        # 1 / sqrt(n), here 0.03.
        assert abs(np.corrcoef(first, other)[0, 1]) < 4 / np.sqrt(1000)


@pytest.mark.parametrize("distribution", _DISTRIBUTIONS)
def test_rows_depend_on_their_own_key_only(distribution):
    keys = random.stream(np.full(10, 3), np.arange(10), "latents")
    rows = random.draw_rows((2, 5), keys, distribution)
    assert rows.shape == (10, 2, 5)
    assert rows.dtype == tf.float32
    for size in (1, 3, 10):
        parts = [
            random.draw_rows((2, 5), keys[i : i + size], distribution)
            for i in range(0, 10, size)
        ]
        np.testing.assert_array_equal(np.concatenate(parts), rows)
    # Not in a row, they are drawn one by one.
    np.testing.assert_array_equal(
        random.draw_rows((2, 5), keys[::-1], distribution), rows[::-1]
    )
    others = random.stream([3, 7, 3, 3], [4, 4, 5, 4], "latents")
    mixed = random.draw_rows((2, 5), others, distribution)
    for i, index in {0: 4, 2: 5, 3: 4}.items():
        np.testing.assert_array_equal(mixed[i], rows[index])
    assert np.abs(mixed[1] - rows[4]).max() > 1e-6


def test_large_rows_are_the_same_at_once_and_one_by_one():
    # Of so many numbers, TensorFlow's threads draw parts.
    keys = random.stream(np.full(64, 3), np.arange(5, 69), "latents")
    rows = random.draw_rows((64, 64, 1), keys, "normal")
    np.testing.assert_array_equal(
        random.draw_rows((64, 64, 1), keys[::-1], "normal"), rows[::-1]
    )


@pytest.mark.parametrize(
    "count, shape",
    [(2000, ()), (2000, (3,)), (2000, (100,)), (300, (32, 32, 1))],
)
def test_rows_share_no_numbers(count, shape):
    rows = {
        (seed, name): random.draw_rows(
            shape,
            random.stream(np.full(count, seed), np.arange(count), name),
            "normal",
        )
        for seed, name in ((0, "a"), (1, "a"), (2**31 - 1, "a"), (0, "b"))
    }
    first = np.ravel(rows[0, "a"])
    # The values of n independent normal numbers are n different ones, but for
    # those that float32 rounds alike.
    assert len(np.unique(first)) > 0.8 * len(first)
    assert abs(first.mean()) < 5 / np.sqrt(len(first))
    assert abs(first.var() - 1) < 5 * np.sqrt(2 / len(first))
    others = [np.ravel(values) for key, values in rows.items() if key[0]]
    shifted = [np.roll(first, step) for step in (1, 4, int(np.prod(shape)))]
    for other in (*others, np.ravel(rows[0, "b"]), *shifted):
        # Of independent pairs, it has the standard deviation 1 / sqrt(n).
        correlation = np.corrcoef(first, other)[0, 1]
        assert abs(correlation) < 5 / np.sqrt(len(first))


def test_rows_of_a_batch_of_unknown_size():
    @tf.function(input_signature=[tf.TensorSpec((None, 2), tf.int64)])
    def draw(keys):
        rows = random.draw_rows((3,), keys, "normal")
        assert rows.shape.as_list() == [None, 3]
        return rows

    keys = random.stream(np.full(4, 3), np.arange(4), "latents")
    np.testing.assert_array_equal(
        draw(keys), random.draw_rows((3,), keys, "normal")
    )


@pytest.mark.parametrize(
    "name, low, high, mean, variance",
    [
        ("uniform", -1, 1, 0, 1 / 3),
        ("unit_interval", 0, 1, 1 / 2, 1 / 12),
        ("unit_variance_uniform", -np.sqrt(3), np.sqrt(3), 0, 1),
    ],
)
def test_uniform_distributions(name, low, high, mean, variance):
    n = 100_000
    numbers = random.draw((n,), random.stream(0, 0, "latents"), name)
    numbers = np.float64(numbers)
    # float32 rounds the bounds.
    assert low - 1e-6 <= numbers.min() and numbers.max() <= high + 1e-6
    # The gap between a bound and the nearest of n numbers is width / n on
    # average, and 20 times that with a probability of exp(-20).
    gap = 20 * (high - low) / n
    assert numbers.min() < low + gap and numbers.max() > high - gap
    # The mean of n numbers has a standard deviation of sqrt(variance / n);
    # their variance has one of variance * sqrt((kurtosis - 1) / n), where the
    # kurtosis is 1.8. Four of each.
    assert numbers.mean() == pytest.approx(mean, abs=4 * np.sqrt(variance / n))
    assert numbers.var() == pytest.approx(variance, rel=4 * np.sqrt(0.8 / n))


def test_normal_distribution():
    n = 100_000
    numbers = random.draw((n,), random.stream(0, 0, "latents"), "normal")
    numbers = np.float64(numbers)
    # As above, with a kurtosis of 3.
    assert numbers.mean() == pytest.approx(0, abs=4 / np.sqrt(n))
    assert numbers.var() == pytest.approx(1, abs=4 * np.sqrt(2 / n))
    # 68.27 % lie within one standard deviation: a binomial share.
    share = np.mean(np.abs(numbers) < 1)
    assert share == pytest.approx(0.6827, abs=4 * np.sqrt(0.6827 * 0.3173 / n))


@pytest.mark.parametrize("count", [7, 2000, 50_000])
def test_each_epoch_of_each_seed_has_an_order_of_its_own(count):
    indices = tf.range(count, dtype=tf.int64)
    orders = [
        random.shuffled(indices, seed, epoch, count).numpy()
        for seed in (0, 1, 2, errors.MAX_SEED)
        for epoch in range(6)
    ]
    for order in orders:
        np.testing.assert_array_equal(np.sort(order), indices)
    # Of 24 orders of 7, some may be the same or alike by chance.
    if count > 7:
        places = np.corrcoef(np.stack([indices, *orders]))
        others = places[~np.eye(len(places), dtype=bool)]
        # Of independent orders, with a standard deviation of 1 / sqrt(count).
        assert np.abs(others).max() < 5 / np.sqrt(count)


def test_images_meet_in_a_batch_of_another_seed_by_chance_only():
    count, batch_size = 50_000, 50
    first, second = (
        random.shuffled(tf.range(count, dtype=tf.int64), seed, 0, count).numpy()
        for seed in (0, 1)
    )
    batch_of = np.empty(count, int)
    batch_of[second] = np.arange(count) // batch_size
    batches = batch_of[first].reshape(-1, batch_size)
    pairs = (batches[:, :, None] == batches[:, None]).sum() - count
    # Of the count * 49 / 2 pairs each meets again with a probability of
    # 49 / 49,999: 1,200 are expected, with a standard deviation of 35.
    assert pairs / 2 == pytest.approx(count * 49 / 2 * 49 / 49_999, abs=5 * 35)


def test_one_device_draws_the_whole_batch():
    key = random.stream(7, 5, "latents")
    whole = random.draw((6, 4, 2), key, "normal")
    np.testing.assert_array_equal(
        random.draw_batch((6, 4, 2), key, "normal"), whole
    )
    shape = tf.constant([6, 4, 2])
    np.testing.assert_array_equal(
        random.draw_batch(shape, key, "normal"), whole
    )


def test_two_replicas_draw_halves(mirrored):
    key = random.stream(7, 5, "latents")

    def replica_step(images):
        return random.draw_batch((tf.shape(images)[0], 4, 2), key, "normal")

    # Only the graph knows how many images there are, as in `fit`.
    @tf.function(input_signature=[tf.TensorSpec((None, 4, 2))])
    def run(images):
        return mirrored.run(replica_step, (images,))

    results = run(tf.zeros((3, 4, 2)))
    np.testing.assert_array_equal(
        np.concatenate(mirrored.experimental_local_results(results)),
        random.draw((6, 4, 2), key, "normal"),
    )


@pytest.mark.parametrize("seed", [0, 7, np.int32(7), errors.MAX_SEED])
def test_valid_seed_is_returned(seed):
    assert random.check_seed(seed) == seed
    assert type(random.check_seed(seed)) is int


def test_no_seed_means_a_fresh_one():
    seeds = {random.check_seed(None) for _ in range(20)}
    assert len(seeds) > 1
    assert all(random.check_seed(seed) == seed for seed in seeds)


@pytest.mark.parametrize("seed", [-1, 2**31, 1.0, "1", True])
def test_invalid_seed_is_refused(seed):
    with pytest.raises(
        ValueError, match=f"`seed` must be an integer.*seed={seed!r}"
    ):
        random.check_seed(seed)


def test_unknown_distribution_names_the_closest():
    for name in _DISTRIBUTIONS:
        assert random.check_distribution(name) == name
    with pytest.raises(ValueError, match=r"Did you mean 'normal'\?"):
        random.check_distribution("nomal")


def test_layer_keys_are_numbered_within_a_step():
    assert random.layer_key() is None
    with random.training_step(3, 5, "layers"):
        keys = [random.layer_key() for _ in range(2)]
    assert random.layer_key() is None
    for i, key in enumerate(keys, start=1):
        expected = random.stream(3, 5, f"layers/{i}")
        np.testing.assert_array_equal(key, expected)


def test_inner_step_leaves_the_outer_as_it_was():
    with random.training_step(3, 5, "outer"):
        random.layer_key()
        with random.training_step(4, 6, "inner"):
            inner = random.layer_key()
        outer = random.layer_key()
    np.testing.assert_array_equal(inner, random.stream(4, 6, "inner/1"))
    np.testing.assert_array_equal(outer, random.stream(3, 5, "outer/2"))


def test_failed_step_ends():
    with pytest.raises(KeyError), random.training_step(3, 5, "layers"):
        raise KeyError
    assert random.layer_key() is None


def test_step_is_that_of_its_thread():
    keys = []
    with random.training_step(3, 5, "layers"):
        thread = threading.Thread(
            target=lambda: keys.append(random.layer_key())
        )
        thread.start()
        thread.join()
    assert keys == [None]
