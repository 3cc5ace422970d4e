"""Every file of the gallery says what is true, and a file that does not is refused with a sentence."""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optviz import CONVENTIONS, OPTIMIZERS, FiniteSum, Outcome, Race, Racer, Surface, Trajectory, trace
from optviz.bad_input import BadInput
from optviz.optimizers import GradientDescent
from optviz.statistics import gap
from optviz.surface.finite_sum import rms_gradient
from optviz.surface.gallery import GallerySurface, families_of_files, gallery, gallery_names, read_entry
from tiers import few_are_quick

FOLDER = Path(__file__).parents[1] / "surfaces"
NAMES = gallery_names()
EXPECTED = [
    "rosenbrock",
    "himmelblau",
    "beale",
    "rastrigin",
    "ackley",
    "saddle",
    "monkey_saddle",
    "ravine",
    "plateau",
    "styblinski_tang",
    "goldstein_price",
    "six_hump_camel",
    "booth",
    "matyas",
    "three_hump_camel",
    "levy",
    "bowl",
    "abs_valley",
    "double_well",
    "winding_valley",
    "notebook_hills",
    "mccormick",
    "cliff",
    "peaks",
]
# At a kink there is no stationary point in the usual sense; our gradient there is 0 by definition.
KINKED = ("abs_valley", "ackley")

VALID = """
order = 5
start = [0.5, 0.5]
learning_rate = 0.1
minima = [[0.0, 0.0]]
source = "nobody"

[surface]
family = "formula"
text = "x^2 + y^2"
domain = [-1.0, 1.0, -1.0, 1.0]

[title]
en = "A bowl"
zh = "碗"

[teaches]
en = "Nothing."
zh = "无。"
"""
# What is replaced in the valid file, by what, and what the sentence must name beside the file.
HOSTILE = [
    ("order = 5", 'order = "5"', "order"),
    ("order = 5", "order = true", "order"),
    ("order = 5", "order = nan", "order"),
    ("order = 5", "order = ", "TOML"),
    ("order = 5", "order = 5\norder = 6", "TOML"),
    ("order = 5", "order = 5\ncolour = 1", "colour"),
    ("order = 5", "", "order"),
    ("start = [0.5, 0.5]", "", "start"),
    ("start = [0.5, 0.5]", "start = [0.5]", "start"),
    ("start = [0.5, 0.5]", "start = [0.5, inf]", "start"),
    ("start = [0.5, 0.5]", "start = 0.5", "start"),
    ("start = [0.5, 0.5]", 'start = ["0.5", "0.5"]', "start"),
    ("start = [0.5, 0.5]", "start = [5.0, 0.5]", "start"),
    ("learning_rate = 0.1", "learning_rate = 0", "learning_rate"),
    ("learning_rate = 0.1", "learning_rate = -1.0", "learning_rate"),
    ("learning_rate = 0.1", "learning_rate = [0.1]", "learning_rate"),
    ("minima = [[0.0, 0.0]]", "minima = [0.0, 0.0]", "minima"),
    ("minima = [[0.0, 0.0]]", "minima = 3", "minima"),
    ("minima = [[0.0, 0.0]]", "minima = [[0.0, 9.0]]", "minima"),
    ('source = "nobody"', "source = 1", "source"),
    ('source = "nobody"', 'source = "two\\nlines"', "source"),
    ('family = "formula"', 'family = "os"', "os"),
    ('family = "formula"', "family = []", "family"),
    ('family = "formula"', "", "family"),
    ('family = "formula"', 'family = "gaussian_hills"', "text"),
    ('text = "x^2 + y^2"', "", "text"),
    ('text = "x^2 + y^2"', "text = 3", "formula"),
    ('text = "x^2 + y^2"', 'text = "__import__"', "column 1"),
    ('text = "x^2 + y^2"', 'text = "x^2"\nseed = 1', "seed"),
    ("domain = [-1.0, 1.0, -1.0, 1.0]", "domain = [1.0, -1.0, -1.0, 1.0]", "domain"),
    ("domain = [-1.0, 1.0, -1.0, 1.0]", "domain = 1.0", "domain"),
    ("domain = [-1.0, 1.0, -1.0, 1.0]", "", "domain"),
    ('zh = "碗"', "", "zh"),
    ('zh = "碗"', 'zh = ""', "title.zh"),
    ('zh = "碗"', "zh = 1", "title.zh"),
    ('zh = "碗"', 'zh = "碗"\nfr = "bol"', "fr"),
    ('en = "Nothing."', "", "en"),
    ('en = "Nothing."', f'en = "{"n" * 301}"', "teaches.en"),
    ('[title]\nen = "A bowl"\nzh = "碗"', "[title]", "title"),
    *(
        ("[title]", f"[learning_rates{rates}\n[title]", named)
        for rates, named in [
            (".artcle]\nadam = 0.1", "artcle"),
            (".article]\nadamm = 0.1", "adamm"),
            # It has no learning rate of its own: nothing would ask for it.
            (".pytorch]\nadadelta = 0.1", "adadelta"),
            (".article]\nadam = 0.0", "learning_rates.article.adam"),
            (".article]\nadam = true", "learning_rates.article.adam"),
            ("]\narticle = 0.1", "learning_rates"),
        ]
    ),
]


