"""Slips of the article's pseudo-code, to be shown beside what was meant: each is its rule but for one thing.

No picker offers them; a link names them as any other. All but one get lost by a root of a negative number or a division
by zero, which is what they are here to show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optviz.optimizers.base import Optimizer, State, StepOracle, Term, hyper


@dataclass(frozen=True)
class AddedToGradient(Optimizer):
    """Gradient descent whose step is added to the gradient and not to θ, which therefore never moves."""

    terms: ClassVar[Mapping[str, Term]] = {
        "gradient": Term("g", "gradient"),
    }

    learning_rate: float = hyper(0.1, slider=(1e-4, 10), log=True, symbol="η", above=0)

    @property
    def rule(self) -> tuple[str, ...]:
        return (
            "g = ∇J(θ)",
            "g ← g − η g",
            "θ ← θ",
        )

    def init(self, point: np.ndarray) -> State:
        return State()

    def step(self, point: np.ndarray, state: State, oracle: StepOracle) -> tuple[np.ndarray, State]:
        gradient = oracle.gradient(point)
        gradient = gradient - self.learning_rate * gradient
        return point.copy(), State(gradient=gradient)


@dataclass(frozen=True)
class AverageOfUpdates(Optimizer):
    """Adadelta that averages its steps and not their squares: where they go down, a root of a negative number."""

    has_own_learning_rate: ClassVar[bool] = False
    overshoot: ClassVar[str] = "step_size"
    terms: ClassVar[Mapping[str, Term]] = {
        "gradient": Term("g", "gradient"),
        "average_square": Term("E", "square"),
        "update": Term("u", "update"),
        "average_update": Term("D", "moment"),
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
            "D ← ρ D − (1 − ρ) u",
            "θ ← θ − η u",
        )

    def init(self, point: np.ndarray) -> State:
        return State(average_square=np.zeros_like(point), average_update=np.zeros_like(point))

    def step(self, point: np.ndarray, state: State, oracle: StepOracle) -> tuple[np.ndarray, State]:
        gradient = oracle.gradient(point)
        average_square = self.rho * state.average_square + (1 - self.rho) * (gradient * gradient)
        update = np.sqrt(state.average_update + self.epsilon) / np.sqrt(average_square + self.epsilon) * gradient
        # What is averaged is the change of θ, which is −u.
        average_update = self.rho * state.average_update - (1 - self.rho) * update
        return point - self.learning_rate * update, State(
            average_square=average_square, average_update=average_update, gradient=gradient, update=update
        )


@dataclass(frozen=True)
class AdamOfPrecedence(Optimizer):
    """Adam whose ε is added to the quotient: `learning_rate / v_ ** 0.5 + eps`, read as a program reads it."""

    overshoot: ClassVar[str] = "momentum"
    terms: ClassVar[Mapping[str, Term]] = {
        "gradient": Term("g", "gradient"),
        "mean": Term("m", "moment"),
        "square_mean": Term("v", "square"),
        "corrected_mean": Term("m̂", "moment"),
        "corrected_square_mean": Term("v̂", "square"),
        "effective_learning_rate": Term("", "rate"),
    }

    learning_rate: float = hyper(0.1, slider=(1e-4, 10), log=True, symbol="η", above=0)
    beta1: float = hyper(0.9, slider=(0, 0.999), symbol="β₁", at_least=0, below=1)
    beta2: float = hyper(0.999, slider=(0, 0.9999), symbol="β₂", at_least=0, below=1)
    epsilon: float = hyper(1e-8, slider=(1e-12, 1), log=True, symbol="ε", above=0)

    @property
    def rule(self) -> tuple[str, ...]:
        return (
            "g = ∇J(θ)",
            "m ← β₁ m + (1 − β₁) g",
            "v ← β₂ v + (1 − β₂) g²",
            "m̂ = m / (1 − β₁ᵗ)",
            "v̂ = v / (1 − β₂ᵗ)",
            "θ ← θ − (η / √v̂ + ε) m̂",
        )

    def init(self, point: np.ndarray) -> State:
        zero = np.zeros_like(point)
        return State(mean=zero, square_mean=zero, beta1_power=1.0, beta2_power=1.0)

    def step(self, point: np.ndarray, state: State, oracle: StepOracle) -> tuple[np.ndarray, State]:
        gradient = oracle.gradient(point)
        mean = self.beta1 * state.mean + (1 - self.beta1) * gradient
        square_mean = self.beta2 * state.square_mean + (1 - self.beta2) * (gradient * gradient)
        beta1_power, beta2_power = state.beta1_power * self.beta1, state.beta2_power * self.beta2
        corrected_mean, corrected_square_mean = mean / (1 - beta1_power), square_mean / (1 - beta2_power)
        effective_learning_rate = self.learning_rate / np.sqrt(corrected_square_mean) + self.epsilon
        return point - effective_learning_rate * corrected_mean, State(
            mean=mean,
            square_mean=square_mean,
            beta1_power=beta1_power,
            beta2_power=beta2_power,
            gradient=gradient,
            corrected_mean=corrected_mean,
            corrected_square_mean=corrected_square_mean,
            effective_learning_rate=effective_learning_rate,
        )


@dataclass(frozen=True)
class AdamFromZero(Optimizer):
    """Adam whose steps are counted from 0: at the first the bias correction divides by 1 − β⁰ = 0."""

    overshoot: ClassVar[str] = "momentum"
    terms: ClassVar[Mapping[str, Term]] = {
        "gradient": Term("g", "gradient"),
        "mean": Term("m", "moment"),
        "square_mean": Term("v", "square"),
        "corrected_mean": Term("m̂", "moment"),
        "corrected_square_mean": Term("v̂", "square"),
        "effective_learning_rate": Term("", "rate"),
    }

    learning_rate: float = hyper(0.1, slider=(1e-4, 10), log=True, symbol="η", above=0)
    beta1: float = hyper(0.9, slider=(0, 0.999), symbol="β₁", at_least=0, below=1)
    beta2: float = hyper(0.999, slider=(0, 0.9999), symbol="β₂", at_least=0, below=1)
    epsilon: float = hyper(1e-8, slider=(1e-12, 1), log=True, symbol="ε", above=0)

    @property
    def rule(self) -> tuple[str, ...]:
        return (
            "g = ∇J(θ)",
            "m ← β₁ m + (1 − β₁) g",
            "v ← β₂ v + (1 − β₂) g²",
            "m̂ = m / (1 − β₁ⁱ)",
            "v̂ = v / (1 − β₂ⁱ)",
            "θ ← θ − η m̂ / √(v̂ + ε)",
        )

    def init(self, point: np.ndarray) -> State:
        zero = np.zeros_like(point)
        return State(mean=zero, square_mean=zero, beta1_power=np.float64(1.0), beta2_power=np.float64(1.0))

    def step(self, point: np.ndarray, state: State, oracle: StepOracle) -> tuple[np.ndarray, State]:
        gradient = oracle.gradient(point)
        mean = self.beta1 * state.mean + (1 - self.beta1) * gradient
        square_mean = self.beta2 * state.square_mean + (1 - self.beta2) * (gradient * gradient)
        corrected_mean = mean / (1 - state.beta1_power)
        corrected_square_mean = square_mean / (1 - state.beta2_power)
        effective_learning_rate = self.learning_rate / np.sqrt(corrected_square_mean + self.epsilon)
        return point - effective_learning_rate * corrected_mean, State(
            mean=mean,
            square_mean=square_mean,
            beta1_power=state.beta1_power * self.beta1,
            beta2_power=state.beta2_power * self.beta2,
            gradient=gradient,
            corrected_mean=corrected_mean,
            corrected_square_mean=corrected_square_mean,
            effective_learning_rate=effective_learning_rate,
        )


SLIPS: dict[str, type[Optimizer]] = {
    "slip_added_to_gradient": AddedToGradient,
    "slip_average_of_updates": AverageOfUpdates,
    "slip_adam_precedence": AdamOfPrecedence,
    "slip_adam_from_zero": AdamFromZero,
}
"""Key → class. Links use these keys; no picker offers them."""
