"""What is worth saying of a race, and at which step: overtaking, overshooting, arriving, leaving, diverging."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

import numpy as np

from optviz.statistics.gaps import without_rounding
from optviz.statistics.standings import LOST, OUTSIDE, VISIBLE, standing
from optviz.statistics.valleys import LOW, NEAR, distances, steps_to_stay, valleys_of
from optviz.surface import Surface
from optviz.trajectory import Trajectory

HELD = 0.05
"""The share of the run for which whoever takes the lead must hold it, at least three steps."""

CLIMBED = 0.05
"""The share of the drop from the start to the lowest loss that a climb must undo to be worth saying."""

APART = 1 / 10
"""The share of the run between two events, at least: at the usual speed 0.8 s for a sentence."""


class Kind(IntEnum):
    """What can happen, the gravest first: where two events are too close to be read, the graver is said."""

    DIVERGED = 0
    """A run stops being finite, or is too far away to be shown."""

    LEFT = 1
    """A run leaves the domain and does not come back."""

    ARRIVED = 2
    """The first to arrive in a valley."""

    OVERSHOT = 3
    """A run has climbed: its highest climb."""

    LEAD = 4
    """Another one is lowest from now on."""

    FOLLOWED = 5
    """Others arrive in a valley that is known."""


@dataclass(frozen=True)
class Event:
    """Something that happened at a step (the last of several, where it is told of several racers).

    racers: places in the race. since: of a climb its first step, else `step`. valley: of an arrival the place in
    `Events.valleys`, else −1.
    """

    step: int
    kind: Kind
    racers: tuple[int, ...]
    since: int
    valley: int = -1


@dataclass(frozen=True, eq=False)
class Events:
    """What is to be said of a race while it runs, by step, and what of each racer when it is over.

    arrived (racers,): the step since which it has been in its valley, −1 for none, and `valley` (racers,) which, −1
    for none. valleys (V,): their losses; the first is the deepest of the surface whether anyone is there or not, NaN
    where the surface has no lowest point inside an edge. Equally deep ones count as one: `deepest` says how many they
    are. away (V,): how far each is from the start, in widths of the domain. passed (racers,): whether it has ever been
    near the deepest.
    """

    said: tuple[Event, ...]
    arrived: np.ndarray
    valley: np.ndarray
    valleys: np.ndarray
    away: np.ndarray
    passed: np.ndarray
    deepest: int


def events(paths: Sequence[Trajectory], standings: np.ndarray | None = None) -> Events:
    """The events of a race over a single surface. standings: what `standing` says of it, if that is known."""
    codes = standing(paths) if standings is None else standings
    surface, steps = paths[0].surface, paths[0].steps
    points, losses = np.stack([path.points_on_surface for path in paths]), np.stack([path.losses for path in paths])
    lost_at = np.array([int(path.diverged_at) for path in paths])
    with np.errstate(invalid="ignore", over="ignore"):
        arrived, valley, *valleys = _arrivals(points, losses, surface)
        found = [
            *_divergences(lost_at),
            *_departures(codes, lost_at),
            *_leads(codes, losses, VISIBLE * _drop(losses, surface.lowest.loss), max(3, round(HELD * steps))),
            *_climbs(codes, losses, surface.lowest.loss),
            *_arrival_events(arrived, valley),
        ]
    return Events(worth_saying(found, steps), arrived, valley, *valleys)


def worth_saying(found: Sequence[Event], steps: int) -> tuple[Event, ...]:
    """Of these events those that can be read one after the other, by step.

    What happens to several racers shortly after one another is one event. Of two events that are closer than a tenth
    of the run, the graver is said, or else the earlier.
    """
    apart = max(1, round(APART * steps))
    said: list[Event] = []
    for event in sorted(_together(found, apart), key=lambda event: (event.kind, event.step)):
        if event.step <= steps and all(abs(event.step - other.step) >= apart for other in said):
            said.append(event)
    return tuple(sorted(said, key=lambda event: event.step))


def _together(found: Sequence[Event], apart: int) -> Iterator[Event]:
    """The events, of a kind that several racers share those of one stretch as one, at its last step."""
    shared: dict[tuple[Kind, int], list[Event]] = {}
    # Who follows closely is told of once the first has been read.
    soonest = {event.valley: event.step + apart for event in found if event.kind is Kind.ARRIVED}
    for event in sorted(found, key=lambda event: (event.step, event.racers)):
        if event.kind not in (Kind.DIVERGED, Kind.LEFT, Kind.FOLLOWED):
            yield event
            continue
        stretch = shared.setdefault((event.kind, event.valley), [])
        if stretch and event.step - stretch[0].step >= apart:
            yield _joined(stretch)
            stretch.clear()
        stretch.append(replace(event, step=max(event.step, soonest.get(event.valley, 0))))
    yield from (_joined(stretch) for stretch in shared.values())


def _joined(stretch: Sequence[Event]) -> Event:
    last = stretch[-1]
    racers = tuple(racer for event in stretch for racer in event.racers)
    return Event(last.step, last.kind, racers, last.step, last.valley)


# --- each kind -----------------------------------------------------------------------------------------------------


def _divergences(lost_at: np.ndarray) -> Iterator[Event]:
    for racer, step in enumerate(lost_at.tolist()):
        # Whoever has no loss at the start never ran.
        if step > 0:
            yield Event(step, Kind.DIVERGED, (racer,), step)


def _departures(codes: np.ndarray, lost_at: np.ndarray) -> Iterator[Event]:
    for racer, last in enumerate(np.where(lost_at > 0, lost_at, codes.shape[1]).tolist()):
        inside = np.flatnonzero(codes[racer, :last] != OUTSIDE)
        # Whoever begins outside has not left.
        if inside.size and inside[-1] + 1 < last:
            step = int(inside[-1]) + 1
            yield Event(step, Kind.LEFT, (racer,), step)


def _drop(losses: np.ndarray, lowest: float) -> float:
    """What there is to lose from the start; where no lowest loss is known, what the race has lost."""
    drop = float(losses[0, 0] - lowest)
    return drop if 0 < drop < np.inf else float(losses[0, 0] - np.fmin.reduce(losses, axis=None))


def _leads(codes: np.ndarray, losses: np.ndarray, seen: float, held: int) -> Iterator[Event]:
    """Who leads from when on: whoever is first, alone or level with others, for so many steps in a row.

    A leader stays one for as long as nobody else holds the lead for so long, and by as much as is seen in the picture.
    """
    if len(codes) < 2:
        return
    racing = (codes != LOST) & (codes != OUTSIDE)
    first = np.where(racing, codes % 100 == np.where(racing, codes % 100, 100).min(axis=0), False)
    # At the start all are level.
    changes = 1 + np.concatenate([[0], 1 + np.flatnonzero((first[:, 2:] != first[:, 1:-1]).any(axis=0))])
    ends = [*changes[1:].tolist(), codes.shape[1]]
    leaders: frozenset[int] = frozenset()
    challengers: frozenset[int] = frozenset()
    since = 1
    for begin, end in zip(changes.tolist(), ends, strict=True):
        now = frozenset(np.flatnonzero(first[:, begin]).tolist()) if begin < codes.shape[1] else frozenset()
        if leaders & now:
            challengers = frozenset()
        elif challengers & now:
            challengers &= now
        else:
            challengers, since = now, begin
        long = bool(challengers) and end - since >= min(held, codes.shape[1] - 1)
        if long and _is_ahead(losses[:, since:end], racing[:, since:end], challengers, leaders, seen):
            leaders, challengers = challengers, frozenset()
            yield Event(since, Kind.LEAD, tuple(sorted(leaders)), since)


def _is_ahead(
    losses: np.ndarray, racing: np.ndarray, challengers: frozenset[int], leaders: frozenset[int], seen: float
) -> bool:
    """Whether somewhere in these steps the challengers are ahead of those who led by so much, or those are gone."""
    ahead = losses[list(leaders)] - losses[min(challengers)]
    return not leaders or not racing[list(leaders)].all() or bool((ahead > seen).any())


def _climbs(codes: np.ndarray, losses: np.ndarray, lowest: float) -> Iterator[Event]:
    """Each racer's highest climb without a step down, inside the domain, told when it is over."""
    racing = (codes != LOST) & (codes != OUTSIDE)
    for racer, (inside, line) in enumerate(zip(racing, losses, strict=True)):
        if not inside[0]:
            continue
        up = (np.diff(line) > 0) & inside[1:] & inside[:-1]
        edges = np.flatnonzero(np.diff(np.concatenate([[0], up.astype(np.int8), [0]])))
        bottoms, tops = edges[::2], edges[1::2]
        if not bottoms.size:
            continue
        rises = line[tops] - line[bottoms]
        drop = line[0] - lowest
        if not 0 < drop < np.inf:
            drop = float(np.ptp(line[inside]))
        highest = int(rises.argmax())
        if rises[highest] >= CLIMBED * drop:
            yield Event(int(tops[highest]), Kind.OVERSHOT, (racer,), int(bottoms[highest]) + 1)


