"""The gallery: well-known surfaces, one .toml file each. Add a file to `surfaces/` and it is in the app."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from optviz.bad_input import BadInput
from optviz.conventions import CONVENTIONS
from optviz.optimizers import optimizers_with_a_rate
from optviz.surface.base import Domain, Surface
from optviz.surface.families import FAMILIES
from optviz.surface.lowest import Found, Known, Lowest

LANGUAGES = ("en", "zh")
REQUIRED = ("order", "start", "learning_rate", "surface", "title", "teaches")
OPTIONAL = ("minima", "source", "learning_rates")
FILE_NAME = re.compile(r"[a-z][a-z0-9_]*\.toml")


@dataclass(frozen=True)
class GallerySurface(Surface):
    """A surface of the gallery, equal to another by its name.

    It evaluates as the surface its file describes, and knows what the file says about it: where its minima are, where
    to start, which learning rate suits gradient descent, and what it teaches.
    """

    name: str

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or self.name not in _files():
            raise BadInput("unknown_choice", name="surface", value=self.name, allowed=", ".join(gallery_names()))

    @property
    def inner(self) -> Surface:
        """The surface as its family made it."""
        return _entry(self.name).made

    @property
    def domain(self) -> Domain:  # type: ignore[override]
        return self.inner.domain

    @property
    def title(self) -> str:  # type: ignore[override]
        return _entry(self.name).titles["en"]

    @property
    def call_cost(self) -> float:  # type: ignore[override]
        return self.inner.call_cost

    def numbers_per_point(self, samples: int | None = None) -> int:
        return self.inner.numbers_per_point()

    @property
    def titles(self) -> dict[str, str]:
        """The title by language: "en", "zh"."""
        return dict(_entry(self.name).titles)

    @property
    def teaches(self) -> dict[str, str]:
        """One line on what a student can see here, by language."""
        return dict(_entry(self.name).teaches)

    @property
    def source(self) -> str:
        """Who published the surface; "" where nobody in particular did."""
        return _entry(self.name).source

    @property
    def latex(self) -> str:
        """The formula in LaTeX; "" where the surface is not a formula."""
        return getattr(self.inner, "latex", "")

    @property
    def minima(self) -> tuple[tuple[float, float], ...]:
        """All global minima inside the domain; () where theory does not know them."""
        return _entry(self.name).minima

    @property
    def lowest(self) -> Lowest:
        return self._known_lowest or self.inner.lowest

    @property
    def preparation_cost(self) -> float:
        return 0.0 if self._known_lowest is not None else self.inner.preparation_cost

    def drift(self, steps: int) -> np.ndarray | None:
        return self.inner.drift(steps)

    @property
    def found(self) -> Found | None:
        return self.inner.found if self._known_lowest is None else None

    def take_over(self, found: Found) -> None:
        self.inner.take_over(found)

    @cached_property
    def _known_lowest(self) -> Lowest | None:
        if not self.minima:
            return None
        losses = self.loss(np.array(self.minima))
        best = int(np.argmin(losses))
        return Lowest(float(losses[best]), np.array(self.minima[best]), Known.THEORY)

    def learn(self, points: np.ndarray, losses: np.ndarray) -> None:
        if not self.minima:
            self.inner.learn(points, losses)

    @property
    def suggested_start(self) -> np.ndarray:
        return np.array(_entry(self.name).start)

    @property
    def suggested_learning_rate(self) -> float:
        return _entry(self.name).learning_rate

    @property
    def suggested_learning_rates(self) -> Mapping[str, Mapping[str, float]]:
        return _entry(self.name).learning_rates

    def loss(self, point: np.ndarray) -> np.ndarray:
        return self.inner.loss(point)

    def gradient(self, point: np.ndarray) -> np.ndarray:
        return self.inner.gradient(point)

    def hessian(self, point: np.ndarray) -> np.ndarray:
        return self.inner.hessian(point)

    def loss_and_gradient(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.inner.loss_and_gradient(point)


def gallery(name: str) -> GallerySurface:
    """A surface of the gallery. Raises BadInput where there is no such file."""
    return _gallery(name) if isinstance(name, str) else GallerySurface(name)


@lru_cache(maxsize=1)
def gallery_names() -> tuple[str, ...]:
    """The names of the gallery in teaching order. Raises BadInput where a file cannot be used."""
    return tuple(sorted(_files(), key=lambda name: (_entry(name).order, name)))


def gallery_file(name: str) -> Path:
    """The file of a surface of the gallery. Raises BadInput where there is no such file."""
    return _files()[gallery(name).name]


_gallery = lru_cache(maxsize=256)(GallerySurface)


# --- files ---------------------------------------------------------------------------------------------------------


def families_of_files() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Family → the settings that a `[surface]` table of it must and may have."""
    # A gallery surface does not hand samples on, so families that are made of samples cannot be in it.
    return {key: _settings(kind) for key, kind in FAMILIES.items() if kind.samples is Surface.samples}


