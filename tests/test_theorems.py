"""What theory says the methods must do, on quadratics and slopes whose answer is known on paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from optviz import OPTIMIZERS, GaussianHills, Optimizer, Race, Surface, gallery, gallery_names, trace
from optviz.conventions import with_convention
from optviz.oracle import Oracle
from optviz.statistics.lengths import step_lengths
from tiers import rest_is_long

# The first eigenvector; the second is at right angles. Not along the axes: a theorem is about eigenvalues.
TURNED = np.array([0.6, 0.8])


@dataclass(frozen=True)
class Quadratic(Surface):
    """½ θᵀ A θ with eigenvalues λ along (0.6, 0.8) and μ at right angles."""

    eigenvalue: float
    other: float
    turned: bool = True
    domain: tuple[float, float, float, float] = (-1.0, 1.0, -1.0, 1.0)
    title: str = "quadratic"

    @property
    def matrix(self) -> np.ndarray:
        along, across = (TURNED, TURNED[::-1] * [-1, 1]) if self.turned else np.eye(2)
        return self.eigenvalue * np.outer(along, along) + self.other * np.outer(across, across)

    def loss(self, point: np.ndarray) -> np.ndarray:
        return 0.5 * (point * self.gradient(point)).sum(axis=-1)

    def gradient(self, point: np.ndarray) -> np.ndarray:
        point = np.asarray(point, dtype=float)
        return point[..., :1] * self.matrix[0] + point[..., 1:] * self.matrix[1]

    def hessian(self, point: np.ndarray) -> np.ndarray:
        return np.broadcast_to(self.matrix, (*np.shape(point)[:-1], 2, 2))

    def loss_and_gradient(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.loss(point), self.gradient(point)


@dataclass(frozen=True)
class Scaled(Surface):
    """Another surface with its loss multiplied."""

    inner: Surface
    factor: float

    @property
    def domain(self) -> tuple[float, float, float, float]:  # type: ignore[override]
        return self.inner.domain

    title = "scaled"

    def loss(self, point: np.ndarray) -> np.ndarray:
        return self.factor * self.inner.loss(point)

    def gradient(self, point: np.ndarray) -> np.ndarray:
        return self.factor * self.inner.gradient(point)

    def hessian(self, point: np.ndarray) -> np.ndarray:
        return self.factor * self.inner.hessian(point)

    def loss_and_gradient(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.loss(point), self.gradient(point)


@dataclass(frozen=True)
class Slope(Surface):
    """g · θ: the same gradient everywhere."""

    slope: tuple[float, float]
    domain: tuple[float, float, float, float] = (-1.0, 1.0, -1.0, 1.0)
    title: str = "slope"

    def loss(self, point: np.ndarray) -> np.ndarray:
        return np.asarray(point)[..., 0] * self.slope[0] + np.asarray(point)[..., 1] * self.slope[1]

    def gradient(self, point: np.ndarray) -> np.ndarray:
        return np.broadcast_to(np.array(self.slope, dtype=float), np.shape(point))

    def hessian(self, point: np.ndarray) -> np.ndarray:
        return np.zeros((*np.shape(point), 2))

    def loss_and_gradient(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.loss(point), self.gradient(point)


def steps_on_slope(optimizer: Optimizer, slope: float, steps: int) -> np.ndarray:
    """Displacement per step along x on a constant slope."""
    return np.diff(trace(optimizer, Slope((slope, 0.0)), (0.0, 0.0), steps).points[:, 0])


# --- gradient descent ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "eigenvalue"), [(0.125, 2.0), (0.25, 1.0), (0.5, 3.0), (0.75, 2.0), (1.0, 2.0)])
def test_gradient_descent_contracts_by_exactly_one_minus_rate_times_eigenvalue(rate: float, eigenvalue: float) -> None:
    """All numbers are short binary fractions, so "exactly" means every bit."""
    surface = Quadratic(eigenvalue, 0.0, turned=False)
    x = trace(OPTIMIZERS["gradient_descent"](learning_rate=rate), surface, (1.0, 1.0), 20).points[:, 0]
    assert x.tolist() == [(1 - rate * eigenvalue) ** step for step in range(21)]


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.3])
def test_every_eigenvector_contracts_by_its_own_factor(rate: float) -> None:
    path = trace(OPTIMIZERS["gradient_descent"](learning_rate=rate), Quadratic(5.0, 0.7), (1.0, -0.5), 30)
    for direction, eigenvalue in ((TURNED, 5.0), (TURNED[::-1] * [-1, 1], 0.7)):
        along = path.points @ direction
        # Thirty roundings of a coordinate that starts at 1.
        assert along == pytest.approx(along[0] * (1 - rate * eigenvalue) ** np.arange(31), rel=0, abs=1e-14)


# --- edges of stability --------------------------------------------------------------------------------------------

EDGES = {
    "gradient_descent": lambda momentum, eigenvalue: 2 / eigenvalue,
    "momentum": lambda momentum, eigenvalue: 2 * (1 + momentum) / eigenvalue,
    "nag": lambda momentum, eigenvalue: 2 * (1 + momentum) / ((1 + 2 * momentum) * eigenvalue),
}
FORMS = [
    ("gradient_descent", {}),
    ("momentum", {"learning_rate_in_velocity": True}),
    ("momentum", {"learning_rate_in_velocity": False}),
    ("nag", {"stores_look_ahead": False}),
    ("nag", {"stores_look_ahead": True}),
]


@pytest.mark.parametrize("eigenvalue", rest_is_long([0.5, 2.0, 30.0], {2.0}))
@pytest.mark.parametrize("momentum", rest_is_long([0.0, 0.5, 0.9, 0.99], {0.0, 0.9}))
@pytest.mark.parametrize(("key", "form"), FORMS)
def test_edge_of_stability(key: str, form: dict[str, bool], momentum: float, eigenvalue: float) -> None:
    settings = form if key == "gradient_descent" else {**form, "momentum": momentum}
    edge = EDGES[key](momentum, eigenvalue)
    # One percent off the edge, γ = 0.99 settles slowest, by a factor √γ per step: 0.995^5000 = 1e-11.
    rates = edge * np.array([[0.99], [1.01]])
    inside, outside = trace(
        OPTIMIZERS[key](learning_rate=rates, **settings), Quadratic(eigenvalue, eigenvalue / 7), (0.6, 0.8), 5000
    ).points
    assert np.abs(inside[-1]).max() < 1e-6
    assert np.isnan(outside[-1]).all()


def test_the_learning_rate_between_two_edges_tells_the_methods_apart() -> None:
    """At 3/λ heavy ball still converges where gradient descent and NAG have diverged."""
    kept = {
        key: bool(
            np.isfinite(trace(OPTIMIZERS[key](learning_rate=3.0), Quadratic(1.0, 0.2), (0.5, 0.5), 5000).losses[-1])
        )
        for key in ("gradient_descent", "momentum", "nag")
    }
    assert kept == {"gradient_descent": False, "momentum": True, "nag": False}


@pytest.mark.parametrize("condition", [10, 100, 1000])
def test_the_best_momentum_is_faster_by_the_root_of_the_condition_number(condition: int) -> None:
    """Polyak's optimal heavy ball contracts by (√κ − 1)/(√κ + 1) per step, gradient descent by (κ − 1)/(κ + 1)."""
    surface, root = Quadratic(1.0, 1 / condition), np.sqrt(condition)
    best = OPTIMIZERS["momentum"](
        learning_rate=(2 / (1 + 1 / root)) ** 2, momentum=float(((root - 1) / (root + 1)) ** 2)
    )
    steps = int(6 * root)
    points = trace(best, surface, (0.5, 0.5), 2 * steps).points
    size = np.sqrt((points**2).sum(axis=-1))
    rate = (size[2 * steps] / size[steps]) ** (1 / steps)
    # A double root: t · rᵗ doubles its factor between t and 2t, which adds 2^(1/t) − 1 to the rate.
    assert rate == pytest.approx((root - 1) / (root + 1), rel=2 ** (1 / steps) - 1 + 0.01)


