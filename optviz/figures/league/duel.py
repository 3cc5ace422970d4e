"""Who wins, beside by how much: each row is a pair on the same seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from optviz.figures.figure import Figure
from optviz.figures.league.frame import (
    LINE,
    MARK,
    axis,
    clicks,
    height_of_rows,
    in_two_lines,
    layout,
    line,
    reach,
    rows_axis,
)
from optviz.figures.league.record import LeagueRecord
from optviz.figures.naming import as_text, trace_name
from optviz.figures.styles import styles_of
from optviz.statistics.pairs import EQUIVALENT_WITHIN, Pair

EVEN = 0.5

CONFLICTS = "conflicts"
WIDE = {"xaxis": {"domain": [0, 0.46]}, "xaxis2": {"domain": [0.55, 1]}}
"""Between them is room for the last number of the one axis and the first of the other."""
SYMBOLS = {"better": "circle", "worse": "circle", "equivalent": "square-open", "unknown": "circle-open"}
"""A filled mark is a verdict."""


def duel_figure(record: LeagueRecord, words: Mapping[str, str]) -> Figure:
    """Two traces, P(first beats second) and the difference of the means of c; a choice says which pairs.

    The choice "pairs" has "conflicts" first, where there are any, then "against 0", "against 1", … in the order of the
    ranking. words: wins, by_how_much, conflicts, against, duel_row, duel_conflict, wins_hover, difference_hover.
    """
    chosen = {f"against {place}": record.against(int(place)) for place in record.order}
    if found := record.conflicts():
        chosen = {CONFLICTS: found, **chosen}
    titles = {
        CONFLICTS: words["conflicts"],
        **{f"against {place}": as_text(words["against"].format(racer=record.names[place])) for place in record.order},
    }
    first = next(iter(chosen.values()), [])
    return Figure(
        {
            "data": _traces(record, first, words),
            "layout": layout(
                {
                    "xaxis": axis(in_two_lines(words["wins"]), range=[-0.02, 1.02], tickformat=".0%", fixedrange=True),
                    "xaxis2": axis(in_two_lines(words["by_how_much"]), range=_span(first), anchor="y", fixedrange=True),
                    "yaxis": rows_axis([]) | _rows(record, first, words)["yaxis"],
                },
                height=height_of_rows(len(first)) + LINE,
                showlegend=False,
                shapes=[
                    line(EVEN),
                    line(0.0, "x2"),
                    *(line(edge, "x2", "@theme/grid", "solid") for edge in (-EQUIVALENT_WITHIN, EQUIVALENT_WITHIN)),
                ],
                margin={"l": 58, "r": 14, "t": 14, "b": 46 + LINE},
            ),
        },
        {},
        arrangements={"wide": WIDE, "narrow": _narrow(words), "presented": _short(words)},
        views={
            name: {
                "data": {str(place): trace for place, trace in enumerate(_traces(record, pairs, words))},
                "layout": _rows(record, pairs, words),
                "title": titles[name],
            }
            for name, pairs in chosen.items()
        },
        choices={"pairs": list(chosen)},
        clicks=clicks(),
    )


def _rows(record: LeagueRecord, pairs: Sequence[Pair], words: Mapping[str, str]) -> dict[str, Any]:
    rows = rows_axis([_row(record, pair, words) for pair in pairs])
    names = [f"<b>{name}</b>" if pair.conflict else name for name, pair in zip(rows["ticktext"], pairs, strict=True)]
    across = {"xaxis2": {"range": _span(pairs)}}
    # Of the look nothing: how large the names are is a matter of the room.
    changed = {"tickvals": rows["tickvals"], "range": rows["range"], "ticktext": names}
    return {**across, "yaxis": changed, "height": height_of_rows(len(pairs)) + LINE}


def _short(words: Mapping[str, str]) -> dict[str, Any]:
    """Where there is no room for long titles beside one another."""
    return {
        "xaxis": {"title": {"text": words["wins_short"]}},
        "xaxis2": {"title": {"text": words["by_how_much_short"]}},
    }


def _narrow(words: Mapping[str, str]) -> dict[str, Any]:
    """The last number of the left axis ends before the first one of the right axis begins, however long the names are.

    So only the last number of the left one has its unit.
    """
    short, numbers = _short(words), {"tickangle": 0, "tickfont": {"size": 10}}
    shares = {"tickmode": "array", "tickvals": [0, EVEN, 1], "ticktext": ["0", "50", "100%"]}
    return {
        "xaxis": {**short["xaxis"], **numbers, **shares, "domain": [0, 0.38]},
        "xaxis2": {**short["xaxis2"], **numbers, "domain": [0.62, 1], "nticks": 4},
        "yaxis": {"tickfont": {"size": 11}},
        "margin": {"l": 40, "r": 16},
    }


def _row(record: LeagueRecord, pair: Pair, words: Mapping[str, str]) -> str:
    words_of_row = words["duel_conflict" if pair.conflict else "duel_row"]
    return words_of_row.format(first=record.names[pair.first], second=record.names[pair.second])


def _traces(record: LeagueRecord, pairs: Sequence[Pair], words: Mapping[str, str]) -> list[dict[str, Any]]:
    styles = styles_of(record.keys)
    shares = np.array([pair.share for pair in pairs]).reshape(-1, 3)
    differences = np.array([pair.difference for pair in pairs]).reshape(-1, 3)
    ahead = [pair.first if pair.share[0] >= EVEN else pair.second for pair in pairs]
    lower = [pair.first if pair.difference[0] <= 0 else pair.second for pair in pairs]
    names = [trace_name(f"{record.names[p.first]} – {record.names[p.second]}") for p in pairs]
    told = [[pair.wins, pair.ties, pair.losses] for pair in pairs]
    # A share of 1 lies at the end of its axis.
    shared = {"type": "scatter", "mode": "markers", "y": list(range(len(pairs))), "text": names, "cliponaxis": False}
    return [
        {
            **shared,
            "name": words["wins"],
            "x": shares[:, 0].tolist(),
            "error_x": {**reach(shares), "color": "@theme/faint"},
            "marker": {"size": MARK, "color": [styles[place]["color"] for place in ahead]},
            "customdata": [
                ["pair", pair.first, pair.second, *counts, *pair.share[1:]]
                for pair, counts in zip(pairs, told, strict=True)
            ],
            "hovertemplate": words["wins_hover"],
        },
        {
            **shared,
            "name": words["by_how_much"],
            "xaxis": "x2",
            "x": differences[:, 0].tolist(),
            "error_x": {**reach(differences), "color": "@theme/faint"},
            "marker": {
                "size": MARK,
                "color": [styles[place]["color"] for place in lower],
                "symbol": [SYMBOLS[pair.verdict] for pair in pairs],
                "line": {"width": 2},
            },
            "customdata": [
                ["difference", pair.first, pair.second, *pair.difference[1:], words[f"verdict_{pair.verdict}"]]
                for pair in pairs
            ],
            "hovertemplate": words["difference_hover"],
        },
    ]


def _span(pairs: Sequence[Pair]) -> list[float]:
    """The same to both sides, so that nobody is seen to be ahead by the axis alone."""
    ends = [abs(end) for pair in pairs for end in pair.difference if np.isfinite(end)]
    far = min(1.02, max([EQUIVALENT_WITHIN * 2, *ends]) * 1.12)
    return [-far, far]
