"""Each racer at its own best: settings tuned on the training seeds of a league, judged on its other seeds.

Every setting that is tried is an ordinary racer in an ordinary league, so that the store knows its chunks, whoever asks
for them. The same number of settings is tried for every racer. A learning rate is tried on the grid of the league; any
other hyperparameter is tuned together with the learning rate, at Sobol points.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import scipy

from optviz.bad_input import BadInput
from optviz.experiment.blocks import Block
from optviz.experiment.league import League
from optviz.experiment.rates import Rates
from optviz.experiment.record import MOST_RACERS
from optviz.parameter import Parameter
from optviz.racer import Racer
from optviz.statistics.budgets import expected
from optviz.statistics.intervals import drawn_again
from optviz.statistics.runs import Runs

RATE = "learning_rate"
RESAMPLES = 1_999
"""A share of so many has a standard error of 1 % at most."""


class Answer(Protocol):
    """What is known of an ordinary league: see `optviz.laboratory.league.Result`."""

    @property
    def complete(self) -> bool: ...
    @property
    def runs(self) -> Sequence[Runs]: ...


Run = Callable[[League, Any], Answer]
Prepare = Callable[[Sequence[League]], None]


@dataclass(frozen=True, eq=False)
class TunedRacer:
    """What tuning has found for one racer; N settings were tried.

    racer: as it stands in the league. settings: N ordinary racers. names: what was tuned of it. values: (N, names).
    training, held_out: (N,) mean c on the training seeds, and on the others. best: the place of the lowest `training`;
    of several that are level one inside the grid, then the first. edge: −1 or 1 where the best of the grid as it was
    asked for was its lowest or highest rate, else 0. on_edge: whether it still is where the grid was left.
    wins_resampled: (N,) how often each is the best when the training seeds are drawn anew, with replacement; they sum
    to 1.
    """

    racer: Racer
    settings: tuple[Racer, ...]
    names: tuple[str, ...]
    values: np.ndarray
    training: np.ndarray
    held_out: np.ndarray
    best: int
    edge: int
    on_edge: bool
    wins_resampled: np.ndarray

    @property
    def rates(self) -> np.ndarray:
        """The learning rates that were tried (N,); NaN for a racer that has none."""
        if RATE in self.names:
            return self.values[:, self.names.index(RATE)]
        return np.full(len(self.settings), getattr(self.racer.optimizer, RATE, np.nan), dtype=float)

    @property
    def best_racer(self) -> Racer:
        """The racer at its best, under the name that it has in the league."""
        return dataclasses.replace(self.settings[self.best], label=self.racer.label)

    @cached_property
    def expected(self) -> np.ndarray:
        """The mean c to expect of k settings, k = 1 … N (`optviz.statistics.budgets.expected`): (N,)."""
        return expected(self.training, self.held_out)


@dataclass(frozen=True, eq=False)
class Tuned:
    """All racers of a league, tuned. name: the hyperparameter that was asked for.

    grid: lowest and highest rate that were tried in the end, and how many. extended: how many were added below and
    above, for all racers alike. training: the seeds that settings were chosen by. judging: those they are judged on.
    """

    racers: tuple[TunedRacer, ...]
    name: str
    grid: tuple[float, float, int]
    extended: tuple[int, int]
    training: Block
    judging: Block


def tuned(league: League, store: Any, run: Run, prepare: Prepare = lambda asked: None) -> Tuned | None:
    """Tune each racer of a league that has training seeds; None while anything that `run` was asked for is missing.

    run: computes an ordinary league (`run_league`), or tells what is known of it (`known`). It is asked once for each
    racer on each block of seeds, and again for what is added to the grid. prepare: is told what `run` will be asked for
    before it is, all of one grid at once, on both blocks of seeds.

    Where a racer's best learning rate is the lowest or highest of the grid, the grid goes on for all racers, a decade
    at a time (see `Rates`), at most three times at that end. No racer's numbers depend on another racer, but for how
    far the grid goes. Sobol points have no edge to go beyond. Raises BadInput for a league without training seeds.
    """
    training, rates = _training(league), Rates(league.grid)
    edges_at_first: list[int] | None = None
    while True:
        tried = [settings_of(racer, league.tuned, rates) for racer in league.racers]
        prepare(_questions(league, tried))
        on_training = _answers(league, store, run, tried, training)
        if on_training is None:
            return None
        best = [_best(c.mean(axis=1)) for c in on_training]
        edges = [_edge(league.tuned, settings, place) for settings, place in zip(tried, best, strict=True)]
        edges_at_first = edges if edges_at_first is None else edges_at_first
        longer = rates.extended(-1 in edges, 1 in edges)
        if longer == rates:
            break
        rates = longer
    on_others = _answers(league, store, run, tried, league.seeds)
    if on_others is None:
        return None
    wins = wins_resampled(on_training, training)
    racers = tuple(
        TunedRacer(
            racer=racer,
            settings=tried[place],
            names=tunable(racer, league.tuned),
            values=_values(tried[place], tunable(racer, league.tuned)),
            training=on_training[place].mean(axis=1),
            held_out=on_others[place].mean(axis=1),
            best=best[place],
            edge=edges_at_first[place],
            on_edge=edges[place] != 0,
            wins_resampled=wins[place],
        )
        for place, racer in enumerate(league.racers)
    )
    grid = (float(rates.values[0]), float(rates.values[-1]), len(rates.values))
    return Tuned(racers, league.tuned, grid, (rates.below, rates.above), training, league.seeds)


def tuned_league(league: League, tuned: Tuned) -> League:
    """The league of the same racers, each at its best: an ordinary one, on the seeds that nothing was tuned on."""
    return league.replaced(racers=tuple(racer.best_racer for racer in tuned.racers), training=None)


def runs_at_least(league: League) -> int:
    """How many runs tuning asks for, unless the grid goes on. Raises BadInput for a league without training seeds."""
    first, beyond = _training(league)
    tried = [settings_of(racer, league.tuned, Rates(league.grid)) for racer in league.racers]
    return sum(map(len, tried)) * (league.n + beyond - first)


def _questions(league: League, tried: Sequence[Sequence[Racer]]) -> tuple[League, ...]:
    """The ordinary leagues that this comes to: the settings of each racer on each block of seeds."""
    return tuple(
        question
        for block in (_training(league), league.seeds)
        for settings in tried
        for question in _leagues(league, settings, block)
    )


def _training(league: League) -> Block:
    if league.training is None:
        raise BadInput("bad_block", name="training", value=None, allowed="first < beyond")
    return league.training


# --- what is tried -------------------------------------------------------------------------------------------------


def tunable(racer: Racer, name: str) -> tuple[str, ...]:
    """What of a racer is tuned where `name` is asked for: that and the learning rate, as far as it has them."""
    known = racer.optimizer.hyperparameters()
    return tuple(each for each in dict.fromkeys((RATE, name)) if each in known)


def settings_of(racer: Racer, name: str, rates: Rates) -> tuple[Racer, ...]:
    """The racers that are tried, as many for all racers: at each of the rates, or at Sobol points of rate and `name`.

    A value that a racer cannot have is left out. One that has neither is tried as it is.
    """
    names = tunable(racer, name)
    bare = dataclasses.replace(racer, label=None)
    if not names:
        return (bare,)
    table = racer.optimizer.hyperparameters()
    if names == (RATE,):
        points = rates.values[:, None]
    else:
        columns = zip(names, _sobol(len(rates.values), len(names)).T, strict=True)
        low, high = rates.values[0], rates.values[-1]
        points = np.stack(
            [low * (high / low) ** unit if each == RATE else spread(table[each], unit) for each, unit in columns],
            axis=1,
        )
    settings = []
    for point in points.tolist():
        if all(table[each].contains(value) for each, value in zip(names, point, strict=True)):
            setting = bare
            for each, value in zip(names, point, strict=True):
                setting = setting.with_hyperparameter(each, value)
            settings.append(setting)
    return tuple(settings) or (bare,)


def spread(parameter: Parameter, unit: np.ndarray) -> np.ndarray:
    """Numbers (N,) from 0 to 1 as values of a hyperparameter, over the range of its slider.

    Evenly by the logarithm where the slider is logarithmic; by the logarithm of the distance from 1 for a share that
    must be below 1, as of momentum: .9 and .99 remember ten and a hundred steps. Whole numbers are rounded.
    """
    assert parameter.slider is not None, "what a league tunes has a slider"
    low, high = parameter.slider
    if parameter.log:
        values = low * (high / low) ** unit
    elif parameter.below == 1 and low >= 0:
        values = 1 - (1 - low) * ((1 - high) / (1 - low)) ** unit
    else:
        values = low + (high - low) * unit
    return np.round(values) if parameter.whole else values


def _sobol(count: int, dimensions: int) -> np.ndarray:
    """The first of 2^m Sobol points: (count, dimensions). Each lies in the middle of its cell, above 0 and below 1."""
    cells = math.ceil(math.log2(count))
    return scipy.stats.qmc.Sobol(dimensions, scramble=False).random_base2(cells)[:count] + 0.5 / 2**cells


def _values(settings: Sequence[Racer], names: Sequence[str]) -> np.ndarray:
    rows = [[float(getattr(setting.optimizer, name)) for name in names] for setting in settings]
    return np.array(rows).reshape(len(settings), len(names))


# --- how it did ----------------------------------------------------------------------------------------------------


def _leagues(league: League, settings: Sequence[Racer], block: Block) -> Iterator[League]:
    for first in range(0, len(settings), MOST_RACERS):
        racers = tuple(settings[first : first + MOST_RACERS])
        yield league.replaced(racers=racers, seeds=block, training=None)


def _answers(
    league: League, store: Any, run: Run, tried: Sequence[Sequence[Racer]], block: Block
) -> list[np.ndarray] | None:
    """The c of each racer's settings on each seed, (N, n) a racer; None where not all are there."""
    answers = []
    for settings in tried:
        results = [run(question, store) for question in _leagues(league, settings, block)]
        if not all(result.complete for result in results):
            return None
        answers.append(np.stack([runs.c for result in results for runs in result.runs]))
    return answers


