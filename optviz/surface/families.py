"""The families of surfaces: the one table that links, command line, gallery, tests and the app read."""

from __future__ import annotations

from optviz.surface.base import Surface
from optviz.surface.drifting_bowl import DriftingBowl
from optviz.surface.formula import Formula
from optviz.surface.gaussian_hills import GaussianHills
from optviz.surface.regression import Regression
from optviz.surface.smoothed_noise import SmoothedNoise

FAMILIES: dict[str, type[Surface]] = {
    "gaussian_hills": GaussianHills,
    "smoothed_noise": SmoothedNoise,
    "regression": Regression,
    "drifting_bowl": DriftingBowl,
    "formula": Formula,
}
"""Key → family with parameters of its own; every other surface key names a file of the gallery."""
