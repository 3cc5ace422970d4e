"""The numbers of a league are those of `trace` on each surface alone, in whatever pieces they are computed."""

from __future__ import annotations

import dataclasses
import itertools
import tracemalloc
from functools import cache
from typing import Any

import numpy as np
import pytest

from optviz import Racer, trace
from optviz.experiment import CHUNK, League
from optviz.laboratory.kernel import compute, found_of
from optviz.optimizers import Adam, GradientDescent, Momentum
from optviz.outcome import Outcome
from optviz.statistics import best_reached, gap, steps_to_drop
from optviz.statistics.runs import BINS, EDGES, PER_RUN, TARGETS, Runs, histogram, joined
from optviz.surface import FiniteSum, GaussianHills, SmoothedNoise
from tiers import long

FIRST, BEYOND = 1_000, 1_008

LEAGUES = {
    "hills": League(steps=60),
    "notebook": League(GaussianHills(weights=(-1, 0.2)), steps=60),
    "noise": League(SmoothedNoise(size=32, smoothing=4.0, bowl=0.5), steps=60),
    "samples": League(
        FiniteSum(GaussianHills(hills=4), 16),
        (Racer(GradientDescent(), 1), Racer(Adam(), 4), Racer(Momentum(0.05), 16), Racer(Adam())),
        steps=40,
    ),
    "blown up": League(
        SmoothedNoise(size=32, smoothing=4.0, bowl=1.0),
        (GradientDescent(3.0), Momentum(1.0), GradientDescent(1e6), Adam(1e5), Adam()),
        steps=60,
    ),
}


@cache
def computed(name: str) -> dict[int, Runs]:
    league = LEAGUES[name]
    return compute(league, FIRST, BEYOND, range(len(league.racers)))[0]


def of_one_run(league: League, seed: int, racer: Racer) -> dict[str, Any]:
    """What a run alone says, by the definitions."""
    surface = league.stack([seed]).single(0)
    lowest = surface.lowest
    path = trace(racer, surface, None, league.steps, seed)
    gaps = gap(path.losses, lowest.loss)
    ranges = np.ptp(path.points[-21:], axis=0)
    hits = []
    for target in TARGETS:
        reached = np.flatnonzero(gaps <= target)
        hits.append(int(reached[0]) if reached.size else -1)
    hits[TARGETS.index(0.1)] = int(steps_to_drop(path.losses, lowest.loss))
    return {
        "start_loss": path.losses[0],
        "final_loss": path.losses[-1],
        "lowest_reached": np.nanmin(path.losses),
        "gap": gaps[-1],
        "c": 1.0 if np.isnan(gaps[-1]) else min(max(float(gaps[-1]), 0.0), 1.0),
        "lowest": lowest.loss,
        "diverged_at": path.diverged_at,
        "hits": hits,
        "swing": np.hypot(*ranges),
        "end_distance": np.hypot(*(path.points[-1] - lowest.point)),
        "left_the_surface": path.outcome is Outcome.LEFT,
    }


PAIRS = [
    (name, int(seed), int(place) % len(LEAGUES[name].racers))
    for name in LEAGUES
    for seed, place in np.random.RandomState(11).randint([FIRST, 0], [BEYOND, 24], (10, 2))
]


@pytest.mark.parametrize("name", LEAGUES)
def test_a_league_is_trace_bit_for_bit(name: str) -> None:
    """Ten random pairs of seed and racer on each of five families: fifty."""
    for seed, place in [(seed, place) for league, seed, place in PAIRS if league == name]:
        runs, alone = computed(name)[place], of_one_run(LEAGUES[name], seed, LEAGUES[name].racers[place])
        for field, value in alone.items():
            np.testing.assert_array_equal(getattr(runs, field)[seed - FIRST], value, f"{field}, {seed}, {place}")
        assert set(alone) == set(PER_RUN)


def test_some_of_those_runs_have_diverged_and_some_have_not() -> None:
    diverged = np.stack([runs.diverged_at >= 0 for runs in computed("blown up").values()])
    assert 0 < diverged.sum() < diverged.size
    assert not diverged[-1].any()


