"""Every page of the app: what axe-core finds in it, and that the Chinese ones speak Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from league_page import QUERY, LeaguePage, known_before
from optviz.experiment.lesson import lesson_names
from optviz.text.guide import chapter_keys
from race_page import PHONE, RacePage
from test_everyone import violations
from tiers import long, rest_is_long

Open = Callable[..., RacePage]
PLACES = {
    "race": "",
    "step": "step?racer=5&beside=6&at=20",
    "guide": "guide?chapter=nag",
    "family": "guide?chapter=family",
    "lessons": "lessons",
    "lesson": "lessons?lesson=two_cycle",
    "composing": "lessons?compose=1",
    "league": f"league?{QUERY}",
    "league_matrix": f"league?{QUERY}&chart=matrix",
}
SCHEMES = [(place, scheme) for place in PLACES for scheme in ("light", "dark")]
SENTENCE = re.compile(r"(?:[A-Za-z][a-z]+[ ,]+){3,}[A-Za-z]+")
"""Four words of English in a row; names and formulas have fewer."""
TITLES = ("Why Momentum Really Works", "Neural Networks for Machine Learning")
"""Of works that have no Chinese one."""
SAID = """() => [
    document.body.innerText,
    ...[...document.querySelectorAll("[class*=optviz]")].flatMap((part) =>
        ["title", "aria-label", "alt", "placeholder"].map((name) => part.getAttribute(name) ?? "")),
]"""


def visited(open_page: Open, place: str, locale: str = "en-US", **settings: object) -> RacePage:
    """A page as it is at rest, by its own address; of a league with its answer."""
    is_league = place.startswith("league")
    if is_league:
        known_before()
    page = open_page("", locale=locale, **settings)
    page.page.goto(f"{page.address}/{place}")
    page.page.wait_for_function("document.querySelector('[data-testid=stMain]')?.innerText.length > 100")
    page.rest()
    if is_league:
        LeaguePage(page).reveal()
    page.page.wait_for_function(f"document.documentElement.lang === '{locale[:2]}'")
    # What a run has not come to yet is pale.
    page.page.wait_for_selector("[data-stale=true]", state="detached")
    return page


@pytest.mark.parametrize(("place", "scheme"), rest_is_long(SCHEMES, {("step", "light"), ("composing", "dark")}))
def test_axe_finds_nothing_serious(open_page: Open, place: str, scheme: str) -> None:
    page = visited(open_page, PLACES[place], color_scheme=scheme)
    assert violations(page) == []


@long
@pytest.mark.parametrize("place", PLACES)
def test_axe_finds_nothing_serious_on_a_phone(open_page: Open, place: str) -> None:
    page = visited(
        open_page, PLACES[place], viewport=PHONE, is_mobile=True, has_touch=True, color_scheme="dark", locale="zh-CN"
    )
    assert violations(page) == []
    assert page.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


IN_CHINESE = [
    *PLACES.values(),
    *(f"guide?chapter={chapter}" for chapter in chapter_keys()),
    *(f"lessons?lesson={name}" for name in lesson_names()),
]


@pytest.mark.parametrize("place", rest_is_long(IN_CHINESE, {PLACES["step"], "guide?chapter=slips"}))
def test_a_page_in_chinese_has_no_english_sentence(open_page: Open, place: str) -> None:
    page = visited(open_page, place, locale="zh-CN")
    said = page.page.evaluate(SAID)
    assert len(said[0]) > 100, "the page is there"
    sentences = {found for text in said for found in SENTENCE.findall(text)}
    assert {found for found in sentences if not any(title in found for title in TITLES)} == set()


def test_an_english_sentence_would_be_found(open_page: Open) -> None:
    page = visited(open_page, PLACES["lessons"])
    assert SENTENCE.findall(page.page.evaluate(SAID)[0])
