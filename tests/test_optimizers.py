"""The contract of an optimizer, over all configured optimizers and a surface of each family."""

from __future__ import annotations

import dataclasses
import pickle
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from cases import CONFIGURED, FEW_SURFACES, LEADING_AXES, STACKS, points_in
from optviz import OPTIMIZERS, BadInput, Formula, GaussianHills, Optimizer, State, hyper, trace
from optviz.experiment import ARTICLE_OPTIMIZERS
from optviz.oracle import Oracle
from tiers import rest_is_long

STEPS = 12
HILLS = GaussianHills(seed=1)
NUMERIC = [
    (key, name)
    for key, kind in OPTIMIZERS.items()
    for name in kind.hyperparameters()
    if not isinstance(getattr(kind(), name), bool)
]


def frozen_array(array: np.ndarray) -> np.ndarray:
    """A copy that raises when written to."""
    array = array.copy()
    array.flags.writeable = False
    return array


def frozen_state(state: State) -> State:
    return State(**{name: frozen_array(value) if isinstance(value, np.ndarray) else value for name, value in state})


def bits(state: State) -> dict[str, bytes]:
    return {name: np.asarray(value).tobytes() for name, value in state}


@pytest.mark.parametrize("surface", FEW_SURFACES)
@pytest.mark.parametrize("name", CONFIGURED)
def test_steps_have_the_shape_of_their_points(name: str, surface: str) -> None:
    optimizer = CONFIGURED[name]
    for leading in LEADING_AXES:
        point = points_in(FEW_SURFACES[surface], leading)
        state = optimizer.init(point)
        for _ in range(3):
            point, state = optimizer.step(point, state, Oracle(FEW_SURFACES[surface]))
            assert point.shape == (*leading, 2)
            assert point.dtype == np.float64
            assert np.isfinite(point).all()
            assert {np.shape(value) for _, value in state} <= {(), (*leading, 2)}


@pytest.mark.parametrize("surface", FEW_SURFACES)
@pytest.mark.parametrize("name", CONFIGURED)
def test_a_step_is_a_pure_function(name: str, surface: str) -> None:
    """Read-only inputs survive, a second call gives the same bits, and the arguments still hold what they held."""
    optimizer = CONFIGURED[name]
    point = frozen_array(points_in(FEW_SURFACES[surface], (5,)))
    state = frozen_state(optimizer.init(point))
    for _ in range(3):
        point_before, state_before = point.tobytes(), bits(state)
        moved, after = optimizer.step(point, state, Oracle(FEW_SURFACES[surface]))
        again, after_again = optimizer.step(point, state, Oracle(FEW_SURFACES[surface]))
        assert moved.tobytes() == again.tobytes()
        assert bits(after) == bits(after_again)
        assert (point.tobytes(), bits(state)) == (point_before, state_before)
        assert moved.tobytes() != point_before
        point, state = frozen_array(moved), frozen_state(after)


@pytest.mark.parametrize("surface", FEW_SURFACES)
@pytest.mark.parametrize("name", CONFIGURED)
def test_many_starts_equal_single_starts_bitwise(name: str, surface: str) -> None:
    starts = points_in(FEW_SURFACES[surface], (3, 2), seed=1)
    together = trace(CONFIGURED[name], FEW_SURFACES[surface], starts, STEPS)
    for index in np.ndindex(3, 2):
        alone = trace(CONFIGURED[name], FEW_SURFACES[surface], starts[index], STEPS)
        assert together.points[index].tobytes() == alone.points.tobytes()
        assert together.losses[index].tobytes() == alone.losses.tobytes()


@pytest.mark.parametrize("stack", rest_is_long(STACKS, {"hills", "rugged noise in a bowl"}))
@pytest.mark.parametrize("name", CONFIGURED)
def test_a_stack_equals_its_singles_bitwise(name: str, stack: str) -> None:
    together = trace(CONFIGURED[name], STACKS[stack], steps=STEPS)
    for index, surface in enumerate(STACKS[stack].singles()):
        alone = trace(CONFIGURED[name], surface, steps=STEPS)
        assert together.points[index].tobytes() == alone.points.tobytes()
        assert together.losses[index].tobytes() == alone.losses.tobytes()
        assert together.outcome[index] == alone.outcome


