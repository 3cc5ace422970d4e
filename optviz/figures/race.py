"""The race: contour with paths, beside the loss curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from optviz.figures.figure import Figure
from optviz.figures.heights import Heights
from optviz.figures.lengths import Lengths
from optviz.figures.loss_chart import AXES, axis_views, epoch_view
from optviz.figures.map import level_lines, level_scale, lowest_mark, lowest_way, places, relief, start_mark
from optviz.figures.naming import shown_name, trace_name
from optviz.figures.race_record import RaceRecord
from optviz.figures.scene import ARRANGEMENTS, CHOICES, pinned_path, scene_layer, scene_views
from optviz.figures.styles import styles_of
from optviz.figures.told import TOLD, told_arrays

NARROW = {
    "xaxis": {"domain": [0, 1], "anchor": "y", "title": {"text": ""}},
    "yaxis": {"domain": [0.41, 1], "anchor": "x", "title": {"text": ""}},
    "xaxis2": {"domain": [0, 1], "anchor": "y2"},
    "yaxis2": {"domain": [0, 0.28], "anchor": "x2"},
    # A label of four digits at the right end goes beyond it by half of its width.
    "margin": {"l": 40, "r": 17, "t": 8, "b": 38},
    "dragmode": False,
}
WIDE = {
    "xaxis": {"domain": [0, 0.5], "anchor": "y"},
    "yaxis": {"domain": [0, 1], "anchor": "x"},
    "xaxis2": {"domain": [0.59, 1], "anchor": "y2"},
    "yaxis2": {"domain": [0, 1], "anchor": "x2"},
    "margin": {"l": 54, "r": 18, "t": 8, "b": 44},
    "dragmode": "zoom",
}
_PRESENTED_AXIS = {"tickfont": {"size": 17}, "title": {"font": {"size": 18}}}
_PRESENTED_MAP = {"tickfont": {"size": 17}, "title": {"text": ""}}
# On top of one of the two above, for the last row of a lecture room: the map's axes are told by their numbers.
PRESENTED = {
    **dict.fromkeys(("xaxis", "yaxis"), _PRESENTED_MAP),
    **dict.fromkeys(("xaxis2", "yaxis2"), _PRESENTED_AXIS),
    "font": {"size": 18},
    "hoverlabel": {"font": {"size": 18}},
    "margin": {"l": 56, "r": 22, "t": 8, "b": 52},
}


def race_figure(
    record: RaceRecord,
    heights: Heights,
    map_key: str,
    words: Mapping[str, str],
    pinned: RaceRecord | None = None,
    lengths: Lengths | None = None,
) -> Figure:
    """Contour, faint full paths, loss curves; `words` is the table `figure` of the texts.

    Contour, lowest point and start; then broad pale lines for the race that is `pinned`, two per racer, then two
    traces per racer, path and loss curve. The layer of tracks says which arrays move: per racer the path, the loss and
    its gap, by name; and which `traces` are to be hidden with the racer, which with the `future`, and which are its
    `own`, not of the race that is pinned. A click on the map sets the start. A view's `veiled` is what its layout is
    while the future is hidden: the axes tell nothing of how the race ends; `told` is a sentence about the view.
    Of a path only what is travelled is seen, unless the view "whole" is chosen. `lengths` are those of the steps: the
    view that shows them is always a choice, and is there where they are.
    """
    parts = _Parts(record, heights, words, lengths)
    start_trace = len(parts.data) - 1
    if pinned is not None:
        parts.add_pinned(pinned)
    parts.add_racers()
    # The fans come last, so that nothing before them changes its place when they open.
    parts.add_fans()
    return Figure(
        plot={"data": parts.data, "layout": _layout(record, map_key, words)},
        arrays=parts.arrays,
        arrangements={"wide": WIDE, "narrow": NARROW, "presented": PRESENTED, **ARRANGEMENTS},
        views=_views(parts, map_key),
        choices={
            **CHOICES,
            "paths": ["travelled", "whole"],
            "axis": list(AXES),
            "by": ["step", "epoch"] if record.has_samples else ["step"],
            "runs": ["one", "many"] if any(record.batched) else ["one"],
        },
        layers=[
            relief(),
            {**places(record, words), "scale": level_scale(heights, words)},
            {"kind": "tracks", "steps": record.steps, "racers": parts.racers, **TOLD},
            scene_layer(record, heights, words, parts.pinned),
        ],
        clicks={"map": {"sends": "start", "at": list(record.start), "trace": start_trace}},
        map_key=map_key,
    )


class _Parts:
    """The traces in their order, the arrays that they refer to, and what of them changes in which view."""

    def __init__(self, record: RaceRecord, heights: Heights, words: Mapping[str, str], lengths: Lengths | None) -> None:
        self.record, self.words, self.lengths = record, words, lengths
        self.arrays: dict[str, np.ndarray] = {
            "map/x": heights.x,
            "map/y": heights.y,
            "map/shade": heights.shade,
            "steps": np.arange(record.steps + 1),
            **told_arrays(record.events),
        }
        self.data = [level_lines(), self._lowest(), start_mark(record, words)]
        self.racers: list[dict[str, Any]] = []
        # The whole paths and curves of the racers.
        self.lines: list[int] = []
        # What changes of which trace on another axis than that of losses.
        self.axis_data: dict[str, dict[str, Any]] = {"gap": {}} if lengths is None else {"gap": {}, "length": {}}
        self.epoch_data: dict[str, Any] = {}
        self.one_run: dict[str, Any] = {}
        self.pinned: list[dict[str, Any]] = []
        # Racer → its pale path, and the losses along it.
        self.shadows: dict[str, list[tuple[int, np.ndarray]]] = {}

    def _lowest(self) -> dict[str, Any]:
        if self.record.drift is None:
            return lowest_mark(self.record, self.words)
        self.arrays |= {"drift": self.record.drift, "lowest": self.record.drift + self.record.lowest}
        return lowest_way(self.record, self.words)

    def add_pinned(self, pinned: RaceRecord) -> None:
        self.arrays["pinned/steps"] = np.arange(pinned.steps + 1)
        for index, (name, style) in enumerate(zip(pinned.names, styles_of(pinned.keys), strict=True)):
            prefix, place = f"pinned/{index}", len(self.data)
            self._add_run(prefix, pinned, index, self.lengths.pinned if self.lengths else None)
            self.shadows.setdefault(name, []).append((place, pinned.losses[index]))
            for axis, data in self.axis_data.items():
                data[str(place + 1)] = {"y": f"@{prefix}/{axis}"}
            self.epoch_data[str(place + 1)] = {"x": _epochs(pinned, index, self.arrays, "pinned/")}
            self.data += _pinned_traces(prefix, style["color"])
            self.pinned.append(pinned_path(prefix, style["color"], place))

    def add_racers(self) -> None:
        words = self.words
        for index, (name, style) in enumerate(zip(self.record.names, styles_of(self.record.keys), strict=True)):
            prefix, place = f"racers/{index}", len(self.data)
            self._add_run(prefix, self.record, index, self.lengths.racers if self.lengths else None)
            self.arrays[f"{prefix}/standing"] = self.record.standings[index]
            path, curve = _racer_traces(prefix, name, style, words)
            self.data += [path, curve]
            self.lines += [place, place + 1]
            for axis, data in self.axis_data.items():
                hovered = curve["hovertemplate"].replace(f"{words['loss']} %{{y:.6g}}", f"{words[axis]} %{{y:.3g}}")
                data[str(place + 1)] = {"y": f"@{prefix}/{axis}", "hovertemplate": hovered}
            self.epoch_data[str(place + 1)] = {"x": _epochs(self.record, index, self.arrays)}
            self.racers.append(self._track(index, name, style, [place, place + 1]))

    def _add_run(self, prefix: str, record: RaceRecord, index: int, lengths: Sequence[np.ndarray] | None) -> None:
        self.arrays[f"{prefix}/point"] = record.points[index]
        self.arrays[f"{prefix}/loss"] = record.losses[index]
        self.arrays[f"{prefix}/gap"] = record.log_gaps[index]
        if lengths is not None:
            self.arrays[f"{prefix}/length"] = lengths[index]

    def _track(self, index: int, name: str, style: Mapping[str, str], own: list[int]) -> dict[str, Any]:
        """What moves of a racer, and which traces are hidden with it."""
        prefix, pale = f"racers/{index}", self.shadows.get(name, [])
        same = [first for first, losses in pale if _same_run(losses, self.record.losses[index])]
        return {
            "name": name,
            "x": f"@{prefix}/point:0",
            "y": f"@{prefix}/point:1",
            "loss": f"@{prefix}/loss",
            **{axis: f"@{prefix}/{axis}" for axis in self.axis_data},
            "step": "@steps",
            "epoch": _epochs(self.record, index, self.arrays),
            "traces": [*own, *(first + trace for first, _ in pale for trace in (0, 1))],
            "future": [*own, *(first + trace for first in same for trace in (0, 1))],
            "own": own,
            "lost_at": self.record.lost_at[index],
            "standing": f"@{prefix}/standing",
            "overshoot": self.record.overshoots[index],
            **style,
        }

    def add_fans(self) -> None:
        for index, fan in enumerate(self.record.fans):
            if fan is None:
                continue
            prefix, racer = f"racers/{index}/fan", self.racers[index]
            quantiles = {"loss": fan.losses, "gap": fan.log_gaps, "length": fan.lengths}
            self.arrays |= {f"{prefix}/{axis}": quantiles[axis].T for axis in ("loss", *self.axis_data)}
            for quantile, trace in enumerate(_fan_traces(prefix, racer["color"], self.data[racer["traces"][1]])):
                place = len(self.data)
                for axis, data in self.axis_data.items():
                    data[str(place)] = {"y": f"@{prefix}/{axis}:{quantile}"}
                self.epoch_data[str(place)] = {"x": _epochs(self.record, index, self.arrays)}
                for kind in ("traces", "future", "own"):
                    racer[kind].append(place)
                self.one_run[str(place)] = {"mode": "none", "fill": "none"}
                self.data.append(trace)


def _views(parts: _Parts, map_key: str) -> dict[str, dict[str, Any]]:
    record, words = parts.record, parts.words
    return {
        **scene_views(record, parts.data),
        **axis_views(record, parts.lengths, parts.axis_data, map_key, words),
        "step": {"data": {}, "layout": {}},
        # Where a hand asks for them, they are there though they are not seen.
        "travelled": {"data": {str(place): {"opacity": 0} for place in parts.lines}, "layout": {}},
        "whole": {"data": {}, "layout": {}},
        # The fans are there once many runs have been asked for.
        "one": {"data": parts.one_run, "layout": {}},
        "many": {"data": {}, "layout": {}, **({"told": words["key_runs"]} if any(record.fans) else {})},
        "epoch": epoch_view(record, parts.epoch_data, words),
    }


def _same_run(pinned: np.ndarray, losses: np.ndarray) -> bool:
    """Whether a pinned run tells how this one ends: it is the same, as far as both go."""
    steps = min(len(pinned), len(losses))
    return np.array_equal(pinned[:steps], losses[:steps], equal_nan=True)


def _epochs(record: RaceRecord, index: int, arrays: dict[str, np.ndarray], prefix: str = "") -> str:
    """The reference to a racer's passes over the data; racers of one batch size share the array."""
    if not record.has_samples:
        return f"@{prefix}steps"
    for name, known in arrays.items():
        if name.startswith(f"{prefix}epochs/") and np.array_equal(known, record.epochs[index]):
            return f"@{name}"
    arrays[f"{prefix}epochs/{index}"] = record.epochs[index]
    return f"@{prefix}epochs/{index}"


