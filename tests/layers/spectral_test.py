import keras
import numpy as np
import pytest
import tensorflow as tf

from kerasgan import layers

_SHAPES = {"conv": (3, 3, 2, 5), "dense": (6, 5)}
_INPUTS = {"conv": (2, 6, 6, 2), "dense": (4, 6)}

# The estimate improves by (second / first)^2, here 1/4, with each call, so it
# is exact in float32 after 20.
_SINGULAR_VALUES = (4, 2, 1.5, 1, 0.5)
_CALLS = 30


def random_numbers(shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def make_layer(kind, **kwargs):
    if kind == "conv":
        layer = layers.SpectralConv2D(5, 3, **kwargs)
    else:
        layer = layers.SpectralDense(5, **kwargs)
    layer.build(_INPUTS[kind])
    return layer


def set_kernel(layer, kind):
    """Gives the kernel the singular values above, and a random rotation."""
    shape = _SHAPES[kind]
    matrix = random_numbers(shape).reshape(-1, shape[-1])
    left, _, right = np.linalg.svd(matrix, full_matrices=False)
    layer.kernel.assign((left * _SINGULAR_VALUES @ right).reshape(shape))


def train(layer, inputs, calls=_CALLS):
    for _ in range(calls):
        layer(inputs, training=True)


def largest_singular_value(kernel):
    kernel = np.asarray(kernel, "float64")
    return np.linalg.norm(kernel.reshape(-1, kernel.shape[-1]), 2)


@pytest.fixture(params=["conv", "dense"])
def kind(request):
    return request.param


@pytest.fixture
def inputs(kind):
    return random_numbers(_INPUTS[kind], seed=1)


@pytest.fixture
def layer(kind, inputs):
    """A layer whose estimate has converged."""
    layer = make_layer(kind)
    set_kernel(layer, kind)
    train(layer, inputs)
    return layer


def test_largest_singular_value_of_the_normalised_kernel_is_one(layer):
    assert largest_singular_value(layer.kernel) == pytest.approx(4, rel=1e-6)
    normalised = layer.normalised(layer.kernel, training=False)
    assert largest_singular_value(normalised) == pytest.approx(1, rel=1e-6)


def test_freshly_initialised_kernel_converges_too(kind):
    # Its singular values lie closer together, so that takes more calls.
    keras.utils.set_random_seed(0)
    layer = make_layer(kind)
    for _ in range(100):
        layer.normalised(layer.kernel, training=True)
    normalised = layer.normalised(layer.kernel, training=False)
    assert largest_singular_value(normalised) == pytest.approx(1, rel=1e-5)


def test_left_is_the_first_left_singular_vector(layer):
    # The paper's matrix has a row an output, so its left vectors are numpy's
    # right ones. A singular vector is one up to its sign.
    matrix = np.reshape(layer.kernel, (-1, 5))
    _, _, right = np.linalg.svd(matrix)
    cosine = np.sum(right[0] * np.asarray(layer.left))
    assert abs(cosine) == pytest.approx(1, rel=1e-6)


def test_conv_is_the_convolution_with_the_normalised_kernel():
    inputs = random_numbers(_INPUTS["conv"], seed=1)
    layer = layers.SpectralConv2D(
        5, 3, strides=2, padding="same", activation="relu"
    )
    layer.build(inputs.shape)
    set_kernel(layer, "conv")
    layer.bias.assign([1, -1, 2, 0, 0.5])
    train(layer, inputs)
    outputs = tf.nn.conv2d(inputs, layer.kernel / 4, 2, "SAME") + layer.bias
    np.testing.assert_allclose(
        layer(inputs), np.maximum(outputs, 0), rtol=1e-5, atol=1e-6
    )


def test_dense_is_the_product_with_the_normalised_kernel():
    inputs = random_numbers((2, 3, 6), seed=1)
    layer = make_layer("dense", activation="tanh")
    set_kernel(layer, "dense")
    layer.bias.assign([1, -1, 2, 0, 0.5])
    train(layer, inputs)
    outputs = inputs @ np.asarray(layer.kernel) / 4 + np.asarray(layer.bias)
    np.testing.assert_allclose(
        layer(inputs), np.tanh(outputs), rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize("training", [False, True])
def test_gradient_is_that_of_finite_differences(training):
    inputs = random_numbers(_INPUTS["dense"], seed=1)
    weights = random_numbers((4, 5), seed=2)
    layer = make_layer("dense")
    set_kernel(layer, "dense")
    train(layer, inputs)

    with tf.GradientTape() as tape:
        outputs = layer(inputs, training=training)
        loss = tf.reduce_sum(weights * tf.square(outputs))
    gradient = tape.gradient(loss, layer.kernel)

    def numpy_loss(kernel):
        outputs = np.float64(inputs) @ kernel / np.linalg.norm(kernel, 2)
        return np.sum(weights * np.square(outputs))

    kernel = np.float64(layer.kernel)
    expected = np.zeros_like(kernel)
    for place in np.ndindex(*kernel.shape):
        step = np.zeros_like(kernel)
        step[place] = 1e-5
        difference = numpy_loss(kernel + step) - numpy_loss(kernel - step)
        expected[place] = difference / 2e-5
    # The differences are exact to 1e-9. The layer computes in float32, so its
    # entries, sums of some 20 products, have errors of some 1e-6 of the
    # largest.
    np.testing.assert_allclose(
        gradient, expected, rtol=0, atol=5e-6 * np.abs(expected).max()
    )


def test_gradient_is_that_of_a_singular_value_decomposition():
    inputs = random_numbers(_INPUTS["conv"], seed=1)
    layer = make_layer("conv")
    set_kernel(layer, "conv")
    train(layer, inputs)

    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.square(layer(inputs, training=True)))
    gradient = tape.gradient(loss, layer.kernel)

    kernel = tf.Variable(tf.cast(layer.kernel, tf.float64))
    with tf.GradientTape() as tape:
        matrix = tf.reshape(kernel, (-1, 5))
        sigma = tf.linalg.svd(matrix, compute_uv=False)[0]
        outputs = tf.nn.conv2d(np.float64(inputs), kernel / sigma, 1, "VALID")
        loss = tf.reduce_sum(tf.square(outputs))
    expected = tape.gradient(loss, kernel).numpy()
    # float32 against float64; entries are sums of some 100 products.
    np.testing.assert_allclose(
        gradient, expected, rtol=0, atol=5e-6 * np.abs(expected).max()
    )


@pytest.mark.parametrize("training", [False, True])
def test_one_power_iteration_by_hand(training):
    # Far from converged: what a first training step sees.
    inputs = random_numbers(_INPUTS["dense"], seed=1)
    weights = random_numbers((4, 5), seed=2)
    layer = make_layer("dense")
    start = np.float64([1, 0, 0, 0, 0])
    layer.left.assign(start)
    with tf.GradientTape() as tape:
        outputs = layer(inputs, training=training)
        loss = tf.reduce_sum(weights * outputs)
    gradient = tape.gradient(loss, layer.kernel)

    kernel = np.float64(layer.kernel)
    right = kernel @ start
    right /= np.linalg.norm(right)
    left = right @ kernel
    left /= np.linalg.norm(left)
    sigma = right @ kernel @ left
    np.testing.assert_allclose(outputs, inputs @ kernel / sigma, atol=1e-5)
    # The vectors are constants, so d sigma / d kernel is their outer product.
    slope = inputs.T @ weights
    expected = slope / sigma
    expected -= np.sum(slope * kernel) / sigma**2 * np.outer(right, left)
    np.testing.assert_allclose(gradient, expected, rtol=0, atol=1e-5)
    np.testing.assert_allclose(
        layer.left, left if training else start, rtol=0, atol=1e-6
    )


def slope_along_the_kernel(layer, kernel, inputs):
    """How the loss changes when the kernel grows, as a share of the gradient.

    It is the cosine of the angle between the gradient and the kernel.
    """
    weights = random_numbers(layer(inputs).shape, seed=2)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(weights * layer(inputs, training=True))
    gradient = np.asarray(tape.gradient(loss, kernel))
    norms = np.linalg.norm(gradient) * np.linalg.norm(kernel)
    return np.sum(gradient * np.asarray(kernel)) / norms


def test_gradient_along_the_kernel_is_zero(kind, inputs):
    # The kernel's length cancels in kernel / sigma. That holds for any
    # estimate of sigma, converged or not.
    layer = make_layer(kind)
    set_kernel(layer, kind)
    assert abs(slope_along_the_kernel(layer, layer.kernel, inputs)) < 1e-6
    train(layer, inputs)
    assert abs(slope_along_the_kernel(layer, layer.kernel, inputs)) < 1e-6


def test_gradient_of_the_keras_wrapper_is_not():
    # Why the layers exist, see the top of the module.
    inputs = random_numbers(_INPUTS["dense"], seed=1)
    layer = keras.layers.SpectralNormalization(keras.layers.Dense(5))
    layer.build(inputs.shape)
    set_kernel(layer.layer, "dense")
    train(layer, inputs)
    slope = slope_along_the_kernel(layer, layer.layer.kernel, inputs)
    assert abs(slope) > 0.01
    # It also overwrites the kernel, whose largest singular value was 4.
    assert largest_singular_value(layer.layer.kernel) < 1.1


def test_the_kernel_is_not_overwritten(kind, inputs):
    layer = make_layer(kind)
    before = np.array(layer.kernel)
    train(layer, inputs, calls=3)
    np.testing.assert_array_equal(layer.kernel, before)


def test_scaling_the_kernel_changes_nothing(layer, inputs):
    outputs = layer(inputs)
    layer.kernel.assign(layer.kernel * 1000)
    np.testing.assert_allclose(layer(inputs), outputs, rtol=1e-5, atol=1e-6)


def test_only_training_improves_the_estimate(kind, inputs):
    layer = make_layer(kind)
    before = np.array(layer.left)
    layer(inputs)
    layer(inputs, training=False)
    np.testing.assert_array_equal(layer.left, before)
    layer(inputs, training=True)
    assert np.abs(np.asarray(layer.left) - before).max() > 0.01


def test_the_estimate_is_not_trained(kind):
    layer = make_layer(kind)
    trained = [variable.name for variable in layer.trainable_variables]
    fixed = [variable.name for variable in layer.non_trainable_variables]
    assert sorted(trained) == ["bias", "kernel"]
    assert fixed == ["left"]


@pytest.mark.parametrize("use_bias", [True, False])
def test_saved_model_keeps_the_estimate(tmp_path, use_bias):
    keras.utils.set_random_seed(0)

    def build():
        return keras.Sequential(
            [
                keras.Input((6, 6, 2)),
                layers.SpectralConv2D(
                    5, 3, use_bias=use_bias, activation="relu"
                ),
                keras.layers.Flatten(),
                layers.SpectralDense(3, use_bias=use_bias),
            ]
        )

    model = build()
    inputs = random_numbers((2, 6, 6, 2))
    # A few calls only: an estimate that has not converged shows its loss.
    for _ in range(3):
        model(inputs, training=True)
    outputs = np.asarray(model(inputs))

    model.save(tmp_path / "model.keras")
    model.save_weights(tmp_path / "model.weights.h5")
    restored = keras.saving.load_model(tmp_path / "model.keras")
    other = build()
    assert np.abs(np.asarray(other(inputs)) - outputs).max() > 0.1
    other.load_weights(tmp_path / "model.weights.h5")
    for copy in (restored, other):
        np.testing.assert_array_equal(copy(inputs), outputs)
        for i in (0, 2):
            np.testing.assert_array_equal(
                copy.layers[i].left, model.layers[i].left
            )


def test_half_precision(kind, inputs):
    layer = make_layer(kind, dtype="mixed_bfloat16")
    set_kernel(layer, kind)
    train(layer, inputs)
    assert layer(inputs).dtype == tf.bfloat16
    assert layer.left.dtype == "float32"
    # The kernel is rounded to 8 bits, by at most 1/512; so is the quotient.
    normalised = layer.normalised(layer.kernel, training=False)
    assert largest_singular_value(normalised) == pytest.approx(1, rel=4 / 512)


def test_graph_equals_eager(kind, inputs):
    eager, compiled = make_layer(kind), make_layer(kind)
    compiled.set_weights(eager.get_weights())
    call = tf.function(compiled, jit_compile=True)
    for _ in range(3):
        expected = eager(inputs, training=True)
        outputs = call(inputs, training=True)
    # XLA may sum in another order.
    np.testing.assert_allclose(outputs, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(compiled.left, eager.left, rtol=0, atol=1e-6)
