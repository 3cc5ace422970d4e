"""What must hold on the page of races: the picture and the controls show the race of the address, computed anew.

In one piece, because each is a few lines about the same picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

import optviz
from monkey.actions import KINDS
from monkey.kinds import Action
from monkey.knowing import LOADED, Known, Seen, expected, language_of
from optviz import Race
from optviz.figures.fans import fans_of
from optviz.figures.heights import contour_heights
from optviz.figures.lengths import lengths_of
from optviz.figures.race import race_figure
from optviz.figures.race_record import RaceRecord, beside, race_record
from optviz.racer import PICKS
from optviz.surface import FAMILIES, FiniteSum, Surface, gallery
from optviz.text import words
from optviz.tour import tour
from optviz.trajectory import Trajectory

FLOAT32 = 5e-7
"""Relative: the page holds numbers in single precision, whose spacing is 1.2e-7."""

LEAST_SURE_GAP, ROUNDING_GAPS = -14.0, 1.5
"""Powers of ten: below the first a gap is rounding, and with it the end of its axis by up to the second."""

SHOWN = 5e-4
"""Relative: a widget may show a coordinate with four digits."""


@lru_cache(256)
def paths_of(race: Race) -> tuple[Trajectory, ...]:
    """The trajectories of a race."""
    return race.run()


@lru_cache(256)
def start_of(surface: Surface) -> tuple[float, float]:
    """A surface's own start."""
    x, y = surface.suggested_start.tolist()
    return x, y


def page_race(seen: Seen, known: Known) -> Race | None:
    """The race of the page: its address's; on a tour the one that it began with, on the seed that the sidebar shows."""
    if not seen["touring"]:
        return expected(seen["address"]).race
    if known.tour_from is None:
        return None
    widgets = seen["widgets"]
    race = known.tour_from
    if "seed" not in widgets:
        return None
    try:
        first = int(widgets["seed"])
        family = next((key for key, title in _families(seen).items() if title == widgets.get("surface")), None)
        return tour(race, first, family).race
    except (ValueError, TypeError, optviz.BadInput):
        return None


def _families(seen: Seen) -> dict[str, str]:
    titles = words(language_of(seen))["surface"]
    return {key: titles[key] for key in FAMILIES}


