"""Race: the whole setting of a race as one frozen value, and its four spellings: link, TOML, JSON and Python code."""

from __future__ import annotations

import copy
import dataclasses
import difflib
import itertools
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import numpy as np
import tomli_w

from optviz.bad_input import BadInput
from optviz.batches import check_batch_size
from optviz.conventions import CONVENTIONS, with_convention
from optviz.optimizers import OPTIMIZERS, GradientDescent, Optimizer
from optviz.parameter import SEED, STEPS, Parameter, parameters
from optviz.racer import PICKS, Racer, as_racer
from optviz.surface import (
    FAMILIES,
    FiniteSum,
    GallerySurface,
    GaussianHills,
    Regression,
    Surface,
    gallery,
    gallery_names,
)
from optviz.surface.base import check_domain
from optviz.trajectory import Trajectory, check_start, race

VERSION = 1
MOST_RACERS = 24
MOST_SETTINGS = 16
MOST_NUMBERS = 4
LONGEST_LINK = 8000
LONGEST_FILE = 100_000
AUTHORS_CONVENTION = "tensorflow1"
USUAL_LEARNING_RATE = 0.1
FIRST_FORMULA = "x^2/4 + y^2/2 + sin(3*x)*cos(2*y)/2"
ENCODED = re.compile("(?:%[0-9A-Fa-f]{2})+")
ARTICLE_OPTIMIZERS = ("gradient_descent", "momentum", "nag", "adagrad", "adadelta", "rmsprop", "adam")

Value = TypeVar("Value")

MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""Version → a function that makes of a record of that version one of the next, so that a printed link stays true.

