"""The article's setting: on which surface, who runs, in whose form, how fast and how long."""

from __future__ import annotations

from optviz.conventions import with_convention
from optviz.racer import Racer
from optviz.surface import GaussianHills, Surface

CONVENTION = "tensorflow1"
LEARNING_RATE = 0.1
STEPS = 200
OPTIMIZERS = ("gradient_descent", "momentum", "nag", "adagrad", "adadelta", "rmsprop", "adam")


def surface() -> Surface:
    """The author's first surface."""
    return GaussianHills(seed=1)


def seven(convention: str = CONVENTION) -> tuple[Racer, ...]:
    """The article's seven optimizers on all samples, in a convention's form and with its defaults."""
    return tuple(Racer(with_convention(key, convention)) for key in OPTIMIZERS)
