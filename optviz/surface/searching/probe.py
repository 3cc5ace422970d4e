"""A surface as a search looks at it."""

from __future__ import annotations

from typing import Protocol

import numpy as np

NUMBERS_AT_ONCE = 1 << 18
"""Per evaluation: the temporaries stay in the cache."""


class Searched(Protocol):
    """What a search asks of a single surface: see `optviz.surface.Surface`."""

    @property
    def domain(self) -> tuple[float, float, float, float]: ...

    def loss(self, point: np.ndarray) -> np.ndarray: ...

    def loss_and_gradient(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]: ...

    def contains(self, point: np.ndarray) -> np.ndarray: ...

    def numbers_per_point(self, samples: int | None = None) -> int: ...


class Probe:
    """The losses that a search looks at, and the lowest of them all: `loss` at `point` (2,).

    Points are (K, 2), losses (K,); what is not a number counts as ∞. bottomless: whether there is no lowest loss.
    spread: how far the middle half of the losses over the domain reaches, once that is known.
    """

    def __init__(self, surface: Searched) -> None:
        self.surface = surface
        self.numbers = surface.numbers_per_point()
        self.at_once = max(1, NUMBERS_AT_ONCE // self.numbers)
        x_min, x_max, y_min, y_max = surface.domain
        self.low, self.high = np.array([x_min, y_min]), np.array([x_max, y_max])
        self.size = self.high - self.low
        self.point, self.loss = (self.low + self.high) / 2, np.inf
        self.bottomless = False
        self.spread = 0.0

    def losses(self, points: np.ndarray) -> np.ndarray:
        """Losses (...) at points (..., 2) inside the domain; keeps the lowest of all that were ever looked at."""
        flat = points.reshape(-1, 2)
        blocks = [self.surface.loss(flat[at : at + self.at_once]) for at in range(0, len(flat), self.at_once)]
        losses = np.concatenate(blocks)
        losses = np.where(np.isnan(losses), np.inf, losses)
        if losses.size:
            best = int(losses.argmin())
            if losses[best] < self.loss:
                self.loss, self.point = losses[best], flat[best].copy()
                self.bottomless |= bool(self.loss == -np.inf)
        return losses.reshape(points.shape[:-1])

    def inside(self, points: np.ndarray) -> np.ndarray:
        """The points, those beyond an edge on it."""
        return np.minimum(np.maximum(points, self.low), self.high)

    def rounded(self, point: np.ndarray) -> np.ndarray:
        """The point with each coordinate rounded to 0 … 12 decimals, or not (≤ 196, 2), as far as that is near."""
        rounded = np.stack([*(point.round(digits) for digits in range(13)), point]) + 0.0
        mixed = np.stack(np.broadcast_arrays(rounded[:, None, 0], rounded[None, :, 1]), axis=-1).reshape(-1, 2)
        return self.inside(mixed[(np.abs(mixed - point) <= 1e-3 * self.size).all(axis=1)])
