"""Every number that the guide says, computed: a claim's name in the text is the name of a function here.

A function fails where what the text says around its numbers is false, and returns the numbers. They are compared with
those in the text, to the last place that is written there, in both languages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product

import numpy as np
import pytest

import test_samples
import test_theorems
from guide_text import FILES, LANGUAGES, claims, numbers
from optviz import FiniteSum, Outcome, Racer, Regression, Surface, Trajectory, gallery, trace
from optviz.conventions import with_convention

Numbers = Iterable[float]
CLAIMS: dict[str, Callable[[], Numbers]] = {}


def claim(computes: Callable[[], Numbers]) -> Callable[[], Numbers]:
    """Enters a claim in the table, under its own name."""
    CLAIMS[computes.__name__] = computes
    return computes


def run(
    key: str,
    surface: Surface,
    steps: int = 200,
    *,
    start: tuple[float, float] | None = None,
    batch_size: int | None = None,
    seed: int | range = 0,
    convention: str = "article",
    **settings: float | bool,
) -> Trajectory:
    """A path of a figure of the guide: from the surface's own start where none is given."""
    return trace(Racer(with_convention(key, convention, **settings), batch_size), surface, start, steps, seed)


def share_left(path: Trajectory) -> np.ndarray:
    """The gap (..., steps + 1)."""
    lowest, first = path.surface.lowest.loss, path.losses[..., :1]
    return (path.losses - lowest) / (first - lowest)


def first_step(true: np.ndarray) -> int:
    """The first step at which something is so. Fails where it never is."""
    assert true.any()
    return int(true.argmax())


LINE = Regression("linear", seed=0, samples=64)
RAVINE, BOWL, SADDLE = gallery("ravine"), gallery("bowl"), gallery("saddle")

# --- gradient descent, SGD, minibatch ------------------------------------------------------------------------------


@claim
def descent_edge() -> Numbers:
    test_theorems.test_edge_of_stability("gradient_descent", {}, 0.0, 2.0)
    return [2]


@claim
def ravine_edge() -> Numbers:
    steepest = np.linalg.eigvalsh(RAVINE.hessian(np.zeros(2)))[1]
    return [steepest, 2, 2 / steepest]


@claim
def ravine_below() -> Numbers:
    return across_the_ravine(0.019)


@claim
def ravine_above() -> Numbers:
    return across_the_ravine(0.021)


def across_the_ravine(rate: float) -> Numbers:
    """The rate, what a step takes away, what it leaves, and by how much leaps shrink or grow."""
    across = run("gradient_descent", RAVINE, 60, learning_rate=rate).points[:, 1]
    factors = across[1:] / across[:-1]
    assert np.ptp(factors) < 1e-12 and factors[0] < 0
    factor = float(factors[0])
    leaps = np.abs(np.diff(across))
    assert (leaps[-1] < leaps[0]) == (rate < 0.02)
    return [rate, 1, 1 - factor, -factor, abs(leaps[1] / leaps[0] - 1)]


@claim
def ravine_slow() -> Numbers:
    along = run("gradient_descent", RAVINE, 300, learning_rate=0.019).points[:, 0]
    curvature = np.linalg.eigvalsh(RAVINE.hessian(np.zeros(2)))[0]
    closer = first_step(np.abs(along) <= abs(along[0]) / 100)
    return [curvature, 0.019, 100 * (1 - along[1] / along[0]), closer, 100, 0.01]


@claim
def ravine_condition() -> Numbers:
    flat, steep = np.linalg.eigvalsh(RAVINE.hessian(np.zeros(2)))
    return [steep / flat]


@claim
def descent_turned() -> Numbers:
    test_theorems.test_gradient_descent_is_the_same_in_turned_coordinates_and_adagrad_is_not()
    return []


@claim
def descent_scale() -> Numbers:
    test_theorems.test_the_others_trade_the_scale_of_the_loss_for_the_learning_rate("gradient_descent")
    return [4]


@claim
def regression_samples() -> Numbers:
    return [len(LINE.data[0])]


