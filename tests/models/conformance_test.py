"""What every model promises, checked on every model of the table."""

import functools
import inspect

import keras
import model_cases
import numpy as np
import pytest
import tensorflow as tf

from kerasgan import models
from kerasgan import zoo

NAMES = list(model_cases.CASES)


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


def adam():
    return keras.optimizers.Adam(1e-3)


def train(model, **kwargs):
    """Two steps, with dropout, noise and averages where the model has them."""
    images, labels = model_cases.data(model)
    model_cases.compile(model, adam, **kwargs)
    return model.fit(images, labels, batch_size=4, shuffle=False, verbose=0)


@functools.cache
def trained(name):
    """A trained model and images of it. Not to be changed."""
    model = model_cases.build(name, ema=0.9)
    history = train(model).history
    assert np.isfinite(list(history.values())).all()
    return model, model_cases.sample(model)


@functools.cache
def untrained(name):
    """A model with its first weights. Not to be changed."""
    return model_cases.build(name)


def test_every_public_family_is_in_the_table():
    built = {type(untrained(name)).__name__ for name in NAMES}
    # What generates nothing has a test file of its own.
    others = {"AdversarialModel", "Classifier", "GenerativeModel"}
    # A LAPGAN's levels are checked as parts of it.
    parts = {"LAPGANLevel", "LAPGANCoarsest"}
    public = {
        name
        for name, value in vars(models).items()
        if inspect.isclass(value) and issubclass(value, keras.Model)
    }
    assert public - others - parts == built


def test_an_image_depends_on_its_seed_and_index_only(name):
    model = untrained(name)
    images = model.generate(7, seed=1)
    assert images.shape == (7, *model.image_shape)
    assert images.dtype == "float32"
    assert np.abs(images).max() <= 1
    # 1e-5: a matrix product may round differently in another batch size.
    parts = model.generate(7, seed=1, batch_size=3)
    np.testing.assert_allclose(parts, images, atol=1e-5)
    fewer = model.generate(2, seed=1)
    np.testing.assert_allclose(fewer, images[:2], atol=1e-5)
    batches, labels = zip(
        *model.generate_batches(7, seed=1, batch_size=3), strict=True
    )
    assert [len(batch) for batch in batches] == [3, 3, 1]
    np.testing.assert_allclose(np.concatenate(batches), images, atol=1e-5)
    if model.num_classes:
        drawn = model.draw_labels(np.full(7, 1), np.arange(7)).numpy()
        np.testing.assert_array_equal(np.concatenate(labels), drawn)
    else:
        assert labels == (None, None, None)
    everything = np.concatenate([images, model.generate(7, seed=2)])
    distances = np.abs(everything[:, None] - everything[None]).max((2, 3, 4))
    assert distances[~np.eye(14, dtype=bool)].min() > 1e-6
    assert np.abs(model.generate(2) - model.generate(2)).max() > 1e-6


def test_labels_are_drawn_from_the_seed_and_change_the_image(name):
    model = untrained(name)
    if not model.num_classes:
        with pytest.raises(ValueError, match="has no classes"):
            model.generate(2, labels=0)
        return
    labels = model.draw_labels(np.full(600, 5), np.arange(600)).numpy()
    counts = np.bincount(labels, minlength=model.num_classes)
    # Binomial: 600 draws lie within 5 standard deviations of the mean.
    share = 1 / model.num_classes
    spread = 5 * np.sqrt(600 * share * (1 - share))
    np.testing.assert_allclose(counts, 600 * share, atol=spread)
    drawn = model.generate(6, seed=5)
    given = model.generate(6, labels=labels[:6], seed=5)
    np.testing.assert_allclose(drawn, given, atol=1e-5)
    shifted = (labels[:6] + 1) % model.num_classes
    others = model.generate(6, labels=shifted, seed=5)
    assert np.abs(others - given).max(axis=(1, 2, 3)).min() > 1e-6


