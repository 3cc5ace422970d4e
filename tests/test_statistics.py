"""The numbers that tables and figures show, against numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from math import inf, log10, nan
from typing import Any

import numpy as np
import pytest
from scipy.ndimage import label, map_coordinates

from optviz import (
    OPTIMIZERS,
    FiniteSum,
    Formula,
    GaussianHills,
    Race,
    Racer,
    SmoothedNoise,
    Trajectory,
    gallery,
    gallery_names,
    race,
    trace,
    with_convention,
)
from optviz.figures.fans import fan
from optviz.figures.heights import CONTOURS, contour_heights
from optviz.figures.lengths import lengths_of
from optviz.figures.race_record import beside, race_record
from optviz.statistics import (
    best_reached,
    epoch_range,
    gap,
    gap_range,
    length_range,
    log_gap,
    loss_range,
    scoreboard,
    standing,
    step_lengths,
    steps_to_drop,
    tie_width,
    veiled_loss_range,
    wins,
    wins_of,
)
from tiers import few_are_quick

EXACTLY = {"rel": 1e-15, "abs": 0, "nan_ok": True}


@pytest.mark.parametrize(
    ("losses", "lowest", "gaps"),
    [
        ([10, 6, 2], 2, [1, 0.5, 0]),
        ([-1, -2, -3], -5, [1, 0.75, 0.5]),
        ([10, 14, 0], 2, [1, 1.5, -0.25]),
        ([10, nan, nan], 2, [1, nan, nan]),
        ([2, 3, 4], 2, [nan, nan, nan]),
        ([1, 3, 4], 2, [nan, nan, nan]),
        ([nan, nan, nan], 2, [nan, nan, nan]),
        ([[10, 6], [4, 3]], [2, 2], [[1, 0.5], [1, 0.5]]),
        ([[10, 6], [4, 3]], [2, 0], [[1, 0.5], [1, 0.75]]),
    ],
)
def test_gap(losses: Any, lowest: Any, gaps: Any) -> None:
    assert gap(np.array(losses, dtype=float), lowest) == pytest.approx(np.array(gaps), **EXACTLY)


@pytest.mark.parametrize(
    ("losses", "lowest", "share", "step"),
    [
        ([8, 7, 1, 0], 0, 0.75, 2),
        ([8, 2, 5, 0], 0, 0.75, 1),
        ([8, 1.99, 5, 0], 0, 0.75, 1),
        ([8, 2.01, 5, 4], 0, 0.75, -1),
        ([8, 7, 6, 5], 0, 0.75, -1),
        ([8, nan, nan, nan], 0, 0.75, -1),
        ([8, -1, nan, nan], 0, 0.75, 1),
        ([8, 8, 8, 8], 8, 0.75, -1),
        ([8, 4, 0, 0], 0, 0, 0),
        ([8, 4, 0, 0], 0, 1, 2),
    ],
)
def test_steps_to_drop(losses: list[float], lowest: float, share: float, step: int) -> None:
    assert steps_to_drop(np.array(losses, dtype=float), lowest, share) == step


def test_steps_to_drop_is_to_90_percent_unless_told() -> None:
    losses = np.array([[100.0, 11, 10, 9], [100, 50, 25, 12]])
    assert steps_to_drop(losses, np.array([0.0, 0.0])).tolist() in ([2, -1], [3, -1])
    assert steps_to_drop(losses - np.array([0, 0, 0.001, 0]), np.array([0.0, 0.0])).tolist() == [2, -1]


def test_best_reached_is_over_all_racers_and_steps() -> None:
    first, second = np.array([[5, 1, 3], [5, 4, nan], [nan, nan, nan]]), np.array([[5, 2, 2], [5, 5, 3.5], [nan] * 3])
    assert best_reached([first, second]) == pytest.approx(np.array([1, 3.5, nan]), **EXACTLY)
    assert best_reached([first[0], second[0]]) == 1


@pytest.mark.parametrize(
    ("final", "shares"),
    [
        ([3, 1, 2], [0, 1, 0]),
        ([1, 1, 2], [0.5, 0.5, 0]),
        ([1, 1 + 0.9e-6, 2], [0.5, 0.5, 0]),
        ([1, 1 + 1.1e-6, 2], [1, 0, 0]),
        ([1, 1, 1], [1 / 3, 1 / 3, 1 / 3]),
        ([nan, 1, 2], [0, 1, 0]),
        ([inf, 1, 2], [0, 1, 0]),
        ([-inf, 1, 2], [0, 1, 0]),
        ([nan, 1, nan], [0, 1, 0]),
        ([nan, nan, nan], [0, 0, 0]),
        ([-5, -5, -5 + 1], [0.5, 0.5, 0]),
        # Whoever blows up does not make the others level.
        ([0.1, 0.2, 1e12], [1, 0, 0]),
        ([0.1, 0.2, -1e12], [0, 0, 1]),
    ],
)
def test_wins(final: list[float], shares: list[float]) -> None:
    """From a start at 2, over a surface whose lowest loss is 1: a millionth of the drop is 1e-6."""
    assert wins(np.array(final, dtype=float), 2.0, 1.0).tolist() == shares


@pytest.mark.parametrize(
    ("start", "lowest", "width"),
    [
        (2, 1, 1e-6),
        (2e6, 1e6, 1.0),
        (-1, -3, 2e-6),
        # No drop: level is what rounding alone keeps apart, 4 ulps of the start's loss.
        (3, 3, 12 * 2.0**-52),
        (3, -inf, 12 * 2.0**-52),
        (3, inf, 12 * 2.0**-52),
        (0, 0, 0),
        (nan, 1, 0),
        (inf, 1, 0),
        # A drop that is lost in the rounding of the losses.
        (1e9 + 1e-3, 1e9, 4e9 * 2.0**-52),
        (1e308, -1e308, 2e302),
    ],
)
def test_the_width_of_a_tie(start: float, lowest: float, width: float) -> None:
    assert tie_width(start, lowest) == pytest.approx(width, rel=1e-9, abs=0)


def test_wins_over_many_races() -> None:
    final = np.array([[1.0, 2, nan, 5], [1, 1, nan, 5.5]])
    shares = wins(final, np.array([4.0, 4.0, 4.0, 1e6 + 5]), np.array([0.0, 0.0, 0.0, 5.0]))
    assert shares.tolist() == [[0.5, 0, 0, 0.5], [0.5, 1, 0, 0.5]]


BLOWN_UP = (
    "?v=1&surface=smoothed_noise&seed=1&bowl=1&steps=100"
    "&racers=gradient_descent--learning_rate-2.4~momentum~nag~rmsprop~adam"
)


def test_who_wins_does_not_depend_on_who_else_runs() -> None:
    """Gradient descent at 2.4 climbs out of every proportion here; NAG ends lowest, by far more than a tie."""
    setting = Race.from_url(BLOWN_UP)
    rows = {setting.racers[row["index"]].kind: row for row in scoreboard(setting.run())}
    assert rows["gradient_descent"]["final_loss"] > 1e6 * rows["nag"]["final_loss"], "else the test could not fail"
    assert {kind: row["win"] for kind, row in rows.items()} == {
        "gradient_descent": 0,
        "momentum": 0,
        "nag": 1,
        "rmsprop": 0,
        "adam": 0,
    }
    without = setting.run()[1:]
    assert wins_of(without).tolist() == [0, 1, 0, 0]


def test_log_gap_ends_at_its_floor_and_breaks_off_below_the_lowest() -> None:
    losses = np.array([10.0, 6, 2 + 8e-20, 2 + 8e-12, 2, 1, nan])
    logarithmic = [1, 0.5, 1e-16, 1e-12, 1e-16, nan, nan]
    assert log_gap(losses, 2.0) == pytest.approx(np.array(logarithmic), rel=1e-4, nan_ok=True)
    assert log_gap(np.array([1.0, 1e-18]), 0.0).tolist() == [1, 1e-16]
    # An ulp below what theory gives is still level with it; a hundred are not.
    assert log_gap(np.array([3.0, np.nextafter(2, 0), 2 - 2e-14]), 2.0) == pytest.approx(
        np.array([1, 1e-16, nan]), **EXACTLY
    )
    assert np.isnan(log_gap(np.array([3.0, 2.0]), -inf)).all()


@pytest.mark.parametrize(
    ("losses", "low", "high"),
    [
        ([[10, 0]], -0.5, 10.5),
        ([[10, 0], [10, 12]], -0.6, 12.6),
        # A racer that blows up: no higher above the start than the others go below it.
        ([[10, 0], [10, 1e9]], -1, 21),
        ([[10, 0], [10, nan]], -0.5, 10.5),
        ([[10, 11], [10, 12]], 9.9, 12.1),
        ([[-5, -5]], -5.25, -4.75),
        ([[0, 0]], -0.05, 0.05),
        ([[nan, nan]], 0, 1),
        ([[nan, 4], [nan, 2]], 1.9, 4.1),
    ],
)
def test_loss_range(losses: Any, low: float, high: float) -> None:
    assert loss_range(np.array(losses, dtype=float)) == pytest.approx((low, high), rel=1e-12)


@pytest.mark.parametrize(
    ("gaps", "low", "high"),
    [
        ([[1, 0.01]], -2.1, 0.1),
        ([[1, 0.5]], log10(0.5) - 0.05, 0.05),
        ([[1, 1e-16]], -16.8, 0.8),
        ([[1, 1e6, nan]], -0.05, 1.05),
        ([[nan, nan]], -1, 0.3),
    ],
)
def test_gap_range(gaps: Any, low: float, high: float) -> None:
    assert gap_range(np.array(gaps, dtype=float)) == pytest.approx((low, high), rel=1e-12)


# --- lengths of steps ----------------------------------------------------------------------------------------------


def test_the_length_of_a_step_is_how_far_it_goes() -> None:
    points = np.array(
        [[[0.0, 0.0], [3.0, 4.0], [3.0, 4.0], [nan, nan]], [[1.0, 1.0], [1.0, 0.0], [0.0, 0.0], [1e9, 0.0]]]
    )
    assert step_lengths(points) == pytest.approx(np.array([[nan, 5, 0, nan], [nan, 1, 1, 1e9]]), nan_ok=True, rel=1e-15)
    assert step_lengths(points[0]).shape == (4,)


def test_on_a_slope_rmsprop_keeps_its_step_near_the_learning_rate_and_adagrads_shrinks() -> None:
    """On a plane the gradient g is the same everywhere, so each axis moves by η g / √(its accumulator + ε).

    Adagrad's accumulator is k g² after k steps, RMSProp's (1 − γᵏ) g²: by the article's formulas both begin at 0.
    """
    rate, gamma, steps = 0.01, 0.9, np.arange(1, 101)
    lengths = {}
    for kind in ("adagrad", "rmsprop"):
        racer = with_convention(kind, "article", learning_rate=rate)
        points = trace(racer, Formula("3*x + 5*y"), (0.0, 0.0), 100).points
        lengths[kind] = step_lengths(points)[1:]
    # ε, 1e-8 or less, changes a quotient by a billionth; points of size 1 are rounded to 1e-16, a step to 1e-13.
    assert lengths["adagrad"] == pytest.approx(np.sqrt(2) * rate / np.sqrt(steps), rel=1e-6)
    assert lengths["rmsprop"] == pytest.approx(np.sqrt(2) * rate / np.sqrt(1 - gamma**steps), rel=1e-6)
    assert lengths["adagrad"][-1] == pytest.approx(lengths["adagrad"][0] / 10, rel=1e-6)


@pytest.mark.parametrize(
    ("lengths", "low", "high"),
    [
        ([[nan, 1, 0.01]], -2.1, 0.1),
        ([[nan, 0.5, 0.5]], log10(0.5) - 0.05, log10(0.5) + 0.05),
        # What is at rest has no place on a logarithmic axis, and what comes to rest leaves it.
        ([[nan, 1, 0]], -0.05, 0.05),
        ([[nan, 1, 1e-20]], -8.4, 0.4),
        # Who steps farther than the surface is long has left it.
        ([[nan, 1, 1e9]], -0.05, 1.05),
        ([[nan, 1e3, 1e9]], 0.95, 1.05),
        ([[nan, nan, 0]], -5, 1),
    ],
)
def test_length_range(lengths: Any, low: float, high: float) -> None:
    assert length_range(np.array(lengths, dtype=float), across=10.0) == pytest.approx((low, high), rel=1e-12, abs=1e-12)


def test_the_lengths_of_a_race_are_those_of_its_points_and_of_what_lies_under_it() -> None:
    surface = FiniteSum(GaussianHills(seed=1), samples=64)
    racer = Racer(OPTIMIZERS["gradient_descent"](learning_rate=0.1), 1)
    path, runs = trace(racer, surface), fan(trace(racer, surface, seed=range(20)))
    record = race_record([path], ["SGD"], (0.0, 0.0), [runs])
    found = lengths_of(record)
    assert np.array_equal(found.racers[0], step_lengths(path.points), equal_nan=True)
    assert 10 ** found.range[0] < np.nanmin(runs.lengths) < np.nanmin(found.racers[0]), "bands have room, too"
    quick = race_record([trace(Racer(OPTIMIZERS["gradient_descent"](learning_rate=3.0)), surface)], ["GD"], (0.0, 0.0))
    beside_it = lengths_of(record, quick)
    assert np.array_equal(beside_it.pinned[0], step_lengths(quick.points[0]), equal_nan=True)
    assert beside_it.range[1] == lengths_of(quick).range[1] > found.range[1]
    assert lengths_of(record, known=[(-30.0, 0.0)]).range == (-30.0, max(found.range[1], 0.0))
    # Under the veil the axis knows the surface alone, and of a pinned race what has been seen of it.
    diagonal = log10(np.hypot(surface.domain[1] - surface.domain[0], surface.domain[3] - surface.domain[2]))
    assert found.veiled_range == lengths_of(quick).veiled_range == pytest.approx((diagonal - 6, diagonal))


# --- scoreboard, record, heights -----------------------------------------------------------------------------------

BOWL = Formula("x**2 + y**2", domain=(-1, 1, -1, 1))


def drawn(losses: list[float], label: str, surface: Any = BOWL, diverged_at: int = -1) -> Trajectory:
    """A trajectory with these losses, standing still at the start."""
    points = np.full((len(losses), 2), 0.5)
    racer = Racer(OPTIMIZERS["adam"](), label=label)
    return Trajectory(racer, surface, points, np.array(losses, dtype=float), diverged_at, len(losses) - 1)


def test_scoreboard() -> None:
    paths = [
        drawn([0.5, 0.4, 0.25], "a"),
        drawn([0.5, nan, nan], "lost", diverged_at=1),
        drawn([0.5, 0.04, 0.1], "b"),
        drawn([0.5, 0.3, 0.1], "c"),
    ]
    rows = scoreboard(paths)
    assert [paths[row["index"]].racer.label for row in rows] == ["b", "c", "a", "lost"]
    assert [row["final_loss"] for row in rows] == pytest.approx([0.1, 0.1, 0.25, nan], nan_ok=True)
    assert [row["final_gap"] for row in rows] == pytest.approx([0.2, 0.2, 0.5, nan], nan_ok=True)
    assert [row["steps_to_90"] for row in rows] == [1, -1, -1, -1]
    assert [row["win"] for row in rows] == [0.5, 0.5, 0, 0]
    assert [row["diverged_at"] for row in rows] == [-1, -1, -1, 1]
    assert [str(row["outcome"]) for row in rows] == ["stalled", "stalled", "stalled", "diverged"]


def test_scoreboard_where_the_start_is_the_lowest_point() -> None:
    rows = scoreboard(race([OPTIMIZERS["adam"]()], BOWL, (0.0, 0.0), 5))
    assert rows[0]["steps_to_90"] is None
    assert np.isnan(rows[0]["final_gap"])


def test_race_record() -> None:
    racers = [Racer(OPTIMIZERS["adam"](learning_rate=0.3)), Racer(OPTIMIZERS["gradient_descent"](learning_rate=1e3))]
    surface = Formula("(x-1)**4 + y**2", domain=(-2, 2, -1, 3))
    paths = race(racers, surface, (0.5, 2.0), 30)
    record = race_record(paths, ("A", "B"), tuple(paths[0].points[0]))
    assert record.names == ("A", "B")
    assert record.keys == ("adam", "gradient_descent")
    assert record.steps == 30
    assert record.start == (0.5, 2.0)
    assert record.lowest == pytest.approx((1, 0), abs=1e-3)
    assert record.domain == (-2, 2, -1, 3)
    assert record.lost_at == (-1, paths[1].diverged_at - 1)
    assert np.isfinite(record.points[1][record.lost_at[1]]).all()
    assert np.isnan(record.points[1][record.lost_at[1] + 1]).all()
    assert record.log_gaps[0][0] == 1


@pytest.mark.parametrize(
    "surface",
    [BOWL, GaussianHills(seed=1), gallery("rosenbrock"), gallery("goldstein_price"), Formula("log(x) + y")],
    ids=lambda surface: surface.title,
)
def test_contour_heights(surface: Any) -> None:
    heights = contour_heights(surface, 61)
    x_min, x_max, y_min, y_max = surface.domain
    assert (heights.x[0], heights.x[-1], heights.y[0], heights.y[-1]) == (x_min, x_max, y_min, y_max)
    assert heights.losses.shape == heights.shade.shape == (61, 61)
    assert heights.losses[7, 11] == pytest.approx(float(surface.loss((heights.x[11], heights.y[7]))), nan_ok=True)
    known = np.isfinite(heights.losses)
    assert np.array_equal(known, np.isfinite(heights.shade))
    order = np.argsort(heights.losses[known])
    assert (np.diff(heights.shade[known][order]) >= 0).all()
    assert heights.shade[known].min() == 0
    assert heights.shade[known].max() == pytest.approx(1, rel=1e-15)
    if not (heights.logarithmic or heights.by_area):
        spread = np.ptp(heights.losses[known])
        assert heights.shade[known] == pytest.approx((heights.losses[known] - heights.losses[known].min()) / spread)


def test_a_deep_valley_is_shaded_by_the_logarithm() -> None:
    assert contour_heights(gallery("rosenbrock")).logarithmic
    assert not contour_heights(GaussianHills(seed=1)).logarithmic
    valley = contour_heights(gallery("rosenbrock"))
    assert 0.3 < np.median(valley.shade) < 0.8


@pytest.mark.parametrize("text", ["3", "0*x"])
def test_level_ground_has_no_shade(text: str) -> None:
    heights = contour_heights(Formula(text), 11)
    assert (heights.shade == 0).all()
    assert not heights.logarithmic


NARROW = {
    "rosenbrock": gallery("rosenbrock"),
    "goldstein_price": gallery("goldstein_price"),
    "winding_valley": gallery("winding_valley"),
    "himmelblau": gallery("himmelblau"),
    "monkey_saddle": gallery("monkey_saddle"),
    "narrow_rosenbrock": Formula("(1-x)^2+1000*(y-x^2)^2", domain=(-2, 2, -1, 3)),
    "wave": Formula("0.1*x^2+100*(y-sin(3*x))^2", domain=(-3, 3, -3, 3)),
    "ring": Formula("(x^2+y^2-4)^2*(x^2+y^2)+0.01*x", domain=(-4, 4, -4, 4)),
}


@pytest.mark.parametrize("name", few_are_quick(NARROW, 2))
def test_a_narrow_valley_is_no_chain_of_islands(name: str) -> None:
    """The parts that lie below each level line are as many as on a grid eight times finer, whose losses are exact."""
    surface = NARROW[name]
    heights = contour_heights(surface)
    fine = 8 * (len(heights.x) - 1) + 1
    places = np.linspace(0, len(heights.x) - 1, fine)
    drawn = map_coordinates(heights.shade, np.meshgrid(places, places, indexing="ij"), order=1)
    exact = surface.losses_on(np.linspace(*surface.domain[:2], fine), np.linspace(*surface.domain[2:], fine))
    order = np.argsort(heights.losses, axis=None)
    shade = np.interp(exact, heights.losses.ravel()[order], heights.shade.ravel()[order])
    lines = (np.arange(CONTOURS) + 0.5) / CONTOURS
    parts = [[label(values < line, np.ones((3, 3)))[1] for line in lines] for values in (drawn, shade)]
    assert parts[0] == parts[1]


FLAT = {
    "easom": ("-cos(x)*cos(y)*exp(-((x-pi)^2+(y-pi)^2))", 100),
    "carrom_table": ("-(cos(x)*cos(y)*exp(abs(1-sqrt(x^2+y^2)/pi)))^2/30", 10),
    "michalewicz": ("-sin(x)*sin(x^2/pi)^20-sin(y)*sin(2*y^2/pi)^20", 3.14),
    "hole": ("1-exp(-100*(x^2+y^2))", 2),
    "peak": ("exp(-100*(x^2+y^2))", 2),
    "hyperbola": ("1/x", 2),
    "wall": ("exp(10*x)+y^2", 2),
    "step": ("tanh(100*x)+0.001*y", 2),
    "two_plains": ("floor(x/2) + 1e-3*relu(x*y)*exp(x)", 2),
    "dead_units": ("relu(x)*relu(y)", 2),
    "stairs": ("floor(x)+floor(y)", 2),
    "terraces": ("relu(floor(3*x)/3)+1e-4*relu(-x)*sin(9*x*y)", 2),
    "plateau": ("1-exp(-(x^2+y^2)/2)", 3),
    "nearly_overflow": ("exp(300*x)-exp(300*y)", 2),
}


@pytest.mark.parametrize("text, edge", FLAT.values(), ids=FLAT)
def test_no_band_holds_more_than_a_third_of_the_map(text: str, edge: float) -> None:
    """But for what is level to the last bit, which no shade may part, and what else lies in that one's bands."""
    heights = contour_heights(Formula(text, domain=(-edge, edge, -edge, edge)))
    known = np.isfinite(heights.losses)
    losses, shade = heights.losses[known], heights.shade[known]
    lines = (np.arange(CONTOURS) + 0.5) / CONTOURS
    band = np.searchsorted(lines, shade)
    for number in range(CONTOURS + 1):
        held = losses[band == number]
        if len(held) > len(losses) / 3:
            assert np.unique(held, return_counts=True)[1].max() > len(losses) / 3 - len(losses) / CONTOURS
            assert (held == np.median(held)).mean() > 0.99
    order = np.argsort(losses, kind="stable")
    assert (np.diff(shade[order]) >= 0).all()
    assert (shade.min(), shade.max()) == pytest.approx((0, 1), abs=1e-12)
    assert not (heights.logarithmic and heights.by_area)


