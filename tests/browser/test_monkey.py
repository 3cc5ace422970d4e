"""A short random walk through the real page: see the package `monkey`, and `make monkey` for the long ones."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from monkey.actions import draw, read_walk
from monkey.walk import walker
from tiers import long


@long
@pytest.mark.parametrize("seed", [152, 153, 154])
def test_a_short_random_walk_breaks_nothing(server: str, browser: Browser, seed: int) -> None:
    with walker(browser, server, seed) as visitor:
        failures = [failure.told() for failure in visitor.walk(draw(seed), most=25)]
        assert failures == []
        assert len(visitor.done) == 25


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
        assert {"console", "start", "axes"} <= set(visitor.standing)
