"""Everybody against everybody: how often the racer of the row ends lower than that of the column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from optviz.figures.figure import Figure
from optviz.figures.league.frame import axis, clicks, layout, rows_axis
from optviz.figures.league.record import LeagueRecord
from optviz.figures.naming import trace_name

SIGNS = {"better": "▲", "worse": "▼", "equivalent": "=", "unknown": "?"}
"""What the verdict by how much is, below the number of who wins."""

CELL = 46
"""Pixels: the height of a row."""

WRITTEN = 10
"""So many racers have room for numbers in their cells."""

NARROW = {"margin": {"l": 40, "r": 28, "t": 92, "b": 10}, "xaxis": {"tickangle": -60}, "font": {"size": 11}}


def matrix_figure(record: LeagueRecord, words: Mapping[str, str]) -> Figure:
    """One trace, a cell per ordered pair, in the order of the ranking; nothing on the diagonal.

    words: matrix, matrix_hover, disagrees, verdict_better, verdict_worse, verdict_equivalent, verdict_unknown.
    """
    order = [int(place) for place in record.order]
    names = [record.names[place] for place in order]
    shares = np.full((len(order), len(order)), np.nan)
    texts = [["" for _ in order] for _ in order]
    marks: list[list[Any]] = [[["none"] for _ in order] for _ in order]
    for row, first in enumerate(order):
        for column, second in enumerate(order):
            if first == second:
                continue
            pair = record.pair(first, second)
            shares[row, column] = pair.share[0]
            sign = "≠" if pair.conflict else SIGNS[pair.verdict]
            texts[row][column] = f"{100 * pair.share[0]:.0f} {sign}"
            who = trace_name(f"{record.names[first]} – {record.names[second]}")
            told = [words[f"verdict_{pair.verdict}"], *([words["disagrees"]] if pair.conflict else [])]
            marks[row][column] = ["pair", first, second, who, "<br>".join(told)]
    cells = {
        "type": "heatmap",
        "name": words["matrix"],
        "z": "@shares",
        "text": texts,
        "texttemplate": "%{text}" if len(order) <= WRITTEN else "",
        "customdata": marks,
        "colorscale": "@theme/duel",
        "zmin": 0,
        "zmax": 1,
        "xgap": 2,
        "ygap": 2,
        "showscale": False,
        "hoverongaps": False,
        "hovertemplate": words["matrix_hover"],
    }
    across = rows_axis(names) | {
        "range": [-0.5, len(names) - 0.5],
        "side": "top",
        "tickangle": -30,
        "ticklabeloverflow": "allow",
    }
    across["title"] = axis(words["matrix"])["title"]
    return Figure(
        {
            "data": [cells],
            "layout": layout(
                {"xaxis": across, "yaxis": rows_axis(names)},
                height=CELL * len(names) + 120,
                margin={"l": 58, "r": 64, "t": 96, "b": 12},
                font={"color": "@theme/ink", "size": 13},
            ),
        },
        {"shares": shares},
        arrangements={"narrow": NARROW},
        clicks=clicks(),
    )
