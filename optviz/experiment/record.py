"""A race as a plain dict, and back: what JSON and TOML write, and what a link is made of.

Here a race is its fields by name; `Race` stands above.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache, partial
from typing import Any

from optviz.bad_input import BadInput
from optviz.conventions import CONVENTIONS, check_convention
from optviz.experiment import article, versions
from optviz.experiment.reading import Reader, number_or_list
from optviz.experiment.surfaces import check_surface, surface_record
from optviz.optimizers import NAMED_OPTIMIZERS, OPTIMIZERS, GradientDescent, Optimizer
from optviz.parameter import SEED, STEPS, Parameter
from optviz.racer import PICKS, Racer
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
    version = reader.read(lambda: versions.version_of(record.get("version", versions.VERSION)), versions.VERSION)
    if version != versions.VERSION:
        record = reader.read(lambda: versions.migrated(record, version), record)
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


# --- racers --------------------------------------------------------------------------------------------------------


def racer_record(racer: Racer, convention: str, rate: float | None, whole: bool) -> dict[str, Any]:
    """A racer as a plain dict: its kind, and what neither the convention nor the rate for all says; `whole`, all."""
    _check_registered(racer)
    record: dict[str, Any] = {"optimizer": racer.kind}
    if racer.batch_size is not None and racer.kind != "sgd":
        record["batch_size"] = racer.batch_size
    if racer.label is not None:
        record["label"] = racer.label
    record |= {name: getattr(racer, name) for name in racer.settings()} if whole else racer.changed_settings
    if whole:
        return record | {name: getattr(racer.optimizer, name) for name in racer.optimizer.hyperparameters()}
    changed = beyond_convention(racer, convention)
    if rate is not None and racer.optimizer.own_learning_rate is not None:
        # It is told for all. Where it is this optimizer's default, it is no difference in the first place.
        changed.pop("learning_rate", None)
    return record | changed


def make_racer(record: Any, convention: str, rate: float | None, reader: Reader) -> Racer:
    """The racer of a `racer_record`; numbers may be given as text, as in a link. Raises BadInput, or notes it."""
    if not isinstance(record, Mapping):
        raise BadInput("not_readable", name="racers", value=record, allowed="tables with an optimizer each")
    key = record.get("optimizer")
    if not isinstance(key, str) or key not in PICKS:
        raise BadInput("unknown_choice", name="optimizer", value=key, allowed=", ".join(PICKS))
    optimizer, batch_size = PICKS[key]
    racer = Racer(_usual_of(optimizer, convention), batch_size).with_learning_rate(rate)
    own: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    for name, value in record.items():
        # Each one is checked by itself, because to make an optimizer for each takes ten times as long.
        if name in _own_fields():
            own[name] = value
        elif name != "optimizer":
            settings |= reader.read(partial(_setting, racer, name, value), dict[str, Any]())
    made = reader.read(lambda: dataclasses.replace(racer.optimizer, **settings), racer.optimizer)  # type: ignore[type-var]
    racer = dataclasses.replace(racer, optimizer=made)
    for name, value in own.items():
        racer = reader.read(partial(_with_own, racer, name, value), racer)
    return racer


def with_setting(racer: Racer, name: str, text: str) -> Racer:
    """The racer with one setting changed, given as text: a hyperparameter, or one of the racer's own.

    Those are `label`, `batch_size` ("all" for all), and its settings.

    Raises BadInput for an unknown name or a value out of range.
    """
    if name in _own_fields():
        every = name == "batch_size" and text == "all"
        return dataclasses.replace(racer, batch_size=None) if every else _with_own(racer, name, text)
    settings = _setting(racer, name, text)
    return dataclasses.replace(racer, optimizer=dataclasses.replace(racer.optimizer, **settings))  # type: ignore[type-var]


def _own_fields() -> tuple[str, ...]:
    return ("label", "batch_size", *Racer.settings())


def _with_own(racer: Racer, name: str, value: Any) -> Racer:
    own: dict[str, Any] = {name: value if name == "label" else number_or_list(name, value)}
    return dataclasses.replace(racer, **own)


def _setting(racer: Racer, name: Any, value: Any) -> dict[str, Any]:
    known = _known(type(racer.optimizer))
    if name not in known:
        raise BadInput("unknown_field", name=racer.key, value=name, allowed=", ".join(known))
    if not isinstance(getattr(racer.optimizer, name), bool):
        return {name: known[name].check_number(name, number_or_list(name, value))}
    if not isinstance(value, bool) and value not in ("true", "false"):
        raise BadInput("unknown_choice", name=name, value=value, allowed="true, false")
    return {name: value in (True, "true")}


@cache
def _known(kind: type[Optimizer]) -> dict[str, Parameter]:
    return kind.hyperparameters()


def beyond_convention(racer: Racer, convention: str) -> dict[str, Any]:
    """The hyperparameters that the convention does not account for."""
    optimizer: Optimizer = racer.optimizer
    _check_registered(racer)
    usual = _usual_of(racer.key, convention)
    return {
        name: getattr(optimizer, name)
        for name in optimizer.hyperparameters()
        if getattr(optimizer, name) != getattr(usual, name)
    }


def _check_registered(racer: Racer) -> None:
    kind = type(racer.optimizer)
    if NAMED_OPTIMIZERS.get(racer.key) is not kind:
        # It runs, but no text can name it; its name may be that of one which is registered.
        class_name = f"{kind.__module__}.{kind.__name__}"
        raise BadInput("unknown_choice", name="optimizer", value=class_name, allowed=", ".join(OPTIMIZERS))


def _usual_of(key: str, convention: str) -> Optimizer:
    """`with_convention(key, convention)`, made once, of the class and the settings that have this key now."""
    return _usual(NAMED_OPTIMIZERS[key], tuple(CONVENTIONS[convention].get(key, {}).items()))


@lru_cache(maxsize=256)
def _usual(kind: type[Optimizer], settings: tuple[tuple[str, Any], ...]) -> Optimizer:
    return kind(**dict(settings))
