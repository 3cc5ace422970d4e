"""Narrow screens: how large every target is, what covers what, and what must not move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from race_page import PHONE, PROJECTOR, RacePage
from tiers import long, rest_is_long

Open = Callable[..., RacePage]
TOUCH = {"viewport": PHONE, "is_mobile": True, "has_touch": True}
LANGUAGES = pytest.mark.parametrize("locale", rest_is_long(["en-US", "zh-CN"], {"zh-CN"}))
READY = (
    "() => document.querySelector('[data-optviz-race]') && !document.querySelector('[data-test-script-state=running]')"
)

# What is touched instead of an input: the label around a switch, the thumb of a slider (its ::after), the whole field.
SMALL = """() => {
  const targets = "button, a[href], summary, input, select, textarea, [role=option], [role=menuitem]";
  const touched = (element) => element.closest("label:has(input)") ?? element;
  const box = (element) => {
    const thumb = element.closest("[data-testid=stSlider] div:has(> [data-testid=stSliderThumbValue])");
    if (!thumb) return touched(element).getBoundingClientRect();
    const { width, height } = getComputedStyle(thumb, "::after");
    return { width: parseFloat(width) || 0, height: parseFloat(height) || 0, left: 0, right: 1 };
  };
  return [...document.querySelectorAll(targets)]
    .filter((element) => touched(element).checkVisibility({ visibilityProperty: true }))
    .map((element) => [element, box(element)])
    .filter(([, { width, left, right }]) => width > 0 && right > 0 && left < innerWidth)
    .filter(([, { width, height }]) => width < 43.9 || height < 43.9)
    .map(([element, { width, height }]) => `${element.ariaLabel || element.innerText || element.dataset.testid}: `
      + `${Math.round(width)} x ${Math.round(height)}`);
}"""
CUT_OFF = """buttons => {
  const words = document.createRange();
  return [...document.querySelectorAll(buttons)].filter((button) => button.checkVisibility()).filter((button) => {
    words.selectNodeContents(button);
    const [inner, outer] = [words.getBoundingClientRect(), button.getBoundingClientRect()];
    return outer.top < 0 || outer.left < 0 || outer.right > innerWidth || inner.width === 0
      || inner.left < outer.left || inner.right > outer.right || inner.top < outer.top || inner.bottom > outer.bottom;
  }).map((button) => button.innerText);
}"""
COUNT = "() => document.querySelectorAll('button, summary, input').length"


def ready(page: RacePage) -> None:
    page.page.wait_for_function(READY)


def open_settings(page: RacePage) -> None:
    page.page.get_by_test_id("stExpandSidebarButton").click()
    page.page.wait_for_function(
        "Math.round(document.querySelector('[data-testid=stSidebar]').getBoundingClientRect().left) === 0"
    )


def test_a_touch_beside_the_open_settings_closes_them_and_does_nothing_else(open_page: Open) -> None:
    page = open_page(**TOUCH)
    ready(page)
    race, entries = page.race(), page.page.evaluate("history.length")
    plot, bar = box(page, ".optviz-plot"), box(page, ".optviz-transport")
    # On the map, and on the bar, which lies over the curves.
    for top in (plot["y"] + plot["height"] / 4, bar["y"] + bar["height"] - 20):
        open_settings(page)
        page.page.touchscreen.tap(380, top)
        page.page.wait_for_function("document.querySelector('[data-testid=stSidebar]').dataset.collapsed === 'true'")
        page.rest()
        assert page.race() == race
        assert page.page.evaluate("history.length") == entries


def test_who_chooses_another_page_in_the_open_sidebar_sees_it(open_page: Open) -> None:
    page = open_page(**TOUCH)
    ready(page)
    open_settings(page)
    page.page.get_by_test_id("stSidebarNavLink").nth(1).tap()
    page.page.wait_for_function("document.querySelector('[data-testid=stSidebar]').dataset.collapsed === 'true'")
    page.page.locator(".inside[data-drawn]").wait_for()


@long
@pytest.mark.parametrize("screen", ["390x844", "768x1024", "844x390"])
@LANGUAGES
def test_the_words_of_the_corner_are_whole(open_page: Open, locale: str, screen: str) -> None:
    width, height = (int(part) for part in screen.split("x"))
    page = open_page(locale=locale, **TOUCH | {"viewport": {"width": width, "height": height}})
    ready(page)
    page.page.locator(".st-key-corner button").locator("visible=true").first.wait_for()
    cut_off = page.page.evaluate(CUT_OFF, ".st-key-corner button")
    assert cut_off == []


def box(page: RacePage, part: str) -> dict[str, float]:
    found = page.page.locator(part).first.bounding_box()
    assert found is not None, part
    return found


FOR_THUMBS = ["?samples=64&racers=sgd~adam--learning_rate-0.2", "?surface=formula&text=x^2%2By^2", "?present=1&steps=x"]


@long
@LANGUAGES
@pytest.mark.parametrize("query", FOR_THUMBS)
def test_every_target_on_a_phone_fits_a_thumb(open_page: Open, locale: str, query: str) -> None:
    page = open_page(query, locale=locale, **TOUCH)
    ready(page)
    page.do("more")
    page.do("save")
    assert page.page.evaluate(COUNT) > 30
    assert page.page.evaluate(SMALL) == []
    page.page.keyboard.press("Escape")
    open_settings(page)
    for head in page.page.get_by_test_id("stSidebar").locator("summary").all():
        head.click()
    page.let_pass(2)
    page.page.wait_for_function("document.getAnimations().length === 0")  # they have unfolded
    assert page.page.evaluate(SMALL) == []


@LANGUAGES
@pytest.mark.parametrize("width", rest_is_long([390, 360], {390}))
def test_what_is_touched_of_the_legend_and_of_a_card_fits_a_thumb_and_overlaps_nothing(
    open_page: Open, locale: str, width: int
) -> None:
    page = open_page(locale=locale, **TOUCH | {"viewport": {"width": width, "height": 844}})
    ready(page)
    assert page.page.evaluate(OVERLAPPING, ".optviz-legend button, .optviz-views button") == []
    if locale == "zh-CN":
        # The English title takes two lines of 390 pixels.
        assert page.page.evaluate(COVERED) == [], "the numbers below the map are in sight"
    page.do("card")
    page.page.locator(".optviz-card header button").first.wait_for()
    assert page.page.evaluate(SMALL) == []
    assert page.page.evaluate(OVERLAPPING, ".optviz-card header button") == []


OVERLAPPING = """parts => {
  const boxes = [...document.querySelectorAll(parts)].map((part) => [part.innerText, part.getBoundingClientRect()]);
  return boxes.flatMap(([name, one], place) => boxes.slice(place + 1)
    .filter(([, other]) => Math.min(one.right, other.right) - Math.max(one.left, other.left) > 0.5
      && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 0.5)
    .map(([other]) => [name, other]));
}"""
COVERED = """() => {
  const docked = document.querySelector(".optviz-docked").getBoundingClientRect();
  return [...document.querySelectorAll(".optviz-plot .xtick text")].filter((text) => text.checkVisibility())
    .filter((text) => text.getBoundingClientRect().bottom > docked.top + 0.5).map((text) => text.textContent);
}"""


@LANGUAGES
def test_a_sign_of_help_is_touched_around_it(open_page: Open, locale: str) -> None:
    """21 px to each side of the middle of what is touched lies the same button, also beside the field below."""
    page = open_page("?samples=64&racers=sgd", locale=locale, **TOUCH)
    ready(page)
    open_settings(page)
    missed = page.page.evaluate(
        """async () => {
          const missed = [];
          const signs = "[data-testid=stSidebar] [data-testid=stTooltipIcon] button";
          for (const button of document.querySelectorAll(signs)) {
            if (!button.checkVisibility()) continue;
            button.scrollIntoView({ block: "center", behavior: "instant" });
            const { left, top, width, height } = button.getBoundingClientRect();
            for (const [x, y] of [[0, 0], [-21, 0], [21, 0], [0, -21], [0, 21]]) {
              const found = document.elementFromPoint(left + width / 2 + x, top + height / 2 + y);
              if (!button.contains(found)) missed.push([button.closest("label")?.innerText, x, y]);
            }
          }
          return missed;
        }"""
    )
    assert missed == []


@LANGUAGES
@pytest.mark.parametrize("present", ["", "?present=1"])
def test_the_bar_covers_neither_sentence_nor_hint(open_page: Open, locale: str, present: str) -> None:
    page = open_page(present, locale=locale, **TOUCH)
    ready(page)
    for down in (0, 60, 150):
        page.page.evaluate("down => document.querySelector('[data-testid=stMain]').scrollTo(0, down)", down)
        bar, sentence = box(page, ".optviz-transport"), box(page, ".optviz-sentence")
        assert sentence["y"] + sentence["height"] <= bar["y"]
        assert bar["y"] + bar["height"] <= PHONE["height"]
        # A low phone has no room for a hint.
        if not present and page.page.locator(".optviz-hint span").is_visible():
            hint = box(page, ".optviz-hint span")
            assert hint["y"] + hint["height"] <= bar["y"]


PLACES = """() => [".optviz-legend", ".optviz-plot", ".optviz-transport"].map((part) => {
  const { top, height } = document.querySelector(part).getBoundingClientRect();
  return [Math.round(top), Math.round(height)];
})"""
SHORT_AND_LONG = ["", "&convention=article", "&seed=2", "&surface=mccormick", "&surface=rastrigin", "&surface=bowl"]
"""Races whose line above the picture has from one line of text to as many as there are, and a formula, high or not."""


@long
@LANGUAGES
@pytest.mark.parametrize(
    ("query", "context"),
    [("?v=1", TOUCH), ("?v=1&present=1", {"viewport": PROJECTOR}), ("?v=1", {"viewport": PROJECTOR})],
    ids=["phone", "presenting", "narrow"],
)
def test_the_picture_stays_where_it_is_whatever_stands_above_it(
    open_page: Open, locale: str, query: str, context: dict[str, Any]
) -> None:
    page = open_page(query, locale=locale, **context)
    ready(page)
    places = {}
    for race in SHORT_AND_LONG:
        if race:
            page.go(f"{query}{race}")
        places[race] = page.page.evaluate(PLACES)[1][0]
    assert len({*places.values()}) == 1, places


TALLIES_ASTRAY = """() => {
  const chips = [...document.querySelectorAll(".optviz-legend button")];
  const boxOf = part => {
    const words = document.createRange();
    words.selectNodeContents(part);
    return words.getBoundingClientRect();
  };
  const markers = chips.map(chip => chip.querySelector("svg path").getBoundingClientRect());
  return chips.filter(chip => {
    const [name, tally] = [...chip.querySelectorAll("span")].map(boxOf);
    const isBeside = other => tally.top < other.bottom && other.top < tally.bottom;
    const isOn = other => tally.left < other.right && other.left < tally.right && isBeside(other);
    const isBehind = tally.left >= name.right && tally.left <= name.right + 8 && isBeside(name);
    return !isBehind || markers.some(isOn) || tally.right > innerWidth;
  }).map(chip => chip.innerText);
}"""
"""The chips whose tally is not behind the name on its line, or lies on a marker."""


SCREENS: dict[str, tuple[str, dict[str, Any]]] = {
    "phone": ("?v=1", TOUCH),
    "projector": ("?v=1&present=1", {"viewport": PROJECTOR}),
    "presenting": ("?v=1&present=1", {}),
    "desk": ("?v=1", {}),
    "upright": ("?v=1", {"viewport": {"width": 768, "height": 1024}}),
}


@long
@LANGUAGES
@pytest.mark.parametrize("screen", rest_is_long(SCREENS, {"phone", "projector"}))
def test_what_a_tour_counts_moves_nothing(open_page: Open, locale: str, screen: str) -> None:
    query, context = SCREENS[screen]
    page = open_page(query, locale=locale, **context)
    ready(page)
    if screen == "phone":
        page.do("more")
    before = page.page.evaluate(PLACES)
    page.do("tour")
    # A tour that is paused waits at its first seed. The button that pauses would put away a hint as well.
    page.page.wait_for_function(
        """() => {
          const stage = document.querySelector(".optviz-stage[data-touring=true][data-playing=true]");
          stage?.parentElement.optvizStage.transport.pause();
          return stage !== null;
        }"""
    )
    assert page.page.evaluate(PLACES) == before
    told = page.page.locator(".optviz-sentence").inner_text()
    assert told.startswith({"en-US": "Seed 1 · ", "zh-CN": "种子 1 · "}[locale])
    # As after an hour in a lecture room.
    page.page.evaluate(
        """() => {
          const stage = document.querySelector(".optviz-stage").parentElement.optvizStage;
          const { tour } = stage.state.message.header;
          Object.assign(tour, { visited: 888, wins: tour.wins.map(() => "88.5") });
          stage.updateChrome();
        }"""
    )
    assert "88.5" in page.page.locator(".optviz-legend").inner_text()
    assert page.page.evaluate(TALLIES_ASTRAY) == []
    assert page.page.evaluate(PLACES) == before


BOARD = """() => {
  const board = document.querySelector(".optviz-scroll");
  const heads = [...board.querySelectorAll("th")].filter((head) => head.checkVisibility());
  return {
    cut: board.scrollWidth - board.clientWidth,
    columns: heads.length,
    lines: Math.max(...heads.map((head) => head.clientHeight)) / parseFloat(getComputedStyle(heads[0]).fontSize),
  };
}"""


SCOREBOARDS = {
    "usual": "?v=1",
    "nobody": "?surface=rosenbrock&steps=20&learning_rate=0.0001",
    "pinned": "?seed=1&learning_rate=0.3&pinned=surface%3Dgaussian_hills%26seed%3D1%26steps%3D50",
    "long": "?racers=rmsprop~rmsprop--learning_rate-0.01&pinned=surface%3Dgaussian_hills%26seed%3D1",
}


@long
@LANGUAGES
def test_the_scoreboard_fits_a_phone(open_page: Open, locale: str) -> None:
    page = open_page(locale=locale, **TOUCH)
    for name, query in SCOREBOARDS.items():
        if name != "usual":
            page.go(query)
        ready(page)
        page.page.locator(".optviz-scroll").wait_for()
        board = page.page.evaluate(BOARD)
        assert board["cut"] == 0, name
        assert board["columns"] >= 4, name
        assert board["lines"] < 4.2, f"{name}: two lines and their padding"


DRAWN_ON = """plot => {
  const drawn = plot._fullData.filter(trace => trace.visible === true);
  return ["x", "x2"].map(axis => drawn.filter(trace => trace.xaxis === axis).length);
}"""


@long
@LANGUAGES
def test_the_race_plays_on_the_map_and_on_the_curves(open_page: Open, locale: str) -> None:
    page = open_page("?v=1&steps=60", locale=locale, **TOUCH)
    ready(page)
    for tab in ("curves", "map"):
        page.page.locator(f"[data-name={tab}]").tap()
        page.page.wait_for_selector(f"[data-name={tab}][aria-pressed=true]")
        hidden = "xaxis" if tab == "curves" else "xaxis2"
        page.page.wait_for_function(f"document.querySelector('.optviz-plot')._fullLayout.{hidden}.visible === false")
        on_map, on_curves = page.plot(DRAWN_ON)
        assert (on_map > 0, on_curves > 0) == (tab == "map", tab == "curves")
        page.page.keyboard.press("Home")
        still = page.head_pixels()
        page.do("play")
        page.page.wait_for_function("document.querySelector('.optviz-stage').dataset.step === '60'")
        assert page.head_pixels() != still
    page.page.locator("[data-name=curves]").tap()
    page.page.reload()
    page.page.wait_for_selector(".optviz-stage[data-drawn]")
    assert page.page.locator("[data-name=map][aria-pressed=true]").count() == 1


@long
@LANGUAGES
@pytest.mark.parametrize("width", [390, 360])
def test_the_open_tools_leave_most_of_the_screen_to_the_picture(open_page: Open, locale: str, width: int) -> None:
    page = open_page("?v=1&samples=64", locale=locale, **TOUCH | {"viewport": {"width": width, "height": 800}})
    ready(page)
    plot = box(page, ".optviz-plot")
    there = [".optviz-scrubber", *(f".optviz-transport [data-do={name}]" for name in ("play", "more", "veil", "save"))]
    before = [box(page, selector) for selector in there]
    page.do("more")
    assert [box(page, selector) for selector in there] == before, "what is docked to the lower edge stays there"
    bar = box(page, ".optviz-transport")
    # A row for the scrubber, and two for all that is there to press.
    assert bar["height"] <= 3 * 44 + 24
    assert bar["y"] >= plot["y"] + plot["height"] / 2
    for name in ("card", "paths", "veil", "tour", "pin", "save", "back", "play", "forward", "more"):
        found = box(page, f".optviz-transport [data-do={name}]")
        assert bar["x"] <= found["x"]
        assert found["x"] + found["width"] <= bar["x"] + bar["width"]
