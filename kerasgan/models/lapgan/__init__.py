"""LAPGAN: one conditional GAN for each level of a Laplacian pyramid."""

from kerasgan.models.lapgan.levels import LAPGANCoarsest as LAPGANCoarsest
from kerasgan.models.lapgan.levels import LAPGANLevel as LAPGANLevel
from kerasgan.models.lapgan.model import LAPGAN as LAPGAN
