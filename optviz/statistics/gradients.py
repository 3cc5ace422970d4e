"""How steep the surface is along a path."""

from __future__ import annotations

import numpy as np

from optviz.statistics.lengths import step_lengths
from optviz.trajectory import Trajectory


def gradients(path: Trajectory) -> np.ndarray:
    """∇J of the full loss at each point of a path: (..., steps + 1, 2). NaN where the run has diverged.

    That is not always what the step was made from: NAG asks elsewhere, and a batch of samples says something else.
    """
    with np.errstate(all="ignore"):
        slopes = np.array(path.surface.gradient(path.points_on_surface), dtype=float)
    slopes[~np.isfinite(path.points).all(axis=-1)] = np.nan
    return slopes


def slopes_and_lengths(path: Trajectory) -> np.ndarray:
    """The numbers of each step on an optimizer's card, of a run on a single surface: (steps + 1, 4).

    ∂J/∂x, ∂J/∂y and |∇J| where it is (see `gradients`), and how far the step went (see `step_lengths`).
    """
    slopes = gradients(path)
    with np.errstate(all="ignore"):
        steepness = np.hypot(slopes[:, 0], slopes[:, 1])
    return np.column_stack([slopes, steepness, step_lengths(path.points)])
