"""Optimizers that are registered while the program runs, such as a researcher's own: they work wherever a name does."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import optviz
from mounted import visit, widget
from optviz import OPTIMIZERS, BadInput, GaussianHills, Optimizer, Race, Racer, State, with_convention
from optviz.cli import main
from optviz.experiment import read_url
from optviz.export import to_csv, to_json, to_npz
from optviz.export.pytorch import to_pytorch
from optviz.figures.palette import THEMES
from optviz.figures.styles import EXTRA_MARKERS, STYLES, styles_of
from optviz.optimizers import hyper
from optviz.racer import PICKS


class Steepest(Optimizer):
    """θ ← θ − η ∇J(θ) (1847)."""

    def init(self, point: np.ndarray) -> State:
        return State()

    def step(self, point: np.ndarray, state: State, oracle: Any) -> tuple[np.ndarray, State]:
        gradient = oracle.gradient(point)
        return point - getattr(self, "learning_rate", 0.01) * gradient, State(gradient=gradient)


@dataclass(frozen=True)
class Half(Steepest):
    """Its default learning rate is not 0.1."""

    learning_rate: float = hyper(0.5, slider=(1e-3, 1), log=True, symbol="η", above=0, at_most=1)


@dataclass(frozen=True)
class Rateless(Steepest):
    """It has no learning rate, as Newton's method has none."""

    damping: float = hyper(1.0, symbol="λ", at_least=0)


@dataclass(frozen=True)
class Bare(Steepest):
    """Nothing to choose at all."""


@dataclass(frozen=True)
class Factor(Steepest):
    """A learning rate that is not its own."""

    learning_rate: float = hyper(0.5, slider=(1e-3, 1), log=True, symbol="η", above=0)
    has_own_learning_rate = False


REGISTERED: dict[str, type[Optimizer]] = {"half": Half, "rateless": Rateless, "bare": Bare, "factor": Factor}


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    """In the registry for the time of a test: nothing may have looked at it before, and none afterwards sees them."""
    OPTIMIZERS.update(REGISTERED)
    yield
    for key in REGISTERED:
        del OPTIMIZERS[key]


def from_python(code: str) -> Race:
    names: dict[str, Any] = {}
    exec(compile(code, "race.py", "exec"), names)
    return names["race"]


