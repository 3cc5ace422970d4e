"""The numbers that the pictures, the page and the report of a league show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

VERDICTS = ("better", "worse", "equivalent", "unknown")
"""What can be said of the first of a pair by how much it ends lower than the second."""

OPPOSITE = {"better": "worse", "worse": "better"}
QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class PairShown:
    """The first racer of a pair against the second, on the same seeds.

    wins, ties, losses: on so many seeds, for the first. share (value, low, high): P(first beats second), 0 … 1.
    difference (value, low, high): mean c of the first less that of the second, −1 … 1; below 0 the first is better.
    verdict: one of `VERDICTS`. p_holm: of the sign test, after Holm over all pairs. seeds_needed: where the verdict is
    "unknown", how many seeds would tell; else None. conflict: who wins more often is worse by how much.
    """

    first: int
    second: int
    wins: int
    ties: int
    losses: int
    share: tuple[float, float, float]
    difference: tuple[float, float, float]
    verdict: str
    p_holm: float
    seeds_needed: int | None
    conflict: bool

    def turned(self) -> PairShown:
        """The same pair seen from its second racer."""
        share, low, high = self.share
        difference, least, most = self.difference
        return PairShown(
            first=self.second,
            second=self.first,
            wins=self.losses,
            ties=self.ties,
            losses=self.wins,
            share=(1 - share, 1 - high, 1 - low),
            difference=(-difference, -most, -least),
            verdict=OPPOSITE.get(self.verdict, self.verdict),
            p_holm=self.p_holm,
            seeds_needed=self.seeds_needed,
            conflict=self.conflict,
        )


@dataclass(frozen=True, eq=False)
class FairRecord:
    """How the racers were tuned: one row of N values per racer, over the tried values of the tuned hyperparameter.

    values, training, held_out, expected (K, N); resampled (K, N): how often each value wins when the training seeds are
    drawn again, 0 … 1. best (K,): the place of the chosen value. on_edge (K,) bool. extended: whether the grid had to
    be longer than was asked for. tuned: the name of the hyperparameter. training_seeds: first, and one beyond the last.
    """

    tuned: str
    training_seeds: tuple[int, int]
    values: np.ndarray
    training: np.ndarray
    held_out: np.ndarray
    expected: np.ndarray
    resampled: np.ndarray
    best: np.ndarray
    on_edge: np.ndarray
    extended: bool


@dataclass(frozen=True, eq=False)
class LeagueRecord:
    """Everything that is shown of a complete league, as numbers; K racers in the league's order, n seeds.

    names, keys (K,). seeds: first, and one beyond the last. steps of each run.
    means (K, 3): mean c with its interval, as value, low, high; all 0 … 1. ranks (K, 2): the interval of the rank, from
    1. alone, shared (K, 3): the share of seeds on which it ends lowest of all, alone or with others. diverged (K,): on
    so many seeds. order (K,): the places of racers, the smallest mean c first.
    pairs: (i, j) with i < j. contradicted: on what share of the seeds, taken alone, some pair comes out the other way
    round than on all of them; NaN where no pair has a verdict.
    targets (T,): gaps; profiles (K, T + 1, 3, steps + 1): the share of seeds that have reached each target by a step,
    with its band; the last is that of all targets pooled. evaluations (K,): gradient evaluations that a step takes.
    bands (K, 3, 3, steps + 1): quantile of the gap by `QUANTILES`, then value, low, high; ∞ where diverged.
    fair: how they were tuned, in fair mode.
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
    order: np.ndarray
    pairs: Mapping[tuple[int, int], PairShown]
    contradicted: float
    targets: np.ndarray
    profiles: np.ndarray
    evaluations: np.ndarray
    bands: np.ndarray
    fair: FairRecord | None = None
    conclusions: tuple[Any, ...] = field(default=())

    @property
    def n(self) -> int:
        """How many seeds there are."""
        return self.seeds[1] - self.seeds[0]

    def pair(self, first: int, second: int) -> PairShown:
        """A pair as its first racer sees it. Raises KeyError where the two are one."""
        return self.pairs[first, second] if first < second else self.pairs[second, first].turned()

    def against(self, first: int) -> list[PairShown]:
        """A racer against all others, in the order of the ranking."""
        return [self.pair(first, int(other)) for other in self.order if other != first]

    def conflicts(self) -> list[PairShown]:
        """The pairs in which one wins more often and the other by more, who wins first; the clearest of them first."""
        found = [pair if pair.share[0] >= 0.5 else pair.turned() for pair in self.pairs.values() if pair.conflict]
        return sorted(found, key=lambda pair: (-pair.share[0], pair.first, pair.second))
