"""Surfaces that move while one walks on them: what a step asks, what is recorded, who follows and who does not."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from optviz import (
    CONVENTIONS,
    OPTIMIZERS,
    DriftingBowl,
    FiniteSum,
    Formula,
    GaussianHills,
    Outcome,
    Race,
    Racer,
    Surface,
    gallery,
    race,
    trace,
    with_convention,
)
from optviz.bad_input import BadInput
from optviz.export.pytorch import to_pytorch
from optviz.figures.heights import contour_heights
from optviz.figures.race import race_figure
from optviz.figures.race_record import race_record
from optviz.statistics.events import events
from optviz.surface import Known, at_step
from optviz.surface.lowest import Found
from optviz.swarm import summed_up, swarm_trace
from optviz.text import words
from optviz.text.telling import caption, key_sentences
from tests.cases import points_in

MOVING = {
    "circle": DriftingBowl(),
    "line": DriftingBowl("line", speed=0.13, radius=1.4, direction=200, steepness=30),
    "gallery": gallery("moving_bowl"),
}


class WanderingHills(GaussianHills):
    """Hills that go to the right; where they are lowest a search must find."""

    def drift(self, steps: int) -> np.ndarray:
        return np.arange(steps + 1)[:, None] * np.array([0.01, 0.0])


# --- the way -------------------------------------------------------------------------------------------------------


def test_the_circle() -> None:
    bowl = DriftingBowl("circle", speed=0.1, radius=0.5, direction=90)
    centres = np.array([bowl.centre(step) for step in range(200)])
    assert bowl.centre(0) == pytest.approx([0.5, 0.0], abs=1e-15)
    assert np.hypot(*centres.T) == pytest.approx(0.5)
    # A chord of an arc of 0.1, and counter-clockwise: the first one leads upwards.
    assert np.hypot(*np.diff(centres, axis=0).T) == pytest.approx(2 * 0.5 * np.sin(0.1 / 2 / 0.5))
    assert centres[1, 1] > 0 and bowl.centre(1)[0] < 0.5


@pytest.mark.parametrize("direction", [0.0, 30.0, 90.0, 275.0])
@pytest.mark.parametrize("kind", ["circle", "line"])
def test_it_sets_out_in_its_direction(kind: str, direction: float) -> None:
    bowl = DriftingBowl(kind, speed=1e-6, direction=direction)
    way = bowl.centre(1) - bowl.centre(0)
    # A step of 1e-6 is known to about 1e-16.
    assert way / 1e-6 == pytest.approx([np.cos(np.radians(direction)), np.sin(np.radians(direction))], abs=2e-6)


def test_the_line_leads_to_and_fro() -> None:
    bowl = DriftingBowl("line", speed=0.5, radius=1.0, direction=0)
    along = [float(bowl.centre(step)[0]) for step in range(9)]
    assert along == pytest.approx([-1, -0.5, 0, 0.5, 1, 0.5, 0, -0.5, -1])


@pytest.mark.parametrize("name", MOVING)
def test_the_lowest_point_stays_in_the_domain(name: str) -> None:
    surface = MOVING[name]
    drift = surface.drift(5000)
    assert drift is not None and drift.shape == (5001, 2) and not drift[0].any()
    assert surface.contains(drift + surface.lowest.point).all()
    assert surface.lowest.known is Known.THEORY and surface.lowest.loss == 0


def test_a_longer_drift_begins_as_the_shorter_one() -> None:
    for surface in MOVING.values():
        longer, shorter = surface.drift(300), surface.drift(7)
        assert longer is not None and shorter is not None and np.array_equal(longer[:8], shorter)


@pytest.mark.parametrize(
    "settings",
    [
        {"kind": "spiral"},
        {"kind": 3},
        {"speed": -0.1},
        {"speed": 1.5},
        {"radius": 0},
        {"radius": 1.9},
        {"direction": 361},
        {"steepness": 0.5},
        {"steepness": float("nan")},
        {"speed": "fast"},
    ],
)
def test_bad_settings_are_refused_with_name_and_value(settings: dict[str, object]) -> None:
    (name, value) = next(iter(settings.items()))
    with pytest.raises(BadInput) as refusal:
        DriftingBowl(**settings)  # type: ignore[arg-type]
    assert refusal.value.parts["name"] == name and str(value) in str(refusal.value)


# --- a run ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MOVING)
@pytest.mark.parametrize("key", OPTIMIZERS)
def test_each_loss_is_that_of_its_step(key: str, name: str) -> None:
    surface = MOVING[name]
    bowl = getattr(surface, "inner", surface)
    path = trace(OPTIMIZERS[key](), surface, steps=60)
    for step, (point, loss) in enumerate(zip(path.points, path.losses, strict=True)):
        away = point - bowl.centre(step)
        expected = (away[0] ** 2 + bowl.steepness * away[1] ** 2) / 2
        # Points far out are rounded, and their squares; a run that diverged has neither.
        assert loss == pytest.approx(expected, rel=1e-10, abs=1e-13, nan_ok=True)
        assert at_step(surface, step).loss(point) == pytest.approx(loss, rel=1e-12, abs=1e-15, nan_ok=True)


@pytest.mark.parametrize("name", MOVING)
def test_each_step_asks_the_surface_of_where_it_begins(name: str) -> None:
    """NAG's look-ahead as well: both rules written out."""
    surface = MOVING[name]
    bowl = getattr(surface, "inner", surface)
    curvature = np.array([1.0, bowl.steepness])
    plain, ahead = (
        trace(OPTIMIZERS[key](learning_rate=0.02), surface, steps=80) for key in ("gradient_descent", "nag")
    )
    point = looking = plain.points[0]
    velocity = np.zeros(2)
    for step in range(80):
        centre = bowl.centre(step)
        point = point - 0.02 * curvature * (point - centre)
        velocity = 0.9 * velocity + 0.02 * curvature * (looking - 0.9 * velocity - centre)
        looking = looking - velocity
        assert plain.points[step + 1] == pytest.approx(point, abs=1e-12)
        assert ahead.points[step + 1] == pytest.approx(looking, abs=1e-12)