@pytest.mark.parametrize("text, edge", [FLAT["easom"], FLAT["hole"], FLAT["peak"]])
def test_a_dip_in_a_plain_has_several_bands(text: str, edge: float) -> None:
    shade = contour_heights(Formula(text, domain=(-edge, edge, -edge, edge))).shade
    assert len(np.unique(np.round(shade * CONTOURS))) >= 5


_BANDS = (np.arange(-1, CONTOURS + 1) + 0.5) / CONTOURS
EVEN = [*map(gallery, gallery_names()), *map(GaussianHills, range(12)), *map(SmoothedNoise, range(12))]


@pytest.mark.parametrize("surface", few_are_quick(EVEN, 9), ids=lambda surface: surface.title)
def test_only_what_would_fill_a_band_is_spaced_by_area(surface: Any) -> None:
    heights = contour_heights(surface)
    share = (heights.losses - heights.losses.min()) / np.ptp(heights.losses)
    shade, even = (np.histogram(part, _BANDS)[0].max() / part.size for part in (heights.shade, share))
    assert shade <= 1 / 3
    if not heights.logarithmic:
        assert heights.by_area == (even > 1 / 3)
        assert heights.by_area or heights.shade == pytest.approx(share, abs=1e-12)


def test_nowhere_defined() -> None:
    heights = contour_heights(Formula("log(-1 - x**2)"), 11)
    assert not np.isfinite(heights.losses).any()


