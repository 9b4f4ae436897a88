r"""Shows whether a GAN finds every mode of data in the plane, as an animation.

    python recipes/gan_toy2d.py --data=8gaussians
    python recipes/gan_toy2d.py --data=25gaussians
    python recipes/gan_toy2d.py --data=swiss_roll

Paper: Goodfellow et al., 2014, https://arxiv.org/abs/1406.2661. The data are
ours, in the manner of the studies of mode collapse: 8 Gaussians on a circle of
radius 2, 25 on a grid 2 apart, all with a standard deviation of 0.05; a roll of
one turn and a half, of a radius of up to 4, with noise of 0.05.

Plain networks and losses hop between modes. What helps is noise on all that
the discriminator sees, of a standard deviation that falls from stage to stage,
as in Sonderby et al., 2016, https://arxiv.org/abs/1610.04490: at first the
modes are one cloud, and the generator spreads over it.

Measured with the seeds 0, 1 and 2, 10,000 generated points each (a point is
good within 3 standard deviations of a mode, a mode is found with a quarter or
more of the good points that it should have):
- 8 Gaussians: 8, 8 and 8 modes; 77, 77 and 78 % of the points are good.
- 25 Gaussians: 4, 4 and 6 modes; 26, 25 and 28 % are good. It is no success:
  modes within the square are missed; with --steps=3000 (seed 0), 6 modes are
  found and 78 % are good.
- Swiss roll: a sliced Wasserstein distance of 0.10, 0.16 and 0.11; that of the
  data to other points of themselves is 0.02, 0.03 and 0.03.
35 to 70 seconds each on one of two busy CPU cores.
"""

import pathlib

from absl import app
from absl import flags

import kerasgan
import kerasgan.flags
from kerasgan import files

flags.DEFINE_enum(
    "data",
    "8gaussians",
    ["8gaussians", "25gaussians", "swiss_roll"],
    "What is learnt.",
)
flags.DEFINE_string("workdir", "runs/gan_toy2d", "Run folder.")
flags.DEFINE_integer("seed", 0, "Of weights, points and latents.", 0, 2**31 - 2)
flags.DEFINE_integer("steps", 700, "Of both networks, in each stage.", 1)
flags.DEFINE_integer("batch_size", 512, "Points a step.", 1)
flags.DEFINE_integer("units", 128, "Of each hidden layer.", 1)
flags.DEFINE_integer("frames", 6, "Of the animation, in each stage.", 1)
FLAGS = flags.FLAGS

# The models take images in [-1, 1]: a point is one pixel of two channels, its
# coordinates divided by 6.
_SCALE = 6.0
_STD = 0.05
# Of each stage: noise on the inputs of D, and learning rate of G at its start.
_STAGES = ((0.5, 1e-3), (0.25, 1e-3), (0.1, 1e-3), (0.05, 5e-4), (0.02, 2e-4))
_LATENT_DIM = 16
_MEASURED = 10_000
_DIRECTIONS = 64


def modes(data):
    """Where the Gaussians are, `(n, 2)`; None of the roll."""
    import numpy as np

    if data == "8gaussians":
        angles = 2 * np.pi * np.arange(8) / 8
        return 2 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    if data == "25gaussians":
        steps = np.arange(-4, 5, 2)
        return np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    return None


def draw_points(data, count, rng):
    """Points of the data, float `(count, 2)`."""
    import numpy as np

    centres = modes(data)
    if centres is not None:
        points = centres[rng.integers(len(centres), size=count)]
    else:
        angles = np.pi * rng.uniform(1.5, 4.5, count)
        radii = 4 * angles / (4.5 * np.pi)
        points = np.stack([np.cos(angles), np.sin(angles)], axis=1)
        points *= radii[:, None]
    return points + rng.normal(0, _STD, (count, 2))


def build_networks(units):
    """Three hidden layers each; the discriminator's inputs are noisy."""
    import keras
    from keras import layers

    def hidden():
        # With biases of 0, all units would bend at the origin.
        biases = keras.initializers.RandomUniform(-1, 1)
        return [
            layers.Dense(units, "leaky_relu", bias_initializer=biases)
            for _ in range(3)
        ]

    generator = keras.Sequential(
        [
            keras.Input((_LATENT_DIM,)),
            *hidden(),
            layers.Dense(2),
            layers.Rescaling(1 / _SCALE),
            layers.Reshape((1, 1, 2)),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((1, 1, 2)),
            layers.Flatten(),
            layers.Rescaling(_SCALE),
            kerasgan.layers.GaussianNoise(_STAGES[0][0], name="noise"),
            *hidden(),
            layers.Dense(1),
        ]
    )
    return generator, discriminator


