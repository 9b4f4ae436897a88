"""DCGAN, and its flat, spectrally normalised variant."""

from kerasgan.models.dcgan.model import DCGAN as DCGAN
