"""A question about many surfaces in words: who runs, on which surfaces, with which settings."""

from __future__ import annotations

from typing import Any

from optviz.experiment.league import TUNED, League
from optviz.experiment.record import shared_learning_rate
from optviz.experiment.surfaces import surface_record
from optviz.text import Words, counted, spaced, words
from optviz.text.numbers import readable


def told_question(league: League, language: str) -> str:
    """What a league asks, in one sentence; where each racer is tuned, in another one how."""
    text = words(language)
    label, names, (first, beyond) = text["league"], league.racer_names(text["optimizer"]), league.seeds
    told = counted(label, "asked", league.n).format(
        names=(text["stage"]["and"] if len(names) == 2 else text["figure"]["comma"]).join(names),
        n=f"{league.n:,}",
        surface=_surfaces(league, text),
        first=first,
        last=beyond - 1,
        setting=text["swarm"]["comma"].join(_setting(league, text)),
    )
    return spaced(f"{told} {_tuning(league, text)}" if league.fair else told)


def told_setting(league: League, language: str) -> str:
    """The same without the racers' names, parts with " · " between them: what stands below a title or a picture."""
    text = words(language)
    label, (first, beyond) = text["league"], league.seeds
    surfaces = counted(label, "setting_surfaces", league.n)
    parts = [surfaces.format(surface=_surfaces(league, text), first=first, last=beyond - 1), *_setting(league, text)]
    if league.fair:
        parts.append(label["fair_short" if league.tuned == TUNED else "fair_short_together"])
    return spaced(" · ".join(parts))


def _tuning(league: League, text: Words) -> str:
    assert league.training is not None
    low, high, count = league.grid
    first, beyond = league.training
    return text["league"]["asked_fair" if league.tuned == TUNED else "asked_fair_together"].format(
        name=text["hyperparameter"].get(league.tuned, league.tuned),
        count=count,
        low=readable(low),
        high=readable(high),
        first=first,
        last=beyond - 1,
    )


def _surfaces(league: League, text: Words) -> str:
    """The family, and what is not usual about it."""
    record = surface_record(league.surface)
    name = str(record.pop("name"))
    record.pop("seed", None)
    family = text["surface"].get(name, name)
    fields = text["figure"]["comma"].join(_field(key, value, text) for key, value in record.items())
    return text["league"]["asked_surface"].format(family=family, fields=fields) if fields else family


def _field(key: str, value: Any, text: Words) -> str:
    label = text["controls"].get(key, key)
    if isinstance(value, bool):
        return label
    written = " … ".join(map(readable, value)) if isinstance(value, list) else readable(value)
    return text["league"]["asked_field"].format(label=label, value=written)


def _setting(league: League, text: Words) -> list[str]:
    label = text["league"]
    parts = [] if league.fair else _rates(league, text)
    parts.append(label["asked_steps"].format(steps=f"{league.steps:,}"))
    parts.append(label["asked_formulas"].format(formulas=text["formulas"][league.convention]))
    return parts


def _rates(league: League, text: Words) -> list[str]:
    """The learning rate of all, or those of each optimizer; of those that have one of their own."""
    label, shared = text["league"], shared_learning_rate(league.racers)
    if shared is not None:
        return [label["asked_rate"].format(rate=readable(shared))]
    rates: dict[str, list[str]] = {}
    for racer in league.racers:
        rate = racer.optimizer.own_learning_rate
        if rate is not None:
            rates.setdefault(text["optimizer"].get(racer.kind, racer.kind), []).append(readable(rate))
    told = [f"{name} {' / '.join(dict.fromkeys(each))}" for name, each in rates.items()]
    return [label["asked_rates"].format(rates=text["figure"]["comma"].join(told))] if told else []
