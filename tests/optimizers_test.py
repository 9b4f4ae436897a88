import json

import keras
import numpy as np
import pytest

from kerasgan import optimizers

_RAMP = {"initial_momentum": 0.5, "final_momentum": 0.8, "ramp_steps": 3}


def gradients(steps, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(steps, 4)).astype("float32")


def apply(optimizer, steps, start=0):
    """Returns the variable before and after each step, `(steps + 1, 4)`."""
    variable = keras.Variable(np.full(4, start, "float32"))
    path = [np.array(variable)]
    for gradient in steps:
        optimizer.apply([keras.ops.array(gradient)], [variable])
        path.append(np.array(variable))
    return np.stack(path)


@pytest.mark.parametrize("dampened", [False, True])
def test_against_a_numpy_loop(dampened):
    optimizer = optimizers.MomentumRampSGD(0.1, dampened=dampened, **_RAMP)
    steps = gradients(6)
    path = apply(optimizer, steps)

    variable, velocity = np.zeros(4), np.zeros(4)
    # A third of the way from 0.5 to 0.8 each step.
    momenta = (0.5, 0.6, 0.7, 0.8, 0.8, 0.8)
    for i, (momentum, gradient) in enumerate(zip(momenta, steps, strict=True)):
        scale = 1 - momentum if dampened else 1
        velocity = momentum * velocity - 0.1 * scale * gradient
        variable = variable + velocity
        # float32, a handful of sums of values under 1.
        np.testing.assert_allclose(path[i + 1], variable, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    "dampened, step", [(False, 0.1 / (1 - 0.75)), (True, 0.1)]
)
def test_step_of_a_constant_gradient(dampened, step):
    optimizer = optimizers.MomentumRampSGD(
        0.1, initial_momentum=0.75, final_momentum=0.75, dampened=dampened
    )
    path = apply(optimizer, np.ones((60, 4), "float32"))
    # What is missing after 60 steps is 0.75^60, 3e-8, of a step; the rest is
    # the rounding of a variable of about -24.
    np.testing.assert_allclose(path[-2] - path[-1], step, rtol=0, atol=4e-6)


@pytest.mark.parametrize("momentum", [0.5, 0.9])
def test_without_a_ramp_it_is_the_sgd_of_keras(momentum):
    ours = optimizers.MomentumRampSGD(
        0.1, initial_momentum=momentum, final_momentum=momentum
    )
    theirs = keras.optimizers.SGD(0.1, momentum=momentum)
    steps = gradients(6)
    np.testing.assert_allclose(
        apply(ours, steps), apply(theirs, steps), rtol=0, atol=1e-6
    )


@pytest.mark.parametrize("dampened", [False, True])
def test_without_momentum_it_is_plain_gradient_descent(dampened):
    optimizer = optimizers.MomentumRampSGD(
        0.1, initial_momentum=0, final_momentum=0, dampened=dampened
    )
    steps = gradients(6)
    path = apply(optimizer, steps)
    expected = -0.1 * np.cumsum(steps, axis=0)
    np.testing.assert_allclose(path[1:], expected, rtol=0, atol=1e-6)


def test_momentum_may_start_at_zero_or_end_there():
    steps = np.ones((3, 4), "float32")
    rising = optimizers.MomentumRampSGD(1.0, 0.0, 0.5)
    # Velocities 1, 1 + 1/2, 1 + 3/4: the ramp takes one step.
    np.testing.assert_allclose(apply(rising, steps)[:, 0], [0, -1, -2.5, -4.25])
    falling = optimizers.MomentumRampSGD(1.0, 0.5, 0.0)
    np.testing.assert_allclose(apply(falling, steps)[:, 0], [0, -1, -2, -3])


def test_learning_rate_schedule():
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay(
        [1], [0.1, 1.0]
    )
    optimizer = optimizers.MomentumRampSGD(schedule, 0.5, 0.5)
    path = apply(optimizer, np.ones((3, 4), "float32"))
    # Velocities 0.1, 0.05 + 0.1, 0.075 + 1.
    np.testing.assert_allclose(path[:, 0], [0, -0.1, -0.25, -1.325], rtol=1e-6)


def test_each_variable_has_a_velocity_of_its_own():
    optimizer = optimizers.MomentumRampSGD(0.1, **_RAMP)
    pair = [keras.Variable(np.zeros(4, "float32")) for _ in range(2)]
    first, second = gradients(5), gradients(5, seed=1)
    for each in zip(first, second, strict=True):
        optimizer.apply([keras.ops.array(one) for one in each], pair)
    for variable, steps in zip(pair, (first, second), strict=True):
        alone = optimizers.MomentumRampSGD(0.1, **_RAMP)
        np.testing.assert_array_equal(variable, apply(alone, steps)[-1])


