"""The page of leagues as a test sees it: a store that knows the answer before, the answer shown, and its marks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator

from optviz.conventions import CONVENTIONS
from optviz.experiment.league import League
from optviz.laboratory.judging import in_convention
from optviz.laboratory.league import run_league
from optviz.laboratory.store import Store
from race_page import RacePage

ASKED = League(seeds=(0, 250))
QUERY = "seeds=0~250"
MARK = """(plot, [curve, point]) => {
    const trace = plot._fullData[curve], box = plot.getBoundingClientRect(), layout = plot._fullLayout;
    const [across, up] = ["x", "y"].map((letter) => layout[letter + "axis" + (trace[letter + "axis"] ?? "").slice(1)]);
    const [x, y] = trace.type === "heatmap" ? [point[1], point[0]] : [trace.x[point], trace.y[point]];
    return [box.left + across._offset + across.d2p(x), box.top + up._offset + up.d2p(y)];
}"""
TOLD_BY_HOVER = "plot => [...plot.querySelectorAll('.hoverlayer .hovertext')].map(label => label.textContent).join(' ')"


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
        self.visit.page.locator(".st-key-league_reveal button").click()
        self.wait_for_answer()

    def wait_for_answer(self) -> None:
        self.visit.page.wait_for_selector("[data-optviz-league]", state="attached")
        self.visit.page.wait_for_selector(".optviz-chart-plot[data-drawn] >> nth=1")
        self.visit.rest()

    def said(self) -> str:
        """What can be read on the page."""
        return self.visit.page.get_by_test_id("stMain").inner_text()

    def chart(self, place: int = 1) -> Locator:
        """A chart: 0 is the ranking, 1 the one that is chosen below."""
        return self.visit.page.locator(".optviz-chart").nth(place)

    def plot(self, place: int = 1) -> Locator:
        return self.chart(place).locator(".optviz-chart-plot")

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
        self.visit.page.mouse.click(*self.place_of(chart, curve, point))
        self.wait_for_others(before)

    def told_at(self, chart: int, curve: int, point: Any) -> str:
        """What a hand that points at a mark is told."""
        left, top = self.place_of(chart, curve, point)
        self.visit.page.mouse.move(left - 3, top)
        self.visit.page.mouse.move(left, top)
        self.plot(chart).locator(".hoverlayer .hovertext").first.wait_for()
        told: str = self.plot(chart).evaluate(TOLD_BY_HOVER)
        return told

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
