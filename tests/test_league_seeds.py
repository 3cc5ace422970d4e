"""The list of the surfaces behind a number: what it begins with, what a click lists, any other seed, and back again."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cases import ROOT
from league_records import league_record as by_hand
from league_records import store_knowing
from mounted import read_aloud, visit, widget
from optviz import Race
from optviz.experiment.league import League
from optviz.figures.league.behind import MARKS
from optviz.laboratory.league import known
from optviz.laboratory.store import Store
from optviz.text import words
from optviz.ui import leagues
from optviz.ui.leagues import Desk
from optviz.ui.pages.league.behind import Clicked, first_mark
from test_league_page import kept_by

ASKED = League(seeds=(0, 30), steps=60)
ALONE = ASKED.replaced(racers=ASKED.racers[:1])
NAMES = ASKED.racer_names(words("en")["optimizer"])
FIGURES = ("ranking", "duel", "profiles", "bands", "matrix", "budget")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store that knows the leagues that are asked about."""
    return store_knowing(ASKED, tmp_path_factory.mktemp("store"))


@pytest.fixture(autouse=True)
def desk(kept: Store, tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(kept.folder, (sys.executable, str(ROOT / "tests" / "league_job.py"), str(tmp_path)))
    leagues.open_desk(opened)
    yield opened
    leagues.close_desk()


def answered(league: League = ASKED, **more: str) -> AppTest:
    """The page of a league whose answer is shown."""
    app = visit(**league.to_query(whole=True), **more)
    app.switch_page("league.py").run()
    widget(app.button, "league_reveal").click().run()
    assert not app.exception, app.exception
    return app


def click(app: AppTest, figure: str, mark: Any, number: int = 1) -> AppTest:
    """As if a mark of a figure had been clicked."""
    *_, token = app.session_state.league_guesses
    app.session_state.league_clicked = {token: Clicked(f"league_{figure}", mark, number)}
    app.run()
    assert not app.exception, app.exception
    return app


def lead(app: AppTest) -> dict[str, Any]:
    """What the browser is told of the list."""
    found: dict[str, Any] = kept_by(app, "league_lead")
    return found


def seeds_listed(app: AppTest) -> list[int]:
    keys = [button.key or "" for button in app.button]
    return [int(key.split("_")[-1]) for key in keys if key.startswith("league_seed_")]


@pytest.mark.parametrize(
    ("conflict", "count", "key", "mark"),
    [
        (True, 3, "listed_conflict", ["pair", 0, 1]),
        (False, 3, "listed_best", ["pair", 2, 1]),
        (False, 1, "listed_only", ["mean", 0]),
    ],
)
def test_the_list_begins_with_what_disagrees_or_else_with_the_two_best(
    conflict: bool, count: int, key: str, mark: list[Any]
) -> None:
    made = by_hand()
    pairs = {places: replace(pair, p_holm=0.04 if conflict else 0.5) for places, pair in made.pairs.items()}
    if count == 1:
        made = replace(made, names=("NAG",), order=np.array([0]))
        pairs = {}
    assert first_mark(replace(made, pairs=pairs)) == (key, mark)


def test_of_a_pair_that_disagrees_the_winner_comes_first_in_the_list() -> None:
    made = by_hand()
    turned = {places: pair.turned() if pair.conflict else pair for places, pair in made.pairs.items()}
    assert first_mark(replace(made, pairs=turned)) == ("listed_conflict", ["pair", 0, 1])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_before_any_click_the_page_says_what_it_lists(language: str) -> None:
    app = answered(lang=language)
    found = lead(app)
    assert (found["number"], found["figure"]) == (0, None)
    text = words(language)
    beginnings = [text["league"][key].partition("{")[0] for key in ("listed_conflict", "listed_best")]
    assert found["told"].startswith(tuple(beginnings))
    named = [name for name in ASKED.racer_names(text["optimizer"]) if name in found["told"]]
    assert len(named) >= 2
    assert seeds_listed(app)


# A mark as each figure sends it, and what is said of it.
MARKS_OF_FIGURES = [
    ("ranking", ["mean", 1, 0.1, 0.2], "The ranking”: Momentum"),
    ("ranking", ["mean", 6, 1, 3], "The ranking”: Adam"),
    ("duel", ["pair", 2, 5, "3", "1"], "Who wins, and by how much”: NAG against RMSProp"),
    ("duel", ["difference", 2, 5, 0.1], "NAG against RMSProp"),
    ("profiles", ["reached", 4, 1, 57], "How soon”: Adadelta, gap ≤ 0.1 by step 57"),
    ("bands", ["band", 3, 12], "Good and bad surfaces”: Adagrad"),
    ("matrix", ["pair", 6, 0, "x"], "Everybody against everybody”: Adam against Gradient descent"),
    ("budget", ["mean", 0, 0.93], "How much tuning”: Gradient descent"),
]


def test_a_click_on_a_mark_of_any_figure_says_what_it_lists_and_leads_back() -> None:
    app = answered()
    for number, (figure, mark, said) in enumerate(MARKS_OF_FIGURES, start=1):
        found = lead(click(app, figure, mark, number))
        assert said in found["told"], mark
        assert (found["number"], found["figure"]) == (number, f"league_{figure}")
        assert found["back"] == f"↑ {words('en')['league']['back_to_picture']}"


def test_every_figure_and_every_mark_is_tried() -> None:
    assert {figure for figure, _, _ in MARKS_OF_FIGURES} == set(FIGURES)
    assert {mark[0] for _, mark, _ in MARKS_OF_FIGURES} == set(MARKS)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_all_targets_pooled_are_called_so(language: str) -> None:
    app = click(answered(lang=language), "profiles", ["reached", 6, len(by_targets()), 10**9])
    pooled = words(language)["league"]["mark_pooled"].partition("{step}")[2]
    assert pooled.replace(" ", "") in lead(app)["told"].replace(" ", "")
    assert "60" in lead(app)["told"]


def by_targets() -> np.ndarray:
    """The targets of a league's runs."""
    from optviz.statistics.runs import TARGETS

    return np.asarray(TARGETS)


FORGED: list[Any] = [
    *(None, 7, [], ["mean"], ["mean", 9], ["mean", -1], ["pair", 0], ["<b>", 1], ["mean", "1"]),
    ["reached", 0, 0, 10**400],
]


def test_what_is_no_mark_of_this_league_changes_nothing() -> None:
    app = answered()
    before = (lead(app)["told"], seeds_listed(app))
    for forged in FORGED:
        found = lead(click(app, "duel", forged))
        assert (found["told"], found["figure"], seeds_listed(app)) == (before[0], None, before[1]), forged


def test_the_mark_of_one_league_is_not_another_one_s() -> None:
    app = AppTest.from_function(two_leagues, default_timeout=60).run()
    assert not app.exception, app.exception
    (first, second) = app.session_state.league_clicked.values()
    assert [first.mark, first.number, second.mark, second.number] == [["mean", 1], 1, ["mean", 3], 3]
    assert app.session_state.league_clicked.keys() == set(app.session_state.tokens)


def two_leagues() -> None:
    """Clicks on marks of two leagues, then on one of none."""
    import streamlit as st

    from optviz.ui import session
    from optviz.ui.pages.league.behind import note_click
    from optviz.ui.pages.league.question import league_of_the_visit

    session.begin_run()
    note_click("league_ranking", ["mean", 1])
    tokens = [session.token(league_of_the_visit())]
    session.change_view(seeds=(0, 77))
    note_click("league_ranking", ["mean", 2])
    note_click("league_ranking", ["mean", 3])
    st.session_state.tokens = [*tokens, session.token(league_of_the_visit())]
    session.change_view(training=(0, 10))
    note_click("league_ranking", ["mean", 4])


def test_how_many_there_are_of_each_group_is_told() -> None:
    app = click(answered(), "duel", ["pair", 2, 5])
    result = known(ASKED, Store(leagues.the_desk().store))  # type: ignore[union-attr]
    difference = result.runs[2].gap - result.runs[5].gap
    wins, losses = int((difference < -1e-6).sum()), int((difference > 1e-6).sum())
    page = read_aloud(app)
    for key, count in (("behind_wins", wins), ("behind_losses", losses), ("behind_ties", 30 - wins - losses)):
        group = words("en")["league_figures"][key].format(first="NAG", second="RMSProp")
        many = f"the first 12 of {count}" if count > 12 else "1 surface" if count == 1 else f"{count} surfaces"
        assert f"{group} · {many}" in page


def test_a_number_field_leads_to_the_race_of_any_seed_of_the_league_and_of_no_other() -> None:
    app = answered()
    before = app.session_state.race
    for seed in (30, -1, 10**12):
        widget(app.number_input, "league_any_seed").set_value(seed)
        widget(app.button, "league_open_any").click().run()
        assert not app.exception, app.exception
        assert app.session_state.race == before
        assert f"{seed:,}" in read_aloud(app) and "0 … 29" in read_aloud(app)
    for seed in (0, 17, 29):
        widget(app.number_input, "league_any_seed").set_value(seed)
        widget(app.button, "league_open_any").click().run()
        assert not app.exception, app.exception
        assert app.session_state.race == ASKED.race(seed)
        app.switch_page("race.py").run()
        app.switch_page("league.py").run()


def test_a_racer_that_is_hidden_is_seen_in_the_race_behind_its_own_number() -> None:
    app = answered(hidden="0,5")
    click(app, "ranking", ["mean", 5])
    next(button for button in app.button if (button.key or "").startswith("league_seed_")).click().run()
    assert app.session_state.view.hidden == (0,)
    # Behind anybody else's it stays what it was.
    app.switch_page("race.py").run()
    widget(app.button, "way_back").click().run()
    assert app.session_state.view.hidden == (0, 5)


def there_and_back(app: AppTest, how: str) -> None:
    """To the race of a seed, and back."""
    left = app.session_state.race
    next(button for button in app.button if (button.key or "").startswith("league_seed_")).click().run()
    app.switch_page("race.py").run()
    assert app.session_state.race != left
    if how == "way back":
        waits = words("en")["back"]["waits_league"].format(count=len(left.racers))
        assert any(waits in part.proto.body for part in app.get("html")), "a question, and no race, waits there"
        widget(app.button, "way_back").click().run()
    elif how == "navigation":
        app.session_state.view = replace(app.session_state.view, language="zh")
    else:
        # As the address that the browser goes back to is taken up.
        app.session_state.race = left
    app.switch_page("league.py").run()
    assert not app.exception, app.exception


@pytest.mark.parametrize("how", ["way back", "navigation", "browser's back"])
def test_who_comes_back_from_a_race_finds_mark_chart_guess_and_answer(how: str) -> None:
    app = visit(**ASKED.to_query(whole=True), chart="matrix")
    app.switch_page("league.py").run()
    widget(app.radio, "league_guess_choice").set_value(3).run()
    widget(app.button, "league_reveal").click().run()
    click(app, "matrix", ["pair", 6, 0], number=2)
    before = {**lead(app), "told": ""}
    listed = seeds_listed(app)
    there_and_back(app, how)
    text = words(app.session_state.view.language or "en")
    assert {**lead(app), "told": ""} == {**before, "back": f"↑ {text['league']['back_to_picture']}"}
    assert seeds_listed(app) == listed
    assert app.session_state.view.chart == "matrix"
    *_, guess = app.session_state.league_guesses.values()
    assert (guess.place, guess.revealed) == (3, True)
    assert text["league"]["ranking"] in read_aloud(app)


def test_the_way_back_is_not_offered_where_it_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    app = answered()
    app.session_state.race = ASKED.race(4)
    app.run()
    widget(app.number_input, "league_any_seed").set_value(4)
    widget(app.button, "league_open_any").click().run()
    assert isinstance(app.session_state.race, Race)
    monkeypatch.setattr("optviz.ui.address.page", lambda: "league")
    app.switch_page("league.py").run()
    assert not [button for button in app.button if button.key == "way_back"]
    monkeypatch.setattr("optviz.ui.address.page", lambda: "race")
    app.switch_page("race.py").run()
    assert widget(app.button, "way_back")
