"""What is particular to LAPGAN: levels, leaks, counts, refinement."""

import keras
import model_cases
import numpy as np
import pytest
from tensorboard.backend.event_processing import event_accumulator

from kerasgan import callbacks
from kerasgan import checkpoints
from kerasgan import layers
from kerasgan import models
from kerasgan import random
from kerasgan import watch
from kerasgan import zoo

PAPER_COUNTS = {
    # image_sizes, level: (generator, discriminator), by hand from the layers.
    # 7x7x4x64 + 64, 7x7x64x64 + 64, 5x5x64x3 + 3; 5x5x3x64 + 64,
    # 5x5x64x64 + 64, and 64 x (12x12, 6x6, 3x3) + 1 to the logit.
    ((32, 16, 8), 0): (218179, 4864 + 102464 + 9217),
    ((28, 14, 8), 0): (218179, 4864 + 102464 + 6401),
    ((28, 14, 8), 1): (218179, 4864 + 102464 + 577),
    # 100-1200-1200-192 and 192-600-600-1.
    ((28, 14, 8), 2): (
        121200 + 1441200 + 230592,
        115800 + 360600 + 601,
    ),
}


@pytest.mark.parametrize(("key", "counts"), PAPER_COUNTS.items())
def test_number_of_weights_of_the_paper(key, counts):
    image_sizes, level = key
    if level == len(image_sizes) - 1:
        part = models.LAPGANCoarsest(image_sizes, "paper")
    else:
        part = models.LAPGANLevel(level, image_sizes, "paper")
    assert part.generator.count_params() == counts[0]
    assert part.discriminator.count_params() == counts[1]


def test_number_of_weights_of_the_class_conditional_paper():
    part = models.LAPGANLevel(1, (28, 14, 8), "paper", num_classes=10)
    # One more plane of 7x7x64 and 5x5x64, and 10 -> 14x14 with biases.
    plane = 10 * 196 + 196
    assert part.generator.count_params() == 218179 + 49 * 64 + plane
    assert part.discriminator.count_params() == 107905 + 25 * 64 + plane


def test_number_of_weights_of_the_economical_networks():
    part = models.LAPGANLevel(0, (32, 16), "economical")
    # 3x3x4x64 + 64, 3x3x64x64 + 64, 3x3x64x3 + 3.
    assert part.generator.count_params() == 2368 + 36928 + 1731


def test_the_economical_coarsest_level_with_classes():
    level = models.LAPGANCoarsest(
        (16, 8), "economical", filters=4, num_classes=3
    )
    # 103-128, batch norm of 8, 3x3 of 8-4, of 4, 3x3 of 4-3 in the generator.
    assert level.generator.count_params() == 13184 + 32 + 288 + 16 + 111
    assert level.generate(2, labels=1, seed=0).shape == (2, 8, 8, 3)


def test_number_of_weights_of_the_light_networks():
    part = models.LAPGANLevel(0, (32, 16))
    # 4x4x5x48 + 48, 3x3x48x48 + 48 twice, 6x6x48x3.
    assert part.generator.count_params() == 3888 + 2 * 20784 + 5184


@pytest.mark.parametrize("name", ["lapgan", "cclapgan", "cclapgan_paper"])
def test_the_generator_is_not_told_the_answer(name):
    """Two images with one low-pass image give one generator input."""
    model = model_cases.build(name)
    images, labels = model_cases.data(model)
    level = model.levels[0]
    pixels = np.asarray(level.pixels(images))
    noise = np.random.default_rng(1).uniform(-0.1, 0.1, pixels.shape)
    mixed = level.pixels.to_images(pixels + null_space(noise))
    real, conditioning = level.examples(images, labels)
    other_real, other_conditioning = level.examples(mixed, labels)
    assert np.abs(np.asarray(real) - np.asarray(other_real)).max() > 0.1
    for one, two in zip(conditioning, other_conditioning, strict=True):
        # 1e-5: pixels divided by a standard deviation as small as 0.1.
        np.testing.assert_allclose(one, two, atol=1e-5)


def null_space(images):
    """What a 2x2 mean removes: each block less its mean."""
    means = np.asarray(layers.downsample(images.astype("float32"), 8))
    return images.astype("float32") - means.repeat(2, axis=1).repeat(2, axis=2)


def test_real_residual_and_coarse_add_up_to_the_rung():
    model = models.LAPGAN((28, 14, 8), filters=2)
    images = np.random.default_rng(0).uniform(-1, 1, (2, 28, 28, 3))
    images = images.astype("float32")
    for level in model.levels[:-1]:
        residual, (coarse,) = level.examples(images, None)
        np.testing.assert_allclose(
            residual + coarse, level.rung(images), atol=1e-6
        )
    (rung, _) = model.levels[-1].examples(images, None)
    expected = layers.downsample(layers.downsample(images, 14), 8)
    np.testing.assert_allclose(rung, expected, atol=1e-6)


