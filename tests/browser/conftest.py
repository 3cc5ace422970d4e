"""A real server and a real Chromium, started once for all browser tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from race_page import RacePage
from serving import chromium, serving


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test: `-m "not browser"` leaves it out.

    A browser on a busy machine now and then misses a move of the mouse or a key, so a test that fails is run once more;
    the report says which (R). One that fails twice fails.
    """
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of the app."""
    with serving() as running:
        yield running.address
        printed = running.printed()
    assert "Traceback" not in printed, printed


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all; each page gets a context of its own."""
    with chromium() as running:
        yield running


@pytest.fixture
def open_page(server: str, browser: Browser) -> Iterator[Callable[..., RacePage]]:
    """Opens the app in a new context; foreign hosts are blocked, and asking one, or a script error, fails the test."""
    opened: list[RacePage] = []

    def open_one(query: str = "", **context: object) -> RacePage:
        page = RacePage(browser, server, **context)
        opened.append(page)
        page.open(query)
        return page

    yield open_one
    for page in opened:
        page.close()
    assert [page.foreign for page in opened] == [[] for _ in opened], "a request left for a foreign host"
    assert [page.errors for page in opened] == [[] for _ in opened], "the browser reported errors"
