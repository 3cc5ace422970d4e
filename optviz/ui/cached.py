"""What is computed once and shared by all visits: keyed by small frozen values, never by arrays.

`functools.lru_cache` and not Streamlit's caches: the keys are hashable values already, and what comes out is read-only
and need not be copied; Streamlit would hash and look up for longer than some of these take to compute.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

import numpy as np

from optviz.experiment import Race
from optviz.gradient_noise import GradientNoise, gradient_noise
from optviz.pytorch_code import to_pytorch
from optviz.racer import Racer
from optviz.statistics import Fan, Heights, contour_heights, fan
from optviz.surface import Surface
from optviz.trajectory import Trajectory, trace

P = ParamSpec("P")
R = TypeVar("R")
FAN_RUNS = 20


def once(maxsize: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """`lru_cache` that computes a value once, however many visits ask for it at the same moment."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        remembered = lru_cache(maxsize)(function)
        locks = [threading.Lock() for _ in range(64)]

        @wraps(function)
        def one_at_a_time(*arguments: P.args, **named: P.kwargs) -> R:
            with locks[hash(arguments) % len(locks)]:
                return remembered(*arguments, **named)  # type: ignore[arg-type]

        one_at_a_time.cache_clear = remembered.cache_clear  # type: ignore[attr-defined]
        return one_at_a_time

    return decorate


@once(maxsize=512)
def path(racer: Racer, surface: Surface, start: tuple[float, float], steps: int, batch_seed: int) -> Trajectory:
    """`trace`, once per racer and setting: changing one racer recomputes only that one."""
    return trace(racer, prepared(surface), start, steps, batch_seed)


def paths(race: Race) -> list[Trajectory]:
    """The trajectories of a race, in the order of its racers."""
    begin = race.start or start(race.surface)
    return [path(racer, race.surface, begin, race.steps, race.batch_seed) for racer in race.racers]


@once(maxsize=256)
def fan_of(racer: Racer, surface: Surface, start: tuple[float, float], steps: int, batch_seed: int) -> Fan:
    """The fan of `FAN_RUNS` runs with successive batch seeds."""
    seeds = [(batch_seed + run) % 2**32 for run in range(FAN_RUNS)]
    return fan(trace(racer, prepared(surface), start, steps, seeds))


@once(maxsize=64)
def pytorch_code(race: Race) -> str:
    """`to_pytorch`, once per race."""
    return to_pytorch(race)


@once(maxsize=256)
def noise_at(surface: Surface, point: tuple[float, float], batch_size: int, seed: int) -> GradientNoise:
    """`gradient_noise`, once per point and batch size."""
    return gradient_noise(prepared(surface), np.array(point), batch_size, seed)


@once(maxsize=256)
def heights(surface: Surface) -> Heights:
    """`contour_heights`, once per surface."""
    return contour_heights(prepared(surface))


@once(maxsize=256)
def prepared(surface: Surface) -> Surface:
    """The one surface that stands for all equal ones, with what it computes once (`lowest`, coefficients)."""
    _ = surface.lowest
    return surface


@once(maxsize=256)
def start(surface: Surface) -> tuple[float, float]:
    """The surface's suggested start."""
    x, y = prepared(surface).suggested_start.tolist()
    return (x, y)
