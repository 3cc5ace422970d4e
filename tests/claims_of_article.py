"""What the guide says in numbers of the article: its figures, its conclusions, its notebook, its slips."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import test_article
import test_events
import test_references
import test_surfaces
import test_theorems
from guide_claims import Numbers, claim, first_step, run, shown
from optviz import Formula, GaussianHills, Outcome, Race, Trajectory, gallery, race, trace
from optviz.conventions import CONVENTIONS, with_convention
from optviz.experiment import article, seven
from optviz.statistics import best_reached, steps_to_drop
from optviz.statistics.events import events
from optviz.statistics.lengths import step_lengths
from thousand_races import thousand_races

HILLS = article.surface()
BY_COUNT = ("adam", "rmsprop", "momentum", "nag", "adagrad", "gradient_descent", "adadelta")
ORDER = ("adam", "nag", "momentum", "rmsprop", "adagrad", "gradient_descent", "adadelta")


def article_paths(convention: str) -> dict[str, Trajectory]:
    figure = {"tensorflow1": "article", "article": "article_formulas"}[convention]
    paths = shown(figure)
    assert [path.racer for path in paths] == list(seven(convention)) and paths[0].surface == HILLS
    return {path.racer.key: path for path in paths}


def steps_to_90(convention: str) -> dict[str, int]:
    """-1 where 90 % of the drop to the lowest loss that any of the seven reached is never done."""
    paths = article_paths(convention)
    lowest = best_reached([path.losses for path in paths.values()])
    return {key: int(steps_to_drop(path.losses, lowest)) for key, path in paths.items()}


@claim
def article_surface() -> Numbers:
    return [HILLS.hills, *HILLS.weights]


@claim
def article_setting() -> Numbers:
    assert Race() == Race(HILLS, seven(), article.CONVENTION)
    return [article.LEARNING_RATE, article.STEPS]


@claim
def article_race() -> Numbers:
    steps = steps_to_90("tensorflow1")
    arrived = [steps[key] for key in ORDER[:-1]]
    assert arrived == sorted(arrived) and steps["adadelta"] == -1
    return [90, *arrived, article.STEPS]


@claim
def article_formulas() -> Numbers:
    steps = steps_to_90("article")
    arrived = [steps[key] for key in ("rmsprop", "adam", "nag", "momentum", "adagrad", "gradient_descent")]
    assert arrived == sorted(arrived) and steps["adadelta"] == -1
    return arrived


@claim
def article_only_start() -> Numbers:
    empty = {key: {"initial_accumulator": 0.0} for key in ("adagrad", "rmsprop")}
    racers = [with_convention(key, "tensorflow1", **empty.get(key, {})) for key in article.OPTIMIZERS]
    paths = race(racers, HILLS, steps=article.STEPS)
    lowest = best_reached([path.losses for path in paths])
    steps = {path.racer.key: int(steps_to_drop(path.losses, lowest)) for path in paths}
    formulas = steps_to_90("article")
    assert all(steps[key] == formulas[key] != steps_to_90("tensorflow1")[key] for key in empty)
    return [0, steps["rmsprop"], steps["adagrad"]]


@claim
def article_swing() -> Numbers:
    path = article_paths("tensorflow1")["rmsprop"]
    assert path.outcome == Outcome.OSCILLATING
    swings = np.ptp(path.points[-20:], axis=0)
    assert swings == pytest.approx(article.LEARNING_RATE, rel=1e-4)
    return [20, swings.mean()]


@claim
def article_adagrad() -> Numbers:
    test_theorems.test_adagrads_factor_of_an_axis_only_shrinks_and_rmsprops_can_grow_again()
    return []


@claim
def article_adadelta() -> Numbers:
    path = article_paths("tensorflow1")["adadelta"]
    left, right, *_ = HILLS.domain
    return [200, 100 * step_lengths(path.points)[1:].sum() / (right - left)]


@claim
def article_valleys() -> Numbers:
    test_events.test_nobody_finds_the_deepest_valley_of_the_articles_surface()
    found = events(Race().run())
    return [len(found.valleys), *found.valleys]


@claim
def article_thousand() -> Numbers:
    counts = test_article.seeds_that_reach(thousand_races())
    assert sorted(counts, key=lambda key: -counts[key]) == list(BY_COUNT)
    # What is written is the count of one machine; of another's rounding `test_article.py` says how far it may be away.
    told = {
        key: expected if abs(counts[key] - expected) <= near else counts[key]
        for key, (expected, near) in test_article.REACHED.items()
    }
    adam = thousand_races()["adam"]
    return [len(adam.losses), 90, adam.steps, *(told[key] for key in BY_COUNT)]


@claim
def family_scale() -> Numbers:
    for key in ("adagrad", "rmsprop", "adam"):
        test_theorems.test_adaptive_methods_do_not_see_the_scale_of_the_loss(key)
    return [4]


# --- reproduce the article -------------------------------------------------------------------------------------------


def articles_seeds() -> list[int]:
    """Those of which TensorFlow's paths are recorded."""
    return [case["seed"] for case in test_references.TENSORFLOW["cases"] if case["weights_range"] == [-0.2, 0.05]]


