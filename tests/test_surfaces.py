"""What every surface promises: exact derivatives everywhere, any leading axes, stacks equal to singles bit for bit."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.ndimage

from cases import FAMILY_SURFACES, LEADING_AXES, SEEDS, STACKS, SURFACES, points_in
from optviz import BadInput, Formula, GaussianHills, SmoothedNoise, Surface
from tiers import few_are_quick, rest_is_long

METHODS: dict[str, Callable[[Surface, np.ndarray], np.ndarray]] = {
    "loss": lambda surface, point: surface.loss(point),
    "gradient": lambda surface, point: surface.gradient(point),
    "hessian": lambda surface, point: surface.hessian(point),
    "loss of both": lambda surface, point: surface.loss_and_gradient(point)[0],
    "gradient of both": lambda surface, point: surface.loss_and_gradient(point)[1],
}
TRAILING = {"loss": (), "gradient": (2,), "hessian": (2, 2), "loss of both": (), "gradient of both": (2,)}
NOISES = {name: surface for name, surface in FAMILY_SURFACES.items() if isinstance(surface, SmoothedNoise)}
# |x| + |y| and the like: a difference across the kink is not a derivative. (Ackley's kink is one point.)
KINKS_ON_THE_AXES = ("gallery: abs_valley",)

STEP = 3e-4
"""Of the differences, in sizes of the domain: the sum of rounding and truncation is smallest about here."""


def size_of(surface: Surface) -> np.ndarray:
    x_min, x_max, y_min, y_max = surface.domain
    return np.array([x_max - x_min, y_max - y_min])


def central_difference(function: Callable[[np.ndarray], np.ndarray], point: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Fourth-order differences along x and y, stacked along a new last axis."""
    along = []
    for axis in (0, 1):
        offset = np.where(np.arange(2) == axis, step, 0.0)
        near = function(point + offset) - function(point - offset)
        far = function(point + 2 * offset) - function(point - 2 * offset)
        along.append((8 * near - far) / (12 * step[axis]))
    return np.stack(along, axis=-1)


def errors(surface: Surface, point: np.ndarray, step: float = STEP) -> tuple[float, float]:
    """Of gradient and Hessian against differences, relative to the largest, both per size of the domain."""
    size = size_of(surface)
    gradient, hessian = surface.gradient(point) * size, surface.hessian(point) * size[:, None] * size
    steepest, most_curved = np.abs(gradient).max(), np.abs(hessian).max()
    of_gradient = gradient - central_difference(surface.loss, point, step * size) * size
    of_hessian = hessian - central_difference(surface.gradient, point, step * size) * size[:, None] * size
    return np.abs(of_gradient).max() / steepest, np.abs(of_hessian).max() / max(most_curved, steepest)


def in_cells(surface: SmoothedNoise, point: np.ndarray, place: float) -> np.ndarray:
    """The points moved within their grid cell: 0 onto its lower knot, 0.5 to its middle."""
    low, cell = np.array(surface.domain[::2]), size_of(surface) / surface.size
    return low + (np.floor((point - low) / cell) + place) * cell


@pytest.mark.parametrize("name", SURFACES)
def test_derivatives_inside_and_outside_the_domain(name: str) -> None:
    surface = SURFACES[name]
    point = points_in(surface, (200,), margin=0.5)
    if isinstance(surface, SmoothedNoise):
        point = in_cells(surface, point, place=0.5)
    if name in KINKS_ON_THE_AXES:
        point = point[np.all(np.abs(point) > 3 * STEP * size_of(surface), axis=-1)]
    of_gradient, of_hessian = errors(surface, point)
    # The truncation, h⁴ f⁽⁵⁾ / 30, is largest on the gallery's cliff: (125 · 3e-4)⁴ / 30 = 7e-8. Rounding gives 1e-12.
    assert of_gradient < 1e-6
    assert of_hessian < 1e-6


