"""The demonstrations of the guide: each a race as a link tells it, with its view and what it is called."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from optviz.budget import check_budget
from optviz.experiment import Race, read_url
from optviz.experiment.link import parameters
from optviz.text import LANGUAGES
from optviz.view import View

LOOKED_AT = {
    "gradient_descent": 5,
    "momentum": 10,
    "nag": 3,
    "adagrad": 20,
    "adadelta": 5,
    "rmsprop": 200,
    "adam": 1,
}
"""Kind → the step of a demonstration that the guide looks into."""

TABLE = Path(__file__).with_name("demonstrations.toml")


@dataclass(frozen=True)
class Demonstration:
    """A race and its view, as a link tells them; captions by language; whether its picture has loss curves.

    inside: the kind of a racer whose steps the picture looks into, arrow by arrow, in place of the race.
    """

    name: str
    link: str
    captions: Mapping[str, str]
    curves: bool = False
    inside: str | None = None

    @cached_property
    def race(self) -> Race:
        """The race. Raises BadInput where the link cannot be used, wholly or in part, or is too much work."""
        race, problems = read_url(self.link)
        if problems:
            raise problems[0]
        return check_budget(race)

    def look_inside(self, kind: str) -> View:
        """The view of the page of steps that looks into a racer of this kind. Raises KeyError where there is none."""
        places = {racer.kind: place for place, racer in reversed(list(enumerate(self.race.racers)))}
        return View(racer=places[kind], at=min(LOOKED_AT[kind], self.race.steps)).fitting(self.race)

    @cached_property
    def looked_at(self) -> View:
        """The view of the page of steps that its picture has. Raises ValueError where the picture is the race."""
        if self.inside is None:
            raise ValueError(f"[{self.name}] looks into no step")
        return self.look_inside(self.inside)

    @cached_property
    def view(self) -> View:
        """How the race is looked at. Raises BadInput where the link says what no view has."""
        view, problems = View.from_query(parameters(self.link))
        if problems:
            raise problems[0]
        return view.fitting(self.race)


@cache
def demonstrations() -> Mapping[str, Demonstration]:
    """All of them, by name. Raises ValueError, which names the entry, where the table is wrong."""
    found = {}
    for name, row in tomllib.loads(TABLE.read_text(encoding="utf-8")).items():
        captions = {language: row.pop(language, "") for language in LANGUAGES}
        link, curves, inside = row.pop("link", ""), row.pop("curves", False), row.pop("inside", None)
        if (
            row
            or not link
            or not all(captions.values())
            or not isinstance(curves, bool)
            or inside not in (None, *LOOKED_AT)
        ):
            allowed = f"{', '.join(['link', *LANGUAGES])} and perhaps curves and inside"
            raise ValueError(f"{TABLE.name}: [{name}] has {allowed}, nothing else")
        found[name] = Demonstration(name, link, captions, curves, inside)
    return found