def _racer_traces(prefix: str, name: str, style: Mapping[str, str], words: Mapping[str, str]) -> list[dict[str, Any]]:
    at_step = words["at_step"].format(step="%{pointNumber}")
    safe = shown_name(name)
    shared = {
        "type": "scatter",
        "mode": "lines",
        "name": trace_name(name),
        "line": {"color": style["color"], "dash": style["dash"], "width": 1.4},
        "opacity": 0.38,
        "showlegend": False,
    }
    path = {
        **shared,
        "x": f"@{prefix}/point:0",
        "y": f"@{prefix}/point:1",
        "customdata": f"@{prefix}/loss",
        "xaxis": "x",
        "yaxis": "y",
        "hovertemplate": (
            f"<b>{safe}</b><br>{at_step}<br>{words['loss']} %{{customdata:.6g}}"
            "<br>θ = (%{x:.4f}, %{y:.4f})<extra></extra>"
        ),
    }
    curve = {
        **shared,
        "x": "@steps",
        "y": f"@{prefix}/loss",
        "customdata": f"@{prefix}/point",
        "xaxis": "x2",
        "yaxis": "y2",
        "hovertemplate": (
            f"<b>{safe}</b><br>{at_step}<br>{words['loss']} %{{y:.6g}}"
            "<br>θ = (%{customdata[0]:.4f}, %{customdata[1]:.4f})<extra></extra>"
        ),
    }
    return [path, curve]


