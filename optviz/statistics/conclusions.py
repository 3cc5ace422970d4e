"""The article's six conclusions about its seven optimizers, judged over many surfaces.

    1  Adam, Momentum and NAG are the fastest.
    2  RMSProp swings about the lowest point.
    3  Adagrad is slow: it is at 90 % after Adam.
    4  Gradient descent is slower still: after Adagrad.
    5  Adadelta hardly moves.
    6  Adam is mostly the first at 90 %, but sometimes ends in a worse place.

The yardstick is the article's own, `best_reached`: the lowest loss that any of the seven reached at any step, from the
start's loss down. "At 90 %" is the first step with 90 % of that drop done, "near the lowest" at most 5 % of it above.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from optviz.statistics.intervals import mean_interval, quantile_interval, wilson
from optviz.statistics.pairs import FEWEST_SEEDS, more_often, share_interval
from optviz.statistics.reached import gaps_by_best
from optviz.statistics.runs import Runs

SEVEN = ("gradient_descent", "momentum", "nag", "adagrad", "adadelta", "rmsprop", "adam")
"""In the order in which runs and steps are given here, which is the article's and that of the table of optimizers."""

FASTEST = ("adam", "momentum", "nag")
YARDSTICK = "best_reached"
NEAR = 0.05
"""Near the lowest: at most so much of the drop above it."""

SWINGS = 0.01
"""A position swings whose ranges over the last 20 steps have a longer norm than this."""

HARDLY = 0.1
"""Who does less of the drop than this hardly moves."""

SELDOM = 0.01
"""What is surely rarer than this, and was never seen, does not happen sometimes."""

Interval = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Conclusion:
    """One conclusion, judged. `holds` is None where the surfaces are too few to tell, as fewer than 20 always are.

    values: the numbers that decide, by name; shares are of `n`. intervals: of each of them, at 95 %. n: the surfaces
    that count, those where the question has an answer. counts: on how many of them, for the shares.
    """

    number: int
    holds: bool | None
    values: Mapping[str, float]
    intervals: Mapping[str, Interval]
    n: int
    counts: Mapping[str, int]
    yardstick: str = YARDSTICK


class Answered(Protocol):
    """What has come of a league: see `optviz.laboratory.league.Result`."""

    @property
    def complete(self) -> bool: ...
    @property
    def runs(self) -> Sequence[Runs]: ...
    @property
    def by_best(self) -> np.ndarray | None: ...
    @property
    def seven(self) -> Sequence[int]: ...


def conclusions(result: Answered, seed: int) -> tuple[Conclusion, ...]:
    """The six, from what has come of a league; none before it is complete, or without all of the article's seven.

    Nobody else who runs changes them. seed: of what is drawn to say how sure a mean is, `League.sampling_seed`.
    """
    if not result.complete or result.by_best is None or len(result.seven) < len(SEVEN):
        return ()
    return judged([result.runs[place] for place in result.seven], result.by_best, seed)


def conclusions_changed(by_convention: Mapping[str, Sequence[Conclusion]]) -> tuple[int, ...]:
    """The numbers of those that hold in one of the conventions that have been judged, and do not hold in another one.

    Where one of them cannot tell, it contradicts nobody.
    """
    verdicts: dict[int, set[bool | None]] = {}
    for judged_in_it in by_convention.values():
        for conclusion in judged_in_it:
            verdicts.setdefault(conclusion.number, set()).add(conclusion.holds)
    return tuple(sorted(number for number, found in verdicts.items() if {True, False} <= found))


def judged(runs: Sequence[Runs], steps: np.ndarray, seed: int) -> tuple[Conclusion, ...]:
    """The six, from the runs of the `SEVEN` and the steps (n, 7) at which they were at 90 %, −1 never."""
    case = Case(runs, steps, seed)
    return tuple(judge(case) for judge in JUDGES)


class Case:
    """What the judges look at, by the names of the `SEVEN`: steps (n,), ∞ for never, gaps (n,) and swings (n,)."""

    def __init__(self, runs: Sequence[Runs], steps: np.ndarray, seed: int) -> None:
        reached = np.where(steps < 0, np.inf, steps.astype(float))
        final, lowest = (np.stack([getattr(run, name) for run in runs]) for name in ("final_loss", "lowest_reached"))
        self.n, self.seed = len(steps), seed
        self.steps = dict(zip(SEVEN, reached.T, strict=True))
        self.final = dict(zip(SEVEN, np.where(np.isnan(final), np.inf, final), strict=True))
        self.swing = {key: run.swing for key, run in zip(SEVEN, runs, strict=True)}
        # A run that has diverged is farther away than any other; where nobody went down there is nothing to measure by.
        dropped = runs[0].start_loss > np.fmin.reduce(lowest, axis=0)
        gaps = gaps_by_best(runs[0].start_loss, final, lowest)
        self.dropped = dropped
        self.gap = dict(zip(SEVEN, np.where(np.isnan(gaps) & dropped, np.inf, gaps), strict=True))


