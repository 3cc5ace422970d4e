"""A surface from a formula that a stranger typed: checked character by character, then differentiated exactly.

The way of a text: characters → tokens → Python's `ast` → checked nodes with their cost → SymPy → NumPy code. Every
refusal happens before SymPy is imported (0.6 s) and before anything expensive is tried; what passes is small enough to
differentiate in well under a second. Nothing is ever evaluated by `eval` or parsed by `sympify`.
"""

from __future__ import annotations

import ast
import math
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, reduce
from types import SimpleNamespace
from typing import Any, NoReturn

import numpy as np
from scipy.special import expit

from optviz.bad_input import BadInput
from optviz.surface.base import Domain, Surface, check_domain

MOST_CHARACTERS = 300
MOST_NESTED = 30
MOST_LEVELS = 150
MOST_DEGREE = 100
MOST_OPERATIONS = 4000

EXAMPLE = "x**2 + 3*y**2"
CHARACTERS = "letters, digits, dot, comma, + - * / ^ ( )"


@dataclass(frozen=True)
class Elementary:
    """A function of one or two arguments.

    `value` is the NumPy function. `slopes` hold the partial derivatives as SymPy expressions, one per argument, each a
    function of (f, *arguments) where `f` has every elementary function as an attribute. `latex` is a template.
    """

    value: Callable[..., Any]
    slopes: tuple[Callable[..., Any], ...]
    latex: str


# SymPy sees each of these as an opaque function with the derivative given here. Its own versions simplify with
# assumptions, which takes unbounded time on nested abs, min and max, and changes where a loss is defined:
# sqrt(x)**2 would become x.
FUNCTIONS: dict[str, Elementary] = {
    "sqrt": Elementary(np.sqrt, (lambda f, u: 0.5 / f.sqrt(u),), r"\sqrt{{{}}}"),
    "cbrt": Elementary(np.cbrt, (lambda f, u: 1 / (3 * f.cbrt(u) ** 2),), r"\sqrt[3]{{{}}}"),
    "exp": Elementary(np.exp, (lambda f, u: f.exp(u),), r"\exp\left({}\right)"),
    "log": Elementary(np.log, (lambda f, u: 1 / u,), r"\log\left({}\right)"),
    "log2": Elementary(np.log2, (lambda f, u: 1 / (math.log(2) * u),), r"\log_{{2}}\left({}\right)"),
    "log10": Elementary(np.log10, (lambda f, u: 1 / (math.log(10) * u),), r"\log_{{10}}\left({}\right)"),
    "sin": Elementary(np.sin, (lambda f, u: f.cos(u),), r"\sin\left({}\right)"),
    "cos": Elementary(np.cos, (lambda f, u: -f.sin(u),), r"\cos\left({}\right)"),
    "tan": Elementary(np.tan, (lambda f, u: 1 + f.tan(u) ** 2,), r"\tan\left({}\right)"),
    "asin": Elementary(np.arcsin, (lambda f, u: 1 / f.sqrt(1 - u**2),), r"\arcsin\left({}\right)"),
    "acos": Elementary(np.arccos, (lambda f, u: -1 / f.sqrt(1 - u**2),), r"\arccos\left({}\right)"),
    "atan": Elementary(np.arctan, (lambda f, u: 1 / (1 + u**2),), r"\arctan\left({}\right)"),
    "atan2": Elementary(
        np.arctan2,
        (lambda f, u, v: v / (u**2 + v**2), lambda f, u, v: -u / (u**2 + v**2)),
        r"\operatorname{{atan2}}\left({}, {}\right)",
    ),
    "sinh": Elementary(np.sinh, (lambda f, u: f.cosh(u),), r"\sinh\left({}\right)"),
    "cosh": Elementary(np.cosh, (lambda f, u: f.sinh(u),), r"\cosh\left({}\right)"),
    # 1 - tanh² and σ·(1 - σ) would lose every digit on the plateaus, where the derivative is most interesting.
    "tanh": Elementary(np.tanh, (lambda f, u: 1 / f.cosh(u) ** 2,), r"\tanh\left({}\right)"),
    "sigmoid": Elementary(expit, (lambda f, u: f.sigmoid(u) * f.sigmoid(-u),), r"\sigma\left({}\right)"),
    "abs": Elementary(np.abs, (lambda f, u: f.sign(u),), r"\left|{}\right|"),
    "sign": Elementary(np.sign, (lambda f, u: 0,), r"\operatorname{{sign}}\left({}\right)"),
    "min": Elementary(
        np.minimum, (lambda f, u, v: f.step(v - u), lambda f, u, v: f.step(u - v)), r"\min\left({}, {}\right)"
    ),
    "max": Elementary(
        np.maximum, (lambda f, u, v: f.step(u - v), lambda f, u, v: f.step(v - u)), r"\max\left({}, {}\right)"
    ),
}
# Needed by derivatives and by powers that are not whole; not to be typed. The step is ½ at 0, so that at a tie min and
# max have the mean of the slopes on both sides, as abs has.
INTERNAL: dict[str, Elementary] = {
    "step": Elementary(lambda u: np.heaviside(u, 0.5), (lambda f, u: 0,), ""),
    "power": Elementary(
        np.power, (lambda f, u, v: v * f.power(u, v - 1), lambda f, u, v: f.log(u) * f.power(u, v)), ""
    ),
}
SAME_FUNCTION = {"ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan"}
FOLDING = ("min", "max")
PIECEWISE_LINEAR = ("abs", "sign", *FOLDING)
CONSTANTS = {"pi": (math.pi, r"\pi"), "e": (math.e, "e")}
VARIABLES = ("x", "y")
KNOWN = {*VARIABLES, *CONSTANTS, *FUNCTIONS, *SAME_FUNCTION}
NAMES = f"{', '.join((*VARIABLES, *CONSTANTS))}, {', '.join((*FUNCTIONS, 'ln'))}"


