"""The functions of the language: one table, name → value, slopes and LaTeX.

A new function is one row here, and one in `TORCH_FUNCTIONS` of `optviz.export.pytorch.formulas`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import erf, expit, xlogy

from optviz.formula.nodes import Function, Graph, Node

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
    "asinh": Function(np.arcsinh, (lambda f, u: 1 / f.hypot(u, 1),), r"\operatorname{{arsinh}}\left({}\right)"),
    "acosh": Function(
        np.arccosh, (lambda f, u: 1 / (f.sqrt(u - 1) * f.sqrt(u + 1)),), r"\operatorname{{arcosh}}\left({}\right)"
    ),
    "atanh": Function(np.arctanh, (lambda f, u: 1 / ((1 - u) * (1 + u)),), r"\operatorname{{artanh}}\left({}\right)"),
    # 1 - tanh² and σ·(1 - σ) would lose every digit on the plateaus, where the derivative is most interesting.
    "tanh": Function(np.tanh, (lambda f, u: f.tanh_slope(u),), r"\tanh\left({}\right)"),
    "sigmoid": Function(expit, (lambda f, u: f.sigmoid_slope(u),), r"\sigma\left({}\right)"),
    "abs": Function(np.abs, (lambda f, u: f.sign(u),), r"\left|{}\right|"),
    "sign": Function(np.sign, (lambda f, u: 0.0,), r"\operatorname{{sign}}\left({}\right)"),
    "floor": Function(np.floor, (lambda f, u: 0.0,), r"\left\lfloor {} \right\rfloor"),
    "ceil": Function(np.ceil, (lambda f, u: 0.0,), r"\left\lceil {} \right\rceil"),
    "round": Function(np.rint, (lambda f, u: 0.0,), r"\operatorname{{round}}\left({}\right)"),
    # ½ at 0, so that at a tie min and max have the mean of the slopes on both sides, as abs has.
    "heaviside": Function(
        lambda u: np.heaviside(u, 0.5), (lambda f, u: 0.0,), r"\operatorname{{heaviside}}\left({}\right)"
    ),
    "erf": Function(
        erf, (lambda f, u: 2 / math.sqrt(math.pi) * f.exp(-(u**2)),), r"\operatorname{{erf}}\left({}\right)"
    ),
    "softplus": Function(
        lambda u: np.logaddexp(0, u), (lambda f, u: f.sigmoid(u),), r"\operatorname{{softplus}}\left({}\right)"
    ),
    "log1p": Function(np.log1p, (lambda f, u: 1 / (1 + u),), r"\operatorname{{log1p}}\left({}\right)"),
    "expm1": Function(np.expm1, (lambda f, u: f.exp(u),), r"\operatorname{{expm1}}\left({}\right)"),
    "hypot": Function(
        np.hypot,
        (lambda f, u, v: u / f.hypot(u, v), lambda f, u, v: v / f.hypot(u, v)),
        r"\operatorname{{hypot}}\left({}\right)",
    ),
    "mod": Function(
        np.mod, (lambda f, u, v: 1.0, lambda f, u, v: -f.floor(u / v)), r"\operatorname{{mod}}\left({}\right)"
    ),
    "min": Function(
        np.minimum, (lambda f, u, v: f.heaviside(v - u), lambda f, u, v: f.heaviside(u - v)), r"\min\left({}\right)"
    ),
    "max": Function(
        np.maximum, (lambda f, u, v: f.heaviside(u - v), lambda f, u, v: f.heaviside(v - u)), r"\max\left({}\right)"
    ),
}
"""What may be typed: name → function."""

INTERNAL: dict[str, Function] = {
    # As float, because NumPy refuses whole numbers to negative whole powers.
    "power": Function(
        lambda u, v: np.power(u, v, dtype=float),
        (lambda f, u, v: v * f.power(u, v - 1), lambda f, u, v: f.log(u) * f.power(u, v)),
    ),
    "logaddexp": Function(np.logaddexp, (lambda f, u, v: f.sigmoid(u - v), lambda f, u, v: f.sigmoid(v - u))),
    "log_cosh": Function(
        lambda u: np.where(np.abs(u) < 1, np.log1p(2 * np.square(np.sinh(u / 2))), np.logaddexp(u, -u) - math.log(2)),
        (lambda f, u: f.tanh(u),),
    ),
    # u·log(u), with its limit 0 at 0.
    "x_log_x": Function(lambda u: xlogy(u, u), (lambda f, u: f.log(u) + 1,)),
    "sigmoid_slope": Function(lambda u: expit(u) * expit(-u), (lambda f, u: -(f.tanh(u / 2) * f.sigmoid_slope(u)),)),
    "tanh_slope": Function(lambda u: np.square(1 / np.cosh(u)), (lambda f, u: -2 * (f.tanh(u) * f.tanh_slope(u)),)),
}
"""What powers, slopes and `meaning` are made of; not to be typed."""

KNOWN: dict[str, Function] = {**FUNCTIONS, **INTERNAL}

FOLDING = ("min", "max")
"""Functions that take any number of arguments from two on, two at a time."""


@dataclass(frozen=True)
class Written:
    """A function that is written by others: how many arguments it has, LaTeX, and (graph, *arguments) → node."""

    arguments: int
    latex: str
    meaning: Callable[..., Node]


WRITTEN: dict[str, Written] = {
    "relu": Written(1, r"\operatorname{{ReLU}}\left({}\right)", lambda f, u: f.max(u, 0.0)),
    "clip": Written(3, r"\operatorname{{clip}}\left({}\right)", lambda f, u, low, high: f.min(f.max(u, low), high)),
    "sec": Written(1, r"\sec\left({}\right)", lambda f, u: f.typed("/", f.number(1.0), f.cos(u))),
    "csc": Written(1, r"\csc\left({}\right)", lambda f, u: f.typed("/", f.number(1.0), f.sin(u))),
    "cot": Written(1, r"\cot\left({}\right)", lambda f, u: f.typed("/", f.number(1.0), f.tan(u))),
    # A power is what ^ makes of it, in `meaning`, and shown as such.
    "pow": Written(2, "", lambda f, u, v: f.power(u, v)),
}
"""What may be typed besides: name → how it is written."""

CONSTANTS: dict[str, tuple[float, str]] = {"pi": (math.pi, r"\pi"), "e": (math.e, "e")}
"""Name → number and LaTeX."""

SAME_FUNCTION: dict[str, str] = {
    "ln": "log",
    "lg": "log10",
    "tg": "tan",
    "ctg": "cot",
    "fabs": "abs",
    "absolute": "abs",
    "sgn": "sign",
    "logistic": "sigmoid",
    "expit": "sigmoid",
    "power": "pow",
    "minimum": "min",
    "maximum": "max",
    "remainder": "mod",
    "rint": "round",
    "ceiling": "ceil",
    **{f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan", "tan2", "sinh", "cosh", "tanh")},
    **{f"ar{name}": f"a{name}" for name in ("sinh", "cosh", "tanh")},
    "arctg": "atan",
}
"""Other names → name in `FUNCTIONS` or `WRITTEN`."""


def new_graph(variables: tuple[str, ...] = ("x", "y")) -> Graph:
    """An empty graph over all functions."""
    return Graph(KNOWN, variables)