@claim
def article_seeds() -> Numbers:
    seeds = articles_seeds()
    assert seeds == [2**power for power in range(len(seeds))]
    return [*seeds[:4], 2]


@claim
def article_draws() -> Numbers:
    test_surfaces.test_hills_are_drawn_in_the_authors_order()
    return [HILLS.hills, *HILLS.weights]


@claim
def article_grid() -> Numbers:
    test_surfaces.test_the_peak_is_on_the_authors_grid_and_not_on_linspace(1)
    grid = np.arange(-1.5, 1.5, 0.06)
    return [len(grid), len(grid), grid[1] - grid[0]]


@claim
def article_reference() -> Numbers:
    names = [
        name for name, case in test_references.CASES.items() if case["seed"] in articles_seeds() and "-0.2" in name
    ]
    for name, key in itertools.product(names, article.OPTIMIZERS):
        test_references.test_the_authors_trajectories(name, key)
    return [len(names)]


@claim
def adagrad_start() -> Numbers:
    return [CONVENTIONS["tensorflow1"]["adagrad"]["initial_accumulator"]]


@claim
def rmsprop_memory() -> Numbers:
    return [CONVENTIONS["tensorflow1"]["rmsprop"]["initial_accumulator"]]


@claim
def adadelta_tensorflow() -> Numbers:
    return [CONVENTIONS["tensorflow1"]["adadelta"]["learning_rate"]]


@claim
def notebook_surface() -> Numbers:
    surface = gallery("notebook_hills").inner
    assert isinstance(surface, GaussianHills)
    steps = {case["steps"] for case in test_references.TENSORFLOW["cases"] if case["seed"] == surface.seed} - {200}
    return [surface.seed, *surface.weights, *steps]


@claim
def notebook_ends() -> Numbers:
    surface = gallery("notebook_hills")
    paths = {path.racer.key: path for path in shown("article_notebook")}

    def in_the_deepest(key: str) -> bool:
        return bool(np.hypot(*(paths[key].points[-1] - surface.lowest.point)) < 0.3)

    told = ("momentum", "nag", "adam", "gradient_descent")
    assert [in_the_deepest(key) for key in told] == [True, True, False, False]
    assert np.hypot(*(paths["adam"].points[-1] - paths["rmsprop"].points[-1])) < 0.3
    assert paths["rmsprop"].losses[-1] == pytest.approx(paths["adam"].losses[-1], abs=0.005)
    return [surface.lowest.loss, *(paths[key].losses[-1] for key in told)]


# --- slips -----------------------------------------------------------------------------------------------------------


@claim
def slip_added_to_gradient() -> Numbers:
    descent, slip = shown("slip_added_to_gradient")
    assert (slip.points == slip.points[0]).all()
    assert (descent.points[1:] != slip.points[0]).all()
    return [slip.steps]


@claim
def slip_adadelta_average() -> Numbers:
    right, slip = shown("slip_adadelta_average")
    assert (slip.points[:2] == right.points[:2]).all() and right.diverged_at == -1
    return [slip.diverged_at]


@claim
def slip_adam_precedence() -> Numbers:
    right, slip = shown("slip_adam_precedence")
    assert right.diverged_at == -1
    return [slip.diverged_at]


@claim
def slip_adam_first_index() -> Numbers:
    right, slip = shown("slip_adam_first_index")
    assert right.diverged_at == -1
    elsewhere = trace(slip.racer, HILLS, steps=10)
    return {slip.diverged_at, elsewhere.diverged_at}


@claim
def epsilon_root() -> Numbers:
    """There the first step is η / √2 under the root, and η / 2 behind it: half of what is divided is ε."""
    for inside, slope, share in ((True, 1e-4, 0.5**0.5), (False, 1e-8, 0.5)):
        path = run("adam", Formula(f"{slope}*x"), 1, start=(0.0, 0.0), epsilon_inside=inside)
        assert -path.points[1, 0] == pytest.approx(0.1 * share, rel=1e-9)
    return [1e-4, 1e-8, 1e-8]


@claim
def epsilon_place() -> Numbers:
    under, behind = shown("epsilon_place")
    assert [path.racer.optimizer.epsilon_inside for path in (under, behind)] == [True, False]
    ratio = step_lengths(behind.points)[1] / step_lengths(under.points)[1]
    slope = np.hypot(*under.surface.gradient(under.points[0]))
    return [slope, ratio, *(first_step(path.losses < 0.1) for path in (behind, under))]