def _settings(kind: type[Surface]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The settings that a `[surface]` table must and may have: it says more than the class itself demands.

    What has no default, and the seed; without a seed the domain, for a formula says nothing about where to look.
    """
    defaults = {field.name: field.default for field in fields(kind)}  # type: ignore[arg-type]
    needed = "seed" if "seed" in defaults else "domain"
    required = tuple(name for name, default in defaults.items() if default is MISSING or name == needed)
    return required, tuple(name for name in defaults if name not in required)


@dataclass(frozen=True)
class Entry:
    """What one file of the gallery says, checked. The surface itself is made when it is first asked for."""

    file: str
    order: float
    start: tuple[float, float]
    learning_rate: float
    learning_rates: dict[str, dict[str, float]]
    titles: dict[str, str]
    teaches: dict[str, str]
    minima: tuple[tuple[float, float], ...]
    source: str
    family: str
    settings: dict[str, Any]

    @cached_property
    def made(self) -> Surface:
        """The surface. Raises BadInput where its settings, or the points given for it, cannot be used."""
        try:
            surface = FAMILIES[self.family](**self.settings)
        except BadInput as error:
            raise BadInput("gallery_surface", name=self.file, allowed=str(error)) from None
        for field, point in (("start", self.start), *(("minima", minimum) for minimum in self.minima)):
            if not surface.contains(np.array(point)):
                raise BadInput("gallery_field", name=f"{self.file}: {field}", value=point, allowed="inside the domain")
        return surface


def read_entry(path: Path) -> Entry:
    """Read and check one file. Raises BadInput with a sentence that names the file and the field."""
    if not FILE_NAME.fullmatch(path.name):
        allowed = "lower-case letters, digits and _, such as long_valley.toml"
        raise BadInput("gallery_field", name="file name", value=path.name, allowed=allowed)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInput("not_readable", name=path.name, value=str(error), allowed="a TOML file in UTF-8") from None
    _check_keys(path.name, table, REQUIRED, OPTIONAL)
    surface = table["surface"]
    if not isinstance(surface, dict):
        raise BadInput("gallery_field", name=f"{path.name}: surface", value=surface, allowed="a table")
    family = surface.get("family")
    families = families_of_files()
    if not isinstance(family, str) or family not in families:
        name = f"{path.name}: surface.family"
        raise BadInput("unknown_choice", name=name, value=family, allowed=", ".join(families))
    required, optional = families[family]
    _check_keys(f"{path.name}: surface", surface, ("family", *required), optional)
    minima = table.get("minima", [])
    if not isinstance(minima, list):
        raise BadInput("gallery_field", name=f"{path.name}: minima", value=minima, allowed="a list of points")
    return Entry(
        file=path.name,
        order=_number(path.name, "order", table["order"]),
        start=_point(path.name, "start", table["start"]),
        learning_rate=_number(path.name, "learning_rate", table["learning_rate"], positive=True),
        learning_rates=_rates(path.name, table.get("learning_rates", {})),
        titles=_sentences(path.name, "title", table["title"]),
        teaches=_sentences(path.name, "teaches", table["teaches"]),
        minima=tuple(_point(path.name, "minima", minimum) for minimum in minima),
        source=_sentence(path.name, "source", table["source"]) if "source" in table else "",
        family=family,
        settings={
            key: tuple(value) if isinstance(value, list) else value for key, value in surface.items() if key != "family"
        },
    )


@lru_cache(maxsize=1)
def _files() -> dict[str, Path]:
    # The wheel carries the files inside the package; a checkout has them at the top, where contributors look.
    installed = Path(__file__).parent.parent / "_surfaces"
    folder = installed if installed.is_dir() else Path(__file__).parents[2] / "surfaces"
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


@lru_cache(maxsize=256)
def _entry(name: str) -> Entry:
    return read_entry(_files()[name])


def _check_keys(name: str, table: dict[str, Any], required: tuple[str, ...], optional: tuple[str, ...]) -> None:
    for key in table:
        if key not in (*required, *optional):
            raise BadInput("unknown_field", name=name, value=key, allowed=", ".join((*required, *optional)))
    for key in required:
        if key not in table:
            raise BadInput("gallery_missing", name=name, value=key, allowed=", ".join(required))


def _number(file: str, field: str, value: Any, *, positive: bool = False) -> float:
    numeric = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not numeric or not abs(value) <= 1e6 or (positive and not value > 0):
        allowed = "a number above 0, at most 1e6" if positive else "a number from -1e6 to 1e6"
        raise BadInput("gallery_field", name=f"{file}: {field}", value=value, allowed=allowed)
    return float(value)


def _rates(file: str, value: Any) -> dict[str, dict[str, float]]:
    if not isinstance(value, dict) or not all(isinstance(rates, dict) for rates in value.values()):
        allowed = "a table for each convention"
        raise BadInput("gallery_field", name=f"{file}: learning_rates", value=value, allowed=allowed)
    _check_keys(f"{file}: learning_rates", value, (), tuple(CONVENTIONS))
    for convention, rates in value.items():
        _check_keys(f"{file}: learning_rates.{convention}", rates, (), optimizers_with_a_rate())
    return {
        convention: {
            key: _number(file, f"learning_rates.{convention}.{key}", rate, positive=True) for key, rate in rates.items()
        }
        for convention, rates in value.items()
    }


def _point(file: str, field: str, value: Any) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise BadInput("gallery_field", name=f"{file}: {field}", value=value, allowed="a point [x, y]")
    return (_number(file, field, value[0]), _number(file, field, value[1]))


def _sentences(file: str, field: str, value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise BadInput("gallery_field", name=f"{file}: {field}", value=value, allowed="a table with en and zh")
    _check_keys(f"{file}: {field}", value, LANGUAGES, ())
    return {language: _sentence(file, f"{field}.{language}", value[language]) for language in LANGUAGES}


def _sentence(file: str, field: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > 300:
        allowed = "one line of text, 1 to 300 characters"
        raise BadInput("gallery_field", name=f"{file}: {field}", value=value, allowed=allowed)
    return value