# --- single steps and constant slopes ------------------------------------------------------------------------------

SLOPES = (1e-7, 1e-5, 1e-4, 1e-2, 1.0, 300.0)


@pytest.mark.parametrize("slope", [*SLOPES, *(-slope for slope in SLOPES)])
def test_adams_first_step(slope: float) -> None:
    first = steps_on_slope(OPTIMIZERS["adam"](), slope, 1)[0]
    # Bias correction multiplies and divides by 1 − β: a few roundings.
    assert first == pytest.approx(-0.1 * slope / np.sqrt(slope**2 + 1e-8), rel=1e-13)


@pytest.mark.parametrize("slope", [0.01, 3.0])
def test_adam_keeps_its_first_step_on_a_constant_slope(slope: float) -> None:
    """Corrected averages of a constant are that constant, from the first step on."""
    moved = steps_on_slope(OPTIMIZERS["adam"](epsilon=1e-300), slope, 300)
    # 1 − β₂ᵗ cancels: it is known to 1e-16 / (0.001 t).
    assert moved == pytest.approx(np.full(300, -0.1), rel=1e-12)


def test_adagrads_steps_shrink_by_the_root_of_their_number() -> None:
    moved = steps_on_slope(OPTIMIZERS["adagrad"](epsilon=1e-300), 2.0, 400)
    # A coordinate of about 4 holds each difference of 0.005 to 1e-13.
    assert moved == pytest.approx(-0.1 / np.sqrt(np.arange(1, 401)), rel=1e-12)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9, 0.99])
