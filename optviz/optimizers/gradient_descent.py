"""Gradient descent, SGD and minibatch SGD: one class, three batch sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optviz.optimizers.base import Optimizer, State, StepOracle, Term, hyper


@dataclass(frozen=True)
class GradientDescent(Optimizer):
    """Steepest descent: downhill, by a fixed share of the gradient.

        θ ← θ − η ∇J(θ)

    With all samples this is gradient descent, with one sample SGD, with B samples minibatch SGD.

    Cauchy 1847, Comptes rendus 25, 536–538; Robbins and Monro 1951, doi:10.1214/aoms/1177729586.
    """

    overshoot: ClassVar[str] = "learning_rate"
    terms: ClassVar[Mapping[str, Term]] = {
        "gradient": Term("", "gradient"),
    }

    learning_rate: float = hyper(0.1, slider=(1e-4, 10), log=True, symbol="η", above=0)

    @property
    def rule(self) -> tuple[str, ...]:
        return ("θ ← θ − η ∇J(θ)",)

    def init(self, point: np.ndarray) -> State:
        return State()

    def step(self, point: np.ndarray, state: State, oracle: StepOracle) -> tuple[np.ndarray, State]:
        gradient = oracle.gradient(point)
        return point - self.learning_rate * gradient, State(gradient=gradient)
