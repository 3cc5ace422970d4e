"""Short random walks through the real pages: see the package `monkey`, and `make monkey` for the long ones."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from monkey.actions import draw, read_walk
from monkey.walk import walker
from serving import Server
from tiers import long, rest_is_long

ROUND = (
    "elsewhere:step?racers=nag~adam&steps=60&at=7 step_beside:1 step_do:forward step_race card:1 card_close:Escape"
    " go:guide neighbour:1 history:back go:lessons lesson:edge guess:1 language:zh"
)
"""Once around the pages."""

SHORT = "elsewhere:step?racers=nag~adam&steps=60&at=7 step_race go:guide history:back"

LEAGUE = (
    "elsewhere:league?seeds=0~12&racers=nag~rmsprop&steps=40 league_guess:1 league_ask league_await:60 league_reveal"
    " league_mark:3 league_chart:1 league_seed:0 way_back"
)


@pytest.mark.parametrize("walk", rest_is_long([SHORT, ROUND, LEAGUE], {SHORT}))
def test_a_way_through_the_pages_breaks_nothing(running: Server, browser: Browser, walk: str) -> None:
    with walker(browser, running.address, printed=running.printed) as visitor:
        failures = [failure.told() for failure in visitor.walk(read_walk(walk), most=100)]
        assert failures == []
        assert visitor.passed_over == 0, visitor.done


@long
@pytest.mark.parametrize(("seed", "most"), [(1, 8), (152, 25), (153, 25), (154, 25), (155, 40)])
def test_a_short_random_walk_breaks_nothing(running: Server, browser: Browser, seed: int, most: int) -> None:
    with walker(browser, running.address, seed, printed=running.printed) as visitor:
        failures = [failure.told() for failure in visitor.walk(draw(seed), most=most)]
        assert failures == []
        assert len(visitor.done) == most


@long
def test_the_eyes_see_a_picture_that_is_not_the_pages(server: str, browser: Browser) -> None:
    with walker(browser, server) as visitor:
        assert visitor.act(read_walk("do:first")[0]) is None
        visitor.page.evaluate(
            "Plotly.relayout(document.querySelector('.optviz-plot'), {'xaxis.range': [0, 1]})"
            ".then(() => { document.querySelector('.optviz-plot').data[2].x = [0.25]; console.error('broken'); })"
        )
        failures = list(visitor.walk(read_walk("do:forward"), most=2))
        assert failures
        assert "WALK='do:first do:forward' SEED=0" in failures[0].told()
        assert {"console", "start", "axes"} <= set(visitor.standing)