def found_modes(fake, centres):
    """How many modes are found, and the share of good points.

    A point is good within 3 standard deviations of the nearest mode; a mode is
    found where at least a quarter of the good points that it should have are.
    """
    import numpy as np

    distances = np.linalg.norm(fake[:, None] - centres, axis=-1)
    good = distances.min(axis=1) < 3 * _STD
    counts = np.bincount(distances.argmin(axis=1)[good], minlength=len(centres))
    return {
        "modes_found": int(np.sum(counts >= len(fake) / len(centres) / 4)),
        "modes": len(centres),
        "share_of_good_points": float(good.mean()),
        "protocol": f"{len(fake)} generated points; good: within 3 standard "
        "deviations of a mode; found: a mode with a quarter or more of the "
        "good points that it should have",
    }


def sliced_wasserstein(real, fake):
    """The mean distance, over directions, of sorted projections."""
    import numpy as np

    angles = np.pi * np.arange(_DIRECTIONS) / _DIRECTIONS
    directions = np.stack([np.cos(angles), np.sin(angles)])
    real, fake = (
        np.sort(points @ directions, axis=0) for points in (real, fake)
    )
    return float(np.abs(real - fake).mean())


def measure(model, data, seed):
    """Compares 10,000 generated points with the data."""
    import numpy as np

    fake = _SCALE * model.generate(_MEASURED, seed=seed).reshape(-1, 2)
    if data != "swiss_roll":
        return {**found_modes(fake, modes(data)), "seed": seed}
    rng = np.random.default_rng(seed)
    real, others = (draw_points(data, _MEASURED, rng) for _ in range(2))
    return {
        "sliced_wasserstein_distance": sliced_wasserstein(real, fake),
        "of_the_data_to_itself": sliced_wasserstein(real, others),
        "protocol": f"{_MEASURED} generated points against as many of the "
        f"data; mean over {_DIRECTIONS} directions",
        "seed": seed,
    }


def draw(model, real, title):
    """One frame of the animation, see `kerasgan.figures.points_plot`."""
    import numpy as np
    from scipy import special

    limit = 5.0
    line = np.linspace(-limit, limit, 80, dtype="float32")
    plane = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 1, 1, 2)
    logits = model.discriminator(plane / _SCALE).numpy()
    fake = _SCALE * model.generate(1000, seed=0, batch_size=1000)
    return kerasgan.figures.points_plot(
        real,
        fake.reshape(-1, 2),
        limit,
        title,
        special.expit(logits).reshape(len(line), len(line)),
    )


def train(model, data, frames, rng):
    """Trains stage by stage, and appends a picture now and then to `frames`."""
    import keras
    import numpy as np
    import tensorflow as tf

    real = draw_points(data, 1000, rng)
    frames.append(draw(model, real, "step 0"))
    shown = np.linspace(0, FLAGS.steps, FLAGS.frames + 1).round()[1:]
    for stage, (noise, learning_rate) in enumerate(_STAGES):

        def after_step(step, logs, stage=stage, noise=noise):
            if step + 1 in shown:
                title = f"step {stage * FLAGS.steps + step + 1}, noise {noise}"
                frames.append(draw(model, real, title))

        def adam(learning_rate):
            decay = keras.optimizers.schedules.CosineDecay(
                learning_rate, FLAGS.steps
            )
            return keras.optimizers.Adam(decay, beta_1=0.5)

        model.discriminator.get_layer("noise").stddev = noise
        model.compile(adam(learning_rate), adam(2 * learning_rate))
        points = draw_points(data, FLAGS.steps * FLAGS.batch_size, rng)
        points = (points / _SCALE).astype("float32")
        points = points.reshape((FLAGS.steps, FLAGS.batch_size, 1, 1, 2))
        model.fit(
            tf.data.Dataset.from_tensor_slices(points),
            callbacks=[
                keras.callbacks.LambdaCallback(on_train_batch_end=after_step)
            ],
            verbose=2,
        )


def main(argv):
    if len(argv) > 1:
        raise app.UsageError(f"Flags are written --name=value: {argv[1:]}.")
    folder = pathlib.Path(FLAGS.workdir)
    files.check_folder("--workdir", folder)
    import keras
    import numpy as np

    keras.utils.set_random_seed(FLAGS.seed)
    model = kerasgan.models.GAN(
        build_networks(FLAGS.units), ema=0.99, seed=FLAGS.seed
    )
    frames = []
    train(model, FLAGS.data, frames, np.random.default_rng(FLAGS.seed))
    result = measure(model, FLAGS.data, FLAGS.seed + 1)
    figures = kerasgan.figures
    figures.save(frames[-1], folder / f"{FLAGS.data}.png", scale=1)
    figures.save_animation(frames, folder / f"{FLAGS.data}.gif", scale=1)
    files.replace_json(
        folder / f"{FLAGS.data}.json",
        {**result, "flags": kerasgan.flags.resolved(__name__)},
    )
    print(files.json_text(result), end="")
    print(f"Everything is in {folder}.")


if __name__ == "__main__":
    app.run(main)
