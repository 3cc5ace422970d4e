"""The search for the lowest points of smooth surfaces without narrow dips, of a whole stack at once."""

from __future__ import annotations

import numpy as np

from optviz.surface.lowest import Found
from optviz.surface.searching.grids import EVEN_GRID
from optviz.surface.searching.stacked import (
    Stacked,
    at_each,
    count_of,
    first_of_each,
    losses_at,
    part_of,
    rough_grids,
)

AT_ONCE = 256
"""Surfaces: their dips together fill the cache."""

GRIDS_AT_ONCE = 8

MOST_DIPS = 8
"""Of each surface, the lowest ones."""

FARTHEST = 1 / 30
"""The longest step, as a share of the domain: the minimum by a dip of the grid is not far."""

MOST_STEPS = 200
SHORTER = 0.25
CONVERGED = 1e-7
"""As a share of the domain: a step that is no longer changes a loss by rounding only, near a minimum."""

POLISHING = 4


def search_smooth(surface: Stacked) -> Found:
    """The lowest point of a surface, or of each of a stack, whose loss is smooth and has no narrow dips.

    An even grid with the edges finds each dip that is as wide as a hundredth of the domain; from those that may hold
    the lowest point Newton's method goes down, a step for all of them at a time. Each surface's numbers depend on no
    other's, bit for bit. Deterministic. ∞ and the middle of the domain where no loss is finite.
    """
    count = count_of(surface)
    blocks = []
    with np.errstate(all="ignore"):
        for first in range(0, count, AT_ONCE):
            blocks.append(_search(part_of(surface, np.arange(first, min(first + AT_ONCE, count)))))
    losses, points, heights = (np.concatenate(column) for column in zip(*blocks, strict=True))
    if surface.stack_shape:
        return Found(losses, points, heights)
    return Found(float(losses[0]), points[0], float(heights[0]))


def _search(surface: Stacked) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Losses (S,), points (S, 2) and heights (S,)."""
    count, edges = count_of(surface), np.reshape(surface.domain, (2, 2)).T
    places, points, middles = _dips(surface, edges)
    # Where nothing is finite there is no dip: the middle of the domain stands for one.
    without = np.setdiff1d(np.arange(count), places)
    places = np.concatenate([places, without])
    points = np.concatenate([points, np.broadcast_to(edges.mean(axis=0), (len(without), 2))])
    points, losses = _descended(surface, places, points, edges)
    best = first_of_each(places, np.lexsort((np.arange(len(places)), losses, places)), count)
    points, losses = _polished(surface, points[best], losses[best], edges)
    heights = np.where(np.isfinite(losses) & np.isfinite(middles), np.maximum(middles - losses, 0.0), 0.0)
    return losses, points, heights


def _dips(surface: Stacked, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places (M,) of surfaces and the dips (M, 2) there, the lowest first; and each surface's median loss (S,).

    Left out are dips that are higher than another one even less all that they rise by to their neighbours: so far
    down no smooth surface falls between the lines.
    """
    x, y = np.linspace(edges[0], edges[1], EVEN_GRID).T
    places, points, middles = [], [], []
    for first, losses in rough_grids(surface, x, y, GRIDS_AT_ONCE):
        lowest = losses.min(axis=(1, 2))
        if np.isnan(lowest).any():
            losses = np.where(np.isnan(losses), np.inf, losses)
            lowest = losses.min(axis=(1, 2))
        middles.append(np.median(losses[:, ::4, ::4].reshape(len(losses), -1), axis=1))
        # Of a flat array `nonzero` is several times as quick.
        where, rows, columns = np.unravel_index(np.flatnonzero(_not_above_neighbours(losses)), losses.shape)
        found = losses[where, rows, columns]
        rise = _highest_beside(losses, where, rows, columns) - found
        kept = np.flatnonzero((found - rise <= lowest[where]) & np.isfinite(found))
        kept = kept[np.lexsort((kept, found[kept], where[kept]))]
        rank = np.arange(len(kept)) - np.searchsorted(where[kept], where[kept])
        kept = kept[rank < MOST_DIPS]
        places.append(where[kept] + first)
        points.append(np.stack([x[columns[kept]], y[rows[kept]]], axis=-1))
    return np.concatenate(places), np.concatenate(points), np.concatenate(middles)


def _not_above_neighbours(losses: np.ndarray) -> np.ndarray:
    """Where none of the four neighbours on a grid (B, Y, X) is lower."""
    dips = np.ones(losses.shape, dtype=bool)
    dips[:, :, 1:] &= losses[:, :, 1:] <= losses[:, :, :-1]
    dips[:, :, :-1] &= losses[:, :, :-1] <= losses[:, :, 1:]
    dips[:, 1:] &= losses[:, 1:] <= losses[:, :-1]
    dips[:, :-1] &= losses[:, :-1] <= losses[:, 1:]
    return dips