A default stays out of links and files. Whoever changes one, or renames a field, raises `VERSION` and adds the row that
says what the version before meant: `record["surface"].setdefault("hills", 30)`. The function may change the record it
gets, which has the shape of `Race.to_record`: `surface`, if there, is a table, and `racers` a list of tables. Of a link
numbers and lists are still text, and every parameter, a stranger's too, stands both beside the surface and among its
fields, because no list says where earlier versions had it. So a migration moves, renames and fills in; it does not
compute, and it need not tidy up after links.
"""


def seven(convention: str = AUTHORS_CONVENTION) -> tuple[Racer, ...]:
    """The article's seven optimizers on all samples, in a convention's form and with its defaults."""
    return tuple(Racer(with_convention(key, convention)) for key in ARTICLE_OPTIMIZERS)


@dataclass(frozen=True)
class Race:
    """Everything that determines a race. `Race()` is the article's setting, as its author ran it.

    surface: one surface, not a stack. start: two finite numbers, or None for the surface's suggested start.
    convention: which source's forms the racers were built from; it decides which hyperparameters go without saying.
    steps: 1 … 5,000. batch_seed: draws the batches, 0 … 2³² − 1. At most 24 racers, at least one.

    Raises BadInput for anything else. Two equal races give equal trajectories, bit for bit, on one machine.
    """

    surface: Surface = field(default_factory=lambda: GaussianHills(seed=1))
    racers: tuple[Racer, ...] = field(default_factory=seven)
    convention: str = AUTHORS_CONVENTION
    start: tuple[float, float] | None = None
    steps: int = 200
    batch_seed: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.surface, Surface) or self.surface.stack_shape:
            raise BadInput("unknown_choice", name="surface", value=self.surface, allowed=", ".join(surface_names()))
        check_domain("domain", getattr(self.surface, "domain", None))
        _check_convention(self.convention)
        object.__setattr__(self, "racers", _check_racers(self.racers))
        for racer in self.racers:
            _check_batch(racer, self.surface)
        object.__setattr__(self, "steps", STEPS.check_number("steps", self.steps))
        object.__setattr__(self, "batch_seed", SEED.check_number("batch_seed", self.batch_seed))
        if self.start is not None:
            object.__setattr__(self, "start", _check_point(self.start))

    # What a visitor does to a race

    def run(self) -> tuple[Trajectory, ...]:
        """The trajectories, in the order of the racers."""
        return race(self.racers, self.surface, self.start, self.steps, self.batch_seed)

    def replaced(self, **changes: Any) -> Race:
        """The same race with some fields changed."""
        return dataclasses.replace(self, **changes)

    @property
    def bare_surface(self) -> Surface:
        """The surface without the samples that `FiniteSum` makes of it."""
        return self.surface.surface if isinstance(self.surface, FiniteSum) else self.surface

    def with_bare_surface(self, surface: Surface) -> Race:
        """The race on another surface, from the same start; samples are made of it as they were of this one.

        A batch of more samples than the surface has becomes one of all of them.
        """
        return self._moved(self._sampled(surface))

    def with_sampled(self, surface: Surface) -> Race:
        """The race on a surface that is made of samples already; otherwise as `with_bare_surface`."""
        return self._moved(surface)

    def with_samples(self, **settings: Any) -> Race:
        """The race on a surface made of samples; settings as of `FiniteSum`, or of `Regression`.

        A batch of more samples than there are then becomes one of all of them.
        """
        surface = self.surface if self.surface.samples is not None else FiniteSum(self.surface)
        return self._moved(dataclasses.replace(surface, **settings))  # type: ignore[type-var]

    def with_racers(self, racers: Iterable[Racer]) -> Race:
        """The race of these racers. Where one needs samples, the surface becomes a sum of them."""
        racers = tuple(racers)
        surface = self.surface
        if surface.samples is None and any(racer.batch_size is not None for racer in racers):
            surface = FiniteSum(surface)
        return self.replaced(racers=racers, surface=surface)

    def _sampled(self, surface: Surface) -> Surface:
        if surface.samples is not None:
            return surface
        if isinstance(self.surface, FiniteSum):
            return dataclasses.replace(self.surface, surface=surface)
        if any(racer.batch_size is not None for racer in self.racers):
            return self._with_count(FiniteSum(surface))
        return surface

    def _moved(self, surface: Surface, **changes: Any) -> Race:
        racers = tuple(_with_samples(racer, surface.samples) for racer in self.racers)
        return self.replaced(surface=surface, racers=racers, **changes)

    def on_surface(self, surface: Surface) -> Race:
        """The race on another surface, from that surface's own start.

        The number of samples and how they are drawn stay, as far as the surface can have them, where it does not say
        otherwise itself; a batch of more samples than it has becomes one of all of them. A learning rate that a
        surface suggests is set for all who can have it; it goes back to 0.1 where the next suggests none.
        """
        suggested, before = surface.suggested_learning_rate, self.surface.suggested_learning_rate
        moved = self._moved(self._sampled(self._with_count(surface)), start=None)
        if suggested is not None:
            return moved._with_possible_rate(suggested)
        if before is not None and self.shared_learning_rate == before:
            return moved._with_possible_rate(USUAL_LEARNING_RATE)
        return moved

    def _with_count(self, surface: Surface) -> Surface:
        """The surface with as many samples as there are now, drawn as now, where it has the usual of its family."""
        table: dict[str, Parameter] = parameters(surface) if dataclasses.is_dataclass(surface) else {}
        if self.surface.samples is None or surface.samples is None or not {"samples", "replacement"} <= set(table):
            return surface
        now = {"samples": table["samples"].nearest(self.surface.samples), "replacement": self.surface.replacement}
        fields = [item for item in dataclasses.fields(surface) if item.name in now]  # type: ignore[arg-type]
        taken = {item.name: now[item.name] for item in fields if getattr(surface, item.name) == item.default}
        return dataclasses.replace(surface, **taken)  # type: ignore[type-var]

    def _with_possible_rate(self, rate: float) -> Race:
        return self.replaced(racers=tuple(_with_possible_rate(racer, rate) for racer in self.racers))

    def with_convention(self, convention: str) -> Race:
        """The race in another source's forms: what the visitor changed stays, what came from the convention follows."""
        if convention not in CONVENTIONS:
            raise BadInput("unknown_choice", name="convention", value=convention, allowed=", ".join(CONVENTIONS))
        racers = []
        for racer in self.racers:
            changed = _differences(racer, self.convention)
            racers.append(dataclasses.replace(racer, optimizer=with_convention(racer.key, convention, **changed)))
        return self.replaced(convention=convention, racers=tuple(racers))

    def with_learning_rate(self, learning_rate: float) -> Race:
        """One learning rate for all racers that have one of their own; the others are left alone."""
        racers = tuple(_with_rate(racer, learning_rate) for racer in self.racers)
        return self.replaced(racers=racers)

    def with_highest_learning_rate(self, learning_rate: float) -> Race:
        """All learning rates scaled by one factor, so that the highest is this one and their ratios stay.

        Racers without a rate of their own are left alone. Six digits are kept, which ratios and links can do with.
        """
        with_own = [racer for racer in self.racers if racer.optimizer.own_learning_rate is not None]
        if not with_own:
            return self
        highest = max(self.own_learning_rates)
        rate = with_own[0].optimizer.hyperparameters()["learning_rate"].check_number("learning_rate", learning_rate)
        racers = []
        for racer in self.racers:
            own = racer.optimizer.own_learning_rate
            racers.append(racer if own is None else _with_rate(racer, float(f"{own / highest * rate:.6g}")))
        return self.replaced(racers=tuple(racers))

    def with_optimizers(self, kinds: Iterable[str]) -> Race:
        """The race of exactly these kinds (see `PICKS`): others go, missing ones join, all in the registry's order.

        A newcomer gets the convention's defaults, and the learning rate that all others share, if they do and it can
        have it. One that needs samples makes the surface a sum of them; its batch is at most all of them.
        """
        chosen = set(kinds)
        racers = [racer for racer in self.racers if racer.kind in chosen]
        for kind, (key, batch_size) in PICKS.items():
            if kind in chosen and not any(racer.kind == kind for racer in racers):
                racer = Racer(with_convention(key, self.convention), batch_size)
                racers.append(_with_possible_rate(racer, self.shared_learning_rate))
        order = {kind: place for place, kind in enumerate(PICKS)}
        racers.sort(key=lambda racer: order.get(racer.kind, len(order)))
        # Without samples there will be more than any batch of the picker's has.
        return self.with_racers(_with_samples(racer, self.surface.samples) for racer in racers)

    @property
    def own_learning_rates(self) -> tuple[float, ...]:
        """The learning rates of the racers that have one of their own, in their order."""
        rates = [racer.optimizer.own_learning_rate for racer in self.racers]
        return tuple(rate for rate in rates if rate is not None)

    @property
    def shared_learning_rate(self) -> float | None:
        """The learning rate that all racers with one of their own have in common; None where they differ."""
        rates = set(self.own_learning_rates)
        return rates.pop() if len(rates) == 1 else None

    def differences(self, other: Race) -> tuple[str, ...]:
        """In what this race differs from another one on the same bare surface, in as few words as tell it.

        Of convention, learning_rate, start, steps, batch_seed, samples, racers (other ones), hyperparameters (of the
        same ones, beyond what the convention and the shared learning rate account for).
        """
        rate, others = self.shared_learning_rate, other.shared_learning_rate
        rates_told = rate is not None and others is not None
        alike = self.with_convention(other.convention)
        alike = alike.with_learning_rate(others) if rates_told and others is not None else alike
        same_racers = [(r.kind, r.batch_size) for r in self.racers] == [(r.kind, r.batch_size) for r in other.racers]
        found = {
            "convention": self.convention != other.convention,
            "learning_rate": rates_told and rate != others,
            "start": self.start != other.start,
            "steps": self.steps != other.steps,
            "batch_seed": self.batch_seed != other.batch_seed,
            "samples": self.surface != other.surface,
            "racers": not same_racers,
            "hyperparameters": same_racers and alike.racers != other.racers,
        }
        return tuple(name for name, differs in found.items() if differs)

    def lowered_batches(self, before: Race) -> tuple[BadInput, ...]:
        """What to tell of batches that became smaller since `before`, because this race's surface has fewer samples."""
        largest = max(racer.batch_size or 0 for racer in before.racers)
        samples = self.surface.samples
        if samples is None or largest <= samples:
            return ()
        return (BadInput("batch_size_lowered", name="batch_size", value=largest, allowed=samples),)

    def with_racer(self, index: int, racer: Racer) -> Race:
        """The race with one racer exchanged."""
        return self.replaced(racers=(*self.racers[:index], racer, *self.racers[index + 1 :]))

    def with_duplicate(self, index: int) -> Race:
        """The race with one racer twice, side by side, so that the copy can be changed."""
        return self.replaced(racers=(*self.racers[: index + 1], *self.racers[index:]))

    def without(self, index: int) -> Race:
        """The race without one racer; the last one cannot go."""
        return self.replaced(racers=(*self.racers[:index], *self.racers[index + 1 :]))

    def racer_names(self, titles: Mapping[str, str] | None = None) -> tuple[str, ...]:
        """A distinct name per racer: its label, else its optimizer's title (or key).

        The second of a kind says in what it differs from the first, "adam η=0.01"; where that tells no difference,
        repeats are numbered.
        """
        names: list[str] = []
        first: dict[str, Racer] = {}
        for racer in self.racers:
            name = racer.label or (titles or {}).get(racer.kind, racer.kind)
            if racer.label is None:
                if racer.batch_size is not None and racer.kind != "sgd":
                    name = f"{name} B={racer.batch_size}"
                name = " ".join([name, *_told_differences(racer, first.setdefault(name, racer))])
            taken, candidate, number = set(names), name, 2
            while candidate in taken:
                candidate, number = f"{name} {number}", number + 1
            names.append(candidate)
        return tuple(names)

    # Four spellings

    def to_record(self, whole: bool = False) -> dict[str, Any]:
        """Plain nested dict of strings, numbers and lists: what JSON and TOML write.

        What goes without saying is left out, unless `whole`: then every setting is there but a start that is the
        surface's own, and numbers that do not depend on this program's defaults stay true without it.
        """
        record: dict[str, Any] = {"version": VERSION, "surface": surface_record(self.surface, whole)}
        if self.start is not None:
            record["start"] = list(self.start)
        record |= {"convention": self.convention, "steps": self.steps}
        if self.batch_seed or whole:
            record["batch_seed"] = self.batch_seed
        rate = None if whole else self._told_learning_rate
        if rate is not None:
            record["learning_rate"] = rate
        record["racers"] = [_racer_record(racer, self.convention, rate, whole) for racer in self.racers]
        return record

    @property
    def _told_learning_rate(self) -> float | None:
        """The shared learning rate, where it is not what every convention has anyway: told once, not per racer."""
        rate = self.shared_learning_rate
        return None if rate == USUAL_LEARNING_RATE else rate

    @classmethod
    def from_record(cls, record: Any) -> Race:
        """The race that `to_record` describes. Raises BadInput for anything that it cannot have written."""
        return _restore(record, _Reader(strict=True))

    def to_json(self) -> str:
        """The race as JSON."""
        return json.dumps(self.to_record(), indent=2, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Race:
        """The race that `to_json` wrote. Raises BadInput."""
        _check_length("JSON", text, LONGEST_FILE)
        try:
            return cls.from_record(json.loads(text))
        except BadInput:
            raise
        except (ValueError, RecursionError) as error:
            # Also of a list as deep or a number as long as can be read, but not be told.
            raise BadInput("not_readable", name="JSON", value=str(error), allowed="a race") from None

    def to_toml(self, whole: bool = False) -> str:
        """The race as TOML, to be edited by hand; `whole` as of `to_record`."""
        return tomli_w.dumps(self.to_record(whole))

    @classmethod
    def from_toml(cls, text: str) -> Race:
        """The race that `to_toml` wrote. Raises BadInput."""
        _check_length("TOML", text, LONGEST_FILE)
        try:
            return cls.from_record(tomllib.loads(text))
        except BadInput:
            raise
        except (ValueError, RecursionError) as error:
            # Also of a list as deep or a number as long as can be read, but not be told.
            raise BadInput("not_readable", name="TOML", value=str(error), allowed="a race") from None

    def to_url(self) -> str:
        """The race as the text after `?` of a link; empty for the article's setting."""
        return urlencode(self.to_query(), quote_via=quote)

    def to_query(self, whole: bool = False) -> dict[str, str]:
        """The race as query parameters, without what goes without saying.

        None for the article's setting, unless `whole`.
        """
        if self == Race() and not whole:
            return {}
        record = self.to_record()
        surface = {name: _spell(value) for name, value in record["surface"].items()}
        query = {"v": str(VERSION), "surface": surface.pop("name"), **surface}
        for name in ("start", "convention", "steps", "batch_seed", "learning_rate"):
            if name in record:
                query[name] = _spell(record[name])
        query["racers"] = "~".join(_spell_racer(racer) for racer in record["racers"])
        return query

    @classmethod
    def from_url(cls, text: str) -> Race:
        """The race of a link or of the text after its `?`. Never raises: what cannot be used falls back.

        `read_url` tells what fell back.
        """
        return read_url(text)[0]

    def to_python(self) -> str:
        """Python code that builds this race as `race` and runs it."""
        record = self.to_record()
        surface = dict(record["surface"])
        name = surface.pop("name")
        sampling = {} if isinstance(self.surface, Regression) else _taken(surface, _SAMPLE_FIELDS)
        if isinstance(self.bare_surface, GallerySurface):
            surface_code = f"optviz.gallery({name!r})"
        else:
            arguments = [
                f"{key}={tuple(value) if isinstance(value, list) else value!r}" for key, value in surface.items()
            ]
            surface_code = f"optviz.{type(self.bare_surface).__name__}({', '.join(arguments)})"
        if sampling:
            settings = ", ".join(f"{_SAMPLE_FIELDS[key]}={value!r}" for key, value in sampling.items())
            surface_code = f"optviz.FiniteSum({surface_code}, {settings})"
        lines = ["import optviz", "", "race = optviz.Race(", f"    surface={surface_code},", "    racers=("]
        for racer in self.racers:
            own = {"batch_size": racer.batch_size, "label": racer.label}
            rest = [f"{key}={value!r}" for key, value in _differences(racer, self.convention).items()]
            optimizer = ", ".join([repr(racer.key), repr(self.convention), *rest])
            told = [f"{key}={value!r}" for key, value in own.items() if value is not None]
            lines.append(f"        optviz.Racer({', '.join([f'optviz.with_convention({optimizer})', *told])}),")
        lines += ["    ),", f"    convention={self.convention!r},"]
        if self.start is not None:
            lines.append(f"    start={self.start!r},")
        lines.append(f"    steps={self.steps},")
        if self.batch_seed:
            lines.append(f"    batch_seed={self.batch_seed},")
        lines += [")", "for racer, path in zip(race.racer_names(), race.run()):"]
        lines += ["    print(racer, path.losses[-1], path.outcome)", ""]
        return "\n".join(lines)


def read_url(text: str) -> tuple[Race, tuple[BadInput, ...]]:
    """The race of a link (or of the text after its `?`), and one BadInput for each field that fell back to its default.

    A parameter that no link has is told as well; only what other programs add to any address is passed over. Never
    raises.
    """
    reader = _Reader(strict=False)
    if len(text) > LONGEST_LINK:
        allowed = f"1 … {LONGEST_LINK:,}"
        return Race(), (BadInput("too_long", name="link", value=f"{len(text):,}", allowed=allowed),)
    address, question_mark, query = text.split("#")[0].partition("?")
    if not question_mark and "://" not in address:
        query = address
    parts = [part.replace("+", " ").partition("=") for part in query.split("&") if part]
    # Of a parameter that is told twice the last counts, as it does in the app.
    return read_query({_decoded(name): _decoded(value) for name, _, value in parts}, reader)


def read_query(query: Mapping[str, str], reader: _Reader | None = None) -> tuple[Race, tuple[BadInput, ...]]:
    """`read_url` for query parameters that somebody else has split already."""
    reader = reader or _Reader(strict=False)
    length = sum(len(name) + len(value) for name, value in query.items())
    if length > LONGEST_LINK:
        allowed = f"1 … {LONGEST_LINK:,}"
        return Race(), (BadInput("too_long", name="link", value=f"{length:,}", allowed=allowed),)
    # Of another version nobody knows here what it had.
    unknown = _unknown_parameters(query) if query.get("v", str(VERSION)) == str(VERSION) else []
    if not set(_parameters_of_links()) & set(query):
        return Race(), tuple(unknown)
    surface: dict[str, Any] = {name: value for name, value in query.items() if name not in ("v", *_BESIDE_SURFACE)}
    surface["name"] = query["surface"] if "surface" in query else _surface_meant(query)
    if surface["name"] == "formula":
        surface.setdefault("text", FIRST_FORMULA)
    record: dict[str, Any] = {**query, "version": query.get("v", VERSION), "surface": surface}
    if "racers" in query:
        # One more than may run, so that too many are told as such.
        parts = query["racers"].split("~", MOST_RACERS + 1)[: MOST_RACERS + 1]
        read = [reader.read(lambda part=part: _read_racer(part), None) for part in parts]  # type: ignore[misc]
        record["racers"] = [racer for racer in read if racer is not None]
        kinds = {PICKS.get(racer["optimizer"], ("", None)) for racer in record["racers"]}
        told = {"v", *_SAMPLE_FIELDS} & set(query)
        if surface["name"] != "regression" and not told and any(batch_size is not None for _, batch_size in kinds):
            # A link written by hand, such as ?racers=sgd~adam: samples, as the picker would have made them.
            surface["samples"] = FiniteSum.samples
    restored = _restore(record, reader)
    suggested = restored.surface.suggested_learning_rate
    if suggested is not None and not {"v", "racers", "learning_rate"} & set(query):
        # A link written by hand, such as ?surface=rosenbrock: what the picker would have set.
        restored = restored.with_learning_rate(suggested)
    return restored, (*reader.problems, *unknown)


def surface_names() -> tuple[str, ...]:
    """Every key that `surface` may have: the families, then the gallery."""
    return (*FAMILIES, *gallery_names())


def surface_record(surface: Surface, whole: bool = False) -> dict[str, Any]:
    """A surface as a plain dict: its name, its seed, and the parameters that differ from its family's defaults.

    With `whole`, all its parameters.
    """
    if isinstance(surface, FiniteSum):
        told: dict[str, Any] = {"samples": surface.samples, "spread": surface.spread}
        told |= {"sample_seed": surface.seed} if surface.seed or whole else {}
        told |= {"replacement": surface.replacement} if surface.replacement or whole else {}
        return surface_record(surface.surface, whole) | told
    if isinstance(surface, GallerySurface):
        return {"name": surface.name}
    name = next((key for key, family in FAMILIES.items() if type(surface) is family), None)
    if name is None:
        raise BadInput("unknown_choice", name="surface", value=surface.title, allowed=", ".join(surface_names()))
    record: dict[str, Any] = {"name": name}
    for item in dataclasses.fields(surface):  # type: ignore[arg-type]
        value = getattr(surface, item.name)
        if whole or item.name in ("seed", "text") or value != item.default:
            record[item.name] = list(value) if isinstance(value, tuple) else value
    return record


def make_surface(record: Mapping[str, Any]) -> Surface:
    """The surface of a `surface_record`; numbers may be given as text, as in a link. Raises BadInput."""
    name = record.get("name")
    if not isinstance(name, str) or (name not in FAMILIES and name not in gallery_names()):
        raise BadInput("unknown_choice", name="surface", value=name, allowed=", ".join(surface_names()))
    rest = {key: value for key, value in record.items() if key != "name"}
    sampling = {} if name == "regression" else _taken(rest, _SAMPLE_FIELDS)
    if sampling:
        settings = {_SAMPLE_FIELDS[key]: _value(key, value) for key, value in sampling.items()}
        return FiniteSum(make_surface({"name": name, **rest}), **settings)
    if name not in FAMILIES:
        if rest:
            raise BadInput("unknown_field", name=name, value=", ".join(rest), allowed="–")
        return gallery(name)
    for key in rest:
        if key not in _surface_fields(name):
            raise BadInput("unknown_field", name=name, value=key, allowed=", ".join(_surface_fields(name)))
    values = {key: _value(key, value) for key, value in rest.items()}
    for item in dataclasses.fields(FAMILIES[name]):  # type: ignore[arg-type]
        if item.default is dataclasses.MISSING and item.name not in values:
            raise BadInput("gallery_missing", name=name, value=item.name, allowed=item.name)
    return FAMILIES[name](**values)


def single_surface(record: Mapping[str, Any]) -> Surface:
    """`make_surface` of one surface. Raises BadInput for a stack as well."""
    return _check_surface(record, strict=True)


def read_racer(text: str, convention: str, rate: float | None = None) -> Racer:
    """A racer as a link spells it: "adam--beta1-0.8--batch_size-8". Raises BadInput.

    rate: its learning rate, where the text tells none and it can have that one.
    """
    record = _read_racer(text)
    racer = _make_racer(record, convention, None, _Reader(strict=True))
    return racer if "learning_rate" in record else _with_possible_rate(racer, rate)


def with_setting(racer: Racer, name: str, text: str) -> Racer:
    """The racer with one setting changed, given as text: a hyperparameter, `label`, or `batch_size` ("all" for all).

    Raises BadInput for an unknown name or a value out of range.
    """
    if name in ("label", "batch_size"):
        every = name == "batch_size" and text == "all"
        return dataclasses.replace(racer, batch_size=None) if every else _with_own(racer, name, text)
    settings = _setting(racer, name, text)
    return dataclasses.replace(racer, optimizer=dataclasses.replace(racer.optimizer, **settings))  # type: ignore[type-var]


def with_hyperparameter(racer: Racer, name: str, value: Any) -> Racer:
    """The racer with one hyperparameter changed. Raises BadInput for an unknown name or a value out of range."""
    known = racer.optimizer.hyperparameters()
    if name not in known:
        raise BadInput("unknown_field", name=racer.key, value=name, allowed=", ".join(known))
    return dataclasses.replace(racer, optimizer=dataclasses.replace(racer.optimizer, **{name: value}))  # type: ignore[type-var]


_BESIDE_SURFACE = ("surface", "start", "convention", "steps", "batch_seed", "learning_rate", "racers")


VIEW_PARAMETERS = ("axis", "by", "runs", "hidden", "lang", "veiled", "present", "pinned")
"""What else an address of the app may tell: how a race is looked at, which is not part of it."""

_FOREIGN_PARAMETERS = re.compile(
    r"utm_\w+|\w*clid|msclkid|gbraid|wbraid|mc_[ce]id|_g[al]|igsh(id)?|ref|ref_src|source|from|spm|si|share\w*|"
    r"scene|clicktime|enterid|isappinstalled|nsukey|weixin\w*|wx\w*|embed|embed_options|token|timestamp|_"
)
"""Parameters that mail programs, advertisements, messengers (WeChat's among them) and Streamlit add to any address."""

_LIKELY_MEANT = {
    **dict.fromkeys(("formula", "function", "expression", "f", "loss"), "text"),
    **dict.fromkeys(("lr", "eta", "rate", "alpha", "step_size"), "learning_rate"),
    **dict.fromkeys(
        ("optimizer", "optimizers", "optimiser", "optimisers", "methods", "method", "algorithms"), "racers"
    ),
    **dict.fromkeys(("x0", "y0", "start_x", "start_y", "point", "initial"), "start"),
    **dict.fromkeys(("iterations", "iters", "epochs", "n", "t"), "steps"),
    **dict.fromkeys(("language", "locale", "hl"), "lang"),
    **dict.fromkeys(("range", "bounds", "limits"), "domain"),
    **dict.fromkeys(("map", "family", "gallery"), "surface"),
    **dict.fromkeys(("batch", "batch_size", "batchsize"), "racers"),
}
MOST_GUESSED = 6
MOST_UNKNOWN = 100


def _surface_fields(name: str) -> tuple[str, ...]:
    """The fields of a family, as a record of it may tell them; none for a surface of the gallery."""
    family = FAMILIES.get(name)
    return () if family is None else tuple(item.name for item in dataclasses.fields(family))  # type: ignore[arg-type]


def _surface_meant(query: Mapping[str, str]) -> str:
    """The surface that a link names, or else the first family that has all the fields that the link tells."""
    fields = {name: set(_surface_fields(name)) for name in FAMILIES}
    told = set(query) & set().union(*fields.values()) - set(_SAMPLE_FIELDS)
    return query.get("surface") or next((name for name in fields if told <= fields[name]), "gaussian_hills")


def _parameters_of_links() -> tuple[str, ...]:
    fields = dict.fromkeys(itertools.chain(*(_surface_fields(name) for name in FAMILIES), _SAMPLE_FIELDS))
    return ("v", *_BESIDE_SURFACE, *fields)


def _unknown_parameters(query: Mapping[str, str]) -> list[BadInput]:
    """One sentence for each parameter that no link has, with the one that is likely meant, if any is."""
    known = (*_parameters_of_links(), *VIEW_PARAMETERS)
    strange = (name for name in query if name not in known)
    unknown = (name for name in strange if not _FOREIGN_PARAMETERS.fullmatch(name[:40].lower()))
    may = ", ".join((*_BESIDE_SURFACE, *_surface_fields(_surface_meant(query))))
    problems = []
    # Who sends hundreds of them is nobody to help.
    for place, name in enumerate(itertools.islice(unknown, MOST_UNKNOWN)):
        # To look for what is near takes a while.
        near = difflib.get_close_matches(name[:40].lower(), known, 1, 0.7) if place < MOST_GUESSED else []
        meant = _LIKELY_MEANT.get(name.lower(), near[0] if near else None)
        if meant is not None:
            problems.append(BadInput("unknown_parameter_near", name="link", value=name, allowed=f"{meant}="))
        else:
            problems.append(BadInput("unknown_parameter", name="link", value=name, allowed=may))
    return problems


_SAMPLE_FIELDS = {"samples": "samples", "spread": "spread", "sample_seed": "seed", "replacement": "replacement"}


def _taken(record: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The named entries, which leave the record."""
    return {name: record.pop(name) for name in names if name in record}


def _check_batch(racer: Racer, surface: Surface) -> Racer:
    if racer.batch_size is not None:
        if surface.samples is None:
            raise BadInput("no_samples", name=surface.title, value=racer.batch_size)
        check_batch_size(racer.batch_size, surface.samples)
    return racer


class _Reader:
    """Tries to read one thing after the other: strictly, or noting what could not be used."""

    def __init__(self, strict: bool) -> None:
        self.strict = strict
        self.problems: list[BadInput] = []

    def read(self, make: Callable[[], Value], fallback: Value) -> Value:
        try:
            return make()
        except BadInput as problem:
            if self.strict:
                raise
            self.problems.append(problem)
            return fallback


def _restore(record: Any, reader: _Reader) -> Race:
    if not isinstance(record, Mapping):
        raise BadInput("not_readable", name="race", value=type(record).__name__, allowed="a table of settings")
    record = reader.read(lambda: _migrated(record), record)
    if reader.strict:
        _check_names(record)
    default = Race()
    convention = reader.read(
        lambda: _check_convention(record.get("convention", default.convention)), default.convention
    )
    surface = reader.read(lambda: _check_surface(record.get("surface"), reader.strict), default.surface)
    start = reader.read(lambda: _check_point(record.get("start")), None)
    steps = reader.read(lambda: _whole(STEPS, "steps", record.get("steps", default.steps)), default.steps)
    batch_seed = reader.read(lambda: _whole(SEED, "batch_seed", record.get("batch_seed", 0)), 0)
    rate = reader.read(lambda: _check_rate(record.get("learning_rate")), None)
    racers = []
    listed = record.get("racers")
    if listed is not None and not isinstance(listed, list):
        raise BadInput("not_readable", name="racers", value=type(listed).__name__, allowed="a list")
    for item in listed or ():
        racer = reader.read(lambda item=item: _make_racer(item, convention, rate, reader), None)  # type: ignore[misc]
        if racer is not None:
            whole = dataclasses.replace(racer, batch_size=None)
            racers.append(reader.read(lambda racer=racer: _check_batch(racer, surface), whole))  # type: ignore[misc]
    if len(racers) > MOST_RACERS:
        problem = BadInput("too_many", name="racers", value=len(racers), allowed=f"1 … {MOST_RACERS}")
        reader.read(lambda: _refuse(problem), None)
    chosen = tuple(racers[:MOST_RACERS]) or tuple(_with_rate(racer, rate) for racer in seven(convention))
    return Race(surface, chosen, convention, start, steps, batch_seed)


def _refuse(problem: BadInput) -> None:
    raise problem


def _migrated(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """The record in today's version; without a version it is that already. Raises BadInput, whatever is in it."""
    told, readable = record.get("version", VERSION), _readable()
    version = next((known for known in readable if type(told) in (int, str) and told in (known, str(known))), None)
    if version is None:
        raise BadInput("unknown_choice", name="version", value=told, allowed=", ".join(map(str, readable)))
    for known in range(version, VERSION):
        try:
            moved = MIGRATIONS[known](copy.deepcopy(_shaped(record)))
            record = _shaped({**moved, "version": known + 1})
        except BadInput:
            raise
        except Exception as problem:
            # A migration is written for what we wrote ourselves; this record may be a stranger's.
            allowed = f"a race of version {known}"
            raise BadInput("not_readable", name="race", value=type(problem).__name__, allowed=allowed) from None
    return record


def _readable() -> list[int]:
    """The versions from which migrations lead to today's, oldest first."""
    first = VERSION
    while first - 1 in MIGRATIONS:
        first -= 1
    return list(range(first, VERSION + 1))


def _shaped(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record as a dict, in which a migration finds tables where it looks for them. Raises BadInput."""
    surface, racers = record.get("surface", {}), record.get("racers", [])
    if not isinstance(surface, dict):
        raise BadInput("not_readable", name="surface", value=surface, allowed="a table with a name")
    if not isinstance(racers, list) or not all(isinstance(racer, dict) for racer in racers):
        raise BadInput("not_readable", name="racers", value=racers, allowed="tables with an optimizer each")
    return dict(record)


def _check_names(record: Mapping[str, Any]) -> None:
    known = ("version", *_BESIDE_SURFACE)
    for name in record:
        if name not in known:
            raise BadInput("unknown_field", name="race", value=name, allowed=", ".join(known))


def _check_convention(convention: Any) -> str:
    if not isinstance(convention, str) or convention not in CONVENTIONS:
        raise BadInput("unknown_choice", name="convention", value=convention, allowed=", ".join(CONVENTIONS))
    return convention


def _check_racers(racers: Any) -> tuple[Racer, ...]:
    if not isinstance(racers, Iterable) or isinstance(racers, str):
        raise BadInput("not_readable", name="racers", value=repr(racers), allowed="a sequence of racers")
    checked = tuple(as_racer(racer) for racer in racers)
    if not 1 <= len(checked) <= MOST_RACERS:
        raise BadInput("too_many", name="racers", value=len(checked), allowed=f"1 … {MOST_RACERS}")
    for racer in checked:
        for name, parameter in racer.optimizer.hyperparameters().items():
            value = getattr(racer.optimizer, name)
            if np.ndim(value) > 0:
                raise BadInput("not_a_number", name=name, value=value.tolist(), allowed=parameter.range_text(name))
    return checked


def _check_surface(record: Any, strict: bool) -> Surface:
    if not isinstance(record, Mapping):
        raise BadInput("not_readable", name="surface", value=record, allowed="a table with a name")
    if not strict:
        # A link may tell of other surfaces' fields, and of much else: only what belongs to this one is read.
        name = record.get("name")
        fields = (*_surface_fields(str(name)), *(() if name == "regression" else _SAMPLE_FIELDS))
        record = {key: record[key] for key in ("name", *fields) if key in record}
    surface = make_surface(record)
    if surface.stack_shape:
        raise BadInput("bad_seed", name="seed", value=record.get("seed"), allowed="0 ≤ seed ≤ 4,294,967,295")
    return surface


def _check_point(start: Any) -> tuple[float, float] | None:
    if start is None:
        return None
    point = check_start(_number_or_list("start", start))
    if point.shape != (2,):
        raise BadInput("bad_point", name="start", value=start, allowed="x, y")
    # −0.0 is 0.0: see `Parameter.check_number`.
    return (float(point[0]) + 0.0, float(point[1]) + 0.0)


def _whole(parameter: Parameter, name: str, value: Any) -> int:
    return int(parameter.check_number(name, _number_or_list(name, value)))


def _check_rate(rate: Any) -> float | None:
    if rate is None:
        return None
    parameter = GradientDescent.hyperparameters()["learning_rate"]
    return parameter.check_number("learning_rate", _number_or_list("learning_rate", rate))


def _with_rate(racer: Racer, rate: float | None) -> Racer:
    if rate is None or racer.optimizer.own_learning_rate is None:
        return racer
    return with_hyperparameter(racer, "learning_rate", rate)


def _with_possible_rate(racer: Racer, rate: float | None) -> Racer:
    """The racer at a learning rate that nobody has chosen for it: it keeps its own where it cannot have that one."""
    try:
        return _with_rate(racer, rate)
    except BadInput:
        return racer


def _with_samples(racer: Racer, samples: int | None) -> Racer:
    """The racer with a batch that these samples allow."""
    if racer.batch_size is None or samples is None or racer.batch_size <= samples:
        return racer
    return dataclasses.replace(racer, batch_size=samples)


def _make_racer(record: Any, convention: str, rate: float | None, reader: _Reader) -> Racer:
    if not isinstance(record, Mapping):
        raise BadInput("not_readable", name="racers", value=record, allowed="tables with an optimizer each")
    key = record.get("optimizer")
    if not isinstance(key, str) or key not in PICKS:
        raise BadInput("unknown_choice", name="optimizer", value=key, allowed=", ".join(PICKS))
    optimizer, batch_size = PICKS[key]
    racer = _with_rate(Racer(_usual_of(optimizer, convention), batch_size), rate)
    own: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    for name, value in record.items():
        # Each one is checked by itself, because to make an optimizer for each takes ten times as long.
        if name in ("label", "batch_size"):
            own[name] = value
        elif name != "optimizer":
            settings |= reader.read(partial(_setting, racer, name, value), dict[str, Any]())
    made = reader.read(lambda: dataclasses.replace(racer.optimizer, **settings), racer.optimizer)  # type: ignore[type-var]
    racer = dataclasses.replace(racer, optimizer=made)
    for name, value in own.items():
        racer = reader.read(partial(_with_own, racer, name, value), racer)
    return racer


def _with_own(racer: Racer, name: str, value: Any) -> Racer:
    own: dict[str, Any] = {name: value if name == "label" else _number_or_list(name, value)}
    return dataclasses.replace(racer, **own)


def _setting(racer: Racer, name: Any, value: Any) -> dict[str, Any]:
    known = _known(type(racer.optimizer))
    if name not in known:
        raise BadInput("unknown_field", name=racer.key, value=name, allowed=", ".join(known))
    if not isinstance(getattr(racer.optimizer, name), bool):
        return {name: known[name].check_number(name, _number_or_list(name, value))}
    if not isinstance(value, bool) and value not in ("true", "false"):
        raise BadInput("unknown_choice", name=name, value=value, allowed="true, false")
    return {name: value in (True, "true")}


@cache
def _known(kind: type[Optimizer]) -> dict[str, Parameter]:
    return kind.hyperparameters()


def _differences(racer: Racer, convention: str) -> dict[str, Any]:
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
        told = f"{kind.__module__}.{kind.__name__}"
        raise BadInput("unknown_choice", name="optimizer", value=told, allowed=", ".join(OPTIMIZERS))


def _usual_of(key: str, convention: str) -> Optimizer:
    """`with_convention(key, convention)`, made once, of the class and the settings that have this key now."""
    return _usual(OPTIMIZERS[key], tuple(CONVENTIONS[convention].get(key, {}).items()))


@lru_cache(maxsize=256)
def _usual(kind: type[Optimizer], settings: tuple[tuple[str, Any], ...]) -> Optimizer:
    return kind(**dict(settings))


def _told_differences(racer: Racer, first: Racer) -> list[str]:
    """In what a racer differs from another one of its kind: "η=0.01", "β₁=0.5". Forms of a rule have no symbol."""
    told = []
    for name, parameter in racer.optimizer.hyperparameters().items():
        value, other = getattr(racer.optimizer, name), getattr(first.optimizer, name, None)
        if value != other and not isinstance(value, bool):
            # As few digits as tell the two apart.
            texts = (f"{value:.{digits}g}" for digits in (4, 6, 9, 12, 17))
            text = next(text for text in texts if not isinstance(other, float | int) or float(text) != float(other))
            told.append(f"{parameter.symbol or name}={text}")
    return told


def _racer_record(racer: Racer, convention: str, rate: float | None, whole: bool) -> dict[str, Any]:
    _check_registered(racer)
    record: dict[str, Any] = {"optimizer": racer.kind}
    if racer.batch_size is not None and racer.kind != "sgd":
        record["batch_size"] = racer.batch_size
    if racer.label is not None:
        record["label"] = racer.label
    if whole:
        return record | {name: getattr(racer.optimizer, name) for name in racer.optimizer.hyperparameters()}
    differences = _differences(racer, convention)
    if rate is not None and racer.optimizer.own_learning_rate is not None:
        # It is told for all. Where it is this optimizer's default, it is no difference in the first place.
        differences.pop("learning_rate", None)
    return record | differences


def _spell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "~".join(_spell(item) for item in value)
    return value if isinstance(value, str) else repr(value)


# In a link, a list is joined by `~`, a racer's settings by `--`, and a setting is name-value: adam--beta1-0.8~nag. None
# of these characters is ever percent-encoded, so that links stay short and legible wherever they are pasted.


def _spell_racer(record: Mapping[str, Any]) -> str:
    settings = [record["optimizer"]]
    for name, value in record.items():
        if name == "label":
            settings.append("label-" + quote(value, safe="").replace("-", "%2D").replace("~", "%7E"))
        elif name != "optimizer":
            settings.append(f"{name}-{_spell(value)}")
    return "--".join(settings)


def _read_racer(text: str) -> dict[str, str]:
    optimizer, *settings = text.split("--")
    record = {"optimizer": optimizer}
    if len(settings) > MOST_SETTINGS or not all("-" in setting for setting in settings):
        raise BadInput("not_readable", name="racers", value=text, allowed="adam--beta1-0.8~nag")
    for setting in settings:
        name, _, value = setting.partition("-")
        record[name] = _decoded(value) if name == "label" else value
    return record


def _decoded(text: str) -> str:
    # As urllib's `unquote` does, which takes ten times as long for a text of nothing but %.
    return ENCODED.sub(lambda run: bytes.fromhex(run[0].replace("%", "")).decode(errors="replace"), text)


def _value(name: str, value: Any) -> Any:
    """The value of a surface's field: text stays text, `true` and `false` become what they say, the rest is numbers."""
    if name in ("text", "kind"):
        return value
    if value in ("true", "false"):
        return value == "true"
    return value if isinstance(value, bool) else _number_or_list(name, value)


def _number_or_list(name: str, value: Any) -> Any:
    """Numbers spelled as text become numbers; everything else is left for the field's own check."""
    if isinstance(value, str):
        texts = re.split("[,~]", value)
        if len(texts) > MOST_NUMBERS:
            raise BadInput("too_many", name=name, value=f"{len(texts):,}", allowed=f"1 … {MOST_NUMBERS}")
        parts = [read_number(name, part) for part in texts]
        return parts[0] if len(parts) == 1 else tuple(parts)
    return tuple(value) if isinstance(value, list) else value


def read_number(name: str, text: str) -> float | int:
    """A number given as text. Raises BadInput."""
    try:
        if len(text) > 40:
            raise ValueError
        return int(text) if re.fullmatch(r"[+-]?[0-9]+", text.strip()) else float(text)
    except ValueError:
        raise BadInput("not_readable", name=name, value=text, allowed="a number") from None


def _check_length(name: str, text: str, most: int) -> None:
    if len(text) > most:
        raise BadInput("too_long", name=name, value=f"{len(text):,}", allowed=f"1 … {most:,}")
