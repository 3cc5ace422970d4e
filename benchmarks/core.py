"""How long the seven-optimizer race takes in the core, against plain loops (and torch.optim, if it is installed)."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import plain_loops

from optviz import Formula, GaussianHills, SmoothedNoise, Surface, gallery, gallery_names, race
from optviz.experiment import seven
from optviz.surface.searching import search_smooth

STEPS = 200
REPEATS = 15


def median_milliseconds(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Median time of `work`, after one warm-up."""
    work()
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - begin))
    return statistics.median(times)


def report() -> None:
    """Print the table."""
    hills = GaussianHills(seed=1)
    start = hills.peak()
    gradient, loss = plain_loops.hills_gradient(hills.drawn)

    def plain() -> dict[str, list[float]]:
        return {key: loop(start, gradient, loss, STEPS) for key, loop in plain_loops.METHODS.items()}

    ours = {path.racer.key: path.losses[1:] for path in race(seven(), hills, start, STEPS)}
    for key, losses in plain().items():
        # RMSProp amplifies rounding at the bottom, so its comparison is looser: both must do the same work.
        np.testing.assert_allclose(losses, ours[key], atol=1e-3 if key == "rmsprop" else 1e-10)
    reference = median_milliseconds(plain)
    print(f"One race, 7 optimizers × {STEPS} steps, uncached, median of {REPEATS}:")
    print(f"  {'plain NumPy loops, Gaussian hills':44}{reference:8.1f} ms   1.00 ×")
    _row("Gaussian hills", hills, reference)
    _row("smoothed noise", SmoothedNoise(seed=7), reference)
    _row("smoothed noise, 4 octaves and a bowl", SmoothedNoise(seed=7, octaves=4, bowl=0.5), reference)
    _row("formula, Rosenbrock", Formula("(1-x)^2 + 100*(y-x^2)^2"), reference)
    slowest = max(gallery_names(), key=lambda name: _time(gallery(name), 3))
    _row(f"slowest of the gallery, {slowest}", gallery(slowest), reference)
    _torch(hills, start, reference)
    stack = GaussianHills(seed=range(1000))
    peaks = stack.peak()
    elapsed = median_milliseconds(lambda: race(seven(), stack, peaks, STEPS), 3)
    print(f"  {'1,000 surfaces as one stack':44}{elapsed:8.0f} ms   {elapsed / 1000 / reference:.3f} × per surface")
    _lowest("lowest of 1,000 hills as one stack", range(1000), lambda seeds: GaussianHills(seed=seeds))
    _lowest("lowest of 1,000 noises as one stack", range(1000), lambda seeds: SmoothedNoise(seed=seeds))


def _lowest(name: str, seeds: range, family: Callable[[Any], Surface]) -> None:
    """Against one surface at a time; what the surfaces are made of is there before."""
    stack, few = family(seeds), [family(seed) for seed in seeds[:50]]
    for surface in (stack, *few):
        surface.loss(np.zeros(2))
    together = median_milliseconds(lambda: search_smooth(stack), 5) / len(seeds)
    alone = median_milliseconds(lambda: [search_smooth(surface) for surface in few], 3) / len(few)
    print(f"  {name:44}{together:8.3f} ms   {together / alone:.2f} × of one at a time, per surface")


def _time(surface: Surface, repeats: int = REPEATS) -> float:
    start = surface.suggested_start
    return median_milliseconds(lambda: race(seven(), surface, start, STEPS), repeats)


def _row(name: str, surface: Surface, reference: float) -> None:
    elapsed = _time(surface)
    print(f"  {name:44}{elapsed:8.1f} ms   {elapsed / reference:.2f} ×")


def _torch(hills: GaussianHills, start: np.ndarray, reference: float) -> None:
    try:
        import torch
    except ImportError:
        print("  torch.optim: torch is not installed")
        return
    weights, x_means, y_means, x_sigmas, y_sigmas = (torch.tensor(row) for row in hills.drawn)
    factors = weights / (2 * torch.pi * x_sigmas * y_sigmas)
    kinds = {
        "SGD": lambda point: torch.optim.SGD([point], lr=0.1),
        "momentum": lambda point: torch.optim.SGD([point], lr=0.1, momentum=0.9),
        "NAG": lambda point: torch.optim.SGD([point], lr=0.1, momentum=0.9, nesterov=True),
        "Adagrad": lambda point: torch.optim.Adagrad([point], lr=0.1),
        "Adadelta": lambda point: torch.optim.Adadelta([point], lr=1.0),
        "RMSprop": lambda point: torch.optim.RMSprop([point], lr=0.1),
        "Adam": lambda point: torch.optim.Adam([point], lr=0.1),
    }

    def run() -> None:
        for make in kinds.values():
            point = torch.tensor(start, requires_grad=True)
            optimizer = make(point)
            for _ in range(STEPS):
                optimizer.zero_grad()
                u, v = (point[0] - x_means) / x_sigmas, (point[1] - y_means) / y_sigmas
                (factors * torch.exp(-0.5 * (u * u + v * v))).sum().backward()
                optimizer.step()

    elapsed = median_milliseconds(run, 3)
    print(f"  {'torch.optim with autograd, Gaussian hills':44}{elapsed:8.1f} ms   {elapsed / reference:.2f} ×")
