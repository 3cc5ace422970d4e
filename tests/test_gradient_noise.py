"""Batch gradients at one point, against theory, and as a figure."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects
import pytest

from optviz import BadInput, FiniteSum, GaussianHills, Regression, Surface
from optviz.figures import resolved
from optviz.figures.gradient_noise import SHOWN, gradient_noise_figure
from optviz.gradient_noise import DRAWS, gradient_noise

POINT = np.array([0.3, -0.4])
SURFACES: dict[str, Surface] = {
    "sum": FiniteSum(GaussianHills(1), samples=48, spread=0.7),
    "sum, with replacement": FiniteSum(GaussianHills(1), samples=48, spread=0.7, replacement=True),
    "linear": Regression("linear", samples=40),
    "network, with replacement": Regression("network", samples=40, replacement=True),
}
TITLES = (
    "batch_gradients full_gradient along_x along_y measured without_replacement with_replacement batch_size variance"
)
WORDS = dict.fromkeys(TITLES.split(), "word")


@pytest.mark.parametrize("name", SURFACES)
def test_the_measured_variance_follows_theory(name: str) -> None:
    surface = SURFACES[name]
    assert surface.samples is not None
    noise = gradient_noise(surface, POINT, 8)
    expected = noise.with_replacement if surface.replacement else noise.without_replacement
    # Squares of sample gradients have a fourth moment: up to about 10 times the squared variance for single samples of
    # a regression, so the standard error of a mean of 400 is at most √(10/400) = 16 %; three of them.
    np.testing.assert_allclose(noise.measured, expected, rtol=0.48, atol=1e-25)
    assert noise.sizes[0] == 1
    assert noise.sizes[-1] == surface.samples
    assert 8 in noise.sizes
    if not surface.replacement:
        assert noise.measured[-1] < 1e-25, "a batch of all samples has no noise"
    np.testing.assert_array_equal(noise.full_gradient, surface.gradient(POINT))
    assert noise.gradients.shape == (DRAWS, 2)


def test_the_axis_of_the_variance_spans_what_is_not_zero() -> None:
    noise = gradient_noise(SURFACES["sum"], POINT, 8)
    low, high = noise.variance_range
    assert 10**high > noise.with_replacement.max()
    assert 0 < 10**low < noise.without_replacement[:-1].min()
    assert gradient_noise(FiniteSum(GaussianHills(1), spread=0), POINT, 8).variance_range == (-1.0, 1.0)


def test_the_noise_depends_on_the_seed_and_only_on_it() -> None:
    first, again, other = (gradient_noise(SURFACES["sum"], POINT, 4, seed) for seed in (1, 1, 9))
    np.testing.assert_array_equal(first.gradients, again.gradients)
    assert not np.array_equal(first.gradients, other.gradients)


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(BadInput, match="has none"):
        gradient_noise(GaussianHills(1), POINT, 1)
    with pytest.raises(BadInput, match="1 ≤ batch_size ≤ 48"):
        gradient_noise(SURFACES["sum"], POINT, 49)
    with pytest.raises(BadInput, match="not a point"):
        gradient_noise(SURFACES["sum"], np.array([np.nan, 0]), 1)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("arrangement", ["wide", "narrow"])
def test_the_figure_shows_the_record(theme: str, arrangement: str) -> None:
    noise = gradient_noise(SURFACES["sum"], POINT, 8)
    drawn = resolved(gradient_noise_figure(noise, WORDS), theme, arrangement)
    plotly.graph_objects.Figure(drawn)
    rays, tips, full, with_replacement, without, measured = drawn["data"]
    assert len(tips["x"]) == SHOWN
    np.testing.assert_array_equal(tips["y"], -noise.gradients[:SHOWN, 1])
    np.testing.assert_array_equal(rays["x"][1::3], tips["x"])
    assert full["x"].tolist() == [0, -noise.full_gradient[0]]
    np.testing.assert_array_equal(measured["y"], noise.measured)
    np.testing.assert_array_equal(with_replacement["y"], noise.with_replacement)
    np.testing.assert_array_equal(without["y"][:-1], noise.without_replacement[:-1])
    assert np.isnan(without["y"][-1]), "a logarithmic axis has no 0"
