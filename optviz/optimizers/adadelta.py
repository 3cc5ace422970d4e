"""Adadelta."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optviz.optimizers.base import Optimizer, State, StepOracle, Term, hyper


@dataclass(frozen=True)
class Adadelta(Optimizer):
    """Adagrad with a fading memory, whose step takes its unit from its own earlier steps.

        E ← ρ E + (1 − ρ) g²,  g = ∇J(θ)
        u = √(D + ε) / √(E + ε) · g
        D ← ρ D + (1 − ρ) u²
        θ ← θ − η u

    The paper has no learning rate: η = 1. TensorFlow 1 multiplies by its `learning_rate`, which the author set to 0.1.
    Both averages start at zero, so the first step is √(ε / (1 − ρ)) on each axis, 3e-4 here, however long the
    gradient (unless it is tiny): that is why it hardly moves at first.

    Zeiler 2012, arXiv:1212.5701.
    """

    has_own_learning_rate: ClassVar[bool] = False
    overshoot: ClassVar[str] = "step_size"
    terms: ClassVar[Mapping[str, Term]] = {
        "gradient": Term("g", "gradient"),
        "average_square": Term("E", "square"),
        "update": Term("u", "update"),
        "average_update_square": Term("D", "square"),
        "effective_learning_rate": Term("", "rate"),
    }

    learning_rate: float = hyper(1.0, slider=(1e-3, 100), log=True, symbol="η", above=0)
    rho: float = hyper(0.9, slider=(0, 0.999), symbol="ρ", at_least=0, below=1)
    epsilon: float = hyper(1e-8, slider=(1e-12, 1), log=True, symbol="ε", above=0)

    @property
    def rule(self) -> tuple[str, ...]:
        return (
            "g = ∇J(θ)",
            "E ← ρ E + (1 − ρ) g²",
            "u = √(D + ε) / √(E + ε) · g",
            "D ← ρ D + (1 − ρ) u²",
            "θ ← θ − η u",
        )

    def init(self, point: np.ndarray) -> State:
        return State(average_square=np.zeros_like(point), average_update_square=np.zeros_like(point))

    def step(self, point: np.ndarray, state: State, oracle: StepOracle) -> tuple[np.ndarray, State]:
        gradient = oracle.gradient(point)
        average_square = self.rho * state.average_square + (1 - self.rho) * (gradient * gradient)
        ratio = np.sqrt(state.average_update_square + self.epsilon) / np.sqrt(average_square + self.epsilon)
        update = ratio * gradient
        average_update_square = self.rho * state.average_update_square + (1 - self.rho) * (update * update)
        return point - self.learning_rate * update, State(
            average_square=average_square,
            average_update_square=average_update_square,
            gradient=gradient,
            update=update,
            effective_learning_rate=self.learning_rate * ratio,
        )