@pytest.mark.parametrize("name", NOISES)
def test_derivatives_at_the_knots_of_a_spline(name: str) -> None:
    """The third derivative jumps there, so differences of the gradient are first-order: half the step, half off."""
    knots = in_cells(NOISES[name], points_in(NOISES[name], (200,), margin=0.5), place=0.0)
    of_gradient, of_hessian = errors(NOISES[name], knots)
    _, of_hessian_at_half = errors(NOISES[name], knots, STEP / 2)
    assert of_gradient < 1e-6
    assert of_hessian_at_half == pytest.approx(of_hessian / 2, rel=0.01)
    # 3e-4 of the domain is a fiftieth of a cell of the finest grid, and the rugged noise changes from cell to cell.
    assert of_hessian < 0.02


def test_the_differences_would_notice_a_wrong_derivative() -> None:
    class Wrong(GaussianHills):
        def gradient(self, point: np.ndarray) -> np.ndarray:
            return super().gradient(point) * (1 + 1e-5)

        def hessian(self, point: np.ndarray) -> np.ndarray:
            return super().hessian(point) + np.array([[0, 1e-4], [0, 0]])

    of_gradient, of_hessian = errors(Wrong(seed=1), points_in(Wrong(seed=1), (200,)))
    assert min(of_gradient, of_hessian) > 2e-6


@pytest.mark.parametrize("name", SURFACES)
def test_shapes_and_symmetry(name: str) -> None:
    surface = SURFACES[name]
    for leading in (*LEADING_AXES, (0,)):
        point = points_in(surface, leading)
        for method, evaluate in METHODS.items():
            value = evaluate(surface, point)
            assert np.shape(value) == (*leading, *TRAILING[method])
            assert np.asarray(value).dtype == np.float64
            assert np.isfinite(value).all()
        hessian = surface.hessian(point)
        assert np.array_equal(hessian, np.swapaxes(hessian, -1, -2))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", SURFACES)
def test_values_do_not_depend_on_shape_or_memory(name: str, method: str) -> None:
    """One point, a grid, a transposed or strided view, a list: the same bits. And the points are left as they were."""
    surface, evaluate = SURFACES[name], METHODS[method]
    grid = points_in(surface, (7, 9), margin=0.2)
    before = grid.tobytes()
    values = evaluate(surface, grid)
    assert evaluate(surface, np.asfortranarray(grid)).tobytes() == values.tobytes()
    assert evaluate(surface, grid[::2, ::-3]).tobytes() == values[::2, ::-3].tobytes()
    assert evaluate(surface, grid.swapaxes(0, 1)).tobytes() == values.swapaxes(0, 1).tobytes()
    for index in ((0, 0), (3, 5), (6, 8)):
        assert np.asarray(evaluate(surface, grid[index])).tobytes() == values[index].tobytes()
        assert np.asarray(evaluate(surface, grid[index].tolist())).tobytes() == values[index].tobytes()
    assert grid.tobytes() == before


@pytest.mark.parametrize("name", SURFACES)
def test_loss_and_gradient_are_loss_and_gradient(name: str) -> None:
    surface = SURFACES[name]
    point = points_in(surface, (50,), margin=0.2)
    loss, gradient = surface.loss_and_gradient(point)
    assert gradient.tobytes() == surface.gradient(point).tobytes()
    # A formula's two programs may share other common terms, and then round once or twice differently.
    assert loss == pytest.approx(surface.loss(point), rel=1e-14, abs=1e-14)


# --- stacks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STACKS)
def test_a_stack_takes_its_axis_last(name: str) -> None:
    stack = STACKS[name]
    count = len(SEEDS)
    assert stack.stack_shape == (count,)
    assert len(list(stack.singles())) == count
    one_for_all = points_in(stack, ())
    one_each = points_in(stack, (count,))
    many_for_all = points_in(stack, (4, 1))
    many_each = points_in(stack, (3, 4, count))
    for method, evaluate in METHODS.items():
        for point, leading in [
            (one_for_all, (count,)),
            (one_each, (count,)),
            (many_for_all, (4, count)),
            (many_each, (3, 4, count)),
        ]:
            values = evaluate(stack, point)
            assert values.shape == (*leading, *TRAILING[method])
            spread = np.broadcast_to(point, (*leading, 2))
            trailing = (slice(None),) * len(TRAILING[method])
            for index, single in enumerate(stack.singles()):
                alone = evaluate(single, spread[..., index, :])
                assert np.asarray(alone).tobytes() == values[(..., index, *trailing)].tobytes()


