"""The article's own random surfaces: sums of a few Gaussian hills and valleys."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from optviz.bad_input import BadInput
from optviz.parameter import Parameter, check_fields, hyper
from optviz.surface.base import Domain, Surface, check_seed

FARTHEST = 1e150
MANY = 100
"""Sums, from which on they are taken side by side."""
WEIGHT = Parameter(at_least=-100, at_most=100)


@dataclass(frozen=True)
class GaussianHills(Surface):
    """The article's generator, draw for draw.

        J(x, y) = Σᵢ wᵢ / (2π σxᵢ σyᵢ) · exp(−(x − μxᵢ)² / 2σxᵢ² − (y − μyᵢ)² / 2σyᵢ²)

    `RandomState(seed)` draws, in this order and uniformly: weights wᵢ from `weights`, μx and μy from (−1, 1), σx and σy
    from (0.2, 0.8). The article's figures use weights (−0.2, 0.05), its notebook (−1, 0.2).

    seed: a whole number from 0 to 2³² − 1, or a sequence of them: one object for the whole stack (see `Surface`).
    """

    seed: Any = hyper(1, at_least=0, at_most=2**32 - 1, whole=True)
    hills: int = hyper(10, slider=(1, 30), at_least=1, at_most=100, whole=True)
    weights: tuple[float, float] = (-0.2, 0.05)

    domain: ClassVar[Domain] = (-1.5, 1.5, -1.5, 1.5)  # type: ignore[misc]

    narrow_dips: ClassVar[bool] = False

    def __post_init__(self) -> None:
        seed = check_seed(self.seed)
        object.__setattr__(self, "seed", 0)
        check_fields(self)
        object.__setattr__(self, "seed", seed)
        object.__setattr__(self, "weights", _check_interval("weights", self.weights))

    @property
    def title(self) -> str:  # type: ignore[override]
        seeds = f"{len(self.seed)} seeds" if self.stack_shape else f"seed {self.seed}"
        return f"Gaussian hills, {seeds}"

    @property
    def stack_shape(self) -> tuple[int, ...]:
        return (len(self.seed),) if isinstance(self.seed, tuple) else ()

    def numbers_per_point(self, samples: int | None = None) -> int:
        return 5 * self.hills

    def single(self, index: int) -> GaussianHills:
        if not self.stack_shape:
            return super().single(index)  # type: ignore[return-value]
        return GaussianHills(self.seed[index], self.hills, self.weights)

    def part(self, places: np.ndarray) -> GaussianHills:
        if not self.stack_shape:
            return super().part(places)  # type: ignore[return-value]
        part = object.__new__(GaussianHills)
        # Neither checked nor drawn again: a search takes many parts.
        part.__dict__.update(
            seed=tuple(self.seed[place] for place in places.tolist()),
            hills=self.hills,
            weights=self.weights,
            drawn=self.drawn[:, places],
            _shape_of_hills=tuple(values[places] for values in self._shape_of_hills),
        )
        return part

    @cached_property
    def drawn(self) -> np.ndarray:
        """The drawn parameters (5, [S,] hills): weights, x means, y means, x sigmas, y sigmas."""
        seeds = self.seed if self.stack_shape else (self.seed,)
        low, high = np.array([self.weights, (-1, 1), (-1, 1), (0.2, 0.8), (0.2, 0.8)]).T[..., None]
        draws = np.empty((5, len(seeds), self.hills))
        # To make a generator takes far longer than to seed it anew.
        random = np.random.RandomState(0)
        for index, seed in enumerate(seeds):
            random.seed(seed)
            draws[:, index] = random.uniform(low, high, (5, self.hills))
        return draws if self.stack_shape else draws[:, 0]

    @cached_property
    def _shape_of_hills(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Factors ([S,] hills), means ([S,] 2, hills) and sigmas ([S,] 2, hills)."""
        weights, x_means, y_means, x_sigmas, y_sigmas = self.drawn
        factors = weights / (2 * np.pi * x_sigmas * y_sigmas)
        return factors, np.stack([x_means, y_means], axis=-2), np.stack([x_sigmas, y_sigmas], axis=-2)

    def _evaluate(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Distances in sigmas (..., 2, hills), heights (..., hills) and sigmas."""
        factors, means, sigmas = self._shape_of_hills
        distances = (np.asarray(point, dtype=float)[..., None] - means) / sigmas
        # Where exp has long been 0 a square must not overflow, else 0 · ∞ is not a number.
        np.minimum(distances, FARTHEST, out=distances)
        np.maximum(distances, -FARTHEST, out=distances)
        squares = distances * distances
        return distances, factors * np.exp(-0.5 * (squares[..., 0, :] + squares[..., 1, :])), sigmas

    def loss(self, point: np.ndarray) -> np.ndarray:
        return _total(self._evaluate(point)[1])

    def rough_losses_on(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        # Each hill is a product of a function of x and one of y.
        factors, means, sigmas = self._shape_of_hills
        along_x, along_y = (
            np.exp(-0.5 * ((line[:, None] - means[..., None, axis, :]) / sigmas[..., None, axis, :]) ** 2)
            for axis, line in enumerate((x, y))
        )
        return (factors[..., None, :] * along_y) @ along_x.swapaxes(-1, -2)

    def gradient(self, point: np.ndarray) -> np.ndarray:
        distances, heights, sigmas = self._evaluate(point)
        return -_total(heights[..., None, :] * distances / sigmas)

    def loss_and_gradient(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        distances, heights, sigmas = self._evaluate(point)
        return _total(heights), -_total(heights[..., None, :] * distances / sigmas)

    def hessian(self, point: np.ndarray) -> np.ndarray:
        distances, heights, sigmas = self._evaluate(point)
        hessian = np.empty((*heights.shape[:-1], 2, 2))
        curvatures = _total(heights[..., None, :] * (distances * distances - 1) / (sigmas * sigmas))
        hessian[..., 0, 0] = curvatures[..., 0]
        hessian[..., 1, 1] = curvatures[..., 1]
        across = heights * distances[..., 0, :] * distances[..., 1, :] / (sigmas[..., 0, :] * sigmas[..., 1, :])
        hessian[..., 0, 1] = hessian[..., 1, 0] = _total(across)
        return hessian


def _total(terms: np.ndarray) -> np.ndarray:
    # A running sum adds in one fixed order; np.sum chooses its order by shape and memory layout, and then a stack
    # and a single surface differ in the last bit.
    if terms.size < MANY * terms.shape[-1] or terms.shape[-1] == 1:
        return terms.cumsum(axis=-1)[..., -1]
    # In the same order; of many points this is two to four times as fast, of few slower.
    total = terms[..., 0] + terms[..., 1]
    for place in range(2, terms.shape[-1]):
        total += terms[..., place]
    return total


def _check_interval(name: str, interval: Any) -> tuple[float, float]:
    allowed = WEIGHT.range_text(name)
    try:
        low, high = (WEIGHT.check_number(name, edge) for edge in interval)
    except (TypeError, ValueError):
        raise BadInput("bad_interval", name=name, value=interval, allowed=allowed) from None
    if not low < high:
        raise BadInput("bad_interval", name=name, value=interval, allowed=allowed)
    return (low, high)
