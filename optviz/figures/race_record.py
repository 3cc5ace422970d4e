"""The numbers that the picture of a race shows."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optviz.figures.fans import Fan
from optviz.statistics.events import Events, events
from optviz.statistics.gaps import log_gap, without_rounding
from optviz.statistics.ranges import (
    VEILED_GAP_RANGE,
    Span,
    epoch_range,
    gap_range,
    loss_range,
    over,
    veiled_loss_range,
)
from optviz.statistics.standings import standing
from optviz.statistics.wins import tie_width
from optviz.surface.base import Surface
from optviz.surface.searching.minima import CLOSE
from optviz.trajectory import Trajectory


@dataclass(frozen=True, eq=False)
class RaceRecord:
    """Everything the picture of a race shows, as numbers; one entry per racer in every tuple.

    points (steps + 1, 2), losses, log_gaps and epochs (steps + 1,); `epoch_range` is what an epoch axis should span;
    `has_samples` says whether epochs mean anything, `batched` which racers see batches; `lost_at` is the
    last step before a run diverged, −1 for none; `standings` (steps + 1,), `overshoots` and `events` are for words (see
    `standing`, `events`, and `Optimizer.overshoot`, "batch" for one that sees batches); `fans` has None for a racer
    that was run once. `axis_steps` is what an axis of steps should span where `steps` are but the first; None for all
    there are. `minima` are the surface's as (x, y, loss), after its lowest point, which may lie on an edge; the first
    `deepest` of them are as low as that, up to a tie. The veiled ranges are those of axes that tell nothing of how the
    race ends. `drift` (steps + 1, 2) is how far a surface that moves has gone with its minima; None for all others.
    """

    names: tuple[str, ...]
    keys: tuple[str, ...]
    points: tuple[np.ndarray, ...]
    losses: tuple[np.ndarray, ...]
    log_gaps: tuple[np.ndarray, ...]
    epochs: tuple[np.ndarray, ...]
    epoch_range: float
    has_samples: bool
    batched: tuple[bool, ...]
    lost_at: tuple[int, ...]
    standings: tuple[np.ndarray, ...]
    overshoots: tuple[str, ...]
    events: Events
    loss_range: tuple[float, float]
    gap_range: tuple[float, float]
    fans: tuple[Fan | None, ...]
    steps: int
    start: tuple[float, float]
    lowest: tuple[float, float]
    minima: tuple[tuple[float, float, float], ...]
    domain: tuple[float, float, float, float]
    veiled_loss_range: tuple[float, float]
    veiled_gap_range: tuple[float, float] = VEILED_GAP_RANGE
    axis_steps: int | None = None
    deepest: int = 1
    drift: np.ndarray | None = None


def race_record(
    paths: Sequence[Trajectory],
    names: Sequence[str],
    start: tuple[float, float],
    fans: Sequence[Fan | None] | None = None,
) -> RaceRecord:
    """The record of trajectories over one single surface from one start, and the fans of those with batches."""
    surface = paths[0].surface
    lowest = surface.lowest
    # A fan may be older than what has been learned of the lowest loss since.
    fans = [known and dataclasses.replace(known, log_gaps=log_gap(known.losses, lowest.loss)) for known in fans or ()]
    known = [fan for fan in fans if fan is not None]
    minima = _minima(surface, float(paths[0].losses[0]))
    losses = np.concatenate([np.stack([path.losses for path in paths]), *(fan.losses for fan in known)])
    standings = standing(paths)
    log_gaps = [log_gap(path.losses, lowest.loss) for path in paths]
    return RaceRecord(
        names=tuple(names),
        keys=tuple(path.racer.kind for path in paths),
        points=tuple(path.points for path in paths),
        losses=tuple(path.losses for path in paths),
        log_gaps=tuple(log_gaps),
        epochs=tuple(path.epochs for path in paths),
        epoch_range=epoch_range([float(path.epochs[-1]) for path in paths]),
        has_samples=surface.samples is not None,
        batched=tuple(path.racer.batch_size is not None for path in paths),
        lost_at=tuple(int(path.diverged_at) - 1 if path.diverged_at >= 0 else -1 for path in paths),
        standings=tuple(standings),
        # On a batch of samples the loss climbs whatever the rule.
        overshoots=tuple("batch" if path.racer.batch_size else path.racer.optimizer.overshoot for path in paths),
        events=events(paths, standings),
        loss_range=loss_range(losses),
        gap_range=gap_range(np.concatenate([np.stack(log_gaps), *(fan.log_gaps for fan in known)])),
        fans=tuple(fans) or (None,) * len(paths),
        steps=paths[0].steps,
        start=start,
        lowest=(float(lowest.point[0]), float(lowest.point[1])),
        minima=minima,
        domain=surface.domain,
        veiled_loss_range=veiled_loss_range(float(paths[0].losses[0]), lowest.loss),
        deepest=_level(minima, float(paths[0].losses[0])),
        drift=surface.drift(paths[0].steps),
    )


def _minima(surface: Surface, start_loss: float) -> tuple[tuple[float, float, float], ...]:
    """The lowest point, which may be no minimum but a point of an edge, and the other minima."""
    lowest, minima = surface.lowest, surface.local_minima
    if not np.isfinite(lowest.loss):
        return ()
    depths = without_rounding(minima.losses, start_loss)
    found = [(float(x), float(y), float(loss)) for (x, y), loss in zip(minima.points, depths, strict=True)]
    first = (float(lowest.point[0]), float(lowest.point[1]), float(without_rounding(lowest.loss, start_loss)))
    # A run may have taught the surface a point that is lower by less than is drawn.
    close = np.array([surface.domain[1] - surface.domain[0], surface.domain[3] - surface.domain[2]]) * CLOSE
    return (first, *(known for known in found if (np.abs(np.subtract(known[:2], first[:2])) > close).any()))


def _level(minima: tuple[tuple[float, float, float], ...], start_loss: float) -> int:
    """How many of the minima are as low as the first of them, the lowest point, for who starts at this loss."""
    depths = np.array([loss for _, _, loss in minima])
    return int((depths <= depths[0] + tie_width(start_loss, depths[0])).sum()) if minima else 0


def beyond_epochs(record: RaceRecord) -> tuple[tuple[str, ...], float]:
    """Who goes on where the axis of epochs ends, and how many epochs the longest of these runs has; nobody and 0."""
    last = {name: float(epochs[-1]) for name, epochs in zip(record.names, record.epochs, strict=True)}
    beyond = {name: epochs for name, epochs in last.items() if record.has_samples and epochs > record.epoch_range}
    return tuple(beyond), max(beyond.values(), default=0.0)


def beside(record: RaceRecord, pinned: RaceRecord) -> RaceRecord:
    """The record with axes that span a second race on the same surface as well."""
    return dataclasses.replace(
        record,
        loss_range=over((record.loss_range, pinned.loss_range)),
        gap_range=over((record.gap_range, pinned.gap_range)),
        veiled_loss_range=over((record.veiled_loss_range, pinned.loss_range)),
        veiled_gap_range=over((record.veiled_gap_range, pinned.gap_range)),
    )


def beginning(
    record: RaceRecord, steps: int, loss_range: Span | None = None, gap_range: Span | None = None
) -> RaceRecord:
    """The record of a race's first steps with axes that have room for all `steps` of them, and for these ranges."""
    losses = (record.loss_range, loss_range or record.loss_range)
    gaps = (record.gap_range, gap_range or record.gap_range)
    return dataclasses.replace(
        record,
        axis_steps=steps,
        epoch_range=record.epoch_range * steps / record.steps,
        loss_range=over(losses),
        gap_range=over(gaps),
    )