def test_coarse_noise_is_of_training_only():
    model = models.LAPGAN((32, 16), filters=2, coarse_noise=0.5)
    level = model.levels[0]
    images = np.random.default_rng(0).uniform(-1, 1, (400, 32, 32, 3))
    images = images.astype("float32")
    residual, (coarse,) = level.examples(images, None)

    def in_step(step):
        with random.training_step(0, step, "test"):
            return level.examples(images, None)

    noisy_residual, (noisy,) = in_step(3)
    # What is generated must mend the noise: the sum is the image all the same.
    np.testing.assert_allclose(
        noisy_residual + noisy, residual + coarse, atol=1e-5
    )
    low_pass = np.asarray(noisy - coarse)[:, ::31, ::31]
    # Its corners are not interpolated. Of each image another strength, evenly
    # from 0 to 0.5: the variance is a third of 0.25. 4,800 numbers.
    assert np.var(low_pass) == pytest.approx(0.25 / 3, rel=0.15)
    strengths = np.std(low_pass, axis=(1, 2, 3))
    assert strengths.min() < 0.05
    assert strengths.max() > 0.45
    np.testing.assert_array_equal(in_step(3)[1][0], noisy)
    assert np.abs(in_step(4)[1][0] - noisy).max() > 0.1


def test_light_networks_want_even_sizes():
    with pytest.raises(ValueError, match=r"`size` must be even.*\(15, 15\)"):
        models.LAPGAN((30, 15, 8))


def test_the_light_coarsest_level_wants_a_size_that_can_be_halved():
    with pytest.raises(ValueError, match=r"size=\(4, 4\).*`image_sizes`"):
        models.LAPGAN((16, 8, 4))


def test_pyramid_of_generated_images():
    model = model_cases.build("lapgan")
    images, low_pass = model.generate(3, seed=0, return_pyramid=True)
    np.testing.assert_array_equal(images, model.generate(3, seed=0))
    assert images.shape == (3, 16, 16, 3)
    # The coarsest rung is the coarsest level's own sample.
    np.testing.assert_allclose(
        low_pass, model.levels[-1].generate(3, seed=0), atol=1e-6
    )
    # Refining it with the same seed is the next rung. 1e-5: rounding.
    np.testing.assert_allclose(
        model.levels[0].refine(low_pass, seed=0), images, atol=1e-5
    )
    np.testing.assert_allclose(
        model.refine(low_pass, seed=0), images, atol=1e-5
    )


def test_refine_takes_images_of_any_size():
    model = models.LAPGAN((32, 16, 8), filters=2, num_classes=3)
    images = np.zeros((2, 20, 12, 3), "float32")
    assert model.refine(images, seed=0).shape == (2, 40, 24, 3)
    rung = np.zeros((2, 8, 8, 3), "float32")
    assert model.refine(rung, labels=1).shape == (2, 32, 32, 3)


def test_refine_computes_no_more_images_than_it_is_given(monkeypatch):
    level = models.LAPGAN((16, 8), filters=2).levels[0]
    counts = []

    def sample(*args):
        counts.append(len(args[-1]))
        return level.sample_refined(*args)

    monkeypatch.setattr(level, "_sample_refined", sample)
    images = np.zeros((3, 8, 8, 3), "float32")
    level.refine(images, seed=0)
    level.refine(images, seed=0, batch_size=2)
    assert counts == [3, 2, 1]


def drawn_shapes(model, monkeypatch):
    """Shapes of the seeds, whenever a model's latents are drawn or traced."""
    shapes = []

    def draw_latents(seeds, indices, draw=model.draw_latents):
        shapes.append(tuple(seeds.shape))
        return draw(seeds, indices)

    monkeypatch.setattr(model, "draw_latents", draw_latents)
    return shapes


def test_generating_is_traced_once_for_any_number_of_images(monkeypatch):
    model = model_cases.build("lapgan")
    shapes = drawn_shapes(model, monkeypatch)
    for num_images, batch_size in ((1, 64), (3, 64), (5, 2)):
        images = model.generate(num_images, seed=0, batch_size=batch_size)
        assert len(images) == num_images
    assert shapes == [(None,)]


@pytest.mark.usefixtures("eagerly")
def test_generating_computes_no_more_images_than_asked_for(monkeypatch):
    model = model_cases.build("lapgan")
    shapes = drawn_shapes(model, monkeypatch)
    model.generate(1)
    model.generate(3, batch_size=2)
    assert shapes == [(1,), (2,), (1,)]


def test_a_part_of_a_pyramid_is_without_discriminators_and_in_its_own_size():
    whole = models.LAPGAN(
        (32, 16, 8),
        filters=2,
        coarsest_options={"filters": 2},
        discriminator=False,
    )
    assert not any(whole.discriminator_parts().values())
    part = models.LAPGAN(levels=whole.levels[1:])
    images = np.zeros((2, *part.training_image_shape), "float32")
    assert part.training_image_shape == (32, 32, 3)
    assert part.rung(images).shape == (2, *part.image_shape) == (2, 16, 16, 3)


