"""Two racers: counted by hand, against worked examples, and the same bits whoever else runs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from optviz.statistics.intervals import Means, wilson
from optviz.statistics.pairs import (
    Pair,
    Verdict,
    beats,
    holm,
    more_often,
    pairs_of,
    seeds_at_most,
    seeds_needed,
    share_interval,
    sign_test,
    verdict_of,
)

EPS = np.finfo(float).eps


def league(seed: int = 1, racers: int = 5, n: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """Gaps (K, n) and c (K, n); some diverged, some level with each other, one always diverged."""
    generator = np.random.default_rng(seed)
    gaps = generator.random((racers, n)) ** np.arange(1, racers + 1)[:, None]
    gaps[1, :40] = gaps[0, :40] + 9e-7
    gaps[generator.random(gaps.shape) < 0.05] = np.nan
    gaps[-1] = np.nan
    return gaps, np.where(np.isnan(gaps), 1.0, np.clip(gaps, 0, 1))


def alone(pair: Pair) -> Pair:
    """What is said of the two racers, whoever else runs and in whatever order."""
    return replace(pair, first=0, second=1, p_holm=0.0)


BEATS = [
    (0.1, 0.2, 1),
    (0.1, 0.1 + 5e-7, 0),
    (0.1, 0.1 + 2e-6, 1),
    (5.0, np.nan, 1),
    (np.nan, np.nan, 0),
    (-0.5, 0.0, 1),
]


@pytest.mark.parametrize(("first", "second", "won"), BEATS)
def test_who_beats_whom(first: float, second: float, won: int) -> None:
    assert (int(beats(first, second)), int(beats(second, first))) == (won, -won)


def test_a_pair_by_hand() -> None:
    gaps = np.array([[0.1, 0.2, np.nan, 0.5], [0.2, 0.2, np.nan, 0.1]])
    pair = pairs_of(gaps, Means([[0.1, 0.2, 1, 0.5], [0.2, 0.2, 1, 0.1]], 0))[0, 1]
    assert (pair.wins, pair.ties, pair.losses, pair.share[0], pair.p_value) == (1, 2, 1, 0.5, 1.0)
    assert pair.difference[0] == pytest.approx(0.075, rel=4 * EPS)
    assert pair.verdict is Verdict.UNKNOWN and pair.seeds_needed is not None


def test_without_ties_the_share_has_wilsons_interval() -> None:
    for wins, losses in [(694, 306), (3, 0), (0, 9), (50, 50)]:
        np.testing.assert_allclose(share_interval(wins, 0, losses), wilson(wins, wins + losses), rtol=0, atol=8 * EPS)


@pytest.mark.parametrize("n", [5, 6, 12, 20])
def test_the_interval_is_as_sure_as_the_sign_test(n: int) -> None:
    """Of all wins, ties and losses of n."""
    for wins in range(n + 1):
        for losses in range(n + 1 - wins):
            low, high = share_interval(wins, n - wins - losses, losses)
            assert (low > 0.5, high < 0.5) == (more_often(wins, losses) > 0, more_often(wins, losses) < 0)


@pytest.mark.parametrize(("wins", "ties", "sure"), [(4, 996, False), (5, 995, False), (6, 994, True), (5, 0, False)])
def test_a_few_wins_among_ties_are_not_sure_in_one_place_and_unsure_in_another(
    wins: int, ties: int, sure: bool
) -> None:
    first = np.repeat([0.1, 0.5], [wins, ties])
    second = np.repeat([0.2, 0.5], [wins, ties])
    pair = pairs_of(np.stack([first, second]), Means([first, second], 0))[0, 1]
    assert pair.surely_wins is sure
    assert (pair.share[1] > 0.5) is sure
    # If "by how much" said the contrary, that would be a conflict only where "who wins" is sure.
    assert replace(pair, verdict=Verdict.WORSE).conflict is sure
    assert not replace(pair, verdict=Verdict.BETTER).conflict
    assert not replace(pair, verdict=Verdict.WORSE, p_holm=0.06).conflict


def test_ties_narrow_the_interval_and_never_to_nothing() -> None:
    widths = [np.ptp(share_interval(100 - ties // 2, ties, 100 - ties // 2)) for ties in range(0, 202, 20)]
    assert np.all(np.diff(widths) < 0)
    # None of 200 decided: up to 3.84 / 203.84 of them may be, half a point either way.
    assert 0.005 < widths[-1] < 0.05
    low, high = share_interval(0, 200, 0)
    assert low + high == pytest.approx(1, abs=4 * EPS)


@pytest.mark.parametrize("chances", [(0.3, 0.4, 0.3), (0.6, 0.2, 0.2), (0.1, 0.85, 0.05), (0.45, 0.5, 0.05)])
def test_the_share_is_covered_by_multinomial_arithmetic(chances: tuple[float, float, float]) -> None:
    """Exactly: the probability of every (wins, ties, losses) of 100 whose interval holds the share."""
    share = chances[0] + chances[1] / 2
    covered = 0.0
    for wins in range(101):
        ties = np.arange(101 - wins)
        likely = stats.multinomial.pmf(
            np.stack([np.full_like(ties, wins), ties, 100 - wins - ties], axis=1), 100, chances
        )
        for tie, chance in zip(ties[likely > 1e-7], likely[likely > 1e-7], strict=True):
            low, high = share_interval(wins, int(tie), 100 - wins - int(tie))
            covered += chance * (low <= share <= high)
    assert 0.93 <= covered <= 0.97


def test_sign_test_by_hand() -> None:
    """Nine of ten: 2 · (10 + 1) / 1024."""
    assert sign_test(9, 1) == sign_test(1, 9) == pytest.approx(22 / 1024, rel=1e-14)
    assert sign_test(0, 0) == sign_test(4, 4) == 1.0


def test_holm_by_a_worked_example() -> None:
    """0.01, 0.04, 0.03, 0.005 → 4 · 0.005, 3 · 0.01, 2 · 0.03, and 0.04 no less than the one before it."""
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02], rtol=4 * EPS)
    assert holm([0.6, 0.9]).tolist() == [1.0, 1.0]
    assert holm([]).shape == (0,)


VERDICTS = [
    ((-0.3, -0.1), 1000, Verdict.BETTER),
    ((0.1, 0.3), 1000, Verdict.WORSE),
    ((-0.019, 0.019), 1000, Verdict.EQUIVALENT),
    ((-0.019, -0.001), 1000, Verdict.EQUIVALENT),
    ((-0.03, -0.001), 1000, Verdict.BETTER),
    ((-0.02, 0.001), 1000, Verdict.UNKNOWN),
    ((-0.3, 0.3), 1000, Verdict.UNKNOWN),
    ((0.0, 0.0), 19, Verdict.UNKNOWN),
    ((0.0, 0.0), 20, Verdict.EQUIVALENT),
]


@pytest.mark.parametrize(("interval", "n", "verdict"), VERDICTS)
def test_verdicts(interval: tuple[float, float], n: int, verdict: Verdict) -> None:
    assert verdict_of(interval, n) is verdict


@pytest.mark.parametrize("true", [0.0, 0.004, 0.01, 0.015, 0.04, 0.2])
@pytest.mark.parametrize("half", [0.02, 0.05])
def test_so_many_seeds_as_are_needed_tell_in_eight_of_ten_leagues(true: float, half: float) -> None:
    """Of a mean that is normal, whose interval after 100 seeds reaches as far as `half` on either side."""
    needed = seeds_needed(true, (true - half, true + half), 100)
    most = seeds_at_most((true - half, true + half), 100)
    assert needed is not None and most is not None and needed <= most
    draws = np.random.default_rng(0).standard_normal(4_000)
    for n in (needed, most):
        reach = half * (100 / n) ** 0.5
        told = [verdict_of((mean - reach, mean + reach), n) for mean in true + draws * reach / 1.96]
        # Of 4,000 leagues the share varies by 0.006, as a standard deviation.
        assert np.mean([verdict is not Verdict.UNKNOWN for verdict in told]) >= 0.8 - 3 * 0.0065


def test_the_most_seeds_are_needed_halfway_between_0_and_what_is_equivalent() -> None:
    interval = (-0.03, 0.05)
    needed = [seeds_needed(difference, interval, 100) for difference in np.linspace(-0.05, 0.05, 201)]
    assert max(number or 0 for number in needed) == seeds_at_most(interval, 100) == seeds_needed(0.01, interval, 100)


@pytest.mark.parametrize(
    ("interval", "n", "needed"), [((0.0, 0.0), 5, 20), ((0.0, 0.0), 30, 31), ((-np.inf, np.inf), 1, None)]
)
def test_more_seeds_than_there_are_and_no_fewer_than_a_verdict_takes(
    interval: tuple[float, float], n: int, needed: int | None
) -> None:
    assert seeds_needed(0.0, interval, n) == seeds_at_most(interval, n) == needed


def test_half_as_wide_takes_four_times_as_many() -> None:
    once, twice = (seeds_needed(0.1, (0.1 - half, 0.1 + half), 1_000) for half in (0.2, 0.4))
    assert once is not None and twice is not None
    # Both are rounded up.
    assert twice == pytest.approx(4 * once, abs=4)


def test_a_racer_against_itself_is_all_ties_and_equivalent() -> None:
    gaps, c = league()
    pair = pairs_of(gaps[[2, 2]], Means(c[[2, 2]], 7))[0, 1]
    assert (pair.wins, pair.ties, pair.losses) == (0, 300, 0)
    assert pair.verdict is Verdict.EQUIVALENT and pair.difference == (0.0, 0.0, 0.0)
    assert pair.share[0] == 0.5 and pair.p_value == 1.0


def test_who_else_runs_changes_no_bit() -> None:
    """But for Holm's correction, which counts the pairs."""
    gaps, c = league()
    whole = pairs_of(gaps, Means(c, 7))
    for places in ([0, 1], [0, 2, 4], [4, 3, 2, 1, 0], [3, 0, 1]):
        for (i, j), pair in pairs_of(gaps[places], Means(c[places], 7)).items():
            first, second = places[i], places[j]
            known = whole[first, second] if first < second else whole[second, first].turned()
            assert alone(pair) == alone(known)


