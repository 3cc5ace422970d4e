"""Inside a step, in the browser: the numbers are the run's, another step asks nobody, the arrows lie head to tail."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from race_page import PROJECTOR, RacePage
from test_everyone import violations
from tiers import long, rest_is_long

Open = Callable[..., RacePage]

COUNT = """() => {
  const send = WebSocket.prototype.send;
  window.sent = 0;
  WebSocket.prototype.send = function (...given) { window.sent += 1; return send.apply(this, given); };
}"""

SCRUB = """async (step) => {
  const scrubber = document.querySelector('.inside .optviz-scrubber');
  scrubber.value = step;
  scrubber.dispatchEvent(new Event('input', { bubbles: true }));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const rows = [...document.querySelectorAll('.inside-line:last-child .inside-sum')];
  return { step: document.querySelector('.inside').dataset.at, lines: rows.map((row) => row.textContent) };
}"""

ARROWS = """() => Object.fromEntries([...document.querySelectorAll('.inside-arrow')].map((arrow) => {
  const path = (selector) => arrow.querySelector(selector).getAttribute('d');
  const start = (selector) => path(selector).match(/^M([-\\d.]+),([-\\d.]+)/).slice(1).map(Number);
  const name = arrow.dataset.role + (arrow.dataset.arrows ?? '');
  return [name, { tail: start('.inside-shaft'), tip: start('.inside-head') }];
}))"""


def look(page: RacePage, step: int) -> None:
    """From the race to the step of the play-head, by the key."""
    page.page.locator(".optviz-scrubber").fill(str(step))
    page.page.keyboard.press("l")
    page.page.locator(".inside[data-drawn]").wait_for()
    page.rest()


def numbers(text: str) -> list[float]:
    """The numbers of a line that is summed up, from the first to the last."""
    return [float(found.replace("−", "-")) for found in re.findall(r"−?\d+(?:\.\d+)?(?:e−?\d+)?", text)]


def test_another_step_shows_the_numbers_of_the_run_and_asks_nobody(open_page: Open) -> None:
    page = open_page("?convention=article&racers=nag~adam&steps=60")
    look(page, 20)
    path = page.race().run()[0]
    page.page.evaluate(COUNT)
    for step in (1, 2, 7, 33, 60):
        shown = page.page.evaluate(SCRUB, step)
        assert shown["step"] == str(step)
        for axis, line in enumerate(shown["lines"]):
            before, *_, after = numbers(line)
            # Six significant digits are shown.
            assert before == pytest.approx(path.points[step - 1, axis], rel=1e-5)
            assert after == pytest.approx(path.points[step, axis], rel=1e-5)
    page.wait_for_address("at=60")
    assert page.page.evaluate("window.sent") == 0


MOVE_ON = """([chips, step]) => {
  for (const chip of chips) document.querySelectorAll('.inside-racers button')[chip].click();
  const scrubber = document.querySelector('.inside .optviz-scrubber');
  scrubber.value = step;
  scrubber.dispatchEvent(new Event('input', { bubbles: true }));
}"""


@pytest.mark.parametrize("chips", [[1], [1, 0, 1]])
def test_an_answer_that_comes_late_leaves_the_step_where_it_was_moved_meanwhile(
    open_page: Open, chips: list[int]
) -> None:
    page = open_page("?racers=nag~adam&steps=60")
    look(page, 20)
    before = page.page.locator(".inside").get_attribute("data-drawn")
    page.page.evaluate(MOVE_ON, [chips, 33])
    page.page.wait_for_function("before => document.querySelector('.inside').dataset.drawn !== before", arg=before)
    page.rest()
    assert page.page.locator(".inside").get_attribute("data-at") == "33"
    page.wait_for_address("at=33")
    # What names a step of its own is still gone to.
    page.page.locator(".inside-questions button").first.click()
    page.page.locator(".inside:not([data-at='33'])").wait_for()


@long
def test_the_arrows_of_nag_are_the_memory_the_gradient_and_their_sum(open_page: Open) -> None:
    page = open_page("?convention=article&racers=nag&steps=60")
    look(page, 12)
    arrows = page.page.evaluate(ARROWS)
    # A hundredth of a pixel is written.
    assert arrows["term0"]["tail"] == pytest.approx(arrows["total"]["tail"], abs=0.05)
    assert arrows["term1"]["tail"] == pytest.approx(arrows["term0"]["tip"], abs=0.05)
    assert arrows["term1"]["tip"] == pytest.approx(arrows["total"]["tip"], abs=0.05)
    assert arrows["other-total"]["tail"] == pytest.approx(arrows["total"]["tail"], abs=0.05)
    assert arrows["other-total"]["tip"] != pytest.approx(arrows["total"]["tip"], abs=0.5)


def test_the_question_is_answered_and_the_way_back_leads_to_the_race_at_that_step(open_page: Open) -> None:
    page = open_page()
    look(page, 30)
    page.page.locator(".inside-questions button", has_text="RMSProp").click()
    page.page.locator(".inside[data-at='200']").wait_for()
    assert "divided by its own recent size" in page.page.locator(".inside-said").inner_text().lower()
    page.page.evaluate(SCRUB, 57)
    page.wait_for_address("at=57")
    page.do("race")
    page.page.locator(".optviz-stage[data-painted][data-step='57']").wait_for()
    page.page.go_back()
    page.page.locator(".inside[data-at='57']").wait_for()


IN_SIGHT = """(parts) => parts.every((part) => {
  const { top, bottom } = document.querySelector(part).getBoundingClientRect();
  return top >= 48 && bottom <= document.querySelector(".inside-transport").getBoundingClientRect().top;
})"""
ASKED = ".inside-questions button[aria-pressed=true]"
BOTH, SENTENCE = [".inside-picture", ".inside-said"], [".inside-said"]


@pytest.mark.parametrize(
    ("width", "height", "seen", "motion"),
    rest_is_long(
        [
            (390, 844, BOTH, "no-preference"),
            (390, 844, BOTH, "reduce"),
            (844, 390, BOTH, "reduce"),
            (360, 640, SENTENCE, "reduce"),
        ],
        [(390, 844, BOTH, "no-preference")],
    ),
)
def test_who_asks_on_a_phone_is_led_to_the_answer(
    open_page: Open, width: int, height: int, seen: list[str], motion: str
) -> None:
    window = {"width": width, "height": height}
    page = open_page(viewport=window, is_mobile=True, has_touch=True, reduced_motion=motion)
    page.page.goto(f"{page.address}/step")
    page.page.locator(".inside[data-drawn]").wait_for()
    assert page.page.locator(ASKED).count() == 0
    page.page.locator(".inside-questions button", has_text="RMSProp").tap()
    page.page.locator(".inside[data-at='200']").wait_for()
    page.page.wait_for_function(IN_SIGHT, arg=seen)
    assert "RMSProp" in page.page.locator(ASKED).inner_text()
    assert page.page.evaluate("document.activeElement.className") == "inside-said"
    # Once more, with the answer there already.
    page.page.locator(ASKED).tap()
    page.page.wait_for_function(IN_SIGHT, arg=seen)
    page.page.locator(".inside [data-do=back]").tap()
    page.page.locator(".inside[data-at='199']").wait_for()
    assert page.page.locator(ASKED).count() == 0


def test_who_asks_at_a_desk_sees_the_answer_and_stays_with_the_question(open_page: Open) -> None:
    page = open_page("?steps=60")
    look(page, 30)
    page.page.locator(".inside-questions button", has_text="RMSProp").click()
    page.page.locator(".inside[data-at='60']").wait_for()
    page.page.wait_for_selector(ASKED)
    assert page.page.evaluate("document.activeElement.parentElement.className") == "inside-questions"


@long
def test_going_back_while_it_plays_comes_to_the_step_that_was_left_and_stands_still_there(open_page: Open) -> None:
    page = open_page("?racers=nag~rmsprop&steps=200")
    look(page, 12)
    page.page.locator(".inside-questions button", has_text="RMSProp").click()
    page.page.locator(".inside[data-at='200']").wait_for()
    page.wait_for_address("at=200")
    page.rest()
    page.page.keyboard.press("Home")
    page.page.keyboard.press(" ")
    page.page.locator(".inside[data-at='2']").wait_for()
    page.page.go_back()
    page.page.locator(".inside-racers [aria-pressed=true]", has_text="NAG").wait_for()
    page.page.locator(".inside[data-at='12'][data-playing=false]").wait_for()
    # Longer than it would take for the next step, and for its number to be in the address.
    page.let_pass(60)
    assert page.page.locator(".inside").get_attribute("data-at") == "12"
    assert page.query()["at"] == "12"


def test_a_key_and_a_button_give_it_the_whole_screen(open_page: Open) -> None:
    page = open_page("?racers=nag&steps=20")
    look(page, 5)
    is_full = "document.fullscreenElement?.classList.contains('inside') ?? false"
    page.page.keyboard.press("f")
    page.page.wait_for_function(is_full)
    page.page.locator(".inside [data-do=full][aria-pressed=true]").click()
    page.page.wait_for_function(f"!({is_full})")


@long
def test_two_pictures_beside_one_another_are_in_sight_before_what_is_said_of_them(open_page: Open) -> None:
    page = open_page("?racers=nag~adam&steps=60", viewport=PROJECTOR)
    look(page, 20)
    page.page.locator(".inside-beside select").select_option(index=1)
    page.page.locator(".inside[data-sides='2']").wait_for()
    page.let_pass(3)
    bar = page.page.locator(".inside-transport").bounding_box()
    for side in page.page.locator(".inside-side").all():
        picture, said = (side.locator(part).bounding_box() for part in (".inside-picture", ".inside-said"))
        assert picture and said and bar
        assert picture["y"] + picture["height"] <= min(bar["y"], said["y"])


@long
def test_axe_finds_nothing_serious(open_page: Open) -> None:
    page = open_page("?racers=adam~rmsprop~nag&steps=60&present=1", color_scheme="dark")
    look(page, 20)
    page.page.locator(".inside-beside select").select_option(index=1)
    page.page.locator(".inside[data-sides='2']").wait_for()
    page.let_pass(3)
    assert violations(page) == []
