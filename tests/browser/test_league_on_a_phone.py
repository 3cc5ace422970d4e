"""The page of leagues on a narrow screen: tidy buttons, numbers with room, tables that say that they scroll."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page

from league_page import ASKED, LeaguePage, known_before
from race_page import PHONE, RacePage
from tiers import long

Open = Callable[..., RacePage]
CLOSEST = 4
"""Pixels between two numbers of an axis."""

BUTTONS = """() => [...document.querySelectorAll(".st-key-league_pictures [role=radio]")].map((button) => {
  const { left, top, width, height } = button.getBoundingClientRect(), style = getComputedStyle(button);
  const sides = ["Left", "Right", "Top", "Bottom"];
  const drawn = sides.filter((side) => {
    const color = style[`border${side}Color`];
    return parseFloat(style[`border${side}Width`]) >= 0.5 && !/, 0\\)$|\\/ 0\\)$|transparent/.test(color);
  });
  return { left: Math.round(left), top: Math.round(top), width: Math.round(width), height, sides: drawn.length };
})"""
NUMBERS = """plot => [".xtick text, .x2tick text"].flatMap((marks) => [...plot.querySelectorAll(marks)].map((text) => {
  const { left, right, top, bottom } = text.getBoundingClientRect();
  return { told: text.textContent, left, right, middle: (top + bottom) / 2 };
}))"""


def opened(open_page: Open, width: int, language: str) -> LeaguePage:
    """The answer on a phone of this width."""
    known_before(conventions=[ASKED.convention])
    size = {**PHONE, "width": width}
    league = LeaguePage(open_page("", viewport=size, is_mobile=True, has_touch=True))
    league.open(f"seeds=0~250&lang={language}")
    league.reveal()
    return league


def is_tidy(buttons: list[dict[str, Any]]) -> bool:
    """Whether they stand in two columns, as wide as each other, each with a line on all its sides."""
    rows = [buttons[place : place + 2] for place in range(0, len(buttons), 2)]
    return (
        len(buttons) == 4
        and len({button["width"] for button in buttons}) == 1
        and len({button["left"] for button in buttons}) == 2
        and all(first["top"] == second["top"] and first["left"] < second["left"] for first, second in rows)
        and all(button["sides"] == 4 and button["height"] >= 44 for button in buttons)
    )


@long
@pytest.mark.parametrize("width", [390, 360])
def test_the_buttons_of_the_pictures_have_one_form_however_often_they_are_mounted(open_page: Open, width: int) -> None:
    league = opened(open_page, width, "en")
    page = league.visit.page
    assert is_tidy(page.evaluate(BUTTONS)), page.evaluate(BUTTONS)
    for name, chart in (("中文", "有多快"), ("English", "How soon")):
        page.locator(".st-key-corner").get_by_role("radio", name=name, exact=True).tap()
        page.locator(".st-key-league_pictures").get_by_role("radio", name=chart, exact=True).tap()
        page.locator(".st-key-league_pictures [aria-checked=true]", has_text=chart).wait_for()
        league.visit.rest()
        assert is_tidy(page.evaluate(BUTTONS)), page.evaluate(BUTTONS)


@long
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [390, 360])
def test_the_numbers_of_two_axes_beside_one_another_stand_apart(open_page: Open, width: int, language: str) -> None:
    league = opened(open_page, width, language)
    choice = league.chart().get_by_role("combobox").first
    # Ranking; then where the two disagree, and everybody against the racer with the longest name.
    for place, chosen in ((0, None), (1, "conflicts"), (1, "against 0")):
        if chosen is not None:
            choice.select_option(value=chosen)
            league.visit.rest()
        numbers = sorted(league.plot(place).evaluate(NUMBERS), key=lambda number: number["left"])
        assert len(numbers) >= 6
        assert len({round(number["middle"]) for number in numbers}) <= 2, "none is turned"
        closest = CLOSEST if place else 2
        for number, following in itertools.pairwise(numbers):
            assert following["left"] - number["right"] >= closest, (number, following)


def darkness(page: Page, side: str) -> float:
    """How much darker than the page the edge of the first table is, just inside."""
    found = page.locator(".optviz-scroll").first.bounding_box()
    assert found is not None
    left = found["x"] + 1 if side == "left" else found["x"] + found["width"] - 3
    # Below the last line of text of the last row.
    clip = {"x": left, "y": found["y"] + found["height"] - 4, "width": 2, "height": 2}
    edge, plain = Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("L"), clip | {"x": found["x"] + 60}
    inside = Image.open(io.BytesIO(page.screenshot(clip=plain))).convert("L")
    return float(inside.getpixel((0, 0))) - float(edge.getpixel((0, 0)))  # type: ignore[arg-type]


@long
def test_a_table_that_is_wider_than_the_screen_shows_on_which_side_there_is_more(open_page: Open) -> None:
    league = opened(open_page, 360, "en")
    page = league.visit.page
    table = page.locator(".optviz-scroll").first
    assert table.evaluate("table => table.scrollWidth > table.clientWidth + 40")
    table.evaluate("table => table.scrollIntoView({ block: 'end', behavior: 'instant' })")
    page.get_by_test_id("stMain").evaluate("main => main.scrollBy(0, 200)")
    assert (darkness(page, "left") > 10, darkness(page, "right") > 10) == (False, True)
    table.evaluate("table => { table.scrollLeft = table.scrollWidth; }")
    assert (darkness(page, "left") > 10, darkness(page, "right") > 10) == (True, False)


@long
@pytest.mark.parametrize("touch", [False, True])
def test_the_labels_of_the_question_stand_in_one_line(open_page: Open, touch: bool) -> None:
    league = LeaguePage(open_page("", viewport={"width": 1440, "height": 900}, has_touch=touch, is_mobile=touch))
    league.open()
    labels = league.visit.page.locator(".st-key-league_controls [data-testid=stWidgetLabel] p")
    labels.nth(2).wait_for()
    tops = labels.evaluate_all("labels => labels.map((label) => Math.round(label.getBoundingClientRect().top))")
    assert len(tops) == 3
    assert len(set(tops)) == 1
