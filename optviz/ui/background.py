"""Which races are computed beside the server, and what a page shows until they are.

Whatever is light is computed at once, in the visit's own thread. The rest goes to a pool of processes
(`optviz.laboratory.jobs`), and until it is there the page shows the first steps of the race, as many as are light.
Where no pool has been opened (a test of a page, a notebook), and where a race has a class that the processes do not
know, everything is computed at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import streamlit as st
from streamlit.runtime import get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import get_run_yield_check

from optviz.budget import (
    most_steps_of_runs,
    most_steps_of_swarm,
    preparation_work,
    race_work,
    racer_work,
    swarm_work,
)
from optviz.experiment import Race
from optviz.figures.fans import FAN_RUNS
from optviz.laboratory.asking import Task, is_known_elsewhere
from optviz.laboratory.jobs import LIGHT, Pool, Wish
from optviz.laboratory.values import Values
from optviz.racer import Racer
from optviz.surface import Surface
from optviz.swarm import STARTS, Swarm
from optviz.ui import cached, keeping

HERE = 2_500
"""Up to this much work (30 to 50 ms) is done at once, in the visit's own thread; the article's race is 1,600."""

FRAME = 2_000
"""As much work as one picture may be while something is dragged: 20 to 40 ms, and no more than is done at once. To ask
elsewhere for 24 short paths, each by itself, took three times as long as to compute them."""

PATIENCE = 0.4
"""Seconds that a page waits for what is computed elsewhere before it shows the first steps."""

PATIENCE_IN_A_DRAG = 0.3
SLICE = 0.05
SECONDS_BETWEEN_LOOKS = 0.5

WishKey: TypeAlias = tuple[Any, ...]
"""Its kind ("surface", "path", "runs", "swarm" or "task"), and what it is of."""

_pool: Pool | None = None
_lock = threading.Lock()


def _the_pool() -> Pool | None:
    """The pool, if there is one that works."""
    return _pool if _pool is not None and not _pool.disabled else None


def open_pool(pool: Pool) -> None:
    """Compute what is heavy in this pool, from now on."""
    global _pool
    with _lock:
        _pool = pool
    pool.open()


def close_pool() -> None:
    """Compute everything at once again."""
    global _pool
    with _lock:
        pool, _pool = _pool, None
    if pool is not None:
        pool.close()


def alive(who: str) -> bool:
    """Whether a visit is connected."""
    return bool(get_instance().is_active_session(who))


@dataclass(frozen=True)
class Available:
    """What a page can show now: `race` or its first steps; and of which kinds of wish something is still to come.

    race: None where not even the surface is known. failed: the keys of what could not be computed.
    """

    race: Race | None
    asked: Race
    to_come: frozenset[str] = frozenset()
    failed: frozenset[WishKey] = frozenset()

    @property
    def whole(self) -> bool:
        """Whether it is all that was asked for."""
        return self.race == self.asked


@dataclass(frozen=True)
class SwarmWish:
    """A swarm that is wanted beside a race: the place of its racer, and the seed that draws its starts."""

    place: int
    seed: int


def available(
    race: Race,
    pinned: Race | None = None,
    runs: bool = False,
    dragged: bool = False,
    swarm: SwarmWish | None = None,
) -> Available:
    """What a page can show of a race: asks for what is heavy, and waits for it as long as a visitor does not mind.

    pinned: another race, wanted too. runs: whether the many runs are wanted. dragged: whether something of the race is
    being dragged; then it is not worth while to begin with what is heavy. swarm: a swarm, wanted too.
    """
    pool = _the_pool()
    if pool is None:
        return Available(race, race)
    light = first_steps(race, FRAME if dragged else LIGHT)
    wanted = [race] if is_there(race) else [light] if dragged else [light, race]
    if pinned is not None:
        wanted.append(pinned)
    # A picture that is new but for its swarm does not wait for it.
    beside = () if swarm is not None and _only_the_swarm_is_new(wanted, race, swarm) else ("swarm",)
    keys = _wait(
        partial(_wishes, wanted, race if runs and not dragged else None, None if dragged else (race, swarm)),
        PATIENCE_IN_A_DRAG if dragged else PATIENCE,
        beside=beside,
    )
    # What can only be computed here is there in time, but not in time for a hand that moves.
    candidates = (light,) if dragged and not is_known_elsewhere(race) else (race, light)
    found = next((candidate for candidate in candidates if is_there(candidate)), None)
    failed = frozenset(key for key in keys if pool.failure(key) is not None)
    return Available(found, race, _kinds_to_come(pool, keys), failed)


def try_again(keys: Iterable[WishKey]) -> None:
    """Let what could not be computed be asked for once more, without waiting."""
    pool = _the_pool()
    if pool is not None:
        pool.forgive(keys)


def _only_the_swarm_is_new(races: list[Race], race: Race, swarm: SwarmWish) -> bool:
    """Whether the picture of these races is known, and the swarm of one of them has not been asked for yet."""
    pool = _the_pool()
    if pool is None or not all(surface_is_there(shown) and not _missing(shown) for shown in races):
        return False
    return pool.pending(_swarm_wishes(race, swarm)) == 0


def start(surface: Surface) -> tuple[float, float]:
    """The surface's suggested start; the middle of its domain while it is being looked for elsewhere."""
    race = Race(surface, Race().racers[:1])
    if _the_pool() is not None and not surface_is_there(race):
        _wait(partial(_wishes, [race], None), PATIENCE, partial(surface_is_there, race))
        if not surface_is_there(race):
            x_min, x_max, y_min, y_max = surface.domain
            return ((x_min + x_max) / 2, (y_min + y_max) / 2)
    return cached.start(surface)


