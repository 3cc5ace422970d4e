"""Which tests run, in which order, and what several of their files share."""

from __future__ import annotations

import os
import signal
import tempfile
from itertools import chain, zip_longest
from pathlib import Path

import pytest

from optviz import Trajectory
from thousand_races import thousand_races


def pytest_configure(config: pytest.Config) -> None:
    """The long tier runs where `-m` names it, whatever else `-m` says; leagues have a folder of this run's own."""
    chosen = config.option.markexpr
    if "long" not in chosen:
        config.option.markexpr = f"not long and ({chosen})" if chosen else "not long"
    # Also for the processes that tests start: the leagues of whoever runs the tests are left alone.
    store = tempfile.TemporaryDirectory(prefix="optviz-store-")
    os.environ["OPTVIZ_STORE"] = store.name
    config.add_cleanup(store.cleanup)
    # A shell's background jobs ignore Ctrl-C, and so would all programs that tests start and interrupt.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


LONGEST = (
    *("test_contributing", "test_pages", "test_door", "test_cli", "test_formula", "test_readme", "test_optimizers"),
    *("test_race_page", "test_standalone", "test_taking_away", "test_axes", "test_controls_of_the_stage"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """For two workers, each of which takes a file and then the next one (`--dist loadfile`).

    Files with a browser and files without take turns, so that there is seldom more than one browser at work; what takes
    longest comes first, so that both workers end together.
    """
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    order = sorted(files, key=lambda file: LONGEST.index(file.stem) if file.stem in LONGEST else len(LONGEST))
    with_browser = [file for file in order if file.parent.name == "browser"]
    without = [file for file in order if file.parent.name != "browser"]
    turns = chain.from_iterable(zip_longest(with_browser, without))
    items[:] = chain.from_iterable(files[file] for file in turns if file is not None)


@pytest.fixture
def whole_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    """No browser keeps here what was sent before."""
    # Not at the top: what only looks at the core loads no Streamlit.
    from optviz.ui import component

    monkeypatch.setattr(component, "known_parts", lambda key: frozenset())


@pytest.fixture(scope="session", name="thousand_races")
def _thousand_races() -> dict[str, Trajectory]:
    return thousand_races()