def descend(surface: GallerySurface, momentum: float) -> np.ndarray:
    """Losses (201,) of gradient descent, or of the heavy ball, from the suggested start at the suggested rate."""
    point, velocity = surface.suggested_start, np.zeros(2)
    losses = [surface.loss(point)]
    for _ in range(200):
        velocity = momentum * velocity + surface.suggested_learning_rate * surface.gradient(point)
        point = point - velocity
        losses.append(surface.loss(point))
    return np.array(losses)


def test_the_gallery_is_complete_and_ordered() -> None:
    assert set(EXPECTED) <= set(NAMES)
    assert sorted(NAMES) == sorted(path.stem for path in FOLDER.glob("*.toml"))
    assert NAMES[0] == "bowl"
    orders = [read_entry(FOLDER / f"{name}.toml").order for name in NAMES]
    assert orders == sorted(set(orders))


@pytest.mark.parametrize("name", NAMES)
def test_minima_are_stationary_and_the_lowest(name: str) -> None:
    surface = gallery(name)
    x_min, x_max, y_min, y_max = surface.domain
    grid = surface.losses_on(np.linspace(x_min, x_max, 801), np.linspace(y_min, y_max, 801))
    assert np.isfinite(grid).all()
    span = grid.max() - grid.min()
    assert surface.contains(surface.lowest.point)
    assert surface.lowest.loss <= grid.min() + 1e-13 * span
    assert surface.lowest.exact == bool(surface.minima)
    for minimum in surface.minima:
        point = np.array(minimum)
        assert surface.contains(point)
        # Equally low, up to the rounding of the formula itself.
        assert abs(surface.loss(point) - surface.lowest.loss) <= 1e-13 * max(1.0, span)
        curvature = np.abs(surface.hessian(point)).max()
        # A coordinate rounded to float64 is off by up to ε/2 of itself, and the terms of the gradient round alike.
        assert np.abs(surface.gradient(point)).max() <= 1e-14 * (1 + curvature) * (10 + np.abs(point).max())
        if name not in KINKED:
            assert np.linalg.eigvalsh(surface.hessian(point)).min() > 0
        ring = point + 1e-3 * np.stack([np.cos(np.arange(12.0)), np.sin(np.arange(12.0))], axis=-1)
        assert (surface.loss(ring) > surface.loss(point)).all()


@pytest.mark.parametrize("name", few_are_quick([name for name in NAMES if gallery(name).minima], 4))
def test_no_minimum_is_missing(name: str) -> None:
    """Every dip of a dense grid that is as low as the lowest point belongs to one of the minima in the file."""
    surface = gallery(name)
    x_min, x_max, y_min, y_max = surface.domain
    x, y = np.linspace(x_min, x_max, 401), np.linspace(y_min, y_max, 401)
    losses = surface.losses_on(x, y)
    inner = losses[1:-1, 1:-1]
    around = [losses[1 + row : 400 + row, 1 + column : 400 + column] for row in (-1, 0, 1) for column in (-1, 0, 1)]
    spacing = np.array([x[1] - x[0], y[1] - y[0]])
    for row, column in np.argwhere(inner <= np.minimum.reduce(around)):
        point = np.array([x[column + 1], y[row + 1]])
        for _ in range(30):
            step = np.linalg.lstsq(surface.hessian(point), surface.gradient(point), rcond=None)[0]
            point = point - np.clip(step, -spacing, spacing)
        if surface.contains(point) and surface.loss(point) <= surface.lowest.loss + 1e-9:
            assert min(np.abs(point - minimum).max() for minimum in np.array(surface.minima)) < 1e-4


