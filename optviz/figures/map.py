"""The map of a surface: relief and level lines, and the marks of the lowest point and of the start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optviz.figures.heights import CONTOURS
from optviz.figures.palette import LIT
from optviz.figures.race_record import RaceRecord


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


def lowest_mark(record: RaceRecord, words: Mapping[str, str]) -> dict[str, Any]:
    """The lowest point; `words` is the table `figure` of the texts."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [record.lowest[0]],
        "y": [record.lowest[1]],
        "marker": {"symbol": "cross-thin-open", "size": 11, "color": "@theme/ink", "line": {"width": 1.6}},
        "hovertemplate": f"{words['lowest']}<br>(%{{x:.4g}}, %{{y:.4g}})<extra></extra>",
        "showlegend": False,
        "xaxis": "x",
        "yaxis": "y",
    }


def start_mark(record: RaceRecord, words: Mapping[str, str]) -> dict[str, Any]:
    """The start, which may lie on the edge of the map."""
    return {
        **lowest_mark(record, words),
        "x": [record.start[0]],
        "y": [record.start[1]],
        "marker": {"symbol": "circle-open", "size": 15, "color": "@theme/accent", "line": {"width": 2}},
        "hovertemplate": f"{words['start']}<br>(%{{x:.4g}}, %{{y:.4g}})<extra></extra>",
        "cliponaxis": False,
    }
