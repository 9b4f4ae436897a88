"""Features of the real images, computed once and kept."""

import hashlib
import pathlib

import safetensors.numpy
from absl import logging

from kerasgan import figures
from kerasgan import files
from kerasgan.extractors import base

_CACHE = pathlib.Path("~/.cache/kerasgan/references")
# Goes up when extractors give other features of the same images.
_VERSION = 1
_CHUNK = 1024
_DIGEST_BYTES = hashlib.sha256().digest_size


def fingerprint(images):
    """SHA-256 of images as 8-bit pixels, and of their shape.

    Args:
        images: `(n, height, width, channels)` in `[-1, 1]`.

    Returns:
        64 hexadecimal digits; other ones for other images, or another order.
    """
    digest = hashlib.sha256(repr(tuple(images.shape)).encode())
    for start in range(0, len(images), _CHUNK):
        pixels = figures.to_uint8(images[start : start + _CHUNK])
        digest.update(pixels.tobytes())
    return digest.hexdigest()


def reference(extractor, images, cache_dir=None):
    """Returns features and logits of real images, from the cache if possible.

    They are kept under the images' fingerprint and the extractor's hash. A file
    that is damaged is made anew; a folder that cannot be written to costs only
    the time.

    Args:
        extractor: An `Extractor`.
        images: See `Extractor.extract`.
        cache_dir: Folder of the cache; `~/.cache/kerasgan/references` where
            left out.

    Returns:
        A `Features`.

    Raises:
        ValueError: See `Extractor.extract`.
    """
    extractor.check(images)
    path = _path(extractor, images, cache_dir)
    kept = _read(path)
    if kept is not None:
        return kept
    extracted = extractor.extract(images)
    _keep(path, extracted)
    return extracted


def _path(extractor, images, cache_dir):
    key = (
        _VERSION,
        extractor.identity,
        extractor.sha256,
        extractor.resize,
        fingerprint(images),
    )
    name = hashlib.sha256(repr(key).encode()).hexdigest()
    folder = pathlib.Path(_CACHE if cache_dir is None else cache_dir)
    return folder.expanduser() / f"{name}.features"


# A file is the SHA-256 of the rest, and the rest, which is safetensors.


def _read(path):
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, body = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    if hashlib.sha256(body).digest() != digest:
        return None
    arrays = safetensors.numpy.load(body)
    return base.Features(arrays["features"], arrays.get("logits"))


def _keep(path, extracted):
    arrays = {
        name: array
        for name, array in extracted._asdict().items()
        if array is not None
    }
    body = safetensors.numpy.save(arrays)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.replace_bytes(path, hashlib.sha256(body).digest() + body)
    except OSError as error:
        logging.warning("The features were not kept: %s.", error)
