"""Valleys with a kink for a floor, followed from end to end."""

from __future__ import annotations

import numpy as np

from optviz.surface.searching.probe import Probe


def follow_valleys(probe: Probe) -> None:
    """Along each axis: the lowest loss across it, as a function of one variable, which is searched in turn.

    A valley with a kink for its floor stops a method that needs a slope, and one that polls; this one walks along.
    """
    for axis in (0, 1):
        if probe.bottomless or not np.isfinite(probe.loss):
            return
        places = probe.low[axis] + probe.size[axis] * np.linspace(0, 1, 65)
        low, high = (np.full(65, edge[1 - axis]) for edge in (probe.low, probe.high))
        across, losses = _across(probe, axis, places, low, high, 129)
        width = probe.size[axis] / 64
        best = int(losses.argmin())
        place, centre = places[best], across[best]
        reach = probe.size[1 - axis] / 16
        for _ in range(18):
            places = np.clip(place + width * np.linspace(-1, 1, 9), probe.low[axis], probe.high[axis])
            low = np.maximum(np.full(9, centre - reach), probe.low[1 - axis])
            high = np.minimum(np.full(9, centre + reach), probe.high[1 - axis])
            across, losses = _across(probe, axis, places, low, high, 65)
            best = int(losses.argmin())
            # As far as the floor of the valley moves between two places, and some more.
            reach = max(2 * float(np.abs(np.diff(across)).max()), 1e-12 * probe.size[1 - axis])
            place, centre = places[best], across[best]
            width /= 3


def _across(
    probe: Probe, axis: int, places: np.ndarray, low: np.ndarray, high: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """For each place (C,) on one axis the lowest between `low` and `high` on the other: where, and how low."""
    rows = np.arange(len(places))
    where, losses = (low + high) / 2, np.full(len(places), np.inf)
    first, last = low, high
    for _ in range(40):
        grid = first[:, None] + (last - first)[:, None] * np.linspace(0, 1, count)
        points = np.empty((*grid.shape, 2))
        points[..., axis], points[..., 1 - axis] = places[:, None], grid
        found = probe.losses(points)
        best = found.argmin(axis=1)
        lower = found[rows, best] < losses
        where, losses = np.where(lower, grid[rows, best], where), np.where(lower, found[rows, best], losses)
        spacing = (last - first) / (count - 1)
        if (spacing <= 4 * np.spacing(np.abs(where))).all():
            break
        first, last = np.maximum(where - spacing, low), np.minimum(where + spacing, high)
        count = 17
    return where, losses
