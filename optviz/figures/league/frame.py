"""What the pictures of a league have in common: axes, layouts, and racers as rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from optviz.figures.naming import trace_name

MARKS = "marks"
"""The clicks of a figure whose marks are clicked one by one: what is sent is the `customdata` of the mark."""

BELOW = {"legend": {"y": -0.16, "yanchor": "top"}, "margin": {"l": 58, "r": 16, "t": 10, "b": 44}, "height": 470}
"""Where a figure of curves is narrow, its legend, of several lines then, stands below."""

ROW, AROUND = 30, 96
"""Pixels: the height of a row, and of axis, title and legend around them."""

MARK = 9
"""Pixels: a mark that has an interval."""

LINE = 18
"""Pixels: one more line of a title below an axis."""


def clicks() -> dict[str, dict[str, Any]]:
    """A click on a mark asks for the seeds behind it."""
    return {MARKS: {"sends": "seeds"}}


def axis(title: str = "", **changes: Any) -> dict[str, Any]:
    """An axis in the look of all figures."""
    return {
        "gridcolor": "@theme/grid",
        "zeroline": False,
        "linecolor": "@theme/grid",
        "tickfont": {"color": "@theme/faint", "size": 12},
        "title": {"font": {"color": "@theme/ink", "size": 13}, "standoff": 8, "text": title},
        "ticks": "",
        **changes,
    }


def in_two_lines(title: str) -> str:
    """The title of an axis that has another one beside it: what is explained after a colon, or in brackets, below."""
    return re.sub(r"(:) |(：)| (?=\()|(?=（)", r"\1\2<br>", title, count=1)


def rows_axis(names: Sequence[str]) -> dict[str, Any]:
    """An axis of rows, the first on top, each called by its name."""
    rows = axis(
        tickmode="array",
        tickvals=list(range(len(names))),
        ticktext=[trace_name(name) for name in names],
        range=[len(names) - 0.5, -0.5],
        tickfont={"color": "@theme/ink", "size": 13},
        automargin=True,
        showgrid=False,
        fixedrange=True,
    )
    # Plotly leaves room also for an empty title.
    return {**rows, "title": {**rows["title"], "standoff": 0}}


def layout(axes: Mapping[str, dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """The layout of a figure with these axes."""
    return {
        **axes,
        "paper_bgcolor": "@theme/paper",
        "plot_bgcolor": "@theme/paper",
        "font": {"color": "@theme/ink", "size": 13},
        "hovermode": "closest",
        "hoverlabel": {"bgcolor": "@theme/label_back", "font": {"color": "@theme/ink"}},
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "font": {"size": 12},
            "traceorder": "normal",
        },
        "margin": {"l": 58, "r": 14, "t": 40, "b": 46},
        "dragmode": False,
        "uirevision": "kept",
        **changes,
    }


def height_of_rows(count: int) -> int:
    """How high a figure of so many rows is, in pixels."""
    return ROW * count + AROUND


def reach(values: np.ndarray) -> dict[str, Any]:
    """The bars of an interval around values: (rows, 3) as value, low, high."""
    value, low, high = values.T
    # An interval of quantiles need not hold the mean of a skewed sample.
    return {
        "type": "data",
        "symmetric": False,
        "array": np.maximum(high - value, 0).tolist(),
        "arrayminus": np.maximum(value - low, 0).tolist(),
        "thickness": 2,
        # Where an interval is narrower than the mark on it, its ends are seen above and below the mark.
        "width": MARK - 1,
    }


def line(x: float, x_axis: str = "x", color: str = "@theme/frame", dash: str = "dot") -> dict[str, Any]:
    """An upright line through a chart of rows, where its numbers change their meaning."""
    place = {"xref": x_axis, "yref": "y domain", "x0": x, "x1": x, "y0": 0, "y1": 1}
    return {"type": "line", **place, "layer": "below", "line": {"color": color, "width": 1, "dash": dash}}
