"""One number per optimizer that makes a lesson's point, by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from optviz.statistics.scores import drop_told, scoreboard
from optviz.statistics.wins import tie_width
from optviz.trajectory import Trajectory, trace

LAST_STEPS = 20
RUNS = 20

Numbers = list[float]


def steps_to_90(paths: Sequence[Trajectory]) -> Numbers:
    """The first step at which 90 % of the drop is done; NaN where it never is. See `drop_told` for which drop."""
    told = drop_told(rows := scoreboard(paths))
    steps = {row["index"]: row[told] for row in rows}
    return [np.nan if steps[place] in (None, -1) else float(steps[place]) for place in range(len(paths))]


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


def _always(name: str) -> Callable[[Sequence[Trajectory]], str]:
    return lambda paths: name


@dataclass(frozen=True)
class Measure:
    """What can be measured.

    numbers: a function of the paths of a race, in the order of its optimizers. called: what that is, by its key among
    the words. runs: so many runs of each optimizer are computed for it; None where the paths tell it.
    """

    numbers: Callable[[Sequence[Trajectory]], Numbers]
    called: Callable[[Sequence[Trajectory]], str]
    runs: int | None = None


MEASURES: dict[str, Measure] = {
    "steps_to_90": Measure(steps_to_90, lambda paths: drop_told(scoreboard(paths))),
    "end_distance": Measure(end_distance, _always("end_distance")),
    "first_step": Measure(first_step, _always("first_step")),
    "path_length": Measure(path_length, _always("path_length")),
    "swing": Measure(swing, _always("swing")),
    "end_spread": Measure(end_spread, _always("end_spread"), RUNS),
    "place": Measure(place, _always("place")),
}
"""Name → what it measures."""


def _length(vector: np.ndarray) -> float:
    return float(np.hypot(*vector))


def _spread(path: Trajectory) -> float:
    if path.racer.batch_size is None:
        return 0.0
    ends = trace(path.racer, path.surface, path.points[0], path.steps, range(RUNS)).points[:, -1]
    return float(np.sqrt(((ends - ends.mean(axis=0)) ** 2).sum(axis=-1).mean()))
