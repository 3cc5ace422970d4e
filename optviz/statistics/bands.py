"""Quantiles of the gap over steps, from histograms: the memory does not grow with the number of surfaces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optviz.statistics.intervals import bin_of_rank, quantile_interval_from_counts
from optviz.statistics.runs import BINS_A_DECADE, EDGES

QUANTILES = (0.1, 0.5, 0.9)

RESOLUTION = 10 ** (1 / BINS_A_DECADE)
"""A gap is told as the upper end of its bin, which is at most this many times as much (1.122)."""

TOLD = np.array([*EDGES, np.inf, np.inf])
"""What stands for each bin: its upper end, so 1e-8 for all below; ∞ above 1,000 and where runs diverged."""


def bands(histogram: np.ndarray, quantiles: Sequence[float] = QUANTILES) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Quantiles, 0 < q < 1, of the gap: histogram (steps + 1, bins) → values, low, high, each (quantiles, steps + 1).

    The quantile q of n gaps is the ⌈q n⌉-th of them; see `TOLD` for its rounding. The ends are those of its exact
    interval (`quantile_ranks`), rounded in the same way, so that the interval holds the rounded quantile as often; 1e-8
    and ∞ where there are too few runs to tell. The quantiles of no run at all are NaN.
    """
    below = np.cumsum(histogram, axis=-1, dtype=np.int64)
    n = int(below[0, -1])
    values, lows, highs = [], [], []
    for q in quantiles:
        # 0.9 · 10 is a whole number, but for rounding.
        rank = max(1, int(np.ceil(q * n * (1 - 1e-12))))
        low, high = quantile_interval_from_counts(histogram, q)
        values.append(TOLD[bin_of_rank(below, rank)] if n else np.full(len(below), np.nan))
        lows.append(TOLD[np.maximum(low, 0)])
        highs.append(TOLD[np.minimum(high, len(TOLD) - 1)])
    return np.stack(values), np.stack(lows), np.stack(highs)