@dataclass(frozen=True)
class Formula(Surface):
    """A loss typed as text, such as `(1-x)^2 + 100*(y-x^2)^2`.

    text: numbers, x, y, pi, e, + - * / ** ^ and the functions of `FUNCTIONS`; at most 300 characters. Unicode signs that
    people type or paste (− × · ÷ π ² ³, full-width forms) are understood. Anything else raises BadInput with one
    sentence that names the value, its column in the text and what is allowed.

    Where the loss is finite and a derivative is not (|x| or √x at 0), that entry is 0; where the loss is not finite
    (log of a negative number), the derivatives are NaN. Loss, gradient and Hessian come from SymPy as NumPy code that
    only works on arrays, so that one point and many agree bitwise. It is compiled at the first evaluation and shared by
    all formulas of the same text.
    """

    text: str
    domain: Domain = (-2.0, 2.0, -2.0, 2.0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "domain", check_domain("domain", self.domain))
        _parse(_check_text(self.text))

    @property
    def title(self) -> str:  # type: ignore[override]
        return self.text.strip()

    @property
    def latex(self) -> str:
        """The formula in LaTeX, in the order in which it was typed (SymPy would sort the terms)."""
        return _latex(_parse(self.text).tree)[0]

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


# --- from characters to tokens -------------------------------------------------------------------------------------

SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))
# Names get spaces around them: 2π must be read as a missing sign, and not as part of another word.
SPELLINGS = {
    **dict.fromkeys("−–﹣", "-"),
    **dict.fromkeys("×·⋅∙∗✕", "*"),
    **dict.fromkeys("÷∕", "/"),
    **dict.fromkeys("\t\u00a0\u2009\u202f\u3000", " "),
    "^": "**",
    "π": " pi ",
    "√": " sqrt ",
}
PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-*/(),. ")
FULL_WIDTH = 0xFEE0
TOKEN = re.compile(r" *(?:((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|(\*\*|//|[-+*/(),.]))", re.ASCII)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    start: int


def _check_text(text: Any) -> str:
    if not isinstance(text, str):
        raise BadInput("not_readable", name="formula", value=type(text).__name__, allowed=f"text such as {EXAMPLE}")
    if len(text) > MOST_CHARACTERS:
        allowed = f"1 ≤ characters ≤ {MOST_CHARACTERS}"
        raise BadInput("too_long", name="formula", value=str(len(text)), allowed=allowed)
    if not text.strip():
        raise BadInput("formula_empty", name="formula", value=text, allowed=EXAMPLE)
    return text


def _refuse(key: str, what: str, column: int, allowed: object) -> NoReturn:
    """Raise BadInput about the part `what` of the formula at this column (from 1)."""
    shown = "".join(character if character.isprintable() else _code(character) for character in what)
    shown = shown if len(shown) <= 40 else shown[:39] + "…"
    raise BadInput(key, name=shown, value=str(column), allowed=allowed)


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"


