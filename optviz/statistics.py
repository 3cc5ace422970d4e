"""Every number that a table or figure shows about trajectories."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from optviz.surface.base import Surface
from optviz.trajectory import Trajectory

SHARE_OF_DROP = 0.9
TIE = 1e-6
ROUNDING = 4 * np.finfo(float).eps
LARGEST_SHOWN = 1e300
VEILED_GAP_RANGE = (-6.0, 0.3)
"""Powers of ten; where a race ends is seldom below, and then its curve leaves the axis until it is seen whole."""

Span = tuple[float, float]


def gap(losses: np.ndarray, lowest: Any) -> np.ndarray:
    """(loss − lowest) / (start loss − lowest): losses (..., steps + 1) → (..., steps + 1).

    1 at the start, 0 at `lowest` (...), negative below it (outside the domain). NaN where start and lowest coincide, or
    no lowest is known.
    """
    lowest = np.asarray(lowest)[..., None]
    drop = losses[..., :1] - lowest
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(drop > 0, (losses - lowest) / drop, np.nan)


def steps_to_drop(losses: np.ndarray, lowest: Any, share: float = SHARE_OF_DROP) -> np.ndarray:
    """First step at which `share` of the drop from start to `lowest` is done, −1 where it never is: → (...)."""
    gaps = gap(losses, lowest)
    with np.errstate(invalid="ignore"):
        done = gaps <= 1 - share
    return np.where(done.any(axis=-1), done.argmax(axis=-1), -1)


def best_reached(losses: Sequence[np.ndarray]) -> np.ndarray:
    """The lowest loss that any racer reached at any step: racers × (..., steps + 1) → (...)."""
    with np.errstate(invalid="ignore"):
        return np.fmin.reduce([np.fmin.reduce(racer, axis=-1) for racer in losses])


def tie_width(start_loss: Any, lowest: Any) -> np.ndarray:
    """How far apart two losses (...) may be and still count as level: start loss (...) and lowest (...) → (...).

    A millionth of the drop from the start to the lowest loss, and never less than the start's loss can be rounded by.
    It knows nothing of who else runs. Where there is no drop (no lowest is known, the start has no loss or is the
    lowest point) only the rounding is left.
    """
    start_loss, lowest = np.asarray(start_loss, dtype=float), np.asarray(lowest, dtype=float)
    with np.errstate(invalid="ignore", over="ignore"):
        share = TIE * start_loss - TIE * lowest
        rounding = ROUNDING * np.abs(start_loss)
    return np.fmax(np.where(np.isfinite(share), share, 0.0), np.where(np.isfinite(rounding), rounding, 0.0))


def wins(final_losses: np.ndarray, start_loss: Any, lowest: Any) -> np.ndarray:
    """Each racer's share of the win: final losses (racers, ...) → shares (racers, ...) that sum to 1.

    The lowest final loss wins; racers that are level with it (see `tie_width`) share the win, whoever else runs. What
    is not finite never wins; where nothing is, nobody does.
    """
    finite = np.where(np.isfinite(final_losses), final_losses, np.inf)
    best = finite.min(axis=0)
    first = (finite <= best + tie_width(start_loss, lowest)) & np.isfinite(finite)
    return first / np.maximum(first.sum(axis=0), 1)


def wins_of(paths: Sequence[Trajectory]) -> np.ndarray:
    """`wins` of trajectories over one surface, or one stack, from one start: → (racers, ...)."""
    final = np.stack([path.losses[..., -1] for path in paths])
    return wins(final, paths[0].losses[..., 0], paths[0].surface.lowest.loss)


LOST, OUTSIDE, CLIMBED = 0, 200, 100
"""Codes of `standing`."""

VISIBLE = 1e-3
"""The share of the drop from which on a rise of the loss is seen in the picture."""


def standing(paths: Sequence[Trajectory]) -> np.ndarray:
    """Where each racer stands at each step, for words about it: racers × (steps + 1) → uint8 (racers, steps + 1).

    0: it has no loss (it has diverged, or the start has none). 200: it is outside the domain. Else its rank, 1 for the
    lowest: one more than the number of racers on the surface that are lower by more than a `tie_width`, so that racers
    that are level with the lowest are all first. 100 is added where it climbed visibly in this step: by more than a
    thousandth of the drop from the start to the lowest loss, or, where no lowest is known, of what it has spanned.
    """
    losses = np.stack([path.losses for path in paths])
    surface = paths[0].surface
    start, lowest = losses[0, 0], surface.lowest.loss
    lost = ~np.isfinite(losses)
    racing = surface.contains(np.stack([path.points for path in paths])) & ~lost
    compared = np.where(racing, losses, np.inf)
    ranks = 1 + (compared[None] < compared[:, None] - tie_width(start, lowest)).sum(axis=1)
    drop = float(start - lowest)
    known = np.where(lost, np.nan, losses)
    spanned = np.fmax.reduce(known, axis=1) - np.fmin.reduce(known, axis=1)
    seen = VISIBLE * (np.full(len(paths), drop) if 0 < drop < np.inf else spanned)
    with np.errstate(invalid="ignore"):
        climbed = np.diff(known, axis=1, prepend=known[:, :1]) > seen[:, None]
    codes = np.where(racing, ranks + CLIMBED * climbed, np.where(lost, LOST, OUTSIDE))
    return codes.astype(np.uint8)


def log_gap(losses: np.ndarray, lowest: Any, floor: float = 1e-16) -> np.ndarray:
    """The gap for a logarithmic axis: what is level with the lowest stays at `floor`, what is below it becomes NaN.

    Level but for rounding: 4 ulps of the start's or the lowest loss.
    """
    gaps = gap(losses, lowest)
    lowest = np.asarray(lowest, dtype=float)[..., None]
    with np.errstate(invalid="ignore", divide="ignore"):
        level = ROUNDING * np.maximum(np.abs(losses[..., :1]), np.abs(lowest)) / (losses[..., :1] - lowest)
        return np.where(gaps >= -level, np.maximum(gaps, floor), np.nan)


def loss_range(losses: np.ndarray) -> tuple[float, float]:
    """What a linear loss axis should span: losses (racers, steps + 1) → (low, high), with a margin of 5 %.

    From the lowest loss to the highest, but no further above the start than the largest drop reaches below it (where
    nobody drops: than twice the start): one racer that blows up must not flatten the others. Always finite.
    """
    finite = np.clip(losses[np.isfinite(losses)], -LARGEST_SHOWN, LARGEST_SHOWN)
    if not finite.size:
        return (0.0, 1.0)
    low, highest = float(finite.min()), float(finite.max())
    start = float(np.clip(losses[0, 0], -LARGEST_SHOWN, LARGEST_SHOWN)) if np.isfinite(losses[0, 0]) else highest
    room = start - low if start > low else 2 * max(abs(start), 1e-12)
    high = min(highest, start + room)
    margin = 0.05 * (high - low) or max(abs(low), 1.0) * 0.05
    return (low - margin, high + margin)


def veiled_loss_range(start: float, lowest: float) -> tuple[float, float]:
    """What a linear loss axis should span while nobody may know how the race ends: from the surface alone.

    start: the loss there; lowest: the lowest of the surface. From that to above the start by three tenths of the drop;
    where there is no drop, or no lowest is known, as far below the start as its own size. Always finite.
    """
    begin = float(np.clip(start, -LARGEST_SHOWN, LARGEST_SHOWN)) if np.isfinite(start) else 0.0
    low = max(lowest, -LARGEST_SHOWN) if np.isfinite(lowest) and lowest < begin else begin - (abs(begin) or 1.0)
    drop = begin - low
    return (low - 0.05 * drop, begin + 0.3 * drop)


def epoch_range(last: Sequence[float]) -> float:
    """What an axis of epochs should span, given each racer's last: all, but at most 4 times the shortest run.

    A step on all samples is an epoch, one on a single sample a fraction of it: the whole span would hide the latter.
    """
    return min(max(last), 4 * min(last))


def beyond_epochs(record: RaceRecord) -> tuple[tuple[str, ...], float]:
    """Who goes on where the axis of epochs ends, and how many epochs the longest of these runs has; nobody and 0."""
    last = {name: float(epochs[-1]) for name, epochs in zip(record.names, record.epochs, strict=True)}
    beyond = {name: epochs for name, epochs in last.items() if record.has_samples and epochs > record.epoch_range}
    return tuple(beyond), max(beyond.values(), default=0.0)


def gap_range(gaps: np.ndarray) -> tuple[float, float]:
    """What a logarithmic gap axis should span, as powers of ten: gaps (racers, steps + 1) → (low, high).

    At most one decade above the start's gap of 1, and at most sixteen below it.
    """
    known = gaps[np.isfinite(gaps)]
    if not known.size:
        return (-1.0, 0.3)
    low, high = np.log10(max(float(known.min()), 1e-16)), np.log10(min(float(known.max()), 10.0))
    margin = 0.05 * max(high - low, 1.0)
    return (float(low) - margin, float(high) + margin)


def scoreboard(paths: Sequence[Trajectory]) -> list[dict[str, Any]]:
    """One row per racer of a single surface, best first: final loss and gap, steps to 90 %, outcome, learning rate.

    Keys: index (in `paths`), final_loss, final_gap, steps_to_90 (−1 never, None where start = lowest or no
    lowest is known), steps_to_90_of_best (of the drop to the best that any of them reached), outcome,
    diverged_at (−1 never), win (share). NaN sorts last.
    """
    final = np.array([path.losses[-1] for path in paths])
    shares = wins_of(paths)
    best = best_reached([path.losses for path in paths])
    rows = []
    for index, path in enumerate(paths):
        lowest = path.surface.lowest.loss
        reached = steps_to_drop(path.losses, lowest)
        gaps = gap(path.losses, lowest)
        rows.append(
            {
                "index": index,
                "final_loss": float(final[index]),
                "final_gap": float(gaps[-1]),
                "steps_to_90": int(reached) if np.isfinite(gaps[0]) else None,
                "steps_to_90_of_best": int(steps_to_drop(path.losses, best)),
                "outcome": path.outcome,
                "diverged_at": int(path.diverged_at),
                "win": float(shares[index]),
            }
        )
    return sorted(rows, key=lambda row: (np.isnan(row["final_loss"]), row["final_loss"], row["index"]))


@dataclass(frozen=True, eq=False)
class Heights:
    """A surface as a picture: loss on a grid, and a monotone `shade` in [0, 1] whose even steps make a good contour.

    x (X,), y (Y,), losses (Y, X), shade (Y, X). `logarithmic` and `by_area`, never both, say that the shade is not
    proportional to the loss (see `contour_heights`).
    """

    x: np.ndarray
    y: np.ndarray
    losses: np.ndarray
    shade: np.ndarray
    logarithmic: bool
    by_area: bool = False


CONTOURS = 22
"""Level lines of a contour: at (k + ½) / 22 of the shade, k from 0."""

FULLEST_BAND = 1 / 3


def contour_heights(surface: Surface, size: int = 121) -> Heights:
    """A single surface on a `size` × `size` grid over its domain.

    Where half of the domain lies in the lowest 15 % of the range of losses (Rosenbrock, Goldstein–Price), even steps of
    the loss would leave the valley blank; there the shade grows with the logarithm of the height above it. Where more
    than a third of the grid would still lie between two level lines (a dip in a wide plain), the shade follows by half
    how much of the domain lies lower, so that no band holds more, unless the loss is the same there.
    """
    x_min, x_max, y_min, y_max = surface.domain
    x, y = np.linspace(x_min, x_max, size), np.linspace(y_min, y_max, size)
    losses = surface.losses_on(x, y)
    losses = np.where(np.isfinite(losses), np.clip(losses, -LARGEST_SHOWN, LARGEST_SHOWN), np.nan)
    finite = losses[np.isfinite(losses)]
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 0.0)
    share = (losses - low) / (high - low) if high > low else np.zeros_like(losses)
    known = share[np.isfinite(share)]
    logarithmic = bool(known.size) and float(np.median(known)) < 0.15 and high > low
    if logarithmic:
        foot = _foot(share, max(float(np.quantile(known, 0.01)), 1e-6))
        share = np.log1p(share / foot) / np.log1p(1 / foot)
    by_area = high > low and _fullest_band(share[np.isfinite(share)]) > FULLEST_BAND
    if by_area:
        share = (share + _share_lower(losses)) / 2
    return Heights(x, y, losses, share, logarithmic and not by_area, by_area)


def _foot(share: np.ndarray, foot: float) -> float:
    """Where a logarithmic shade begins to count: `foot`, or higher where the valley is too narrow for the grid.

    Between two points of the grid the floor of a valley is lower than both, by an eighth of the second difference
    across it. A level line that is not well above that breaks into a chain of islands.
    """
    middle = share[1:-1, 1:-1]
    hidden = np.zeros_like(middle)
    size_y, size_x = share.shape
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        before = share[1 - down : size_y - 1 - down, 1 - right : size_x - 1 - right]
        after = share[1 + down : size_y - 1 + down, 1 + right : size_x - 1 + right]
        across = np.where((middle <= before) & (middle <= after), (before + after - 2 * middle) / 8, 0.0)
        hidden = np.fmax(hidden, across)
    floor = hidden[(hidden > 0) & (middle <= np.nanquantile(share, 0.1))]
    if not floor.size:
        return foot
    deepest = float(np.quantile(floor, 0.9))
    feet = np.concatenate([[foot], np.geomspace(foot, 1, 200)])
    lines = feet * np.expm1(np.log1p(1 / feet) * 0.5 / CONTOURS)
    if lines[0] >= 2 * deepest:
        return foot
    return float(feet[np.argmax(lines >= 5 * deepest)]) if lines[-1] >= 5 * deepest else 1.0


def _fullest_band(shade: np.ndarray) -> float:
    """The share of the shades (N,) that the fullest band between two level lines holds."""
    return float(np.bincount(np.floor(shade * CONTOURS + 0.5).astype(int)).max() / len(shade))


def _share_lower(losses: np.ndarray) -> np.ndarray:
    """How much of the grid (Y, X) is lower than each loss, half of what is level with it included: 0 … 1, NaN for NaN.

    What lies exactly level counts for four bands at most: more would leave the rest of a flat surface too few of them,
    and with less, two level parts might share a band.
    """
    values, place, count = np.unique(losses, return_inverse=True, return_counts=True, equal_nan=True)
    weight = np.where(np.isnan(values), 0.0, np.minimum(count, 4 * count.sum() / CONTOURS))
    middle = np.cumsum(weight) - weight / 2
    first, last = middle[0], middle[np.isfinite(values)][-1]
    shares = np.where(np.isnan(values), np.nan, (middle - first) / (last - first))
    return shares[place].reshape(losses.shape)


@dataclass(frozen=True, eq=False)
class Fan:
    """Runs that differ only in their batches, summed up at each step: quantiles (3, steps + 1) of loss and log gap.

    The rows are the 10 %, 50 % and 90 % quantile; a run that has diverged counts as infinitely high.
    """

    losses: np.ndarray
    log_gaps: np.ndarray
    runs: int


QUANTILES = (0.1, 0.5, 0.9)


def fan(path: Trajectory) -> Fan:
    """The fan of a trajectory with one leading axis of runs (see `trace` with a sequence of seeds)."""
    known = np.where(np.isfinite(path.losses), path.losses, np.inf)
    # "lower" takes a run's own loss: between a finite one and infinity there is nothing to interpolate.
    losses = np.quantile(known, QUANTILES, axis=0, method="lower")
    losses = np.where(np.isfinite(losses), losses, np.nan)
    return Fan(losses, log_gap(losses, path.surface.lowest.loss), path.losses.shape[0])


@dataclass(frozen=True, eq=False)
class RaceRecord:
    """Everything the picture of a race shows, as numbers; one entry per racer in every tuple.

    points (steps + 1, 2), losses, log_gaps and epochs (steps + 1,); `epoch_range` is what an epoch axis should span;
    `has_samples` says whether epochs mean anything, `batched` which racers see batches; `lost_at` is the
    last step before a run diverged, −1 for none; `standings` (steps + 1,) and `overshoots` are for words about a step
    (see `standing` and `Optimizer.overshoot`, "batch" for one that sees batches); `fans` has None for a racer that was
    run once. `axis_steps` is what an axis of steps should span where `steps` are but the first; None for all there are.
    The veiled ranges are those of axes that tell nothing of how the race ends.
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
    loss_range: tuple[float, float]
    gap_range: tuple[float, float]
    fans: tuple[Fan | None, ...]
    steps: int
    start: tuple[float, float]
    lowest: tuple[float, float]
    domain: tuple[float, float, float, float]
    veiled_loss_range: tuple[float, float]
    veiled_gap_range: tuple[float, float] = VEILED_GAP_RANGE
    axis_steps: int | None = None


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
    losses = np.concatenate([np.stack([path.losses for path in paths]), *(fan.losses for fan in known)])
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
        standings=tuple(standing(paths)),
        # On a batch of samples the loss climbs whatever the rule.
        overshoots=tuple("batch" if path.racer.batch_size else path.racer.optimizer.overshoot for path in paths),
        loss_range=loss_range(losses),
        gap_range=gap_range(np.concatenate([np.stack(log_gaps), *(fan.log_gaps for fan in known)])),
        fans=tuple(fans) or (None,) * len(paths),
        steps=paths[0].steps,
        start=start,
        lowest=(float(lowest.point[0]), float(lowest.point[1])),
        domain=surface.domain,
        veiled_loss_range=veiled_loss_range(float(paths[0].losses[0]), lowest.loss),
    )


def beside(record: RaceRecord, pinned: RaceRecord) -> RaceRecord:
    """The record with axes that span a second race on the same surface as well."""
    return dataclasses.replace(
        record,
        loss_range=_over((record.loss_range, pinned.loss_range)),
        gap_range=_over((record.gap_range, pinned.gap_range)),
        veiled_loss_range=_over((record.veiled_loss_range, pinned.loss_range)),
        veiled_gap_range=_over((record.veiled_gap_range, pinned.gap_range)),
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
        loss_range=_over(losses),
        gap_range=_over(gaps),
    )


def _over(spans: Sequence[Span]) -> Span:
    return (min(low for low, _ in spans), max(high for _, high in spans))
