"""Metrics: images or features in, numbers out."""

from kerasgan.metrics.diversity import relative_diversity as relative_diversity
from kerasgan.metrics.sliced_wasserstein import (
    sliced_wasserstein_distance as sliced_wasserstein_distance,
)
