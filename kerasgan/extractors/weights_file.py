"""The file of a network's weights, from a path or an address, hash checked."""

import hashlib
import pathlib
import re

from absl import logging

from kerasgan import files
from kerasgan.zoo import remote

_CACHE = pathlib.Path("~/.cache/kerasgan/weights")
_MAX_BYTES = 2**28


def read(source, sha256):
    """Returns the bytes of a file whose SHA-256 is known.

    What comes from an address is kept in `~/.cache/kerasgan`.

    Args:
        source: A path, or an address `https://...` or `gs://...`; `http://` of
            this machine only, to try it out.
        sha256: 64 hexadecimal digits.

    Returns:
        bytes of that very hash.

    Raises:
        ValueError: If the file has another hash, or the address is of another
            kind.
        OSError: If it cannot be read.
    """
    check_sha256(sha256)
    if not re.match("[a-z]+://", str(source)):
        return _checked(pathlib.Path(source).read_bytes(), source, sha256)
    kept = _CACHE.expanduser() / sha256
    try:
        return _checked(kept.read_bytes(), kept, sha256)
    except (OSError, ValueError):
        # Not fetched before, or damaged since.
        pass
    remote.check_address(source)
    content = _checked(remote.read(source, _MAX_BYTES), source, sha256)
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        files.replace_bytes(kept, content)
    except OSError as error:
        logging.warning("'%s' was not kept: %s.", source, error)
    return content


def check_sha256(sha256):
    """Raises a ValueError unless it is written as 64 hexadecimal digits."""
    if not re.fullmatch("[0-9a-f]{64}", str(sha256)):
        raise ValueError(
            "`sha256` must be 64 hexadecimal digits in lower case. Received: "
            f"sha256={sha256!r}. Take what `sha256sum FILE` prints."
        )


def _checked(content, source, sha256):
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ValueError(
            f"'{source}' must have the SHA-256 {sha256}. Received: {found}, "
            f"of {len(content)} bytes. Get the file anew; if it is the one "
            "that you mean, give this hash as `sha256` where that is offered."
        )
    return content