def test_config_and_weights_make_the_same_model(name, tmp_path):
    model, images = trained(name)
    copy = type(model).from_config(model.get_config())
    assert copy.get_config() == model.get_config()
    model.save_weights(tmp_path / "model.weights.h5")
    model_cases.compile(copy, adam)
    copy.load_weights(tmp_path / "model.weights.h5")
    np.testing.assert_array_equal(model_cases.sample(copy), images)


def test_zoo_folder_gives_the_same_images(name, tmp_path):
    model, images = trained(name)
    released = zoo.load(zoo.save(model, tmp_path / "folder"))
    assert not released.compiled
    np.testing.assert_array_equal(model_cases.sample(released), images)


def test_a_loaded_keras_file_trains_on_as_the_model(name, tmp_path):
    model, images = trained(name)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(model_cases.sample(loaded), images)
    parts = adversarial_parts(loaded)
    for part, expected in zip(parts, adversarial_parts(model), strict=True):
        model_cases.assert_same_state(part, expected)
    # Two steps take less time than their tracing.
    loaded.run_eagerly = True
    history = loaded.fit(
        *model_cases.data(model), batch_size=4, shuffle=False, verbose=0
    ).history
    assert np.isfinite(list(history.values())).all()
    assert [part.steps_taken for part in parts] == [4] * len(parts)


def test_same_seed_trains_the_same_model(name):
    images, histories = [], []
    for _ in range(2):
        model = model_cases.build(name, ema=0.9)
        # Two steps take less time than their tracing.
        histories.append(train(model, run_eagerly=True).history)
        images.append(model_cases.sample(model))
    for key, values in histories[0].items():
        # 1e-5: threads may add in another order.
        np.testing.assert_allclose(
            histories[1][key], values, rtol=1e-4, atol=1e-5
        )
    np.testing.assert_allclose(*images, atol=1e-5)


def adversarial_parts(model):
    return model.levels if isinstance(model, models.LAPGAN) else [model]


def largest_change(network, before):
    return max(
        np.abs(new - old).max()
        for new, old in zip(model_cases.values(network), before, strict=True)
    )


def test_each_optimizer_moves_its_own_network_only(name):
    model = model_cases.build(name)
    images, labels = model_cases.data(model)
    # A step takes less time than its tracing.
    model.compile(
        keras.optimizers.SGD(0.05), keras.optimizers.SGD(0.0), run_eagerly=True
    )
    parts = adversarial_parts(model)
    before = [
        [*map(model_cases.values, (part.generator, part.discriminator))]
        for part in parts
    ]
    model.fit(images, labels, batch_size=8, shuffle=False, verbose=0)
    for part, (generator, discriminator) in zip(parts, before, strict=True):
        assert largest_change(part.generator, generator) > 0
        assert largest_change(part.discriminator, discriminator) == 0


def test_mixed_bfloat16_trains_float32_weights(name):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = model_cases.build(name, ema=0.9)
        history = train(model, run_eagerly=True).history
        images = model_cases.sample(model)
        seeds = tf.zeros(3, tf.int64)
        labels = model.given_or_drawn(None, seeds, tf.range(3, dtype=tf.int64))
        called = model(model.draw_latents(seeds, tf.range(3)), labels)
    finally:
        keras.config.set_dtype_policy("float32")
    # Pixels are float32, however the model is called.
    np.testing.assert_array_equal(called, images)
    assert np.isfinite(list(history.values())).all()
    assert np.isfinite(images).all()
    dtypes = {variable.dtype for variable in model.trainable_variables}
    assert dtypes == {"float32"}
    computed = {
        layer.compute_dtype
        for part in adversarial_parts(model)
        for layer in part.generator.layers
    }
    assert "bfloat16" in computed


def test_number_of_weights(name):
    expected = model_cases.CASES[name].trainable
    model = untrained(name)
    count = sum(int(np.prod(v.shape)) for v in model.trainable_variables)
    assert count == expected
