"""What a formula computes: the tree as typed → nodes, with constants folded and sums of exponentials kept finite."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from optviz.bad_input import BadInput
from optviz.formula.functions import CONSTANTS, FOLDING, WRITTEN, new_graph
from optviz.formula.nodes import Graph, Node, reachable
from optviz.formula.plain import EXAMPLE, Source
from optviz.formula.text import MOST_CHARACTERS, MOST_TYPED, Tree, read
from optviz.formula.vocabulary import LOSS, Vocabulary

MOST_DEGREE = 100
MOST_OPERATIONS = 1500
"""Of the loss, each weighed by what its second derivatives cost: the code of the Hessian is ready in 0.2 s at worst."""

WEIGHTS = {"number": 0, "+": 1, "-": 1, "*": 3, "**": 3, "power": 12, "atan2": 12, "hypot": 12}
ANY_OTHER = 4

FINITE = "−1.8e308 … 1.8e308"


@dataclass(frozen=True)
class Parsed:
    """A checked formula: as typed, and as what it computes."""

    tree: Tree
    root: Node


def parse(text: Any, vocabulary: Vocabulary = LOSS) -> Parsed:
    """The checked formula. Raises BadInput, at the latest after a few milliseconds."""
    if not isinstance(text, str):
        raise BadInput("not_readable", name="formula", value=type(text).__name__, allowed=f"text such as {EXAMPLE}")
    length = len(text) if len(text) > MOST_TYPED else sum(not character.isspace() for character in text)
    if length > MOST_CHARACTERS:
        allowed = f"1 ≤ characters ≤ {MOST_CHARACTERS:,}"
        raise BadInput("too_long", name="formula", value=str(length), allowed=allowed)
    return _parse(text, vocabulary)


@lru_cache(maxsize=256)
def _parse(text: str, vocabulary: Vocabulary) -> Parsed:
    source, tree = read(text, vocabulary)
    return Parsed(tree, _Meaning(source, new_graph(vocabulary.names)).of(tree))


@lru_cache(maxsize=512)
def operations(text: str) -> int:
    """How many different operations the formula is made of: what it repeats is computed once.

    Raises BadInput as `parse` does.
    """
    return len(reachable([parse(text).root]))


class _Meaning:
    """Turns a tree into nodes of one graph, and bounds what they will cost."""

    def __init__(self, source: Source, graph: Graph) -> None:
        self.source = source
        self.graph = graph
        self.degrees: dict[Node, int] = {}
        self.cost = 0

    def of(self, tree: Tree) -> Node:
        match tree.kind:
            case "number":
                return self.checked(tree, self.graph.number(tree.number))
            case "variable":
                return self.checked(tree, self.graph.variable(tree.name))
            case "constant":
                return self.graph.number(CONSTANTS[tree.name][0])
            case "negative":
                return self.checked(tree, self.graph.typed("*", self.graph.number(-1.0), self.of(tree.arguments[0])))
            case "sum":
                total = self.of(tree.arguments[0])
                for sign, term in zip(tree.signs[1:], tree.arguments[1:], strict=True):
                    total = self.checked(tree, self.graph.typed(sign, total, self.of(term)))
                return total
            case "product":
                return self.product(tree)
            case "power":
                base, exponent = tree.arguments
                return self.power(tree, self.of(base), self.of(exponent))
        return self.call(tree, [self.of(argument) for argument in tree.arguments])

    def product(self, tree: Tree) -> Node:
        result = self.of(tree.arguments[0])
        for sign, factor in zip(tree.signs[1:], tree.arguments[1:], strict=True):
            right = self.of(factor)
            if sign == "/" and right.is_number(0):
                self.source.refuse("formula_constant", tree.start, factor.end, FINITE)
            meant = quotient(result, right) if sign == "/" else times_logarithm(result, right)
            result = self.checked(tree, meant or self.graph.typed(sign, result, right))
        return result

    def power(self, tree: Tree, base: Node, exponent: Node) -> Node:
        if exponent.kind == "number" and base.kind != "number":
            if not abs(exponent.number) <= MOST_DEGREE:
                self.source.refuse("formula_degree", tree.start, tree.end, f"−{MOST_DEGREE} … {MOST_DEGREE}")
            if exponent.number == 0.5:
                return self.checked(tree, self.graph.sqrt(base))
            if exponent.number == -1 and (meant := quotient(self.graph.number(1.0), base)):
                return self.checked(tree, meant)
            if exponent.number.is_integer():
                return self.checked(tree, self.graph.whole_power(base, int(exponent.number)))
        if base.kind == "number" and exponent.kind != "number":
            if base.number <= 0:
                self.source.refuse("formula_base", tree.start, tree.end, "0 < base")
            if base.number == math.e:
                return self.checked(tree, self.graph.exp(exponent))
        return self.checked(tree, self.graph.typed("power", base, exponent))

    def call(self, tree: Tree, arguments: list[Node]) -> Node:
        name = tree.name
        if name == "pow":
            return self.power(tree, *arguments)
        if name in WRITTEN:
            return self.checked(tree, WRITTEN[name].meaning(self.graph, *arguments))
        if name in FOLDING:
            result = arguments[0]
            for argument in arguments[1:]:
                result = self.checked(tree, self.graph.typed(name, result, argument))
            return result
        meant = logarithm(name, *arguments) if name in LOGARITHMS else None
        return self.checked(tree, meant or self.graph.typed(name, *arguments))

    def checked(self, tree: Tree, node: Node) -> Node:
        if node.kind == "number" and not math.isfinite(node.number):
            self.source.refuse("formula_constant", tree.start, tree.end, FINITE)
        if node not in self.degrees:
            self.degrees[node] = _degree(node, self.degrees)
            self.cost += 0 if node.kind in self.graph.variables else WEIGHTS.get(node.kind, ANY_OTHER)
        if self.degrees[node] > MOST_DEGREE:
            self.source.refuse("formula_degree", tree.start, tree.end, f"−{MOST_DEGREE} … {MOST_DEGREE}")
        if self.cost > MOST_OPERATIONS:
            self.source.refuse("formula_operations", tree.start, tree.end, f"{MOST_OPERATIONS:,}")
        return node


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


# --- sums of exponentials ------------------------------------------------------------------------------------------
# exp overflows at 710, and what is made of it is finite long after: log(1 + exp(x)) is x there. The same function in
# a form that stays finite, and keeps its slope on the plateaus.

LOGARITHMS = {"log": 1.0, "log2": math.log(2), "log10": math.log(10), "log1p": 1.0}


def logarithm(name: str, inside: Node) -> Node | None:
    """The logarithm of exponentials, cosh or σ in a form that does not overflow; None for anything else."""
    graph = inside.graph
    if name == "log1p":
        return graph.softplus(inside.arguments[0]) if inside.kind == "exp" else None
    result: Node | None = None
    exponents = _exponents(inside)
    if exponents:
        result = exponents[0]
        for exponent in exponents[1:]:
            if result.is_number(0):
                result = graph.softplus(exponent)
            elif exponent.is_number(0):
                result = graph.softplus(result)
            else:
                result = graph.logaddexp(result, exponent)
    elif inside.kind == "cosh":
        result = graph.log_cosh(inside.arguments[0])
    elif inside.kind == "sigmoid":
        result = -graph.softplus(-inside.arguments[0])
    elif inside.kind == "-" and inside.arguments[0].is_number(1) and inside.arguments[1].kind == "sigmoid":
        result = -graph.softplus(inside.arguments[1].arguments[0])
    if result is None or name == "log":
        return result
    return graph.typed("/", result, graph.number(LOGARITHMS[name]))


def quotient(above: Node, below: Node) -> Node | None:
    """σ and tanh from a quotient of exponentials; None for anything else."""
    graph = above.graph
    exponents = _exponents(below)
    if len(exponents) != 2:
        return None
    first, second = exponents
    if above.kind == "-" and [_exponent(argument) for argument in above.arguments] == exponents:
        return graph.tanh((first - second) / 2)
    if first.is_number(0) or second.is_number(0):
        exponent = second if first.is_number(0) else first
        if _exponent(above) is exponent:
            return graph.sigmoid(exponent)
        share = graph.sigmoid(-exponent)
        return share if above.is_number(1) else graph.typed("*", above, share)
    if _exponent(above) in exponents:
        return graph.sigmoid(first - second if _exponent(above) is first else second - first)
    return None


def times_logarithm(left: Node, right: Node) -> Node | None:
    """u·log(u), whose limit at 0 is 0; None for anything else."""
    graph = left.graph
    if left.kind == "log" and left.arguments[0] is right:
        return graph.x_log_x(right)
    if right.kind != "log":
        return None
    inside = right.arguments[0]
    if left is inside:
        return graph.x_log_x(inside)
    if left.kind == "*" and left.arguments[0].kind == "number" and left.arguments[1] is inside:
        return graph.typed("*", left.arguments[0], graph.x_log_x(inside))
    return None


def _exponents(node: Node) -> list[Node]:
    """The exponents of a sum of exponentials and positive numbers, in the order as typed; empty for anything else."""
    terms: list[Node] = []
    while node.kind == "+":
        node, last = node.arguments
        terms.append(last)
    exponents = [_exponent(term) for term in reversed([*terms, node])]
    known = [exponent for exponent in exponents if exponent is not None]
    return known if len(known) == len(exponents) and any(exponent.varies for exponent in known) else []


def _exponent(term: Node) -> Node | None:
    """v where a term is exp(v), or is a positive number times that."""
    if term.kind == "number" and term.number > 0:
        return term.graph.number(math.log(term.number))
    if term.kind == "exp":
        return term.arguments[0]
    if term.kind == "*":
        for factor, other in (term.arguments, term.arguments[::-1]):
            if factor.kind == "number" and factor.number > 0 and other.kind == "exp":
                return other.arguments[0] + math.log(factor.number)
    return None
