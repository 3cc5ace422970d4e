"""What a walk knows: what it has seen of the page, and what the page's address stands for, by the core alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from monkey.kinds import Action
from optviz import Race
from optviz.experiment import read_query
from optviz.view import View

Seen = Mapping[str, Any]

LOADED = ("link", "elsewhere", "reload")
"""Actions that load the page anew."""


@dataclass
class Known:
    """What the walk knows besides what it sees: the action, what was seen before it, and what happened on the way."""

    action: Action
    before: Seen | None
    locale: str = "en-US"
    zooms: dict[str, list[tuple[Any, list[float]]]] = field(default_factory=dict)
    tour_from: Race | None = None
    said: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    logged: str = ""
    """What the server has written since the action before."""
    unrest: str | None = None
    entries_owed: int = 0
    """How many entries of the history the action before might have made and had not: they may come late."""
    noted: Mapping[str, Any] = field(default_factory=dict)
    """What the hand has noted: "led", the address of a link that it followed; "seed", whose race it asked for."""
    there: Seen | None = None
    """What was seen last at the entry of the history to which the action went."""
    unanswered: str | None = None
    """What should have followed the action at once, and did not."""


@dataclass(frozen=True)
class Expected:
    """What an address stands for."""

    page: str
    race: Race
    view: View
    problems: tuple[str, ...]


@lru_cache(4096)
def expected(address: str) -> Expected:
    """The page, race and view of an address."""
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    page = parts.path.strip("/").split("/")[-1] or "race"
    race, problems = read_query(query)
    view, unseen = View.from_query(query, page)
    beyond = view.beyond(race, query)
    return Expected(page, race, view, tuple(str(problem) for problem in (*problems, *unseen, *beyond)))


def language_of(seen: Seen) -> str:
    """The language that the page says it is in."""
    return "zh" if seen["language"] == "zh" else "en"
