"""How sure a share, a quantile or a mean over surfaces is: intervals of 95 %."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import numpy as np
import scipy

CONFIDENCE = 0.95
RESAMPLES = 9_999
"""One less than a round number: the ends of the interval are then order statistics, and nothing is interpolated."""

MOST_RESAMPLED = 20_000
"""More values than this have an interval by Student's t: their mean is as good as normal, and resampling takes long."""

SMALLEST = -900
"""The largest number of a row counts as no smaller than 2 to this power: a part of it would be no normal number."""

_HELD = 100_000
"""So many drawn places are held at a time: they, and how often each was drawn, stay in the processor's cache."""


def wilson(successes: Any, n: Any, confidence: float = CONFIDENCE) -> tuple[Any, Any]:
    """Wilson's score interval of a share: successes (...), 0 … n, of n (...) → low (...), high (...), each 0 … 1.

    Exactly 0 where nothing succeeded and exactly 1 where everything did; 0 … 1 where n is 0. Neither needs to be whole:
    of values that are not just 0 or 1, `effective_n` is the n. Source: Wilson (1927), J. Am. Stat. Assoc. 22, 209–212.
    """
    successes, n = np.broadcast_arrays(np.asarray(successes, dtype=float), np.asarray(n, dtype=float))
    square = scipy.stats.norm.ppf((1 + confidence) / 2) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        share = successes / n
        centre = (share + square / (2 * n)) / (1 + square / n)
        half = np.sqrt(square * (share * (1 - share) / n + square / (4 * n**2))) / (1 + square / n)
    low = np.where((successes <= 0) | (n <= 0), 0.0, np.clip(centre - half, 0, 1))
    high = np.where((successes >= n) | (n <= 0), 1.0, np.clip(centre + half, 0, 1))
    return low[()], high[()]


def effective_n(share: Any, variance: Any, n: int) -> Any:
    """How many yes-or-no answers tell as much as n scores of 0 … 1 with this mean (...) and variance (...).

    A yes-or-no answer with the same mean has the variance share · (1 − share), which no score exceeds. Where all scores
    are 0, or all are 1, it is n.
    """
    share, variance = np.asarray(share, dtype=float), np.asarray(variance, dtype=float)
    most = share * (1 - share)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((most > 0) & (variance > 0), n * np.maximum(1.0, most / variance), float(n))[()]


def quantile_ranks(n: int, q: float, confidence: float = CONFIDENCE) -> tuple[int, int]:
    """Which of n sorted values, from 1, hold the quantile q, 0 < q < 1: low, 0 … n, and high, 1 … n + 1.

    0 and n + 1 stand for −∞ and ∞: so few values do not tell. The number of values below the quantile is binomial,
    whatever they are drawn from, so that the interval misses on either side with at most (1 − confidence) / 2.
    """
    tail = (1 - confidence) / 2
    low = int(scipy.stats.binom.ppf(tail, n, q))
    if scipy.stats.binom.cdf(low, n, q) <= tail:
        low += 1
    high = int(scipy.stats.binom.ppf(1 - tail, n, q)) + 1
    return low, high


