"""How a race is looked at: one field a line, from which its part of an address is read and written.

In one piece, because a field is a line of the table, and its form is read beside it.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from optviz.bad_input import BadInput
from optviz.budget import check_budget, within_budget
from optviz.experiment import MOST_RACERS, Race, link, read_url
from optviz.experiment.blocks import Block, check_block
from optviz.experiment.league import GRID, SEEDS, TUNED, check_grid, tunable
from optviz.experiment.lesson import CONTROLS, Lesson, lesson, lesson_names
from optviz.experiment.link import OTHER_PARAMETERS
from optviz.experiment.reading import number_or_list
from optviz.formula.text import MOST_TYPED
from optviz.parameter import STEPS
from optviz.surface import Formula
from optviz.text import LANGUAGES
from optviz.text.guide import chapter_keys

LONGEST_LIST = 200
MOST_STEPS = int(STEPS.at_most or 0)
FARTHEST = 10.0
PLAIN_WHOLE = re.compile(r"[0-9]{1,10}", re.ASCII)
HIGHEST, NEAREST = 89.0, 0.3
"""Degrees, and sides of the box: straight above no direction is up on the screen, and from within it little is seen."""
FIRST_LOOK = 10
"""The step that is looked into where nobody says which: by then whatever is accumulated has begun to tell."""

LESSON_OF_THE_VISIT = "-"

LEAGUE_CHARTS = ("duel", "profiles", "bands", "matrix", "budget")
"""The pictures of a league beside its ranking."""

PLAIN_NUMBER = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,4})?")
Camera = tuple[float, ...]


class Form(Protocol):
    """How values are spelled in an address."""

    def read(self, name: str, text: str, problems: list[BadInput]) -> Any:
        """The value; what cannot be used, wholly or in part, becomes a sentence and then None or the rest."""

    def spelled(self, value: Any) -> str:
        """The text from which `read` makes the value."""


@dataclass(frozen=True)
class OneOf:
    """One of a few words, or of those that a function lists when it is asked."""

    values: tuple[str, ...] | Callable[[], tuple[str, ...]]

    def read(self, name: str, text: str, problems: list[BadInput]) -> str | None:
        values = self.values() if callable(self.values) else self.values
        if text in values:
            return text
        problems.append(BadInput("unknown_choice", name=name, value=text, allowed=", ".join(values)))
        return None

    def spelled(self, value: str) -> str:
        return value


class YesOrNo:
    """1 or 0."""

    def read(self, name: str, text: str, problems: list[BadInput]) -> bool | None:
        answer = OneOf(("0", "1")).read(name, text, problems)
        return None if answer is None else answer == "1"

    def spelled(self, value: bool) -> str:
        return "1" if value else "0"


@dataclass(frozen=True)
class Whole:
    """A whole number from 0 to `most`."""

    most: int

    def read(self, name: str, text: str, problems: list[BadInput]) -> int | None:
        if PLAIN_WHOLE.fullmatch(text) and int(text) <= self.most:
            return int(text)
        problems.append(BadInput("out_of_range", name=name, value=text, allowed=f"0 ≤ {name} ≤ {self.most:,}"))
        return None

    def spelled(self, value: int) -> str:
        return str(value)


class Places:
    """Places in the list of racers: 0,2."""

    def read(self, name: str, text: str, problems: list[BadInput]) -> tuple[int, ...]:
        parts = text[:LONGEST_LIST].split(",") if text else []
        known = places([int(part) for part in parts if part.isascii() and part.isdigit()])
        if len(known) < len(set(parts)):
            problems.append(BadInput("not_readable", name=name, value=text, allowed=f"0,2 (0 … {MOST_RACERS - 1})"))
        return known

    def spelled(self, value: tuple[int, ...]) -> str:
        return ",".join(str(place) for place in value)


@dataclass(frozen=True)
class SomeOf:
    """Any of a few words, in their order: surface,start."""

    values: tuple[str, ...]

    def read(self, name: str, text: str, problems: list[BadInput]) -> tuple[str, ...]:
        parts = text[:LONGEST_LIST].split(",") if text else []
        known = tuple(value for value in self.values if value in parts)
        if len(known) < len(set(parts)):
            problems.append(BadInput("unknown_choice", name=name, value=text, allowed=", ".join(self.values)))
        return known

    def spelled(self, value: tuple[str, ...]) -> str:
        return ",".join(value)


class ALesson:
    """The name of a lesson of `lessons/`, or all of another one: see `Lesson.packed`. Kept as it is spelled.

    `LESSON_OF_THE_VISIT` stands for one that the visit has, and that is too long for any link.
    """

    def read(self, name: str, text: str, problems: list[BadInput]) -> str | None:
        if text in ("", LESSON_OF_THE_VISIT):
            return text or None
        try:
            lesson_of(text)
        except BadInput as problem:
            problems.append(problem)
            return None
        return text

    def spelled(self, value: str) -> str:
        return value


class Seeds:
    """Seeds, as the first one and the one beyond the last: 0~1000."""

    def read(self, name: str, text: str, problems: list[BadInput]) -> Block | None:
        try:
            return check_block(name, text[:LONGEST_LIST])
        except BadInput as problem:
            problems.append(BadInput(problem.key, name=name, value=text, allowed=problem.parts["allowed"]))
            return None

    def spelled(self, value: Block) -> str:
        return f"{value[0]}~{value[1]}"


class Grid:
    """Lowest and highest value that is tried, and how many: 0.001~100.0~21."""

    def read(self, name: str, text: str, problems: list[BadInput]) -> tuple[float, float, int] | None:
        try:
            return check_grid(number_or_list(name, text[:LONGEST_LIST]))
        except BadInput as problem:
            problems.append(BadInput(problem.key, name=name, value=text, allowed=problem.parts["allowed"]))
            return None

    def spelled(self, value: tuple[float, float, int]) -> str:
        return link.spelled(list(value))


class Eye:
    """From where a 3-D chart is seen: 45,35,2.2 (see `camera`)."""

    def read(self, name: str, text: str, problems: list[BadInput]) -> Camera | None:
        parts = text[:LONGEST_LIST].split(",")
        plain = all(PLAIN_NUMBER.fullmatch(part) for part in parts)
        known = camera([float(part) for part in parts]) if plain else None
        if known is None:
            most = f"−180 … 180, −90 … 90, 0.1 … {FARTHEST:g}"
            problems.append(BadInput("not_readable", name=name, value=text, allowed=f"45,35,2.2 ({most})"))
        return known

    def spelled(self, value: Camera) -> str:
        return ",".join(f"{number:g}" for number in value)


class Typed:
    """A text as it was typed into a field."""

    def __init__(self, most: int) -> None:
        self.most = most

    def read(self, name: str, text: str, problems: list[BadInput]) -> str | None:
        if len(text) <= self.most:
            return text
        problems.append(BadInput("too_long", name=name, value=f"{len(text):,}", allowed=f"0 … {self.most:,}"))
        return None

    def spelled(self, value: str) -> str:
        return value


class WholeRace:
    """Another race, as a link of its own."""

    def read(self, name: str, text: str, problems: list[BadInput]) -> Race | None:
        if not text:
            return None
        found, refused = read_url(text)
        if "surface=" in text and not refused:
            beyond = within_budget(found)[1]
            problems += beyond
            return None if beyond else found
        problems.append(BadInput("not_readable", name=name, value=text, allowed="surface=gaussian_hills&seed=1"))
        return None

    def spelled(self, value: Race) -> str:
        return urlencode(value.to_query(whole=True), quote_via=quote)


@lru_cache(maxsize=64)
def lesson_of(spelled: str) -> Lesson:
    """The lesson that an address names or holds. Raises BadInput, also for a race that is too much work."""
    found = lesson(spelled) if spelled in lesson_names() or not spelled.startswith(".") else Lesson.unpacked(spelled)
    check_budget(found.race)
    return found


def camera(listed: Any) -> Camera | None:
    """From where a 3-D chart is seen, from whatever a browser may send: None for what is no such place.

    Azimuth (−180 … 180) and elevation (−90 … 90) in degrees, and the distance (0.1 … 10) in sides of the box; then,
    where it is not the middle, the point that is looked at (−2 … 2 each). Rounded to 0.1 degrees and 0.01 sides; what
    is higher than `HIGHEST` or nearer than `NEAREST` is seen from there.
    """
    if not isinstance(listed, list) or len(listed) not in (3, 6):
        return None
    if not all(type(number) in (int, float) for number in listed):
        return None
    azimuth, elevation, distance, *center = listed
    if not (abs(azimuth) <= 180 and abs(elevation) <= 90 and 0.1 <= distance <= FARTHEST):
        return None
    if not all(abs(at) <= 2 for at in center):
        return None
    up, away = min(max(elevation, -HIGHEST), HIGHEST), max(distance, NEAREST)
    around = (round(float(azimuth), 1) + 0.0, round(float(up), 1) + 0.0, round(float(away), 2))
    middle = tuple(round(float(at), 2) + 0.0 for at in center)
    return around + middle if any(middle) else around


def places(listed: Any) -> tuple[int, ...]:
    """Places in the list of racers, from whatever a browser may send: sorted, distinct, in range."""
    known = listed if isinstance(listed, list) else []
    return tuple(sorted({place for place in known if type(place) is int and 0 <= place < MOST_RACERS}))


def has_samples(race: Race, _: Any = None) -> bool:
    """Whether its loss is a mean over samples: only then there are epochs."""
    return race.surface.samples is not None


def has_batches(race: Race, _: Any = None) -> bool:
    """Whether a racer sees some of the samples per step: only then one run differs from another."""
    return any(racer.batch_size is not None for racer in race.racers)


def last_place(race: Race) -> int:
    """The place of the last racer."""
    return len(race.racers) - 1


def last_step(race: Race) -> int:
    """The number of its last step."""
    return race.steps


def is_of_a_formula(race: Race, _: Any = None) -> bool:
    """Whether its surface is a formula that somebody types."""
    return isinstance(race.bare_surface, Formula)


@dataclass(frozen=True)
class Row:
    """What is to be known of a field of the view.

    name: of its parameter in an address. page: the one page that has it, None for all. needs: whether a race has what
    this value of the field takes, or else the field is its default. most: of a number the largest that a race has room
    for; a larger one becomes that, or the default where this is None. is_place: whether it is the place of a racer,
    and goes where the racer goes. of_figure: whether it chooses between views of the race's figure. shared: whether a
    link for others tells it. quiet: whether it is too small a change for an entry in the browser's history.
    """

    name: str
    form: Form
    page: str | None = None
    needs: Callable[[Race, Any], bool] | None = None
    most: Callable[[Race], int] | None = None
    is_place: bool = False
    of_figure: bool = False
    shared: bool = True
    quiet: bool = False


def seen(default: Any, form: Form, name: str = "", **more: Any) -> Any:
    """A field of the view: its default, its form, and what else a `Row` has. name: where it is not the field's own."""
    return dataclasses.field(default=default, metadata={"row": (name, form, more)})


