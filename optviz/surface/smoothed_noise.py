"""Random smooth surfaces of our own: Gaussian-smoothed white noise, interpolated by a periodic cubic B-spline."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
import scipy.ndimage

from optviz.bad_input import BadInput
from optviz.parameter import check_fields, hyper
from optviz.surface.base import Domain, Surface, check_domain, check_seed

# Rows: the four cubic B-spline weights, their first and their second derivatives, as polynomials in the position t
# within a cell, highest power first. C. de Boor, A Practical Guide to Splines (1978), doi:10.1007/978-1-4612-6333-3.
_BASIS = (
    np.array(
        [
            [[-1, 3, -3, 1], [3, -6, 3, 0], [-3, 0, 3, 0], [1, 4, 1, 0]],
            [[0, 0, 0, 0], [-3, 9, -9, 3], [6, -12, 6, 0], [-3, 0, 3, 0]],
            [[0, 0, 0, 0], [0, 0, 0, 0], [-6, 18, -18, 6], [6, -12, 6, 0]],
        ]
    ).transpose(1, 0, 2)
    / 6.0
)
_NEIGHBOURS = np.arange(-1, 3)


@dataclass(frozen=True)
class SmoothedNoise(Surface):
    """Gaussian-smoothed white noise: smooth, periodic, and different for every seed.

    White noise on a `size` × `size` grid goes through `scipy.ndimage.gaussian_filter(sigma=smoothing, mode="wrap")`.
    Octave k adds noise of half the width and half the height of octave k − 1: rugged, as real losses are. The grid is
    scaled to [0, 1] and interpolated by a periodic cubic B-spline whose value, gradient and Hessian are exact
    everywhere (the Hessian is continuous, with a kink at each knot). `bowl` adds bowl · (x² + y²) in units of
    the half-domain, so that a path cannot wander off: 1 at the middle of each edge when bowl = 1.

    seed: a whole number from 0 to 2³² − 1, or a sequence of them: one object for the whole stack (see `Surface`).
    """

    seed: Any = hyper(1, at_least=0, at_most=2**32 - 1, whole=True)
    size: int = hyper(64, slider=(16, 128), at_least=8, at_most=256, whole=True)
    smoothing: float = hyper(8.0, slider=(3, 16), at_least=1, at_most=64)
    bowl: float = hyper(0.0, slider=(0, 2), at_least=0, at_most=100)
    octaves: int = hyper(1, slider=(1, 5), at_least=1, at_most=6, whole=True)
    domain: Domain = (-1.5, 1.5, -1.5, 1.5)

    @property
    def narrow_dips(self) -> bool:  # type: ignore[override]
        # The finest octave's σ, as a share of the domain.
        return self.smoothing / 2 ** (self.octaves - 1) / self.size < 0.01

    def __post_init__(self) -> None:
        seed = check_seed(self.seed)
        object.__setattr__(self, "seed", 0)
        check_fields(self)
        object.__setattr__(self, "seed", seed)
        object.__setattr__(self, "domain", check_domain("domain", self.domain))
        if self.smoothing > self.size / 4:
            allowed = f"1 ≤ smoothing ≤ size / 4 = {self.size / 4:g}"
            raise BadInput("out_of_range", name="smoothing", value=self.smoothing, allowed=allowed)

    @property
    def title(self) -> str:  # type: ignore[override]
        seeds = f"{len(self.seed)} seeds" if self.stack_shape else f"seed {self.seed}"
        return f"Smoothed noise, {seeds}"

    @property
    def stack_shape(self) -> tuple[int, ...]:
        return (len(self.seed),) if isinstance(self.seed, tuple) else ()

    call_cost = 2.4

    @property
    def drawing_cost(self) -> float:
        return 0.009 * self.size * self.size * self.octaves

    def numbers_per_point(self, samples: int | None = None) -> int:
        return 150

    def single(self, index: int) -> SmoothedNoise:
        if not self.stack_shape:
            return super().single(index)  # type: ignore[return-value]
        return SmoothedNoise(self.seed[index], self.size, self.smoothing, self.bowl, self.octaves, self.domain)

    def part(self, places: np.ndarray) -> SmoothedNoise:
        if not self.stack_shape:
            return super().part(places)  # type: ignore[return-value]
        part = object.__new__(SmoothedNoise)
        # Neither checked nor smoothed again, nor copied: a search takes many parts.
        table, rows = self._splines
        part.__dict__.update(self._settings, seed=tuple(self.seed[place] for place in places.tolist()))
        part.__dict__["_splines"] = (table, rows[places])
        return part

    @property
    def _settings(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def heights(self, seed: int) -> np.ndarray:
        """The grid (size, size) in [0, 1] that the spline interpolates, rows along y."""
        random = np.random.RandomState(seed)
        grid = np.zeros((self.size, self.size))
        for octave in range(self.octaves):
            noise = random.standard_normal((self.size, self.size))
            smooth = scipy.ndimage.gaussian_filter(noise, self.smoothing / 2**octave, mode="wrap")
            grid += smooth / smooth.std() / 2**octave
        return (grid - grid.min()) / (grid.max() - grid.min())

    @cached_property
    def coefficients(self) -> np.ndarray:
        """Spline coefficients ([S,] size, size)."""
        seeds = self.seed if self.stack_shape else (self.seed,)
        grids = np.empty((len(seeds), self.size, self.size))
        for grid, seed in zip(grids, seeds, strict=True):
            grid[...] = scipy.ndimage.spline_filter(self.heights(seed), order=3, mode="grid-wrap")
        return grids if self.stack_shape else grids[0]

    @cached_property
    def _splines(self) -> tuple[np.ndarray, np.ndarray]:
        """The coefficients of splines (N, size, size), and which of them are those of the surfaces of a stack (S,)."""
        return self.coefficients, np.arange(len(self.coefficients))

    @cached_property
    def _frame(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Lower corner, cell sizes, centre and half-widths of the domain, each (2,)."""
        x_min, x_max, y_min, y_max = self.domain
        low, high = np.array([x_min, y_min]), np.array([x_max, y_max])
        return low, (high - low) / self.size, (high + low) / 2, (high - low) / 2

    def _derivatives(self, point: np.ndarray, order: int) -> np.ndarray:
        """Table (..., order + 1, order + 1) of ∂ʲ/∂yʲ ∂ⁱ/∂xⁱ of the spline, in units of the domain, at [j, i]."""
        low, cell, _, _ = self._frame
        with np.errstate(invalid="ignore"):
            position = (point - low) / cell
            knot = np.floor(position)
            t = (position - knot)[..., None, None]
            index = (knot % self.size).astype(np.intp)[..., None] + _NEIGHBOURS
        index %= self.size
        cubic, square, linear, constant = _BASIS[:, : order + 1]
        weights = ((cubic * t + square) * t + linear) * t + constant
        columns, rows = index[..., 0, None, :], index[..., 1, :, None]
        if self.stack_shape:
            splines, which = self._splines
            patch = splines[which[:, None, None], rows, columns]
        else:
            patch = self.coefficients[rows, columns]
        along_x = _total(patch[..., None, :, :] * weights[..., 0, :, None, :])
        table = _total(along_x[..., None, :, :] * weights[..., 1, :, None, :])
        return table / self._scale(order)

    def rough_losses_on(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        # Each spline is a sum of products of a function of x and one of y.
        splines, which = self._splines if self.stack_shape else (self.coefficients, slice(None))
        along_x, along_y = (self._weights_along(line, axis) for axis, line in enumerate((x, y)))
        losses = along_y @ (splines[which] @ along_x.T)
        if self.bowl:
            losses += self._bowl_loss(np.stack(np.meshgrid(x, y), axis=-1))
        return losses

    def _weights_along(self, line: np.ndarray, axis: int) -> np.ndarray:
        """What each row or column of coefficients counts (N, size) at places (N,) along one axis."""
        low, cell, _, _ = self._frame
        position = (line - low[axis]) / cell[axis]
        knot = np.floor(position)
        cubic, square, linear, constant = _BASIS[:, 0]
        t = (position - knot)[:, None]
        weights = np.zeros((len(line), self.size))
        places = (knot.astype(int)[:, None] + _NEIGHBOURS) % self.size
        weights[np.arange(len(line))[:, None], places] = ((cubic * t + square) * t + linear) * t + constant
        return weights

    def _scale(self, order: int) -> np.ndarray:
        cell = self._frame[1]
        powers = np.arange(order + 1)
        return cell[1] ** powers[:, None] * cell[0] ** powers

    def loss(self, point: np.ndarray) -> np.ndarray:
        point = np.asarray(point, dtype=float)
        return self._derivatives(point, 0)[..., 0, 0] + self._bowl_loss(point)

    def gradient(self, point: np.ndarray) -> np.ndarray:
        return self.loss_and_gradient(point)[1]

    def loss_and_gradient(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        point = np.asarray(point, dtype=float)
        table = self._derivatives(point, 1)
        gradient = np.empty((*table.shape[:-2], 2))
        gradient[..., 0] = table[..., 0, 1]
        gradient[..., 1] = table[..., 1, 0]
        if self.bowl:
            _, _, centre, half = self._frame
            gradient += 2 * self.bowl * (point - centre) / (half * half)
        return table[..., 0, 0] + self._bowl_loss(point), gradient

    def hessian(self, point: np.ndarray) -> np.ndarray:
        table = self._derivatives(np.asarray(point, dtype=float), 2)
        half = self._frame[3]
        hessian = np.empty((*table.shape[:-2], 2, 2))
        hessian[..., 0, 0] = table[..., 0, 2] + 2 * self.bowl / (half[0] * half[0])
        hessian[..., 1, 1] = table[..., 2, 0] + 2 * self.bowl / (half[1] * half[1])
        hessian[..., 0, 1] = hessian[..., 1, 0] = table[..., 1, 1]
        return hessian

    def _bowl_loss(self, point: np.ndarray) -> np.ndarray | float:
        if not self.bowl:
            return 0.0
        _, _, centre, half = self._frame
        scaled = (point - centre) / half
        scaled *= scaled
        return self.bowl * (scaled[..., 0] + scaled[..., 1])


def _total(terms: np.ndarray) -> np.ndarray:
    # Four terms in one fixed order, whatever the shape: np.sum would choose its own (see GaussianHills).
    return terms[..., 0] + terms[..., 1] + terms[..., 2] + terms[..., 3]
