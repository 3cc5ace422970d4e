"""What the line of θ adds to it, as a sum: expanded through the lines before it, down to gradients and memory.

v ← γ v + η ∇J(θ)
θ ← θ − v              is   θ − γ v − η ∇J(θ)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from optviz.formula.rule import (
    Brackets,
    Fraction,
    Gradient,
    Line,
    Name,
    Node,
    Product,
    Root,
    Sum,
    alone,
    every,
    written,
)

POINT = "θ"
LONGEST_LABEL = 14


@dataclass(frozen=True, eq=False)
class Summand:
    """± the product of `factors` over that of `divisors`.

    leaf: the one factor that it is a multiple of, a gradient or what was remembered; None where there is none, or two.
    trail: the summands of the lines that it is a part of.
    """

    negative: bool
    factors: tuple[Node, ...]
    divisors: tuple[Node, ...] = ()
    leaf: Node | None = None
    trail: tuple[Node, ...] = ()


@dataclass(frozen=True, eq=False)
class Displacement:
    """The summands that are multiples of the same thing, as one."""

    summands: tuple[Summand, ...]

    @property
    def leaf(self) -> Node | None:
        """What they are multiples of."""
        return self.summands[0].leaf

    @property
    def text(self) -> str:
        """As a line of a rule: "−η (1 + γ) g"."""
        first = self.summands[0]
        if len(self.summands) == 1:
            return _signed(first, _joined([*first.factors], [*first.divisors]))
        shared = _shared([_coefficients(summand) for summand in self.summands])
        divisors = {tuple(written(divisor) for divisor in summand.divisors) for summand in self.summands}
        if len(divisors) > 1 or self.leaf is None or len({summand.negative for summand in self.summands}) > 1:
            told = [_signed(summand, _joined([*summand.factors], [*summand.divisors])) for summand in self.summands]
            return "".join(f" {part[0]} {part[1:]}" if part[0] in "−+" else f" + {part}" for part in told).strip(" +")
        rests = [_without(_coefficients(summand), shared) or ["1"] for summand in self.summands]
        together = f"({' + '.join(' '.join(_collected(rest)) for rest in rests)})"
        over = [*_collected(shared), together, written(self.leaf)]
        return _signed(first, _over(" ".join(over), [*first.divisors]))

    @property
    def label(self) -> str:
        """`text` in a few letters: what it is divided by, and roots, are left out."""
        if len(self.text) <= LONGEST_LABEL or len(self.summands) > 1:
            return self.text
        (only,) = self.summands
        kept = [factor for factor in only.factors if not any(isinstance(part, Root) for part in every(factor))]
        return _signed(only, _joined(kept, [])) + (" / (…)" if only.divisors else " (…)")


class Expansion:
    """The displacements of a step: see `displacements`.

    lines: of one step, in the order of the code. remembers: whether a symbol that no line has changed yet is something
    that a step can be a multiple of, such as a velocity.
    """

    def __init__(self, lines: Sequence[Line], remembers: Callable[[str], bool]) -> None:
        self.lines, self.remembers = lines, remembers
        self.line_of = {node: place for place, line in enumerate(lines) for node in every(line)}

    def displacements(self) -> tuple[Displacement, ...]:
        """What the last line of θ adds to θ; nothing where there is no such line."""
        last = self._defining(POINT, len(self.lines))
        if last is None:
            return ()
        groups: dict[object, list[Summand]] = {}
        for summand in self._of_sum(last, (), stays=True):
            leaf = summand.leaf
            key: object = written(leaf) if leaf else tuple(written(factor) for factor in summand.factors)
            groups.setdefault(key, []).append(summand)
        return tuple(Displacement(tuple(summands)) for summands in groups.values())

    def origin(self, node: Node) -> Node:
        """What a name was set to in a line of its own, if that is one thing alone: of g = ∇J(θ) the gradient."""
        told = self._told(node)
        found = alone(told) if told else node
        return self.origin(found) if told and isinstance(found, Name | Gradient) else node

    def _defining(self, symbol: str, before: int) -> Sum | None:
        """What the symbol was last set to before this line."""
        for line in reversed(self.lines[:before]):
            if line.target is not None and line.target.symbol == symbol:
                return line.sums[-1]
        return None

    def _told(self, node: Node) -> Sum | None:
        return self._defining(node.symbol, self.line_of[node]) if isinstance(node, Name) else None

    def _carries(self, node: Node) -> bool:
        """Whether the node is a multiple of a gradient, or of something remembered, or a sum of such."""
        match node:
            case Gradient():
                return True
            case Name(symbol):
                told = self._told(node)
                return self._carries(told) if told else self.remembers(symbol)
            case Brackets() | Sum() | Product():
                return any(map(self._carries, node.parts))
            case Fraction(over, _):
                return self._carries(over)
        return False

    def _of_sum(self, node: Sum, trail: tuple[Node, ...], stays: bool = False) -> Iterator[Summand]:
        """stays: θ itself is no displacement."""
        for sign, term in zip(node.signs, node.terms, strict=True):
            if stays and isinstance(term, Name) and term.symbol == POINT and sign != "−":
                continue
            for found in self._of(term, (*trail, term)):
                yield _times(found, negative=sign == "−")
        if stays and not any(isinstance(term, Name) and term.symbol == POINT for term in node.terms):
            # θ ← (1 − λ) θ − v: what is added is that without θ.
            points = [part for part in every(node) if isinstance(part, Name) and part.symbol == POINT]
            yield from (Summand(negative=True, factors=(point,), leaf=point) for point in points[:1])

    def _of(self, node: Node, trail: tuple[Node, ...]) -> list[Summand]:
        if not self._carries(node):
            return [Summand(False, (node,), trail=trail)]
        match node:
            case Brackets(inner):
                return list(self._of_sum(inner, trail))
            case Name():
                told = self._told(node)
                found = list(self._of_sum(told, trail)) if told else []
                if len(found) > 1:
                    return found
                return [Summand(False, (node,), leaf=node, trail=found[0].trail if found else trail)]
            case Fraction(over, under):
                return [_times(summand, divisor=under) for summand in self._of(over, trail)]
            case Product(factors):
                carriers = [place for place, factor in enumerate(factors) if self._carries(factor)]
                if len(carriers) == 1:
                    (place,) = carriers
                    around = (factors[:place], factors[place + 1 :])
                    return [_around(summand, *around) for summand in self._of(factors[place], trail)]
                return [Summand(False, (node,), trail=trail)]
        return [Summand(False, (node,), leaf=node, trail=trail)]


def _times(summand: Summand, negative: bool = False, divisor: Node | None = None) -> Summand:
    divisors = (*summand.divisors, divisor) if divisor else summand.divisors
    return Summand(summand.negative != negative, summand.factors, divisors, summand.leaf, summand.trail)


def _around(summand: Summand, before: tuple[Node, ...], after: tuple[Node, ...]) -> Summand:
    over, divisors = [], list(summand.divisors)
    for factor in (*before, *summand.factors, *after):
        # Of a · b / c what is divided is as well above one line.
        if isinstance(factor, Fraction):
            over.append(factor.over)
            divisors.append(factor.under)
        else:
            over.append(factor)
    flat = [part for factor in over for part in (factor.factors if isinstance(factor, Product) else (factor,))]
    return Summand(summand.negative, tuple(flat), tuple(divisors), summand.leaf, summand.trail)


def _coefficients(summand: Summand) -> list[str]:
    return [written(factor) for factor in summand.factors if factor is not summand.leaf]


def _shared(lists: list[list[str]]) -> list[str]:
    first, *others = lists
    shared = []
    rests = [list(other) for other in others]
    for text in first:
        if all(text in rest for rest in rests):
            shared.append(text)
            for rest in rests:
                rest.remove(text)
    return shared


def _without(texts: list[str], taken: list[str]) -> list[str]:
    rest = list(texts)
    for text in taken:
        rest.remove(text)
    return rest


def _collected(texts: list[str]) -> list[str]:
    """γ γ becomes γ²."""
    squared = {text: f"{text}²" if texts.count(text) == 2 else text for text in texts}
    return [squared[text] for text in (dict.fromkeys(texts) if _squares(texts) else texts)]


def _squares(texts: list[str]) -> bool:
    return max(map(texts.count, texts), default=0) <= 2


def _joined(factors: list[Node], divisors: list[Node]) -> str:
    return _over(" ".join(_collected([written(factor) for factor in factors])) or "1", divisors)


def _over(over: str, divisors: list[Node]) -> str:
    if not divisors:
        return over
    texts = [written(divisor) for divisor in divisors]
    under = texts[0] if len(texts) == 1 else f"({' '.join(texts)})"
    return f"{over} / {under}"


def _signed(summand: Summand, text: str) -> str:
    return f"−{text}" if summand.negative else text
