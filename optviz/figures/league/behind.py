"""Which seeds stand behind a mark of a league's figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from optviz.bad_input import BadInput
from optviz.figures.league.record import QUANTILES
from optviz.statistics.pairs import beats
from optviz.statistics.runs import Runs

NEAREST = 20
"""So many runs stand for a quantile: those nearest to it."""


class Known(Protocol):
    """What is known of a league: see `optviz.laboratory.league.Result`."""

    @property
    def seeds(self) -> np.ndarray: ...
    @property
    def runs(self) -> Sequence[Runs]: ...


@dataclass(frozen=True, eq=False)
class Group:
    """Seeds (m,) that have something in common, the most telling first, with a number (m,) to tell of each.

    key: of the words for them, in the table `league_figures`. racers: the places of those it is about, as these words
    name them: {first}, {second}. number: what the numbers are, "c", "difference" (of c), "gap", "step" (∞ where the
    target is never reached) or "targets" (how many are reached).
    """

    key: str
    racers: tuple[int, ...]
    number: str
    seeds: np.ndarray
    values: np.ndarray


def seeds_behind(result: Known, mark: Any) -> tuple[Group, ...]:
    """The seeds behind a mark, in groups: what a click on a figure sends, a list of a name and numbers.

    Whatever a browser sends may be anything: raises BadInput for what is no mark of this league.
    """
    if not isinstance(mark, list) or not mark or not isinstance(mark[0], str) or mark[0] not in MARKS:
        raise BadInput("unknown_choice", name="mark", value=mark, allowed=", ".join(MARKS))
    count, groups_of = MARKS[mark[0]]
    places = mark[1 : count + 1]
    if len(places) < count or any(type(place) is not int or place < 0 for place in places):
        raise BadInput("not_a_whole_number", name="mark", value=mark, allowed="≥ 0")
    try:
        return groups_of(result, *places)
    except (IndexError, OverflowError):
        allowed = f"0 … {len(result.runs) - 1}"
        raise BadInput("out_of_range", name="mark", value=mark, allowed=allowed) from None


def _of_mean(result: Known, racer: int) -> tuple[Group, ...]:
    """All seeds, those on which it ends highest first."""
    c = result.runs[racer].c
    return (_group(result, "behind_mean", (racer,), "c", c, np.argsort(-c, kind="stable")),)


def _of_pair(result: Known, first: int, second: int) -> tuple[Group, ...]:
    """Where the first ends lower, where higher, and where they are level; by the difference of c."""
    outcome = beats(result.runs[first].gap, result.runs[second].gap)
    differences = result.runs[first].c - result.runs[second].c
    order = np.argsort(differences, kind="stable")
    chosen = {
        "behind_wins": order[outcome[order] > 0],
        "behind_losses": order[::-1][outcome[order[::-1]] < 0],
        "behind_ties": np.flatnonzero(outcome == 0),
    }
    return tuple(_group(result, key, (first, second), "difference", differences, rows) for key, rows in chosen.items())


def _of_difference(result: Known, first: int, second: int) -> tuple[Group, ...]:
    """All seeds, those that weigh most for the first one at the beginning, those for the second one at the end."""
    differences = result.runs[first].c - result.runs[second].c
    order = np.argsort(differences, kind="stable")
    return (_group(result, "behind_difference", (first, second), "difference", differences, order),)


def _of_reached(result: Known, racer: int, target: int, step: int) -> tuple[Group, ...]:
    """Where a target is reached by a step, and where not; how many are, if it is one more than there are."""
    hits = result.runs[racer].hits
    if target > hits.shape[1]:
        raise IndexError(target)
    reached = np.where(hits < 0, np.inf, hits)
    if target == hits.shape[1]:
        many = (reached <= step).sum(axis=1).astype(float)
        return (_group(result, "behind_pooled", (racer,), "targets", many, np.argsort(-many, kind="stable")),)
    steps = reached[:, target]
    by_then = steps <= step
    order = np.argsort(steps, kind="stable")
    keys = ("behind_reached", "behind_not_reached")
    return tuple(
        _group(result, key, (racer,), "step", steps, order[which[order]])
        for key, which in zip(keys, (by_then, ~by_then), strict=True)
    )


def _of_band(result: Known, racer: int) -> tuple[Group, ...]:
    """The seeds whose gaps at the end are nearest, by rank, to each quantile."""
    gaps = np.where(np.isnan(result.runs[racer].gap), np.inf, result.runs[racer].gap)
    order = np.argsort(gaps, kind="stable")
    groups = []
    for quantile in QUANTILES:
        middle = max(0, int(np.ceil(quantile * len(order) - 1e-9)) - 1)
        nearest = np.argsort(np.abs(np.arange(len(order)) - middle), kind="stable")[:NEAREST]
        groups.append(_group(result, f"behind_band_{100 * quantile:.0f}", (racer,), "gap", gaps, order[nearest]))
    return tuple(groups)


def _group(
    result: Known, key: str, racers: tuple[int, ...], number: str, values: np.ndarray, rows: np.ndarray
) -> Group:
    return Group(key, racers, number, result.seeds[rows], values[rows])


MARKS: dict[str, tuple[int, Callable[..., tuple[Group, ...]]]] = {
    "mean": (1, _of_mean),
    "pair": (2, _of_pair),
    "difference": (2, _of_difference),
    "reached": (3, _of_reached),
    "band": (1, _of_band),
}
"""What a mark begins with → how many numbers follow that matter, and whose seeds it is about."""
