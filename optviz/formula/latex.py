"""LaTeX of a tree: a formula in the order in which it was typed."""

from __future__ import annotations

from optviz.formula.functions import CONSTANTS, FUNCTIONS, WRITTEN
from optviz.formula.text import Tree

SUM, PRODUCT, TIGHT, ATOM = range(4)


def latex(tree: Tree) -> str:
    """The formula in LaTeX."""
    return _latex(tree)[0]


def _latex(tree: Tree) -> tuple[str, int]:
    """LaTeX, and how tightly its outermost operation binds."""
    match tree.kind:
        case "number":
            return _number(tree.number)
        case "variable":
            return tree.name, ATOM
        case "constant":
            return CONSTANTS[tree.name][1], ATOM
        case "negative":
            return "-" + _bracketed(tree.arguments[0], PRODUCT), SUM
        case "sum":
            shown = _latex(tree.arguments[0])[0]
            for sign, term in zip(tree.signs[1:], tree.arguments[1:], strict=True):
                shown += f" {sign} {_bracketed(term, SUM + 1)}" if sign == "-" else f" + {_bracketed(term, SUM)}"
            return shown, SUM
        case "product":
            return _product(tree)
        case "power":
            base, exponent = tree.arguments
            return f"{_bracketed(base, ATOM)}^{{{_latex(exponent)[0]}}}", TIGHT
    arguments = ", ".join(_latex(argument)[0] for argument in tree.arguments)
    if tree.name == "pow":
        base, exponent = tree.arguments
        return f"{_bracketed(base, ATOM)}^{{{_latex(exponent)[0]}}}", TIGHT
    function = FUNCTIONS.get(tree.name) or WRITTEN[tree.name]
    return function.latex.format(arguments), ATOM if tree.name in ENCLOSED else TIGHT


ENCLOSED = ("abs", "sqrt", "cbrt", "floor", "ceil")


def _product(tree: Tree) -> tuple[str, int]:
    first = tree.arguments[0]
    divided = tree.signs[1] == "/"
    # A leading minus needs no brackets on the left of a product: -2 x is both (-2)·x and -(2·x).
    if divided:
        shown, binding = _latex(first)
    elif first.kind == "negative":
        shown, binding = "-" + _bracketed(first.arguments[0], TIGHT), PRODUCT
    else:
        shown, binding = _bracketed(first, PRODUCT), PRODUCT
    for sign, factor in zip(tree.signs[1:], tree.arguments[1:], strict=True):
        if sign == "/":
            shown, binding = rf"\frac{{{shown}}}{{{_latex(factor)[0]}}}", TIGHT
        else:
            second = _bracketed(factor, PRODUCT)
            shown = rf"{shown} \cdot {second}" if second[0].isdigit() else f"{shown} {second}"
            binding = PRODUCT
    return shown, binding


def _bracketed(tree: Tree, least: int) -> str:
    shown, binding = _latex(tree)
    return rf"\left({shown}\right)" if binding < least or (shown.startswith("-") and binding < ATOM) else shown


def _number(number: float) -> tuple[str, int]:
    shown = repr(number).removesuffix(".0")
    mantissa, exponent_sign, exponent = shown.partition("e")
    if not exponent_sign:
        return shown, ATOM
    power = f"10^{{{int(exponent)}}}"
    return (power if mantissa == "1" else rf"{mantissa} \cdot {power}"), PRODUCT
