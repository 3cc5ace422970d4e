"""The racers of a league in order, how sure that order is, and how often a single surface contradicts it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from optviz.statistics.intervals import Means, effective_n, wilson
from optviz.statistics.pairs import Pair, Verdict, beats
from optviz.statistics.wins import TIE

CONTRARY = {Verdict.BETTER: -1, Verdict.WORSE: 1}
"""How the first racer of a pair does (`beats`) where a surface contradicts the verdict."""


@dataclass(frozen=True)
class Ranked:
    """One racer among K, on n surfaces; of none at all, mean and shares are NaN."""

    place: int
    """From 1, by mean c; racers with the same mean have the same place."""
    mean: float
    """Mean c, 0 … 1."""
    interval: tuple[float, float]
    rank_low: int
    """One more than the number of racers that surely end lower than it more often (`Pair.surely_wins`)."""
    rank_high: int
    """K less the number of racers that surely end higher than it more often."""
    alone: float
    """The share of surfaces on which it ends lowest of all, and nobody is level with it."""
    alone_interval: tuple[float, float]
    shared: float
    """The share of surfaces on which it ends lowest of all, alone or level with others."""
    shared_interval: tuple[float, float]


def ranking(gaps: np.ndarray, c: Means, pairs: Mapping[tuple[int, int], Pair]) -> tuple[Ranked, ...]:
    """One entry per racer, in this order: gaps at the end (K, n), NaN where diverged, c (K, n), and `pairs_of` them."""
    count, n = c.rows.shape
    better, worse = np.zeros(count, dtype=int), np.zeros(count, dtype=int)
    for (i, j), pair in pairs.items():
        better[i] += pair.surely_loses
        worse[j] += pair.surely_loses
        better[j] += pair.surely_wins
        worse[i] += pair.surely_wins
    alone, shared = (won.sum(axis=1) for won in lowest_of_all(gaps))
    means = np.array([row.mean() if n else math.nan for row in c.rows])
    intervals = np.clip([c.of(place) for place in range(count)], 0, 1)
    return tuple(
        Ranked(
            place=1 + int((means < means[place]).sum()),
            mean=float(means[place]),
            interval=(float(intervals[place, 0]), float(intervals[place, 1])),
            rank_low=1 + int(better[place]),
            rank_high=count - int(worse[place]),
            alone=float(alone[place] / n) if n else math.nan,
            alone_interval=_ends(alone[place], n),
            shared=float(shared[place] / n) if n else math.nan,
            shared_interval=_ends(shared[place], n),
        )
        for place in range(count)
    )


def lowest_of_all(gaps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Who ends lowest on each surface, up to a tie: gaps (K, n) → alone, and alone or with others, both (K, n) bool.

    Where all have diverged nobody does.
    """
    ended = np.where(np.isnan(gaps), np.inf, gaps)
    shared = (ended <= ended.min(axis=0) + TIE) & np.isfinite(ended)
    return shared & (shared.sum(axis=0) == 1), shared


@dataclass(frozen=True)
class Contradicted:
    """How often a single surface says the contrary of all of them: a share with its interval, 0 … 1, NaN of no pair.

    Both are about the pairs of which one racer is surely better, by mean c (`Verdict.BETTER`, `Verdict.WORSE`). A
    surface contradicts such a pair where the other racer ends lower on it.
    """

    surfaces: tuple[float, float, float]
    """The share of the surfaces that contradict at least one of these pairs: value, low, high, by `wilson`."""
    pairs: tuple[float, float, float]
    """The share of these pairs that a surface contradicts, on average over the surfaces: value, low, high."""


def contradicted(gaps: np.ndarray, pairs: Mapping[tuple[int, int], Pair]) -> Contradicted:
    """How often one of the surfaces contradicts what all of them say of the pairs: gaps (K, n) at the end."""
    sure = [place for place, pair in pairs.items() if pair.verdict in CONTRARY]
    n = gaps.shape[1]
    if not sure or not n:
        return Contradicted((math.nan, 0.0, 1.0), (math.nan, 0.0, 1.0))
    contrary = np.array([beats(gaps[i], gaps[j]) == CONTRARY[pairs[i, j].verdict] for i, j in sure])
    surfaces = int(contrary.any(axis=0).sum())
    shares = contrary.mean(axis=0)
    counted = effective_n(shares.mean(), shares.var(), n)
    return Contradicted(
        (surfaces / n, *_ends(surfaces, n)),
        (float(shares.mean()), *_ends(shares.mean() * counted, counted)),
    )


def _ends(successes: float, n: float) -> tuple[float, float]:
    low, high = wilson(successes, n)
    return float(low), float(high)
