"""A step as displacements, and the lines of its rule with its numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optviz.formula.filling import Token, exact, filled
from optviz.formula.rule import Gradient, Line, Name, Node, Power, every, written
from optviz.formula.summands import POINT, Displacement
from optviz.ledger.entries import Arrow, RuleLine
from optviz.ledger.symbols import Book

CLOSE = 1e-9
"""A line is told in numbers where both of its sides agree to this, of the largest number in it; rounding is 1e-16."""


def arrows_of(book: Book, points: np.ndarray, reached: np.ndarray | None = None) -> tuple[tuple[Arrow, ...], Arrow]:
    """The displacements, head to tail, and Δθ; Δθ alone where they do not add up to it.

    points (steps + 1, 2): whence the steps lead, row k − 1 for step k. reached (steps + 1, 2): whither, if not along
    the path.
    """
    before = np.concatenate([np.full((1, 2), np.nan), points[:-1]])
    reached = np.where(book.kept[:, None], points if reached is None else reached, np.nan)
    before = np.where(book.kept[:, None], before, np.nan)
    before[0] = np.nan
    total = Arrow(
        "step", f"Δ{POINT}", f"Δ{POINT}", np.column_stack([before, np.where(np.isnan(before), before, reached)])
    )
    arrows: list[Arrow] = []
    with np.errstate(all="ignore"):
        try:
            found = [(displacement, book.value_of(displacement)) for displacement in book.expansion.displacements()]
        except LookupError:
            found = []
        found.sort(key=lambda one: _kind(book, one[0]) != "moment")
        here = before
        for displacement, value in found:
            there = here + np.where(book.kept[:, None], value, np.nan)
            nodes = frozenset(node for summand in displacement.summands for node in summand.trail)
            ends = np.column_stack([here, there])
            arrows.append(Arrow(_kind(book, displacement), displacement.text, displacement.label, ends, nodes))
            here = there
        adds_up = bool(found) and agree(here - before, reached - before, [before, *(value for _, value in found)])
    return (tuple(arrows) if adds_up else (total,)), total


def _kind(book: Book, displacement: Displacement) -> str:
    leaf = displacement.leaf
    if isinstance(leaf, Name) and leaf.symbol in book.known:
        return book.known[leaf.symbol].kind
    origin = book.expansion.origin(leaf) if leaf else None
    if isinstance(origin, Name):
        return "moment"
    parts = [part for summand in displacement.summands for factor in summand.factors for part in every(factor)]
    asks = origin is not None or any(isinstance(book.expansion.origin(part), Gradient) for part in parts)
    return "gradient" if asks else "update"


def plain_arrow(book: Book, slopes: np.ndarray, total: Arrow) -> Arrow | None:
    """−η ∇J(θ) of each step, where there is a learning rate and it is not the step itself.

    slopes (steps + 1, 2): the gradient that each step began at. None also where there is a rate for each axis.
    """
    rates = [optimizer.own_learning_rate for optimizer in book.record.optimizers]
    if any(rate is None or np.ndim(rate) for rate in rates):
        return None
    before = total.ends[:, :2]
    with np.errstate(all="ignore"):
        moved = -np.array(rates, dtype=float)[:, None] * slopes
    ends = np.column_stack([before, before + moved])
    if agree(moved, total.ends[:, 2:] - before, [before, moved]):
        return None
    symbol = book.optimizer.hyperparameters()["learning_rate"].symbol
    text = f"−{symbol} ∇J({POINT})"
    return Arrow("gradient", text, text, ends)


def lines_of(book: Book, arrows: Sequence[Arrow]) -> tuple[RuleLine, ...]:
    """The lines of the rule with the numbers of the steps; arrows: those that parts of the lines belong to."""
    groups = frozenset(node for arrow in arrows for node in arrow.nodes)
    pairs = zip(book.optimizer.rule, book.trees, strict=True)
    return tuple(RuleLine(text, tree, _numbers(book, tree, groups)) for text, tree in pairs)


def _numbers(book: Book, tree: Line | None, groups: frozenset[Node]) -> tuple[Token, ...] | None:
    """The line with numbers, if it is true of them."""
    if tree is None or tree.target is None:
        return None
    tokens = filled(tree, lambda node: _token(book, node), groups)
    if tokens is None:
        return None
    with np.errstate(all="ignore"):
        target = book.value(tree.target)
        leaves = [book.value(node) for node in every(tree) if isinstance(node, Name | Gradient) and _token(book, node)]
        true = all(agree(book.value(told), target, [target, *leaves]) for told in tree.sums[1:])
    return tokens if true else None


def _token(book: Book, node: Node) -> Token | None:
    match node:
        case Power(_, exponent):
            return Token(value=exponent) if exponent in book.values else None
        case Name(symbol) if symbol in book.known:
            values = book.values[symbol]
            if book.known[symbol].kind == "field" and (values == values[0]).all():
                return Token(text=exact(values[0]))
            return Token(value=symbol, before=book.is_before(node))
        case Gradient() if written(node) in book.known:
            return Token(value=written(node))
    return None


def agree(one: np.ndarray, other: np.ndarray, terms: Sequence[np.ndarray]) -> bool:
    """Whether one is the other at every step where that is finite, up to the rounding of a sum of these terms.

    All of shape (steps + 1, 2) or (steps + 1, 1); row 0 is no step.
    """
    size = np.zeros(len(other))
    for term in terms:
        size = np.fmax(size, np.abs(term).max(axis=-1))
    close = np.abs(one - other).max(axis=-1) <= CLOSE * size
    return bool((close | ~np.isfinite(other).all(axis=-1))[1:].all())
