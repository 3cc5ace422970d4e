"""In which portions a league is handed out to processes, and how many of its runs are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from optviz.experiment.league import League
from optviz.laboratory.fair import runs_at_least
from optviz.laboratory.store import Piece

Progress = Callable[[int, int], None]
"""Is told how many runs are there, and of how many."""

STEPS_AT_ONCE = 200_000
"""About so many steps of single runs are handed out at once: a fraction of a second, so that progress is soon told, and
long beside what each portion costs, which is to draw its surfaces once more. 250 surfaces of 200 steps: four racers."""


def runs_of(league: League) -> int:
    """How many runs a league asks for: one a racer and seed; where racers are tuned at least, the grid may go on."""
    return runs_at_least(league) if league.fair else len(league.racers) * league.n


def runs_in(piece: Piece) -> int:
    """How many runs a piece lacks."""
    return len(piece.places) * (piece.beyond - piece.first)


def portions(league: League, piece: Piece) -> Iterator[Piece]:
    """What a piece lacks, a few racers at a time; those that are needed at once for what they have in common first."""
    together = [place for place in piece.places if place in league.seven] if piece.joint else []
    others = [place for place in piece.places if place not in together]
    size = max(1, STEPS_AT_ONCE // ((piece.beyond - piece.first) * league.steps))
    if piece.joint:
        room = max(0, size - len(together))
        yield Piece(piece.first, piece.beyond, tuple(sorted([*together, *others[:room]])), True)
        others = others[room:]
    for first in range(0, len(others), size):
        yield Piece(piece.first, piece.beyond, tuple(others[first : first + size]))


class Tally:
    """Counts the runs of a question that is computed in several rounds: what a later round asks for comes on top."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.done = 0
        self.total: int | None = None

    def begin(self, leagues: Sequence[League], missing: Sequence[Piece]) -> None:
        """A round begins, which lacks these pieces of these leagues."""
        lacking = sum(map(runs_in, missing))
        if self.total is None:
            self.total = sum(map(runs_of, leagues))
            self.done = self.total - lacking
        elif lacking:
            self.total = self.done + lacking
        else:
            return
        self.progress(self.done, self.total)

    def add(self, piece: Piece) -> None:
        """A piece is there."""
        if self.total is not None and runs_in(piece):
            self.done += runs_in(piece)
            self.progress(self.done, self.total)
