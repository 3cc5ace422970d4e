"""What a figure is: a plain dict, and the arrays that it refers to by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from optviz.figures.palette import THEMES


@dataclass(frozen=True, eq=False)
class Figure:
    """`plot` is {data, layout} with references (see `optviz.figures`); `arrays` holds what they refer to.

    `arrangements` are layout patches by name: the stage picks one that suits the room it has ("wide", "narrow"), and on
    top of it one for a view that is shown ("wide 3d"); `scene` in it says where a 3-D chart has its place.
    `views` are changes a visitor may choose: name → {"data": {trace index: patch}, "layout": patch}; "veiled" is
    a patch on top for as long as the future is hidden, "scene" what changes in a 3-D chart; `choices` groups their
    names, one of each group is on, the first at the beginning.
    `layers` are drawn above the plot, each {"kind": …} by the mark of that kind: see `optviz/stage/js/layers/`, and the
    entries of each kind ("tracks", "arrows") in `optviz/stage/js/types.d.ts`.
    `clicks` says what a click sends, by chart ("map", "curves"): {"sends": name, "at": [x, y], "trace": index}; at is
    the place of the handle that can be dragged, trace what shows it; of one whose `marks` are clicked one by one
    {"marks": {"sends": name}}: sent is the `customdata` of the mark, a list that begins with a name, or else the `meta`
    of its trace, such a list as well, and the place of the mark in it. `title` in a view is what the choice of it is
    called. `map_key` names the arrays under `map/`, which are
    large and change rarely, so that they need not be sent twice. `exact` begins the names of arrays of float64 that
    travel as they are.
    """

    plot: dict[str, Any]
    arrays: dict[str, np.ndarray]
    arrangements: dict[str, dict[str, Any]] = field(default_factory=dict)
    views: dict[str, dict[str, Any]] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    layers: list[dict[str, Any]] = field(default_factory=list)
    clicks: dict[str, dict[str, Any]] = field(default_factory=dict)
    map_key: str = ""
    exact: tuple[str, ...] = ()


def resolved(
    figure: Figure, theme: str = "light", arrangement: str = "wide", views: Iterable[str] = ()
) -> dict[str, Any]:
    """The figure as Plotly takes it: references filled in, an arrangement and views applied."""
    plot = _filled(figure.plot, figure.arrays, THEMES[theme])
    patch = _filled(figure.arrangements.get(arrangement, {}), figure.arrays, THEMES[theme])
    plot["layout"] = _merged(plot["layout"], patch)
    for view in views:
        chosen = _filled(figure.views[view], figure.arrays, THEMES[theme])
        plot["layout"] = _merged(plot["layout"], chosen["layout"])
        for index, change in chosen["data"].items():
            plot["data"][int(index)] = _merged(plot["data"][int(index)], change)
    return plot


def _filled(value: Any, arrays: dict[str, np.ndarray], theme: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(item, arrays, theme) for name, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, arrays, theme) for item in value]
    if isinstance(value, str) and value.startswith("@@"):
        return value[1:]
    if isinstance(value, str) and value.startswith("@theme/"):
        return theme[value[len("@theme/") :]]
    if isinstance(value, str) and value.startswith("@"):
        name, _, column = value[1:].partition(":")
        return arrays[name][:, int(column)] if column else arrays[name]
    return value


def _merged(base: Any, patch: Any) -> Any:
    if isinstance(base, dict) and isinstance(patch, dict):
        return {**base, **{name: _merged(base.get(name), item) for name, item in patch.items()}}
    return patch
