"""What a worker process can be asked for: a race's or a league's settings in, arrays of numbers out.

Requests travel as JSON and answers as NumPy's .npz without objects, so neither side ever runs what the other one sends.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from optviz.experiment import Race
from optviz.experiment.league import League
from optviz.figures.fans import fan
from optviz.figures.heights import contour_heights
from optviz.gradient_noise import gradient_noise
from optviz.laboratory.store import Piece, Store
from optviz.laboratory.values import Values, fields_of
from optviz.statistics.measures import MEASURES
from optviz.surface import FiniteSum
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


def league(league: League, folder: str, conventions: str) -> Values:
    """What is shown of a complete league: see `optviz.laboratory.league_answer`."""
    # It stands above this module, as all that is known of leagues does, and is loaded where it is asked for.
    above = importlib.import_module("optviz.laboratory.league_answer")
    values: Values = above.league_values(league, folder, conventions)
    return values


WORK: dict[str, Callable[..., Values]] = {
    "path": path,
    "runs": runs,
    "surface": surface,
    "noise": noise,
    "swarm": swarm,
    **{name: partial(measured, name=name) for name, measure in MEASURES.items() if measure.runs is not None},
    "piece": piece,
    "league": league,
}
"""Name → function of a race or a league and of numbers."""

QUESTIONS: dict[str, Callable[[Any], Race | League]] = {"race": Race.from_record, "league": League.from_record}
"""What a request may be about, and how it is read."""


@dataclasses.dataclass(frozen=True)
class Task:
    """Something to compute: a name in `WORK`, a race or a league, and what else it takes.

    numbers: by name; also texts. work: in the units of `optviz.budget`.
    """

    what: str
    race: Race | League
    numbers: Mapping[str, Any]
    work: float

    def message(self) -> bytes:
        """The request. Raises BadInput for a surface that no file can name."""
        about = "league" if isinstance(self.race, League) else "race"
        request = {"what": self.what, about: self.race.to_record(whole=True), "numbers": dict(self.numbers)}
        return json.dumps(request).encode()


def piece_message(league: League, wanted: Piece, folder: Path) -> bytes:
    """The request to keep a piece of a league in the store in this folder."""
    numbers = {"folder": str(folder.absolute()), **dataclasses.asdict(wanted)}
    return json.dumps({"what": "piece", "league": league.to_record(whole=True), "numbers": numbers}).encode()


def is_known_elsewhere(question: Race | League) -> bool:
    """Whether another process knows the optimizers and the surface: those of this package, not an author's own.

    What is registered while the program runs is registered in this process alone, perhaps under a name of ours.
    """
    sampled = question.surface
    bare = sampled.surface if isinstance(sampled, FiniteSum) else sampled
    things = (bare, *(racer.optimizer for racer in question.racers))
    return all(type(thing).__module__.partition(".")[0] == __name__.partition(".")[0] for thing in things)


def done(message: bytes) -> Values:
    """What the request asks for."""
    request = json.loads(message)
    question = next(read(request[name]) for name, read in QUESTIONS.items() if name in request)
    return WORK[request["what"]](question, **request["numbers"])