def _plain_text(text: str) -> tuple[str, list[int]]:
    """The text in the characters of `PLAIN`, and for each of them (and the end) its column in `text`, from 1."""
    pieces: list[str] = []
    columns: list[int] = []
    raised = above = False
    stripped = text.rstrip()
    for column, typed in enumerate(stripped, start=1):
        full_width = chr(ord(typed) - FULL_WIDTH) if "\uff01" <= typed <= "\uff5e" else typed
        if typed in SUPERSCRIPTS:
            piece = SUPERSCRIPTS[typed] if raised else "**" + SUPERSCRIPTS[typed]
        elif raised and (full_width.isalnum() or full_width in "._"):
            _refuse("formula_missing_times", typed, column, CHARACTERS)
        elif above and (typed == "^" or stripped.startswith("**", column - 1)):
            # Python would read x²^3 as x^(2^3), and nobody means that.
            _refuse("formula_syntax", typed, column, EXAMPLE)
        else:
            piece = SPELLINGS.get(full_width, full_width)
        if not PLAIN.issuperset(piece):
            if typed.isspace() and not text[:column].strip():
                piece = " "
            elif typed.isascii() and typed.isprintable():
                _refuse("formula_character", typed, column, CHARACTERS)
            else:
                # Letters of other alphabets can look like x and y: say which character it is.
                shown = f"{typed} ({_code(typed)})" if typed.isprintable() else _code(typed)
                _refuse("formula_character", shown, column, CHARACTERS)
        raised = typed in SUPERSCRIPTS
        above = raised or (above and piece == " ")
        pieces.append(piece)
        columns += [column] * len(piece)
    return "".join(pieces), [*columns, len(stripped) + 1]


def _tokens(plain: str, columns: list[int]) -> Iterator[_Token]:
    position = 0
    while position < len(plain.rstrip()):
        match = TOKEN.match(plain, position)
        if match is None:
            start = position + len(plain[position:]) - len(plain[position:].lstrip())
            _refuse("formula_syntax", plain[start], columns[start], EXAMPLE)
        number, name, sign = match.groups()
        position = match.end()
        kind = "number" if number else "name" if name else sign
        text = number or name or sign
        yield _Token(kind, text, position - len(text))


def _check_tokens(plain: str, columns: list[int]) -> None:
    """Refuse, at its column, whatever Python would understand differently from how it was meant, or not at all.

    What is left for `ast.parse` is numbers, known names, brackets that match and operators: it cannot warn, and it
    cannot run out of stack.
    """
    open_brackets: list[tuple[_Token, bool]] = []
    before: _Token | None = None
    for token in _tokens(plain, columns):
        column = columns[token.start]
        after_value = before is not None and (before.kind in ("number", ")") or _is_value(before))
        after_function = before is not None and before.kind == "name" and not _is_value(before)
        if token.kind == "name" and token.text not in KNOWN:
            _refuse("formula_name", token.text, column, NAMES)
        if after_function and token.kind != "(":
            assert before is not None
            _refuse("formula_call", before.text, columns[before.start], _signature(before.text))
        if token.kind in ("number", "name", "(") and after_value:
            _refuse("formula_missing_times", token.text, column, CHARACTERS)
        if token.kind == "(":
            open_brackets.append((token, after_function))
            if len(open_brackets) > MOST_NESTED:
                _refuse("formula_depth", token.text, column, MOST_NESTED)
        elif token.kind == ")":
            if not open_brackets or not after_value:
                _refuse("formula_syntax", token.text, column, EXAMPLE)
            open_brackets.pop()
        misplaced_comma = token.kind == "," and not (open_brackets and open_brackets[-1][1] and after_value)
        misplaced_sign = token.kind in ("*", "/", "**") and not after_value
        if misplaced_comma or misplaced_sign or token.kind in (".", "//"):
            _refuse("formula_syntax", token.text, column, EXAMPLE)
        before = token
    if before is not None and before.kind == "name" and not _is_value(before):
        _refuse("formula_call", before.text, columns[before.start], _signature(before.text))
    if open_brackets:
        _refuse("formula_bracket", "(", columns[open_brackets[-1][0].start], ")")
    if before is not None and before.kind not in ("number", "name", ")"):
        _refuse("formula_syntax", before.text, columns[before.start], EXAMPLE)