def test_config_round_trip():
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 100, 0.9)
    optimizer = optimizers.MomentumRampSGD(
        schedule, dampened=True, weight_decay=0.01, clipnorm=1.0, **_RAMP
    )
    config = keras.saving.serialize_keras_object(optimizer)
    restored = keras.saving.deserialize_keras_object(
        json.loads(json.dumps(config))
    )
    assert isinstance(restored, optimizers.MomentumRampSGD)
    assert restored.get_config() == optimizer.get_config()
    assert restored.ramp_steps == 3
    assert restored.dampened


def test_saved_training_continues_where_it_stopped(tmp_path):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile(
        optimizers.MomentumRampSGD(0.01, dampened=True, **_RAMP), loss="mse"
    )
    inputs, targets = gradients(8), np.ones((8, 1), "float32")
    # Two of the three steps of the ramp.
    for _ in range(2):
        model.train_on_batch(inputs, targets)
    model.save(tmp_path / "model.keras")
    restored = keras.saving.load_model(tmp_path / "model.keras")
    assert int(restored.optimizer.iterations) == 2
    for _ in range(3):
        model.train_on_batch(inputs, targets)
        restored.train_on_batch(inputs, targets)
    for old, new in zip(
        model.optimizer.variables, restored.optimizer.variables, strict=True
    ):
        np.testing.assert_array_equal(old, new)
    for old, new in zip(model.weights, restored.weights, strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("name", ["initial_momentum", "final_momentum"])
@pytest.mark.parametrize("momentum", [-0.1, 1, 1.5, "0.5"])
def test_momentum_out_of_range_is_refused(name, momentum):
    with pytest.raises(ValueError, match=f"`{name}` must be a number"):
        optimizers.MomentumRampSGD(**{name: momentum})


@pytest.mark.parametrize("ramp_steps", [0, -1, 2.5])
def test_ramp_steps_must_be_a_positive_integer(ramp_steps):
    with pytest.raises(ValueError, match="`ramp_steps` must be an integer"):
        optimizers.MomentumRampSGD(ramp_steps=ramp_steps)


def test_cosine_adam_comes_to_rest():
    adam = optimizers.cosine_adam(0.01, steps=10)
    path = apply(adam, np.ones((12, 4), "float32"))
    # Of a constant gradient, Adam's step is the learning rate.
    rates = 0.005 * (1 + np.cos(np.pi * np.arange(10) / 10))
    expected = np.append(rates, [0.0, 0.0])
    np.testing.assert_allclose(-np.diff(path[:, 0]), expected, atol=1e-6)


def test_cosine_adam_has_no_momentum():
    adam = optimizers.cosine_adam(0.01, steps=1000)
    path = apply(adam, np.array([[1.0] * 4, [0.0] * 4], "float32"))
    assert path[1, 0] < -0.009
    np.testing.assert_array_equal(path[2], path[1])


def rates(optimizer, steps):
    return [float(optimizer._learning_rate(step)) for step in steps]


def test_goodfellow_sgd_divides_the_rate_by_the_step_and_ramps_by_the_epoch():
    sgd = optimizers.goodfellow_sgd(0.1, steps_per_epoch=10)
    np.testing.assert_allclose(
        rates(sgd, [0, 100_000]), [0.1, 0.1 / 1.000004**100_000], rtol=1e-3
    )
    assert (sgd.initial_momentum, sgd.final_momentum) == (0.5, 0.7)
    assert sgd.ramp_steps == 2500
    assert not sgd.dampened


def test_cosine_adams_have_the_rate_and_the_end_of_their_level():
    fine, coarse = optimizers.cosine_adams(1e-3, 3e-3, [800, 400])
    np.testing.assert_allclose(rates(fine, [0, 400, 800]), [1e-3, 5e-4, 0])
    np.testing.assert_allclose(
        rates(coarse, [0, 200, 400]), [3e-3, 1.5e-3, 0], atol=1e-9
    )


def test_warmed_up_sgd_rises_for_a_fifth_of_the_steps():
    sgd = optimizers.warmed_up_sgd(0.1, steps=10)
    np.testing.assert_allclose(
        rates(sgd, [0, 1, 2, 6, 10]), [0, 0.05, 0.1, 0.05, 0], atol=1e-8
    )
    assert (sgd.momentum, sgd.nesterov, sgd.weight_decay) == (0.9, True, 5e-3)
    with pytest.raises(ValueError, match="`steps` must be an integer"):
        optimizers.warmed_up_sgd(0.1, steps=0)