def test_who_wins_and_by_how_much_may_disagree() -> None:
    """The first ends a little lower on 80 of 100 surfaces, and fails on the others."""
    first = np.where(np.arange(100) < 80, 0.1, 1.0)
    gaps = np.stack([first, np.full(100, 0.12), first])
    pairs = pairs_of(gaps, Means(gaps, 3))
    assert pairs[0, 1].share[0] == 0.8 and pairs[0, 1].verdict is Verdict.WORSE
    assert [place for place, pair in pairs.items() if pair.conflict] == [(0, 1), (1, 2)]
    assert pairs[0, 1].surely_wins and pairs[1, 2].surely_loses


def test_who_wins_more_often_and_is_worse_wins_by_less_on_average_but_not_each_time() -> None:
    """What the page says of such a pair."""
    first = np.concatenate([np.full(70, 0.1), np.full(5, 0.0), np.full(25, 1.0)])
    second = np.concatenate([np.full(70, 0.12), np.full(5, 0.9), np.full(25, 0.2)])
    pair = pairs_of(np.stack([first, second]), Means([first, second], 3))[0, 1]
    assert pair.conflict and pair.surely_wins
    apart = second - first
    assert apart[apart > 0].mean() < -apart[apart < 0].mean() < apart.max()


def test_a_pair_changes_with_its_surfaces() -> None:
    first, second = (pairs_of(gaps, Means(c, 7))[0, 1] for gaps, c in (league(1), league(2)))
    assert first.share != second.share and first.difference != second.difference


def test_a_pair_that_is_turned_twice_is_itself() -> None:
    gaps, c = league()
    for pair in pairs_of(gaps, Means(c, 7)).values():
        assert pair.turned().verdict is {"better": Verdict.WORSE, "worse": Verdict.BETTER}.get(
            pair.verdict, pair.verdict
        )
        assert pair.turned().conflict is pair.conflict
        assert pair.turned().turned() == pair
