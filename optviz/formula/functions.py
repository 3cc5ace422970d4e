"""The functions of the language: one table, name → value, slopes and LaTeX.

A new function is one row here, and one in `TORCH_FUNCTIONS` of `optviz.pytorch_code`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from optviz.formula.nodes import Graph, Node

Slope = Callable[..., Node | float]


@dataclass(frozen=True)
class Function:
    """A function of one or two arguments.

    `value` is the NumPy function. `slopes` are the partial derivatives, one per argument, each as a function of
    (graph, *arguments) that gives a node; the graph has every function as an attribute. A slope may be infinite or NaN
    at a kink: such a term counts as 0 (see `derivatives`). `latex` is a template for the arguments, joined by commas.
    """

    value: Callable[..., Any]
    slopes: tuple[Slope, ...]
    latex: str = ""


FUNCTIONS: dict[str, Function] = {
    "sqrt": Function(np.sqrt, (lambda f, u: 0.5 / f.sqrt(u),), r"\sqrt{{{}}}"),
    "cbrt": Function(np.cbrt, (lambda f, u: 1 / (3 * f.cbrt(u) ** 2),), r"\sqrt[3]{{{}}}"),
    "exp": Function(np.exp, (lambda f, u: f.exp(u),), r"\exp\left({}\right)"),
    "log": Function(np.log, (lambda f, u: 1 / u,), r"\log\left({}\right)"),
    "log2": Function(np.log2, (lambda f, u: 1 / (math.log(2) * u),), r"\log_{{2}}\left({}\right)"),
    "log10": Function(np.log10, (lambda f, u: 1 / (math.log(10) * u),), r"\log_{{10}}\left({}\right)"),
    "sin": Function(np.sin, (lambda f, u: f.cos(u),), r"\sin\left({}\right)"),
    "cos": Function(np.cos, (lambda f, u: -f.sin(u),), r"\cos\left({}\right)"),
    "tan": Function(np.tan, (lambda f, u: 1 + f.tan(u) ** 2,), r"\tan\left({}\right)"),
    "asin": Function(np.arcsin, (lambda f, u: 1 / f.sqrt((1 - u) * (1 + u)),), r"\arcsin\left({}\right)"),
    "acos": Function(np.arccos, (lambda f, u: -1 / f.sqrt((1 - u) * (1 + u)),), r"\arccos\left({}\right)"),
    "atan": Function(np.arctan, (lambda f, u: 1 / (1 + u**2),), r"\arctan\left({}\right)"),
    "atan2": Function(
        np.arctan2,
        # u² + v² would overflow where the slope does not, and at (0, 0) there is none.
        (
            lambda f, u, v: v / f.hypot(u, v) / f.hypot(u, v),
            lambda f, u, v: -(u / f.hypot(u, v) / f.hypot(u, v)),
        ),
        r"\operatorname{{atan2}}\left({}\right)",
    ),
    "sinh": Function(np.sinh, (lambda f, u: f.cosh(u),), r"\sinh\left({}\right)"),
    "cosh": Function(np.cosh, (lambda f, u: f.sinh(u),), r"\cosh\left({}\right)"),
    # 1 - tanh² and σ·(1 - σ) would lose every digit on the plateaus, where the derivative is most interesting.
    "tanh": Function(np.tanh, (lambda f, u: f.tanh_slope(u),), r"\tanh\left({}\right)"),
    "sigmoid": Function(expit, (lambda f, u: f.sigmoid(u) * f.sigmoid(-u),), r"\sigma\left({}\right)"),
    "abs": Function(np.abs, (lambda f, u: f.sign(u),), r"\left|{}\right|"),
    "sign": Function(np.sign, (lambda f, u: 0.0,), r"\operatorname{{sign}}\left({}\right)"),
    "min": Function(np.minimum, (lambda f, u, v: f.step(v - u), lambda f, u, v: f.step(u - v)), r"\min\left({}\right)"),
    "max": Function(np.maximum, (lambda f, u, v: f.step(u - v), lambda f, u, v: f.step(v - u)), r"\max\left({}\right)"),
}
"""What may be typed: name → function."""

INTERNAL: dict[str, Function] = {
    # ½ at 0, so that at a tie min and max have the mean of the slopes on both sides, as abs has.
    "step": Function(lambda u: np.heaviside(u, 0.5), (lambda f, u: 0.0,)),
    # As float, because NumPy refuses whole numbers to negative whole powers.
    "power": Function(
        lambda u, v: np.power(u, v, dtype=float),
        (lambda f, u, v: v * f.power(u, v - 1), lambda f, u, v: f.log(u) * f.power(u, v)),
    ),
    "hypot": Function(np.hypot, (lambda f, u, v: u / f.hypot(u, v), lambda f, u, v: v / f.hypot(u, v))),
    "tanh_slope": Function(lambda u: np.square(1 / np.cosh(u)), (lambda f, u: -2 * (f.tanh(u) * f.tanh_slope(u)),)),
}
"""What powers and slopes are made of; not to be typed."""

KNOWN: dict[str, Function] = {**FUNCTIONS, **INTERNAL}

FOLDING = ("min", "max")
"""Functions that take any number of arguments from two on, two at a time."""

SAME_FUNCTION = {"ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan"}
"""Other names → name in `FUNCTIONS`."""


def new_graph() -> Graph:
    """An empty graph over all functions."""
    return Graph(KNOWN)