def test_gradient_descent_lags_behind_by_speed_over_rate_and_curvature() -> None:
    """From e ← (1 − ηλ) e − s, for a centre that goes straight on by s: e settles at −s/(ηλ)."""
    for direction, curvature in ((0.0, 1.0), (90.0, 7.0)):
        bowl = DriftingBowl("line", speed=0.01, radius=1.8, direction=direction, steepness=7)
        path = trace(OPTIMIZERS["gradient_descent"](learning_rate=0.1), bowl, bowl.centre(0), steps=300)
        heading = np.array([np.cos(np.radians(direction)), np.sin(np.radians(direction))])
        behind = float(heading @ (bowl.centre(300) - path.points[300]))
        # 0.9³⁰⁰ of the first lag is left.
        assert behind == pytest.approx(0.01 / (0.1 * curvature), rel=1e-9)


@pytest.mark.parametrize("name", MOVING)
def test_derivatives_at_a_step(name: str) -> None:
    surface = at_step(MOVING[name], 37)
    point, step = points_in(surface, (50,), margin=0.3), 1e-4
    for axis in (0, 1):
        away = step * np.eye(2)[axis]
        # A quadratic: central differences are exact but for rounding.
        slope = (surface.loss(point + away) - surface.loss(point - away)) / (2 * step)
        bend = (surface.gradient(point + away) - surface.gradient(point - away)) / (2 * step)
        assert surface.gradient(point)[:, axis] == pytest.approx(slope, abs=1e-7)
        assert surface.hessian(point)[:, axis] == pytest.approx(bend, abs=1e-7)
    both = surface.loss_and_gradient(point)
    assert np.array_equal(both[0], surface.loss(point)) and np.array_equal(both[1], surface.gradient(point))