@pytest.mark.parametrize("name", NAMES)
def test_the_suggestions_suit_gradient_descent(name: str) -> None:
    surface = gallery(name)
    assert surface.contains(surface.suggested_start)
    plain = descend(surface, momentum=0.0)
    assert np.isfinite(plain).all()
    assert np.isfinite(descend(surface, momentum=0.9)).all()
    # Real progress, even where a local minimum is the end of it.
    assert plain[0] - plain[-1] > 0.2 * (plain[0] - surface.lowest.loss)


# --- what a surface teaches ----------------------------------------------------------------------------------------

Paths = dict[str, Trajectory]


def raced(name: str, convention: str = "tensorflow1", **changes: Any) -> Paths:
    """The race that the app shows when the surface is picked, by optimizer."""
    race = Race().on_surface(gallery(name)).with_convention(convention).replaced(**changes)
    return {path.racer.kind: path for path in race.run()}


def plain(name: str, start: Any, learning_rate: float | None = None, steps: int = 2000) -> Trajectory:
    """Gradient descent from other starts (..., 2), at the suggested learning rate unless told."""
    rate = learning_rate or gallery(name).suggested_learning_rate
    return trace(GradientDescent(learning_rate=rate), gallery(name), start, steps)


def left(path: Trajectory, step: int = -1) -> float:
    """The gap at a step."""
    return float(gap(path.losses, path.surface.lowest.loss)[step])


def away(path: Trajectory, *place: float) -> np.ndarray:
    """Distances from a place, step by step."""
    return np.hypot(*(path.points - np.array(place)).T)


def step_lengths(path: Trajectory) -> np.ndarray:
    return np.hypot(*np.diff(path.points, axis=0).T)


def detour(path: Trajectory) -> float:
    """How long the way to the last point is, as a multiple of the straight line."""
    return float(step_lengths(path).sum() / away(path, *path.points[-1])[0])


def places(points: np.ndarray) -> set[tuple[float, ...]]:
    """Different ends, to two decimals."""
    return {tuple(point) for point in (points.round(2) + 0.0).tolist()}


def ring(x: float, y: float, radius: float) -> np.ndarray:
    angles = 0.1 + np.linspace(0, 2 * np.pi, 16, endpoint=False)
    return np.array([x, y]) + radius * np.stack([np.cos(angles), np.sin(angles)], axis=-1)


def straight_to_the_minimum() -> bool:
    path = raced("bowl")["gradient_descent"]
    return detour(path) == pytest.approx(1, abs=1e-12) and path.points[-1] == pytest.approx(0, abs=1e-6)


def zigzag_and_slow_progress() -> bool:
    paths = raced("ravine")
    x, y = paths["gradient_descent"].points.T
    zigzags = bool((np.sign(y[1:40]) == -np.sign(y[:39])).all() and abs(y[10]) > 0.1 * abs(y[0]))
    slow = bool((x[1:] / x[:-1] > 0.98).all())
    over = {rate: plain("ravine", (-1.8, 0.5), rate, 400).diverged_at for rate in (0.0199, 0.0201)}
    edge = abs(plain("ravine", (-1.8, 0.5), 0.0201, 400).points[-1, 1]) > 1 and over[0.0199] == -1
    quick = left(paths["momentum"]) < 1e-4 * left(paths["gradient_descent"])
    return zigzags and slow and edge and quick and paths["nag"].outcome == Outcome.DIVERGED


def jumps_until_the_rate_decays() -> bool:
    path = raced("abs_valley")["gradient_descent"]
    halved = plain("abs_valley", (-1.65, 1.31), 0.015, 400)
    floors = [float(run.losses[-20:].mean()) for run in (path, halved)]
    never_shrinks = np.linalg.norm(gallery("abs_valley").gradient(path.points[-20:]), axis=-1).min() > 0.9
    return path.outcome == Outcome.OSCILLATING and never_shrinks and floors[1] == pytest.approx(floors[0] / 2, rel=0.5)


