"""How sure a share, a quantile or a mean over surfaces is: intervals of 95 %."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy

CONFIDENCE = 0.95
RESAMPLES = 9_999
"""One less than a round number: the ends of the interval are then order statistics, and nothing is interpolated."""

MOST_RESAMPLED = 20_000
"""More values than this have an interval by Student's t: their mean is as good as normal, and resampling takes long."""

_HELD = 2_000_000
"""So many drawn places are held at a time."""


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


def mean_interval(values: Any, seed: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The interval of the mean of values (n,), see `mean_intervals`."""
    low, high = mean_intervals(np.asarray(values, dtype=float)[None], seed, confidence)[0]
    return float(low), float(high)


def paired_interval(first: Any, second: Any, seed: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The interval of the mean of first (n,) less second (n,), which belong together; see `mean_intervals`."""
    return mean_interval(np.asarray(first, dtype=float) - np.asarray(second, dtype=float), seed, confidence)


def mean_intervals(rows: np.ndarray, seed: int, confidence: float = CONFIDENCE) -> np.ndarray:
    """The intervals (m, 2) of the means of m rows (m, n), each the same bits whatever the other rows are.

    The percentile bootstrap with 9,999 resamples: what is drawn depends on the seed and on n alone, and is what
    `scipy.stats.bootstrap` draws. Negated rows have negated intervals. Student's t beyond 20,000 values. −∞ … ∞ where
    there are fewer than two values. Source: Efron and Tibshirani (1993), An Introduction to the Bootstrap, 13.3.
    """
    rows = np.asarray(rows, dtype=float)
    n = rows.shape[1]
    if n < 2:
        return np.tile([-np.inf, np.inf], (len(rows), 1))
    if n > MOST_RESAMPLED:
        half = scipy.stats.t.ppf((1 + confidence) / 2, n - 1) * np.array([row.std(ddof=1) for row in rows]) / np.sqrt(n)
        return np.array([row.mean() for row in rows])[:, None] + half[:, None] * [-1, 1]
    means = np.sort(resampled_means(rows, seed), axis=1)
    last = round((RESAMPLES + 1) * (1 - confidence) / 2)
    ends = means[:, [last - 1, RESAMPLES - last]]
    # A mean of equal numbers is rounded too.
    return np.clip(ends, rows.min(axis=1, keepdims=True), rows.max(axis=1, keepdims=True))


def resampled_means(rows: np.ndarray, seed: int) -> np.ndarray:
    """The means (m, 9999) of rows (m, n) over the same n columns drawn with replacement, again and again."""
    n = rows.shape[1]
    generator = np.random.default_rng(seed)
    columns = [np.ascontiguousarray(row) for row in rows]
    means = np.empty((len(rows), RESAMPLES))
    size = max(1, _HELD // n)
    for first in range(0, RESAMPLES, size):
        several = min(size, RESAMPLES - first)
        drawn = generator.integers(0, n, (several, n)) + n * np.arange(several)[:, None]
        often = np.bincount(drawn.ravel(), minlength=several * n).reshape(several, n).astype(float)
        for mean, column in zip(means, columns, strict=True):
            # One product for each: a product of matrices rounds by how many columns there are.
            mean[first : first + several] = often @ column
    return means / n
