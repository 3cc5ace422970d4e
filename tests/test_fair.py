"""Fair tuning: which settings are tried, which is best, what is said of an edge; on answers made up to be checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from optviz import OPTIMIZERS, GaussianHills, Racer, race
from optviz.bad_input import BadInput
from optviz.experiment.league import League
from optviz.experiment.rates import MOST_EXTENSIONS, Rates
from optviz.laboratory.fair import (
    Tuned,
    runs_at_least,
    settings_of,
    spread,
    tuned,
    tuned_league,
    wins_resampled,
)
from optviz.laboratory.league import known, run_league
from optviz.laboratory.store import Store
from optviz.statistics import gap
from optviz.statistics.budgets import expected
from tiers import long

ADAM, ADADELTA, NAG = (Racer(OPTIMIZERS[key]()) for key in ("adam", "adadelta", "nag"))


@dataclass
class MadeUp:
    """Answers by a formula: the mean c of a racer grows with how many decades its rate is from the best one."""

    best: dict[str, float]
    complete: bool = True

    def __post_init__(self) -> None:
        self.asked: list[League] = []

    def __call__(self, league: League, store: Any) -> Any:
        self.asked.append(league)
        runs = [SimpleNamespace(c=self.c_of(racer, np.arange(*league.seeds))) for racer in league.racers]
        return SimpleNamespace(complete=self.complete, runs=runs)

    def c_of(self, racer: Racer, seeds: np.ndarray) -> np.ndarray:
        away = abs(np.log10(racer.optimizer.learning_rate / self.best[racer.key])) / 20  # type: ignore[attr-defined]
        # Plus or minus, so that the mean over an even number of seeds stays.
        return np.clip(away + 0.05 * (-1.0) ** seeds, 0.0, 1.0)


def found(league: League, run: Callable[[League, Any], Any]) -> Tuned:
    answer = tuned(league, None, run)
    assert answer is not None
    return answer


FAIR = League(racers=(ADAM, ADADELTA), seeds=(0, 20), training=(1000, 1040))


def test_each_racer_has_its_own_best_rate() -> None:
    adam, adadelta = found(FAIR, MadeUp({"adam": 0.1, "adadelta": 10.0})).racers
    np.testing.assert_allclose([adam.rates[adam.best], adadelta.rates[adadelta.best]], [0.1, 10.0], rtol=1e-14)
    np.testing.assert_array_equal(adam.rates, np.geomspace(1e-3, 1e2, 21))
    assert (adam.edge, adam.on_edge, adam.names) == (0, False, ("learning_rate",))
    assert adam.training[adam.best] == adam.training.min()
    np.testing.assert_array_equal(adam.expected, expected(adam.training, adam.held_out))


def test_rates_are_chosen_on_the_training_seeds_alone_and_judged_on_the_others() -> None:
    """The best rate is another one on the judging seeds, and it is not taken."""

    def run(league: League, store: Any) -> Any:
        return MadeUp({"adam": 0.1 if league.seeds == FAIR.training else 1.0, "adadelta": 1.0})(league, store)

    answer = found(FAIR, run)
    adam = answer.racers[0]
    assert adam.rates[adam.best] == pytest.approx(0.1)
    assert adam.held_out[adam.best] > adam.held_out.min()
    assert (answer.training, answer.judging) == ((1000, 1040), (0, 20))
    judged = tuned_league(FAIR, answer)
    assert (judged.seeds, judged.training) == ((0, 20), None)
    assert [racer.optimizer.own_learning_rate for racer in judged.racers[:1]] == [adam.rates[adam.best]]


def test_every_setting_is_an_ordinary_racer_of_an_ordinary_league() -> None:
    run = MadeUp({"adam": 0.1, "adadelta": 10.0})
    prepared: list[League] = []
    assert tuned(FAIR, None, run, prepared.extend) is not None
    assert run.asked == prepared
    assert runs_at_least(FAIR) == sum(len(league.racers) * league.n for league in prepared) == 2 * 21 * 60
    assert {league.training for league in run.asked} == {None}
    assert [league.seeds for league in run.asked] == [(1000, 1040)] * 2 + [(0, 20)] * 2
    assert all(len(league.racers) == 21 for league in run.asked)
    # What is asked goes to other processes as text.
    assert League.from_toml(run.asked[0].to_toml()) == run.asked[0]


def test_a_grid_that_ends_below_the_best_rate_goes_on_for_all_and_it_is_said() -> None:
    answer = found(FAIR.replaced(grid=(1e-3, 1.0, 13)), MadeUp({"adam": 0.1, "adadelta": 10.0}))
    adam, adadelta = answer.racers
    assert (adam.edge, adadelta.edge) == (0, 1)
    assert not adadelta.on_edge
    # A decade brings the grid to 10, where Adadelta's best is the last one again, and another one beyond.
    assert answer.extended == (0, 8)
    np.testing.assert_allclose(answer.grid, (1e-3, 100.0, 21), rtol=1e-14)
    np.testing.assert_allclose(adadelta.rates[adadelta.best], 10.0, rtol=1e-14)
    assert len(adam.settings) == len(adadelta.settings) == 21
    np.testing.assert_array_equal(adam.rates[:13], np.geomspace(1e-3, 1.0, 13))


def test_all_that_is_asked_for_is_told_beforehand_whole_grids_at_once() -> None:
    """So that it can be shared out to processes, and be counted, before the answers are asked for."""
    run = MadeUp({"adam": 0.1, "adadelta": 10.0})
    grids: list[tuple[League, ...]] = []
    league = FAIR.replaced(grid=(1e-3, 1.0, 13))

    def prepare(asked: Sequence[League]) -> None:
        # Whatever is asked for has been told.
        assert set(run.asked) <= {told for grid in grids for told in grid}
        grids.append(tuple(asked))

    answer = tuned(league, None, run, prepare)
    assert answer is not None
    assert [sum(len(told.racers) for told in grid) for grid in grids] == [4 * 13, 4 * 17, 4 * 21]
    assert set(run.asked) <= {told for grid in grids for told in grid}


def test_a_best_rate_that_is_beyond_all_is_still_on_the_edge() -> None:
    answer = found(FAIR.replaced(grid=(1e-1, 1.0, 5)), MadeUp({"adam": 1e-8, "adadelta": 1.0}))
    assert [(racer.edge, racer.on_edge) for racer in answer.racers] == [(-1, True), (1, False)]
    # Adadelta's went on once at the upper end.
    assert answer.extended == (4 * MOST_EXTENSIONS, 4)


@pytest.mark.parametrize(
    ("low", "high", "count"), [(1e-3, 1e2, 21), (0.1, 0.1000001, 101), (0.1, 1e6, 2), (0.1, 0.2, 2)]
)
def test_however_narrow_a_grid_is_it_never_grows_beyond_what_a_visitor_may_ask_for(
    low: float, high: float, count: int
) -> None:
    rates = Rates((low, high, count))
    while (longer := rates.extended(True, True)) != rates:
        assert len(longer.values) <= len(rates.values) + 2 * max(count - 1, 1)
        rates = longer
    assert count < len(rates.values) == rates.count_at_most <= max(3 * count, count + 24)
    assert np.isfinite(rates.values).all() and (np.diff(rates.values) > 0).all()


def test_what_is_level_is_not_called_an_edge() -> None:
    """Every rate is as bad as any other: there is nothing to be found beyond the grid."""
    answer = found(FAIR, MadeUp({"adam": 1e30, "adadelta": 10.0}))
    assert (answer.racers[0].edge, answer.extended) == (0, (0, 0))


def test_nothing_is_told_before_all_is_there() -> None:
    assert tuned(FAIR, None, MadeUp({"adam": 0.1, "adadelta": 10.0}, complete=False)) is None


def test_who_else_is_tuned_does_not_count() -> None:
    run = MadeUp({"adam": 0.1, "adadelta": 10.0, "nag": 0.01})
    alone = found(FAIR.replaced(racers=(ADAM,)), run).racers[0]
    beside = found(FAIR.replaced(racers=(NAG, ADADELTA, ADAM, ADAM)), run).racers
    for name in ("training", "held_out", "wins_resampled"):
        for racer in beside[2:]:
            np.testing.assert_array_equal(getattr(racer, name), getattr(alone, name))


def test_overlapping_seeds_are_refused_in_one_sentence() -> None:
    with pytest.raises(BadInput, match=r"^[^.]*1000:1040[^.]*\.$"):
        FAIR.replaced(seeds=(0, 1001))
    FAIR.replaced(seeds=(0, 1000))


def test_a_league_without_training_seeds_cannot_be_tuned() -> None:
    with pytest.raises(BadInput, match="training"):
        tuned(FAIR.replaced(training=None), None, MadeUp({}))


def test_what_is_tried_stands_in_the_store_and_the_best_is_not_computed_again(tmp_path: Path) -> None:
    """Each rate is a racer like any other: a league of the best ones finds all that it asks for."""
    store = Store(tmp_path)
    league = FAIR.replaced(seeds=(0, 6), training=(300, 306), grid=(0.01, 1.0, 3), steps=20)
    assert tuned(league, store, known) is None
    answer = tuned(league, store, partial(run_league, workers=0))
    assert answer is not None
    again = tuned(league, store, known)
    assert again is not None
    for racer, same in zip(answer.racers, again.racers, strict=True):
        np.testing.assert_array_equal(racer.training, same.training)
        np.testing.assert_array_equal(racer.held_out, same.held_out)
    judged = tuned_league(league, answer)
    # What needs both of them at once is another matter.
    assert {piece.places for piece in store.missing(judged)} <= {()}
    result = run_league(judged, store, workers=0)
    for racer, runs in zip(answer.racers, result.runs, strict=True):
        assert racer.held_out[racer.best] == runs.c.mean()


# --- other hyperparameters -----------------------------------------------------------------------------------------


def test_another_hyperparameter_is_tuned_with_the_rate_and_as_many_settings_for_everyone() -> None:
    league = FAIR.replaced(racers=(NAG, ADAM), tuned="momentum")
    nag, adam = found(league, MadeUp({"nag": 0.1, "adam": 0.1})).racers
    assert (nag.names, adam.names) == (("learning_rate", "momentum"), ("learning_rate",))
    assert len(nag.settings) == len(adam.settings) == 21
    assert nag.values.shape == (21, 2)
    assert len(np.unique(nag.values[:, 0])) == len(np.unique(nag.values[:, 1])) == 21
    assert (nag.edge, nag.on_edge) == (0, False)
    # Half of the first sixteen in each half of each axis, and a quarter of them in each quarter of the plane.
    rate, distance = np.log10(nag.values[:16, 0]) > -0.5, 1 - nag.values[:16, 1] > 1e-3**0.5
    assert [int((rate == high).sum()) for high in (True, False)] == [8, 8]
    assert [int(((rate == a) & (distance == b)).sum()) for a in (True, False) for b in (True, False)] == [4] * 4


def test_a_racer_that_has_nothing_to_tune_is_tried_as_it_is() -> None:
    class Plain:
        def hyperparameters(self) -> dict[str, Any]:
            return {}

    racer = Racer(OPTIMIZERS["adam"]())
    object.__setattr__(racer, "optimizer", _like(racer.optimizer, Plain()))
    assert settings_of(racer, "momentum", Rates((1e-3, 1.0, 5))) == (racer,)


def _like(optimizer: Any, plain: Any) -> Any:
    kind = type("Bare", (type(optimizer),), {"hyperparameters": lambda self: plain.hyperparameters()})
    return kind()


@pytest.mark.parametrize(
    ("key", "name", "ends", "middle"),
    [
        ("adam", "learning_rate", (1e-4, 10.0), 10**-1.5),
        ("adam", "epsilon", (1e-12, 1.0), 1e-6),
        ("nag", "momentum", (0.0, 0.999), 1 - 1e-3**0.5),
    ],
)
def test_values_are_spread_over_the_slider(key: str, name: str, ends: tuple[float, float], middle: float) -> None:
    values = spread(OPTIMIZERS[key].hyperparameters()[name], np.array([0.0, 0.5, 1.0]))
    np.testing.assert_allclose(values, [ends[0], middle, ends[1]], rtol=1e-12, atol=1e-15)


# --- how sure the rate is ------------------------------------------------------------------------------------------


def test_how_often_each_setting_wins_by_hand() -> None:
    """Two seeds: the first setting is better on one, the second on the other by more. Drawn anew: (a, a), (a, b) …"""
    c = np.array([[0.0, 0.5], [0.25, 0.0]])
    (wins,) = wins_resampled([c], (0, 2), resamples=4000)
    # The first wins only on (a, a): one of four; five standard errors of a share of 4,000.
    assert abs(wins[0] - 0.25) <= 5 * np.sqrt(0.25 * 0.75 / 4000)
    assert wins.sum() == pytest.approx(1.0, abs=1e-12)


def test_settings_that_are_level_share_and_one_that_is_always_better_wins_always() -> None:
    c = np.random.default_rng(1).random(300)
    assert wins_resampled([np.stack([c, c])], (0, 300))[0].tolist() == [0.5, 0.5]
    assert wins_resampled([np.stack([c, c / 2])], (0, 300))[0].tolist() == [0.0, 1.0]


def test_other_training_seeds_are_drawn_in_another_way() -> None:
    c = np.array([[0.0, 0.5, 0.1], [0.25, 0.0, 0.1]])
    assert wins_resampled([c], (0, 3))[0].tolist() != wins_resampled([c], (3, 6))[0].tolist()


# --- the article's setting -----------------------------------------------------------------------------------------


def by_running(league: League, store: Any) -> Any:
    """The league's racers on its surfaces, by the one loop."""
    surface = league.stack(range(*league.seeds))
    lowest = surface.lowest.loss
    paths = race(league.racers, surface, steps=league.steps)
    gaps = [gap(path.losses, lowest)[:, -1] for path in paths]
    runs = [SimpleNamespace(c=np.where(np.isnan(last), 1.0, np.clip(last, 0.0, 1.0))) for last in gaps]
    return SimpleNamespace(complete=True, runs=runs)


@long
def test_what_to_expect_of_adam_in_the_articles_setting() -> None:
    """About .57, .37, .22, .18 at a budget of 1, 2, 4, 8 rates."""
    league = League(surface=GaussianHills(seed=0), seeds=(0, 1000), training=(1000, 2000))
    adam = league.racers[league.seven[-1]]
    (answer,) = found(league.replaced(racers=(adam,)), by_running).racers
    # To the two digits that are known, and what another thousand seeds change: their standard error is below .01.
    np.testing.assert_allclose(answer.expected[[0, 1, 3, 7]], [0.57, 0.37, 0.22, 0.18], atol=0.015)


@long
def test_adadeltas_best_rate_is_near_ten_and_beyond_a_grid_that_ends_at_one() -> None:
    league = League(seeds=(0, 250), training=(1000, 1250), grid=(1e-3, 1.0, 13))
    adadelta = league.racers[league.seven[4]]
    answer = found(league.replaced(racers=(adadelta,)), by_running)
    (racer,) = answer.racers
    assert racer.edge == 1
    assert answer.extended[1] >= 4
    assert 3 <= racer.rates[racer.best] <= 100
