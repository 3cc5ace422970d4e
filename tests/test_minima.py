"""All the minima of a surface: those of the literature, those that a descent from anywhere ends in, and no others."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from cases import SURFACES
from optviz import FiniteSum, Formula, GaussianHills, Race, Regression, SmoothedNoise, Surface, gallery
from optviz.laboratory import work
from optviz.laboratory.asking import Task
from optviz.laboratory.values import packed, record_of, unpacked
from optviz.surface.lowest import Minima

LITERATURE = {
    # The losses of all the minima inside the domain, lowest first. M. Jamil and X.-S. Yang 2013, arXiv:1308.4008; for
    # those that are not the lowest, from the roots of the gradient, which are those of polynomials.
    "six_hump_camel": [-1.0316285, -1.0316285, -0.2154638, -0.2154638, 2.1042503, 2.1042503],
    "three_hump_camel": [0, 0.2986384, 0.2986384],
    "himmelblau": [0, 0, 0, 0],
    "goldstein_price": [3, 30, 84, 840],
    "styblinski_tang": [-78.3323314, -64.1956124, -64.1956124, -50.0588933],
    "rosenbrock": [0],
    "beale": [0],
    "bowl": [0],
    # y² (y² − 4)/4 + x² and Re z³ in a bowl.
    "saddle": [-1, -1],
    "monkey_saddle": [-0.84375, -0.84375, -0.84375],
}


@pytest.mark.parametrize("name", LITERATURE)
def test_the_minima_of_well_known_functions(name: str) -> None:
    minima = gallery(name).local_minima
    assert minima.losses == pytest.approx(LITERATURE[name], abs=1e-6)  # as many digits as are published
    assert gallery(name).loss(minima.points) == pytest.approx(minima.losses, abs=0)


def test_rastrigin_has_one_by_each_point_with_whole_numbers() -> None:
    points = gallery("rastrigin").local_minima.points
    x_min, x_max, *_ = gallery("rastrigin").domain
    inside = [k for k in range(-9, 10) if x_min < k * 0.995 < x_max]
    assert len(points) == len(inside) ** 2
    # The k-th lies at 0.99497 k, or a little less.
    assert np.abs(points / 0.995 - np.round(points / 0.995)).max() < 0.01


@pytest.mark.parametrize("name", SURFACES)
def test_each_is_stationary_and_nothing_near_is_lower(name: str) -> None:
    surface = SURFACES[name]
    minima = surface.local_minima
    assert (np.diff(minima.losses) >= 0).all()
    near = np.random.RandomState(3).standard_normal((400, 1, 2)) * 1e-3 * surface.width
    assert (surface.loss(minima.points + near) > minima.losses - 1e-13 * np.abs(minima.losses)).all()
    x_min, x_max, y_min, y_max = surface.domain
    height = np.ptp(surface.losses_on(np.linspace(x_min, x_max, 40), np.linspace(y_min, y_max, 40)))
    # At a kink there is no gradient that could vanish: only where one exists all around.
    smooth = name not in ("gallery: abs_valley", "gallery: ackley")
    slopes = np.abs(surface.gradient(minima.points)) * surface.width
    assert not smooth or not slopes.size or slopes.max() < 1e-5 * height


@pytest.mark.parametrize(
    "surface",
    [GaussianHills(seed) for seed in (1, 7, 128)] + [SmoothedNoise(7), SmoothedNoise(3, bowl=1), gallery("peaks")],
    ids=str,
)
def test_a_descent_from_anywhere_ends_in_one_of_them_or_leaves(surface: Surface) -> None:
    minima = surface.local_minima
    x_min, x_max, y_min, y_max = surface.domain
    starts = np.random.RandomState(1).uniform((x_min, y_min), (x_max, y_max), (40, 2))
    reached = set()
    for start in starts:
        found = minimize(surface.loss, start, jac=surface.gradient, method="BFGS", options={"gtol": 1e-9})
        curved = np.linalg.eigvalsh(surface.hessian(found.x)).min() > 1e-3
        if surface.contains(found.x) and curved and np.abs(surface.gradient(found.x)).max() < 1e-6:
            distances = np.abs(minima.points - found.x).max(axis=1)
            assert distances.min() < 1e-5, found.x
            reached.add(int(distances.argmin()))
    # Of 40 starts some lead to each valley: none of them is made up.
    assert reached == set(range(len(minima.losses)))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("x", 0),
        ("3", 0),
        ("-x^2-y^2", 0),
        ("x*y", 0),
        # Level lines: along an axis, askew, a circle, and one that bends.
        ("x^2", 0),
        ("(x-0.3*y)^2", 0),
        ("(x^2+y^2-1)^2", 0),
        ("(y-sin(x))^2", 0),
        ("(y-x^2)^2 + 1", 0),
        ("max(x^2+y^2, 0.5)", 0),
        # Falls towards the edge, and a minimum on the edge itself.
        ("(x-3)^2+y^2", 0),
        ("(x-2)^2+y^2", 0),
        # A minimum of the fourth order, of the sixth, and one that is far steeper one way than the other.
        ("x^4+y^4", 1),
        ("x^6+y^2+5", 1),
        ("1e5*x^2+y^2", 1),
        # The lowest point counts at a kink as well.
        ("sqrt(x^2+y^2)", 1),
        ("abs(x-0.3)+abs(y+0.7)", 1),
        # Twins, and a hundred to one.
        ("(x^2-1)^2+y^2", 2),
        ("log(-1-x^2)", 0),
        ("1/x", 0),
    ],
)
def test_how_many_there_are(text: str, count: int) -> None:
    assert len(Formula(text, (-2, 2, -2, 2)).local_minima.losses) == count


@pytest.mark.parametrize("name", ["hills 1", "noise 7", "gallery: himmelblau", "gallery: ackley", "gallery: mccormick"])
def test_the_lowest_point_is_the_first_of_them(name: str) -> None:
    surface = SURFACES[name]
    assert surface.local_minima.points[0].tolist() == list(surface.lowest.point)


def test_the_articles_surface_has_two() -> None:
    minima = GaussianHills(seed=1).local_minima
    assert minima.losses == pytest.approx([-0.3543, -0.2832], abs=5e-5)
    assert minima.points == pytest.approx(np.array([[-0.690, -0.598], [-0.052, 0.736]]), abs=5e-4)


def test_they_are_the_same_every_time() -> None:
    first, second = (SmoothedNoise(seed=3, octaves=5).local_minima for _ in range(2))
    assert first.points.tobytes() == second.points.tobytes()
    assert len(first.losses) > 20


def test_samples_have_the_minima_of_their_mean() -> None:
    surface = GaussianHills(seed=1)
    assert FiniteSum(surface, samples=8).local_minima is surface.local_minima
    assert len(Regression("network").local_minima.losses) == 2


def test_they_travel_from_one_process_to_another() -> None:
    race = Race(SmoothedNoise(seed=7), steps=1)
    values = unpacked(packed(work.done(Task("surface", race, {}, 1.0).message())))
    there, here = SmoothedNoise(seed=7), race.surface.local_minima
    there.take_over_minima(record_of(Minima, values, "minima_"))
    assert there.local_minima.points.tobytes() == here.points.tobytes()
    assert there.local_minima.losses.tolist() == here.losses.tolist()
