"""Adam, with epsilon in three places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optviz.optimizers.base import Optimizer, State, StepOracle, Term, hyper, root_of


@dataclass(frozen=True)
class Adam(Optimizer):
    """A moving average of the gradient over the root of one of its square, both corrected for starting at 0.

        m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²,   g = ∇J(θ)
        m̂ = m / (1 − β₁ᵗ),       v̂ = v / (1 − β₂ᵗ)
        θ ← θ − η m̂ / √(v̂ + ε)

    Where ε stands decides what happens on a plateau. `epsilon_inside=False` (the paper, PyTorch): η m̂ / (√v̂ + ε).
    With `epsilon_before_correction=True` too (TensorFlow 1): η √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε).
    With `bias_correction=False` m and v stand for m̂ and v̂: the first step is (1 − β₁) / √(1 − β₂) ≈ 3.2 times as long.

    Kingma and Ba 2015, arXiv:1412.6980.
    """

    overshoot: ClassVar[str] = "momentum"
    terms: ClassVar[Mapping[str, Term]] = {
        "gradient": Term("g", "gradient"),
        "mean": Term("m", "moment"),
        "square_mean": Term("v", "square"),
        "corrected_mean": Term("m̂", "moment"),
        "corrected_square_mean": Term("v̂", "square"),
        "step": Term("t", "count"),
        "effective_learning_rate": Term("", "rate"),
    }

    learning_rate: float = hyper(0.1, slider=(1e-4, 10), log=True, symbol="η", above=0)
    beta1: float = hyper(0.9, slider=(0, 0.999), symbol="β₁", at_least=0, below=1)
    beta2: float = hyper(0.999, slider=(0, 0.9999), symbol="β₂", at_least=0, below=1)
    epsilon: float = hyper(1e-8, slider=(1e-12, 1), log=True, symbol="ε", above=0)
    epsilon_inside: bool = hyper(True, structural=True)
    epsilon_before_correction: bool = hyper(False, structural=True)
    bias_correction: bool = hyper(True, structural=True)

    @property
    def rule(self) -> tuple[str, ...]:
        averages = ("g = ∇J(θ)", "m ← β₁ m + (1 − β₁) g", "v ← β₂ v + (1 − β₂) g²")
        if not self.bias_correction:
            return (*averages, f"θ ← θ − η m / {root_of('v', self.epsilon, self.epsilon_inside)}")
        if self.epsilon_before_correction:
            step = f"θ ← θ − η √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / {root_of('v', self.epsilon, self.epsilon_inside)}"
            return (*averages, step)
        corrected = ("m̂ = m / (1 − β₁ᵗ)", "v̂ = v / (1 − β₂ᵗ)")
        return (*averages, *corrected, f"θ ← θ − η m̂ / {root_of('v̂', self.epsilon, self.epsilon_inside)}")

    def init(self, point: np.ndarray) -> State:
        return State(
            mean=np.zeros_like(point), square_mean=np.zeros_like(point), step=0, beta1_power=1.0, beta2_power=1.0
        )

    def step(self, point: np.ndarray, state: State, oracle: StepOracle) -> tuple[np.ndarray, State]:
        step = state.step + 1
        gradient = oracle.gradient(point)
        mean = self.beta1 * state.mean + (1 - self.beta1) * gradient
        square_mean = self.beta2 * state.square_mean + (1 - self.beta2) * (gradient * gradient)
        # β₁ᵗ as a product: a power may round differently for a number and for an array of them.
        beta1_power = state.beta1_power * self.beta1
        beta2_power = state.beta2_power * self.beta2
        mean_correction = 1 - beta1_power if self.bias_correction else 1.0
        square_correction = 1 - beta2_power if self.bias_correction else 1.0
        corrected_mean = mean / mean_correction
        corrected_square_mean = square_mean / square_correction
        if self.epsilon_before_correction:
            square, epsilon_scale = square_mean, np.sqrt(square_correction)
        else:
            square, epsilon_scale = corrected_square_mean, 1.0
        root = np.sqrt(square + self.epsilon) if self.epsilon_inside else np.sqrt(square) + self.epsilon
        effective_learning_rate = self.learning_rate * epsilon_scale / root
        return point - effective_learning_rate * corrected_mean, State(
            mean=mean,
            square_mean=square_mean,
            step=step,
            beta1_power=beta1_power,
            beta2_power=beta2_power,
            gradient=gradient,
            corrected_mean=corrected_mean,
            corrected_square_mean=corrected_square_mean,
            effective_learning_rate=effective_learning_rate,
        )
