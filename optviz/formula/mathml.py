"""MathML of a line of an optimizer's rule; `optviz.formula.rule` says what a line is."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from optviz.bad_input import BadInput
from optviz.formula.rule import (
    HAT,
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
    read_line,
)

TIMES, APPLY = "\u2062", "\u2061"
SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉ₜ", "0123456789t", strict=True))
_WITH_INDEX = re.compile(r"<msub(?P<attributes>(?: [^>]*)?)>(?P<content>.*)</msub>")

Marks = Mapping[Node, Mapping[str, str]]
"""Node → the attributes of its element, such as {"data-term": "v"}."""


def mathml(line: str) -> str:
    """The line as a `math` element; as it is written, in `mtext`, where it cannot be read."""
    try:
        return mathml_of(read_line(line))
    except BadInput:
        return f'<math display="block"><mtext>{html.escape(line)}</mtext></math>'


def mathml_of(line: Line, marks: Marks | None = None) -> str:
    """A line that has been read as a `math` element; what has marks is one element that carries them."""
    return f'<math display="block">{_Writer(marks or {}).line(line)}</math>'


class _Writer:
    def __init__(self, marks: Marks) -> None:
        self.marks = marks

    def line(self, line: Line) -> str:
        first, *others = (self.of(told) for told in line.sums)
        return first + "".join(f"<mo>{arrow}</mo>{told}" for arrow, told in zip(line.arrows, others, strict=True))

    def of(self, node: Node) -> str:
        attributes = "".join(f' {name}="{html.escape(text)}"' for name, text in self.marks.get(node, {}).items())
        match node:
            case Name(symbol):
                return _name(symbol, attributes)
            case Gradient(at):
                return f"<mrow{attributes}><mo>∇</mo><mi>J</mi><mo>{APPLY}</mo>{self.of(at)}</mrow>"
        content = self.content(node)
        return f"<mrow{attributes}>{content}</mrow>" if attributes else content

    def content(self, node: Node) -> str:
        match node:
            case Number(text):
                return f"<mn>{text}</mn>"
            case Brackets(inner):
                return f"<mrow><mo>(</mo>{self.of(inner)}<mo>)</mo></mrow>"
            case Function(name, argument):
                return f"<mrow><mi>{name}</mi><mo>{APPLY}</mo>{self.of(argument)}</mrow>"
            case Root(inner):
                return f"<msqrt>{self.bare(inner)}</msqrt>"
            case Power(base, exponent):
                kind = "mi" if exponent.isalpha() else "mn"
                written, above = self.of(base), f"<{kind}>{exponent}</{kind}>"
                if found := _WITH_INDEX.fullmatch(written):
                    # As one, so that the exponent is as high as on a name without an index, whatever the font.
                    return f"<msubsup{found['attributes']}>{found['content']}{above}</msubsup>"
                return f"<msup>{written}{above}</msup>"
            case Product(factors, dotted):
                sign = f'<mo rspace="0.2em">{TIMES}</mo>' if dotted else f"<mo>{TIMES}</mo>"
                return sign.join(self.of(factor) for factor in factors)
            case Fraction(over, under):
                above = f"<mrow>{self.of(over)}</mrow>" if isinstance(over, Product) else self.bare(over)
                return f"<mfrac>{above}{self.bare(under)}</mfrac>"
            case Sum(signs, terms):
                pieces = zip(signs, terms, strict=True)
                told = "".join(f"<mo>{sign}</mo>{self.of(term)}" if sign else self.of(term) for sign, term in pieces)
                return f"<mrow>{told}</mrow>"
        raise TypeError(type(node).__name__)

    def bare(self, node: Node) -> str:
        """Without the brackets around all of it: the line of a fraction or a root says what they say."""
        return self.of(node.inner) if isinstance(node, Brackets) and node not in self.marks else self.of(node)


def _name(symbol: str, attributes: str) -> str:
    letter, below = symbol[0], "".join(SUBSCRIPTS.get(sign, "") for sign in symbol[1:])
    hat, sub = HAT in symbol, bool(below)
    content = f"<mi{'' if hat or sub else attributes}>{letter}</mi>"
    if hat:
        content = f'<mover accent="true"{"" if sub else attributes}>{content}<mo stretchy="false">^</mo></mover>'
    return f"<msub{attributes}>{content}<mn>{below}</mn></msub>" if sub else content
