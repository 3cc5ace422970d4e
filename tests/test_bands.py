"""Profiles, bands and rankings: counted by hand and by their definitions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optviz.statistics.bands import RESOLUTION, bands
from optviz.statistics.intervals import Means, quantile_interval, wilson
from optviz.statistics.pairs import Verdict, pairs_of
from optviz.statistics.profiles import pooled, profile, spent
from optviz.statistics.ranking import contradicted, lowest_of_all, ranking
from optviz.statistics.runs import histogram

EPS = np.finfo(float).eps


# --- profiles ------------------------------------------------------------------------------------------------------


def test_a_profile_by_hand() -> None:
    share, low, high = profile(np.array([0, 2, -1, 2, 3]), 3)
    np.testing.assert_allclose(share, [0.2, 0.2, 0.6, 0.8], rtol=EPS)
    np.testing.assert_array_equal((low, high), wilson(np.array([1, 1, 3, 4]), 5))


def test_pooled_targets_by_their_definition() -> None:
    generator = np.random.default_rng(8)
    hits = np.sort(generator.integers(-1, 30, (200, 6)), axis=1)
    share, low, high = pooled(hits, 25)
    for step in range(26):
        scores = ((hits >= 0) & (hits <= step)).mean(axis=1)
        assert share[step] == pytest.approx(scores.mean(), rel=1e-13)
        count = 200 * scores.mean() * (1 - scores.mean()) / scores.var()
        # A variance as a difference of two means.
        np.testing.assert_allclose((low[step], high[step]), wilson(scores.mean() * count, count), rtol=1e-9)


def test_pooling_one_target_is_its_profile_and_the_same_target_twice_is_no_more_sure() -> None:
    hits = np.random.default_rng(9).integers(-1, 20, 150)
    single = profile(hits, 19)
    for times in (1, 2):
        # A variance as a difference of two means.
        np.testing.assert_allclose(pooled(np.tile(hits[:, None], times), 19), single, rtol=0, atol=1e-13)


def test_where_all_have_reached_or_none_the_band_ends_there() -> None:
    share, low, high = pooled(np.full((50, 3), 2), 3)
    assert share.tolist() == [0, 0, 1, 1] and low[:2].tolist() == [0, 0] and high[2:].tolist() == [1, 1]
    assert high[0] == pytest.approx(wilson(0, 50)[1]) and low[3] == pytest.approx(wilson(50, 50)[0])


def test_of_no_surface_nothing_is_known_and_nothing_fails() -> None:
    """What is known of a league before its first piece is done."""
    for share, low, high in (profile(np.zeros(0, np.int32), 3), pooled(np.zeros((0, 10), np.int32), 3)):
        assert np.isnan(share).all() and low.tolist() == [0] * 4 and high.tolist() == [1] * 4
    values, low, high = bands(np.zeros((4, histogram(np.ones((1, 1))).shape[-1]), np.uint32))
    assert np.isnan(values).all() and np.all(low == 1e-8) and np.all(high == np.inf)
    none = np.zeros((3, 0))
    means = Means(none, 0)
    pairs = pairs_of(none, means)
    for racer in ranking(none, means, pairs):
        assert np.isnan([racer.mean, racer.alone, racer.shared]).all()
        assert racer.interval == racer.alone_interval == racer.shared_interval == (0.0, 1.0)
        assert (racer.rank_low, racer.rank_high) == (1, 3)
    for share in (contradicted(none, pairs).surfaces, contradicted(none, pairs).pairs):
        assert np.isnan(share[0]) and share[1:] == (0, 1)


def test_evaluations_spent() -> None:
    assert spent(400, 200).tolist() == list(range(0, 402, 2))


# --- bands ---------------------------------------------------------------------------------------------------------


def gaps_of(n: int, steps: int = 12) -> np.ndarray:
    """Gaps (n, steps + 1) that fall from 1; a tenth of the runs diverge, and go on diverged."""
    generator = np.random.default_rng(n)
    gaps = np.cumprod(np.concatenate([np.ones((n, 1)), generator.random((n, steps))], axis=1), axis=1)
    lost = generator.integers(1, 10 * steps, n)
    gaps[np.arange(steps + 1) >= lost[:, None]] = np.nan
    return gaps


@pytest.mark.parametrize("n", [1, 10, 100, 777])
def test_bands_are_the_order_statistics_of_the_gaps_rounded_up(n: int) -> None:
    gaps = gaps_of(n)
    ranked = np.where(np.isnan(gaps), np.inf, gaps)
    values, low, high = bands(histogram(gaps))
    exact = np.quantile(ranked, [0.1, 0.5, 0.9], axis=0, method="inverted_cdf")
    ends = np.array([[quantile_interval(column, q) for column in ranked.T] for q in (0.1, 0.5, 0.9)])
    for told, known in [(values, exact), (low, np.maximum(ends[..., 0], 1e-8)), (high, ends[..., 1])]:
        np.testing.assert_array_equal(np.isinf(told), np.isinf(known))
        finite = np.isfinite(known)
        # An edge of the bins is rounded itself.
        ratio = told[finite] / np.maximum(known[finite], 1e-8)
        assert np.all((ratio >= 1 - 4 * EPS) & (ratio <= RESOLUTION * (1 + 4 * EPS)))
    assert values[:, 0].tolist() == [1, 1, 1]


def test_bands_of_merged_histograms_are_those_of_all_runs() -> None:
    gaps = gaps_of(300)
    merged = histogram(gaps[:120]) + histogram(gaps[120:])
    np.testing.assert_array_equal(bands(merged), bands(histogram(gaps)))


def test_what_diverged_is_infinite_and_what_is_tiny_is_at_the_end_of_the_first_bin() -> None:
    gaps = np.array([[1.0, 1e-12], [1.0, -0.2], [1.0, np.nan], [1.0, 5e4]])
    values, low, high = bands(histogram(gaps), (0.5, 0.75, 0.9))
    assert values[:, 1].tolist() == [1e-8, np.inf, np.inf]
    assert np.all(low[:, 1] == 1e-8) and np.all(high[:, 1] == np.inf)


# --- ranking -------------------------------------------------------------------------------------------------------


def league(n: int = 200) -> tuple[np.ndarray, Means]:
    """Gaps and c (4, n): the first clearly best, the second and third nearly alike, the last has always diverged."""
    generator = np.random.default_rng(12)
    gaps = generator.random((4, n)) ** np.array([6.0, 1.0, 1.0, 1.0])[:, None]
    gaps[3] = np.nan
    return gaps, Means(np.where(np.isnan(gaps), 1.0, gaps), 1)


def test_a_ranking() -> None:
    gaps, c = league()
    ranked = ranking(gaps, c, pairs_of(gaps, c))
    assert [(one.rank_low, one.rank_high) for one in ranked] == [(1, 1), (2, 3), (2, 3), (4, 4)]
    assert ranked[0].place == 1 and ranked[3].place == 4
    for place, one in enumerate(ranked):
        assert one.mean == c.rows[place].mean() and one.interval[0] <= one.mean <= one.interval[1]
        assert one.alone_interval == wilson(round(one.alone * 200), 200)
    assert ranked[3].interval == (1.0, 1.0) and ranked[3].shared == 0.0
    assert sum(one.alone for one in ranked) == pytest.approx(1)


def test_the_rank_goes_by_pairs_that_are_sure_and_the_place_by_the_mean() -> None:
    gaps, c = league()
    pairs = pairs_of(gaps, c)
    unsure = {place: replace(pair, p_holm=0.06) for place, pair in pairs.items()}
    ranked = ranking(gaps, c, unsure)
    assert {(one.rank_low, one.rank_high) for one in ranked} == {(1, 4)}
    assert [one.place for one in ranked] == [one.place for one in ranking(gaps, c, pairs)]


def test_a_racers_mean_does_not_know_who_else_runs() -> None:
    gaps, c = league()
    whole = ranking(gaps, c, pairs_of(gaps, c))
    two = Means(c.rows[[3, 1]], 1)
    fewer = ranking(gaps[[3, 1]], two, pairs_of(gaps[[3, 1]], two))
    assert [(one.mean, one.interval) for one in fewer] == [
        (whole[place].mean, whole[place].interval) for place in (3, 1)
    ]


def test_lowest_of_all_alone_and_shared() -> None:
    gaps = np.array([[0.1, 0.1, np.nan, np.nan], [0.2, 0.1 + 9e-7, 0.5, np.nan], [0.3, 0.4, np.nan, np.nan]])
    alone, shared = lowest_of_all(gaps)
    assert alone.astype(int).tolist() == [[1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]]
    assert shared.astype(int).tolist() == [[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 0, 0]]


def test_a_single_surface_contradicts_the_order_of_all() -> None:
    """The first and the third are each better than the second on 70 of 100, by a lot; not on the same ones."""
    place = np.arange(100)
    first = np.where(place < 70, 0.1, 0.9)
    gaps = np.stack([first, np.full(100, 0.8), np.where(place < 5, 0.11, np.roll(first, 10))])
    pairs = pairs_of(gaps, Means(gaps, 4))
    assert [pairs[place].verdict for place in sorted(pairs)] == [Verdict.BETTER, Verdict.UNKNOWN, Verdict.WORSE]
    # The first is higher than the second on the last 30. The third is so on 5 to 9, and on 80 to 99.
    found = contradicted(gaps, pairs)
    assert found.surfaces == (0.35, *wilson(35, 100))
    assert found.pairs[0] == pytest.approx((30 + 25) / 200)
    low, high = found.pairs[1:]
    # On 20 of the 35 both pairs are contradicted: less sure than 200 answers, surer than 100.
    assert np.ptp(wilson(55, 200)) < high - low < np.ptp(wilson(27.5, 100))


def test_where_nobody_is_surely_better_nothing_is_contradicted() -> None:
    gaps = np.tile(np.linspace(0.1, 0.9, 100), (2, 1))
    found = contradicted(gaps, pairs_of(gaps, Means(gaps, 4)))
    assert np.isnan(found.surfaces[0]) and np.isnan(found.pairs[0])
