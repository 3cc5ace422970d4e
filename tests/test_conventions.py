"""The table of where the article, PyTorch and TensorFlow 1 differ, cell by cell, and what the differences do.

Every cell is written down here a second time, for one axis, as the source states it; nothing of it is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import cosh, inf, sinh, sqrt

import numpy as np
import pytest

from optviz import (
    CONVENTIONS,
    OPTIMIZERS,
    BadInput,
    Formula,
    GaussianHills,
    Surface,
    Trajectory,
    trace,
    with_convention,
)
from optviz.experiment import ARTICLE_OPTIMIZERS
from optviz.statistics import best_reached, steps_to_drop

Slope = Callable[[float], float]
Rule = Callable[[float, Slope], Iterator[float]]

STEPS = 30
START = (0.9, 0.6)
# Along x a hill whose curvature changes, along y a plateau so flat that the place and size of ε decide the step.
SURFACE = Formula("x**2 - 0.2*x**4 + 2e-5*cosh(y)")
LOSSES = (lambda x: x**2 - 0.2 * x**4, lambda y: 2e-5 * cosh(y))
SLOPES: tuple[Slope, Slope] = (lambda x: 2 * x - 0.8 * x**3, lambda y: 2e-5 * sinh(y))
# Rounding differs by some 1e-16 per step and grows less than tenfold on this surface.
TOLERANCE = 1e-13


def gradient_descent(x: float, slope: Slope) -> Iterator[float]:
    while True:
        x = x - 0.1 * slope(x)
        yield x


def momentum_article(x: float, slope: Slope) -> Iterator[float]:
    v = 0.0
    while True:
        v = 0.9 * v + 0.1 * slope(x)
        x = x - v
        yield x


def momentum_sources(x: float, slope: Slope) -> Iterator[float]:
    v = 0.0
    while True:
        v = 0.9 * v + slope(x)
        x = x - 0.1 * v
        yield x


def nag_article(x: float, slope: Slope) -> Iterator[float]:
    v = 0.0
    while True:
        v = 0.9 * v + 0.1 * slope(x - 0.9 * v)
        x = x - v
        yield x


def nag_sources(x: float, slope: Slope) -> Iterator[float]:
    v = 0.0
    while True:
        g = slope(x)
        v = 0.9 * v + g
        x = x - 0.1 * (g + 0.9 * v)
        yield x


def adagrad_article(x: float, slope: Slope) -> Iterator[float]:
    total = 0.0
    while True:
        g = slope(x)
        total = total + g**2
        x = x - 0.1 * g / sqrt(total + 1e-8)
        yield x


def adagrad_pytorch(x: float, slope: Slope) -> Iterator[float]:
    total = 0.0
    while True:
        g = slope(x)
        total = total + g**2
        x = x - 0.1 * g / (sqrt(total) + 1e-10)
        yield x


def adagrad_tensorflow1(x: float, slope: Slope) -> Iterator[float]:
    total = 0.1
    while True:
        g = slope(x)
        total = total + g**2
        x = x - 0.1 * g / sqrt(total)
        yield x


def adadelta(rate: float, rho: float, epsilon: float) -> Rule:
    def rule(x: float, slope: Slope) -> Iterator[float]:
        squares, updates = 0.0, 0.0
        while True:
            g = slope(x)
            squares = rho * squares + (1 - rho) * g**2
            update = sqrt(updates + epsilon) / sqrt(squares + epsilon) * g
            updates = rho * updates + (1 - rho) * update**2
            x = x - rate * update
            yield x

    return rule


def rmsprop_article(x: float, slope: Slope) -> Iterator[float]:
    square = 0.0
    while True:
        g = slope(x)
        square = 0.9 * square + (1 - 0.9) * g**2
        x = x - 0.1 * g / sqrt(square + 1e-8)
        yield x


def rmsprop_pytorch(x: float, slope: Slope) -> Iterator[float]:
    square = 0.0
    while True:
        g = slope(x)
        square = 0.99 * square + (1 - 0.99) * g**2
        x = x - 0.1 * g / (sqrt(square) + 1e-8)
        yield x


def rmsprop_tensorflow1(x: float, slope: Slope) -> Iterator[float]:
    square = 1.0
    while True:
        g = slope(x)
        square = 0.9 * square + (1 - 0.9) * g**2
        x = x - 0.1 * g / sqrt(square + 1e-10)
        yield x


def adam_moments(g: float, m: float, v: float) -> tuple[float, float]:
    return 0.9 * m + (1 - 0.9) * g, 0.999 * v + (1 - 0.999) * g**2


def adam_article(x: float, slope: Slope) -> Iterator[float]:
    m, v, t = 0.0, 0.0, 0
    while True:
        t = t + 1
        m, v = adam_moments(slope(x), m, v)
        x = x - 0.1 * (m / (1 - 0.9**t)) / sqrt(v / (1 - 0.999**t) + 1e-8)
        yield x


def adam_pytorch(x: float, slope: Slope) -> Iterator[float]:
    m, v, t = 0.0, 0.0, 0
    while True:
        t = t + 1
        m, v = adam_moments(slope(x), m, v)
        x = x - 0.1 * (m / (1 - 0.9**t)) / (sqrt(v / (1 - 0.999**t)) + 1e-8)
        yield x


def adam_tensorflow1(x: float, slope: Slope) -> Iterator[float]:
    m, v, t = 0.0, 0.0, 0
    while True:
        t = t + 1
        m, v = adam_moments(slope(x), m, v)
        x = x - 0.1 * sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (sqrt(v) + 1e-8)
        yield x


CELLS: dict[tuple[str, str], Rule] = {
    ("gradient_descent", "article"): gradient_descent,
    ("gradient_descent", "pytorch"): gradient_descent,
    ("gradient_descent", "tensorflow1"): gradient_descent,
    ("momentum", "article"): momentum_article,
    ("momentum", "pytorch"): momentum_sources,
    ("momentum", "tensorflow1"): momentum_sources,
    ("nag", "article"): nag_article,
    ("nag", "pytorch"): nag_sources,
    ("nag", "tensorflow1"): nag_sources,
    ("adagrad", "article"): adagrad_article,
    ("adagrad", "pytorch"): adagrad_pytorch,
    ("adagrad", "tensorflow1"): adagrad_tensorflow1,
    ("adadelta", "article"): adadelta(1.0, 0.9, 1e-8),
    ("adadelta", "pytorch"): adadelta(1.0, 0.9, 1e-6),
    ("adadelta", "tensorflow1"): adadelta(0.1, 0.95, 1e-8),
    ("rmsprop", "article"): rmsprop_article,
    ("rmsprop", "pytorch"): rmsprop_pytorch,
    ("rmsprop", "tensorflow1"): rmsprop_tensorflow1,
    ("adam", "article"): adam_article,
    ("adam", "pytorch"): adam_pytorch,
    ("adam", "tensorflow1"): adam_tensorflow1,
}
# Forms that only differ in what they store, so that no trajectory tells them apart.
SAME_PATH = [{gradient_descent}, {momentum_article, momentum_sources}]


def path_of(rule: Rule, axis: int) -> np.ndarray:
    following = rule(START[axis], SLOPES[axis])
    return np.array([START[axis], *(next(following) for _ in range(STEPS))])


def distance(key: str, convention: str, rule: Rule) -> float:
    """How far our trajectory is from the rule's, at most."""
    points = trace(with_convention(key, convention), SURFACE, START, STEPS).points
    return max(float(np.abs(points[:, axis] - path_of(rule, axis)).max()) for axis in (0, 1))


