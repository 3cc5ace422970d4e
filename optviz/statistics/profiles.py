"""Data profiles: on what share of the surfaces a gap has been reached, by the number of steps.

Sources: Moré and Wild (2009), SIAM J. Optim. 20, 172–191; with all targets pooled these are
the runtime distributions of Hansen et al. (2021), Optim. Methods Softw. 36, 114–144.
"""

from __future__ import annotations

import numpy as np

from optviz.statistics.intervals import effective_n, wilson

Profile = tuple[np.ndarray, np.ndarray, np.ndarray]
"""A share and the ends of its interval, low and high: each (steps + 1,), 0 … 1, before and after each step.

Of no surface at all the share is NaN, somewhere in 0 … 1.
"""


def profile(hits: np.ndarray, steps: int) -> Profile:
    """One target's: hits (n,), the first step at which each surface's run has reached it, −1 never."""
    if not len(hits):
        return _unknown(steps)
    reached = _counted(hits, np.ones(len(hits)), steps)
    low, high = wilson(reached, len(hits))
    return reached / len(hits), low, high


def pooled(hits: np.ndarray, steps: int) -> Profile:
    """All targets' as one: hits (n, T) → the share of all n · T pairs of a surface and a target.

    The targets of a surface are reached together, so that a surface counts once, with the share of targets that it has
    reached: the interval is Wilson's with `effective_n`.
    """
    if not hits.size:
        return _unknown(steps)
    n, targets = hits.shape
    ordered = np.sort(np.where(hits < 0, steps + 1, hits), axis=1)
    # With its m-th target the square of how many a surface has reached grows by m² − (m − 1)².
    growth = np.broadcast_to(2.0 * np.arange(1, targets + 1) - 1, ordered.shape)
    share = _counted(ordered, np.ones(ordered.shape), steps) / (n * targets)
    squares = _counted(ordered, growth, steps) / (n * targets**2)
    # Of scores that are all alike rounding alone would be left.
    variance = np.where(squares - share**2 > 1e-12, squares - share**2, 0.0)
    counted = effective_n(share, variance, n)
    low, high = wilson(share * counted, counted)
    return share, low, high


def spent(evaluations: int, steps: int) -> np.ndarray:
    """Gradient evaluations before and after each step (steps + 1,), by those of a whole run: a profile's other axis."""
    return evaluations / steps * np.arange(steps + 1)


def _unknown(steps: int) -> Profile:
    return np.full(steps + 1, np.nan), np.zeros(steps + 1), np.ones(steps + 1)


def _counted(hits: np.ndarray, weights: np.ndarray, steps: int) -> np.ndarray:
    """The weights of all hits (...) up to each step: (steps + 1,)."""
    reached = (hits >= 0) & (hits <= steps)
    return np.cumsum(np.bincount(hits[reached], weights=weights[reached], minlength=steps + 1))
