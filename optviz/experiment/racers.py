"""A racer as a plain dict, and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache, lru_cache, partial
from typing import Any

from optviz.bad_input import BadInput
from optviz.conventions import CONVENTIONS
from optviz.experiment.reading import Reader, number_or_list
from optviz.experiment.spelling import split_racer
from optviz.optimizers import OPTIMIZERS, Optimizer
from optviz.parameter import Parameter
from optviz.racer import PICKS, Racer


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


def read_racer(text: str, convention: str, rate: float | None = None) -> Racer:
    """A racer as a link spells it: "adam--beta1-0.8--batch_size-8". Raises BadInput.

    rate: its learning rate, where the text tells none and it can have that one.
    """
    record = split_racer(text)
    racer = make_racer(record, convention, None, Reader(strict=True))
    return racer if "learning_rate" in record else racer.with_possible_learning_rate(rate)


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
    if OPTIMIZERS.get(racer.key) is not kind:
        # It runs, but no text can name it; its name may be that of one which is registered.
        class_name = f"{kind.__module__}.{kind.__name__}"
        raise BadInput("unknown_choice", name="optimizer", value=class_name, allowed=", ".join(OPTIMIZERS))


def _usual_of(key: str, convention: str) -> Optimizer:
    """`with_convention(key, convention)`, made once, of the class and the settings that have this key now."""
    return _usual(OPTIMIZERS[key], tuple(CONVENTIONS[convention].get(key, {}).items()))


@lru_cache(maxsize=256)
def _usual(kind: type[Optimizer], settings: tuple[tuple[str, Any], ...]) -> Optimizer:
    return kind(**dict(settings))
