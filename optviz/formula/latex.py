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
            text = _latex(tree.arguments[0])[0]
            for sign, term in zip(tree.signs[1:], tree.arguments[1:], strict=True):
                text += f" {sign} {_bracketed(term, SUM + 1)}" if sign == "-" else f" + {_bracketed(term, SUM)}"
            return text, SUM
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
        text, binding = _latex(first)
    elif first.kind == "negative":
        text, binding = "-" + _bracketed(first.arguments[0], TIGHT), PRODUCT
    else:
        text, binding = _bracketed(first, PRODUCT), PRODUCT
    for sign, factor in zip(tree.signs[1:], tree.arguments[1:], strict=True):
        if sign == "/":
            text, binding = rf"\frac{{{text}}}{{{_latex(factor)[0]}}}", TIGHT
        else:
            second = _bracketed(factor, PRODUCT)
            text = rf"{text} \cdot {second}" if second[0].isdigit() else f"{text} {second}"
            binding = PRODUCT
    return text, binding


def _bracketed(tree: Tree, least: int) -> str:
    text, binding = _latex(tree)
    return rf"\left({text}\right)" if binding < least or (text.startswith("-") and binding < ATOM) else text


def _number(number: float) -> tuple[str, int]:
    text = repr(number).removesuffix(".0")
    mantissa, exponent_sign, exponent = text.partition("e")
    if not exponent_sign:
        return text, ATOM
    power = f"10^{{{int(exponent)}}}"
    return (power if mantissa == "1" else rf"{mantissa} \cdot {power}"), PRODUCT
