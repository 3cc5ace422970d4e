"""What is kept of one racer's runs on many surfaces: a few numbers a run, and a histogram of the gap at each step."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from optviz.statistics.gaps import SHARE_OF_DROP, gap
from optviz.statistics.measures import LAST_STEPS
from optviz.trajectory import Trajectory

TARGETS = (0.5, 0.1, *(10.0 ** (-half / 2) for half in range(3, 13)))
"""Gaps that a run may reach: a half, a tenth, then two a decade to a millionth."""

BINS_A_DECADE = 20
EDGES = np.array([10.0 ** (place / BINS_A_DECADE) for place in range(-8 * BINS_A_DECADE, 3 * BINS_A_DECADE + 1)])
"""Upper ends (221,) of the bins of gaps but the last two: from 1e-8 to 1e3, twenty a decade."""

BINS = len(EDGES) + 2
"""The first bin holds all gaps up to 1e-8, bin b those in (EDGES[b − 1], EDGES[b]], the last but one those above 1e3,
and the last one runs that have diverged, or have no gap (ranked as ∞)."""

# As `steps_to_drop` rounds it.
_REACHED = tuple(1 - SHARE_OF_DROP if target == 0.1 else target for target in TARGETS)


@dataclass(frozen=True, eq=False)
class Runs:
    """One racer's runs over n surfaces; a function of surfaces, racer and steps, whoever else runs.

    `gap` is that of the last step, NaN where the run diverged or has none (`optviz.statistics.gaps.gap`); `c` is the
    gap clipped to 0 … 1, and 1 where it is NaN. `lowest` is what the surface's own search, or theory, knew before any
    run; `lowest_reached` what the run came to, wherever that was.
    """

    start_loss: np.ndarray
    """(n,)"""
    final_loss: np.ndarray
    """(n,), NaN where the run diverged."""
    lowest_reached: np.ndarray
    """(n,), NaN where no loss was finite."""
    gap: np.ndarray
    """(n,)"""
    c: np.ndarray
    """(n,), 0 … 1."""
    lowest: np.ndarray
    """(n,)"""
    diverged_at: np.ndarray
    """(n,) int32: the first step that counts as diverged, −1 where there is none."""
    hits: np.ndarray
    """(n, targets) int32: the first step with a gap of at most each of `TARGETS`, −1 where there is none."""
    swing: np.ndarray
    """(n,): the norm of the ranges of x and y over the last 20 steps, NaN where the run diverged."""
    end_distance: np.ndarray
    """(n,): from the surface's lowest point at the last step, NaN where the run diverged."""
    left_the_surface: np.ndarray
    """(n,) bool: whether the run ends outside the surface's domain; one that diverged has not left it."""
    evaluations: int
    """Gradient evaluations of a run."""
    histogram: np.ndarray
    """(steps + 1, BINS) uint32: how many runs have their gap in each bin, before and after each step."""

    @property
    def n(self) -> int:
        """How many runs there are."""
        return len(self.gap)

    def taken(self, rows: Any) -> Runs:
        """Some of the runs, by places, mask or slice; the histogram stays that of all, which cannot be taken apart."""
        arrays = {name: getattr(self, name)[rows] for name in PER_RUN}
        return dataclasses.replace(self, **arrays)


PER_RUN = tuple(item.name for item in dataclasses.fields(Runs) if item.name not in ("evaluations", "histogram"))
"""The fields that have a row a run."""


def runs_of(path: Trajectory, lowest: Any, lowest_point: np.ndarray) -> Runs:
    """What is kept of the runs on a stack: lowest (n,) and lowest_point (n, 2) as known before any run."""
    lowest = np.asarray(lowest, dtype=float)
    losses, points = path.losses, path.points
    gaps = gap(losses, lowest)
    last = gaps[:, -1].copy()
    with np.errstate(invalid="ignore"):
        capped = np.where(np.isnan(last), 1.0, np.clip(last, 0.0, 1.0))
        end = path.points_on_surface[:, -1] - lowest_point
        ranges = np.ptp(points[:, -LAST_STEPS - 1 :], axis=1)
        return Runs(
            start_loss=losses[:, 0].copy(),
            final_loss=losses[:, -1].copy(),
            lowest_reached=np.fmin.reduce(losses, axis=1),
            gap=last,
            c=capped,
            lowest=lowest,
            diverged_at=np.asarray(path.diverged_at, dtype=np.int32),
            hits=_hits(gaps),
            swing=np.hypot(ranges[:, 0], ranges[:, 1]),
            end_distance=np.hypot(end[:, 0], end[:, 1]),
            left_the_surface=~np.isnan(losses[:, -1]) & ~path.surface.contains(points[:, -1]),
            evaluations=path.gradient_evaluations,
            histogram=histogram(gaps),
        )


def joined(parts: Sequence[Runs]) -> Runs:
    """The runs of one racer on several blocks of surfaces as one, in this order; histograms add up."""
    arrays = {name: np.concatenate([getattr(part, name) for part in parts]) for name in PER_RUN}
    together = parts[0].histogram.copy()
    for part in parts[1:]:
        together += part.histogram
    return Runs(**arrays, evaluations=parts[0].evaluations, histogram=together)


def histogram(gaps: np.ndarray) -> np.ndarray:
    """How many of the gaps (n, steps + 1) are in each bin at each step: (steps + 1, BINS) uint32; see `BINS`."""
    moments = gaps.shape[1]
    bins = np.searchsorted(EDGES, gaps.T)
    # NaN sorts behind everything, as a gap above the last edge does.
    bins[np.isnan(gaps.T)] = BINS - 1
    bins += BINS * np.arange(moments)[:, None]
    return np.bincount(bins.ravel(), minlength=moments * BINS).reshape(moments, BINS).astype(np.uint32)


def _hits(gaps: np.ndarray) -> np.ndarray:
    """The first step (n, targets) with a gap of at most each target."""
    hits = np.empty((len(gaps), len(TARGETS)), dtype=np.int32)
    with np.errstate(invalid="ignore"):
        for place, target in enumerate(_REACHED):
            done = gaps <= target
            hits[:, place] = np.where(done.any(axis=1), done.argmax(axis=1), -1)
    return hits
