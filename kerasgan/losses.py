"""Adversarial losses: logits in, a scalar out.

Every discriminator loss is half the sum of a real and a generated term, as in
the released codes of Goodfellow et al. and Denton et al. All are finite for
any finite logit, but the squares of the least-squares ones, above 1e19.
"""

from keras import ops

from kerasgan import errors


def minimax_discriminator_loss(real_logits, fake_logits, label_smoothing=0.0):
    """Cross-entropy, `-(log D(x) + log(1 - D(G(z)))) / 2`.

    Reference: [Goodfellow et al., 2014](https://arxiv.org/abs/1406.2661),
    equation 1; one-sided label smoothing is of
    [Salimans et al., 2016](https://arxiv.org/abs/1606.03498), section 3.4.

    Args:
        real_logits: Discriminator output on real images, `(batch, 1)`.
        fake_logits: Discriminator output on generated images, `(batch, 1)`.
        label_smoothing: The target of real images is 1 minus this; that of
            generated images stays 0.

    Returns:
        Scalar, at least 0; `log(2)` when the discriminator is undecided.
    """
    # -log D = softplus(-l) and -log(1 - D) = softplus(l), and their mixture
    # with weight s differs from softplus(-l) by s * l.
    real_loss = ops.softplus(-real_logits) + label_smoothing * real_logits
    return (ops.mean(real_loss) + ops.mean(ops.softplus(fake_logits))) / 2


def minimax_generator_loss(fake_logits):
    """Saturating generator loss, `log(1 - D(G(z)))`.

    Reference: [Goodfellow et al., 2014](https://arxiv.org/abs/1406.2661),
    equation 1.

    Args:
        fake_logits: Discriminator output on generated images, `(batch, 1)`.

    Returns:
        Scalar, at most 0; `-log(2)` when the discriminator is undecided.
    """
    return -ops.mean(ops.softplus(fake_logits))


def non_saturating_discriminator_loss(
    real_logits, fake_logits, label_smoothing=0.0
):
    """The same as `minimax_discriminator_loss`; only the generators differ."""
    return minimax_discriminator_loss(real_logits, fake_logits, label_smoothing)


def non_saturating_generator_loss(fake_logits):
    """Non-saturating generator loss, `-log D(G(z))`.

    Unlike the minimax loss it has a large gradient where the discriminator is
    winning.

    Reference: [Goodfellow et al., 2014](https://arxiv.org/abs/1406.2661),
    section 3.

    Args:
        fake_logits: Discriminator output on generated images, `(batch, 1)`.

    Returns:
        Scalar, at least 0; `log(2)` when the discriminator is undecided.
    """
    return ops.mean(ops.softplus(-fake_logits))


def least_squares_discriminator_loss(
    real_logits, fake_logits, label_smoothing=0.0
):
    """`((D(x) - 1)^2 + D(G(z))^2) / 2`, on unbounded outputs.

    Reference: [Mao et al., 2017](https://arxiv.org/abs/1611.04076),
    equation 9 (a = 0, b = c = 1).

    Args:
        real_logits: Discriminator output on real images, `(batch, 1)`.
        fake_logits: Discriminator output on generated images, `(batch, 1)`.
        label_smoothing: The target of real images is 1 minus this.

    Returns:
        Scalar, at least 0.
    """
    real_loss = ops.square(real_logits - (1.0 - label_smoothing))
    return (ops.mean(real_loss) + ops.mean(ops.square(fake_logits))) / 2


def least_squares_generator_loss(fake_logits):
    """`(D(G(z)) - 1)^2 / 2`.

    Reference: [Mao et al., 2017](https://arxiv.org/abs/1611.04076),
    equation 9.

    Args:
        fake_logits: Discriminator output on generated images, `(batch, 1)`.

    Returns:
        Scalar, at least 0.
    """
    return ops.mean(ops.square(fake_logits - 1.0)) / 2


