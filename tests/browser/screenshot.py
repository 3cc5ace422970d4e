"""Draw the README's picture from the app: python tests/browser/screenshot.py docs/race.png"""

from __future__ import annotations

import sys
from pathlib import Path

from race_page import RacePage
from serving import chromium, serving
from tabs import new_tab


def main(target: Path) -> None:
    """The first paint at 1440 × 900, in English and light."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with serving() as server, chromium() as browser, new_tab(browser, color_scheme="light") as tab:
        page = RacePage(tab, server.address)
        page.open()
        # The running-man icon of the first run is gone when the page is idle.
        page.page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
        page.page.screenshot(path=str(target))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