@pytest.mark.parametrize("name", MOVING)
def test_many_starts_run_as_one_bitwise(name: str) -> None:
    starts = points_in(MOVING[name], (3, 2))
    for key, optimizer in OPTIMIZERS.items():
        many = trace(optimizer(), MOVING[name], starts, steps=50)
        alone = trace(optimizer(), MOVING[name], starts[1, 1], steps=50)
        assert np.array_equal(many.points[1, 1], alone.points, equal_nan=True), key
        assert np.array_equal(many.losses[1, 1], alone.losses, equal_nan=True), key
        assert many.points_on_surface.shape == many.points.shape


@pytest.mark.parametrize("name", MOVING)
def test_a_race_has_the_numbers_of_its_traces_bitwise(name: str) -> None:
    surface = FiniteSum(MOVING[name], samples=16, seed=3)
    racers = [Racer(OPTIMIZERS[key](), size) for key in OPTIMIZERS for size in (None, 4)]
    for path in race(racers, surface, steps=40, seed=5):
        alone = trace(path.racer, surface, steps=40, seed=5)
        assert np.array_equal(path.points, alone.points, equal_nan=True)
        assert np.array_equal(path.losses, alone.losses, equal_nan=True)


def test_a_batch_of_all_samples_is_gradient_descent() -> None:
    rule = OPTIMIZERS["gradient_descent"](learning_rate=0.1)
    surface = FiniteSum(DriftingBowl(), samples=16)
    whole, bare = trace(Racer(rule, 16), surface), trace(rule, DriftingBowl())
    # As on every other surface: the slopes add up to 0 but for rounding.
    assert whole.points == pytest.approx(bare.points, abs=1e-12)


def test_one_that_stands_still_is_a_bowl() -> None:
    still = DriftingBowl(speed=0, radius=1, steepness=3)
    assert still.drift(9) is None and at_step(still, 9) is still
    bowl = Formula("((x-1)^2 + 3*y^2)/2")
    for key, optimizer in OPTIMIZERS.items():
        path, expected = trace(optimizer(), still, (-1, 1)), trace(optimizer(), bowl, (-1, 1))
        # RMSProp amplifies rounding once it swings about the bottom.
        assert path.points[:20] == pytest.approx(expected.points[:20], abs=1e-9, nan_ok=True), key


def test_what_stands_still_has_no_drift() -> None:
    for surface in (GaussianHills(1), gallery("himmelblau"), FiniteSum(GaussianHills(1))):
        assert surface.drift(3) is None and at_step(surface, 3) is surface
        path = trace(OPTIMIZERS["adam"](), surface, steps=3)
        assert path.points_on_surface is path.points


def test_a_surface_that_moves_learns_where_it_was_at_step_0() -> None:
    surface = WanderingHills(seed=1)
    # As if the search had found next to nothing.
    surface.take_over(Found(1.0, np.zeros(2), 1.0))
    path = trace(OPTIMIZERS["adam"](learning_rate=0.05), surface, steps=100)
    assert np.array_equal(surface.loss(path.points_on_surface), path.losses)
    assert surface.lowest.known is Known.RUN and surface.lowest.loss == path.losses.min()
    assert (
        surface.loss(surface.lowest.point) == surface.lowest.loss and surface.loss(path.points[50]) != path.losses[50]
    )


# --- the point of it -----------------------------------------------------------------------------------------------


def _mean_distance(key: str, convention: str, surface: Surface) -> float:
    """How far from the lowest point a racer is on average over the second half of 200 steps, at η = 0.3."""
    path = trace(with_convention(key, convention, learning_rate=0.3), surface, steps=200)
    away = path.points_on_surface - surface.lowest.point
    return float(np.hypot(*away[100:].T).mean())


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_rmsprop_and_adam_follow_where_adagrad_falls_behind(convention: str) -> None:
    """And where the bowl stands still, Adagrad ends nearer than RMSProp, in each source's form."""
    behind = {key: _mean_distance(key, convention, gallery("moving_bowl")) for key in ("rmsprop", "adam", "adagrad")}
    assert behind["rmsprop"] < behind["adagrad"] / 3 and behind["adam"] < behind["adagrad"] / 10
    still = dataclasses.replace(gallery("moving_bowl").inner, speed=0.0)  # type: ignore[type-var]
    assert not _mean_distance("rmsprop", convention, still) < _mean_distance("adagrad", convention, still) / 3


