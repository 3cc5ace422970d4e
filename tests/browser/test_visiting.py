"""Widgets that are mounted again, and pages that come and go."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from optviz import Race
from race_page import RacePage
from serving import serving
from tabs import DESKTOP, PATIENCE, new_tab
from tiers import long

Open = Callable[..., RacePage]
AT_REST = "document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"


def test_a_first_visit_needs_no_script_that_the_page_has_not_named(open_page: Open) -> None:
    page = open_page()
    page.page.wait_for_selector("[data-optviz-race]", state="attached")
    named, fetched = page.page.evaluate(
        """() => [
          [...document.querySelectorAll("link[rel=modulepreload], script[src]")].map(({href, src}) => href ?? src),
          performance.getEntriesByType("resource").map((file) => file.name).filter((name) => name.endsWith(".js")),
        ]"""
    )
    assert len(fetched) > 100
    assert set(fetched) <= set(named)


VISITS = ["", "?surface=ravine", "?surface=regression", "?surface=formula&text=x^2%2By^2"]


@long
@pytest.mark.parametrize("query", VISITS)
def test_another_language_and_presenting_change_nothing_else(open_page: Open, query: str) -> None:
    page = open_page(query)
    race = page.race()
    for language, present, end in (("中文", "演示", "退出演示"), ("English", "Present", "End presentation")):
        token = page.token()
        page.page.get_by_role("radio", name=language, exact=True).click()
        page.wait_for_another(token)
        for button in (present, end):
            token = page.token()
            page.page.get_by_role("button", name=button, exact=True).click()
            page.wait_for_another(token)
            page.page.wait_for_function(AT_REST)
            assert page.page.locator(".optviz-told").count() == 0
            assert page.race() == race


def settle(page: RacePage) -> None:
    """Wait until the app is at rest, and stays so: a write of the address comes with the end of a run."""
    for _ in range(2):
        page.page.wait_for_timeout(250)
        page.page.wait_for_function(AT_REST)


def wait_for_entries(page: RacePage, count: int) -> None:
    """Wait until the history has so many entries."""
    page.page.wait_for_function("count => history.length === count", arg=count)


@long
def test_race_and_view_survive_another_page(browser: Browser) -> None:
    with serving(app="tests/browser/two_pages/app.py") as server, new_tab(browser) as tab:
        page = RacePage(tab, server.address)

        def entries() -> int:
            return page.page.evaluate("history.length")

        def go(name: str) -> None:
            page.page.get_by_role("link", name=name).click()
            arrive(name == "Second")

        def arrive(second: bool) -> None:
            if second:
                page.page.get_by_text("The second page").wait_for()
            else:
                page.page.wait_for_selector(".optviz-stage[data-drawn]")
            settle(page)
            assert page.page.url.split("?")[0] == f"{server.address}/{'second' if second else ''}"

        page.open("?v=1&surface=himmelblau&racers=adam~nag&steps=150&lang=en&axis=gap&hidden=1")
        page.do("pin")
        page.wait_for_address("pinned=")
        seen, before = page.query(), entries()
        assert {"axis", "hidden", "pinned", "lang"} <= set(seen)
        go("Second")
        assert page.query() == seen
        wait_for_entries(page, before + 1)
        page.page.reload()
        arrive(second=True)
        assert page.query() == seen
        go("Race")
        assert page.query() == seen
        wait_for_entries(page, before + 2)
        # What is hidden in the legend is in the address, and no entry of its own in the history.
        page.page.locator(".optviz-legend button").nth(1).click()
        page.page.wait_for_function("!location.href.includes('hidden')")
        shown = page.query()
        assert shown == {name: value for name, value in seen.items() if name != "hidden"}
        assert entries() == before + 2
        # A change on one page is seen on the other, and the way back leads through all of it, and forward again.
        go("Second")
        page.page.get_by_role("radio", name="PyTorch", exact=True).click()
        page.wait_for_address("convention=pytorch")
        settle(page)
        changed = page.query()
        wait_for_entries(page, before + 4)
        go("Race")
        assert page.query() == changed
        assert page.race().convention == "pytorch"
        way = [(changed, True), (shown, True), (shown, False), (seen, True), (seen, False)]
        for query, second in way:
            page.page.go_back()
            arrive(second)
            assert page.query() == query
        for query, second in [*way[-2::-1], (changed, False)]:
            page.page.go_forward()
            arrive(second)
            assert page.query() == query
        assert len(page.page.locator(".optviz-legend button").all()) == 2
        assert page.errors == []


SPELLED_OTHERWISE = {
    "defaults said": "?v=1&surface=gaussian_hills&seed=1&convention=tensorflow1&racers=momentum~nag&axis=gap&by=step",
    "no version": "?racers=sgd~adam~nag&samples=64",
    "numbers spelled otherwise": "?steps=0150&racers=adam--beta1-0.9~nag",
    "a view that it has not": "?steps=100&axis=gap&by=epoch&runs=many",
}


@long
@pytest.mark.parametrize("how", SPELLED_OTHERWISE)
def test_what_is_hidden_makes_no_entry_after_a_link_that_is_spelled_otherwise(open_page: Open, how: str) -> None:
    page = open_page(SPELLED_OTHERWISE[how])
    settle(page)
    entries = page.page.evaluate("history.length")
    page.page.locator(".optviz-legend button").first.click()
    page.wait_for_address("hidden=0")
    settle(page)
    assert page.page.evaluate("history.length") == entries
    # Another change still has one, and the way back from it leads to the same race with the same racer hidden.
    page.do("pin")
    page.wait_for_address("pinned=")
    settle(page)
    wait_for_entries(page, entries + 1)
    page.page.go_back()
    page.page.wait_for_function("!location.href.includes('pinned')")
    assert page.query()["hidden"] == "0"


@long
@pytest.mark.parametrize("held", ["start", "learning rate"])
def test_going_back_gives_up_what_is_held(open_page: Open, held: str) -> None:
    page = open_page()
    token = page.token()
    page.page.mouse.click(*page.place(0.5, 0.5))
    page.wait_for_another(token)
    settle(page)
    if held == "start":
        begin, end = page.place(0.5, 0.5), page.place(0.8, -0.9)
    else:
        box = page.page.locator(".optviz-rate input").bounding_box()
        assert box is not None
        begin, end = ((box["x"] + share * box["width"], box["y"] + box["height"] / 2) for share in (0.6, 0.8))
    painted = page.stage.get_attribute("data-painted")
    page.page.mouse.move(*begin)
    page.page.mouse.down()
    page.page.mouse.move(*end, steps=5)
    page.page.wait_for_function(
        "painted => document.querySelector('.optviz-stage').dataset.painted !== painted", arg=painted
    )
    page.page.evaluate("history.back()")
    page.page.wait_for_function("location.search === ''")
    page.page.wait_for_function("token => document.querySelector('.optviz-stage').dataset.painted === token", arg=token)
    # Let go of beside it, where the slider's own events may not be told.
    page.page.mouse.move(begin[0], begin[1] - 90, steps=3)
    page.page.mouse.up()
    settle(page)
    assert page.race() == Race()
    assert page.stage.get_attribute("data-painted") == token
    # The next one is held as ever.
    page.page.mouse.move(*(page.place(*Race().surface.peak()) if held == "start" else begin))
    page.page.mouse.down()
    page.page.mouse.move(*end, steps=5)
    page.page.mouse.up()
    page.wait_for_address("start=" if held == "start" else "learning_rate=")


# --- the first visit -----------------------------------------------------------------------------------------------


@long
def test_on_a_first_visit_the_race_plays_once_from_its_start(server: str, browser: Browser) -> None:
    context = browser.new_context(viewport=DESKTOP, locale="en-US")
    # What the stage has shown, from the first: the page may be slower to be looked at than the race to begin.
    context.add_init_script(
        """window.shown = [];
        new MutationObserver(() => {
            const { step, playing } = document.querySelector(".optviz-stage")?.dataset ?? {};
            if (step !== undefined) window.shown.push([Number(step), playing === "true"]);
        }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-step", "data-playing"] });"""
    )
    page = RacePage(context.new_page(), server)
    page.page.set_default_timeout(PATIENCE)
    page.open()
    page.page.wait_for_function("window.shown.some(([step, playing]) => playing && step > 3)")
    steps = [step for step, _ in page.page.evaluate("window.shown")]
    assert steps[0] == 0
    assert steps == sorted(steps)
    # The hand on anything stops it where it is, and a click on the button that plays goes on.
    page.page.mouse.move(700, 60)
    page.page.mouse.down()
    page.page.wait_for_selector(".optviz-stage[data-playing=false]")
    page.page.mouse.up()
    assert 3 < page.step() < 200
    # The second visit finds the race at its end.
    page.page.reload()
    page.page.wait_for_selector(".optviz-stage[data-drawn]")
    assert page.step() == 200
    assert page.page.locator(".optviz-stage").get_attribute("data-playing") == "false"
    assert page.errors == []
    context.close()


def test_a_page_that_is_come_back_to_has_its_address_again(open_page: Open) -> None:
    page = open_page()
    page.page.goto(f"{page.address}/league?seeds=0~250")
    heading = page.page.get_by_role("heading", level=1)
    heading.wait_for()
    for name, part in [("Race", ""), ("League", "?seeds=0~250"), ("Guide", ""), ("League", "?seeds=0~250")]:
        page.page.get_by_role("link", name=name, exact=True).first.click()
        path = "/" if name == "Race" else f"/{name.lower()}"
        page.page.wait_for_function("end => location.pathname + location.search === end", arg=f"{path}{part}")