def test_a_loaded_pyramid_steps_as_it_was_compiled(tmp_path):
    model = models.LAPGAN((16, 8), filters=2, coarsest_options={"filters": 2})
    model_cases.compile(model, run_eagerly=True, steps_per_execution=2)
    model.save(tmp_path / "lapgan.keras")
    loaded = keras.saving.load_model(tmp_path / "lapgan.keras")
    assert loaded.run_eagerly
    assert loaded.steps_per_execution == 2


def test_levels_train_alone_as_together():
    together = model_cases.build("lapgan")
    images, _ = model_cases.data(together)
    # Two steps take less time than their tracing.
    model_cases.compile(together, run_eagerly=True)
    together.fit(images, batch_size=4, shuffle=False, verbose=0)
    alone = model_cases.build("lapgan")
    for level in alone.levels:
        model_cases.compile(level, run_eagerly=True)
        level.fit(images, batch_size=4, shuffle=False, verbose=0)
    for one, two in zip(alone.weights, together.weights, strict=True):
        # 1e-6: threads may add in another order.
        np.testing.assert_allclose(np.array(one), np.array(two), atol=1e-6)


def test_levels_saved_alone_are_assembled(tmp_path):
    model = model_cases.build("cclapgan", ema=0.9)
    folders = [zoo.save(level, tmp_path / level.name) for level in model.levels]
    assembled = models.LAPGAN(levels=[zoo.load(each) for each in folders])
    np.testing.assert_array_equal(
        assembled.generate(3, seed=0), model.generate(3, seed=0)
    )


def test_refine_in_bfloat16():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        level = models.LAPGAN((16, 8), filters=2).levels[0]
        images = np.random.default_rng(0).uniform(-1, 1, (2, 16, 16, 3))
        residual, (coarse,) = level.examples(images.astype("float32"), None)
        refined = level.refine(np.zeros((1, 8, 8, 3)), seed=0)
    finally:
        keras.config.set_dtype_policy("float32")
    # The pyramid stays exact; only the networks compute in bfloat16.
    np.testing.assert_allclose(residual + coarse, images, atol=1e-6)
    assert refined.shape == (1, 16, 16, 3)
    assert refined.dtype == "float32"


def test_a_part_of_a_pyramid_trains_on_full_size_images():
    whole = models.LAPGAN((32, 16, 8), filters=2)
    part = models.LAPGAN(levels=whole.levels[1:])
    model_cases.compile(part, run_eagerly=True)
    before = part.generate(1, seed=0)
    # Any loss is that of a discriminator that has won.
    watching = watch.CollapseWatch(min_steps=1, min_loss=100.0)
    part.fit(
        np.zeros((4, 32, 32, 3), "float32"),
        batch_size=2,
        verbose=0,
        callbacks=[watching],
    )
    assert before.shape == (1, 16, 16, 3)
    assert np.any(part.generate(1, seed=0) != before)
    assert len(watching.found) == 2
    for level, sentence in zip((1, 2), watching.found, strict=True):
        assert f"of level_{level}, its loss is" in sentence


def test_levels_share_no_noise():
    model = models.LAPGAN((32, 16, 8), filters=2)
    seeds, indices = np.zeros(2, "int64"), np.arange(2)
    fine, middle, _ = model.draw_latents(seeds, indices)
    # One or another of 1,024 float32 numbers may be among 4,096 by chance.
    assert np.isin(np.ravel(middle), np.ravel(fine)).mean() < 0.01


def test_checkpoints_and_curves_of_all_levels_trained_together(tmp_path):
    model = model_cases.build("lapgan", ema=0.9)
    model_cases.compile(model, run_eagerly=True)
    images, _ = model_cases.data(model, 4)
    writer = callbacks.summary_writer(tmp_path, 0)
    model.fit(
        images,
        batch_size=4,
        verbose=0,
        callbacks=[callbacks.Scalars(writer, batch_size=4, steps=1)],
    )
    writer.close()
    events = event_accumulator.EventAccumulator(str(tmp_path)).Reload()
    assert "level_1/generator_learning_rate" in events.Tags()["tensors"]
    checkpoints.Checkpoints(model, tmp_path / "checkpoints").save(1)
    other = model_cases.compile(model_cases.build("lapgan", ema=0.9))
    assert checkpoints.Checkpoints(other, tmp_path / "checkpoints").restore()
    for old, new in zip(model.weights, other.weights, strict=True):
        np.testing.assert_array_equal(old, new)
    assert [level.steps_taken for level in other.levels] == [1, 1]


def test_compile_takes_one_optimizer_or_one_a_level():
    model = model_cases.build("lapgan")
    rates = [0.1, 0.2]
    model.compile(
        [keras.optimizers.SGD(rate) for rate in rates],
        keras.optimizers.SGD(0.3),
    )
    assert [
        float(level.generator_optimizer.learning_rate) for level in model.levels
    ] == pytest.approx(rates)
    discriminators = [level.discriminator_optimizer for level in model.levels]
    assert discriminators[0] is not discriminators[1]
