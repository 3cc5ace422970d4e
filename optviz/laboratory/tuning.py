"""A learning rate for each optimizer that suits a surface, found by trying a grid of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from optviz.budget import NUMBER, RULE
from optviz.conventions import CONVENTIONS, check_convention, with_convention
from optviz.experiment import Race
from optviz.experiment.record import beyond_convention
from optviz.optimizers import OPTIMIZERS, optimizers_with_a_rate
from optviz.racer import Racer
from optviz.statistics import gap
from optviz.surface import Surface
from optviz.trajectory import Trajectory, trace

RATES = tuple(float(f"{rate:.2g}") for rate in np.geomspace(1e-5, 1e2, 29))
"""The rates that are tried: four a decade, to two digits."""

STEPS = 200
"""How long each of them runs, from the surface's own start."""

END = 20
"""So many last steps are the end of a run: one step may be low by luck."""

LEVEL = 1e-3
"""Rates whose gaps at the end differ by less than this count as equally good: then the one that gets there first is."""

MARGIN = 0.1
"""So far beyond the domain, in its widths and heights, a run may overshoot and come back."""

MOST_WORK = 60_000
"""What the search on one surface may cost a server, in the unit of `optviz.budget`: about a second of one processor."""


def suggested_rates(surface: Surface, convention: str) -> Mapping[str, float]:
    """Optimizer → a learning rate that suits it here: what the surface's file says, else what `found_rates` finds."""
    stored = surface.suggested_learning_rates.get(check_convention(convention), {})
    return {**stored, **found_rates(surface, convention, _missing(surface, convention))}


def stored_rates(surface: Surface, convention: str) -> Mapping[str, float] | None:
    """The same from the surface's file alone; None where that does not know all optimizers."""
    return None if _missing(surface, convention) else surface.suggested_learning_rates[convention]


def found_rates(surface: Surface, convention: str, optimizers: Sequence[str] | None = None) -> dict[str, float]:
    """Optimizer → the best of `RATES` for it on a single surface, in the forms and with the defaults of a convention.

    optimizers: the keys of those that are wanted, in `OPTIMIZERS`; by default all.

    Each rate runs `STEPS` steps from the surface's own start, on all samples. What counts is the mean gap over the last
    `END` steps, cut off at 0 and 1. A point outside the domain counts as 1, and so does all of a run that diverged or
    went farther than `MARGIN` beyond. Of rates that are level to `LEVEL` the one with the lowest mean gap over the
    whole run is the best, of those the lowest rate. Optimizers without a learning rate of their own are left out, and
    so are those that no rate takes any lower.

    Raises BadInput for an unknown convention. Deterministic; 1 to 10 ms an optimizer on surfaces that are quick to
    evaluate, and never more than 200 steps of 29 points each.
    """
    check_convention(convention)
    rates = np.array(RATES)[:, None]
    best = {}
    for key in optimizers_with_a_rate() if optimizers is None else optimizers:
        parameter = OPTIMIZERS[key].hyperparameters()["learning_rate"]
        possible = rates[[parameter.contains(rate) for rate in RATES]]
        if not len(possible):
            continue
        run = trace(Racer(with_convention(key, convention, learning_rate=possible)), surface, None, STEPS)
        place = best_of(_capped_gaps(run))
        if place is not None:
            best[key] = float(possible[place, 0])
    return best


def best_of(gaps: np.ndarray) -> int | None:
    """Which of some runs did best, from their capped gaps (runs, steps + 1); None where none got any lower."""
    ends = gaps[:, -END:].mean(axis=-1)
    if not ends.min() < 1:
        return None
    level = ends <= ends.min() + LEVEL
    return int(np.argmin(np.where(level, gaps.mean(axis=-1), np.inf)))


def rates_work(surface: Surface, convention: str) -> float:
    """What `suggested_rates` costs, in the unit of `optviz.budget`, when the surface knows its lowest point already."""
    step = RULE + surface.call_cost + 2 * len(RATES) * (1 + surface.numbers_per_point()) * NUMBER
    return STEPS * len(_missing(surface, convention)) * step


def differences_from_search(race: Race) -> tuple[str, ...]:
    """In what a race is another one than those by which `found_rates` judges a learning rate.

    Of start, hyperparameters (beyond the learning rate), batches, steps. Such a race may make something else of the
    rate: it may diverge.
    """
    racers = [racer for racer in race.racers if racer.optimizer.own_learning_rate is not None]
    found = {
        "start": race.start is not None and race.start != tuple(race.bare_surface.suggested_start.tolist()),
        "hyperparameters": any(
            racer.changed_settings or beyond_convention(racer, race.convention).keys() - {"learning_rate"}
            for racer in racers
        ),
        "batches": any(racer.batch_size is not None for racer in racers),
        "steps": race.steps != STEPS,
    }
    return tuple(name for name, differs in found.items() if differs)


def can_be_found(surface: Surface, convention: str) -> bool:
    """Whether rates are known for a surface, or found in about a second."""
    return rates_work(surface, convention) <= MOST_WORK


def _missing(surface: Surface, convention: str) -> list[str]:
    """Those of which a surface's file tells no rate: all, for most surfaces."""
    stored = surface.suggested_learning_rates.get(convention, {})
    return [key for key in optimizers_with_a_rate() if key not in stored]


def _capped_gaps(run: Trajectory) -> np.ndarray:
    """The gaps (runs, steps + 1) from 0 to 1; all 1 for a run that diverged or left the domain."""
    gaps = gap(run.losses, run.surface.lowest.loss)
    x_min, x_max, y_min, y_max = run.surface.domain
    low, high = np.array([x_min, y_min]), np.array([x_max, y_max])
    beyond = np.maximum(low - run.points, run.points - high) / (high - low)
    near = np.isfinite(gaps).all(axis=-1) & (beyond <= MARGIN).all(axis=(-2, -1))
    counted = near[:, None] & run.surface.contains(run.points)
    return np.where(counted, np.clip(gaps, 0.0, 1.0), 1.0)


# --- files of the gallery ------------------------------------------------------------------------------------------

FOUND = "# Found by `optviz rates --write`"
"""How the part of a surface's file begins that is written and not typed; it reaches to the end of the file."""


def with_rates(text: str, surface: Surface) -> str:
    """A surface's file with the rates that `found_rates` finds in each convention, and a note of how."""
    typed = text.partition(FOUND)[0].rstrip()
    x, y = surface.suggested_start.tolist()
    lines = [
        f"{FOUND}: of {len(RATES)} rates from {RATES[0]:g} to {RATES[-1]:g}, four a decade, the",
        f"# best for each optimizer in each convention's form, by the mean gap over the last {END} of {STEPS} steps",
        f"# from ({x:g}, {y:g}). The gap is cut off at 0 and 1, and 1 outside the domain; a run that leaves it by",
        f"# more than {MARGIN:g} of its size is out. Of rates level to {LEVEL:g} the first to get there is best.",
    ]
    for convention in CONVENTIONS:
        rates = found_rates(surface, convention)
        lines += [f"[learning_rates.{convention}]", *(f"{key} = {rate!r}" for key, rate in rates.items()), ""]
    return "\n".join([typed, "", *lines]).rstrip() + "\n"
