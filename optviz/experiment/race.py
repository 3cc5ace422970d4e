"""Race: the whole setting of a race as one frozen value, its verbs, and its four spellings."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any
from urllib.parse import quote, urlencode

import numpy as np
import tomli_w

from optviz.bad_input import BadInput
from optviz.conventions import check_convention, with_convention
from optviz.experiment import article, link
from optviz.experiment.naming import racer_names
from optviz.experiment.python import python_code
from optviz.experiment.reading import Reader, read_toml
from optviz.experiment.record import (
    LONGEST_FILE,
    MOST_RACERS,
    beyond_convention,
    restored,
    shared_learning_rate,
    written,
)
from optviz.experiment.surfaces import surface_names
from optviz.parameter import SEED, STEPS, Parameter, parameters
from optviz.racer import PICKS, Racer, as_racer, at_rates
from optviz.surface import FiniteSum, Surface
from optviz.surface.base import check_domain
from optviz.trajectory import Trajectory, check_one_start, race


@dataclass(frozen=True)
class Race:
    """Everything that determines a race. `Race()` is the article's setting, as its author ran it.

    surface: one surface, not a stack. start: two finite numbers, or None for the surface's suggested start.
    convention: which source's forms the racers were built from; it decides which hyperparameters go without saying.
    steps: 1 … 5,000. batch_seed: draws the batches, 0 … 2³² − 1. At most 24 racers, at least one.

    Raises BadInput for anything else. Two equal races give equal trajectories, bit for bit, on one machine.
    """

    surface: Surface = field(default_factory=article.surface)
    racers: tuple[Racer, ...] = field(default_factory=article.seven)
    convention: str = article.CONVENTION
    start: tuple[float, float] | None = None
    steps: int = article.STEPS
    batch_seed: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.surface, Surface) or self.surface.stack_shape:
            raise BadInput("unknown_choice", name="surface", value=self.surface, allowed=", ".join(surface_names()))
        check_domain("domain", getattr(self.surface, "domain", None))
        check_convention(self.convention)
        object.__setattr__(self, "racers", check_racers(self.racers))
        for racer in self.racers:
            racer.checked_on(self.surface)
        object.__setattr__(self, "steps", STEPS.check_number("steps", self.steps))
        object.__setattr__(self, "batch_seed", SEED.check_number("batch_seed", self.batch_seed))
        if self.start is not None:
            object.__setattr__(self, "start", check_one_start(self.start))

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
        racers = tuple(racer.with_batch_of_at_most(surface.samples) for racer in self.racers)
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
            return moved._with_possible_rate(article.LEARNING_RATE)
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
        return self.replaced(racers=tuple(racer.with_possible_learning_rate(rate) for racer in self.racers))

    def with_convention(self, convention: str) -> Race:
        """The race in another source's forms: what the visitor changed stays, what came from the convention follows."""
        check_convention(convention)
        racers = []
        for racer in self.racers:
            changed = beyond_convention(racer, self.convention)
            racers.append(dataclasses.replace(racer, optimizer=with_convention(racer.key, convention, **changed)))
        return self.replaced(convention=convention, racers=tuple(racers))

    def with_learning_rate(self, learning_rate: float) -> Race:
        """One learning rate for all racers that have one of their own; the others are left alone."""
        racers = tuple(racer.with_learning_rate(learning_rate) for racer in self.racers)
        return self.replaced(racers=racers)

    def with_learning_rates(self, rates: Mapping[str, float]) -> Race:
        """Each racer at the learning rate that stands under its optimizer's key: `at_rates`."""
        return self.replaced(racers=at_rates(self.racers, rates))

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
            racers.append(racer if own is None else racer.with_learning_rate(float(f"{own / highest * rate:.6g}")))
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
                racers.append(racer.with_possible_learning_rate(self.shared_learning_rate))
        order = {kind: place for place, kind in enumerate(PICKS)}
        racers.sort(key=lambda racer: order.get(racer.kind, len(order)))
        # Without samples there will be more than any batch of the picker's has.
        return self.with_racers(racer.with_batch_of_at_most(self.surface.samples) for racer in racers)

    @property
    def own_learning_rates(self) -> tuple[float, ...]:
        """The learning rates of the racers that have one of their own, in their order."""
        rates = [racer.optimizer.own_learning_rate for racer in self.racers]
        return tuple(rate for rate in rates if rate is not None)

    @property
    def shared_learning_rate(self) -> float | None:
        """The learning rate that all racers with one of their own have in common; None where they differ."""
        return shared_learning_rate(self.racers)

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
        return racer_names(self.racers, titles)

    # Four spellings

    def to_record(self, whole: bool = False) -> dict[str, Any]:
        """Plain nested dict of strings, numbers and lists: what JSON and TOML write.

        What goes without saying is left out, unless `whole`: then every setting is there but a start that is the
        surface's own, and numbers that do not depend on this program's defaults stay true without it.
        """
        return written(**_fields(self), whole=whole)

    @classmethod
    def from_record(cls, record: Any) -> Race:
        """The race that `to_record` describes. Raises BadInput for anything that it cannot have written."""
        return cls(**restored(record, Reader(strict=True)))

    def to_json(self) -> str:
        """The race as JSON."""
        return json.dumps(self.to_record(), indent=2, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Race:
        """The race that `to_json` wrote. Raises BadInput."""
        return _read("JSON", json.loads, text)

    def to_toml(self, whole: bool = False) -> str:
        """The race as TOML, to be edited by hand; `whole` as of `to_record`."""
        return tomli_w.dumps(self.to_record(whole))

    @classmethod
    def from_toml(cls, text: str) -> Race:
        """The race that `to_toml` wrote. Raises BadInput."""
        return _read("TOML", read_toml, text)

    def to_url(self) -> str:
        """The race as the text after `?` of a link; empty for the article's setting."""
        return urlencode(self.to_query(), quote_via=quote)

    def to_query(self, whole: bool = False) -> dict[str, str]:
        """The race as query parameters, without what goes without saying.

        None for the article's setting, unless `whole`.
        """
        if not whole and self == articles_race():
            return {}
        return dict(self._query)

    @cached_property
    def _query(self) -> dict[str, str]:
        return link.query_of(self.to_record())

    @classmethod
    def from_url(cls, text: str) -> Race:
        """The race of a link or of the text after its `?`. Never raises: what cannot be used falls back.

        `read_url` tells what fell back.
        """
        return read_url(text)[0]

    def to_python(self) -> str:
        """Python code that builds this race as `race` and runs it."""
        return python_code(**_fields(self))


@cache
def articles_race() -> Race:
    """`Race()`, to compare with."""
    return Race()


def read_url(text: str) -> tuple[Race, tuple[BadInput, ...]]:
    """The race of a link (or of the text after its `?`), and one BadInput for each field that fell back to its default.

    A parameter that no link has is told as well; only what other programs add to any address is passed over. Never
    raises.
    """
    problem = link.too_long(len(text))
    return read_query(link.parameters(text)) if problem is None else (Race(), (problem,))


def read_query(query: Mapping[str, str]) -> tuple[Race, tuple[BadInput, ...]]:
    """`read_url` for query parameters that somebody else has split already."""
    problem = link.too_long(sum(len(name) + len(value) for name, value in query.items()))
    if problem is not None:
        return Race(), (problem,)
    reader, unknown = Reader(strict=False), link.unknown_parameters(query)
    record = link.record_of(query, reader)
    if record is None:
        return Race(), unknown
    found = Race(**restored(record, reader))
    suggested = found.surface.suggested_learning_rate
    if suggested is not None and link.leaves_the_rate_to_the_surface(query):
        found = found.with_learning_rate(suggested)
    return found, (*reader.problems, *unknown)


def _fields(race: Race) -> dict[str, Any]:
    return {item.name: getattr(race, item.name) for item in dataclasses.fields(race)}


def _read(name: str, parse: Callable[[str], Any], text: str) -> Race:
    if len(text) > LONGEST_FILE:
        raise BadInput("too_long", name=name, value=f"{len(text):,}", allowed=f"1 … {LONGEST_FILE:,}")
    try:
        return Race.from_record(parse(text))
    except BadInput:
        raise
    except (ValueError, RecursionError) as error:
        # Also of a list as deep or a number as long as can be read, but not be told.
        raise BadInput("not_readable", name=name, value=str(error), allowed="a race") from None


def check_racers(racers: Any) -> tuple[Racer, ...]:
    """1 … 24 racers, bare optimizers among them, whose hyperparameters are numbers. Raises BadInput."""
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
