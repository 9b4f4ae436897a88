"""Pictures: arrays of images in `[-1, 1]` in, one uint8 picture out.

Matplotlib is imported when a plot is drawn, not before.
"""

from kerasgan.figures.curves import read_log as read_log
from kerasgan.figures.curves import training_plot as training_plot
from kerasgan.figures.density import density_plot as density_plot
from kerasgan.figures.density import points_plot as points_plot
from kerasgan.figures.grids import class_grid as class_grid
from kerasgan.figures.grids import grid as grid
from kerasgan.figures.grids import neighbours as neighbours
from kerasgan.figures.grids import strips as strips
from kerasgan.figures.grids import to_uint8 as to_uint8
from kerasgan.figures.latents import interpolate as interpolate
from kerasgan.figures.plots import intervals_plot as intervals_plot
from kerasgan.figures.plots import (
    precision_recall_plot as precision_recall_plot,
)
from kerasgan.figures.pyramids import growth as growth
from kerasgan.figures.pyramids import pyramid_chain as pyramid_chain
from kerasgan.figures.writing import animate_files as animate_files
from kerasgan.figures.writing import save as save
from kerasgan.figures.writing import save_animation as save_animation