def test_a_fan_sums_up_its_runs() -> None:
    surface = FiniteSum(GaussianHills(1), samples=16)
    path = trace(Racer(with_convention("gradient_descent", "article"), 4), surface, steps=3, seed=range(11))
    losses = np.arange(44.0).reshape(11, 4)
    losses[:, 0] = 50.0
    losses[10, 2:] = np.nan
    told = fan(replace(path, losses=losses))
    assert told.runs == 11
    # Of 11 runs the 10 %, 50 % and 90 % quantiles are the second, sixth and tenth from below.
    assert told.losses[:, 1].tolist() == [5.0, 21.0, 37.0]
    assert told.losses[:, 2].tolist() == [6.0, 22.0, 38.0], "the run that diverged counts as highest"
    points = np.zeros((11, 4, 2))
    points[:, 1:, 0] = np.arange(1.0, 12.0)[:, None]  # one step as long as the run's number, and then rest
    points[10, 2:] = np.nan
    lengths = fan(replace(path, losses=losses, points=points)).lengths
    assert lengths[:, 1].tolist() == [2.0, 6.0, 10.0]
    assert lengths[:, 2].tolist() == [0.0, 0.0, 0.0]
    assert np.isnan(lengths[:, 0]).all()
    lowest = surface.lowest.loss
    np.testing.assert_allclose(told.log_gaps, (told.losses - lowest) / (50.0 - lowest), rtol=1e-15)


