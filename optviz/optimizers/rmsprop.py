"""RMSProp."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optviz.optimizers.base import Optimizer, State, StepOracle, Term, hyper, root_of


@dataclass(frozen=True)
class RMSProp(Optimizer):
    """Adagrad with a fading memory: the divisor is a moving average, so an axis's learning rate can grow again.

        E ← ρ E + (1 − ρ) g²,  g = ∇J(θ)
        θ ← θ − η g / √(E + ε)

    With `epsilon_inside=False` (PyTorch): η g / (√E + ε). `initial_accumulator` is E before the first step: 0 in the
    article and PyTorch, 1 in TensorFlow 1. From 0 the first step is η / √(1 − ρ) ≈ 3.2 η on each axis.

    Tieleman and Hinton 2012, Neural Networks for Machine Learning, lecture 6e.
    """

    overshoot: ClassVar[str] = "step_size"
    terms: ClassVar[Mapping[str, Term]] = {
        "gradient": Term("g", "gradient"),
        "average_square": Term("E", "square"),
        "effective_learning_rate": Term("", "rate"),
    }

    learning_rate: float = hyper(0.1, slider=(1e-4, 10), log=True, symbol="η", above=0)
    rho: float = hyper(0.9, slider=(0, 0.999), symbol="ρ", at_least=0, below=1)
    epsilon: float = hyper(1e-8, slider=(1e-12, 1), log=True, symbol="ε", at_least=0)
    initial_accumulator: float = hyper(0.0, slider=(0, 1), symbol="E₀", at_least=0, structural=True)
    epsilon_inside: bool = hyper(True, structural=True)

    @property
    def rule(self) -> tuple[str, ...]:
        denominator = root_of("E", self.epsilon, self.epsilon_inside)
        return ("g = ∇J(θ)", "E ← ρ E + (1 − ρ) g²", f"θ ← θ − η g / {denominator}")

    def init(self, point: np.ndarray) -> State:
        return State(average_square=np.zeros_like(point) + self.initial_accumulator)

    def step(self, point: np.ndarray, state: State, oracle: StepOracle) -> tuple[np.ndarray, State]:
        gradient = oracle.gradient(point)
        average_square = self.rho * state.average_square + (1 - self.rho) * (gradient * gradient)
        if self.epsilon_inside:
            denominator = np.sqrt(average_square + self.epsilon)
        else:
            denominator = np.sqrt(average_square) + self.epsilon
        # With ε = 0 an axis whose gradient has always been 0 divides 0 by 0; it stays where it is.
        effective_learning_rate = self.learning_rate / np.where(denominator > 0, denominator, np.inf)
        return point - effective_learning_rate * gradient, State(
            average_square=average_square, gradient=gradient, effective_learning_rate=effective_learning_rate
        )
