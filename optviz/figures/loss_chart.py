"""What the axes of the loss chart may be: upwards the loss, its gap or the length of a step; to the right epochs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optviz.figures.lengths import Lengths
from optviz.figures.race_record import RaceRecord, beyond_epochs
from optviz.statistics.ranges import Span

AXES = ("loss", "gap", "length")
"""The choices of the axis upwards; the first is at home."""
TICKS_WITHIN_A_DECADE = [{"dtickrange": [None, "D2"], "value": ".3~g"}]
"""For logarithmic axes: 0.5 and 0.2 are written in full, where Plotly writes 5 and 2; powers of ten stay powers."""


def axis_views(
    record: RaceRecord,
    lengths: Lengths | None,
    data: Mapping[str, dict[str, Any]],
    map_key: str,
    words: Mapping[str, str],
) -> dict[str, dict[str, Any]]:
    """The views of `AXES`; `data` says what changes of which trace. Without lengths there is no view of them."""
    views: dict[str, dict[str, Any]] = {
        "loss": {"data": {}, "layout": {}, "veiled": _range(record.veiled_loss_range)},
        "gap": {
            "data": data["gap"],
            "layout": {"yaxis2": _logarithmic(words["gap"], f"gap {map_key}", record.gap_range)},
            "veiled": _range(record.veiled_gap_range),
        },
    }
    if lengths is not None:
        views["length"] = {
            "data": data["length"],
            "layout": {"yaxis2": _logarithmic(words["length"], f"length {map_key}", lengths.range)},
            "veiled": _range(lengths.veiled_range),
            "told": words["key_length"],
        }
    return views


def epoch_view(record: RaceRecord, data: dict[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    """The view that counts passes over the data; `told` is what its axis cuts off."""
    axis = {"title": {"text": words["epoch"]}, "uirevision": "epochs", "range": [0, record.epoch_range]}
    view = {"data": data, "layout": {"xaxis2": axis}}
    names, last = beyond_epochs(record)
    if not names:
        return view
    listed = words["comma"].join(names)
    told = words["epochs_beyond"].format(end=f"{record.epoch_range:.4g}", racers=listed, last=f"{last:.4g}")
    return {**view, "told": told}


def _logarithmic(title: str, revision: str, span: Span) -> dict[str, Any]:
    return {
        "type": "log",
        "title": {"text": title},
        "uirevision": revision,
        "exponentformat": "power",
        "range": list(span),
        "tickformatstops": TICKS_WITHIN_A_DECADE,
    }


def _range(span: Span) -> dict[str, Any]:
    return {"yaxis2": {"range": list(span)}}
