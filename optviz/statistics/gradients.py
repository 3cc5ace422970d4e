"""How steep the surface is along a path."""

from __future__ import annotations

import numpy as np

from optviz.trajectory import Trajectory


def gradients(path: Trajectory) -> np.ndarray:
    """∇J of the full loss at each point of a path: (..., steps + 1, 2). NaN where the run has diverged.

    That is not always what the step was made from: NAG asks elsewhere, and a batch of samples says something else.
    """
    with np.errstate(all="ignore"):
        slopes = np.array(path.surface.gradient(path.points), dtype=float)
    slopes[~np.isfinite(path.points).all(axis=-1)] = np.nan
    return slopes
