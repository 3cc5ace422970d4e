"""A league on its way: what it costs, how far it is, what a cancelled one leaves, and how its answer comes in parts."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cases import ROOT
from mounted import read_aloud, visit, widget
from optviz import OPTIMIZERS, Racer
from optviz.conventions import CONVENTIONS
from optviz.experiment import article
from optviz.experiment.league import League
from optviz.laboratory.jobs import Pool
from optviz.laboratory.judging import in_convention
from optviz.laboratory.league import is_there, run_league
from optviz.laboratory.store import Store
from optviz.laboratory.tally import runs_of
from optviz.text import words
from optviz.ui import background, cached, leagues
from optviz.ui.leagues import Desk, Standing
from optviz.ui.pages.league import page
from optviz.ui.pages.league.known import is_complete
from optviz.ui.pages.league.progress import costs, runs_kept, told
from tiers import long

PATIENCE = 60
"""Seconds until a test gives up; a machine with other work is slow to start a process."""

ADAM, NAG = (Racer(OPTIMIZERS[key]()) for key in ("adam", "nag"))
TWO = League(racers=(ADAM, NAG), convention="pytorch", seeds=(0, 40), steps=20)
FAIR = TWO.replaced(training=(40, 60), grid=(1e-2, 1.0, 3))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk whose processes say that one of four runs is done, and end when the test says so."""
    opened = Desk(tmp_path / "store", (sys.executable, str(ROOT / "tests" / "league_job.py"), str(tmp_path)))
    leagues.open_desk(opened)
    yield opened
    leagues.close_desk()


