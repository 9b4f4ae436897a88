import numpy as np
import pytest
import tensorflow as tf

from kerasgan import losses

_NAMES = ("minimax", "non_saturating", "least_squares", "hinge", "wasserstein")
_SMOOTHED = ("minimax", "non_saturating", "least_squares")

# Logits of simple probabilities: sigmoid(log(p / (1 - p))) is p.
_REAL = np.log(np.float32([[3], [1 / 3]]))  # D(x) is 3/4 and 1/4.
_FAKE = np.log(np.float32([[1], [1 / 4]]))  # D(G(z)) is 1/2 and 1/5.


def generator_loss(name, logits):
    return float(losses.get(name)[0](logits))


def discriminator_loss(name, real_logits, fake_logits, label_smoothing=0.0):
    loss = losses.get(name, label_smoothing)[1]
    return float(loss(real_logits, fake_logits))


def test_minimax_by_hand():
    # log(1 - 1/2) and log(1 - 1/5).
    expected = (np.log(1 / 2) + np.log(4 / 5)) / 2
    assert generator_loss("minimax", _FAKE) == pytest.approx(expected)
    real = -(np.log(3 / 4) + np.log(1 / 4)) / 2
    assert discriminator_loss("minimax", _REAL, _FAKE) == pytest.approx(
        (real - expected) / 2
    )


def test_non_saturating_by_hand():
    # -log(1/2) and -log(1/5).
    expected = (np.log(2) + np.log(5)) / 2
    assert generator_loss("non_saturating", _FAKE) == pytest.approx(expected)
    assert discriminator_loss(
        "non_saturating", _REAL, _FAKE
    ) == discriminator_loss("minimax", _REAL, _FAKE)


def test_least_squares_by_hand():
    real, fake = np.float32([[3], [0]]), np.float32([[-1], [2]])
    # ((-2)^2 + 1^2) / 2 images / 2.
    assert generator_loss("least_squares", fake) == pytest.approx(1.25)
    # (2^2 + (-1)^2) / 2 images, (1 + 4) / 2 images, and half of both.
    loss = discriminator_loss("least_squares", real, fake)
    assert loss == pytest.approx(2.5)


def test_hinge_by_hand():
    real, fake = np.float32([[3], [0.5]]), np.float32([[-2], [1]])
    # Only 0.5 is within the real margin, by 0.5; only 1 is within the
    # generated one, by 2.
    loss = discriminator_loss("hinge", real, fake)
    assert loss == pytest.approx((0.5 / 2 + 2 / 2) / 2)
    assert generator_loss("hinge", fake) == pytest.approx(0.5)


def test_wasserstein_by_hand():
    real, fake = np.float32([[3], [0.5]]), np.float32([[-2], [1]])
    # The means are 1.75 and -0.5.
    loss = discriminator_loss("wasserstein", real, fake)
    assert loss == pytest.approx((-0.5 - 1.75) / 2)
    assert generator_loss("wasserstein", fake) == pytest.approx(0.5)


@pytest.mark.parametrize(
    "name, for_generator, for_discriminator",
    [
        ("minimax", -np.log(2), np.log(2)),
        ("non_saturating", np.log(2), np.log(2)),
        ("least_squares", 1 / 2, 1 / 2),
        ("hinge", 0, 1),
        ("wasserstein", 0, 0),
    ],
)
def test_undecided_discriminator(name, for_generator, for_discriminator):
    logits = np.zeros((4, 1), "float32")
    assert generator_loss(name, logits) == pytest.approx(for_generator)
    loss = discriminator_loss(name, logits, logits)
    assert loss == pytest.approx(for_discriminator)


@pytest.mark.parametrize("name", _NAMES)
def test_a_step_against_the_gradient_improves_both(name):
    # The generator wants higher logits; the discriminator wants higher ones of
    # real images and lower ones of generated images.
    real, fake = tf.constant([[0.3]]), tf.constant([[0.2]])
    generator, discriminator = losses.get(name)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch((real, fake))
        for_generator = generator(fake)
        for_discriminator = discriminator(real, fake)
    assert tape.gradient(for_generator, fake)[0, 0] < 0
    assert tape.gradient(for_discriminator, real)[0, 0] < 0
    assert tape.gradient(for_discriminator, fake)[0, 0] > 0


def test_gradients_where_the_discriminator_wins():
    # Why the non-saturating loss exists: at D(G(z)) = 1/100 its gradient is
    # -(1 - D) = -0.99, that of the minimax loss -D = -0.01.
    logit = tf.constant([[np.log(1 / 99)]], "float32")
    gradients = {}
    for name in ("minimax", "non_saturating"):
        with tf.GradientTape() as tape:
            tape.watch(logit)
            loss = losses.get(name)[0](logit)
        gradients[name] = float(tape.gradient(loss, logit)[0, 0])
    assert gradients["minimax"] == pytest.approx(-0.01, rel=1e-5)
    assert gradients["non_saturating"] == pytest.approx(-0.99, rel=1e-5)


