"""The optimizers, one file each, in the article's order."""

from collections import ChainMap

from optviz.optimizers.adadelta import Adadelta
from optviz.optimizers.adagrad import Adagrad
from optviz.optimizers.adam import Adam
from optviz.optimizers.base import Optimizer, State, StepOracle, Term, hyper
from optviz.optimizers.gradient_descent import GradientDescent
from optviz.optimizers.momentum import Momentum
from optviz.optimizers.nag import NAG
from optviz.optimizers.rmsprop import RMSProp
from optviz.optimizers.slips import SLIPS

OPTIMIZERS: dict[str, type[Optimizer]] = {
    "gradient_descent": GradientDescent,
    "momentum": Momentum,
    "nag": NAG,
    "adagrad": Adagrad,
    "adadelta": Adadelta,
    "rmsprop": RMSProp,
    "adam": Adam,
}
"""Key → class. Links, command line, tests and the app use these keys; a new optimizer is one file and one row."""

NAMED_OPTIMIZERS: ChainMap[str, type[Optimizer]] = ChainMap(OPTIMIZERS, SLIPS)
"""Key → class, of all that a link or a file may name: those above, and the slips, which no picker offers."""


def optimizers_with_a_rate() -> tuple[str, ...]:
    """The keys of the optimizers that have a learning rate of their own."""
    kinds = OPTIMIZERS.items()
    return tuple(key for key, kind in kinds if kind.has_own_learning_rate and "learning_rate" in kind.hyperparameters())


__all__ = [
    "NAG",
    "NAMED_OPTIMIZERS",
    "OPTIMIZERS",
    "SLIPS",
    "Adadelta",
    "Adagrad",
    "Adam",
    "GradientDescent",
    "Momentum",
    "Optimizer",
    "RMSProp",
    "State",
    "StepOracle",
    "Term",
    "hyper",
    "optimizers_with_a_rate",
]
