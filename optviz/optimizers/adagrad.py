"""Adagrad."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optviz.optimizers.base import Optimizer, State, StepOracle, Term, hyper, root_of


@dataclass(frozen=True)
class Adagrad(Optimizer):
    """Each axis divides its learning rate by the length of all its gradients so far; the divisor only grows.

        G ← G + g²,  g = ∇J(θ)
        θ ← θ − η g / √(G + ε)

    With `epsilon_inside=False` (PyTorch): η g / (√G + ε). `initial_accumulator` is G before the first step: 0 in the
    article and PyTorch, 0.1 in TensorFlow 1, where it decides the first steps on a flat surface.

    Duchi, Hazan and Singer 2011, jmlr.org/papers/v12/duchi11a.html.
    """

    overshoot: ClassVar[str] = "step_size"
    terms: ClassVar[Mapping[str, Term]] = {
        "gradient": Term("g", "gradient"),
        "accumulated_square": Term("G", "square"),
        "effective_learning_rate": Term("", "rate"),
    }

    learning_rate: float = hyper(0.1, slider=(1e-4, 10), log=True, symbol="η", above=0)
    epsilon: float = hyper(1e-8, slider=(1e-12, 1), log=True, symbol="ε", at_least=0)
    initial_accumulator: float = hyper(0.0, slider=(0, 1), symbol="G₀", at_least=0, structural=True)
    epsilon_inside: bool = hyper(True, structural=True)

    @property
    def rule(self) -> tuple[str, ...]:
        return ("g = ∇J(θ)", "G ← G + g²", f"θ ← θ − η g / {root_of('G', self.epsilon, self.epsilon_inside)}")

    def init(self, point: np.ndarray) -> State:
        return State(accumulated_square=np.zeros_like(point) + self.initial_accumulator)

    def step(self, point: np.ndarray, state: State, oracle: StepOracle) -> tuple[np.ndarray, State]:
        gradient = oracle.gradient(point)
        accumulated_square = state.accumulated_square + gradient * gradient
        if self.epsilon_inside:
            denominator = np.sqrt(accumulated_square + self.epsilon)
        else:
            denominator = np.sqrt(accumulated_square) + self.epsilon
        # With ε = 0 an axis whose gradient has always been 0 divides 0 by 0; it stays where it is.
        effective_learning_rate = self.learning_rate / np.where(denominator > 0, denominator, np.inf)
        return point - effective_learning_rate * gradient, State(
            accumulated_square=accumulated_square, gradient=gradient, effective_learning_rate=effective_learning_rate
        )
