"""The monkey of the browser tests, without a browser: seeds, spelling, shortening, what each invariant sees."""

from __future__ import annotations

import copy
from itertools import islice
from typing import Any
from urllib.parse import urlencode

import pytest

import optviz
from monkey.actions import KINDS, LINKS, Action, draw, read_walk, tell_walk
from monkey.invariants import INVARIANTS, Known, _layout, _same_range, broken, paths_of, restored, start_of
from monkey.shortening import shortened
from optviz import Race
from optviz.text import words
from optviz.view import View


def test_the_same_seed_gives_the_same_actions() -> None:
    first, again, other = (list(islice(draw(seed), 300)) for seed in (7, 7, 8))
    assert first == again
    assert first != other
    assert {action.name for action in islice(draw(1), 3000)} == set(KINDS), "every kind is drawn"


def test_a_walk_is_a_line_of_text() -> None:
    walk = tuple(islice(draw(3), 2000))
    line = tell_walk(walk)
    assert read_walk(line) == walk
    assert "\n" not in line and "'" not in line, "it stands between quotes in a shell"
    assert read_walk(f"link:{LINKS[0]} reload") == (Action("link", (LINKS[0],)), Action("reload"))
    with pytest.raises(ValueError, match="fly is not an action"):
        read_walk("reload fly:away")


@pytest.mark.parametrize("needed", [(3,), (3, 150), (0, 90, 199), (10, 11, 12, 180)])
def test_a_failing_walk_is_shortened_to_what_it_takes(needed: tuple[int, ...]) -> None:
    tried = []

    def fails(items: Any) -> bool:
        tried.append(len(items))
        return set(needed) <= set(items)

    assert shortened(range(200), fails, seconds=1e9) == list(needed)
    assert len(tried) < 200


def test_shortening_stops_in_time_and_keeps_what_fails() -> None:
    moments = iter(range(10**6))
    found = shortened(range(200), lambda items: {3, 150} <= set(items), seconds=12, clock=lambda: next(moments))
    assert {3, 150} <= set(found)
    assert 2 < len(found) < 200