@pytest.fixture
def real_desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk as the server has it."""
    opened = Desk(tmp_path / "store")
    leagues.open_desk(opened)
    yield opened
    leagues.close_desk()


@pytest.fixture
def real_pool() -> Iterator[Pool]:
    cached.MEMORY.clear()
    pool = Pool(2)
    background.open_pool(pool)
    yield pool
    background.close_pool()
    cached.MEMORY.clear()


def asking(league: League, lang: str = "en") -> AppTest:
    app = visit(lang=lang, **league.race(0).to_query(whole=True))
    app.switch_page("league.py").run()
    view = app.session_state.view
    app.session_state.view = view.__class__(language=lang, seeds=league.seeds, training=league.training)
    app.run()
    assert not app.exception, app.exception
    return app


def until(app: AppTest, holds: Callable[[], bool]) -> None:
    latest = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < latest, read_aloud(app)
        time.sleep(0.05)
        app.run()
        assert not app.exception, app.exception


# --- what it costs -------------------------------------------------------------------------------------------------


def test_what_a_league_costs_is_told_before_it_begins(desk: Desk) -> None:
    text = words("en")
    desk.pace = 1e-5
    alike, tuned = League(), League(training=(1000, 2000))
    ordinary, beside = costs(desk, alike, text)
    assert ordinary == f"That is 7,000 runs, about {desk.seconds_of(alike):.0f} s on this server."
    assert "2 other sources' formulas" in beside and "not computed again" in beside
    runs, grid = costs(desk, tuned, text)
    assert "tried: 21;" in runs and "294,000 runs" in runs, "seven at 21 rates on a thousand seeds and another one"
    assert "to tune on: 1,000, to judge on: 1,000" in runs
    assert f"about {desk.seconds_of(tuned):.0f} s" in runs
    assert "the grid goes on for all" in grid
    # Nothing of two tuned racers has an edge but a learning rate.
    assert len(costs(desk, FAIR.replaced(tuned="momentum"), text)) == 1
    desk.pace *= 100
    assert f"about {desk.seconds_of(tuned) / 60:.0f} min" in costs(desk, tuned, text)[0]


def test_what_is_in_the_store_takes_no_time(desk: Desk) -> None:
    desk.pace = 1e-1
    placebo = TWO.replaced(racers=(ADAM, ADAM), seeds=(0, 20), steps=5)
    run_league(placebo.replaced(racers=(ADAM,)), Store(desk.store), workers=0)
    told = costs(desk, placebo, words("en"))
    assert told[0] == f"That is 40 runs, about {desk.seconds_of(placebo, 0):.0f} s on this server."
    assert round(desk.seconds_of(placebo, 0)) < round(desk.seconds_of(placebo) - 1)
    assert told[1].startswith("40 of them are there from before")
    longer = placebo.replaced(racers=(ADAM, replace(ADAM, label="again"), NAG))
    assert runs_kept(longer, Store(desk.store)) == 40


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_it_costs_stands_beside_the_button(desk: Desk, language: str) -> None:
    app = asking(FAIR.replaced(grid=League().grid), language)
    assert widget(app.button, "league_ask")
    for sentence in costs(desk, FAIR.replaced(grid=League().grid), words(language)):
        assert sentence in read_aloud(app)
    assert "2,520" in read_aloud(app), "two at 21 rates on 60 seeds"


def test_one_run_is_no_runs(desk: Desk) -> None:
    one = TWO.replaced(racers=(ADAM,), seeds=(3, 4))
    (cost,) = costs(desk, one, words("en"))
    assert cost.startswith("That is 1 run, ")
    assert widget(asking(one).button, "league_ask").label == "Run it on 1 surface"


# --- how far it is -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("standing", "sentence"),
    [
        (Standing("waiting", ahead=2), "Waiting: 2 other questions come first."),
        (Standing("waiting", ahead=1), "Waiting: 1 other question comes first."),
        (Standing("waiting", ahead=0), "It begins."),
        (Standing("running"), "It begins."),
        (Standing("running", seconds_left=44.6), "It begins; it takes about 45 s."),
        (Standing("running", done=1_250, total=294_000), "1,250 of 294,000 runs."),
        (Standing("running", 0, 1_250, 294_000, 59.6), "1,250 of 294,000 runs, about 60 s left."),
        (Standing("running", 0, 1_250, 294_000, 0.1), "1,250 of 294,000 runs, about 1 s left."),
        (Standing("running", 0, 1_250, 294_000, 150.0), "1,250 of 294,000 runs, about 2 min left."),
        (Standing("running", 0, 7_000, 7_000, 0.0), "All 7,000 runs are done; what came of them is being read."),
    ],
)
def test_how_far_a_league_is(standing: Standing, sentence: str) -> None:
    assert told(standing, words("en")["league"]) == sentence


@pytest.mark.parametrize(("total", "goes_on"), [(360, False), (480, True)])
def test_that_the_grid_goes_on_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch, total: int, goes_on: bool) -> None:
    monkeypatch.setattr(page, "league_of_the_visit", lambda: FAIR)
    monkeypatch.setattr(desk, "standing", lambda *_: Standing("running", 0, 200, total, 9.0, True))
    app = asking(FAIR)
    assert runs_of(FAIR) == 360, "two at three rates on 60 seeds"
    assert (words("en")["league"]["grid_goes_on"] in read_aloud(app)) == goes_on


def test_who_cancels_is_told_what_is_kept(desk: Desk) -> None:
    label = words("en")["league"]
    app = asking(TWO)
    assert label["cancelled_at_once"] not in read_aloud(app)
    widget(app.button, "league_ask").click().run()
    until(app, lambda: desk.standing(TWO).done == 1)
    assert label["leave"].format(seconds=20) in read_aloud(app)
    widget(app.button, "league_cancel").click().run()
    assert label["cancelled"].format(done="1", total="4") in read_aloud(app)
    assert not desk.standing(TWO).open
    # Of another question it says nothing; and none who asks again has cancelled.
    app.session_state.view = app.session_state.view.__class__(language="en", seeds=(0, 41))
    app.run()
    assert "Cancelled" not in read_aloud(app)
    app.session_state.view = app.session_state.view.__class__(language="en", seeds=TWO.seeds)
    app.run()
    assert "Cancelled" in read_aloud(app)
    widget(app.button, "league_ask").click().run()
    assert "Cancelled" not in read_aloud(app)


def test_what_others_still_wait_for_is_not_said_to_be_cancelled(desk: Desk) -> None:
    app = asking(TWO)
    widget(app.button, "league_ask").click().run()
    desk.ask("somebody else", TWO)
    widget(app.button, "league_cancel").click().run()
    assert "Cancelled" not in read_aloud(app)
    assert words("en")["league"]["others_ask"] in read_aloud(app)


# --- in fair mode --------------------------------------------------------------------------------------------------


def test_a_tuned_league_is_complete_when_its_answer_can_be_read(desk: Desk) -> None:
    """Not where the settings that are tried at least are there: the grid may go on."""
    store = Store(desk.store)
    seen: list[bool] = []
    run_league(FAIR, store, workers=0, progress=lambda done, total: seen.append(is_complete(desk, FAIR)))
    assert seen and not any(seen)
    assert is_complete(desk, FAIR)
    desk.ask("ann", FAIR)
    assert not is_complete(desk, FAIR), "it is being asked for"


@long
def test_why_the_six_conclusions_are_not_judged_of_tuned_racers(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    fair = League(seeds=(0, 20), training=(20, 40), steps=5, grid=(0.1, 1.0, 2))
    asked = page.league_of_the_visit
    # A visitor has no choice of the grid; 21 rates take a while.
    monkeypatch.setattr(page, "league_of_the_visit", lambda: asked().replaced(grid=fair.grid))
    run_league(fair, Store(desk.store), workers=0)
    app = asking(fair)
    widget(app.button, "league_reveal").click().run()
    assert not app.exception, app.exception
    label = words("en")["league"]
    assert label["fair_conclusions"] in read_aloud(app)
    assert words("en")["conclusions"]["claim_1"] not in read_aloud(app)
    widget(app.button, "league_to_alike").click().run()
    assert not app.exception, app.exception
    view = app.session_state.view
    assert (view.training, view.seeds) == (None, (0, 20))
    assert label["fair_conclusions"] not in read_aloud(app)


# --- the question --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_seed_and_start_of_the_race_are_said_not_to_count_here_alone(desk: Desk, language: str) -> None:
    label = words(language)["controls"]
    app = asking(TWO, language)
    assert label["seed_of_one"] in read_aloud(app) and label["start_of_one"] in read_aloud(app)
    assert label["start_hint"] not in read_aloud(app)
    app.switch_page("race.py").run()
    assert label["seed_of_one"] not in read_aloud(app) and label["start_of_one"] not in read_aloud(app)
    assert label["start_hint"] in read_aloud(app)


# --- as the server does it -----------------------------------------------------------------------------------------


def ranking_is_shown(app: AppTest) -> bool:
    return words("en")["league"]["ranking_explained"] in read_aloud(app)


@long
def test_its_own_answer_comes_first_and_those_of_the_other_formulas_later(real_desk: Desk, real_pool: Pool) -> None:
    label = words("en")["league"]
    asked = League(seeds=(0, 30), steps=20)
    assert asked.convention == article.CONVENTION
    others = [in_convention(asked, name) for name in CONVENTIONS if name != asked.convention]
    app = asking(asked)
    widget(app.button, "league_ask").click().run()
    until(app, lambda: any(button.key == "league_reveal" for button in app.button))
    widget(app.button, "league_reveal").click().run()
    until(app, lambda: ranking_is_shown(app))
    store = Store(real_desk.store)
    assert not all(is_there(other, store) for other in others), "the others are not there yet"
    assert label["others_to_come"] in read_aloud(app)
    assert words("en")["conclusions"]["claim_1"] in read_aloud(app)
    elsewhere = words("en")["formulas"]["pytorch"]
    assert elsewhere not in read_aloud(app)

    def compared() -> bool:
        # Once it has been seen, the ranking stays in sight.
        assert ranking_is_shown(app)
        return elsewhere in read_aloud(app)

    until(app, compared)
    assert all(is_there(other, store) for other in others)
    until(app, lambda: label["others_to_come"] not in read_aloud(app))


def asked_for_a_damaged_league(desk: Desk, damage: Callable[[Path], None]) -> AppTest:
    """The page after its answer was asked for; by its name each of its files is there."""
    run_league(TWO, Store(desk.store), workers=0)
    damage(max(desk.store.rglob("0-40.npz"), key=lambda file: file.stat().st_size))
    assert is_complete(desk, TWO)
    app = asking(TWO)
    widget(app.button, "league_reveal").click().run()
    return app


@long
def test_an_answer_that_fails_in_a_process_of_its_own_is_asked_for_again(real_desk: Desk, real_pool: Pool) -> None:
    def obstruct(path: Path) -> None:
        path.unlink()
        (path / "something").mkdir(parents=True)

    label = words("en")["league"]
    app = asked_for_a_damaged_league(real_desk, obstruct)
    until(app, lambda: label["unanswered"] in read_aloud(app))
    assert not ranking_is_shown(app)
    widget(app.button, "league_again").click().run()
    # What stands in the way of the file is in the way of whoever computes it anew, too.
    until(app, lambda: real_desk.idle() and bool(real_desk.failures) and label["unanswered"] in read_aloud(app))
    (obstacle,) = real_desk.store.rglob("something")
    shutil.rmtree(obstacle.parent)
    widget(app.button, "league_again").click().run()
    until(app, lambda: ranking_is_shown(app))


@long
def test_an_answer_of_which_a_file_is_not_whole_is_asked_for_anew(real_desk: Desk, real_pool: Pool) -> None:
    label = words("en")["league"]
    app = asked_for_a_damaged_league(real_desk, lambda path: path.write_bytes(path.read_bytes()[:-200]))
    until(app, lambda: label["gone"] in read_aloud(app))
    assert not ranking_is_shown(app)
    widget(app.button, "league_ask").click().run()
    assert label["gone"] not in read_aloud(app)
    until(app, lambda: ranking_is_shown(app))