@pytest.mark.parametrize("count", rest_is_long([110, 1000], {110}))
@pytest.mark.parametrize("family", [GaussianHills, SmoothedNoise])
def test_many_seeds_equal_as_many_surfaces_bitwise(
    family: type[GaussianHills] | type[SmoothedNoise], count: int
) -> None:
    stack = family(seed=range(count))
    peaks = stack.peak()
    point = points_in(stack, (count,), margin=0.1)
    together = {method: evaluate(stack, point) for method, evaluate in METHODS.items()}
    for seed in range(count):
        alone = family(seed=seed)
        assert alone.peak().tobytes() == peaks[seed].tobytes()
        for method, evaluate in METHODS.items():
            assert np.asarray(evaluate(alone, point[seed])).tobytes() == together[method][seed].tobytes()


@pytest.mark.parametrize("hills", [1, 10, 100])
def test_many_points_on_many_surfaces_equal_few_on_one_bitwise(hills: int) -> None:
    """So many that the hills are added up in another way."""
    stack = GaussianHills(seed=range(60), hills=hills)
    point = points_in(stack, (80, 60))
    for evaluate in METHODS.values():
        together = evaluate(stack, point)
        for seed in (0, 17, 59):
            assert evaluate(stack.single(seed), point[7, seed]).tobytes() == together[7, seed].tobytes()


@pytest.mark.parametrize("name", STACKS)
def test_the_lowest_of_a_stack_are_the_lowest_of_its_singles(name: str) -> None:
    lowest = STACKS[name].lowest
    assert lowest.loss.shape == (len(SEEDS),)
    assert lowest.point.shape == (len(SEEDS), 2)
    for index, single in enumerate(STACKS[name].singles()):
        assert single.lowest.loss == lowest.loss[index]
        assert single.lowest.point.tobytes() == lowest.point[index].tobytes()


def test_single_of_a_single_surface() -> None:
    surface = GaussianHills(seed=1)
    assert surface.stack_shape == ()
    assert list(surface.singles()) == [surface]
    with pytest.raises(IndexError, match="single surface"):
        surface.single(0)
    with pytest.raises(IndexError):
        STACKS["hills"].single(len(SEEDS))


# --- lowest and peak -----------------------------------------------------------------------------------------------

RANDOM_SURFACES: dict[str, Surface] = {
    **{f"hills {seed}": GaussianHills(seed=seed) for seed in range(20, 40)},
    **{f"noise {seed}": SmoothedNoise(seed=seed) for seed in range(5)},
    **{f"rugged noise {seed}": SmoothedNoise(seed=seed, octaves=6, smoothing=4) for seed in range(5)},
}


@pytest.mark.parametrize("name", few_are_quick([*SURFACES, *RANDOM_SURFACES], 24))
def test_nothing_is_lower_than_the_lowest_point(name: str) -> None:
    surface = {**SURFACES, **RANDOM_SURFACES}[name]
    lowest = surface.lowest
    losses = surface.loss(points_in(surface, (20_000,), seed=3))
    assert surface.contains(lowest.point)
    assert surface.loss(lowest.point) == pytest.approx(lowest.loss, rel=1e-14, abs=1e-14)
    # Rounding of one evaluation, beside the range of the losses.
    assert losses.min() >= lowest.loss - 1e-14 * np.ptp(losses)


@pytest.mark.parametrize("name", [*SURFACES, *RANDOM_SURFACES])
def test_the_lowest_point_is_stationary_or_on_the_edge(name: str) -> None:
    surface = {**SURFACES, **RANDOM_SURFACES}[name]
    point, size = surface.lowest.point, size_of(surface)
    x_min, x_max, y_min, y_max = surface.domain
    downhill = -surface.gradient(point) * size
    at_low, at_high = point <= np.array([x_min, y_min]), point >= np.array([x_max, y_max])
    inward = np.where(at_low, np.maximum(downhill, 0), np.where(at_high, np.minimum(downhill, 0), downhill))
    steepest = np.abs(surface.gradient(points_in(surface, (1000,))) * size).max()
    # At a minimum known to a relative 1e-8 (half of all digits) the gradient is the curvature times that.
    assert np.abs(inward).max() <= 1e-6 * steepest


