"""The ranking: mean c of each racer with its interval, beside the ranks that it may have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from optviz.figures.figure import Figure
from optviz.figures.league.frame import LINE, MARK, axis, clicks, height_of_rows, in_two_lines, layout, reach, rows_axis
from optviz.figures.league.record import LeagueRecord
from optviz.figures.naming import trace_name
from optviz.figures.styles import styles_of

WIDE = {"xaxis": {"domain": [0, 0.68]}, "xaxis2": {"domain": [0.73, 1]}}


def ranking_figure(record: LeagueRecord, words: Mapping[str, str]) -> Figure:
    """A row per racer, the smallest mean c on top. words: mean_c, ranks, ranking_hover, rank_hover.

    The first trace are the means; then one trace per racer for its ranks, in the order of the rows.
    """
    order = [int(place) for place in record.order]
    styles = styles_of(record.keys)
    names = [record.names[place] for place in order]
    return Figure(
        {
            "data": [_means(record, order, styles, words), *_ranks(record, order, styles, words)],
            "layout": layout(
                {
                    "xaxis": axis(in_two_lines(words["mean_c"]), range=_span(record.means), fixedrange=True),
                    "yaxis": rows_axis(names),
                    "xaxis2": axis(
                        words["ranks"],
                        range=[0.5, len(names) + 0.5],
                        anchor="y",
                        tickformat="d",
                        dtick=1 if len(names) <= 10 else 5,
                        tick0=1,
                        fixedrange=True,
                    ),
                },
                height=height_of_rows(len(names)) + LINE,
                showlegend=False,
                margin={"l": 58, "r": 14, "t": 14, "b": 46 + LINE},
            ),
        },
        {},
        arrangements={"wide": WIDE, "narrow": _narrow(words, len(names))},
        clicks=clicks(),
    )


def _means(
    record: LeagueRecord, order: list[int], styles: list[dict[str, str]], words: Mapping[str, str]
) -> dict[str, Any]:
    means = record.means[order]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": words["mean_c"],
        "x": means[:, 0].tolist(),
        "y": list(range(len(order))),
        "cliponaxis": False,
        "text": [trace_name(record.names[place]) for place in order],
        "error_x": {**reach(means), "color": "@theme/faint"},
        "marker": {
            "size": MARK,
            "color": [styles[place]["color"] for place in order],
            "symbol": [styles[place]["marker"] for place in order],
        },
        "customdata": [["mean", place, low, high] for place, (_, low, high) in zip(order, means.tolist(), strict=True)],
        "hovertemplate": words["ranking_hover"],
    }


def _ranks(
    record: LeagueRecord, order: list[int], styles: list[dict[str, str]], words: Mapping[str, str]
) -> list[dict[str, Any]]:
    # A rank that is sure is drawn as a mark of its own: a line of no length is not seen.
    return [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "xaxis": "x2",
            "name": words["ranks"],
            "x": record.ranks[place].tolist(),
            "y": [row, row],
            "text": [trace_name(record.names[place])] * 2,
            "line": {"color": styles[place]["color"], "width": 6},
            "marker": {"color": styles[place]["color"], "size": 10, "symbol": "square"},
            "customdata": [["mean", place, _rank(record, place)]] * 2,
            "hovertemplate": words["rank_hover"],
        }
        for row, place in enumerate(order)
    ]


def _rank(record: LeagueRecord, place: int) -> str:
    low, high = (int(rank) for rank in record.ranks[place])
    return f"{low}" if low == high else f"{low}–{high}"


def _span(means: np.ndarray) -> list[float]:
    """From 0 to a little beyond the largest interval, at most all that c can be."""
    return [0.0, min(1.02, float(np.nanmax(means)) * 1.06 + 1e-9)]


def _narrow(words: Mapping[str, str], count: int) -> dict[str, Any]:
    """There is no room for long titles beside one another, nor for more than seven ranks in a size to be read."""
    ranks = {"tickangle": 0, "tickfont": {"size": 10}, "dtick": 1 if count <= 7 else 2 if count <= 10 else 5}
    return {
        "xaxis": {"domain": [0, 0.6], "nticks": 4, "title": {"text": words["mean_c_short"]}},
        "xaxis2": {"domain": [0.7, 1], "title": {"text": words["ranks_short"]}, **ranks},
        "margin": {"l": 40, "r": 10},
    }
