"""A surface from a formula: its text is checked by `formula_text`, then differentiated exactly.

The way of a loss: checked nodes → SymPy, for the derivatives → NumPy code. SymPy (0.6 s) is imported at the first
evaluation; whatever must be refused has been refused before.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import numpy as np

from optviz.surface.base import Domain, Surface, check_domain
from optviz.surface.formula_text import ELEMENTARY, Elementary, Node, latex, operations, parse


@dataclass(frozen=True)
class Formula(Surface):
    """A loss typed as text, such as `(1-x)^2 + 100*(y-x^2)^2`.

    text: numbers, x, y, pi, e, + - * / ** ^ and the functions of `formula_text.FUNCTIONS`; at most 300 characters.
    Unicode signs that people type or paste (− × · ÷ π ² ³, full-width forms) are understood. Anything else raises
    BadInput with one sentence that names the value, its column in the text and what is allowed.

    Where the loss is finite and a derivative is not (|x| or √x at 0), that entry is 0; where the loss is not finite
    (log of a negative number), the derivatives are NaN. Loss, gradient and Hessian come from SymPy as NumPy code that
    only works on arrays, so that one point and many agree bitwise. It is compiled at the first evaluation and shared by
    all formulas of the same text.
    """

    text: str
    domain: Domain = (-2.0, 2.0, -2.0, 2.0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "domain", check_domain("domain", self.domain))
        parse(self.text)

    @property
    def title(self) -> str:  # type: ignore[override]
        return self.text.strip()

    @property
    def call_cost(self) -> float:  # type: ignore[override]
        return 0.4 + 0.05 * operations(self.text)

    def numbers_per_point(self, samples: int | None = None) -> int:
        return 16 + operations(self.text)

    @property
    def latex(self) -> str:
        """The formula in LaTeX, in the order in which it was typed."""
        return latex(self.text)

    def loss(self, point: np.ndarray) -> np.ndarray:
        return _evaluate(self.text, 0, point)[0]

    def gradient(self, point: np.ndarray) -> np.ndarray:
        return self.loss_and_gradient(point)[1]

    def loss_and_gradient(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return _evaluate(self.text, 1, point)

    def hessian(self, point: np.ndarray) -> np.ndarray:
        second = _evaluate(self.text, 2, point)[1]
        return second.take((0, 1, 1, 2), axis=-1).reshape((*second.shape[:-1], 2, 2))


def _evaluate(text: str, order: int, point: Any) -> tuple[np.ndarray, np.ndarray]:
    """Loss (...) and its `order + 1` different derivatives of that order (..., order + 1), made finite at kinks."""
    point = np.asarray(point, dtype=float)
    leading = point.shape[:-1]
    # At least one axis and no strides: NumPy's scalar arithmetic may round differently from its array loops.
    x = np.array(point[..., 0], ndmin=1)
    y = np.array(point[..., 1], ndmin=1)
    loss = np.empty(x.shape)
    derivatives = np.empty((*x.shape, order + 1 if order else 0))
    with np.errstate(all="ignore"):
        values = _compiled(text, order)(x, y)
        loss[...] = values[0]
        for index in range(1, len(values)):
            derivatives[..., index - 1] = values[index]
        if order and not math.isfinite(np.add.reduce(derivatives, axis=None) + np.add.reduce(loss, axis=None)):
            derivatives[~np.isfinite(derivatives)] = 0.0
            derivatives[~np.isfinite(loss)] = np.nan
    return loss.reshape(leading), derivatives.reshape((*leading, derivatives.shape[-1]))


# --- from nodes to SymPy to NumPy code -----------------------------------------------------------------------------

COMPILING = threading.Lock()


@lru_cache(maxsize=512)
def _compiled(text: str, order: int) -> Callable[[np.ndarray, np.ndarray], list[Any]]:
    """NumPy code (x, y) → [loss, derivatives of this order …], with common subexpressions computed once."""
    with COMPILING:
        import sympy

        functions, printer = _sympy_functions()
        loss = _expression(parse(text).root, functions)
        x, y = functions.x, functions.y
        derivatives = [loss.diff(x), loss.diff(y)]
        if order == 2:
            along_x, along_y = derivatives
            derivatives = [along_x.diff(x), along_x.diff(y), along_y.diff(y)]
        shared, wanted = sympy.cse([loss, *derivatives])
        if order == 0:
            # The loss alone is cut out of the code for loss and gradient, so that both give the same bits.
            wanted = wanted[:1]
            shared = _needed(shared, wanted[0])
        names: dict[str, Any] = {name: known.value for name, known in ELEMENTARY.items()}
        names |= {"square": np.square, "whole_power": _multiplied, "nan": math.nan, "inf": math.inf}
        return sympy.lambdify(
            (x, y), wanted, modules=[names], printer=printer, cse=lambda _: (shared, wanted), docstring_limit=0
        )


def _needed(shared: list[tuple[Any, Any]], wanted: Any) -> list[tuple[Any, Any]]:
    """Those of the shared subexpressions, in order, that the wanted expression is made of."""
    used = set(wanted.free_symbols)
    kept = []
    for name, expression in reversed(shared):
        if name in used:
            used |= expression.free_symbols
            kept.append((name, expression))
    return kept[::-1]


def _multiplied(base: Any, exponent: int) -> Any:
    """The base to a whole power > 0, by multiplication: np.power is ten times slower and differs by platform."""
    result = None
    while exponent:
        if exponent & 1:
            result = base if result is None else result * base
        exponent >>= 1
        base = base * base if exponent else base
    return result


def _expression(node: Node, functions: SimpleNamespace) -> Any:
    match node.kind:
        case "number":
            # An exact -1 keeps differences differences; as a Float it would be one more multiplication each.
            return functions.minus_one if node.number == -1 else functions.Float(node.number)
        case "x" | "y":
            return getattr(functions, node.kind)
    arguments = [_expression(argument, functions) for argument in node.arguments]
    match node.kind:
        case "+":
            return arguments[0] + arguments[1]
        case "*":
            return arguments[0] * arguments[1]
        case "**":
            return arguments[0] ** int(node.number)
    return getattr(functions, node.kind)(*arguments)


@lru_cache(maxsize=1)
def _sympy_functions() -> tuple[SimpleNamespace, Any]:
    """x, y, Float and every elementary function as SymPy objects, and the printer of NumPy code.

    Made once, at the first evaluation, because importing SymPy takes 0.6 s and the default surface does not need it.
    """
    import sympy
    from sympy.printing.pycode import PythonCodePrinter

    x, y = sympy.symbols("x y", real=True)
    functions = SimpleNamespace(x=x, y=y, Float=sympy.Float, minus_one=sympy.Integer(-1))

    class Opaque(sympy.Function):
        """A function that SymPy differentiates by our table and otherwise leaves alone."""

        known: Elementary
        is_extended_real = True

        @classmethod
        def eval(cls, *arguments: Any) -> Any:
            if all(argument.is_Float or argument.is_Integer for argument in arguments):
                with np.errstate(all="ignore"):
                    value = float(cls.known.value(*(float(argument) for argument in arguments)))
                return sympy.Float(value) if math.isfinite(value) else None
            # Other powers stay opaque: SymPy would write out all the digits of (x + x)**max(1e9, x - x).
            half = cls.__name__ == "power" and arguments[1] == 0.5
            return functions.sqrt(arguments[0]) if half else None

        @classmethod
        def _should_evalf(cls, argument: Any) -> int:
            # Otherwise SymPy would look for a function of the same name in mpmath: acos(2.0) would be complex.
            return -1

        def _eval_evalf(self, digits: int) -> None:
            return None

        def _eval_derivative(self, variable: Any) -> Any:
            total = sympy.Integer(0)
            for slope, argument in zip(self.known.slopes, self.args, strict=True):
                outer = sympy.sympify(slope(functions, *self.args))
                # SymPy would differentiate the argument first, at length under nested min and max, and then drop it.
                total += 0 if outer == 0 else outer * argument.diff(variable)
            return total

        def _pythoncode(self, printer: Any) -> str:
            return f"{type(self).__name__}({', '.join(printer._print(argument) for argument in self.args)})"

    for name, known in ELEMENTARY.items():
        setattr(functions, name, type(name, (Opaque,), {"known": known, "nargs": len(known.slopes)}))

    class Code(PythonCodePrinter):
        """Floats with all their digits (SymPy prints 15), whole powers by multiplication, no integers beyond 2⁵³."""

        def _print_Float(self, number: Any) -> str:
            return repr(float(number))

        def _print_Integer(self, number: Any) -> str:
            return str(number.p) if abs(number.p) <= 2**53 else repr(float(sympy.Float(number)))

        def _print_Rational(self, number: Any) -> str:
            return f"({self._print_Integer(sympy.Integer(number.p))}/{self._print_Integer(sympy.Integer(number.q))})"

        def _print_Pow(self, power: Any, rational: bool = False) -> str:
            base, exponent = self._print(power.base), int(power.exp)
            if exponent == 2:
                return f"square({base})"
            if exponent > 0:
                return f"whole_power({base}, {exponent})"
            return f"(1/({base}))" if exponent == -1 else f"(1/whole_power({base}, {-exponent}))"

        def _print_NaN(self, number: Any) -> str:
            return "nan"

        _print_ComplexInfinity = _print_NaN

    printer = Code({"fully_qualified_modules": False, "inline": True, "allow_unknown_functions": True})
    return functions, printer
