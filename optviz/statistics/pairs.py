"""Two racers on the same surfaces: who wins, by how much, and what can be said of it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
import scipy

from optviz.statistics.intervals import CONFIDENCE, Means, effective_n, wilson
from optviz.statistics.wins import TIE

EQUIVALENT_WITHIN = 0.02
"""Two racers are equivalent where the interval of their mean paired difference of c is inside ± this."""

FEWEST_SEEDS = 20
"""Fewer seeds give no verdict: resampled, they do not tell how much they vary."""

SURE = 1 - CONFIDENCE

POWER = 0.9
"""How often the seeds that are said to be needed tell: on one side; between two limits, eight times of ten."""

_LEAST_ROOM = EQUIVALENT_WITHIN / 2
"""A difference of half of ± 0.02 is as far from 0 as from 0.02: the least room that there can be."""


class Verdict(StrEnum):
    """What is said of the first of two racers, by the mean paired difference of c."""

    BETTER = "better"
    WORSE = "worse"
    EQUIVALENT = "equivalent"
    UNKNOWN = "unknown"


OPPOSITE = {Verdict.BETTER: Verdict.WORSE, Verdict.WORSE: Verdict.BETTER}


@dataclass(frozen=True)
class Pair:
    """The first racer against the second on n surfaces, by their places among the racers.

    All but these, `p_holm`, and what is sure by it, is a function of the two racers alone.
    """

    first: int
    second: int
    wins: int
    ties: int
    losses: int
    share: tuple[float, float, float]
    """P(the first beats the second) = (wins + ties / 2) / n, 0 … 1, as value, low, high."""
    p_value: float
    """Of the exact sign test: two-sided, ties left out, 1 where there is nothing else."""
    p_holm: float
    """The same after Holm's correction over all pairs of the league."""
    difference: tuple[float, float, float]
    """Mean c of the first less mean c of the second, −1 … 1, as value, low, high: below 0 the first is better."""
    verdict: Verdict
    seeds_needed: int | None
    """Where the verdict is unknown: about how many seeds would tell, if the true difference is the one that was seen.
    Else None. An order of magnitude and no promise: see `seeds_needed` and `seeds_at_most`."""

    @property
    def n(self) -> int:
        """How many surfaces there are."""
        return self.wins + self.ties + self.losses

    @property
    def surely_wins(self) -> bool:
        """Whether the first wins more often than it loses, after Holm's correction."""
        return self.wins > self.losses and self.p_holm <= SURE

    @property
    def surely_loses(self) -> bool:
        """Whether the first loses more often than it wins, after Holm's correction."""
        return self.wins < self.losses and self.p_holm <= SURE

    @property
    def conflict(self) -> bool:
        """Whether "who wins" and "by how much" disagree, both surely: who wins more often is worse by mean c."""
        return (self.surely_wins and self.verdict is Verdict.WORSE) or (
            self.surely_loses and self.verdict is Verdict.BETTER
        )

    @property
    def seeds_range(self) -> tuple[int, int] | None:
        """Where the verdict is unknown: `seeds_needed`, and how many would tell whatever the true difference is."""
        most = seeds_at_most(self.difference[1:], self.n)
        return None if self.seeds_needed is None or most is None else (self.seeds_needed, max(most, self.seeds_needed))

    def turned(self) -> Pair:
        """The same pair seen from its second racer, as `pairs_of` would say it, bit for bit."""
        difference, least, most = self.difference
        return replace(
            self,
            first=self.second,
            second=self.first,
            wins=self.losses,
            losses=self.wins,
            # One less the share would be rounded once more.
            share=_share(self.losses, self.ties, self.wins),
            difference=(-difference, -most, -least),
            verdict=OPPOSITE.get(self.verdict, self.verdict),
        )


def beats(first: Any, second: Any) -> np.ndarray:
    """Who of two has the lower gap (...) by more than a millionth: → int8 (...), 1 the first, −1 the second, 0 level.

    NaN, where a run diverged or has no gap, counts as ∞, and two of them as level.
    """
    first, second = (np.where(np.isnan(gaps), np.inf, gaps) for gaps in (first, second))
    with np.errstate(invalid="ignore"):
        apart = second - first
        return (apart > TIE).astype(np.int8) - (apart < -TIE).astype(np.int8)


def pairs_of(gaps: np.ndarray, c: Means) -> dict[tuple[int, int], Pair]:
    """Every two of K racers, by their places i < j: gaps (K, n) at the end, NaN where diverged, and c (K, n).

    What is drawn for the intervals is the same for all pairs, so that who else runs changes nothing but `p_holm`.
    """
    gaps = np.asarray(gaps, dtype=float)
    pairs = [_pair(i, j, gaps, c) for i, j in itertools.combinations(range(len(gaps)), 2)]
    corrected = holm([pair.p_value for pair in pairs])
    return {(pair.first, pair.second): replace(pair, p_holm=float(p)) for pair, p in zip(pairs, corrected, strict=True)}


