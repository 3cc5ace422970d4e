"""A surface as a picture: heights on a grid, shaded so that level lines make a good contour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optviz.statistics.ranges import LARGEST_SHOWN
from optviz.surface.base import Surface

CONTOURS = 22
"""Level lines of a contour: at (k + ½) / 22 of the shade, k from 0."""
FULLEST_BAND = 1 / 3


@dataclass(frozen=True, eq=False)
class Heights:
    """A surface as a picture: loss on a grid, and a monotone `shade` in [0, 1] whose even steps make a good contour.

    x (X,), y (Y,), losses (Y, X), shade (Y, X). `logarithmic` and `by_area`, never both, say that the shade is not
    proportional to the loss (see `contour_heights`).
    """

    x: np.ndarray
    y: np.ndarray
    losses: np.ndarray
    shade: np.ndarray
    logarithmic: bool
    by_area: bool = False


def contour_heights(surface: Surface, size: int = 121) -> Heights:
    """A single surface on a `size` × `size` grid over its domain.

    Where half of the domain lies in the lowest 15 % of the range of losses (Rosenbrock, Goldstein–Price), even steps of
    the loss would leave the valley blank; there the shade grows with the logarithm of the height above it. Where more
    than a third of the grid would still lie between two level lines (a dip in a wide plain), the shade follows by half
    how much of the domain lies lower, so that no band holds more, unless the loss is the same there.
    """
    x_min, x_max, y_min, y_max = surface.domain
    x, y = np.linspace(x_min, x_max, size), np.linspace(y_min, y_max, size)
    losses = surface.losses_on(x, y)
    losses = np.where(np.isfinite(losses), np.clip(losses, -LARGEST_SHOWN, LARGEST_SHOWN), np.nan)
    finite = losses[np.isfinite(losses)]
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 0.0)
    share = (losses - low) / (high - low) if high > low else np.zeros_like(losses)
    known = share[np.isfinite(share)]
    logarithmic = bool(known.size) and float(np.median(known)) < 0.15 and high > low
    if logarithmic:
        foot = _foot(share, max(float(np.quantile(known, 0.01)), 1e-6))
        share = np.log1p(share / foot) / np.log1p(1 / foot)
    by_area = high > low and _fullest_band(share[np.isfinite(share)]) > FULLEST_BAND
    if by_area:
        share = (share + _share_lower(losses)) / 2
    return Heights(x, y, losses, share, logarithmic and not by_area, by_area)


def height_ticks(heights: Heights, most: int = 5) -> tuple[list[float], list[float]]:
    """Round losses for an axis of heights, and where they are: shades in [0, 1], ascending, `most` of them or fewer.

    Where the shade is proportional to the loss, they are in even steps of 1, 2 or 5 times a power of ten; elsewhere
    even steps of the shade are rounded to losses of two digits. None where all is level.
    """
    known = np.isfinite(heights.losses) & np.isfinite(heights.shade)
    losses, shades = heights.losses[known], heights.shade[known]
    if not losses.size or not losses.max() > losses.min():
        return [], []
    # What differs by a billionth of the whole is level: between the two nothing can be read off.
    low, level = losses.min(), (losses.max() - losses.min()) * 1e-9
    steps, first = np.unique(np.round((losses - low) / level), return_index=True)
    losses, shades = low + steps * level, np.maximum.accumulate(shades[first])
    if heights.logarithmic or heights.by_area:
        wanted = np.interp(np.linspace(0, 1, most), shades, losses)
        rounded = np.array([float(f"{loss:.1e}") if abs(loss) > 1e3 * level else 0.0 for loss in wanted])
    else:
        rounded = _even_steps(float(losses[0]), float(losses[-1]), most)
    rounded = np.unique(rounded[(rounded >= losses[0]) & (rounded <= losses[-1])])
    return np.interp(rounded, losses, shades).tolist(), rounded.tolist()


def _even_steps(low: float, high: float, most: int) -> np.ndarray:
    """The multiples of a step of 1, 2 or 5 times a power of ten: of the smallest with `most` or fewer in the range."""
    power = np.floor(np.log10((high - low) / most))
    for step in (digit * 10**exponent for exponent in (power, power + 1) for digit in (1, 2, 5)):
        first, last = np.ceil(low / step), np.floor(high / step)
        if last - first < most:
            break
    # From the decimal text, so that 3 steps of 0.1 are 0.3.
    return np.array([float(f"{count * step:.12g}") for count in np.arange(first, last + 1)])


def _foot(share: np.ndarray, foot: float) -> float:
    """Where a logarithmic shade begins to count: `foot`, or higher where the valley is too narrow for the grid.

    Between two points of the grid the floor of a valley is lower than both, by an eighth of the second difference
    across it. A level line that is not well above that breaks into a chain of islands.
    """
    middle = share[1:-1, 1:-1]
    hidden = np.zeros_like(middle)
    size_y, size_x = share.shape
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        before = share[1 - down : size_y - 1 - down, 1 - right : size_x - 1 - right]
        after = share[1 + down : size_y - 1 + down, 1 + right : size_x - 1 + right]
        across = np.where((middle <= before) & (middle <= after), (before + after - 2 * middle) / 8, 0.0)
        hidden = np.fmax(hidden, across)
    floor = hidden[(hidden > 0) & (middle <= np.nanquantile(share, 0.1))]
    if not floor.size:
        return foot
    deepest = float(np.quantile(floor, 0.9))
    feet = np.concatenate([[foot], np.geomspace(foot, 1, 200)])
    lines = feet * np.expm1(np.log1p(1 / feet) * 0.5 / CONTOURS)
    if lines[0] >= 2 * deepest:
        return foot
    return float(feet[np.argmax(lines >= 5 * deepest)]) if lines[-1] >= 5 * deepest else 1.0


def _fullest_band(shade: np.ndarray) -> float:
    """The share of the shades (N,) that the fullest band between two level lines holds."""
    return float(np.bincount(np.floor(shade * CONTOURS + 0.5).astype(int)).max() / len(shade))


def _share_lower(losses: np.ndarray) -> np.ndarray:
    """How much of the grid (Y, X) is lower than each loss, half of what is level with it included: 0 … 1, NaN for NaN.

    What lies exactly level counts for four bands at most: more would leave the rest of a flat surface too few of them,
    and with less, two level parts might share a band.
    """
    values, place, count = np.unique(losses, return_inverse=True, return_counts=True, equal_nan=True)
    weight = np.where(np.isnan(values), 0.0, np.minimum(count, 4 * count.sum() / CONTOURS))
    middle = np.cumsum(weight) - weight / 2
    first, last = middle[0], middle[np.isfinite(values)][-1]
    shares = np.where(np.isnan(values), np.nan, (middle - first) / (last - first))
    return shares[place].reshape(losses.shape)
