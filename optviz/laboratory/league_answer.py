"""What is shown of a complete league, computed once from the store, and as arrays that processes hand over."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from optviz.experiment.league import League
from optviz.figures.league.record import FairRecord, LeagueRecord, league_record
from optviz.laboratory.judging import conclusions_by_convention
from optviz.laboratory.league import Result, known
from optviz.laboratory.store import Store
from optviz.laboratory.values import Values
from optviz.statistics.conclusions import Conclusion
from optviz.statistics.pairs import Pair, Verdict
from optviz.statistics.ranking import Contradicted
from optviz.statistics.runs import BINS, PER_RUN, Runs

Conclusions = dict[str, tuple[Conclusion, ...]]
TOLD = "told"


class Missing(LookupError):
    """Some of a league is not in the store."""


@dataclass(frozen=True, eq=False)
class LeagueAnswer:
    """The answer to a question: the numbers of its pictures, and each of its runs without their histograms.

    conclusions: the article's six in each convention that has been judged; empty where nothing is known of them.
    """

    record: LeagueRecord
    result: Result
    conclusions: Conclusions


def answer(league: League, folder: str | Path, conventions: Container[str]) -> LeagueAnswer | None:
    """The answer from what the store in this folder knows; None where anything is missing. Computes no run.

    conventions: in which of them the article's conclusions are judged, as far as they are there.
    """
    store = Store(folder)
    result = known(league, store)
    if not result.complete:
        return None
    found = {} if league.fair else conclusions_by_convention(league, store, known)
    judged = {convention: six for convention, six in found.items() if convention in conventions}
    return LeagueAnswer(league_record(result, league.racer_names()), result, judged)


def values_of(found: LeagueAnswer | None) -> Values:
    """The answer as arrays by name; nothing where there is none."""
    if found is None:
        return {}
    record, result = found.record, found.result
    told: dict[str, Any] = {
        "record": _told(record, "pairs", "contradicted", "fair"),
        "contradicted": dataclasses.asdict(record.contradicted),
        "pairs": [dataclasses.asdict(pair) for pair in record.pairs.values()],
        "fair": None if record.fair is None else _told(record.fair),
        "league": result.league.to_record(whole=True),
        "evaluations": [runs.evaluations for runs in result.runs],
        "conclusions": {
            convention: [dataclasses.asdict(conclusion) for conclusion in six]
            for convention, six in found.conclusions.items()
        },
    }
    values: Values = {
        TOLD: np.array(json.dumps(told, default=_plain)),
        "seeds": result.seeds,
        **_arrays(record, "record/"),
        **({} if record.fair is None else _arrays(record.fair, "fair/")),
    }
    for place, runs in enumerate(result.runs):
        values |= {f"runs/{place}/{name}": getattr(runs, name) for name in PER_RUN}
    return values | ({} if result.by_best is None else {"by_best": result.by_best})


def answer_of(values: Mapping[str, np.ndarray]) -> LeagueAnswer | None:
    """The inverse of `values_of`."""
    if TOLD not in values:
        return None
    told = json.loads(str(values[TOLD]))
    league = League.from_record(told["league"])
    fair = told["fair"]
    pairs = [Pair(**{**_tuples(pair), "verdict": Verdict(pair["verdict"])}) for pair in told["pairs"]]
    record = LeagueRecord(
        **_tuples(told["record"]),
        **_prefixed(values, "record/"),
        pairs={(pair.first, pair.second): pair for pair in pairs},
        contradicted=Contradicted(**_tuples(told["contradicted"])),
        fair=None if fair is None else FairRecord(**_tuples(fair), **_prefixed(values, "fair/")),
    )
    nothing = np.zeros((league.steps + 1, BINS), np.uint32)
    runs = tuple(
        Runs(**_prefixed(values, f"runs/{place}/"), evaluations=evaluations, histogram=nothing)
        for place, evaluations in enumerate(told["evaluations"])
    )
    conclusions = {
        convention: tuple(_conclusion(conclusion) for conclusion in six)
        for convention, six in told["conclusions"].items()
    }
    return LeagueAnswer(record, Result(league, values["seeds"], runs, values.get("by_best"), league.seven), conclusions)


def league_values(league: League, folder: str, conventions: str) -> Values:
    """`answer` as a worker says it; conventions: their names, joined by commas.

    Raises Missing where anything is not in the store: what is not there now may be there later.
    """
    found = answer(league, folder, conventions.split(","))
    if found is None:
        raise Missing("a part of this league is not in the store")
    return values_of(found)


def _conclusion(told: dict[str, Any]) -> Conclusion:
    intervals = {name: tuple(interval) for name, interval in told["intervals"].items()}
    return Conclusion(**{**told, "intervals": intervals})


def _plain(number: np.generic) -> Any:
    return number.item()


def _fields(thing: Any) -> dict[str, Any]:
    return {field.name: getattr(thing, field.name) for field in dataclasses.fields(thing)}


def _is_of_arrays(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and all(isinstance(part, np.ndarray) for part in value)


def _told(thing: Any, *left_out: str) -> dict[str, Any]:
    """The fields that are not arrays."""
    return {
        name: value
        for name, value in _fields(thing).items()
        if name not in left_out and not isinstance(value, np.ndarray) and not _is_of_arrays(value)
    }


def _arrays(thing: Any, prefix: str) -> Values:
    """The fields that are arrays, and those that are tuples of them, whose names then end with a number."""
    found: Values = {}
    for name, value in _fields(thing).items():
        if isinstance(value, np.ndarray):
            found[f"{prefix}{name}"] = value
        elif _is_of_arrays(value):
            found |= {f"{prefix}{name}/{place}": part for place, part in enumerate(value)}
    return found


def _prefixed(values: Mapping[str, np.ndarray], prefix: str) -> dict[str, Any]:
    """The inverse of `_arrays`."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if name.startswith(prefix):
            field, _, place = name.removeprefix(prefix).partition("/")
            found[field] = (*found.get(field, ()), value) if place else value
    return found


def _tuples(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
