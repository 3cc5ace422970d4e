"""The guide in a real browser: chapters, small pictures, and the way to a race and back to the reader's own."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from optviz.guide.demonstrations import LOOKED_AT, demonstrations
from race_page import RacePage
from test_everyone import violations
from tiers import long

Open = Callable[..., RacePage]
SCROLLED = "document.querySelector('[data-testid=stMain]').scrollTop"
READERS = "v=1&surface=himmelblau&steps=40&racers=adam"
DRAWN = "!document.querySelector('.st-key-guide .optviz-stage:not([data-drawn])')"
PLAYED = "name => document.querySelector(`.st-key-guide_figure_${name} .optviz-stage[data-drawn]`)"


def read(open_page: Open, chapter: str, query: str = READERS, **settings: object) -> RacePage:
    """The guide at a chapter, in a visit that has a race of its own."""
    page = open_page(f"?{query}", **settings)
    page.page.get_by_role("link", name="Guide" if "zh" not in str(settings) else "指南", exact=True).click()
    page.page.wait_for_selector(".optviz-chapter")
    if chapter != "gradient_descent":
        page.page.locator(f".optviz-contents [data-go='chapter:{chapter}']").click()
        page.page.wait_for_selector(f".optviz-contents [aria-current][data-go='chapter:{chapter}']")
    # Below the contents the chapter before may still be taken away.
    page.rest()
    return page


def asked(page: RacePage) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.page.url).query).items()}


def test_a_button_shows_its_race_and_going_back_brings_the_chapter_and_the_readers_race(open_page: Open) -> None:
    page = read(open_page, "momentum")
    page.wait_for_address("chapter=momentum")
    assert asked(page)["surface"] == "himmelblau"
    entries = page.page.evaluate("history.length")
    # A picture that is drawn later moves what lies below it.
    page.page.wait_for_function(DRAWN)
    button = page.page.locator("[data-go='show:ravine_momentum']")
    button.scroll_into_view_if_needed()
    left = page.page.evaluate(SCROLLED)
    assert left > 0
    button.click()
    page.page.wait_for_url("**/?*surface=ravine*")
    page.rest()
    assert page.race() == demonstrations()["ravine_momentum"].race
    assert page.page.evaluate("history.length") == entries + 1
    page.page.wait_for_function(f"{SCROLLED} === 0")
    # It is played from its start.
    page.page.wait_for_selector("[data-small=false][data-playing=true]")
    assert page.step() < page.race().steps
    page.page.go_back()
    page.page.wait_for_selector(".optviz-contents [aria-current][data-go='chapter:momentum']")
    page.page.wait_for_function(f"left => Math.abs({SCROLLED} - left) < 2", arg=left)
    assert asked(page)["surface"] == "himmelblau"
    page.page.reload()
    page.page.wait_for_selector(".optviz-contents [aria-current][data-go='chapter:momentum']")
    assert page.errors == [], "no request for what is not there, loaded at a page's own address"


def test_the_arrows_in_the_text_have_a_step_of_their_own(open_page: Open) -> None:
    page = read(open_page, "nag")
    page.wait_for_address("chapter=nag")
    arrows = page.page.locator(".st-key-guide_figure_nag_arrows .optviz-stage[data-drawn]")
    arrows.scroll_into_view_if_needed()
    assert arrows.get_attribute("data-at") == str(LOOKED_AT["nag"])
    address = page.page.url
    arrows.locator("[data-do=forward]").click()
    page.page.keyboard.press("ArrowRight")
    page.page.wait_for_selector(f".inside[data-small=true][data-at='{LOOKED_AT['nag'] + 2}']")
    assert page.page.url == address
    page.page.locator(".optviz-chapter").click()
    page.page.keyboard.press("ArrowRight")
    page.page.keyboard.press("Space")
    assert arrows.get_attribute("data-playing") == "false"
    assert arrows.get_attribute("data-at") == str(LOOKED_AT["nag"] + 2)


@long
def test_a_start_that_is_dragged_moves_one_small_picture_and_nothing_else(open_page: Open) -> None:
    page = read(open_page, "minibatch")
    for name in ("saddle", "batches"):
        page.page.wait_for_function(PLAYED, arg=name)
    box = page.page.locator(".st-key-guide_figure_saddle .nsewdrag").first
    box.scroll_into_view_if_needed()
    place = "name => document.querySelector(`.st-key-guide_figure_${name} .optviz-stage`).dataset.painted"
    before = [page.page.evaluate(place, name) for name in ("saddle", "batches")]
    address = page.page.url
    middle = box.bounding_box()
    assert middle is not None
    page.page.mouse.click(middle["x"] + middle["width"] * 0.3, middle["y"] + middle["height"] * 0.6)
    page.page.wait_for_function(f"before => ({place})('saddle') !== before", arg=before[0])
    assert page.page.evaluate(place, "batches") == before[1]
    assert page.page.url == address


@long
def test_a_small_picture_plays_when_it_is_reached_and_leaves_the_space_to_the_text(open_page: Open) -> None:
    page = read(open_page, "momentum")
    stage = page.page.locator(".st-key-guide_figure_ravine_momentum .optviz-stage")
    stage.scroll_into_view_if_needed()
    page.page.wait_for_selector(".st-key-guide_figure_ravine_momentum .optviz-stage[data-playing=true]")
    page.page.locator(".optviz-chapter").click()
    before = page.page.evaluate(SCROLLED)
    page.page.keyboard.press("Space")
    page.page.wait_for_function(f"before => {SCROLLED} > before", arg=before)
    stage.locator(".optviz-play").focus()
    page.page.keyboard.press("Space")
    page.page.wait_for_selector(".st-key-guide_figure_ravine_momentum .optviz-stage[data-playing=false]")


@long
def test_a_name_in_the_family_opens_its_chapter_by_the_keyboard(open_page: Open) -> None:
    page = read(open_page, "family")
    page.page.locator(".optviz-family a", has_text="RMSProp").focus()
    page.page.keyboard.press("Enter")
    page.page.wait_for_selector(".optviz-contents [aria-current][data-go='chapter:rmsprop']")
    page.page.wait_for_function(f"{SCROLLED} === 0")


@long
@pytest.mark.parametrize(("chapter", "scheme"), [("adam", "light"), ("family", "dark")])
def test_axe_finds_nothing_serious_in_the_guide(open_page: Open, chapter: str, scheme: str) -> None:
    page = read(open_page, chapter, color_scheme=scheme)
    page.page.wait_for_function(DRAWN)
    assert violations(page) == []
