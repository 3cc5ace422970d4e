"""A surface that has moved as a whole: what one that moves is at one step of a run."""

from __future__ import annotations

import numpy as np

from optviz.surface.base import Surface


class Moved(Surface):
    """A surface moved by an offset (2,): its loss at a point is the other's at the point less the offset.

    The domain stays where it is. Nothing is known of the lowest point beyond what a search finds.
    """

    def __init__(self, surface: Surface, offset: np.ndarray) -> None:
        self.surface, self.offset = surface, offset
        self.domain, self.title = surface.domain, surface.title

    def loss(self, point: np.ndarray) -> np.ndarray:
        return self.surface.loss(point - self.offset)

    def gradient(self, point: np.ndarray) -> np.ndarray:
        return self.surface.gradient(point - self.offset)

    def hessian(self, point: np.ndarray) -> np.ndarray:
        return self.surface.hessian(point - self.offset)

    def loss_and_gradient(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.surface.loss_and_gradient(point - self.offset)


def at_step(surface: Surface, step: int) -> Surface:
    """The surface on which the point after so many steps is judged, and from which the next step gets its gradients."""
    drift = surface.drift(step)
    return surface if drift is None else Moved(surface, drift[step])
