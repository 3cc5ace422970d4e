"""Grids in the unit square, and what is low on them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

EVEN_GRID = 121
"""Lines of the even grid, edges included, that every surface is searched on."""


@lru_cache(maxsize=1)
def even_grid() -> np.ndarray:
    """(121, 121, 2) in the unit square, edges included."""
    even = np.linspace(0, 1, EVEN_GRID)
    return np.stack(np.meshgrid(even, even), axis=-1)


@lru_cache(maxsize=8)
def uneven_grid(cells: int) -> np.ndarray:
    """(cells, cells, 2) in the unit square: one point at a random place of each cell, always the same."""
    corner = np.stack(np.meshgrid(np.arange(cells), np.arange(cells)), axis=-1)
    return (corner + np.random.RandomState(0).random_sample((cells, cells, 2))) / cells


def dips(points: np.ndarray, losses: np.ndarray, most: int) -> np.ndarray:
    """The lowest points (≤ most, 2) of a grid (rows, columns, 2) that none of their eight neighbours is lower than."""
    padded = np.pad(losses, 1, constant_values=np.inf)
    beside = np.minimum(np.minimum(padded[:, :-2], padded[:, 1:-1]), padded[:, 2:])
    lowest = np.minimum(np.minimum(beside[:-2], beside[1:-1]), beside[2:])
    chosen = np.flatnonzero((losses <= lowest) & np.isfinite(losses))
    values = losses.ravel()[chosen]
    return points.reshape(-1, 2)[chosen[np.argsort(values, kind="stable")[:most]]]


def lowest_by_block(points: np.ndarray, losses: np.ndarray, blocks: int) -> np.ndarray:
    """The lowest point of each of blocks × blocks parts of a grid (blocks², 2)."""
    size = losses.shape[0] // blocks
    parts = losses.reshape(blocks, size, blocks, size).swapaxes(1, 2).reshape(blocks * blocks, -1)
    places = points.reshape(blocks, size, blocks, size, 2).swapaxes(1, 2).reshape(blocks * blocks, -1, 2)
    return places[np.arange(blocks * blocks), parts.argmin(axis=1)]


def apart(points: np.ndarray, losses: np.ndarray, distance: np.ndarray, most: int) -> np.ndarray:
    """The lowest of the points, no two of them within `distance` (2,) of each other on both axes."""
    chosen: list[np.ndarray] = []
    for index in np.argsort(losses, kind="stable"):
        if all((np.abs(points[index] - other) > distance).any() for other in chosen):
            chosen.append(points[index])
        if len(chosen) == most:
            break
    return np.array(chosen)