def the_picture_is_the_pages_race(seen: Seen, known: Known) -> str | None:
    race = page_race(seen, known)
    if race is None:
        return None
    names = list(race.racer_names(words(language_of(seen))["optimizer"]))
    drawn = [racer["name"] for racer in seen["racers"]]
    if drawn != names:
        return f"drawn are {drawn}, the page's race has {names}"
    paths = paths_of(race)
    for racer, path in zip(seen["racers"], paths, strict=True):
        if racer["count"] != len(path.points):
            return f"{racer['name']} is drawn over {racer['count'] - 1} steps of {race.steps}"
        places = [0, racer["count"] // 2, racer["count"] - 1]
        if not _alike(racer["points"], path.points[places], race):
            return f"{racer['name']} is drawn through {racer['points']}, it runs through {path.points[places].tolist()}"
        if seen["chosen"].get("axis") == "loss" and not _alike(racer["losses"], path.losses[places], race):
            return f"{racer['name']} is drawn with losses {racer['losses']}, it has {path.losses[places].tolist()}"
    return None


def _alike(drawn: Any, computed: np.ndarray, race: Race) -> bool:
    with np.errstate(over="ignore"):
        wanted = np.asarray(computed, dtype=np.float32).astype(float)
    found = np.array(drawn, dtype=float)  # what is not finite comes as None
    # Where the picture has nothing to draw, how it says so is its own affair.
    finite = np.isfinite(wanted) & np.isfinite(found)
    if (
        not np.array_equal(np.isfinite(wanted), np.isfinite(found))
        and np.abs(wanted[np.isfinite(wanted)]).max(initial=0) < 1e30
    ):
        return False
    return bool(np.allclose(found[finite], wanted[finite], rtol=FLOAT32, atol=1e-6))


def the_start_is_the_pages(seen: Seen, known: Known) -> str | None:
    race = page_race(seen, known)
    if race is None or seen["start"] is None:
        return None
    start = race.start or start_of(race.surface)
    if not np.allclose(seen["start"], start, rtol=FLOAT32, atol=1e-9):
        return f"the circle is at {seen['start']}, the start at {start}"
    return None


def the_axes_are_home_or_zoomed(seen: Seen, known: Known) -> str | None:
    race = page_race(seen, known)
    if race is None or not seen["axes"]:
        return None
    home = homes(race, seen)
    for axis, wanted in home.items():
        shown = seen["axes"][axis]
        gaps = axis == "yaxis2" and seen["chosen"].get("axis") == "gap"
        if _same_range(shown, wanted, gaps) or _same_range(shown, _home_under_the_veil(axis, race, seen, wanted)):
            continue
        own = [zoom for place, zoom in known.zooms.get(axis, []) if place == chart_key(axis, race, seen)]
        if not any(_same_range(shown, zoom) for zoom in own):
            zoomed = ", ".join(str(_rounded(zoom)) for zoom in own) or "nothing"
            return f"{axis} shows {_rounded(shown)}, home is {_rounded(wanted)}, the visitor zoomed to {zoomed}"
    return None


def chart_key(axis: str, race: Race, seen: Seen) -> Any:
    """What a zoom of an axis belongs to: another surface ends it, and so does another kind of axis."""
    # Where there is nothing to choose from, there is no button that says which is chosen.
    kinds = {"xaxis2": ("by", "step"), "yaxis2": ("axis", "loss")}
    return race.bare_surface, seen["chosen"].get(*kinds[axis]) if axis in kinds else None


def _same_range(one: Any, other: Any, gaps: bool = False) -> bool:
    one, other = np.array(one, dtype=float), np.array(other, dtype=float)
    # Equal scales on both axes are kept to a pixel, which is up to half a percent of a small chart. An axis that goes
    # down to gaps of rounding ends where the lowest loss does that the server knows: another race may have been lower.
    close = ROUNDING_GAPS if gaps and other[0] < LEAST_SURE_GAP else 1e-2 * abs(other[1] - other[0])
    return bool(np.allclose(one, other, rtol=0, atol=close))


def _rounded(numbers: Any) -> list[float]:
    return [float(f"{number:.4g}") for number in numbers]


def homes(race: Race, seen: Seen) -> dict[str, Any]:
    """The ranges that the figure itself asks for."""
    chosen = seen["chosen"]
    pinned = expected(seen["address"]).view.pinned
    layout = _layout(race, chosen.get("axis", "loss"), chosen.get("by", "step"), chosen.get("runs") == "many", pinned)
    return {name: layout[name]["range"] for name in ("xaxis", "yaxis", "xaxis2", "yaxis2") if "range" in layout[name]}


def _home_under_the_veil(axis: str, race: Race, seen: Seen, home: Any) -> Any:
    """Until a veiled race has been played, the axis of its losses does not give their end away."""
    if axis != "yaxis2" or not seen["veiled"]:
        return home
    chosen = seen["chosen"]
    record, under = _record(race, chosen.get("runs") == "many", expected(seen["address"]).view.pinned)
    if chosen.get("axis") == "length":
        return lengths_of(record, under).veiled_range
    return record.veiled_gap_range if chosen.get("axis") == "gap" else record.veiled_loss_range


@lru_cache(512)
def _record(race: Race, many: bool, pinned: Race | None) -> tuple[RaceRecord, RaceRecord | None]:
    """The record of a race, and of the pinned one under it."""
    names = race.racer_names(words("en")["optimizer"])
    start = race.start or start_of(race.surface)
    record = race_record(paths_of(race), names, start, fans_of(race) if many else None)
    if pinned is None or pinned.bare_surface != race.bare_surface:
        return record, None
    begin = pinned.start or start_of(pinned.surface)
    under = race_record(paths_of(pinned), pinned.racer_names(words("en")["optimizer"]), begin)
    return beside(record, under), under


@lru_cache(512)
def _layout(race: Race, axis: str, by: str, many: bool, pinned: Race | None) -> dict[str, Any]:
    record, under = _record(race, many, pinned)
    text = words("en")
    lengths = lengths_of(record, under)
    figure = race_figure(record, contour_heights(race.bare_surface), "map", text["figure"], under, lengths)
    layout = {name: dict(part) if isinstance(part, dict) else part for name, part in figure.plot["layout"].items()}
    for name in (axis, by):
        for part, patch in figure.views.get(name, {}).get("layout", {}).items():
            layout[part] = {**layout.get(part, {}), **patch}
    return layout


HOMEWARD = {"map": ("xaxis", "yaxis"), "curves": ("xaxis2", "yaxis2"), None: ("xaxis", "yaxis", "xaxis2", "yaxis2")}
"""Chart → its axes, which a double click takes home; the button takes those of both."""


def axes_sent_home(action: Action) -> tuple[str, ...]:
    """The axes that an action takes home."""
    if action.name not in ("double", "home"):
        return ()
    return HOMEWARD[action.arguments[0] if action.arguments else None]


def who_asks_for_it_is_home(seen: Seen, known: Known) -> str | None:
    axes = axes_sent_home(known.action)
    race = page_race(seen, known)
    if not axes or race is None or seen["touring"]:
        return None
    home = homes(race, seen)
    for axis in axes:
        if axis not in home:
            continue
        shown, wanted = seen["axes"][axis], home[axis]
        gaps = axis == "yaxis2" and seen["chosen"].get("axis") == "gap"
        if _same_range(shown, wanted, gaps) or _same_range(shown, _home_under_the_veil(axis, race, seen, wanted)):
            continue
        return f"{axis} shows {_rounded(shown)} after {known.action.name}, home is {_rounded(wanted)}"
    return None


def the_picture_is_there(seen: Seen, known: Known) -> str | None:
    race = page_race(seen, known)
    if not seen["drawn"]:
        return "there is no picture"
    if seen["flat"] and seen["contours"] == 0 and race is not None and not _is_level(race):
        return "the map has no contour"
    if not seen["flat"] and seen["camera"] is None:
        return "there is neither a map nor a surface in 3-D"
    if race is None or not seen["axes"] or not seen["flat"] or seen["veiled"] or seen["playing"]:
        return None
    shown = [index for index, chip in enumerate(seen["legend"]) if chip["shown"] and index < len(race.racers)]
    (left, right), (bottom, top) = sorted(seen["axes"]["xaxis"]), sorted(seen["axes"]["yaxis"])
    step = min(max(seen["step"], 0), race.steps)
    for index in shown:
        x, y = paths_of(race)[index].points[step]
        if left < x < right and bottom < y < top and not seen["inked"]:
            return f"no head is drawn, and {seen['legend'][index]['name']} is at ({x:.4g}, {y:.4g})"
    return None


def _is_level(race: Race) -> bool:
    shade = contour_heights(race.bare_surface).shade
    return not np.any(shade[np.isfinite(shade)] > 0)


def the_step_is_within_the_race(seen: Seen, known: Known) -> str | None:
    race = page_race(seen, known)
    if race is None or seen["steps"] < 0:
        return None
    if seen["steps"] != race.steps or not 0 <= seen["step"] <= race.steps:
        return f"the bar is at {seen['step']} of {seen['steps']}, the race has {race.steps} steps"
    return None


def a_veil_keeps_its_secret(seen: Seen, known: Known) -> str | None:
    if not seen["veiled"] or seen["ended"]:
        return None
    for racer in seen["racers"]:
        # The pinned race is another one, which the class has seen.
        traces = zip(racer["visible"], racer["opacity"], racer["pale"], strict=True)
        in_sight = sum(visible and opacity > 0 and not pale for visible, opacity, pale in traces)
        if in_sight:
            return f"{racer['name']} has {in_sight} of its traces in sight"
    if seen["scores"]:
        return f"the scoreboard tells {seen['scores'][0]}"
    return None


def the_sidebar_is_the_pages_race(seen: Seen, known: Known) -> str | None:
    race = page_race(seen, known)
    if race is None:
        return None
    widgets, language = seen["widgets"], language_of(seen)
    text = words(language)
    surface = race.bare_surface
    for key, wanted in _sidebar_of(race, surface, text, language):
        if key in widgets and not _reads(widgets[key], wanted):
            return f"{key} shows {widgets[key]!r}, the race has {wanted!r}"
    return None


def _sidebar_of(race: Race, surface: Any, text: Mapping[str, Any], language: str) -> Iterator[tuple[str, Any]]:
    name = next((key for key, family in FAMILIES.items() if type(surface) is family), getattr(surface, "name", ""))
    yield "surface", text["surface"].get(name, name) if name in FAMILIES else gallery(name).titles[language]
    for field_name in ("seed", "hills", "size", "smoothing", "bowl", "octaves"):
        if name in FAMILIES and hasattr(surface, field_name):
            yield field_name, float(getattr(surface, field_name))
    yield "convention", [text["convention"][race.convention]]
    yield "steps", float(race.steps)
    start = race.start or start_of(race.surface)
    yield "x0", float(start[0])
    yield "y0", float(start[1])
    if race.shared_learning_rate is not None:
        yield "learning_rate_all", float(race.shared_learning_rate)
    kinds = {racer.kind for racer in race.racers}
    yield "racers", [text["optimizer"].get(kind, kind) for kind in PICKS if kind in kinds]
    if race.surface.samples is not None:
        yield "samples", float(race.surface.samples)
        yield "batch_seed", float(race.batch_seed)
    if isinstance(race.surface, FiniteSum):
        yield "spread", float(race.surface.spread)


def _reads(shown: Any, wanted: Any) -> bool:
    if not isinstance(wanted, float):
        return bool(shown == wanted)
    try:
        number = float(str(shown).replace(",", "").replace("−", "-"))
    except ValueError:
        return False
    return bool(np.isclose(number, wanted, rtol=SHOWN, atol=1e-12))


def the_view_is_the_addresss(seen: Seen, known: Known) -> str | None:
    view = expected(seen["address"]).view
    hidden = tuple(index for index, chip in enumerate(seen["legend"]) if not chip["shown"])
    pairs: list[tuple[str, Any, Any]] = [
        ("present", seen["present"], view.present),
        ("veiled", seen["veiled"], view.veiled),
        ("pinned", seen["pinned"], view.pinned is not None),
        ("paths", seen["whole"], view.paths == "whole"),
        ("hidden", hidden, tuple(index for index in view.hidden if index < len(seen["legend"]))),
    ]
    if seen["camera"] is not None and view.camera is not None:
        pairs.append(("camera", tuple(seen["camera"]), view.camera))
    for group in ("axis", "by", "runs", "drawn", "look"):
        if group in seen["chosen"]:
            pairs.append((group, seen["chosen"][group], getattr(view, group)))
    for name, shown, told in pairs:
        if name == "pinned" and shown and not told and len(seen["address"]) > 5000:
            continue  # it does not fit into a link, and the page says so
        if shown != told:
            return f"{name}: the page shows {shown!r}, its address says {told!r}"
    return None


def what_is_hidden_is_what_was_hidden(seen: Seen, known: Known) -> str | None:
    """Racers are hidden by their place in a list; whatever happens to the list, nobody else may be hidden for it.

    One that has gone may have been followed by another of its kind.
    """
    if (
        known.before is None
        or known.action.name in ("legend", "history", *LOADED)
        or known.before["pages"] != seen["pages"]
    ):
        return None
    before, after = _hidden_racers(known.before, known), _hidden_racers(seen, known)
    if before is None or after is None:
        return None
    there = {(racer.kind, racer.label) for racer in page_race(seen, known).racers}
    followed = {kind for kind, label in before if (kind, label) not in there}
    new = {(kind, label) for kind, label in after - before if kind not in followed}
    return f"hidden are now {sorted(map(str, after))}, before {sorted(map(str, before))}" if new else None


def _hidden_racers(seen: Seen, known: Known) -> set[tuple[str, str | None]] | None:
    race = page_race(seen, known)
    if race is None or len(race.racers) != len(seen["legend"]):
        return None
    return {
        (racer.kind, racer.label) for racer, chip in zip(race.racers, seen["legend"], strict=True) if not chip["shown"]
    }


def what_is_asked_is_answered(seen: Seen, known: Known) -> str | None:
    """A change that cannot be made is told; one that can be is seen in the address."""
    if not KINDS[known.action.name].answers or known.before is None or seen["touring"] or known.before["touring"]:
        return None
    if seen["address"] != known.before["address"] or seen["told"]:
        return None
    race = page_race(seen, known)
    if (
        known.action.name == "formula"
        and race is not None
        and getattr(race.bare_surface, "text", None) == known.action.arguments[0]
    ):
        return None
    return f"nothing happened and nothing was told after {known.action}"
