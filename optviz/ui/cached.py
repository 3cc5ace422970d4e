"""What is computed once and shared by all visits: keyed by small frozen values, never by arrays.

`functools.lru_cache` and not Streamlit's caches: the keys are hashable values already, and what comes out is read-only
and need not be copied; Streamlit would hash and look up for longer than some of these take to compute.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from optviz.gradient_noise import GradientNoise, gradient_noise
from optviz.racer import Racer
from optviz.statistics import Fan, Heights, contour_heights, fan
from optviz.surface import Surface
from optviz.trajectory import Trajectory, trace

FAN_RUNS = 20


@lru_cache(maxsize=1024)
def path(racer: Racer, surface: Surface, start: tuple[float, float], steps: int, batch_seed: int) -> Trajectory:
    """`trace`, once per racer and setting: changing one racer recomputes only that one."""
    return trace(racer, prepared(surface), start, steps, batch_seed)


@lru_cache(maxsize=256)
def fan_of(racer: Racer, surface: Surface, start: tuple[float, float], steps: int, batch_seed: int) -> Fan:
    """The fan of `FAN_RUNS` runs with successive batch seeds."""
    seeds = [(batch_seed + run) % 2**32 for run in range(FAN_RUNS)]
    return fan(trace(racer, prepared(surface), start, steps, seeds))


@lru_cache(maxsize=256)
def noise_at(surface: Surface, point: tuple[float, float], batch_size: int, seed: int) -> GradientNoise:
    """`gradient_noise`, once per point and batch size."""
    return gradient_noise(prepared(surface), np.array(point), batch_size, seed)


@lru_cache(maxsize=256)
def heights(surface: Surface) -> Heights:
    """`contour_heights`, once per surface."""
    return contour_heights(prepared(surface))


@lru_cache(maxsize=256)
def prepared(surface: Surface) -> Surface:
    """The one surface that stands for all equal ones, with what it computes once (`lowest`, coefficients)."""
    _ = surface.lowest
    return surface


@lru_cache(maxsize=256)
def start(surface: Surface) -> tuple[float, float]:
    """The surface's suggested start."""
    x, y = prepared(surface).suggested_start.tolist()
    return (x, y)
