"""Callbacks that notice when training goes wrong.

They read what other callbacks and the model log, so they work with `fit` and
in a recipe's run.
"""

import math

import keras
import tensorflow as tf

from kerasgan import console
from kerasgan import errors

ON_COLLAPSE = ("warn", "stop")

_NO_DIVERSITY = 1e-4


class NaNWatch(keras.callbacks.Callback):
    """Stops training when a loss, a logit or a gradient is no longer finite.

    Keras's `TerminateOnNaN` looks at `logs["loss"]` only, which no model of two
    networks has. Logged values are running means since the epoch began, which
    stay nan once they are, so the step that is named is the first one.

    Raises:
        FloatingPointError: In training, naming the step and the values.
    """

    def on_train_batch_end(self, batch, logs=None):
        wrong = {
            name: value
            for name, value in (logs or {}).items()
            if not math.isfinite(value)
        }
        if wrong:
            values = ", ".join(f"{name}={wrong[name]}" for name in wrong)
            raise FloatingPointError(
                "Losses, logits and gradients must be finite. Received: "
                f"{values} at step {self.model.steps_taken} of "
                f"'{self.model.name}'. Checkpoints and models saved before are "
                "kept. Begin anew (--restart) with lower learning rates, with "
                "--precision=float32, or with spectral norm."
            )


class CollapseWatch(keras.callbacks.Callback):
    """Says in plain words when a GAN has stopped learning.

    After each epoch it looks at what was logged:

    - `diversity`, see `kerasgan.metrics.relative_diversity`: under 0.0001, the
      generator ignores its latents; under `min_diversity`, all samples are
      (almost) one of a few images;
    - `discriminator_loss`: under `min_loss` times what an undecided
      discriminator has, it has won, and the generator learns nothing; over
      `max_loss` times, it diverges;
    - `fake_logits`: with a mean under `-max_fake_logit`, it has won, too;
    - `real_logits`: with a mean further from 0 than `max_real_logit`, it
      diverges.

    Loss and logits are not judged where the loss has no bound, as
    Wasserstein's.

    All but the first is judged from step `min_steps` on. The defaults come from
    Goodfellow et al.'s GAN on MNIST, which begins like a collapse and recovers:
    a diversity of 0.01 after 1,000 steps and 0.24 after 2,000; then a loss of 9
    % of an undecided one, real logits of 16 and generated ones of -5. DCGAN and
    LAPGAN stay further away.

    Args:
        on_collapse: `"warn"` prints what is seen and what usually helps;
            `"stop"` also sets `model.stop_training`.
        min_steps: int.
        min_diversity: float.
        min_loss: float.
        max_loss: float.
        max_fake_logit: float.
        max_real_logit: float.

    Attributes:
        found: What was seen in the last epoch, a list of strings.

    Raises:
        ValueError: If `on_collapse` is none of the two.
    """

    def __init__(
        self,
        on_collapse="warn",
        min_steps=2000,
        min_diversity=0.1,
        min_loss=0.01,
        max_loss=10.0,
        max_fake_logit=10.0,
        max_real_logit=100.0,
    ):
        super().__init__()
        self.on_collapse = errors.check_choice(
            "on_collapse", on_collapse, ON_COLLAPSE
        )
        self.min_steps = min_steps
        self.min_diversity = min_diversity
        self.min_loss = min_loss
        self.max_loss = max_loss
        self.max_fake_logit = max_fake_logit
        self.max_real_logit = max_real_logit
        self.found = []

    def on_train_begin(self, logs=None):
        undecided = tf.zeros((1, 1))
        # A LAPGAN logs each level's values under its name.
        levels = getattr(self.model, "levels", None)
        watched = (
            {f"level_{each.level}/": each for each in levels}
            if levels
            else {"": self.model}
        )
        for watched_model in watched.values():
            if not hasattr(watched_model, "discriminator_loss"):
                raise ValueError(
                    "`CollapseWatch` watches a GAN. Received: "
                    f"'{watched_model.name}', which has no discriminator's "
                    "loss. Leave it out."
                )
        self._undecided_losses = {
            prefix: float(model.discriminator_loss(undecided, undecided))
            for prefix, model in watched.items()
        }

    def on_epoch_end(self, epoch, logs=None):
        is_early = self.model.steps_taken < self.min_steps
        self.found = [
            *self._diversity(logs, is_early),
            *([] if is_early else self._saturations(logs)),
        ]
        if not self.found:
            return
        if self.on_collapse == "stop":
            self.model.stop_training = True
            outcome = "Training stops here."
        else:
            outcome = "Training goes on; --on_collapse=stop would end it."
        title = f"{self.model.name}, step {self.model.steps_taken}:"
        console.say("\n".join([title, *self.found, outcome]), style="yellow")

    def _diversity(self, logs, is_early):
        diversity = logs.get("diversity", math.nan)
        if diversity < _NO_DIVERSITY:
            yield (
                "The generator gives the same image whatever its latents are. "
                "What usually helps: see that its layers pass the latents on "
                "(no saturated or dead activations, weights not all 0), and a "
                "lower learning rate of the generator."
            )
        elif diversity < self.min_diversity and not is_early:
            yield (
                "The samples look alike (mode collapse): they are only "
                f"{diversity:.3f} times as far from each other as training "
                "images are. What usually helps: the best model so far rather "
                "than the last, initial weights of the generator with which "
                "latents change images more, a lower learning rate of the "
                "discriminator, label_smoothing=0.1, a larger batch."
            )

    def _saturations(self, logs):
        for prefix, undecided_loss in self._undecided_losses.items():
            if undecided_loss:
                yield from self._saturation(logs, prefix, undecided_loss)

    def _saturation(self, logs, prefix, undecided_loss):
        loss, real, fake = (
            logs[prefix + name]
            for name in ("discriminator_loss", "real_logits", "fake_logits")
        )
        ratio = loss / undecided_loss
        level = f"of {prefix[:-1]}, " if prefix else ""
        seen = (
            f"{level}its loss is {loss:.4g}, its mean logit {real:.4g} for "
            f"real and {fake:.4g} for generated images"
        )
        if ratio > self.max_loss or abs(real) > self.max_real_logit:
            yield (
                f"The discriminator diverges: {seen}. What usually helps: a "
                "learning rate of the discriminator ten times lower, spectral "
                "norm, Adam with a beta_1 of 0 to 0.5."
            )
        elif ratio < self.min_loss or fake < -self.max_fake_logit:
            yield (
                "The discriminator has won and the generator learns nothing "
                f"more: {seen}. What usually helps: a lower learning rate of "
                "the discriminator, label_smoothing=0.1, dropout or spectral "
                "norm in it, fewer discriminator steps, the hinge loss."
            )