def plain_steps_crawl() -> bool:
    done = {name: {kind: 1 - left(path, 10) for kind, path in raced("plateau", name).items()} for name in CONVENTIONS}
    crawls = all(told["gradient_descent"] < 0.02 for told in done.values())
    adam = all(told["adam"] > 0.8 for told in done.values())
    empty = all(done[name][kind] > 0.5 for name in ("article", "pytorch") for kind in ("adagrad", "rmsprop"))
    return crawls and adam and empty and done["tensorflow1"]["rmsprop"] < 0.1


def to_the_saddle_and_away() -> bool:
    near = {kind: away(path, 0, 0) for kind, path in raced("saddle").items()}
    there = ("gradient_descent", "momentum", "nag")
    run = all(near[kind].min() < 0.1 for kind in there) and len({int((near[kind] < 0.3).sum()) for kind in there}) == 3
    return run and all(near[kind].min() > 0.5 for kind in near if kind not in there)


def three_ways_down() -> bool:
    surface = gallery("monkey_saddle")
    flat = not surface.gradient(np.zeros(2)).any() and not surface.hessian(np.zeros(2)).any()
    ends = plain("monkey_saddle", ring(0, 0, 0.1)).points[:, -1]
    return flat and len(places(ends)) == 3 and len(places(np.array([p.points[-1] for p in three_good_ones()]))) == 2


def three_good_ones() -> list[Trajectory]:
    return [path for kind, path in raced("monkey_saddle").items() if kind in ("gradient_descent", "momentum", "adam")]


def only_momentum_crosses() -> bool:
    paths = raced("double_well")
    return paths["gradient_descent"].points[-1, 0] > 0.9 and paths["momentum"].points[-1, 0] < -1


def the_valley_is_found_at_once_and_long() -> bool:
    path = plain("rosenbrock", (-1.2, 1.0), steps=5000)
    x, y = path.points.T
    in_the_valley = np.abs(y - x * x) < 0.05
    arrived = away(path, 1, 1) < 0.2
    return bool(in_the_valley[20:].all() and away(path, 1, 1)[20] > 2 and arrived.any() and arrived.argmax() > 2000)


def momentum_climbs_the_next_wall() -> bool:
    paths = raced("winding_valley")
    climbs = {kind: int((np.diff(path.losses) > 0.001 * path.losses[0]).sum()) for kind, path in paths.items()}
    return climbs["gradient_descent"] == 0 and climbs["momentum"] > 5


def one_step_twenty_times_as_long() -> bool:
    lengths = step_lengths(raced("cliff")["gradient_descent"])
    return bool(lengths.max() > 20 * np.median(lengths[: lengths.argmax()]))


def no_axis_straightens_it() -> bool:
    paths = raced("matyas")
    adaptive = ("adagrad", "adadelta", "rmsprop", "adam")
    return all(left(paths[kind]) > 5 * left(paths["gradient_descent"]) for kind in adaptive)


def the_rate_of_convergence_as_computed() -> bool:
    """Eigenvalues 2 and 18: the slow direction shrinks by 1 − 0.03 · 2 in each step."""
    path = raced("booth")["gradient_descent"]
    eigenvalues = np.linalg.eigvalsh(path.surface.hessian(np.zeros(2)))
    rates = away(path, 1, 3)[51:100] / away(path, 1, 3)[50:99]
    return eigenvalues.tolist() == pytest.approx([2, 18]) and rates == pytest.approx(0.94, rel=1e-9)


def the_trough_decides() -> bool:
    return len(places(plain("mccormick", np.array([[3.4, 3.0], [0.5, 0.5]])).points[:, -1])) == 2


CORNERS = np.array([(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)])


def corners_and_valley() -> bool:
    surface, corners = gallery("beale"), 4.5 * CORNERS
    steep = np.linalg.norm(surface.gradient(corners), axis=-1).min() > 1e5
    flat = np.linalg.norm(surface.gradient(np.array([2.9, 0.47])))
    suits_the_valley = (plain("beale", corners, 0.003, 200).diverged_at >= 0).all()
    suits_the_corners = (plain("beale", corners, 1e-6, 200).diverged_at == -1).all()
    return (
        bool(steep and flat < 0.5 and suits_the_valley and suits_the_corners)
        and left(plain("beale", (1.0, 1.5), 1e-6, 200)) > 0.9
    )


