"""From points that are low to the minima near them."""

from __future__ import annotations

import numpy as np

from optviz.surface.searching.poles import look_for_poles
from optviz.surface.searching.probe import Probe

MOST_POLES = 8

_COMPASS = np.array([(-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1)], dtype=float)
_CROSS = np.array([(1, 0), (-1, 0), (0, 1), (0, -1)], dtype=float)
_SHORTER = np.array([1, 0.5, 0.2, 0.05, 1e-2, 1e-3, 1e-5])


def refined(probe: Probe, points: np.ndarray, step: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each of the points (K, 2) walked down to a minimum near it, and the losses there."""
    losses = probe.losses(points)
    kept = np.isfinite(losses)
    points, losses = points[kept], losses[kept]
    if not len(points) or probe.bottomless:
        return points, losses
    steps = np.broadcast_to(step, points.shape).copy()
    points, losses = poll(probe, points, losses, steps, 8)
    points, losses = newton(probe, points, losses)
    points, before = poll(probe, points, losses, steps, 34)
    points, losses = poll(probe, points, before, steps, 10)
    if not probe.bottomless:
        falling, low = (np.argsort(by, kind="stable")[:MOST_POLES] for by in (losses - before, losses))
        look_for_poles(probe, points[np.union1d(falling[losses[falling] < before[falling]], low)])
    return points, losses


def poll(
    probe: Probe, points: np.ndarray, losses: np.ndarray, steps: np.ndarray, halvings: int
) -> tuple[np.ndarray, np.ndarray]:
    """Pattern search: to the lowest of eight neighbours at `steps` (K, 2), which are halved, in place, each time.

    V. Torczon 1997, On the convergence of pattern search algorithms, doi:10.1137/S1052623493250780.
    """
    rows = np.arange(len(points))
    for _ in range(halvings):
        steps *= 0.5
        for _ in range(2):
            around = probe.inside(points[:, None] + _COMPASS * steps[:, None])
            found = probe.losses(around)
            best = found.argmin(axis=1)
            lower = found[rows, best] < losses
            if not lower.any():
                break
            points = np.where(lower[:, None], around[rows, best], points)
            losses = np.where(lower, found[rows, best], losses)
    return points, losses


def newton(probe: Probe, points: np.ndarray, losses: np.ndarray, rounds: int = 16) -> tuple[np.ndarray, np.ndarray]:
    """Newton's method with |Hessian| for Hessian, so that it goes downhill everywhere, and with shorter steps.

    The Hessian comes from differences of the exact gradient: it steers and decides nothing, and a formula's need
    not be compiled. Y. Dauphin et al. 2014, arXiv:1406.2572.
    """
    offset = 1e-7 * probe.size
    for _ in range(rounds):
        around = points[:, None] + np.concatenate([[[0.0, 0.0]], _CROSS * offset])
        gradients = probe.surface.loss_and_gradient(around)[1]
        downhill = _downhill(probe, points, gradients, offset)
        trials = probe.inside(points[:, None] - _SHORTER[:, None] * downhill[:, None])
        # Where the Hessian has no inverse (x + y, x·y) there is no such step.
        trials = np.where(np.isfinite(trials).all(axis=-1, keepdims=True), trials, points[:, None])
        found = probe.losses(trials)
        rows, best = np.arange(len(points)), found.argmin(axis=1)
        improved = found[rows, best] < losses
        points = np.where(improved[:, None], trials[rows, best], points)
        losses = np.where(improved, found[rows, best], losses)
        if not improved.any():
            break
    return points, losses


def _downhill(probe: Probe, points: np.ndarray, gradients: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """|H|⁻¹ g (K, 2) from gradients (K, 5, 2) at the points and beside them; 0 along an edge that holds a point."""
    gradient = gradients[:, 0]
    by_x = (gradients[:, 1] - gradients[:, 2]) / (2 * offset[0])
    by_y = (gradients[:, 3] - gradients[:, 4]) / (2 * offset[1])
    a, b, c = by_x[:, 0], (by_x[:, 1] + by_y[:, 0]) / 2, by_y[:, 1]
    held = ((points <= probe.low) & (gradient > 0)) | ((points >= probe.high) & (gradient < 0))
    gradient = np.where(held, 0.0, gradient)
    either = held.any(axis=1)
    a, b, c = np.where(held[:, 0], 1.0, a), np.where(either, 0.0, b), np.where(held[:, 1], 1.0, c)
    # √(H²) of a symmetric 2 × 2 matrix is (H² + |det H|) / (|λ₁| + |λ₂|).
    determinant = np.abs(a * c - b * b)
    trace = np.sqrt((a - c) ** 2 + 4 * b * b)
    trace = np.maximum(np.abs(a + c), trace)
    p, q, r = a * a + b * b + determinant, b * (a + c), b * b + c * c + determinant
    scale = trace / (p * r - q * q)
    return np.stack(
        [scale * (r * gradient[:, 0] - q * gradient[:, 1]), scale * (p * gradient[:, 1] - q * gradient[:, 0])],
        axis=-1,
    )


def polish(probe: Probe) -> None:
    """A few whole Newton steps that keep the loss: where it has no digits left, its gradient still has."""
    for _ in range(4):
        points = probe.point[None]
        offset = 1e-7 * probe.size
        around = points[:, None] + np.concatenate([[[0.0, 0.0]], _CROSS * offset])
        moved = probe.inside(points - _downhill(probe, points, probe.surface.loss_and_gradient(around)[1], offset))
        # `losses` has taken it over already where it is lower.
        if not (np.isfinite(moved).all() and probe.losses(moved)[0] <= probe.loss):
            return
        probe.point = moved[0]
