"""The valleys of a surface, and who stays in which."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optviz.statistics.wins import tie_width
from optviz.surface import Surface
from optviz.surface.searching.minima import CLOSE

NEAR = 0.03
"""In widths of the domain: within this distance of a minimum a racer that stays has arrived in its valley."""

LOW = 0.1
"""The share of the drop from the start into a valley that may be left for whoever has arrived in it."""

STAYS = 0.1
"""The share of the run for which whoever arrives must stay, at its end; at least ten steps. As in `optviz.outcome`."""


@dataclass(frozen=True, eq=False)
class Valleys:
    """The minima of a single surface, its lowest point first where that is inside an edge: `places` (K, 2).

    depths (K,): their losses. level (K,): which of them are as deep as the lowest, up to a tie; none where the surface
    has no lowest point inside an edge. lowest: the loss there, NaN then. deepest (N, 2): the places of those that are
    level, each once.
    """

    places: np.ndarray
    depths: np.ndarray
    level: np.ndarray
    lowest: float
    deepest: np.ndarray


def valleys_of(surface: Surface, start_loss: float) -> Valleys:
    """The valleys of a single surface; a tie is one for who starts at this loss (see `tie_width`)."""
    minima, lowest = surface.local_minima, surface.lowest
    inner = bool(np.isfinite(lowest.loss)) and _is_inside(lowest.point, surface)
    if not inner:
        return Valleys(minima.points, minima.losses, np.zeros(len(minima.losses), dtype=bool), np.nan, np.empty((0, 2)))
    places = np.concatenate([np.reshape(lowest.point, (1, 2)), minima.points])
    depths = np.concatenate([[lowest.loss], minima.losses])
    level = depths <= lowest.loss + tie_width(start_loss, lowest.loss)
    return Valleys(places, depths, level, float(lowest.loss), _each_once(places[level], surface))


def steps_to_stay(steps: int) -> int:
    """How many of the last positions of a run of `steps` steps must lie in a valley for who has arrived in it."""
    return min(max(10, round(STAYS * steps)), steps + 1)


def distances(points: np.ndarray, place: np.ndarray) -> np.ndarray:
    """How far points (..., 2) are from a place (..., 2)."""
    away = points - place
    return np.asarray(np.sqrt((away * away).sum(axis=-1)))


def _each_once(places: np.ndarray, surface: Surface) -> np.ndarray:
    """Of places (K, 2), the first among them, those that a map shows as one only once."""
    x_min, x_max, y_min, y_max = surface.domain
    close = CLOSE * np.array([x_max - x_min, y_max - y_min])
    others = (np.abs(places[1:] - places[0]) > close).any(axis=1)
    return np.concatenate([places[:1], places[1:][others]])


def _is_inside(point: np.ndarray, surface: Surface) -> bool:
    x_min, x_max, y_min, y_max = surface.domain
    return bool(x_min < point[0] < x_max and y_min < point[1] < y_max)
