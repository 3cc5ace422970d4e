"""The monkey of the browser tests, without a browser: seeds, spelling, shortening, what each invariant sees."""

from __future__ import annotations

import copy
from collections.abc import Callable
from itertools import islice
from typing import Any
from urllib.parse import urlencode

import pytest

import optviz
from monkey.actions import KINDS, draw, read_walk, tell_walk
from monkey.holds_elsewhere import _record_of, league_of
from monkey.holds_on_the_race import _layout, _same_range, paths_of, start_of
from monkey.invariants import INVARIANTS, broken, restored
from monkey.kinds import Action
from monkey.kinds_of_every_page import LINKS
from monkey.knowing import Known
from monkey.shortening import shortened
from optviz import Race
from optviz.experiment.lesson import lesson
from optviz.text import words
from optviz.text.guide import FIGURE, chapter
from optviz.text.question import told_question
from optviz.view import View


def test_the_same_seed_gives_the_same_actions() -> None:
    first, again, other = (list(islice(draw(seed), 300)) for seed in (7, 7, 8))
    assert first == again
    assert first != other
    assert {action.name for action in islice(draw(1), 6000)} == set(KINDS), "every kind is drawn"


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


ELSEWHERE: dict[str, Any] = {
    "pages": ["race"],
    "current": "race",
    "presented": "Present",
    "stale": [],
    "twice": [],
    "focus": None,
    "full": False,
    "entry": "first",
    "step_page": None,
    "guide": None,
    "lessons": None,
    "league": None,
}