def hinge_discriminator_loss(real_logits, fake_logits):
    """`(max(0, 1 - D(x)) + max(0, 1 + D(G(z)))) / 2`.

    Reference: [Miyato et al., 2018](https://arxiv.org/abs/1802.05957),
    equation 16, halved.

    Args:
        real_logits: Discriminator output on real images, `(batch, 1)`.
        fake_logits: Discriminator output on generated images, `(batch, 1)`.

    Returns:
        Scalar, at least 0; 1 when the discriminator is undecided.
    """
    real_loss = ops.relu(1.0 - real_logits)
    return (ops.mean(real_loss) + ops.mean(ops.relu(1.0 + fake_logits))) / 2


def hinge_generator_loss(fake_logits):
    """`-D(G(z))`.

    Reference: [Miyato et al., 2018](https://arxiv.org/abs/1802.05957),
    equation 17.

    Args:
        fake_logits: Discriminator output on generated images, `(batch, 1)`.

    Returns:
        Scalar, unbounded.
    """
    return -ops.mean(fake_logits)


def wasserstein_discriminator_loss(real_logits, fake_logits):
    """`(D(G(z)) - D(x)) / 2`; D is the paper's critic.

    Reference: [Arjovsky et al., 2017](https://arxiv.org/abs/1701.07875),
    equation 2, halved. It needs a constrained critic.

    Args:
        real_logits: Critic output on real images, `(batch, 1)`.
        fake_logits: Critic output on generated images, `(batch, 1)`.

    Returns:
        Scalar, unbounded.
    """
    return (ops.mean(fake_logits) - ops.mean(real_logits)) / 2


def wasserstein_generator_loss(fake_logits):
    """`-D(G(z))`, the same as `hinge_generator_loss`.

    Reference: [Arjovsky et al., 2017](https://arxiv.org/abs/1701.07875),
    algorithm 1.

    Args:
        fake_logits: Critic output on generated images, `(batch, 1)`.

    Returns:
        Scalar, unbounded.
    """
    return hinge_generator_loss(fake_logits)


_LOSSES = {
    "minimax": (minimax_generator_loss, minimax_discriminator_loss),
    "non_saturating": (
        non_saturating_generator_loss,
        non_saturating_discriminator_loss,
    ),
    "least_squares": (
        least_squares_generator_loss,
        least_squares_discriminator_loss,
    ),
    "hinge": (hinge_generator_loss, hinge_discriminator_loss),
    "wasserstein": (wasserstein_generator_loss, wasserstein_discriminator_loss),
}

_SMOOTHED = ("minimax", "non_saturating", "least_squares")


def get(loss, label_smoothing=0.0):
    """Looks up a pair of losses.

    Args:
        loss: `"minimax"`, `"non_saturating"`, `"least_squares"`, `"hinge"`,
            `"wasserstein"`, or a pair of functions `(generator_loss,
            discriminator_loss)` of the signatures above.
        label_smoothing: In `[0, 1)`; for the first three names.

    Returns:
        A pair `(generator_loss, discriminator_loss)`.

    Raises:
        ValueError: If the name is unknown, the pair is none, or the loss has
            no label smoothing.
    """
    errors.check_fraction("label_smoothing", label_smoothing)
    if isinstance(loss, str):
        errors.check_choice("loss", loss, _LOSSES)
    elif not (
        isinstance(loss, (tuple, list))
        and len(loss) == 2
        and all(callable(function) for function in loss)
    ):
        raise ValueError(
            "`loss` must be a name or a pair (generator_loss, "
            f"discriminator_loss) of functions. Received: loss={loss!r}. "
            f"Names: {list(_LOSSES)}."
        )
    if label_smoothing and loss not in _SMOOTHED:
        raise ValueError(
            f"`label_smoothing` needs one of the losses {list(_SMOOTHED)}. "
            f"Received: label_smoothing={label_smoothing} with loss={loss!r}. "
            "Leave it at 0."
        )
    if not isinstance(loss, str):
        return tuple(loss)
    generator_loss, discriminator_loss = _LOSSES[loss]
    if not label_smoothing:
        return generator_loss, discriminator_loss

    def smoothed(real_logits, fake_logits):
        return discriminator_loss(real_logits, fake_logits, label_smoothing)

    return generator_loss, smoothed