def test_the_axes_of_a_race_with_fans_span_the_bands() -> None:
    surface = FiniteSum(GaussianHills(seed=1), samples=64)
    racer = Racer(OPTIMIZERS["gradient_descent"](learning_rate=0.1), 1)
    path, runs = trace(racer, surface), fan(trace(racer, surface, seed=range(20)))
    alone, fanned = (race_record([path], ["SGD"], (0.0, 0.0), fans) for fans in (None, [runs]))
    assert runs.losses.min() < path.losses.min(), "else the test could not fail"
    assert fanned.loss_range[0] < runs.losses.min() < alone.loss_range[0]
    assert 10 ** fanned.gap_range[0] < np.nanmin(runs.log_gaps)


def test_axes_beside_a_second_race_span_both() -> None:
    setting = Race(racers=(Racer(OPTIMIZERS["adam"](learning_rate=0.1)),), steps=20)
    slow, fast = (
        race_record(changed.run(), changed.racer_names(), (0.0, 0.0))
        for changed in (setting.with_learning_rate(1e-4), setting)
    )
    both = beside(slow, fast)
    assert both.loss_range[0] == fast.loss_range[0] < slow.loss_range[0]
    assert both.loss_range[1] == max(slow.loss_range[1], fast.loss_range[1])
    assert both.gap_range[0] == fast.gap_range[0] < slow.gap_range[0]
    assert both.losses is slow.losses


