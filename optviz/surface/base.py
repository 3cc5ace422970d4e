"""What a loss surface is: exact loss, gradient and Hessian at any point, for any leading axes."""

from __future__ import annotations

import abc
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from optviz.bad_input import BadInput
from optviz.parameter import SEED, Parameter
from optviz.surface.lowest import Found, Lowest, Minima, known_together, lower_of, reached
from optviz.surface.searching import highest_on, local_minima, search, search_smooth

Domain = tuple[float, float, float, float]
"""(x_min, x_max, y_min, y_max)"""

DOMAIN_EDGE = Parameter(at_least=-1e6, at_most=1e6)
MOST_ELEMENTS = 1 << 17

_LEARNING = threading.Lock()


class Surface(abc.ABC):
    """A loss over two parameters, defined everywhere, of interest inside `domain`.

    Every method takes points of shape (..., 2). A single surface returns loss (...), gradient (..., 2), Hessian
    (..., 2, 2). A *stack* of S surfaces (a sequence of seeds) has one leading axis of its own that broadcasts as the
    last leading axis of the points: (S, 2) is one point per surface, (K, S, 2) or (K, 1, 2) are K points per surface.
    The operations and their order do not depend on the shape, so that stack and single agree bitwise.
    """

    domain: Domain
    title: str = "Surface of one's own"

    @abc.abstractmethod
    def loss(self, point: np.ndarray) -> np.ndarray:
        """Loss (...) at points (..., 2)."""

    @abc.abstractmethod
    def gradient(self, point: np.ndarray) -> np.ndarray:
        """Exact gradient (..., 2) at points (..., 2)."""

    @abc.abstractmethod
    def hessian(self, point: np.ndarray) -> np.ndarray:
        """Exact Hessian (..., 2, 2) at points (..., 2)."""

    @abc.abstractmethod
    def loss_and_gradient(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Loss (...) and gradient (..., 2) from one evaluation."""

    @property
    def stack_shape(self) -> tuple[int, ...]:
        """() for a single surface, (S,) for a stack of S."""
        return ()

    def single(self, index: int) -> Surface:
        """One surface of a stack."""
        raise IndexError(f"{self.title} is a single surface, not a stack")

    def part(self, places: np.ndarray) -> Surface:
        """The surfaces of a stack at these places (M,), any of them any number of times, as a stack of their own."""
        raise IndexError(f"{self.title} is a single surface, not a stack")

    def singles(self) -> Iterator[Surface]:
        """The surfaces of a stack one by one; a single surface yields itself."""
        if not self.stack_shape:
            yield self
        else:
            yield from (self.single(index) for index in range(self.stack_shape[0]))

    @property
    def samples(self) -> int | None:
        """How many sample losses the surface is the mean of; None where it has no samples."""
        return None

    call_cost: float = 0.5
    """What a call for loss and gradient costs, however few the points; unit: see `optviz.budget`."""

    def numbers_per_point(self, samples: int | None = None) -> int:
        """How many numbers such a call works on for each point; where only so many of the samples are seen, then.

        With `call_cost` it foretells how long a race takes, and it bounds the memory that many points at once need.
        """
        return 64

    @property
    def drawing_cost(self) -> float:
        """What it costs to make the surface of its seed, once; unit as of `call_cost`."""
        return 1.0

    @property
    def preparation_cost(self) -> float:
        """What the search for the lowest point costs; unit as of `call_cost`."""
        if self._known_lowest is not None:
            return 0.0
        return 25_000.0 if self.narrow_dips else 200.0

    @property
    def replacement(self) -> bool:
        """Whether batches of samples are drawn with replacement (see `optviz.batches`)."""
        return False

    def drift(self, steps: int) -> np.ndarray | None:
        """How far the surface has moved, as a whole, since step 0, after each of so many steps (steps + 1, 2).

        None where it stands still. Everything else that a surface says is of step 0; `at_step` says what it is later.
        What moves as a whole is as low at each step: gaps need no step.
        """
        return None

    def on_batch(self, indices: np.ndarray) -> Surface:
        """The mean of the samples with these indices (..., B), one set per leading axis of the points.

        Of a stack: (B,), the same for all its surfaces, or (S, B), a set for each.
        """
        raise BadInput("no_samples", name=self.title, value=indices.shape[-1])

    @property
    def width(self) -> float:
        """The longer side of the domain: the unit in which distances on this surface are told."""
        x_min, x_max, y_min, y_max = self.domain
        return max(x_max - x_min, y_max - y_min)

    narrow_dips: ClassVar[bool] = True
    """Whether a dip may be narrower than a hundredth of the domain, or have a kink or a pole in it.

    Then `lowest` is searched for far more closely. Else the loss must have a gradient and a Hessian everywhere.
    """

    @property
    def lowest(self) -> Lowest:
        """The lowest point inside the domain (see `Lowest`): from theory, or else from a search and the runs so far."""
        return self._known_lowest or known_together(self._found_lowest, self.__dict__.get("_reached"))

    @property
    def _known_lowest(self) -> Lowest | None:
        """The lowest point where theory knows it."""
        return None

    @cached_property
    def _found_lowest(self) -> Found:
        if not self.narrow_dips:
            return search_smooth(self)
        found = [search(surface) for surface in self.singles()]
        if not self.stack_shape:
            return found[0]
        columns = zip(*((low.loss, low.point, low.height) for low in found), strict=True)
        return Found(*(np.array(column) for column in columns))

    @property
    def found(self) -> Found | None:
        """What the search for the lowest point has found; None where theory knows it."""
        return self._found_lowest if self._known_lowest is None else None

    @cached_property
    def local_minima(self) -> Minima:
        """The isolated minima inside the domain of a single surface, the lowest first (see `Minima`). Not for stacks.

        Computed once, from an even grid that may miss what is very narrow. `lowest` is the first of them, unless it is
        no such minimum: on an edge of the domain, or on level ground.
        """
        return local_minima(self, self.lowest.point if np.isfinite(self.lowest.loss) else None)

    def take_over(self, found: Found) -> None:
        """Believe what an equal surface has `found`, in another process perhaps, instead of searching again."""
        # Written past the frozen fields, as `cached_property` does.
        self.__dict__["_found_lowest"] = found

    def take_over_minima(self, minima: Minima) -> None:
        """Believe the `local_minima` of an equal surface instead of looking for them again."""
        self.__dict__["local_minima"] = minima

    def learn(self, points: np.ndarray, losses: np.ndarray) -> None:
        """Take note of where runs have been: points (..., [S,] 2) and the losses (..., [S]) there, of any shape.

        The points of one that moves are those less its `drift`.

        Where one of them lies inside the domain and lower than the search had found, `lowest` is there from now on.
        What theory knows stays. `trace` calls this; whoever gets a trajectory from elsewhere, such as another process,
        should too. Safe from several threads.
        """
        if self._known_lowest is not None or not np.size(losses):
            return
        best = reached(points, losses, self.contains(points), bool(self.stack_shape))
        with _LEARNING:
            before = self.__dict__.get("_reached")
            # Written past the frozen fields, as `cached_property` does.
            self.__dict__["_reached"] = best if before is None else lower_of(before, best)

    def peak(self) -> np.ndarray:
        """The article's start (..., 2): the highest point of a 50 × 50 grid over the domain, right ends excluded.

        The grid is `arange(x_min, x_max, width / 50)`, as in the author's script, and not `linspace`.
        """
        x_min, x_max, y_min, y_max = self.domain
        x = _excluding_end(x_min, x_max, 50)
        y = _excluding_end(y_min, y_max, 50)
        return highest_on(self, x, y)

    @property
    def suggested_start(self) -> np.ndarray:
        """Where a race starts unless told otherwise (..., 2)."""
        return self.peak()

    @property
    def suggested_learning_rate(self) -> float | None:
        """A learning rate that suits plain gradient descent here, where 0.1 does not; else None."""
        return None

    @property
    def suggested_learning_rates(self) -> Mapping[str, Mapping[str, float]]:
        """Convention → optimizer → a learning rate that suits it here, as far as somebody has looked for them."""
        return {}

    def losses_on(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Loss on a grid: x (X,), y (Y,) → (Y, X) for a single surface. Not for stacks."""
        rows = max(1, MOST_ELEMENTS // max(1, self.numbers_per_point() * len(x)))
        blocks = []
        with np.errstate(all="ignore"):
            for first in range(0, len(y), rows):
                mesh = np.stack(np.meshgrid(x, y[first : first + rows]), axis=-1)
                blocks.append(self.loss(mesh))
        return np.concatenate(blocks)

    def rough_losses_on(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Losses on a grid, of each surface of a stack: x (X,), y (Y,) → ([S,] Y, X), to ten digits of the largest.

        They say where to look, and decide nothing: a family may take a short cut.
        """
        grids = [surface.losses_on(x, y) for surface in self.singles()]
        return np.array(grids) if self.stack_shape else grids[0]

    def contains(self, point: np.ndarray) -> np.ndarray:
        """Whether points (..., 2) lie inside the domain or on its edge (...)."""
        x_min, x_max, y_min, y_max = self.domain
        x, y = point[..., 0], point[..., 1]
        return (x >= x_min) & (x <= x_max) & (y >= y_min) & (y <= y_max)


def _excluding_end(low: float, high: float, count: int) -> np.ndarray:
    # arange may add an element beyond `count` through rounding; the author's grid has exactly `count`.
    return np.arange(low, high, (high - low) / count)[:count]


def check_domain(name: str, domain: Any) -> Domain:
    """Four finite numbers with x_min < x_max and y_min < y_max. Raises BadInput."""
    allowed = DOMAIN_EDGE.range_text("x, y")
    try:
        edges = [DOMAIN_EDGE.check_number(name, edge) for edge in domain]
    except (TypeError, ValueError):
        raise BadInput("bad_domain", name=name, value=domain, allowed=allowed) from None
    if len(edges) != 4 or not (edges[0] < edges[1] and edges[2] < edges[3]):
        raise BadInput("bad_domain", name=name, value=domain, allowed=allowed)
    if min(edges[1] - edges[0], edges[3] - edges[2]) < 1e-6:
        raise BadInput("bad_domain", name=name, value=domain, allowed=allowed)
    return (edges[0], edges[1], edges[2], edges[3])


def check_seed(seed: Any) -> int | tuple[int, ...]:
    """A seed (whole number), or a non-empty sequence of seeds as a tuple. Raises BadInput."""
    several = seed.ndim == 1 if isinstance(seed, np.ndarray) else isinstance(seed, Sequence)
    if several and not isinstance(seed, (str, bytes)):
        if len(seed) == 0:
            raise BadInput("bad_seed", name="seed", value="[]", allowed=SEED.range_text("seed"))
        return tuple(int(SEED.check_number("seed", _plain(item))) for item in seed)
    return int(SEED.check_number("seed", _plain(seed)))


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, (np.generic, np.ndarray)) and np.ndim(value) == 0 else value
