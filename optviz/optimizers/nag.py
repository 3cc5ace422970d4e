"""Nesterov accelerated gradient, in its two forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optviz.optimizers.base import Optimizer, State, StepOracle, Term, hyper
from optviz.optimizers.momentum import Momentum


@dataclass(frozen=True)
class NAG(Optimizer):
    """Nesterov accelerated gradient: momentum that looks ahead before it asks for the gradient.

        v ← γ v + η ∇J(θ − γ v)
        θ ← θ − v

    With `stores_look_ahead=True` (PyTorch, TensorFlow 1) the stored point is the look-ahead φ = θ − γ v itself:
    v ← γ v + ∇J(φ); φ ← φ − η (∇J(φ) + γ v). The two are one sequence seen half a step apart, for constant η.

    Nesterov 1983, Soviet Mathematics Doklady 27, 372–376; the form above: Sutskever et al. 2013,
    proceedings.mlr.press/v28/sutskever13.html.
    """

    overshoot: ClassVar[str] = "momentum"
    terms: ClassVar[Mapping[str, Term]] = {
        "look_ahead": Term("", "point"),
        "gradient": Term("g", "gradient"),
        "velocity": Term("v", "moment"),
    }

    learning_rate: float = hyper(0.1, slider=(1e-4, 10), log=True, symbol="η", above=0)
    momentum: float = hyper(0.9, slider=(0, 0.999), symbol="γ", at_least=0, below=1)
    stores_look_ahead: bool = hyper(False, structural=True)

    @property
    def rule(self) -> tuple[str, ...]:
        if self.stores_look_ahead:
            return ("g = ∇J(θ)", "v ← γ v + g", "θ ← θ − η (g + γ v)")
        return ("v ← γ v + η ∇J(θ − γ v)", "θ ← θ − v")

    @property
    def counterpart(self) -> Optimizer:
        """Classical momentum: the same velocity, and the gradient where the point is."""
        return Momentum(self.learning_rate, self.momentum, learning_rate_in_velocity=not self.stores_look_ahead)

    def init(self, point: np.ndarray) -> State:
        return State(velocity=np.zeros_like(point))

    def step(self, point: np.ndarray, state: State, oracle: StepOracle) -> tuple[np.ndarray, State]:
        if self.stores_look_ahead:
            gradient = oracle.gradient(point)
            velocity = self.momentum * state.velocity + gradient
            point = point - self.learning_rate * (gradient + self.momentum * velocity)
            return point, State(velocity=velocity, gradient=gradient)
        look_ahead = point - self.momentum * state.velocity
        gradient = oracle.gradient(look_ahead)
        velocity = self.momentum * state.velocity + self.learning_rate * gradient
        return point - velocity, State(velocity=velocity, gradient=gradient, look_ahead=look_ahead)
