"""The numbers that the pictures, the page and the report of a league show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from optviz.statistics.bands import bands
from optviz.statistics.intervals import Means
from optviz.statistics.pairs import Pair, pairs_of
from optviz.statistics.profiles import pooled, profile, spent
from optviz.statistics.ranking import Contradicted, contradicted, ranking
from optviz.statistics.runs import TARGETS, Runs

QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True, eq=False)
class FairRecord:
    """How the racers were tuned, one entry per racer in every tuple; N settings were tried of it.

    values, training, held_out, expected (N,) each: the tuned hyperparameter, NaN where the racer has none, mean c on
    the training seeds and on the judging ones, and what to expect of a budget of 1 … N settings. resampled (N,): how
    often each is the best when the training seeds are drawn again, 0 … 1. best: the place of the chosen one. on_edge:
    whether that is the lowest or highest of all that were tried. extended: how many rates were added below and above
    what was asked for. tuned: the name of the hyperparameter. training_seeds: the first, and one beyond the last.
    """

    tuned: str
    training_seeds: tuple[int, int]
    values: tuple[np.ndarray, ...]
    training: tuple[np.ndarray, ...]
    held_out: tuple[np.ndarray, ...]
    expected: tuple[np.ndarray, ...]
    resampled: tuple[np.ndarray, ...]
    best: tuple[int, ...]
    on_edge: tuple[bool, ...]
    extended: tuple[int, int] = (0, 0)


@dataclass(frozen=True, eq=False)
class LeagueRecord:
    """Everything that is shown of a complete league, as numbers; K racers in the league's order, n seeds.

    names, keys (K,). seeds: first, and one beyond the last. steps of each run.
    means (K, 3): mean c with its interval, as value, low, high; all 0 … 1. ranks (K, 2): the interval of the rank by
    who wins, from 1. alone, shared (K, 3): the share of seeds on which it ends lowest of all, alone or with others.
    diverged, left (K,): on so many seeds; it has left a surface where it ends outside the domain, and has not diverged.
    order (K,): the places of racers, the smallest mean c first.
    pairs: (i, j) with i < j. contradicted: how often one seed alone says the contrary of all.
    targets (T,): gaps; profiles (K, T + 1, 3, steps + 1): the share of seeds that have reached each target by a step,
    with its band; the last is that of all targets pooled. evaluations (K, steps + 1): gradient evaluations
    up to a step.
    bands (K, 3, 3, steps + 1): quantile of the gap by `QUANTILES`, then value, low, high; ∞ where diverged.
    fair: how they were tuned, in fair mode; None where each has the settings of the question.
    """

    names: tuple[str, ...]
    keys: tuple[str, ...]
    seeds: tuple[int, int]
    steps: int
    means: np.ndarray
    ranks: np.ndarray
    alone: np.ndarray
    shared: np.ndarray
    diverged: np.ndarray
    left: np.ndarray
    order: np.ndarray
    pairs: Mapping[tuple[int, int], Pair]
    contradicted: Contradicted
    targets: np.ndarray
    profiles: np.ndarray
    evaluations: np.ndarray
    bands: np.ndarray
    fair: FairRecord | None = None

    @property
    def n(self) -> int:
        """How many seeds there are."""
        return self.seeds[1] - self.seeds[0]

    def pair(self, first: int, second: int) -> Pair:
        """A pair as its first racer sees it. Raises KeyError where the two are one."""
        return self.pairs[first, second] if first < second else self.pairs[second, first].turned()

    def against(self, first: int) -> list[Pair]:
        """A racer against all others, in the order of the ranking."""
        return [self.pair(first, int(other)) for other in self.order if other != first]

    def conflicts(self) -> list[Pair]:
        """The pairs in which one wins more often and the other by more, who wins first; the clearest of them first."""
        found = [pair if pair.share[0] >= 0.5 else pair.turned() for pair in self.pairs.values() if pair.conflict]
        return sorted(found, key=lambda pair: (-pair.share[0], pair.first, pair.second))


class Complete(Protocol):
    """What has come of a league (`optviz.laboratory.league.Result`).

    league: `optviz.experiment.league.League`. tuned: `optviz.laboratory.fair.Tuned`, None where nothing was tuned.
    """

    @property
    def league(self) -> Any: ...
    @property
    def seeds(self) -> np.ndarray: ...
    @property
    def runs(self) -> Sequence[Runs]: ...
    @property
    def complete(self) -> bool: ...
    @property
    def tuned(self) -> Any: ...


def league_record(result: Complete, names: Sequence[str]) -> LeagueRecord:
    """The record of a league that is complete. names: of its racers.

    Raises ValueError before the declared seeds are complete: until then there is no verdict.
    """
    if not result.complete:
        raise ValueError("there is no verdict before all seeds are there")
    league, runs = result.league, result.runs
    gaps = np.stack([run.gap for run in runs])
    c = Means([run.c for run in runs], league.sampling_seed)
    pairs = pairs_of(gaps, c)
    ranked = ranking(gaps, c, pairs)
    return LeagueRecord(
        names=tuple(names),
        keys=tuple(racer.kind for racer in league.racers),
        seeds=league.seeds,
        steps=league.steps,
        means=np.array([(racer.mean, *racer.interval) for racer in ranked]),
        ranks=np.array([(racer.rank_low, racer.rank_high) for racer in ranked]),
        alone=np.array([(racer.alone, *racer.alone_interval) for racer in ranked]),
        shared=np.array([(racer.shared, *racer.shared_interval) for racer in ranked]),
        diverged=np.array([int((run.diverged_at >= 0).sum()) for run in runs]),
        left=np.array([int(run.left_the_surface.sum()) for run in runs]),
        order=np.argsort([racer.mean for racer in ranked], kind="stable"),
        pairs=pairs,
        contradicted=contradicted(gaps, pairs),
        targets=np.array(TARGETS),
        profiles=np.stack([_profiles(run, league.steps) for run in runs]),
        evaluations=np.stack([spent(run.evaluations, league.steps) for run in runs]),
        bands=np.stack([np.stack(bands(run.histogram, QUANTILES), axis=1) for run in runs]),
        fair=None if result.tuned is None else _fair(result.tuned),
    )


def _profiles(run: Runs, steps: int) -> np.ndarray:
    """Of each target, then of all pooled: (T + 1, 3, steps + 1)."""
    each = [np.stack(profile(hits, steps)) for hits in run.hits.T]
    return np.stack([*each, np.stack(pooled(run.hits, steps))])


def _fair(tuned: Any) -> FairRecord:
    """The values are those of the hyperparameter that was asked for, or of the learning rate for who lacks it."""
    racers = tuned.racers
    return FairRecord(
        tuned=tuned.name,
        training_seeds=tuned.training,
        values=tuple(
            racer.values[:, racer.names.index(tuned.name)] if tuned.name in racer.names else racer.rates
            for racer in racers
        ),
        training=tuple(racer.training for racer in racers),
        held_out=tuple(racer.held_out for racer in racers),
        expected=tuple(racer.expected for racer in racers),
        resampled=tuple(racer.wins_resampled for racer in racers),
        best=tuple(racer.best for racer in racers),
        on_edge=tuple(racer.on_edge for racer in racers),
        extended=tuned.extended,
    )