@claim
def sgd_epoch() -> Numbers:
    """20 seeds of drawing; one pass is as many sample gradients as one step of gradient descent."""
    whole = share_left(run("gradient_descent", LINE, 1, learning_rate=0.05))[1]
    one_by_one = share_left(run("gradient_descent", LINE, 64, batch_size=1, seed=range(20), learning_rate=0.05))
    assert np.median(one_by_one[:, 64]) < 0.001
    return [64, 0.05, 100 * whole, 0.1]


@claim
def sgd_agreement() -> Numbers:
    def agree(point: np.ndarray) -> float:
        each = np.array([LINE.on_batch(np.array([sample])).gradient(point) for sample in range(64)])
        return 100 * float((each @ LINE.gradient(point) > 0).mean())

    return [agree(LINE.suggested_start), agree(LINE.lowest.point + 0.1)]


@claim
def epoch_cancels() -> Numbers:
    test_samples.test_an_epoch_sees_every_sample_once_and_its_noise_cancels()
    return []


@claim
def batch_variance() -> Numbers:
    """σ² / B for both sizes, as measured; so a ratio of B is one of variances, and its root one of deviations."""
    for size in (7, 25):
        test_samples.test_the_variance_of_a_batch_gradient(size, True)
    return [4, 1 / 4, (1 / 4) ** 0.5]


@claim
def batch_full() -> Numbers:
    test_samples.test_the_variance_of_a_batch_gradient(50, False)
    return [0]


@claim
def batch_cloud() -> Numbers:
    """100 runs: a spread in two directions is known to 1/√400 = 5 %, the ratio of two to 7 %."""
    surface = Regression("linear", seed=0, samples=64, replacement=True)

    def spread(size: int) -> float:
        ends = run("gradient_descent", surface, batch_size=size, seed=range(100), learning_rate=0.05).points[:, -1]
        return float(np.sqrt(ends.var(axis=0).sum()))

    assert 4 < spread(1) / spread(16) < 5
    return [0.05, 16, 16**0.5]


@claim
def saddle_noise() -> Numbers:
    surface = FiniteSum(SADDLE, samples=64, spread=0.5)
    whole = run("gradient_descent", surface, start=(1.6, 0.0), learning_rate=0.03)
    assert np.abs(whole.points[-1]).max() < 1e-4
    noisy = run("gradient_descent", surface, start=(1.6, 0.0), batch_size=1, learning_rate=0.03)
    assert noisy.losses[-1] < -0.9
    return [first_step(np.abs(noisy.points[:, 1]) > 0.5)]


@claim
def saddle_beside() -> Numbers:
    path = run("gradient_descent", SADDLE, start=(1.6, 0.001), learning_rate=0.03)
    return [0.001, 0.03, first_step(np.abs(path.points[:, 1]) > 0.5)]


@claim
def two_valleys() -> Numbers:
    paths = [run(key, gallery("double_well"), learning_rate=0.03) for key in ("gradient_descent", "momentum")]
    assert [path.outcome for path in paths] == [Outcome.CONVERGED] * 2
    assert paths[0].points[-1, 0] > 0.9 and paths[1].points[-1, 0] < -0.9
    return [0.03, *(abs(path.losses[-1]) for path in paths)]


# --- the table and the text ----------------------------------------------------------------------------------------

SAID = {
    (language, name): [text for file in FILES[language].values() for said, text in claims(file) if said == name]
    for language, name in product(LANGUAGES, CLAIMS)
}


def test_every_claim_is_computed_and_everything_computed_is_claimed() -> None:
    for language in LANGUAGES:
        assert {name for file in FILES[language].values() for name, _ in claims(file)} == set(CLAIMS)


@pytest.mark.parametrize("name", CLAIMS)
def test_claim(name: str) -> None:
    computed = [abs(float(value)) for value in CLAIMS[name]()]
    for language in LANGUAGES:
        for text in SAID[language, name]:
            for number, half_place in numbers(text, language):
                # As many roundings as a computed number may have, beside the place that is written.
                near = float(half_place) * (1 + 1e-9) + 1e-9 * float(number)
                assert any(abs(value - float(number)) <= near for value in computed), (text, float(number), computed)