def _arrivals(points: np.ndarray, losses: np.ndarray, surface: Surface) -> tuple[Any, ...]:
    """arrived, valley, valleys, away, passed and deepest of `Events`."""
    start, start_loss, near = points[0, 0], float(losses[0, 0]), NEAR * surface.width
    known = valleys_of(surface, start_loss)
    places, depths, level, inner = known.places, known.depths, known.level, bool(np.isfinite(known.lowest))
    arrived, valley = np.full(len(points), -1), np.full(len(points), -1)
    valleys = [known.lowest]
    away = [distances(places[level], start).min() / surface.width if inner else np.nan]
    number: dict[int, int] = {}
    for racer, (way, line) in enumerate(zip(points, losses, strict=True)):
        if not len(places) or not np.isfinite(way[-1]).all():
            continue
        place = int(distances(places, way[-1]).argmin())
        there = distances(way, places[place]) <= near
        there &= line - depths[place] <= LOW * abs(start_loss - depths[place])
        since = int(np.flatnonzero(~there)[-1]) + 1 if not there.all() else 0
        if len(line) - since < steps_to_stay(len(line) - 1):
            continue
        if not level[place] and place not in number:
            number[place] = len(valleys)
            valleys.append(float(depths[place]))
            away.append(float(distances(places[place], start)) / surface.width)
        arrived[racer], valley[racer] = since, 0 if level[place] else number[place]
    passed = np.array([any((distances(way, place) <= near).any() for place in places[level]) for way in points])
    depth = without_rounding(valleys, start_loss)
    return arrived, valley, depth, np.array(away, dtype=float), passed, len(known.deepest)


def _arrival_events(arrived: np.ndarray, valley: np.ndarray) -> Iterator[Event]:
    for number in sorted(set(valley[valley >= 0].tolist())):
        there = np.flatnonzero(valley == number)
        first = int(arrived[there].min())
        for racer in there.tolist():
            step = int(arrived[racer])
            # Whoever starts in a valley does not arrive there.
            if step > first:
                yield Event(step, Kind.FOLLOWED, (racer,), step, number)
        if first > 0:
            yield Event(first, Kind.ARRIVED, tuple(there[arrived[there] == first].tolist()), first, number)
