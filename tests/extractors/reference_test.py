import hashlib

import numpy as np
import pytest

from kerasgan import extractors


class Counted(extractors.Extractor):
    """Rows of pixels; counts the images that it has seen."""

    def __init__(self, name="rows", sha256="a" * 64, num_classes=4, resize=""):
        super().__init__(name, sha256, resize, 12, num_classes)
        self.seen = 0

    def extract_batch(self, pixels):
        self.seen += len(pixels)
        rows = pixels[:, 0].reshape(len(pixels), 12).astype("float32")
        return extractors.Features(rows, rows[:, :4])


@pytest.fixture
def images():
    rng = np.random.default_rng(0)
    return rng.uniform(-1, 1, (5, 4, 4, 3)).astype("float32")


def kept(cache):
    (path,) = cache.iterdir()
    return path


@pytest.mark.parametrize("num_classes", [4, None])
def test_the_second_time_nothing_is_extracted(images, tmp_path, num_classes):
    extractor = Counted(num_classes=num_classes)
    expected = extractor.extract(images)
    extractor.seen = 0
    for _ in range(3):
        found = extractors.reference(extractor, images, tmp_path / "cache")
        np.testing.assert_array_equal(found.features, expected.features)
        if num_classes:
            np.testing.assert_array_equal(found.logits, expected.logits)
        else:
            assert found.logits is None
    assert extractor.seen == 5


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "columns"},
        # Not only the eight digits of the identity.
        {"sha256": "a" * 63 + "b"},
        {"resize": "They are cropped."},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_another_extractor_has_its_own(images, tmp_path, changed):
    extractors.reference(Counted(), images, tmp_path)
    other = Counted(**changed)
    extractors.reference(other, images, tmp_path)
    assert other.seen == 5


def test_other_images_have_their_own(images, tmp_path):
    extractor = Counted()
    extractors.reference(extractor, images, tmp_path)
    for other in (images[:4], images[::-1], -images):
        extractor.seen = 0
        found = extractors.reference(extractor, other, tmp_path)
        assert extractor.seen == len(other)
        expected = extractor.extract(other)
        np.testing.assert_array_equal(found.features, expected.features)


def test_fingerprint_by_hand(images):
    pixels = np.uint8([[0, 128, 255]]).reshape(1, 1, 1, 3)
    expected = hashlib.sha256(b"(1, 1, 1, 3)" + bytes([0, 128, 255]))
    flat = (pixels / 127.5 - 1).astype("float32")
    assert extractors.fingerprint(flat) == expected.hexdigest()
    # The same bytes in another shape are other images.
    assert extractors.fingerprint(flat.reshape(1, 3, 1, 1)) != (
        extractors.fingerprint(flat)
    )


def test_fingerprint_of_more_images_than_are_hashed_at_once():
    levels = np.arange(3000) % 256
    images = (levels / 127.5 - 1).astype("float32").reshape(3000, 1, 1, 1)
    expected = hashlib.sha256(b"(3000, 1, 1, 1)" + bytes(levels.tolist()))
    assert extractors.fingerprint(images) == expected.hexdigest()


def _flipped(content, place):
    content = bytearray(content)
    content[place] ^= 1
    return bytes(content)


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: content[:20],
        lambda content: content + b"x",
        lambda content: bytes(len(content)),
        lambda content: _flipped(content, 0),
        lambda content: _flipped(content, 40),
        lambda content: _flipped(content, -1),
    ],
)
def test_a_damaged_file_is_made_anew(images, tmp_path, damage):
    extractor = Counted()
    expected = extractors.reference(extractor, images, tmp_path)
    path = kept(tmp_path)
    content = path.read_bytes()
    path.write_bytes(damage(content))
    found = extractors.reference(extractor, images, tmp_path)
    np.testing.assert_array_equal(found.features, expected.features)
    assert extractor.seen == 10
    assert kept(tmp_path).read_bytes() == content


def test_a_folder_that_cannot_be_written_costs_only_time(images, tmp_path):
    # Even root cannot make a folder in a file.
    (tmp_path / "file").write_text("")
    extractor = Counted()
    for _ in range(2):
        found = extractors.reference(extractor, images, tmp_path / "file" / "x")
        assert found.features.shape == (5, 12)
    assert extractor.seen == 10


def test_the_cache_is_in_the_home_folder(images, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    extractors.reference(Counted(), images)
    kept(tmp_path / ".cache" / "kerasgan" / "references")


def test_images_are_checked_first(tmp_path):
    with pytest.raises(ValueError, match=r"must be in \[-1, 1\]"):
        extractors.reference(Counted(), np.full((2, 4, 4, 3), np.nan), tmp_path)
    assert not [*tmp_path.iterdir()]
