"""The page of leagues in a browser: a guess, the answer, its marks under mouse, keyboard and finger, and to a race."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from league_page import ASKED, QUERY, TUNED, LeaguePage, known_before, seeds_behind_mark
from optviz.conventions import CONVENTIONS
from optviz.figures.league.behind import seeds_behind
from optviz.figures.league.record import LeagueRecord, league_record
from optviz.laboratory.league import Result, known
from optviz.laboratory.store import Store
from optviz.text import words
from optviz.text.headline import told_guess, told_headline
from optviz.text.verdicts import told_pairs
from optviz.ui.pages.league.answer import MOST_CONFLICTS
from race_page import PROJECTOR, RacePage
from tabs import PATIENCE, new_tab
from tiers import long

Open = Callable[..., RacePage]
Answered = Callable[..., LeaguePage]
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


@pytest.fixture
def compared(open_page: Open) -> Answered:
    """Opens the answer of a league that is in the store in every convention."""

    def open_one(query: str = QUERY, **settings: object) -> LeaguePage:
        known_before()
        page = LeaguePage(open_page("", **settings))
        page.open(query)
        page.reveal()
        return page

    return open_one


@long
@pytest.mark.parametrize("language", ["en", "zh"])
def test_on_a_projector_all_columns_of_the_ranking_are_in_sight(compared: Answered, language: str) -> None:
    page = compared(f"{QUERY}&present=1&lang={language}", viewport=PROJECTOR).visit.page
    table = page.locator(".optviz-scroll:has(.optviz-league)")
    assert table.evaluate("box => box.scrollWidth <= box.clientWidth")


def test_a_guess_is_answered_and_a_mark_leads_to_its_surfaces_and_on_to_a_race(
    asked: LeaguePage, result: Result, record: LeagueRecord
) -> None:
    page = asked.visit.page
    assert TEXT["league"]["ranking"] not in asked.said()
    page.get_by_role("radio", name="NAG", exact=True).click(force=True)
    asked.visit.rest()
    asked.reveal()
    said = asked.said()
    for told in (told_headline(ASKED, record, TEXT), told_guess(record, NAMES.index("NAG"), TEXT)):
        assert told in said
    for told in told_pairs(record, TEXT, MOST_CONFLICTS):
        assert told in said
    order = [record.names[place] for place in record.order]
    ticks = asked.plot(0).locator(".ytick").all_text_contents()
    assert ticks == order
    # The third mark from above is that of the third in the ranking.
    third = int(record.order[2])
    assert f"{record.means[third][0]:.3f}" in asked.told_at(0, 0, 2)
    asked.click_mark(0, 0, 2)
    assert asked.listed() == seeds_behind_mark(result, ["mean", third])
    page.locator("[class*=st-key-league_seed_] button").first.click()
    page.wait_for_selector(".optviz-stage[data-drawn]")
    asked.visit.rest()
    assert asked.visit.race() == ASKED.race(int(seeds_behind(result, ["mean", third])[0].seeds[0]))
    page.locator(".st-key-way_back button").click()
    asked.wait_for_answer()
    assert asked.listed() == seeds_behind_mark(result, ["mean", third])


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
    assert asked.listed() == seeds_behind_mark(result, ["mean", int(record.order[3])])
    # Whoever has chosen is led to what is listed, and back to the mark.
    page.wait_for_function("document.activeElement.closest('.st-key-league_lead') !== null")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(asked.plot(0)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(told).to_contain_text(record.names[record.order[3]])


@long
def test_the_six_conclusions_stand_in_the_language_of_the_page_which_keeps_all_else(compared: Answered) -> None:
    page = compared(f"{QUERY}&chart=profiles")
    inner = page.visit.page
    page.chart().get_by_role("combobox").first.select_option(label=TEXT["league_figures"]["pooled"])
    page.click_mark(0, 0, 1)
    page.wait_for_conventions()
    listed, english = page.listed(), page.said()
    inner.get_by_role("radio", name="中文").click(force=True)
    inner.wait_for_function("document.documentElement.lang === 'zh'")
    page.wait_for_answer()
    page.wait_for_conventions("zh")
    chinese = words("zh")
    expect(page.chart().get_by_role("combobox").first).to_have_value("pooled")
    for text, said in ((TEXT, english), (chinese, page.said())):
        assert text["league"]["first_open"].split("{best}")[0] in said
        for number in range(1, 7):
            assert text["conclusions"][f"claim_{number}"] in said
        for convention in CONVENTIONS:
            assert said.count(text["formulas"][convention]) >= 6
    assert page.listed() == listed
    inner.reload()
    page.wait_for_answer()
    assert chinese["league"]["ranking"] in page.said()


@long
def test_a_race_behind_a_number_may_be_loaded_anew_and_back_is_the_answer(compared: Answered) -> None:
    page = compared()
    inner, seed = page.visit.page, int(page.listed()[1].replace(",", ""))
    inner.locator("[class*=st-key-league_seed_] button").nth(1).click()
    inner.wait_for_selector(".optviz-stage[data-drawn]")
    page.visit.wait_for_address(f"seed={seed}")
    inner.reload()
    inner.wait_for_selector(".optviz-stage[data-drawn]")
    assert page.visit.race() == ASKED.race(seed)
    inner.go_back()
    page.wait_for_answer()


@long
def test_table_and_report_are_taken_away_and_the_report_has_its_figures(compared: Answered, browser: Browser) -> None:
    page, taken = compared(), {}
    for ending in ("csv", "json", "html"):
        with page.visit.page.expect_download() as waiting:
            page.visit.page.locator(f".st-key-league_file_{ending} button").click()
        assert waiting.value.suggested_filename == f"optviz-league-0-250.{ending}"
        taken[ending] = Path(waiting.value.path())
    rows = [line for line in taken["csv"].read_text().splitlines() if not line.startswith("#")]
    assert len(rows) == 1 + 250 * len(ASKED.racers)
    assert json.loads(taken["json"].read_text())
    file = taken["html"].rename(taken["html"].with_suffix(".html"))
    with new_tab(browser, offline=True) as tab:
        tab.goto(file.as_uri())
        expect(tab.locator("[data-drawn]")).to_have_count(5, timeout=PATIENCE)


@long
def test_the_placebo_is_all_ties_and_equivalent(compared: Answered) -> None:
    first = replace(ASKED.racers[0], label=None)
    known_before(replace(ASKED, racers=(first, first)), [ASKED.convention])
    page = compared()
    button = page.visit.page.locator(".st-key-league_placebo button:visible")
    usual = button.evaluate("button => getComputedStyle(button).color")
    button.click()
    page.visit.page.wait_for_selector(".st-key-league_reveal")
    # It looks as what is chosen beside it.
    like = page.visit.page.locator(".st-key-league_controls [aria-checked=true] p")
    chosen = like.evaluate("chosen => getComputedStyle(chosen).color")
    expect(button).to_have_css("color", chosen)
    assert chosen != usual
    page.reveal()
    told = page.told_at(1, 0, 0)
    assert "level on 250" in told and "50.0%" in told
    assert TEXT["league_figures"]["verdict_equivalent"] in page.told_at(1, 1, 0)
    assert TEXT["league"]["level_shows"] in page.said()
    page.visit.page.reload()
    page.wait_for_answer()
    expect(page.visit.page.locator(".st-key-way_back button")).to_contain_text(TEXT["back"]["here"])
    page.visit.page.locator(".st-key-way_back button").click()
    page.visit.page.wait_for_function("document.querySelectorAll('.optviz-league tbody tr').length === 7")


@long
def test_fair_mode_shows_the_values_tried_and_what_a_budget_brings(open_page: Open) -> None:
    known_before(TUNED, [TUNED.convention])
    page = LeaguePage(open_page())
    page.open(TUNED.to_url())
    page.reveal()
    page.show(TEXT["league"]["chart_budget"])
    tuned = known(TUNED, Store())
    assert tuned.tuned is not None
    best = tuned.tuned.racers[0].best
    # Three traces a racer: the values that were tried, the one that was chosen, and what a budget brings.
    assert f"{tuned.tuned.racers[0].held_out[best]:.3f}" in page.told_at(1, 1, 0)
    assert f"{tuned.tuned.racers[1].expected[1]:.3f}" in page.told_at(1, 5, 1)
    page.click_mark(1, 4, 0)
    assert page.listed() == seeds_behind_mark(tuned, ["mean", 1])


@long
def test_what_is_asked_is_computed_its_own_convention_first_and_then_compared(open_page: Open) -> None:
    page = LeaguePage(open_page())
    page.open("seeds=1000~1250")
    assert page.visit.page.locator(".st-key-league_reveal").count() == 0
    page.visit.page.locator(".st-key-league_ask button").click()
    page.reveal()
    own = known(replace(ASKED, seeds=(1000, 1250)), Store())
    assert own.complete
    page.wait_for_conventions()


@long
def test_a_league_is_given_up_and_another_family_asked_about_meanwhile(open_page: Open) -> None:
    page = LeaguePage(open_page())
    page.open("seeds=20000~30000")
    inner = page.visit.page
    inner.locator(".st-key-league_ask button").click()
    inner.wait_for_selector("[data-testid=stProgress]")
    assert TEXT["league"]["ranking"] not in page.said()
    inner.locator(".st-key-league_cancel button").click()
    inner.wait_for_selector(".st-key-league_ask button")
    inner.locator(".st-key-league_ask button").click()
    inner.wait_for_selector("[data-testid=stProgress]")
    page.choose("Loss surface", TEXT["surface"]["smoothed_noise"])
    # Another question: the one before goes on until this one is asked, and nothing of it is shown here.
    inner.wait_for_selector(".st-key-league_ask button")
    page.visit.rest()
    assert TEXT["league"]["instead"] in page.said()
    assert inner.locator("[data-testid=stProgress]").count() == 0
    page.open("seeds=20000~30000")
    inner.locator(".st-key-league_cancel button").click()
    inner.wait_for_selector(".st-key-league_ask button")
