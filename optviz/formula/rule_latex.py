"""LaTeX of an optimizer's rule, from the MathML of its lines."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree

from optviz.formula.mathml import APPLY, TIMES, mathml

_NAMES = {
    "θ": r"\theta",
    "η": r"\eta",
    "γ": r"\gamma",
    "β": r"\beta",
    "ρ": r"\rho",
    "ε": r"\varepsilon",
    "λ": r"\lambda",
    "∇": r"\nabla ",
    "←": r"\leftarrow ",
    "−": "-",
    TIMES: r"\,",
    APPLY: "",
    "(": r"\left(",
    ")": r"\right)",
    "μ": r"\mu",
    "φ": r"\varphi",
    "σ": r"\sigma",
    "τ": r"\tau",
    "α": r"\alpha",
    "Δ": r"\Delta ",
    "δ": r"\delta",
}
_RELATIONS = (r"\leftarrow ", "=")


def rule_latex(lines: Iterable[str]) -> str:
    """The lines, one below the other, their arrows in a column."""
    return r"\begin{aligned}" + r" \\[0.35em] ".join(_line(line) for line in lines) + r"\end{aligned}"


def _line(line: str) -> str:
    written = _written(ElementTree.fromstring(mathml(line)))
    for sign in _RELATIONS:
        if sign in written:
            # The column is that of the first sign.
            return written.replace(sign, f"& {sign}", 1)
    return written


def _written(element: ElementTree.Element) -> str:
    parts = list(element)
    match element.tag:
        case "mi" | "mo" | "mn":
            text = element.text or ""
            return _NAMES.get(text, rf"\operatorname{{{text}}}" if len(text) > 1 and element.tag == "mi" else text)
        case "mtext":
            return rf"\text{{{_plain(element.text or '')}}}"
        case "msqrt":
            return rf"\sqrt{{{_row(parts)}}}"
        case "mfrac":
            return rf"\frac{{{_written(parts[0])}}}{{{_written(parts[1])}}}"
        case "msup":
            return f"{{{_written(parts[0])}}}^{{{_written(parts[1])}}}"
        case "msub":
            return f"{{{_written(parts[0])}}}_{{{_written(parts[1])}}}"
        case "msubsup":
            return f"{{{_written(parts[0])}}}_{{{_written(parts[1])}}}^{{{_written(parts[2])}}}"
        case "mover":
            return rf"\hat{{{_written(parts[0])}}}"
    return _row(parts)


def _row(parts: Iterable[ElementTree.Element]) -> str:
    return " ".join(_written(part) for part in parts)


def _plain(text: str) -> str:
    """Without what LaTeX reads as more than a letter."""
    return "".join(letter for letter in text if letter not in r"\{}$%&#_^~")
