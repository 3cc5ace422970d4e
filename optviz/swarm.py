"""A swarm: many starts all over a surface go down under one racer; where they are, and where they end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from optviz.racer import Racer
from optviz.statistics.gaps import without_rounding
from optviz.statistics.valleys import LOW, NEAR, distances, steps_to_stay, valleys_of
from optviz.surface import Surface
from optviz.surface.base import Domain, check_seed
from optviz.trajectory import Trajectory, trace

STARTS = 200

MOMENTS = 200
"""A run of more steps is thinned to so many stretches of equally many steps (the last one may be shorter); between the
moments that are kept, places lie on straight lines."""

AROUND = 1.0
"""What is kept reaches so many times the domain's own sides beyond each of its edges."""

FINEST, NOWHERE = 65534, 65535
"""A coordinate is a whole number, 0 … 65,534 from one end of what is kept to the other: half a pixel on a map of 1,000
pixels that is zoomed twenty times. `NOWHERE` stands for what lies beyond, or is not finite."""

ON_THE_WAY, OUTSIDE = -1, -2


@dataclass(frozen=True, eq=False)
class Swarm:
    """S starts under one racer, as finely as a screen shows them.

    places (moments, S, 2), uint16: where they are at step 0, `every`, twice `every`, …, and at the last one of `steps`;
    see `FINEST`. ends (S,): in which of the `valleys` each stays at the end, or `ON_THE_WAY`, or `OUTSIDE` the domain,
    diverged or not. valleys (V,): their losses, the deepest of the surface first, whether anyone is there or not (NaN
    where it has none inside an edge), then those where any stay, the lower first; all that are as deep as the deepest
    count as one, and `deepest` says how many they are. best (3,): x, y and loss of the lowest that any came to inside
    the domain, NaN for none.
    """

    places: np.ndarray
    every: int
    steps: int
    ends: np.ndarray
    valleys: np.ndarray
    deepest: int
    best: np.ndarray

    @property
    def counts(self) -> np.ndarray:
        """How many stay in each of the valleys (V,)."""
        return np.bincount(self.ends[self.ends >= 0], minlength=len(self.valleys))

    def count(self, end: int) -> int:
        """How many end so: `ON_THE_WAY` or `OUTSIDE`."""
        return int((self.ends == end).sum())


def swarm_starts(domain: Domain, seed: Any = 0, count: int = STARTS) -> np.ndarray:
    """Points (count, 2), drawn evenly over the domain. Raises BadInput for a seed outside 0 … 2³² − 1."""
    x_min, x_max, y_min, y_max = domain
    shares = np.random.RandomState(check_seed(seed)).uniform(size=(count, 2))
    return np.asarray([x_min, y_min] + shares * [x_max - x_min, y_max - y_min])


def swarm_trace(
    racer: Racer, surface: Surface, seed: Any = 0, steps: int = 200, batch_seed: int = 0, count: int = STARTS
) -> Trajectory:
    """The run of all starts at once: points (count, steps + 1, 2), the numbers of as many single runs (see `trace`).

    They all see the same batches of samples.
    """
    return trace(racer, surface, swarm_starts(surface.domain, seed, count), steps, batch_seed)


def swarm_of(
    racer: Racer, surface: Surface, seed: Any = 0, steps: int = 200, batch_seed: int = 0, count: int = STARTS
) -> Swarm:
    """The swarm of `count` starts on a single surface, drawn by `seed`. Raises BadInput as `trace` does."""
    return summed_up(swarm_trace(racer, surface, seed, steps, batch_seed, count))


def summed_up(run: Trajectory) -> Swarm:
    """The swarm of a run with one leading axis of starts."""
    every = -(-run.steps // MOMENTS)
    moments = [*range(0, run.steps, every), run.steps]
    kept = np.moveaxis(run.points[:, moments], 0, 1)
    return Swarm(_coded(kept, run.surface.domain), every, run.steps, *_ends(run), _best(run))


def box_of(domain: Domain) -> Domain:
    """What the coordinates of a swarm span: the domain and what is kept around it."""
    x_min, x_max, y_min, y_max = domain
    across, down = AROUND * (x_max - x_min), AROUND * (y_max - y_min)
    return (x_min - across, x_max + across, y_min - down, y_max + down)


def _coded(points: np.ndarray, domain: Domain) -> np.ndarray:
    left, right, bottom, top = box_of(domain)
    with np.errstate(invalid="ignore", over="ignore"):
        codes = np.rint((points - [left, bottom]) / [right - left, top - bottom] * FINEST)
        known = ((codes >= 0) & (codes <= FINEST)).all(axis=-1, keepdims=True)
        return np.where(known, codes, NOWHERE).astype(np.uint16)


def _ends(run: Trajectory) -> tuple[np.ndarray, np.ndarray, int]:
    """ends, valleys and deepest of `Swarm`: in a valley is who stays there as a racer does that has arrived in it.

    See `NEAR`, `LOW`, `STAYS`; the drop is that from the median of the starts' losses.
    """
    surface, ends, points = run.surface, np.full(len(run.points), ON_THE_WAY), run.points_on_surface
    start_losses = run.losses[:, 0][np.isfinite(run.losses[:, 0])]
    start_loss = float(np.median(start_losses)) if start_losses.size else np.nan
    known = valleys_of(surface, start_loss)
    valleys = [known.lowest]
    last = -steps_to_stay(run.steps)
    with np.errstate(invalid="ignore", over="ignore"):
        if len(known.places):
            nearest = distances(points[:, -1, None], known.places).argmin(axis=1)
            near = distances(points[:, last:], known.places[nearest][:, None]) <= NEAR * surface.width
            depths = known.depths[nearest][:, None]
            low = run.losses[:, last:] - depths <= LOW * np.abs(start_loss - depths)
            stays = (near & low).all(axis=1)
            ends[stays & known.level[nearest]] = 0
            for place in np.flatnonzero(~known.level)[np.argsort(known.depths[~known.level], kind="stable")]:
                there = stays & (nearest == place)
                if there.any():
                    ends[there] = len(valleys)
                    valleys.append(float(known.depths[place]))
        ends[~surface.contains(run.points[:, -1])] = OUTSIDE
    occupied = [0, *(valley for valley in range(1, len(valleys)) if (ends == valley).any())]
    depths = without_rounding(np.array(valleys)[occupied], start_loss)
    return _renumbered(ends, occupied), depths, len(known.deepest)


def _renumbered(ends: np.ndarray, occupied: list[int]) -> np.ndarray:
    """The ends, with the place of each valley among those that are occupied."""
    places = {valley: place for place, valley in enumerate(occupied)}
    return np.array([places.get(end, end) for end in ends.tolist()], dtype=np.int64)


def _best(run: Trajectory) -> np.ndarray:
    counted = np.where(run.surface.contains(run.points) & np.isfinite(run.losses), run.losses, np.inf)
    if not np.isfinite(counted).any():
        return np.full(3, np.nan)
    place = np.unravel_index(counted.argmin(), counted.shape)
    return np.array([*run.points_on_surface[place], run.losses[place]])
