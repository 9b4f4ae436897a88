"""Trained models: listed, loaded, saved and exported.

Listing reads the models' folders only; what needs TensorFlow is imported when
it is used.
"""

import importlib

from kerasgan.zoo.registry import card as card
from kerasgan.zoo.registry import check_generates as check_generates
from kerasgan.zoo.registry import find as find
from kerasgan.zoo.registry import info as info
from kerasgan.zoo.registry import names as names
from kerasgan.zoo.registry import place as place

_WHERE = {
    "check_can_save": "saving",
    "export": "exporting",
    "is_saved": "saving",
    "load": "saving",
    "release": "releasing",
    "save": "saving",
}


def __getattr__(name):
    if name in _WHERE:
        module = importlib.import_module(f"kerasgan.zoo.{_WHERE[name]}")
        return getattr(module, name)
    raise AttributeError(f"module 'kerasgan.zoo' has no attribute '{name}'")


def __dir__():
    return sorted((*globals(), *_WHERE))
