"""The map of a surface: relief and level lines, and the marks of the lowest point and of the start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optviz.figures.heights import CONTOURS, Heights, height_ticks
from optviz.figures.palette import LIT
from optviz.figures.race_record import RaceRecord
from optviz.figures.told import spelled

MOST_LABELLED = 12
MOST_MARKED = 60


def relief() -> dict[str, Any]:
    """The layer that paints the heights."""
    return {"kind": "relief", "x": "@map/x", "y": "@map/y", "z": "@map/shade", "lit": list(LIT)}


def level_lines() -> dict[str, Any]:
    """The level lines, each in a colour for the ground that it lies on."""
    return {
        "type": "contour",
        "x": "@map/x",
        "y": "@map/y",
        "z": "@map/shade",
        "xaxis": "x",
        "yaxis": "y",
        "zmin": 0,
        "zmax": 1,
        "zauto": False,
        "autocontour": False,
        "contours": {"start": 0.5 / CONTOURS, "end": 1 - 0.5 / CONTOURS, "size": 1 / CONTOURS, "coloring": "lines"},
        "line": {"width": 0.6, "smoothing": 0.6},
        "colorscale": "@theme/relief_lines",
        "showscale": False,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def drift_of(record: RaceRecord) -> dict[str, Any]:
    """Where a layer of places finds how far they have moved by each step, if they move."""
    return {} if record.drift is None else {"drift": {"x": "@drift:0", "y": "@drift:1"}}


def places(record: RaceRecord, words: Mapping[str, str]) -> dict[str, Any]:
    """The layer that marks the minima, the lowest with the word for it, and labels them with their losses.

    All that are as low as the lowest look like it. Of more than `MOST_LABELLED` only the lowest are labelled, or the
    first of them where they are more themselves; of more than `MOST_MARKED` the highest are left out.
    """
    few = len(record.minima) <= MOST_LABELLED
    named = record.deepest if record.deepest <= MOST_LABELLED else 1
    marked = []
    for place, (x, y, loss) in enumerate(record.minima[:MOST_MARKED]):
        told = spelled(loss)
        label = words["lowest_label"].format(loss=told) if place < named else told if few else ""
        marked.append({"at": [x, y], "label": label, "size": 6.5 if place < max(record.deepest, 1) else 4})
    return {"kind": "places", "places": marked, **drift_of(record)}


def level_scale(heights: Heights, words: Mapping[str, str]) -> dict[str, Any]:
    """The scale of the map's colours: at which shade which round loss is."""
    positions, losses = height_ticks(heights)
    ticks = [[round(position, 4), spelled(loss)] for position, loss in zip(positions, losses, strict=True)]
    return {"title": words["loss"], "ticks": ticks, "colors": "@theme/relief"}


def lowest_mark(record: RaceRecord, words: Mapping[str, str]) -> dict[str, Any]:
    """What is told of the lowest points; `words` is the table `figure` of the texts."""
    points = [(x, y) for x, y, _ in record.minima[: record.deepest]] or [record.lowest]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [x for x, _ in points],
        "y": [y for _, y in points],
        # Its mark is the layer's; here it is for a hand that asks what it is.
        "marker": {"symbol": "circle", "size": 16, "color": "@theme/ink", "opacity": 0},
        "hovertemplate": f"{words['lowest']}<br>(%{{x:.4g}}, %{{y:.4g}})<extra></extra>",
        "showlegend": False,
        "xaxis": "x",
        "yaxis": "y",
    }


def lowest_way(record: RaceRecord, words: Mapping[str, str]) -> dict[str, Any]:
    """`lowest_mark` of a surface that moves: a pale line through where the lowest point is at each step."""
    at_step = words["at_step"].format(step="%{pointNumber}")
    hovered = f"{words['lowest']}<br>{at_step}<br>(%{{x:.4g}}, %{{y:.4g}})<extra></extra>"
    return {
        **lowest_mark(record, words),
        "mode": "lines",
        "x": "@lowest:0",
        "y": "@lowest:1",
        "line": {"color": "@theme/casing", "width": 2, "dash": "dot"},
        "opacity": 0.8,
        "hovertemplate": hovered,
    }


def start_mark(record: RaceRecord, words: Mapping[str, str]) -> dict[str, Any]:
    """The start, which may lie on the edge of the map."""
    return {
        **lowest_mark(record, words),
        "x": [record.start[0]],
        "y": [record.start[1]],
        "marker": {"symbol": "circle-open", "size": 15, "color": "@theme/accent", "line": {"width": 2.5}},
        "hovertemplate": f"{words['start']}<br>(%{{x:.4g}}, %{{y:.4g}})<extra></extra>",
        "cliponaxis": False,
    }
