"""What is worth saying of a race: paths drawn by hand for every kind of event, and races told a second time."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import minimize

from optviz import Formula, GaussianHills, Race, Racer, Regression, SmoothedNoise, Surface, Trajectory, gallery
from optviz.figures.race_record import race_record
from optviz.figures.told import told_arrays
from optviz.optimizers import GradientDescent
from optviz.statistics.events import APART, Event, Events, Kind, events, worth_saying

# Two valleys: the deeper one at x = −1.02 (loss −0.20), the other at x = 0.97 (0.19); at x = 0 the loss is 1.
WELLS = Formula("(x^2-1)^2 + 0.2*x + y^2", (-2, 2, -2, 2))
DEEP, SHALLOW = (-1.0243, 0.0), (0.9739, 0.0)
STEPS = 100


def path(*waypoints: tuple[float, float, float], surface: Surface = WELLS, lost_at: int = -1) -> Trajectory:
    """A run through points given as (step, x, y), on straight lines between them, resting at the last."""
    along, x, y = np.array(waypoints).T
    steps = np.arange(STEPS + 1)
    points = np.stack([np.interp(steps, along, x), np.interp(steps, along, y)], axis=1)
    if lost_at >= 0:
        points[lost_at:] = np.nan
    with np.errstate(all="ignore"):
        return Trajectory(Racer(GradientDescent()), surface, points, surface.loss(points), lost_at, STEPS)


def told(*paths: Trajectory) -> Events:
    return events(paths)


def kinds(found: Events) -> list[tuple[str, int, tuple[int, ...]]]:
    return [(event.kind.name, event.step, event.racers) for event in found.said]


REST = path((0, 0.3, 0.0))
"""One that never moves: it is there to be overtaken."""


def test_the_first_to_arrive_in_a_valley() -> None:
    found = told(path((0, 0.3, 0), (40, *SHALLOW)), path((0, 0.3, 0), (80, *SHALLOW)), REST)
    # Within 0.12 (3 % of the width) of 0.9739, from 0.3 at 0.0168 a step: 33 steps; half as fast, 66.
    assert found.arrived.tolist() == [33, 66, -1]
    assert found.valley.tolist() == [1, 1, -1]
    assert found.valleys == pytest.approx([-0.2024, 0.1974], abs=5e-4)
    assert ("ARRIVED", 33, (0,)) in kinds(found)
    assert ("FOLLOWED", 66, (1,)) in kinds(found)
    assert found.passed.tolist() == [False, False, False]


def test_the_deepest_valley_is_the_first_of_the_valleys_whoever_is_there() -> None:
    found = told(path((0, -0.3, 0), (40, *DEEP)), path((0, -0.3, 0), (20, *SHALLOW)))
    assert found.valley.tolist() == [0, 1]
    assert found.passed.tolist() == [True, False]
    # How far each is from the start, in widths of 4.
    assert found.away == pytest.approx([0.724 / 4, 1.274 / 4], abs=1e-3)


def test_whoever_passes_through_a_valley_has_not_arrived() -> None:
    found = told(path((0, 0.3, 0), (20, *DEEP), (60, *SHALLOW)))
    assert found.valley.tolist() == [1]
    assert found.passed.tolist() == [True]


@pytest.mark.parametrize(("since", "arrives"), [(85, True), (97, False)])
def test_whoever_arrives_stays_for_a_tenth_of_the_run(since: int, arrives: bool) -> None:
    found = told(path((0, 0.3, 0), (since - 1, 0.3, 0), (since, *SHALLOW)))
    assert found.arrived.tolist() == [since if arrives else -1]


def test_near_a_minimum_but_high_above_it_is_not_in_its_valley() -> None:
    needle = Formula("-exp(-(x^2+y^2)/0.002) + 0.01*(x^2+y^2)", (-2, 2, -2, 2))
    assert len(needle.local_minima.losses) == 1
    beside, inside = path((0, 1, 1), (50, 0.1, 0), surface=needle), path((0, 1, 1), (50, 0, 0), surface=needle)
    # Where less than a tenth of the drop is left, the needle is 0.014 wide, less than what is gone in a step.
    assert events([beside, inside]).arrived.tolist() == [-1, 50]


def test_equally_deep_valleys_are_all_the_deepest() -> None:
    twins = Formula("(x^2-1)^2 + y^2", (-2, 2, -2, 2))
    found = events([path((0, 0.3, 0), (40, side, 0), surface=twins) for side in (-1.0, 1.0)])
    assert found.valley.tolist() == [0, 0]
    assert len(found.valleys) == 1
    assert found.deepest == 2
    assert told_arrays(found)["told/valleys"][:, 2].tolist() == [2]


def test_a_loss_that_is_rounding_is_told_as_nothing() -> None:
    """Two of Himmelblau's minima are no numbers with an end: what is left of the loss there is 8e-31."""
    race = Race(gallery("himmelblau")).with_learning_rate(0.01)
    surface = race.surface
    assert 0 < surface.local_minima.losses.max() < 1e-28
    found = events([path((0, 0, 0), (40, x, y), surface=surface) for x, y in surface.local_minima.points])
    assert found.valleys.tolist() == [0.0]
    assert [loss for *_, loss in race_record(race.run(), race.racer_names(), (0.0, 0.0)).minima] == [0, 0, 0, 0]