@dataclass(frozen=True)
class View:
    """How the race is looked at. To add a field, add a line; defaults stay out of an address."""

    language: str | None = seen(None, OneOf(tuple(LANGUAGES)), "lang", quiet=True)
    # The axes of the loss chart: what upwards, what to the right, and one run or many.
    axis: str = seen("loss", OneOf(("loss", "gap", "length")), of_figure=True)
    by: str = seen("step", OneOf(("step", "epoch")), needs=has_samples, of_figure=True)
    runs: str = seen("one", OneOf(("one", "many")), needs=has_batches, of_figure=True)
    # The surface as a map, in 3-D, or both; how it looks in 3-D, and from where it is seen there (None: from its home).
    drawn: str = seen("map", OneOf(("map", "3d", "both")), "view", of_figure=True)
    look: str = seen("own", OneOf(("own", "article")), of_figure=True)
    camera: Camera | None = seen(None, Eye(), quiet=True)
    # Whether the rest of each path is seen, pale, before it is travelled.
    paths: str = seen("travelled", OneOf(("travelled", "whole")), of_figure=True)
    hidden: tuple[int, ...] = seen((), Places(), quiet=True)
    # A swarm: the place of its racer in the list (None: there is none), and the seed that draws its starts.
    swarm: int | None = seen(None, Whole(MOST_RACERS - 1), most=last_place, is_place=True)
    swarm_seed: int = seen(0, Whole(2**32 - 1))
    # The part of each path that is still to come is hidden.
    veiled: bool = seen(False, YesOrNo())
    # A formula that was refused, to be mended: it is in the field still, and not in the race.
    draft: str | None = seen(None, Typed(MOST_TYPED), needs=is_of_a_formula, shared=False, quiet=True)
    # For this lecture room, in large type; not for the phones that a link is meant for.
    present: bool = seen(False, YesOrNo(), shared=False)
    # Another race that stays in sight under this one.
    pinned: Race | None = seen(None, WholeRace())
    # The chapter of the guide that is open; None for the first.
    chapter: str | None = seen(None, OneOf(chapter_keys), page="guide")
    # The sections of the race's controls that are hidden, for a class that shall not touch them.
    without: tuple[str, ...] = seen((), SomeOf(CONTROLS), page="race")
    # The lesson that is open, and whether one is being composed.
    lesson: str | None = seen(None, ALesson(), page="lessons")
    composing: bool = seen(False, YesOrNo(), "compose", page="lessons")
    # The question about many surfaces: their seeds; those that each racer is tuned on, or None for racers as they are.
    seeds: Block = seen(SEEDS, Seeds(), page="league")
    training: Block | None = seen(None, Seeds(), page="league")
    # What is tuned of each of them, and which values of it are tried.
    tuned: str = seen(TUNED, OneOf(tunable), page="league")
    grid: tuple[float, float, int] = seen(GRID, Grid(), page="league")
    # Which of its pictures is shown beside the ranking.
    chart: str = seen("duel", OneOf(LEAGUE_CHARTS), page="league")
    # Inside a step: the place of its racer, that of another one beside it (None: there is none), and which step.
    racer: int = seen(0, Whole(MOST_RACERS - 1), page="step", most=last_place, is_place=True)
    beside: int | None = seen(None, Whole(MOST_RACERS - 1), page="step", most=last_place, is_place=True)
    at: int = seen(FIRST_LOOK, Whole(MOST_STEPS), page="step", most=last_step, quiet=True)

    @classmethod
    def rows(cls) -> dict[str, Row]:
        """The table: field → row, in the order of an address."""
        return _table()

    def to_query(self, page: str | None = None) -> dict[str, str]:
        """The view as query parameters of a page's address; defaults stay out."""
        defaults = type(self)()
        return {
            row.name: row.form.spelled(getattr(self, field))
            for field, row in self.rows().items()
            if getattr(self, field) != getattr(defaults, field) and row.page in (None, page)
        }

    @classmethod
    def from_query(
        cls, query: Mapping[str, str], page: str | None = None, before: View | None = None
    ) -> tuple[View, list[BadInput]]:
        """The view of query parameters, and one sentence for each that cannot be used, wholly or in part.

        What belongs to another page, and is not told, stays as it was `before`.
        """
        problems: list[BadInput] = []
        values = {}
        for field, row in cls.rows().items():
            if row.name in query:
                values[field] = row.form.read(row.name, query[row.name], problems)
            elif before is not None and row.page not in (None, page):
                values[field] = getattr(before, field)
        return cls(**{field: value for field, value in values.items() if value is not None}), problems

    def fitting(self, race: Race) -> View:
        """The view without what this race has not: epochs need samples, many runs need batches."""
        defaults, changed = type(self)(), {}
        for field, row in self.rows().items():
            if row.needs is not None and not row.needs(race, getattr(self, field)):
                changed[field] = getattr(defaults, field)
            elif row.most is not None and (getattr(self, field) or 0) > row.most(race):
                changed[field] = None if getattr(defaults, field) is None else row.most(race)
        fitted = replace(self, **changed)
        # Nobody stands beside itself.
        return replace(fitted, beside=None) if fitted.beside == fitted.racer else fitted

    def beyond(self, race: Race, query: Mapping[str, str]) -> list[BadInput]:
        """A sentence for each number of the query parameters that is larger than this race has room for."""
        return [
            BadInput("out_of_range", name=row.name, value=value, allowed=f"0 ≤ {row.name} ≤ {row.most(race):,}")
            for field, row in self.rows().items()
            if row.name in query and row.most is not None and ((value := getattr(self, field)) or 0) > row.most(race)
        ]

    def for_others(self) -> View:
        """The view that a link for others tells."""
        defaults = type(self)()
        return replace(self, **{name: getattr(defaults, name) for name, row in self.rows().items() if not row.shared})

    @property
    def chosen(self) -> dict[str, str]:
        """Which views of the race's figure are chosen: {"axis": "loss", "by": "step", "runs": "one", "paths": …}."""
        return {field: getattr(self, field) for field, row in self.rows().items() if row.of_figure}

    def choosing(self, sent: Mapping[str, Any]) -> View:
        """With other views of the figure chosen, from whatever a browser may send; what is no choice is the default."""
        ignored: list[BadInput] = []
        defaults = type(self)()
        chosen = {field: self.rows()[field].form.read(field, sent.get(field, ""), ignored) for field in self.chosen}
        return replace(self, **{field: value or getattr(defaults, field) for field, value in chosen.items()})


@cache
def _table() -> dict[str, Row]:
    rows = {}
    for field in dataclasses.fields(View):
        name, form, more = field.metadata["row"]
        rows[field.name] = Row(name or field.name, form, **more)
    return rows


OTHER_PARAMETERS.update({row.name: None for row in View.rows().values()})