def _is_value(token: _Token) -> bool:
    return token.text in VARIABLES or token.text in CONSTANTS


def _signature(name: str) -> str:
    if name in FOLDING:
        return f"{name}(x, y, …)"
    return f"{name}(y, x)" if name == "atan2" else f"{name}(x)"


# --- from tokens to checked nodes ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Node:
    """A checked operation: "number" (a folded constant), "x", "y", "+", "*", "**" (whole exponent), or a function.

    `size`, `slope` and `curvature` bound the operations of the loss, of one first and of one second derivative, without
    common subexpressions; 0 where a derivative vanishes. `degree` is the power that nested powers combine to.
    """

    kind: str
    arguments: tuple[_Node, ...] = ()
    number: float = 0.0
    size: int = 1
    slope: int = 0
    curvature: int = 0
    degree: int = 1


@dataclass(frozen=True)
class _Parsed:
    tree: ast.expr
    root: _Node


@lru_cache(maxsize=512)
def _parse(text: str) -> _Parsed:
    """The checked formula. Raises BadInput, at the latest after a few milliseconds."""
    plain, columns = _plain_text(text)
    _check_tokens(plain, columns)
    # Leading spaces would be an indentation to Python; shifting the columns keeps the positions right.
    indent = len(plain) - len(plain.lstrip())
    try:
        tree = ast.parse(plain[indent:], mode="eval").body
    except SyntaxError as error:
        start = min(max(indent + (error.offset or 1) - 1, 0), len(columns) - 1)
        _refuse("formula_syntax", plain[start:].split(" ")[0] or plain.rstrip()[-1], columns[start], EXAMPLE)
    except (ValueError, RecursionError, MemoryError):
        _refuse("formula_depth", "(", 1, MOST_NESTED)
    return _Parsed(tree, _Checker(plain[indent:], columns[indent:]).check(tree, 1))


class _Checker:
    """Turns Python's syntax tree into nodes, folds constants in float64, and bounds what differentiation will cost.

    Constants are folded here and not by SymPy, which would compute 9**9**9 exactly and exp(exp(exp(100))) in mpmath.
    """

    def __init__(self, plain: str, columns: list[int]) -> None:
        self.plain = plain
        self.columns = columns

    def check(self, tree: ast.AST, level: int) -> _Node:
        if level > MOST_LEVELS:
            self.refuse("formula_depth", tree, MOST_LEVELS)
        node = self.folded(tree, self.node(tree, level))
        if node.degree > MOST_DEGREE:
            self.refuse("formula_degree", tree, f"−{MOST_DEGREE} … {MOST_DEGREE}")
        if max(node.size, node.slope, node.curvature) > MOST_OPERATIONS:
            self.refuse("formula_operations", tree, f"{MOST_OPERATIONS:,}")
        return node

    def node(self, tree: ast.AST, level: int) -> _Node:
        match tree:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return self.number(tree, float(number))
            case ast.Name(id=name) if name in CONSTANTS:
                return _Node("number", number=CONSTANTS[name][0])
            case ast.Name(id=name) if name in VARIABLES:
                return _Node(name, slope=1)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.check(operand, level + 1)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return _product(MINUS_ONE, self.check(operand, level + 1))
            case ast.BinOp(left=left, op=operator, right=right):
                return self.operation(tree, operator, self.check(left, level + 1), self.check(right, level + 1))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self.call(tree, name, [self.check(argument, level + 1) for argument in arguments])
        self.refuse("formula_syntax", tree, EXAMPLE)

    def operation(self, tree: ast.AST, operator: ast.operator, left: _Node, right: _Node) -> _Node:
        match operator:
            case ast.Add():
                return _sum(left, right)
            case ast.Sub():
                return _sum(left, self.folded(tree, _product(MINUS_ONE, right)))
            case ast.Mult():
                return _product(left, right)
            case ast.Div() if right.kind == "number":
                with np.errstate(all="ignore"):
                    folded = float(np.float64(left.number if left.kind == "number" else 1.0) / right.number)
                quotient = self.number(tree, folded)
                return quotient if left.kind == "number" else _product(left, quotient)
            case ast.Div():
                return _product(left, _whole_power(right, -1))
            case ast.Pow():
                return self.power(tree, left, right)
        self.refuse("formula_syntax", tree, EXAMPLE)

    def power(self, tree: ast.AST, base: _Node, exponent: _Node) -> _Node:
        if exponent.kind == "number" and base.kind != "number":
            if not abs(exponent.number) <= MOST_DEGREE:
                self.refuse("formula_degree", tree, f"−{MOST_DEGREE} … {MOST_DEGREE}")
            if exponent.number == 0.5:
                return _call("sqrt", base)
            if exponent.number.is_integer():
                return _whole_power(base, int(exponent.number))
        if base.kind == "number" and exponent.kind != "number":
            if base.number <= 0:
                self.refuse("formula_base", tree, "0 < base")
            if base.number == math.e:
                return _call("exp", exponent)
        return _call("power", base, exponent)

    def call(self, tree: ast.AST, name: str, arguments: list[_Node]) -> _Node:
        name = SAME_FUNCTION.get(name, name)
        if len(arguments) != len(FUNCTIONS[name].slopes) and not (name in FOLDING and len(arguments) > 2):
            self.refuse("formula_arguments", tree, _signature(name))
        if name not in FOLDING:
            return _call(name, *arguments)
        return reduce(lambda first, second: self.folded(tree, _call(name, first, second)), arguments)

    def folded(self, tree: ast.AST, node: _Node) -> _Node:
        """The node, or the number that it is when all its arguments are numbers."""
        if not node.arguments or any(argument.kind != "number" for argument in node.arguments):
            return node
        values = [np.float64(argument.number) for argument in node.arguments]
        with np.errstate(all="ignore"):
            if node.kind == "+":
                result = values[0] + values[1]
            elif node.kind == "*":
                result = values[0] * values[1]
            else:
                result = {**FUNCTIONS, **INTERNAL}[node.kind].value(*values)
        return self.number(tree, float(result))

    def number(self, tree: ast.AST, number: float) -> _Node:
        if not math.isfinite(number):
            self.refuse("formula_constant", tree, "−1.8e308 … 1.8e308")
        return _Node("number", number=number)

    def refuse(self, key: str, tree: ast.AST, allowed: object) -> NoReturn:
        start, end = getattr(tree, "col_offset", 0), getattr(tree, "end_col_offset", len(self.plain))
        _refuse(key, self.plain[start:end], self.columns[start], allowed)


