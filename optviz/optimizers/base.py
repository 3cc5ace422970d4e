"""The contract of an optimizer: hyperparameters in a frozen dataclass, `init` and `step`, state as a value."""

from __future__ import annotations

import abc
import dataclasses
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np

from optviz.parameter import Parameter, check_fields, hyper, parameters

__all__ = ["Optimizer", "State", "StepOracle", "Term", "hyper"]


class StepOracle(Protocol):
    """What one step may ask of the surface, always on the same batch of samples."""

    def gradient(self, point: np.ndarray) -> np.ndarray: ...

    def loss(self, point: np.ndarray) -> np.ndarray: ...

    def hessian(self, point: np.ndarray) -> np.ndarray: ...


class State:
    """What the next step needs, and the named terms of the step that made it; a value, never changed."""

    def __init__(self, **terms: Any) -> None:
        self.__dict__.update(terms)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a State is a value; build a new one to change {name}")

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"this State has no term {name!r}; it has {', '.join(self.__dict__)}")

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter(self.__dict__.items())

    def __repr__(self) -> str:
        return f"State({', '.join(f'{name}={value!r}' for name, value in self)})"


TERM_KINDS = ("gradient", "moment", "square", "rate", "update", "point", "count")
"""What a term of a state is: the gradient of this step; a sum or mean of gradients; one of squares; a learning rate
along each axis; what the step is a multiple of; where the gradient was asked; the number of the step."""


@dataclass(frozen=True)
class Term:
    """What a term of a state is called in `rule` ("" where it is not in it), and what it is: one of `TERM_KINDS`."""

    symbol: str
    kind: str


def root_of(square: str, epsilon: Any, inside: bool) -> str:
    """The root of a mean or sum of squares in a `rule`, with ε where it stands, or none where it is 0."""
    if not np.any(epsilon):
        return f"√{square}"
    return f"√({square} + ε)" if inside else f"(√{square} + ε)"


OVERSHOOTS = ("rule", "learning_rate", "momentum", "step_size")
"""Causes of a step uphill: nothing in particular; a learning rate too high for the slope; that or the momentum gained;
a step that does not shrink with the gradient, because the gradient is divided by its own size."""


class Optimizer(abc.ABC):
    """A frozen dataclass of hyperparameters with two short methods; it never loops, records or plots.

    Fields are declared with `hyper(default, ...)`, which carries valid range, slider and symbol. A value outside its
    range raises BadInput (a ValueError) that names value and range. A hyperparameter may be an array of shape (..., 1)
    that broadcasts against the leading axes of the points: a sweep over learning rates is one call.
    """

    has_own_learning_rate: ClassVar[bool] = True
    """False where the method's source defines no learning rate, though programs have a factor of that name."""

    overshoot: ClassVar[str] = "rule"
    """What in the rule makes a step climb beyond the valley, for words about it; one of `OVERSHOOTS`."""

    terms: ClassVar[Mapping[str, Term]] = {}
    """Term of a state → its symbol and kind: with them a step can be told in numbers. What is not in it has none."""

    def __post_init__(self) -> None:
        check_fields(self, arrays=True)

    @property
    def counterpart(self) -> Optimizer | None:
        """An optimizer whose step from the same point and state shows what is special about this one; or None."""
        return None

    @property
    def rule(self) -> tuple[str, ...]:
        """The lines of one step for people, in the order of the code: ("v ← γ v + η ∇J(θ)", "θ ← θ − v").

        A field is its symbol, "←" is what changes, "=" a name for what follows; `optviz.formula.mathml` says how they
        are read. They are of the form that the fields choose, so that what is shown is what is run. Of a class that
        has none they are the indented lines of its docstring that have an arrow.
        """
        lines = (inspect.getdoc(type(self)) or "").splitlines()
        return tuple(line.strip() for line in lines if line.startswith(" ") and "←" in line)

    @abc.abstractmethod
    def init(self, point: np.ndarray) -> State:
        """The state before the first step, for points of shape (..., 2)."""

    @abc.abstractmethod
    def step(self, point: np.ndarray, state: State, oracle: StepOracle) -> tuple[np.ndarray, State]:
        """The next point (..., 2) and the state after the step."""

    @classmethod
    def hyperparameters(cls) -> dict[str, Parameter]:
        """Field name → valid range, slider and symbol, in the order of the fields."""
        return parameters(cls) if dataclasses.is_dataclass(cls) else {}

    @property
    def own_learning_rate(self) -> Any | None:
        """The learning rate that "one learning rate for all" changes; None where the method has none of its own."""
        if self.has_own_learning_rate and "learning_rate" in self.hyperparameters():
            return self.learning_rate  # type: ignore[attr-defined]
        return None

    @property
    def leading_shape(self) -> tuple[int, ...]:
        """The leading axes that array-valued hyperparameters ask for; () when all are numbers."""
        shapes = [np.shape(getattr(self, name))[:-1] for name in self.hyperparameters()]
        return np.broadcast_shapes(*shapes)
