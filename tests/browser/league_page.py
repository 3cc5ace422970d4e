"""The page of leagues as a test sees it: a store that knows the answer before, the answer shown, and its marks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect

from optviz.conventions import CONVENTIONS
from optviz.experiment.league import League
from optviz.figures.league.behind import seeds_behind
from optviz.laboratory.judging import in_convention
from optviz.laboratory.league import Result, run_league
from optviz.laboratory.store import Store
from optviz.text import words
from race_page import RacePage

ASKED = League(seeds=(0, 250))
QUERY = "seeds=0~250"
TWO = replace(ASKED, racers=ASKED.racers[:1] + ASKED.racers[-1:])
TUNED = replace(TWO, training=(250, 500), grid=(1e-2, 1.0, 3))
"""As small as fair mode can be on blocks of 250 seeds."""

MARK = """(plot, [curve, point]) => {
    const trace = plot._fullData[curve], box = plot.getBoundingClientRect(), layout = plot._fullLayout;
    const [across, up] = ["x", "y"].map((letter) => layout[letter + "axis" + (trace[letter + "axis"] ?? "").slice(1)]);
    const [x, y] = trace.type === "heatmap" ? [point[1], point[0]] : [trace.x[point], trace.y[point]];
    return [box.left + across._offset + across.d2p(x), box.top + up._offset + up.d2p(y)];
}"""
TOLD_BY_HOVER = "plot => [...plot.querySelectorAll('.hoverlayer .hovertext')].map(label => label.textContent).join(' ')"


def seeds_behind_mark(result: Result, mark: list[Any]) -> list[str]:
    """What the page is to list for a mark: the first twelve seeds of each group."""
    return [f"{seed}" for group in seeds_behind(result, mark) for seed in group.seeds[:12].tolist()]


def known_before(league: League = ASKED, conventions: Iterable[str] = CONVENTIONS) -> None:
    """Compute what the page is to find in this run's store; what is there already costs nothing."""
    for convention in conventions:
        run_league(in_convention(league, convention), Store(), workers=0)


@dataclass(frozen=True)
class LeaguePage:
    """A visit to the page of leagues."""

    visit: RacePage

    def open(self, query: str = QUERY) -> None:
        """Load the page at rest, before the answer is shown."""
        self.visit.page.goto(f"{self.visit.address}/league?{query}")
        self.visit.page.wait_for_selector(".st-key-league_question")
        self.visit.rest()

    def reveal(self) -> None:
        """Ask for the answer, and wait until all of it is there and drawn."""
        button = self.visit.page.locator(".st-key-league_reveal button")
        button.click()
        # What is shown of another league until then has all that an answer has.
        button.wait_for(state="detached")
        self.wait_for_answer()

    def wait_for_answer(self) -> None:
        self.visit.page.wait_for_selector("[data-optviz-league]", state="attached")
        self.visit.page.wait_for_selector(".optviz-chart-plot[data-drawn] >> nth=1")
        self.visit.rest()

    def wait_for_conventions(self, language: str = "en") -> None:
        """Wait until each of the six conclusions is told for the formulas of every convention."""
        self.visit.page.wait_for_function(
            "told => { const { innerText } = document.querySelector('[data-testid=stMain]');"
            " return told.every(text => innerText.split(text).length > 6); }",
            arg=[words(language)["formulas"][convention] for convention in CONVENTIONS],
        )

    def said(self) -> str:
        """What can be read on the page."""
        return self.visit.page.get_by_test_id("stMain").inner_text()

    def chart(self, place: int = 1) -> Locator:
        """A chart: 0 is the ranking, 1 the one that is chosen below."""
        return self.visit.page.locator(".optviz-chart").nth(place)

    def plot(self, place: int = 1) -> Locator:
        return self.chart(place).locator(".optviz-chart-plot")

    def choose(self, box: str, option: str) -> None:
        """Choose in a list by its names; one that opens while the page still moves closes at once."""
        found = self.visit.page.get_by_role("option", name=option, exact=True)
        for _ in range(60):
            self.visit.page.get_by_role("combobox", name=box).click()
            self.visit.let_pass(20)
            if found.count():
                break
        found.click()

    def show(self, name: str) -> None:
        """Choose another chart by its button, and wait until it is drawn."""
        self.visit.page.locator(".st-key-league_chart").get_by_role("radio", name=name, exact=True).click()
        self.visit.page.wait_for_function(
            "name => [...document.querySelectorAll('.optviz-chart-plot[data-drawn]')]"
            ".some(plot => plot.getAttribute('aria-label').startsWith(name + '.'))",
            arg=name,
        )
        self.visit.rest()

    def place_of(self, chart: int, curve: int, point: Any) -> tuple[float, float]:
        """Where a mark is on the screen, once it has been scrolled to."""
        self.plot(chart).scroll_into_view_if_needed()
        left, top = self.plot(chart).evaluate(MARK, [curve, point])
        return left, top

    def click_mark(self, chart: int, curve: int, point: Any) -> None:
        before = self.seeds()
        # Plotly takes a click for one of the mark that it has told of.
        self.told_at(chart, curve, point)
        self.visit.page.mouse.down()
        self.visit.page.mouse.up()
        self.wait_for_others(before)
        # Whoever has clicked is led to them.
        expect(self.visit.page.locator(".optviz-behind-told")).to_be_focused()

    def told_at(self, chart: int, curve: int, point: Any) -> str:
        """What a hand that points at a mark is told."""
        left, top = self.place_of(chart, curve, point)
        label = self.plot(chart).locator(".hoverlayer .hovertext")
        self.visit.page.mouse.move(0, 0)
        expect(label).to_have_count(0)
        for attempt in range(60):
            # One move may be lost while the page moves; the next is another place only where it is one.
            self.visit.page.mouse.move(left, top + attempt % 2)
            self.visit.let_pass(10)
            if label.count():
                break
        told: str = self.plot(chart).evaluate(TOLD_BY_HOVER)
        return told

    def listed(self) -> list[str]:
        """The seeds of the surfaces behind a number."""
        return [re.split("[ （]", text)[0] for text in self.seeds()]

    def take(self, chart: int, ending: str) -> bytes:
        """What a chart's button for a kind of file gives."""
        with self.visit.page.expect_download() as waiting:
            self.chart(chart).get_by_role("button").filter(has_text=ending.upper()).click()
        assert waiting.value.suggested_filename.endswith(f".{ending}")
        return Path(waiting.value.path()).read_bytes()

    def seeds(self) -> list[str]:
        """What stands on the buttons of the surfaces behind a number."""
        return self.visit.page.locator("[class*=st-key-league_seeds_] button").all_inner_texts()

    def wait_for_others(self, before: list[str]) -> None:
        """Wait until other surfaces are listed."""
        self.visit.page.wait_for_function(
            "before => { const now = [...document.querySelectorAll('[class*=st-key-league_seeds_] button')]"
            ".map(button => button.innerText); return now.length > 0 && now.join() !== before; }",
            arg=",".join(before),
        )
        self.visit.rest()