MINUS_ONE = _Node("number", number=-1.0)


def _sum(left: _Node, right: _Node) -> _Node:
    return _Node(
        "+",
        (left, right),
        size=left.size + right.size + 1,
        slope=_terms(left.slope, right.slope),
        curvature=_terms(left.curvature, right.curvature),
        degree=max(left.degree, right.degree),
    )


def _product(left: _Node, right: _Node) -> _Node:
    twice = _times(left.slope, right.slope)
    return _Node(
        "*",
        (left, right),
        size=left.size + right.size + 1,
        slope=_terms(_times(left.slope, right.size), _times(left.size, right.slope)),
        curvature=_terms(_times(left.curvature, right.size), twice, twice, _times(left.size, right.curvature)),
        degree=sum(factor.degree for factor in (left, right) if factor.kind != "number"),
    )


def _whole_power(base: _Node, exponent: int) -> _Node:
    first = base.size + 2
    return _Node(
        "**",
        (base,),
        number=float(exponent),
        size=base.size + 1,
        slope=_times(first, base.slope),
        curvature=_terms(_times(first, _times(base.slope, base.slope)), _times(first, base.curvature)),
        degree=base.degree * abs(exponent),
    )


def _call(name: str, *arguments: _Node) -> _Node:
    # The derivative of a function repeats its arguments once or twice, the second derivative twice as often.
    size = sum(argument.size for argument in arguments) + 1
    slope = _terms(*(_times(2 * size, argument.slope) for argument in arguments))
    bends = [] if name in PIECEWISE_LINEAR else [(left, right) for left in arguments for right in arguments]
    curvature = _terms(
        *(_times(2 * size, argument.curvature) for argument in arguments),
        *(_times(4 * size, _times(left.slope, right.slope)) for left, right in bends),
    )
    return _Node(name, arguments, size=size, slope=slope, curvature=curvature)


def _terms(*sizes: int) -> int:
    there = [size for size in sizes if size]
    return sum(there) + len(there) - 1 if there else 0


def _times(left: int, right: int) -> int:
    return left + right + 1 if left and right else 0


# --- from nodes to SymPy to NumPy code -----------------------------------------------------------------------------

COMPILING = threading.Lock()


