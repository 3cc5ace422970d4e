"""The lowest points of whole stacks: against a search of another kind, and each as if it were alone."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from scipy.ndimage import minimum_filter
from scipy.optimize import minimize

from cases import STACKS
from optviz import FiniteSum, Formula, GaussianHills, SmoothedNoise, Surface
from optviz.surface.searching import search_smooth
from tiers import long

FAMILIES = {
    "hills": lambda seeds: GaussianHills(seeds),
    "noise": lambda seeds: SmoothedNoise(seeds),
    "notebook's hills": lambda seeds: GaussianHills(seeds, weights=(-1.0, 0.2)),
    "many hills": lambda seeds: GaussianHills(seeds, hills=40),
    "rugged noise in a bowl": lambda seeds: SmoothedNoise(seeds, octaves=4, bowl=0.5),
}
QUICK = [("hills", 200), ("noise", 60)]
ALL = [*QUICK, *((name, 1000) for name in FAMILIES)]

SAME = 1e-12
"""Of losses about 1: what quasi-Newton steps leave, whose gradient has come down to 1e-8, is far less."""


def lowest_by_scipy(surface: Surface, grid: np.ndarray, x: np.ndarray, y: np.ndarray) -> float:
    """The lowest of what L-BFGS-B comes to from the five lowest dips of a grid (Y, X) of losses."""
    dips = np.flatnonzero(grid <= minimum_filter(grid, size=3, mode="nearest"))
    starts = dips[np.argsort(grid.ravel()[dips])[:5]]
    x_min, x_max, y_min, y_max = surface.domain
    ends = [
        minimize(
            surface.loss_and_gradient,
            (x[start % len(x)], y[start // len(x)]),
            jac=True,
            method="L-BFGS-B",
            bounds=[(x_min, x_max), (y_min, y_max)],
            options={"ftol": 0.0, "gtol": 1e-10},
        ).fun
        for start in starts
    ]
    return min(ends)


@long
@pytest.mark.parametrize(("family", "count"), ALL)
def test_a_search_of_another_kind_finds_nothing_lower(family: str, count: int) -> None:
    stack = FAMILIES[family](range(count))
    lowest = stack.lowest
    x_min, x_max, y_min, y_max = stack.domain
    # 61 lines each way: a cell is a quarter of the hills' σ at the most.
    x, y = np.linspace(x_min, x_max, 61), np.linspace(y_min, y_max, 61)
    assert stack.contains(lowest.point).all()
    assert (stack.loss(lowest.point) == lowest.loss).all()
    for single, loss in zip(stack.singles(), lowest.loss, strict=True):
        assert loss <= lowest_by_scipy(single, single.losses_on(x, y), x, y) + SAME


@pytest.mark.parametrize("name", [*STACKS, "samples"])
def test_what_a_stack_knows_of_a_surface_depends_on_no_other(name: str) -> None:
    stack = FiniteSum(GaussianHills(range(6)), samples=4) if name == "samples" else STACKS[name]
    count = stack.stack_shape[0]
    places = np.array([2, 0, count - 1, 2, 1])
    part = stack.part(places)
    assert part.stack_shape == (5,)
    assert part.lowest.loss.tobytes() == stack.lowest.loss[places].tobytes()
    assert part.lowest.point.tobytes() == stack.lowest.point[places].tobytes()
    assert part.peak().tobytes() == stack.peak()[places].tobytes()
    for place, (alone, single) in zip(places, zip(part.singles(), map(stack.single, places), strict=True), strict=True):
        assert alone == single
        assert single.lowest.loss == stack.lowest.loss[place]
        assert single.lowest.point.tobytes() == stack.lowest.point[place].tobytes()
        if single.found is not None:
            assert single.found.height == stack.found.height[place]


def test_a_block_of_surfaces_makes_no_difference() -> None:
    """More of them than are searched at once."""
    stack = GaussianHills(range(300), hills=3)
    for first, beyond in ((0, 1), (255, 257), (200, 300)):
        part = GaussianHills(range(first, beyond), hills=3)
        assert part.lowest.loss.tobytes() == stack.lowest.loss[first:beyond].tobytes()
        assert part.lowest.point.tobytes() == stack.lowest.point[first:beyond].tobytes()
        assert part.peak().tobytes() == stack.peak()[first:beyond].tobytes()


@pytest.mark.parametrize("name", STACKS)
def test_rough_losses_are_losses_but_for_rounding(name: str) -> None:
    stack = STACKS[name]
    x_min, x_max, y_min, y_max = stack.domain
    # Beyond the edges as well, and other numbers of rows than of columns.
    x, y = np.linspace(x_min - 0.4, x_max, 23), np.linspace(y_min, y_max + 0.7, 17)
    rough = stack.rough_losses_on(x, y)
    assert rough.shape == (stack.stack_shape[0], 17, 23)
    for single, losses in zip(stack.singles(), rough, strict=True):
        exact = single.losses_on(x, y)
        # A sum of at most 64 × 64 terms: its rounding is some 1e-14 of them.
        np.testing.assert_allclose(losses, exact, rtol=0, atol=1e-12 * np.abs(exact).max())
        np.testing.assert_allclose(single.rough_losses_on(x, y), exact, rtol=0, atol=1e-12 * np.abs(exact).max())


@pytest.mark.parametrize("name", STACKS)
def test_the_peak_is_the_first_of_the_highest_of_exact_losses(name: str) -> None:
    for single, peak in zip(STACKS[name].singles(), STACKS[name].peak(), strict=True):
        x_min, x_max, y_min, y_max = single.domain
        x, y = np.arange(x_min, x_max, (x_max - x_min) / 50)[:50], np.arange(y_min, y_max, (y_max - y_min) / 50)[:50]
        row, column = np.unravel_index(single.losses_on(x, y).argmax(), (50, 50))
        assert peak.tolist() == [x[column], y[row]]


@pytest.mark.parametrize(
    ("text", "peak"),
    [("3", (-1, -1)), ("x^2*0", (-1, -1)), ("log(-1-x^2)", (-1, -1)), ("y", (-1, 0.96)), ("1/abs(x+1)", (-0.96, -1))],
)
def test_of_several_that_are_as_high_the_first_is_the_peak(text: str, peak: tuple[float, float]) -> None:
    # 1/0 is ∞, which does not count.
    assert Formula(text, (-1, 1, -1, 1)).peak() == pytest.approx(peak, abs=1e-12)


class Smooth(Formula):
    """A formula that promises to be smooth and without narrow dips."""

    narrow_dips = False


@pytest.mark.parametrize(
    ("text", "loss", "point"),
    [
        # Flat Hessians: none, of one rank, 0 where the lowest point is.
        ("x+2*y", -6, (-2, -2)),
        ("3", 3, None),
        ("(x-y)^2", 0, None),
        ("x^4+y^4", 0, (0, 0)),
        ("(x-0.31)^4+(y-0.72)^2", 0, (0.31, 0.72)),
        # On an edge or in a corner, by an oblique valley, and where the way there bends.
        ("100*(x-y)^2+x", -2, (-2, -2)),
        ("(x+3)^2+(x-2*y)^2+y^2", 1 + 4 / 5, (-2, -0.8)),
        ("x*y", -4, None),
        ("(1.01-x)^2+100*(y-x^2)^2", 0, (1.01, 1.0201)),
        ("(1-x)^2+100*(y+2-x^2)^2+0.1*y", None, None),
        ("-exp(-50*(x-0.123)^2-20*(y+1.234)^2)", -1, (0.123, -1.234)),
        # The lowest point of the grid is by the higher of two dips: the lower one lies between the lines.
        ("-0.98*exp(-(x^2+y^2)/0.011)-exp(-((x-61/60)^2+(y-61/60)^2)/0.011)", -1, (61 / 60, 61 / 60)),
        # Defined on a part of the domain, and nowhere.
        ("x^2+y^2+0*log(x+1.5)", 0, (0, 0)),
        ("log(-1-x^2)", np.inf, (0, 0)),
    ],
)
def test_where_a_smooth_surface_is_lowest(text: str, loss: float | None, point: tuple[float, float] | None) -> None:
    found = search_smooth(Smooth(text, (-2, 2, -2, 2)))
    thorough = Formula(text, (-2, 2, -2, 2)).lowest.loss
    assert found.loss == pytest.approx(thorough, rel=1e-12, abs=1e-12)
    assert loss is None or found.loss == pytest.approx(loss, rel=1e-12, abs=1e-12)
    # Where the loss is of the fourth order its last digit is reached far from the lowest point.
    assert point is None or found.point == pytest.approx(point, abs=1e-3 if "^4" in text else 1e-7)


def test_of_many_surfaces_the_search_needs_no_more_memory_than_of_some() -> None:
    """Each has 121² losses, 117 kB, and there are 700 of them."""
    stack = GaussianHills(range(700), hills=2)
    stack.loss(np.zeros(2))
    tracemalloc.start()
    search_smooth(stack)
    stack.peak()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 8e6
