"""LaTeX of an optimizer's rule; `optviz.formula.rule` says what its lines are."""

from __future__ import annotations

from collections.abc import Iterable

from optviz.bad_input import BadInput
from optviz.formula.mathml import SUBSCRIPTS
from optviz.formula.rule import (
    HAT,
    Brackets,
    Fraction,
    Function,
    Gradient,
    Name,
    Node,
    Number,
    Power,
    Product,
    Root,
    Sum,
    read_line,
)

_LETTERS = {
    "θ": r"\theta",
    "η": r"\eta",
    "γ": r"\gamma",
    "β": r"\beta",
    "ρ": r"\rho",
    "ε": r"\varepsilon",
    "λ": r"\lambda",
    "μ": r"\mu",
    "φ": r"\varphi",
    "σ": r"\sigma",
    "τ": r"\tau",
    "α": r"\alpha",
    "Δ": r"\Delta ",
    "δ": r"\delta",
}
_SIGNS = {"←": r"\leftarrow ", "−": "-"}


def rule_latex(lines: Iterable[str]) -> str:
    """The lines, one below the other, their arrows in a column; as it is written one that cannot be read."""
    return r"\begin{aligned}" + r" \\[0.35em] ".join(_line(line) for line in lines) + r"\end{aligned}"


def _line(text: str) -> str:
    try:
        line = read_line(text)
    except BadInput:
        return rf"\text{{{_plain(text)}}}"
    first, *others = (_of(told) for told in line.sums)
    arrows = [_SIGNS.get(arrow, arrow) for arrow in line.arrows]
    told = [f"{arrow} {other}" for arrow, other in zip(arrows, others, strict=True)]
    # The column is that of the first sign.
    return " ".join([first, *(f"& {pair}" if place == 0 else pair for place, pair in enumerate(told))])


def _of(node: Node) -> str:
    match node:
        case Name(symbol):
            return _name(symbol)
        case Number(text):
            return text
        case Gradient(at):
            return rf"\nabla J {_of(at)}"
        case Brackets(inner):
            return rf"\left( {_of(inner)} \right)"
        case Function(name, argument):
            return rf"\operatorname{{{name}}} {_of(argument)}"
        case Root(inner):
            return rf"\sqrt{{{_bare(inner)}}}"
        case Power(base, exponent):
            written = _of(base)
            # An index and an exponent stand one above the other.
            return f"{written}^{{{exponent}}}" if "}_{" in written else f"{{{written}}}^{{{exponent}}}"
        case Product(factors, _):
            return r" \, ".join(_of(factor) for factor in factors)
        case Fraction(over, under):
            return rf"\frac{{{_bare(over)}}}{{{_bare(under)}}}"
        case Sum(signs, terms):
            pairs = zip(signs, terms, strict=True)
            return " ".join(f"{_SIGNS.get(sign, sign)} {_of(term)}" if sign else _of(term) for sign, term in pairs)
    raise TypeError(type(node).__name__)


def _bare(node: Node) -> str:
    """Without the brackets around all of it: the line of a fraction or a root says what they say."""
    return _of(node.inner) if isinstance(node, Brackets) else _of(node)


def _name(symbol: str) -> str:
    below = "".join(SUBSCRIPTS.get(sign, "") for sign in symbol[1:])
    letter = _LETTERS.get(symbol[0], symbol[0])
    letter = rf"\hat{{{letter}}}" if HAT in symbol else letter
    return f"{{{letter}}}_{{{below}}}" if below else letter


def _plain(text: str) -> str:
    """Without what LaTeX reads as more than a letter."""
    return "".join(letter for letter in text if letter not in r"\{}$%&#_^~")
