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
    """What a symbol of the rule stands for.

    symbol: as the rule writes it, "v" or "∇J(θ − γ v)". kind: one of `TERM_KINDS`, "field" for a setting, "count"
    for the number of the step. name: of the term in the state, or of the field.
    """

    symbol: str
    kind: str
    name: str


@dataclass(frozen=True, eq=False)
class RuleLine:
    """A line of the rule.

    text: as it was written. tree: as it was read, None where it cannot be. numbers: the same with a slot for each
    number (`optviz.formula.filling`), whose values are in `Ledger.values`; None where a symbol has no number, or where
    the two sides of the line differ by more than rounding at any step.
    """

    text: str
    tree: Line | None
    numbers: tuple[Token, ...] | None


@dataclass(frozen=True, eq=False)
class Arrow:
    """A displacement of every step.

    kind: one of `TERM_KINDS`, or "step" for Δθ. text: what it is, as in a rule; label: the same in a
    few letters. ends (steps + 1, 4), float64: from x, y to x, y in the coordinates of the surface; row 0, which is no
    step, is NaN, as is all from where the run has diverged. nodes: the summands of the lines that it is a part of.
    """

    kind: str
    text: str
    label: str
    ends: np.ndarray
    nodes: frozenset[Node] = frozenset()


@dataclass(frozen=True, eq=False)
class Counterpart:
    """The step that another optimizer takes from the same point and state.

    optimizer: as it was at the last step, if a schedule changes it. arrows: its displacements, head to tail from the
    same points as those of the ledger; total: their sum. Shapes as of `Arrow`.
    """

    optimizer: Optimizer
    arrows: tuple[Arrow, ...]
    total: Arrow


@dataclass(frozen=True, eq=False)
class Series:
    """A number over time.

    key: the term of the state, "gradient_length" or "step_length". kind: of the term; "gradient" and "step" are the two
    lengths. symbol: "" where it has none. values (steps + 1, 2) by axis, or (steps + 1,), in the units of the rule: a
    step is as long as in the coordinates of the surface. logarithmic: whether it is to be drawn so, as what is above 0
    by its kind is. span: the smallest and the largest finite number, of those above 0 where it is logarithmic; None
    where there is none.
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
