"""NumPy code for nodes: each operation once, as few arrays alive at a time as the order allows."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from optviz.formula.functions import KNOWN
from optviz.formula.nodes import Node, power_by_multiplication, reachable

MOST_INLINED = 12
"""How deep one line nests: NumPy computes a nested expression in place, and Python's compiler has an end."""

NAMES: dict[str, Any] = {
    **{name: function.value for name, function in KNOWN.items()},
    "square": np.square,
    "whole_power": power_by_multiplication,
    "finite": lambda u: np.where(np.isfinite(u), u, 0.0),
    "nan": math.nan,
    "inf": math.inf,
}


def compiled(outputs: list[Node]) -> Callable[[Any, Any], tuple[Any, ...]]:
    """A function (x, y) → the values of the outputs: arrays, or floats where they do not depend on x and y.

    The operations and their order do not depend on which other outputs are asked for.
    """
    names = dict(NAMES)
    exec(compile(source(outputs), "<formula>", "exec"), names)  # our own text, made of the nodes' kinds and numbers
    function: Callable[[Any, Any], tuple[Any, ...]] = names["values"]
    return function


def source(outputs: list[Node]) -> str:
    """The text of the function `values(x, y)` of the graph's variables; there is at least one output."""
    nodes = reachable(outputs)
    uses = Counter(argument for node in nodes for argument in node.arguments)
    uses.update(outputs)
    depth: dict[Node, int] = {}
    lines: list[Node] = []
    for node in nodes:
        depth[node] = 1 + max((depth[argument] for argument in node.arguments), default=-1)
        if node.arguments and (uses[node] > 1 or depth[node] >= MOST_INLINED):
            lines.append(node)
            depth[node] = 0
    given = set(lines)
    last_line: dict[Node, int] = {}
    needed = [list(_given(node.arguments, given)) for node in lines]
    needed.append(list(_given(outputs, given)))
    for number, operands in enumerate(needed):
        last_line.update(dict.fromkeys(operands, number))
    variables: dict[Node, str] = {}
    free: list[str] = []
    text = [f"def values({', '.join(outputs[0].graph.variables)}):"]
    for number, node in enumerate(lines):
        expression = _expression(node, variables)
        free += [variables.pop(operand) for operand in needed[number] if last_line[operand] == number]
        variables[node] = free.pop() if free else f"v{len(variables)}"
        text.append(f"    {variables[node]} = {expression}")
    results = ", ".join(_operand(output, variables) for output in outputs)
    return "\n".join([*text, f"    return ({results},)\n"])


def _given(nodes: Any, given: set[Node]) -> Iterator[Node]:
    """Which of the given nodes stand in the expressions of these, each once."""
    waiting, seen = list(nodes), set()
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        if node in given:
            yield node
        else:
            waiting += node.arguments


def _operand(node: Node, variables: dict[Node, str]) -> str:
    return variables[node] if node in variables else _expression(node, variables)


def _expression(node: Node, variables: dict[Node, str]) -> str:
    if node.kind == "number":
        return f"({node.number!r})" if node.number < 0 else repr(node.number)
    if node.kind in node.graph.variables:
        return node.kind
    operands = [_operand(argument, variables) for argument in node.arguments]
    match node.kind:
        case "*" if node.arguments[0].is_number(-1):
            return f"(-{operands[1]})"
        case "+" | "-" | "*" | "/":
            return f"({operands[0]} {node.kind} {operands[1]})"
        case "**" if node.number == 2:
            return f"square({operands[0]})"
        case "**" if node.number == -1:
            return f"(1 / {operands[0]})"
        case "**":
            return f"whole_power({operands[0]}, {int(node.number)})"
    return f"{node.kind}({', '.join(operands)})"
