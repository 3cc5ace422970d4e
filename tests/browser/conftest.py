"""A real server and a real Chromium, started once for all browser tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from race_page import RacePage
from serving import Server, chromium, serving
from tabs import PATIENCE, Tabs

expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test: `-m "not browser"` leaves it out."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def running() -> Iterator[Server]:
    """The app, and what it writes down."""
    with serving() as started:
        yield started
        printed = started.printed()
    assert "Traceback" not in printed, printed


@pytest.fixture(scope="session")
def server(running: Server) -> str:
    """The address of the app."""
    return running.address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def tabs(browser: Browser) -> Tabs:
    """Its tabs, used again from test to test."""
    return Tabs(browser)


@pytest.fixture
def open_page(server: str, tabs: Tabs) -> Iterator[Callable[..., RacePage]]:
    """Opens the app as a new visitor; a request for a foreign host, or a script error, fails the test."""
    opened: list[tuple[RacePage, dict[str, object]]] = []

    def open_one(query: str = "", **settings: object) -> RacePage:
        page = RacePage(tabs.take(**settings), server)
        opened.append((page, settings))
        page.open(query)
        return page

    yield open_one
    for page, settings in opened:
        page.leave()
        tabs.give_back(page.page, **settings)
    assert [page.foreign for page, _ in opened] == [[] for _ in opened], "a request left for a foreign host"
    assert [page.errors for page, _ in opened] == [[] for _ in opened], "the browser reported errors"