def the_hill_decides() -> bool:
    return len(places(plain("himmelblau", ring(-0.2708, -0.9230, 0.05)).points[:, -1])) >= 3


def the_first_hollow_keeps_small_steps() -> bool:
    paths = raced("three_hump_camel")
    return bool(away(paths["gradient_descent"], 0, 0)[-1] > 1.5 and away(paths["momentum"], 0, 0)[-1] < 0.01)


def two_among_six() -> bool:
    surface = gallery("six_hump_camel")
    starts = np.stack(np.meshgrid(np.linspace(-1.9, 1.9, 25), np.linspace(-1.1, 1.1, 15)), axis=-1).reshape(-1, 2)
    path = plain("six_hump_camel", starts)
    inside = path.points[:, -1][surface.contains(path.points[:, -1])]
    ends = np.array(sorted(places(inside)))
    minima = [end for end in ends if np.linalg.eigvalsh(surface.hessian(end)).min() > 0]
    lowest = [end for end in minima if surface.loss(end) < surface.lowest.loss + 0.01]
    different = places(
        np.array([raced("six_hump_camel")[kind].points[-1] for kind in ("gradient_descent", "momentum")])
    )
    return (len(minima), len(lowest), len(different)) == (6, 2, 2)


def the_quadrant_decides() -> bool:
    path = plain("styblinski_tang", CORNERS)
    return len(places(path.points[:, -1])) == 4 and len(set(path.losses[:, -1].round(6).tolist())) == 3


def walls_and_floor() -> bool:
    surface, walls = gallery("goldstein_price"), 2 * CORNERS
    heights = surface.losses_on(np.linspace(-2, 2, 201), np.linspace(-2, 2, 201))
    orders = heights.max() / heights.min() > 1e5
    thrown = (plain("goldstein_price", walls, 1e-4, 200).diverged_at >= 0).all()
    safe = (plain("goldstein_price", walls, 1e-6, 200).diverged_at == -1).all()
    floor = [left(plain("goldstein_price", (0.3, -0.4), rate, 200)) for rate in (1e-4, 1e-6)]
    return bool(orders and thrown and safe and floor[0] < 1e-6 and floor[1] > 0.1)


def from_the_top_in_all_directions() -> bool:
    """The ends of plain descent around the hill at (0, 1.58): two hollows, and points far up on the plain."""
    ends = plain("peaks", ring(-0.0093, 1.5814, 0.05)).points[:, -1]
    hollows = [end for end in places(ends) if end in {(-1.35, 0.2), (0.3, 0.32), (0.23, -1.63)}]
    return len(hollows) >= 2 and bool((ends[:, 1] > 3).any())


def noise_gets_out() -> bool:
    surface = gallery("rastrigin")
    lines = np.linspace(*surface.domain[:2], 2001)
    row = surface.losses_on(lines, np.zeros(1))[0]
    wells = int(((row[1:-1] < row[:-2]) & (row[1:-1] < row[2:])).sum()) ** 2
    paths = raced("rastrigin")
    kept = places(np.array([paths[kind].points[-1] for kind in ("gradient_descent", "momentum", "nag")]))
    noisy = trace(Racer(GradientDescent(learning_rate=0.005), 1), FiniteSum(surface), (-3.4, 2.6), 200, seed=range(20))
    quiet = plain("rastrigin", (-3.4, 2.6), 0.005, 200)
    out = np.abs(noisy.points[:, -1] - quiet.points[-1]).max(axis=-1) > 0.75
    return wells == 121 and len(kept) == 1 and quiet.outcome == Outcome.CONVERGED and out.sum() >= 15


def ripples_over_a_funnel() -> bool:
    paths = raced("ackley")
    stuck = paths["gradient_descent"].outcome == Outcome.CONVERGED and left(paths["gradient_descent"]) > 0.5
    felt = away(paths["momentum"], 0, 0)[-50:].max() < 1 and paths["momentum"].outcome == Outcome.OSCILLATING
    return bool(stuck and felt)


