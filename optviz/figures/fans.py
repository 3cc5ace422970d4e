"""Fans: runs that differ only in their batches, summed up for a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optviz.budget import most_steps_of_runs
from optviz.experiment import Race
from optviz.racer import Racer
from optviz.statistics.gaps import log_gap
from optviz.statistics.lengths import step_lengths
from optviz.surface import Surface
from optviz.trajectory import Trajectory, trace

FAN_RUNS = 20
QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True, eq=False)
class Fan:
    """Runs that differ only in their batches, summed up at each step: quantiles (3, steps + 1).

    Of the loss, the log gap, and the length of the step that led there.

    The rows are the 10 %, 50 % and 90 % quantile; a run that has diverged counts as infinitely high.
    """

    losses: np.ndarray
    log_gaps: np.ndarray
    lengths: np.ndarray
    runs: int


def fan(path: Trajectory) -> Fan:
    """The fan of a trajectory with one leading axis of runs (see `trace` with a sequence of seeds)."""
    losses, lengths = _quantiles(path.losses), _quantiles(step_lengths(path.points))
    return Fan(losses, log_gap(losses, path.surface.lowest.loss), lengths, path.losses.shape[0])


def _quantiles(values: np.ndarray) -> np.ndarray:
    known = np.where(np.isfinite(values), values, np.inf)
    # "lower" takes a run's own value: between a finite one and infinity there is nothing to interpolate.
    found = np.quantile(known, QUANTILES, axis=0, method="lower")
    return np.where(np.isfinite(found), found, np.nan)


Make = Callable[[Racer, Surface, tuple[float, float], int, int], Fan]


def fan_of(racer: Racer, surface: Surface, start: tuple[float, float], steps: int, batch_seed: int) -> Fan:
    """The fan of `FAN_RUNS` runs with successive batch seeds."""
    seeds = [(batch_seed + run) % 2**32 for run in range(FAN_RUNS)]
    return fan(trace(racer, surface, start, steps, seeds))


def fans_of(race: Race, make: Make = fan_of, start: tuple[float, float] | None = None) -> list[Fan | None]:
    """20 runs with other batches of every racer that sees batches; None for a racer that sees all samples.

    None for all of them where that would be more work than `budget` has room for. make: `fan_of`, or what remembers it.
    start: where the race starts, where that has been found already.
    """
    affordable = race.steps <= most_steps_of_runs(race, FAN_RUNS)
    given = race.start or start
    x, y = race.surface.suggested_start.tolist() if given is None else given
    return [
        make(racer, race.surface, (x, y), race.steps, race.batch_seed)
        if racer.batch_size is not None and affordable
        else None
        for racer in race.racers
    ]
