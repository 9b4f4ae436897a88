"""A saved model at an address, fetched once into a folder of one's own."""

import pathlib
import shutil
import tempfile
import urllib.parse

from kerasgan import files
from kerasgan.zoo import folder as folders
from kerasgan.zoo import manifests

_CACHE = pathlib.Path("~/.cache/kerasgan")
# Of silence.
_TIMEOUT_SECONDS = 30


def fetch(address):
    """Fetches the folder at an address, unless it was fetched before.

    Args:
        address: Of the folder: `https://...` or `gs://...`; `http://` of this
            machine only, to try it out.

    Returns:
        The folder on this machine, a `pathlib.Path`; one for each manifest.

    Raises:
        ValueError: If the address is of another kind, or what is there is no
            saved model.
        OSError: If it cannot be read, or the disk has not enough space.
    """
    check_address(address)
    address = address.rstrip("/")
    manifest = read(f"{address}/{manifests.NAME}", manifests.MAX_MANIFEST_BYTES)
    entries = manifests.parse_manifest(manifest, address)
    path = _CACHE.expanduser() / manifests.digest(manifest)[:32]
    if _is_whole(path):
        return path
    files.check_space(path, sum(size for size, _ in entries.values()))
    path.parent.mkdir(parents=True, exist_ok=True)
    # Another process may fetch it, too; the first to be done wins.
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        partial = pathlib.Path(scratch, "model")
        partial.mkdir()
        for name, (size, _) in entries.items():
            content = read(f"{address}/{name}", size)
            (partial / name).write_bytes(content)
        (partial / manifests.NAME).write_bytes(manifest)
        _check_fetched(partial, address)
        if not _is_whole(path):
            # Damaged, where it is there at all.
            shutil.rmtree(path, ignore_errors=True)
            partial.rename(path)
    return path


def check_address(address):
    """Raises a ValueError unless it is an address that is fetched from."""
    parts = urllib.parse.urlsplit(address)
    here = parts.hostname in ("localhost", "127.0.0.1")
    if parts.scheme not in ("https", "gs") and not (
        parts.scheme == "http" and here
    ):
        raise ValueError(
            "Files are fetched from https://... or gs://... (or, to try it "
            f"out, http://localhost). Received: '{address}'. Download others "
            "by hand, and give the path."
        )


def _is_whole(path):
    try:
        return bool(folders.Folder(path).read_all())
    except ValueError:
        return False


def _check_fetched(partial, address):
    try:
        folders.Folder(partial).read_all()
    except ValueError as error:
        raise OSError(
            f"What is at '{address}' must be as its manifest says. Received: "
            f"{error}"
        ) from error


def read(address, max_bytes):
    """Up to one byte more than `max_bytes` of what is at an address."""
    try:
        if address.startswith("gs:"):
            import tensorflow as tf

            with tf.io.gfile.GFile(address, "rb") as file:
                return file.read(max_bytes + 1)
        with _opener().open(address, timeout=_TIMEOUT_SECONDS) as response:
            return response.read(max_bytes + 1)
    except Exception as error:
        # TensorFlow's and urllib's errors have nothing in common.
        raise OSError(
            f"'{address}' must be readable. Received: {error}. Check the "
            "address and the network."
        ) from error


def _opener():
    # Here, as all that reads no address is quicker without it.
    import urllib.request

    class CheckedRedirects(urllib.request.HTTPRedirectHandler):
        """Follows a redirect only to an address that is fetched from."""

        def redirect_request(self, req, fp, code, msg, headers, newurl):
            check_address(newurl)
            if req.type == "https" and not newurl.startswith("https:"):
                raise ValueError(
                    "A redirect from https://... must lead to https://... "
                    f"Received: '{newurl}'. Download by hand, and give the "
                    "path."
                )
            return super().redirect_request(req, fp, code, msg, headers, newurl)

    return urllib.request.build_opener(CheckedRedirects)
