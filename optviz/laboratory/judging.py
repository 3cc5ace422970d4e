"""The article's six conclusions, convention by convention."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from optviz.conventions import CONVENTIONS
from optviz.experiment import article
from optviz.experiment.league import TUNED, League
from optviz.statistics.conclusions import Answered, Conclusion, conclusions


class Answer(Answered, Protocol):
    """What is known of a league: see `optviz.laboratory.league.Result`."""

    @property
    def league(self) -> League: ...


Run = Callable[[League, Any], Answer]


def in_convention(league: League, convention: str) -> League:
    """The article's seven of a league, in another source's forms, on the same surfaces.

    What was changed in them stays, what came from the convention follows. Others who run are left out: they change
    nothing of the six conclusions. Where racers are tuned, these are, in each convention for itself. Raises BadInput
    for an unknown convention.
    """
    race = league.race(league.seeds[0]).with_convention(convention)
    racers = tuple(race.racers[place] for place in league.seven)
    # What none of the seven has is not tuned of them: then it is their learning rates alone.
    has_it = any(league.tuned in racer.optimizer.hyperparameters() for racer in racers)
    return league.replaced(convention=convention, racers=racers, tuned=league.tuned if has_it else TUNED)


def conclusions_by_convention(league: League, store: Any, run: Run) -> dict[str, tuple[Conclusion, ...]]:
    """The six conclusions in each convention of which all is there; empty for a league without all of the seven.

    run: computes a league (`run_league`), or tells what is known of it (`known`); asked once a convention.
    """
    if len(league.seven) < len(article.OPTIMIZERS):
        return {}
    found = {}
    for convention in CONVENTIONS:
        question = in_convention(league, convention)
        six = conclusions(run(question, store), question.sampling_seed)
        if six:
            found[convention] = six
    return found
