"""Batch gradients at one point: a cloud of displacements, beside their variance against batch size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from optviz.figures.figure import Figure
from optviz.figures.loss_chart import TICKS_WITHIN_A_DECADE
from optviz.gradient_noise import GradientNoise

SHOWN = 120
WIDE = {
    "xaxis": {"domain": [0, 0.44], "anchor": "y"},
    "yaxis": {"domain": [0, 1], "anchor": "x"},
    "xaxis2": {"domain": [0.56, 1], "anchor": "y2"},
    "yaxis2": {"domain": [0, 1], "anchor": "x2"},
    "margin": {"l": 58, "r": 12, "t": 40, "b": 40},
}
NARROW = {
    "xaxis": {"domain": [0, 1], "anchor": "y"},
    "yaxis": {"domain": [0.58, 1], "anchor": "x"},
    "xaxis2": {"domain": [0, 1], "anchor": "y2"},
    "yaxis2": {"domain": [0, 0.42], "anchor": "x2"},
    "margin": {"l": 52, "r": 10, "t": 40, "b": 36},
    "dragmode": False,
}


def gradient_noise_figure(noise: GradientNoise, words: Mapping[str, str]) -> Figure:
    """Arrows of −∇J for the first batches and for all samples; measured variance and both theoretical curves.

    `words` gives the titles: batch_gradients, full_gradient, along_x, along_y, measured, without_replacement,
    with_replacement, batch_size, variance.
    """
    drawn = noise.gradients[:SHOWN]
    # One line per batch, from the origin and lifted between two of them.
    rays = np.full((len(drawn), 3, 2), np.nan)
    rays[:, 0], rays[:, 1] = 0.0, -drawn
    arrays = {
        "rays": rays.reshape(-1, 2),
        "tips": -drawn,
        "full": np.stack([np.zeros(2), -noise.full_gradient]),
        "sizes": noise.sizes,
        "measured": noise.measured,
        "without": np.where(noise.without_replacement > 0, noise.without_replacement, np.nan),
        "with": noise.with_replacement,
    }
    return Figure(
        {"data": [*_cloud(words), *_variances(words)], "layout": _layout(noise, words)},
        arrays,
        arrangements={"wide": WIDE, "narrow": NARROW},
    )


def _cloud(words: Mapping[str, str]) -> list[dict[str, Any]]:
    left = {"type": "scatter", "xaxis": "x", "yaxis": "y"}
    return [
        {
            **left,
            "mode": "lines",
            "x": "@rays:0",
            "y": "@rays:1",
            "line": {"color": "@theme/minibatch_sgd", "width": 1},
            "opacity": 0.35,
            "hoverinfo": "skip",
            "showlegend": False,
        },
        {
            **left,
            "mode": "markers",
            "x": "@tips:0",
            "y": "@tips:1",
            "name": words["batch_gradients"],
            "marker": {"color": "@theme/minibatch_sgd", "size": 5},
            "hovertemplate": "(%{x:.4g}, %{y:.4g})<extra></extra>",
        },
        {
            **left,
            "mode": "lines+markers",
            "x": "@full:0",
            "y": "@full:1",
            "name": words["full_gradient"],
            "line": {"color": "@theme/accent", "width": 3},
            "marker": {"symbol": "arrow", "angleref": "previous", "size": 13, "color": "@theme/accent"},
            "hovertemplate": "(%{x:.4g}, %{y:.4g})<extra></extra>",
        },
    ]


def _variances(words: Mapping[str, str]) -> list[dict[str, Any]]:
    right = {"type": "scatter", "xaxis": "x2", "yaxis": "y2", "x": "@sizes"}
    return [
        {
            **right,
            "mode": "lines",
            "y": "@with",
            "name": words["with_replacement"],
            "line": {"color": "@theme/faint", "dash": "dot"},
        },
        {
            **right,
            "mode": "lines",
            "y": "@without",
            "name": words["without_replacement"],
            "line": {"color": "@theme/ink"},
        },
        {
            **right,
            "mode": "markers",
            "y": "@measured",
            "name": words["measured"],
            "marker": {"color": "@theme/accent", "size": 9},
        },
    ]


def _layout(noise: GradientNoise, words: Mapping[str, str]) -> dict[str, Any]:
    axis: dict[str, Any] = {
        # Another point has another cloud, of another size: a zoom is of no use there.
        "uirevision": f"{noise.point.tolist()} {noise.batch_size}",
        "gridcolor": "@theme/grid",
        "zerolinecolor": "@theme/grid",
        "tickfont": {"color": "@theme/faint", "size": 12},
        "title": {"font": {"color": "@theme/ink", "size": 13}, "standoff": 6},
    }
    return {
        "xaxis": {**axis, "title": {**axis["title"], "text": words["along_x"]}},
        "yaxis": {**axis, "title": {**axis["title"], "text": words["along_y"]}, "scaleanchor": "x"},
        "xaxis2": {
            **axis,
            "title": {**axis["title"], "text": words["batch_size"]},
            "type": "log",
            "tickformatstops": TICKS_WITHIN_A_DECADE,
        },
        "yaxis2": {
            **axis,
            "title": {**axis["title"], "text": words["variance"]},
            "type": "log",
            "exponentformat": "power",
            "tickformatstops": TICKS_WITHIN_A_DECADE,
            "range": list(noise.variance_range),
        },
        "paper_bgcolor": "@theme/paper",
        "plot_bgcolor": "@theme/paper",
        "font": {"color": "@theme/ink", "size": 13},
        "hovermode": "closest",
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "uirevision": "kept",
    }