def test_an_epoch_axis_spans_all_unless_one_run_is_much_shorter() -> None:
    assert epoch_range([200.0, 200.0]) == 200
    assert epoch_range([200.0, 3.125]) == 12.5


@pytest.mark.parametrize(
    ("start", "lowest", "expected"),
    [
        (2.0, 0.0, (-0.1, 2.6)),
        (0.0, -1.0, (-1.05, 0.3)),
        (1.0, 1.0, (-0.05, 1.3)),
        (-3.0, float("-inf"), (-6.15, -2.1)),
        (float("nan"), 0.0, (-1.05, 0.3)),
        (0.0, float("nan"), (-1.05, 0.3)),
    ],
)
def test_the_axis_under_the_veil_is_that_of_the_surface(
    start: float, lowest: float, expected: tuple[float, float]
) -> None:
    assert veiled_loss_range(start, lowest) == pytest.approx(expected)


def test_under_the_veil_the_axes_do_not_depend_on_how_a_race_ends() -> None:
    surface = GaussianHills(seed=1)
    records = [
        race_record(race([Racer(OPTIMIZERS["momentum"](learning_rate=rate))], surface, steps=40), ["m"], (-1.5, 1.44))
        for rate in (1e-3, 0.1, 3.0)
    ]
    assert len({record.loss_range for record in records}) == 3
    assert len({record.veiled_loss_range for record in records}) == 1
    assert len({record.veiled_gap_range for record in records}) == 1


