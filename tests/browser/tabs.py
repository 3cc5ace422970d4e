"""Tabs of one Chromium, used again: a new one computes five seconds for its first page, a used one less than two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page

DESKTOP = {"width": 1440, "height": 900}
PATIENCE = 60_000
"""Milliseconds to wait for what must come. A machine with two cores and four busy processes needs them."""


@contextmanager
def new_tab(browser: Browser, **settings: Any) -> Iterator[Page]:
    """A tab in a browser that knows nothing yet: a desk's window in English, unless the settings say otherwise."""
    context = browser.new_context(**_all(settings))
    try:
        yield _patient(context.new_page())
    finally:
        context.close()


class Tabs:
    """Tabs by the kind of visitor: window, language, scheme, touch. One that comes back is as good as new.

    It keeps what makes it quick, the cache and the compiled scripts, and forgets the rest. What cannot be taken off a
    tab again (a script for every page, a route for web sockets) asks for a `new_tab`.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[Page]] = defaultdict(list)

    def take(self, **settings: Any) -> Page:
        """A tab that shows an empty page."""
        free = self._free[_kind(settings)]
        if free:
            return free.pop()
        return _patient(self._browser.new_context(**_all(settings)).new_page())

    def give_back(self, tab: Page, **settings: Any) -> None:
        """Forget what was visited, stored, allowed, emulated and routed here."""
        wanted = _all(settings)
        tab.unroute_all()
        tab.evaluate("localStorage.clear()")
        tab.goto("about:blank")
        tab.context.clear_permissions()
        tab.set_viewport_size(wanted["viewport"])
        tab.emulate_media(
            color_scheme=wanted.get("color_scheme", "light"),
            reduced_motion=wanted.get("reduced_motion", "no-preference"),
        )
        tab.mouse.move(0, 0)
        session = tab.context.new_cdp_session(tab)
        session.send("Page.resetNavigationHistory")
        session.detach()
        self._free[_kind(settings)].append(tab)


def _all(settings: dict[str, Any]) -> dict[str, Any]:
    return {"viewport": DESKTOP, "locale": "en-US", "accept_downloads": True, **settings}


def _kind(settings: dict[str, Any]) -> str:
    return repr(sorted(_all(settings).items()))


def _patient(tab: Page) -> Page:
    tab.set_default_timeout(PATIENCE)
    return tab
