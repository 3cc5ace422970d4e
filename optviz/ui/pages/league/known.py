"""What is known of a league: whether all of it is in the store, and how its answer is read from there."""

from __future__ import annotations

from optviz.budget import league_work
from optviz.conventions import CONVENTIONS
from optviz.experiment import article
from optviz.experiment.league import League
from optviz.laboratory.asking import Task
from optviz.laboratory.judging import in_convention
from optviz.laboratory.league import is_there
from optviz.laboratory.store import Store
from optviz.ui.leagues import Desk

STATISTICS = 20_000.0
"""What the statistics of a league cost, about: they are computed elsewhere."""


def is_complete(desk: Desk, league: League) -> bool:
    """Whether the answer to a league can be read from the store, by the names of files alone."""
    standing = desk.standing(league)
    return (standing.itself or not standing.open) and is_there(league, Store(desk.store))


def other_conventions(league: League) -> list[League]:
    """The same seven on the same surfaces in each source's forms: what the article's conclusions are judged by."""
    if league.fair or len(league.seven) < len(article.OPTIMIZERS):
        return []
    return [in_convention(league, convention) for convention in CONVENTIONS]


def judged(desk: Desk, league: League) -> list[str]:
    """The conventions in which the article's conclusions can be judged by now."""
    return [other.convention for other in other_conventions(league) if is_complete(desk, other)]


def answer_tasks(desk: Desk, league: League) -> list[Task]:
    """What is to be asked for; then what may be shown until it is there.

    The conclusions are told in the league's own convention alone while those of the others are computed.
    """
    conventions = judged(desk, league)
    own = [convention for convention in conventions if convention == league.convention]
    if desk.standing(league).open:
        return [_answer_task(desk, league, own)]
    return [
        _answer_task(desk, league, names) for names in ([conventions] if own == conventions else [conventions, own])
    ]


def _answer_task(desk: Desk, league: League, conventions: list[str]) -> Task:
    numbers = {"folder": str(desk.store), "conventions": ",".join(conventions)}
    return Task("league", league, numbers, STATISTICS + league_work(league) / 100)
