"""Any surface as the mean of sample losses: what makes SGD and minibatch SGD more than names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from optviz.bad_input import BadInput
from optviz.parameter import check_fields, hyper
from optviz.surface.base import Domain, Surface
from optviz.surface.lowest import Found, Lowest, Minima

RMS_GRID = 41


@dataclass(frozen=True)
class FiniteSum(Surface):
    """A surface as the mean of N sample losses that differ from it by a slope each.

        lossᵢ(θ) = loss(θ) + aᵢ · θ,   Σ aᵢ = 0

    The mean of the samples is the surface itself. A batch of B samples has an unbiased gradient; drawn without
    replacement (an epoch at a time, the last batch shorter) its variance is σ²/B · (N − B)/(N − 1), σ² = mean |aᵢ|²;
    drawn with `replacement` it is σ²/B. `spread` is σ in units of the surface's root-mean-square gradient over its
    domain: at 1 a single sample's gradient is off by as much as a typical gradient is long.

    surface: a surface, or a stack, without samples of its own. samples: N, 2 … 4,096. spread: 0 … 100. seed draws the
    aᵢ, up to the scale the same for all surfaces of a stack.

    The variance of a mean without replacement: Cochran 1977, Sampling Techniques, theorem 2.2.
    """

    surface: Surface
    samples: int = hyper(64, slider=(2, 512), log=True, at_least=2, at_most=4096, whole=True)
    spread: float = hyper(1.0, slider=(0.01, 10), log=True, at_least=0, at_most=100)
    seed: int = hyper(0, at_least=0, at_most=2**32 - 1, whole=True)
    replacement: bool = hyper(False)

    def __post_init__(self) -> None:
        check_fields(self)
        if not isinstance(self.surface, Surface) or self.surface.samples is not None:
            title = getattr(self.surface, "title", self.surface)
            raise BadInput("unknown_choice", name="surface", value=title, allowed="a surface without samples")

    @property
    def domain(self) -> Domain:  # type: ignore[override]
        return self.surface.domain

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"{self.surface.title}, {self.samples} samples"

    @property
    def stack_shape(self) -> tuple[int, ...]:
        return self.surface.stack_shape

    @property
    def call_cost(self) -> float:  # type: ignore[override]
        return self.surface.call_cost

    def numbers_per_point(self, samples: int | None = None) -> int:
        # Of a batch the slopes are added up.
        return self.surface.numbers_per_point() + 8 * (samples or 0)

    def single(self, index: int) -> FiniteSum:
        return FiniteSum(self.surface.single(index), self.samples, self.spread, self.seed, self.replacement)

    def part(self, places: np.ndarray) -> FiniteSum:
        return FiniteSum(self.surface.part(places), self.samples, self.spread, self.seed, self.replacement)

    def rough_losses_on(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return self.surface.rough_losses_on(x, y)

    @property
    def lowest(self) -> Lowest:
        return self.surface.lowest

    @property
    def narrow_dips(self) -> bool:  # type: ignore[override]
        return self.surface.narrow_dips

    @property
    def preparation_cost(self) -> float:
        return self.surface.preparation_cost

    @property
    def found(self) -> Found | None:
        return self.surface.found

    def take_over(self, found: Found) -> None:
        self.surface.take_over(found)

    def take_over_minima(self, minima: Minima) -> None:
        self.surface.take_over_minima(minima)

    @property
    def local_minima(self) -> Minima:
        return self.surface.local_minima

    def drift(self, steps: int) -> np.ndarray | None:
        return self.surface.drift(steps)

    def learn(self, points: np.ndarray, losses: np.ndarray) -> None:
        self.surface.learn(points, losses)

    @property
    def suggested_start(self) -> np.ndarray:
        return self.surface.suggested_start

    @property
    def suggested_learning_rate(self) -> float | None:
        return self.surface.suggested_learning_rate

    @property
    def suggested_learning_rates(self) -> Mapping[str, Mapping[str, float]]:
        return self.surface.suggested_learning_rates

    @cached_property
    def slopes(self) -> np.ndarray:
        """The aᵢ ([S,] samples, 2)."""
        drawn = np.random.RandomState(self.seed).standard_normal((self.samples, 2))
        drawn -= drawn.mean(axis=0)
        scale = self.standard_deviation / np.sqrt((drawn * drawn).sum(axis=1).mean())
        return drawn * scale[..., None, None]

    @cached_property
    def standard_deviation(self) -> np.ndarray:
        """σ ([S]): the root-mean-square distance of a sample's gradient from the full gradient."""
        lengths = [rms_gradient(surface) for surface in self.surface.singles()]
        return self.spread * np.array(lengths if self.stack_shape else lengths[0])

    def loss(self, point: np.ndarray) -> np.ndarray:
        return self.surface.loss(point)

    def gradient(self, point: np.ndarray) -> np.ndarray:
        return self.surface.gradient(point)

    def hessian(self, point: np.ndarray) -> np.ndarray:
        return self.surface.hessian(point)

    def loss_and_gradient(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.surface.loss_and_gradient(point)

    def on_batch(self, indices: np.ndarray) -> Surface:
        slopes = self.slopes
        if self.stack_shape and indices.ndim > 1:
            chosen = np.take_along_axis(slopes, indices[..., None], axis=-2)
        else:
            chosen = slopes[..., indices, :]
        return _Tilted(self.surface, chosen.cumsum(axis=-2)[..., -1, :] / indices.shape[-1])


class _Tilted(Surface):
    """A surface plus a linear function, whose slope (..., 2) broadcasts against the points."""

    def __init__(self, surface: Surface, slope: np.ndarray) -> None:
        self.surface, self.slope = surface, slope
        self.domain, self.title = surface.domain, surface.title

    def loss(self, point: np.ndarray) -> np.ndarray:
        tilt = point * self.slope
        return self.surface.loss(point) + (tilt[..., 0] + tilt[..., 1])

    def gradient(self, point: np.ndarray) -> np.ndarray:
        return self.surface.gradient(point) + self.slope

    def hessian(self, point: np.ndarray) -> np.ndarray:
        hessian = self.surface.hessian(point)
        return np.broadcast_to(hessian, (*np.broadcast_shapes(hessian.shape[:-2], self.slope.shape[:-1]), 2, 2))

    def loss_and_gradient(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.loss(point), self.gradient(point)


def rms_gradient(surface: Surface) -> float:
    """Root-mean-square length of a single surface's gradient over a grid of its domain, where it is finite."""
    x_min, x_max, y_min, y_max = surface.domain
    mesh = np.meshgrid(np.linspace(x_min, x_max, RMS_GRID), np.linspace(y_min, y_max, RMS_GRID))
    with np.errstate(all="ignore"):
        gradient = surface.gradient(np.stack(mesh, axis=-1))
        squares: Any = (gradient * gradient).sum(axis=-1)
    known = squares[np.isfinite(squares)]
    return float(np.sqrt(known.mean())) if known.size else 0.0
