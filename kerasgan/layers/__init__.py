"""Keras layers and stateless image functions that the models are made of."""

from kerasgan.layers.convolution import Conv2D as Conv2D
from kerasgan.layers.convolution import Conv2DTranspose as Conv2DTranspose
from kerasgan.layers.maxout import Maxout as Maxout
from kerasgan.layers.maxout import UntiedBias as UntiedBias
from kerasgan.layers.noise import Dropout as Dropout
from kerasgan.layers.noise import GaussianNoise as GaussianNoise
from kerasgan.layers.pixels import PixelSpace as PixelSpace
from kerasgan.layers.pyramid import LaplacianMerge as LaplacianMerge
from kerasgan.layers.pyramid import LaplacianPyramid as LaplacianPyramid
from kerasgan.layers.pyramid import (
    LaplacianReconstruction as LaplacianReconstruction,
)
from kerasgan.layers.pyramid import LaplacianSplit as LaplacianSplit
from kerasgan.layers.pyramid import downsample as downsample
from kerasgan.layers.pyramid import upsample as upsample
from kerasgan.layers.spectral import SpectralConv2D as SpectralConv2D
from kerasgan.layers.spectral import SpectralDense as SpectralDense
