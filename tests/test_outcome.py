"""What became of a run: paths drawn by hand for each of the six words, and the article's own race."""

from __future__ import annotations

import numpy as np
import pytest

from optviz import OPTIMIZERS, Formula, GaussianHills, Outcome, Surface, race, trace
from optviz.experiment import seven
from optviz.outcome import DIVERGED_WIDTHS, first_divergence, judge

BOWL = Formula("x**2 + y**2", domain=(-1, 1, -1, 1))
PLAIN = Formula("0.001*x", domain=(-1, 1, -1, 1))
STEPS = 40
TIME = np.linspace(0, 1, STEPS + 1)


def path(x: np.ndarray | float, y: np.ndarray | float) -> np.ndarray:
    return np.stack(np.broadcast_arrays(x, y, TIME)[:2], axis=-1)


ALTERNATING = np.where(np.arange(STEPS + 1) % 2, 1.0, -1.0)
NOT_DIVERGED = -1
# A path drawn by hand, the surface under it, the first diverged step, and the word. Both surfaces are 2 wide.
DRAWN: dict[str, tuple[np.ndarray, Surface, int, Outcome]] = {
    "rests at the bottom": (path(0.0, 0.0), BOWL, NOT_DIVERGED, Outcome.CONVERGED),
    "crawls at the bottom": (path(1e-4 * TIME, 0.0), BOWL, NOT_DIVERGED, Outcome.CONVERGED),
    "trembles at the bottom": (path(1e-5 * ALTERNATING, 0.0), BOWL, NOT_DIVERGED, Outcome.CONVERGED),
    "rests within 1/100 width of the bottom": (path(0.009, 0.0), BOWL, NOT_DIVERGED, Outcome.CONVERGED),
    "arrives early and rests": (path(np.maximum(0, 1 - 2 * TIME), 0.0), BOWL, NOT_DIVERGED, Outcome.CONVERGED),
    "rests on a slope": (path(0.5, 0.0), BOWL, NOT_DIVERGED, Outcome.STALLED),
    "rests on a plain": (path(0.0, 0.0), PLAIN, NOT_DIVERGED, Outcome.STALLED),
    "rests on level ground": (path(0.0, 0.0), Formula("0*x", domain=(-1, 1, -1, 1)), NOT_DIVERGED, Outcome.STALLED),
    "rests on the floor of a valley": (path(0.0, 0.3), Formula("x**2"), NOT_DIVERGED, Outcome.CONVERGED),
    "rests near the floor of a valley": (path(1e-5, 0.3), Formula("x**2"), NOT_DIVERGED, Outcome.CONVERGED),
    "rests on the edge of what is defined": (
        path(1e-5, 0.0),
        Formula("sqrt(x) + y**2", domain=(0, 1, -1, 1)),
        NOT_DIVERGED,
        Outcome.CONVERGED,
    ),
    "rests on a saddle": (path(0.0, 0.0), Formula("x**2 - y**2"), NOT_DIVERGED, Outcome.STALLED),
    "crawls on a slope": (path(0.5 - 0.007 * TIME, 0.0), BOWL, NOT_DIVERGED, Outcome.STALLED),
    "swings across the bottom": (path(0.05 * ALTERNATING, 0.0), BOWL, NOT_DIVERGED, Outcome.OSCILLATING),
    "swings while it drifts a little": (
        path(0.05 * ALTERNATING, 0.1 * TIME),
        BOWL,
        NOT_DIVERGED,
        Outcome.OSCILLATING,
    ),
    "circles the bottom": (
        path(0.3 * np.cos(40 * np.pi * TIME / 2), 0.3 * np.sin(40 * np.pi * TIME / 2)),
        BOWL,
        NOT_DIVERGED,
        Outcome.OSCILLATING,
    ),
    "goes straight on": (path(0.9 - 0.5 * TIME, 0.2), BOWL, NOT_DIVERGED, Outcome.MOVING),
    "crawls a little too fast to rest": (path(0.5 - 0.009 * TIME, 0.0), BOWL, NOT_DIVERGED, Outcome.MOVING),
    "zigzags and gets somewhere": (path(0.01 * ALTERNATING, 0.9 - 0.8 * TIME), BOWL, NOT_DIVERGED, Outcome.MOVING),
    "goes uphill": (path(0.1 + 0.5 * TIME, 0.0), BOWL, NOT_DIVERGED, Outcome.MOVING),
    "walks out": (path(3 * TIME, 0.0), BOWL, NOT_DIVERGED, Outcome.LEFT),
    "rests outside": (path(1.0001, 0.0), BOWL, NOT_DIVERGED, Outcome.LEFT),
    "swings outside": (path(1.5 + 0.05 * ALTERNATING, 0.0), BOWL, NOT_DIVERGED, Outcome.LEFT),
    "rests on the edge": (path(1.0, 0.0), BOWL, NOT_DIVERGED, Outcome.STALLED),
    "leaves and comes back": (
        path(3 * np.sin(np.pi * TIME) * (TIME < 0.5), 0.0),
        BOWL,
        NOT_DIVERGED,
        Outcome.CONVERGED,
    ),
    "rests, but is told to have diverged": (path(0.0, 0.0), BOWL, 3, Outcome.DIVERGED),
    "becomes NaN": (path(np.where(TIME > 0.5, np.nan, TIME), 0.0), BOWL, 21, Outcome.DIVERGED),
    "is NaN from the first step": (path(np.where(TIME > 0, np.nan, TIME), 0.0), BOWL, 1, Outcome.DIVERGED),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawn_path(name: str) -> None:
    points, surface, diverged_at, outcome = DRAWN[name]
    assert judge(points, np.array(diverged_at), surface) is outcome


def test_every_word_is_drawn() -> None:
    assert {outcome for _, _, _, outcome in DRAWN.values()} == set(Outcome)
    assert [str(outcome) for outcome in Outcome] == [
        "diverged",
        "left_the_surface",
        "converged",
        "stalled",
        "oscillating",
        "still_moving",
    ]


def test_many_paths_are_judged_as_one_is() -> None:
    named = [name for name, (_, surface, _, _) in DRAWN.items() if surface is BOWL]
    points = np.stack([DRAWN[name][0] for name in named]).reshape(len(named), 1, STEPS + 1, 2)
    diverged_at = np.array([[DRAWN[name][2]] for name in named])
    outcomes = judge(points, diverged_at, BOWL)
    assert outcomes.shape == (len(named), 1)
    assert outcomes[:, 0].tolist() == [DRAWN[name][3] for name in named]


@pytest.mark.parametrize("steps", [1, 2, 5, 9, 10, 11])
def test_short_runs_are_judged_by_all_their_steps(steps: int) -> None:
    rest = np.zeros((steps + 1, 2))
    assert judge(rest, np.array(-1), BOWL) is Outcome.CONVERGED
    assert judge(rest + np.linspace(0, 0.5, steps + 1)[:, None], np.array(-1), BOWL) is Outcome.MOVING


@pytest.mark.parametrize("scale", [1e-3, 1e3])
def test_the_words_do_not_depend_on_the_unit_of_length(scale: float) -> None:
    bowl = Formula(f"(x/{scale})**2 + (y/{scale})**2", domain=(-scale, scale, -scale, scale))
    for points, surface, diverged_at, outcome in DRAWN.values():
        if surface is BOWL:
            assert judge(points * scale, np.array(diverged_at), bowl) is outcome


# --- divergence ----------------------------------------------------------------------------------------------------

FAR = 2 * DIVERGED_WIDTHS
DIVERGENCES: dict[str, tuple[list[float], list[float], int]] = {
    "never": ([0, 1, 2, 3], [0, 1, 4, 9], -1),
    "exactly at a million widths": ([0, FAR, 0, 0], [0, 1, 0, 0], -1),
    "farther than a million widths": ([0, np.nextafter(FAR, np.inf), 0, 0], [0, 1, 0, 0], 1),
    "to the left": ([0, 0, -2 * FAR, 0], [0, 0, 1, 0], 2),
    "comes back, but too late": ([0, 2 * FAR, 0, 2 * FAR], [0, 0, 0, 0], 1),
    "infinite": ([0, 0, 0, np.inf], [0, 0, 0, np.inf], 3),
    "not a number": ([0, 0, np.nan, np.nan], [0, 0, 0, 0], 2),
    "only the loss is infinite": ([0, 0, 0, 0], [0, 0, np.inf, 0], 2),
    "only the loss is not a number": ([0, 0, 0, 0], [0, np.nan, 0, 0], 1),
    "from the very start": ([0, 0, 0, 0], [np.nan, np.nan, np.nan, np.nan], 0),
}


@pytest.mark.parametrize("name", DIVERGENCES)
def test_first_divergence(name: str) -> None:
    x, losses, step = DIVERGENCES[name]
    for axis in (0, 1):
        points = np.zeros((4, 2))
        points[:, axis] = x
        assert first_divergence(points, np.array(losses), BOWL) == step


def test_a_million_widths_are_counted_from_the_middle_of_the_longer_side() -> None:
    long = Formula("0*x", domain=(0, 10, 5, 6))
    x = 5 + 10 * DIVERGED_WIDTHS * np.array([0, 0.999999, 1.000001])
    points = np.stack([x, np.full(3, 5.5)], axis=-1)
    assert first_divergence(points, np.zeros(3), long) == 2


def test_what_follows_divergence_is_nan_and_what_went_before_is_kept() -> None:
    """Gradient descent on ½x² with η = 11 multiplies by −10: 2 · 10⁶ is passed in step 7, from 1."""
    run = trace(
        OPTIMIZERS["gradient_descent"](learning_rate=11.0), Formula("x**2/2", domain=(-1, 1, -1, 1)), (1, 0), 12
    )
    assert run.diverged_at == 7
    assert run.outcome is Outcome.DIVERGED
    assert run.points[:7, 0].tolist() == [(-10.0) ** step for step in range(7)]
    assert run.losses[:7].tolist() == [10.0 ** (2 * step) / 2 for step in range(7)]
    assert np.isnan(run.points[7:]).all()
    assert np.isnan(run.losses[7:]).all()


def test_nothing_is_clipped_to_the_window() -> None:
    run = trace(OPTIMIZERS["gradient_descent"](learning_rate=1.0), Formula("-3*x", domain=(-1, 1, -1, 1)), (0, 0), 500)
    assert run.points[:, 0].tolist() == [3.0 * step for step in range(501)]
    assert run.outcome is Outcome.LEFT
    assert run.diverged_at == -1


def test_a_run_may_leave_where_the_loss_is_defined() -> None:
    run = trace(OPTIMIZERS["gradient_descent"](learning_rate=0.4), Formula("log(x)", domain=(0, 2, -1, 1)), (1, 0), 50)
    assert run.outcome is Outcome.DIVERGED
    assert np.isfinite(run.losses[: run.diverged_at]).all()
    assert (run.points[: run.diverged_at, 0] > 0).all()


def test_a_start_without_a_loss_has_diverged_at_step_0() -> None:
    run = trace(OPTIMIZERS["adam"](), Formula("log(x)", domain=(-2, 2, -1, 1)), (-1, 0), 5)
    assert run.diverged_at == 0
    assert run.outcome is Outcome.DIVERGED
    assert np.isnan(run.points).all()


def test_divergence_is_told_per_run() -> None:
    rates = np.array([[0.1], [3.0], [11.0]])
    run = trace(OPTIMIZERS["gradient_descent"](learning_rate=rates), Formula("x**2/2"), (1, 0), 100)
    # × 0.9, × −2 and × −10 per step, from 1 to beyond 4 · 10⁶.
    assert run.diverged_at.tolist() == [-1, 22, 7]
    assert run.outcome.tolist() == [Outcome.CONVERGED, Outcome.DIVERGED, Outcome.DIVERGED]


# --- the article ---------------------------------------------------------------------------------------------------


def test_the_articles_race() -> None:
    """What its figure of seed 1 shows with the naked eye."""
    paths = race(seven("tensorflow1"), GaussianHills(seed=1))
    assert {run.racer.key: str(run.outcome) for run in paths} == {
        "gradient_descent": "still_moving",
        "momentum": "converged",
        "nag": "converged",
        "adagrad": "converged",
        "adadelta": "stalled",
        "rmsprop": "oscillating",
        "adam": "converged",
    }
