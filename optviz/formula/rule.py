"""A line of an optimizer's rule as a tree: "θ ← θ − η g / √(G + ε)".

    line     sum, or name ("←" | "=") sum
    sum      products with + and − between them
    product  fractions with · between them; a fraction is a product of factors written side by side, and / one factor
    factor   name, number, (sum) or √factor, each with ², ᵗ or ⁱ behind it; ∇J(sum); a function such as sign or max

A name is one letter, with a hat or a subscript; a word of several letters is a function of the factor after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from optviz.bad_input import BadInput

HAT = "\u0302"
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹ᵗⁱ", "0123456789ti", strict=True))

_TOKEN = re.compile(rf"\s*(∇J|[0-9]+(?:\.[0-9]+)?|[^\W\d_]{HAT}?[₀-₉ₜ]*|[²³⁰¹⁴-⁹]|[←=+−·/()√|])")
_WORD = re.compile(r"\s*([A-Za-z]{2,})")


@dataclass(frozen=True, eq=False)
class Node:
    """A piece of a line. Two that look alike are two: each place of a line has its own."""

    @property
    def parts(self) -> tuple[Node, ...]:
        """What it is made of, from left to right."""
        return ()


@dataclass(frozen=True, eq=False)
class Number(Node):
    """A number as it is written."""

    text: str


@dataclass(frozen=True, eq=False)
class Name(Node):
    """A symbol, such as "θ", "m̂" or "β₁"."""

    symbol: str


@dataclass(frozen=True, eq=False)
class Brackets(Node):
    """(inner)"""

    inner: Sum

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.inner,)


@dataclass(frozen=True, eq=False)
class Gradient(Node):
    """∇J(at)"""

    at: Brackets

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.at,)


@dataclass(frozen=True, eq=False)
class Function(Node):
    """A function of one argument, such as "sign g"."""

    name: str
    argument: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.argument,)


@dataclass(frozen=True, eq=False)
class Root(Node):
    """√inner"""

    inner: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.inner,)


@dataclass(frozen=True, eq=False)
class Power(Node):
    """A whole number, t or i as the exponent."""

    base: Node
    exponent: str

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.base,)


@dataclass(frozen=True, eq=False)
class Product(Node):
    """Factors side by side, or with · between them."""

    factors: tuple[Node, ...]
    dotted: bool = False

    @property
    def parts(self) -> tuple[Node, ...]:
        return self.factors


@dataclass(frozen=True, eq=False)
class Fraction(Node):
    """over / under"""

    over: Node
    under: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.over, self.under)


@dataclass(frozen=True, eq=False)
class Sum(Node):
    """Summands, each after its sign: "+", "−", or "" before the first one."""

    signs: tuple[str, ...]
    terms: tuple[Node, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        return self.terms


@dataclass(frozen=True, eq=False)
class Line(Node):
    """Sums with "←" or "=" between them; before the first arrow stands what changes."""

    sums: tuple[Sum, ...]
    arrows: tuple[str, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        return self.sums

    @property
    def target(self) -> Name | None:
        """The name before the first arrow; None where there is no arrow, or no name."""
        first = self.sums[0]
        alone = first.terms[0] if len(first.terms) == 1 and not first.signs[0] else None
        return alone if self.arrows and isinstance(alone, Name) else None


def every(node: Node) -> Iterator[Node]:
    """The node and all that it is made of, from left to right."""
    yield node
    for part in node.parts:
        yield from every(part)


def alone(node: Node) -> Node:
    """What a sum of one summand without a sign says."""
    while isinstance(node, Sum) and node.signs == ("",):
        (node,) = node.terms
    return node


def written(node: Node) -> str:
    """The node as text: what is read from it says the same."""
    match node:
        case Number(text) | Name(text):
            return text
        case Brackets(inner):
            return f"({written(inner)})"
        case Gradient(at):
            return f"∇J{written(at)}"
        case Function(name, argument):
            return f"{name} {written(argument)}"
        case Root(inner):
            return f"√{written(inner)}"
        case Power(base, exponent):
            raised = {plain: sign for sign, plain in SUPERSCRIPTS.items()}
            return written(base) + "".join(raised[sign] for sign in exponent)
        case Product(factors, dotted):
            return (" · " if dotted else " ").join(written(factor) for factor in factors)
        case Fraction(over, under):
            return f"{written(over)} / {written(under)}"
        case Sum(signs, terms):
            pieces = zip(signs, terms, strict=True)
            text = "".join(f" {sign} {written(term)}" if sign else written(term) for sign, term in pieces)
            return text.removeprefix(" ").replace(f"{signs[0]} ", signs[0], 1) if signs[0] else text
        case Line(sums, arrows):
            return written(sums[0]) + "".join(
                f" {arrow} {written(told)}" for arrow, told in zip(arrows, sums[1:], strict=True)
            )
    raise TypeError(type(node).__name__)


def read_line(line: str) -> Line:
    """The tree of a line. Raises BadInput where it is not what the grammar above says."""
    return _Reader(line).line()


class _Reader:
    """Reads a line from left to right."""

    def __init__(self, line: str) -> None:
        self.line_read = line
        self.tokens: list[str] = []
        place = 0
        while line[place:].strip():
            found = _WORD.match(line, place) or _TOKEN.match(line, place)
            if found is None:
                raise self._unreadable()
            self.tokens.append(found[1])
            place = found.end()

    def _unreadable(self) -> BadInput:
        return BadInput("not_readable", name="rule", value=self.line_read, allowed="θ ← θ − η ∇J(θ)")

    @property
    def next(self) -> str:
        return self.tokens[0] if self.tokens else ""

    def take(self, wanted: str = "") -> str:
        if not self.tokens or (wanted and self.next != wanted):
            raise self._unreadable()
        return self.tokens.pop(0)

    def line(self) -> Line:
        sums, arrows = [self.sum()], []
        while self.next in ("←", "="):
            arrows.append(self.take())
            sums.append(self.sum())
        if self.tokens:
            raise self._unreadable()
        return Line(tuple(sums), tuple(arrows))

    def sum(self) -> Sum:
        signs = [self.take() if self.next in ("−", "+") else ""]
        terms = [self.product()]
        while self.next in ("−", "+"):
            signs.append(self.take())
            terms.append(self.product())
        return Sum(tuple(signs), tuple(terms))

    def product(self) -> Node:
        parts = [self.fraction()]
        while self.next == "·":
            self.take()
            parts.append(self.fraction())
        return parts[0] if len(parts) == 1 else Product(tuple(parts), dotted=True)

    def fraction(self) -> Node:
        factors = [self.factor()]
        while self.next and self.next not in "←=+−·/)|":
            factors.append(self.factor())
        over = factors[0] if len(factors) == 1 else Product(tuple(factors))
        if self.next != "/":
            return over
        self.take()
        content = Fraction(over, self.factor())
        if self.next and self.next not in "←=+−·)|":
            raise self._unreadable()
        return content

    def factor(self) -> Node:
        content = self.atom()
        if self.next and self.next in SUPERSCRIPTS:
            return Power(content, SUPERSCRIPTS[self.take()])
        return content

    def atom(self) -> Node:
        token = self.take()
        if token == "(":
            content = Brackets(self.sum())
            self.take(")")
            return content
        if token == "√":
            return Root(self.factor())
        if token == "∇J":
            at = self.atom() if self.next == "(" else None
            if not isinstance(at, Brackets):
                raise self._unreadable()
            return Gradient(at)
        if token[0].isdigit() and token not in SUPERSCRIPTS:
            return Number(token)
        if not token[0].isalpha() or token in SUPERSCRIPTS:
            raise self._unreadable()
        if len(token) > 1 and token.isalpha() and token.isascii():
            return Function(token, self.factor())
        return Name(token)
