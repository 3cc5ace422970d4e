"""Which part of the plane to show of a function that nobody has looked at yet."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optviz.surface.searching.descent import poll
from optviz.surface.searching.grids import EVEN_GRID, dips, even_grid
from optviz.surface.searching.minima import local_minima
from optviz.surface.searching.poles import look_for_poles
from optviz.surface.searching.probe import Probe, Searched

Domain = tuple[float, float, float, float]

FIRST = 2.0
"""Half of the first square that is looked at, around the origin: where a formula is usually meant."""

FACTOR = 4.0
"""From one square to the next, larger or smaller."""

LARGER, SMALLER = 8, 7
"""How many squares there are at most, the first included."""

FEW, MANY = 9, 25
"""So many minima more are worth a larger square; of more than so many a part is enough."""

ROOM = 1.5
"""How much larger than what is to be seen the domain is."""

NEEDLE = 0.05
"""The least share of the domain that lies below the middle between the lowest and the median loss, or it is smaller."""

NARROWEST = 1e-4
"""The least half of a domain around a needle, also as a share of how far from the origin it is."""

NOWHERE = np.empty((0, 2))

COARSE = slice(None, None, 4)
"""Of the even grid, for what needs no more."""


def fitted_domain(on: Callable[[Domain], Searched]) -> Domain:
    """A domain around the minima of a function, else around a point without slope, else where it has values.

    `on` gives the function on a domain. Squares around the origin are looked at, from ±2 to larger or smaller ones,
    until some minima are seen, and not too many. The edges have two digits of the domain's half. Deterministic; it
    takes as long as a dozen looks for local minima, at most.
    """
    with np.errstate(all="ignore"):
        points, half = _minima(on)
        center, half = _around(points, half)
        if len(points) == 1:
            half = _enlarged(on, center, half)
        if not half:
            center, half = _around(*_without_slope(on))
        return _trimmed(on, _square(center, half)) if half else _with_values(on)


def _around(points: np.ndarray, half: float) -> tuple[np.ndarray, float]:
    """Center and half of a square around points (K, 2) that were seen in the one with this half; 0 where K is 0."""
    if not len(points):
        return np.zeros(2), 0.0
    low, high = points.min(axis=0), points.max(axis=0)
    center, reach = (low + high) / 2, float((high - low).max()) / 2
    if reach > 0:
        return center, ROOM * reach
    distance = ROOM * float(np.abs(center).max())
    return center, distance if half > FIRST and distance > 0 else min(half, FIRST)


def _minima(on: Callable[[Domain], Searched]) -> tuple[np.ndarray, float]:
    """The minima (K, 2) of the square with this half; none where no square has any."""
    half, points = FIRST, _minima_within(on, FIRST)
    if len(points) > MANY:
        for _ in range(SMALLER - 1):
            half /= FACTOR
            fewer = _minima_within(on, half)
            points = fewer if len(fewer) else points
            if len(points) <= MANY:
                return points, half
        # However near: a line or a plain of them.
        return NOWHERE, FIRST
    for _ in range(LARGER - 1):
        if len(points):
            break
        half *= FACTOR
        points = _minima_within(on, half)
    if len(points):
        more = _minima_within(on, FACTOR * half)
        points = more if len(points) < len(more) <= FEW else points
    return points, half


def _minima_within(on: Callable[[Domain], Searched], half: float) -> np.ndarray:
    surface = on((-half, half, -half, half))
    probe = Probe(surface)
    grid = _grid((-half, half, -half, half))
    probe.losses(grid)
    if not np.isfinite(probe.loss):
        return NOWHERE
    # At a kink a minimum has a slope: it is one if nothing around it is lower.
    steps = np.full((1, 2), 2 * half / (EVEN_GRID - 1))
    lowest, _ = poll(probe, probe.point[None], np.array([probe.loss]), steps, 30)
    look_for_poles(probe, lowest)
    return local_minima(surface, None if probe.bottomless else lowest[0]).points


def _without_slope(on: Callable[[Domain], Searched]) -> tuple[np.ndarray, float]:
    """A point (1, 2) where the slope is least and far less than around: a saddle, say."""
    half = FIRST
    for _ in range(LARGER):
        grid = _grid((-half, half, -half, half))
        slopes = np.hypot(*np.moveaxis(on((-half, half, -half, half)).loss_and_gradient(grid)[1], -1, 0))
        slopes = np.where(np.isnan(slopes), np.inf, slopes)
        found = dips(grid[1:-1, 1:-1], slopes[1:-1, 1:-1], 1)
        edges = np.concatenate([slopes[0], slopes[-1], slopes[:, 0], slopes[:, -1]])
        if len(found) and slopes[1:-1, 1:-1].min() < min(edges.min(), 0.1 * np.median(slopes)):
            return found, half
        half *= FACTOR
    return NOWHERE, FIRST


def _with_values(on: Callable[[Domain], Searched]) -> Domain:
    half = FIRST
    for _ in range(LARGER):
        square = (-half, half, -half, half)
        if np.isfinite(on(square).loss(_grid(square))).any():
            return _trimmed(on, square)
        half *= FACTOR
    return (-FIRST, FIRST, -FIRST, FIRST)


def _enlarged(on: Callable[[Domain], Searched], center: np.ndarray, half: float) -> float:
    """Half of a square in which a single minimum is no needle's prick; 0 where it is one in all that can be shown.

    In smaller and smaller squares a needle stays as deep as it is: the cleft of two poles for ever, a narrow minimum
    until it is seen. What is less deep there, as √r and log(r + ε) are at any scale, was a funnel and no needle.
    """
    narrowest = NARROWEST * max(1.0, float(np.abs(center).max()))
    smaller, deepest = half, 0.0
    while smaller >= narrowest:
        square = _square(center, smaller)
        losses = on(square).loss(np.concatenate([center[None], _grid(square)[COARSE, COARSE].reshape(-1, 2)]))
        losses = losses[np.isfinite(losses)]
        if not losses.size:
            return half
        lowest, middle = float(losses.min()), float(np.median(losses))
        if (losses <= (lowest + middle) / 2).mean() >= NEEDLE:
            return smaller
        deepest = max(deepest, middle - lowest)
        if middle - lowest < deepest / 2:
            return half
        smaller /= 2
    return 0.0


def _trimmed(on: Callable[[Domain], Searched], domain: Domain) -> Domain:
    """The domain without the sides on which the function has no value."""
    grid = _grid(domain)
    there = np.isfinite(on(domain).loss(grid))
    if not there.any() or there.all():
        return domain
    x, y = grid[0, there.any(axis=0), 0], grid[there.any(axis=1), 0, 1]
    half = (domain[1] - domain[0]) / 2
    (x_min, y_min), (x_max, y_max) = _rounded(np.array([[x[0], y[0]], [x[-1], y[-1]]]), half)
    return (x_min, x_max, y_min, y_max) if x_min < x_max and y_min < y_max else domain


def _square(center: np.ndarray, half: float) -> Domain:
    (x_min, y_min), (x_max, y_max) = _rounded(np.array([center - half, center + half]), half)
    return (x_min, x_max, y_min, y_max)


def _rounded(edges: np.ndarray, half: float) -> list[list[float]]:
    """Edges to two digits of half of the domain, as the decimal numbers that one would type."""
    digits = 1 - int(np.floor(np.log10(half)))
    return [[float(f"{round(edge, digits):.12g}") + 0.0 for edge in pair] for pair in edges.tolist()]


def _grid(domain: Domain) -> np.ndarray:
    """The even grid (121, 121, 2) on a domain."""
    x_min, x_max, y_min, y_max = domain
    return np.array([x_min, y_min]) + even_grid() * np.array([x_max - x_min, y_max - y_min])