def _pinned_traces(prefix: str, color: str) -> list[dict[str, Any]]:
    """A racer of the pinned race: path and loss curve as broad pale lines, to lie under the present ones."""
    shared = {
        "type": "scatter",
        "mode": "lines",
        "line": {"color": color, "width": 6},
        "opacity": 0.26,
        "hoverinfo": "skip",
        "showlegend": False,
    }
    return [
        {**shared, "x": f"@{prefix}/point:0", "y": f"@{prefix}/point:1", "xaxis": "x", "yaxis": "y"},
        {**shared, "x": "@pinned/steps", "y": f"@{prefix}/loss", "xaxis": "x2", "yaxis": "y2"},
    ]


def _fan_traces(prefix: str, color: str, curve: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The band between the 10 % and 90 % quantiles, and the median: three lines, low first."""
    shared = {
        "type": "scatter",
        "mode": "lines",
        "x": curve["x"],
        "xaxis": "x2",
        "yaxis": "y2",
        "name": curve["name"],
        "hoverinfo": "skip",
        "showlegend": False,
        "fillcolor": f"{color}/band",
    }
    edge = {"color": color, "width": 0}
    return [
        {**shared, "y": f"@{prefix}/loss:0", "line": edge},
        {**shared, "y": f"@{prefix}/loss:1", "line": {"color": color, "width": 1.2}, "fill": "tonexty"},
        {**shared, "y": f"@{prefix}/loss:2", "line": edge, "fill": "tonexty"},
    ]


def _layout(record: RaceRecord, map_key: str, words: Mapping[str, str]) -> dict[str, Any]:
    x_min, x_max, y_min, y_max = record.domain
    axis: dict[str, Any] = {
        "gridcolor": "@theme/grid",
        "zeroline": False,
        "tickfont": {"color": "@theme/faint", "size": 12},
        "title": {"font": {"color": "@theme/ink", "size": 13}, "standoff": 6},
        "linecolor": "@theme/grid",
        "ticks": "",
        # The circle of the start, and a head, may stand on the edge of the map.
        "ticklabelstandoff": 6,
    }
    frame = {"showline": True, "mirror": True, "linecolor": "@theme/frame", "linewidth": 1}
    across = (x_max - x_min) / (y_max - y_min)
    # Equal scales keep a path of steepest descent at right angles to the contour; a long domain cannot afford them.
    square = {"scaleanchor": "x", "constrain": "domain"} if 0.4 < across < 2.5 else {}
    return {
        "xaxis": {
            **axis,
            "range": [x_min, x_max],
            "showgrid": False,
            "title": {**axis["title"], "text": words["x"]},
            "uirevision": map_key,
            "constrain": "domain",
            **frame,
        },
        "yaxis": {
            **axis,
            **frame,
            "range": [y_min, y_max],
            "showgrid": False,
            "title": {**axis["title"], "text": words["y"]},
            "uirevision": map_key,
            **square,
        },
        "xaxis2": {
            **axis,
            "range": [0, record.axis_steps or record.steps],
            "title": {**axis["title"], "text": words["step"]},
            "uirevision": "steps",
        },
        "yaxis2": {
            **axis,
            "title": {**axis["title"], "text": words["loss"]},
            "uirevision": f"loss {map_key}",
            "exponentformat": "e",
            "range": list(record.loss_range),
        },
        "paper_bgcolor": "@theme/paper",
        "plot_bgcolor": "@theme/paper",
        "font": {"color": "@theme/ink", "size": 13},
        "hovermode": "closest",
        "hoverlabel": {"bgcolor": "@theme/label_back", "font": {"color": "@theme/ink"}},
        "showlegend": False,
        "uirevision": "kept",
    }
