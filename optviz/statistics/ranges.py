"""What the axes of a race span."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

LARGEST_SHOWN = 1e300
VEILED_GAP_RANGE = (-6.0, 0.3)
"""Powers of ten; where a race ends is seldom below, and then its curve leaves the axis until it is seen whole."""
Span = tuple[float, float]


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


def over(spans: Sequence[Span]) -> Span:
    """The span over all of these."""
    return (min(low for low, _ in spans), max(high for _, high in spans))
