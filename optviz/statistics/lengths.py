"""How long each step is."""

from __future__ import annotations

import numpy as np

MOST_DECADES = 8.0
"""Of an axis of step lengths: what is shorter than a hundred-millionth of the longest is at rest on any map."""
VEILED_DECADES = 6.0
Span = tuple[float, float]


def step_lengths(points: np.ndarray) -> np.ndarray:
    """How far each step goes: points (..., steps + 1, 2) → (..., steps + 1).

    The entry of step k is |θₖ − θₖ₋₁|, learning rate, momentum and scaling together. NaN at step 0, which nobody has
    made, and where a run has diverged.
    """
    moves = np.diff(points, axis=-2)
    with np.errstate(over="ignore"):
        lengths = np.hypot(moves[..., 0], moves[..., 1])
    return np.concatenate([np.full((*lengths.shape[:-1], 1), np.nan), lengths], axis=-1)


def length_range(lengths: np.ndarray, across: float) -> Span:
    """What a logarithmic axis of step lengths should span, as powers of ten: lengths of any shape → (low, high).

    Up to the longest, but no farther than `across`, the diagonal of the surface: whoever steps farther has left it.
    Down to the shortest, but at most `MOST_DECADES` below.
    """
    known = lengths[np.isfinite(lengths) & (lengths > 0)]
    if not known.size:
        return veiled_length_range(across)
    high = np.log10(min(float(known.max()), across))
    low = min(max(np.log10(float(known.min())), high - MOST_DECADES), high)
    margin = 0.05 * max(high - low, 1.0)
    return (float(low - margin), float(high + margin))


def veiled_length_range(across: float) -> Span:
    """The same while nobody may know how the race ends: from the size of the surface alone."""
    high = float(np.log10(across))
    return (high - VEILED_DECADES, high)