def test_arriving_is_told_of_who_stays_at_the_moving_lowest_point() -> None:
    bowl = DriftingBowl()
    paths = race([OPTIMIZERS[key](learning_rate=0.3) for key in ("momentum", "adagrad")], bowl)
    told = events(paths)
    assert told.arrived[0] > 0 and told.valley.tolist() == [0, -1]
    # It goes along with the surface and does not rest.
    assert paths[0].outcome is not Outcome.CONVERGED
    still = race([path.racer for path in paths], dataclasses.replace(bowl, speed=0.0))
    assert [path.outcome for path in still] == [Outcome.CONVERGED] * 2


def test_a_swarm_follows_it_too() -> None:
    momentum = Racer(OPTIMIZERS["momentum"](learning_rate=0.3))
    swarm = summed_up(swarm_trace(momentum, DriftingBowl(), count=20))
    assert swarm.counts.tolist() == [20]


# --- what is shown and written -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MOVING)
@pytest.mark.parametrize("samples", [False, True])
def test_a_race_on_it_is_written_and_read_again(name: str, samples: bool) -> None:
    surface = FiniteSum(MOVING[name], samples=8) if samples else MOVING[name]
    before = Race(surface, steps=30)
    assert Race.from_url(before.to_url()) == before
    assert Race.from_json(before.to_json()) == before and Race.from_toml(before.to_toml(whole=True)) == before
    found: dict[str, object] = {}
    exec(before.to_python(), found)  # our own text, as somebody runs it who copies it
    assert found["race"] == before


def test_it_has_no_pytorch_code_and_says_so() -> None:
    with pytest.raises(BadInput, match="Drifting bowl.*gaussian_hills"):
        to_pytorch(Race(DriftingBowl()))


def test_the_picture_shows_where_the_lowest_point_is_at_each_step() -> None:
    surface, text = DriftingBowl(), words("en")
    paths = race([OPTIMIZERS["adam"]()], surface, steps=25)
    record = race_record(paths, ["Adam"], (-1.5, -1.0))
    figure = race_figure(record, contour_heights(surface), "bowl", text["figure"])
    expected = np.array([surface.centre(step) for step in range(26)])
    way = figure.plot["data"][1]
    assert (way["mode"], way["x"], way["y"]) == ("lines", "@lowest:0", "@lowest:1")
    assert figure.arrays["lowest"] == pytest.approx(expected, abs=1e-15)
    assert figure.arrays["drift"] == pytest.approx(expected - expected[0], abs=1e-15)
    for layer in figure.layers:
        if layer["kind"] in ("places", "scene"):
            assert layer["drift"] == {"x": "@drift:0", "y": "@drift:1"}
            assert layer["places"][0]["at"] == pytest.approx(expected[0])


def test_the_picture_of_what_stands_still_says_nothing_of_moving() -> None:
    surface, text = gallery("himmelblau"), words("en")
    record = race_record(race([OPTIMIZERS["adam"]()], surface, steps=5), ["Adam"], (0.0, 0.0))
    figure = race_figure(record, contour_heights(surface), "himmelblau", text["figure"])
    assert (
        record.drift is None and "drift" not in figure.arrays and not any("drift" in layer for layer in figure.layers)
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_captions_say_that_it_moves(language: str) -> None:
    text, surface = words(language), DriftingBowl()
    said = key_sentences(contour_heights(surface), text["figure"], "dark", True, moves=True)
    assert text["figure"]["key_moves"] in said
    assert text["figure"]["key_moves"] not in key_sentences(contour_heights(surface), text["figure"], "dark", True)
    moves = text["standalone"]["moves"]
    assert moves in caption(Race(surface), (0, 0), language)
    assert moves not in caption(Race(dataclasses.replace(surface, speed=0.0)), (0, 0), language)
