"""Whether a loss falls without end somewhere: the lowest loss is −∞ then."""

from __future__ import annotations

import numpy as np

from optviz.surface.searching.probe import Probe

MOST_HALVED = 0.5**60
"""What is left of a distance after as many halvings as are ever looked at."""


def look_for_poles(probe: Probe, points: np.ndarray) -> None:
    """Whether the loss falls without end towards any of the points (K, 2), and if so, where.

    On the way to a minimum the gain of a halving of the distance goes to zero: by 4 where the loss is smooth, by 2
    at a kink. On the way to a pole of any order it grows, to one of a logarithm it stays. So: from some side, over
    the last twenty halvings whose distances are not lost in rounding, five gain no less than the five before.
    """
    angles = 0.1 + 2 * np.pi * np.arange(16) / 16
    sides = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    for point in points:
        falls, lowest = _falls_towards(probe, point, sides)
        if falls and not _in_a_crack(probe, point, lowest):
            probe.bottomless, probe.point = True, point.copy()
            return


def _falls_towards(probe: Probe, point: np.ndarray, sides: np.ndarray, of_before: float = 0.9) -> tuple[bool, float]:
    """Whether a loss falls without end towards a point (2,), and the lowest loss (∞ if none) that was seen near it.

    It does if, from any of the sides (K, 2), directions of length 1, each five halvings of the distance gain at least
    `of_before`, in (0, 1], of the five before. The distances are shares of the domain's size, from 2^-6 down to 2^-60,
    none so near that rounding tells: False and ∞ where fewer than 26 halvings are left, next to the edges of numbers.
    """
    # Near 0 there is no rounding to be lost in: the share of a large domain that it makes up comes out as 0.
    smallest = max(4096 * np.spacing(np.abs(point).max()) / probe.size.min(), MOST_HALVED)
    last = -int(np.ceil(np.log2(smallest)))
    if last < 26:
        return False, np.inf
    distances = 0.5 ** np.arange(last - 20, last + 1, 5)
    around = point + distances[:, None, None] * probe.size * sides
    losses = np.where(probe.surface.contains(around), probe.losses(probe.inside(around)), np.inf)
    gains = losses[:-1] - losses[1:]
    rounding = 1e-9 * np.abs(losses[1:]) + 1e-10 * probe.spread
    steady = (gains > rounding).all(axis=0) & (gains[1:] >= of_before * gains[:-1]).all(axis=0)
    return bool(steady.any()), float(losses.min())


def _in_a_crack(probe: Probe, point: np.ndarray, around: float) -> bool:
    """Whether a point, or a round one beside it, is lower than all `around` it and yet the bottom.

    Then something lower is next to it, or, beside a coordinate that is 0, which floating point resolves for ever,
    the loss comes to an end; unless it is the other coordinate that it falls towards, as tan(x) + y² does.
    """
    beside = probe.rounded(point)
    losses = probe.losses(beside)
    lowest = beside[losses.argmin()]
    if losses.min() < min(around, probe.losses(point)):
        return True
    for axis in np.flatnonzero(lowest == 0):
        other = np.eye(2)[1 - axis]
        if lowest[1 - axis] != 0 and _falls_towards(probe, lowest, np.stack([other, -other]), 0.99)[0]:
            continue
        deep = np.repeat(lowest[None], 4, axis=0)
        deep[:, axis] = probe.size[axis] * 0.5 ** np.array([250, 400, 600, 900])
        for side in (deep, deep * np.where(np.arange(2) == axis, -1, 1)):
            found = probe.losses(probe.inside(side))
            if np.ptp(found) <= 1e-9 * np.abs(found[0]) and found[0] < around:
                return True
    return False
