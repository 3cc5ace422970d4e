"""The surface in 3-D: what stands still in it, and how it looks as in the article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from optviz.figures.heights import CONTOURS, Heights, height_ticks
from optviz.figures.map import drift_of, places
from optviz.figures.race_record import RaceRecord
from optviz.figures.told import spelled

SHOWN = ["3d", "both"]
HEIGHT = 0.4
"""Of the box, in sides of its ground."""
HOME = [-52.0, 42.0, 1.6]
"""Azimuth and elevation in degrees, and the distance in sides: as on the map, x goes to the right and y away."""

# The author's script: 50 × 50 points in the colours "coolwarm" at alpha 0.6, no axes, view_init(elev=45, azim=45), and
# 2.6 times the range of losses on a z axis that matplotlib draws three quarters as long as a side.
ARTICLES_GRID = 50
ARTICLES_HEIGHT = 0.75 / 2.6
ARTICLES_HOME = [45.0, 45.0, 1.7]

FOOT = 0.04
"""Of the height of the box: a number of the vertical axis that stands lower lies on those of another one."""

BELOW_TITLE = 0.8
"""Of the same height: a number that stands higher lies on the title."""

PRESENTED_AXIS = {"tickfont": {"size": 15}, "title": {"font": {"size": 19}}}
WIDE = {"margin": {"l": 10}, "scene": {"domain": {"x": [0, 0.52], "y": [0, 1]}}}
BOTH_WIDE = {
    "xaxis": {"domain": [0, 0.3]},
    "scene": {"domain": {"x": [0.32, 0.63], "y": [0, 1]}},
    "xaxis2": {"domain": [0.7, 1]},
}
NARROW = {"scene": {"domain": {"x": [0, 1], "y": [0.37, 1]}}}
BOTH_NARROW = {
    "yaxis": {"domain": [0.7, 1]},
    "scene": {"domain": {"x": [0, 1], "y": [0.27, 0.64]}},
    "yaxis2": {"domain": [0, 0.22]},
}
_NO_CURVES = {name: {"visible": False} for name in ("xaxis2", "yaxis2")}
_NO_MAP = {name: {"visible": False} for name in ("xaxis", "yaxis")}
# On a phone, where the surface and the curves are two tabs: all the room for one of them.
ALONE: dict[str, dict[str, Any]] = {
    "alone map": {**_NO_CURVES, "yaxis": {"domain": [0, 1]}},
    "alone 3d": {**_NO_CURVES, "scene": {"domain": {"x": [0, 1], "y": [0, 1]}}},
    "alone both": {**_NO_CURVES, "yaxis": {"domain": [0.52, 1]}, "scene": {"domain": {"x": [0, 1], "y": [0, 0.46]}}},
    # Their title has room beside the numbers.
    "alone curves": {**_NO_MAP, "yaxis2": {"domain": [0, 1]}, "margin": {"l": 64}},
}
CHOICES = {"drawn": ["map", "3d", "both"], "look": ["own", "article"]}
"""Groups of views: how the surface is drawn, and what it looks like in 3-D."""
ARRANGEMENTS: dict[str, dict[str, Any]] = {
    "wide 3d": WIDE,
    "wide both": BOTH_WIDE,
    "narrow 3d": NARROW,
    "narrow both": BOTH_NARROW,
    **ALONE,
}
"""On top of the arrangement before the space, where the view after it is shown; "alone" is on top of both."""


def scene_layer(
    record: RaceRecord, heights: Heights, words: Mapping[str, str], pinned: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """The layer that shows the race in 3-D; `pinned` says where the paths of a pinned race are, one per racer.

    Its surface is the grid of heights that the map is drawn from; the height is the shade, so that a valley that the
    map shows is one here too, and the axis says which loss is at which height.
    """
    scene = _scene(record, heights, words)
    layout = {
        "scene": scene,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "paper_bgcolor": "@theme/paper",
        "font": {"color": "@theme/ink", "size": 12},
        "showlegend": False,
    }
    return {
        "kind": "scene",
        "plot": {"data": [_surface()], "layout": layout},
        "home": HOME,
        "arrangements": {
            "wide 3d": {"scene": {"zaxis": _headed(scene["zaxis"])}},
            "wide both": {"scene": {"zaxis": _headed(scene["zaxis"], every=2)}},
        },
        "presented": {"scene": dict.fromkeys(("xaxis", "yaxis", "zaxis"), PRESENTED_AXIS)},
        "grid": {"x": "@map/x", "y": "@map/y", "z": "@map/shade"},
        "places": places(record, words)["places"],
        **drift_of(record),
        "pinned": list(pinned),
        "group": "drawn",
        "shown": SHOWN,
        "instead": "map",
        "choices": ["look"],
    }


def _scene(record: RaceRecord, heights: Heights, words: Mapping[str, str]) -> dict[str, Any]:
    ticks = list(zip(*height_ticks(heights), strict=True))
    # At the foot of the axis the numbers of x and y begin.
    ticks = [tick for tick in ticks if tick[0] > FOOT] or ticks
    x_min, x_max, y_min, y_max = record.domain
    longest = max(x_max - x_min, y_max - y_min)
    # A long domain is a long box, but not a stick.
    sides = {"x": max((x_max - x_min) / longest, 0.4), "y": max((y_max - y_min) / longest, 0.4)}
    axis = {
        "gridcolor": "@theme/grid",
        "showbackground": False,
        "zeroline": False,
        "showspikes": False,
        "tickfont": {"color": "@theme/faint", "size": 11},
        "color": "@theme/faint",
        "nticks": 5,
    }
    return {
        "xaxis": {**axis, "range": [x_min, x_max], "title": {"text": words["x"]}},
        "yaxis": {**axis, "range": [y_min, y_max], "title": {"text": words["y"]}},
        "zaxis": {
            **axis,
            "range": [0, 1],
            "title": {"text": words["loss"]},
            "tickmode": "array",
            "tickvals": [position for position, _ in ticks],
            "ticktext": [spelled(loss) for _, loss in ticks],
        },
        "aspectmode": "manual",
        "aspectratio": {**sides, "z": HEIGHT},
        "bgcolor": "@theme/paper",
        "dragmode": "turntable",
        "hovermode": False,
    }


def _headed(axis: Mapping[str, Any], every: int = 1) -> dict[str, Any]:
    """The vertical axis with its title at its upper end, above some of its numbers.

    Beside them it stands on one of them, or beyond the edge, where the box is narrow.
    """
    ticks = [tick for tick in zip(axis["tickvals"], axis["ticktext"], strict=True) if tick[0] < BELOW_TITLE][::every]
    return {
        "title": {"text": ""},
        "tickvals": [*(place for place, _ in ticks), 1],
        "ticktext": [*(text for _, text in ticks), axis["title"]["text"]],
    }


def pinned_path(prefix: str, color: str, trace: int) -> dict[str, Any]:
    """Where the path of a pinned racer is, and the trace that shows it on the map."""
    return {"x": f"@{prefix}/point:0", "y": f"@{prefix}/point:1", "color": color, "trace": trace}


def scene_views(record: RaceRecord, traces: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The views of `CHOICES`; `traces` are those of the figure, of which 3-D hides what is on the map."""
    hidden = {str(place): {"visible": False} for place, trace in enumerate(traces) if trace["xaxis"] == "x"}
    no_axes = {name: {"visible": False} for name in ("xaxis", "yaxis")}
    return {
        "map": {"data": {}, "layout": {}},
        "3d": {"data": hidden, "layout": no_axes},
        "both": {"data": {}, "layout": {}},
        "own": {"data": {}, "layout": {}},
        "article": {
            "data": {},
            "layout": {},
            "scene": {
                "data": {"0": _as_in_the_article(record.domain)},
                "layout": {
                    "scene": {
                        **{axis: {"visible": False} for axis in ("xaxis", "yaxis", "zaxis")},
                        "aspectratio": {"z": ARTICLES_HEIGHT},
                    }
                },
                "home": ARTICLES_HOME,
            },
        },
    }


