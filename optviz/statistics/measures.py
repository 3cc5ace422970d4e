"""One number per optimizer that makes a lesson's point, by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from optviz.statistics.gaps import steps_to_drop
from optviz.statistics.wins import tie_width
from optviz.trajectory import Trajectory, trace

LAST_STEPS = 20
RUNS = 20

Numbers = list[float]


def steps_to_90(paths: Sequence[Trajectory]) -> Numbers:
    """The first step at which 90 % of the drop is done; NaN where it never is."""
    steps = (int(steps_to_drop(path.losses, path.surface.lowest.loss)) for path in paths)
    return [float(step) if step >= 0 else np.nan for step in steps]


def end_distance(paths: Sequence[Trajectory]) -> Numbers:
    """How far it ends from the surface's lowest point, where that is by then; NaN where it has diverged."""
    return [_length(path.points_on_surface[-1] - path.surface.lowest.point) for path in paths]


def first_step(paths: Sequence[Trajectory]) -> Numbers:
    """The length of the first step."""
    return [_length(path.points[1] - path.points[0]) for path in paths]


def path_length(paths: Sequence[Trajectory]) -> Numbers:
    """The length of the whole path; NaN where it has diverged."""
    return [float(np.hypot(*np.diff(path.points, axis=0).T).sum()) for path in paths]


def swing(paths: Sequence[Trajectory]) -> Numbers:
    """From peak to peak along x or y, whichever is more, over the last 20 steps; NaN where it has diverged."""
    return [float(np.ptp(path.points[-LAST_STEPS - 1 :], axis=0).max()) for path in paths]


def end_spread(paths: Sequence[Trajectory]) -> Numbers:
    """The root-mean-square distance of the end points of 20 runs, with other batches each, from their mean.

    0 for who sees all samples in each step. The runs begin with the batch seeds 0 … 19.
    """
    return [_spread(path) for path in paths]


def place(paths: Sequence[Trajectory]) -> Numbers:
    """The place by the final loss, from 1; level ones share it. NaN where it has diverged."""
    ends = np.array([float(path.losses[-1]) for path in paths])
    width = float(tie_width(paths[0].losses[0], paths[0].surface.lowest.loss))
    return [1.0 + float((ends < end - width).sum()) if np.isfinite(end) else np.nan for end in ends]


MEASURES: dict[str, Callable[[Sequence[Trajectory]], Numbers]] = {
    "steps_to_90": steps_to_90,
    "end_distance": end_distance,
    "first_step": first_step,
    "path_length": path_length,
    "swing": swing,
    "end_spread": end_spread,
    "place": place,
}
"""Name → a function of the paths of a race, in the order of its optimizers."""


def _length(vector: np.ndarray) -> float:
    return float(np.hypot(*vector))


def _spread(path: Trajectory) -> float:
    if path.racer.batch_size is None:
        return 0.0
    ends = trace(path.racer, path.surface, path.points[0], path.steps, range(RUNS)).points[:, -1]
    return float(np.sqrt(((ends - ends.mean(axis=0)) ** 2).sum(axis=-1).mean()))