def test_the_table_is_complete() -> None:
    """The article's seven in every convention, and whatever else has a row; without one the class defaults hold."""
    told = [key for key in OPTIMIZERS if any(key in table for table in CONVENTIONS.values())]
    assert set(CELLS) == {(key, convention) for key in told for convention in CONVENTIONS}
    assert {(key, convention) for key in ARTICLE_OPTIMIZERS for convention in CONVENTIONS} <= set(CELLS)
    assert len(ARTICLE_OPTIMIZERS) * len(CONVENTIONS) == 21
    assert all(set(table) <= set(OPTIMIZERS) for table in CONVENTIONS.values())


@pytest.mark.parametrize(("key", "convention"), CELLS)
def test_cell(key: str, convention: str) -> None:
    assert distance(key, convention, CELLS[key, convention]) <= TOLERANCE


@pytest.mark.parametrize(("key", "convention"), CELLS)
def test_a_cell_is_told_from_the_others_of_its_method(key: str, convention: str) -> None:
    """The comparison above would notice each wrong convention, by a margin of 100."""
    right = CELLS[key, convention]
    for other in {CELLS[key, name] for name in CONVENTIONS}:
        if other is not right and {right, other} not in SAME_PATH:
            assert distance(key, convention, other) > 100 * TOLERANCE


def test_the_surface_of_the_cells_is_what_it_says() -> None:
    assert SURFACE.loss(START) == pytest.approx(sum(loss(START[axis]) for axis, loss in enumerate(LOSSES)), rel=1e-15)
    assert SURFACE.gradient(START) == pytest.approx(
        [slope(START[axis]) for axis, slope in enumerate(SLOPES)], rel=1e-14
    )


def test_article_is_the_default() -> None:
    for key, kind in OPTIMIZERS.items():
        assert with_convention(key) == with_convention(key, "article") == kind()


def test_a_named_hyperparameter_wins() -> None:
    adam = with_convention("adam", "tensorflow1", learning_rate=0.3, epsilon=1e-4)
    assert (adam.learning_rate, adam.epsilon, adam.epsilon_before_correction) == (0.3, 1e-4, True)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("adam", "keras"), ("keras", "article, pytorch, tensorflow1")),
        (("adam", "Article"), ("Article", "article")),
        (("no_such", "article"), ("no_such", "gradient_descent")),
        (("", "article"), ("optimizer", "adam")),
    ],
)
def test_unknown_names_are_refused(arguments: tuple[str, str], named: tuple[str, str]) -> None:
    with pytest.raises(BadInput) as problem:
        with_convention(*arguments)
    assert all(word in str(problem.value) for word in named)


