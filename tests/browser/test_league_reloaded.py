"""The page of leagues is loaded again: a guess and its answer stay, and who waits waits on and may still cancel."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from league_page import ASKED, LeaguePage, known_before
from optviz.text import words
from race_page import RacePage
from tabs import new_tab
from tiers import long

Open = Callable[..., RacePage]
LABEL = words("en")["league"]
LONG = "seeds=0~10000&steps=400"
"""A league that is not done while a test runs, within what a visitor may ask for."""


def ask(league: LeaguePage, query: str) -> Page:
    league.open(query)
    page = league.visit.page
    page.locator(".st-key-league_ask button").click()
    page.locator(".st-key-league_cancel button").wait_for()
    # Who loads the page again before its tab has been told is nobody whom the server knows.
    page.wait_for_function("sessionStorage.getItem('optviz-asks')")
    return page


@long
def test_a_guess_and_its_answer_are_there_still_after_a_reload(open_page: Open) -> None:
    known_before(conventions=[ASKED.convention])
    league = LeaguePage(open_page())
    league.open()
    page = league.visit.page
    page.get_by_role("radio", name="NAG", exact=True).click(force=True)
    # Who loads the page again before the server has heard of it has guessed nothing.
    page.wait_for_function("Object.keys(localStorage).some((name) => name.startsWith('optviz-guess-'))")
    page.reload()
    expect(page.get_by_role("radio", name="NAG", exact=True)).to_be_checked()
    assert LABEL["ranking"] not in league.said()
    league.reveal()
    page.wait_for_function("Object.values(sessionStorage).includes('revealed')")
    page.reload()
    league.wait_for_answer()
    assert "NAG" in page.locator(".optviz-league-guess").inner_text()
    assert "guess" not in page.url


SEEN = """() => {
    window.seen = new Set();
    const look = () => {
        const told = document.querySelectorAll("[data-testid=stMain] [role=status]");
        for (const part of told) window.seen.add(part.innerText);
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
}"""


@long
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_the_visitor_waits_for_is_at_no_moment_somebody_else_s(
    browser: Browser, server: str, language: str
) -> None:
    with new_tab(browser) as page:
        league = LeaguePage(RacePage(page, server))
        ask(league, f"{LONG}&lang={language}")
        page.add_init_script(f"({SEEN})()")
        # The second one comes before the server has told the tab whose visit this is.
        for _ in range(2):
            page.reload()
            page.locator(".st-key-league_question").wait_for()
        page.locator(".st-key-league_cancel button").wait_for()
        assert words(language)["league"]["others_ask"] not in page.evaluate("[...window.seen]")
        page.locator(".st-key-league_cancel button").click()
        page.locator(".st-key-league_ask button").wait_for()


@long
@pytest.mark.parametrize("elsewhere", [False, True])
def test_who_waits_waits_on_after_a_reload_and_may_cancel(open_page: Open, elsewhere: bool) -> None:
    league = LeaguePage(open_page())
    page = ask(league, LONG)
    before = page.evaluate("sessionStorage.getItem('optviz-asks')")
    if elsewhere:
        # A reload of another page ends the visit as well.
        page.get_by_role("link", name="Guide").click()
        page.wait_for_url("**/guide*")
        league.visit.rest()
    page.reload()
    page.wait_for_function("before => ![null, before].includes(sessionStorage.getItem('optviz-asks'))", arg=before)
    if elsewhere:
        page.go_back()
    page.locator(".st-key-league_cancel button").click()
    # Nobody waits any more: another visitor is not told that somebody does.
    page.locator(".st-key-league_ask button").wait_for()
    other = LeaguePage(open_page())
    other.open(LONG)
    other.visit.page.locator(".st-key-league_ask button").wait_for()
    assert LABEL["others_ask"] not in other.said()
