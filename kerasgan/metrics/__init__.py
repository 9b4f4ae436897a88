"""Metrics: images or features in, numbers out."""

from kerasgan.metrics.sliced_wasserstein import (
    sliced_wasserstein_distance as sliced_wasserstein_distance,
)
