"""What the guide says in numbers of the methods that divide by the size of the gradient."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import test_conventions
import test_samples
import test_theorems
from guide_claims import Numbers, claim, run, shown
from optviz import DriftingBowl, Formula, Regression, Trajectory, trace
from optviz.batches import batches
from optviz.conventions import CONVENTIONS, with_convention
from optviz.optimizers import Adam, State
from optviz.oracle import Oracle
from optviz.statistics import best_reached, steps_to_drop
from optviz.statistics.lengths import step_lengths
from thousand_races import thousand_races

RARE = Regression("rare_feature", seed=0, samples=100)
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
    descent, adagrad = paths = shown("adagrad_sparse")
    assert [path.racer.batch_size for path in paths] == [1, 1] and descent.surface == RARE
    rates = [path.racer.optimizer.own_learning_rate for path in paths]
    rare, lowest = [path.points[-1, 1] for path in paths], RARE.lowest.point[1]
    assert abs(rare[1] - lowest) < abs(rare[0] - lowest)
    return [
        adagrad.steps,
        rates[0],
        adagrad.points[0, 1],
        rare[0],
        rates[1],
        rare[1],
        lowest,
        ratio_at_the_end(adagrad),
    ]


def ratio_at_the_end(path: Trajectory) -> float:
    """Adagrad's effective learning rate for the rare weight, as a multiple of the other's, after all steps."""
    optimizer, point = path.racer.optimizer, path.points[0]
    state = optimizer.init(point)
    for batch in batches(100, 1, path.steps, np.asarray(0), False):
        point, state = optimizer.step(point, state, Oracle(RARE.on_batch(batch)))
    assert point == pytest.approx(path.points[-1], rel=1e-12)
    frequent, rare = state.effective_learning_rate
    return float(rare / frequent)


@claim
def adagrad_best() -> Numbers:
    rates, gaps = test_samples.best_gaps_on_a_rare_feature(0)
    assert gaps["adagrad"] < gaps["gradient_descent"] / 5
    return [rates, 1, 5]


@claim
def adagrad_root() -> Numbers:
    test_theorems.test_adagrads_steps_shrink_by_the_root_of_their_number()
    lengths = steps_along("adagrad", 2.0, 100, epsilon=1e-300)
    return [100, lengths[99] / lengths[0]]


@claim
def adagrad_stops() -> Numbers:
    adagrad, descent = shown("adagrad_stops")
    (rate,) = {path.racer.optimizer.own_learning_rate for path in (adagrad, descent)}
    lengths = step_lengths(adagrad.points)
    assert descent.losses[-1] < 1e-12
    return [rate, adagrad.steps, 1, lengths[1] / lengths[-1], np.hypot(*adagrad.points[-1])]


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
    paths = thousand_races()
    counts = [(steps_of(path) >= 0).sum() for path in (paths["adagrad"], from_zero("adagrad"))]
    return [len(paths["adagrad"].losses), 90, counts[0], 0, counts[1]]


def from_zero(key: str) -> Trajectory:
    """The author's runs of this method, but for the accumulator, which begins at 0."""
    return trace(with_convention(key, "tensorflow1", initial_accumulator=0.0), thousand_races()[key].surface)


def steps_of(path: Trajectory) -> np.ndarray:
    """On each of the author's surfaces the steps to 90 % of the drop to the lowest loss of his seven; -1 for never."""
    return steps_to_drop(path.losses, best_reached([each.losses for each in thousand_races().values()]))


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
    adadelta, *_, adam = shown("adadelta_start", steps=50)
    assert adadelta.racer.optimizer == with_convention("adadelta")
    way = [step_lengths(path.points)[1:].sum() for path in (adadelta, adam)]
    assert way[0] < 0.01 * way[1]
    return [1, 50]


@claim
def adadelta_epsilon() -> Numbers:
    paths = shown("adadelta_start", steps=50)[:3]
    return [*(path.racer.optimizer.epsilon for path in paths), 50, *(path.losses[-1] for path in paths)]


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
    adagrad, rmsprop = shown("rmsprop_drift")
    (rate,) = {path.racer.optimizer.own_learning_rate for path in (adagrad, rmsprop)}
    bowl = adagrad.surface
    assert isinstance(bowl, DriftingBowl)
    centres = np.array([bowl.centre(step) for step in range(adagrad.steps + 1)])
    moved = np.hypot(*np.diff(centres[:2], axis=0)[0])
    away = [np.hypot(*(path.points - centres).T)[-50:].mean() for path in (rmsprop, adagrad)]
    return [moved, rate, 50, adagrad.steps, *away]


@claim
def rmsprop_cycle() -> Numbers:
    """To 3 %: the cycle is ±η/2 where E has settled, and E still takes in the last of the way here."""
    rmsprop, adam = shown("rmsprop_cycle")
    (rate,) = {path.racer.optimizer.own_learning_rate for path in (rmsprop, adam)}
    swings = [np.ptp(path.points[-20:], axis=0) for path in (rmsprop, adam)]
    assert swings[0] == pytest.approx(rate, rel=0.03)
    assert swings[1].max() < rate / 100
    return [rate, *np.abs(rmsprop.points[-1]), rmsprop.losses[-1], 0.01]


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
    paths = thousand_races()
    steps = [steps_of(path) for path in (paths["rmsprop"], from_zero("rmsprop"), paths["adam"])]
    # Who never gets there counts among the slowest.
    tuned, zero, adam = (np.median(np.where(each >= 0, each, np.inf)) for each in steps)
    return [len(steps[0]), 0.5, 90, tuned, 0, zero, adam]


# --- Adam ------------------------------------------------------------------------------------------------------------


def uncorrected(steps: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """m, v and m / √v of the figure's Adam without correction, on a slope of 1, after 1 … steps."""
    optimizer, oracle = shown("adam_uncorrected")[1].racer.optimizer, Oracle(Formula("x + y"))
    point = np.zeros(2)
    state, rows = optimizer.init(point), []
    for _ in range(steps):
        point, state = optimizer.step(point, state, oracle)
        rows.append((state.mean[0], state.square_mean[0], state.effective_learning_rate[0] / 0.1 * state.mean[0]))
    mean, square, length = np.array(rows).T
    return mean, square, length


@claim
def adam_start() -> Numbers:
    mean, square, length = uncorrected(1000)
    return [mean[0], square[0], length[0], length.max(), 1 + length.argmax()]


@claim
def adam_bias() -> Numbers:
    """The two methods of the figure are one, but for the correction: undone, their steps are the same."""
    slope, rho = Formula("3*x"), 0.9
    plain, corrected = (
        np.abs(np.diff(trace(replace(path.racer.optimizer, epsilon=1e-300), slope, (0.0, 0.0), 40).points[:, 0]))
        for path in shown("adam_bias")
    )
    assert plain * np.sqrt(1 - rho ** np.arange(1, 41)) == pytest.approx(corrected, rel=1e-12)
    assert corrected[0] == pytest.approx(0.1, rel=1e-12)
    return [rho, plain[0] / corrected[0]]


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
    def first(slope: float, convention: str) -> float:
        return float(steps_along("adam", slope, 1, convention=convention)[0])

    slopes = (1e-5, 1e-7)
    return [number for slope in slopes for number in (slope, first(slope, "pytorch") / first(slope, "article"))]
