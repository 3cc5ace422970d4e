"""When each of several racers has done 90 % of the drop to the lowest loss that any of them reached."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optviz.statistics.gaps import best_reached, steps_to_drop


def steps_by_best(losses: Sequence[np.ndarray]) -> np.ndarray:
    """First step with 90 % of the drop to `best_reached` done, −1 never: racers × (n, steps + 1) → int32 (n, racers).

    The yardstick of the article's six conclusions: unlike a surface's own lowest loss it needs the runs of all of the
    article's racers at once, and changes with who else runs. Where nobody went below the start nobody gets there.
    """
    best = best_reached(losses)
    return np.stack([steps_to_drop(racer, best) for racer in losses], axis=-1).astype(np.int32)


def gaps_by_best(start_loss: np.ndarray, losses: np.ndarray, lowest_reached: np.ndarray) -> np.ndarray:
    """The gap of losses (racers, n) by that yardstick: 0 at the lowest loss that any racer reached, 1 at the start.

    start_loss (n,); lowest_reached (racers, n): the lowest of each run. NaN where a run has no loss (it diverged), and
    for all where nobody went below the start.
    """
    best = np.fmin.reduce(lowest_reached, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(start_loss > best, (losses - best) / (start_loss - best), np.nan)
