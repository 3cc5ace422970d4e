"""The text of a formula that a stranger typed: checked character by character, read as a tree, shown as LaTeX.

The way of a text: characters → tokens → Python's `ast` → checked nodes with their cost, or one sentence that says what
is wrong at which column. Nothing is ever evaluated by `eval` or parsed by `sympify`. What passes is small enough to
differentiate in milliseconds.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Any, NoReturn

from optviz.bad_input import BadInput
from optviz.formula.functions import FOLDING, FUNCTIONS, SAME_FUNCTION, new_graph
from optviz.formula.nodes import VARIABLES, Node, reachable

MOST_CHARACTERS = 300
MOST_NESTED = 30
MOST_LEVELS = 150
MOST_DEGREE = 100
MOST_OPERATIONS = 4000

EXAMPLE = "x**2 + 3*y**2"
FINITE = "−1.8e308 … 1.8e308"
CHARACTERS = "letters, digits, dot, comma, + - * / ^ ( )"


CONSTANTS = {"pi": (math.pi, r"\pi"), "e": (math.e, "e")}
NAMES = f"{', '.join((*VARIABLES, *CONSTANTS))}, {', '.join((*FUNCTIONS, 'ln'))}"


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
    return len(reachable([parse(text).root]))


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


class _Checker:
    """Turns Python's syntax tree into nodes, folds constants in float64, and bounds what differentiation will cost."""

    def __init__(self, plain: str, columns: list[int]) -> None:
        self.plain = plain
        self.columns = columns
        self.graph = new_graph()
        self.degrees: dict[Node, int] = {}

    def check(self, tree: ast.expr, level: int) -> Node:
        if level > MOST_LEVELS:
            self.refuse("formula_depth", tree, MOST_LEVELS)
        node = self.node(tree, level)
        if self.degrees.setdefault(node, _degree(node, self.degrees)) > MOST_DEGREE:
            self.refuse("formula_degree", tree, f"−{MOST_DEGREE} … {MOST_DEGREE}")
        return node

    def node(self, tree: ast.expr, level: int) -> Node:
        match tree:
            case ast.Constant(value=int() | float() as number):
                return self.finite(tree, self.graph.number(float(number)))
            case ast.Name(id=name) if name in CONSTANTS:
                return self.graph.number(CONSTANTS[name][0])
            case ast.Name(id=name) if name in VARIABLES:
                return self.graph.variable(name)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.check(operand, level + 1)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.typed(tree, "*", self.graph.number(-1.0), self.check(operand, level + 1))
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                return self.power(tree, self.check(left, level + 1), self.check(right, level + 1))
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in SIGNS:
                first, second = self.check(left, level + 1), self.check(right, level + 1)
                if isinstance(operator, ast.Div) and second.is_number(0):
                    self.refuse("formula_constant", tree, FINITE)
                return self.typed(tree, SIGNS[type(operator)], first, second)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self.call(tree, name, [self.check(argument, level + 1) for argument in arguments])
        self.refuse("formula_syntax", tree, EXAMPLE)

    def power(self, tree: ast.expr, base: Node, exponent: Node) -> Node:
        if exponent.kind == "number" and base.kind != "number":
            if not abs(exponent.number) <= MOST_DEGREE:
                self.refuse("formula_degree", tree, f"−{MOST_DEGREE} … {MOST_DEGREE}")
            if exponent.number == 0.5:
                return self.typed(tree, "sqrt", base)
            if exponent.number.is_integer():
                return self.graph.whole_power(base, int(exponent.number))
        if base.kind == "number" and exponent.kind != "number":
            if base.number <= 0:
                self.refuse("formula_base", tree, "0 < base")
            if base.number == math.e:
                return self.typed(tree, "exp", exponent)
        return self.typed(tree, "power", base, exponent)

    def call(self, tree: ast.expr, name: str, arguments: list[Node]) -> Node:
        name = SAME_FUNCTION.get(name, name)
        if len(arguments) != len(FUNCTIONS[name].slopes) and not (name in FOLDING and len(arguments) > 2):
            self.refuse("formula_arguments", tree, _signature(name))
        if name not in FOLDING:
            return self.typed(tree, name, *arguments)
        return reduce(lambda first, second: self.typed(tree, name, first, second), arguments)

    def typed(self, tree: ast.expr, kind: str, *arguments: Node) -> Node:
        return self.finite(tree, self.graph.typed(kind, *arguments))

    def finite(self, tree: ast.expr, node: Node) -> Node:
        if node.kind == "number" and not math.isfinite(node.number):
            self.refuse("formula_constant", tree, FINITE)
        if len(self.graph.known) > MOST_OPERATIONS:
            self.refuse("formula_operations", tree, f"{MOST_OPERATIONS:,}")
        return node

    def refuse(self, key: str, tree: ast.expr, allowed: object) -> NoReturn:
        shown = self.plain[tree.col_offset : tree.end_col_offset]
        _refuse(key, shown, self.columns[tree.col_offset], allowed)


SIGNS: dict[type, str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


def _degree(node: Node, degrees: Mapping[Node, int]) -> int:
    """The power that nested powers combine to; a function starts anew, at 1."""
    inner = [degrees.get(argument, 0) for argument in node.arguments]
    match node.kind:
        case "number":
            return 0
        case "+" | "-":
            return max(inner)
        case "*" | "/":
            return sum(inner)
        case "**":
            return inner[0] * abs(int(node.number))
    return 1


# --- from the syntax tree to LaTeX ---------------------------------------------------------------------------------

SUM, PRODUCT, TIGHT, ATOM = range(4)


def latex(text: str) -> str:
    """The formula in LaTeX, in the order in which it was typed."""
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
