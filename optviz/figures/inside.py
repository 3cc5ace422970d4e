"""Inside a step: the lines of a rule with their numbers, and the arrows that the step is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from optviz.figures.figure import Figure
from optviz.figures.heights import Heights
from optviz.figures.styles import color_of, styles_of
from optviz.formula.filling import Token
from optviz.formula.mathml import mathml, mathml_of
from optviz.formula.rule import Gradient, Name, Node, every, written
from optviz.ledger import BARS, Arrow, Counterpart, Ledger, RuleLine, Series, Symbol
from optviz.racer import Racer

Texts = Mapping[str, Mapping[str, str]]


def inside_figure(
    ledgers: Mapping[int, Ledger],
    names: Sequence[str],
    keys: Sequence[str],
    heights: Heights,
    map_key: str,
    text: Texts,
) -> Figure:
    """The racers at these places of a race, side by side, of which `names` and `keys` tell them all.

    What travels is one layer, described by `InsideLayer` of `optviz/stage/js/inside/types.d.ts`, and the arrays that it
    refers to, in double precision. text: all words of a language.
    """
    arrays: dict[str, np.ndarray] = {
        "map/x": heights.x,
        "map/y": heights.y,
        "map/shade": heights.shade,
        "map/losses": heights.losses,
    }
    styles = styles_of(tuple(keys))
    racers = []
    for place, told in ledgers.items():
        parts = _Parts(told, f"inside/{place}", text)
        racers.append({"place": place, "name": names[place], **styles[place], **parts.racer()})
        arrays |= parts.arrays
    (first, *_) = ledgers.values()
    drift = first.path.surface.drift(first.path.steps)
    if drift is not None:
        arrays["inside/drift"] = drift
    layer = {
        "kind": "inside",
        "steps": first.path.steps,
        "map": {name: f"@map/{name}" for name in ("x", "y", "losses", "shade")},
        "domain": list(first.path.surface.domain),
        "drift": None if drift is None else "@inside/drift",
        "racers": racers,
    }
    plot: dict[str, Any] = {"data": [], "layout": {}}
    # The map of a race has no losses.
    return Figure(plot=plot, arrays=arrays, layers=[layer], map_key=f"{map_key} with losses", exact=("inside/",))


class _Parts:
    """One racer: what is told of it, and the arrays that it refers to."""

    def __init__(self, ledger: Ledger, prefix: str, text: Texts) -> None:
        self.ledger, self.prefix, self.text = ledger, prefix, text
        self.arrays: dict[str, np.ndarray] = {}
        self.references: dict[str, str] = {}

    def racer(self) -> dict[str, Any]:
        told, words = self.ledger, self.text["inside"]
        asked = told.asked
        return {
            "diverged_at": int(told.path.diverged_at),
            "points": self.value("θ"),
            "local": self.array("local", told.local),
            "gradient": self.gradient(),
            "batched": told.path.racer.batch_size is not None,
            "terms": [self.term(symbol) for symbol in told.symbols],
            "lines": [self.line(line) for line in told.lines],
            "arrows": [self.arrow(f"arrow/{place}", arrow) for place, arrow in enumerate(told.arrows)],
            "total": self.arrow("total", told.total),
            "plain": self.plain(told.plain, "plain") or self.plain(told.full, "full"),
            "asked": None
            if asked is None
            else {
                "at": self.array("asked", asked),
                "symbol": mathml(told.asked_text),
                "label": told.asked_text,
                "told": words["asked"],
            },
            "counterpart": told.counterpart and self.counterpart(told.counterpart),
            "bars": [self.series(series) for series in told.series if series.kind in BARS],
            "series": [self.series(series) for series in told.series],
        }

    def array(self, name: str, values: np.ndarray) -> str:
        self.arrays[f"{self.prefix}/{name}"] = values
        return f"@{self.prefix}/{name}"

    def value(self, symbol: str) -> str:
        """The reference to the values of a symbol; they travel once, and only if something refers to them."""
        known = self.references.get(symbol)
        if known is None:
            known = self.references[symbol] = self.array(f"value/{len(self.references)}", self.ledger.values[symbol])
        return known

    def gradient(self) -> str | None:
        """The reference to the one gradient that each step was made from, None where there were more, or none."""
        gradients = [symbol.symbol for symbol in self.ledger.symbols if symbol.kind == "gradient"]
        values = [self.ledger.values[symbol] for symbol in gradients]
        if not values or any(not np.array_equal(one, values[0], equal_nan=True) for one in values[1:]):
            return None
        return self.value(gradients[0])

    def term(self, symbol: Symbol) -> dict[str, Any]:
        section = "hyperparameter" if symbol.kind == "field" else "term"
        told = self.text[section].get(symbol.name, "")
        return {"id": symbol.symbol, "kind": symbol.kind, "color": _color(symbol.kind), "told": told}

    def line(self, line: RuleLine) -> dict[str, Any]:
        if line.tree is None:
            return {"mathml": mathml(line.text), "numbers": None}
        known = {symbol.symbol for symbol in self.ledger.symbols}
        marks: dict[Node, dict[str, str]] = {}
        for node in every(line.tree):
            term, arrows = _term_of(node), self.arrows_of(node)
            marks[node] = {
                **({"data-term": term} if term in known else {}),
                **({"data-arrows": " ".join(map(str, arrows))} if arrows else {}),
            }
        numbers = line.numbers and [self.token(token, known) for token in line.numbers]
        return {
            "mathml": mathml_of(line.tree, {node: mark for node, mark in marks.items() if mark}),
            "numbers": numbers,
        }

    def arrows_of(self, node: Node | None) -> list[int]:
        return [place for place, arrow in enumerate(self.ledger.arrows) if node in arrow.nodes]

    def token(self, token: Token, known: set[str]) -> dict[str, Any]:
        term, arrows = _term_of(token.node), self.arrows_of(token.group)
        marks = {**({"term": term} if term in known else {}), **({"arrows": arrows} if arrows else {})}
        if token.text:
            return {**marks, "text": token.text}
        slot: dict[str, Any] = {"value": self.value(token.value)}
        for name, on in (("before", token.before), ("brackets", token.brackets), ("raised", token.raised)):
            if on:
                slot[name] = on
        return {**marks, **slot}

    def arrow(self, name: str, arrow: Arrow) -> dict[str, Any]:
        return {
            "kind": arrow.kind,
            "color": _color(arrow.kind),
            "label": arrow.label,
            "symbol": mathml(arrow.text),
            "told": self.text["inside"][f"part_{arrow.kind}"],
            "ends": self.array(name, arrow.ends),
        }

    def plain(self, arrow: Arrow | None, name: str) -> dict[str, Any] | None:
        if arrow is None:
            return None
        told = self.text["inside"][name]
        # Of a batch's own step the formula is the same: in the picture words tell them apart.
        return {**self.arrow("plain", arrow), "told": told, **({"label": told} if name == "full" else {})}

    def counterpart(self, other: Counterpart) -> dict[str, Any]:
        key = Racer(other.optimizer).key
        return {
            "name": self.text["optimizer"].get(key, type(other.optimizer).__name__),
            "color": color_of(key),
            "arrows": [self.arrow(f"counterpart/{place}", arrow) for place, arrow in enumerate(other.arrows)],
            "total": self.arrow("counterpart/total", other.total),
        }

    def series(self, series: Series) -> dict[str, Any]:
        symbol = series.symbol or SYMBOLS.get(series.key, "")
        values = self.value(series.symbol) if series.symbol else self.array(f"series/{series.key}", series.values)
        return {
            "key": series.key,
            "kind": series.kind,
            "color": _color(series.kind),
            "symbol": mathml(symbol) if symbol else "",
            "label": symbol,
            "told": self.text["term"].get(series.key, ""),
            "values": values,
            "range": None if series.span is None else list(series.span),
            "logarithmic": series.logarithmic,
        }


SYMBOLS = {"gradient_length": "|∇J|", "step_length": "|Δθ|"}
"""What lengths are called in formulas."""


def _term_of(node: Node | None) -> str:
    """What `data-term` says of a symbol; "" for what is none."""
    if isinstance(node, Name):
        return node.symbol
    return written(node) if isinstance(node, Gradient) else ""


def _color(kind: str) -> str:
    return f"@theme/term/{kind}"