def crossing_is_the_difficulty() -> bool:
    paths = raced("levy")
    quick = left(paths["gradient_descent"], 30) < 0.3
    return quick and all(away(path, 1, 1)[-1] > 1 for path in paths.values())


def flat_start_and_a_shallower_valley_first() -> bool:
    paths, surface = raced("notebook_hills"), gallery("notebook_hills")
    flat = np.linalg.norm(surface.gradient(surface.suggested_start)) < 0.1 * rms_gradient(surface)
    return bool(flat) and left(paths["gradient_descent"]) > 0.2 and left(paths["momentum"]) < 1e-6


def adagrad_falls_behind() -> bool:
    """Of those who arrive where the bowl stands still, only Adagrad is far from one that moves (mean of the end)."""
    surface = gallery("moving_bowl")
    still = dataclasses.replace(surface.inner, speed=0.0)  # type: ignore[type-var]

    def away(key: str, ground: Surface) -> float:
        path = trace(OPTIMIZERS[key](learning_rate=surface.suggested_learning_rate), ground)
        return float(np.linalg.norm(path.points_on_surface[-60:] - ground.lowest.point, axis=-1).mean())

    follow = all(away(key, surface) < 0.25 for key in ("rmsprop", "adam", "momentum"))
    return follow and away("adagrad", surface) > 0.6 and away("adagrad", still) < 0.01


TEACHES: dict[str, Callable[[], bool]] = {
    "bowl": straight_to_the_minimum,
    "ravine": zigzag_and_slow_progress,
    "abs_valley": jumps_until_the_rate_decays,
    "plateau": plain_steps_crawl,
    "moving_bowl": adagrad_falls_behind,
    "saddle": to_the_saddle_and_away,
    "monkey_saddle": three_ways_down,
    "double_well": only_momentum_crosses,
    "rosenbrock": the_valley_is_found_at_once_and_long,
    "winding_valley": momentum_climbs_the_next_wall,
    "cliff": one_step_twenty_times_as_long,
    "matyas": no_axis_straightens_it,
    "booth": the_rate_of_convergence_as_computed,
    "mccormick": the_trough_decides,
    "beale": corners_and_valley,
    "himmelblau": the_hill_decides,
    "three_hump_camel": the_first_hollow_keeps_small_steps,
    "six_hump_camel": two_among_six,
    "styblinski_tang": the_quadrant_decides,
    "goldstein_price": walls_and_floor,
    "peaks": from_the_top_in_all_directions,
    "rastrigin": noise_gets_out,
    "ackley": ripples_over_a_funnel,
    "levy": crossing_is_the_difficulty,
    "notebook_hills": flat_start_and_a_shallower_valley_first,
}


def test_what_every_surface_teaches_is_checked() -> None:
    assert sorted(TEACHES) == sorted(NAMES)


@pytest.mark.parametrize("name", few_are_quick(TEACHES, 6))
def test_what_a_surface_teaches_is_what_its_race_shows(name: str) -> None:
    """The claim of the file's `teaches`, at the settings that the app suggests."""
    assert TEACHES[name]()


@pytest.mark.parametrize("name", NAMES)
def test_both_languages(name: str) -> None:
    surface = gallery(name)
    assert surface.title == surface.titles["en"]
    for words in (surface.titles, surface.teaches):
        assert set(words) == {"en", "zh"}
        assert all(text.strip() and text.isprintable() for text in words.values())
    assert any("\u4e00" <= character <= "\u9fff" for character in surface.titles["zh"] + surface.teaches["zh"])
    assert not set(surface.teaches["zh"]) & set(",:;?!"), "Chinese text has Chinese punctuation"
    assert surface.teaches["en"].endswith(".") and surface.teaches["zh"].endswith("。")