@pytest.mark.parametrize("surface", FEW_SURFACES)
@pytest.mark.parametrize(("key", "name"), NUMERIC)
def test_an_array_of_hyperparameters_equals_single_runs_bitwise(key: str, name: str, surface: str) -> None:
    parameter = OPTIMIZERS[key].hyperparameters()[name]
    assert parameter.slider is not None
    low, high = parameter.slider
    values = low + (high - low) * np.array([0.0, 0.123, 0.5, 0.877, 1.0])
    if name == "initial_accumulator":
        values = values + 0.1
    together = trace(OPTIMIZERS[key](**{name: values[:, None]}), FEW_SURFACES[surface], steps=STEPS)
    assert together.points.shape == (5, STEPS + 1, 2)
    for index, value in enumerate(values):
        alone = trace(OPTIMIZERS[key](**{name: value}), FEW_SURFACES[surface], steps=STEPS)
        assert together.points[index].tobytes() == alone.points.tobytes()


def test_arrays_of_two_hyperparameters_make_a_map() -> None:
    rates, momenta = np.array([0.03, 0.1, 0.3]), np.array([0.0, 0.9])
    together = trace(OPTIMIZERS["momentum"](rates[:, None, None], momenta[:, None]), HILLS, steps=STEPS)
    assert together.points.shape == (3, 2, STEPS + 1, 2)
    for row, column in np.ndindex(3, 2):
        alone = trace(OPTIMIZERS["momentum"](rates[row], momenta[column]), HILLS, steps=STEPS)
        assert together.points[row, column].tobytes() == alone.points.tobytes()


def test_hyperparameters_per_surface_of_a_stack() -> None:
    stack = STACKS["hills"]
    rates = np.linspace(0.01, 0.3, len(list(stack.singles())))
    together = trace(OPTIMIZERS["adam"](learning_rate=rates[:, None]), stack, steps=STEPS)
    for index, surface in enumerate(stack.singles()):
        alone = trace(OPTIMIZERS["adam"](learning_rate=rates[index]), surface, steps=STEPS)
        assert together.points[index].tobytes() == alone.points.tobytes()


@pytest.mark.parametrize(("key", "name"), NUMERIC)
@pytest.mark.parametrize("count", [2, 3])
def test_a_bare_array_of_hyperparameters_is_refused(key: str, name: str, count: int) -> None:
    """K = 2 is the treacherous one: it would broadcast, and scale x and y separately."""
    for bare in (np.full(count, 0.5), [0.5] * count, (0.5,) * count, np.full((3, count), 0.5)):
        with pytest.raises(BadInput, match=rf"{name} has shape \((3, )?{count},?\).*\(K, 1\)"):
            OPTIMIZERS[key](**{name: bare})


def test_the_array_of_a_hyperparameter_is_a_copy_that_cannot_change() -> None:
    rates = np.array([[0.1], [0.2]])
    optimizer = OPTIMIZERS["adam"](learning_rate=rates)
    rates[:] = 5
    assert optimizer.learning_rate.tolist() == [[0.1], [0.2]]
    with pytest.raises(ValueError, match="read-only"):
        optimizer.learning_rate[0] = 5