def seen_of(race: Race, address: str = "http://127.0.0.1/") -> dict[str, Any]:
    """What the eyes would see of a page that is in order."""
    names = race.racer_names(words("en")["optimizer"])
    paths = paths_of(race)
    places = [0, (race.steps + 1) // 2, race.steps]
    start = race.start or start_of(race.surface)
    return {
        "address": address,
        "pushes": 0,
        "drawn": "token",
        "touring": False,
        "playing": False,
        "step": race.steps,
        "steps": race.steps,
        "veiled": False,
        "ended": False,
        "pinned": False,
        "present": False,
        "language": "en",
        "legend": [{"name": name, "shown": True} for name in names],
        "chosen": {"axis": "loss", "drawn": "map"},
        "axes": {"xaxis": [-1.5, 1.5], "yaxis": [-1.5, 1.5], "xaxis2": [0, 200], "yaxis2": list(LOSSES)},
        "start": list(start),
        "racers": [
            {
                "name": name,
                "count": race.steps + 1,
                "points": path.points[places].tolist(),
                "losses": path.losses[places].tolist(),
                "visible": [True, True],
                "opacity": [0.4, 0.4],
                "pale": [False, False],
            }
            for name, path in zip(names, paths, strict=True)
        ],
        "whole": False,
        "camera": None,
        "flat": True,
        "contours": 20,
        "inked": True,
        "told": [],
        "broken": [],
        "scores": ["−0.28"],
        "widgets": {"surface": "Gaussian hills", "seed": "1", "steps": "200", "learning_rate_all": "0.1"},
        "texts": ["Loss surface", "English", "中文", "Adam"],
        "covered": [],
        "wide": 0,
    }


def _losses() -> tuple[float, float]:
    low, high = _layout(Race(), "loss", "step", False, None)["yaxis2"]["range"]
    return low, high


LOSSES = _losses()


def change(seen: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(seen)
    *way, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    place: Any = changed
    for part in way:
        place = place[part]
    place[last] = value
    return changed


def known(action: str = "do:first", **what: Any) -> Known:
    return Known(read_walk(action)[0], seen_of(Race()), **what)


def test_a_page_in_order_breaks_nothing() -> None:
    assert broken(seen_of(Race()), known()) == {}


BROKEN: list[tuple[str, str, Any, dict[str, Any]]] = [
    ("rest", "step", 200, {"unrest": "the script is running"}),
    ("console", "step", 200, {"said": ["Uncaught"]}),
    ("foreign", "step", 200, {"foreign": ["https://elsewhere.example"]}),
    ("broken", "broken", ["Something went wrong"], {}),
    ("race", "racers/3/points/2/0", 0.1, {}),
    ("race", "racers/3/name", "Adam", {}),
    ("race", "racers/3/count", 200, {}),
    ("race", "racers/3/losses/1", 0.1, {}),
    ("race", "address", "http://127.0.0.1/?v=1&surface=gaussian_hills&seed=2", {}),
    ("start", "start/0", -1.4, {}),
    ("steps", "steps", 100, {}),
    ("axes", "axes/yaxis", [-1.0, 1.0], {}),
    ("axes", "axes/yaxis2", [0, 1], {}),
    ("home", "axes/xaxis", [-1.0, 1.0], {"action": "double:map,0.5,0.5"}),
    ("home", "axes/yaxis2", [0, 1], {"action": "home"}),
    ("picture", "contours", 0, {}),
    ("picture", "inked", False, {}),
    ("picture", "flat", False, {}),
    ("veil", "veiled", True, {}),
    ("sidebar", "widgets/seed", "2", {}),
    ("sidebar", "widgets/surface", "Ravine", {}),
    ("view", "chosen/axis", "gap", {}),
    ("view", "legend/2/shown", False, {}),
    ("view", "language", "zh", {}),
    ("view", "whole", True, {}),
    ("view", "present", True, {"tour_from": Race()}),
    ("hidden", "legend/2/shown", False, {}),
    ("notice", "told", ["surface = Ravine is not known"], {}),
    ("silence", "step", 200, {"action": "pill:adam"}),
    ("silence", "step", 200, {"action": "formula:x%5E2%2B"}),
    ("words", "texts", ["损失曲面"], {}),
    ("bar", "covered", ["play under optviz-says"], {}),
    ("width", "wide", 12, {}),
    ("history", "pushes", 1, {}),
]


@pytest.mark.parametrize(("name", "path", "value", "what"), BROKEN, ids=lambda part: str(part)[:40])
def test_each_invariant_can_break(name: str, path: str, value: Any, what: dict[str, Any]) -> None:
    what = dict(what)
    told = broken(change(seen_of(Race()), path, value), known(what.pop("action", "do:first"), **what))
    assert name in told
    assert told[name]


def test_every_invariant_has_a_state_that_breaks_it() -> None:
    assert {row[0] for row in BROKEN} == set(INVARIANTS)


def test_a_zoom_of_ones_own_is_no_fault_on_its_surface_alone() -> None:
    zoomed = change(seen_of(Race()), "axes/xaxis", [-1.0, 0.0])
    surface = Race().bare_surface
    assert "axes" not in broken(zoomed, known(zooms={"xaxis": [((surface, None), [-1.0, 0.0])]}))
    assert "axes" in broken(zoomed, known(zooms={"xaxis": [(("another surface", None), [-1.0, 0.0])]}))
    assert "axes" in broken(zoomed, known(zooms={"xaxis": [((surface, None), [-1.0, 0.5])]}))


def test_a_surface_in_3d_is_seen_from_where_the_address_says() -> None:
    page = change(seen_of(Race(), f"http://127.0.0.1/?{urlencode({'view': '3d', 'camera': '10,40,2'})}"), "flat", False)
    page = change(change(page, "chosen/drawn", "3d"), "contours", 0)
    assert "view" in broken(change(page, "camera", [10, 40.5, 2]), known())
    assert broken(change(page, "camera", [10, 40, 2]), known()) == {}


def test_a_race_pinned_before_a_tour_lies_under_the_seed_that_it_was_pinned_on() -> None:
    race = Race()
    pinned = race.with_learning_rate(1.0)
    low, high = _layout(race, "loss", "step", False, pinned)["yaxis2"]["range"]
    assert (low, high) != LOSSES
    touring = change(change(seen_of(race), "touring", True), "axes/yaxis2", [low, high])
    assert "axes" in broken(touring, known(tour_from=race))
    address = f"http://127.0.0.1/?{urlencode(View(pinned=pinned).to_query())}"
    assert broken(change(change(touring, "address", address), "pinned", True), known(tour_from=race)) == {}


def test_the_end_of_an_axis_of_gaps_that_are_rounding_depends_on_what_else_was_run() -> None:
    home = [-16.8, 0.854]
    assert _same_range([-15.96, 0.814], home, gaps=True)
    assert not _same_range([-15.96, 0.814], home)
    assert not _same_range([-13.0, 0.814], home, gaps=True)
    assert not _same_range([-4.5, 0.3], [-5.2, 0.3], gaps=True)


def test_a_level_surface_has_no_contours() -> None:
    for text, complaints in (("5", 0), ("x", 1)):
        race = Race(optviz.Formula(text))
        page = change(seen_of(race, f"http://127.0.0.1/?{urlencode(race.to_query())}"), "contours", 0)
        assert len({"picture"} & set(broken(page, known()))) == complaints, text


def test_english_on_the_chinese_page_is_seen_and_names_are_not() -> None:
    page = change(seen_of(Race()), "language", "zh")
    for text, wrong in {
        "Adam 的损失为 0.1": False,
        "SGD, Momentum, NAG": False,
        "foo 无法识别，可用 x, y, pi, sqrt, atan, atan2, heaviside, softplus": False,
        "Rosenbrock": False,
        "This race as code": True,
        "Choose an option": True,
        "损失 of the article is here": True,
    }.items():
        assert ("words" in broken(change(page, "texts", [text]), known())) is wrong, text


def test_a_name_of_ones_own_may_be_in_any_language() -> None:
    page = change(seen_of(Race()), "texts", ["亚当"])
    assert "words" in broken(page, known())
    assert "words" not in broken(change(page, "address", "http://127.0.0.1/?racers=adam--label-亚当"), known())


def test_a_notice_is_earned_by_what_may_be_refused() -> None:
    told = change(seen_of(Race()), "told", ["The formula cannot be read"])
    assert "notice" not in broken(told, known("formula:x%5E2%2B"))
    assert "notice" in broken(told, known("present"))


def test_what_an_address_restores_is_compared() -> None:
    seen = seen_of(Race())
    assert restored(seen, seen) is None
    assert restored(seen, change(seen, "drawn", "another")) is not None
    assert restored(seen, change(seen, "legend/1/shown", False)) is not None
    assert restored(seen, change(seen, "widgets/steps", "100")) is not None
