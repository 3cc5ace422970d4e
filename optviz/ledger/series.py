"""The terms of a run over time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from optviz.ledger.entries import Series
from optviz.optimizers import Term

DRAWN = ("moment", "update", "square", "rate")
"""The kinds of terms that are drawn; of the gradient it is the length."""
BARS = ("square", "rate")
"""The kinds of terms that differ from axis to axis and are above 0."""


def series_of(
    points: np.ndarray, gradient: np.ndarray | None, declared: Mapping[str, Term], terms: Mapping[str, np.ndarray]
) -> tuple[Series, ...]:
    """The length of the gradient that the steps were made from, each term, and the length of the step, in this order.

    points (steps + 1, 2); gradient the same, row k that of the step to `points[k]`, None where it was not one a step.
    declared: the terms of the optimizer; terms: their values, (steps + 1, 2) or (steps + 1,), of those that have any.
    Terms of a kind that is not in `DRAWN`, and those without values, are left out.
    """
    found = []
    with np.errstate(all="ignore"):
        if gradient is not None:
            found.append(_series("gradient_length", "gradient", "", np.hypot(gradient[:, 0], gradient[:, 1])))
        for kind in DRAWN:
            for name, term in declared.items():
                if term.kind == kind and name in terms:
                    found.append(_series(name, kind, term.symbol, terms[name]))
        steps = np.diff(points, axis=0)
        found.append(_series("step_length", "step", "", np.concatenate([[np.nan], np.hypot(steps[:, 0], steps[:, 1])])))
    return tuple(found)


def _series(key: str, kind: str, symbol: str, values: np.ndarray) -> Series:
    logarithmic = kind not in ("moment", "update")
    known = values[np.isfinite(values) & ((values > 0) | (not logarithmic))]
    span = (float(known.min()), float(known.max())) if known.size else None
    return Series(key, kind, symbol, values, logarithmic, span)