def test_a_surface_that_is_lowest_on_its_edge_has_no_deepest_valley() -> None:
    edge = Formula("-x", (-2, 2, -2, 2))
    found = events([path((0, 0, 0), (50, 1, 0), surface=edge)])
    assert np.isnan(found.valleys).tolist() == [True]
    assert found.arrived.tolist() == [-1]


@pytest.mark.parametrize("text", ["1/x", "log(-1-x^2)", "3", "x^2"])
def test_surfaces_without_a_deepest_valley_tell_of_none(text: str) -> None:
    surface = Formula(text, (-2, 2, -2, 2))
    found = events([path((0, 0.3, 0.5), (40, 0.9, 0.5), surface=surface)])
    assert found.arrived.tolist() == [-1]
    assert np.isnan(found.valleys[0]) or text == "x^2"


def test_leaving() -> None:
    away = path((0, 0.3, 0), (50, 3.0, 0))
    # The edge at 2 is passed after 1.7/0.054 = 31.5 steps.
    assert ("LEFT", 32, (1,)) in kinds(told(REST, away))
    back = path((0, 0.3, 0), (50, 3.0, 0), (90, *SHALLOW))
    assert "LEFT" not in [kind for kind, *_ in kinds(told(REST, back))]
    outside = path((0, 3.0, 0), (50, 4.0, 0))
    assert "LEFT" not in [kind for kind, *_ in kinds(told(REST, outside))]


def test_several_that_leave_one_after_the_other_are_one_event() -> None:
    found = told(REST, path((0, 0.3, 0), (50, 3.0, 0)), path((0, 0.3, 0), (55, 3.0, 0)))
    # 1.7/0.0491 = 34.6: the second crosses at 35.
    assert ("LEFT", 35, (1, 2)) in kinds(found)


def test_diverging() -> None:
    found = told(REST, path((0, 0.3, 0), (20, 1.5, 0), lost_at=21))
    assert ("DIVERGED", 21, (1,)) in kinds(found)
    assert found.arrived.tolist() == [-1, -1]
    # Whoever has no loss at the start has not diverged, and neither has it left.
    nowhere = Formula("log(-1-x^2)")
    never = path((0, 0.3, 0), surface=nowhere, lost_at=0)
    assert events([never, never]).said == ()


def test_leaving_and_diverging_is_told_as_both() -> None:
    found = told(REST, path((0, 0.3, 0), (20, 2.5, 0), (60, 9.0, 0), lost_at=60))
    assert {("LEFT", 16, (1,)), ("DIVERGED", 60, (1,))} <= set(kinds(found))


def test_overtaking() -> None:
    slow, fast = path((0, 0.3, 0), (90, 0.8, 0)), path((0, 0.3, 0), (40, 0.3, 0), (60, 0.8, 0))
    # The first has gone 0.0056 k, the second 0.025 (k − 40) from step 40 on: level at 51.4.
    assert [event for event in kinds(told(slow, fast)) if event[0] == "LEAD"] == [("LEAD", 1, (0,)), ("LEAD", 52, (1,))]


