"""A run as the lines of its rule, step by step: the value of each symbol, the numbers of each line, and what of a step
comes from where.

Everything is told by the optimizer's own `rule` and `terms`, and the values are those of the states that ran. A class
that does not say what its terms are called is told as far as it goes: a line without numbers, or Δθ alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optviz.ledger.entries import Arrow, Counterpart, Ledger, RuleLine, Series, Symbol
from optviz.ledger.running import run_again
from optviz.ledger.series import BARS, series_of
from optviz.ledger.symbols import Book
from optviz.ledger.telling import arrows_of, lines_of, plain_arrow
from optviz.trajectory import Trajectory

__all__ = ["BARS", "Arrow", "Counterpart", "Ledger", "RuleLine", "Series", "Symbol", "ledger"]


def ledger(path: Trajectory, seed: Any = 0) -> Ledger:
    """The ledger of a run, which is run once more with every number of it kept.

    path: of one surface from one start, points (steps + 1, 2); a stack of runs has none. seed: that of its batches, as
    it was given to `trace`; with another one the run is another one, and lines and arrows are not those of `path`.
    About three times the work of the run (`optviz.budget.most_steps_of_ledger`). Raises what the surface and the
    optimizer raise, and nothing of its own: a rule that cannot be read has lines without numbers.
    """
    record, other, others_points, slopes = run_again(path, seed)
    kept = ~np.isnan(path.points).any(axis=-1)
    book = Book(record, path.points, kept)
    arrows, total = arrows_of(book, path.points)
    local, plain = _local(path, kept), plain_arrow(book, slopes, total)
    full = None
    if plain is None and path.racer.batch_size is not None:
        before = np.vstack([np.full((1, 2), np.nan), local[:-1, 1:3]])
        full = plain_arrow(book, before, total)
    counterpart = None
    if other is not None:
        beside = Book(other, path.points, kept, before=book.terms)
        counterpart = Counterpart(other.optimizers[-1], *arrows_of(beside, path.points, others_points))
    return Ledger(
        path=path,
        symbols=book.symbols,
        values=book.values,
        terms=book.terms,
        lines=lines_of(book, arrows),
        arrows=arrows,
        total=total,
        plain=plain,
        full=full,
        asked=book.asked(path.points),
        asked_text=book.asked_text,
        counterpart=counterpart,
        local=local,
        series=series_of(path.points, book.gradient, book.optimizer.terms, book.terms),
    )


def _local(path: Trajectory, kept: np.ndarray) -> np.ndarray:
    points = path.points_on_surface
    with np.errstate(all="ignore"):
        loss, gradient = path.surface.loss_and_gradient(points)
        hessian = path.surface.hessian(points)
    local = np.column_stack([loss, gradient, hessian[:, 0, 0], hessian[:, 0, 1], hessian[:, 1, 1]])
    local[~kept] = np.nan
    return local
