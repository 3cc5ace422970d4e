"""What the race would cost without the laboratory: a plain NumPy loop per method on the article's hills."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Point = np.ndarray
Gradient = Callable[[Point], Point]


def hills_gradient(drawn: np.ndarray) -> tuple[Gradient, Callable[[Point], float]]:
    """Gradient and loss of one surface from its drawn parameters (5, hills)."""
    weights, x_means, y_means, x_sigmas, y_sigmas = drawn
    factors = weights / (2 * np.pi * x_sigmas * y_sigmas)

    def heights(point: Point) -> np.ndarray:
        return factors * np.exp(
            -((point[0] - x_means) ** 2) / (2 * x_sigmas**2) - (point[1] - y_means) ** 2 / (2 * y_sigmas**2)
        )

    def gradient(point: Point) -> Point:
        height = heights(point)
        return np.array(
            [
                -(height * (point[0] - x_means) / x_sigmas**2).sum(),
                -(height * (point[1] - y_means) / y_sigmas**2).sum(),
            ]
        )

    return gradient, lambda point: float(heights(point).sum())


def gradient_descent(point: Point, gradient: Gradient, loss: Callable[[Point], float], steps: int) -> list[float]:
    losses = []
    for _ in range(steps):
        point = point - 0.1 * gradient(point)
        losses.append(loss(point))
    return losses


def momentum(point: Point, gradient: Gradient, loss: Callable[[Point], float], steps: int) -> list[float]:
    losses, velocity = [], np.zeros(2)
    for _ in range(steps):
        velocity = 0.9 * velocity + gradient(point)
        point = point - 0.1 * velocity
        losses.append(loss(point))
    return losses


def nag(point: Point, gradient: Gradient, loss: Callable[[Point], float], steps: int) -> list[float]:
    losses, velocity = [], np.zeros(2)
    for _ in range(steps):
        slope = gradient(point)
        velocity = 0.9 * velocity + slope
        point = point - 0.1 * (slope + 0.9 * velocity)
        losses.append(loss(point))
    return losses


def adagrad(point: Point, gradient: Gradient, loss: Callable[[Point], float], steps: int) -> list[float]:
    losses, total = [], np.full(2, 0.1)
    for _ in range(steps):
        slope = gradient(point)
        total = total + slope * slope
        point = point - 0.1 * slope / np.sqrt(total)
        losses.append(loss(point))
    return losses


def adadelta(point: Point, gradient: Gradient, loss: Callable[[Point], float], steps: int) -> list[float]:
    losses, squares, updates = [], np.zeros(2), np.zeros(2)
    for _ in range(steps):
        slope = gradient(point)
        squares = 0.95 * squares + 0.05 * slope * slope
        update = np.sqrt(updates + 1e-8) / np.sqrt(squares + 1e-8) * slope
        updates = 0.95 * updates + 0.05 * update * update
        point = point - 0.1 * update
        losses.append(loss(point))
    return losses


def rmsprop(point: Point, gradient: Gradient, loss: Callable[[Point], float], steps: int) -> list[float]:
    losses, squares = [], np.ones(2)
    for _ in range(steps):
        slope = gradient(point)
        squares = 0.9 * squares + 0.1 * slope * slope
        point = point - 0.1 * slope / np.sqrt(squares + 1e-10)
        losses.append(loss(point))
    return losses


def adam(point: Point, gradient: Gradient, loss: Callable[[Point], float], steps: int) -> list[float]:
    losses, mean, squares = [], np.zeros(2), np.zeros(2)
    for step in range(1, steps + 1):
        slope = gradient(point)
        mean = 0.9 * mean + 0.1 * slope
        squares = 0.999 * squares + 0.001 * slope * slope
        rate = 0.1 * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
        point = point - rate * mean / (np.sqrt(squares) + 1e-8)
        losses.append(loss(point))
    return losses


METHODS = {
    "gradient_descent": gradient_descent,
    "momentum": momentum,
    "nag": nag,
    "adagrad": adagrad,
    "adadelta": adadelta,
    "rmsprop": rmsprop,
    "adam": adam,
}