@lru_cache(maxsize=512)
def _compiled(text: str, order: int) -> Callable[[np.ndarray, np.ndarray], list[Any]]:
    """NumPy code (x, y) → [loss, derivatives of this order …], with common subexpressions computed once."""
    with COMPILING:
        import sympy

        functions, printer = _sympy_functions()
        loss = _expression(_parse(text).root, functions)
        x, y = functions.x, functions.y
        slopes = [loss.diff(x), loss.diff(y)]
        if order == 2:
            shared, wanted = sympy.cse([loss, slopes[0].diff(x), slopes[0].diff(y), slopes[1].diff(y)], list=False)
        else:
            shared, wanted = sympy.cse([loss, *slopes], list=False)
        if order == 0:
            # The loss alone is cut out of the code for loss and gradient, so that both give the same bits.
            wanted = wanted[:1]
            shared = _needed(shared, wanted[0])
        names: dict[str, Any] = {name: known.value for name, known in {**FUNCTIONS, **INTERNAL}.items()}
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
    """The base to a whole power > 0, by repeated multiplication: np.power is ten times slower and differs by platform."""
    result = None
    while exponent:
        if exponent & 1:
            result = base if result is None else result * base
        exponent >>= 1
        base = base * base if exponent else base
    return result


def _expression(node: _Node, functions: SimpleNamespace) -> Any:
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
            if cls.__name__ == "power" and arguments[1].is_Float:
                exponent = float(arguments[1])
                if exponent.is_integer():
                    return arguments[0] ** int(exponent)
                return functions.sqrt(arguments[0]) if exponent == 0.5 else None
            return None

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

    for name, known in {**FUNCTIONS, **INTERNAL}.items():
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


# --- from the syntax tree to LaTeX ---------------------------------------------------------------------------------

SUM, PRODUCT, TIGHT, ATOM = range(4)


def _latex(tree: ast.AST) -> tuple[str, int]:
    """LaTeX of a checked syntax tree, and how tightly its outermost operation binds."""
    match tree:
        case ast.Constant(value=int() | float() as number):
            return _number_latex(number)
        case ast.Name(id=name):
            return (CONSTANTS[name][1] if name in CONSTANTS else name), ATOM
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return "-" + _bracketed(operand, PRODUCT), SUM
        case ast.UnaryOp(operand=operand):
            return _latex(operand)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return f"{_latex(left)[0]} + {_bracketed(right, SUM)}", SUM
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return f"{_latex(left)[0]} - {_bracketed(right, PRODUCT)}", SUM
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            first, second = _factor(left), _bracketed(right, PRODUCT)
            return f"{first} {second}" if not second[0].isdigit() else rf"{first} \cdot {second}", PRODUCT
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return rf"\frac{{{_latex(left)[0]}}}{{{_latex(right)[0]}}}", TIGHT
        case ast.BinOp(left=left, right=right):
            return f"{_bracketed(left, ATOM)}^{{{_latex(right)[0]}}}", TIGHT
        case ast.Call(func=ast.Name(id=name), args=arguments):
            name = SAME_FUNCTION.get(name, name)
            if name in FOLDING:
                return rf"\{name}\left({', '.join(_latex(argument)[0] for argument in arguments)}\right)", TIGHT
            shown = FUNCTIONS[name].latex.format(*(_latex(argument)[0] for argument in arguments))
            return shown, ATOM if name in ("abs", "sqrt", "cbrt") else TIGHT
    raise TypeError(f"not a checked formula: {tree!r}")


def _factor(tree: ast.AST) -> str:
    # A leading minus needs no brackets on the left of a product: -2 x is both (-2)·x and -(2·x).
    match tree:
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return "-" + _bracketed(operand, TIGHT)
    return _bracketed(tree, PRODUCT)


def _bracketed(tree: ast.AST, least: int) -> str:
    shown, binding = _latex(tree)
    return rf"\left({shown}\right)" if binding < least or (shown.startswith("-") and binding < ATOM) else shown


def _number_latex(number: float) -> tuple[str, int]:
    shown = str(number) if isinstance(number, int) else repr(number).removesuffix(".0")
    mantissa, exponent_sign, exponent = shown.partition("e")
    if not exponent_sign:
        return shown, ATOM
    power = f"10^{{{int(exponent)}}}"
    return (power if mantissa == "1" else rf"{mantissa} \cdot {power}"), PRODUCT
