"""Loss surfaces: the concept (`base`) and its families."""

from optviz.surface.base import Surface
from optviz.surface.drifting_bowl import DriftingBowl
from optviz.surface.families import FAMILIES
from optviz.surface.finite_sum import FiniteSum
from optviz.surface.formula import Formula
from optviz.surface.gallery import GallerySurface, gallery, gallery_names
from optviz.surface.gaussian_hills import GaussianHills
from optviz.surface.lowest import Known, Lowest, Minima
from optviz.surface.moving import Moved, at_step
from optviz.surface.regression import Regression
from optviz.surface.smoothed_noise import SmoothedNoise

__all__ = [
    "FAMILIES",
    "DriftingBowl",
    "FiniteSum",
    "Formula",
    "GallerySurface",
    "GaussianHills",
    "Known",
    "Lowest",
    "Minima",
    "Moved",
    "Regression",
    "SmoothedNoise",
    "Surface",
    "at_step",
    "gallery",
    "gallery_names",
]
