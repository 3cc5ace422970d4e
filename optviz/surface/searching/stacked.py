"""A surface, or a stack of them, as points see it that lie each on a surface of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

import numpy as np

NUMBERS_AT_ONCE = 1 << 16
"""Per evaluation: the temporaries of one with derivatives stay in the cache."""

NEAR_ENOUGH = 1e-9
"""How far rough losses are off at the most, as a share of the largest: ten thousand times what they are."""


class Stacked(Protocol):
    """What is asked of a surface, single or a stack: see `optviz.surface.Surface`."""

    @property
    def domain(self) -> tuple[float, float, float, float]: ...

    @property
    def stack_shape(self) -> tuple[int, ...]: ...

    def part(self, places: np.ndarray) -> Stacked: ...

    def loss(self, point: np.ndarray) -> np.ndarray: ...

    def gradient(self, point: np.ndarray) -> np.ndarray: ...

    def hessian(self, point: np.ndarray) -> np.ndarray: ...

    def rough_losses_on(self, x: np.ndarray, y: np.ndarray) -> np.ndarray: ...

    def numbers_per_point(self, samples: int | None = None) -> int: ...


Several = TypeVar("Several", bound="Stacked")


def count_of(surface: Stacked) -> int:
    """How many surfaces it is."""
    return surface.stack_shape[0] if surface.stack_shape else 1


def part_of(surface: Several, places: np.ndarray) -> Several:
    """What points see that lie, one by one, on the surfaces at `places` (M,): itself, where it is a single one."""
    return surface.part(places) if surface.stack_shape else surface  # type: ignore[return-value]


def rough_grids(surface: Stacked, x: np.ndarray, y: np.ndarray, at_once: int) -> Iterator[tuple[int, np.ndarray]]:
    """Rough losses (B, Y, X) on a grid, a few surfaces at a time, and the place of the first of these."""
    if not surface.stack_shape:
        yield 0, surface.rough_losses_on(x, y)[None]
        return
    places = np.arange(count_of(surface))
    for first in range(0, len(places), at_once):
        yield first, surface.part(places[first : first + at_once]).rough_losses_on(x, y)


def at_each(
    surface: Stacked, ask: Callable[[Stacked, np.ndarray], np.ndarray], places: np.ndarray, points: np.ndarray
) -> np.ndarray:
    """What is asked of the surfaces at `places` (M,) at a point (M, 2) of each, in blocks that fit the cache."""
    rows = max(1, NUMBERS_AT_ONCE // surface.numbers_per_point())
    blocks = [
        ask(part_of(surface, places[first : first + rows]), points[first : first + rows])
        for first in range(0, max(1, len(points)), rows)
    ]
    return blocks[0] if len(blocks) == 1 else np.concatenate(blocks)


def losses_at(surface: Stacked, places: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Losses (M,) on the surfaces at `places` (M,) at a point (M, 2) of each; ∞ for what is not a number."""
    losses = at_each(surface, lambda seen, here: seen.loss(here), places, points)
    return np.where(np.isnan(losses), np.inf, losses)


def first_of_each(places: np.ndarray, order: np.ndarray, count: int) -> np.ndarray:
    """Of the rows that are in this `order` (M,), by place (M,) first, the first one of each of so many places."""
    return order[np.searchsorted(places[order], np.arange(count))]


def highest_on(surface: Stacked, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The highest points (..., 2) on a grid, of several that are as high the first, row by row; ∞ counts for nothing.

    Rough losses say which points may be the highest, exact ones which one is.
    """
    chosen = []
    with np.errstate(all="ignore"):
        for first, rough in rough_grids(surface, x, y, 64):
            rough = np.where(np.isfinite(rough), rough, -np.inf).reshape(len(rough), -1)
            size = np.where(np.isfinite(rough), np.abs(rough), 0.0).max(axis=1)
            where, flat = np.nonzero(rough >= (rough.max(axis=1) - NEAR_ENOUGH * size)[:, None])
            points = np.stack([x[flat % len(x)], y[flat // len(x)]], axis=-1)
            losses = at_each(surface, lambda seen, here: seen.loss(here), where + first, points)
            losses = np.where(np.isfinite(losses), losses, -np.inf)
            chosen.append(points[first_of_each(where, np.lexsort((flat, -losses, where)), len(rough))])
    found = np.concatenate(chosen)
    return found if surface.stack_shape else found[0]
