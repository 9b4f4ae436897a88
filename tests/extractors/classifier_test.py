import keras
import numpy as np
import pytest

from kerasgan import extractors
from kerasgan import models
from kerasgan import zoo


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    keras.utils.set_random_seed(0)
    folder = tmp_path_factory.mktemp("zoo") / "judge"
    classifier = models.Classifier((16, 16, 1), 3, filters=4)
    zoo.save(classifier, folder, about={"data": "mnist, train"})
    return folder, classifier


def images(count, size=16, channels=1):
    rng = np.random.default_rng(0)
    shape = (count, size, size, channels)
    return rng.integers(256, size=shape).astype("float32") / 127.5 - 1


def test_features_and_logits_are_the_classifiers(judge):
    folder, classifier = judge
    extractor = extractors.load(str(folder))
    found = extractor.extract(images(5), batch_size=2)
    features, logits = classifier(images(5))
    np.testing.assert_allclose(found.features, features, atol=1e-4)
    np.testing.assert_allclose(found.logits, logits, atol=1e-4)
    assert (extractor.num_features, extractor.num_classes) == (12, 3)
    assert (extractor.channels, extractor.data) == (1, "mnist")


def test_its_identity_is_the_hash_of_its_weights(judge):
    folder, _ = judge
    extractor = extractors.load(str(folder))
    sha256 = zoo.info(folder)["sha256"]["classifier.safetensors"]
    assert extractor.sha256 == sha256
    assert extractor.identity == f"judge@{sha256[:8]}"


def test_images_of_another_size_are_resized(judge):
    extractor = extractors.load(str(judge[0]))
    flat = np.full((2, 16, 16, 1), 0.5, "float32")
    expected = extractor.extract(flat).features
    for size in (8, 40):
        found = extractor.extract(np.full((2, size, size, 1), 0.5, "float32"))
        np.testing.assert_allclose(found.features, expected, atol=1e-4)
    assert "16x16" in extractor.resize


def test_colour_is_refused_by_a_grey_one(judge):
    with pytest.raises(ValueError, match="takes images of shape"):
        extractors.load(str(judge[0])).extract(images(2, channels=3))


def test_a_generator_is_no_extractor(tmp_path):
    zoo.save(models.DCGAN(image_shape=(8, 8, 3), filters=2), tmp_path / "gan")
    with pytest.raises(ValueError, match=r"be Classifier.*'gan', a DCGAN\."):
        extractors.load(str(tmp_path / "gan"))


@pytest.mark.parametrize(
    "name, hint",
    [
        ("efficientnet", "Did you mean 'efficientnet_lite0'?"),
        ("classifier_cifar", "Did you mean 'classifier_cifar10'?"),
        ("inception", "Choose one of them."),
    ],
)
def test_extractors_are_named_where_a_word_is_none(name, hint):
    with pytest.raises(ValueError) as caught:
        extractors.load(name)
    told = str(caught.value)
    assert told.startswith("`extractor` must be one of ['efficientnet_lite0', ")
    assert "'classifier_mnist'" in told and "'gan_mnist'" not in told
    assert f"extractor='{name}'" in told
    assert hint in told
    assert told.endswith(
        "'inception:PATH' and the folder of a Classifier are extractors, too."
    )


def test_a_word_may_be_a_folder(judge, monkeypatch):
    monkeypatch.chdir(judge[0].parent)
    assert extractors.load("judge").identity.startswith("judge@")
