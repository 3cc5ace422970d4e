"""optviz: a laboratory for optimizers on two-parameter loss surfaces."""

from importlib.metadata import PackageNotFoundError, version

from optviz import view as view  # a link may tell how a race is looked at, too
from optviz.bad_input import BadInput
from optviz.conventions import CONVENTIONS, with_convention
from optviz.experiment import Race
from optviz.notebook import show
from optviz.optimizers import OPTIMIZERS, Optimizer, State, hyper
from optviz.outcome import Outcome
from optviz.racer import Racer
from optviz.surface import (
    DriftingBowl,
    FiniteSum,
    Formula,
    GaussianHills,
    Regression,
    SmoothedNoise,
    Surface,
    gallery,
    gallery_names,
)
from optviz.trajectory import Trajectory, race, trace

try:
    __version__ = version("optviz")
except PackageNotFoundError:
    __version__ = "0+source"

__all__ = [
    "CONVENTIONS",
    "OPTIMIZERS",
    "BadInput",
    "DriftingBowl",
    "FiniteSum",
    "Formula",
    "GaussianHills",
    "Optimizer",
    "Outcome",
    "Race",
    "Racer",
    "Regression",
    "SmoothedNoise",
    "State",
    "Surface",
    "Trajectory",
    "gallery",
    "gallery_names",
    "hyper",
    "race",
    "show",
    "trace",
    "with_convention",
]
