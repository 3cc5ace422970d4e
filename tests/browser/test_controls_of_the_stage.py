"""The stage's controls where two of its features meet."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from optviz import Race, with_convention
from optviz.text import words
from race_page import PHONE, PROJECTOR, RacePage
from tiers import long, rest_is_long

Open = Callable[..., RacePage]
FINGERS = [(width, locale) for width in (390, 768) for locale in ("en-US", "zh-CN")]
TICKS = (
    "axis => [...document.querySelectorAll(`.optviz-plot .${axis}tick text`)]"
    ".filter(text => text.style.opacity !== '0' && getComputedStyle(text).display !== 'none')"
    ".map(text => text.textContent.replace('−', '-'))"
)


def ticks(page: RacePage, axis: str) -> list[str]:
    """The labels of an axis that can be seen."""
    labels: list[str] = page.page.evaluate(TICKS, axis)
    return labels


@long
def test_the_handle_scales_learning_rates_that_differ_by_one_factor(open_page: Open) -> None:
    page = open_page("?racers=adam--learning_rate-0.01~momentum~adadelta")
    handle, told = page.page.locator(".optviz-rate input"), page.page.locator(".optviz-rate output")
    assert told.inner_text() == "0.01–0.1"
    assert "differ" in (page.page.locator(".optviz-rate").get_attribute("title") or "")
    handle.focus()
    page.page.keyboard.press("ArrowRight")
    page.wait_for_address("learning_rate-0.11")
    assert page.race().own_learning_rates == (0.011, 0.11)
    assert page.race().racers[2] == Race().with_optimizers(["adadelta"]).racers[0], "Adadelta's factor is left alone"


@long
@pytest.mark.parametrize("present", ["", "&present=1"])
def test_rates_of_many_digits_have_room_in_the_bar(open_page: Open, present: str) -> None:
    page = open_page(f"?racers=adam--learning_rate-0.000224~nag--learning_rate-0.000288{present}")
    told = page.page.locator(".optviz-rate output")
    assert told.inner_text() == "0.000224–0.000288"
    assert told.evaluate("told => told.scrollWidth - told.clientWidth") <= 0
    bar = page.page.locator(".optviz-transport")
    assert bar.evaluate("bar => bar.scrollWidth - bar.clientWidth") <= 0


@long
def test_the_handle_stays_where_it_is_let_go_and_ends_where_the_sidebar_does(open_page: Open) -> None:
    page = open_page()
    handle = page.page.locator(".optviz-rate input")
    ends = handle.evaluate("handle => [10 ** handle.min, 10 ** handle.max]")
    assert ends == pytest.approx([1e-4, 10])
    entries = page.page.evaluate("history.length")
    for key, rate in [("End", 10), ("Home", 1e-4)]:
        token = page.token()
        handle.focus()
        page.page.keyboard.press(key)
        page.wait_for_another(token)
        page.page.wait_for_function("part => location.href.includes(part)", arg=f"learning_rate={rate:g}")
        assert page.race().shared_learning_rate == rate
        assert 10 ** float(handle.input_value()) == pytest.approx(rate)
        # Pushed again it goes no further.
        page.page.keyboard.press("ArrowRight" if key == "End" else "ArrowLeft")
        assert 10 ** float(handle.input_value()) == pytest.approx(rate)
    page.rest()
    assert page.race().shared_learning_rate == 1e-4
    assert page.page.evaluate("history.length") == entries + 2


def test_escape_closes_the_menu_and_then_ends_the_presentation(open_page: Open) -> None:
    page = open_page("?present=1")
    page.do("save")
    page.page.keyboard.press("Escape")
    assert page.page.locator(".optviz-menu").is_hidden()
    assert page.stage.get_attribute("data-present") == "true"
    page.page.keyboard.press("Escape")
    page.page.wait_for_selector(".optviz-stage[data-present=false]")
    page.page.wait_for_function("!location.search.includes('present')")


@long
@pytest.mark.parametrize("format_", ["svg", "png"])
def test_a_racer_that_blew_up_has_a_cross_in_both_charts(open_page: Open, format_: str) -> None:
    page = open_page("?surface=formula&text=exp(x%5E2)&start=2~1&racers=gradient_descent")
    inside = page.page.evaluate(
        """() => {
            const canvas = document.querySelector('.optviz-heads'), context = canvas.getContext('2d');
            const scale = canvas.width / canvas.getBoundingClientRect().width;
            const layout = document.querySelector('.optviz-plot')._fullLayout;
            // Out of the map on its left, at y = 1 of ±2; out of the curves at once, at the top.
            return [[layout.xaxis, layout.yaxis, 0.25], [layout.xaxis2, layout.yaxis2, 0]].map(([x, y, down]) => {
                const [left, top] = [x._offset, y._offset + down * y._length];
                return context.getImageData((left - 1) * scale, (top - 1) * scale, 2, 2).data[3];
            });
        }"""
    )
    assert inside == [255, 255]
    with page.page.expect_download() as download:
        page.take(format_)
    content = Path(download.value.path()).read_bytes()
    assert len(content) > 10_000
    if format_ == "svg":
        # The letters of a picture within it may spell anything.
        drawn = re.sub(rb"base64,[A-Za-z0-9+/=]+", b"", content)
        assert b"NaN" not in drawn
        assert b"Infinity" not in drawn


@long
@pytest.mark.parametrize(
    ("query", "context"),
    [
        ("", {}),
        ("?present=1", {"viewport": PROJECTOR}),
        ("?steps=5000&racers=adam", {"viewport": PHONE, "is_mobile": True, "has_touch": True}),
        ("?steps=5000&racers=adam&present=1", {"viewport": PROJECTOR}),
    ],
)
def test_the_last_step_has_its_tick(open_page: Open, query: str, context: dict[str, object]) -> None:
    page = open_page(query, **context)
    if context.get("is_mobile"):
        page.page.locator("[data-name=curves]").tap()
        page.page.locator(".optviz-plot .x2tick").first.wait_for()
    assert ticks(page, "x2")[-1] in (str(page.race().steps), f"{page.race().steps / 1000:g}k")


@long
@pytest.mark.parametrize("query", ["?axis=gap", "?axis=gap&present=1"])
def test_ticks_within_a_decade_are_written_in_full(open_page: Open, query: str) -> None:
    page = open_page(query, viewport=PROJECTOR)
    labels = [float(label) for label in ticks(page, "y2")]
    places = page.plot("plot => [...plot._fullLayout.yaxis2.range]")
    assert len(labels) >= 2
    assert all(10 ** places[0] <= label <= 10 ** places[1] for label in labels)
    assert labels == sorted(labels)


@pytest.mark.parametrize(("width", "locale"), rest_is_long(FINGERS, {(390, "zh-CN")}))
def test_a_finger_finds_every_control_of_the_stage(open_page: Open, width: int, locale: str) -> None:
    page = open_page(viewport={"width": width, "height": 844}, locale=locale, is_mobile=True, has_touch=True)
    if width == 390:
        page.do("more")
    small = page.page.evaluate(
        "[...document.querySelectorAll('.optviz-stage :is(button, input, select)')].filter(part => part.offsetParent)"
        # The legend is one row, which is moved sideways.
        ".map(part => { part.scrollIntoView({ inline: 'nearest', block: 'nearest' });"
        " return [part.className || part.dataset.do || part.innerText, part.getBoundingClientRect()]; })"
        ".filter(([, box]) => Math.min(box.width, box.height) < 44 || box.right > innerWidth)"
        ".map(([name, box]) => `${name} ${box.width} ${box.height}`)"
    )
    assert small == []
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width
    hint = page.page.locator(".optviz-hint").inner_text()
    assert "space" not in hint
    assert "空格" not in hint


@long
def test_a_tap_leaves_no_hover_box(open_page: Open) -> None:
    page = open_page(viewport=PHONE, is_mobile=True, has_touch=True)
    left, top = page.place(0.4, 0.3)
    page.page.touchscreen.tap(left, top)
    page.wait_for_address("start=")
    assert page.page.locator(".optviz-plot .hoverlayer .hovertext").count() == 0


@long
@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_what_is_below_stays_where_it_is_while_the_sentence_changes(open_page: Open, screen: str) -> None:
    page = open_page(**({"viewport": PHONE} if screen == "phone" else {}))
    page.page.evaluate(
        "() => { const hint = document.querySelector('[data-do=hint]');"
        " for (let left = 20; left && hint.offsetParent; left -= 1) hint.click(); }"
    )
    heights = set()
    for step in range(0, 201, 10):
        page.page.locator(".optviz-scrubber").fill(str(step))
        heights.add(round(page.page.locator(".optviz-says").bounding_box()["height"]))
    assert len(heights) == 1


@long
def test_a_veil_that_comes_with_going_back_hides_what_was_seen_without_it(open_page: Open) -> None:
    page = open_page("?steps=30&racers=adam~nag")
    page.do("veil")
    page.wait_for_address("veiled=1")
    page.do("veil")
    page.page.wait_for_function("!location.href.includes('veiled')")
    page.do("last")
    page.page.wait_for_function("document.querySelector('.optviz-stage').dataset.step === '30'")
    page.page.go_back()
    page.wait_for_address("veiled=1")
    page.page.wait_for_function("document.querySelector('.optviz-stage').dataset.step === '0'")
    hidden = "document.querySelector('.optviz-plot').data.slice(3).every(trace => trace.visible === false)"
    page.page.wait_for_function(hidden)
    page.page.get_by_text(words("en")["scoreboard"]["veiled"]).wait_for()


@long
def test_a_tour_goes_on_under_a_veil(open_page: Open) -> None:
    page = open_page("?steps=40")
    page.do("tour")
    page.page.wait_for_selector(".optviz-stage[data-touring=true][data-playing=true]")
    token = page.token()
    page.do("veil")
    page.wait_for_another(token)
    assert page.stage.get_attribute("data-touring") == "true"


CARD_READY = "() => document.querySelector('.optviz-card:not([hidden]) .optviz-rule math')"


def test_a_card_opens_from_the_legend_a_head_and_a_key(open_page: Open) -> None:
    page = open_page("?racers=gradient_descent~adam&convention=pytorch&steps=30")
    card, name = page.page.locator(".optviz-card"), page.page.locator(".optviz-card h3")
    page.page.locator(".optviz-legend button", has_text="Adam").click(button="right")
    page.page.wait_for_function(CARD_READY)
    assert name.inner_text() == "Adam"
    assert card.locator(".optviz-rule math").count() == len(with_convention("adam", "pytorch").rule)
    assert card.locator("[data-value=gradient]").inner_text() != "(–, –)"
    page.page.keyboard.press("Escape")
    card.wait_for(state="hidden")
    page.page.keyboard.press("i")
    page.page.wait_for_function(CARD_READY)
    # The mouse still points at it.
    assert name.inner_text() == "Adam"
    page.do("card_next")
    assert name.inner_text() == "Gradient descent"
    # Beside it, but not on the bar: it closes, and the start stays where it is.
    page.do("back")
    assert card.is_visible()
    race = page.race()
    page.page.mouse.click(*page.place(1.2, -1.2))
    card.wait_for(state="hidden")
    x, y = race.run()[1].points[29]
    page.page.mouse.click(*page.place(float(x), float(y)))
    page.page.wait_for_function(CARD_READY)
    assert name.inner_text() == "Adam"
    page.rest()
    assert page.race() == race


def test_full_screen_has_the_code_and_a_larger_map(open_page: Open) -> None:
    page = open_page("?v=1")
    before = page.page.locator(".optviz-plot").bounding_box()["height"]
    assert page.page.locator("[data-do=code]").is_hidden()
    page.page.locator(".optviz-scrubber").focus()
    page.page.keyboard.press("f")
    page.page.wait_for_function("document.fullscreenElement?.matches('.optviz-stage')")
    page.page.wait_for_function(
        "before => document.querySelector('.optviz-plot')._fullLayout.height > before", arg=before + 50
    )
    page.do("code")
    code = page.page.locator(".optviz-code")
    code.wait_for()
    # This server's own address is no use to a phone, and the code says so.
    assert code.locator("p").inner_text() == words("en")["download"]["qr_local"]
    assert code.locator("img").is_hidden()
    # Nobody comes by the keyboard to what lies under it, and who puts it away comes back to its button.
    assert page.page.locator(".optviz-above").evaluate("above => above.inert")
    code.locator("button").focus()
    page.page.keyboard.press("Enter")
    code.wait_for(state="hidden")
    assert page.page.evaluate("document.activeElement.dataset.do") == "code"
    assert not page.page.locator(".optviz-above").evaluate("above => above.inert")
    page.do("code")
    code.click()
    code.wait_for(state="hidden")
    sentence = page.page.locator(".optviz-sentence").bounding_box()
    assert sentence["y"] + sentence["height"] <= page.page.evaluate("innerHeight")
    page.page.keyboard.press("f")
    page.page.wait_for_function("document.fullscreenElement === null")
    page.page.wait_for_function(
        "before => document.querySelector('.optviz-plot')._fullLayout.height === before", arg=before
    )


def test_no_button_is_dead_where_there_is_no_full_screen(open_page: Open) -> None:
    page = open_page("?present=1")
    assert page.page.locator("[data-do=full]").is_visible()
    page.page.evaluate("Object.defineProperty(document, 'fullscreenEnabled', { get: () => false })")
    page.page.evaluate("document.dispatchEvent(new Event('fullscreenchange'))")
    assert page.page.locator("[data-do=full]").is_hidden()
    assert page.page.locator("[data-do=code]").is_visible()
    page.page.keyboard.press("f")
    assert page.page.evaluate("document.fullscreenElement") is None
