"""The racers of a league in order, how sure that order is, and how often a single surface contradicts it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from optviz.statistics.intervals import mean_intervals, wilson
from optviz.statistics.pairs import Pair, Verdict, beats
from optviz.statistics.wins import TIE


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


def ranking(gaps: np.ndarray, c: np.ndarray, pairs: Mapping[tuple[int, int], Pair], seed: int) -> tuple[Ranked, ...]:
    """One entry per racer, in this order: gaps at the end, NaN where diverged, and c (K, n), and `pairs_of` them.

    seed: of what is drawn for the intervals of the means.
    """
    count, n = c.shape
    better, worse = np.zeros(count, dtype=int), np.zeros(count, dtype=int)
    for (i, j), pair in pairs.items():
        better[i] += pair.surely_loses
        worse[j] += pair.surely_loses
        better[j] += pair.surely_wins
        worse[i] += pair.surely_wins
    alone, shared = (won.sum(axis=1) for won in lowest_of_all(gaps))
    means = np.array([row.mean() if n else math.nan for row in np.ascontiguousarray(c)])
    intervals = np.clip(mean_intervals(c, seed), 0, 1)
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


def contradicted(gaps: np.ndarray, pairs: Mapping[tuple[int, int], Pair]) -> float:
    """How often a single surface says the contrary of all of them: the share of surfaces and pairs, 0 … 1.

    Of the pairs of which one racer is better by mean c: on so many surfaces, over these pairs, the other one ends
    lower. gaps (K, n). NaN where no racer is better than another.
    """
    shares = list(contradicted_pairs(gaps, pairs).values())
    return float(np.mean(shares)) if shares else math.nan


def contradicted_pairs(gaps: np.ndarray, pairs: Mapping[tuple[int, int], Pair]) -> dict[tuple[int, int], float]:
    """For each pair with a better racer, on what share of the surfaces the worse one ends lower: gaps (K, n)."""
    contrary = {Verdict.BETTER: -1, Verdict.WORSE: 1}
    return {
        (i, j): float((beats(gaps[i], gaps[j]) == contrary[pair.verdict]).mean())
        for (i, j), pair in pairs.items()
        if pair.verdict in contrary
    }


def _ends(successes: int, n: int) -> tuple[float, float]:
    low, high = wilson(successes, n)
    return float(low), float(high)
