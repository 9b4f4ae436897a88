"""The optimizers of the papers and of our recipes, ready to use."""

import keras
from keras import ops

from kerasgan import errors


@keras.saving.register_keras_serializable(package="kerasgan")
class MomentumRampSGD(keras.optimizers.SGD):
    """SGD whose momentum rises linearly, and which may dampen like Torch's.

    At step t, with momentum m = m0 + (m1 - m0) * min(t / ramp_steps, 1):

        velocity = m * velocity - learning_rate * (1 - m if dampened else 1)
                   * gradient
        variable = variable + velocity

    Undampened, a constant gradient moves a variable by `learning_rate /
    (1 - m)` a step: Goodfellow et al.'s Pylearn2, and Keras. Dampened, by
    `learning_rate`: Denton et al.'s Torch, whose default dampening is the
    momentum. (Torch leaves the very first step undampened; this does not.)

    Args:
        learning_rate: float or schedule.
        initial_momentum: m0, in `[0, 1)`.
        final_momentum: m1, in `[0, 1)`.
        ramp_steps: Steps from m0 to m1.
        dampened: bool.
        **kwargs: Base optimizer keyword arguments.
    """

    def __init__(
        self,
        learning_rate=0.01,
        initial_momentum=0.5,
        final_momentum=0.7,
        ramp_steps=1,
        dampened=False,
        **kwargs,
    ):
        errors.check_fraction("initial_momentum", initial_momentum)
        errors.check_fraction("final_momentum", final_momentum)
        errors.check_integer("ramp_steps", ramp_steps, minimum=1)
        if kwargs.get("nesterov"):
            raise ValueError(
                "The ramp is defined for plain momentum. Received: "
                "nesterov=True. Leave it out."
            )
        # Only a momentum other than 0 makes the base class hold velocities.
        super().__init__(
            learning_rate, momentum=final_momentum or 0.5, **kwargs
        )
        self.initial_momentum = initial_momentum
        self.final_momentum = final_momentum
        self.ramp_steps = ramp_steps
        self.dampened = dampened

    def update_step(self, gradient, variable, learning_rate):
        dtype = variable.dtype
        progress = ops.minimum(
            ops.cast(self.iterations, "float32") / self.ramp_steps, 1.0
        )
        momentum = ops.cast(
            self.initial_momentum
            + (self.final_momentum - self.initial_momentum) * progress,
            dtype,
        )
        step = ops.cast(learning_rate, dtype) * ops.cast(gradient, dtype)
        if self.dampened:
            step = step * (1 - momentum)
        velocity = self.momentums[self._get_variable_index(variable)]
        self.assign(velocity, momentum * velocity - step)
        self.assign_add(variable, velocity)

    def get_config(self):
        config = super().get_config()
        del config["momentum"], config["nesterov"]
        return {
            **config,
            "initial_momentum": self.initial_momentum,
            "final_momentum": self.final_momentum,
            "ramp_steps": self.ramp_steps,
            "dampened": self.dampened,
        }


def goodfellow_sgd(learning_rate, steps_per_epoch, decay=1.000004):
    """The SGD of Goodfellow et al.'s released code, goodfeli/adversarial.

    Momentum rises from 0.5 to 0.7 over the first 250 epochs. (The code's floor
    of the learning rate, 1e-6, is left out: from 0.1 it is 2.9 million steps
    away, or 288,000 with the decay of 1.00004.)

    Args:
        learning_rate: float, at the start.
        steps_per_epoch: int.
        decay: float, by which each step divides the learning rate; 1.00004 in
            Mirza and Osindero's conditional GAN.

    Returns:
        A new `MomentumRampSGD`.

    Raises:
        ValueError: If an argument is out of its range.
    """
    errors.check_integer("steps_per_epoch", steps_per_epoch, minimum=1)
    if not decay >= 1:
        raise ValueError(
            "`decay` must be at least 1, as it divides the learning rate. "
            f"Received: {decay=}. Give, for example, 1.000004."
        )
    return MomentumRampSGD(
        keras.optimizers.schedules.ExponentialDecay(
            learning_rate, decay_steps=1, decay_rate=1 / decay
        ),
        initial_momentum=0.5,
        final_momentum=0.7,
        ramp_steps=250 * steps_per_epoch,
    )


