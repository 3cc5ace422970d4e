"""What one step of an optimizer may ask of a surface, and how often it asked."""

from __future__ import annotations

import numpy as np

from optviz.surface.base import Surface


class Oracle:
    """Loss, gradient and Hessian of one surface at points (..., 2), counted.

    `surface` is exchanged before each step for the mean of that step's batch of samples. NAG's look-ahead and line
    searches ask the same oracle as the step itself, so they see the same batch.
    """

    def __init__(self, surface: Surface) -> None:
        self.surface = surface
        self.loss_evaluations = 0
        self.gradient_evaluations = 0
        self.hessian_evaluations = 0
        self._known: tuple[np.ndarray, np.ndarray] | None = None

    def know(self, point: np.ndarray, gradient: np.ndarray) -> None:
        """Hand out this gradient, computed together with others, to whoever asks for it at this very array."""
        self._known = (point, gradient)

    def loss(self, point: np.ndarray) -> np.ndarray:
        """Loss (...)."""
        self.loss_evaluations += 1
        return self.surface.loss(point)

    def gradient(self, point: np.ndarray) -> np.ndarray:
        """Gradient (..., 2)."""
        self.gradient_evaluations += 1
        if self._known is not None and point is self._known[0]:
            return self._known[1]
        return self.surface.gradient(point)

    def hessian(self, point: np.ndarray) -> np.ndarray:
        """Hessian (..., 2, 2)."""
        self.hessian_evaluations += 1
        return self.surface.hessian(point)
