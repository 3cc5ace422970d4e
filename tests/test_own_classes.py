"""Surfaces and optimizers of a researcher's own class: whatever Python makes of it, it runs, shows and writes."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

import optviz
from optviz import BadInput, FiniteSum, GaussianHills, Optimizer, Race, Racer, State, Surface, with_convention
from optviz.export import FORMATS, settings_of_csv
from optviz.export.pytorch import to_pytorch
from optviz.optimizers import hyper
from optviz.ui import cached
from optviz.ui.memory import is_value


class Plain(Surface):
    """½ s |θ|², neither a dataclass nor frozen."""

    domain: Any = (-1.0, 1.0, -1.0, 1.0)
    steepness = 1.0

    def loss(self, point: np.ndarray) -> np.ndarray:
        return self.loss_and_gradient(point)[0]

    def gradient(self, point: np.ndarray) -> np.ndarray:
        return self.loss_and_gradient(point)[1]

    def loss_and_gradient(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        point = np.asarray(point, dtype=float)
        return self.steepness * (point * point).sum(axis=-1) / 2, self.steepness * point

    def hessian(self, point: np.ndarray) -> np.ndarray:
        return np.broadcast_to(self.steepness * np.eye(2), (*np.shape(point), 2, 2))


@dataclass
class Thawed(Plain):
    """A dataclass with a rule of equality and therefore without a hash."""

    steepness: float = 2.0
    title = "Thawed"


@dataclass(frozen=True)
class HoldsList(Plain):
    """It says that it has a hash, and has none."""

    table: Any = field(default_factory=lambda: [1, 2])


class EqualToAll(Plain):
    """Equality without a hash."""

    def __eq__(self, other: object) -> bool:
        return True


class WithList(Plain):
    """A domain that is a list."""

    domain = [-1.0, 1.0, -1.0, 1.0]  # noqa: RUF012


class WithArray(Plain):
    """A domain that is an array."""

    domain = np.array([-1.0, 1.0, -1.0, 1.0])


@dataclass
class ThawedRule(Optimizer):
    """θ ← θ − η ∇J(θ), without a hash."""

    learning_rate: float = hyper(0.1, symbol="η", above=0)
    table: Any = field(default_factory=lambda: [1, 2])

    def init(self, point: np.ndarray) -> State:
        return State()

    def step(self, point: np.ndarray, state: State, oracle: Any) -> tuple[np.ndarray, State]:
        return point - self.learning_rate * oracle.gradient(point), State()


class PlainRule(Optimizer):
    """No dataclass: its one number is its own affair."""

    def __init__(self, rate: float) -> None:
        self.rate = rate

    def init(self, point: np.ndarray) -> State:
        return State()

    def step(self, point: np.ndarray, state: State, oracle: Any) -> tuple[np.ndarray, State]:
        return point - self.rate * oracle.gradient(point), State()


ADAM = with_convention("adam")
SURFACES = [Plain, Thawed, HoldsList, EqualToAll, WithList, WithArray]
RACES: dict[str, Race] = {
    **{kind.__name__: Race(kind(), (Racer(ADAM),), steps=3) for kind in SURFACES},
    **{f"samples of {kind.__name__}": Race(FiniteSum(kind()), (Racer(ADAM, 4),), steps=3) for kind in SURFACES},
    "own rules": Race(GaussianHills(1), (Racer(ThawedRule()), Racer(PlainRule(0.1))), steps=3),
    "own rules on batches": Race(FiniteSum(Thawed()), (Racer(ThawedRule(), 1), Racer(PlainRule(0.1), 2)), steps=3),
}


@pytest.mark.parametrize("name", RACES)
def test_it_runs_is_shown_and_written(name: str) -> None:
    race = RACES[name]
    paths = race.run()
    assert all(np.isfinite(path.losses).all() for path in paths)
    assert optviz.show(race).page
    for write in (known.write for known in FORMATS.values() if known.holds_trajectories):
        assert write(race, paths)
    assert repr(race)


@pytest.mark.parametrize("name", RACES)
def test_what_no_text_can_name_is_refused_in_a_sentence(name: str) -> None:
    race = RACES[name]
    for spell in (race.to_url, race.to_toml, race.to_json, race.to_python, lambda: to_pytorch(race)):
        with pytest.raises(BadInput):
            spell()
    written = FORMATS["csv"].write(race, race.run())
    with pytest.raises(BadInput):
        settings_of_csv(written)
    record = json.loads(FORMATS["json"].write(race, race.run()))
    assert record["race"]["surface"] == race.surface.title
    with np.load(io.BytesIO(FORMATS["npz"].write(race, race.run())), allow_pickle=False) as archive:
        assert race.surface.title in str(archive["race"])


def test_a_surface_that_has_changed_is_not_shown_as_it_was() -> None:
    """What is remembered by identity would be the old picture."""
    surface = Plain()
    before = cached.heights(surface)
    surface.steepness = 5.0
    assert np.allclose(cached.heights(surface).losses, 5 * before.losses)
    assert not np.array_equal(cached.heights(EqualToAll()).losses, cached.heights(Thawed()).losses)


VALUES: list[tuple[Any, bool]] = [
    (GaussianHills(1), True),
    (FiniteSum(GaussianHills(1)), True),
    (Racer(ADAM, 4), True),
    (Race(), True),
    ((1, "a", None, (2.0,)), True),
    (FiniteSum(Plain()), False),
    (Plain(), False),
    (Thawed(), False),
    (HoldsList(), False),
    (EqualToAll(), False),
    (Racer(ThawedRule()), False),
    (Racer(PlainRule(1)), False),
    ([1], False),
    (np.ones(2), False),
]


@pytest.mark.parametrize(("thing", "remembered"), VALUES, ids=lambda value: type(value).__name__)
def test_what_may_stand_for_a_result(thing: Any, remembered: bool) -> None:
    assert is_value(thing) is remembered


def test_a_surface_without_a_domain_is_refused() -> None:
    class Nowhere(Plain):
        domain = None

    with pytest.raises(BadInput, match="domain"):
        Race(Nowhere())