class Found:
    """The numbers of a conclusion as they are found, with their intervals."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.values: dict[str, float] = {}
        self.intervals: dict[str, Interval] = {}
        self.counts: dict[str, int] = {}

    def share(self, name: str, which: np.ndarray) -> Interval:
        """On how many of the n something is so."""
        count = int(np.count_nonzero(which))
        self.counts[name] = count
        return self.add(name, count / self.n if self.n else np.nan, wilson(count, self.n) if self.n else None)

    def median(self, name: str, values: np.ndarray) -> Interval:
        """What at least half of the values do not exceed; they may be infinite."""
        if not len(values):
            return self.add(name, np.nan, None)
        return self.add(name, np.quantile(values, 0.5, method="inverted_cdf"), quantile_interval(values, 0.5))

    def add(self, name: str, value: float, interval: Interval | None) -> Interval:
        """A number; without an interval nothing is known of it."""
        low, high = interval if interval is not None else (np.nan, np.nan)
        self.values[name], self.intervals[name] = float(value), (float(low), float(high))
        return self.intervals[name]

    def judged(self, number: int, holds: bool | None) -> Conclusion:
        """All of it, with a verdict, if the surfaces are enough for one: the same fewest as for a pair of racers."""
        holds = holds if self.n >= FEWEST_SEEDS else None
        return Conclusion(number, holds, self.values, self.intervals, self.n, self.counts)


def fastest(case: Case) -> Conclusion:
    """1: are the medians of Adam's, Momentum's and NAG's steps to 90 % the three smallest? Never counts as ∞."""
    found = Found(case.n)
    medians = {key: found.median(f"steps_{key}", case.steps[key]) for key in SEVEN}
    for key in SEVEN:
        found.share(f"reached_{key}", np.isfinite(case.steps[key]))
    three = [medians[key] for key in FASTEST]
    others = [medians[key] for key in SEVEN if key not in FASTEST]
    holds = max(high for _, high in three) < min(low for low, _ in others)
    fails = min(high for _, high in others) < max(low for low, _ in three)
    return found.judged(1, holds if holds or fails else None)


def swings(case: Case) -> Conclusion:
    """2: of RMSProp's runs that end near the lowest, do most still swing? Their share, and the median of the swing."""
    near = case.gap["rmsprop"] <= NEAR
    swing = case.swing["rmsprop"][near]
    found = Found(len(swing))
    interval = found.share("swinging", swing > SWINGS)
    found.median("swing", swing)
    found.counts["near"] = len(swing)
    found.counts["all"] = case.n
    return found.judged(2, _beyond(interval, 0.5))


def after(case: Case, number: int, slow: str, quick: str) -> Conclusion:
    """3, 4: is one optimizer at 90 % after the other on more surfaces than before it? Both never counts for neither."""
    found = Found(case.n)
    late, early = case.steps[slow] > case.steps[quick], case.steps[slow] < case.steps[quick]
    for name, which in (("later", late), ("earlier", early), ("neither", ~late & ~early)):
        found.share(name, which)
    found.share("higher", case.final[slow] > case.final[quick])
    # As for who beats whom: half of those that are level.
    later, earlier, neither = (found.counts[name] for name in ("later", "earlier", "neither"))
    share = (later + neither / 2) / case.n if case.n else np.nan
    found.add("after", share, share_interval(later, neither, earlier))
    return found.judged(number, {1: True, -1: False}.get(more_often(later, earlier)))


def hardly_moves(case: Case) -> Conclusion:
    """5: does Adadelta do less than a tenth of the drop, on average? What it climbed, or lost, counts as none."""
    drops = 1 - np.clip(case.gap["adadelta"][case.dropped], 0.0, 1.0)
    found = Found(len(drops))
    mean = found.add(
        "drop",
        drops.mean() if len(drops) else np.nan,
        mean_interval(drops, case.seed) if len(drops) else None,
    )
    found.median("median", drops)
    small = _beyond(mean, HARDLY)
    return found.judged(5, None if small is None else not small)


def mostly_first(case: Case) -> Conclusion:
    """6: is Adam first at 90 % on most surfaces, alone or with others, yet sometimes not near the lowest at the end?"""
    steps = np.stack([case.steps[key] for key in SEVEN])
    first = np.isfinite(case.steps["adam"]) & (case.steps["adam"] == steps.min(axis=0))
    worse = case.gap["adam"] > NEAR
    found = Found(case.n)
    mostly = _beyond(found.share("first", first), 0.5)
    _, most = found.share("worse", worse)
    found.share("settled", worse & (case.swing["adam"] <= SWINGS))
    sometimes = True if worse.any() else False if most < SELDOM else None
    if mostly is False or sometimes is False:
        return found.judged(6, False)
    return found.judged(6, True if mostly and sometimes else None)


def _beyond(interval: Interval, mark: float) -> bool | None:
    """Whether a number is surely above a mark; False where surely below it, None where nobody can tell."""
    low, high = interval
    return True if low > mark else False if high < mark else None


JUDGES: tuple[Callable[[Case], Conclusion], ...] = (
    fastest,
    swings,
    lambda case: after(case, 3, slow="adagrad", quick="adam"),
    lambda case: after(case, 4, slow="gradient_descent", quick="adagrad"),
    hardly_moves,
    mostly_first,
)