def wait_for(race: Race, seconds: float) -> bool:
    """Wait until a race is there, as long as that; whether it is."""
    if not is_there(race):
        _wait(partial(_wishes, [race], None), seconds)
    return is_there(race)


def result_of(task: Task) -> Values | None:
    """What a task comes to: at once where it is little work or nothing is computed elsewhere; None until it is there.

    A page that has not got it yet calls `await_result`. It waits for one task at a time: a visit's last wish counts.
    """
    key = _task_key(task)
    arguments = key[1:]
    at_once = _the_pool() is None or task.work <= HERE or not is_known_elsewhere(task.race)
    if not at_once and not cached.result_of.known(*arguments):
        keep = partial(keeping.keep_result, arguments)

        def wishes() -> dict[WishKey, Wish]:
            return {} if cached.result_of.known(*arguments) else {key: (task, keep)}

        _wait(wishes, PATIENCE)
    return cached.result_of(*arguments) if at_once or cached.result_of.known(*arguments) else None


def is_known(task: Task) -> bool:
    """Whether the result of a task is there; asks for nothing."""
    return cached.result_of.known(*_task_key(task)[1:])


def has_failed(task: Task) -> bool:
    """Whether a task could not be computed elsewhere; see `ask_again`."""
    pool = _the_pool()
    return pool is not None and pool.failure(_task_key(task)) is not None


def ask_again(task: Task) -> None:
    """Let a task that could not be computed be asked for once more."""
    try_again([_task_key(task)])


def _task_key(task: Task) -> WishKey:
    return ("task", task.what, task.race, tuple(sorted(task.numbers.items())))


def await_result(task: Task) -> None:
    """Run the page again when the result of a task is there, or cannot be computed."""

    @st.fragment(run_every=SECONDS_BETWEEN_LOOKS)
    def look() -> None:
        if result_of(task) is not None or has_failed(task):
            st.rerun()

    look()


def has_more(known: Available, pinned: Race | None, runs: bool, swarm: SwarmWish | None = None) -> bool:
    """Whether a page that shows this could show more by now, or has something else to ask for."""
    pool = _the_pool()
    if pool is None:
        return True
    if known.race is None and is_there(first_steps(known.asked, LIGHT)):
        return True
    races = [known.asked, *([pinned] if pinned is not None else [])]
    wishes = _wishes(races, known.asked if runs else None, (known.asked, swarm))
    # All that was asked for of a kind is there, or has failed; a surface that is there now lets its paths be asked for.
    to_come = _kinds_to_come(pool, wishes)
    return not to_come or bool(known.to_come - to_come)


def _kinds_to_come(pool: Pool, keys: Iterable[WishKey]) -> frozenset[str]:
    return frozenset(key[0] for key in keys if pool.pending([key]))


