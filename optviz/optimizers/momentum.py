"""Momentum, the heavy ball."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optviz.optimizers.base import Optimizer, State, StepOracle, Term, hyper


@dataclass(frozen=True)
class Momentum(Optimizer):
    """Gradient descent with a heavy ball.

        v ← γ v + η ∇J(θ)
        θ ← θ − v

    With `learning_rate_in_velocity=False` (PyTorch, TensorFlow 1): v ← γ v + ∇J(θ); θ ← θ − η v. The two are one
    sequence as long as η is constant. There is no factor 1 − γ: v is a sum, not an average, and in the long run
    η ∇J is amplified by 1 / (1 − γ).

    Polyak 1964, doi:10.1016/0041-5553(64)90137-5.
    """

    overshoot: ClassVar[str] = "momentum"
    terms: ClassVar[Mapping[str, Term]] = {
        "gradient": Term("", "gradient"),
        "velocity": Term("v", "moment"),
    }

    learning_rate: float = hyper(0.1, slider=(1e-4, 10), log=True, symbol="η", above=0)
    momentum: float = hyper(0.9, slider=(0, 0.999), symbol="γ", at_least=0, below=1)
    learning_rate_in_velocity: bool = hyper(True, structural=True)

    @property
    def rule(self) -> tuple[str, ...]:
        if self.learning_rate_in_velocity:
            return ("v ← γ v + η ∇J(θ)", "θ ← θ − v")
        return ("v ← γ v + ∇J(θ)", "θ ← θ − η v")

    def init(self, point: np.ndarray) -> State:
        return State(velocity=np.zeros_like(point))

    def step(self, point: np.ndarray, state: State, oracle: StepOracle) -> tuple[np.ndarray, State]:
        gradient = oracle.gradient(point)
        if self.learning_rate_in_velocity:
            velocity = self.momentum * state.velocity + self.learning_rate * gradient
            return point - velocity, State(velocity=velocity, gradient=gradient)
        velocity = self.momentum * state.velocity + gradient
        return point - self.learning_rate * velocity, State(velocity=velocity, gradient=gradient)
