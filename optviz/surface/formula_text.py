"""The text of a formula that a stranger typed: checked character by character, read as a tree, shown as LaTeX.

The way of a text: characters → tokens → Python's `ast` → checked nodes with their cost, or one sentence that says what
is wrong at which column. Nothing is ever evaluated by `eval` or parsed by `sympify`. What passes is small enough to
differentiate in well under a second.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Any, NoReturn

import numpy as np
from scipy.special import expit

from optviz.bad_input import BadInput

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
    function of (f, *arguments) where `f` has every elementary function as an attribute. `latex` is a template for the
    arguments, joined by commas.
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
        r"\operatorname{{atan2}}\left({}\right)",
    ),
    "sinh": Elementary(np.sinh, (lambda f, u: f.cosh(u),), r"\sinh\left({}\right)"),
    "cosh": Elementary(np.cosh, (lambda f, u: f.sinh(u),), r"\cosh\left({}\right)"),
    # 1 - tanh² and σ·(1 - σ) would lose every digit on the plateaus, where the derivative is most interesting.
    "tanh": Elementary(np.tanh, (lambda f, u: 1 / f.cosh(u) ** 2,), r"\tanh\left({}\right)"),
    "sigmoid": Elementary(expit, (lambda f, u: f.sigmoid(u) * f.sigmoid(-u),), r"\sigma\left({}\right)"),
    "abs": Elementary(np.abs, (lambda f, u: f.sign(u),), r"\left|{}\right|"),
    "sign": Elementary(np.sign, (lambda f, u: 0,), r"\operatorname{{sign}}\left({}\right)"),
    "min": Elementary(
        np.minimum, (lambda f, u, v: f.step(v - u), lambda f, u, v: f.step(u - v)), r"\min\left({}\right)"
    ),
    "max": Elementary(
        np.maximum, (lambda f, u, v: f.step(u - v), lambda f, u, v: f.step(v - u)), r"\max\left({}\right)"
    ),
}
# With two more, needed by derivatives and by powers that are not whole; not to be typed. The step is ½ at 0, so that at
# a tie min and max have the mean of the slopes on both sides, as abs has.
ELEMENTARY: dict[str, Elementary] = {
    **FUNCTIONS,
    "step": Elementary(lambda u: np.heaviside(u, 0.5), (lambda f, u: 0,), ""),
    # As float, because NumPy refuses whole numbers to negative whole powers, and SymPy may find a 0 to the power -2.
    "power": Elementary(
        lambda u, v: np.power(u, v, dtype=float),
        (lambda f, u, v: v * f.power(u, v - 1), lambda f, u, v: f.log(u) * f.power(u, v)),
        "",
    ),
}
SAME_FUNCTION = {"ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan"}
FOLDING = ("min", "max")
PIECEWISE_LINEAR = ("abs", "sign", *FOLDING)
CONSTANTS = {"pi": (math.pi, r"\pi"), "e": (math.e, "e")}
VARIABLES = ("x", "y")
NAMES = f"{', '.join((*VARIABLES, *CONSTANTS))}, {', '.join((*FUNCTIONS, 'ln'))}"


@dataclass(frozen=True)
class Node:
    """A checked operation: "number" (a folded constant), "x", "y", "+", "*", "**" (whole exponent), or a function.

    `size`, `slope` and `curvature` bound the operations of the loss, of one first and of one second derivative, without
    common subexpressions; 0 where a derivative vanishes. `degree` is the power that nested powers combine to.
    """

    kind: str
    arguments: tuple[Node, ...] = ()
    number: float = 0.0
    size: int = 1
    slope: int = 0
    curvature: int = 0
    degree: int = 1


@dataclass(frozen=True)
class Parsed:
    """A checked formula: as typed, and as what it computes."""

    tree: ast.expr
    root: Node


@lru_cache(maxsize=512)
def operations(text: str) -> int:
    """How many different operations the formula is made of: what it repeats is computed once.

    Raises BadInput as `parse` does.
    """
    known: dict[tuple[object, ...], int] = {}

    def place(node: Node) -> int:
        key = (node.kind, node.number, *map(place, node.arguments))
        return known.setdefault(key, len(known))

    place(parse(text).root)
    return len(known)


def parse(text: Any) -> Parsed:
    """The checked formula. Raises BadInput, at the latest after a few milliseconds."""
    if not isinstance(text, str):
        raise BadInput("not_readable", name="formula", value=type(text).__name__, allowed=f"text such as {EXAMPLE}")
    if len(text) > MOST_CHARACTERS:
        allowed = f"1 ≤ characters ≤ {MOST_CHARACTERS}"
        raise BadInput("too_long", name="formula", value=str(len(text)), allowed=allowed)
    if not text.strip():
        raise BadInput("formula_empty", name="formula", value=text, allowed=EXAMPLE)
    return _parse(text)


@lru_cache(maxsize=512)
def _parse(text: str) -> Parsed:
    plain, columns = _plain_text(text)
    _check_tokens(plain, columns)
    try:
        tree = ast.parse(plain, mode="eval").body
    except SyntaxError as error:  # a number such as 007 is all that is left to complain about
        start = (error.offset or 1) - 1
        _refuse("formula_syntax", plain[start:].split(" ")[0], columns[start], EXAMPLE)
    return Parsed(tree, _Checker(plain, columns).check(tree, 1))


def _refuse(key: str, what: str, column: int, allowed: object) -> NoReturn:
    """Raise BadInput about the part `what` of the formula at this column (from 1)."""
    shown = "".join(character if character.isprintable() else _code(character) for character in what)
    shown = shown if len(shown) <= 40 else shown[:39] + "…"
    raise BadInput(key, name=shown, value=str(column), allowed=allowed)


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"


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
TOKEN = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<sign>\*\*|//|[-+*/(),.])", re.ASCII
)


@dataclass(frozen=True)
class _Token:
    """`kind` is "value" (a number, a variable or a constant), "function", "unknown" (a name), or the sign itself."""

    kind: str
    text: str
    start: int


def _plain_text(text: str) -> tuple[str, list[int]]:
    """The text in the characters of `PLAIN`, without spaces in front, and the column in `text` of each, from 1."""
    pieces: list[str] = []
    columns: list[int] = []
    raised = above = False
    for column, typed in enumerate(text.strip(), start=len(text) - len(text.lstrip()) + 1):
        full_width = chr(ord(typed) - FULL_WIDTH) if "\uff01" <= typed <= "\uff5e" else typed
        if typed in SUPERSCRIPTS:
            piece = SUPERSCRIPTS[typed] if raised else "**" + SUPERSCRIPTS[typed]
        elif raised and (full_width.isalnum() or full_width in "._"):
            _refuse("formula_missing_times", typed, column, CHARACTERS)
        elif above and (typed == "^" or text.startswith("**", column - 1)):
            # Python would read x²^3 as x^(2^3), and nobody means that.
            _refuse("formula_syntax", typed, column, EXAMPLE)
        else:
            piece = SPELLINGS.get(full_width, full_width)
        if not PLAIN.issuperset(piece):
            if typed.isascii() and typed.isprintable():
                _refuse("formula_character", typed, column, CHARACTERS)
            # Letters of other alphabets can look like x and y: say which character it is.
            shown = f"{typed} ({_code(typed)})" if typed.isprintable() else _code(typed)
            _refuse("formula_character", shown, column, CHARACTERS)
        raised = typed in SUPERSCRIPTS
        above = raised or (above and piece == " ")
        pieces.append(piece)
        columns += [column] * len(piece)
    plain = "".join(pieces)
    # Python would take a space in front (of π, say) for an indentation.
    indent = len(plain) - len(plain.lstrip())
    return plain[indent:], columns[indent:]


def _tokens(plain: str) -> Iterator[_Token]:
    # Each character of PLAIN but the space begins some token, so that only spaces are skipped.
    for match in TOKEN.finditer(plain):
        text = match.group()
        if match["number"] or text in VARIABLES or text in CONSTANTS:
            kind = "value"
        elif match["name"]:
            kind = "function" if text in FUNCTIONS or text in SAME_FUNCTION else "unknown"
        else:
            kind = text
        yield _Token(kind, text, match.start())


def _check_tokens(plain: str, columns: list[int]) -> None:
    """Refuse, at its column, whatever Python would understand differently from how it was meant, or not at all.

    What is left for `ast.parse` is numbers, known names, brackets that match and operators: it cannot warn, and it
    cannot run out of stack.
    """
    open_brackets: list[tuple[_Token, bool]] = []
    before = _Token("start", "", 0)
    for token in _tokens(plain):
        column = columns[token.start]
        after_value = before.kind in ("value", ")")
        after_function = before.kind == "function"
        if token.kind == "unknown":
            _refuse("formula_name", token.text, column, NAMES)
        if after_function and token.kind != "(":
            _refuse("formula_call", before.text, columns[before.start], _signature(before.text))
        if token.kind in ("value", "function", "(") and after_value:
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
    if before.kind == "function":
        _refuse("formula_call", before.text, columns[before.start], _signature(before.text))
    if open_brackets:
        _refuse("formula_bracket", "(", columns[open_brackets[-1][0].start], ")")
    if before.kind not in ("value", ")"):
        _refuse("formula_syntax", before.text, columns[before.start], EXAMPLE)


def _signature(name: str) -> str:
    if name in FOLDING:
        return f"{name}(x, y, …)"
    return f"{name}(y, x)" if name == "atan2" else f"{name}(x)"


# --- from tokens to checked nodes ----------------------------------------------------------------------------------

MINUS_ONE = Node("number", number=-1.0, degree=0)


class _Checker:
    """Turns Python's syntax tree into nodes, folds constants in float64, and bounds what differentiation will cost.

    Constants are folded here and not by SymPy, which would compute 9**9**9 exactly and exp(exp(exp(100))) in mpmath.
    """

    def __init__(self, plain: str, columns: list[int]) -> None:
        self.plain = plain
        self.columns = columns

    def check(self, tree: ast.expr, level: int) -> Node:
        if level > MOST_LEVELS:
            self.refuse("formula_depth", tree, MOST_LEVELS)
        node = self.folded(tree, self.node(tree, level))
        if node.degree > MOST_DEGREE:
            self.refuse("formula_degree", tree, f"−{MOST_DEGREE} … {MOST_DEGREE}")
        if max(node.size, node.slope, node.curvature) > MOST_OPERATIONS:
            self.refuse("formula_operations", tree, f"{MOST_OPERATIONS:,}")
        return node

    def node(self, tree: ast.expr, level: int) -> Node:
        match tree:
            case ast.Constant(value=int() | float() as number):
                return self.number(tree, float(number))
            case ast.Name(id=name) if name in CONSTANTS:
                return self.number(tree, CONSTANTS[name][0])
            case ast.Name(id=name) if name in VARIABLES:
                return Node(name, slope=1)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.check(operand, level + 1)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return _product(MINUS_ONE, self.check(operand, level + 1))
            case ast.BinOp(left=left, op=operator, right=right):
                return self.operation(tree, operator, self.check(left, level + 1), self.check(right, level + 1))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self.call(tree, name, [self.check(argument, level + 1) for argument in arguments])
        self.refuse("formula_syntax", tree, EXAMPLE)

    def operation(self, tree: ast.expr, operator: ast.operator, left: Node, right: Node) -> Node:
        match operator:
            case ast.Add():
                return _sum(left, right)
            case ast.Sub():
                return _sum(left, self.folded(tree, _product(MINUS_ONE, right)))
            case ast.Mult():
                return _product(left, right)
            case ast.Div() if right.kind == "number":
                numerator = left.number if left.kind == "number" else 1.0
                with np.errstate(all="ignore"):
                    quotient = self.number(tree, float(np.float64(numerator) / right.number))
                return quotient if left.kind == "number" else _product(left, quotient)
            case ast.Div():
                return _product(left, _whole_power(right, -1))
            case ast.Pow():
                return self.power(tree, left, right)
        self.refuse("formula_syntax", tree, EXAMPLE)

    def power(self, tree: ast.expr, base: Node, exponent: Node) -> Node:
        if exponent.kind == "number" and base.kind != "number":
            if not abs(exponent.number) <= MOST_DEGREE:
                self.refuse("formula_degree", tree, f"−{MOST_DEGREE} … {MOST_DEGREE}")
            if exponent.number == 0:
                # Of degree 0: SymPy would make it an exact 1, and ((x^0 + x^0)^100)^100 a whole number without end.
                return self.number(tree, 1.0)
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

    def call(self, tree: ast.expr, name: str, arguments: list[Node]) -> Node:
        name = SAME_FUNCTION.get(name, name)
        if len(arguments) != len(FUNCTIONS[name].slopes) and not (name in FOLDING and len(arguments) > 2):
            self.refuse("formula_arguments", tree, _signature(name))
        if name not in FOLDING:
            return _call(name, *arguments)
        return reduce(lambda first, second: self.folded(tree, _call(name, first, second)), arguments)

    def folded(self, tree: ast.expr, node: Node) -> Node:
        """The node, or the number that it is when all its arguments are numbers."""
        if not node.arguments or any(argument.kind != "number" for argument in node.arguments):
            return node
        numbers = [argument.number for argument in node.arguments]
        # Python's own numbers round alike, and a sum of 150 terms is checked in half the time.
        if node.kind == "+":
            return self.number(tree, numbers[0] + numbers[1])
        if node.kind == "*":
            return self.number(tree, numbers[0] * numbers[1])
        with np.errstate(all="ignore"):
            result = ELEMENTARY[node.kind].value(*map(np.float64, numbers))
        return self.number(tree, float(result))

    def number(self, tree: ast.expr, number: float) -> Node:
        if not math.isfinite(number):
            self.refuse("formula_constant", tree, "−1.8e308 … 1.8e308")
        return Node("number", number=number, degree=0)

    def refuse(self, key: str, tree: ast.expr, allowed: object) -> NoReturn:
        shown = self.plain[tree.col_offset : tree.end_col_offset]
        _refuse(key, shown, self.columns[tree.col_offset], allowed)


def _sum(left: Node, right: Node) -> Node:
    return Node(
        "+",
        (left, right),
        size=left.size + right.size + 1,
        slope=_terms(left.slope, right.slope),
        curvature=_terms(left.curvature, right.curvature),
        degree=max(left.degree, right.degree),
    )


def _product(left: Node, right: Node) -> Node:
    twice = _times(left.slope, right.slope)
    return Node(
        "*",
        (left, right),
        size=left.size + right.size + 1,
        slope=_terms(_times(left.slope, right.size), _times(left.size, right.slope)),
        curvature=_terms(_times(left.curvature, right.size), twice, twice, _times(left.size, right.curvature)),
        degree=left.degree + right.degree,
    )


def _whole_power(base: Node, exponent: int) -> Node:
    first = base.size + 2
    return Node(
        "**",
        (base,),
        number=float(exponent),
        size=base.size + 1,
        slope=_times(first, base.slope),
        curvature=_terms(_times(first, _times(base.slope, base.slope)), _times(first, base.curvature)),
        degree=base.degree * abs(exponent),
    )


def _call(name: str, *arguments: Node) -> Node:
    # The derivative of a function repeats its arguments once or twice, the second derivative twice as often.
    size = sum(argument.size for argument in arguments) + 1
    slope = _terms(*(_times(2 * size, argument.slope) for argument in arguments))
    bends = [] if name in PIECEWISE_LINEAR else [(left, right) for left in arguments for right in arguments]
    curvature = _terms(
        *(_times(2 * size, argument.curvature) for argument in arguments),
        *(_times(4 * size, _times(left.slope, right.slope)) for left, right in bends),
    )
    return Node(name, arguments, size=size, slope=slope, curvature=curvature)


def _terms(*sizes: int) -> int:
    there = [size for size in sizes if size]
    return sum(there) + len(there) - 1 if there else 0


def _times(left: int, right: int) -> int:
    return left + right + 1 if left and right else 0


# --- from the syntax tree to LaTeX ---------------------------------------------------------------------------------

SUM, PRODUCT, TIGHT, ATOM = range(4)


def latex(text: str) -> str:
    """The formula in LaTeX, in the order in which it was typed (SymPy would sort the terms)."""
    return _latex(parse(text).tree)[0]


def _latex(tree: ast.expr) -> tuple[str, int]:
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
            shown = FUNCTIONS[name].latex.format(", ".join(_latex(argument)[0] for argument in arguments))
            return shown, ATOM if name in ("abs", "sqrt", "cbrt") else TIGHT
    raise TypeError(f"not a checked formula: {tree!r}")


def _factor(tree: ast.expr) -> str:
    # A leading minus needs no brackets on the left of a product: -2 x is both (-2)·x and -(2·x).
    match tree:
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return "-" + _bracketed(operand, TIGHT)
    return _bracketed(tree, PRODUCT)


def _bracketed(tree: ast.expr, least: int) -> str:
    shown, binding = _latex(tree)
    return rf"\left({shown}\right)" if binding < least or (shown.startswith("-") and binding < ATOM) else shown


def _number_latex(number: float) -> tuple[str, int]:
    shown = repr(number).removesuffix(".0")
    mantissa, exponent_sign, exponent = shown.partition("e")
    if not exponent_sign:
        return shown, ATOM
    power = f"10^{{{int(exponent)}}}"
    return (power if mantissa == "1" else rf"{mantissa} \cdot {power}"), PRODUCT
