"""Data sets of images, by name."""

from kerasgan.datasets.loading import DatasetInfo as DatasetInfo
from kerasgan.datasets.loading import info as info
from kerasgan.datasets.loading import load as load
