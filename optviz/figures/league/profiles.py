"""Data profiles: the share of the seeds on which a target has been reached, against steps or gradient evaluations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from optviz.experiment.naming import spelled
from optviz.figures.figure import Figure
from optviz.figures.league.frame import BELOW, axis, clicks, layout
from optviz.figures.league.record import LeagueRecord
from optviz.figures.naming import trace_name
from optviz.figures.styles import styles_of

HOME = 0.1
"""The target that is shown first: 90 % of the drop."""

POOLED = "pooled"
LINES = ("low", "value", "high")


def profiles_figure(record: LeagueRecord, words: Mapping[str, str]) -> Figure:
    """Three traces per racer, the lower edge of its band, its profile, and the upper edge.

    The choice "target" has `HOME` first, then "pooled", all targets as one, then the other targets; "by" counts steps
    or gradient evaluations. words: target, pooled, step, evaluations, share_reached, profile_hover, of_steps,
    of_evaluations.
    """
    arrays: dict[str, np.ndarray] = {"steps": np.arange(record.steps + 1)}
    for racer in range(len(record.names)):
        arrays[f"evaluations/{racer}"] = record.evaluations[racer]
        for target, (value, low, high) in enumerate(record.profiles[racer]):
            arrays[f"profiles/{racer}/{target}"] = np.stack([low, value, high], axis=1)
    targets = _targets(record, words)
    home = next(iter(targets.values()))[0]
    styles = styles_of(record.keys)
    return Figure(
        {
            "data": [
                trace
                for racer, style in enumerate(styles)
                for trace in _traces(racer, home, record.names[racer], style, words)
            ],
            "layout": layout(
                {
                    "xaxis": axis(words["step"], fixedrange=True, rangemode="tozero"),
                    "yaxis": axis(words["share_reached"], range=[0, 1.005], tickformat=".0%", fixedrange=True),
                }
            ),
        },
        arrays,
        arrangements={"narrow": BELOW},
        views={
            **{name: _target_view(record, place, title) for name, (place, title) in targets.items()},
            "steps": {"data": {}, "layout": {}, "title": words["step"]},
            "evaluations": _evaluations_view(record, words),
        },
        choices={"target": list(targets), "by": ["steps", "evaluations"]},
        clicks=clicks(),
    )


def _targets(record: LeagueRecord, words: Mapping[str, str]) -> dict[str, tuple[int, str]]:
    """The views of targets, in their order: name → its place in the profiles, and its title."""
    listed = {
        f"target {place}": (place, words["target"].format(target=spelled(f"{target:.3g}")))
        for place, target in enumerate(record.targets)
    }
    home = f"target {int(np.abs(record.targets - HOME).argmin())}"
    pooled = (len(record.targets), words["pooled"])
    return {home: listed[home], POOLED: pooled, **{name: told for name, told in listed.items() if name != home}}


def _target_view(record: LeagueRecord, target: int, title: str) -> dict[str, Any]:
    data = {
        str(len(LINES) * racer + line): {"y": f"@profiles/{racer}/{target}:{line}", "meta": ["reached", racer, target]}
        for racer in range(len(record.names))
        for line in range(len(LINES))
    }
    return {"data": data, "layout": {}, "title": title}


def _evaluations_view(record: LeagueRecord, words: Mapping[str, str]) -> dict[str, Any]:
    data = {
        str(len(LINES) * racer + line): {"x": f"@evaluations/{racer}"}
        for racer in range(len(record.names))
        for line in range(len(LINES))
    }
    return {
        "data": data,
        "layout": {"xaxis": {"title": {"text": words["evaluations"]}}},
        "title": words["evaluations"],
    }


def _traces(
    racer: int, target: int, name: str, style: Mapping[str, str], words: Mapping[str, str]
) -> list[dict[str, Any]]:
    shared = {
        "type": "scatter",
        "mode": "lines",
        "x": "@steps",
        "fillcolor": f"{style['color']}/band",
        "legendgroup": str(racer),
        "meta": ["reached", racer, target],
    }
    edge = {"color": style["color"], "width": 0}
    shown = trace_name(name)
    hidden = {"hoverinfo": "skip", "showlegend": False}
    y = [f"@profiles/{racer}/{target}:{line}" for line in range(len(LINES))]
    return [
        {**shared, **hidden, "name": f"{shown} ({words['band_low']})", "y": y[0], "line": edge},
        {
            **shared,
            "name": shown,
            "y": y[1],
            "line": {"color": style["color"], "dash": style["dash"], "width": 2.2},
            "fill": "tonexty",
            "hovertemplate": words["profile_hover"],
        },
        {**shared, **hidden, "name": f"{shown} ({words['band_high']})", "y": y[2], "line": edge, "fill": "tonexty"},
    ]
