"""Losses made of samples: what a batch is, how its gradient varies, and that all samples are gradient descent."""

from __future__ import annotations

import numpy as np
import pytest

from optviz import (
    OPTIMIZERS,
    BadInput,
    FiniteSum,
    Formula,
    GaussianHills,
    Racer,
    Regression,
    SmoothedNoise,
    Surface,
    gallery,
    trace,
    with_convention,
)
from optviz.batches import batches, samples_seen
from optviz.surface.finite_sum import rms_gradient
from optviz.surface.regression import KINDS

SUMS: dict[str, Surface] = {
    "hills": FiniteSum(GaussianHills(1), samples=50, spread=0.8, seed=2),
    "noise": FiniteSum(SmoothedNoise(3), samples=17, spread=2.0),
    "formula": FiniteSum(Formula("(1-x)^2 + 3*y^2"), samples=64, spread=0.2),
    "gallery": FiniteSum(gallery("himmelblau"), samples=8, spread=0.01),
    **{kind: Regression(kind, seed=1, samples=40) for kind in KINDS},
}
RATES = {"gallery": 0.003, "hills": 0.1, "noise": 0.05, "formula": 0.05, **dict.fromkeys(KINDS, 0.05)}


def points(surface: Surface, count: int = 5) -> np.ndarray:
    x_min, x_max, y_min, y_max = surface.domain
    return np.random.RandomState(0).uniform((x_min, y_min), (x_max, y_max), (count, 2))


@pytest.mark.parametrize("name", SUMS)
def test_the_mean_of_all_samples_is_the_surface(name: str) -> None:
    surface = SUMS[name]
    assert surface.samples is not None
    for point in points(surface):
        singles = surface.on_batch(np.arange(surface.samples)[:, None])
        scale = 1 + np.abs(singles.gradient(point)).max()
        # The sum of N numbers is exact to N roundings.
        assert singles.loss(point).mean() == pytest.approx(surface.loss(point), abs=1e-12 * scale, rel=1e-12)
        np.testing.assert_allclose(singles.gradient(point).mean(axis=0), surface.gradient(point), atol=1e-12 * scale)
        np.testing.assert_allclose(singles.hessian(point).mean(axis=0), surface.hessian(point), atol=1e-10 * scale)


@pytest.mark.parametrize("name", SUMS)
def test_a_batch_has_the_gradient_of_its_loss(name: str) -> None:
    surface = SUMS[name]
    batch = surface.on_batch(np.array([0, 3, 5]))
    step = 1e-6
    for point in points(surface):
        offsets = step * np.eye(2)
        slopes = [(batch.loss(point + offset) - batch.loss(point - offset)) / (2 * step) for offset in offsets]
        scale = 1 + np.abs(batch.gradient(point)).max()
        # Central differences: rounding of the loss over 2·10⁻⁶, and a third derivative times 10⁻¹².
        np.testing.assert_allclose(batch.gradient(point), slopes, atol=1e-7 * scale * max(1, abs(batch.loss(point))))
        np.testing.assert_array_equal(batch.loss_and_gradient(point)[1], batch.gradient(point))


@pytest.mark.parametrize("key", OPTIMIZERS)
@pytest.mark.parametrize("name", SUMS)
def test_a_batch_of_all_samples_is_the_full_gradient(name: str, key: str) -> None:
    surface = SUMS[name]
    optimizer = with_convention(key, "article", learning_rate=RATES[name])
    # 30 steps: later RMSProp amplifies rounding at the bottom, where two correct programs part.
    whole = trace(Racer(optimizer), surface, steps=30)
    batch = trace(Racer(optimizer, batch_size=surface.samples), surface, steps=30)
    np.testing.assert_allclose(batch.points, whole.points, atol=1e-12 * max(1.0, surface.width), rtol=1e-12)


def test_one_sample_a_batch_and_all_samples_differ() -> None:
    surface = SUMS["hills"]
    descent = OPTIMIZERS["gradient_descent"](learning_rate=0.3)
    paths = [trace(Racer(descent, size), surface).points for size in (None, 1, 8)]
    assert not np.allclose(paths[0], paths[1], atol=1e-2)
    assert not np.allclose(paths[0], paths[2], atol=1e-2)
    assert not np.allclose(paths[1], paths[2], atol=1e-2)


