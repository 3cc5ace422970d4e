"""Where each racer stands at each step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optviz.statistics.wins import tie_width
from optviz.trajectory import Trajectory

LOST, OUTSIDE, CLIMBED = 0, 200, 100
"""Codes of `standing`."""
VISIBLE = 1e-3
"""The share of the drop from which on a rise of the loss is seen in the picture."""


def standing(paths: Sequence[Trajectory]) -> np.ndarray:
    """Where each racer stands at each step, for words about it: racers × (steps + 1) → uint8 (racers, steps + 1).

    0: it has no loss (it has diverged, or the start has none). 200: it is outside the domain. Else its rank, 1 for the
    lowest: one more than the number of racers on the surface that are lower by more than a `tie_width`, so that racers
    that are level with the lowest are all first. 100 is added where it climbed visibly in this step: by more than a
    thousandth of the drop from the start to the lowest loss, or, where no lowest is known, of what it has spanned.
    """
    losses = np.stack([path.losses for path in paths])
    surface = paths[0].surface
    start, lowest = losses[0, 0], surface.lowest.loss
    lost = ~np.isfinite(losses)
    racing = surface.contains(np.stack([path.points for path in paths])) & ~lost
    compared = np.where(racing, losses, np.inf)
    ranks = 1 + (compared[None] < compared[:, None] - tie_width(start, lowest)).sum(axis=1)
    drop = float(start - lowest)
    known = np.where(lost, np.nan, losses)
    spanned = np.fmax.reduce(known, axis=1) - np.fmin.reduce(known, axis=1)
    seen = VISIBLE * (np.full(len(paths), drop) if 0 < drop < np.inf else spanned)
    with np.errstate(invalid="ignore"):
        climbed = np.diff(known, axis=1, prepend=known[:, :1]) > seen[:, None]
    codes = np.where(racing, ranks + CLIMBED * climbed, np.where(lost, LOST, OUTSIDE))
    return codes.astype(np.uint8)