def test_some_runs_have_left_the_surface_and_none_of_them_has_diverged() -> None:
    runs = [run for name in LEAGUES for run in computed(name).values()]
    left, diverged = np.hstack([(run.left_the_surface, run.diverged_at >= 0) for run in runs])
    assert 0 < left.sum() < left.size
    assert not (left & diverged).any()


def assert_same(one: Runs, other: Runs) -> None:
    for item in dataclasses.fields(Runs):
        np.testing.assert_array_equal(getattr(one, item.name), getattr(other, item.name), item.name)
        assert np.asarray(getattr(one, item.name)).dtype == np.asarray(getattr(other, item.name)).dtype


@pytest.mark.parametrize("name", ["samples", "blown up"])
def test_the_pieces_in_which_it_is_computed_leave_no_trace(name: str) -> None:
    league = LEAGUES[name]
    cuts = (FIRST, FIRST + 1, FIRST + 6, BEYOND)
    places = range(len(league.racers))
    pieces = [compute(league, low, high, places)[0] for low, high in itertools.pairwise(cuts)]
    for place, runs in computed(name).items():
        assert_same(joined([piece[place] for piece in pieces]), runs)


def test_many_steps_are_computed_in_smaller_blocks_and_it_shows_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    league = LEAGUES["samples"]
    found = found_of(league, FIRST, BEYOND)
    monkeypatch.setattr("optviz.laboratory.kernel.MOST_MOMENTS", 5 * (league.steps + 1))
    for place, runs in compute(league, FIRST, BEYOND, range(4), found=found)[0].items():
        assert_same(runs, computed("samples")[place])


def test_who_else_runs_and_in_which_order_leaves_no_trace() -> None:
    league = LEAGUES["blown up"]
    order = (4, 2, 0, 4)
    some = league.replaced(racers=[league.racers[place] for place in order])
    found = found_of(some, FIRST, BEYOND)
    runs, joint = compute(some, FIRST, BEYOND, (3, 1, 2), found=found)
    assert joint is None
    assert set(runs) == {1, 2, 3}
    for place, kept in runs.items():
        assert_same(kept, computed("blown up")[order[place]])


def test_a_racer_twice_has_the_same_numbers_whatever_it_is_called() -> None:
    league = League(racers=(Racer(Adam(), label="one"), Racer(Adam(), label="other")), steps=20)
    runs, _ = compute(league, 0, 5, (0, 1), joint=True)
    assert_same(runs[0], runs[1])


def test_steps_by_the_best_reached_are_those_of_the_article_s_optimizers_in_its_order() -> None:
    league = League(racers=(Adam(), GradientDescent(), Adam(0.5), Momentum()), steps=60)
    assert league.seven == (1, 3, 0)
    runs, joint = compute(league, FIRST, BEYOND, (2,), joint=True)
    assert set(runs) == {2}
    assert joint is not None
    assert joint.shape == (BEYOND - FIRST, 3)
    for row, seed in enumerate(range(FIRST, BEYOND)):
        losses = [
            path.losses for path in league.replaced(racers=[league.racers[p] for p in (1, 3, 0)]).race(seed).run()
        ]
        assert joint[row].tolist() == [int(steps_to_drop(one, best_reached(losses))) for one in losses]
    empty = compute(league.replaced(racers=[Adam(0.5)]), 0, 2, (), joint=True)[1]
    assert empty is not None
    assert empty.shape == (2, 1)


def test_the_lowest_is_that_of_the_search_whatever_a_run_has_reached() -> None:
    # A search that found half of what is there.
    league = LEAGUES["hills"]
    found = found_of(league, 0, 3)
    assert found is not None
    high = dataclasses.replace(found, loss=found.loss / 2)
    runs, _ = compute(league, 0, 3, (6, 5), found=high)
    for kept in runs.values():
        assert kept.lowest.tolist() == (found.loss / 2).tolist()
        assert (kept.gap < 0).any()


# --- histograms ----------------------------------------------------------------------------------------------------


