"""The pictures of a league in a browser: each mark tells and leads, what is drawn is taken away, nothing is lost."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from functools import cache
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from league_page import ASKED, QUERY, LeaguePage, known_before, seeds_behind_mark
from optviz.figures.league.profiles import HOME
from optviz.figures.league.record import LeagueRecord, league_record
from optviz.laboratory.league import Result, known
from optviz.laboratory.store import Store
from optviz.stage.report import page_of
from optviz.text import words
from optviz.text.question import told_setting
from race_page import PHONE, PROJECTOR, RacePage
from tabs import PATIENCE, new_tab
from tiers import long

Open = Callable[..., RacePage]
Answered = Callable[..., LeaguePage]
ADAM = 6
STEP = 100
CHARTS = ("ranking", "duel", "profiles", "bands", "matrix")


@cache
def result() -> Result:
    known_before(conventions=[ASKED.convention])
    return known(ASKED, Store())


@cache
def record(language: str = "en") -> LeagueRecord:
    return league_record(result(), ASKED.racer_names(words(language)["optimizer"]))


def home() -> int:
    """The place of the target that is shown first."""
    return int(np.abs(record().targets - HOME).argmin())


def marks() -> dict[str, tuple[int, Any, list[Any], str]]:
    """By chart: a trace, the place of a mark in it, what its click sends, and a number that it tells."""
    pair, first, second = record().conflicts()[0], *(int(place) for place in record().order[:2])
    share = record().profiles[ADAM, home(), 0, STEP]
    return {
        "ranking": (0, 3, ["mean", int(record().order[3])], f"{record().means[record().order[3]][0]:.3f}"),
        "duel": (1, 0, ["difference", pair.first, pair.second], f"{pair.difference[0]:+.3f}".replace("-", "−")),
        "profiles": (3 * ADAM + 1, STEP, ["reached", ADAM, home(), STEP], f"{share:.1%}"),
        "bands": (4 + ADAM, STEP, ["band", ADAM], f"{record().bands[ADAM, 1, 0, STEP]:.2e}"[:4].replace(".", "")),
        "matrix": (0, [0, 1], ["pair", first, second], f"{record().pair(first, second).share[0]:.1%}"),
    }


@pytest.fixture
def answered(open_page: Open) -> Answered:
    """Opens the answer with a chart below the ranking."""

    def open_one(chart: str = "duel", **settings: object) -> LeaguePage:
        result()
        page = LeaguePage(open_page("", **settings))
        page.open(QUERY if chart in ("ranking", "duel") else f"{QUERY}&chart={chart}")
        page.reveal()
        return page

    return open_one


@long
@pytest.mark.parametrize("chart", CHARTS)
def test_a_mark_tells_its_numbers_and_leads_to_its_surfaces_by_mouse_and_by_keyboard(
    answered: Answered, chart: str
) -> None:
    page, at = answered(chart), 0 if chart == "ranking" else 1
    curve, point, mark, number = marks()[chart]
    assert number in page.told_at(at, curve, point)
    page.click_mark(at, curve, point)
    assert page.listed() == seeds_behind_mark(result(), mark)
    # By the keys to a mark beside it, which tells something else, and back.
    told, listed = page.chart(at).locator(".optviz-chart-told"), page.seeds()
    keys = page.visit.page.keyboard
    page.plot(at).focus()
    keys.press("ArrowLeft" if chart in ("profiles", "bands") else "ArrowDown")
    keys.press("ArrowLeft" if chart in ("profiles", "bands") else "ArrowDown")
    expect(told).not_to_have_text("")
    if chart != "duel":
        # A step before, a curve may be as high.
        expect(told).not_to_contain_text(f"{STEP}:" if chart in ("profiles", "bands") else number)
    keys.press("Enter")
    if chart == "ranking":
        page.wait_for_others(listed)
        assert page.listed() == seeds_behind_mark(result(), ["mean", int(record().order[4])])


POINTED = """(plot, [type, movementX]) => {
    const layer = plot.querySelector(".nsewdrag"), { left, top } = layer.getBoundingClientRect();
    layer.dispatchEvent(new MouseEvent(type, { bubbles: true, clientX: left + 5, clientY: top + 30, movementX }));
}"""
"""As browsers tell of a mouse at a place of the picture where no mark is: by 0 pixels where the page moves."""


@long
@pytest.mark.parametrize("event", ["mousemove", "mouseout"])
def test_a_mouse_that_lies_still_while_the_page_moves_leaves_what_the_keys_tell(answered: Answered, event: str) -> None:
    page = answered()
    plot, keys, told = page.plot(), page.visit.page.keyboard, page.chart().locator(".optviz-chart-told")
    plot.focus()
    for _ in range(2):
        keys.press("ArrowDown")
        plot.evaluate(POINTED, [event, 0])
    page.visit.let_pass(10)
    expect(plot.locator(".hoverlayer .hovertext")).to_have_count(1)
    expect(told).not_to_have_text("")
    # A hand that moves takes the label over.
    plot.evaluate(POINTED, ["mousemove", 1])
    expect(plot.locator(".hoverlayer .hovertext")).to_have_count(0)


@long
@pytest.mark.parametrize("chart", ["ranking", "profiles", "matrix"])
def test_a_finger_gets_the_numbers_of_a_mark_and_its_surfaces(answered: Answered, chart: str) -> None:
    page = answered(chart, viewport=PHONE, is_mobile=True, has_touch=True)
    at = 0 if chart == "ranking" else 1
    curve, point, mark, _ = marks()[chart]
    before = page.seeds()
    page.visit.page.touchscreen.tap(*page.place_of(at, curve, point))
    page.wait_for_others(before)
    assert page.listed() == seeds_behind_mark(result(), mark)
    page.visit.page.wait_for_function("document.getElementById('optviz-behind').getBoundingClientRect().top < 200")


def check_files(taken: dict[str, bytes], chart: str, language: str, width: float) -> None:
    """That the files of a chart hold what is drawn of the record."""
    text, shown = words(language), record(language)
    title = text["league"][f"chart_{chart}"]
    rows = list(csv.DictReader(io.StringIO(taken["csv"].decode("utf-8-sig"))))
    if chart == "ranking":
        assert [row["row"] for row in rows[: len(shown.names)]] == [shown.names[place] for place in shown.order]
        numbers = [[float(row[name]) for name in ("x", "low", "high")] for row in rows[: len(shown.names)]]
        np.testing.assert_allclose(numbers, shown.means[shown.order], atol=1e-12)
    elif chart == "duel":
        assert {row["chosen"] for row in rows} == {text["league_figures"]["conflicts"]}
        assert float(rows[0]["x"]) == shown.conflicts()[0].share[0]
    elif chart == "matrix":
        assert len(rows) == len(shown.names) * (len(shown.names) - 1)
        # Single precision travels to the browser.
        assert float(rows[0]["value"]) == pytest.approx(shown.pair(*map(int, shown.order[:2])).share[0], rel=1e-6)
    else:
        curves = {row["series"]: row for row in rows if float(row["x"]) == STEP}
        value = shown.profiles[ADAM, home(), 0, STEP] if chart == "profiles" else shown.bands[ADAM, 1, 0, STEP]
        assert float(curves["Adam"]["y"]) == pytest.approx(value, rel=1e-6)
    said = " ".join(ElementTree.fromstring(taken["svg"]).itertext())
    # Wherever the picture is taken, it tells what question it is about.
    setting = told_setting(ASKED, language).split(" · ")
    assert title in said and "NAG" in said and all(part in said for part in setting), said
    picture = Image.open(io.BytesIO(taken["png"]))
    assert picture.size[0] == 2 * width
    assert len(picture.convert("RGB").getcolors(1 << 20) or []) > 20


@long
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_what_is_drawn_of_each_picture_is_taken_away(answered: Answered, locale: str) -> None:
    page, language = answered(locale=locale), locale[:2]
    for chart in CHARTS:
        at = 0 if chart == "ranking" else 1
        if at and chart != "duel":
            page.show(words(language)["league"][f"chart_{chart}"])
        taken = {ending: page.take(at, ending) for ending in ("csv", "svg", "png")}
        check_files(taken, chart, language, page.plot(at).evaluate("plot => plot.clientWidth"))


@long
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_drawn_in_the_report_is_taken_away(browser: Browser, tmp_path: Any, language: str) -> None:
    file = tmp_path / "league.html"
    file.write_bytes(page_of(result(), record(language), language))
    with new_tab(browser, offline=True) as tab:
        tab.goto(file.as_uri())
        expect(tab.locator("[data-drawn]")).to_have_count(len(CHARTS), timeout=PATIENCE)
        for chart in ("ranking", "bands"):
            section, taken = tab.locator(f"#section-{chart}"), {}
            for ending in ("csv", "svg", "png"):
                with tab.expect_download() as waiting:
                    section.get_by_role("button").filter(has_text=ending.upper()).click()
                taken[ending] = waiting.value.path().read_bytes()
            assert words(language)["league"][f"chart_{chart}"] in taken["svg"].decode()
            rows = list(csv.DictReader(io.StringIO(taken["csv"].decode("utf-8-sig"))))
            assert "Adam" in {row["row" if chart == "ranking" else "series"] for row in rows}
            assert Image.open(io.BytesIO(taken["png"])).size[0] > 600


@long
def test_who_is_taken_out_in_the_legend_is_not_in_the_table_and_stays_out(answered: Answered) -> None:
    page = answered("profiles")
    entry = page.plot().locator(".legendtoggle").nth(len(ASKED.racers) - 1)
    entry.click()
    expect(page.plot().locator(".traces").nth(ADAM)).to_have_css("opacity", "0.5")
    page.chart().get_by_role("combobox").nth(1).select_option(index=1)
    expect(page.plot().locator(".xtitle")).to_have_text(words("en")["league_figures"]["evaluations"])
    rows = list(csv.DictReader(io.StringIO(page.take(1, "csv").decode("utf-8-sig"))))
    assert "NAG" in {row["series"] for row in rows} and "Adam" not in {row["series"] for row in rows}


@long
def test_a_chart_follows_theme_and_width_and_the_last_of_quick_clicks_is_shown(answered: Answered) -> None:
    page = answered("profiles")
    inner, label = page.visit.page, words("en")["league"]
    page.chart().get_by_role("combobox").first.select_option(value="pooled")
    light = page.plot().locator(".xtitle").evaluate("title => getComputedStyle(title).fill")
    inner.emulate_media(color_scheme="dark")
    expect(page.plot().locator(".xtitle")).not_to_have_css("fill", light)
    for size in (PROJECTOR, PHONE):
        inner.set_viewport_size(size)
        inner.wait_for_function(
            "[...document.querySelectorAll('.optviz-chart-plot')].every(plot => plot.clientWidth"
            " === plot.querySelector('.main-svg').width.baseVal.value && plot.clientWidth < innerWidth)"
        )
    assert page.chart().get_by_role("combobox").first.input_value() == "pooled"
    inner.set_viewport_size(PROJECTOR)
    for chart in ("bands", "matrix", "duel", "matrix", "bands"):
        inner.locator(".st-key-league_chart").get_by_role("radio", name=label[f"chart_{chart}"], exact=True).click()
    page.show(label["chart_bands"])
    page.visit.wait_for_address("chart=bands")
    expect(page.plot().locator(".legendtext")).to_have_count(len(ASKED.racers))
    assert page.visit.page.locator(".optviz-chart").count() == 2


@long
def test_in_a_lecture_room_the_ranking_is_whole_in_sight_and_its_letters_are_large(open_page: Open) -> None:
    result()
    page = LeaguePage(open_page("", viewport=PROJECTOR))
    page.open(f"{QUERY}&present=1")
    page.reveal()
    bottom = page.plot(0).evaluate("plot => plot.getBoundingClientRect().bottom")
    assert bottom <= PROJECTOR["height"]
    sizes = page.plot(0).evaluate(
        "plot => [...plot.querySelectorAll('text')].filter(text => text.textContent)"
        ".map(text => parseFloat(getComputedStyle(text).fontSize))"
    )
    assert min(sizes) >= 15