def _pair(first: int, second: int, gaps: np.ndarray, c: Means) -> Pair:
    won = beats(gaps[first], gaps[second])
    wins, losses = int((won > 0).sum()), int((won < 0).sum())
    n = gaps.shape[1]
    ties = n - wins - losses
    difference = float((c.rows[first] - c.rows[second]).mean()) if n else math.nan
    low, high = c.of_difference(first, second)
    verdict = verdict_of((low, high), n)
    p_value = sign_test(wins, losses)
    return Pair(
        first=first,
        second=second,
        wins=wins,
        ties=ties,
        losses=losses,
        share=_share(wins, ties, losses),
        p_value=p_value,
        p_holm=p_value,
        # Of one seed the interval has no ends; a difference of c has.
        difference=(difference, max(low, -1.0), min(high, 1.0)),
        verdict=verdict,
        seeds_needed=seeds_needed(difference, (low, high), n) if verdict is Verdict.UNKNOWN else None,
    )


def _share(wins: int, ties: int, losses: int) -> tuple[float, float, float]:
    n = wins + ties + losses
    return (wins + ties / 2) / n if n else math.nan, *share_interval(wins, ties, losses)


def share_interval(wins: int, ties: int, losses: int) -> tuple[float, float]:
    """The interval of P(first beats second), 0 … 1: Wilson's, with the n that ties leave (`effective_n`).

    A tie is half a win, and varies less than a win or a loss. Where ties are nearly all, at least as many others are
    reckoned with as Wilson's interval leaves room for where none was seen. It leaves out ½ only where the sign test
    does, too (`more_often`): of a few wins and losses the approximation says more than there is to know. Wins and
    losses exchanged mirror it.
    """
    n = wins + ties + losses
    if wins < losses:
        low, high = share_interval(losses, ties, wins)
        return 1 - high, 1 - low
    if n == 0:
        return 0.0, 1.0
    share = (wins + ties / 2) / n
    decided = max((wins + losses) / n, wilson(0, n)[1])
    counted = effective_n(share, decided / 4 - (share - 0.5) ** 2, n)
    low, high = wilson(share * counted, counted)
    if low > 0.5 and not more_often(wins, losses):
        low = 0.5
    return float(low), float(high)


def more_often(wins: int, losses: int) -> int:
    """Which of two surely happens more often, by the sign test: 1 the first, −1 the second, 0 where nobody can tell."""
    return int(np.sign(wins - losses)) if sign_test(wins, losses) <= SURE else 0


def sign_test(wins: int, losses: int) -> float:
    """The exact two-sided sign test's p-value; 1 where there are neither wins nor losses."""
    return float(scipy.stats.binomtest(wins, wins + losses).pvalue) if wins + losses else 1.0


def holm(p_values: Sequence[float]) -> np.ndarray:
    """Holm's correction of the p-values (m,) of m tests: → (m,), each at most 1.

    Source: Holm (1979), Scandinavian Journal of Statistics 6, 65–70.
    """
    known = np.asarray(p_values, dtype=float)
    order = np.argsort(known, kind="stable")
    corrected = np.empty(len(known))
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(known[order] * np.arange(len(known), 0, -1)))
    return corrected


def verdict_of(interval: tuple[float, float], n: int) -> Verdict:
    """What the interval of a mean paired difference of c over n seeds says of the first racer.

    Equivalent comes first: a difference that is surely below 0.02 is not told as better or worse.
    """
    low, high = interval
    if n < FEWEST_SEEDS:
        return Verdict.UNKNOWN
    if low > -EQUIVALENT_WITHIN and high < EQUIVALENT_WITHIN:
        return Verdict.EQUIVALENT
    if high < 0:
        return Verdict.BETTER
    return Verdict.WORSE if low > 0 else Verdict.UNKNOWN


def seeds_needed(difference: float, interval: tuple[float, float], n: int) -> int | None:
    """How many seeds would give a verdict, if the true difference is the one seen after n of them; None for n < 2.

    An interval is as wide as 1/√n. Either it has to leave 0, or it has to be inside ± 0.02: what takes fewer seeds. So
    many seeds that this happens in at least eight of ten leagues of other seeds; were the interval merely to reach as
    far as the difference, it would in one of two.

    The difference that was seen is itself as uncertain as its interval says, and so is this number: the true difference
    may well need up to `seeds_at_most`.
    """
    half = (interval[1] - interval[0]) / 2
    if not math.isfinite(half):
        return None
    return _seeds(half, max(abs(difference), EQUIVALENT_WITHIN - abs(difference)), n)


def seeds_at_most(interval: tuple[float, float], n: int) -> int | None:
    """How many seeds would give a verdict whatever the true difference is, as `seeds_needed` counts.

    That is where it is ± 0.01, as far from 0 as from 0.02. The interval of a pair whose verdict is unknown holds that.
    """
    half = (interval[1] - interval[0]) / 2
    return _seeds(half, _LEAST_ROOM, n) if math.isfinite(half) else None


def _seeds(half: float, room: float, n: int) -> int:
    """room: from the true difference to the farther limit that the interval must not reach over."""
    reach = scipy.stats.norm.ppf((1 + CONFIDENCE) / 2)
    # How many half intervals have to fit in: one that reaches just as far as the room does so in one of two leagues.
    times = float((reach + scipy.stats.norm.ppf(POWER)) / reach)
    return max(n + 1, FEWEST_SEEDS, math.ceil(n * (times * half / room) ** 2))
