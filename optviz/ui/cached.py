"""What is computed once and shared by all visits: keyed by small frozen values, never by arrays."""

from __future__ import annotations

from typing import Any

import streamlit as st

from optviz.optimizers import OPTIMIZERS
from optviz.racer import Racer
from optviz.statistics import Heights, contour_heights
from optviz.surface import FAMILIES, GallerySurface, Surface
from optviz.trajectory import Trajectory, trace

# cache_resource hands out the object itself: trajectories and heights are read-only, and a copy would cost more than
# the key. A frozen dataclass of numbers and text is told apart by its repr.
_VALUES = {kind: repr for kind in (Racer, GallerySurface, *OPTIMIZERS.values(), *FAMILIES.values())}
_ARGUMENTS: dict[str, Any] = {"hash_funcs": _VALUES, "show_spinner": False}


@st.cache_resource(max_entries=4000, **_ARGUMENTS)
def path(racer: Racer, surface: Surface, start: tuple[float, float], steps: int, batch_seed: int) -> Trajectory:
    """`trace`, once per racer and setting: changing one racer recomputes only that one."""
    return trace(racer, surface, start, steps, batch_seed)


@st.cache_resource(max_entries=400, **_ARGUMENTS)
def heights(surface: Surface) -> Heights:
    """`contour_heights`, once per surface."""
    return contour_heights(surface)


@st.cache_resource(max_entries=400, **_ARGUMENTS)
def prepared(surface: Surface) -> Surface:
    """The surface with what it computes once (`lowest`, tables of coefficients), shared by equal surfaces."""
    _ = surface.lowest
    return surface


@st.cache_resource(max_entries=400, **_ARGUMENTS)
def start(surface: Surface) -> tuple[float, float]:
    """The surface's suggested start."""
    x, y = surface.suggested_start.tolist()
    return (x, y)