def _highest_beside(losses: np.ndarray, where: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """The highest of each dip's eight neighbours (M,)."""
    last = EVEN_GRID - 1
    down = np.clip(rows[:, None] + np.arange(-1, 2), 0, last)
    across = np.clip(columns[:, None] + np.arange(-1, 2), 0, last)
    return losses[where[:, None, None], down[:, :, None], across[:, None, :]].max(axis=(1, 2))


def _descended(
    surface: Stacked, places: np.ndarray, points: np.ndarray, edges: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The minima (M, 2) near the points (M, 2), and the losses there (M,).

    A step that does not lead lower is made shorter; who has made one that could not be shorter is there.
    """
    points, losses = points.copy(), losses_at(surface, places, points)
    size, reach = edges[1] - edges[0], np.ones(len(points))
    going = np.flatnonzero(np.isfinite(losses))
    for _ in range(MOST_STEPS):
        if not len(going):
            break
        here = points[going]
        step = _step(surface, places[going], here, edges)
        step *= np.minimum(reach[going], FARTHEST / np.abs(step / size).max(axis=1))[:, None]
        there = np.clip(here + step, *edges)
        found = losses_at(surface, places[going], there)
        lower = found < losses[going]
        points[going[lower]], losses[going[lower]] = there[lower], found[lower]
        reach[going] = np.where(lower, np.minimum(1.0, reach[going] / SHORTER), reach[going] * SHORTER)
        going = going[lower | (np.abs(step / size).max(axis=1) > CONVERGED)]
    return points, losses


def _polished(
    surface: Stacked, points: np.ndarray, losses: np.ndarray, edges: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """A few whole steps that keep the loss: where it has no digits left, its gradient still has."""
    places, size = np.arange(len(points)), edges[1] - edges[0]
    for _ in range(POLISHING):
        step = _step(surface, places, points, edges)
        there = np.clip(points + step, *edges)
        found = losses_at(surface, places, there)
        kept = (found <= losses) & (np.abs(step / size).max(axis=1) <= CONVERGED)
        if not kept.any():
            break
        points, losses = np.where(kept[:, None], there, points), np.where(kept, found, losses)
    return points, losses


def _step(surface: Stacked, places: np.ndarray, points: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Newton's step (M, 2) with |H| for the Hessian H, so that it goes downhill everywhere, up to the edges.

    A coordinate that would leave the domain goes to its edge, and the other one to the lowest point along that edge, as
    far as |H| tells. Y. Dauphin et al. 2014, arXiv:1406.2572.
    """
    gradient = at_each(surface, lambda seen, here: seen.gradient(here), places, points)
    hessian = at_each(surface, lambda seen, here: seen.hessian(here), places, points)
    gradient_x, gradient_y = gradient[:, 0], gradient[:, 1]
    a, b, c = hessian[:, 0, 0], hessian[:, 0, 1], hessian[:, 1, 1]
    # √(H²) of a symmetric 2 × 2 matrix is (H² + |det H|) / (|λ₁| + |λ₂|).
    determinant = np.abs(a * c - b * b)
    trace = np.maximum(np.abs(a + c), np.sqrt((a - c) ** 2 + 4 * b * b))
    p, q, r = (a * a + b * b + determinant) / trace, b * (a + c) / trace, (b * b + c * c + determinant) / trace
    scale = p * r - q * q
    step_x, step_y = (q * gradient_y - r * gradient_x) / scale, (q * gradient_x - p * gradient_y) / scale
    # On level ground, or where the Hessian has no inverse, straight down and as far as a step may be.
    lost = ~(np.isfinite(step_x) & np.isfinite(step_y))
    size = edges[1] - edges[0]
    steepest = np.maximum(np.abs(gradient_x) * size[0], np.abs(gradient_y) * size[1])
    downhill = np.where(steepest > 0, -FARTHEST / steepest, 0.0)
    step_x = np.where(lost, downhill * gradient_x * size[0] ** 2, step_x)
    step_y = np.where(lost, downhill * gradient_y * size[1] ** 2, step_y)
    to_low, to_high = edges[0] - points, edges[1] - points
    at_x, at_y = np.clip(step_x, to_low[:, 0], to_high[:, 0]), np.clip(step_y, to_low[:, 1], to_high[:, 1])
    left_x, left_y = at_x != step_x, at_y != step_y
    along_y = np.where(lost, at_y, -(gradient_y + q * at_x) / r)
    along_x = np.where(lost, at_x, -(gradient_x + q * at_y) / p)
    step_x = np.where(left_x, at_x, np.where(left_y, along_x, step_x))
    step_y = np.where(left_x, along_y, at_y)
    step = np.clip(np.stack([step_x, step_y], axis=-1), to_low, to_high)
    return np.where(np.isfinite(step), step, 0.0)
