"""What became of a run: six words, each with its rule."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import numpy as np

from optviz.surface.base import Surface

DIVERGED_WIDTHS = 1e6
"""Farther than this many domain widths from the middle of the domain counts as diverged."""

SMALL_STEP = 1e-4
"""Mean step, in domain widths, below which a run has come to rest."""

RING_RADIUS = 1e-2
"""Radius, in domain widths, of the ring that tells a minimum from a plateau."""

SWINGING = 0.25
"""Net movement over path length below which a moving run is swinging to and fro."""

_ANGLES = np.linspace(0, 2 * np.pi, 16, endpoint=False)
# Rounded, so that cos(π/2) is 0: along the level floor of a valley the loss must not change in its last digit.
_RING = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=-1).round(12)


class Outcome(StrEnum):
    """What became of a run. The first rule that holds, from top to bottom, decides.

    The *last steps* are the last tenth of the run, at least 10 steps. Lengths are in widths of the domain.
    """

    DIVERGED = "diverged"
    """The position or loss stopped being finite, or went farther than 10⁶ widths from the domain."""

    LEFT = "left_the_surface"
    """It ends outside the domain."""

    CONVERGED = "converged"
    """The last steps are shorter than 1/10,000 width on average; 1/100 width away nothing is lower, some is higher."""

    STALLED = "stalled"
    """The last steps are shorter than 1/10,000 width on average, but 1/100 width away it goes down or all is level."""

    OSCILLATING = "oscillating"
    """It still moves, but the last steps lead back on themselves: end to end less than a quarter of the way walked."""

    MOVING = "still_moving"
    """It still moves, and gets somewhere."""


def first_divergence(points: np.ndarray, losses: np.ndarray, surface: Surface) -> np.ndarray:
    """The first step at which a run counts as diverged, −1 where it never does.

    points (steps + 1, ..., 2) and losses (steps + 1, ...), the steps along the *first* axis → (...).
    """
    x_min, x_max, y_min, y_max = surface.domain
    middle = np.array([(x_min + x_max) / 2, (y_min + y_max) / 2])
    with np.errstate(all="ignore"):
        inside = np.all(np.abs(points - middle) <= DIVERGED_WIDTHS * surface.width, axis=-1)
    diverged = ~(inside & np.isfinite(losses))
    return np.where(diverged.any(axis=0), diverged.argmax(axis=0), -1)


def judge(points: np.ndarray, diverged_at: np.ndarray, surface: Surface) -> Any:
    """The outcome of runs: points (..., steps + 1, 2), diverged_at (...) → Outcome, or an object array (...) of it."""
    steps = points.shape[-2] - 1
    last = points[..., max(0, steps - max(10, steps // 10)) :, :]
    end = points[..., -1, :]
    with np.errstate(all="ignore"):
        moves = np.diff(last, axis=-2)
        walked = np.sqrt((moves * moves).sum(axis=-1)).sum(axis=-1)
        net = np.sqrt(((last[..., -1, :] - last[..., 0, :]) ** 2).sum(axis=-1))
        resting = walked / moves.shape[-2] <= SMALL_STEP * surface.width
        swinging = net <= SWINGING * walked
        here = surface.loss(end)
        around = [surface.loss(end + RING_RADIUS * surface.width * offset) for offset in _RING]
        lowest_around = np.minimum.reduce([np.where(np.isnan(loss), np.inf, loss) for loss in around])
        highest_around = np.maximum.reduce([np.where(np.isnan(loss), np.inf, loss) for loss in around])
    rules = [
        (np.asarray(diverged_at) >= 0, Outcome.DIVERGED),
        (~surface.contains(end), Outcome.LEFT),
        (resting & (lowest_around >= here) & (highest_around > here), Outcome.CONVERGED),
        (resting, Outcome.STALLED),
        (swinging, Outcome.OSCILLATING),
        (np.ones_like(resting), Outcome.MOVING),
    ]
    index = np.argmax(np.stack([np.broadcast_to(holds, resting.shape) for holds, _ in rules]), axis=0)
    words = np.array([word for _, word in rules], dtype=object)[index]
    return words if np.ndim(index) else rules[int(index)][1]
