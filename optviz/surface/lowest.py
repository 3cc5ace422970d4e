"""Where a surface is lowest inside its domain: what theory knows, what a search finds, what a run comes upon."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

FOUND_LOWER = 1e-9
"""What a run must find lower, as a share of the surface's height, to count as a find and not as rounding."""


class Known(StrEnum):
    """How the lowest loss is known."""

    THEORY = "theory"
    """Worked out on paper."""

    SEARCH = "search"
    """The lowest that a search over the domain has found."""

    RUN = "run"
    """A run went lower, inside the domain, than the search had found."""


@dataclass(frozen=True)
class Lowest:
    """The lowest point of a surface inside its domain: `loss` (...), `point` (..., 2).

    The loss is −∞ where there is no lower bound (a pole, a logarithm), and ∞ where no loss that was looked at is
    finite. `known` says how it is known: a `Known`, or an object array (...) of them for a stack.
    """

    loss: Any
    point: np.ndarray
    known: Any = Known.SEARCH

    @property
    def exact(self) -> bool:
        """Whether theory knows it (of a stack: all of it)."""
        return bool(np.all(np.asarray(self.known, dtype=object) == Known.THEORY))


@dataclass(frozen=True)
class Found:
    """What a search found, or of S singles: the lowest `loss` ([S]) and `point` ([S,] 2), and the surface's `height`.

    The height ([S]) is the median loss over the domain less the lowest, 0 where that says nothing.
    """

    loss: Any
    point: np.ndarray
    height: Any


@dataclass(frozen=True, eq=False)
class Minima:
    """The isolated minima of a single surface inside its domain, the lowest first: `points` (K, 2), `losses` (K,)."""

    points: np.ndarray
    losses: np.ndarray


@dataclass(frozen=True)
class Reached:
    """The lowest that runs have come to inside the domain: `loss` ([S]), ∞ for none, and `point` ([S,] 2)."""

    loss: np.ndarray
    point: np.ndarray


def reached(points: np.ndarray, losses: np.ndarray, inside: np.ndarray, stacked: bool) -> Reached:
    """The lowest of points (..., [S,] 2) with losses (..., [S]) that are `inside` (..., [S]) the domain and finite."""
    counted = np.where(inside & np.isfinite(losses), losses, np.inf)
    across = counted.shape[-1:] if stacked else ()
    counted = counted.reshape(-1, *across)
    best = counted.argmin(axis=0)
    places = np.broadcast_to(points, (*losses.shape, 2)).reshape(-1, *across, 2)
    if stacked:
        columns = np.arange(counted.shape[-1])
        return Reached(counted[best, columns], places[best, columns])
    return Reached(counted[best], places[best].copy())


def lower_of(first: Reached, second: Reached) -> Reached:
    """The lower of the two, surface by surface."""
    lower = second.loss < first.loss
    return Reached(np.where(lower, second.loss, first.loss), np.where(lower[..., None], second.point, first.point))


def known_together(found: Found, by_runs: Reached | None) -> Lowest:
    """What a search and the runs so far know together."""
    if by_runs is None or not np.any(by_runs.loss < found.loss):
        stack = np.shape(found.loss)
        return Lowest(found.loss, found.point, np.full(stack, Known.SEARCH, dtype=object) if stack else Known.SEARCH)
    lower = by_runs.loss < found.loss
    with np.errstate(invalid="ignore"):
        clearly = lower & (found.loss - by_runs.loss > FOUND_LOWER * np.asarray(found.height))
    loss = np.where(lower, by_runs.loss, found.loss)
    point = np.where(np.asarray(lower)[..., None], by_runs.point, found.point)
    known = np.where(clearly, Known.RUN, Known.SEARCH).astype(object)
    return Lowest(loss, point, known) if loss.shape else Lowest(float(loss), point, Known(known.item()))
