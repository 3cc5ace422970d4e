"""A domain around the interesting part of a formula."""

from __future__ import annotations

import numpy as np
import pytest

from optviz import Formula, gallery, gallery_names
from optviz.surface.searching import fitted_domain

# What must lie inside, well away from the edges, and how wide the domain may be.
SEEN: dict[str, tuple[list[tuple[float, float]], float, float]] = {
    "x^2 + y^2": ([(0, 0)], 2, 8),
    "(1-x)^2 + 100*(y-x^2)^2": ([(1, 1)], 2, 8),
    "(x+2y-7)^2 + (2x+y-5)^2": ([(1, 3)], 4, 12),
    "(x-100)^2 + (y+50)^2": ([(100, -50)], 100, 500),
    "(x-5000)^2 + y^2": ([(5000, 0)], 5000, 30000),
    "-exp(-10000*((x-0.7)^2 + y^2))": ([(0.7, 0)], 0.01, 0.2),
    # A kink has no point without slope.
    "|x-0.3| + 2|y+1.7|": ([(0.3, -1.7)], 2, 8),
    "max(|x|, |y|)": ([(0, 0)], 2, 8),
    # A funnel is as steep in every smaller square: the minimum is seen from afar.
    **dict.fromkeys(
        [
            *("(x^2+y^2)^.25", "sqrt(sqrt(abs(x)))+sqrt(sqrt(abs(y)))", "abs(x)^0.2+abs(y)^0.2"),
            *("log(abs(x)+abs(y)+1e-9)", "log(abs(x)+1e-9)+y^2", "sqrt(1e-20+x^2+y^2)^.2"),
        ],
        ([(0.0, 0.0)], 2, 8),
    ),
    "(abs(x-3)+abs(y))^.1": ([(3, 0)], 2, 12),
    "((x-300)^2+(y-100)^2)^.25": ([(300, 100)], 100, 1000),
    "-exp(-1e8*((x-0.7)^2 + y^2))": ([(0.7, 0)], 1e-4, 2e-3),
    # Where two poles cross there is no minimum, however deep it looks: around 0 there is a saddle, or a slope.
    **dict.fromkeys(
        ["tan(x)*tan(y)", "tan(x)+tan(y)", "tan(x)*tan(y)+x^2", "tan(x*y)", "tan(x-y)*tan(x+y)"], ([(0.0, 0.0)], 2, 8)
    ),
    # A needle too narrow for any domain that one would look at.
    "-exp(-1e12*(x^2+y^2))": ([(0, 0)], 2, 8),
    # Minima without end: a handful.
    "sin(50x)*cos(50y)": ([(-np.pi / 100, 0)], 0.1, 1),
    "20 + x^2 + y^2 - 10cos(2pi x) - 10cos(2pi y)": ([(0, 0), (1, 1), (-1, -1)], 2.5, 8),
    # No minimum, but a saddle.
    "x^2 - y^2": ([(0, 0)], 2, 8),
    "(x-10)^2 - (y-3)^2": ([(10, 3)], 10, 40),
    # A valley that looks level on all squares, up to ones in which 0 is as good as exact.
    "y^4*1e9 + x^4": ([(0, 0)], 2, 8),
    "x^4*1e300 + y^2": ([(0, 0)], 2, 8),
    "x^2 + 1e300*y^2": ([(0, 0)], 2, 8),
    # Only where it has a value.
    "x*log(x) + y^2": ([(np.exp(-1), 0)], 2, 6),
    "(x-103)^2 + y^2 + 0*log(x-100)": ([(103, 0)], 100, 500),
}


@pytest.mark.parametrize("text", SEEN)
def test_what_is_interesting_is_inside(text: str) -> None:
    points, least, most = SEEN[text]
    x_min, x_max, y_min, y_max = Formula(text).fitted().domain
    low, size = np.array([x_min, y_min]), np.array([x_max - x_min, y_max - y_min])
    assert ((size >= least) & (size <= most)).all()
    for point in points:
        share = (np.array(point) - low) / size
        assert ((share > 0.01) & (share < 0.99)).all(), f"{point} at {share}"


@pytest.mark.parametrize(
    "name", [name for name in gallery_names() if isinstance(gallery(name).inner, Formula) and name != "winding_valley"]
)
def test_of_each_formula_of_the_gallery_a_minimum_is_inside(name: str) -> None:
    """A known one, though of many not all; the winding valley's only one is far out beside others of its own."""
    fitted = gallery(name).inner.fitted()
    assert any(fitted.contains(np.array(minimum)) for minimum in gallery(name).minima)


@pytest.mark.parametrize("text", ["x + y", "0*x + 3", "1/x", "exp(x)", "tan(x) + y^2", "sqrt(x)", "log(-1-x^2)"])
def test_where_there_is_nothing_to_see_it_is_a_usual_domain(text: str) -> None:
    x_min, x_max, y_min, y_max = Formula(text).fitted().domain
    assert -2 <= x_min < x_max <= 2
    assert (y_min, y_max) == (-2, 2)


def test_the_edges_are_such_as_one_types_and_the_text_stays() -> None:
    fitted = Formula("(x-3.14159)^2 + (y-2.71828)^2").fitted()
    assert fitted.text == "(x-3.14159)^2 + (y-2.71828)^2"
    assert all(len(f"{edge:g}") <= 5 for edge in fitted.domain)
    assert fitted.fitted() == fitted, "where one looks from does not matter"


def test_it_looks_a_bounded_number_of_times() -> None:
    """However long the formula: what is counted is points, not seconds."""
    seen = []

    class Counting(Formula):
        def loss(self, point: np.ndarray) -> np.ndarray:
            seen.append(np.asarray(point).size // 2)
            return super().loss(point)

    for text in ("sin(99x)*cos(99y)", "x + y", "0*x + 3", "(x-5000)^2 + y^2"):
        seen.clear()
        fitted_domain(lambda domain, text=text: Counting(text, domain))  # type: ignore[misc]
        # A dozen maps of 121 × 121, and what a look at 128 dips takes beside.
        assert sum(seen) < 12 * 121 * 121 * 4
