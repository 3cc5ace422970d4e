"""A race's figure for a place in a text: the map, or the surface in 3-D, or the map beside the loss curves."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from optviz.figures.figure import Figure

MAP_GRID = 61
"""Points a side of a small map: a quarter of the numbers of a large one."""

_NO_CURVES = {name: {"visible": False} for name in ("xaxis2", "yaxis2")}
_UNTITLED = {name: {"title": {"text": ""}} for name in ("xaxis", "yaxis")}
_MARGIN = {"l": 36, "r": 14, "t": 6, "b": 26}
ALONE = {
    **_NO_CURVES,
    **{name: {"domain": [0, 1], **_UNTITLED[name]} for name in ("xaxis", "yaxis")},
    "margin": _MARGIN,
    "dragmode": False,
}
SCENE = {**ALONE, "margin": {"l": 0, "r": 0, "t": 0, "b": 0}, "scene": {"domain": {"x": [0, 1], "y": [0, 1]}}}


def small_figure(figure: Figure, curves: bool, chosen: Mapping[str, str]) -> Figure:
    """The figure of a race with what is `chosen` of its views, and no choice left.

    curves: whether the loss curves are there; in 3-D they are not.
    """
    shown = {group: chosen[group] for group in figure.choices if group in chosen}
    in_depth = shown["drawn"] != "map"
    layers = [layer for layer in figure.layers if in_depth or layer["kind"] != "scene"]
    return dataclasses.replace(
        figure,
        arrangements=_arrangements(figure, curves, shown["drawn"]),
        views={name: figure.views[name] for name in shown.values()},
        choices={group: [name] for group, name in shown.items()},
        layers=layers,
    )


def _arrangements(figure: Figure, curves: bool, drawn: str) -> dict[str, dict[str, Any]]:
    if drawn != "map":
        return {"wide": ALONE, "narrow": ALONE, f"wide {drawn}": SCENE, f"narrow {drawn}": SCENE}
    if not curves:
        return {"wide": ALONE, "narrow": ALONE}
    sides = {name: figure.arrangements[name] for name in ("wide", "narrow")}
    return {name: {**side, "dragmode": False} for name, side in sides.items()}
