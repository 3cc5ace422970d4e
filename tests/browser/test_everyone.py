"""For everyone: axe-core, the keyboard alone, readers of the screen, a phone's thumb, a lecture room, a first visit."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from importlib.resources import files

import numpy as np
import pytest

from optviz.statistics import tie_width
from race_page import PHONE, PROJECTOR, RacePage
from tabs import DESKTOP
from tiers import long, rest_is_long

Open = Callable[..., RacePage]
AXE_ON = [(scheme, present) for scheme in ("light", "dark") for present in ("", "&present=1")]
SERIOUS = ("serious", "critical")


@cache
def axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def violations(page: RacePage) -> list[str]:
    """What axe-core finds that is serious or critical: rule, and the elements."""
    page.page.evaluate(f"{axe()}; undefined")
    found = page.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']} ({rule['impact']}): " + json.dumps([node["html"][:200] for node in rule["nodes"][:5]])
        for rule in found["violations"]
        if rule["impact"] in SERIOUS
    ]


@long
@pytest.mark.parametrize(("scheme", "present"), AXE_ON)
def test_axe_finds_nothing_serious(open_page: Open, scheme: str, present: str) -> None:
    page = open_page(f"?samples=64&racers=sgd~adam&hidden=1{present}", color_scheme=scheme)
    page.do("pin")
    page.wait_for_address("pinned=")
    if not present:  # where the sidebar is folded away
        page.unfold("Settings of an optimizer")
    for box in ("Tour of seeds", "Mini-batch gradients at one point", "QR code", "This race as code"):
        page.page.get_by_text(box, exact=True).click()
        page.page.get_by_test_id("stExpander").filter(has_text=box).get_by_test_id("stExpanderDetails").wait_for()
    page.page.locator(".optviz-stage[data-drawn]").nth(1).wait_for()
    stage = page.page.locator(".optviz-stage").first
    stage.locator("[data-do=card]").click()
    stage.locator(".optviz-rule math").first.wait_for()
    stage.locator("[data-do=save]").click()
    assert violations(page) == []


@long
@pytest.mark.parametrize("scheme", rest_is_long(["light", "dark"], {"dark"}))
def test_axe_finds_nothing_serious_on_a_phone(open_page: Open, scheme: str) -> None:
    page = open_page(
        "?steps=nonsense", viewport=PHONE, is_mobile=True, has_touch=True, color_scheme=scheme, locale="zh-CN"
    )
    page.do("more")
    page.do("card")
    page.page.locator(".optviz-rule math").first.wait_for()
    assert violations(page) == []


def test_axe_would_find_something(open_page: Open) -> None:
    page = open_page()
    page.page.evaluate("document.querySelector('.optviz-scrubber').removeAttribute('aria-label')")
    assert any(found.startswith("label") for found in violations(page))


def focused(page: RacePage) -> str:
    return str(
        page.page.evaluate(
            "(e => e.dataset?.do || e.className?.baseVal || e.getAttribute('aria-label') || e.innerText || e.tagName)"
            "(document.activeElement)"
        )
    )


def test_everything_on_the_stage_is_reached_by_tab_and_its_focus_is_seen(open_page: Open) -> None:
    page = open_page()
    page.page.locator(".optviz-legend button").first.focus()
    seen, outlined = [], []
    for _ in range(30):
        seen.append(focused(page))
        outlined.append(
            page.page.evaluate(
                "(s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0)"
                "(getComputedStyle(document.activeElement))"
            )
        )
        page.page.keyboard.press("Tab")
    for part in ("first", "back", "play", "forward", "last", "Step", "Speed", "card", "tour", "pin", "full", "save"):
        assert part in seen, (part, seen)
    assert [part for part, shown in zip(seen, outlined, strict=True) if not shown] == []


@pytest.mark.parametrize(("language", "words"), [("en", "Skip to main content"), ("zh", "跳到主要内容")])
def test_the_first_thing_that_tab_finds_speaks_the_visitors_language(
    open_page: Open, language: str, words: str
) -> None:
    page = open_page(f"?lang={language}")
    page.page.keyboard.press("Tab")
    assert page.page.evaluate("document.activeElement.innerText") == words


def test_the_menu_is_worked_with_the_keyboard(open_page: Open) -> None:
    page = open_page()
    page.page.locator("[data-do=save]").focus()
    page.page.keyboard.press("Enter")
    assert focused(page) == "Picture (PNG)"
    page.page.keyboard.press("ArrowDown")
    assert focused(page) == "Picture (SVG)"
    page.page.keyboard.press("End")
    assert focused(page) == "Copy link"
    page.page.keyboard.press("ArrowDown")
    assert focused(page) == "Picture (PNG)"
    with page.page.expect_download() as download:
        page.page.keyboard.press("Enter")
    assert download.value.suggested_filename == "optviz-gaussian_hills-seed1-eta0.1.png"
    page.page.keyboard.press("Enter")
    page.page.keyboard.press("Escape")
    assert page.page.locator(".optviz-menu").is_hidden()
    assert focused(page) == "save"
    assert page.step() == 200, "the menu's arrows are not the race's"


def test_space_and_arrows_belong_to_what_has_the_focus(open_page: Open) -> None:
    page = open_page()
    panel = page.page.get_by_test_id("stExpander").filter(has_text="Tour of seeds")
    panel.locator("summary").focus()
    page.page.keyboard.press(" ")
    panel.locator(".st-key-tour_button").wait_for()
    assert page.stage.get_attribute("data-playing") != "true"
    page.page.locator(".optviz-scroll").focus()
    page.page.keyboard.press("ArrowLeft")
    assert page.step() == 200


@long
@pytest.mark.parametrize(
    ("path", "shown", "step"),
    [("", ".optviz-stage", "data-step"), ("step?racer=2&at=12", ".inside", "data-at")],
)
def test_a_click_between_things_leaves_the_keys_to_the_picture(
    open_page: Open, path: str, shown: str, step: str
) -> None:
    page = open_page()
    page.page.goto(f"{page.address}/{path}")
    page.page.locator(f"{shown}[data-drawn]").wait_for()
    page.rest()
    page.page.locator("h1").first.click()
    assert page.page.evaluate("document.activeElement.dataset.testid") == "stMain"
    playing = page.page.locator(f"{shown}[data-playing=true]")
    for key, at in (("Home", "0"), ("ArrowRight", "1"), ("ArrowRight", "2"), ("ArrowLeft", "1")):
        page.page.keyboard.press(key)
        page.page.locator(f"{shown}[{step}='{at}']").wait_for()
    page.page.keyboard.press(" ")
    playing.wait_for()
    page.page.keyboard.press(" ")
    playing.wait_for(state="detached")
    assert page.page.evaluate("document.activeElement.scrollTop") == 0
    # What it does not use scrolls the page, as ever.
    page.page.keyboard.press("PageDown")
    page.page.wait_for_function("document.activeElement.scrollTop > 0")


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def test_the_words_say_who_leads_and_by_how_much(open_page: Open) -> None:
    page = open_page("?racers=gradient_descent~adagrad~adam")
    for step in (5, 60, 199):
        says_who_leads(page, step)


def says_who_leads(page: RacePage, step: int) -> None:
    page.page.locator(".optviz-scrubber").fill(str(step))
    names = ["Gradient descent", "Adagrad", "Adam"]
    race = page.race()
    losses = {name: float(path.losses[step]) for name, path in zip(names, race.run(), strict=True)}
    ranking = sorted(losses, key=lambda name: losses[name])
    told = page.plot("plot => plot.getAttribute('aria-label')")
    assert page.plot("plot => plot.getAttribute('role')") == "img"
    words = told.split("highest: ", 1)[1].rstrip(".").split(", ")
    assert [word.rsplit(" ", 1)[0] for word in words] == ranking
    assert [number(word.rsplit(" ", 1)[1]) for word in words] == pytest.approx(
        [losses[name] for name in ranking], rel=1e-3
    )
    said = page.page.locator(".optviz-sentence").inner_text()
    assert ranking[0] in said
    if "uphill" not in said:
        lead = losses[ranking[1]] - losses[ranking[0]]
        path = race.run()[0]
        shared = lead <= tie_width(path.losses[0], path.surface.lowest.loss)
        # Two digits, or one where single precision has no more.
        behind = losses[ranking[2 if shared else 1]] - losses[ranking[0]]
        told = number(said.rsplit("next, ", 1)[1].split(" ")[0])
        assert told == pytest.approx(behind, rel=0.06 if behind > 1e-5 else 0.2)


@long
def test_a_phones_controls_fold_and_its_scrubber_fits_a_thumb(open_page: Open) -> None:
    page = open_page(viewport=PHONE, is_mobile=True, has_touch=True)
    assert page.page.locator(".optviz-rate").is_hidden()
    for part in (".optviz-scrubber", "[data-do=play]", "[data-do=back]", "[data-do=save]", "[data-do=more]"):
        box = page.page.locator(part).bounding_box()
        assert box is not None
        assert box["height"] >= 40, part
        assert box["width"] >= 40, part
    box = page.page.locator(".optviz-scrubber").bounding_box()
    assert box is not None
    page.page.touchscreen.tap(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    page.page.wait_for_function("+document.querySelector('.optviz-stage').dataset.step < 100")
    assert page.step() == pytest.approx(50, abs=12)
    page.page.locator("[data-do=more]").tap()
    page.page.wait_for_selector(".optviz-rate")
    page.page.wait_for_selector(".optviz-speed")


@long
def test_presenting_folds_the_settings_and_enlarges_the_type(open_page: Open) -> None:
    page = open_page()

    def sizes() -> dict[str, float]:
        return page.page.evaluate(
            "() => ({legend: parseFloat(getComputedStyle(document.querySelector('.optviz-legend button')).fontSize),"
            " sentence: parseFloat(getComputedStyle(document.querySelector('.optviz-sentence')).fontSize),"
            " axis: document.querySelector('.optviz-plot')._fullLayout.xaxis.tickfont.size,"
            " line: document.querySelector('.optviz-plot').data.at(-1).line.width})"
        )

    before, token = sizes(), page.token()
    page.page.get_by_role("button", name="Present", exact=True).click()
    page.wait_for_another(token)
    page.wait_for_address("present=1")
    page.page.wait_for_function("document.querySelector('[data-testid=stSidebar]').getBoundingClientRect().right <= 1")
    after = sizes()
    assert all(after[part] > 1.2 * before[part] for part in before), (before, after)
    for part in (".optviz-legend", ".optviz-picture", ".optviz-transport", ".optviz-sentence"):
        box = page.page.locator(part).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= DESKTOP["height"], part
    token = page.token()
    page.page.get_by_role("button", name="End presentation").click()
    page.wait_for_another(token)
    assert sizes() == before
    page.page.wait_for_function("!location.search.includes('present')")


@pytest.mark.parametrize("locale", rest_is_long(["en-US", "zh-CN"], ["zh-CN"]))
def test_a_projector_shows_the_sentence_too(open_page: Open, locale: str) -> None:
    page = open_page("?present=1", viewport=PROJECTOR, locale=locale)
    for part in (".optviz-legend", ".optviz-picture", ".optviz-transport", ".optviz-sentence"):
        box = page.page.locator(part).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= PROJECTOR["height"], part


@long
def test_a_phone_that_was_sent_a_presenting_link_can_leave_it(open_page: Open) -> None:
    page = open_page("?present=1", viewport=PHONE, is_mobile=True, has_touch=True)
    page.page.get_by_role("button", name="End presentation").click()
    page.page.wait_for_function("!location.search.includes('present')")


@long
def test_what_is_still_to_come_can_be_hidden(open_page: Open) -> None:
    """Predict, then reveal."""
    page = open_page()
    faint = "plot => plot.data.filter(trace => trace.name === 'Adam').map(trace => trace.visible)"
    gone = "document.querySelector('.optviz-plot').data.at(-1).visible === false"
    board, blank = page.page.locator(".optviz-scores:not(.optviz-blank)"), page.page.locator(".optviz-blank tbody tr")
    page.wait_for_plot(faint, [True, True])
    whole = page.ranges()["yaxis2"]
    page.do("veil")
    page.page.wait_for_function(gone)
    page.wait_for_plot(faint, [False, False])
    assert page.step() == 0
    page.wait_for_address("veiled=1")
    board.wait_for(state="detached")
    page.page.get_by_text("The final scores are hidden").wait_for()
    # Its place is kept; who runs and at which rate is no secret, and in which order they ended is one.
    seven = ["Gradient descent", "Momentum", "NAG", "Adagrad", "Adadelta", "RMSProp", "Adam"]
    rates = ["×0.1" if name == "Adadelta" else "0.1" for name in seven]
    told = [row.replace("\u2060", "") for row in blank.all_inner_texts()]
    assert told == [f"{name}\t{rate}\t?\t?\t?\t?" for name, rate in zip(seven, rates, strict=True)]
    page.wait_for_range("yaxis2", whole, other=True)
    page.rest()
    veiled = page.ranges()["yaxis2"]
    # Another race from there has the same axis, and begins at the start as well: neither tells how it ends.
    page.slide("One learning rate for all", "ArrowRight")
    page.wait_for_address("learning_rate=")
    page.rest()
    page.wait_for_range("yaxis2", veiled)
    assert (page.step(), board.count()) == (0, 0)
    # Played to its end, everything of it may be seen.
    page.do("last")
    board.wait_for()
    page.wait_for_plot(faint, [True, True])
    page.wait_for_range("yaxis2", veiled, other=True)
    page.slide("One learning rate for all", "ArrowLeft")
    board.wait_for(state="detached")
    page.page.wait_for_function("document.querySelector('.optviz-stage').dataset.step === '0'")
    page.do("veil")
    board.wait_for()
    page.wait_for_range("yaxis2", whole)
    again = open_page("?veiled=1&samples=64&racers=sgd~adam&runs=many")
    assert again.step() == 0
    assert again.page.locator(".optviz-scores:not(.optviz-blank)").count() == 0
    bands = "plot => plot.data.filter(trace => trace.xaxis === 'x2' && trace.visible !== false).length"
    again.wait_for_plot(bands, 0)
    again.do("veil")
    again.page.locator(".optviz-scores:not(.optviz-blank)").wait_for()
    again.wait_for_plot(bands, 2 + 3)


def test_a_climb_on_a_batch_is_not_blamed_on_the_learning_rate(open_page: Open) -> None:
    page = open_page("?samples=64&spread=3&racers=sgd")
    race = page.race()
    losses = race.run()[0].losses
    step = int(np.argmax(np.diff(losses[:-1]))) + 1
    page.page.locator(".optviz-scrubber").fill(str(step))
    said = page.page.locator(".optviz-sentence").inner_text()
    assert f"Step {step} moved SGD uphill" in said
    assert "one batch of samples" in said
    assert "learning rate" not in said


@long
def test_hints_of_a_first_visit_go_one_by_one_and_stay_away(open_page: Open) -> None:
    page = open_page()
    hint = page.page.locator(".optviz-hint")
    said = [hint.inner_text()]
    assert "space bar" in said[0]
    page.page.keyboard.press("ArrowLeft")
    said.append(hint.inner_text())
    assert "Drag the circle" in said[1], "what has been done needs no hint"
    hint.get_by_role("button").click()
    assert "Click a name" in hint.inner_text()
    hint.get_by_role("button").click()
    assert hint.is_hidden()
    page.page.reload()
    page.page.wait_for_selector(".optviz-stage[data-drawn]")
    assert hint.is_hidden()