@pytest.mark.parametrize(("key", "form"), FORMS[1:])
def test_momentum_amplifies_a_constant_slope(key: str, form: dict[str, bool], momentum: float) -> None:
    """The velocity is a sum and no average: in the long run a step is η g / (1 − γ)."""
    moved = steps_on_slope(OPTIMIZERS[key](momentum=momentum, **form), 0.5, 4000)
    assert moved[-1] == pytest.approx(-0.1 * 0.5 / (1 - momentum), rel=1e-10)


@pytest.mark.parametrize("slope", [1e-3, 1.0, 50.0])
def test_adadeltas_first_step_is_about_the_root_of_epsilon(slope: float) -> None:
    first = steps_on_slope(OPTIMIZERS["adadelta"](), slope, 1)[0]
    assert first == pytest.approx(-np.sqrt(1e-8) / np.sqrt(0.1 * slope**2 + 1e-8) * slope, rel=1e-13)
    assert abs(first) < 4e-4


@pytest.mark.parametrize("rho", [0.5, 0.9, 0.99])
def test_rmsprop_from_zero_starts_with_long_steps_and_settles_at_the_learning_rate(rho: float) -> None:
    moved = steps_on_slope(OPTIMIZERS["rmsprop"](rho=rho, epsilon=1e-300), 2.0, 4000)
    expected = -0.1 / np.sqrt(1 - rho ** np.arange(1, 4001))
    assert moved == pytest.approx(expected, rel=1e-9)


# --- invariances ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["adagrad", "rmsprop", "adam"])
def test_adaptive_methods_do_not_see_the_scale_of_the_loss(key: str) -> None:
    """Loss × 4 and ε × 16: a power of two changes no digit, so the paths are equal bit for bit."""
    surface = GaussianHills(seed=1)
    plain = trace(OPTIMIZERS[key](epsilon=1e-8), surface, (1.0, 1.0), 100)
    scaled = trace(OPTIMIZERS[key](epsilon=16e-8), Scaled(surface, 4.0), (1.0, 1.0), 100)
    assert plain.points.tobytes() == scaled.points.tobytes()
    assert (plain.points[0] != plain.points[-1]).all()


@pytest.mark.parametrize("key", ["gradient_descent", "momentum", "nag"])
def test_the_others_trade_the_scale_of_the_loss_for_the_learning_rate(key: str) -> None:
    surface = GaussianHills(seed=1)
    steep = trace(OPTIMIZERS[key](learning_rate=0.1), Scaled(surface, 4.0), (1.0, 1.0), 100)
    fast = trace(OPTIMIZERS[key](learning_rate=0.4), surface, (1.0, 1.0), 100)
    assert steep.points.tobytes() == fast.points.tobytes()


def test_without_memory_momentum_and_nag_are_gradient_descent() -> None:
    surface = GaussianHills(seed=1)
    plain = trace(OPTIMIZERS["gradient_descent"](), surface, steps=100).points
    for key, form in FORMS[1:]:
        assert trace(OPTIMIZERS[key](momentum=0.0, **form), surface, steps=100).points.tobytes() == plain.tobytes()


def test_gradient_descent_is_the_same_in_turned_coordinates_and_adagrad_is_not() -> None:
    """Methods that divide per axis depend on the axes; gradient descent does not."""
    turn = np.array([[0.6, 0.8], [-0.8, 0.6]])
    start = np.array([0.5, 0.3])

    def apart(key: str) -> float:
        straight = trace(OPTIMIZERS[key](), Quadratic(5.0, 0.7, turned=False), start, 50).points
        turned = trace(OPTIMIZERS[key](), Quadratic(5.0, 0.7), start @ turn, 50).points
        return float(np.abs(straight @ turn - turned).max())

    assert max(apart(key) for key in ("gradient_descent", "momentum", "nag")) < 1e-14
    assert min(apart(key) for key in ("adagrad", "adadelta", "rmsprop", "adam")) > 1e-4


