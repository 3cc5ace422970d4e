"""A lesson in a real browser: predict, reveal, why; on a phone; a guess that outlives a reload; one from a file."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from optviz import Racer
from optviz.experiment.lesson import lesson
from optviz.optimizers import Adam
from optviz.text import words
from race_page import PHONE, PROJECTOR, RacePage
from test_everyone import violations
from tiers import long

Open = Callable[..., RacePage]
ASKED = "[class*='st-key-guess'] input[type=radio]"
CHOICE = "[class*='st-key-guess'] [role=radiogroup] label"

KEEPS = """letter => Object.keys(localStorage).some(
  (name) => name.startsWith("optviz-guess-") && localStorage.getItem(name) === letter
)"""
"""Whether the browser has a guess: it has it a moment after the server."""

WHOLE_PICTURE = (
    "new Promise(done => { const look = (left) => { const box = document.querySelector('.optviz-stage')"
    ".getBoundingClientRect(); if (box.bottom <= innerHeight + 1 || !left) done(box.bottom <= innerHeight + 1);"
    " else requestAnimationFrame(() => look(left - 1)); }; look(120); })"
)
"""Whether the picture's end is in the window, within two seconds' worth of pictures."""


def go_to(page: RacePage, query: str, selector: str) -> None:
    """Another page of the app."""
    page.page.goto(f"{page.address}/lessons{query}")
    page.page.wait_for_selector(selector)
    page.rest()


def height_of_the_picture(page: RacePage) -> float:
    """In pixels."""
    height: float = page.page.evaluate("document.querySelector('.optviz-picture').clientHeight")
    return height


def click(page: RacePage, key: str) -> None:
    page.page.locator(f".st-key-{key} button:visible").first.click()


@long
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_phone_predicts_and_is_told(open_page: Open, language: str) -> None:
    page = open_page(f"?lang={language}", viewport=PHONE)
    found = lesson("saddle")
    go_to(page, f"?lesson=saddle&lang={language}", ".optviz-stage[data-drawn]")
    assert page.page.locator(ASKED).count() == 3
    assert page.step() == 0, "nothing has been played yet"
    docked = page.page.locator(".optviz-transport")
    # Until then what plays hides nothing of the map.
    docked.wait_for(state="hidden")
    page.page.locator("[class*='st-key-guess'] label", has_text="RMSProp").click()
    page.page.wait_for_selector(f"{ASKED}:checked")
    page.rest()
    page.page.wait_for_function(KEEPS, arg="C")
    # The guess is this browser's own: it is there after a reload, and in no address.
    assert "guess" not in page.page.url
    go_to(page, f"?lesson=saddle&lang={language}", f"{ASKED}:checked")
    click(page, "reveal")
    docked.wait_for()
    why = page.page.wait_for_selector(".optviz-why")
    assert why is not None and why.inner_text() == found.why[language]
    assert page.page.locator(".optviz-answers .own").inner_text().startswith("C")
    assert page.page.locator(".optviz-answers .right").inner_text().startswith("A")
    width = page.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1], "nothing is wider than the phone"
    assert violations(page) == []
    click(page, "open_race")
    page.page.wait_for_url("**without=*")
    page.page.wait_for_selector(".optviz-stage[data-drawn]")


@long
def test_a_guess_outlives_a_reload_and_once_revealed_no_reload_changes_it(open_page: Open) -> None:
    page = open_page("?steps=5")
    go_to(page, "?lesson=ravine", ASKED)

    def guess(letter: str) -> None:
        chosen = page.page.locator(CHOICE).nth("ABC".index(letter))
        chosen.click()
        chosen.locator("input:checked").wait_for(state="attached")
        page.rest()
        page.page.wait_for_function(KEEPS, arg=letter)

    def guessed() -> str:
        label = page.page.locator(f"{CHOICE}:has(input:checked)")
        return label.inner_text().strip()[0]

    def load_again() -> None:
        page.page.reload()
        page.page.wait_for_selector(f"{ASKED}:checked")
        page.rest()

    guess("A")
    load_again()
    assert guessed() == "A"
    # Until the race has been played another one may be chosen.
    guess("B")
    load_again()
    assert guessed() == "B"
    click(page, "reveal")
    page.page.wait_for_selector(".st-key-skip_to_answer")
    page.rest()
    # The browser knows it a moment after the server.
    page.page.wait_for_function("Object.values(sessionStorage).includes('revealed')")
    load_again()
    page.page.wait_for_selector(".st-key-skip_to_answer")
    assert guessed() == "B"
    assert page.page.locator(f"{ASKED}:enabled").count() == 0
    click(page, "skip_to_answer")
    page.page.wait_for_selector(".optviz-why")
    own = page.page.locator(
        ".optviz-answers .own, .optviz-answers .right", has_text=words("en")["lessons"]["your_guess"]
    )
    assert own.inner_text().startswith("B")
    # With the answer there it is there after a reload too, in the other language as well, and the race at its end.
    page.page.wait_for_function("Object.values(sessionStorage).includes('answered')")
    for language in ("en", "zh"):
        page.page.goto(f"{page.address}/lessons?lesson=ravine&lang={language}")
        page.page.locator(".optviz-why", has_text=lesson("ravine").why[language]).wait_for()
        page.page.locator(f".optviz-stage[data-step='{lesson('ravine').race.steps}']").wait_for()
        assert words(language)["lessons"]["your_guess"] in page.page.locator(".optviz-answers").inner_text()
        page.rest()


@long
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_list_and_in_a_lecture_room(open_page: Open, scheme: str) -> None:
    page = open_page(color_scheme=scheme, viewport=PROJECTOR)
    go_to(page, "", ".st-key-open_ravine")
    assert violations(page) == []
    go_to(page, "?lesson=saddle&present=1", ".optviz-stage[data-drawn]")
    assert violations(page) == []
    assert page.page.evaluate(WHOLE_PICTURE), "beside the question, all of it"
    # As many lines as the questions have, they leave the picture and its bar in sight.
    for name in ("ravine", "batch_size"):
        go_to(page, f"?lesson={name}&present=1", ".optviz-stage[data-drawn]")
        assert page.page.evaluate(WHOLE_PICTURE), name
    go_to(page, "?lesson=saddle&present=1", ".optviz-stage[data-drawn]")
    before = height_of_the_picture(page)
    click(page, "reveal")
    page.page.wait_for_selector(".st-key-skip_to_answer")
    # 400 and 460 pixels of 768 there; other fonts may make another line.
    assert before > 340
    page.page.wait_for_function(
        "before => document.querySelector('.optviz-picture').clientHeight > before + 40", arg=before
    )
    assert page.page.evaluate(WHOLE_PICTURE), "what plays is seen"
    click(page, "skip_to_answer")
    page.page.wait_for_selector(".optviz-why")
    assert violations(page) == []


IN_SIGHT = """selector => {
  const { top, bottom } = document.querySelector(selector).getBoundingClientRect();
  const header = document.querySelector('[data-testid=stHeader]').getBoundingClientRect();
  return top >= header.bottom && bottom <= innerHeight;
}"""


@long
@pytest.mark.parametrize("query", ["lesson=ravine", "lesson=nag_edge", "lesson=nag_edge&lang=zh"])
def test_in_a_lecture_room_the_verdict_is_in_sight_and_the_picture_leaves_room_for_it(
    open_page: Open, query: str
) -> None:
    page = open_page(viewport=PROJECTOR)
    go_to(page, f"?{query}&present=1", ".optviz-stage[data-drawn]")
    page.page.locator(CHOICE).last.click()
    page.page.wait_for_selector(f"{ASKED}:checked")
    page.rest()
    click(page, "reveal")
    page.page.wait_for_selector(".st-key-skip_to_answer")
    page.rest()
    played = height_of_the_picture(page)
    click(page, "skip_to_answer")
    page.page.wait_for_selector(".optviz-why")
    page.page.wait_for_function(
        "played => document.querySelector('.optviz-picture').clientHeight < played - 50", arg=played
    )
    page.rest()
    page.let_pass(10)
    for seen in (".optviz-question", ".optviz-answers", ".optviz-verdict", ".optviz-why", ".optviz-picture"):
        assert page.page.evaluate(IN_SIGHT, seen), seen


def test_a_lesson_from_a_file_is_in_the_form(open_page: Open) -> None:
    page = open_page()
    go_to(page, "?compose=1", ".optviz-file input")
    ravine = lesson("ravine")
    # As many as a race may have: the page takes back what it has given away.
    many = [Racer(Adam(learning_rate=1 / 3 + place / 997), label=f"Adam {place}") for place in range(24)]
    found = dataclasses.replace(ravine, race=ravine.race.with_racers(many))
    choose = page.page.locator(".optviz-file input")
    page_file = {"name": "mine.toml", "mimeType": "application/toml", "buffer": found.to_toml().encode()}
    choose.set_input_files(page_file)  # type: ignore[arg-type]
    page.page.wait_for_selector(".st-key-preview")
    assert page.page.get_by_label("Question", exact=True).input_value() == found.question["en"]
    assert violations(page) == []
    choose.set_input_files({**page_file, "buffer": b"right = '<script>'"})  # type: ignore[arg-type]
    page.page.wait_for_selector(".optviz-told")
    # A class is shown the lesson itself, not the form with the right answer in it.
    go_to(page, "", ".st-key-lessons_list .optviz-file input")
    choose.set_input_files({**page_file, "buffer": b"right = '<script>'"})  # type: ignore[arg-type]
    page.page.wait_for_selector(".optviz-told")
    choose.set_input_files(page_file)  # type: ignore[arg-type]
    page.page.wait_for_url("**lesson=.*")
    page.page.wait_for_selector(ASKED)
    # What the run before said is taken away once this one has ended.
    page.page.wait_for_selector(".optviz-told", state="detached")
