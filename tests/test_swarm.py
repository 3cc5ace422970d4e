"""A swarm: the numbers of single runs, where they end, how it travels, and what is said of it."""

from __future__ import annotations

import numpy as np
import pytest

from optviz import (
    OPTIMIZERS,
    FiniteSum,
    Formula,
    GaussianHills,
    Race,
    Racer,
    Regression,
    Surface,
    Trajectory,
    gallery,
    trace,
)
from optviz.bad_input import BadInput
from optviz.budget import MOST_WORK_OF_SWARM, most_steps_of_swarm, racer_work, swarm_work
from optviz.laboratory.asking import Task
from optviz.laboratory.values import packed, record_of, unpacked
from optviz.laboratory.work import done
from optviz.optimizers import GradientDescent
from optviz.statistics.valleys import valleys_of
from optviz.swarm import (
    FINEST,
    MOMENTS,
    NOWHERE,
    ON_THE_WAY,
    OUTSIDE,
    STARTS,
    Swarm,
    box_of,
    summed_up,
    swarm_of,
    swarm_starts,
    swarm_trace,
)
from optviz.text import words
from optviz.text.telling import swarm_sentence

# Two valleys: the deeper one at x = −1.02 (loss −0.20), the other at x = 0.97 (0.19); at x = 0 the loss is 1.
WELLS = Formula("(x^2-1)^2 + 0.2*x + y^2", (-2, 2, -2, 2))
DEEP, SHALLOW = (-1.0243, 0.0), (0.9739, 0.0)
STEPS = 100


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_all_at_once_they_have_the_numbers_of_single_runs(key: str) -> None:
    racer, surface = Racer(OPTIMIZERS[key]()), GaussianHills(seed=1)
    together = swarm_trace(racer, surface, seed=3, steps=20)
    starts = swarm_starts(surface.domain, 3)
    assert together.points.shape == (STARTS, 21, 2)
    for place, start in enumerate(starts):
        alone = trace(racer, surface, start, 20)
        assert np.array_equal(together.points[place], alone.points, equal_nan=True)
        assert np.array_equal(together.losses[place], alone.losses, equal_nan=True)


def test_on_batches_they_all_see_the_same_samples() -> None:
    surface = FiniteSum(GaussianHills(seed=1), samples=16, spread=1.0)
    racer = Racer(GradientDescent(learning_rate=0.1), batch_size=2)
    together = swarm_trace(racer, surface, seed=3, steps=20, batch_seed=5, count=9)
    for place, start in enumerate(swarm_starts(surface.domain, 3, 9)):
        assert np.array_equal(together.points[place], trace(racer, surface, start, 20, 5).points)


def test_starts_lie_evenly_all_over_the_domain_and_come_from_their_seed() -> None:
    starts = swarm_starts((-1, 3, 10, 11), 7, 4000)
    assert np.array_equal(starts, swarm_starts((-1, 3, 10, 11), 7, 4000))
    assert not np.array_equal(starts[:5], swarm_starts((-1, 3, 10, 11), 8, 5))
    counts = np.histogram2d(*starts.T, bins=4, range=[[-1, 3], [10, 11]])[0]
    assert counts.sum() == 4000, "none is outside"
    # 250 each; five standard deviations of a binomial are 77.
    assert np.abs(counts - 250).max() < 77


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, "x"])
def test_a_seed_out_of_range_is_refused(seed: object) -> None:
    with pytest.raises(BadInput):
        swarm_starts((0, 1, 0, 1), seed)


# --- as it travels -------------------------------------------------------------------------------------------------


def decoded(swarm: Swarm, surface: Surface) -> np.ndarray:
    left, right, bottom, top = box_of(surface.domain)
    places = np.where(swarm.places == NOWHERE, np.nan, swarm.places.astype(float))
    return np.asarray([left, bottom] + places / FINEST * [right - left, top - bottom])


@pytest.mark.parametrize(
    ("steps", "every", "moments"), [(1, 1, 2), (199, 1, 200), (200, 1, 201), (201, 2, 102), (4000, 20, 201)]
)
def test_a_long_run_is_thinned_to_even_stretches(steps: int, every: int, moments: int) -> None:
    run = swarm_trace(Racer(GradientDescent(learning_rate=0.01)), WELLS, steps=steps, count=6)
    swarm = summed_up(run)
    assert (swarm.steps, swarm.every, swarm.places.shape) == (steps, every, (moments, 6, 2))
    kept = [*range(0, steps, every), steps]
    # Half of the smallest step: 12 wide, in 65,534 steps.
    found = np.moveaxis(decoded(swarm, WELLS), 0, 1)
    np.testing.assert_allclose(found, run.points[:, kept], atol=12 / FINEST / 2 * (1 + 1e-9))