def quantile_interval(values: Any, q: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The interval of the quantile q, 0 < q < 1, of values (n,), which may be ∞; NaN counts as ∞.

    Exact, see `quantile_ranks`. −∞ or ∞ where the values are too few to tell.
    """
    values = np.asarray(values, dtype=float)
    low, high = quantile_ranks(len(values), q, confidence)
    ordered = np.concatenate([[-np.inf], np.sort(np.where(np.isnan(values), np.inf, values)), [np.inf]])
    return float(ordered[low]), float(ordered[high])


def median_interval(values: Any, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The interval of the median of values (n,); see `quantile_interval`."""
    return quantile_interval(values, 0.5, confidence)


def quantile_interval_from_counts(
    counts: np.ndarray, q: float, confidence: float = CONFIDENCE
) -> tuple[np.ndarray, np.ndarray]:
    """The interval of the quantile q of values that are known by their bins alone: counts (..., bins) → two bins (...).

    The same values in every row. −1 and `bins` stand for −∞ and ∞: so few values do not tell.
    """
    below = np.cumsum(counts, axis=-1, dtype=np.int64)
    n = int(below[..., -1].flat[0])
    low, high = quantile_ranks(n, q, confidence)
    return np.where(low > 0, bin_of_rank(below, low), -1), bin_of_rank(below, high)


def bin_of_rank(below: np.ndarray, rank: int) -> np.ndarray:
    """In which bin the value of a rank, from 1, is: below (..., bins), how many are in it or before it → (...)."""
    return (below < rank).sum(axis=-1)


class Means:
    """How sure the means of m rows (m, n) are that belong together column by column, and the differences of two means.

    The percentile bootstrap with 9,999 resamples. Whole columns are drawn, once for all rows: which ones depends on the
    seed and on n alone, and they are those that `scipy.stats.bootstrap(…, paired=True, method="percentile")` draws.
    Student's t beyond 20,000 columns; −∞ … ∞ where there are fewer than two. Each interval is the same bits whatever
    the other rows are, and negated rows have negated intervals.
    Source: Efron and Tibshirani (1993), An Introduction to the Bootstrap, 13.3.
    """

    def __init__(self, rows: Any, seed: int, confidence: float = CONFIDENCE) -> None:
        self.rows = np.ascontiguousarray(rows, dtype=float)
        self.seed, self.confidence = seed, confidence

    @cached_property
    def resampled(self) -> np.ndarray:
        """The means of the resamples (m, 9999), in the order of drawing."""
        return resampled_means(self.rows, self.seed)

    def of(self, place: int) -> tuple[float, float]:
        """The interval of the mean of a row."""
        return self._interval(self.rows[place], lambda: self.resampled[place])

    def of_difference(self, first: int, second: int) -> tuple[float, float]:
        """The interval of the mean of one row less that of another."""
        difference = self.rows[first] - self.rows[second]
        return self._interval(difference, lambda: self.resampled[first] - self.resampled[second])

    def _interval(self, values: np.ndarray, resampled: Callable[[], np.ndarray]) -> tuple[float, float]:
        n = len(values)
        if n < 2:
            return -np.inf, np.inf
        if n > MOST_RESAMPLED:
            half = scipy.stats.t.ppf((1 + self.confidence) / 2, n - 1) * values.std(ddof=1) / np.sqrt(n)
            return float(values.mean() - half), float(values.mean() + half)
        last = round((RESAMPLES + 1) * (1 - self.confidence) / 2)
        ordered = np.partition(resampled(), [last - 1, RESAMPLES - last])
        # A mean of equal numbers is rounded too.
        low, high = np.clip(ordered[[last - 1, RESAMPLES - last]], values.min(), values.max())
        return float(low), float(high)


def mean_interval(values: Any, seed: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The interval of the mean of values (n,), see `Means`."""
    return Means(np.asarray(values, dtype=float)[None], seed, confidence).of(0)


def paired_interval(first: Any, second: Any, seed: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The interval of the mean of first (n,) less that of second (n,), which belong together; see `Means`."""
    return Means([first, second], seed, confidence).of_difference(0, 1)


def resampled_means(rows: np.ndarray, seed: int) -> np.ndarray:
    """The means (m, 9999) of rows (m, n) over the same n columns drawn with replacement, again and again.

    n ≤ 20,000. A number is taken to 38 binary places of the largest in its row, to more where n is smaller: so few that
    a sum of n of them is exact, in whatever order a product of matrices adds them up, and however many rows it has.
    """
    n = rows.shape[1]
    places = 53 - n.bit_length()
    _, largest = np.frexp(np.abs(rows).max(axis=1, keepdims=True))
    largest = np.maximum(largest, SMALLEST)
    whole = np.rint(np.ldexp(rows, places - largest)).T
    sums = np.concatenate([often @ whole for often in drawn_again(n, RESAMPLES, seed)])
    return np.ldexp(np.ascontiguousarray(sums.T), largest - places) / n


def drawn_again(n: int, resamples: int, seed: Any) -> Iterator[np.ndarray]:
    """How often each of n columns is drawn in each resample of n with replacement: (some resamples, n) at a time.

    seed: whatever `numpy.random.default_rng` takes. Which ones are drawn does not depend on how many come at a time.
    """
    generator = np.random.default_rng(seed)
    size = max(1, _HELD // n)
    for first in range(0, resamples, size):
        several = min(size, resamples - first)
        drawn = generator.integers(0, n, (several, n)) + n * np.arange(several)[:, None]
        yield np.bincount(drawn.ravel(), minlength=several * n).reshape(several, n).astype(float)