def test_the_hessian_of_the_oracle_is_the_surfaces() -> None:
    oracle, point = Oracle(Quadratic(5.0, 0.7)), np.array([0.1, 0.2])
    assert np.linalg.eigvalsh(oracle.hessian(point)) == pytest.approx([0.7, 5.0])
    assert oracle.loss(point) == Quadratic(5.0, 0.7).loss(point)
    oracle.gradient(point)
    assert (oracle.loss_evaluations, oracle.gradient_evaluations, oracle.hessian_evaluations) == (1, 1, 1)


# --- what the docstrings say of first and last steps ------------------------------------------------------------------

STEEP = (-3.0, 200.0)


@pytest.mark.parametrize(
    ("kind", "settings", "length"),
    [
        ("adam", {"learning_rate": 0.02}, 0.02),
        ("rmsprop", {"learning_rate": 0.02, "rho": 0.9}, 0.02 / 0.1**0.5),
        ("rmsprop", {"learning_rate": 0.02, "rho": 0.99}, 0.02 / 0.01**0.5),
        ("adagrad", {"learning_rate": 0.02}, 0.02),
        ("adadelta", {"rho": 0.9}, (1e-8 / 0.1) ** 0.5),
        ("adadelta", {"rho": 0.95, "epsilon": 1e-6}, (1e-6 / 0.05) ** 0.5),
    ],
)
def test_the_first_step_from_empty_averages(kind: str, settings: dict[str, Any], length: float) -> None:
    """Whatever the gradient, where its square is far above ε: to a relative ε / g² / 2 < 1e-7, times 1 / (1 − ρ)."""
    path = trace(OPTIMIZERS[kind](**settings), Slope(STEEP), (0.0, 0.0), 1)
    assert path.points[1] == pytest.approx(-np.sign(STEEP) * length, rel=2e-6)


def test_momentum_amplifies_a_constant_gradient() -> None:
    """In the long run a step is η ∇J / (1 − γ): what is missing after t steps is γᵗ, here 0.9^400 = 5e-19."""
    for kind in ("momentum", "nag"):
        path = trace(OPTIMIZERS[kind](learning_rate=0.02, momentum=0.9), Slope(STEEP), (0.0, 0.0), 400)
        assert path.points[-1] - path.points[-2] == pytest.approx(-0.02 * np.array(STEEP) / (1 - 0.9), rel=1e-11)


# --- what the page says of the lengths of steps ---------------------------------------------------------------------


def factors(key: str, steps: int = 200) -> np.ndarray:
    """The learning rate of each axis (steps, 2), divided as the method does, in the article's race."""
    optimizer, oracle = with_convention(key, "tensorflow1"), Oracle(GaussianHills(seed=1))
    point = GaussianHills(seed=1).suggested_start
    state, rows = optimizer.init(point), []
    for _ in range(steps):
        point, state = optimizer.step(point, state, oracle)
        rows.append(state.effective_learning_rate)
    return np.array(rows)


def test_adagrads_factor_of_an_axis_only_shrinks_and_rmsprops_can_grow_again() -> None:
    assert (np.diff(factors("adagrad"), axis=0) <= 0).all()
    assert (np.diff(factors("rmsprop"), axis=0) > 0).any()


@pytest.mark.parametrize("convention", rest_is_long(["tensorflow1", "article"], {"tensorflow1"}))
def test_rmsprops_steps_often_stay_near_the_learning_rate_and_adagrads_end_far_shorter_than_its_longest(
    convention: str,
) -> None:
    """Often: at least half of 200 steps, near: up to a factor of 3; far shorter: to a tenth, on every surface."""
    races = [Race(), *(Race().on_surface(gallery(name)) for name in gallery_names())]
    for race in races:
        rate = race.shared_learning_rate
        assert rate is not None
        lengths = {
            key: step_lengths(trace(with_convention(key, convention, learning_rate=rate), race.bare_surface).points)[1:]
            for key in ("rmsprop", "adagrad")
        }
        near = (lengths["rmsprop"] > rate / 3) & (lengths["rmsprop"] < 3 * rate)
        assert near.mean() >= 0.5, race.bare_surface
        assert lengths["adagrad"][-1] <= lengths["adagrad"].max() / 10, race.bare_surface
