"""The search itself: grids over the domain, then what is near the lowest points that they find."""

from __future__ import annotations

import numpy as np

from optviz.surface.lowest import Found
from optviz.surface.searching.descent import polish, refined
from optviz.surface.searching.grids import apart, dips, even_grid, lowest_by_block, uneven_grid
from optviz.surface.searching.probe import Probe, Searched
from optviz.surface.searching.valleys import follow_valleys

UNEVEN_GRID = 320
"""Rows and columns of cells with one random point each, for surfaces whose dips may be narrow."""

LINE = 2049
ZOOMED_GRID = 72
ZOOMS = (1 / 10, 1 / 120)
MOST_ROUNDS = 3

USUAL_FORMULA = 60
"""Numbers per point up to which the uneven grid is as fine as it gets; with more it is coarser, and as quick."""


def search(surface: Searched) -> Found:
    """The lowest point of a single surface, whatever its loss, by samples over its domain, refined many at a time.

    An even grid with the edges finds what is as wide as a hundredth of the domain. An uneven grid (random points, one
    per cell, so that no period of the loss can hide between its lines), the axes and the edges follow; then the
    neighbourhood of the lowest dips is sampled more and more closely, and valleys with a kink are followed along each
    axis. Deterministic. Of a surface that promises to have none of that `search_smooth` finds it far sooner.

    Where the loss keeps falling as the step shrinks to nothing, there is a pole, and no lowest loss: −∞.
    """
    with np.errstate(all="ignore"):
        return _search(Probe(surface))


def _search(probe: Probe) -> Found:
    cells = max(96, round(UNEVEN_GRID * min(1.0, (USUAL_FORMULA / probe.numbers) ** 0.5) / 8) * 8)
    middle = 0.0
    even = probe.low + probe.size * even_grid()
    losses = probe.losses(even)
    finite = losses[np.isfinite(losses)]
    if finite.size:
        lower, middle, upper = np.quantile(finite, (0.25, 0.5, 0.75)).tolist()
        probe.spread = upper - lower
    starts = [dips(even, losses, 24)]
    uneven = probe.low + probe.size * uneven_grid(cells)
    losses = probe.losses(uneven)
    starts += [dips(uneven, losses, 48), lowest_by_block(uneven, losses, 8)]
    lines = _lines(probe)
    losses = probe.losses(lines)
    starts.append(dips(lines, losses, 2))
    points, losses = refined(probe, np.concatenate(starts), probe.size / cells)
    _zoom(probe, points, losses)
    follow_valleys(probe)
    if probe.bottomless:
        return Found(-np.inf, probe.point, 0.0)
    if np.isfinite(probe.loss):
        polish(probe)
        # Kinks are often at round numbers, and 0 reads better than 1e-40.
        near = probe.rounded(probe.point)
        probe.point = near[probe.losses(near).argmin()]
    height = middle - probe.loss if np.isfinite(probe.loss) else 0.0
    return Found(float(probe.loss), probe.point, max(height, 0.0))


def _lines(probe: Probe) -> np.ndarray:
    """Points (lines, LINE, 2) along the edges, the middle lines and, where they cross the domain, the axes."""
    lines = []
    along = np.linspace(0, 1, LINE)
    for axis in (0, 1):
        places = [probe.low[axis], (probe.low[axis] + probe.high[axis]) / 2, probe.high[axis]]
        if probe.low[axis] < 0 < probe.high[axis]:
            places.append(0.0)
        for place in places:
            line = np.empty((LINE, 2))
            line[:, axis] = place
            line[:, 1 - axis] = probe.low[1 - axis] + probe.size[1 - axis] * along
            lines.append(line)
    return np.stack(lines)


def _zoom(probe: Probe, points: np.ndarray, losses: np.ndarray) -> None:
    """Closer and closer samples around the lowest points found, as long as that finds something lower."""
    for _ in range(MOST_ROUNDS):
        before = probe.loss
        if probe.bottomless or not np.isfinite(before):
            return
        centres = apart(points, losses, probe.size / 40, 5)
        starts, steps = [], []
        for zoom in ZOOMS:
            corners = probe.inside(centres - probe.size * zoom / 2)
            sizes = probe.inside(centres + probe.size * zoom / 2) - corners
            for corner, size in zip(corners, sizes, strict=True):
                grid = corner + size * uneven_grid(ZOOMED_GRID)
                found = dips(grid, probe.losses(grid), 10)
                starts.append(found)
                steps.append(np.broadcast_to(size / ZOOMED_GRID, found.shape))
        points, losses = refined(probe, np.concatenate(starts), np.concatenate(steps))
        if not probe.loss < before - 1e-12 * abs(before):
            return
