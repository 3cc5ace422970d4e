"""The page of leagues in a browser: a guess, the answer, its marks under mouse, keyboard and finger, and to a race."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from league_page import ASKED, LeaguePage, known_before
from optviz.figures.league.behind import seeds_behind
from optviz.figures.league.record import LeagueRecord, league_record
from optviz.laboratory.league import Result, known
from optviz.laboratory.store import Store
from optviz.text import words
from optviz.text.verdicts import told_pairs
from optviz.ui.pages.league.answer import MOST_CONFLICTS
from optviz.ui.pages.league.guess import verdict
from race_page import RacePage

Open = Callable[..., RacePage]
TEXT = words("en")
NAMES = ASKED.racer_names(TEXT["optimizer"])


@pytest.fixture(scope="module")
def result() -> Result:
    """All that is known of the league, whose answer the page finds in the store."""
    known_before(conventions=[ASKED.convention])
    return known(ASKED, Store())


@pytest.fixture(scope="module")
def record(result: Result) -> LeagueRecord:
    return league_record(result, NAMES)


@pytest.fixture
def asked(open_page: Open, result: Result) -> LeaguePage:
    """The page before the answer is shown."""
    page = LeaguePage(open_page())
    page.open()
    return page


def buttons_of(result: Result, mark: list[object]) -> list[str]:
    """What stands on the buttons of the first twelve seeds of each group, without the number in brackets."""
    return [f"{seed:,}" for group in seeds_behind(result, mark) for seed in group.seeds[:12].tolist()]


def seeds_of(page: LeaguePage) -> list[str]:
    return [text.split(" ")[0] for text in page.seeds()]


def test_a_guess_is_answered_and_a_mark_leads_to_its_surfaces_and_on_to_a_race(
    asked: LeaguePage, result: Result, record: LeagueRecord
) -> None:
    page = asked.visit.page
    assert TEXT["league"]["ranking"] not in asked.said()
    page.get_by_role("radio", name="NAG", exact=True).click(force=True)
    asked.visit.rest()
    asked.reveal()
    said, best = asked.said(), record.names[record.order[0]]
    assert TEXT["league"][verdict(record, NAMES.index("NAG"))].format(guess="NAG", best=best) in said
    for told in told_pairs(record, TEXT, MOST_CONFLICTS):
        assert told in said
    order = [record.names[place] for place in record.order]
    ticks = asked.plot(0).locator(".ytick").all_text_contents()
    assert ticks == order
    # The third mark from above is that of the third in the ranking.
    third = int(record.order[2])
    assert f"{record.means[third][0]:.3f}" in asked.told_at(0, 0, 2)
    asked.click_mark(0, 0, 2)
    assert seeds_of(asked) == buttons_of(result, ["mean", third])
    page.locator("[class*=st-key-league_seed_] button").first.click()
    page.wait_for_selector(".optviz-stage[data-drawn]")
    asked.visit.rest()
    assert asked.visit.race() == ASKED.race(int(seeds_behind(result, ["mean", third])[0].seeds[0]))
    page.locator(".st-key-way_back button").click()
    asked.wait_for_answer()
    assert seeds_of(asked) == buttons_of(result, ["mean", third])


def test_the_arrows_lead_from_mark_to_mark_each_tells_its_numbers_and_enter_lists_its_surfaces(
    asked: LeaguePage, result: Result, record: LeagueRecord
) -> None:
    asked.reveal()
    page, told = asked.visit.page, asked.chart(0).locator(".optviz-chart-told")
    asked.plot(0).focus()
    page.keyboard.press("Home")
    for place in record.order[:3]:
        expect(told).to_have_text(re.compile(f"{record.names[place]}.*{record.means[place][0]:.3f}"))
        page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    expect(told).to_contain_text("rank")
    before = asked.seeds()
    page.keyboard.press("Enter")
    asked.wait_for_others(before)
    assert seeds_of(asked) == buttons_of(result, ["mean", int(record.order[3])])
    # The keys go on from where they were, and a button leads to what is listed.
    expect(told).to_contain_text(record.names[record.order[3]])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'optviz-behind'")
