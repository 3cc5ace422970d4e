"""What a ledger is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from optviz.formula.filling import Token
from optviz.formula.rule import Line, Node
from optviz.optimizers import Optimizer
from optviz.trajectory import Trajectory


@dataclass(frozen=True)
class Symbol:
    """What a symbol of the rule stands for: a kind of `TERM_KINDS`, or "field"; and the term or field of this name."""

    symbol: str
    kind: str
    name: str


@dataclass(frozen=True, eq=False)
class RuleLine:
    """A line of the rule: as it was written, as a tree (None where it cannot be read), and with numbers (or None)."""

    text: str
    tree: Line | None
    numbers: tuple[Token, ...] | None


@dataclass(frozen=True, eq=False)
class Arrow:
    """A displacement. text: what it is, as in a rule; label: the same in a few letters.

    ends (steps + 1, 4): from x, y to x, y. nodes: the summands of the lines that it is a part of.
    """

    kind: str
    text: str
    label: str
    ends: np.ndarray
    nodes: frozenset[Node] = frozenset()


@dataclass(frozen=True, eq=False)
class Counterpart:
    """The step that another optimizer takes from the same point and state."""

    optimizer: Optimizer
    arrows: tuple[Arrow, ...]
    total: Arrow


@dataclass(frozen=True, eq=False)
class Series:
    """A number over time. key: the term of the state, "gradient_length" or "step_length"; symbol: "" where it has none.

    values (steps + 1, 2) by axis, or (steps + 1,). span: the smallest and the largest number, of those above 0 where it
    is logarithmic; None where there is none.
    """

    key: str
    kind: str
    symbol: str
    values: np.ndarray
    logarithmic: bool
    span: tuple[float, float] | None


@dataclass(frozen=True, eq=False)
class Ledger:
    """A run, step by step. Row k of every array is the step from θ(k − 1) to θ(k), row 0 what was before the first.

    values: symbol → (steps + 1, 2) or (steps + 1,), float64; a gradient is under its own text, "∇J(θ − γ v)". A token
    that is `before` is of the row before. terms: the same by the state's own names, also of those without a symbol.
    arrows: the displacements, head to tail; their sum is Δθ, which is `total`. plain: −η ∇J(θ), where it is not the
    step itself. full: the same with the gradient of all samples, where the step is a plain one of a batch. asked
    (steps + 1, 2): where the gradient was asked, if that is not always θ. local (steps + 1, 6): the full loss at each
    point, its gradient and the Hessian's xx, xy, yy, of the surface where it is by then. NaN where a run has diverged.
    """

    path: Trajectory
    symbols: tuple[Symbol, ...]
    values: Mapping[str, np.ndarray]
    terms: Mapping[str, np.ndarray]
    lines: tuple[RuleLine, ...]
    arrows: tuple[Arrow, ...]
    total: Arrow
    plain: Arrow | None
    full: Arrow | None
    asked: np.ndarray | None
    asked_text: str
    counterpart: Counterpart | None
    local: np.ndarray
    series: tuple[Series, ...]
