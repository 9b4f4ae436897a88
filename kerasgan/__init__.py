"""Generative adversarial networks in Keras 3: train, load, export, measure.

Importing the package costs milliseconds: TensorFlow is imported when one of
the modules below is first used.
"""

import importlib
import os

from kerasgan.version import __version__ as __version__

# TensorFlow leaves oneDNN's kernels alone on a processor without AVX512_VNNI,
# where they are faster, too: benchmarks/processor.py.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

_MODULES = (
    "callbacks",
    "datasets",
    "evaluation",
    "export",
    "extractors",
    "figures",
    "layers",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "random",
    "training",
    "watch",
    "zoo",
)


def __getattr__(name):
    if name in _MODULES:
        return importlib.import_module(f"kerasgan.{name}")
    raise AttributeError(f"module 'kerasgan' has no attribute '{name}'")


def __dir__():
    return sorted((*globals(), *_MODULES))