def test_a_histogram_has_each_gap_in_its_bin() -> None:
    inside = np.sqrt(EDGES[:-1] * EDGES[1:])
    gaps = np.array([-1.0, 0.0, 1e-8, *inside, EDGES[-1], 1001.0, np.inf, np.nan])
    bins = [0, 0, 0, *range(1, len(EDGES)), len(EDGES) - 1, len(EDGES), len(EDGES), BINS - 1]
    counts = histogram(np.stack([gaps, gaps[::-1]], axis=1))
    expected = np.bincount(bins, minlength=BINS)
    assert counts.shape == (2, BINS)
    assert counts.tolist() == [expected.tolist()] * 2
    # Each edge belongs to the bin below it, the number just above it to the next.
    for place in (0, 1, 57, len(EDGES) - 1):
        column = histogram(np.array([[EDGES[place], np.nextafter(EDGES[place], np.inf)]]))
        assert column.argmax(axis=1).tolist() == [place, place + 1]


def test_the_bins_are_twenty_a_decade() -> None:
    # 1e-13: the rounding of a power and a logarithm.
    np.testing.assert_allclose(np.diff(np.log10(EDGES)), 1 / 20, atol=1e-13)
    np.testing.assert_allclose(EDGES[[0, 160, -1]], [1e-8, 1.0, 1e3], rtol=1e-15)


def test_histograms_merge_exactly_and_hold_every_run_at_every_step() -> None:
    random = np.random.RandomState(3)
    gaps = 10.0 ** random.uniform(-10, 5, (70, 9))
    gaps[random.random_sample(gaps.shape) < 0.1] = np.nan
    whole = histogram(gaps)
    np.testing.assert_array_equal(histogram(gaps[:13]) + histogram(gaps[13:]), whole)
    assert (whole.sum(axis=1) == 70).all()
    for runs in computed("blown up").values():
        assert (runs.histogram.sum(axis=1) == runs.n).all()
        assert runs.histogram[-1, -1] == (runs.diverged_at >= 0).sum()


# --- a thousand seeds ----------------------------------------------------------------------------------------------

NAMES = ("gradient_descent", "momentum", "nag", "adagrad", "adadelta", "rmsprop", "adam")


def test_a_thousand_hills_by_the_lowest_and_by_the_best_reached() -> None:
    """Counts that were measured independently, with other code; RMSProp's depend on rounding, hence ± 3."""
    league = League()
    pieces = [compute(league, low, low + 250, range(7), joint=True) for low in range(0, 1000, 250)]
    runs = {name: joined([piece[0][place] for piece in pieces]) for place, name in enumerate(NAMES)}
    ninety = TARGETS.index(0.1)
    counts = {name: int((kept.hits[:, ninety] >= 0).sum()) for name, kept in runs.items()}
    assert (counts["adam"], counts["adagrad"], counts["gradient_descent"], counts["adadelta"]) == (698, 308, 129, 0)
    assert 525 <= counts["nag"] <= 527
    assert 525 <= counts["momentum"] <= 527
    assert counts["rmsprop"] == pytest.approx(663, abs=3)
    joint = np.concatenate([piece[1] for piece in pieces if piece[1] is not None])
    by_best = dict(zip(NAMES, (joint >= 0).sum(axis=0).tolist(), strict=True))
    assert by_best.pop("rmsprop") == pytest.approx(890, abs=3)
    assert sorted(by_best.values()) == [0, 175, 413, 691, 692, 908]
    difference = runs["nag"].gap - runs["rmsprop"].gap
    assert int((difference < -1e-6).sum()) == 694
    assert runs["nag"].c.mean() == pytest.approx(0.350, abs=0.002)
    assert runs["rmsprop"].c.mean() == pytest.approx(0.192, abs=0.002)


@long
def test_the_longest_runs_of_the_most_racers_on_a_chunk_take_less_than_500_megabytes() -> None:
    """Of all that grows: what the interpreter and its libraries take, 70 MB, is beside it."""
    racers = [Racer(GradientDescent(0.001 * (place + 1))) for place in range(24)]
    tracemalloc.start()
    try:
        compute(League(GaussianHills(hills=2), racers, steps=5000), 0, CHUNK, range(24), joint=True)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 430e6