def test_the_gallery_knows_its_minima_exactly() -> None:
    assert SURFACES["gallery: rosenbrock"].lowest.exact
    assert SURFACES["gallery: rosenbrock"].lowest.loss == 0
    assert not SURFACES["hills 1"].lowest.exact


def highest(surface: Surface, x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    points = [(float(across), float(up)) for up in y for across in x]
    return max(points, key=lambda point: float(surface.loss(np.array(point))))


@pytest.mark.parametrize("seed", [1, 3, 128])
def test_the_peak_is_on_the_authors_grid_and_not_on_linspace(seed: int) -> None:
    surface = GaussianHills(seed=seed)
    authors = np.arange(-1.5, 1.5, 0.06)
    evenly = np.linspace(-1.5, 1.5, 50)
    assert authors.shape == (50,)
    assert tuple(surface.peak()) == highest(surface, authors, authors)
    assert tuple(surface.peak()) != highest(surface, evenly, evenly)


@pytest.mark.parametrize("name", FAMILY_SURFACES)
def test_the_peak_leaves_out_the_right_ends(name: str) -> None:
    surface = FAMILY_SURFACES[name]
    low, size = np.array(surface.domain[::2]), size_of(surface)
    steps = (surface.peak() - low) / size * 50
    # The author's grid comes from adding up rounded steps.
    assert steps == pytest.approx(np.round(steps), abs=1e-9)
    assert np.all((steps > -0.5) & (steps < 49.5))


# --- the families --------------------------------------------------------------------------------------------------


def test_hills_are_drawn_in_the_authors_order() -> None:
    random = np.random.RandomState(5)
    expected = [random.uniform(low, high, 10) for low, high in [(-0.2, 0.05), (-1, 1), (-1, 1), (0.2, 0.8), (0.2, 0.8)]]
    surface = GaussianHills(seed=5)
    assert np.array_equal(surface.drawn, expected)
    weights, x_means, y_means, x_sigmas, y_sigmas = expected
    x, y = 0.3, -0.4
    heights = (
        weights
        / (2 * np.pi * x_sigmas * y_sigmas)
        * np.exp(-((x - x_means) ** 2) / (2 * x_sigmas**2) - (y - y_means) ** 2 / (2 * y_sigmas**2))
    )
    assert surface.loss((x, y)) == pytest.approx(heights.sum(), rel=1e-13)


@pytest.mark.parametrize("name", [name for name in NOISES if "bowl" not in name and "long" not in name])
def test_noise_is_periodic(name: str) -> None:
    surface = NOISES[name]
    point = points_in(surface, (100,))
    for shift in ((1, 0), (0, -1), (7, 12)):
        moved = point + np.array(shift) * size_of(surface)
        # The shifted position is rounded at 1e-15 of up to 40, the finest octave has slopes of a few hundred.
        assert surface.loss(moved) == pytest.approx(surface.loss(point), abs=1e-11)
        assert surface.gradient(moved) == pytest.approx(surface.gradient(point), abs=1e-9)


@pytest.mark.parametrize("name", NOISES)
def test_noise_interpolates_its_grid(name: str) -> None:
    surface = NOISES[name]
    heights = surface.heights(surface.seed)
    assert (heights.min(), heights.max()) == (0, 1)
    low, cell = np.array(surface.domain[::2]), size_of(surface) / surface.size
    columns, rows = np.meshgrid(np.arange(surface.size), np.arange(surface.size))
    knots = low + np.stack([columns, rows], axis=-1) * cell
    flat = SmoothedNoise(surface.seed, surface.size, surface.smoothing, 0.0, surface.octaves, surface.domain)
    # The spline filter solves a system of that size to about 1e-14.
    assert flat.loss(knots) == pytest.approx(heights, abs=1e-12)


def test_noise_is_smoothed_white_noise_and_each_octave_half_as_wide_and_half_as_high() -> None:
    random = np.random.RandomState(9)
    wide, narrow, narrowest = (
        scipy.ndimage.gaussian_filter(random.standard_normal((32, 32)), width, mode="wrap") for width in (8, 4, 2)
    )
    together = wide / wide.std() + 0.5 * narrow / narrow.std() + 0.25 * narrowest / narrowest.std()
    expected = (together - together.min()) / np.ptp(together)
    assert SmoothedNoise(seed=9, size=32, octaves=3).heights(9) == pytest.approx(expected, abs=1e-14)


def test_the_bowl_is_one_at_the_middle_of_each_edge() -> None:
    domain = (-1.0, 9.0, 2.0, 4.0)
    flat, bowl = SmoothedNoise(seed=3, domain=domain), SmoothedNoise(seed=3, domain=domain, bowl=1.0)
    places = np.array([[4.0, 3.0], [-1.0, 3.0], [9.0, 3.0], [4.0, 2.0], [4.0, 4.0], [9.0, 4.0]])
    assert bowl.loss(places) - flat.loss(places) == pytest.approx([0, 1, 1, 1, 1, 2], abs=1e-14)


def test_octaves_make_noise_rougher_and_smoothing_makes_it_smoother() -> None:
    def roughness(**settings: Any) -> float:
        stack = SmoothedNoise(seed=range(30), **settings)
        gradient = stack.gradient(points_in(stack, (200, 1)))
        return float(np.sqrt((gradient**2).mean()))

    by_octaves = [roughness(octaves=octaves) for octaves in range(1, 6)]
    by_smoothing = [roughness(smoothing=smoothing) for smoothing in (2, 4, 8, 16)]
    assert by_octaves == sorted(by_octaves)
    assert by_smoothing == sorted(by_smoothing, reverse=True)


# --- values and refusals -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SURFACES)
def test_a_surface_is_a_value(name: str) -> None:
    surface = SURFACES[name]
    twin = pickle.loads(pickle.dumps(surface))
    assert twin == surface
    assert hash(twin) == hash(surface)
    point = points_in(surface, (5,))
    assert twin.loss(point).tobytes() == surface.loss(point).tobytes()
    assert surface.title
    assert surface.suggested_start.shape == (2,)
    assert surface.contains(surface.suggested_start)


@pytest.mark.parametrize("seed", [3, 3.0, np.int64(3), np.uint32(3), np.array(3), np.float64(3)])
def test_whole_numbers_of_every_kind_are_seeds(seed: Any) -> None:
    assert GaussianHills(seed=seed) == GaussianHills(seed=3)
    assert type(GaussianHills(seed=seed).seed) is int


@pytest.mark.parametrize("seeds", [[3, 4], (3, 4), range(3, 5), np.array([3, 4]), np.array([3.0, 4.0])])
def test_sequences_of_seeds_are_stacks(seeds: Any) -> None:
    assert GaussianHills(seed=seeds) == GaussianHills(seed=(3, 4))
    assert GaussianHills(seed=seeds).single(1) == GaussianHills(seed=4)
    assert SmoothedNoise(seed=seeds, octaves=2).single(1) == SmoothedNoise(seed=4, octaves=2)


BAD_SEEDS: list[Any] = [
    -1,
    2**32,
    10**400,
    1.5,
    float("nan"),
    float("inf"),
    "1",
    b"1",
    "",
    None,
    True,
    np.True_,
    1j,
    {1, 2},
    {"seed": 1},
    ...,
    [],
    range(0),
    [1, "x"],
    [1, None],
    [1, -1],
    [1, 1.5],
    [True],
    [[1, 2], [3, 4]],
    [[1], [2, 3]],
    np.array([[1, 2]]),
    np.array(["1"]),
    slice(3),
]


@pytest.mark.parametrize("seed", BAD_SEEDS, ids=repr)
@pytest.mark.parametrize("family", [GaussianHills, SmoothedNoise])
def test_hostile_seeds_are_refused(family: Any, seed: Any) -> None:
    with pytest.raises(BadInput, match=r"^seed = .* 4,294,967,295\.$"):
        family(seed=seed)


BAD_PARAMETERS: list[tuple[Any, dict[str, Any], str, str]] = [
    (GaussianHills, {"hills": 0}, "hills = 0", "1 ≤ hills ≤ 100"),
    (GaussianHills, {"hills": 101}, "hills = 101", "1 ≤ hills ≤ 100"),
    (GaussianHills, {"hills": 2.5}, "hills = 2.5", "1 ≤ hills ≤ 100"),
    (GaussianHills, {"hills": "10"}, "hills = 10", "1 ≤ hills ≤ 100"),
    (GaussianHills, {"hills": None}, "hills = None", "1 ≤ hills ≤ 100"),
    (GaussianHills, {"hills": [10, 10]}, "hills = [10, 10]", "1 ≤ hills ≤ 100"),
    (GaussianHills, {"weights": (0.05, -0.2)}, "weights = (0.05, -0.2)", "-100 ≤ weights ≤ 100"),
    (GaussianHills, {"weights": (0.1, 0.1)}, "weights = (0.1, 0.1)", "-100 ≤ weights ≤ 100"),
    (GaussianHills, {"weights": (0.1,)}, "weights", "-100 ≤ weights ≤ 100"),
    (GaussianHills, {"weights": (0, 0.1, 0.2)}, "weights", "-100 ≤ weights ≤ 100"),
    (GaussianHills, {"weights": (0, float("nan"))}, "nan", "-100 ≤ weights ≤ 100"),
    (GaussianHills, {"weights": (0, 101)}, "101", "-100 ≤ weights ≤ 100"),
    (GaussianHills, {"weights": (0, 10**400)}, "weights", "-100 ≤ weights ≤ 100"),
    (GaussianHills, {"weights": 1.0}, "weights = 1.0", "-100 ≤ weights ≤ 100"),
    (GaussianHills, {"weights": None}, "weights = None", "-100 ≤ weights ≤ 100"),
    (GaussianHills, {"weights": "01"}, "weights = 01", "-100 ≤ weights ≤ 100"),
    (GaussianHills, {"weights": (False, True)}, "weights", "-100 ≤ weights ≤ 100"),
    (SmoothedNoise, {"size": 7}, "size = 7", "8 ≤ size ≤ 256"),
    (SmoothedNoise, {"size": 257}, "size = 257", "8 ≤ size ≤ 256"),
    (SmoothedNoise, {"size": 1e9}, "size = 1000000000", "8 ≤ size ≤ 256"),
    (SmoothedNoise, {"smoothing": 0.5}, "smoothing = 0.5", "1 ≤ smoothing"),
    (SmoothedNoise, {"smoothing": 17}, "smoothing = 17", "1 ≤ smoothing ≤ size / 4 = 16"),
    (SmoothedNoise, {"size": 16}, "smoothing = 8", "1 ≤ smoothing ≤ size / 4 = 4"),
    (SmoothedNoise, {"bowl": -0.1}, "bowl = -0.1", "0 ≤ bowl ≤ 100"),
    (SmoothedNoise, {"bowl": float("inf")}, "bowl = inf", "0 ≤ bowl ≤ 100"),
    (SmoothedNoise, {"octaves": 0}, "octaves = 0", "1 ≤ octaves ≤ 6"),
    (SmoothedNoise, {"octaves": 7}, "octaves = 7", "1 ≤ octaves ≤ 6"),
    *(
        (family, {**settings, "domain": domain}, "domain = ", "x_min < x_max, y_min < y_max")
        for family, settings in ((SmoothedNoise, {}), (Formula, {"text": "x"}))
        for domain in [
            (1, -1, 0, 1),
            (0, 1, 1, 1),
            (0, 1, 0),
            (0, 1, 0, 1, 2),
            (0, 1, 0, float("nan")),
            (0, 1, 0, float("inf")),
            (0, 1, 0, 1e7),
            (0, 1, 0, 1e-9),
            (0, 1, 0, 10**400),
            (0, 1, 0, "x"),
            (0, 1, 0, None),
            (0, 1, 0, True),
            (0, 1, 0, 1j),
            "0101",
            {0: 1},
            None,
            5,
        ]
    ),
]


@pytest.mark.parametrize(("family", "settings", "value", "allowed"), BAD_PARAMETERS)
def test_bad_parameters_are_refused_with_value_and_range(
    family: Any, settings: dict[str, Any], value: str, allowed: str
) -> None:
    with pytest.raises(BadInput) as problem:
        family(**settings)
    sentence = str(problem.value)
    assert value in sentence
    assert allowed in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize("name", [*NOISES, "hills 1", "notebook's hills"])
def test_surfaces_are_defined_as_far_as_a_start_may_be(name: str) -> None:
    far = 1e9 * np.array([[1, 0], [0, -1], [-1, 1]])
    for evaluate in METHODS.values():
        assert np.isfinite(evaluate(SURFACES[name], far)).all()