@pytest.mark.parametrize("smoothing", [0.1, 0.25, 0.9])
@pytest.mark.parametrize("name", ["minimax", "non_saturating"])
def test_label_smoothing_is_cross_entropy_with_a_lower_target(name, smoothing):
    real, fake = np.random.default_rng(0).normal(scale=3, size=(2, 16, 1))

    def cross_entropy(target, logits):
        probability = 1 / (1 + np.exp(-logits))
        terms = target * np.log(probability)
        return -np.mean(terms + (1 - target) * np.log(1 - probability))

    expected = cross_entropy(1 - smoothing, real) + cross_entropy(0, fake)
    loss = discriminator_loss(
        name, np.float32(real), np.float32(fake), smoothing
    )
    assert loss == pytest.approx(expected / 2, rel=1e-5)


def test_label_smoothing_of_least_squares():
    real, fake = np.float32([[0.9], [1.9]]), np.float32([[0], [0]])
    # The target is 0.9, missed by 0 and by 1.
    loss = discriminator_loss("least_squares", real, fake, 0.1)
    assert loss == pytest.approx(0.25)


@pytest.mark.parametrize("name", _SMOOTHED)
def test_label_smoothing_leaves_the_generator_alone(name):
    assert losses.get(name, 0.1)[0] is losses.get(name)[0]


@pytest.mark.parametrize("name", _NAMES)
@pytest.mark.parametrize("logit", [-1e4, 1e4])
def test_losses_and_gradients_of_extreme_logits_are_finite(name, logit):
    smoothing = 0.1 if name in _SMOOTHED else 0.0
    generator, discriminator = losses.get(name, smoothing)
    real, fake = tf.fill((4, 1), logit), tf.fill((4, 1), logit)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch((real, fake))
        values = generator(fake), discriminator(real, fake)
    for value in values:
        assert value.shape == ()
        assert np.isfinite(value)
    gradients = [
        tape.gradient(values[0], fake),
        *tape.gradient(values[1], (real, fake)),
    ]
    for gradient in gradients:
        assert np.isfinite(gradient).all()


def test_extreme_logits_by_hand():
    # softplus(x) is x for a large x and 0 for a large -x.
    high, low = (
        np.full((1, 1), 1e4, "float32"),
        np.full((1, 1), -1e4, "float32"),
    )
    assert generator_loss("non_saturating", low) == 1e4
    assert generator_loss("non_saturating", high) == 0
    assert generator_loss("minimax", high) == -1e4
    assert discriminator_loss("minimax", high, low) == 0
    assert discriminator_loss("minimax", low, high) == 1e4


def test_names():
    for name in _NAMES:
        generator, discriminator = losses.get(name)
        assert generator.__name__ == f"{name}_generator_loss"
        assert discriminator.__name__ == f"{name}_discriminator_loss"


@pytest.mark.parametrize("make", [tuple, list])
def test_a_pair_of_functions_is_returned(make):
    pair = losses.minimax_generator_loss, losses.hinge_discriminator_loss
    assert losses.get(make(pair)) == pair


@pytest.mark.parametrize(
    "loss",
    [
        (losses.hinge_generator_loss,),
        (losses.hinge_generator_loss, "hinge"),
        (losses.hinge_generator_loss,) * 3,
        (),
        losses.hinge_generator_loss,
    ],
)
def test_what_is_no_pair_of_functions_is_refused(loss):
    with pytest.raises(ValueError, match="a name or a pair"):
        losses.get(loss)


def test_unknown_name_names_the_closest():
    with pytest.raises(ValueError, match=r"Did you mean 'non_saturating'\?"):
        losses.get("non_saturated")
    with pytest.raises(ValueError, match="`loss` must be one of"):
        losses.get("bce")
    with pytest.raises(ValueError, match="`loss` must be a name or a pair"):
        losses.get(None)


@pytest.mark.parametrize(
    "loss",
    [
        "hinge",
        "wasserstein",
        (losses.minimax_generator_loss, losses.minimax_discriminator_loss),
    ],
)
def test_label_smoothing_of_a_loss_that_has_none_is_refused(loss):
    with pytest.raises(ValueError, match="`label_smoothing` needs one of"):
        losses.get(loss, label_smoothing=0.1)


@pytest.mark.parametrize("smoothing", [-0.1, 1.0, "0.1", None])
def test_label_smoothing_out_of_range_is_refused(smoothing):
    with pytest.raises(ValueError, match="at least 0 and under 1"):
        losses.get("minimax", label_smoothing=smoothing)
