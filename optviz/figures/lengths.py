"""The lengths of the steps of a race, as its loss chart shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from optviz.figures.race_record import RaceRecord
from optviz.statistics.lengths import Span, length_range, step_lengths, veiled_length_range
from optviz.statistics.ranges import over


@dataclass(frozen=True, eq=False)
class Lengths:
    """The step lengths (steps + 1,) of each racer, and of each of the pinned race; and what their axis spans."""

    racers: tuple[np.ndarray, ...]
    pinned: tuple[np.ndarray, ...]
    range: Span
    veiled_range: Span


def lengths_of(record: RaceRecord, pinned: RaceRecord | None = None, known: Iterable[Span] = ()) -> Lengths:
    """The step lengths of a race, and of the pinned one under it.

    known: what else the axis is to have room for, as powers of ten.
    """
    racers = tuple(step_lengths(points) for points in record.points)
    under = tuple(step_lengths(points) for points in pinned.points) if pinned is not None else ()
    x_min, x_max, y_min, y_max = record.domain
    across = float(np.hypot(x_max - x_min, y_max - y_min))
    fans = [fan.lengths for fan in record.fans if fan is not None]
    spans = [length_range(np.concatenate([lengths.ravel() for lengths in (*racers, *fans)]), across)]
    veiled = [veiled_length_range(across)]
    if under:
        # The pinned race has been seen.
        spans.append(length_range(np.concatenate(under), across))
        veiled.append(spans[-1])
    return Lengths(racers, under, over([*spans, *known]), over(veiled))