def test_standing() -> None:
    """Over x² + y² on ±1: the drop from 2 is 2, so level is 2e-6 and a climb is seen from 2e-3 on."""
    lowest_but_outside = np.array([[1.0, 1.0], [0.5, 0.0], [0.0, 1.01], [0.0, 0.0]])
    steady = np.array([[1.0, 1.0], [0.9, 0.0], [0.5, 0.0], [0.5, 0.0]])
    paths = [
        replace(drawn([2.0, 0.25, 0.1, 0.3], "a"), points=lowest_but_outside),
        replace(drawn([2.0, 0.81, 0.25, 0.25 + 1.9e-6], "b"), points=steady),
        replace(drawn([2.0, 0.81, 0.25 + 1.9e-6, 0.25], "c"), points=steady),
        replace(drawn([2.0, 0.81, 0.8, 0.8021], "d"), points=steady),
        replace(drawn([2.0, nan, nan, nan], "lost", diverged_at=1), points=steady),
    ]
    assert standing(paths).tolist() == [
        [1, 1, 200, 3 + 100],
        [1, 2, 1, 1],
        [1, 2, 1, 1],
        [1, 2, 3, 4 + 100],
        [1, 0, 0, 0],
    ]
    assert standing(paths[:2]).tolist()[1] == [1, 2, 1, 1]


def test_standing_where_no_lowest_is_known() -> None:
    """A climb is then told by what the racer itself has spanned."""
    plain = Formula("log(abs(x))", domain=(-1, 1, -1, 1))
    codes = standing([drawn([0.0, -4.0, -3.9, -3.899], "a", plain), drawn([nan, nan, nan, nan], "b", plain, 0)])
    assert codes.tolist() == [[1, 1, 101, 1], [0, 0, 0, 0]]


def test_most_racers_far_above_the_edge_of_stability_have_left() -> None:
    """At η = 6.3 nobody who is outside the domain has a rank, however low its loss."""
    paths = Race().with_learning_rate(6.3).run()
    ends = standing(paths)[:, -1]
    outside = [not path.surface.contains(path.points[-1]) for path in paths]
    assert sum(outside) >= 3, "else the test could not fail"
    assert [code == 200 for code in ends] == outside
