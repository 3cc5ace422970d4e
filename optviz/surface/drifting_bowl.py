"""A bowl whose lowest point moves while one walks: a loss that is not the same at every step."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from optviz.bad_input import BadInput
from optviz.parameter import check_fields, hyper
from optviz.surface.base import Surface
from optviz.surface.lowest import Known, Lowest

WAYS = ("circle", "line")


@dataclass(frozen=True)
class DriftingBowl(Surface):
    """½ ((x − cₓ)² + steepness · (y − c_y)²), whose centre c moves by `speed` with each step.

    The loss of step t is that of the bowl around c(t): it is recorded for the point after t steps, and step t + 1 gets
    its gradients there. Everything that does not name a step, such as `loss` or `lowest`, is of step 0.

    kind "circle": once around the origin after 2π · radius / speed steps, counter-clockwise.
    "line": to and fro through the origin, `radius` to either side, from one end.

    speed: 0 … 1, in the units of x and y, per step; 0 stands still. radius: 0.1 … 1.8, so that the centre stays inside
    the domain. direction: that in which the centre sets out, in degrees from the x axis, 0 … 360. steepness: 1 … 100,
    how many times steeper the bowl is along y than along x.

    Methods that forget old gradients follow it, Adagrad's steps only get shorter: the case RMSProp was made for
    (Tieleman and Hinton 2012, Coursera: Neural Networks for Machine Learning, lecture 6e). A loss for each step is
    that of Zinkevich 2003, Online convex programming.
    """

    kind: str = "circle"
    speed: float = hyper(0.05, slider=(0, 0.2), at_least=0, at_most=1)
    radius: float = hyper(1.0, slider=(0.1, 1.8), at_least=0.1, at_most=1.8)
    direction: float = hyper(90.0, slider=(0, 360), at_least=0, at_most=360)
    steepness: float = hyper(4.0, slider=(1, 100), log=True, at_least=1, at_most=100)

    domain = (-2.0, 2.0, -2.0, 2.0)

    def __post_init__(self) -> None:
        if self.kind not in WAYS:
            raise BadInput("unknown_choice", name="kind", value=self.kind, allowed=", ".join(WAYS))
        check_fields(self)

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"Drifting bowl ({self.kind}, {self.speed:g} a step)"

    @property
    def suggested_start(self) -> np.ndarray:
        return np.array([-1.5, -1.0])

    def centre(self, step: int) -> np.ndarray:
        """Where the lowest point is at a step (2,)."""
        return np.array(WAY[self.kind](self.speed * step, self.radius, math.radians(self.direction)))

    def drift(self, steps: int) -> np.ndarray | None:
        return _drift(self, steps) if self.speed else None

    @cached_property
    def _known_lowest(self) -> Lowest:
        return Lowest(0.0, self.centre(0), Known.THEORY)

    @cached_property
    def _first(self) -> tuple[float, float]:
        x, y = self.centre(0)
        return float(x), float(y)

    def loss(self, point: np.ndarray) -> np.ndarray:
        return self.loss_and_gradient(point)[0]

    def gradient(self, point: np.ndarray) -> np.ndarray:
        return self.loss_and_gradient(point)[1]

    def loss_and_gradient(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        point = np.asarray(point, dtype=float)
        x, y = point[..., 0] - self._first[0], point[..., 1] - self._first[1]
        along_y = self.steepness * y
        return (x * x + along_y * y) / 2, np.stack([x, along_y], axis=-1)

    def hessian(self, point: np.ndarray) -> np.ndarray:
        return np.broadcast_to(np.diag([1.0, self.steepness]), (*np.shape(point), 2)).copy()


def _around(walked: float, radius: float, direction: float) -> tuple[float, float]:
    # Where a circle is left to the right it is a quarter of a turn before.
    angle = direction - math.pi / 2 + walked / radius
    return radius * math.cos(angle), radius * math.sin(angle)


def _to_and_fro(walked: float, radius: float, direction: float) -> tuple[float, float]:
    along = radius - abs(walked % (4 * radius) - 2 * radius)
    return along * math.cos(direction), along * math.sin(direction)


WAY = {"circle": _around, "line": _to_and_fro}
"""Kind → where the centre is, from the length walked, the radius, and the direction in radians."""


@lru_cache(maxsize=64)
def _drift(surface: DriftingBowl, steps: int) -> np.ndarray:
    # With `math` and not with NumPy's functions, which round differently by the length of the array.
    drift = np.array([surface.centre(step) for step in range(steps + 1)]) - surface.centre(0)
    drift.flags.writeable = False
    return drift