@pytest.mark.parametrize("replacement", [False, True])
@pytest.mark.parametrize("size", [1, 2, 7, 25, 49, 50])
def test_the_variance_of_a_batch_gradient(size: int, replacement: bool) -> None:
    surface = FiniteSum(GaussianHills(1), samples=50, spread=0.8, seed=2, replacement=replacement)
    runs = 4000
    drawn = next(batches(50, size, 1, np.arange(runs), replacement))
    point = np.array([0.3, -0.2])
    away = surface.on_batch(drawn).gradient(point) - surface.gradient(point)
    variance = (away**2).sum(axis=-1).mean()
    sigma = float(surface.standard_deviation)
    assert sigma == pytest.approx(0.8 * rms_gradient(surface.surface))
    expected = sigma**2 / size * (1 if replacement else (50 - size) / 49)
    # A mean of 4,000 squares of two near-normal components has a relative standard error of 1/√4000 = 1.6 %;
    # five of them are never exceeded by chance.
    assert variance == pytest.approx(expected, rel=5 / np.sqrt(runs), abs=1e-25)
    assert np.abs(away.mean(axis=0)).max() < 5 * np.sqrt(expected / runs) + 1e-15, "unbiased"


def test_an_epoch_sees_every_sample_once_and_its_noise_cancels() -> None:
    drawn = list(batches(50, 8, 14, np.asarray(3), False))
    assert [batch.shape for batch in drawn] == [(8,)] * 6 + [(2,)] + [(8,)] * 6 + [(2,)]
    first, second = np.concatenate(drawn[:7]), np.concatenate(drawn[7:])
    assert sorted(first) == sorted(second) == list(range(50))
    assert list(first) != list(second)
    slopes = FiniteSum(GaussianHills(1), samples=50).slopes
    np.testing.assert_allclose(slopes[first].sum(axis=0), 0, atol=1e-12)


def test_with_replacement_batches_repeat_samples() -> None:
    drawn = list(batches(50, 50, 3, np.asarray(0), True))
    assert all(len(set(batch.tolist())) < 50 for batch in drawn)


def test_all_racers_of_a_batch_size_see_the_same_samples() -> None:
    surface = SUMS["hills"]
    seen: dict[str, list[np.ndarray]] = {}
    for key in ("gradient_descent", "nag", "adam"):
        seen[key] = list(batches(50, 8, 20, np.asarray(5), False))
        path = trace(Racer(OPTIMIZERS[key](), 8), surface, steps=20, seed=5)
        again = trace(Racer(OPTIMIZERS[key](), 8), surface, steps=20, seed=5)
        np.testing.assert_array_equal(path.points, again.points)
    for first, second in zip(seen["nag"], seen["adam"], strict=True):
        np.testing.assert_array_equal(first, second)
    descent = trace(Racer(OPTIMIZERS["gradient_descent"](learning_rate=0.1), 8), surface, steps=1, seed=5)
    batch = surface.on_batch(seen["gradient_descent"][0])
    expected = descent.points[0] - 0.1 * batch.gradient(descent.points[0])
    np.testing.assert_array_equal(descent.points[1], expected)


@pytest.mark.parametrize("name", ["hills", "logistic", "network"])
def test_many_seeds_at_once_are_single_runs_bitwise(name: str) -> None:
    racer = Racer(OPTIMIZERS["adam"](learning_rate=0.05), 8)
    fan = trace(racer, SUMS[name], steps=60, seed=range(6))
    assert fan.points.shape == (6, 61, 2)
    for seed in range(6):
        np.testing.assert_array_equal(fan.points[seed], trace(racer, SUMS[name], steps=60, seed=seed).points)


def test_a_stack_of_surfaces_made_of_samples_is_its_singles_bitwise() -> None:
    stack = FiniteSum(GaussianHills(range(5)), samples=20, spread=0.5)
    racer = Racer(OPTIMIZERS["momentum"](), 3)
    together = trace(racer, stack, steps=40, seed=1)
    for index in range(5):
        np.testing.assert_array_equal(
            together.points[index], trace(racer, stack.single(index), steps=40, seed=1).points
        )
    with pytest.raises(BadInput, match="one per surface"):
        trace(racer, stack, seed=range(4))