def _best(scores: np.ndarray) -> int:
    level = np.flatnonzero(scores == scores.min())
    inside = level[(level > 0) & (level < len(scores) - 1)]
    return int(inside[0] if len(inside) else level[0])


def _edge(name: str, settings: Sequence[Racer], best: int) -> int:
    """Whether the best is the lowest (−1) or the highest (1) rate of the grid."""
    if name != RATE or len(settings) == 1:
        return 0
    return -1 if best == 0 else 1 if best == len(settings) - 1 else 0


def wins_resampled(c: Sequence[np.ndarray], block: Block, resamples: int = RESAMPLES) -> list[np.ndarray]:
    """How often each setting of a racer has its lowest mean c when the seeds are drawn anew.

    c: for each racer (N, n), settings × seeds of the block; returns (N,) for each, which sum to 1. Drawn with
    replacement, the same seeds for all; settings that are level share a win. Seeded by the block, so that a racer's
    numbers do not depend on who else is tuned.
    """
    # In whole billionths: sums of them are exact, so that settings with equal runs are level.
    whole = [np.rint(1e9 * settings.T) for settings in c]
    wins = [np.zeros(len(settings)) for settings in c]
    for times in drawn_again(block[1] - block[0], resamples, block):
        for won, each in zip(wins, whole, strict=True):
            sums = times @ each
            lowest = sums == sums.min(axis=1, keepdims=True)
            won += (lowest / lowest.sum(axis=1, keepdims=True)).sum(axis=0)
    return [won / resamples for won in wins]
