import numpy as np
import pytest
import tensorflow as tf

from kerasgan import figures


def test_interpolate_takes_tensors():
    start, end = tf.zeros((2, 3)), tf.ones((2, 3))
    between = figures.interpolate(start, end, 0.25, "uniform")
    np.testing.assert_array_equal(between, np.full((2, 3), 0.25, "float32"))
    assert between.dtype == "float32"


def test_interpolate_by_hand():
    start, end = np.float32([[3, 0]]), np.float32([[0, 4]])
    halfway = figures.interpolate(start, end, 0.5, "uniform")
    np.testing.assert_allclose(halfway, [[1.5, 2]])
    # A third of the quarter circle: cos 30 and sin 30 degrees.
    third = figures.interpolate(start, end, 1 / 3, "normal")
    np.testing.assert_allclose(third, [[3 * 3**0.5 / 2, 2]], rtol=1e-6)
    assert halfway.dtype == third.dtype == np.float32


@pytest.mark.parametrize("distribution", ["normal", "uniform"])
def test_interpolate_ends_where_it_should(distribution):
    start, end = np.random.default_rng(0).normal(size=(2, 3, 5))
    for fraction, expected in ((0, start), (1, end)):
        np.testing.assert_allclose(
            figures.interpolate(start, end, fraction, distribution),
            expected,
            atol=1e-12,
        )


def test_interpolate_keeps_the_variance_of_normal_latents():
    start, end = np.random.default_rng(0).normal(size=(2, 100, 1000))
    halfway = figures.interpolate(start, end, 0.5, "normal")
    # 100,000 numbers: the variance is known to within 1 %.
    np.testing.assert_allclose(halfway.var(), 1, atol=0.02)
