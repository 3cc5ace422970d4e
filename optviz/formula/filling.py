"""A line of a rule with numbers in the place of its symbols: pieces of text, and slots that a program fills in."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass

from optviz.formula.rule import (
    Brackets,
    Fraction,
    Function,
    Gradient,
    Line,
    Name,
    Node,
    Number,
    Power,
    Product,
    Root,
    Sum,
    alone,
)


@dataclass(frozen=True)
class Token:
    """A piece of text, or a slot for a number.

    text: what is written; of a slot it is "". value: which number stands in a slot. before: the number is that from
    before the step. brackets: a slot's number stands in brackets if it is "negative", as a sign stands before it, or
    also if it has an exponent, as the "base" of a power. raised: it is an exponent. node: what it stands for.
    group: the smallest of the `groups` that it is in.
    """

    text: str = ""
    value: str = ""
    before: bool = False
    brackets: str = ""
    raised: bool = False
    node: Node | None = None
    group: Node | None = None


def exact(value: float) -> str:
    """A setting with all its digits, as JavaScript spells it but with a true minus sign: 0.9, 1e−8."""
    text = repr(float(value)).removesuffix(".0")
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{mantissa}e{int(exponent)}"
    return text.replace("-", "−")


def filled(line: Line, leaf: Callable[[Node], Token | None], groups: Container[Node] = ()) -> tuple[Token, ...] | None:
    """What changes, the line with numbers, and what they make: "v = 0.9 · 0.0231 + 0.1 · (−0.137) = 0.00709".

    leaf: what stands for a name or a gradient, and for an exponent t. None where something has no number. What is
    told by one number is not told twice.
    """
    target = line.target
    result = None if target is None else leaf(target)
    if target is None or result is None:
        return None
    try:
        written = [_Filler(leaf, groups).of(told, "") for told in line.sums[1:]]
    except LookupError:
        return None
    tokens = [Token(text=target.symbol, node=target)]
    for told in written:
        tokens += [Token(text=" = "), *told]
    if not isinstance(alone(line.sums[-1]), Gradient | Name):
        tokens += [Token(text=" = "), dataclasses.replace(result, node=target)]
    return tuple(tokens)


class _Filler:
    """Raises LookupError where something has no number."""

    def __init__(self, leaf: Callable[[Node], Token | None], groups: Container[Node]) -> None:
        self.leaf, self.groups = leaf, groups

    def of(self, node: Node, brackets: str) -> list[Token]:
        """brackets: around a number that stands for all of the node."""
        tokens = self.content(node, brackets)
        if node not in self.groups:
            return tokens
        return [token if token.group else dataclasses.replace(token, group=node) for token in tokens]

    def content(self, node: Node, brackets: str) -> list[Token]:
        match node:
            case Number(text):
                return [Token(text=text, node=node)]
            case Name() | Gradient():
                return [self.number(node, brackets)]
            case Brackets(inner):
                return [Token("("), *self.of(inner, ""), Token(")")]
            case Root(inner):
                # A root in text has no bar that says how far it reaches.
                under = self.of(inner, "")
                return [Token("√"), *(under if isinstance(inner, Brackets) else [Token("("), *under, Token(")")])]
            case Function(name, argument):
                inner = argument.inner if isinstance(argument, Brackets) else argument
                return [Token(f"{name}("), *self.of(inner, ""), Token(")")]
            case Power(base, exponent):
                if exponent.isalpha():
                    return [*self.of(base, "base"), dataclasses.replace(self.number(node, ""), raised=True)]
                return [*self.of(base, "base"), Token(_RAISED[int(exponent)])]
            case Product(factors):
                return self.joined([(" · ", factor) for factor in factors], brackets)
            case Fraction(over, under):
                return self.joined([("", over), (" / ", under)], brackets)
            case Sum(signs, terms):
                first = signs[0] or brackets
                tokens = [Token(signs[0])] if signs[0] else []
                for place, (sign, term) in enumerate(zip(signs, terms, strict=True)):
                    tokens += [Token(f" {sign} ")] if place else []
                    tokens += self.of(term, "negative" if place or first else "")
                return tokens
        raise TypeError(type(node).__name__)

    def joined(self, pieces: list[tuple[str, Node]], brackets: str) -> list[Token]:
        tokens: list[Token] = []
        for place, (sign, piece) in enumerate(pieces):
            tokens += [Token(sign)] if place else []
            tokens += self.of(piece, "negative" if place else brackets)
        return tokens

    def number(self, node: Node, brackets: str) -> Token:
        token = self.leaf(node)
        if token is None:
            raise LookupError
        token = dataclasses.replace(token, node=node)
        if not token.text:
            return dataclasses.replace(token, brackets=brackets)
        bracketed = token.text.startswith("−") or (brackets == "base" and "e" in token.text)
        return dataclasses.replace(token, text=f"({token.text})") if brackets and bracketed else token


_RAISED: Mapping[int, str] = dict(enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹"))
