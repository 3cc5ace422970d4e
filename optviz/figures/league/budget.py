"""Fair mode: what each tried value comes to, beside what to expect of a budget for tuning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from optviz.figures.figure import Figure
from optviz.figures.league.frame import axis, clicks, layout
from optviz.figures.league.record import FairRecord, LeagueRecord
from optviz.figures.loss_chart import TICKS_WITHIN_A_DECADE
from optviz.figures.naming import trace_name
from optviz.figures.styles import styles_of

WIDE = {
    "xaxis": {"domain": [0, 0.46], "anchor": "y"},
    "yaxis": {"domain": [0, 1], "anchor": "x"},
    "xaxis2": {"domain": [0.55, 1], "anchor": "y2"},
    "yaxis2": {"domain": [0, 1], "anchor": "x2"},
}
NARROW = {
    "height": 720,
    "xaxis": {"domain": [0, 1], "anchor": "y"},
    "yaxis": {"domain": [0.57, 1], "anchor": "x"},
    "xaxis2": {"domain": [0, 1], "anchor": "y2"},
    "yaxis2": {"domain": [0, 0.4], "anchor": "x2"},
    "legend": {"y": -0.1, "yanchor": "top"},
    "margin": {"l": 50, "r": 16, "t": 10, "b": 46},
}

BUDGETS = [1, 2, 3, 5, 10, 20, 50, 100]


def budget_figure(record: LeagueRecord, words: Mapping[str, str], tuned: str) -> Figure:
    """Three traces per racer: mean c by value on the judging seeds, the value that was chosen, and E(k) by budget.

    tuned: what the tuned hyperparameter is called. words: tried, c_held_out, tried_hover, budget, expected,
    expected_hover, chosen_value. Raises ValueError for a record that is not of fair mode.
    """
    fair = record.fair
    if fair is None:
        raise ValueError("the racers of this league were not tuned")
    arrays: dict[str, np.ndarray] = {}
    for racer in range(len(record.names)):
        # A line goes from the lowest value to the highest; Sobol points come in an order of their own.
        row = np.argsort(fair.values[racer], kind="stable")
        arrays[f"values/{racer}"] = fair.values[racer][row]
        arrays[f"held_out/{racer}"] = fair.held_out[racer][row]
        arrays[f"budgets/{racer}"] = np.arange(1, len(row) + 1)
        arrays[f"expected/{racer}"] = fair.expected[racer]
    ticks = {"type": "log", "tickformatstops": TICKS_WITHIN_A_DECADE, "fixedrange": True}
    c = {"range": [0, 1.02], "fixedrange": True}
    return Figure(
        {
            "data": [trace for racer in range(len(record.names)) for trace in _traces(record, fair, racer, words)],
            "layout": layout(
                {
                    "xaxis": axis(words["tried"].format(name=tuned), exponentformat="power", **ticks),
                    "yaxis": axis(words["c_held_out"], **c),
                    "xaxis2": axis(words["budget"], type="log", tickvals=BUDGETS, fixedrange=True),
                    "yaxis2": axis(words["expected"], **c),
                }
            ),
        },
        arrays,
        arrangements={"wide": WIDE, "narrow": NARROW},
        clicks=clicks(),
    )


def _traces(record: LeagueRecord, fair: FairRecord, racer: int, words: Mapping[str, str]) -> list[dict[str, Any]]:
    style, name = styles_of(record.keys)[racer], trace_name(record.names[racer])
    best = fair.best[racer]
    line = {"color": style["color"], "dash": style["dash"], "width": 2.2}
    shared = {"type": "scatter", "legendgroup": str(racer), "name": name, "meta": ["mean", racer]}
    return [
        {
            **shared,
            "mode": "lines",
            "x": f"@values/{racer}",
            "y": f"@held_out/{racer}",
            "line": line,
            "hovertemplate": words["tried_hover"],
        },
        {
            **shared,
            "mode": "markers",
            "showlegend": False,
            "x": [float(fair.values[racer][best])],
            "y": [float(fair.held_out[racer][best])],
            "marker": {"color": style["color"], "symbol": style["marker"], "size": 12},
            "customdata": [["mean", racer, float(fair.resampled[racer][best])]],
            "hovertemplate": words["chosen_hover"],
        },
        {
            **shared,
            "mode": "lines+markers",
            "showlegend": False,
            "xaxis": "x2",
            "yaxis": "y2",
            "x": f"@budgets/{racer}",
            "y": f"@expected/{racer}",
            "line": line,
            "marker": {"color": style["color"], "symbol": style["marker"], "size": 6},
            "hovertemplate": words["expected_hover"],
        },
    ]