HUGE = 10**400
BAD_SETTINGS: list[tuple[str, dict[str, Any], str, str]] = [
    *(
        (key, {"learning_rate": value}, told, "0 < learning_rate")
        for key in OPTIMIZERS
        for value, told in [(0, "= 0"), (-0.1, "-0.1"), (float("nan"), "nan"), (float("inf"), "inf"), (True, "True")]
    ),
    ("adam", {"learning_rate": "0.1"}, "0.1", "0 < learning_rate"),
    ("adam", {"learning_rate": None}, "None", "0 < learning_rate"),
    ("adam", {"learning_rate": 0.1j}, "0.1j", "0 < learning_rate"),
    ("adam", {"learning_rate": HUGE}, "10^309", "0 < learning_rate"),
    ("adam", {"learning_rate": b"1"}, "1", "0 < learning_rate"),
    ("adam", {"learning_rate": [[0.1], [-1.0]]}, "-1.0", "0 < learning_rate"),
    ("adam", {"learning_rate": [[0.1], [float("nan")]]}, "nan", "0 < learning_rate"),
    ("adam", {"learning_rate": [[0.1], ["x"]]}, "x", "0 < learning_rate"),
    ("adam", {"learning_rate": [[0.1], [0.1, 0.2]]}, "0.2", "0 < learning_rate"),
    ("adam", {"learning_rate": [[True], [False]]}, "True", "0 < learning_rate"),
    ("adam", {"learning_rate": [["0.1"], ["0.2"]]}, "0.1", "0 < learning_rate"),
    ("adam", {"learning_rate": np.array(["0.1"])}, "0.1", "0 < learning_rate"),
    ("adam", {"learning_rate": []}, "(0,)", "(K, 1)"),
    ("adam", {"beta1": 1}, "= 1", "0 ≤ beta1 < 1"),
    ("adam", {"beta1": -1e-9}, "-1e-09", "0 ≤ beta1 < 1"),
    ("adam", {"beta2": 1.0}, "1.0", "0 ≤ beta2 < 1"),
    ("adam", {"beta2": [[0.9], [1.5]]}, "1.5", "0 ≤ beta2 < 1"),
    ("adam", {"epsilon": 0}, "= 0", "0 < epsilon"),
    ("adam", {"epsilon_inside": 1}, "= 1", "true, false"),
    ("adam", {"epsilon_inside": "yes"}, "yes", "true, false"),
    ("adam", {"epsilon_before_correction": None}, "None", "true, false"),
    ("momentum", {"momentum": 1}, "= 1", "0 ≤ momentum < 1"),
    ("momentum", {"learning_rate_in_velocity": 0}, "= 0", "true, false"),
    ("nag", {"momentum": -0.5}, "-0.5", "0 ≤ momentum < 1"),
    ("nag", {"stores_look_ahead": np.array([[True]])}, "True", "true, false"),
    ("adagrad", {"epsilon": -1e-8}, "-1e-08", "0 ≤ epsilon"),
    ("adagrad", {"initial_accumulator": -0.1}, "-0.1", "0 ≤ initial_accumulator"),
    ("adadelta", {"rho": 1}, "= 1", "0 ≤ rho < 1"),
    ("adadelta", {"epsilon": 0}, "= 0", "0 < epsilon"),
    ("rmsprop", {"rho": 1.5}, "1.5", "0 ≤ rho < 1"),
]


@pytest.mark.parametrize(("key", "settings", "value", "allowed"), BAD_SETTINGS)
def test_bad_settings_are_refused_with_value_and_range(
    key: str, settings: dict[str, Any], value: str, allowed: str
) -> None:
    with pytest.raises(BadInput) as problem:
        OPTIMIZERS[key](**settings)
    sentence = str(problem.value)
    assert isinstance(problem.value, ValueError)
    assert value in sentence
    assert allowed in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")


GOOD_SETTINGS: list[tuple[str, dict[str, Any]]] = [
    ("adam", {"learning_rate": 5e-324, "beta1": 0, "beta2": 0.0, "epsilon": 1e300}),
    ("adam", {"learning_rate": np.float32(0.1), "beta1": np.int64(0)}),
    ("adam", {"learning_rate": np.array(0.1), "epsilon_inside": np.bool_(False)}),
    ("momentum", {"learning_rate": 1000, "momentum": 0.999999}),
    ("adagrad", {"epsilon": 0, "initial_accumulator": 0.1}),
    ("rmsprop", {"epsilon": 1e-8, "initial_accumulator": 0}),
]