def seen_of(race: Race, address: str = "http://127.0.0.1/") -> dict[str, Any]:
    """What the eyes would see of a page that is in order."""
    names = race.racer_names(words("en")["optimizer"])
    paths = paths_of(race)
    places = [0, (race.steps + 1) // 2, race.steps]
    start = race.start or start_of(race.surface)
    return {
        "address": address,
        **ELSEWHERE,
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
    ("language", "language", "zh", {}),
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


def step_lines(race: Race, step: int) -> list[list[list[str]]]:
    """The lines of plain gradient descent as the page shows them."""
    path = race.run()[0]
    rows = []
    for axis in (0, 1):
        before, after = path.points[step - 1, axis], path.points[step, axis]
        rate = race.racers[0].optimizer.learning_rate
        gradient = (before - after) / rate
        told = f"{before:#.6g} − {rate} · ({gradient:#.6g}) = {after:#.6g}".replace("-", "−")
        rows.append([f"θ = {told}"])
    return [rows]


DESCENT = Race.from_url("v=1&surface=bowl&steps=30&racers=gradient_descent&learning_rate=0.1")
HOST = "http://127.0.0.1/"


def on(page: str, race: Race | None = None, **query: str) -> str:
    """An address."""
    return f"{HOST}{page}?{urlencode({**(race.to_query() if race else {}), **query})}"


def elsewhere(page: str, address: str, **shown: Any) -> dict[str, Any]:
    """What the eyes would see of another page that is in order."""
    return {**seen_of(Race(), address), "pages": [page], "current": page, "widgets": {}, "texts": [], **shown}


def step_page() -> dict[str, Any]:
    shown = {
        "racers": ["Gradient descent"],
        "racer": 0,
        "beside": None,
        "sides": ["Gradient descent"],
        "step": 10,
        "steps": 30,
        "playing": False,
        "gone": False,
        "lines": step_lines(DESCENT, 10),
    }
    return elsewhere("step", on("step", DESCENT), step_page=shown)


def guide_page() -> dict[str, Any]:
    opened = chapter("nag", "en")
    figures = [piece.name for piece in opened.pieces if piece.kind == FIGURE]
    shown = {"chapters": ["nag"], "title": opened.title, "figures": figures}
    return elsewhere("guide", on("guide", chapter="nag"), guide=shown)


def lessons_page() -> dict[str, Any]:
    shown = {
        "screen": "opened",
        "question": lesson("edge").question["en"],
        "guess": "B",
        "offered": 3,
        "marked": [],
        "why": None,
        "measured": 0,
    }
    return elsewhere("lessons", on("lessons", lesson="edge"), lessons=shown, scores=[], racers=[])


FEW = Race(racers=Race().racers[:2], steps=20)


def league_page() -> dict[str, Any]:
    address = on("league", FEW, seeds="0~4")
    text, league = words("en"), league_of({"address": address})
    assert league is not None and league.n == 4
    names, record = league.racer_names(text["optimizer"]), _record_of(league)
    shown = {
        "question": told_question(league, "en"),
        **dict.fromkeys(("usual", "ask", "cancel", "reveal", "again"), False),
        "judging": "",
        "answered": True,
        "table": [[names[place], f"{record.means[place][0]:.3f}", "1"] for place in record.order.tolist()],
        "charts": ["Ranking"],
        "behind": [0, 3],
    }
    return elsewhere("league", address, league=shown)


PAGES: dict[str, Callable[[], dict[str, Any]]] = {
    "step": step_page,
    "guide": guide_page,
    "lessons": lessons_page,
    "league": league_page,
}


@pytest.mark.parametrize("page", PAGES)
def test_another_page_in_order_breaks_nothing(page: str) -> None:
    seen = PAGES[page]()
    assert broken(seen, Known(read_walk("watch:100")[0], seen)) == {}
    assert restored(seen, seen) is None


BROKEN_ELSEWHERE: list[tuple[str, str, str, Any, dict[str, Any]]] = [
    ("page", "step", "pages", ["race"], {}),
    ("page", "guide", "current", "race", {}),
    ("step", "step", "step_page/step", 11, {}),
    ("step", "step", "step_page/racers", ["Adam"], {}),
    ("step", "step", "step_page/sides", ["Adam"], {}),
    ("lines", "step", "step_page/lines/0/0/0", "θ = 1.00000 − 0.1 · 2.00000 = 0.800000", {}),
    ("chapter", "guide", "guide/title", "Adam", {}),
    ("chapter", "guide", "guide/chapters", ["adam"], {}),
    ("chapter", "guide", "guide/figures", [], {}),
    ("words", "guide", "texts", ["See [[claim: nag"], {}),
    ("lesson", "lessons", "lessons/screen", "list", {}),
    ("lesson", "lessons", "lessons/question", "Why?", {}),
    ("predict", "lessons", "lessons/measured", 1, {}),
    ("predict", "lessons", "lessons/marked", ["A"], {}),
    ("guess", "lessons", "lessons/guess", "C", {}),
    ("question", "league", "league/question", "How do Adam and NAG do?", {}),
    ("verdict", "league", "league/answered", False, {}),
    ("answer", "league", "league/table/0/1", "0.999", {}),
    ("behind", "league", "league/behind", [4], {}),
    ("seed", "league", "stale", [], {"noted": {"seed": 3}}),
    ("led", "guide", "stale", [], {"noted": {"led": on("guide", chapter="adam")}}),
    ("led", "guide", "stale", [], {"noted": {"led": on("", DESCENT)}}),
    ("back", "guide", "stale", [], {"action": "history:back", "there": {"address": on("guide", chapter="adam")}}),
    ("kept", "guide", "address", on("guide", DESCENT, chapter="nag"), {"action": "chapter:4"}),
    ("focus", "lessons", "focus", None, {"action": "escape", "focus": "button"}),
    ("stale", "league", "stale", ["Ranking"], {}),
    ("twice", "league", "twice", ["League"], {}),
    ("effect", "step", "stale", [], {"unanswered": "nothing lights up"}),
    ("log", "league", "stale", [], {"logged": "2026-01-01 Traceback (most recent call last):"}),
]


@pytest.mark.parametrize(("name", "page", "path", "value", "what"), BROKEN_ELSEWHERE, ids=lambda part: str(part)[:40])
def test_each_invariant_of_other_pages_can_break(
    name: str, page: str, path: str, value: Any, what: dict[str, Any]
) -> None:
    what, seen = dict(what), PAGES[page]()
    before = {**seen, "focus": what.pop("focus", None)}
    known = Known(read_walk(what.pop("action", "watch:100"))[0], before, **what)
    told = broken(change(seen, path, value), known)
    assert told.get(name)


def test_every_invariant_has_a_state_that_breaks_it() -> None:
    assert {row[0] for row in (*BROKEN, *BROKEN_ELSEWHERE)} == set(INVARIANTS)


def test_a_kind_is_passed_over_on_a_page_that_has_not_its_control() -> None:
    assert KINDS["pin"].pages == ("race",)
    assert KINDS["pill"].pages == ("race", "step", "league")
    assert {page for kind in KINDS.values() for page in kind.pages} == {"race", *PAGES}


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