@pytest.mark.parametrize("replacement", [False, True])
def test_a_stack_with_a_batch_seed_per_surface_is_its_singles_bitwise(replacement: bool) -> None:
    # As many surfaces as samples in a batch: what mixes up the two axes would go unseen otherwise.
    seeds = (9, 4, 4, 2**32 - 1, 0)
    stack = FiniteSum(GaussianHills(range(5)), samples=20, replacement=replacement)
    racer = Racer(OPTIMIZERS["adam"](), 5)
    together = trace(racer, stack, steps=40, seed=seeds)
    assert together.points.shape == (5, 41, 2)
    for index, seed in enumerate(seeds):
        alone = trace(racer, stack.single(index), steps=40, seed=seed)
        np.testing.assert_array_equal(together.points[index], alone.points)
        np.testing.assert_array_equal(together.losses[index], alone.losses)


@pytest.mark.parametrize(
    ("samples", "size", "replacement", "seen"),
    [
        (50, None, False, [0, 50, 100, 150, 200]),
        (10, 4, False, [0, 4, 8, 10, 14]),
        (10, 4, True, [0, 4, 8, 12, 16]),
        (10, 10, False, [0, 10, 20, 30, 40]),
        (None, None, False, [0, 1, 2, 3, 4]),
    ],
)
def test_samples_seen(samples: int | None, size: int | None, replacement: bool, seen: list[int]) -> None:
    assert samples_seen(samples, size, 4, replacement).tolist() == seen


def test_epochs_of_a_run() -> None:
    path = trace(Racer(OPTIMIZERS["gradient_descent"](), 25), SUMS["hills"], steps=4)
    assert path.epochs.tolist() == [0, 0.5, 1, 1.5, 2]
    assert trace(OPTIMIZERS["adam"](), SUMS["hills"], steps=2).epochs.tolist() == [0, 1, 2]


BAD = [
    (lambda: trace(Racer(OPTIMIZERS["adam"](), 51), SUMS["hills"]), "1 ≤ batch_size ≤ 50"),
    (lambda: FiniteSum(GaussianHills(1), samples=1), "2 ≤ samples ≤ 4,096"),
    (lambda: FiniteSum(GaussianHills(1), samples=5000), "2 ≤ samples ≤ 4,096"),
    (lambda: FiniteSum(GaussianHills(1), spread=-1), "0 ≤ spread ≤ 100"),
    (lambda: FiniteSum(SUMS["hills"]), "without samples"),
    (lambda: FiniteSum("hills"), "without samples"),
    (lambda: Regression("deep"), "linear, logistic, network, rare_feature"),
    (lambda: Regression(samples=3), "8 ≤ samples ≤ 1,024"),
    (lambda: GaussianHills(1).on_batch(np.array([0])), "has none"),
]


@pytest.mark.parametrize(("make", "sentence"), BAD, ids=[sentence for _, sentence in BAD])
def test_bad_samples_are_refused(make: object, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        make()  # type: ignore[operator]


def best_gaps_on_a_rare_feature(seed: int) -> tuple[int, dict[str, float]]:
    """How many learning rates each had, and the late gap that each leaves at its best one; one sample a step."""
    surface = Regression("rare_feature", seed=seed, samples=100)
    features, _ = surface.data
    assert (features[:, 1] != 0).sum() == 10
    rates = np.geomspace(1e-3, 2, 12)[:, None]
    gaps = {}
    for key in ("gradient_descent", "adagrad"):
        racer = Racer(with_convention(key, "article", learning_rate=rates), 1)
        late = trace(racer, surface, start=(-1.0, -0.5), steps=400).losses[:, -50:].mean(axis=-1)
        gaps[key] = float(np.nanmin(late) - surface.lowest.loss)
    return len(rates), gaps


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_rare_feature_is_adagrads_home_ground(seed: int) -> None:
    _, gaps = best_gaps_on_a_rare_feature(seed)
    # Measured: 13 to 120 times.
    assert gaps["adagrad"] < gaps["gradient_descent"] / 5


def test_the_network_has_a_saddle_and_twin_minima() -> None:
    surface = Regression("network", seed=1)
    lowest = surface.lowest.point
    assert surface.loss(-lowest) == pytest.approx(surface.loss(lowest), rel=1e-12)
    assert np.linalg.eigvalsh(surface.hessian(lowest)).min() > 0
    low, high = np.linalg.eigvalsh(surface.hessian(np.zeros(2)))
    assert low < 0 < high
    np.testing.assert_allclose(surface.gradient(np.zeros(2)), 0, atol=1e-15)


@pytest.mark.parametrize("kind", ["linear", "rare_feature"])
def test_least_squares_has_its_exact_minimum(kind: str) -> None:
    surface = Regression(kind, seed=4)
    assert surface.lowest.exact
    np.testing.assert_allclose(surface.gradient(surface.lowest.point), 0, atol=1e-13)