def test_it_is_bounded_in_bytes_however_long_the_run() -> None:
    longest = swarm_of(Racer(GradientDescent(learning_rate=0.01)), WELLS, steps=5000)
    assert longest.places.nbytes <= (MOMENTS + 1) * STARTS * 2 * 2


def path(*ways: list[tuple[float, float, float]], surface: Surface = WELLS, lost: tuple[int, ...] = ()) -> Trajectory:
    """Runs through points given as (step, x, y), on straight lines between them, resting at the last."""
    steps = np.arange(STEPS + 1)
    points = np.stack(
        [np.stack([np.interp(steps, *np.array(way).T[[0, axis]]) for axis in (1, 2)], axis=1) for way in ways]
    )
    points[list(lost), STEPS // 2 :] = np.nan
    lost_at = np.where(np.isin(np.arange(len(ways)), lost), STEPS // 2, -1)
    with np.errstate(all="ignore"):
        return Trajectory(Racer(GradientDescent()), surface, points, surface.loss(points), lost_at, STEPS)


def test_what_is_beyond_what_is_kept_or_diverged_is_nowhere() -> None:
    swarm = summed_up(path([(0, 0, 0), (100, 5.9, 0)], [(0, 0, 0), (100, 0, -6.1)], [(0, 0, 0)], lost=(2,)))
    assert (swarm.places[0] != NOWHERE).all()
    assert (swarm.places[-1] == NOWHERE).all(axis=-1).tolist() == [False, True, True]


# --- where they end ------------------------------------------------------------------------------------------------


def test_where_they_end() -> None:
    swarm = summed_up(
        path(
            [(0, 0.3, 0.5), (60, *SHALLOW)],
            [(0, -0.3, 0.5), (60, *DEEP)],
            [(0, *DEEP)],
            [(0, 0.3, 0.5), (94, 0.3, 0.5), (97, *DEEP)],  # not there for a tenth of the run
            [(0, 0.3, 0.5), (20, *DEEP), (60, *SHALLOW)],
            [(0, 0.3, 0.5), (100, 2.1, 0)],
            [(0, 0.3, 0.5)],
            [(0, 0.3, 0.5)],
            lost=(7,),
        )
    )
    assert swarm.ends.tolist() == [1, 0, 0, ON_THE_WAY, 1, OUTSIDE, ON_THE_WAY, OUTSIDE]
    assert swarm.valleys == pytest.approx([-0.2024, 0.1974], abs=5e-4)
    assert swarm.counts.tolist() == [2, 2]
    assert (swarm.count(ON_THE_WAY), swarm.count(OUTSIDE)) == (2, 2)
    assert swarm.best == pytest.approx([*DEEP, -0.2024], abs=5e-4)


def test_the_deepest_valley_is_named_though_nobody_is_there_and_others_only_where_they_are() -> None:
    swarm = summed_up(path([(0, 0.3, 0.5), (60, *SHALLOW)]))
    assert (swarm.counts.tolist(), swarm.ends.tolist()) == ([0, 1], [1])
    swarm = summed_up(path([(0, -0.3, 0.5), (60, *DEEP)]))
    assert (swarm.counts.tolist(), len(swarm.valleys)) == ([1], 1)


def test_valleys_that_are_equally_deep_are_one() -> None:
    twins = Formula("(x^2-1)^2 + y^2", (-2, 2, -2, 2))
    swarm = summed_up(path([(0, 0.3, 0.5), (60, 1, 0)], [(0, 0.3, 0.5), (60, -1, 0)], surface=twins))
    assert (swarm.ends.tolist(), swarm.valleys.tolist()) == ([0, 0], pytest.approx([0.0], abs=1e-12))
    assert swarm.deepest == 2


@pytest.mark.parametrize(
    ("surface", "deepest"),
    [
        (gallery("himmelblau"), 4),
        # Where the sine is −1 the parabola's valley has a hollow: at x = −π/2, −π/2 + 2π/5 and −π/2 + 4π/5.
        (Formula("(x^2+y-1)^2+0.3*sin(5*x)", (-2, 2, -2, 2)), 3),
        (WELLS, 1),
        (Formula("x + y", (-1, 1, -1, 1)), 0),
    ],
)
def test_how_many_valleys_are_the_deepest(surface: Surface, deepest: int) -> None:
    assert swarm_of(Racer(GradientDescent(learning_rate=0.001)), surface, count=9, steps=9).deepest == deepest


def test_a_lowest_point_that_a_run_has_found_since_is_no_further_valley() -> None:
    twins = Formula("(x^2-1)^2 + (y-1/3)^2", (-2, 2, -2, 2))
    assert len(twins.local_minima.points) == 2
    twins.learn(np.array([[1 + 1e-9, 1 / 3]]), np.array([-1e-12]))
    known = valleys_of(twins, 1.0)
    assert known.lowest == -1e-12
    assert sorted(known.deepest[:, 0]) == pytest.approx([-1, 1], abs=1e-6)


@pytest.mark.parametrize("text", ["x + y", "5"])
def test_a_surface_without_a_valley_has_none(text: str) -> None:
    swarm = swarm_of(Racer(GradientDescent(learning_rate=0.5)), Formula(text, (-1, 1, -1, 1)), count=7, steps=30)
    assert swarm.counts.tolist() == [0]
    assert np.isnan(swarm.valleys[0])
    assert swarm.count(ON_THE_WAY) + swarm.count(OUTSIDE) == 7


def test_it_agrees_with_where_gradient_flow_leads() -> None:
    """On x⁴ − 2x² + 0.2x the ridge between the valleys is at one root: who starts left of it ends left."""
    racer = Racer(GradientDescent(learning_rate=0.01))
    swarm = swarm_of(racer, WELLS, seed=4, steps=1500)
    ridge = sorted(np.roots([4, 0, -4, 0.2]).real)[1]
    left = swarm_starts(WELLS.domain, 4)[:, 0] < ridge
    assert np.array_equal(swarm.ends == 0, left)
    assert np.array_equal(swarm.ends == 1, ~left)


# --- elsewhere, and in words ---------------------------------------------------------------------------------------


def test_a_worker_gives_the_same() -> None:
    race = Race(steps=30)
    task = Task("swarm", race, {"place": 2, "seed": 5}, work=1)
    swarm = record_of(Swarm, unpacked(packed(done(task.message()))))
    here = swarm_of(race.racers[2], race.surface, 5, 30)
    assert np.array_equal(swarm.places, here.places) and np.array_equal(swarm.ends, here.ends)
    assert swarm.valleys.tolist() == here.valleys.tolist() and swarm.best.tolist() == here.best.tolist()
    assert (swarm.every, swarm.steps) == (here.every, here.steps) == (1, 30)


def test_what_it_costs_is_bounded() -> None:
    race = Race(surface=Regression("linear", seed=1, samples=1024), steps=5000)
    most = most_steps_of_swarm(race, 0, STARTS)
    assert 1 <= most < 5000
    assert swarm_work(race.replaced(steps=most), 0, STARTS) <= MOST_WORK_OF_SWARM
    assert most_steps_of_swarm(Race(), 0, STARTS) == 5000
    # Batches are drawn once for all starts, and anew for each run.
    sampled = FiniteSum(GaussianHills(seed=1), samples=64, spread=1.0)
    batched = Racer(GradientDescent(), batch_size=4)
    assert racer_work(batched, sampled, starts=200) < racer_work(batched, sampled, runs=200)


def swarm(ends: dict[int, int], valleys: list[float], deepest: int = 1) -> Swarm:
    listed = np.repeat(list(ends), list(ends.values()))
    return Swarm(np.zeros((2, len(listed), 2), np.uint16), 1, 1, listed, np.array(valleys), deepest, np.full(3, np.nan))


NAN = float("nan")
TOLD = [
    (
        swarm({0: 199, ON_THE_WAY: 1}, [0.0], deepest=4),
        "Swarm: from 200 starts under Adam, 199 end in the 4 deepest valleys (0), 1 in no valley yet.",
        "群体：Adam 从 200 个起点出发，199 个停在 4 个同样最深的山谷（0），1 个还没有停在任何山谷。",
    ),
    (
        swarm({0: 1, OUTSIDE: 199}, [0.0], deepest=2),
        "Swarm: from 200 starts under Adam, 1 ends in one of the 2 deepest valleys (0), 199 outside the map.",
        "群体：Adam 从 200 个起点出发，1 个停在 2 个同样最深的山谷之一（0），199 个在图外。",
    ),
    (
        swarm({OUTSIDE: 200}, [0.0], deepest=2),
        "Swarm: from 200 starts under Adam, none ends in any of the 2 deepest valleys (0), 200 outside the map.",
        "群体：Adam 从 200 个起点出发，没有一个停在 2 个同样最深的山谷（0），200 个在图外。",
    ),
    (
        swarm({0: 143, 1: 51, ON_THE_WAY: 4, OUTSIDE: 2}, [-0.3543, -0.2832]),
        "Swarm: from 200 starts under Adam, 143 end in the deepest valley (−0.354), 51 in the valley at −0.283, "
        "4 in no valley yet, 2 outside the map.",
        "群体：Adam 从 200 个起点出发，143 个停在最深的山谷（−0.354），51 个停在损失为 −0.283 的山谷，"
        "4 个还没有停在任何山谷，2 个在图外。",
    ),
    (
        swarm({0: 1, 1: 199}, [0.0, 2.5]),
        "Swarm: from 200 starts under Adam, 1 ends in the deepest valley (0), 199 in the valley at 2.5.",
        "群体：Adam 从 200 个起点出发，1 个停在最深的山谷（0），199 个停在损失为 2.5 的山谷。",
    ),
    (
        swarm({OUTSIDE: 200}, [3.0]),
        "Swarm: from 200 starts under Adam, none ends in the deepest valley (3), 200 outside the map.",
        "群体：Adam 从 200 个起点出发，没有一个停在最深的山谷（3），200 个在图外。",
    ),
    (
        swarm({ON_THE_WAY: 200}, [NAN]),
        "Swarm: from 200 starts under Adam, 200 are in no valley yet.",
        "群体：Adam 从 200 个起点出发，200 个还没有停在任何山谷。",
    ),
    (
        swarm({0: 10, 1: 40, 2: 50, 3: 60, 4: 40}, [0.0, 1, 2, 3, 4]),
        "Swarm: from 200 starts under Adam, 10 end in the deepest valley (0), 190 in 4 shallower valleys.",
        "群体：Adam 从 200 个起点出发，10 个停在最深的山谷（0），190 个停在 4 个较浅的山谷。",
    ),
    (
        swarm({1: 50, 2: 50, 3: 50, 4: 50}, [NAN, 1, 2, 3, 4]),
        "Swarm: from 200 starts under Adam, 200 end in 4 valleys.",
        "群体：Adam 从 200 个起点出发，200 个停在 4 个山谷。",
    ),
    (
        swarm({1: 37, 2: 1, ON_THE_WAY: 1, OUTSIDE: 161}, [NAN, 0.05, 1]),
        "Swarm: from 200 starts under Adam, 37 end in the valley at 0.05, 1 in the valley at 1, 1 in no valley yet, "
        "161 outside the map.",
        "群体：Adam 从 200 个起点出发，37 个停在损失为 0.05 的山谷，1 个停在损失为 1 的山谷，"
        "1 个还没有停在任何山谷，161 个在图外。",
    ),
    (
        swarm({OUTSIDE: 200}, [NAN]),
        "Swarm: from 200 starts under Adam, 200 are outside the map.",
        "群体：Adam 从 200 个起点出发，200 个在图外。",
    ),
    (
        swarm({1: 1, 2: 199}, [NAN, 0.05, 1]),
        "Swarm: from 200 starts under Adam, 1 ends in the valley at 0.05, 199 in the valley at 1.",
        "群体：Adam 从 200 个起点出发，1 个停在损失为 0.05 的山谷，199 个停在损失为 1 的山谷。",
    ),
    (
        # Losses as the map and the sentence of the race spell them.
        swarm({0: 150, 1: 50}, [12345.0, 0.0001234]),
        "Swarm: from 200 starts under Adam, 150 end in the deepest valley (12300), 50 in the valley at 1.23e−4.",
        "群体：Adam 从 200 个起点出发，150 个停在最深的山谷（12300），50 个停在损失为 1.23e−4 的山谷。",
    ),
]


@pytest.mark.parametrize(("shown", "english", "chinese"), TOLD)
def test_what_is_said_of_it(shown: Swarm, english: str, chinese: str) -> None:
    assert swarm_sentence(shown, "Adam", words("en")) == english
    assert swarm_sentence(shown, "Adam", words("zh")) == chinese
