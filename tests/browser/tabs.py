"""Tabs of one Chromium, used again: a new one computes five seconds for its first page, a used one less than two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

DESKTOP = {"width": 1440, "height": 900}
PATIENCE = 60_000
"""Milliseconds to wait for what must come. A machine with two cores and four busy processes needs them."""


def returning(context: BrowserContext) -> BrowserContext:
    """A visitor who has been here: the race is there at its end, and does not play by itself first."""
    # There is no storage where there is no page.
    context.add_init_script("try { localStorage.setItem('optviz-visited', '1'); } catch {}")
    return context


@contextmanager
def new_tab(browser: Browser, **settings: Any) -> Iterator[Page]:
    """A tab in a browser that knows nothing yet: a desk's window in English, unless the settings say otherwise."""
    context = returning(browser.new_context(**_all(settings)))
    try:
        yield _patient(context.new_page())
    finally:
        context.close()


class Tabs:
    """Tabs by the kind of visitor: language, touch, network. One that comes back is as good as new.

    It keeps what makes it quick, the cache and the compiled scripts, and forgets the rest. What cannot be taken off a
    tab again (a script for every page, a route for web sockets) asks for a `new_tab`.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[Page]] = defaultdict(list)

    def take(self, **settings: Any) -> Page:
        """A tab that shows an empty page."""
        free = self._free[_kind(settings)]
        tab = free.pop() if free else _patient(returning(self._browser.new_context(**_all(settings))).new_page())
        tab.set_viewport_size(_all(settings)["viewport"])
        tab.emulate_media(
            color_scheme=settings.get("color_scheme", "light"),
            reduced_motion=settings.get("reduced_motion", "no-preference"),
        )
        return tab

    def give_back(self, tab: Page, **settings: Any) -> None:
        """Forget what was visited, stored, allowed and routed here."""
        tab.unroute_all()
        tab.evaluate("localStorage.clear(), sessionStorage.clear()")
        tab.goto("about:blank")
        tab.context.clear_permissions()
        tab.mouse.move(0, 0)
        session = tab.context.new_cdp_session(tab)
        session.send("Page.resetNavigationHistory")
        session.detach()
        self._free[_kind(settings)].append(tab)


def _all(settings: dict[str, Any]) -> dict[str, Any]:
    return {"viewport": DESKTOP, "locale": "en-US", "accept_downloads": True, **settings}


def _kind(settings: dict[str, Any]) -> str:
    """What a tab keeps as long as it lives; the rest is set each time that it is taken."""
    changeable = {"viewport", "color_scheme", "reduced_motion"}
    return repr(sorted((name, value) for name, value in _all(settings).items() if name not in changeable))


def _patient(tab: Page) -> Page:
    tab.set_default_timeout(PATIENCE)
    return tab
