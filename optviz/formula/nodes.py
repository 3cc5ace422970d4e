"""Operations on variables, a loss's x and y, as a graph in which each different operation stands once.

A loss is built by `Graph.typed`, which computes just what was typed. Derivatives are built with the signs + − · / of
`Node`, which drop what is 0 or 1 and gather constant factors in front; they never expand a bracket.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

# A factor is gathered in front only if that cannot overflow or underflow where its parts do not.
LEAST_FACTOR, MOST_FACTOR = 2.0**-30, 2.0**30


class Node:
    """An operation of a graph: `kind` is "number", a variable, "+", "-", "*", "/", "**", "finite" or a function's name.

    "**" has one argument and a whole exponent, its `number`. "finite" is its argument where that is finite, else 0.
    `varies` says whether it depends on a variable; `index` grows in the order in which nodes are made, so that
    arguments come before what they are arguments of.
    """

    __slots__ = ("arguments", "graph", "index", "kind", "number", "varies")

    def __init__(self, graph: Graph, kind: str, arguments: tuple[Node, ...], number: float, index: int) -> None:
        self.graph = graph
        self.kind = kind
        self.arguments = arguments
        self.number = number
        self.index = index
        self.varies: bool = kind in graph.variables or any(argument.varies for argument in arguments)

    def __add__(self, other: Node | float) -> Node:
        return self.graph.add(self, self.graph.node(other))

    def __radd__(self, other: float) -> Node:
        return self.graph.add(self.graph.node(other), self)

    def __sub__(self, other: Node | float) -> Node:
        return self.graph.subtract(self, self.graph.node(other))

    def __rsub__(self, other: float) -> Node:
        return self.graph.subtract(self.graph.node(other), self)

    def __mul__(self, other: Node | float) -> Node:
        return self.graph.multiply(self, self.graph.node(other))

    def __rmul__(self, other: float) -> Node:
        return self.graph.multiply(self.graph.node(other), self)

    def __truediv__(self, other: Node | float) -> Node:
        return self.graph.divide(self, self.graph.node(other))

    def __rtruediv__(self, other: float) -> Node:
        return self.graph.divide(self.graph.node(other), self)

    def __pow__(self, exponent: int) -> Node:
        return self.graph.whole_power(self, exponent)

    def __neg__(self) -> Node:
        return self.graph.multiply(self.graph.number(-1.0), self)

    def copied(self, graph: Graph) -> Node:
        """The same node in another graph."""
        copies: dict[Node, Node] = {}
        for node in reachable([self]):
            arguments = [copies[argument] for argument in node.arguments]
            copies[node] = graph.typed(node.kind, *arguments, number=node.number)
        return copies[self]

    def is_number(self, number: float) -> bool:
        return self.kind == "number" and self.number == number


Slope = Callable[..., Node | float]


@dataclass(frozen=True)
class Function:
    """A function of one or two arguments.

    `value` is the NumPy function. `slopes` are the partial derivatives, one per argument, each as a function of
    (graph, *arguments) that gives a node; the graph has every function as an attribute. A slope may be infinite or NaN
    at a kink: such a term counts as 0 (see `derivatives`). `latex` is a template for the arguments, joined by commas.
    """

    value: Callable[..., Any]
    slopes: tuple[Slope, ...]
    latex: str = ""


class Graph:
    """Nodes over a table of functions and some variables, each different one made once."""

    def __init__(self, functions: Mapping[str, Function], variables: tuple[str, ...]) -> None:
        self.functions = functions
        self.variables = variables
        self.known: dict[tuple[Any, ...], Node] = {}

    def __getattr__(self, name: str) -> Any:
        """`graph.sqrt(u)`: how the slopes of the table of functions name other functions."""
        if name.startswith("__") or name not in self.functions:
            raise AttributeError(name)
        return lambda *arguments: self.typed(name, *(self.node(argument) for argument in arguments))

    def number(self, number: float) -> Node:
        return self._made("number", (), number)

    def variable(self, name: str) -> Node:
        return self._made(name, (), 0.0)

    def node(self, value: Node | float) -> Node:
        return value if isinstance(value, Node) else self.number(float(value))

    def typed(self, kind: str, *arguments: Node, number: float = 0.0) -> Node:
        """The operation itself, or the number that it is where all arguments are numbers: it may be NaN or ∞."""
        if arguments and all(argument.kind == "number" for argument in arguments):
            return self.number(value_of(self.functions, kind, number, *(argument.number for argument in arguments)))
        return self._made(kind, arguments, number)

    def _made(self, kind: str, arguments: tuple[Node, ...], number: float) -> Node:
        # By its text, as 0.0 == −0.0.
        key = (kind, *(argument.index for argument in arguments), str(number) if number == 0 else number)
        node = self.known.get(key)
        if node is None:
            node = self.known[key] = Node(self, kind, arguments, number, len(self.known))
        return node

    # --- derivatives: constant factors in front, nothing expanded ---

    def add(self, left: Node, right: Node) -> Node:
        if left.is_number(0):
            return right
        if right.is_number(0):
            return left
        if _is_negated(right):
            return self.typed("-", left, right.arguments[1])
        if _is_negated(left):
            return self.typed("-", right, left.arguments[1])
        return self.typed("+", left, right)

    def subtract(self, left: Node, right: Node) -> Node:
        if right.is_number(0):
            return left
        if left.is_number(0):
            return -right
        if _is_negated(right):
            return self.typed("+", left, right.arguments[1])
        return self.typed("-", left, right)

    def multiply(self, left: Node, right: Node) -> Node:
        if left.is_number(0) or right.is_number(0):
            return self.number(0.0)
        (left_factor, left), (right_factor, right) = _factored(left), _factored(right)
        factor = left_factor * right_factor
        if left.is_number(1):
            return self._scaled(factor, right)
        if right.is_number(1):
            return self._scaled(factor, left)
        if right.kind == "/" and right.arguments[0].is_number(1):
            return self._scaled(factor, self.typed("/", left, right.arguments[1]))
        if left.kind == "/" and left.arguments[0].is_number(1):
            return self._scaled(factor, self.typed("/", right, left.arguments[1]))
        return self._scaled(factor, self.typed("*", left, right))

    def divide(self, left: Node, right: Node) -> Node:
        if left.is_number(0):
            return left
        (left_factor, left), (right_factor, right) = _factored(left), _factored(right)
        factor = left_factor / right_factor
        return self._scaled(factor, left if right.is_number(1) else self.typed("/", left, right))

    def whole_power(self, base: Node, exponent: int) -> Node:
        if exponent == 0:
            return self.number(1.0)
        return base if exponent == 1 else self.typed("**", base, number=float(exponent))

    def finite(self, node: Node) -> Node:
        return node if node.kind in ("number", "finite", *self.variables) else self.typed("finite", node)

    def _scaled(self, factor: float, core: Node) -> Node:
        if factor == 1:
            return core
        if core.kind == "number":
            return self.number(factor * core.number)
        if core.kind == "/" and core.arguments[0].kind == "number":
            return self.typed("/", self.number(factor * core.arguments[0].number), core.arguments[1])
        return self.typed("*", self.number(factor), core)


def _factored(node: Node) -> tuple[float, Node]:
    """A constant factor and what it multiplies."""
    if node.kind == "number":
        factor, core = node.number, node.graph.number(1.0)
    elif node.kind == "*" and node.arguments[0].kind == "number":
        factor, core = node.arguments[0].number, node.arguments[1]
    elif node.kind == "/" and node.arguments[0].kind == "number":
        factor = node.arguments[0].number
        core = node.graph.typed("/", node.graph.number(1.0), node.arguments[1])
    else:
        return 1.0, node
    return (factor, core) if LEAST_FACTOR <= abs(factor) <= MOST_FACTOR else (1.0, node)


def _is_negated(node: Node) -> bool:
    return node.kind == "*" and node.arguments[0].is_number(-1)


def reachable(roots: list[Node]) -> list[Node]:
    """All nodes that the roots are made of, arguments before what they are arguments of."""
    found: set[Node] = set()
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += node.arguments
    return sorted(found, key=lambda node: node.index)


# --- values --------------------------------------------------------------------------------------------------------


def power_by_multiplication(base: Any, exponent: int) -> Any:
    """The base to a whole power, by multiplication: np.power is ten times slower and differs by platform."""
    remaining = abs(exponent)
    while not remaining & 1:
        base, remaining = base * base, remaining >> 1
    result = base
    while remaining := remaining >> 1:
        base = base * base
        result = result * base if remaining & 1 else result
    return result if exponent > 0 else 1 / result


def value_of(functions: Mapping[str, Function], kind: str, number: float, *arguments: float) -> float:
    """What an operation gives for numbers, in float64: NaN or ∞ where it has no finite value."""
    with np.errstate(all="ignore"):
        first, *others = map(np.float64, arguments)
        match kind:
            case "+":
                return float(first + others[0])
            case "-":
                return float(first - others[0])
            case "*":
                return float(first * others[0])
            case "/":
                return float(first / others[0])
            case "**":
                return float(power_by_multiplication(first, int(number)))
            case "finite":
                return float(first) if math.isfinite(first) else 0.0
        return float(functions[kind].value(first, *others))
