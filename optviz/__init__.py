"""optviz: a laboratory for optimizers on two-parameter loss surfaces."""

from optviz import starting as starting  # before all that takes long: Ctrl-C is one line from here on
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


def _version() -> str:
    # Here, as it takes a while to load.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("optviz")
    except PackageNotFoundError:
        return "0+source"


__version__ = _version()

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
