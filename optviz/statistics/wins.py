"""Who wins, and who is level."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from optviz.statistics.gaps import ROUNDING
from optviz.trajectory import Trajectory

TIE = 1e-6


def tie_width(start_loss: Any, lowest: Any) -> np.ndarray:
    """How far apart two losses (...) may be and still count as level: start loss (...) and lowest (...) → (...).

    A millionth of the drop from the start to the lowest loss, and never less than the start's loss can be rounded by.
    It knows nothing of who else runs. Where there is no drop (no lowest is known, the start has no loss or is the
    lowest point) only the rounding is left.
    """
    start_loss, lowest = np.asarray(start_loss, dtype=float), np.asarray(lowest, dtype=float)
    with np.errstate(invalid="ignore", over="ignore"):
        share = TIE * start_loss - TIE * lowest
        rounding = ROUNDING * np.abs(start_loss)
    return np.fmax(np.where(np.isfinite(share), share, 0.0), np.where(np.isfinite(rounding), rounding, 0.0))


def wins(final_losses: np.ndarray, start_loss: Any, lowest: Any) -> np.ndarray:
    """Each racer's share of the win: final losses (racers, ...) → shares (racers, ...) that sum to 1.

    The lowest final loss wins; racers that are level with it (see `tie_width`) share the win, whoever else runs. What
    is not finite never wins; where nothing is, nobody does.
    """
    finite = np.where(np.isfinite(final_losses), final_losses, np.inf)
    best = finite.min(axis=0)
    first = (finite <= best + tie_width(start_loss, lowest)) & np.isfinite(finite)
    return first / np.maximum(first.sum(axis=0), 1)


def wins_of(paths: Sequence[Trajectory]) -> np.ndarray:
    """`wins` of trajectories over one surface, or one stack, from one start: → (racers, ...)."""
    final = np.stack([path.losses[..., -1] for path in paths])
    return wins(final, paths[0].losses[..., 0], paths[0].surface.lowest.loss)
