"""Picture and page show the same race, whatever is lost between browser and server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, WebSocketRoute

from race_page import RacePage
from tabs import new_tab
from tiers import long, rest_is_long

Open = Callable[..., RacePage]


class Wire:
    """The page's connection, on which some of what the stage asks for is lost."""

    def __init__(self, page: RacePage) -> None:
        self.lose_asked = 0
        self.lost = 0
        page.page.route_web_socket("**/_stcore/stream", self._connect)

    def _connect(self, browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()

        def up(message: Any) -> None:
            if self.lose_asked and b"asked" in message:
                self.lose_asked -= 1
                self.lost += 1
                return
            server.send(message)

        browser.on_message(up)
        server.on_message(browser.send)


def assert_agreement(page: RacePage) -> None:
    """Picture, page and address come to tell of one race, and none is being computed any more."""
    page.page.wait_for_function(
        "() => { const stage = document.querySelector('.optviz-stage');"
        " const page = document.querySelector('[data-optviz-race]');"
        " return stage.dataset.race && stage.dataset.race === page?.dataset.optvizRace"
        " && !document.querySelector('[data-test-script-state=running]'); }"
    )


def seed_drawn(page: RacePage) -> str:
    """The seed that the sidebar shows."""
    return page.page.get_by_role("spinbutton", name="Seed", exact=True).input_value()


@long
def test_a_request_that_is_lost_is_asked_again(server: str, browser: Browser) -> None:
    with new_tab(browser) as tab:
        page = RacePage(tab, server)
        wire = Wire(page)
        page.open()
        wire.lose_asked = 1
        page.page.locator(".optviz-legend button", has_text="Adam").click()
        page.wait_for_address("hidden=6")
        assert wire.lost == 1
        assert (page.foreign, page.errors) == ([], [])


@long
def test_two_requests_that_wait_together_are_both_heard(open_page: Open) -> None:
    page = open_page()
    page.page.evaluate(
        "() => { document.querySelector('.optviz-legend button').click();"
        " document.querySelector('.optviz-stage [data-do=pin]').click();"
        " document.querySelectorAll('.optviz-legend button')[2].click(); }"
    )
    page.wait_for_address("pinned=")
    page.wait_for_address("hidden=0%2C2")


def test_a_picture_of_another_race_than_the_pages_is_asked_for_again(open_page: Open) -> None:
    page = open_page()
    # As after a run that was interrupted: the picture is still that of an earlier race.
    page.page.evaluate(
        "() => { const stage = document.querySelector('.optviz-stage'); stage.dataset.race = 'an earlier one';"
        " stage.parentElement.optvizStage.state.message.header.race = 'an earlier one';"
        # Which a script's end gives away.
        " document.querySelector('[data-test-script-state]').dataset.testScriptState = 'running';"
        " document.querySelector('[data-test-script-state]').dataset.testScriptState = 'notRunning'; }"
    )
    assert_agreement(page)


@long
@pytest.mark.parametrize("delay", rest_is_long([0, 900, 920, 940, 960, 980, 1000, 1050], {960}))
def test_a_tour_stopped_as_it_moves_on_leaves_one_race(open_page: Open, delay: int) -> None:
    page = open_page()
    page.do("tour")
    page.page.wait_for_selector(".optviz-stage[data-touring=true]")
    page.page.wait_for_function("+document.querySelector('.optviz-stage').dataset.step < 100")
    page.page.wait_for_function("+document.querySelector('.optviz-stage').dataset.step === 200")
    page.page.wait_for_timeout(delay)
    page.do("tour")
    page.page.wait_for_selector(".optviz-stage[data-touring=false]")
    assert_agreement(page)
    x, y = page.plot("plot => [plot.data[2].x[0], plot.data[2].y[0]]")
    # The address is written after a run; the first seed is not in it.
    page.page.wait_for_function(
        "seed => (new URLSearchParams(location.search).get('seed') ?? '1') === seed", arg=seed_drawn(page)
    )
    race = page.race()
    assert (x, y) == pytest.approx(tuple(race.surface.peak().tolist()))