def test_an_unknown_hyperparameter_is_refused() -> None:
    with pytest.raises(BadInput, match="momentum.*betta1.*learning_rate, momentum"):
        with_convention("momentum", "pytorch", betta1=0.9)


# --- what the differences do ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("slope", "ratio"), [(1e-5, 10.04), (1e-7, 909.1)])
def test_on_a_plateau_the_place_of_epsilon_decides_adams_step(slope: float, ratio: float) -> None:
    plateau = Formula(f"{slope}*x")
    moved = {
        convention: -trace(with_convention("adam", convention), plateau, (0.0, 0.0), 1).points[1, 0]
        for convention in ("article", "pytorch")
    }
    assert moved["article"] == pytest.approx(0.1 * slope / sqrt(slope**2 + 1e-8), rel=1e-12)
    assert moved["pytorch"] == pytest.approx(0.1 * slope / (slope + 1e-8), rel=1e-12)
    assert moved["pytorch"] / moved["article"] == pytest.approx(ratio, rel=1e-3)


def test_adams_first_step_is_the_sign_only_where_the_slope_is_steep() -> None:
    moved = {slope: trace(OPTIMIZERS["adam"](), Formula(f"{slope}*x"), (0, 0), 1).points[1, 0] for slope in (1, 1e-5)}
    assert moved[1] == pytest.approx(-0.1, rel=1e-7)
    assert moved[1e-5] > -0.01


PLACES = [(GaussianHills(seed=1), None), (GaussianHills(seed=2), None), (SURFACE, START)]


@pytest.mark.parametrize(("surface", "start"), PLACES)
def test_nags_two_forms_are_one_sequence_half_a_step_apart(surface: Surface, start: tuple[float, float] | None) -> None:
    inner = trace(with_convention("nag", "article"), surface, start, steps=100).points
    stored = trace(with_convention("nag", "pytorch"), surface, start, steps=100).points
    velocity = np.concatenate([np.zeros((1, 2)), inner[:-1] - inner[1:]])
    # Rounding, amplified by some ten to a hundred along these paths (`sensitivity` in the references).
    assert stored == pytest.approx(inner - 0.9 * velocity, rel=0, abs=1e-13)
    assert np.abs(stored - inner).max() > 1e-3


@pytest.mark.parametrize(("surface", "start"), PLACES)
def test_momentums_two_forms_are_one_sequence(surface: Surface, start: tuple[float, float] | None) -> None:
    article = trace(with_convention("momentum", "article"), surface, start, steps=100)
    pytorch = trace(with_convention("momentum", "pytorch"), surface, start, steps=100)
    assert article.points == pytest.approx(pytorch.points, rel=0, abs=1e-13)


def test_rmsprops_first_step_from_zero_lacks_a_bias_correction() -> None:
    slope = Formula("3*x - 500*y")
    for convention, rho in (("article", 0.9), ("pytorch", 0.99)):
        first = trace(with_convention("rmsprop", convention), slope, (0.0, 0.0), 1).points[1]
        # ε is 1e-8 beside a square of at least 0.09: a relative 6e-8 in the root.
        assert first == pytest.approx(0.1 / sqrt(1 - rho) * np.array([-1, 1]), rel=1e-7)


def median_steps(path: Trajectory, lowest: np.ndarray) -> float:
    """Median steps to 90 % over all seeds; a seed that never gets there counts as infinite."""
    steps = steps_to_drop(path.losses, lowest)
    return float(np.median(np.where(steps >= 0, steps, inf)))


MEDIAN_STEPS = {"rmsprop": 74, "adam": 19}
"""To 90 % on a thousand of the author's surfaces, as the author ran them."""
FROM_ZERO = {"rmsprop": 6, "adagrad": 853}
"""With an accumulator that starts at 0: RMSProp's median steps, and on how many surfaces Adagrad does it."""


def test_starting_values_decide_rankings(thousand_races: dict[str, Trajectory]) -> None:
    lowest = best_reached([path.losses for path in thousand_races.values()])
    surface = thousand_races["adam"].surface
    assert {key: median_steps(thousand_races[key], lowest) for key in MEDIAN_STEPS} == MEDIAN_STEPS

    empty = trace(with_convention("rmsprop", "tensorflow1", initial_accumulator=0.0), surface)
    assert median_steps(empty, lowest) == FROM_ZERO["rmsprop"]

    empty = trace(with_convention("adagrad", "tensorflow1", initial_accumulator=0.0), surface)
    assert (steps_to_drop(empty.losses, lowest) >= 0).sum() == FROM_ZERO["adagrad"]
