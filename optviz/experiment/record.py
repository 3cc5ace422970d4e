"""A race as a plain dict, and back: what JSON and TOML write, and what a link is made of.

Here a race is its fields by name; `Race` stands above.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from optviz.bad_input import BadInput
from optviz.conventions import check_convention
from optviz.experiment import article, versions
from optviz.experiment.racers import make_racer, racer_record
from optviz.experiment.reading import Reader, number_or_list
from optviz.experiment.surfaces import check_surface, surface_record
from optviz.optimizers import GradientDescent
from optviz.parameter import SEED, STEPS, Parameter
from optviz.racer import Racer
from optviz.surface import Surface
from optviz.trajectory import check_one_start

MOST_RACERS = 24
LONGEST_FILE = 100_000
BESIDE_SURFACE = ("surface", "start", "convention", "steps", "batch_seed", "learning_rate", "racers")
"""What a record tells apart from its version."""


def written(
    surface: Surface,
    racers: Sequence[Racer],
    convention: str,
    start: tuple[float, float] | None,
    steps: int,
    batch_seed: int,
    whole: bool,
) -> dict[str, Any]:
    """The record of a race of these fields; with `whole` also what goes without saying."""
    record: dict[str, Any] = {"version": versions.VERSION, "surface": surface_record(surface, whole)}
    if start is not None:
        record["start"] = list(start)
    record |= {"convention": convention, "steps": steps}
    if batch_seed or whole:
        record["batch_seed"] = batch_seed
    rate = None if whole else _learning_rate_of_all(racers)
    if rate is not None:
        record["learning_rate"] = rate
    record["racers"] = [racer_record(racer, convention, rate, whole) for racer in racers]
    return record


def restored(record: Any, reader: Reader) -> dict[str, Any]:
    """The fields of the race that `written` describes. Raises BadInput, or notes it, as the reader does."""
    if not isinstance(record, Mapping):
        raise BadInput("not_readable", name="race", value=type(record).__name__, allowed="a table of settings")
    record = reader.read(lambda: versions.migrated(record), record)
    if reader.strict:
        _check_names(record)
    usual = article.CONVENTION
    convention = reader.read(lambda: check_convention(record.get("convention", usual)), usual)
    fields: dict[str, Any] = {"convention": convention}
    for name, make, fallback in _BESIDE_RACERS:
        fields[name] = reader.read(lambda make=make: make(record, reader), fallback())  # type: ignore[misc]
    rate = reader.read(lambda: _learning_rate_for_all(record), None)
    return fields | {"racers": _racers(record, convention, rate, fields["surface"], reader)}


def shared_learning_rate(racers: Sequence[Racer]) -> float | None:
    """The learning rate that all racers with one of their own have in common; None where they differ."""
    rates = {racer.optimizer.own_learning_rate for racer in racers} - {None}
    return rates.pop() if len(rates) == 1 else None


def _learning_rate_of_all(racers: Sequence[Racer]) -> float | None:
    """The shared learning rate, where it is not what every convention has anyway: told once, not per racer."""
    rate = shared_learning_rate(racers)
    return None if rate == article.LEARNING_RATE else rate


def _check_names(record: Mapping[str, Any]) -> None:
    known = ("version", *BESIDE_SURFACE)
    for name in record:
        if name not in known:
            raise BadInput("unknown_field", name="race", value=name, allowed=", ".join(known))


def _start(record: Mapping[str, Any], reader: Reader) -> tuple[float, float] | None:
    start = record.get("start")
    return None if start is None else check_one_start(number_or_list("start", start))


def _whole(parameter: Parameter, name: str, value: Any) -> int:
    return int(parameter.check_number(name, number_or_list(name, value)))


def _learning_rate_for_all(record: Mapping[str, Any]) -> float | None:
    rate = record.get("learning_rate")
    if rate is None:
        return None
    parameter = GradientDescent.hyperparameters()["learning_rate"]
    return parameter.check_number("learning_rate", number_or_list("learning_rate", rate))


Make = Callable[[Mapping[str, Any], Reader], Any]

_BESIDE_RACERS: tuple[tuple[str, Make, Callable[[], Any]], ...] = (
    ("surface", lambda record, reader: check_surface(record.get("surface"), reader.strict), article.surface),
    ("start", _start, lambda: None),
    ("steps", lambda record, _: _whole(STEPS, "steps", record.get("steps", article.STEPS)), lambda: article.STEPS),
    ("batch_seed", lambda record, _: _whole(SEED, "batch_seed", record.get("batch_seed", 0)), lambda: 0),
)
"""Field, how it is read from a record, and what it is where it cannot be used."""


def _racers(
    record: Mapping[str, Any], convention: str, rate: float | None, surface: Surface, reader: Reader
) -> tuple[Racer, ...]:
    listed = record.get("racers")
    if listed is not None and not isinstance(listed, list):
        raise BadInput("not_readable", name="racers", value=type(listed).__name__, allowed="a list")
    racers = []
    for item in listed or ():
        racer = reader.read(lambda item=item: make_racer(item, convention, rate, reader), None)  # type: ignore[misc]
        if racer is not None:
            on_all = dataclasses.replace(racer, batch_size=None)
            racers.append(reader.read(lambda racer=racer: racer.checked_on(surface), on_all))  # type: ignore[misc]
    if len(racers) > MOST_RACERS:
        reader.refuse(BadInput("too_many", name="racers", value=len(racers), allowed=f"1 … {MOST_RACERS}"))
    seven = (racer.with_learning_rate(rate) for racer in article.seven(convention))
    return tuple(racers[:MOST_RACERS]) or tuple(seven)
