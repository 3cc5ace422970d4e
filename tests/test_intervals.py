"""Intervals against published values, scipy and exact binomial arithmetic; pairs against worked examples."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from optviz.statistics.intervals import (
    RESAMPLES,
    effective_n,
    mean_interval,
    mean_intervals,
    median_interval,
    paired_interval,
    quantile_interval,
    quantile_interval_from_counts,
    quantile_ranks,
    resampled_means,
    wilson,
)

EPS = np.finfo(float).eps

# Newcombe (1998), Statistics in Medicine 17, 857–872, table I, method 3: printed with four decimals.
PUBLISHED = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]


@pytest.mark.parametrize(("successes", "n", "low", "high"), PUBLISHED)
def test_wilson_is_as_published(successes: int, n: int, low: float, high: float) -> None:
    assert np.round(wilson(successes, n), 4).tolist() == [low, high]


@pytest.mark.parametrize("n", [1, 2, 7, 100, 1000])
def test_wilson_is_scipys(n: int) -> None:
    successes = np.unique(np.linspace(0, n, 12).astype(int))
    low, high = wilson(successes, n)
    for place, successful in enumerate(successes):
        theirs = stats.binomtest(int(successful), n).proportion_ci(method="wilson")
        # The same formula, arranged in another way.
        np.testing.assert_allclose((low[place], high[place]), (theirs.low, theirs.high), rtol=0, atol=16 * EPS)
    assert low[0] == 0.0 and high[-1] == 1.0


def test_wilson_of_nothing_is_everything() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize("share", [0.5, 0.3, 0.1, 0.05, 0.02])
def test_wilson_covers_by_binomial_arithmetic(share: float) -> None:
    """Exactly: the probability of all counts whose interval holds the share; it swings about 95 %."""
    counts = np.arange(101)
    low, high = wilson(counts, 100)
    covered = stats.binom.pmf(counts, 100, share)[(low <= share) & (share <= high)].sum()
    assert 0.92 <= covered <= 0.98


def test_scores_that_are_yes_or_no_count_as_they_are() -> None:
    assert effective_n(0.3, 0.3 * 0.7, 50) == pytest.approx(50, rel=4 * EPS)
    assert effective_n(0.0, 0.0, 50) == effective_n(1.0, 0.0, 50) == 50
    # All are 0, ½ or 1, each as often: variance 1/6, where that of yes or no would be 1/4.
    assert effective_n(0.5, 1 / 6, 60) == pytest.approx(90, rel=4 * EPS)


@pytest.mark.parametrize("q", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("n", [1, 5, 36, 100, 999, 40_000])
def test_quantile_ranks_cover_exactly_and_no_rank_could_be_nearer(n: int, q: float) -> None:
    """X_(low) ≤ quantile ≤ X_(high) misses with P(B < low) and P(B ≥ high), B binomial."""
    low, high = quantile_ranks(n, q)
    count = stats.binom(n, q)
    assert count.cdf(low - 1) <= 0.025 < count.cdf(low)
    assert count.sf(high - 1) <= 0.025 + EPS < count.sf(high - 2)
    assert 0 <= low <= n * q <= high <= n + 1


def test_the_interval_of_a_median_by_hand() -> None:
    """Of ten values the second and ninth: P(B ≤ 1) = 11/1024, P(B ≤ 2) = 56/1024."""
    assert median_interval(np.arange(10.0)[::-1]) == (1.0, 8.0)
    assert quantile_interval([3.0, np.nan, 1.0], 0.5) == (-np.inf, np.inf)
    values = np.concatenate([np.arange(70.0), np.full(30, np.nan)])
    assert quantile_interval(values, 0.9) == (np.inf, np.inf)
    assert median_interval(values) == (39.0, 60.0)


def test_an_interval_from_counts_is_the_bin_of_that_from_values() -> None:
    generator = np.random.default_rng(5)
    bins = generator.integers(0, 30, (6, 400))
    counts = np.array([np.bincount(row, minlength=30) for row in bins])
    for q in (0.1, 0.5, 0.9):
        low, high = quantile_interval_from_counts(counts, q)
        assert list(zip(low, high, strict=True)) == [quantile_interval(row, q) for row in bins]
    low, high = quantile_interval_from_counts(np.array([1, 2, 0]), 0.5)
    assert (int(low), int(high)) == (-1, 3)


# --- means ---------------------------------------------------------------------------------------------------------


def test_resampling_draws_what_scipy_draws() -> None:
    values = np.random.default_rng(2).random(250) ** 3
    theirs = stats.bootstrap(
        (values,), np.mean, n_resamples=RESAMPLES, method="percentile", rng=np.random.default_rng(9), vectorized=True
    )
    # Sums of 250 numbers in another order.
    np.testing.assert_allclose(
        np.sort(resampled_means(values[None], 9)[0]), np.sort(theirs.bootstrap_distribution), rtol=0, atol=250 * EPS
    )
    interval = mean_interval(values, 9)
    # Percentiles are interpolated there: less than one order statistic away.
    ordered = np.sort(theirs.bootstrap_distribution)
    assert ordered[248] < interval[0] < ordered[251] and ordered[9747] < interval[1] < ordered[9751]
    np.testing.assert_allclose(interval, theirs.confidence_interval, rtol=0, atol=ordered[251] - ordered[248])


def test_each_interval_is_the_same_bits_whatever_stands_beside_it() -> None:
    rows = np.random.default_rng(3).random((7, 1000)) - 0.4
    together = mean_intervals(rows, 17)
    np.testing.assert_array_equal(mean_intervals(rows[[4, 0]], 17), together[[4, 0]])
    np.testing.assert_array_equal(mean_intervals(-rows[3:4], 17), -together[3:4, ::-1])
    assert not np.array_equal(mean_intervals(rows[:1], 18), together[:1])


def test_blocks_of_draws_are_one_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.random.default_rng(4).random((2, 60))
    whole = resampled_means(rows, 1)
    monkeypatch.setattr("optviz.statistics.intervals._HELD", 7_000)
    # A product of another height may sum in another order.
    np.testing.assert_allclose(resampled_means(rows, 1), whole, rtol=60 * EPS)


def test_many_values_have_students_interval() -> None:
    values = np.random.default_rng(6).random(20_001)
    theirs = stats.ttest_1samp(values, 0).confidence_interval()
    np.testing.assert_allclose(mean_interval(values, 0), theirs, rtol=1e-12)


def test_equal_values_have_no_width_and_one_value_says_nothing() -> None:
    assert mean_interval(np.full(77, 0.3), 0) == (0.3, 0.3)
    assert paired_interval([0.5, 0.1], [0.5, 0.1], 0) == (0.0, 0.0)
    assert mean_interval([0.3], 0) == (-np.inf, np.inf)