def test_a_lead_that_is_lost_again_at_once_is_not_said() -> None:
    steady = path((0, 0.3, 0), (100, 0.5, 0))
    ahead = path((0, 0.3, 0), (30, 0.3, 0), (32, 0.9, 0), (35, 0.3, 0))
    assert [event for event in kinds(told(steady, ahead)) if event[0] == "LEAD"] == [("LEAD", 1, (0,))]


def test_a_lead_that_nobody_sees_is_not_said() -> None:
    # At x = 0.5 the slope is −1.3: 1e-4 further is 1.3e-4 lower, and the drop from the start 1.1.
    steady, beside = (
        path((0, 0.3, 0), (20, 0.5, 0)),
        path((0, 0.3, 0), (20, 0.4999, 0), (60, 0.4999, 0), (61, 0.5001, 0)),
    )
    assert [event for event in kinds(told(steady, beside)) if event[0] == "LEAD"] == [("LEAD", 1, (0,))]
    ahead = path((0, 0.3, 0), (20, 0.4999, 0), (60, 0.4999, 0), (61, 0.51, 0))
    assert ("LEAD", 61, (1,)) in kinds(told(steady, ahead))


def test_who_follows_closely_is_told_of_when_the_first_has_been_read() -> None:
    first, second, third = (path((0, 0.3, 0), (steps, *SHALLOW)) for steps in (40, 44, 48))
    # They arrive at 33, 37 and 40; a tenth of the run after the first is 43.
    assert kinds(told(first, second, third, REST))[-2:] == [("ARRIVED", 33, (0,)), ("FOLLOWED", 43, (1, 2))]


def test_who_is_level_leads_together_and_alone_there_is_no_lead() -> None:
    assert ("LEAD", 1, (0, 1)) in kinds(told(path((0, 0.3, 0), (90, 0.9, 0)), path((0, 0.3, 0), (90, 0.9, 0))))
    assert "LEAD" not in [kind for kind, *_ in kinds(told(path((0, 0.3, 0), (90, 0.9, 0))))]


def test_overshooting() -> None:
    # Beyond the valley at 0.97 up to 1.5, where the loss is 1.86, and back.
    found = told(path((0, 0.3, 0), (30, 0.9739, 0), (40, 1.5, 0), (60, 0.9739, 0)), REST)
    (climb,) = [event for event in found.said if event.kind is Kind.OVERSHOT]
    assert (climb.since, climb.step, climb.racers) == (31, 40, (0,))
    # A climb of less than a twentieth of the drop (0.89 − −0.20) is none.
    gentle = told(path((0, 0.3, 0), (30, 0.9739, 0), (40, 1.04, 0), (60, 0.9739, 0)), REST)
    assert Kind.OVERSHOT not in [event.kind for event in gentle.said]


def test_of_several_climbs_the_highest_is_said() -> None:
    found = told(path((0, 0.3, 0), (20, 0.97, 0), (25, 1.3, 0), (40, 0.97, 0), (60, 1.5, 0), (80, 0.97, 0)))
    assert [(event.since, event.step) for event in found.said if event.kind is Kind.OVERSHOT] == [(41, 60)]


def test_what_cannot_be_read_is_not_said_and_the_graver_counts() -> None:
    said = worth_saying(
        [
            Event(50, Kind.LEAD, (0,), 50),
            Event(52, Kind.LEFT, (1,), 52),
            Event(56, Kind.OVERSHOT, (2,), 55),
            Event(80, Kind.LEAD, (2,), 80),
        ],
        STEPS,
    )
    assert [(event.kind, event.step) for event in said] == [(Kind.LEFT, 52), (Kind.LEAD, 80)]


RACES = {
    **{convention: Race().with_convention(convention) for convention in ("tensorflow1", "article", "pytorch")},
    "hills 128": Race(GaussianHills(128)).with_learning_rate(0.3),
    "hills 7": Race(GaussianHills(7)).with_learning_rate(0.05),
    "noise": Race(SmoothedNoise(7)).with_learning_rate(0.02),
    "himmelblau": Race(gallery("himmelblau")).with_learning_rate(0.01),
    "rosenbrock": Race(gallery("rosenbrock")).with_learning_rate(0.002),
    "too fast": Race(gallery("rosenbrock")).with_learning_rate(0.02),
    "six-hump camel": Race(gallery("six_hump_camel")).with_learning_rate(0.03),
    "regression": Race(Regression("network")).with_learning_rate(0.1),
    "short": Race(steps=5),
    "long": Race(GaussianHills(1), steps=1500),
}


