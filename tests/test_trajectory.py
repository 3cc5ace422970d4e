"""trace and race: what goes in, what comes out, and what is refused."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from cases import CONFIGURED, FEW_SURFACES, STACKS, SURFACES
from optviz import (
    OPTIMIZERS,
    BadInput,
    FiniteSum,
    Formula,
    GaussianHills,
    Racer,
    Regression,
    SmoothedNoise,
    Surface,
    race,
    trace,
    with_convention,
)
from optviz.outcome import Outcome
from tiers import few_are_quick

HILLS = GaussianHills(seed=1)
ADAM = OPTIMIZERS["adam"]()


def test_a_trajectory() -> None:
    path = trace(ADAM, HILLS, (1.0, -0.5), 25)
    assert path.points.shape == (26, 2)
    assert path.losses.shape == (26,)
    assert path.points[0].tolist() == [1.0, -0.5]
    assert path.steps == 25
    assert path.racer == Racer(ADAM)
    assert path.surface is HILLS
    assert path.diverged_at == -1
    assert type(path.diverged_at) is int
    assert isinstance(path.outcome, Outcome)


def test_the_defaults_are_two_hundred_steps_from_the_suggested_start() -> None:
    path = trace(ADAM, HILLS)
    assert path.steps == 200
    assert path.points[0].tobytes() == HILLS.suggested_start.tobytes() == HILLS.peak().tobytes()


def test_a_bare_optimizer_and_its_racer_run_alike() -> None:
    assert (
        trace(ADAM, HILLS, steps=5).points.tobytes() == trace(Racer(ADAM, label="a"), HILLS, steps=5).points.tobytes()
    )


def test_the_steps_are_the_optimizers_steps() -> None:
    point, rate = np.array([1.0, -0.5]), 0.25
    path = trace(OPTIMIZERS["gradient_descent"](learning_rate=rate), HILLS, point, 5)
    for step in range(5):
        assert path.points[step].tobytes() == point.tobytes()
        point = point - rate * HILLS.gradient(point)


@pytest.mark.parametrize("surface", FEW_SURFACES)
@pytest.mark.parametrize("key", OPTIMIZERS)
def test_losses_are_the_full_loss_at_the_points_bitwise(key: str, surface: str) -> None:
    path = trace(OPTIMIZERS[key](), FEW_SURFACES[surface], steps=60)
    assert path.losses.tobytes() == np.asarray(FEW_SURFACES[surface].loss(path.points)).tobytes()


def test_the_same_again_bitwise() -> None:
    first, second = (trace(ADAM, SmoothedNoise(seed=3), steps=50) for _ in range(2))
    assert first.points.tobytes() == second.points.tobytes()
    assert first.losses.tobytes() == second.losses.tobytes()


def test_a_longer_run_begins_as_the_shorter_one() -> None:
    short, long = trace(ADAM, HILLS, steps=30), trace(ADAM, HILLS, steps=31)
    assert long.points[:31].tobytes() == short.points.tobytes()


def test_results_cannot_be_changed() -> None:
    path = trace(ADAM, HILLS, steps=3)
    for array in (path.points, path.losses):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    with pytest.raises(AttributeError):
        path.points = path.points[:1]  # type: ignore[misc]


def test_the_start_is_copied() -> None:
    start = np.array([1.0, 1.0])
    path = trace(ADAM, HILLS, start, 3)
    start[:] = 7
    assert path.points[0].tolist() == [1.0, 1.0]


@pytest.mark.parametrize("steps", [1, 2, 5000, np.int64(7), 7.0])
def test_steps(steps: Any) -> None:
    assert trace(ADAM, HILLS, steps=steps).points.shape == (int(steps) + 1, 2)


BAD_STEPS: list[Any] = [0, -1, 5001, 10**400, 1.5, float("nan"), float("inf"), "x", "200", None, True, [5], 5j]


@pytest.mark.parametrize("steps", BAD_STEPS, ids=repr)
def test_bad_steps_are_refused(steps: Any) -> None:
    with pytest.raises(BadInput, match=r"^steps = .*1 ≤ steps ≤ 5,000\.$"):
        trace(ADAM, HILLS, steps=steps)


BAD_STARTS: list[Any] = [
    (1,),
    (1, 2, 3),
    (),
    5,
    "12",
    "ab",
    {"x": 1},
    (None, 1),
    ("x", 1),
    (float("nan"), 0),
    (0, float("inf")),
    (0, 1e10),
    (10**400, 0),
    [[1, 2], [3]],
    [[1, 2, 3]],
    np.zeros((2, 3)),
    (1j, 0),
    ("1", "2"),
    (True, False),
    ...,
]


@pytest.mark.parametrize("start", BAD_STARTS, ids=lambda start: repr(start)[:30])
def test_bad_starts_are_refused(start: Any) -> None:
    with pytest.raises(BadInput, match=r"^start = .*two finite numbers.*\.$"):
        trace(ADAM, HILLS, start)


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, "x", None, True], ids=repr)
def test_bad_batch_seeds_are_refused(seed: Any) -> None:
    with pytest.raises(BadInput, match=r"^seed = .*4,294,967,295"):
        trace(ADAM, HILLS, seed=seed)


@pytest.mark.parametrize("batch_size", [1, 32])
def test_a_batch_size_needs_samples(batch_size: int) -> None:
    with pytest.raises(BadInput, match=rf"^batch_size = {batch_size} .*Gaussian hills, seed 1 has none\.$"):
        trace(Racer(ADAM, batch_size=batch_size), HILLS)


@pytest.mark.parametrize("batch_size", [0, -1, 1.5, "x", True, 10**9], ids=repr)
def test_bad_batch_sizes_are_refused(batch_size: Any) -> None:
    with pytest.raises(BadInput, match=r"^batch_size = .*1 ≤ batch_size ≤ 1,000,000"):
        Racer(ADAM, batch_size=batch_size)


@pytest.mark.parametrize("optimizer", ["adam", None, OPTIMIZERS["adam"], 5], ids=repr)
def test_what_is_not_an_optimizer_is_refused(optimizer: Any) -> None:
    with pytest.raises(BadInput, match=r"^optimizer .*such as optviz\.OPTIMIZERS"):
        trace(optimizer, HILLS)


@pytest.mark.parametrize("label", ["", "  ", "a\nb", "a\x00", "\u202e", 5, "x" * 41], ids=repr)
def test_bad_labels_are_refused(label: Any) -> None:
    with pytest.raises(BadInput, match=r"^label .*1 … 40"):
        Racer(ADAM, label=label)


@pytest.mark.parametrize("label", ["Adam, η = 0.3", "亚当", "x" * 40, "=1+1", "<b>bold</b>", "a--b~c%2D"])
def test_labels(label: str) -> None:
    assert Racer(ADAM, label=label).label == label


@pytest.mark.parametrize("key", OPTIMIZERS)
@pytest.mark.parametrize("convention", ["article", "pytorch", "tensorflow1"])
def test_each_step_asks_for_one_gradient(key: str, convention: str) -> None:
    path = trace(with_convention(key, convention), HILLS, steps=17)
    assert path.gradient_evaluations == 17


BROADCASTS: list[tuple[Any, Any, Any, tuple[int, ...]]] = [
    # start, learning rate, surface, leading axes
    (None, 0.1, HILLS, ()),
    ((0, 0), [[0.1], [0.2], [0.3]], HILLS, (3,)),
    (np.zeros((4, 2)), 0.1, HILLS, (4,)),
    (np.zeros((4, 2)), np.full((4, 1), 0.1), HILLS, (4,)),
    (np.zeros((4, 1, 2)), np.full((3, 1), 0.1), HILLS, (4, 3)),
    (np.zeros((2, 2)), np.full((3, 1, 1), 0.1), HILLS, (3, 2)),
    (None, 0.1, STACKS["hills"], (5,)),
    ((0, 0), 0.1, STACKS["hills"], (5,)),
    (np.zeros((4, 1, 2)), 0.1, STACKS["hills"], (4, 5)),
    (None, np.full((3, 1, 1), 0.1), STACKS["noise"], (3, 5)),
    (np.zeros((4, 1, 1, 2)), np.full((3, 1, 1), 0.1), STACKS["noise"], (4, 3, 5)),
    (np.zeros((0, 2)), 0.1, HILLS, (0,)),
]


@pytest.mark.parametrize("key", ["gradient_descent", "nag", "adam"])
@pytest.mark.parametrize(("start", "rate", "surface", "leading"), BROADCASTS)
def test_leading_axes_broadcast(start: Any, rate: Any, surface: Any, leading: tuple[int, ...], key: str) -> None:
    path = trace(OPTIMIZERS[key](learning_rate=rate), surface, start, 4)
    assert path.points.shape == (*leading, 5, 2)
    assert path.losses.shape == (*leading, 5)
    assert np.shape(path.diverged_at) == leading
    assert np.shape(path.outcome) == leading
    assert np.isfinite(path.losses).all()


def test_axes_that_do_not_fit_are_an_error() -> None:
    with pytest.raises(ValueError, match="broadcast"):
        trace(OPTIMIZERS["adam"](learning_rate=[[0.1], [0.2]]), HILLS, np.zeros((3, 2)))


SUMS = {
    "a sum": FiniteSum(HILLS, samples=16),
    "a sum, drawn with replacement": FiniteSum(SURFACES["rugged noise"], samples=16, replacement=True),
    "a regression": Regression("network", seed=2, samples=40),
}


def assert_same_numbers(racers: list[Racer], surface: Surface, *settings: Any) -> None:
    paths = race(racers, surface, *settings)
    assert [path.racer for path in paths] == racers
    for racer, path in zip(racers, paths, strict=True):
        alone = trace(racer, surface, *settings)
        assert path.points.tobytes() == alone.points.tobytes()
        assert path.losses.tobytes() == alone.losses.tobytes()
        assert np.array_equal(path.diverged_at, alone.diverged_at)
        assert path.gradient_evaluations == alone.gradient_evaluations
        assert not path.points.flags.writeable
        whole = path.points if path.points.base is None else path.points.base
        assert whole.nbytes == path.points.nbytes, "it keeps nothing else in memory"


@pytest.mark.parametrize("surface", few_are_quick(SURFACES, 6))
def test_a_race_has_the_numbers_of_its_traces_bitwise(surface: str) -> None:
    racers = [Racer(optimizer) for optimizer in CONFIGURED.values()]
    assert_same_numbers(racers, SURFACES[surface], SURFACES[surface].suggested_start, 40)


@pytest.mark.parametrize("surface", SUMS)
def test_so_has_a_race_on_batches_of_several_sizes(surface: str) -> None:
    racers = [Racer(kind(), size) for size in (None, 1, 5, 16) for kind in OPTIMIZERS.values()]
    assert_same_numbers([*racers, Racer(ADAM, 7)], SUMS[surface], (0.3, 0.4), 30, 3)


def test_so_has_a_race_of_sweeps_of_stacks_and_of_seeds() -> None:
    sweep = Racer(OPTIMIZERS["adam"](learning_rate=[[0.1], [0.2]]))
    racers = [Racer(kind()) for kind in OPTIMIZERS.values()]
    assert_same_numbers([*racers, sweep, racers[0]], HILLS, (0.3, 0.4), 20)
    assert_same_numbers(racers, STACKS["noise"], None, 20)
    assert_same_numbers(racers, HILLS, [(0.3, 0.4), (1.0, 1.0)], 20)
    assert_same_numbers([Racer(ADAM, 3), Racer(racers[0].optimizer, 3)], SUMS["a sum"], (0.3, 0.4), 20, [1, 2, 3])


@pytest.mark.parametrize("racers", [[ADAM, ADAM], [Racer(ADAM, 2), Racer(ADAM, 2)]], ids=["all", "batches"])
@pytest.mark.parametrize(("steps", "start", "seed"), [(0, None, 0), (5, (np.nan, 0), 0), (5, None, -1)])
def test_a_race_refuses_what_its_traces_refuse(racers: Any, steps: Any, start: Any, seed: Any) -> None:
    for surface in (HILLS, SUMS["a sum"]):
        with pytest.raises(BadInput) as alone:
            trace(racers[0], surface, start, steps, seed)
        with pytest.raises(BadInput, match=re.escape(str(alone.value))):
            race(racers, surface, start, steps, seed)


def test_all_racers_of_a_race_start_together() -> None:
    paths = race([kind() for kind in OPTIMIZERS.values()], STACKS["noise"], steps=2)
    assert {path.points[:, 0].tobytes() for path in paths} == {STACKS["noise"].peak().tobytes()}


def test_the_lines_of_the_design() -> None:
    surface = Formula("(1-x)**2 + 100*(y-x**2)**2", domain=(-2, 2, -1, 3))
    path = trace(OPTIMIZERS["adam"](learning_rate=0.1), surface, start=(1.0, 1.0), steps=200)
    assert path.points.tolist() == [[1.0, 1.0]] * 201
    assert path.losses.tolist() == [0.0] * 201
    assert path.outcome is Outcome.CONVERGED
