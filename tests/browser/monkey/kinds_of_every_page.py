"""What may be done on every page: go to another one, back, forward, load anew, language, theme, window, keys."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from monkey.hand import Hand, NotInSight
from monkey.kinds import CONTROLLED, PAGES, Kind, nothing, one_of
from optviz import Race
from optviz.experiment.article import OPTIMIZERS
from optviz.experiment.lesson import lesson_names
from optviz.text import LANGUAGES, words
from optviz.text.guide import chapter_keys

VIEWPORTS = {"1440": (1440, 900), "1024": (1024, 768), "768": (768, 1024), "390": (390, 844)}
KEYS = ("Space", "ArrowLeft", "ArrowRight", "Home", "End", "Escape", "Tab", "i", "f", "l")
LINKS = tuple(
    item["link"]
    for item in json.loads((Path(__file__).parents[2] / "links_of_version_1.json").read_text(encoding="utf-8"))["links"]
)
SMALL_LEAGUE = Race(steps=60).to_query(whole=True)
"""The race of a league that is computed while somebody waits; its surface's seed does not count."""


def _go(hand: Hand, page: str) -> None:
    """To a page by the navigation: above the page, or on a narrow screen in the sidebar."""
    hand.follow(words(hand.language)["app"][f"page_{page}"])


def _way_back(hand: Hand) -> None:
    hand.press(hand.part(".st-key-way_back button"))


def _language(hand: Hand, language: str) -> None:
    hand.press(hand.keyed("language", "button[role=radio]", list(LANGUAGES).index(language)))


def _present(hand: Hand) -> None:
    hand.press(hand.keyed("present", "button"))


def _history(hand: Hand, way: str) -> None:
    if not hand.page.evaluate("way => way === 'back' ? navigation.canGoBack : navigation.canGoForward", way):
        raise NotInSight(way)
    (hand.page.go_back if way == "back" else hand.page.go_forward)(wait_until="commit")


def _link(hand: Hand, query: str) -> None:
    hand.page.goto(f"{hand.address}/{query if '?' in query else f'?{query}'}")


def _reload(hand: Hand) -> None:
    hand.page.reload(wait_until="commit")


def _viewport(hand: Hand, name: str) -> None:
    width, height = VIEWPORTS[name]
    hand.page.set_viewport_size({"width": width, "height": height})


def _theme(hand: Hand, scheme: Any) -> None:
    hand.page.emulate_media(color_scheme=scheme)


def _key(hand: Hand, press: str) -> None:
    hand.page.evaluate("document.activeElement?.blur()")
    hand.page.keyboard.press(press)


def _escape(hand: Hand) -> None:
    """Where the focus is."""
    hand.page.keyboard.press("Escape")


def _watch(hand: Hand, milliseconds: str) -> None:
    hand.page.wait_for_timeout(float(milliseconds))


def _query(chance: random.Random) -> tuple[str, ...]:
    parts = ("axis=gap", "by=epoch", "runs=many", "veiled=1", "hidden=0,2", "paths=whole", "look=article", "view=both")
    view = [part for part in (*parts, "axis=length", "camera=10,40,2") if chance.random() < 0.2]
    return ("&".join([chance.choice(LINKS), *view]),)


def _elsewhere(chance: random.Random) -> tuple[str, ...]:
    """A link to another page than that of races."""
    racers = {"racers": "~".join(chance.sample(OPTIMIZERS, 3))}
    first = chance.choice((0, 0, 40, 240))
    league = {"seeds": f"{first}~{first + chance.choice((8, 20, 30))}", **SMALL_LEAGUE}
    step = {"racer": "0", "beside": chance.choice("12"), "at": chance.choice(("0", "1", "40"))}
    queries: dict[str, dict[str, str]] = {
        "step": {**({"surface": "ravine", "steps": "60", **racers} if chance.random() < 0.5 else {}), **step},
        "guide": {"chapter": chance.choice(chapter_keys())},
        "lessons": {"lesson": chance.choice(lesson_names())} if chance.random() < 0.8 else {"compose": "1"},
        "league": {**league, **(racers if chance.random() < 0.5 else {})},
    }
    page = chance.choice(("step", "guide", "lessons", "league", "league"))
    return (f"{page}?{urlencode(queries[page], safe='~')}",)


EVERY_PAGE: dict[str, Kind] = {
    "go": Kind(9, one_of(PAGES), _go, 200),
    "way_back": Kind(4, nothing, _way_back, 200, pages=CONTROLLED),
    "elsewhere": Kind(3, _elsewhere, _link, 0),
    "link": Kind(2, _query, _link, 0),
    "history": Kind(7, one_of(["back", "back", "forward"]), _history, 200, pushes=0, in_full=True),
    "reload": Kind(2, nothing, _reload, 0, in_full=True),
    "language": Kind(4, one_of(list(LANGUAGES)), _language, 200, pushes=0, keeps=True),
    "present": Kind(2.5, nothing, _present, 200, keeps=True),
    "viewport": Kind(2.5, one_of(list(VIEWPORTS)), _viewport, 0, pushes=0, keeps=True),
    "theme": Kind(1, one_of(["light", "dark"]), _theme, 0, pushes=0, keeps=True, in_full=True),
    "key": Kind(3, one_of(KEYS), _key, 0, in_full=True),
    "escape": Kind(1.5, nothing, _escape, 0, closes=True, in_full=True),
    "watch": Kind(1.5, one_of(["100", "300", "700"]), _watch, 0, pushes=0, stays=True, in_full=True),
}
"""Name → what it is."""
