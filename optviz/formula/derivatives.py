"""Exact derivatives by going back from a value to x and y (reverse mode), as nodes of the same graph.

Each term of a derivative is what came so far times the slope of one operation. With `guarded`, a term that is not
finite counts as 0, alone: that is its limit where 0 meets ∞ (√(x² + y²) at 0), and the convention where there is none
(√x at 0, |x| at 0).
"""

from __future__ import annotations

from optviz.formula.nodes import Graph, Node, reachable


def gradient(root: Node, guarded: bool = False) -> tuple[Node, ...]:
    """The slopes along the variables of the graph, in their order: ∂/∂x and ∂/∂y."""
    graph = root.graph
    zero = graph.number(0.0)
    arrived: dict[Node, Node] = {root: graph.number(1.0)}
    for node in reversed(reachable([root])):
        behind = arrived.get(node)
        if behind is None or not node.arguments:
            continue
        for position, argument in enumerate(node.arguments):
            if argument.varies:
                term = _term(graph, node, position, behind, guarded)
                arrived[argument] = arrived[argument] + term if argument in arrived else term
    return tuple(arrived.get(graph.variable(name), zero) for name in graph.variables)


def _term(graph: Graph, node: Node, position: int, behind: Node, guarded: bool) -> Node:
    """What reaches one argument of a node: `behind`, the slope of the result by the node, times the node's own."""
    arguments = node.arguments
    match node.kind:
        case "+" | "finite":
            return behind
        case "-":
            return behind if position == 0 else -behind
        case "*":
            term = behind * arguments[1 - position]
        case "/" if position == 0:
            term = behind / arguments[1]
        case "/":
            term = -(behind * node / arguments[1])
        case "**":
            exponent = int(node.number)
            slope = exponent * graph.whole_power(arguments[0], exponent - 1)
            term = behind * (graph.finite(slope) if guarded else slope)
        case name:
            slope = graph.node(graph.functions[name].slopes[position](graph, *arguments))
            term = behind * (graph.finite(slope) if guarded else slope)
    return graph.finite(term) if guarded else term
