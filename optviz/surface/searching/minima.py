"""All the minima of a surface that can be told apart on a map of it, not only the lowest."""

from __future__ import annotations

import numpy as np

from optviz.surface.lowest import Minima
from optviz.surface.searching.descent import newton, poll
from optviz.surface.searching.grids import EVEN_GRID, apart, dips, even_grid
from optviz.surface.searching.probe import Probe, Searched

MOST_DIPS = 128
MOST_NUMBERS = 1 << 13
"""What a look at all dips together may work on: of a surface that is dear to evaluate, fewer are looked at."""

CLOSE = 1 / 200
"""Minima within this share of the domain of each other, on both axes, are drawn as one: as the lowest of them."""

NEAR, NEARER = 4e-3, 1e-5
"""Shares of the domain at which all is higher around a minimum: half a cell of the grid, which tells a dip from a level
line, and so near that any slope that is left shows."""

LEVEL = 1e-3
"""Up to this share of the slopes around it, a slope counts as none: rounding hides a minimum from nearer."""

ISOLATED = 1e-8
"""What the lowest point of the ring around a minimum rises by, as a share of what the highest does, at least: on a line
that is level it is less, on the floor of Rosenbrock's valley 4e-4."""

NONE = Minima(np.empty((0, 2)), np.empty(0))

_RAYS = 32


def local_minima(surface: Searched, lowest: np.ndarray | None = None) -> Minima:
    """The isolated minima inside the domain of a single surface, the lowest first.

    They are looked for from the dips of an even grid: what is narrower than a hundredth of the domain may be missed,
    and of more than 128 dips (fewer where the surface is dear to evaluate) the highest are left out. A minimum is a
    point with no slope, and lower than all around it: not an edge of the domain that the loss falls towards, nor a
    level line or a plain. `lowest`, the surface's lowest point (2,), is one of them even at a kink or where no dip led
    there, if all around it is higher. Deterministic; it takes about as long as the heights of a few maps.
    """
    with np.errstate(all="ignore"):
        return _local_minima(Probe(surface), lowest)


def _local_minima(probe: Probe, lowest: np.ndarray | None) -> Minima:
    even = probe.low + probe.size * even_grid()
    losses = probe.losses(even)
    most = max(8, min(MOST_DIPS, MOST_NUMBERS // probe.numbers))
    points = dips(even, losses, most)
    if not len(points):
        return NONE
    steps = np.broadcast_to(probe.size / (EVEN_GRID - 1), points.shape).copy()
    points, found = poll(probe, points, probe.losses(points), steps, 4)
    points, found = newton(probe, points, found)
    points, found = poll(probe, points, found, steps, 12)
    points, found = newton(probe, points, found, rounds=4)
    points = points[_without_slope(probe, points)]
    if lowest is not None:
        points = np.concatenate([lowest[None], points])
    points = points[_isolated(probe, points)]
    if not len(points):
        return NONE
    points = apart(points, probe.losses(points), probe.size * CLOSE, most)
    return Minima(points, probe.surface.loss(points))


def _without_slope(probe: Probe, points: np.ndarray) -> np.ndarray:
    """At which of the points (K, 2) the gradient vanishes (K,), beside what it is around them."""
    rays = NEAR * probe.size * np.concatenate([np.zeros((1, 2)), _directions(np.linspace(0, 2 * np.pi, 9)[:-1])])
    gradients = probe.surface.loss_and_gradient(points[:, None] + rays)[1]
    slopes = np.abs(gradients * probe.size).max(axis=-1)
    return np.asarray(slopes[:, 0] <= LEVEL * np.nanmax(slopes[:, 1:], axis=1, initial=0.0))


def _isolated(probe: Probe, points: np.ndarray) -> np.ndarray:
    """Which of the points (K, 2) are inside the domain and lower than all around them (K,)."""
    here = probe.surface.loss(points)
    rounding = 4 * np.finfo(float).eps * np.abs(here)
    inside = ((points > probe.low) & (points < probe.high)).all(axis=1) & np.isfinite(here)
    least, most = _ring(probe, points, NEAR)
    dip = least - here > np.maximum(rounding, ISOLATED * (most - here))
    least, _ = _ring(probe, points, NEARER)
    # So near, a minimum of the fourth order is level but for rounding.
    return np.asarray(inside & dip & (least - here >= -rounding))


def _ring(probe: Probe, points: np.ndarray, radius: float) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and the highest loss (K,) on a ring around each of the points (K, 2).

    The lowest is followed between the rays, as a level line that runs between two of them is not to be missed.
    """
    spacing = 2 * np.pi / _RAYS
    angles = np.broadcast_to(0.1 + spacing * np.arange(_RAYS), (len(points), _RAYS))
    highest, rows = np.zeros(len(points)), np.arange(len(points))
    for turn in range(8):
        losses = probe.surface.loss(points[:, None] + radius * probe.size * _directions(angles))
        losses = np.where(np.isnan(losses), np.inf, losses)
        if turn == 0:
            highest = losses.max(axis=1, initial=-np.inf, where=np.isfinite(losses))
        best = losses.argmin(axis=1)
        angles = angles[rows, best][:, None] + spacing * np.linspace(-1, 1, 9)
        spacing /= 4
    return losses[rows, best], highest


def _directions(angles: np.ndarray) -> np.ndarray:
    return np.stack([np.cos(angles), np.sin(angles)], axis=-1)