def first_steps(race: Race, work: float) -> Race:
    """The race with as many of its steps as this much work has room for, at least one."""
    steps = int(np.clip(work // (race_work(race) / race.steps), 1, race.steps))
    return race if steps == race.steps else race.replaced(steps=steps)


def runs_are_there(race: Race) -> bool:
    """Whether the many runs of a race can be shown at once."""
    return _the_pool() is None or not _run_wishes(race)


def swarm_is_there(race: Race, wish: SwarmWish, dragged: bool = False) -> bool:
    """Whether a swarm can be shown at once; while something is dragged, within the time that a picture has."""
    if cached.swarm_of.known(*_swarm_arguments(race, wish)):
        return True
    if dragged:
        return swarm_work(race, wish.place, STARTS) <= FRAME
    return _the_pool() is None or not _swarm_wishes(race, wish)


def swarm_has_failed(race: Race, wish: SwarmWish) -> bool:
    """Whether a swarm could not be computed elsewhere."""
    pool = _the_pool()
    return pool is not None and any(pool.failure(key) is not None for key in _swarm_wishes(race, wish))


def swarm_of(race: Race, wish: SwarmWish) -> Swarm:
    """A swarm that is there, and that its budget has room for."""
    return cached.swarm_of(*_swarm_arguments(race, wish))


# --- what is where -------------------------------------------------------------------------------------------------


def surface_is_there(race: Race) -> bool:
    """Whether the surface of a race can be shown at once: it is known, or quickly prepared."""
    bare = race.bare_surface
    if preparation_work(bare) <= HERE or not is_known_elsewhere(race):
        return True
    return all(function.known(bare) for function in (cached.prepared, cached.start, cached.heights))


def _missing(race: Race) -> list[int]:
    """The places of the racers whose trajectories are not known; of a surface that is known."""
    asked = cached.all_path_arguments(race)
    return [place for place, arguments in enumerate(asked) if not cached.path.known(*arguments)]


def is_there(race: Race) -> bool:
    """Whether a race can be shown at once: what is missing of it is quickly computed here."""
    if _the_pool() is None or not is_known_elsewhere(race):
        return True
    if not surface_is_there(race):
        return False
    return sum(race.steps * racer_work(race.racers[place], race.surface) for place in _missing(race)) <= HERE


def _wishes(
    races: list[Race], runs_of: Race | None, swarm_of: tuple[Race, SwarmWish | None] | None = None
) -> dict[WishKey, Wish]:
    """What has to be computed elsewhere before these races, the many runs of one, and a swarm can be shown."""
    wishes: dict[WishKey, Wish] = {}
    for race in races:
        if not surface_is_there(race):
            bare = race.bare_surface
            task = Task("surface", race.replaced(racers=race.racers[:1], steps=1), {}, preparation_work(bare))
            wishes[("surface", bare)] = (task, partial(keeping.keep_surface, bare))
        elif not is_there(race):
            for place in _missing(race):
                arguments = cached.path_arguments(race, place)
                single = race.replaced(racers=(race.racers[place],), start=arguments[2])
                work = race.steps * racer_work(race.racers[place], race.surface)
                wishes[("path", *arguments)] = (
                    Task("path", single, {"place": 0}, work),
                    partial(keeping.keep_path, arguments),
                )
    if runs_of is not None and surface_is_there(runs_of):
        wishes |= _run_wishes(runs_of)
    if swarm_of is not None and swarm_of[1] is not None and surface_is_there(swarm_of[0]):
        wishes |= _swarm_wishes(swarm_of[0], swarm_of[1])
    return wishes


def _swarm_arguments(race: Race, wish: SwarmWish) -> tuple[Racer, Surface, int, int, int]:
    return (race.racers[wish.place], race.surface, wish.seed, race.steps, race.batch_seed)


def _swarm_wishes(race: Race, wish: SwarmWish) -> dict[WishKey, Wish]:
    work, arguments = swarm_work(race, wish.place, STARTS), _swarm_arguments(race, wish)
    too_much = race.steps > most_steps_of_swarm(race, wish.place, STARTS)
    if too_much or work <= HERE or not is_known_elsewhere(race) or cached.swarm_of.known(*arguments):
        return {}
    task = Task("swarm", race.replaced(racers=(arguments[0],)), {"place": 0, "seed": wish.seed}, work)
    return {("swarm", *arguments): (task, partial(keeping.keep_swarm, arguments))}


def _run_wishes(race: Race) -> dict[WishKey, Wish]:
    wishes: dict[WishKey, Wish] = {}
    if race.steps > most_steps_of_runs(race, FAN_RUNS) or not is_known_elsewhere(race):
        return wishes
    for place, racer in enumerate(race.racers):
        arguments = cached.path_arguments(race, place)
        work = race.steps * racer_work(racer, race.surface, FAN_RUNS)
        if racer.batch_size is None or work <= HERE or cached.fan_of.known(*arguments):
            continue
        single = race.replaced(racers=(racer,), start=arguments[2])
        task = Task("runs", single, {"place": 0, "count": FAN_RUNS}, work)
        wishes[("runs", *arguments)] = (task, partial(keeping.keep_runs, arguments))
    return wishes


# --- waiting -------------------------------------------------------------------------------------------------------


def _wait(
    wishes: Callable[[], Mapping[WishKey, Wish]],
    seconds: float,
    enough: Callable[[], bool] = lambda: False,
    beside: tuple[str, ...] = (),
) -> list[WishKey]:
    """Ask for what is missing, and wait for it: the keys of what is missing still, or could not be computed.

    beside: the kinds of wish, the first part of a key, that are asked for and not waited for. A visit that is run
    again, or ends, does not wait to the end: Streamlit's own check raises.
    """
    pool, who, check = _the_pool(), _visit(), get_run_yield_check()
    if pool is None:
        return []
    until = time.monotonic() + seconds
    while True:
        wanted = wishes()
        open_ones: dict[Hashable, Wish] = {key: wish for key, wish in wanted.items() if pool.failure(key) is None}
        pool.wish(who, open_ones)
        awaited = [key for key in wanted if key in open_ones and key[0] not in beside]
        if not awaited or enough() or pool.closed or pool.disabled:
            return list(wanted)
        while not pool.wait(awaited, SLICE):
            if check is not None:
                check()
            if time.monotonic() > until:
                return list(wanted)
        if time.monotonic() > until:
            return list(wishes())


def _visit() -> str:
    context = get_script_run_ctx()
    return context.session_id if context is not None else "nobody"
