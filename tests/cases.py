"""The tables that the tests run over: configured optimizers, surfaces, stacks of surfaces, each by a telling name."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from optviz import (
    CONVENTIONS,
    OPTIMIZERS,
    DriftingBowl,
    Formula,
    GaussianHills,
    Optimizer,
    SmoothedNoise,
    Surface,
    gallery,
    gallery_names,
    with_convention,
)

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "tests" / "reference"


def _structural_choices() -> Iterator[tuple[str, Optimizer]]:
    """Every optimizer with every combination of its structural fields; starting values at zero and above it."""
    for key, kind in OPTIMIZERS.items():
        fields = {field.name: field.default for field in dataclasses.fields(kind)}
        names = [name for name, parameter in kind.hyperparameters().items() if parameter.structural]
        choices = [(False, True) if isinstance(fields[name], bool) else (0.0, 0.1) for name in names]
        for values in itertools.product(*choices):
            chosen = dict(zip(names, values, strict=True))
            yield f"{key}({', '.join(f'{name}={value}' for name, value in chosen.items())})", kind(**chosen)


CONFIGURED: dict[str, Optimizer] = {
    **{f"{key}, {convention}": with_convention(key, convention) for convention in CONVENTIONS for key in OPTIMIZERS},
    **dict(_structural_choices()),
}
"""Every optimizer in every convention (the article's seven make 21), and every combination of structural fields."""

FAMILY_SURFACES: dict[str, Surface] = {
    "hills 1": GaussianHills(seed=1),
    "one hill": GaussianHills(seed=11, hills=1, weights=(0.1, 0.2)),
    "one valley": GaussianHills(seed=12, hills=1, weights=(-0.2, -0.1)),
    "notebook's hills": GaussianHills(seed=128, weights=(-1.0, 0.2)),
    "a hundred hills": GaussianHills(seed=2**32 - 1, hills=100),
    "noise 7": SmoothedNoise(seed=7),
    "rugged noise": SmoothedNoise(seed=3, octaves=5),
    "noise in a bowl": SmoothedNoise(seed=4, bowl=1.5),
    "coarse noise": SmoothedNoise(seed=5, size=16, smoothing=2.5),
    "smallest noise": SmoothedNoise(seed=0, size=8, smoothing=1),
    "noise on a long domain": SmoothedNoise(seed=6, bowl=0.5, octaves=2, domain=(-1.0, 9.0, 2.0, 4.0)),
    "quadratic": Formula("x**2 + 3*y**2 + x*y", domain=(-2, 2, -2, 2)),
    "ripples": Formula("sin(3*x)*cos(2*y) + 0.1*x**2 + log(1 + y**2)", domain=(-3, 3, -3, 3)),
    "bowl that drifts in a circle": DriftingBowl(),
    "steep bowl that drifts on a line": DriftingBowl("line", speed=0.13, radius=1.4, direction=200, steepness=30),
    "negative and lopsided": Formula("-exp(-(x-1)**2 - 5*(y+2)**2) - 7 + 0.01*x", domain=(-2, 3, -5, 1)),
}
GALLERY_SURFACES: dict[str, Surface] = {f"gallery: {name}": gallery(name) for name in gallery_names()}
SURFACES: dict[str, Surface] = {**FAMILY_SURFACES, **GALLERY_SURFACES}

FEW_SURFACES: dict[str, Surface] = {
    name: SURFACES[name] for name in ("hills 1", "rugged noise", "ripples", "gallery: himmelblau")
}
"""One surface per family, where a test runs over all configured optimizers as well."""

SEEDS = (0, 1, 2, 128, 2**32 - 1)
STACKS: dict[str, Surface] = {
    "hills": GaussianHills(seed=SEEDS),
    "one hill each": GaussianHills(seed=SEEDS, hills=1),
    "notebook's hills": GaussianHills(seed=SEEDS, weights=(-1.0, 0.2)),
    "noise": SmoothedNoise(seed=SEEDS),
    "rugged noise in a bowl": SmoothedNoise(seed=SEEDS, size=16, smoothing=3, bowl=1.0, octaves=3),
}
LEADING_AXES: tuple[tuple[int, ...], ...] = ((), (1,), (5,), (3, 4))


def points_in(surface: Surface, leading: tuple[int, ...], seed: int = 0, margin: float = 0.0) -> np.ndarray:
    """Random points (*leading, 2) over the domain, widened on each side by `margin` times its size."""
    x_min, x_max, y_min, y_max = surface.domain
    low, high = np.array([x_min, y_min]), np.array([x_max, y_max])
    shares = np.random.default_rng(seed).uniform(-margin, 1 + margin, (*leading, 2))
    return low + shares * (high - low)