def _surface() -> dict[str, Any]:
    return {
        "type": "surface",
        "x": "@map/x",
        "y": "@map/y",
        "z": "@map/shade",
        "cmin": 0,
        "cmax": 1,
        "colorscale": "@theme/relief",
        "showscale": False,
        "hoverinfo": "skip",
        "contours": {
            "x": {"highlight": False},
            "y": {"highlight": False},
            "z": {
                "show": True,
                "start": 0.5 / CONTOURS,
                "end": 1 - 0.5 / CONTOURS,
                "size": 1 / CONTOURS,
                "color": "@theme/scene_line",
                "width": 1,
                "highlight": False,
            },
        },
        "lighting": {"ambient": 0.75, "diffuse": 0.6, "specular": 0.06, "roughness": 0.9, "fresnel": 0.05},
        "lightposition": {"x": -1000, "y": 1000, "z": 1500},
    }


def _as_in_the_article(domain: tuple[float, float, float, float]) -> dict[str, Any]:
    x_min, x_max, y_min, y_max = domain
    lines = {"show": True, "color": "@theme/article_line", "width": 1, "highlight": False}
    return {
        "colorscale": "@theme/article_relief",
        "contours": {
            "x": {**lines, "start": x_min, "end": x_max, "size": (x_max - x_min) / ARTICLES_GRID},
            "y": {**lines, "start": y_min, "end": y_max, "size": (y_max - y_min) / ARTICLES_GRID},
            "z": {"show": False},
        },
    }
