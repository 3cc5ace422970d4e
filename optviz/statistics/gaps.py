"""How far a loss is above the lowest one, and when that is done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

SHARE_OF_DROP = 0.9
ROUNDING = 4 * np.finfo(float).eps


def gap(losses: np.ndarray, lowest: Any) -> np.ndarray:
    """(loss − lowest) / (start loss − lowest): losses (..., steps + 1) → (..., steps + 1).

    1 at the start, 0 at `lowest` (...), negative below it (outside the domain). NaN where start and lowest coincide, or
    no lowest is known.
    """
    lowest = np.asarray(lowest)[..., None]
    drop = losses[..., :1] - lowest
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(drop > 0, (losses - lowest) / drop, np.nan)


def log_gap(losses: np.ndarray, lowest: Any, floor: float = 1e-16) -> np.ndarray:
    """The gap for a logarithmic axis: what is level with the lowest stays at `floor`, what is below it becomes NaN.

    Level but for rounding: 4 ulps of the start's or the lowest loss.
    """
    gaps = gap(losses, lowest)
    lowest = np.asarray(lowest, dtype=float)[..., None]
    with np.errstate(invalid="ignore", divide="ignore"):
        level = ROUNDING * np.maximum(np.abs(losses[..., :1]), np.abs(lowest)) / (losses[..., :1] - lowest)
        return np.where(gaps >= -level, np.maximum(gaps, floor), np.nan)


def without_rounding(losses: Any, start_loss: float) -> np.ndarray:
    """The losses (...), to be read beside one at the start: what is less than a 1e-12th of that is rounding, and 0."""
    losses = np.asarray(losses, dtype=float)
    return np.where(np.abs(losses) < 1e-12 * np.abs(start_loss), 0.0, losses)


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
