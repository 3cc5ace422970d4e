"""Intervals against published values, scipy and exact binomial arithmetic; pairs against worked examples."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from optviz.statistics.intervals import (
    RESAMPLES,
    Means,
    effective_n,
    mean_interval,
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


# A number of at most 1 is taken to a multiple of 2⁻³⁸ for 20,000 of them, and of fewer more closely.
TAKEN = 2.0**-38


@pytest.mark.parametrize("n", [25, 1000])
def test_a_difference_has_scipys_paired_percentile_bootstrap(n: int) -> None:
    generator = np.random.default_rng(n)
    first, second = generator.random(n) ** 3, generator.random(n)
    theirs = stats.bootstrap(
        (first, second),
        lambda one, other, axis: one.mean(axis) - other.mean(axis),
        paired=True,
        n_resamples=RESAMPLES,
        method="percentile",
        batch=100,
        rng=np.random.default_rng(9),
    )
    means = Means([first, second], 9)
    # The same columns are drawn, in the same order.
    np.testing.assert_allclose(
        means.resampled[0] - means.resampled[1], theirs.bootstrap_distribution, rtol=0, atol=TAKEN
    )
    # Percentiles are interpolated there: the interval is less than one order statistic away.
    ordered = np.sort(theirs.bootstrap_distribution)
    low, high = means.of_difference(0, 1)
    assert ordered[248] < low < ordered[251] and ordered[9747] < high < ordered[9751]
    apart = max(ordered[251] - ordered[248], ordered[9751] - ordered[9747])
    np.testing.assert_allclose((low, high), theirs.confidence_interval, rtol=0, atol=apart)
    # And exactly the one at whose rank the interval ends.
    np.testing.assert_allclose((low, high), ordered[[249, 9749]], rtol=0, atol=TAKEN)


def test_the_mean_of_a_row_has_scipys_percentile_bootstrap() -> None:
    values = np.random.default_rng(2).random(250) ** 3
    theirs = stats.bootstrap(
        (values,), np.mean, n_resamples=RESAMPLES, method="percentile", rng=np.random.default_rng(9), vectorized=True
    )
    np.testing.assert_allclose(resampled_means(values[None], 9)[0], theirs.bootstrap_distribution, rtol=0, atol=TAKEN)
    np.testing.assert_allclose(
        mean_interval(values, 9), np.sort(theirs.bootstrap_distribution)[[249, 9749]], rtol=0, atol=TAKEN
    )


@pytest.mark.parametrize(("n", "resamples"), [(2, RESAMPLES), (1000, RESAMPLES), (20_000, 199)])
def test_each_interval_is_the_same_bits_whatever_stands_beside_it(
    n: int, resamples: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("optviz.statistics.intervals.RESAMPLES", resamples)
    rows = np.random.default_rng(3).random((7, n)) - 0.4
    together = Means(rows, 17)
    two, negated = Means(rows[[4, 0]], 17), Means(-rows[:2], 17)
    assert (two.of(0), two.of(1)) == (together.of(4), together.of(0))
    assert two.of_difference(0, 1) == together.of_difference(4, 0)
    low, high = together.of_difference(0, 1)
    assert together.of_difference(1, 0) == negated.of_difference(0, 1) == (-high, -low)
    assert n == 2 or Means(rows[:1], 18).of(0) != together.of(0)


def test_sums_are_exact_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """So neither the height of a block of draws nor the number of rows moves a bit."""
    rows = np.random.default_rng(4).random((3, 60)) * [[1e-9], [1.0], [3e7]]
    whole = resampled_means(rows, 1)
    monkeypatch.setattr("optviz.statistics.intervals._HELD", 7_000)
    np.testing.assert_array_equal(resampled_means(rows, 1), whole)
    np.testing.assert_array_equal(resampled_means(rows[::-1, ::1], 1), whole[::-1])
    drawn = np.random.default_rng(1).integers(0, 60, (RESAMPLES, 60))
    # Each of 60 numbers is rounded to a multiple of 2⁻⁴⁷ of the power of two above the largest.
    for mean, row in zip(whole, rows, strict=True):
        np.testing.assert_allclose(mean, row[drawn].mean(axis=1), rtol=0, atol=row.max() * 2.0**-46)


def test_many_values_have_students_interval() -> None:
    values = np.random.default_rng(6).random(20_001)
    theirs = stats.ttest_1samp(values, 0).confidence_interval()
    np.testing.assert_allclose(mean_interval(values, 0), theirs, rtol=1e-12)


def test_equal_values_have_no_width_and_one_value_says_nothing() -> None:
    assert mean_interval(np.full(77, 0.3), 0) == (0.3, 0.3)
    assert paired_interval([0.5, 0.1], [0.5, 0.1], 0) == (0.0, 0.0)
    assert mean_interval([0.3], 0) == (-np.inf, np.inf)
