"""The runs of a block of seeds: pure, without disk or processes, and the same bits whatever else is computed beside."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator
from typing import Any

import numpy as np

from optviz.experiment.league import CHUNK, League
from optviz.racer import Racer
from optviz.statistics.reached import steps_by_best
from optviz.statistics.runs import Runs, joined, runs_of
from optviz.surface import FiniteSum, Surface
from optviz.surface.lowest import Found, Lowest
from optviz.trajectory import Trajectory, trace

MOST_MOMENTS = 1_260_000
"""So many positions of one racer are held at a time, 30 MB of points and losses: 250 surfaces of 5,000 steps."""


def found_of(league: League, first: int, beyond: int) -> Found | None:
    """Where the surfaces of seeds first … beyond − 1 are lowest, as a search finds; None where theory knows it."""
    return _bare(league.stack(range(first, beyond))).found


def compute(
    league: League,
    first: int,
    beyond: int,
    wanted: Collection[int],
    joint: bool = False,
    found: Found | None = None,
) -> tuple[dict[int, Runs], np.ndarray | None]:
    """The runs on seeds first … beyond − 1 of the racers at the places `wanted`, each a function of itself alone.

    With `joint` also the steps to 90 % of the drop to the lowest that any of the article's racers reached: int32
    (beyond − first, len(league.seven)), −1 never. found: what `found_of` says of these seeds, instead of a search.
    """
    together: dict[int, Runs] = {}
    by_best = []
    for low, high in _blocks(league, first, beyond):
        stack = league.stack(range(low, high))
        if found is not None:
            _bare(stack).take_over(_rows(found, slice(low - first, high - first)))
        runs, steps = _computed(league, stack, wanted, joint)
        for place, part in runs.items():
            # At once: of many steps a histogram takes more memory than all else.
            together[place] = joined([together[place], part]) if place in together else part
        by_best.append(steps)
    return together, np.concatenate(by_best) if joint else None


def _blocks(league: League, first: int, beyond: int) -> Iterator[tuple[int, int]]:
    size = max(1, min(CHUNK, MOST_MOMENTS // (league.steps + 1)))
    for low in range(first, beyond, size):
        yield low, min(low + size, beyond)


def _computed(
    league: League, stack: Surface, wanted: Collection[int], joint: bool
) -> tuple[dict[int, Runs], np.ndarray]:
    # Before any run: afterwards the surface would know what that has reached.
    lowest, start = stack.lowest, stack.suggested_start
    batch_seeds = league.batch_seeds(_bare(stack).seed)  # type: ignore[attr-defined]
    known: dict[Racer, Runs] = {}
    runs: dict[int, Runs] = {}
    losses: dict[int, np.ndarray] = {}
    for place, racer in enumerate(league.racers):
        needed = joint and place in league.seven
        unlabelled = dataclasses.replace(racer, label=None)
        if place in wanted and unlabelled in known and not needed:
            runs[place] = known[unlabelled]
        elif place in wanted or needed:
            path = _trace(racer, stack, start, league.steps, batch_seeds)
            if place in wanted:
                runs[place] = known[unlabelled] = _kept(path, lowest)
            if needed:
                losses[place] = path.losses
    return runs, steps_by_best([losses[place] for place in league.seven]) if losses else _nobody(stack)


def _trace(racer: Racer, stack: Surface, start: np.ndarray, steps: int, batch_seeds: tuple[int, ...]) -> Trajectory:
    return trace(racer, stack, start, steps, 0 if racer.batch_size is None else batch_seeds)


def _kept(path: Trajectory, lowest: Lowest) -> Runs:
    return runs_of(path, lowest.loss, lowest.point)


def _nobody(stack: Surface) -> np.ndarray:
    return np.empty((stack.stack_shape[0], 0), dtype=np.int32)


def _bare(surface: Surface) -> Surface:
    return surface.surface if isinstance(surface, FiniteSum) else surface


def _rows(found: Found, rows: slice) -> Found:
    arrays: dict[str, Any] = {item.name: getattr(found, item.name)[rows] for item in dataclasses.fields(found)}
    return Found(**arrays)
