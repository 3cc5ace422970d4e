"""What a worker process can do: a race's or a league's settings in, arrays of numbers out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from optviz.experiment import Race
from optviz.experiment.league import League
from optviz.figures.fans import fan
from optviz.figures.heights import contour_heights
from optviz.gradient_noise import gradient_noise
from optviz.laboratory.asking import read_request
from optviz.laboratory.league_answer import league_values
from optviz.laboratory.store import Piece, Store
from optviz.laboratory.values import Values, fields_of
from optviz.statistics.measures import MEASURES
from optviz.swarm import swarm_of
from optviz.trajectory import trace


def path(race: Race, place: int) -> Values:
    """The trajectory of the racer at `place`, and its outcome."""
    run = trace(race.racers[place], race.surface, race.start, race.steps, race.batch_seed)
    return {
        "points": run.points,
        "losses": run.losses,
        "diverged_at": np.asarray(run.diverged_at),
        "gradient_evaluations": np.asarray(run.gradient_evaluations),
        "outcome": np.asarray(str(run.outcome)),
    }


def runs(race: Race, place: int, count: int) -> Values:
    """The fan of `count` runs, with successive batch seeds, of the racer at `place`."""
    seeds = [(race.batch_seed + run) % 2**32 for run in range(count)]
    return fields_of(fan(trace(race.racers[place], race.surface, race.start, race.steps, seeds)))


def surface(race: Race) -> Values:
    """What is computed once for a surface without its samples: its minima, a start, heights for a contour."""
    bare = race.bare_surface
    found = {} if bare.found is None else {f"found_{name}": value for name, value in fields_of(bare.found).items()}
    heights = {f"heights_{name}": value for name, value in fields_of(contour_heights(bare)).items()}
    minima = {f"minima_{name}": value for name, value in fields_of(bare.local_minima).items()}
    return {**found, **heights, **minima, "start": bare.suggested_start}


def noise(race: Race, x: float, y: float, batch_size: int) -> Values:
    """The gradient noise at a point."""
    return fields_of(gradient_noise(race.surface, np.array([x, y]), batch_size, race.batch_seed))


def swarm(race: Race, place: int, seed: int) -> Values:
    """The swarm of the racer at `place`."""
    return fields_of(swarm_of(race.racers[place], race.surface, seed, race.steps, race.batch_seed))


def measured(race: Race, name: str) -> Values:
    """What a measure says of each racer."""
    return {"numbers": np.array(MEASURES[name].numbers(race.run()))}


def piece(league: League, folder: str, first: int, beyond: int, places: list[int], joint: bool) -> Values:
    """Nothing: the piece of the league is kept in the store in that folder."""
    Store(folder).fill(league, Piece(first, beyond, tuple(places), joint))
    return {}


WORK: dict[str, Callable[..., Values]] = {
    "path": path,
    "runs": runs,
    "surface": surface,
    "noise": noise,
    "swarm": swarm,
    **{name: partial(measured, name=name) for name, measure in MEASURES.items() if measure.runs is not None},
    "piece": piece,
    "league": league_values,
}
"""Name → function of a race or a league and of numbers."""


def done(message: bytes) -> Values:
    """What the request asks for."""
    what, question, numbers = read_request(message)
    return WORK[what](question, **numbers)
