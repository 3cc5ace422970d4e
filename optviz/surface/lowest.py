"""Where a surface is lowest inside its domain: what theory knows, what a search finds, what a run comes upon."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from optviz.surface.base import Surface

EVEN_GRID = 121
"""Lines of the even grid, edges included, that every surface is searched on."""

UNEVEN_GRID = 320
"""Rows and columns of cells with one random point each, for surfaces whose dips may be narrow."""

LINE = 2049
ZOOMED_GRID = 72
ZOOMS = (1 / 10, 1 / 120)
MOST_ROUNDS = 3
MOST_POLES = 8
NUMBERS_AT_ONCE = 1 << 18
"""Per evaluation: the temporaries stay in the cache."""

USUAL_FORMULA = 60
"""Numbers per point up to which the uneven grid is as fine as it gets; with more it is coarser, and as quick."""

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


def told(found: Found, by_runs: Reached | None) -> Lowest:
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


def search(surface: Surface) -> Found:
    """The lowest point of a single surface, by samples over its domain that are refined, many at a time.

    An even grid with the edges finds what is as wide as a hundredth of the domain. Where the surface does not promise
    that (`narrow_dips`), an uneven grid (random points, one per cell, so that no period of the loss can hide between
    its lines), the axes and the edges follow; then the neighbourhood of the lowest dips is sampled more and more
    closely, and valleys with a kink are followed along each axis. Deterministic.

    Where the loss keeps falling as the step shrinks to nothing, there is a pole, and no lowest loss: −∞.
    """
    with np.errstate(all="ignore"):
        return _Search(surface).run()


class _Search:
    """One search. Points are (K, 2), losses (K,); what is not a number counts as ∞."""

    def __init__(self, surface: Surface) -> None:
        self.surface = surface
        numbers = surface.numbers_per_point()
        self.at_once = max(1, NUMBERS_AT_ONCE // numbers)
        self.cells = max(96, round(UNEVEN_GRID * min(1.0, (USUAL_FORMULA / numbers) ** 0.5) / 8) * 8)
        x_min, x_max, y_min, y_max = surface.domain
        self.low, self.high = np.array([x_min, y_min]), np.array([x_max, y_max])
        self.size = self.high - self.low
        self.point, self.loss = (self.low + self.high) / 2, np.inf
        self.bottomless = False
        self.middle = self.spread = 0.0

    def run(self) -> Found:
        even = self.low + self.size * _even_grid()
        losses = self.losses(even)
        finite = losses[np.isfinite(losses)]
        if finite.size:
            lower, self.middle, upper = np.quantile(finite, (0.25, 0.5, 0.75)).tolist()
            self.spread = upper - lower
        step = self.size / (EVEN_GRID - 1)
        starts = [_dips(even, losses, 24 if self.surface.narrow_dips else 8)]
        if self.surface.narrow_dips:
            uneven = self.low + self.size * _uneven_grid(self.cells)
            losses = self.losses(uneven)
            starts += [_dips(uneven, losses, 48), _lowest_by_block(uneven, losses, 8)]
            lines = self._lines()
            losses = self.losses(lines)
            starts.append(_dips(lines, losses, 2))
            step = self.size / self.cells
        points, losses = self.refined(np.concatenate(starts), step)
        if self.surface.narrow_dips:
            self._zoom(points, losses)
            self._follow_valleys()
        if self.bottomless:
            return Found(-np.inf, self.point, 0.0)
        if np.isfinite(self.loss):
            self._polish()
            self._round()
        height = self.middle - self.loss if np.isfinite(self.loss) else 0.0
        return Found(float(self.loss), self.point, max(height, 0.0))

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
        return np.minimum(np.maximum(points, self.low), self.high)

    def _lines(self) -> np.ndarray:
        """Points (lines, LINE, 2) along the edges, the middle lines and, where they cross the domain, the axes."""
        lines = []
        along = np.linspace(0, 1, LINE)
        for axis in (0, 1):
            places = [self.low[axis], (self.low[axis] + self.high[axis]) / 2, self.high[axis]]
            if self.low[axis] < 0 < self.high[axis]:
                places.append(0.0)
            for place in places:
                line = np.empty((LINE, 2))
                line[:, axis] = place
                line[:, 1 - axis] = self.low[1 - axis] + self.size[1 - axis] * along
                lines.append(line)
        return np.stack(lines)

    def refined(self, points: np.ndarray, step: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Each of the points (K, 2) walked down to a minimum near it, and the losses there."""
        losses = self.losses(points)
        kept = np.isfinite(losses)
        points, losses = points[kept], losses[kept]
        if not len(points) or self.bottomless:
            return points, losses
        steps = np.broadcast_to(step, points.shape).copy()
        points, losses = self._poll(points, losses, steps, 8)
        points, losses = self._newton(points, losses)
        points, before = self._poll(points, losses, steps, 34)
        points, losses = self._poll(points, before, steps, 10)
        if not self.bottomless:
            falling, low = (np.argsort(by, kind="stable")[:MOST_POLES] for by in (losses - before, losses))
            self._look_for_poles(points[np.union1d(falling[losses[falling] < before[falling]], low)])
        return points, losses

    def _poll(
        self, points: np.ndarray, losses: np.ndarray, steps: np.ndarray, halvings: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Pattern search: to the lowest of eight neighbours at `steps` (K, 2), which are halved, in place, each time.

        V. Torczon 1997, On the convergence of pattern search algorithms, doi:10.1137/S1052623493250780.
        """
        rows = np.arange(len(points))
        for _ in range(halvings):
            steps *= 0.5
            for _ in range(2):
                around = self.inside(points[:, None] + _COMPASS * steps[:, None])
                found = self.losses(around)
                best = found.argmin(axis=1)
                lower = found[rows, best] < losses
                if not lower.any():
                    break
                points = np.where(lower[:, None], around[rows, best], points)
                losses = np.where(lower, found[rows, best], losses)
        return points, losses

    def _look_for_poles(self, points: np.ndarray) -> None:
        """Whether the loss falls without end towards any of the points (K, 2), and if so, where.

        On the way to a minimum the gain of a halving of the distance goes to zero: by 4 where the loss is smooth, by 2
        at a kink. On the way to a pole of any order it grows, to one of a logarithm it stays. So: from some side, over
        the last twenty halvings whose distances are not lost in rounding, five gain no less than the five before.
        """
        angles = 0.1 + 2 * np.pi * np.arange(16) / 16
        sides = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
        for point in points:
            falls, lowest = self._falls_towards(point, sides)
            if falls and not self._in_a_crack(point, lowest):
                self.bottomless, self.point = True, point.copy()
                return

    def _falls_towards(self, point: np.ndarray, sides: np.ndarray, of_before: float = 0.9) -> tuple[bool, float]:
        """Whether, from any of the sides (K, 2), five halvings gain `of_before` of the five before; the lowest loss."""
        smallest = 4096 * np.spacing(np.abs(point).max()) / self.size.min()
        last = min(-int(np.ceil(np.log2(smallest))), 60)
        if last < 26:
            return False, np.inf
        distances = 0.5 ** np.arange(last - 20, last + 1, 5)
        around = point + distances[:, None, None] * self.size * sides
        told = np.where(self.surface.contains(around), self.losses(self.inside(around)), np.inf)
        gains = told[:-1] - told[1:]
        rounding = 1e-9 * np.abs(told[1:]) + 1e-10 * self.spread
        steady = (gains > rounding).all(axis=0) & (gains[1:] >= of_before * gains[:-1]).all(axis=0)
        return bool(steady.any()), float(told.min())

    def _in_a_crack(self, point: np.ndarray, around: float) -> bool:
        """Whether a point, or a round one beside it, is lower than all `around` it and yet the bottom.

        Then something lower is next to it, or, beside a coordinate that is 0, which floating point resolves for ever,
        the loss comes to an end; unless it is the other coordinate that it falls towards, as tan(x) + y² does.
        """
        beside = self._rounded(point)
        losses = self.losses(beside)
        lowest = beside[losses.argmin()]
        if losses.min() < min(around, self.losses(point)):
            return True
        for axis in np.flatnonzero(lowest == 0):
            other = np.eye(2)[1 - axis]
            if lowest[1 - axis] != 0 and self._falls_towards(lowest, np.stack([other, -other]), 0.99)[0]:
                continue
            deep = np.repeat(lowest[None], 4, axis=0)
            deep[:, axis] = self.size[axis] * 0.5 ** np.array([250, 400, 600, 900])
            for side in (deep, deep * np.where(np.arange(2) == axis, -1, 1)):
                found = self.losses(self.inside(side))
                if np.ptp(found) <= 1e-9 * np.abs(found[0]) and found[0] < around:
                    return True
        return False

    def _newton(self, points: np.ndarray, losses: np.ndarray, rounds: int = 16) -> tuple[np.ndarray, np.ndarray]:
        """Newton's method with |Hessian| for Hessian, so that it goes downhill everywhere, and with shorter steps.

        The Hessian comes from differences of the exact gradient: it steers and decides nothing, and a formula's need
        not be compiled. Y. Dauphin et al. 2014, arXiv:1406.2572.
        """
        offset = 1e-7 * self.size
        for _ in range(rounds):
            around = points[:, None] + np.concatenate([[[0.0, 0.0]], _CROSS * offset])
            gradients = self.surface.loss_and_gradient(around)[1]
            downhill = self._downhill(points, gradients, offset)
            trials = self.inside(points[:, None] - _SHORTER[:, None] * downhill[:, None])
            # Where the Hessian has no inverse (x + y, x·y) there is no such step.
            trials = np.where(np.isfinite(trials).all(axis=-1, keepdims=True), trials, points[:, None])
            found = self.losses(trials)
            rows, best = np.arange(len(points)), found.argmin(axis=1)
            improved = found[rows, best] < losses
            points = np.where(improved[:, None], trials[rows, best], points)
            losses = np.where(improved, found[rows, best], losses)
            if not improved.any():
                break
        return points, losses

    def _downhill(self, points: np.ndarray, gradients: np.ndarray, offset: np.ndarray) -> np.ndarray:
        """|H|⁻¹ g (K, 2) from gradients (K, 5, 2) at the points and beside them; 0 along an edge that holds a point."""
        gradient = gradients[:, 0]
        by_x = (gradients[:, 1] - gradients[:, 2]) / (2 * offset[0])
        by_y = (gradients[:, 3] - gradients[:, 4]) / (2 * offset[1])
        a, b, c = by_x[:, 0], (by_x[:, 1] + by_y[:, 0]) / 2, by_y[:, 1]
        held = ((points <= self.low) & (gradient > 0)) | ((points >= self.high) & (gradient < 0))
        gradient = np.where(held, 0.0, gradient)
        either = held.any(axis=1)
        a, b, c = np.where(held[:, 0], 1.0, a), np.where(either, 0.0, b), np.where(held[:, 1], 1.0, c)
        # √(H²) of a symmetric 2 × 2 matrix is (H² + |det H|) / (|λ₁| + |λ₂|).
        determinant = np.abs(a * c - b * b)
        trace = np.sqrt((a - c) ** 2 + 4 * b * b)
        trace = np.maximum(np.abs(a + c), trace)
        p, q, r = a * a + b * b + determinant, b * (a + c), b * b + c * c + determinant
        scale = trace / (p * r - q * q)
        return np.stack(
            [scale * (r * gradient[:, 0] - q * gradient[:, 1]), scale * (p * gradient[:, 1] - q * gradient[:, 0])],
            axis=-1,
        )

    def _zoom(self, points: np.ndarray, losses: np.ndarray) -> None:
        """Closer and closer samples around the lowest points found, as long as that finds something lower."""
        for _ in range(MOST_ROUNDS):
            before = self.loss
            if self.bottomless or not np.isfinite(before):
                return
            centres = _apart(points, losses, self.size / 40, 5)
            starts, steps = [], []
            for zoom in ZOOMS:
                corners = self.inside(centres - self.size * zoom / 2)
                sizes = self.inside(centres + self.size * zoom / 2) - corners
                for corner, size in zip(corners, sizes, strict=True):
                    grid = corner + size * _uneven_grid(ZOOMED_GRID)
                    dips = _dips(grid, self.losses(grid), 10)
                    starts.append(dips)
                    steps.append(np.broadcast_to(size / ZOOMED_GRID, dips.shape))
            points, losses = self.refined(np.concatenate(starts), np.concatenate(steps))
            if not self.loss < before - 1e-12 * abs(before):
                return

    def _follow_valleys(self) -> None:
        """Along each axis: the lowest loss across it, as a function of one variable, which is searched in turn.

        A valley with a kink for its floor stops a method that needs a slope, and one that polls; this one walks along.
        """
        for axis in (0, 1):
            if self.bottomless or not np.isfinite(self.loss):
                return
            places = self.low[axis] + self.size[axis] * np.linspace(0, 1, 65)
            low, high = (np.full(65, edge[1 - axis]) for edge in (self.low, self.high))
            across, losses = self._across(axis, places, low, high, 129)
            width = self.size[axis] / 64
            best = int(losses.argmin())
            place, centre = places[best], across[best]
            reach = self.size[1 - axis] / 16
            for _ in range(18):
                places = np.clip(place + width * np.linspace(-1, 1, 9), self.low[axis], self.high[axis])
                low = np.maximum(np.full(9, centre - reach), self.low[1 - axis])
                high = np.minimum(np.full(9, centre + reach), self.high[1 - axis])
                across, losses = self._across(axis, places, low, high, 65)
                best = int(losses.argmin())
                # As far as the floor of the valley moves between two places, and some more.
                reach = max(2 * float(np.abs(np.diff(across)).max()), 1e-12 * self.size[1 - axis])
                place, centre = places[best], across[best]
                width /= 3

    def _across(
        self, axis: int, places: np.ndarray, low: np.ndarray, high: np.ndarray, count: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """For each place (C,) on one axis the lowest between `low` and `high` on the other: where, and how low."""
        rows = np.arange(len(places))
        where, losses = (low + high) / 2, np.full(len(places), np.inf)
        first, last = low, high
        for _ in range(40):
            grid = first[:, None] + (last - first)[:, None] * np.linspace(0, 1, count)
            points = np.empty((*grid.shape, 2))
            points[..., axis], points[..., 1 - axis] = places[:, None], grid
            found = self.losses(points)
            best = found.argmin(axis=1)
            lower = found[rows, best] < losses
            where, losses = np.where(lower, grid[rows, best], where), np.where(lower, found[rows, best], losses)
            spacing = (last - first) / (count - 1)
            if (spacing <= 4 * np.spacing(np.abs(where))).all():
                break
            first, last = np.maximum(where - spacing, low), np.minimum(where + spacing, high)
            count = 17
        return where, losses

    def _polish(self) -> None:
        """A few whole Newton steps that keep the loss: where it has no digits left, its gradient still has."""
        for _ in range(4):
            points = self.point[None]
            offset = 1e-7 * self.size
            around = points[:, None] + np.concatenate([[[0.0, 0.0]], _CROSS * offset])
            moved = self.inside(points - self._downhill(points, self.surface.loss_and_gradient(around)[1], offset))
            # `losses` has taken it over already where it is lower.
            if not (np.isfinite(moved).all() and self.losses(moved)[0] <= self.loss):
                return
            self.point = moved[0]

    def _round(self) -> None:
        """The roundest coordinates that are as low: kinks are often at round numbers, and 0 reads better than 1e-40."""
        near = self._rounded(self.point)
        self.point = near[self.losses(near).argmin()]

    def _rounded(self, point: np.ndarray) -> np.ndarray:
        """The point with each coordinate rounded to 0 … 12 decimals, or not (≤ 196, 2), as far as that is near."""
        rounded = np.stack([*(point.round(digits) for digits in range(13)), point]) + 0.0
        mixed = np.stack(np.broadcast_arrays(rounded[:, None, 0], rounded[None, :, 1]), axis=-1).reshape(-1, 2)
        return self.inside(mixed[(np.abs(mixed - point) <= 1e-3 * self.size).all(axis=1)])


_COMPASS = np.array([(-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1)], dtype=float)
_CROSS = np.array([(1, 0), (-1, 0), (0, 1), (0, -1)], dtype=float)
_SHORTER = np.array([1, 0.5, 0.2, 0.05, 1e-2, 1e-3, 1e-5])


@lru_cache(maxsize=1)
def _even_grid() -> np.ndarray:
    """(121, 121, 2) in the unit square, edges included."""
    even = np.linspace(0, 1, EVEN_GRID)
    return np.stack(np.meshgrid(even, even), axis=-1)


@lru_cache(maxsize=8)
def _uneven_grid(cells: int) -> np.ndarray:
    """(cells, cells, 2) in the unit square: one point at a random place of each cell, always the same."""
    corner = np.stack(np.meshgrid(np.arange(cells), np.arange(cells)), axis=-1)
    return (corner + np.random.RandomState(0).random_sample((cells, cells, 2))) / cells


def _dips(points: np.ndarray, losses: np.ndarray, most: int) -> np.ndarray:
    """The lowest points (≤ most, 2) of a grid (rows, columns, 2) that none of their eight neighbours is lower than."""
    padded = np.pad(losses, 1, constant_values=np.inf)
    beside = np.minimum(np.minimum(padded[:, :-2], padded[:, 1:-1]), padded[:, 2:])
    lowest = np.minimum(np.minimum(beside[:-2], beside[1:-1]), beside[2:])
    chosen = np.flatnonzero((losses <= lowest) & np.isfinite(losses))
    values = losses.ravel()[chosen]
    return points.reshape(-1, 2)[chosen[np.argsort(values, kind="stable")[:most]]]


def _lowest_by_block(points: np.ndarray, losses: np.ndarray, blocks: int) -> np.ndarray:
    """The lowest point of each of blocks × blocks parts of a grid (blocks², 2)."""
    size = losses.shape[0] // blocks
    parts = losses.reshape(blocks, size, blocks, size).swapaxes(1, 2).reshape(blocks * blocks, -1)
    places = points.reshape(blocks, size, blocks, size, 2).swapaxes(1, 2).reshape(blocks * blocks, -1, 2)
    return places[np.arange(blocks * blocks), parts.argmin(axis=1)]


def _apart(points: np.ndarray, losses: np.ndarray, distance: np.ndarray, most: int) -> np.ndarray:
    """The lowest of the points, no two of them within `distance` (2,) of each other on both axes."""
    chosen: list[np.ndarray] = []
    for index in np.argsort(losses, kind="stable"):
        if all((np.abs(points[index] - other) > distance).any() for other in chosen):
            chosen.append(points[index])
        if len(chosen) == most:
            break
    return np.array(chosen)