@pytest.mark.parametrize("name", RACES)
def test_the_events_of_a_race_are_those_of_its_paths(name: str) -> None:
    """Told a second time, step by step, from the paths alone: each racer's minimum is looked for from where it ends."""
    paths = RACES[name].run()
    surface, steps = paths[0].surface, paths[0].steps
    found = events(paths)
    width, lowest = surface.width, surface.lowest.loss
    for racer, run in enumerate(paths):
        end = run.points[-1]
        here = minimize(surface.loss, end, jac=surface.gradient, method="BFGS") if np.isfinite(end).all() else None
        since = steps + 1
        if here is not None and surface.contains(here.x) and np.linalg.eigvalsh(surface.hessian(here.x)).min() > 0:
            drop = abs(run.losses[0] - here.fun)
            while since > 0 and (
                np.hypot(*(run.points[since - 1] - here.x)) <= 0.03 * width
                and run.losses[since - 1] - here.fun <= 0.1 * drop
            ):
                since -= 1
        stays = steps + 1 - since >= min(max(10, round(steps / 10)), steps + 1)
        assert found.arrived[racer] == (since if stays and since <= steps else -1), racer
        if found.arrived[racer] >= 0:
            number = found.valley[racer]
            # To where BFGS stops.
            assert found.valleys[number] == pytest.approx(here.fun, abs=1e-6 * (run.losses[0] - lowest))
            assert (number == 0) == (here.fun - lowest < 2e-6 * (run.losses[0] - lowest))
    for event in found.said:
        for racer in event.racers:
            check(event, racer, paths, found)
    assert all(later.step - sooner.step >= round(APART * steps) for sooner, later in pairwise(found.said))


def check(event: Event, racer: int, paths: tuple[Trajectory, ...], found: Events) -> None:
    """Whether an event has happened to a racer, by its path alone."""
    run, step = paths[racer], event.step
    inside = run.surface.contains(run.points)
    if event.kind is Kind.DIVERGED:
        assert np.isfinite(run.losses[: run.diverged_at]).all() and not np.isfinite(run.losses[step:]).any()
    elif event.kind is Kind.LEFT:
        assert inside[: run.diverged_at if run.diverged_at > 0 else None].any() and not inside[step:].any()
    elif event.kind is Kind.OVERSHOT:
        assert (np.diff(run.losses[event.since - 1 : step + 1]) > 0).all()
        assert run.losses[step] - run.losses[event.since - 1] >= 0.05 * (run.losses[0] - run.surface.lowest.loss)
    elif event.kind is Kind.LEAD:
        least = min(other.losses[step] for other in paths if other.surface.contains(other.points[step]))
        assert run.losses[step] <= least + 1.01e-6 * (run.losses[0] - run.surface.lowest.loss)
    else:
        assert found.valley[racer] == event.valley
        first = min(found.arrived[other] for other in range(len(paths)) if found.valley[other] == event.valley)
        assert found.arrived[racer] == first == step if event.kind is Kind.ARRIVED else found.arrived[racer] <= step


def test_nobody_finds_the_deepest_valley_of_the_articles_surface() -> None:
    found = events(Race().run())
    assert found.valleys == pytest.approx([-0.3543, -0.2832], abs=5e-5)
    assert not found.passed.any()
    assert set(found.valley.tolist()) == {1, -1}
    # The nearer one.
    assert found.away[1] < found.away[0]


def test_they_are_a_few_dozen_numbers() -> None:
    arrays = told_arrays(events(RACES["tensorflow1"].run()))
    assert sum(array.size for array in arrays.values()) < 100
    assert arrays["told/events"].shape[1] == 6
    assert told_arrays(events(RACES["short"].replaced(steps=1).run()))["told/events"].shape[1] == 6