SPELLINGS = {
    "link": lambda race: Race.from_url(race.to_url()),
    "json": lambda race: Race.from_json(race.to_json()),
    "toml": lambda race: Race.from_toml(race.to_toml()),
    "whole toml": lambda race: Race.from_toml(race.to_toml(whole=True)),
    "python": lambda race: from_python(race.to_python()),
}
ADAM = Racer(with_convention("adam", "article"))
RACES: dict[str, Race] = {
    "each as it comes": Race(racers=tuple(Racer(kind()) for kind in REGISTERED.values())),
    "beside Adam": Race(racers=(ADAM, *(Racer(kind()) for kind in REGISTERED.values()))),
    **{
        f"one rate for all, {rate}": Race(racers=(ADAM, Racer(Half()), Racer(Rateless()))).with_learning_rate(rate)
        for rate in (0.1, 0.5, 0.3)
    },
    **{
        f"{key} alone, {rate}": Race(racers=(Racer(kind()),)).with_learning_rate(rate)
        for key, kind in REGISTERED.items()
        for rate in (0.1, 0.5, 0.3)
    },
    "own settings": Race(racers=(Racer(Half(learning_rate=0.1)), Racer(Rateless(damping=2)), Racer(Factor(0.1)))),
    "on batches": Race(optviz.FiniteSum(GaussianHills(1)), (Racer(Half(), 4), Racer(Rateless(), 1))),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("convention", optviz.CONVENTIONS)
@pytest.mark.parametrize("name", RACES)
def test_round_trip(name: str, convention: str, spelling: str, capsys: pytest.CaptureFixture[str]) -> None:
    race = RACES[name].replaced(steps=3)
    race = race.replaced(convention=convention) if any(r == ADAM for r in race.racers) else race
    race = race.with_convention(convention)
    assert SPELLINGS[spelling](race) == race
    assert read_url(race.to_url())[1] == ()


def test_what_a_visitor_does_to_such_a_race() -> None:
    race = Race().with_optimizers(["adam", "half", "rateless", "bare", "factor"])
    assert [racer.key for racer in race.racers] == ["adam", *REGISTERED]
    assert race.shared_learning_rate == 0.1, "a newcomer takes the rate that the others share"
    assert race.with_learning_rate(0.5).shared_learning_rate == 0.5
    assert Race(racers=(Racer(Rateless()), Racer(Factor()))).shared_learning_rate is None
    rateless = race.with_learning_rate(0.7).racers[2:]
    assert rateless == (Racer(Rateless()), Racer(Bare()), Racer(Factor()))
    with pytest.raises(BadInput, match="0 < learning_rate ≤ 1"):
        race.with_learning_rate(2)
    assert race.with_convention("pytorch").racers[1:] == race.racers[1:]


def test_a_rate_that_nobody_chose_for_it_is_not_forced_upon_a_racer() -> None:
    """The picker offers it, and the suggested rate of a surface; both go on where this one cannot have the rate."""
    fast = Race().with_learning_rate(5).with_optimizers(["adam", "half"])
    assert [racer.optimizer.own_learning_rate for racer in fast.racers] == [5, 0.5]
    bowl = next(name for name in optviz.gallery_names() if (optviz.gallery(name).suggested_learning_rate or 0) > 0.1)
    OPTIMIZERS["slow"] = dataclass(frozen=True)(
        type(
            "Slow",
            (Steepest,),
            {"__annotations__": {"learning_rate": float}, "learning_rate": hyper(0.01, at_most=0.1)},
        )
    )
    try:
        race = Race().with_optimizers(["adam", "slow"]).on_surface(optviz.gallery(bowl))
    finally:
        del OPTIMIZERS["slow"]
    assert race.racers[0].optimizer.own_learning_rate == optviz.gallery(bowl).suggested_learning_rate
    assert race.racers[1].optimizer.own_learning_rate == 0.1


def test_an_array_of_learning_rates_is_no_race() -> None:
    sweep = Half(learning_rate=np.array([[0.1], [0.2]]))
    assert optviz.trace(sweep, GaussianHills(1), steps=2).points.shape == (2, 3, 2)
    with pytest.raises(BadInput, match="learning_rate"):
        Race(racers=(Racer(sweep),))


def test_a_class_that_takes_a_key_over_is_used_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a notebook, where the cell that defines and registers a class is run again."""
    assert Race.from_url("racers=half").racers[0].optimizer.learning_rate == 0.5

    @dataclass(frozen=True)
    class Again(Steepest):
        learning_rate: float = hyper(0.25, slider=(1e-3, 1), log=True, symbol="η", above=0)

    monkeypatch.setitem(OPTIMIZERS, "half", Again)
    assert Race.from_url("racers=half").racers == (Racer(Again()),)
    assert Race(racers=(Racer(Again()),)).to_record()["racers"] == [{"optimizer": "half"}]


def test_a_namesake_that_is_not_registered_is_not_taken_for_the_registered_one() -> None:
    @dataclass(frozen=True)
    class Adam(Steepest):
        learning_rate: float = hyper(0.2, symbol="η", above=0)

    race = Race(racers=(Racer(Adam()), ADAM), steps=2, convention="article")
    for spelling in (race.to_url, race.to_toml, lambda: race.to_toml(whole=True), race.to_python):
        with pytest.raises(BadInput, match=r"optimizer = test_registered.Adam is not known"):
            spelling()
    with pytest.raises(BadInput, match="PyTorch"):
        to_pytorch(race)


def test_pytorch_code_is_refused_in_a_sentence() -> None:
    for kind in REGISTERED.values():
        with pytest.raises(BadInput, match="PyTorch"):
            to_pytorch(Race(racers=(Racer(kind()),)))


def test_files_and_the_page_that_plays_hold_them() -> None:
    race = RACES["beside Adam"].replaced(steps=3, convention="article")
    paths = race.run()
    assert b'"rateless"' in to_csv(race, paths)
    assert b'"rateless"' in to_json(race, paths)
    assert to_npz(race, paths)
    assert b"rateless" in optviz.show(race).page


def test_the_command_line_lists_and_runs_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["optimizers"]) == 0
    listed = capsys.readouterr().out
    assert "learning_rate = 0.5   (0 < learning_rate ≤ 1)" in listed
    assert "damping = 1.0   (0 ≤ damping)" in listed
    assert main(["race", "--optimizers", "adam,half,rateless,bare", "--steps", "3"]) == 0
    printed = capsys.readouterr().out
    assert all(f"\n{key} " in printed for key in ("half", "rateless", "bare"))


# --- looks ---------------------------------------------------------------------------------------------------------


def test_what_a_picker_offers_is_the_registry_as_it_is() -> None:
    assert set(REGISTERED) <= set(PICKS)
    assert len(PICKS) == len(list(PICKS)) == len(OPTIMIZERS) + 2
    del OPTIMIZERS["bare"]
    assert "bare" not in PICKS
    OPTIMIZERS["bare"] = Bare


def test_each_has_a_look_of_its_own_by_its_place_in_the_registry() -> None:
    keys = (*STYLES, *REGISTERED)
    looks = [(style["color"], style["marker"]) for style in styles_of(keys)]
    assert len(set(looks)) == len(keys)
    assert len({color for color, _ in looks}) == len(keys)
    assert styles_of(tuple(reversed(keys))) == styles_of(keys)[::-1], "whoever else runs"
    assert styles_of(("half",)) == styles_of(("half", "nobody_registered"))[:1]
    for style, theme in itertools.product(styles_of(keys), THEMES.values()):
        assert style["color"].removeprefix("@theme/") in theme
        assert f"{style['color'].removeprefix('@theme/')}/band" in theme


def test_forty_more_can_be_told_apart() -> None:
    keys = tuple(f"method_{number}" for number in range(56))
    styles = styles_of((*STYLES, *keys))
    assert len({(style["color"], style["marker"]) for style in styles}) == len(STYLES) + 56
    assert not set(EXTRA_MARKERS) & {style["marker"] for style in STYLES.values()}


@pytest.mark.parametrize("key", REGISTERED)
def test_the_page_shows_it_alone_and_beside_others(key: str) -> None:
    for racers in (key, f"adam~{key}"):
        app = visit(v="1", racers=racers)
        (board,) = [html.proto.body for html in app.get("html") if "<tbody>" in html.proto.body]
        assert key in board
        rate = {"half": "0.5", "factor": "×0.5"}.get(key, "–")
        row = board[board.index(f"</span>&#8288;{key}<") :]
        assert re.search(f'<td class="number learning_rate"[^>]*>{rate}</td>', row[: row.index("</tr>")])
        shared = widget(app.select_slider, "learning_rate_all")
        assert shared.disabled is (racers == key != "half"), "there is nobody whose rate it could set"
        if shared.disabled:
            continue
        shared.set_value(0.3).run()
        assert not app.exception, app.exception
        rates = {racer.key: racer.optimizer.own_learning_rate for racer in app.session_state.race.racers}
        assert rates[key] == (0.3 if key == "half" else None)


def test_the_page_offers_them_and_their_settings() -> None:
    app = visit()
    kinds = [racer.kind for racer in Race().racers]
    widget(app.button_group, "racers").set_value([*kinds, *REGISTERED]).run()
    assert not app.exception, app.exception
    race = app.session_state.race
    assert [racer.key for racer in race.racers] == [*kinds, *REGISTERED]
    names = list(race.racer_names())
    widget(app.selectbox, "tune").set_value(names.index("rateless")).run()
    widget(app.number_input, "own_damping").set_value(2.5).run()
    assert not app.exception, app.exception
    assert app.session_state.race.racers[names.index("rateless")] == Racer(Rateless(damping=2.5))
    widget(app.button_group, "convention").set_value("pytorch").run()
    assert not app.exception, app.exception
