"""What the guide says in numbers of gradient descent, SGD, minibatches, momentum and NAG."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import test_conventions
import test_samples
import test_theorems
from guide_claims import RAVINE, SADDLE, Numbers, claim, first_step, run, share_left, shown
from optviz import OPTIMIZERS, Formula, GaussianHills, Outcome, Regression, Surface, Trajectory, trace
from optviz.batches import batches, samples_seen
from optviz.conventions import CONVENTIONS, with_convention
from optviz.optimizers import State
from optviz.optimizers.base import Optimizer
from optviz.oracle import Oracle
from optviz.statistics.lengths import step_lengths

LINE = Regression("linear", seed=0, samples=64)


def edge_of(kind: str, **settings: float) -> float:
    """The learning rate, times the curvature, beyond which the way to the lowest point of a parabola grows.

    By halving, to 1e-4; whether it grows is told by the last of 600 steps.
    """
    low, high = 0.1, 10.0
    while high - low > 1e-4:
        middle = (low + high) / 2
        low, high = (low, middle) if _grows(OPTIMIZERS[kind](learning_rate=middle, **settings)) else (middle, high)
    return high


def _grows(optimizer: Optimizer) -> bool:
    path = trace(optimizer, Formula("x^2 / 2 + 0*y", domain=(-2.0, 2.0, -2.0, 2.0)), (1e-3, 0.0), 600)
    way = np.abs(path.points[:, 0])
    return not np.isfinite(way).all() or bool(way[450:].max() > way[300:450].max())


@claim
def descent_edge() -> Numbers:
    return [edge_of("gradient_descent")]


@claim
def ravine_edge() -> Numbers:
    steepest = np.linalg.eigvalsh(RAVINE.hessian(np.zeros(2)))[1]
    return [steepest, 2, steepest, 2 / steepest]


@claim
def ravine_below() -> Numbers:
    factor, shorter = across_the_ravine("descent_edge_below", 0.019)
    assert factor < 0 and shorter > 0
    return [0.019, 1, 1 - factor, factor, shorter]


@claim
def ravine_above() -> Numbers:
    factor, shorter = across_the_ravine("descent_edge_above", 0.021)
    assert factor < 0 and shorter < 0
    return [0.021, factor, shorter]


def across_the_ravine(figure: str, rate: float) -> tuple[float, float]:
    """By what a step multiplies the distance across, and by what share of itself a leap gets shorter."""
    (path,) = shown(figure)
    assert path.racer.optimizer == with_convention("gradient_descent", learning_rate=rate)
    across = path.points[:, 1]
    factors = across[1:] / across[:-1]
    assert np.ptp(factors[:40]) < 1e-12
    leaps = np.abs(np.diff(across))
    return float(factors[0]), float(1 - leaps[1] / leaps[0])


@claim
def ravine_slow() -> Numbers:
    along = run("gradient_descent", RAVINE, 300, learning_rate=0.019).points[:, 0]
    curvature = np.linalg.eigvalsh(RAVINE.hessian(np.zeros(2)))[0]
    closer = first_step(np.abs(along) <= abs(along[0]) / 100)
    return [curvature, 0.019, 100 * (1 - along[1] / along[0]), 0.01, closer]


@claim
def ravine_condition() -> Numbers:
    flat, steep = np.linalg.eigvalsh(RAVINE.hessian(np.zeros(2)))
    return [steep / flat]


@claim
def descent_turned() -> Numbers:
    test_theorems.test_gradient_descent_is_the_same_in_turned_coordinates_and_adagrad_is_not()
    return []


@claim
def descent_scale() -> Numbers:
    test_theorems.test_the_others_trade_the_scale_of_the_loss_for_the_learning_rate("gradient_descent")
    return [4, 4]


@claim
def regression_samples() -> Numbers:
    return [len(LINE.data[0])]


@claim
def sgd_epoch() -> Numbers:
    """20 seeds of drawing; one pass is as many sample gradients as one step of gradient descent."""
    descent, sgd = shown("one_sample")
    assert (descent.racer.batch_size, sgd.racer.batch_size) == (None, 1) and descent.surface == LINE
    one_by_one = share_left(trace(sgd.racer, LINE, steps=64, seed=range(20)))
    assert np.median(one_by_one[:, 64]) < 0.001
    (rate,) = {path.racer.optimizer.own_learning_rate for path in (descent, sgd)}
    return [64, rate, 100 * share_left(descent)[1], 64, 0.1]


@claim
def sgd_agreement() -> Numbers:
    def agree(point: np.ndarray) -> float:
        each = np.array([LINE.on_batch(np.array([sample])).gradient(point) for sample in range(64)])
        return 100 * float((each @ LINE.gradient(point) > 0).mean())

    return [agree(LINE.suggested_start), agree(LINE.lowest.point + 0.1)]


@claim
def epoch_cancels() -> Numbers:
    test_samples.test_an_epoch_sees_every_sample_once_and_its_noise_cancels()
    return []


@claim
def batch_variance() -> Numbers:
    """Over all batches of one and of four that can be drawn from eight samples, which is exact."""
    samples = 8
    surface, sizes = Regression("linear", seed=0, samples=samples), (1, 4)
    every = [np.array(list(itertools.product(range(samples), repeat=size))) for size in sizes]
    one, four = (variance(surface, drawn) for drawn in every)
    drawn = next(batches(samples, sizes[1], 1, np.arange(4000), True))
    # All batches are drawn alike: the mean of 4,000 squares is known to some 2 %, and 10 % is never exceeded by chance.
    assert variance(surface, drawn) == pytest.approx(four, rel=0.1)
    work = [samples_seen(samples, size, 1, True)[-1] for size in sizes]
    deviation = (four / one) ** 0.5
    return [sizes[1] / sizes[0], four / one, deviation, deviation, work[1] / work[0]]


def variance(surface: Surface, drawn: np.ndarray) -> float:
    """The mean squared distance of the gradients of batches (batches, size) from that of all samples."""
    point = np.array([0.3, -0.2])
    away = surface.on_batch(drawn).gradient(point) - surface.gradient(point)
    return float((away**2).sum(axis=-1).mean())


@claim
def batch_full() -> Numbers:
    samples = len(LINE.data[0])
    left = variance(LINE, next(batches(samples, samples, 1, np.arange(100), False)))
    # The rounding of a sum in another order, squared.
    assert left < 1e-28 < 1e-6 < variance(LINE, next(batches(samples, samples - 1, 1, np.arange(100), False)))
    descent, whole = (run("gradient_descent", LINE, 100, batch_size=size) for size in (None, samples))
    assert whole.points == pytest.approx(descent.points, rel=0, abs=1e-12)
    return [left]


@claim
def batch_cloud() -> Numbers:
    """100 runs: a spread in two directions is known to 1/√400 = 5 %, the ratio of two to 7 %."""
    _, one, batch = shown("batches")
    (rate,) = {path.racer.optimizer.own_learning_rate for path in (one, batch)}

    def spread(path: Trajectory) -> float:
        ends = trace(path.racer, path.surface, steps=path.steps, seed=range(100)).points[:, -1]
        return float(np.sqrt(ends.var(axis=0).sum()))

    assert 4 < spread(one) / spread(batch) < 5
    assert (one.racer.batch_size, batch.racer.batch_size) == (1, 16)
    return [rate, 16**0.5, batch.racer.batch_size]


@claim
def saddle_noise() -> Numbers:
    whole, noisy = shown("saddle")
    assert np.abs(whole.points[-1]).max() < 1e-4
    assert noisy.losses[-1] < -0.9
    return [first_step(np.abs(noisy.points[:, 1]) > 0.5)]


@claim
def saddle_beside() -> Numbers:
    path = run("gradient_descent", SADDLE, start=(1.6, 0.001), learning_rate=0.03)
    return [0.001, 0.03, first_step(np.abs(path.points[:, 1]) > 0.5)]


@claim
def two_valleys() -> Numbers:
    paths = shown("two_valleys")
    assert [path.racer.key for path in paths] == ["gradient_descent", "momentum"]
    assert [path.outcome for path in paths] == [Outcome.CONVERGED] * 2
    assert paths[0].points[-1, 0] > 0.9 and paths[1].points[-1, 0] < -0.9
    (rate,) = {path.racer.optimizer.own_learning_rate for path in paths}
    return [rate, *(path.losses[-1] for path in paths)]


@claim
def momentum_sum() -> Numbers:
    descent, momentum = (run(key, Formula("x"), 400, start=(0.0, 0.0)) for key in ("gradient_descent", "momentum"))
    times = step_lengths(momentum.points)[1:] / step_lengths(descent.points)[1:]
    assert times.max() < 10 * (1 + 1e-9)
    return [0.9, times[-1], 90, 1 + first_step(times >= 9)]


@claim
def momentum_ravine() -> Numbers:
    paths = shown("ravine_momentum", steps=600)
    (rate,) = {path.racer.optimizer.own_learning_rate for path in paths}
    return [rate, 0.001, *(first_step(share_left(path) <= 0.001) for path in paths)]


@claim
def momentum_best() -> Numbers:
    condition = 100
    root = condition**0.5
    rate, heavy = 2 / (1 + 1 / condition), ((2 / (1 + 1 / root)) ** 2, ((root - 1) / (root + 1)) ** 2)
    descent, momentum = kept_in_a_step(condition, rate), kept_in_a_step(condition, *heavy)
    for more in (0.95, 1.05):
        assert descent < kept_in_a_step(condition, rate * more)
        assert momentum < kept_in_a_step(condition, heavy[0] * more, heavy[1])
        assert momentum < kept_in_a_step(condition, heavy[0], heavy[1] * more)
    return [condition, 100 * descent, 100 * momentum]


def kept_in_a_step(condition: float, rate: float, momentum: float = 0.0) -> float:
    """What share of the distance a late step leaves: the mean from step 500 to 1,000, which swings change by 1/500."""
    bowl = Formula(f"(x^2 + y^2/{condition}) / 2", domain=(-2.0, 2.0, -2.0, 2.0))
    away = np.hypot(
        *trace(OPTIMIZERS["momentum"](learning_rate=rate, momentum=momentum), bowl, (1.0, 1.0), 1000).points.T
    )
    return float(np.exp(np.log(away[1000] / away[500]) / 500)) if np.isfinite(away).all() else np.inf


@claim
def momentum_overshoot() -> Numbers:
    descent, momentum = (path.points for path in shown("ravine_momentum"))
    assert (descent[:, 1] > 0).all() and (descent[:, 0] < 0).all()
    # Past the minimum along the floor, and back.
    assert momentum[:, 0].max() > 0.05 and abs(momentum[-1, 0]) < 0.05
    return [momentum[0, 1], momentum[:, 1].min()]


@claim
def momentum_edge() -> Numbers:
    edge, plain = edge_of("momentum", momentum=0.9), edge_of("gradient_descent")
    assert edge / plain == pytest.approx(2, rel=0.06), "nearly twice"
    # 2 (1 + γ) / λ, at γ = 0.9 and beside 2 / λ.
    return [edge / (1 + 0.9), edge / plain - 0.9, 0.9, edge, 2, plain]


@claim
def momentum_between() -> Numbers:
    paths = shown("momentum_edges")
    assert [path.racer.key for path in paths if path.diverged_at >= 0] == ["gradient_descent", "nag"]
    (settled,) = (path for path in paths if path.diverged_at < 0)
    assert share_left(settled)[-1] < 0.001
    rate = settled.racer.optimizer.own_learning_rate
    return [rate, rate * np.linalg.eigvalsh(RAVINE.hessian(np.zeros(2)))[1]]


@claim
def momentum_forms() -> Numbers:
    test_conventions.test_momentums_two_forms_are_one_sequence(GaussianHills(seed=1), None)
    return []


@claim
def momentum_average() -> Numbers:
    """In the long run an average of equal gradients is that gradient, and its step that of gradient descent."""
    times = {}
    for momentum in (0.5, 0.9):
        path = run("momentum", Formula("x"), 400, start=(0.0, 0.0), learning_rate=0.1, momentum=momentum)
        times[momentum] = step_lengths(path.points)[-1] / 0.1
        assert times[momentum] == pytest.approx(1 / (1 - momentum), rel=1e-11)
    return [1, 1, 0.9, times[0.9]]


@claim
def momentum_default() -> Numbers:
    return {CONVENTIONS["article"][key]["momentum"] for key in ("momentum", "nag")}


@claim
def nag_damping() -> Numbers:
    """The share γ (1 − ηλ) of the old velocity, from two runs that differ in their velocity alone."""
    for curvature in (0.5, 2.0, 6.0):
        surface, optimizer = Formula(f"{curvature / 2}*(x^2 + y^2)"), OPTIMIZERS["nag"](learning_rate=0.1)
        point, oracle = np.array([0.5, 0.3]), Oracle(surface)
        resting, moving = (optimizer.step(point, State(velocity=v), oracle)[1].velocity for v in (0 * point, point))
        assert (moving - resting) / point == pytest.approx([0.9 * (1 - 0.1 * curvature)] * 2, rel=1e-12)
    return []


@claim
def nag_swings() -> Numbers:
    paths = shown("nag_live")
    (rate,) = {path.racer.optimizer.own_learning_rate for path in paths}
    momentum, nag = (path.points for path in paths)
    reach = [points[:, 1].min() for points in (momentum, nag)]
    lengths = [step_lengths(points)[1:].sum() for points in (momentum, nag)]
    return [rate, momentum[0, 1], *reach, lengths[0], len(momentum) - 1, lengths[1]]


@claim
def nag_edge() -> Numbers:
    edges = {momentum: edge_of("nag", momentum=momentum) for momentum in (0.5, 0.9)}
    for momentum, edge in edges.items():
        assert edge == pytest.approx(2 * (1 + momentum) / (1 + 2 * momentum), rel=1e-3)
    assert edges[0.9] < edge_of("gradient_descent") < edge_of("momentum", momentum=0.9)
    return [2, 1, 1, 2, 0.9, edges[0.9]]


@claim
def nag_gone() -> Numbers:
    ends = [run(key, RAVINE, 1000, learning_rate=0.015) for key in ("gradient_descent", "momentum", "nag")]
    assert [path.outcome for path in ends] == [Outcome.CONVERGED, Outcome.CONVERGED, Outcome.DIVERGED]
    return [0.015]


@claim
def nag_forms() -> Numbers:
    test_conventions.test_nags_two_forms_are_one_sequence_half_a_step_apart(GaussianHills(seed=1), None)
    return [0.5]
