"""What worker processes and others can be asked for: a name, a race or a league, and what else it takes, as a request.

Requests travel as JSON and answers as NumPy's .npz without objects, so neither side ever runs what the other one sends.
What is done for each name is in `optviz.laboratory.work`, which knows all that can be asked; this module knows none.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from optviz.experiment import Race
from optviz.experiment.league import League
from optviz.laboratory.store import Piece
from optviz.surface import FiniteSum

QUESTIONS: dict[str, Callable[[Any], Race | League]] = {"race": Race.from_record, "league": League.from_record}
"""What a request may be about, and how it is read."""


@dataclasses.dataclass(frozen=True)
class Task:
    """Something to compute: a name in `optviz.laboratory.work.WORK`, a race or a league, and what else it takes.

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


def read_request(message: bytes) -> tuple[str, Race | League, dict[str, Any]]:
    """The name, the race or league, and the numbers of a request."""
    request = json.loads(message)
    question = next(read(request[name]) for name, read in QUESTIONS.items() if name in request)
    return request["what"], question, request["numbers"]