def cosine_adam(learning_rate, steps):
    """Adam without momentum whose learning rate falls to 0 along a cosine.

    The betas are those of [Miyato & Koyama,
    2018](https://arxiv.org/abs/1802.05637). A run that is given more steps
    later goes on at the rate that the longer schedule has there.

    Args:
        learning_rate: float, at the start; 0 at the end.
        steps: int, of the whole training.

    Returns:
        A new `keras.optimizers.Adam`, of betas 0 and 0.9.

    Raises:
        ValueError: If there are no steps.
    """
    errors.check_integer("steps", steps, minimum=1)
    return keras.optimizers.Adam(
        keras.optimizers.schedules.CosineDecay(learning_rate, steps),
        beta_1=0.0,
        beta_2=0.9,
    )


def cosine_adams(learning_rate, coarsest_learning_rate, steps):
    """A `cosine_adam` for each level of a LAPGAN.

    Args:
        learning_rate: float, at the start, of all levels but the coarsest.
        coarsest_learning_rate: float, at the start, of the coarsest.
        steps: Of each level's whole training, ints, finest first.

    Returns:
        A list of new `keras.optimizers.Adam`, finest first.

    Raises:
        ValueError: If there are not two levels at least, each of some steps.
    """
    if not isinstance(steps, (list, tuple)) or len(steps) < 2:
        raise ValueError(
            "`steps` must hold a number for each level, finest first. "
            f"Received: {steps=}. Give, for example, [800, 400]."
        )
    rates = [learning_rate] * (len(steps) - 1) + [coarsest_learning_rate]
    return [cosine_adam(*each) for each in zip(rates, steps, strict=True)]


def warmed_up_sgd(learning_rate, steps):
    """The SGD of small image classifiers: Nesterov, a warm-up, then a cosine.

    Args:
        learning_rate: float, reached after a fifth of the steps; 0 at the end.
        steps: int, of the whole training.

    Returns:
        A new `keras.optimizers.SGD` of momentum 0.9, with a weight decay of
        5e-3 times the learning rate a step, which for a momentum of 0.9 is the
        usual 5e-4 in the loss.

    Raises:
        ValueError: If there are no steps.
    """
    errors.check_integer("steps", steps, minimum=1)
    warmup_steps = max(1, steps // 5)
    return keras.optimizers.SGD(
        keras.optimizers.schedules.CosineDecay(
            0.0,
            decay_steps=max(1, steps - warmup_steps),
            warmup_target=learning_rate,
            warmup_steps=warmup_steps,
        ),
        momentum=0.9,
        nesterov=True,
        weight_decay=5e-3,
    )


def check_pair(generator_optimizer, discriminator_optimizer):
    """Raises a ValueError unless two optimizers can train a GAN.

    Args:
        generator_optimizer: A `keras.optimizers.Optimizer`, new, that does not
            scale the loss and takes a step with each batch.
        discriminator_optimizer: Another one.
    """
    pair = {
        "generator_optimizer": generator_optimizer,
        "discriminator_optimizer": discriminator_optimizer,
    }
    for name, optimizer in pair.items():
        if not isinstance(optimizer, keras.optimizers.Optimizer):
            raise ValueError(
                f"`{name}` must be a keras.optimizers.Optimizer. Received: "
                f"{name}={optimizer!r}. Give, for example, "
                "keras.optimizers.Adam(2e-4, beta_1=0.5)."
            )
        if optimizer.loss_scale_factor or isinstance(
            optimizer, keras.optimizers.LossScaleOptimizer
        ):
            raise ValueError(
                f"`{name}` must not scale the loss, as the training steps "
                f"do not. Received: '{optimizer.name}', which does. Leave "
                "`loss_scale_factor` out, and train in float32 or bfloat16."
            )
        check_counts(name, optimizer)
        if optimizer.built:
            raise ValueError(
                f"`{name}` must be new, as an optimizer serves one network. "
                f"Received: '{optimizer.name}', already in use. Make another."
            )
    if generator_optimizer is discriminator_optimizer:
        raise ValueError(
            "The two networks need two optimizers. Received: the same object "
            "twice. Make another for the discriminator."
        )


def check_counts(name, optimizer):
    """Raises a ValueError unless an optimizer counts every training step.

    Noise, checkpoints and logs go by its `iterations`.

    Args:
        name: Of the argument, for the message.
        optimizer: A `keras.optimizers.Optimizer`.
    """
    if optimizer.gradient_accumulation_steps:
        raise ValueError(
            f"`{name}` must take a step with each batch. Received: "
            "gradient_accumulation_steps="
            f"{optimizer.gradient_accumulation_steps} of '{optimizer.name}'. "
            "Leave it out, and use a larger batch."
        )
