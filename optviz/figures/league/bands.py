"""Quantile bands of the gap over steps: all medians, and of one racer where most of its runs lie."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from optviz.figures.figure import Figure
from optviz.figures.league.frame import BELOW, axis, clicks, layout
from optviz.figures.league.record import QUANTILES, LeagueRecord
from optviz.figures.loss_chart import TICKS_WITHIN_A_DECADE
from optviz.figures.naming import as_text, trace_name
from optviz.figures.styles import styles_of

FLOOR = 1e-8
"""What is lower is as low as this: the first of the histograms' bins ends here."""

MEDIANS = "medians"
MEDIAN = QUANTILES.index(0.5)
ROOM = 0.25
"""Decades of room above the highest number; there stands what has diverged."""

BAND = ("low", "high", "median_low", "median_high")
"""The columns of a band, and the traces that draw it, before those of the medians."""


def bands_figure(record: LeagueRecord, words: Mapping[str, str]) -> Figure:
    """Four traces for the band that is chosen, its edges and those of the median's interval; then a median per racer.

    The choice "band" has the racers in the order of the ranking, and "medians" last. Runs that have diverged have a gap
    of ∞, which is drawn at the upper edge. words: step, gap, band, no_band, band_hover, band_top.
    """
    top = _top(record)
    arrays: dict[str, np.ndarray] = {"steps": np.arange(record.steps + 1)}
    for racer, band in enumerate(np.clip(np.nan_to_num(record.bands, nan=np.inf), FLOOR, 10.0**top)):
        (low, *_), (median, surely, at_most), (high, *_) = band
        arrays[f"bands/{racer}"] = np.stack([low, high, surely, at_most], axis=1)
        arrays[f"medians/{racer}"] = median
    styles, order = styles_of(record.keys), [int(place) for place in record.order]
    views = {f"band {racer}": _band_view(record, racer, styles[racer], words) for racer in order}
    off = {str(place): {"visible": False} for place in range(len(BAND))}
    return Figure(
        {
            "data": [*_band(record, order[0], styles[order[0]]), *_medians(record, styles, words)],
            "layout": layout(
                {
                    "xaxis": axis(words["step"], range=[0, record.steps], fixedrange=True),
                    "yaxis": axis(
                        words["gap"],
                        type="log",
                        range=[_bottom(record), top],
                        exponentformat="power",
                        tickformatstops=TICKS_WITHIN_A_DECADE,
                        fixedrange=True,
                    ),
                },
                **({"annotations": [_told(words["band_top"])]} if np.isinf(record.bands).any() else {}),
            ),
        },
        arrays,
        arrangements={"narrow": BELOW},
        views={**views, MEDIANS: {"data": off, "layout": {}, "title": words["no_band"]}},
        choices={"band": [*views, MEDIANS]},
        clicks=clicks(),
    )


def _band_view(record: LeagueRecord, racer: int, style: Mapping[str, str], words: Mapping[str, str]) -> dict[str, Any]:
    return {
        "data": {str(place): trace for place, trace in enumerate(_band(record, racer, style))},
        "layout": {},
        "title": as_text(words["band"].format(racer=record.names[racer])),
    }


def _band(record: LeagueRecord, racer: int, style: Mapping[str, str]) -> list[dict[str, Any]]:
    shared = {
        "type": "scatter",
        "mode": "lines",
        "x": "@steps",
        "fillcolor": f"{style['color']}/band",
        "hoverinfo": "skip",
        "showlegend": False,
        "line": {"color": style["color"], "width": 0},
    }
    name = trace_name(record.names[racer])
    low, high = (f"{name} ({quantile:.0%})" for quantile in (QUANTILES[0], QUANTILES[-1]))
    titles = (low, high, f"{name} (50% ↓)", f"{name} (50% ↑)")
    return [
        {
            **shared,
            "name": title,
            "y": f"@bands/{racer}:{column}",
            "fill": "tonexty" if column % 2 else "none",
        }
        for column, title in enumerate(titles)
    ]


def _medians(record: LeagueRecord, styles: list[dict[str, str]], words: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": trace_name(name),
            "x": "@steps",
            "y": f"@medians/{racer}",
            "line": {"color": styles[racer]["color"], "dash": styles[racer]["dash"], "width": 2.2},
            "meta": ["band", racer],
            "hovertemplate": words["band_hover"],
        }
        for racer, name in enumerate(record.names)
    ]


def _top(record: LeagueRecord) -> float:
    """The upper end of the axis, as a power of ten."""
    finite = record.bands[np.isfinite(record.bands)]
    return float(np.log10(max(1.0, finite.max(initial=1.0)))) + ROOM


def _bottom(record: LeagueRecord) -> float:
    """The lower end: whole decades below the lowest median and lower edge."""
    lowest = record.bands[np.isfinite(record.bands)].min(initial=1.0)
    return float(np.floor(np.log10(max(FLOOR, lowest)))) - 0.1


def _told(text: str) -> dict[str, Any]:
    place = {"x": 1, "y": 1, "xref": "paper", "yref": "paper", "xanchor": "right", "yanchor": "top"}
    return {**place, "text": text, "showarrow": False, "font": {"color": "@theme/faint", "size": 12}}
