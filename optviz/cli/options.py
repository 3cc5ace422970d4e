"""The race that the options describe."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from optviz.bad_input import BadInput
from optviz.conventions import with_convention
from optviz.experiment import (
    Race,
    article,
    read_number,
    read_racer,
    read_url,
    single_surface,
    surface_record,
    with_setting,
)
from optviz.export import read_race
from optviz.laboratory.tuning import suggested_rates
from optviz.optimizers import OPTIMIZERS
from optviz.racer import Racer

EACH = "each"
"""Said instead of a learning rate: one for each optimizer, that suits it on the surface."""


def race_of_options(options: argparse.Namespace) -> tuple[Race, list[str]]:
    """The race, and what its reader should know of it: a sentence each.

    The options are applied in an order in which none undoes another, each as the app does.
    """
    own, settings = _settings(options.set)
    race = _begun(options)
    if options.convention is not None:
        race = race.with_convention(options.convention)
    before = race
    race = _on_surface(race, options, own)
    race = _with_samples(race, options)
    if options.optimizers is not None:
        race = _with_optimizers(race, options.optimizers)
    if options.learning_rate == EACH:
        race = race.with_learning_rates(suggested_rates(race.bare_surface, race.convention))
    elif options.learning_rate is not None:
        race = race.with_learning_rate(read_number("learning_rate", options.learning_rate))
    for whose, name, value in settings:
        race = _with_setting(race, whose, name, value)
    beside = {"steps": options.steps, "batch_seed": options.batch_seed}
    given: dict[str, Any] = {name: read_number(name, value) for name, value in beside.items() if value is not None}
    if options.start is not None:
        given["start"] = tuple(read_number("start", value) for value in options.start)
    race = race.replaced(**given)
    notes = [str(note) for note in race.lowered_batches(before)] if options.optimizers is None else []
    suggested = race.surface.suggested_learning_rate
    if options.learning_rate is None and race.shared_learning_rate == suggested not in (None, article.LEARNING_RATE):
        notes.append(f"learning rate {suggested:g}, which this surface suggests; --learning-rate sets another")
    return race, notes


def _begun(options: argparse.Namespace) -> Race:
    if options.file is not None:
        return read_race(options.file)
    if options.link is None:
        racers = tuple(Racer(with_convention(key, article.CONVENTION)) for key in OPTIMIZERS)
        return Race(racers=racers)
    race, problems = read_url(options.link)
    if problems:
        raise problems[0]
    if not options.link.strip("?# \n"):
        raise BadInput("not_readable", name="link", value=options.link, allowed="surface=gaussian_hills&seed=1")
    return race


def _settings(given: Sequence[str]) -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    """What --set says of the surface, and of optimizers: (whose, name, value)."""
    own: dict[str, str] = {}
    settings = []
    for setting in given:
        name, equals, value = setting.partition("=")
        whose, dot, field = name.partition(".")
        if not equals or not dot:
            raise BadInput("not_readable", name="--set", value=setting, allowed="OPTIMIZER.NAME=VALUE")
        if whose == "surface":
            own[field] = value
        else:
            settings.append((whose, field, value))
    return own, settings


def _on_surface(race: Race, options: argparse.Namespace, own: dict[str, str]) -> Race:
    changes: dict[str, Any] = dict(own)
    if options.seed is not None:
        changes["seed"] = options.seed
    if options.domain is not None:
        changes["domain"] = ",".join(options.domain)
    if options.formula is not None:
        return race.on_surface(single_surface({"name": "formula", "text": options.formula, **changes}))
    if options.surface is not None:
        return race.on_surface(single_surface({"name": options.surface, **changes}))
    if changes:
        return race.with_bare_surface(single_surface(surface_record(race.bare_surface) | changes))
    return race


def _with_samples(race: Race, options: argparse.Namespace) -> Race:
    given = {"samples": options.samples, "spread": options.spread, "sample_seed": options.sample_seed}
    given["replacement"] = options.replacement
    settings = {name: value for name, value in given.items() if value is not None}
    if not settings:
        return race
    # By its record, so that a regression refuses a spread, which it does not have.
    return race.with_sampled(single_surface(surface_record(race.surface) | settings))


def _with_optimizers(race: Race, text: str) -> Race:
    parts = list(OPTIMIZERS) if text == "all" else [part.strip() for part in text.replace("~", ",").split(",")]
    return race.with_racers([read_racer(part, race.convention, race.shared_learning_rate) for part in parts])


def _with_setting(race: Race, whose: str, name: str, value: str) -> Race:
    of_kind = [index for index, racer in enumerate(race.racers) if racer.kind == whose]
    of_class = [index for index, racer in enumerate(race.racers) if racer.key == whose]
    indices = of_kind or of_class
    if not indices:
        allowed = ", ".join(dict.fromkeys(racer.kind for racer in race.racers))
        raise BadInput("unknown_choice", name="--set", value=whose, allowed=allowed)
    chosen = enumerate(race.racers)
    return race.with_racers([with_setting(racer, name, value) if i in indices else racer for i, racer in chosen])
