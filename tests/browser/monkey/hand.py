"""A visitor's hand on one page: finds a control by its key, opens what hides it, and uses it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, Page

PATIENCE = 60_000
"""Milliseconds in which a control that is in sight can be used, or the page is at fault."""

OPENS_IN = 250
"""Milliseconds in which a list that is asked for mostly opens."""

OVERLAID = 768
"""Up to this width the open sidebar lies on the page."""


class NotInSight(Exception):
    """The control of an action is not on the page as it is."""


class Unanswered(Exception):
    """The action was done, and what must follow at once did not; the message says what."""


class Hand:
    """A visitor's hand on one page: finds controls by their key, opens what hides them, and uses them."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.noted: dict[str, Any] = {}

    @property
    def language(self) -> str:
        return "zh" if self.page.evaluate("document.documentElement.lang") == "zh" else "en"

    def keyed(self, key: str, part: str = "", nth: int = 0) -> Locator:
        """A widget of the page by its key, after the sidebar is where it must be for it to be used."""
        found = f":is(.st-key-{key}, [class*=st-key-{key}-]) {part}".strip()
        where = self.page.evaluate(
            "found => { const element = document.querySelector(found);"
            " return element && (element.closest('[data-testid=stSidebar]') ? 'sidebar' :"
            " element.checkVisibility() ? 'page' : null); }",
            found,
        )
        if where is None and self._sidebar() == "closed" and key not in ("corner", "language", "present"):
            # A sidebar that is closed may have unmounted what is in it.
            self._open_sidebar(True)
            return self._in_sight(found, nth)
        if where is None:
            raise NotInSight(key)
        self._open_sidebar(where == "sidebar")
        return self._in_sight(found, nth)

    def scrub(self, scrubber: Locator, share: float) -> None:
        """Click a scrubber at a share of its length."""
        box = scrubber.bounding_box(timeout=PATIENCE)
        if box is None:
            raise NotInSight("scrubber")
        scrubber.click(position={"x": share * box["width"], "y": box["height"] / 2}, timeout=PATIENCE)

    def stage(self, part: str) -> Locator:
        """A part of the first stage, with the sidebar out of the way."""
        self._open_sidebar(False)
        return self._in_sight(f".optviz-stage {part}")

    def part(self, selector: str, nth: int = 0) -> Locator:
        """One of the parts of the page that are in sight, with the sidebar out of the way; there may be fewer."""
        self._open_sidebar(False)
        found = self.page.locator(selector).locator("visible=true")
        count = found.count()
        if count == 0:
            raise NotInSight(selector)
        return found.nth(nth % count)

    def follow(self, title: str) -> None:
        """A link of the navigation."""
        above = self.page.get_by_test_id("stTopNavLink").filter(has_text=title).locator("visible=true")
        if above.count():
            self._open_sidebar(False)
            above.first.click(timeout=PATIENCE)
            return
        if not self.page.evaluate("Boolean(document.querySelector('[data-testid=stSidebar]'))"):
            raise NotInSight(title)
        self._open_sidebar(True)
        beside = self.page.get_by_test_id("stSidebarNavLink").filter(has_text=title).locator("visible=true")
        if beside.count() == 0:
            raise NotInSight(title)
        beside.first.click(timeout=PATIENCE)

    def _in_sight(self, selector: str, nth: int = 0) -> Locator:
        if not self.page.evaluate(
            "selector => Boolean(document.querySelector(selector)?.checkVisibility({visibilityProperty: true}))",
            selector,
        ):
            raise NotInSight(selector)
        return self.page.locator(selector).nth(nth)

    def _sidebar(self) -> str:
        right = self.page.evaluate(
            "document.querySelector('[data-testid=stSidebar]')?.getBoundingClientRect().right ?? 0"
        )
        return "open" if right > 20 else "closed"

    def _open_sidebar(self, wanted: bool) -> None:
        width = (self.page.viewport_size or {"width": 1440})["width"]
        if self._sidebar() == ("open" if wanted else "closed") or (not wanted and width > OVERLAID):
            return
        # Streamlit opens and closes it by itself when the window changes its width, so it may take a second try.
        self.page.wait_for_function(
            "wanted => { const sidebar = document.querySelector('[data-testid=stSidebar]');"
            " const open = (sidebar?.getBoundingClientRect().right ?? 0) > 20;"
            " if (sidebar?.getAnimations({subtree: true}).some(({playState}) => playState === 'running')) return false;"
            " if (open === wanted) return true;"
            " const name = wanted ? 'stExpandSidebarButton' : 'stSidebarCollapseButton';"
            " const found = document.querySelector(`[data-testid=${name}]`);"
            " (found?.matches('button') ? found : found?.querySelector('button'))?.click(); return false; }",
            arg=wanted,
            polling=50,
            timeout=PATIENCE,
        )

    def press(self, control: Locator) -> None:
        if not control.is_enabled() or control.evaluate("control => control.closest('[inert]') !== null"):
            raise NotInSight("disabled")
        control.click(timeout=PATIENCE)

    def choose(self, key: str, title: str) -> None:
        """An option of a select, by what it is called."""
        box = self.keyed(key, "input[role=combobox]")
        if box.input_value() == title:
            return
        self.open_list(box)
        try:
            box.fill(title, timeout=PATIENCE)
            self.page.get_by_role("option", name=title, exact=True).first.click(timeout=PATIENCE)
        except PlaywrightError:
            # What was typed is not what is chosen: the box shows its value again.
            box.press("Escape")
            raise

    def open_list(self, box: Locator) -> None:
        """The options of a select. A list that opens while the page still moves closes at once: it is opened again."""
        box.click(timeout=PATIENCE)
        option = self.page.get_by_role("option").first
        for _ in range(PATIENCE // OPENS_IN):
            try:
                option.wait_for(timeout=OPENS_IN)
                return
            except PlaywrightError:
                # In a list that is open by now it moves the mark, which chooses nothing.
                box.press("ArrowDown", timeout=PATIENCE)
        option.wait_for(timeout=OPENS_IN)

    def type(self, key: str, text: str) -> None:
        field = self.keyed(key, "input:not([type=range])")
        field.fill(text, timeout=PATIENCE)
        field.press("Enter", timeout=PATIENCE)

    def slide(self, key: str, press: str, times: str) -> None:
        slider = self.keyed(key, "input[type=range]")
        slider.focus(timeout=PATIENCE)
        for _ in range(int(times)):
            self.page.keyboard.press(press)

    def box_of(self, chart: str) -> dict[str, float]:
        """A chart's box on the screen: "map" or "curves"."""
        self._open_sidebar(False)
        self._in_sight(".optviz-plot").scroll_into_view_if_needed(timeout=PATIENCE)
        axes = ("xaxis", "yaxis") if chart == "map" else ("xaxis2", "yaxis2")
        found = self.page.evaluate(
            "([x, y]) => { const plot = document.querySelector('.optviz-plot'); const layout = plot._fullLayout;"
            " if (!layout?.[x].visible) return null; const box = plot.getBoundingClientRect();"
            " return {left: box.left + layout[x]._offset, top: box.top + layout[y]._offset,"
            " width: layout[x]._length, height: layout[y]._length}; }",
            axes,
        )
        if found is None:
            raise NotInSight(chart)
        return dict(found)

    def place(self, chart: str, across: str, down: str) -> tuple[float, float]:
        """A place on a chart, by shares of its width and height, that is on the screen."""
        box = self.box_of(chart)
        return box["left"] + float(across) * box["width"], box["top"] + float(down) * box["height"]

    def drag(self, begin: tuple[float, float], end: tuple[float, float], moves: int = 6) -> None:
        mouse = self.page.mouse
        mouse.move(*begin)
        mouse.down()
        for move in range(1, moves + 1):
            mouse.move(*(a + (b - a) * move / moves for a, b in zip(begin, end, strict=True)))
        mouse.up()

    def rest_away(self) -> None:
        """The pointer leaves what it was on, so that no tooltip and no hover box stays."""
        self.page.mouse.move(2, 2)
