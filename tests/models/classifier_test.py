import keras
import model_cases
import numpy as np
import pytest
import tensorflow as tf

from kerasgan import models
from kerasgan import zoo


def small(**kwargs):
    return models.Classifier((16, 16, 1), 3, filters=4, **kwargs)


def compiled(**kwargs):
    classifier = small(**kwargs)
    classifier.compile(keras.optimizers.SGD(0.05, 0.9, weight_decay=0.1))
    return classifier


def bars(count):
    """Images of a vertical bar, a horizontal one or none, and which it is."""
    rng = np.random.default_rng(0)
    labels = rng.integers(3, size=count).astype("int32")
    images = rng.normal(0, 0.1, (count, 16, 16, 1))
    images[labels == 0, :, 6:9] = 1
    images[labels == 1, 6:9] = 1
    return np.clip(images, -1, 1).astype("float32"), labels


def test_it_has_the_weights_of_its_docstring():
    # Kernels 3x3 and the four numbers of batch norm a channel, of which two
    # are trained: 1 -> 2, 2 -> 4 -> 4, 4 -> 12 -> 12, 12 -> 12 -> 12.
    kernels = 9 * (2 + 8 + 16 + 48 + 144 + 144 + 144)
    norms = 2 + 4 + 4 + 4 * 12
    classifier = small()
    assert classifier.count_params() == kernels + 4 * norms + 12 * 3 + 3
    trainable = sum(
        int(np.prod(weight.shape)) for weight in classifier.trainable_weights
    )
    assert trainable == kernels + 2 * norms + 12 * 3 + 3


def test_features_and_logits_have_their_shapes():
    images, _ = bars(5)
    features, logits = small()(images)
    assert features.shape == (5, 12) and logits.shape == (5, 3)
    assert tf.reduce_min(features) >= 0


def test_classify_gives_the_logits_whatever_the_batch():
    images, _ = bars(7)
    classifier = small()
    expected = classifier(images)[1]
    for batch_size in (3, 7, 500):
        found = classifier.classify(images, batch_size)
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_it_learns_to_tell_bars():
    images, labels = bars(96)
    keras.utils.set_random_seed(0)
    classifier = compiled()
    history = classifier.fit(
        images, labels, batch_size=16, epochs=10, verbose=0
    )
    assert history.history["accuracy"][-1] > 0.95
    evaluated = classifier.evaluate(images, labels, verbose=0)
    assert evaluated[1] > 0.9


def test_shifts_move_whole_images_and_depend_on_seed_and_step():
    image = np.full((4, 16, 16, 1), -1, "float32")
    image[:, 8, 8] = 1
    shifted = compiled(max_shift=3, seed=1)._augmented(image).numpy()
    assert shifted.shape == image.shape
    # The point is where it was, or up to three pixels from there.
    places = np.argwhere(shifted == 1)
    assert len(places) == 4
    assert np.abs(places[:, 1:3] - 8).max() <= 3
    assert len({tuple(place[1:3]) for place in places}) > 1
    again = compiled(max_shift=3, seed=1)._augmented(image)
    np.testing.assert_array_equal(again, shifted)
    other = compiled(max_shift=3, seed=2)._augmented(image)
    assert np.any(other != shifted)


def test_flips_mirror_some_images_from_left_to_right():
    images = np.linspace(-1, 1, 16 * 16, dtype="float32").reshape(1, 16, 16, 1)
    images = np.repeat(images, 32, axis=0)
    flipped = compiled(flips=True)._augmented(images).numpy()
    mirrored = [np.array_equal(image, images[0, :, ::-1]) for image in flipped]
    kept = [np.array_equal(image, images[0]) for image in flipped]
    assert 5 < sum(mirrored) < 27
    assert sum(mirrored) + sum(kept) == 32


def test_weight_decay_spares_biases_and_batch_norm():
    classifier = compiled()
    spared = [
        weight.path
        for weight in classifier.trainable_variables
        if not classifier.optimizer._use_weight_decay(weight)
    ]
    assert len(spared) == 2 * 7 + 1
    assert not any("kernel" in path for path in spared)


def test_a_saved_one_gives_the_same_logits(tmp_path):
    images, _ = bars(4)
    classifier = small(flips=True, name="bars")
    zoo.save(classifier, tmp_path / "model")
    loaded = zoo.load(tmp_path / "model")
    assert loaded.get_config() == classifier.get_config()
    for found, expected in zip(loaded(images), classifier(images), strict=True):
        np.testing.assert_array_equal(found, expected)
    info = zoo.info(tmp_path / "model")
    assert info["family"] == "Classifier"
    assert info["parameters"] == {"classifier": classifier.count_params()}


@pytest.mark.usefixtures("eagerly")
def test_a_loaded_keras_file_trains_on(tmp_path):
    images, labels = bars(64)
    classifier = compiled()
    classifier.fit(images, labels, verbose=0)
    classifier.save(tmp_path / "classifier.keras")
    loaded = keras.saving.load_model(tmp_path / "classifier.keras")
    model_cases.assert_same_state(loaded, classifier)
    history = loaded.fit(images, labels, verbose=0).history
    assert np.isfinite(list(history.values())).all()
    assert loaded.steps_taken == 4


def test_an_optimizer_is_wanted(mirrored):
    with pytest.raises(ValueError, match=r"`optimizer` must be.*'adam'"):
        small().compile("adam")
    with mirrored.scope(), pytest.raises(ValueError, match="clipnorm=1"):
        small().compile(keras.optimizers.SGD(clipnorm=1.0))


def test_replicas_take_full_batches(mirrored):
    with mirrored.scope():
        classifier = compiled()
    with pytest.raises(ValueError, match="96 images in batches of 36"):
        classifier.fit(*bars(96), batch_size=36, verbose=0)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"image_shape": (4, 16, 1)}, "image_shape"),
        ({"num_classes": 1}, "num_classes"),
        ({"filters": 1}, "filters"),
        ({"max_shift": -1}, "max_shift"),
        ({"max_shift": 16}, "max_shift"),
        ({"label_smoothing": 1.0}, "label_smoothing"),
        ({"seed": -1}, "seed"),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    right = {"image_shape": (16, 16, 1), "num_classes": 3}
    with pytest.raises(ValueError, match=message):
        models.Classifier(**{**right, **arguments})


def test_images_of_another_size_or_range_are_refused():
    with pytest.raises(ValueError, match="takes images of shape"):
        small().check_images(np.zeros((2, 8, 8, 1), "float32"))
    with pytest.raises(ValueError, match=r"must be in \[-1, 1\]"):
        small().check_images(np.full((2, 16, 16, 1), 255, "float32"))


@pytest.mark.parametrize("labels", [None, [1, 2, 3], np.full(96, 0.5)])
def test_labels_that_are_none_of_its_classes_are_refused(labels):
    images, _ = bars(96)
    with pytest.raises(ValueError, match=r"`labels` must be 96 integers"):
        compiled().fit(images, labels)
    with pytest.raises(ValueError, match=r"Images must be in \[-1, 1\]"):
        compiled().fit(255 * np.abs(images), np.zeros(96, int))


def test_labels_from_one_on_are_refused():
    images, labels = bars(96)
    with pytest.raises(ValueError, match=r"in \[0, 2\]. .* values 1..3"):
        compiled().fit(images, labels + 1)
