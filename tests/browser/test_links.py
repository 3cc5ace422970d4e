"""Links of strangers in a real browser: each one shows a race, whatever is in it, and none shows a traceback."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import cache
from itertools import zip_longest
from random import Random

import pytest

from optviz import Race
from optviz.experiment import LONGEST_LINK, read_url
from optviz.surface import FAMILIES, GallerySurface
from race_page import RacePage
from test_experiment import hostile_link
from tiers import long, rest_is_long

Open = Callable[..., RacePage]
LINKS = 200
LANGUAGES = ("zh", "en")

LOOK = """() => ({
    // What the app did not expect is told in a box of Streamlit's, whatever it was.
    exceptions: document.querySelectorAll('[data-testid=stException], [data-testid=stAlert]').length,
    traceback: document.body.innerText.includes('Traceback'),
    drawn: Boolean(document.querySelector('.optviz-stage[data-drawn]')),
})"""
LINES_DRAWN = """count => document.querySelector('.optviz-plot').data
    .filter(trace => trace.xaxis === 'x' && trace.mode === 'lines').length === count"""
FINE = {"exceptions": 0, "traceback": False, "drawn": True}


@cache
def hostile_links(count: int = LINKS) -> list[str]:
    """The most varied of many: of each kind of surface and racers and refusal in turn."""
    random = Random(4)
    kinds: dict[object, list[str]] = defaultdict(list)
    for _ in range(20 * count):
        # A # ends the query of an address, and Streamlit leaves one of more than a thousand parameters unread.
        link = hostile_link(random).replace("#", "%23")
        if len(link) < LONGEST_LINK and link.count("&") < 900:
            race, problems = read_url(link)
            surface = (type(race.surface), type(race.bare_surface), len(link) > 6000)
            kinds[*surface, min(len(problems), 3), len(race.racers) > 8].append(link)
    mixed = [link for turn in zip_longest(*kinds.values()) for link in turn if link is not None]
    return list(dict.fromkeys(mixed))[:count]


@long
def test_the_links_are_of_every_kind() -> None:
    read = [read_url(link) for link in hostile_links()]
    assert len(read) == LINKS
    assert sum(bool(problems) for _, problems in read) > LINKS / 2
    assert sum(race != Race() for race, _ in read) > LINKS / 2
    assert {type(race.bare_surface) for race, _ in read} == {*FAMILIES.values(), GallerySurface}
    assert sum(race.surface.samples is not None for race, _ in read) > 20
    assert sum(len(race.racers) > 8 for race, _ in read) > 20
    assert sum(len(link) > 6000 for link in hostile_links()) > 10


@long
@pytest.mark.parametrize("count", [6, LINKS])
def test_hostile_links_show_a_race_each(open_page: Open, count: int) -> None:
    page = open_page()
    for number, link in enumerate(hostile_links(count)):
        # Every other link in Chinese: then the picture differs from the last one's, even of the same race.
        language = f"lang={LANGUAGES[number % 2]}"
        page.go(f"?{language}&{link}&{language}")
        race = read_url(link)[0]
        # Where the surface moves, the way of its lowest point is a line as well.
        lines = len(race.racers) + (race.surface.drift(race.steps) is not None)
        page.page.wait_for_function(LINES_DRAWN, arg=lines)
        assert page.page.evaluate(LOOK) == FINE, ascii(link)
        assert page.errors == [], ascii(link)


# Streamlit leaves an address of more than a thousand parameters unread: what is shown is the article's setting.
TOO_MANY_PARAMETERS = "&".join(["steps"] * 1200)


@pytest.mark.parametrize("number", rest_is_long(range(7), {0, 6}))
def test_a_hostile_link_loads(open_page: Open, number: int) -> None:
    link = [*hostile_links(6), TOO_MANY_PARAMETERS][number]
    page = open_page("?" + link)
    assert page.page.evaluate(LOOK) == FINE
    assert len(page.page.locator(".optviz-legend button").all()) == len(read_url(link)[0].racers)
