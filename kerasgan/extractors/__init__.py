"""Extractors: images in, features and logits out, for metrics to compare."""

from kerasgan.extractors.base import Extractor as Extractor
from kerasgan.extractors.base import Features as Features
from kerasgan.extractors.classifier import Classifier as Classifier
from kerasgan.extractors.efficientnet import (
    EfficientNetLite0 as EfficientNetLite0,
)
from kerasgan.extractors.inception import Inception as Inception
from kerasgan.extractors.naming import load as load
from kerasgan.extractors.reference import fingerprint as fingerprint
from kerasgan.extractors.reference import reference as reference