@pytest.mark.parametrize("name", NAMES)
def test_derivatives_against_central_differences(name: str) -> None:
    surface = gallery(name)
    x_min, x_max, y_min, y_max = surface.domain
    points = np.random.default_rng(4).uniform((x_min, y_min), (x_max, y_max), (20, 2))
    loss, gradient = surface.loss_and_gradient(points)
    hessian = surface.hessian(points)
    step = 1e-6 * surface.width
    for axis in (0, 1):
        shift = step * np.eye(2)[axis]
        # Rounding: ε·J/step; truncation: step²·J'''/6. Both are far below 1e-6 of the largest value here.
        difference = (surface.loss(points + shift) - surface.loss(points - shift)) / (2 * step)
        np.testing.assert_allclose(gradient[:, axis], difference, rtol=1e-6, atol=1e-7 * (1 + np.abs(loss).max()))
        difference = (surface.gradient(points + shift) - surface.gradient(points - shift)) / (2 * step)
        scale = 1 + np.abs(gradient).max()
        np.testing.assert_allclose(hessian[:, :, axis], difference, rtol=1e-6, atol=1e-7 * scale)


def test_a_gallery_surface_is_its_name() -> None:
    assert gallery("himmelblau") is gallery("himmelblau")
    assert GallerySurface("himmelblau") == gallery("himmelblau") != gallery("booth")
    assert len({GallerySurface("booth"), gallery("booth")}) == 1
    assert pickle.loads(pickle.dumps(gallery("booth"))) == gallery("booth")
    assert gallery("booth").latex.startswith(r"\left(x + 2 y - 7\right)^{2}")
    assert gallery("notebook_hills").latex == ""
    assert gallery("booth").lowest.loss == 0.0


@pytest.mark.parametrize(
    "name", ["", "Himmelblau", "../himmelblau", "himmelblau.toml", "\ud800", "x" * 10_000, None, 3, []]
)
def test_an_unknown_name_is_refused(name: object) -> None:
    with pytest.raises(BadInput, match="choose one of bowl") as refusal:
        gallery(name)  # type: ignore[arg-type]
    assert refusal.value.key == "unknown_choice" and str(refusal.value).isprintable()


def test_a_new_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "new_bowl.toml"
    path.write_text(VALID, encoding="utf-8")
    entry = read_entry(path)
    assert entry.titles == {"en": "A bowl", "zh": "碗"} and entry.minima == ((0.0, 0.0),)
    assert entry.made.loss(np.array([0.5, 0.0])) == 0.25


def test_what_a_file_must_and_may_say_of_its_surface() -> None:
    """A new family adds a row of its own; one that is made of samples has none."""
    expected = {
        "gaussian_hills": (("seed",), ("hills", "weights")),
        "smoothed_noise": (("seed",), ("size", "smoothing", "bowl", "octaves", "domain")),
        "formula": (("text", "domain"), ()),
        "drifting_bowl": ((), ("kind", "speed", "radius", "direction", "steepness")),
    }
    assert {family: families_of_files().get(family) for family in expected} == expected
    assert "regression" not in families_of_files()


@pytest.mark.parametrize(("family", "settings"), [("gaussian_hills", "seed = 3"), ("smoothed_noise", "seed = 3")])
def test_every_family_can_be_in_the_gallery(tmp_path: Path, family: str, settings: str) -> None:
    assert family in families_of_files()
    formula = VALID[VALID.index("family") : VALID.index("[title]")]
    path = tmp_path / "new.toml"
    path.write_text(VALID.replace(formula, f'family = "{family}"\n{settings}\n\n'), encoding="utf-8")
    assert np.isfinite(read_entry(path).made.loss(np.zeros(2)))


@pytest.mark.parametrize(
    ("old", "new", "named"), HOSTILE, ids=[f"{new[:30]!r} for {old[:20]!r}" for old, new, _ in HOSTILE]
)
def test_a_hostile_file_is_refused(tmp_path: Path, old: str, new: str, named: str) -> None:
    assert VALID.count(old) == 1
    path = tmp_path / "bad.toml"
    path.write_text(VALID.replace(old, new), encoding="utf-8")
    with pytest.raises(BadInput) as refusal:
        read_entry(path).made  # noqa: B018
    sentence = str(refusal.value)
    assert "bad.toml" in sentence and named in sentence and sentence.isprintable()


def test_a_file_that_is_not_text_or_badly_named_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match="bad.toml"):
        read_entry(tmp_path / "bad.toml")
    with pytest.raises(BadInput, match="missing.toml"):
        read_entry(tmp_path / "missing.toml")
    for name in ("Bad Name.toml", "é.toml", "1.toml", "x.txt"):
        with pytest.raises(BadInput, match="file name"):
            read_entry(tmp_path / name)
