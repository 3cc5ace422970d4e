"""What a worker process can be asked for: a race's settings in, arrays of numbers out.

Requests travel as JSON and answers as NumPy's .npz without objects, so neither side ever runs what the other one sends.
"""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np

from optviz.experiment import Race
from optviz.figures.fans import fan
from optviz.figures.heights import contour_heights
from optviz.gradient_noise import gradient_noise
from optviz.statistics import measures
from optviz.swarm import swarm_of
from optviz.trajectory import trace

Record = TypeVar("Record")
Values = dict[str, np.ndarray]


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


def end_spread(race: Race) -> Values:
    """How far apart runs with other batches end, of each racer."""
    return {"spreads": np.array(measures.end_spread(race.run()))}


WORK: dict[str, Callable[..., Values]] = {
    "path": path,
    "runs": runs,
    "surface": surface,
    "noise": noise,
    "swarm": swarm,
    "end_spread": end_spread,
}
"""Name → function of a race and of numbers."""


@dataclasses.dataclass(frozen=True)
class Task:
    """Something to compute: a name in `WORK`, the race, the numbers; `work` in the units of `optviz.budget`."""

    what: str
    race: Race
    numbers: Mapping[str, float]
    work: float

    def message(self) -> bytes:
        """The request. Raises BadInput for a surface that no file can name."""
        request = {"what": self.what, "race": self.race.to_record(whole=True), "numbers": dict(self.numbers)}
        return json.dumps(request).encode()


def is_known_elsewhere(race: Race) -> bool:
    """Whether another process knows the race's optimizers and surface: those of this package, not an author's own.

    What is registered while the program runs is registered in this process alone, perhaps under a name of ours.
    """
    things = (race.bare_surface, *(racer.optimizer for racer in race.racers))
    return all(type(thing).__module__.partition(".")[0] == __name__.partition(".")[0] for thing in things)


def done(message: bytes) -> Values:
    """What the request asks for."""
    request = json.loads(message)
    return WORK[request["what"]](Race.from_record(request["race"]), **request["numbers"])


def packed(values: Mapping[str, Any]) -> bytes:
    """The values as bytes."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **values)
    return buffer.getvalue()


def unpacked(message: bytes) -> Values:
    """The inverse of `packed`; arrays are read-only, as those of a trajectory are."""
    with np.load(io.BytesIO(message), allow_pickle=False) as file:
        values = {name: file[name] for name in file.files}
    for value in values.values():
        value.flags.writeable = False
    return values


def fields_of(record: Any) -> Values:
    """A dataclass of arrays, numbers and truth values, by field; what is None is left out."""
    fields = {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}
    return {name: np.asarray(value) for name, value in fields.items() if value is not None}


def record_of(kind: Callable[..., Record], values: Mapping[str, np.ndarray], prefix: str = "") -> Record:
    """The inverse of `fields_of`, from the values whose names begin with the prefix."""
    fields = {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}
    return kind(**{name: value if value.ndim else value.item() for name, value in fields.items()})
