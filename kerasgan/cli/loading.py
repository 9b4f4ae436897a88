"""Loads models without what TensorFlow says of the machine while it starts."""

import contextlib
import os

from absl import flags
from absl import logging

_LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL"


def load(name_or_folder):
    """As `kerasgan.zoo.load`; quiet, unless TF_CPP_MIN_LOG_LEVEL is set."""
    quietly()
    from kerasgan import zoo

    return zoo.load(name_or_folder)


def quietly():
    """Imports TensorFlow, silent unless TF_CPP_MIN_LOG_LEVEL is set."""
    if not flags.FLAGS["verbosity"].present:
        # tfds warns of what it calls itself.
        logging.set_verbosity(logging.ERROR)
    if _LOG_LEVEL not in os.environ:
        # Errors, too: a missing GPU is one. What fails raises an exception.
        os.environ[_LOG_LEVEL] = "3"
        with _standard_error_away():
            import tensorflow  # noqa: F401


@contextlib.contextmanager
def _standard_error_away():
    # On import, TensorFlow reports of oneDNN whatever the level is.
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
