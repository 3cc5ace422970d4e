"""Comparing on the page: the pinned race under the next one, and the tour over seeds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from optviz import GaussianHills, Race, SmoothedNoise
from optviz.statistics import wins_of
from optviz.trajectory import race as run
from optviz.ui.pages.race.touring import tally
from race_page import RacePage
from tabs import PATIENCE
from tiers import long

Open = Callable[..., RacePage]
PALE = "plot => plot.data.filter(trace => trace.line?.width === 6)"
STARTED = """() => {
    window.seen = [];
    const stage = document.querySelector('.optviz-stage');
    new MutationObserver(() => window.seen.push([stage.dataset.drawn, performance.now()]))
        .observe(stage, {attributes: true, attributeFilter: ['data-drawn']});
}"""


@long
def test_the_pinned_race_lies_under_the_next_one(open_page: Open) -> None:
    page = open_page()
    token = page.token()
    page.do("pin")
    page.wait_for_another(token)
    page.wait_for_address("pinned=")
    token = page.token()
    page.slide("One learning rate for all", "ArrowRight")
    page.wait_for_address("learning_rate=0.12")
    page.page.wait_for_function("token => document.querySelector('.optviz-stage').dataset.drawn !== token", arg=token)
    page.page.get_by_text("the pinned race (learning rate 0.1)").wait_for()
    pale = page.plot(f"{PALE}.map(trace => [Array.from(trace.x), Array.from(trace.y)])")
    paths = Race().run()
    assert len(pale) == 2 * len(paths), "a path and a loss curve each"
    for (x, y), (_, losses), path in zip(pale[::2], pale[1::2], paths, strict=True):
        np.testing.assert_allclose(np.stack([x, y], axis=1), path.points, atol=1e-6)
        np.testing.assert_allclose(losses, path.losses, atol=1e-6)
    # Under the present ones: drawn before them.
    order = page.plot("plot => plot.data.filter(t => t.mode === 'lines').map(t => t.line.width === 6)")
    assert order == sorted(order, reverse=True)
    header = page.page.locator(".optviz-scores thead").first.inner_text()
    assert "Final loss, pinned" in header
    again = open_page("?" + page.page.url.split("?", 1)[1])
    assert again.token() == page.token(), "the link brings the pinned race along"
    # The legend hides a racer and its pale lines.
    again.page.locator(".optviz-legend button", has_text="Adam").click()
    again.wait_for_address("hidden=6")
    assert again.plot(f"{PALE}.filter(trace => trace.visible).length") == 12
    token = again.token()
    again.do("pin")
    again.wait_for_another(token)
    again.page.wait_for_function("!location.search.includes('pinned=')")
    assert again.plot(f"{PALE}.length") == 0


def test_a_pinned_race_stays_while_the_learning_rate_is_dragged(open_page: Open) -> None:
    page = open_page()
    token = page.token()
    page.do("pin")
    page.wait_for_another(token)
    page.page.locator(".optviz-rate input").focus()
    for _ in range(10):
        page.page.keyboard.press("ArrowRight")
    page.wait_for_address("learning_rate=")
    assert page.plot(f"{PALE}.length") == 14


@long
def test_on_another_surface_the_pinned_race_is_not_drawn_and_that_is_said(open_page: Open) -> None:
    page = open_page()
    token = page.token()
    page.do("pin")
    page.wait_for_another(token)
    token = page.token()
    page.type_seed(2)
    page.wait_for_address("seed=2")
    page.page.get_by_text("on another surface").wait_for()
    page.wait_for_another(token)
    assert page.plot(f"{PALE}.length") == 0


def open_tour(page: RacePage, seconds: int, key: str = "Home", times: int = 1) -> None:
    """Open the panel of the tour and set its pace with the keyboard."""
    page.page.get_by_text("Tour of seeds").click()
    pace = page.page.locator("[class*=st-key-tour_seconds]").get_by_role("slider")
    pace.wait_for()
    pace.focus()
    for _ in range(times):
        page.page.keyboard.press(key)
    page.page.wait_for_function(
        "seconds => document.querySelector('[class*=st-key-tour_seconds]')"
        ".innerText.split('\\n').includes(`${seconds}`)",
        arg=seconds,
    )


@long
@pytest.mark.parametrize("seeds", [5, 20])
def test_the_tour_visits_seed_after_seed_and_its_tally_is_the_cores(open_page: Open, seeds: int) -> None:
    page = open_page("?steps=60&convention=article")
    open_tour(page, 1)
    entries, address = page.page.evaluate("history.length"), page.page.url
    page.page.evaluate(STARTED)
    page.do("tour")
    page.page.wait_for_function(
        "seeds => +document.querySelector('.optviz-tally')?.previousElementSibling.innerText.match(/\\d+/)[0] >= seeds",
        arg=seeds,
        timeout=2 * PATIENCE,
    )
    assert page.page.url == address, "a tour is no history"
    page.do("tour")
    page.page.wait_for_selector(".optviz-stage[data-touring=false]")
    page.wait_for_address("seed=")
    visited = page.page.evaluate("new Set(window.seen.map(([drawn]) => drawn)).size")
    assert visited >= seeds
    race = page.race()
    count = race.surface.seed - 1
    assert count >= seeds
    assert page.page.evaluate("history.length") == entries + 1
    stack = run(race.racers, GaussianHills(seed=range(1, 1 + count)), steps=60)
    shares = wins_of(stack).sum(axis=1)
    names = race.racer_names(dict(zip([r.kind for r in race.racers], SEVEN, strict=True)))
    expected = {name: tally(float(share)) for name, share in zip(names, shares, strict=True)}
    rows = page.page.locator(".optviz-tally tbody tr")
    shown = {row.split("\t")[0]: row.split("\t")[1] for row in rows.all_inner_texts()}
    assert shown == expected
    assert len(set(shown.values())) > 2


SEVEN = ["Gradient descent", "Momentum", "NAG", "Adagrad", "Adadelta", "RMSProp", "Adam"]


@long
def test_the_tour_waits_while_it_is_paused_and_a_change_ends_it(open_page: Open) -> None:
    page = open_page("?surface=rosenbrock")
    page.page.locator(".optviz-legend").wait_for()
    page.do("tour")
    page.page.wait_for_selector(".optviz-stage[data-touring=true][data-playing=true]")
    assert page.page.locator(".optviz-legend button").all_inner_texts()[0].split("\n") == ["Gradient descent", "· 0"]
    page.do("play")
    step = page.step()
    page.let_pass(90)
    assert (page.step(), page.stage.get_attribute("data-touring")) == (step, "true")
    page.slide("Steps", "ArrowLeft")
    page.page.wait_for_selector(".optviz-stage[data-touring=false]")
    page.wait_for_address("steps=")
    assert page.race().surface == GaussianHills(seed=1), "from a surface without seeds the tour goes to the hills"
    assert page.race().shared_learning_rate == 0.1


@long
def test_family_and_first_seed_of_a_tour_can_be_chosen(open_page: Open) -> None:
    page = open_page("?steps=20")
    # At the usual pace: the page rests for some seconds between two seeds, and a button stays where it is.
    page.page.get_by_text("Tour of seeds").click()
    page.page.locator(".st-key-tour_button").wait_for()
    # A list that opens while the panel still slides closes at once.
    page.page.wait_for_function("document.getAnimations().length === 0")
    family = page.page.locator("[class*=st-key-tour_family]").get_by_role("combobox")
    # A list that opens while the page still scrolls closes at once.
    family.scroll_into_view_if_needed()
    page.let_pass(30)
    family.click()
    page.page.get_by_role("option", name="Smoothed noise").click()
    first = page.page.locator("[class*=st-key-tour_first]").get_by_role("spinbutton")
    first.fill("500")
    first.press("Enter")
    page.page.wait_for_function(
        "!document.querySelector('[data-test-script-state=running]') &&"
        " document.querySelector('[class*=st-key-tour_first] input').value === '500' &&"
        " document.querySelector('[class*=st-key-tour_family] input').value === 'Smoothed noise'"
    )
    page.page.locator(".st-key-tour_button button").click()
    page.page.get_by_text("Wins after 1 seed", exact=True).wait_for()
    page.page.locator(".st-key-tour_button button").click()
    page.wait_for_address("surface=smoothed_noise")
    race = page.race()
    assert isinstance(race.surface, SmoothedNoise)
    assert 501 <= race.surface.seed <= 505


@long
def test_who_asked_for_less_motion_sees_each_seed_at_its_end(open_page: Open) -> None:
    page = open_page(reduced_motion="reduce")
    token = page.token()
    page.page.evaluate(STARTED)
    page.do("tour")
    page.page.wait_for_selector(".optviz-stage[data-touring=true]")
    page.page.wait_for_function("token => document.querySelector('.optviz-stage').dataset.drawn !== token", arg=token)
    assert page.step() == 200
    assert page.stage.get_attribute("data-playing") != "true"
    page.wait_for_another(page.token())
    began: dict[str, float] = {}
    for drawn, moment in page.page.evaluate("window.seen"):
        began.setdefault(drawn, moment)
    first, second = [moment for drawn, moment in began.items() if drawn != token][:2]
    assert second - first > 3000, "the seed has the time that it would have, moving"


@long
def test_looking_closer_at_the_end_of_a_seed_keeps_it(open_page: Open) -> None:
    page = open_page("?steps=20")
    open_tour(page, 10, "ArrowRight", 4)
    page.do("tour")
    page.page.wait_for_function("+document.querySelector('.optviz-stage').dataset.step === 20")
    page.page.wait_for_function("+document.querySelector('.optviz-stage').dataset.step < 20")
    # Here each seed rests for two and a half seconds: the key is pressed by the page itself, which is never too late.
    page.page.wait_for_function(
        """() => {
          if (+document.querySelector(".optviz-stage").dataset.step !== 20) return false;
          const scrubber = document.querySelector(".optviz-scrubber");
          scrubber.focus();
          return scrubber.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true }));
        }"""
    )
    token, step = page.token(), page.step()
    page.let_pass(240)
    assert (page.token(), page.step()) == (token, step)
    page.do("play")
    page.wait_for_another(token)


PALE_LINES = "plot => plot.data.filter(({ line }) => line?.width === 6).map(({ visible }) => visible)"


@long
def test_under_a_veil_a_pinned_race_tells_nothing_of_itself(open_page: Open) -> None:
    """The race that is pinned while it is veiled is the one that is to be guessed; another one may be seen."""
    page = open_page("?veiled=1")
    token = page.token()
    page.do("pin")
    page.wait_for_another(token)
    assert page.plot(PALE_LINES) == [False] * 14
    token = page.token()
    page.slide("One learning rate for all", "ArrowRight")
    page.wait_for_another(token)
    # Adadelta has no learning rate: its run is the same.
    assert sorted(page.plot(PALE_LINES)) == [False] * 2 + [True] * 12
    page.do("last")
    page.page.wait_for_function(f"({PALE_LINES})(document.querySelector('.optviz-plot')).every((seen) => seen)")
