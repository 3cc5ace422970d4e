"""A tour over seeds: each is the race that one would run by hand, and the tally is that of all of them at once."""

from __future__ import annotations

import pytest

from optviz import BadInput, FiniteSum, Formula, GaussianHills, Race, Racer, Regression, SmoothedNoise, gallery
from optviz.optimizers import GradientDescent
from optviz.statistics import wins_of
from optviz.tour import Tour, seeded_families, tour
from optviz.trajectory import race as run


def travelled(begun: Tour, seeds: int) -> Tour:
    for _ in range(seeds):
        begun = begun.after(begun.race.run())
    return begun


def test_the_tally_is_that_of_the_stack() -> None:
    begun = tour(Race(steps=60), first=5)
    ended = travelled(begun, 20)
    together = run(begun.race.racers, GaussianHills(seed=range(5, 25)), steps=60)
    shares = wins_of(together).sum(axis=1)
    assert ended.wins == tuple(shares)
    assert (ended.visited, ended.seed) == (20, 25)
    assert sum(ended.wins) == pytest.approx(20)
    assert len(set(ended.wins)) > 2, "a tally that does not depend on the seeds would prove nothing"
    assert travelled(tour(Race(steps=60), first=100), 20).wins != ended.wins


@pytest.mark.parametrize(
    ("race", "family", "surface"),
    [
        (Race(), None, GaussianHills(seed=1)),
        (Race(GaussianHills(seed=8, hills=3)), None, GaussianHills(seed=8, hills=3)),
        (Race(SmoothedNoise(seed=4, octaves=3)), None, SmoothedNoise(seed=4, octaves=3)),
        (Race(Regression("logistic", seed=2)), None, Regression("logistic", seed=2)),
        (Race(SmoothedNoise(seed=4)), "gaussian_hills", GaussianHills(seed=1)),
        (Race(gallery("rosenbrock")), None, GaussianHills(seed=1)),
        (Race(Formula("x^2+y^2")), "smoothed_noise", SmoothedNoise(seed=1)),
        (Race(FiniteSum(GaussianHills(seed=3), samples=9)), None, FiniteSum(GaussianHills(seed=3), samples=9)),
    ],
)
def test_where_a_tour_begins_and_goes_on(race: Race, family: str | None, surface: object) -> None:
    begun = tour(race, family=family)
    assert begun.race.surface == surface
    assert begun.race.start is None
    assert [racer.key for racer in begun.race.racers] == [racer.key for racer in race.racers]
    following = begun.after(begun.race.run())
    assert following.seed == begun.seed + 1
    assert type(following.race.surface) is type(surface)


def test_from_the_classics_the_learning_rate_comes_back() -> None:
    slow = Race().on_surface(gallery("rosenbrock"))
    assert slow.shared_learning_rate != 0.1
    assert tour(slow).race.shared_learning_rate == 0.1


def test_samples_and_batches_stay() -> None:
    race = Race(FiniteSum(GaussianHills(seed=3), samples=9), (Racer(GradientDescent(), 1), Racer(GradientDescent())))
    following = tour(race).after(tour(race).race.run())
    assert following.race.surface == FiniteSum(GaussianHills(seed=4), samples=9)
    assert following.race.racers == race.racers


def test_a_start_of_ones_own_makes_way_for_each_surfaces_own() -> None:
    begun = tour(Race(start=(0.5, 0.5)))
    assert begun.race.start is None


def test_the_last_seed_is_followed_by_the_first() -> None:
    assert travelled(tour(Race(steps=1), first=2**32 - 1), 1).seed == 0


def test_nobody_wins_where_all_diverge() -> None:
    race = Race(SmoothedNoise(seed=1, bowl=100), steps=50).with_learning_rate(1e6)
    ended = travelled(tour(race.with_optimizers(["gradient_descent"])), 2)
    assert (ended.visited, ended.wins) == (2, (0.0,))


@pytest.mark.parametrize(
    ("first", "family", "named"),
    [(-1, None, "seed = -1"), (2**32, None, "seed"), (1, "formula", "surface = formula"), (1, "x", "surface = x")],
)
def test_what_cannot_be_toured_is_refused(first: int, family: str | None, named: str) -> None:
    with pytest.raises(BadInput, match=named):
        tour(Race(), first, family)


def test_the_families_with_seeds() -> None:
    assert seeded_families() == ("gaussian_hills", "smoothed_noise", "regression")
