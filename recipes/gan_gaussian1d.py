r"""Shows how a GAN learns a bell curve, as an animation.

    python recipes/gan_gaussian1d.py

Paper: Goodfellow et al., 2014, https://arxiv.org/abs/1406.2661, Figure 1: the
density of the data, that of what is generated, D(x), and arrows from z to
x = G(z), here from the start to the equilibrium.

The setting is that of a demo which A. Radford (Newmu) has published as a gist:
data N(1, 1), one latent U(-1, 1), Adam, nine steps of D for each of G.
Departures: 64 units instead of 2048, leaky ReLU in D too (ReLU and tanh there)
and no gains, Keras's initial weights, Adam of 2e-3 (G) and 4e-3 (D) with beta_1
0.5 (1e-3 and 0.9 there), twice the points a step and 2.5 times the steps of G,
a cosine decay of the learning rates to 0 (1 in 10,000 a step there) and an
average of the generator's weights, so that it comes to rest.

Where the bounded latents give no points, far out in the tails, D(x) stays at 1.

Measured with the seeds 0, 1 and 2: a Kolmogorov-Smirnov distance of 10,000
generated points to N(1, 1) of 0.013, 0.018 and 0.010 (as many points of N(1, 1)
itself are within 0.014 in 19 of 20 cases), and a mean of |D(x) - 1/2| over
10,000 points of the data of 0.017, 0.016 and 0.014. About 35 seconds on one of
two busy CPU cores.
"""

import pathlib

from absl import app
from absl import flags

import kerasgan
import kerasgan.flags
from kerasgan import files

flags.DEFINE_string("workdir", "runs/gan_gaussian1d", "Run folder.")
flags.DEFINE_integer("seed", 0, "Of weights, points and latents.", 0, 2**31 - 2)
flags.DEFINE_integer("steps", 2500, "Of the generator.", 1)
flags.DEFINE_integer("batch_size", 256, "Points a step of D.", 1)
flags.DEFINE_integer("units", 64, "Of each hidden layer.", 1)
flags.DEFINE_integer("frames", 48, "Of the animation, about.", 2)
FLAGS = flags.FLAGS

# The models take images in [-1, 1]: a point x is one pixel of value x / 8.
_SCALE = 8.0
_MEAN, _STD = 1.0, 1.0
_DISCRIMINATOR_STEPS = 9
_MEASURED = 10_000


def build_networks(units):
    """A generator of one latent and a discriminator, two hidden layers each."""
    import keras
    from keras import layers

    def hidden():
        return [layers.Dense(units, "leaky_relu") for _ in range(2)]

    generator = keras.Sequential(
        [
            keras.Input((1,)),
            *hidden(),
            layers.Dense(1),
            layers.Rescaling(1 / _SCALE),
            layers.Reshape((1, 1, 1)),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((1, 1, 1)),
            layers.Flatten(),
            layers.Rescaling(_SCALE),
            *hidden(),
            layers.Dense(1),
        ]
    )
    return generator, discriminator


def draw(model, title):
    """One frame of the animation, see `kerasgan.figures.density_plot`."""
    import numpy as np
    from scipy import stats

    points = np.linspace(-3, 5, 201, dtype="float32")
    # As many latents of each part of U(-1, 1): no noise of sampling.
    latents = np.linspace(-1, 1, 1001, dtype="float32")
    fake = _SCALE * np.ravel(model(latents[:, None]))
    return kerasgan.figures.density_plot(
        points,
        stats.norm(_MEAN, _STD).pdf(points),
        # All in one place, there is no density.
        stats.gaussian_kde(fake)(points) if np.ptp(fake) else 0 * points,
        probabilities(model, points),
        latents,
        fake,
        title,
    )


def probabilities(model, points):
    """D(x) of points `(n,)`."""
    from scipy import special

    images = points[:, None, None, None] / _SCALE
    return special.expit(model.discriminator(images).numpy().ravel())


def measure(model, seed):
    """Compares 10,000 generated points with N(1, 1), and D(x) with 1/2."""
    import numpy as np
    from scipy import stats

    normal = stats.norm(_MEAN, _STD)
    fake = _SCALE * model.generate(_MEASURED, seed=seed).ravel()
    real = normal.rvs(_MEASURED, random_state=seed).astype("float32")
    from_half = np.abs(probabilities(model, real) - 0.5)
    return {
        "kolmogorov_smirnov_distance": float(
            stats.kstest(fake, normal.cdf).statistic
        ),
        "mean_distance_of_d_from_half": float(from_half.mean()),
        "protocol": f"{_MEASURED} generated points against the distribution "
        f"function of N(1, 1); D(x) of {_MEASURED} points of the data",
        "seed": seed,
    }


def main(argv):
    if len(argv) > 1:
        raise app.UsageError(f"Flags are written --name=value: {argv[1:]}.")
    folder = pathlib.Path(FLAGS.workdir)
    files.check_folder("--workdir", folder)
    import keras
    import numpy as np
    import tensorflow as tf

    keras.utils.set_random_seed(FLAGS.seed)
    model = kerasgan.models.GAN(
        build_networks(FLAGS.units),
        latent_distribution="uniform",
        ema=0.995,
        seed=FLAGS.seed,
    )

    def adam(learning_rate, steps):
        decay = keras.optimizers.schedules.CosineDecay(learning_rate, steps)
        return keras.optimizers.Adam(decay, beta_1=0.5)

    model.compile(
        adam(2e-3, FLAGS.steps),
        adam(4e-3, FLAGS.steps * _DISCRIMINATOR_STEPS),
        update="alternating",
        discriminator_steps=_DISCRIMINATOR_STEPS,
    )
    # More pictures of the beginning, when more happens.
    shown = set(np.geomspace(1, FLAGS.steps, FLAGS.frames).astype(int).tolist())
    frames = [draw(model, "step 0")]

    def after_step(step, logs):
        if step + 1 in shown:
            frames.append(draw(model, f"step {step + 1}"))

    rng = np.random.default_rng(FLAGS.seed)
    count = FLAGS.batch_size * _DISCRIMINATOR_STEPS
    points = rng.normal(_MEAN, _STD, (FLAGS.steps, count, 1, 1, 1)) / _SCALE
    model.fit(
        tf.data.Dataset.from_tensor_slices(points.astype("float32")),
        callbacks=[
            keras.callbacks.LambdaCallback(on_train_batch_end=after_step)
        ],
        verbose=2,
    )
    result = measure(model, FLAGS.seed + 1)
    figures = kerasgan.figures
    figures.save(frames[-1], folder / "equilibrium.png", scale=1)
    figures.save_animation(frames, folder / "training.gif", 1, seconds=0.2)
    files.replace_json(
        folder / "result.json",
        {**result, "flags": kerasgan.flags.resolved(__name__)},
    )
    print(
        "Kolmogorov-Smirnov distance "
        f"{result['kolmogorov_smirnov_distance']:.4f}, mean |D(x) - 1/2| "
        f"{result['mean_distance_of_d_from_half']:.4f} ({result['protocol']}; "
        f"seed {result['seed']}). Everything is in {folder}."
    )


if __name__ == "__main__":
    app.run(main)
