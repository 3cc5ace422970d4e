"""A run once more, looking at every state, and at what was asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from optviz.optimizers import Optimizer, State
from optviz.oracle import Oracle
from optviz.trajectory import Trajectory, walk


class Recorder(Oracle):
    """An oracle that remembers what it was asked and what it said.

    said: point (2,) and gradient (2,) of each question, in order; whoever reads it empties it.
    """

    said: list[tuple[np.ndarray, np.ndarray]]

    def gradient(self, point: np.ndarray) -> np.ndarray:
        gradient = super().gradient(point)
        self.said.append((np.array(point, dtype=float), np.array(gradient, dtype=float)))
        return gradient


@dataclass(eq=False)
class Record:
    """What one optimizer did: each list has steps + 1 entries, of which the first is that before the first step.

    optimizers: as a schedule had set it. states: as the step left it. said: point (2,) and gradient (2,) of each
    question of the step.
    """

    optimizers: list[Optimizer] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    said: list[list[tuple[np.ndarray, np.ndarray]]] = field(default_factory=list)

    def add(self, optimizer: Optimizer, state: State, said: list[tuple[np.ndarray, np.ndarray]]) -> None:
        self.optimizers.append(optimizer)
        self.states.append(state)
        self.said.append(said)


def run_again(path: Trajectory, seed: Any) -> tuple[Record, Record | None, np.ndarray, np.ndarray]:
    """What the racer did; what its counterpart does at each step, and where that leads; the gradient at θ(k − 1).

    path: of one surface from one start; seed: that of its batches. The second is None where the optimizer has no
    counterpart at every step. The last two have shape (steps + 1, 2), in coordinates and slopes of the surface; row 0
    is NaN, and where the surface moves the gradient is that of the surface from which the step was made.
    """
    oracle, record, other = Recorder(path.surface), Record(), Record()
    points, slopes = np.full_like(path.points, np.nan), np.full_like(path.points, np.nan)
    oracle.said = []
    with np.errstate(all="ignore"):
        before = state = None
        steps = walk(path.racer, np.array(path.points[0]), path.steps, np.asarray(seed), oracle)
        for step, (point, optimizer, after) in enumerate(steps):
            said, oracle.said = oracle.said, []
            record.add(optimizer, after, said)
            beside = optimizer.counterpart
            if before is not None and state is not None:
                at_point = [gradient for asked, gradient in said if np.array_equal(asked, before)]
                slopes[step] = at_point[0] if at_point else oracle.surface.gradient(before)
                if beside is not None:
                    points[step], counterstate = beside.step(before, state, oracle)
                    other.add(beside, counterstate, oracle.said)
            elif beside is not None:
                other.add(beside, after, [])
            oracle.said = []
            before, state = point, after
    whole = len(other.states) == path.steps + 1
    return record, other if whole else None, points, slopes
