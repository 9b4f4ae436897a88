import numpy as np
import pytest

from kerasgan import extractors


class Moments(extractors.Extractor):
    """Mean and standard deviation of each channel; the mean as the logit."""

    def __init__(self, channels=3, num_classes=3):
        super().__init__(
            "moments",
            "0123456789abcdef" * 4,
            "Any size is taken as it is.",
            num_features=2 * channels,
            num_classes=num_classes,
            channels=channels,
        )
        self.shapes = []

    def extract_batch(self, pixels):
        assert pixels.dtype == np.float32
        self.shapes.append(pixels.shape)
        mean, std = pixels.mean((1, 2)), pixels.std((1, 2))
        logits = mean if self.num_classes else None
        return extractors.Features(np.concatenate([mean, std], 1), logits)


def images(count=10, channels=3):
    rng = np.random.default_rng(0)
    return rng.uniform(-1, 1, (count, 4, 5, channels)).astype("float32")


def test_identity_is_the_name_and_eight_digits():
    extractor = Moments()
    assert extractor.identity == "moments@01234567"
    assert extractor.label("frechet_distance") == (
        "frechet_distance[moments@01234567]"
    )


def test_no_other_score_is_called_inception_score():
    label = Moments().label("inception_score")
    assert label == "classifier_score[moments@01234567]"


def test_features_by_hand():
    # 8-bit values of a black, a grey and a white image; no spread.
    flat = np.ones((3, 2, 2, 3)) * np.reshape([-1, 0, 1], (3, 1, 1, 1))
    found = Moments().extract(flat.astype("float32"))
    np.testing.assert_array_equal(
        found.features, [[level] * 3 + [0] * 3 for level in (0, 128, 255)]
    )
    np.testing.assert_array_equal(found.logits, found.features[:, :3])
    assert found.features.dtype == found.logits.dtype == np.float32


def test_pixels_are_rounded_unless_told_otherwise():
    flat = np.full((1, 2, 2, 3), 0.001, "float32")
    found = Moments().extract(flat).features[0, 0]
    assert found == 128
    exact = Moments().extract(flat, rounded=False).features[0, 0]
    assert exact == pytest.approx(127.6275, abs=1e-4)


@pytest.mark.parametrize("batch_size", [1, 3, 4, 10, 64])
def test_the_batch_size_changes_nothing(batch_size):
    extractor = Moments()
    found = extractor.extract(images(), batch_size)
    # The same additions in the same order.
    expected = Moments().extract(images(), batch_size=5)
    np.testing.assert_array_equal(found.features, expected.features)
    np.testing.assert_array_equal(found.logits, expected.logits)
    # One size of batches, the last one too, and none larger than needed.
    assert {shape[0] for shape in extractor.shapes} == {min(batch_size, 10)}


def test_grayscale_is_repeated():
    gray = images(channels=1)
    found = Moments().extract(gray)
    expected = Moments().extract(np.repeat(gray, 3, axis=-1))
    np.testing.assert_array_equal(found.features, expected.features)
    assert "Grayscale is repeated" in Moments().resize
    assert "Grayscale" not in Moments(channels=1).resize
    assert Moments().resize.endswith("Any size is taken as it is.")


def test_without_classes_there_are_no_logits():
    assert Moments(num_classes=None).extract(images()).logits is None


def test_progress_is_told_after_each_batch():
    told = []
    Moments().extract(images(), 4, progress=lambda *args: told.append(args))
    assert told == [(4, 10), (8, 10), (10, 10)]


@pytest.mark.parametrize(
    "shape, channels",
    [
        ((0, 4, 4, 3), 3),
        ((4, 4, 3), 3),
        ((2, 4, 4, 2), 3),
        ((2, 4, 4, 3), 1),
        ((2, 0, 4, 3), 3),
    ],
)
def test_what_are_no_images_is_refused(shape, channels):
    with pytest.raises(ValueError, match=r"moments@.*takes images of shape"):
        Moments(channels).extract(np.zeros(shape, "float32"))


@pytest.mark.parametrize("value", [255, np.nan, -2])
def test_other_ranges_are_refused(value):
    with pytest.raises(ValueError, match=r"must be in \[-1, 1\]"):
        Moments().extract(np.full((2, 4, 4, 3), value, "float32"))


def test_an_array_is_needed():
    with pytest.raises(ValueError, match=r"takes images.*shape \(\)"):
        Moments().extract(iter([]))


def test_a_batch_has_an_image():
    with pytest.raises(ValueError, match="`batch_size`"):
        Moments().extract(images(), batch_size=0)
