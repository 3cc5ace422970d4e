"""What the guide says in numbers of the methods that divide by the size of the gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import test_article
import test_conventions
import test_samples
import test_theorems
from guide_claims import BOWL, Numbers, claim, run, shown_by
from optviz import DriftingBowl, Formula, GaussianHills, Regression
from optviz.batches import batches
from optviz.conventions import CONVENTIONS, with_convention
from optviz.optimizers import Adam, State
from optviz.oracle import Oracle
from optviz.statistics.lengths import step_lengths

RARE = Regression("rare_feature", seed=0, samples=100)
HILLS = GaussianHills(seed=1)
STEEP, FLAT = 3.0, 1e-5


def of_sources(key: str, *names: str) -> list[float]:
    """The values of some fields of an optimizer in the three conventions, which the text gives one after the other."""
    return [table[key][name] for table in CONVENTIONS.values() for name in names]


def steps_along(key: str, slope: float, steps: int, **settings: Any) -> np.ndarray:
    """The lengths of steps on a constant slope."""
    return np.abs(np.diff(run(key, Formula(f"{slope}*x"), steps, start=(0.0, 0.0), **settings).points[:, 0]))


def first_step_does_not_see_the_slope(key: str, length: float, **settings: Any) -> float:
    """The length, where slopes far above √ε give it and nothing else; it is as proportional as any on a flat one."""
    for slope in (STEEP, 100 * STEEP):
        assert steps_along(key, slope, 1, **settings)[0] == pytest.approx(length, rel=1e-6)
    return length


# --- Adagrad ---------------------------------------------------------------------------------------------------------


@claim
def adagrad_rarity() -> Numbers:
    curvature = np.diag(RARE.hessian(np.zeros(2)))
    return [(RARE.data[0][:, 1] != 0).sum(), len(RARE.data[0]), curvature[0] / curvature[1]]


@claim
def adagrad_rare() -> Numbers:
    rates = {"gradient_descent": 0.05, "adagrad": 0.5}
    paths = {
        key: run(key, RARE, 400, start=(-1.0, -0.5), batch_size=1, learning_rate=rate) for key, rate in rates.items()
    }
    rare = [path.points[-1, 1] for path in paths.values()]
    lowest = RARE.lowest.point[1]
    assert abs(rare[1] - lowest) < abs(rare[0] - lowest)
    return [400, 0.05, -0.5, rare[0], 0.5, rare[1], lowest, effective_ratio()]


def effective_ratio() -> float:
    """Adagrad's effective learning rate for the rare weight, as a multiple of the other's, after 400 samples."""
    optimizer = with_convention("adagrad", learning_rate=0.5)
    point = np.array([-1.0, -0.5])
    state = optimizer.init(point)
    for batch in batches(100, 1, 400, np.asarray(0), False):
        point, state = optimizer.step(point, state, Oracle(RARE.on_batch(batch)))
    frequent, rare = state.effective_learning_rate
    return float(rare / frequent)


@claim
def adagrad_best() -> Numbers:
    test_samples.test_a_rare_feature_is_adagrads_home_ground(0)
    return [12, 1, 5]


@claim
def adagrad_root() -> Numbers:
    test_theorems.test_adagrads_steps_shrink_by_the_root_of_their_number()
    lengths = steps_along("adagrad", 2.0, 100, epsilon=1e-300)
    return [100, lengths[99] / lengths[0]]


@claim
def adagrad_stops() -> Numbers:
    path = run("adagrad", BOWL)
    lengths = step_lengths(path.points)
    assert run("gradient_descent", BOWL).losses[-1] < 1e-12
    return [0.1, 200, 1, lengths[1] / lengths[200], np.hypot(*path.points[-1])]


@claim
def adagrad_first() -> Numbers:
    first_step_does_not_see_the_slope("adagrad", 0.1)
    return []


@claim
def adagrad_sources() -> Numbers:
    assert of_sources("adagrad", "epsilon_inside") == [True, False, True]
    *named, no_epsilon, accumulator = of_sources("adagrad", "epsilon", "initial_accumulator")
    assert no_epsilon == 0
    return [*named, accumulator]


@claim
def adagrad_accumulator() -> Numbers:
    shown_by(test_conventions.test_starting_values_decide_rankings, test_article.test_seeds_that_reach_90_percent)
    return [1000, 90, test_article.REACHED["adagrad"][0], 0, test_conventions.FROM_ZERO["adagrad"]]


# --- Adadelta --------------------------------------------------------------------------------------------------------


@claim
def adadelta_first() -> Numbers:
    return [1, first_step_does_not_see_the_slope("adadelta", (1e-8 / (1 - 0.9)) ** 0.5)]


@claim
def adadelta_constant() -> Numbers:
    lengths = steps_along("adadelta", STEEP, 400)
    assert (np.diff(lengths) > 0).all()
    return [400, lengths[-1]]


@claim
def adadelta_path() -> Numbers:
    way = {key: step_lengths(run(key, HILLS, 50).points)[1:].sum() for key in ("adadelta", "adam")}
    assert way["adadelta"] < 0.01 * way["adam"]
    return [1, 50]


@claim
def adadelta_epsilon() -> Numbers:
    places = [1e-8, 1e-6, 1e-4]
    return [*places, 50, *(run("adadelta", HILLS, 50, epsilon=place).losses[-1] for place in places)]


@claim
def adadelta_sources() -> Numbers:
    return of_sources("adadelta", "rho", "epsilon")


@claim
def adadelta_factor() -> Numbers:
    article, pytorch, tensorflow = of_sources("adadelta", "learning_rate")
    assert article == pytorch
    return [article, tensorflow, tensorflow / article]


# --- RMSProp ---------------------------------------------------------------------------------------------------------


@claim
def rmsprop_drift() -> Numbers:
    bowl = DriftingBowl()
    centres = np.array([bowl.centre(step) for step in range(201)])
    moved = np.hypot(*np.diff(centres[:2], axis=0)[0])
    away = [np.hypot(*(run(key, bowl).points - centres).T)[-50:].mean() for key in ("rmsprop", "adagrad")]
    return [moved, 0.1, 50, 200, *away]


@claim
def rmsprop_cycle() -> Numbers:
    """To 3 %: the cycle is ±η/2 where E has settled, and E still takes in the last of the way here."""
    paths = {key: run(key, BOWL) for key in ("rmsprop", "adam")}
    swing = {key: np.ptp(path.points[-20:], axis=0) for key, path in paths.items()}
    assert swing["rmsprop"] == pytest.approx(0.1, rel=0.03)
    assert swing["adam"].max() < 0.1 / 100
    return [0.1, *np.abs(paths["rmsprop"].points[-1]), paths["rmsprop"].losses[-1], 0.01]


@claim
def rmsprop_half() -> Numbers:
    """A cycle of exactly ±η/2 where E is the square of the slope there: it is kept, from any other place it is not."""
    step = 0.1
    surface, optimizer = Formula("x^2 + y^2"), with_convention("rmsprop", epsilon=0.0)
    for share, kept in ((0.5, True), (0.4, False)):
        point = np.array([share * step, share * step])
        state = State(average_square=surface.gradient(point) ** 2)
        after, _ = optimizer.step(point, state, Oracle(surface))
        assert (abs(after + point) < 1e-15).all() == kept
    return [0.5]


@claim
def rmsprop_first() -> Numbers:
    lengths = [first_step_does_not_see_the_slope("rmsprop", 0.1 / (1 - rho) ** 0.5, rho=rho) for rho in (0.9, 0.99)]
    return [1, lengths[0] / 0.1, 0.9, lengths[1] / 0.1, 0.99]


@claim
def rmsprop_sources() -> Numbers:
    assert of_sources("rmsprop", "epsilon_inside") == [True, False, True]
    return of_sources("rmsprop", "rho", "epsilon", "initial_accumulator")


@claim
def rmsprop_start() -> Numbers:
    shown_by(test_conventions.test_starting_values_decide_rankings)
    medians = test_conventions.MEDIAN_STEPS
    return [1000, 0.5, 90, medians["rmsprop"], 0, test_conventions.FROM_ZERO["rmsprop"], medians["adam"]]


# --- Adam ------------------------------------------------------------------------------------------------------------


def uncorrected(steps: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """m, v and m / √v of Adam on a slope of 1, from its own averages before they are corrected, after 1 … steps."""
    point, optimizer, oracle = np.zeros(2), Adam(), Oracle(Formula("x + y"))
    state, rows = optimizer.init(point), []
    for _ in range(steps):
        point, state = optimizer.step(point, state, oracle)
        rows.append((state.mean[0], state.square_mean[0]))
    mean, square = np.array(rows).T
    return mean, square, mean / np.sqrt(square)


@claim
def adam_start() -> Numbers:
    mean, square, length = uncorrected(1000)
    return [mean[0], square[0], length[0], length.max(), 1 + length.argmax()]


@claim
def adam_bias() -> Numbers:
    """The two methods are one, but for the correction: undone, their steps are the same."""
    plain, corrected = (
        steps_along(key, STEEP, 40, epsilon=1e-300, **settings)
        for key, settings in (("rmsprop", {"rho": 0.9}), ("adam", {"beta1": 0.0, "beta2": 0.9}))
    )
    assert plain * np.sqrt(1 - 0.9 ** np.arange(1, 41)) == pytest.approx(corrected, rel=1e-12)
    assert corrected[0] == pytest.approx(0.1, rel=1e-12)
    return [0.9, plain[0] / 0.1]


@claim
def adam_first_step() -> Numbers:
    first_step_does_not_see_the_slope("adam", 0.1)
    test_conventions.test_adams_first_step_is_the_sign_only_where_the_slope_is_steep()
    return []


@claim
def adam_constant() -> Numbers:
    test_theorems.test_adam_keeps_its_first_step_on_a_constant_slope(STEEP)
    return []


@claim
def adam_flat() -> Numbers:
    share = steps_along("adam", FLAT, 1)[0] / 0.1
    assert share == pytest.approx(0.1, rel=0.01), "written as a tenth"
    return [FLAT, 1e-8, 0.1]


@claim
def adam_scale() -> Numbers:
    test_theorems.test_adaptive_methods_do_not_see_the_scale_of_the_loss("adam")
    return [4]


@claim
def adam_memory() -> Numbers:
    """The mean age of what an average is made of: the sum of k (1 − β) βᵏ⁻¹, which is 1/(1 − β)."""
    optimizer, age = Adam(), np.arange(1, 40_000)
    first, second = (
        (beta, (age * (1 - beta) * beta ** (age - 1)).sum()) for beta in (optimizer.beta1, optimizer.beta2)
    )
    return [*first, *second]


@claim
def adam_sources() -> Numbers:
    shared = {(Adam().beta1, Adam().beta2, table["adam"]["epsilon"]) for table in CONVENTIONS.values()}
    assert len(shared) == 1
    assert of_sources("adam", "epsilon_inside", "epsilon_before_correction") == [True, False, False, False, False, True]
    return next(iter(shared))


@claim
def epsilon_ratio() -> Numbers:
    """The two ratios are written with one digit, as there: 10.04 and 909."""
    ratios = {1e-5: 10, 1e-7: 900}
    for slope, ratio in ratios.items():
        test_conventions.test_on_a_plateau_the_place_of_epsilon_decides_adams_step(slope, ratio)
    return [number for pair in ratios.items() for number in pair]
