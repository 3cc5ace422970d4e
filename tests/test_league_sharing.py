"""Handing a league on: its link, to be copied, its QR code, and what fits into neither."""

from __future__ import annotations

import dataclasses
import html
import re
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from mounted import visit
from optviz import Racer
from optviz.experiment import LONGEST_LINK, League
from optviz.optimizers import Adam
from optviz.text import words
from optviz.ui.pages.league.files import made
from optviz.ui.pages.league.sharing import link_of
from optviz.ui.pages.race.sharing import MAKING, code_of
from optviz.view import View
from test_league_links import LEAGUES

LABEL = "一二三四五六七八九十" * 4
LONG = League(racers=[Racer(Adam(), label=f"{LABEL[:37]} {place:02}") for place in range(24)])


@pytest.mark.parametrize("league", LEAGUES.values(), ids=LEAGUES)
def test_the_link_that_is_handed_on_asks_the_same(league: League) -> None:
    link = link_of(league, View(language="zh", chart="bands", hidden=(0,), present=True))
    assert link is not None and link.endswith("&lang=zh&chart=bands")
    assert League.from_url(link) == league
    assert "hidden" not in link and "present" not in link


def test_a_link_is_no_longer_than_a_link_may_be() -> None:
    assert link_of(LONG, View()) is None
    some = LONG.replaced(racers=LONG.racers[:12])
    link = link_of(some, View())
    assert link is not None and len(link) <= LONGEST_LINK
    told = code_of(f"https://optviz.example/league?{link}", words("en")["download"])
    assert set(told) == {"told"}, "it does not fit into a code"


def page_of(league: League, **more: str) -> AppTest:
    app = visit(**league.to_query(whole=True), **more)
    app.switch_page("league.py").run()
    assert not app.exception, app.exception
    return app


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_offers_the_link_and_its_code_before_there_is_an_answer(language: str) -> None:
    league = LEAGUES["all at once"]
    app = page_of(league, lang=language)
    (shown,) = (part.proto.body for part in app.get("html") if "optviz-link" in part.proto.body)
    link = html.unescape(re.search("<code>(.*)</code>", shown)[1])  # type: ignore[index]
    assert League.from_url(link) == league
    assert words(language)["download"]["copy"] in shown
    assert words(language)["league"]["link"] in [part.value for part in app.caption]
    assert words(language)["download"]["qr_title"] in [box.label for box in app.expander]


def test_of_a_link_that_is_too_long_the_page_says_so() -> None:
    app = page_of(League())
    app.session_state.race = app.session_state.race.replaced(racers=LONG.racers)
    app.run()
    assert not app.exception, app.exception
    said = words("en")["league"]["link_too_long"].format(most=f"{LONGEST_LINK:,}")
    assert said in [part.value for part in app.caption]
    assert not [part for part in app.get("html") if "optviz-link" in part.proto.body]


def test_every_field_of_a_league_is_in_some_link() -> None:
    usual = League()
    for field in dataclasses.fields(League):
        assert any(getattr(league, field.name) != getattr(usual, field.name) for league in LEAGUES.values()), field.name


def test_whoever_takes_a_league_away_holds_up_nobody_who_takes_a_race_away() -> None:
    def file(*asked: object) -> bytes:
        assert MAKING.acquire(blocking=False), "a race's file would wait for it"
        MAKING.release()
        return b"made"

    desk: Any = SimpleNamespace(file=file)
    assert made(desk, League(), "html", "en", "") == b"made"
