"""A surface from a formula: its text is checked, compiled as it was typed, and differentiated exactly."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from optviz.formula.derivatives import gradient
from optviz.formula.functions import new_graph
from optviz.formula.latex import latex
from optviz.formula.meaning import operations, parse
from optviz.formula.numpy_code import compiled
from optviz.formula.plain import INVISIBLE
from optviz.surface.base import Domain, Surface, check_domain
from optviz.surface.searching import fitted_domain


@dataclass(frozen=True)
class Formula(Surface):
    """A loss typed as text, such as `(1-x)^2 + 100*(y-x^2)^2`.

    text: numbers, pi, e, + - * / ** ^, the two variables x, y (or x1, x2), and the functions of
    `optviz.formula.functions`; at most 1,000 characters without spaces. Other spellings are understood where they have
    one meaning: 2x, x(y+1), |x|, sin^2(x), 0,5, Unicode signs (− × · ÷ π ² ₁, full-width forms), LaTeX (\\frac{x}{2}),
    np.sin, math.exp, "f(x, y) =" in front. Anything else raises BadInput with one sentence that names the value, its
    column in the text and what is allowed.

    The loss is computed as it was typed; nothing is expanded, so that (0.1*(x-3))^2 keeps its digits near x = 3. Where
    the loss is finite and a term of a derivative is not (√x or √(x²+y²) at 0), that term is 0 and the others count; the
    slope of |x| at 0 is 0, and at a tie min and max have the mean slope. Where the loss is not finite (log of a
    negative number), the derivatives are NaN. Logarithms and quotients of exponentials that would overflow are computed
    in a form that does not: log(1+exp(x)) is 800 at x = 800. The NumPy code only works on arrays, so that one point and
    many agree bitwise. It is compiled at the first evaluation, in milliseconds, and shared by all of that text.
    """

    text: str
    domain: Domain = (-2.0, 2.0, -2.0, 2.0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "domain", check_domain("domain", self.domain))
        parse(self.text)

    @property
    def title(self) -> str:  # type: ignore[override]
        return "".join(character for character in self.text if character not in INVISIBLE).strip()

    @property
    def call_cost(self) -> float:  # type: ignore[override]
        return 0.4 + 0.05 * operations(self.text)

    def numbers_per_point(self, samples: int | None = None) -> int:
        return 16 + operations(self.text)

    @property
    def latex(self) -> str:
        """The formula in LaTeX, in the order in which it was typed."""
        return latex(parse(self.text).tree)

    def fitted(self) -> Formula:
        """The formula on a domain around its interesting part: see `searching.fitted_domain`."""
        return replace(self, domain=fitted_domain(lambda domain: replace(self, domain=domain)))

    def loss(self, point: np.ndarray) -> np.ndarray:
        return _evaluate(self.text, 0, point)[0]

    def gradient(self, point: np.ndarray) -> np.ndarray:
        return self.loss_and_gradient(point)[1]

    def loss_and_gradient(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return _evaluate(self.text, 1, point)

    def hessian(self, point: np.ndarray) -> np.ndarray:
        second = _evaluate(self.text, 2, point)[1]
        return second.take((0, 1, 1, 2), axis=-1).reshape((*second.shape[:-1], 2, 2))


BLOCK = 8192
"""How many points are computed at once: the arrays of one block stay in the processor's cache."""


def _evaluate(text: str, order: int, point: Any) -> tuple[np.ndarray, np.ndarray]:
    """Loss (...) and its `order + 1` different derivatives of that order (..., order + 1), made finite at kinks."""
    point = np.asarray(point, dtype=float)
    points = point.reshape(-1, 2)
    loss = np.empty(len(points))
    derivatives = np.empty((len(points), order + 1 if order else 0))
    with np.errstate(all="ignore"):
        for first in range(0, len(points), BLOCK):
            block = slice(first, first + BLOCK)
            _fill(text, order, points[block], loss[block], derivatives[block])
    return loss.reshape(point.shape[:-1]), derivatives.reshape((*point.shape[:-1], derivatives.shape[-1]))


def _fill(text: str, order: int, points: np.ndarray, loss: np.ndarray, derivatives: np.ndarray) -> None:
    # Without strides: NumPy's loops over them may round differently.
    x, y = points[:, 0].copy(), points[:, 1].copy()
    values = _compiled(text, order)(x, y)
    loss[...] = values[0]
    if not order:
        return
    for index in range(1, len(values)):
        derivatives[:, index - 1] = values[index]
    if math.isfinite(np.add.reduce(derivatives, axis=None) + np.add.reduce(loss, axis=None)):
        return
    smooth = np.isfinite(derivatives)
    kinks = np.isfinite(loss) & ~smooth.all(axis=-1)
    if kinks.any():
        guarded = _compiled(text, order, guarded=True)(x[kinks], y[kinks])
        at_kinks = derivatives[kinks]
        for index in range(1, len(values)):
            at_kinks[:, index - 1] = np.where(smooth[kinks, index - 1], at_kinks[:, index - 1], guarded[index])
        derivatives[kinks] = np.where(np.isfinite(at_kinks), at_kinks, 0.0)
    derivatives[~np.isfinite(loss)] = np.nan


COMPILING = threading.Lock()


@lru_cache(maxsize=128)
def _compiled(text: str, order: int, guarded: bool = False) -> Callable[[np.ndarray, np.ndarray], tuple[Any, ...]]:
    """NumPy code (x, y) → loss, derivatives of this order …; `guarded` for points at which some are not finite."""
    with COMPILING:
        # A graph of its own, so that what the derivatives need is gone afterwards.
        loss = parse(text).root.copied(new_graph())
        if order == 0:
            return compiled([loss])
        along_x, along_y = gradient(loss, guarded)
        if order == 1:
            return compiled([loss, along_x, along_y])
        twice_x, mixed = gradient(along_x, guarded)
        return compiled([loss, twice_x, mixed, gradient(along_y, guarded)[1]])