@pytest.mark.parametrize(("key", "settings"), GOOD_SETTINGS)
def test_settings_at_the_edge_of_their_range_are_taken_as_plain_numbers(key: str, settings: dict[str, Any]) -> None:
    optimizer = OPTIMIZERS[key](**settings)
    for name, value in settings.items():
        assert getattr(optimizer, name) == value
        assert type(getattr(optimizer, name)) in (float, bool)


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_an_optimizer_is_a_frozen_value(key: str) -> None:
    optimizer = OPTIMIZERS[key]()
    with pytest.raises(dataclasses.FrozenInstanceError):
        optimizer.learning_rate = 0.5  # type: ignore[attr-defined]
    changed = dataclasses.replace(optimizer, learning_rate=0.5)  # type: ignore[type-var]
    assert changed != optimizer == OPTIMIZERS[key]()
    assert hash(optimizer) == hash(OPTIMIZERS[key]())
    assert pickle.loads(pickle.dumps(changed)) == changed


def test_a_state_is_a_value() -> None:
    state = State(velocity=1.0)
    with pytest.raises(AttributeError, match="velocity"):
        state.velocity = 2.0  # type: ignore[misc]
    with pytest.raises(AttributeError, match=r"speed.*velocity"):
        _ = state.speed
    assert dict(state) == {"velocity": 1.0}
    assert dict(pickle.loads(pickle.dumps(state))) == {"velocity": 1.0}


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_sliders_symbols_and_documentation(key: str) -> None:
    kind = OPTIMIZERS[key]
    assert next(iter(kind.hyperparameters())) == "learning_rate"
    assert [field.name for field in dataclasses.fields(kind)] == list(kind.hyperparameters())
    for name, parameter in kind.hyperparameters().items():
        default = getattr(kind(), name)
        if isinstance(default, bool):
            assert parameter.structural
            continue
        assert parameter.symbol
        assert parameter.slider is not None
        assert parameter.contains(parameter.slider)
        assert parameter.slider[0] <= default <= parameter.slider[1]
        assert not parameter.log or parameter.slider[0] > 0
    documentation = kind.__doc__ or ""
    assert "←" in documentation
    assert re.search(r"\b(1[89]|20)\d\d\b", documentation), "the year in which it was published"


def test_only_adadelta_has_no_learning_rate_of_its_own() -> None:
    assert [key for key in ARTICLE_OPTIMIZERS if not OPTIMIZERS[key].has_own_learning_rate] == ["adadelta"]


@dataclass(frozen=True)
class SignDescent(Optimizer):
    """What a researcher would write: a rule of their own, θ ← θ − η sign(g)."""

    learning_rate: float = hyper(0.1, above=0)

    def init(self, point: np.ndarray) -> State:
        return State()

    def step(self, point: np.ndarray, state: State, oracle: Any) -> tuple[np.ndarray, State]:
        return point - self.learning_rate * np.sign(oracle.gradient(point)), State()


def test_a_rule_of_ones_own_runs_like_the_others() -> None:
    path = trace(SignDescent(learning_rate=[[0.1], [0.01]]), STACKS["hills"].single(1), (0.5, 0.5), 3)
    assert np.abs(np.diff(path.points, axis=1)) == pytest.approx(
        np.array([0.1, 0.01])[:, None, None] * np.ones((2, 3, 2)), rel=1e-13
    )
    assert path.racer.key == "signdescent"
    with pytest.raises(BadInput, match="0 < learning_rate"):
        SignDescent(learning_rate=0)


@pytest.mark.parametrize("key", ["adagrad", "rmsprop"])
def test_an_axis_without_gradient_stays_where_it_is_even_with_nothing_in_the_denominator(key: str) -> None:
    optimizer = OPTIMIZERS[key](epsilon=0, initial_accumulator=0)
    path = trace(optimizer, Formula("x^2 + 0*y"), start=(1.0, 0.5), steps=20)
    assert np.all(path.points[:, 1] == 0.5)
    assert np.all(np.isfinite(path.points))
    assert path.points[-1, 0] < 1
